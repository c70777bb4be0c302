"""Lesions gathered into assessments: one for each subject and visit, in the order of the scans.

Shared by the sum of diameters, the responses made of it, and the recomputed RECIST response.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from sdtm.derivations.day_numbers import dates_of, day_numbers
from sdtm.derivations.notes import Notes
from specs.catalogue import Carried, CarriedColumns, Column, Params


class AssessmentParams(Params):
    """Which records make one assessment."""

    subject: Carried = "USUBJID"
    by: CarriedColumns = ()  # evaluators, if there are several
    visit: Carried = "VISITNUM"
    lesion: Column = "TRLNKID"
    date: Column = "ADT"
    reference: Column = "TRTSDT"
    keep: CarriedColumns = ()  # what else to take over from a record of the assessment
    assessment_date: Literal["earliest", "latest"] = "earliest"


@dataclass(frozen=True, slots=True)
class Assessments:
    """Assessments by group (subject and ``by``) and date. ``of``: the assessment of each record, or -1."""

    of: np.ndarray
    group: np.ndarray
    day: np.ndarray
    reference: np.ndarray
    visit: np.ndarray
    first_row: np.ndarray  # position of a record of it
    first_of_day: np.ndarray  # first assessment with the same group and day

    def __len__(self) -> int:
        return len(self.group)

    @property
    def after_reference(self) -> np.ndarray:
        """Whether it is later than the reference date; False if either date is missing."""
        return self.day > self.reference

    @property
    def until_reference(self) -> np.ndarray:
        """Whether it is on or before the reference date."""
        return self.day <= self.reference

    def before(self, values: np.ndarray) -> np.ndarray:
        """Of each assessment: the largest of ``values`` (0 or more) of earlier days of its group, or -1."""
        running = pd.Series(values).groupby(self.group).cummax().to_numpy()
        starts = np.r_[True, self.group[1:] != self.group[:-1]] if len(self) else np.zeros(0, dtype=bool)
        previous = np.where(starts, -1, np.r_[-1, running[:-1]]) if len(self) else running
        return previous[self.first_of_day]


def gather(records: pd.DataFrame, said: np.ndarray, params: AssessmentParams, notes: Notes) -> Assessments:
    """The assessments that records belong to; records that no date places belong to none, which is noted.

    Records of one subject and visit are one assessment, whatever days its scans are of; its date is that of
    the first scan (or the last). Without a visit, and where a visit has a lesion on several days, each day is
    one. ``said``: whether a record says anything of its lesion.
    """
    day = day_numbers(records[params.date], params.date)
    reference = day_numbers(records[params.reference], params.reference)
    group = records.groupby([params.subject, *params.by], dropna=False).ngroup().to_numpy()
    visit = np.full(len(records), np.nan)
    if params.visit:
        visit = pd.to_numeric(records[params.visit], errors="coerce").to_numpy(dtype=float)
    lesion, _ = pd.factorize(records[params.lesion])
    frame = pd.DataFrame({"group": group, "visit": visit, "lesion": lesion, "day": day})
    again = _scanned_again(frame, said & (lesion >= 0))
    notes.add(
        "several-scans-at-one-visit",
        records.index[again & said],
        found="lesions assessed on several days of one visit",
        expected="one scan of each lesion at each visit; each day is an assessment, the worst response counts",
        do="check the visit of the scans",
        variable=params.visit,
        severity="note",
    )
    key = frame.assign(day=np.where(np.isnan(visit) | again, day, np.nan)).drop(columns="lesion")
    number = key.groupby(["group", "visit", "day"], dropna=False).ngroup().to_numpy()
    count = int(number.max(initial=-1)) + 1
    dates = pd.Series(day).groupby(number)
    date = (dates.min() if params.assessment_date == "earliest" else dates.max()).to_numpy(dtype=float)
    first_row = np.full(count, -1, dtype=np.int64)
    first_row[number[::-1]] = np.arange(len(records) - 1, -1, -1)
    undated = np.isnan(date)
    notes.add(
        "assessment-without-date",
        records.index[undated[number]] if count else (),
        found="a tumour assessment without a date",
        expected="a complete date, or one imputed by a rule of the spec",
        do="query the date; the assessment does not count until then",
        variable=params.date,
    )
    return _in_order(number, first_row, np.flatnonzero(~undated), group, visit, date, reference)


def _scanned_again(frame: pd.DataFrame, said: np.ndarray) -> np.ndarray:
    """Whether the visit of each record has a lesion that was assessed on several days."""
    numbered = frame[said].dropna()
    days = numbered.groupby(["group", "visit", "lesion"])["day"]
    several = numbered[days.transform("min") < days.transform("max")]
    if several.empty:
        return np.zeros(len(frame), dtype=bool)
    visits = pd.MultiIndex.from_frame(several[["group", "visit"]].drop_duplicates())
    return pd.MultiIndex.from_frame(frame[["group", "visit"]]).isin(visits)


def _in_order(
    number: np.ndarray, first_row: np.ndarray, dated: np.ndarray, group: np.ndarray, visit: np.ndarray,
    date: np.ndarray, reference: np.ndarray,
) -> Assessments:  # fmt: skip
    """The dated assessments by group and date, and the place of each record's among them."""
    order = dated[np.lexsort((visit[first_row[dated]], date[dated], group[first_row[dated]]))]
    place = np.full(len(first_row), -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    rows = first_row[order]
    group_of, day_of = group[rows], date[order]
    new_day = np.ones(len(order), dtype=bool)
    new_day[1:] = (group_of[1:] != group_of[:-1]) | (day_of[1:] != day_of[:-1])
    first_of_day = np.maximum.accumulate(np.where(new_day, np.arange(len(order)), 0))
    return Assessments(place[number], group_of, day_of, reference[rows], visit[rows], rows, first_of_day)


def worst_of_visit(assessments: Assessments, goodness: np.ndarray) -> np.ndarray:
    """Which assessments are the worst of their visit (the lowest number); those without a visit all are."""
    visit = np.where(np.isnan(assessments.visit), -1 - np.arange(len(assessments)), assessments.visit)
    order = np.lexsort((np.arange(len(visit)), goodness, visit, assessments.group))
    first = np.ones(len(order), dtype=bool)
    group, visit = assessments.group[order], visit[order]
    first[1:] = (group[1:] != group[:-1]) | (visit[1:] != visit[:-1])
    worst = np.zeros(len(order), dtype=bool)
    worst[order[first]] = True
    return worst


def described(records: pd.DataFrame, params: AssessmentParams, assessments: Assessments) -> dict[str, object]:
    """Subject, evaluators and visit of each assessment, and its date."""
    columns = list(
        dict.fromkeys([params.subject, *params.by, *([params.visit] if params.visit else []), *params.keep])
    )
    at = records[columns].iloc[assessments.first_row].reset_index(drop=True)
    return {**{name: at[name] for name in columns}, "ADT": dates_of(assessments.day)}


def joined(groups: np.ndarray, numbers: np.ndarray, names: list[str], count: int) -> pd.Series:
    """The names of each group in their order, with commas between; missing for a group that has none."""
    order = np.lexsort((numbers, groups))
    sorted_groups, texts = groups[order], np.array([*names, ""], dtype=object)[numbers[order]]
    starts = np.searchsorted(sorted_groups, np.arange(count))
    sizes = np.bincount(sorted_groups, minlength=count)
    lists = np.full(count, None, dtype=object)
    for place in range(int(sizes.max(initial=0))):
        has = np.flatnonzero(sizes > place)
        added = texts[starts[has] + place]
        lists[has] = added if place == 0 else lists[has] + (", " + added)
    return pd.Series(lists, dtype="str")
