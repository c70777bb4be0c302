"""Rules on variables in pairs: a text and its number, a number and its text (ADaMIG 1.3, 3.1.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from validation.analysis_columns import named, pairs_with_n, texts, twins
from validation.analysis_tables import AnalysisTable
from validation.rules.registry import Fault, dataset_rule
from validation.tables import Table
from validation.values import filled, group_numbers, missing, several_for_one

# Their words and numbers belong to one parameter, and another may number its own anew.
_WITHIN_PARAMETER = re.compile(
    r"(AVAL|BASE|CHG|PCHG|BCHG|PBCHG)CAT?[1-9]?|SHIFT[1-9]|M?CRIT[1-9].*|ATPT|A?[B1-9]?IND|[AB]NRIND"
)
# These follow from two variables together and are told by rules of their own.
_NOT_PAIRS = ("AVAL", "BASE", "PARAMCD")


@dataset_rule("pair-not-one-to-one", severity="error", source="AD0008, AD0009, ADaMIG 1.3, 3.1.1")
def pair_not_one_to_one(table: Table) -> Iterator[Fault]:
    """A text goes with several numbers, or a number with several texts.

    Expected: one number for each text, in a variable and its twin in N or C.
    Why: tables are sorted by the number and labelled by the text; rows would be split or mixed.
    Do:  derive one of the two from the other.
    """
    for text, number in _pairs(table):
        within = _WITHIN_PARAMETER.fullmatch(text) and "PARAMCD" in table.frame.columns
        yield Fault(number, not_one_to_one_within(table.frame, text, number, bool(within)), (text,))


@dataset_rule("twin-populated-alone", severity="error", source="AD1011, ADaMIG 1.3, 3.1.1")
def twin_populated_alone(table: Table) -> Iterator[Fault]:
    """The number of a pair has a value and the text has none.

    Expected: the text wherever its number stands.
    Why: a row of a table would have no label.
    Do:  derive the text, or leave the number empty as well.
    """
    for text, number in pairs_with_n(table):
        if text not in _NOT_PAIRS:
            yield Fault(number, missing(table.frame[text]) & filled(table.frame[number]), (text,))


@dataset_rule("twin-alone", severity="error", source="AD1012, ADaMIG 1.3, 3.1.1")
def twin_alone(table: Table) -> Iterator[Fault]:
    """The number of a pair is there and the text is not.

    Expected: the variable that the guide defines beside its twin in N.
    Why: the number is only the order of a text that nobody can read.
    Do:  add the text variable.
    """
    if not isinstance(table, AnalysisTable):
        return
    for name in named(table, r"[A-Z][A-Z0-9]*N"):
        known = table.analysis_guide.variable(name, table.class_name, table.prefix)
        if known is None or not known.label.endswith("(N)"):
            continue
        stems = (name[:-1], re.sub(r"CA([1-9])N$", r"CAT\1", name).removesuffix("N"))
        if not any(table.analysis_guide.variable(stem, table.class_name, table.prefix) for stem in stems):
            continue  # ADURN has its unit beside it, and no text
        if not any(name in twins(other) for other in table.frame.columns):
            yield Fault(name)


def _pairs(table: Table) -> Iterator[tuple[str, str]]:
    yield from (pair for pair in pairs_with_n(table) if pair[0] not in _NOT_PAIRS)
    for text in named(table, r"APERIODC|ASPERC"):
        if texts(table, text) is not None and text[:-1] in table.frame.columns:
            yield text, text[:-1]


def not_one_to_one_within(
    frame: pd.DataFrame, left: str, right: str, within: bool, group: str = "PARAMCD"
) -> np.ndarray:
    """Records that break a one-to-one relation; ``within``: for each value of ``group`` by itself."""
    if not within:
        return several_for_one(frame, left, right) | several_for_one(frame, right, left)
    judged = filled(frame[left]) & filled(frame[right]) & filled(frame[group])
    wrong = np.zeros(len(frame), dtype=bool)
    if not judged.any():
        return wrong
    some = frame.loc[judged]
    codes = pd.DataFrame({"left": _numbered(some, [group, left]), "right": _numbered(some, [group, right])})
    wrong[judged] = several_for_one(codes, "left", "right") | several_for_one(codes, "right", "left")
    return wrong


def _numbered(frame: pd.DataFrame, columns: list[str]) -> np.ndarray:
    return np.unique(group_numbers(frame, columns), return_inverse=True)[1].astype(float)
