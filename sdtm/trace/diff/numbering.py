"""--SEQ and what points at it: the same record under another number is no change of a record.

A reference (AESEQ in ADAE, IDVARVAL in SUPPAE, RELREC and CO, SRCSEQ) is compared by the record that it points
at, once the records of that dataset have been matched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sdtm import columns
from sdtm.combinations import combinations
from sdtm.trace.diff.aligned import Part, Stacked
from sdtm.trace.diff.keys import NUMBER
from sdtm.trace.diff.matching import Matches

_SUBJECT = "USUBJID"
_NO_RECORD, _SEVERAL = -2, -1


@dataclass(frozen=True, slots=True)
class Numbered:
    """A dataset whose records are matched: for each subject and number the record, equal for matched ones.

    ``old``: how many records are of the old delivery; those of the new one follow.
    """

    old: int
    subject: Part
    number: np.ndarray
    record: np.ndarray


def numbers_of(
    name: str, variables: Iterable[str], is_analysis: bool, known: Mapping[str, Numbered]
) -> set[str]:
    """Variables that only number the records of a dataset.

    Its own --SEQ; of an analysis dataset ASEQ, and the --SEQ of datasets that are not there to look into.
    """
    own = f"{name[:2]}SEQ"
    if not is_analysis:
        return {variable for variable in variables if variable == own}
    found = {variable for variable in variables if NUMBER.fullmatch(variable)}
    return found - {f"{dataset}SEQ" for dataset in known} - ({"SRCSEQ"} if known else set())


def numbered(table: Stacked, matches: Matches) -> Numbered | None:
    """What references need to know of a dataset; None where it has no --SEQ."""
    number = table.parts.get(f"{table.name[:2]}SEQ")
    if _SUBJECT not in table.parts or not isinstance(number, np.ndarray):
        return None
    record = np.arange(table.old + table.new, dtype=np.int64)
    record[matches.new + table.old] = matches.old
    return Numbered(table.old, table.parts[_SUBJECT], number, record)


def with_references(table: Stacked, is_analysis: bool, known: Mapping[str, Numbered]) -> Mapping[str, Part]:
    """Reference variables as the records that they point at (a number each); those that can be looked up."""
    if _SUBJECT not in table.parts:
        return {}
    found: dict[str, Part] = {}
    if {"RDOMAIN", "IDVAR", "IDVARVAL"} <= table.parts.keys():
        named = _names(table, "IDVAR")
        domains = _names(table, "RDOMAIN")
        is_number = pd.Series(named).eq(pd.Series(domains) + "SEQ").to_numpy()
        found["IDVARVAL"] = _looked_up(table, "IDVARVAL", np.where(is_number, domains, ""), known)
    if is_analysis:
        for dataset in sorted(known):
            if f"{dataset}SEQ" in table.parts:
                every = np.full(table.old + table.new, dataset, dtype=object)
                found[f"{dataset}SEQ"] = _looked_up(table, f"{dataset}SEQ", every, known)
        if {"SRCDOM", "SRCSEQ"} <= table.parts.keys():
            found["SRCSEQ"] = _looked_up(table, "SRCSEQ", _names(table, "SRCDOM"), known)
    return found


def _names(table: Stacked, variable: str) -> np.ndarray:
    part = table.parts[variable]
    if isinstance(part, np.ndarray):
        return np.full(len(part), "", dtype=object)
    texts = np.append(part.cat.categories.to_numpy(dtype=object), "")
    return texts[columns.codes_of(part)]


def _looked_up(table: Stacked, variable: str, datasets: np.ndarray, known: Mapping[str, Numbered]) -> Part:
    """A number for each row: the record in ``datasets`` that it points at, else one for its own value."""
    part = table.parts[variable]
    value = part if isinstance(part, np.ndarray) else columns.numbers(part).to_numpy()
    plain = combinations([part])[0].astype(np.float64)
    missing = np.isnan(part) if isinstance(part, np.ndarray) else columns.codes_of(part) < 0
    # Records count from 0 upwards, dataset by dataset; values that point at nothing count down from -1.
    result = np.where(missing, np.nan, -1.0 - plain)
    offset = 0.0
    for name in sorted(known):
        rows = np.flatnonzero((datasets == name) & ~np.isnan(value))
        if len(rows):
            record = _records(known[name], table.parts[_SUBJECT], value, rows, table.old)
            result[rows] = np.where(record >= 0, record + offset, result[rows])
        offset += len(known[name].record)
    return result


def _records(parent: Numbered, subject: Part, value: np.ndarray, rows: np.ndarray, old: int) -> np.ndarray:
    """The record of ``parent`` with the subject and number of each row, on its own side; -1 for none or several.

    A row that has lost its record still means it: where its own side has none of that number, the one that only
    the other side has counts. So a qualifier that stays behind is the same qualifier.
    """
    if isinstance(parent.subject, np.ndarray) or isinstance(subject, np.ndarray):
        return np.full(len(rows), -1.0)
    record = _of_side(parent, subject, value, rows, rows >= old)
    without = np.flatnonzero(record == _NO_RECORD)
    if len(without):
        behind = _of_side(parent, subject, value, rows[without], rows[without] < old)
        sides = np.bincount(parent.record, minlength=1)
        is_lost = (behind >= 0) & (sides[np.maximum(behind, 0).astype(np.int64)] == 1)
        record[without[is_lost]] = behind[is_lost]
    return np.maximum(record, -1.0)


def _of_side(
    parent: Numbered, subject: pd.Series, value: np.ndarray, rows: np.ndarray, is_new: np.ndarray
) -> np.ndarray:
    """The record with the subject and number of each row, on the side that is asked for each; negative for none
    (``_NO_RECORD``) or several."""
    assert isinstance(parent.subject, pd.Series)
    who = columns.stack([parent.subject, columns.pick(subject, rows)])
    number = np.concatenate([parent.number, value[rows]])
    side = np.concatenate([np.arange(len(parent.number)) >= parent.old, is_new]).astype(np.float64)
    group = combinations([who, number, side])[0]
    count = len(parent.number)
    size = int(group.max(initial=-1)) + 1
    times = np.bincount(group[:count], minlength=size)
    record = np.full(size, float(_NO_RECORD))
    record[group[:count]] = parent.record
    return np.where(times[group[count:]] > 1, float(_SEVERAL), record[group[count:]])
