"""Rules on dates of analysis datasets: SAS dates, what was imputed, and relative days (ADaMIG 1.3, 3.1.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from validation.analysis_columns import DAY_SECONDS, days, differ, named, numbers, sas_days, texts
from validation.analysis_tables import OCCURRENCES, PARAMETERS
from validation.rules.registry import Fault, dataset_rule
from validation.tables import Table
from validation.values import filled, is_any, missing

_DATE_FORMAT = re.compile(
    r"(DATE(?!TIME|AMPM)|YYMMDD|DDMMYY|MMDDYY|E8601DA|B8601DA|IS8601DA|DAY|MONYY|WORDDAT|NLDATE)\w*\.?\d*"
)
_DATETIME_FORMAT = re.compile(r"(DATETIME|E8601DT|B8601DT|IS8601DT|DATEAMPM|NLDATM|MDYAMPM)\w*\.?\d*")
_TIME_FORMAT = re.compile(r"(TIME|TOD|HHMM|E8601TM|B8601TM|IS8601TM|HOUR|MMSS|NLTIM)\w*\.?\d*")
_FORMATS = (
    (r"[A-Z0-9]*DTM", _DATETIME_FORMAT),
    (r"[A-Z0-9]*DT", _DATE_FORMAT),
    (r"[A-Z0-9]*TM", _TIME_FORMAT),
)
# Numbers that end like a time and are none.
_NO_TIMES = re.compile(r"[A-Z]*(RELTM|ELTM|STM|LTM|RLT)M?")
_PERIODS = (
    ("ASTDT", "AENDT"),
    ("ASTDTM", "AENDTM"),
    ("TRTSDT", "TRTEDT"),
    ("TRTSDTM", "TRTEDTM"),
    ("APERSDT", "APEREDT"),
    ("PHSDT", "PHEDT"),
)
_NUMBERED_PERIODS = r"(TR|AP)[0-9]{2}SDT"
_SOURCES = {"A": "--DTC", "AST": "--STDTC", "AEN": "--ENDTC"}
_DAY_OF = {"ADY": "A", "ASTDY": "AST", "AENDY": "AEN"}
_PER_UNIT = {"DAYS": 1.0, "DAY": 1.0, "WEEKS": 7.0, "WEEK": 7.0}


@dataset_rule("date-without-format", severity="warning", source="AD0058, ADaMIG 1.3, 3.1.3")
def date_without_format(table: Table) -> Iterator[Fault] | None:
    """A date, date-time or time has no format that shows it as one.

    Expected: such as DATE9. for a variable in DT, DATETIME20. in DTM, TIME8. in TM.
    Why: without a format a reviewer sees 22705 instead of a day.
    Do:  give the variable a display format.
    """
    formats = table.metadata.formats
    if not formats:
        return None
    return _unformatted(table)


def _unformatted(table: Table) -> Iterator[Fault]:
    formats = table.metadata.formats
    seen: set[str] = set()
    for pattern, wanted in _FORMATS:
        for name in named(table, pattern):
            if name in seen or name not in formats or numbers(table, name) is None:
                continue
            seen.add(name)
            if _NO_TIMES.fullmatch(name) and table.define(name) is None:
                continue
            if name.endswith("TM") and not name.endswith("DTM") and table.define(name) is None:
                continue
            found = formats[name].upper().lstrip("$")
            if not wanted.fullmatch(found):
                yield Fault(name, found=f'format "{formats[name]}"' if found else "no format")


@dataset_rule("date-not-whole", severity="error", source="ADaMIG 1.3, 3.1.3")
def date_not_whole(table: Table) -> Iterator[Fault]:
    """A date has a part of a day, or is no date of our time.

    Expected: a whole number of days since 1960, as SAS counts them.
    Why: a date with a part of a day is unequal to the same date without; seconds read as days are far off.
    Do:  take the day of the date-time.
    """
    for name in named(table, r"[A-Z0-9]*DT"):
        date = numbers(table, name)
        if date is not None and table.type_of(name) == "Num":
            # 1850-01-01 to 2200-01-01: seconds since 1960, or a year written as a number, fall outside.
            with np.errstate(invalid="ignore"):
                yield Fault(
                    name, (date != np.floor(date)) & ~np.isnan(date) | (date < -40177) | (date > 87658)
                )


@dataset_rule("date-and-datetime-differ", severity="error", source="ADaMIG 1.3, 3.1.3")
def date_and_datetime_differ(table: Table) -> Iterator[Fault]:
    """The date is another day than that of the date-time, or the time another one.

    Expected: DT and TM as the two parts of DTM.
    Why: an event would be on two days at once.
    Do:  derive the date and the time from the date-time.
    """
    for name in named(table, r"[A-Z0-9]*DTM"):
        moment, stem = numbers(table, name), name[:-3]
        if moment is None:
            continue
        date, time = numbers(table, f"{stem}DT"), numbers(table, f"{stem}TM")
        if date is not None:
            yield Fault(f"{stem}DT", differ(date, np.floor(moment / DAY_SECONDS)), (name,))
        if time is not None:
            yield Fault(f"{stem}TM", differ(time, np.mod(moment, DAY_SECONDS)), (name,))


@dataset_rule("imputation-flag-alone", severity="error", source="ADaMIG 1.3, 3.1.3")
def imputation_flag_alone(table: Table) -> Iterator[Fault]:
    """An imputation flag stands without the date or time that was imputed.

    Expected: DTF only where DT or DTM has a value, TMF only where TM or DTM has one.
    Why: a flag without a date says that something was made up that is not there.
    Do:  leave the flag empty where nothing was imputed.
    """
    for name in named(table, r"[A-Z0-9]*(DTF|TMF)"):
        flag, stem = texts(table, name), name[:-3]
        if flag is None:
            continue
        there = [n for n in (f"{stem}{name[-3:-1]}", f"{stem}DTM") if numbers(table, n) is not None]
        if not there:
            yield Fault(name, filled(flag) if filled(flag).any() else None)
        else:
            has_value = np.logical_or.reduce([filled(table.frame[n]) for n in there])
            yield Fault(name, filled(flag) & ~has_value, tuple(there))


@dataset_rule("analysis-end-before-start", severity="error", source="AD0361, ADaMIG 1.3, 3.3.3")
def analysis_end_before_start(table: Table) -> Iterator[Fault]:
    """The end is before the start.

    Expected: an end on or after the start.
    Why: durations become negative, and the record is in no period.
    Do:  look at both dates in the source, and at how they were imputed.
    """
    numbered = [(name, f"{name[:-3]}EDT") for name in named(table, _NUMBERED_PERIODS)]
    for start, end in (*_PERIODS, *numbered):
        first, last = numbers(table, start), numbers(table, end)
        if first is not None and last is not None:
            yield Fault(end, last < first, (start,))


@dataset_rule("analysis-day-zero", severity="warning", source="ADaMIG 1.3, 3.1.3")
def analysis_day_zero(table: Table) -> Iterator[Fault]:
    """A relative day is 0.

    Expected: 1 on the reference date, -1 on the day before it.
    Why: days that are derived with and without a day 0 do not fit together.
    Do:  derive the day as SDTM does, or describe the day 0 in define.xml and accept this.
    """
    for name in named(table, r"A(ST|EN)?DY"):
        day = numbers(table, name)
        if day is not None:
            yield Fault(name, day == 0)


@dataset_rule("analysis-day-differs", severity="warning", source="ADaMIG 1.3, 3.3.3")
def analysis_day_differs(table: Table) -> Iterator[Fault]:
    """The relative day is not the one that the date and TRTSDT give.

    Expected: the date minus TRTSDT in days, plus 1 from TRTSDT on.
    Why: windows and "on treatment" are chosen by this day.
    Do:  derive the day again, or name the other reference date in define.xml and accept this.
    """
    reference = days(table, "TRTS")
    for name in _DAY_OF:
        day, date = numbers(table, name), days(table, _DAY_OF[name])
        if day is not None and date is not None and reference is not None:
            gap = date - reference
            # A given 0 is told by analysis-day-zero.
            yield Fault(
                name,
                differ(day, np.where(gap >= 0, gap + 1, gap)) & (day != 0),
                (f"{_DAY_OF[name]}DT", "TRTSDT"),
            )


@dataset_rule("analysis-day-without-date", severity="error", source="ADaMIG 1.3, 3.3.3")
def analysis_day_without_date(table: Table) -> Iterator[Fault]:
    """There is a relative day without its date.

    Expected: a day only where the date is known or imputed.
    Why: nobody can tell where the day comes from.
    Do:  leave the day empty, or add the date.
    """
    for name in _DAY_OF:
        day, date = numbers(table, name), days(table, _DAY_OF[name])
        if day is not None and date is not None:
            yield Fault(name, ~np.isnan(day) & np.isnan(date), (f"{_DAY_OF[name]}DT",))


@dataset_rule(
    "date-differs-from-source",
    severity="error",
    source="ADaMIG 1.3, 3.1.3",
    classes=(OCCURRENCES, *PARAMETERS),
)
def date_differs_from_source(table: Table) -> Iterator[Fault]:
    """The analysis date is another day than its complete date in SDTM.

    Expected: ASTDT, AENDT and ADT on the day that --STDTC, --ENDTC and --DTC of the same record say.
    Why: nothing is to be imputed where the day is known.
    Do:  derive the date from the record that it stands on.
    """
    for date, _, source, name in _with_source(table):
        yield Fault(f"{name}", differ(date, sas_days(source)[0]), (str(source.name),))


@dataset_rule(
    "imputed-without-flag", severity="error", source="ADaMIG 1.3, 3.1.3", classes=(OCCURRENCES, *PARAMETERS)
)
def imputed_without_flag(table: Table) -> Iterator[Fault]:
    """A partial date was completed and no flag says so.

    Expected: Y, M or D in the imputation flag wherever a part of the date was made up.
    Why: a reviewer takes the date for a collected one.
    Do:  set the imputation flag when the date is imputed.
    """
    for date, flag, source, name in _with_source(table):
        partial = sas_days(source)[1].partial & np.isnan(sas_days(source)[0])
        unflagged = np.ones(len(date), dtype=bool) if flag is None else missing(flag)
        yield Fault(name, ~np.isnan(date) & partial & unflagged, (str(source.name), f"{name}F"))


@dataset_rule(
    "flagged-though-complete",
    severity="error",
    source="ADaMIG 1.3, 3.1.3",
    classes=(OCCURRENCES, *PARAMETERS),
)
def flagged_though_complete(table: Table) -> Iterator[Fault]:
    """The date is flagged as imputed and was collected in full.

    Expected: no imputation flag where year, month and day are known.
    Why: the date looks less certain than it is.
    Do:  set the flag only where a part of the date was made up.
    """
    for _, flag, source, name in _with_source(table):
        if flag is not None:
            complete = ~np.isnan(sas_days(source)[0])
            yield Fault(f"{name}F", is_any(flag, "Y", "M", "D") & complete, (str(source.name),))


@dataset_rule("duration-differs", severity="warning", source="OCCDS 1.0, 3.2", classes=OCCURRENCES)
def duration_differs(table: Table) -> Iterator[Fault] | None:
    """The duration is not the one that the analysis dates give.

    Expected: AENDT minus ASTDT plus 1, in days or weeks as ADURU says.
    Why: tables of durations would not agree with the listing of the dates.
    Do:  derive the duration from the analysis dates.
    """
    length, unit = numbers(table, "ADURN"), texts(table, "ADURU")
    start, end = days(table, "AST"), days(table, "AEN")
    if length is None or unit is None or start is None or end is None:
        return None
    wrong = np.zeros(len(length), dtype=bool)
    for word, per in _PER_UNIT.items():
        wrong |= is_any(unit, word) & differ(length, (end - start + 1) / per)
    return iter([Fault("ADURN", wrong, ("ADURU", "ASTDT", "AENDT"))])


def _with_source(table: Table) -> Iterator[tuple[np.ndarray, pd.Series | None, pd.Series, str]]:
    """(date, imputation flag, the --DTC it was made of, name) where all are variables of the dataset."""
    for stem, pattern in _SOURCES.items():
        date = numbers(table, f"{stem}DT")
        name = table.variable_named(pattern)
        source = texts(table, name) if name else None
        if date is not None and source is not None:
            yield date, texts(table, f"{stem}DTF"), source, f"{stem}DT"
