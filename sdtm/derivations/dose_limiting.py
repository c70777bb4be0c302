"""dlt_evaluable, dose_escalation: dose-limiting toxicity and the course of a 3+3 escalation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pydantic import Field

from sdtm.derivations.condition import is_true
from sdtm.derivations.day_numbers import day_numbers
from sdtm.derivations.exposure import Number
from sdtm.derivations.flags import flags
from sdtm.derivations.imputation import impute_column
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.iso8601 import DAY
from specs.catalogue import Column, Made, Params, Sql, Table
from specs.values import Whole


class DltEvaluable(Params):
    to: Made = "DLTEVLFL"
    dlt_to: Made = "DLTFL"
    events: Table = "AE"
    events_where: str
    event_date: str = "AESTDTC"
    window_days: Whole = 28
    first_dose: Column = "TRTSDT"
    observed_until: Column = "LSTALVDT"
    received: Column = ""
    least_percent: Number = 75.0
    population: Sql = ""
    subject: Column = "USUBJID"


@derivation("dlt_evaluable", DltEvaluable)
def dlt_evaluable(
    records: pd.DataFrame, params: DltEvaluable, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Who had a dose-limiting toxicity in the window, and who counts for the decision.

    Shape:   n subjects in; two flags, Y or N, out, same index; both missing outside ``population``.
    Unit:    calendar days; the window is the first dose and ``window_days`` - 1 days after it.
    Missing: without a first dose both are N. An event whose date is partial counts if it may lie in the window.
    Errors:  a DLT (``events_where``) outside the window is a note: it does not count.
    Source:  3+3 convention. Evaluable: a DLT in the window; or at least ``least_percent`` of the planned dose
             of cycle 1 (``received``, in percent; without it any dose) and observed to the end of the window.
    Example: window 28, 100 % received, last seen on day 20, no DLT -> N; with a DLT on day 5 -> Y.
    """
    first = day_numbers(records[params.first_dose], params.first_dose)
    end = first + params.window_days - 1
    table = tables[params.events]
    rows = table[is_true(table, params.events_where)]
    read = impute_column(rows[params.event_date], "year", "first", "first")
    low, high = np.floor(read.low / DAY), np.floor(read.high / DAY)
    place = pd.Index(records[params.subject]).get_indexer(rows[params.subject])
    known = place >= 0
    starts, ends = np.append(first, np.nan)[place], np.append(end, np.nan)[place]
    inside = known & (low <= ends) & (high >= starts)
    notes.add(
        "dlt-outside-window",
        rows.index[known & ~inside],
        found="a dose-limiting toxicity outside the DLT window",
        expected=f"a start within {params.window_days} days from the first dose",
        do="query the site; it does not count as DLT",
        table=params.events,
        variable=params.event_date,
    )
    has = np.zeros(len(records), dtype=bool)
    has[place[inside]] = True
    observed = day_numbers(records[params.observed_until], params.observed_until) >= end
    enough = (
        records[params.received].to_numpy(dtype=float) >= params.least_percent
        if params.received
        else ~np.isnan(first)
    )
    evaluable = has | (~np.isnan(first) & observed & enough)
    inside_population = is_true(records, params.population)

    def yes_no(holds: np.ndarray) -> pd.Series:
        column = pd.Series(flags(holds), index=records.index).fillna("N")
        return column.where(inside_population)

    return pd.DataFrame({params.to: yes_no(evaluable), params.dlt_to: yes_no(has)}, index=records.index)


class DoseEscalation(Params):
    level: Column
    level_name: Column = ""
    evaluable: Column = "DLTEVLFL"
    toxic: Column = "DLTFL"
    treated: Column = "SAFFL"
    confidence: Number = Field(default=0.95, gt=0, lt=1)


_MADE = {
    "LEVEL": "Dose Level",
    "LEVELN": "Dose Level (N)",
    "NTREAT": "Number of Subjects Treated",
    "NEVAL": "Number of Subjects Evaluable for DLT",
    "NDLT": "Number of Subjects with DLT",
    "PDLT": "Percent of Evaluable Subjects with DLT",
    "PDLTLCL": "Percent with DLT, Lower Exact Limit",
    "PDLTUCL": "Percent with DLT, Upper Exact Limit",
    "DECISION": "Decision by the 3+3 Rule",
    "MTDFL": "Maximum Tolerated Dose Flag",
}


@derivation("dose_escalation", DoseEscalation, makes="records", fixed=tuple(_MADE), labels=_MADE)
def dose_escalation(records: pd.DataFrame, params: DoseEscalation, notes: Notes) -> pd.DataFrame:
    """The course of a 3+3 escalation: subjects and dose-limiting toxicities of each level, and what follows.

    Shape:   n subjects in; one record per dose level out, ascending: LEVEL, LEVELN, NTREAT, NEVAL, NDLT, PDLT
             with its exact interval, DECISION, MTDFL.
    Unit:    LEVELN as ``level``; percentages with Clopper-Pearson limits.
    Missing: percentages where nobody is evaluable. MTDFL only where a higher level was rejected.
    Errors:  evaluable subjects without a level are a note.
    Source:  3+3 design: 0 of 3 escalate; 1 of 3 expand to 6; at most 1 of 6 escalate; 2 or more stop. MTD:
             the highest level with 6 evaluable and at most 1 DLT below a rejected one.
    Example: 0/3, 0/3, 1/6, 2/5 -> the third level is the MTD.
    """
    from sdtm.statistics.binomial import compute_binomial_interval

    level = records[params.level].to_numpy(dtype=float)
    counts = pd.DataFrame(
        {
            "level": level,
            "name": records[params.level_name].to_numpy() if params.level_name else level,
            "treated": records[params.treated].eq("Y").to_numpy(),
            "evaluable": records[params.evaluable].eq("Y").to_numpy(),
            "toxic": (records[params.toxic].eq("Y") & records[params.evaluable].eq("Y")).to_numpy(),
        }
    )
    notes.add(
        "level-missing",
        records.index[counts["evaluable"].to_numpy() & np.isnan(level)],
        found="an evaluable subject without a dose level",
        expected=f"a number in {params.level}",
        do="check the dose level of the subject; it is in no row",
        variable=params.level,
    )
    counts = counts[counts["treated"] | counts["evaluable"]]
    by = counts.dropna(subset="level").groupby("level", sort=True)
    table = by.agg(
        name=("name", "first"),
        treated=("treated", "sum"),
        evaluable=("evaluable", "sum"),
        toxic=("toxic", "sum"),
    )
    evaluable, toxic = table["evaluable"].to_numpy(dtype=int), table["toxic"].to_numpy(dtype=int)
    lower, upper = compute_binomial_interval(toxic, evaluable, level=params.confidence)
    rejected = toxic >= 2
    below = np.array([rejected[place + 1 :].any() for place in range(len(table))], dtype=bool)
    tolerated = (evaluable >= 6) & (toxic <= 1) & below
    best = np.flatnonzero(tolerated)[-1:] if tolerated.any() else np.array([], dtype=int)
    is_mtd = np.isin(np.arange(len(table)), best)
    with np.errstate(invalid="ignore", divide="ignore"):
        percent = np.where(evaluable > 0, 100 * toxic / np.maximum(evaluable, 1), np.nan)
    return pd.DataFrame(
        {
            "LEVEL": table["name"].astype(str).astype("str").to_numpy(),
            "LEVELN": table.index.to_numpy(dtype=float),
            "NTREAT": table["treated"].to_numpy(dtype=float),
            "NEVAL": evaluable.astype(float),
            "NDLT": toxic.astype(float),
            "PDLT": percent,
            "PDLTLCL": 100 * lower,
            "PDLTUCL": 100 * upper,
            "DECISION": pd.array(_decisions(evaluable, toxic, np.append(rejected[1:], False)), dtype="str"),
            "MTDFL": flags(is_mtd),
        }
    )


def _decisions(evaluable: np.ndarray, toxic: np.ndarray, next_rejected: np.ndarray) -> list[str]:
    """What each level's counts mean; a handful of levels, so a plain loop."""
    made = []
    for n, x, above in zip(evaluable.tolist(), toxic.tolist(), next_rejected.tolist(), strict=True):
        if x >= 2:
            made.append("STOP: EXCEEDS MTD")
        elif n < 3:
            made.append("ENROL TO 3")
        elif n == 3 and x == 0:
            made.append("EXPAND TO 6" if above else "ESCALATE")
        elif n < 6:
            made.append("EXPAND TO 6")
        else:
            made.append("MTD" if above else "ESCALATE")
    return made
