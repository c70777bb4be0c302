"""death: date, cause and source of a death, from all datasets that tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from sdtm.derivations.condition import is_true
from sdtm.derivations.day_numbers import dates_of, day_numbers
from sdtm.derivations.flags import flags
from sdtm.derivations.imputation import impute_column
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.iso8601 import DAY
from specs.catalogue import Column, Columns, Params, Table


class DeathSource(Params):
    """One dataset that tells of deaths: its records, their date, and the cause (a column, or a fixed text)."""

    from_: Table = Field(alias="from")
    where: str
    date: str
    cause: str = ""
    cause_text: str = ""


class Death(Params):
    sources: tuple[DeathSource, ...]
    highest: Literal["none", "day", "month"] = "month"
    rule: Literal["first", "last"] = "first"
    not_before: Columns = ()
    last_dose: Column = ""
    subject: Column = "USUBJID"


@derivation(
    "death",
    Death,
    fixed=("DTHFL", "DTHDT", "DTHDTF", "DTHDOM", "DTHCAUS"),
    labels={"DTHDOM": "Domain of the Date of Death"},
)
def death(
    records: pd.DataFrame, params: Death, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Whether, when and of what a subject died.

    Shape:   n subjects in; DTHFL, DTHDT, DTHDTF, DTHDOM, DTHCAUS out, same index.
    Unit:    calendar dates.
    Missing: DTHFL is Y or missing, never N. A partial date is completed by ``rule`` up to ``highest``;
             ``not_before`` (last known alive) bounds it where it lies in the unknown range.
    Errors:  sources with different dates, a death without any date, and a ``last_dose`` that is after the death
             for certain, are notes. The date of the first
             source counts; without one the earliest of the others. The cause is of the first that has one.
    Source:  ADaMIG 1.3, 3.2 (DTHDT, DTHDTF, DTHCAUS, DTHDOM); SDTMIG 3.4, 5.2 (DTHFL).
    Example: DM.DTHDTC 2022-03, AE with AESDTH Y ended 2022-03-09 -> 2022-03-01, flag D, and a note only if
             the two cannot be the same day.
    """
    subjects = records[params.subject]
    found = [_of_source(source, params, tables, place) for place, source in enumerate(params.sources)]
    told = pd.concat(found) if found else pd.DataFrame()
    # The first source goes first, then the earliest date; an undated death goes last.
    told = told.assign(other=told["place"] > 0, undated=told["day"].isna())
    told = told.sort_values(["subject", "undated", "other", "day", "place"], kind="stable")
    chosen = told.drop_duplicates("subject").set_index("subject").reindex(subjects)
    causes = told[told["cause"].notna()].sort_values(["subject", "place", "day"], kind="stable")
    causes = causes.drop_duplicates("subject").set_index("subject").reindex(subjects)
    _note_differences(records, told, subjects, params, notes)
    day = chosen["day"].to_numpy(dtype=float)
    for name in params.not_before:
        bound = day_numbers(records[name], name)
        inside = (chosen["low"].to_numpy() <= bound) & (bound <= chosen["high"].to_numpy())
        day = np.where(inside, np.fmax(day, bound), day)
    if params.last_dose:
        dosed = day_numbers(records[params.last_dose], params.last_dose) > chosen["high"].to_numpy(
            dtype=float
        )
        notes.add(
            "dose-after-death",
            records.index[dosed],
            found=f"{params.last_dose} after the death",
            expected="no dose after the day of death",
            do="query the site: one of the dates is wrong; both are kept",
            variable=params.last_dose,
        )
    dead = chosen["place"].notna().to_numpy()
    names = np.array([source.from_ for source in params.sources] + [None], dtype=object)
    place = chosen["place"].fillna(-1).to_numpy(dtype=int)
    flag = chosen["flag"].set_axis(records.index)
    made = {
        "DTHFL": pd.Series(flags(dead), index=records.index),
        "DTHDT": pd.Series(dates_of(day), index=records.index),
        "DTHDTF": flag.where(flag.fillna("") != "").astype("str"),
        "DTHDOM": pd.Series(names[place], index=records.index, dtype="str"),
        "DTHCAUS": causes["cause"].set_axis(records.index).astype("str"),
    }
    return pd.DataFrame(made, index=records.index)


def _of_source(
    source: DeathSource, params: Death, tables: Mapping[str, pd.DataFrame], place: int
) -> pd.DataFrame:
    table = tables[source.from_]
    rows = table[is_true(table, source.where)]
    highest = "hour" if params.highest == "none" else params.highest
    read = impute_column(rows[source.date], highest, params.rule, "first")
    if source.cause:
        cause = rows[source.cause].to_numpy()
    else:
        cause = np.full(len(rows), source.cause_text or None, dtype=object)
    return pd.DataFrame(
        {
            "subject": rows[params.subject].to_numpy(),
            "day": np.floor(read.moment / DAY),
            "low": np.floor(read.low / DAY),
            "high": np.floor(read.high / DAY),
            "flag": read.date_flag,
            "cause": cause,
            "place": place,
        }
    )


def _note_differences(
    records: pd.DataFrame, told: pd.DataFrame, subjects: pd.Series, params: Death, notes: Notes
) -> None:
    dated = told[told["low"].notna()].groupby("subject")
    # Two dates are the same death as long as one day lies within all of their ranges.
    apart = (dated["low"].max() > dated["high"].min()) if len(told) else pd.Series(dtype=bool)
    notes.add(
        "death-dates-differ",
        records.index[subjects.isin(apart.index[apart])],
        found="different dates of one death",
        expected="one date in all datasets that tell of it",
        do=f"query the site; the date of {params.sources[0].from_} was taken, else the earliest",
        variable="DTHDT",
    )
    undated = told.groupby("subject")["low"].count() == 0 if len(told) else pd.Series(dtype=bool)
    notes.add(
        "death-without-date",
        records.index[subjects.isin(undated.index[undated])],
        found="a death without a date",
        expected="a date, perhaps partial",
        do="query the site",
        variable="DTHDT",
    )
