"""baseline_flag, baseline_values: the record before treatment, and what later records take from it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

from sdtm.derivations.day_numbers import day_numbers, seconds_of
from sdtm.derivations.flags import first_of_each, flags
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from specs.catalogue import Column, Columns, Made, Params
from specs.values import Truth


class BaselineFlag(Params):
    by: Columns
    date: Column = "ADT"
    reference_date: Column = "TRTSDT"
    time: Column = ""
    reference_time: Column = ""
    value: Column = "AVAL"
    order: Columns = ()
    same_day: Truth = True
    to: Made = "ABLFL"


class BaselineValues(Params):
    by: Columns
    flag: Column = "ABLFL"
    values: dict[Column, Made] = Field(default={"AVAL": "BASE"})


@derivation("baseline_flag", BaselineFlag)
def baseline_flag(records: pd.DataFrame, params: BaselineFlag, notes: Notes) -> pd.DataFrame:
    """The last record with a value at or before the first dose.

    Shape:   n records in; n flags (Y or missing) out, same index; at most one Y in each group of ``by``.
    Unit:    none.
    Missing: no flag without a value, a date, or a reference date.
    Errors:  two candidates that date, time and ``order`` cannot tell apart are noted, and none is flagged.
    Source:  ADaMIG 1.3, 3.3.4 (ABLFL). Times are compared where record and dose both have one (a record at
             the minute of the dose is before it), else dates; ``same_day: false`` leaves out what is only
             known to be on the day of the dose.
    Example: dose 10:00; results day -2 08:00, day 1 09:55, day 1 12:00 -> the second, with times.
    """
    day, first = day_numbers(records[params.date]), day_numbers(records[params.reference_date])
    moment, dose = _moments(records, params.time), _moments(records, params.reference_time)
    timed = ~np.isnan(moment) & ~np.isnan(dose)
    with np.errstate(invalid="ignore"):
        by_date = (day <= first) if params.same_day else (day < first)
        before = np.where(timed, moment <= dose, by_date)
    candidate = before & records[params.value].notna().to_numpy()
    # A record without a time of day stands before those of its day that have one.
    time_of_day = np.where(np.isnan(moment), -1.0, moment)
    keys = pd.DataFrame({"_day": day, "_time": time_of_day}, index=records.index)
    table = pd.concat([records[list(dict.fromkeys([*params.by, *params.order]))], keys], axis=1)[candidate]
    ranked = table.sort_values(["_day", "_time", *params.order], kind="stable")
    last = ranked.groupby(list(params.by), sort=False, dropna=False).tail(1)
    found = first_of_each(table, last, params.by, ["_day", "_time", *params.order])
    notes.add(
        "baseline-tie",
        found.tied,
        found="two records that could be the baseline and cannot be told apart",
        expected="one last record before treatment, or an order to choose by",
        do="name variables in order, or correct the records; no baseline is flagged",
        variable=params.to,
    )
    chosen = records.index.isin(found.alone)
    return pd.DataFrame({params.to: pd.Series(flags(chosen), index=records.index)})


def _moments(records: pd.DataFrame, name: str) -> np.ndarray:
    """Seconds since 1970 of a date-time column; NaN where there is none."""
    if not name:
        return np.full(len(records), np.nan)
    return seconds_of(records[name], name)


@derivation("baseline_values", BaselineValues)
def baseline_values(records: pd.DataFrame, params: BaselineValues, notes: Notes) -> pd.DataFrame:
    """Values of the baseline record, on every record of its group.

    Shape:   n records in; one column for each of ``values`` (from: to) out, same index.
    Unit:    that of the values.
    Missing: in a group without a flagged record, or with more than one.
    Errors:  more than one flagged record in a group is noted.
    Source:  ADaMIG 1.3, 3.3.4 (BASE, BASEC, BNRIND, BTOXGR: from the record with ABLFL = Y).
    Example: AVAL 5, 7, 9 with ABLFL on the second -> BASE 7 on all three.
    """
    flagged = records[(records[params.flag] == "Y").to_numpy(dtype=bool)]
    by = list(params.by)
    twice = flagged.duplicated(by, keep=False)
    notes.add(
        "baseline-twice",
        flagged.index[twice],
        found="more than one baseline record",
        expected="one record with the baseline flag in each group",
        do="correct the flag or the variables in by; the baseline stays missing",
        variable=params.flag,
    )
    single = flagged[~twice][[*by, *params.values]].rename(columns=dict(_renamed(params)))
    found = records[by].merge(single, on=by, how="left", validate="m:1").set_index(records.index)
    return found[[made for _, made in _renamed(params)]].rename(
        columns=lambda name: name.removeprefix("_to_")
    )


def _renamed(params: BaselineValues) -> list[tuple[str, str]]:
    # A name of its own while merging: a value may itself be one of the keys.
    return [(name, f"_to_{made}") for name, made in params.values.items()]
