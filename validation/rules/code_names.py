"""Rules on codes and the names that go with them."""

from __future__ import annotations

import pandas as pd

from validation.rules.registry import rule
from validation.values import Mask, map_texts, not_one_to_one, several_for_one


@rule(
    "code-name-differs",
    on={
        "--TESTCD": "--TEST",
        "--PARMCD": "--PARM",
        "ETCD": "ELEMENT",
        "ARMCD": "ARM",
        "ACTARMCD": "ACTARM",
        "TSPARMCD": "TSPARM",
        "IETESTCD": "IETEST",
        "INVID": "INVNAM",
    },
    by_value=True,
    severity="error",
    source="CORE-000303, FB0901, CORE-000132, CG0154, FB0914, CORE-000318, FB0902, "
    "CORE-000791, FB0903, CORE-000745, FB0915, CORE-000179, CG0307, FB0916, CORE-000743, FB0918, CORE-000729, FB0912",
)
def code_name_differs(dataset: pd.DataFrame, code: str, name: str) -> Mask:
    """A code and its name do not go one to one.

    Expected: one name for each code, and one code for each name.
    Why: tables by code and tables by name come out differently.
    Do:  map code and name together; the rarer pairs are the ones told here.
    """
    return not_one_to_one(dataset, code, name)


@rule(
    "dictionary-code-differs",
    on={
        "--LLT": "--LLTCD",
        "--DECOD": "--PTCD",
        "--HLT": "--HLTCD",
        "--HLGT": "--HLGTCD",
        "--BODSYS": "--BDSYCD",
        "--SOC": "--SOCCD",
        "--CLAS": "--CLASCD",
    },
    by_value=True,
    severity="error",
    source="CORE-000706, FB0906, CORE-000268, CG0049, FB0909, CORE-000723, FB0907, CORE-000719, FB0908, "
    "CORE-000184, CG0083, FB0910, CORE-000716, FB0911, CORE-000792, FB0905",
)
def dictionary_code_differs(dataset: pd.DataFrame, term: str, code: str) -> Mask:
    """A dictionary term and its code do not go one to one.

    Expected: one code for each term of one dictionary version.
    Why: the records were coded with two versions, or a term was changed by hand.
    Do:  code the records again with one version.
    """
    return not_one_to_one(dataset, term, code)


@rule(
    "qualifier-label-differs",
    on={"QNAM": "QLABEL"},
    by_value=True,
    severity="error",
    source="CORE-000302, FB0920",
)
def qualifier_label_differs(dataset: pd.DataFrame, name: str, label: str) -> Mask:
    """A qualifier has several labels, or a label several qualifiers.

    Expected: one QLABEL for each QNAM, and the reverse but for the parts of one long text (AETERM1, AETERM2).
    Why: qualifiers become variables, and their labels the labels of these.
    Do:  give each qualifier one label of its own; the rarer pairs are the ones told here.
    """
    # Parts of a text that was split have the label of the whole.
    stems = map_texts(dataset[name], lambda text: text.rstrip("0123456789"))
    whole = pd.DataFrame({"stem": stems, label: dataset[label]})
    return several_for_one(dataset, name, label) | several_for_one(whole, label, "stem")
