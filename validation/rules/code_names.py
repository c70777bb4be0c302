"""Rules on codes and the names that go with them."""

from __future__ import annotations

import pandas as pd

from validation.rules.registry import rule
from validation.values import Mask, not_one_to_one


@rule(
    "code-name-differs",
    on={
        "--TESTCD": "--TEST",
        "--PARMCD": "--PARM",
        "QNAM": "QLABEL",
        "ETCD": "ELEMENT",
        "ARMCD": "ARM",
        "ACTARMCD": "ACTARM",
        "TSPARMCD": "TSPARM",
        "IETESTCD": "IETEST",
        "INVID": "INVNAM",
    },
    by_value=True,
    severity="error",
    source="CORE-000303, FB0901, CORE-000302, FB0920, CORE-000132, CG0154, FB0914, CORE-000318, FB0902, "
    "CORE-000791, FB0903, CORE-000179, CG0307, FB0916, CORE-000743, FB0918, CORE-000729, FB0912",
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
