"""analysis_visit, window_record: analysis visits by windows of study days."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from sdtm.derivations.flags import first_of_each, flags
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from specs.catalogue import Column, Columns, Made, Params

MADE = ("AVISIT", "AVISITN", "AWTARGET", "AWTDIFF", "AWLO", "AWHI", "AWU")


class Window(Params):
    """One analysis visit: its days from first to last, and the day it is meant for."""

    visit: str
    number: float
    first: int = Field(alias="from")
    last: int = Field(alias="to")
    target: int

    @model_validator(mode="after")
    def _in_order(self) -> Window:
        if not self.first <= self.target <= self.last:
            raise ValueError(f"window {self.visit}: from <= target <= to")
        if 0 in (self.first, self.last, self.target):
            raise ValueError(f"window {self.visit}: there is no day 0")
        return self


class AnalysisVisit(Params):
    windows: tuple[Window, ...]
    day: Column = "ADY"

    @model_validator(mode="after")
    def _apart(self) -> AnalysisVisit:
        ordered = sorted(self.windows, key=lambda window: window.first)
        for before, after in itertools.pairwise(ordered):
            if after.first <= before.last:
                raise ValueError(f"windows {before.visit} and {after.visit} share day {after.first}")
        return self


class WindowRecord(Params):
    by: Columns
    day: Column = "ADY"
    target: Column = "AWTARGET"
    value: Column = "AVAL"
    order: Columns = ()
    tie: str = Field(default="earlier", pattern="^(earlier|later)$")
    to: Made = "ANL01FL"


@derivation("analysis_visit", AnalysisVisit, fixed=MADE)
def analysis_visit(records: pd.DataFrame, params: AnalysisVisit, notes: Notes) -> pd.DataFrame:
    """The analysis visit whose window holds the day of a record.

    Shape:   n records in; AVISIT, AVISITN, AWTARGET, AWTDIFF, AWLO, AWHI, AWU out, same index.
    Unit:    study days, first and last day of a window included; there is no day 0.
    Missing: outside every window, and without a day.
    Errors:  a day 0 in the data is noted and has no visit. Windows that overlap are refused with the spec.
    Source:  ADaMIG 1.3, 3.3.3 and 4.5.1 (windowing); AWTDIFF counts days without a day 0.
    Example: windows Baseline (-28..1, target 1) and Week 4 (15..43, target 29): day 30 -> Week 4, AWTDIFF 1.
    """
    day = records[params.day].to_numpy(dtype=float)
    notes.add(
        "study-day-zero",
        records.index[day == 0],
        found=f"{params.day} of 0",
        expected="a study day, of which none is 0",
        do="correct the derivation of the study day; the record has no analysis visit",
        variable=params.day,
    )
    ordered = sorted(params.windows, key=lambda window: window.first)
    place = np.searchsorted([window.first for window in ordered], day, side="right") - 1
    last = np.array([window.last for window in ordered] + [-np.inf])
    place = np.where(np.isnan(day) | (day == 0) | (place < 0) | (day > last[place]), -1, place)

    def spread(values: list[float]) -> np.ndarray:
        return np.array([*values, np.nan])[place]

    target = spread([window.target for window in ordered])
    words = np.array([*(window.visit for window in ordered), None], dtype=object)[place]
    made = {
        "AVISIT": pd.Series(words, index=records.index, dtype="str"),
        "AVISITN": spread([window.number for window in ordered]),
        "AWTARGET": target,
        "AWTDIFF": _counted(day) - _counted(target),
        "AWLO": spread([window.first for window in ordered]),
        "AWHI": spread([window.last for window in ordered]),
        "AWU": pd.Series(flags(place >= 0, "DAYS"), index=records.index),
    }
    return pd.DataFrame(made, index=records.index)


def _counted(day: np.ndarray) -> np.ndarray:
    """Study days on a line without the gap at 0."""
    return np.where(day > 0, day - 1, day)


@derivation("window_record", WindowRecord)
def window_record(records: pd.DataFrame, params: WindowRecord, notes: Notes) -> pd.DataFrame:
    """The record of a window that is nearest to its target day.

    Shape:   n records in; n flags (Y or missing) out; at most one Y in each group of ``by``.
    Unit:    none.
    Missing: no flag without a value or a window, or where a part of ``by`` is missing.
    Errors:  records that distance, ``tie`` and ``order`` cannot tell apart are noted, and none is flagged.
    Source:  ADaMIG 1.3, 4.5.1. As near before as after the target: the ``earlier`` one, or the ``later``.
             On one day the last by ``order`` (a time or a sequence number).
    Example: target 29, records on days 26, 30, 33 -> day 30; on days 28 and 30 -> day 28.
    """
    day, target = (records[name].to_numpy(dtype=float) for name in (params.day, params.target))
    distance = np.abs(_counted(day) - _counted(target))
    keys = records[list(params.by)]
    usable = ~np.isnan(distance) & records[params.value].notna().to_numpy()
    usable &= keys.notna().to_numpy().all(axis=1)
    columns = list(dict.fromkeys([*params.by, *params.order]))
    table = records[columns].assign(_distance=distance, _day=day if params.tie == "earlier" else -day)[usable]
    best = ["_distance", "_day", *params.order]
    ascending = [True, True, *(False for _ in params.order)]
    first = table.sort_values(best, ascending=ascending, kind="stable").drop_duplicates(list(params.by))
    found = first_of_each(table, first, params.by, best)
    notes.add(
        "window-tie",
        found.tied,
        found="two records of one window that cannot be told apart",
        expected="one record nearest to the target day, or an order to choose by",
        do="name variables in order; no record of this window is flagged",
        variable=params.to,
    )
    chosen = records.index.isin(found.alone)
    return pd.DataFrame({params.to: pd.Series(flags(chosen), index=records.index)})
