"""Records whose visit is out of its window, and records without a visit that a window gives one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm import iso8601
from sdtm.columns import choose, codes_of, from_codes
from sdtm.finishing.study_day import compute_study_day
from sdtm.finishing.windows import Window, outside, visit_of_day, windows_of
from sdtm.mapped_rows import mapped_rows
from sdtm.mapping.scope import by_subject
from sdtm.numbers import shortest
from sdtm.plan import Plan
from sdtm.visit_assignment import VISIT_VARIABLES, collected_date, places
from validation.findings import PLACES_SHOWN, Finding

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState


def apply_visit_windows(
    plan: Plan, states: Mapping[str, DomainState], subjects: pd.DataFrame | None
) -> list[Finding]:
    """Compare visits with the windows of the schedule, as ``visit_windows`` asks for.

    ``check`` tells records whose day is outside the window of their visit: the day of collection (--DTC), or in SV
    that of the visit; what merely began on some day may be told at any visit. Days count from RFSTDTC, or from the
    first date in SV of the visit that the window is counted from. A window with ARMCD counts for subjects of that
    arm. ``assign`` also gives records that were collected without a visit the one in whose window their study day lies.
    Source: SDTMIG 3.4, 4.4.5 and 7.3.1 (TV).
    """
    windows = windows_of(plan.study.visits)
    wanted = plan.study.visit_windows
    if not wanted or not windows or subjects is None or "RFSTDTC" not in subjects:
        return []
    findings = []
    starts = _visit_starts(states) if any(window.origin is not None for window in windows) else None
    fixed = [window for window in windows if window.origin is None]
    for name, state in states.items():
        if name in ("DM", "SE") or state.visit is None or "VISITNUM" not in state.frame:
            continue
        reference = by_subject(state.frame["USUBJID"], subjects, "RFSTDTC")
        arms = _arms(state, subjects, windows)
        dates = _dates_at_visit(state)
        if dates is not None:
            findings += _outside(name, state, compute_study_day(dates, reference), fixed, arms)
            for origin in sorted({window.origin for window in windows if window.origin is not None}):
                own = [window for window in windows if window.origin == origin]
                findings += _outside(name, state, _days_from(state, dates, starts, origin), own, arms)
        if wanted == "assign":
            days = compute_study_day(collected_date(state), reference)
            findings += _assigned(plan, name, state, days, fixed, arms)
    return findings


def _arms(state: DomainState, subjects: pd.DataFrame, windows: list[Window]) -> np.ndarray | None:
    """ARMCD of the subject of each record, where windows differ by arm."""
    if "ARMCD" not in subjects or not any(window.arm for window in windows):
        return None
    return by_subject(state.frame["USUBJID"], subjects, "ARMCD").astype(object).to_numpy()


def _dates_at_visit(state: DomainState) -> pd.Series | None:
    name = state.plan.name
    return state.frame.get("SVSTDTC" if name == "SV" else f"{name}DTC")


def _visit_starts(states: Mapping[str, DomainState]) -> pd.Series | None:
    """The day number on which each visit of each subject began, as SV has it."""
    visits = states["SV"].frame if "SV" in states else {}
    if "VISITNUM" not in visits or "SVSTDTC" not in visits:
        return None
    table = pd.DataFrame(
        {
            "USUBJID": visits["USUBJID"].astype(object),
            "VISITNUM": visits["VISITNUM"].to_numpy(dtype=float),
            "day": iso8601.days(visits["SVSTDTC"]),
        }
    )
    return table.groupby(["USUBJID", "VISITNUM"])["day"].min()


def _days_from(state: DomainState, dates: pd.Series, starts: pd.Series | None, origin: float) -> np.ndarray:
    """Days counted from a visit, which is day 1; there is no day 0. Missing where the visit has no date."""
    if starts is None:
        return np.full(state.size, np.nan)
    keys = pd.MultiIndex.from_product([state.frame["USUBJID"].astype(object), [origin]])
    days = iso8601.days(dates) - starts.reindex(keys).to_numpy()
    return np.where(days >= 0, days + 1, days)


def _outside(
    name: str, state: DomainState, days: np.ndarray, windows: list[Window], arms: np.ndarray | None
) -> list[Finding]:
    numbers = state.frame["VISITNUM"].to_numpy(dtype=float)
    wrong = outside(numbers, days, windows, arms)
    findings = []
    if arms is not None:  # those of one arm after the other, as what is expected differs
        for arm in sorted({arm for arm in arms[wrong] if isinstance(arm, str)}):
            own = [window._replace(arm="") for window in windows if window.arm in ("", arm)]
            findings += _outside(name, state, np.where(arms == arm, days, np.nan), own, None)
        return findings
    # One for each visit and day, so that the words do not depend on how subjects are shared among workers.
    for number, day in sorted(set(zip(numbers[wrong].tolist(), days[wrong].tolist(), strict=True))):
        own = [window for window in windows if window.number == number]
        rows = np.flatnonzero(wrong & (numbers == number) & (days == day))
        spans = " or ".join(f"{window.first} to {window.last}" for window in own)
        origin = own[0].origin
        told = (
            f"study day {shortest(day)}"
            if origin is None
            else f"day {shortest(day)} from visit {shortest(origin)}"
        )
        findings.append(
            Finding(
                "visit-out-of-window",
                "warning",
                f"{own[0].name} on {told}",
                f"{own[0].name} on day {spans}",
                "query the visit or the date, or record a protocol deviation; the visit is kept as collected",
                name,
                "VISITNUM",
                places(state, rows[:PLACES_SHOWN], ""),
                len(rows),
            )
        )
    return findings


def _assigned(
    plan: Plan,
    name: str,
    state: DomainState,
    days: np.ndarray,
    windows: list[Window],
    arms: np.ndarray | None,
) -> list[Finding]:
    """Give records without a collected visit that of their day; what has none, or several, is told."""
    assert state.visit is not None
    lacking = (codes_of(state.visit) < 0) & np.isnan(state.frame["VISITNUM"].to_numpy(dtype=float))
    lacking &= ~mapped_rows(state, "VISITNUM")
    if not lacking.any():
        return []
    waiting = lacking & ~np.isnan(days)
    position, count = visit_of_day(np.where(waiting, days, np.nan), windows, arms)
    given = position >= 0
    values = {
        "VISITNUM": np.array([*(w.number for w in windows), np.nan])[position],
        "VISITDY": np.array([*(w.day for w in windows), np.nan])[position],
    }
    for variable in VISIT_VARIABLES:
        old = state.frame[variable]
        ours = given & ~mapped_rows(state, variable)
        if variable == "VISIT":
            names = list(dict.fromkeys(window.name for window in windows))
            codes = np.array([*(names.index(window.name) for window in windows), -1])[position]
            state.frame[variable] = choose(ours, from_codes(codes, names, state.index), old)
        else:
            state.frame[variable] = choose(ours, pd.Series(values[variable], index=state.index), old)
    findings = []
    expected = "the visit that the record belongs to"
    if given.any():
        rows = np.flatnonzero(given)
        at = places(state, rows[:PLACES_SHOWN], "")
        found, do = "no visit was collected; given by its window", "look whether it is the right one"
        findings.append(
            Finding("visit-by-window", "note", found, expected, do, name, "VISITNUM", at, len(rows))
        )
    do = "query the visit; VISITNUM stays missing"
    if (lacking & ~waiting).any():
        rows = np.flatnonzero(lacking & ~waiting)
        text = "no visit was collected, and without a date or a first dose there is no study day"
        at = places(state, rows[:PLACES_SHOWN], "")
        findings.append(
            Finding("visit-outside-windows", "error", text, expected, do, name, "VISITNUM", at, len(rows))
        )
    for day in np.unique(days[waiting & (count != 1)]).tolist():
        rows = np.flatnonzero(waiting & (days == day))
        which = "in the windows of several visits" if count[rows[0]] > 1 else "outside every window"
        text = f"no visit was collected; study day {shortest(day)} is {which}"
        at = places(state, rows[:PLACES_SHOWN], "")
        findings.append(
            Finding("visit-outside-windows", "error", text, expected, do, name, "VISITNUM", at, len(rows))
        )
    return findings
