"""any_record, earliest_date, latest_date, treatment_dates: what a subject's records in other datasets say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field

from sdtm.derivations.condition import is_true
from sdtm.derivations.day_numbers import dates_of, day_numbers, moments_of, seconds_of
from sdtm.derivations.flags import flags
from sdtm.derivations.imputation import impute_column
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.iso8601 import DAY
from specs.catalogue import Column, Columns, Made, Params, Table
from specs.values import Truth


class AnyRecord(Params):
    to: Made
    from_: Table = Field(alias="from")
    where: str = ""
    yes: str = "Y"
    no: str = "N"
    subject: Column = "USUBJID"


class DateSource(Params):
    """A date of another dataset: ISO 8601 text or analysis date."""

    from_: Table = Field(alias="from")
    date: str
    where: str = ""


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


class SubjectDate(Params):
    to: Made
    sources: Annotated[tuple[DateSource, ...], BeforeValidator(_listed)]
    choose: Literal["earliest", "latest"] = "latest"
    highest: Literal["none", "day", "month"] = "none"
    rule: Literal["first", "last"] = "first"
    not_after: Columns = ()
    flag: Made = ""
    source_to: Made = ""
    subject: Column = "USUBJID"


@derivation("any_record", AnyRecord)
def any_record(
    records: pd.DataFrame, params: AnyRecord, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Whether a subject has a record in another dataset that fulfils a condition.

    Shape:   n subjects in; n flags (Y or N; ``no: ""`` leaves it missing) out, same index.
    Unit:    none.
    Missing: an unknown condition is not fulfilled.
    Errors:  ``ProblemsFound`` for a condition that names a column that is not there.
    Source:  ADaMIG 1.3, 3.2.4 (population flags are Y or N, never missing).
    Example: PKFL from PC where PCSTRESN > 0.
    """
    other = tables[params.from_]
    has = set(other.loc[is_true(other, params.where), params.subject].dropna())
    found = records[params.subject].isin(has)
    flag = pd.Series(flags(found, params.yes), index=records.index)
    return pd.DataFrame(
        {params.to: flag.where(found, pd.Series(flags(~found, params.no), index=records.index))}
    )


@derivation("subject_date", SubjectDate)
def subject_date(
    records: pd.DataFrame, params: SubjectDate, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The earliest or the latest of a subject's dates over several datasets.

    Shape:   n subjects in; n dates (and the imputation flag, and DATASET.VARIABLE it came from) out.
    Unit:    calendar dates.
    Missing: a partial date counts only if ``highest`` allows its missing part (completed by ``rule``).
             ``not_after``: a date beyond one of these columns becomes that date (death, cut-off).
    Errors:  a text that is no date, or a dataset without the variable, is left out; a note says so.
    Source:  ADaMIG 1.3, 3.2 (LSTALVDT: last date known alive, from every date in the data).
    Example: LSTALVDT: latest of AE.AESTDTC, LB.LBDTC, DS.DSSTDTC, not after DTHDT.
    """
    pieces = []
    for place, source in enumerate(params.sources):
        table = tables[source.from_]
        if source.date not in table:
            continue
        rows = table[is_true(table, source.where)]
        days, parts, valid = _days(rows[source.date], params)
        notes.add(
            "date-not-read",
            rows.index[~valid],
            found="a text that is no ISO 8601 date",
            expected=f"a date, perhaps partial, in {source.date}",
            do="correct it in the SDTM; it was left out",
            table=source.from_,
            variable=source.date,
        )
        piece = pd.DataFrame(
            {"subject": rows[params.subject].to_numpy(), "day": days, "flag": parts, "place": place}
        )
        pieces.append(piece[piece["day"].notna() & piece["subject"].notna()])
    found = pd.concat(pieces) if pieces else pd.DataFrame(columns=["subject", "day", "flag", "place"])
    # A complete date goes before an imputed one of the same day, then the order of the sources.
    found = found.assign(
        imputed=found["flag"] != "", sign=found["day"] * (1 if params.choose == "earliest" else -1)
    )
    found = found.sort_values(["subject", "sign", "imputed", "place"], kind="stable").drop_duplicates(
        "subject"
    )
    found = found.set_index("subject").reindex(records[params.subject])
    day = found["day"].to_numpy(dtype=np.float64)
    for name in params.not_after:
        bound = day_numbers(records[name], name)
        day = np.where(np.isnan(day), day, np.fmin(day, bound))
    made = {params.to: pd.Series(dates_of(day), index=records.index)}
    if params.flag:
        part = found["flag"].set_axis(records.index)
        made[params.flag] = part.where(part != "").astype("str")
    if params.source_to:
        names = np.array([f"{s.from_}.{s.date}" for s in params.sources] + [None], dtype=object)
        places = found["place"].fillna(-1).to_numpy(dtype=int)
        made[params.source_to] = pd.Series(names[places], index=records.index, dtype="str")
    return pd.DataFrame(made, index=records.index)


def _days(column: pd.Series, params: SubjectDate) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days since 1970, imputation flags, and whether each value could be read."""
    if pd.api.types.is_datetime64_dtype(column.dtype):
        return day_numbers(column), np.full(len(column), "", dtype=object), np.ones(len(column), dtype=bool)
    highest = "hour" if params.highest == "none" else params.highest
    found = impute_column(column, highest, params.rule, "first")
    return np.floor(found.moment / DAY), found.date_flag, found.valid


class TreatmentDates(Params):
    from_: Table = Field(default="EX", alias="from")
    dose: str = "EXDOSE"
    treatment: str = "EXTRT"
    start_text: str = "EXSTDTC"
    end_text: str = "EXENDTC"
    sequence: str = "EXSEQ"
    where: str = ""
    placebo: str = "PLACEBO"
    missing_end: Literal["nonmissing", "start", "disposition", "open"] = "open"
    discontinued: Column = ""
    times: Truth = True
    subject: Column = "USUBJID"


@derivation(
    "treatment_dates",
    TreatmentDates,
    fixed=("TRTSDT", "TRTSDTM", "TRTSTMF", "TRTEDT", "TRTEDTM", "TRTETMF"),
)
def treatment_dates(
    records: pd.DataFrame, params: TreatmentDates, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """First and last exposure from valid doses: above zero, or zero of a placebo.

    Shape:   n subjects in; TRTSDT, TRTSDTM, TRTSTMF, TRTEDT, TRTEDTM, TRTETMF out, same index.
    Unit:    dates and date-times to the second. A missing start time counts as 00:00:00, a missing end time
             as 23:59:59, flagged H (or M).
    Missing: a dose without a complete date is never the first or last. ``missing_end`` says what a valid
             dose without an end means when it is the latest to start: ``open`` still on treatment, no end
             (default); ``start`` its start (infusions); ``nonmissing`` the latest end there is;
             ``disposition`` the date in ``discontinued``.
    Errors:  doses without an amount, ends before their start (which count by their start), and subjects with
             doses of several treatments are notes.
    Source:  ADaMIG 1.3, 3.2 (TRTSDT, TRTEDT).
    Example: dose 0 on 2022-01-08, 100 on 2022-01-10, 100 on 2022-01-31 without end -> TRTSDT 2022-01-10,
             TRTEDT 2022-01-31 with ``start``, missing with ``open``.
    """
    exposure = tables[params.from_]
    exposure = exposure[is_true(exposure, params.where)]
    amount = exposure[params.dose]
    notes.add(
        "dose-missing",
        exposure.index[amount.isna()],
        found="a dose without an amount",
        expected=f"a number in {params.dose}, 0 for a dose that was not given",
        do="query the site; the record counts as no exposure",
        table=params.from_,
        variable=params.dose,
    )
    is_placebo = (
        exposure[params.treatment].str.upper().str.contains(params.placebo, regex=False).fillna(False)
    )
    valid = exposure[((amount > 0) | ((amount == 0) & is_placebo)).to_numpy(dtype=bool)]
    kinds = valid[params.treatment].groupby(valid[params.subject]).transform("nunique")
    notes.add(
        "several-treatments",
        valid.index[(kinds > 1).to_numpy()],
        found="a subject with doses of several treatments",
        expected=f"one {params.treatment} a subject, or a condition that chooses one (`where`)",
        do="check the arms; first and last exposure are those of all treatments together",
        table=params.from_,
        variable=params.treatment,
        severity="note",
    )
    starts, ends = _moments(valid[params.start_text], "first"), _moments(valid[params.end_text], "last")
    doses = pd.DataFrame(
        {
            "subject": valid[params.subject].to_numpy(),
            "start": starts[0],
            "start_flag": starts[1],
            "end": ends[0],
            "end_flag": ends[1],
            "sequence": valid[params.sequence].to_numpy() if params.sequence in valid else 0,
        },
        index=valid.index,
    )
    backwards = np.floor(doses["end"] / DAY) < np.floor(doses["start"] / DAY)
    notes.add(
        "end-before-start",
        doses.index[backwards],
        found="a dose that ends before it starts",
        expected=f"{params.end_text} on or after {params.start_text}",
        do="correct the dates; the last exposure counts it by its start",
        table=params.from_,
        variable=params.end_text,
    )
    doses.loc[backwards, "end"] = np.nan
    first = (
        doses.dropna(subset="start").sort_values(["subject", "start", "sequence"]).drop_duplicates("subject")
    )
    last = _last_doses(doses, records, params)
    subjects = records[params.subject]
    first, last = first.set_index("subject").reindex(subjects), last.reindex(subjects)
    start, end = (dose[name].to_numpy(dtype=np.float64) for dose, name in ((first, "start"), (last, "end")))
    made = {
        "TRTSDT": dates_of(np.floor(start / DAY)),
        "TRTSDTM": moments_of(start),
        "TRTSTMF": first["start_flag"].where(first["start_flag"].fillna("") != ""),
        "TRTEDT": dates_of(np.floor(end / DAY)),
        "TRTEDTM": moments_of(end),
        "TRTETMF": last["end_flag"].where(last["end_flag"].fillna("") != ""),
    }
    frame = pd.DataFrame({name: np.asarray(values) for name, values in made.items()}, index=records.index)
    return frame.astype({"TRTSTMF": "str", "TRTETMF": "str"})


def _last_doses(doses: pd.DataFrame, records: pd.DataFrame, params: TreatmentDates) -> pd.DataFrame:
    """The end of exposure of each subject, by its name."""
    if params.missing_end == "start":
        at_start = doses["end"].isna()
        doses = doses.assign(
            end=doses["end"].fillna(np.floor(doses["start"] / DAY) * DAY + DAY - 1),
            end_flag=doses["end_flag"].where(~at_start, "H"),
        )
    latest = (
        doses.dropna(subset="end")
        .sort_values(["subject", "end", "sequence"])
        .drop_duplicates("subject", keep="last")
    )
    latest = latest.set_index("subject")[["end", "end_flag"]]
    if params.missing_end in ("open", "disposition"):
        order = ["subject", "start", "sequence"]
        current = doses.sort_values(order, na_position="first").drop_duplicates("subject", keep="last")
        is_open = current.loc[current["end"].isna(), "subject"]
        latest = latest.reindex(latest.index.union(is_open))
        latest.loc[is_open, "end"] = np.nan
        latest.loc[is_open, "end_flag"] = None
        if params.missing_end == "disposition" and params.discontinued:
            dates = records.set_index(params.subject)[params.discontinued].reindex(is_open)
            seconds = seconds_of(dates, params.discontinued) + DAY - 1
            latest.loc[is_open, "end"] = seconds
            latest.loc[is_open, "end_flag"] = flags(~np.isnan(seconds), "H")
    return latest


def _moments(column: pd.Series, rule: str) -> tuple[np.ndarray, np.ndarray]:
    """Seconds (missing times by rule; partial dates: none) and time flags, row by row."""
    found = impute_column(column, "hour", "first", rule)
    return found.moment, np.where(found.time_flag == "S", "", found.time_flag)
