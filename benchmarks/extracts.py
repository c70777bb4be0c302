"""Synthetic raw extracts for the benchmark: the same bytes on any machine, as many rows as asked for.

The forms have the shape of the Rave-like ones of the bundled study LXI-15029: VS has its 33 columns and one row
per visit, AE 17 of its columns and one row per event; DM and EX are short. No patient is real.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

ROWS_PER_SUBJECT = 25  # of AE, and of VS
ROWS_AT_ONCE = 1 << 17
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
TERMS = (
    "Leukocytopenia", "ALT increased", "AST increased", "ECG QT prolonged", "Hypertriglyceridemia",
    "Sinus bradycardia", "Diarrhea", "Fatigue", "GGT increased", "Neutropenia", "LDL increased",
    "Decreased appetite", "Hypercholesterolemia", "Nausea", "Pyrexia", "Anemia", "Pneumonia",
    "Pleural effusion", "Upper respiratory tract infection", "Rash",
)  # fmt: skip
WORDS = ("", "mild ", "worsening ", "intermittent ", "recurrent ")
WHERE = ("", " after the morning dose", " in the evening", " since last visit", " on exertion", ", left side")
COMMENTS = (
    "Judged by the investigator as not related to the study drug",
    '"Known since screening", treated at the local hospital',
    "Laboratory values were repeated, see the form LB",
)
CYCLES = range(2, 19)
FOLDERS = (
    "Screening", "C1D1", "C1D8", "C1D15", "C1D22", *(f"C{cycle}D1" for cycle in CYCLES), "EOT",
    "Unscheduled 1", "Unscheduled 2",
)  # fmt: skip
FOLDER_DAYS = np.array([-7, 0, 7, 14, 21, *(28 * (cycle - 1) for cycle in CYCLES), 520, 40, 300])
FIRST_DAY = np.datetime64("2018-01-08")

Column = pa.Array


def write_extracts(folder: Path, rows: int) -> dict[str, int]:
    """DM, EX, AE and VS as CSV files; AE has half of ``rows``, VS the other half. Returns rows of each file."""
    folder.mkdir(parents=True)
    events, readings = rows - rows // 2, rows // 2
    subjects = max(1, -(-events // ROWS_PER_SUBJECT))
    sizes = {"DM": (subjects, _dm), "EX": (subjects, _ex), "AE": (events, _ae), "VS": (readings, _vs)}
    for name, (size, form) in sizes.items():
        with (folder / f"{name}.csv").open("wb") as file:
            for start in range(0, size, ROWS_AT_ONCE):
                columns = form(np.arange(start, min(start + ROWS_AT_ONCE, size)))
                if not start:
                    file.write((",".join(columns) + "\n").encode())
                file.write(_lines(columns))
    return {name: size for name, (size, _) in sizes.items()}


def _lines(columns: Mapping[str, Column]) -> bytes:
    lines = pc.binary_join_element_wise(*columns.values(), ",")
    return ("\n".join(lines.to_pylist()) + "\n").encode()


def _draw(name: str, rows: np.ndarray, below: int) -> np.ndarray:
    """A number from 0 to ``below`` - 1 for each row, from the name and the row alone (splitmix64)."""
    mixed = rows.astype(np.uint64) + np.uint64(zlib.crc32(name.encode()) << 20)
    mixed *= np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) % np.uint64(below)).astype(np.int64)


def _texts(choices: Sequence[str], which: np.ndarray) -> Column:
    return pa.array(list(choices)).take(pa.array(which))


def _one(text: str, rows: np.ndarray) -> Column:
    return _texts([text], np.zeros(len(rows), dtype=np.int64))


def _numbers(values: np.ndarray, width: int = 0) -> Column:
    texts = pa.array(values).cast(pa.string())
    return pc.utf8_lpad(texts, width, "0") if width else texts


def _decimals(tenths: np.ndarray) -> Column:
    return pc.binary_join_element_wise(_numbers(tenths // 10), _numbers(tenths % 10), ".")


def _where(mask: np.ndarray, texts: Column) -> Column:
    return pc.if_else(pa.array(mask), texts, "")


def _raw_date(days: np.ndarray, unknown: np.ndarray | None = None) -> Column:
    """``05 MAR 2018``; where ``unknown`` is 1 ``UN MAR 2018``, where it is 2 ``UN UNK 2018``."""
    dates = FIRST_DAY + days
    months = dates.astype("M8[M]")
    number = _numbers((dates - months).astype(np.int64) + 1, 2)
    month = _texts(MONTHS, months.astype(np.int64) % 12)
    if unknown is not None:
        number = pc.if_else(pa.array(unknown > 0), "UN", number)
        month = pc.if_else(pa.array(unknown > 1), "UNK", month)
    return pc.binary_join_element_wise(
        number, month, _numbers(dates.astype("M8[Y]").astype(np.int64) + 1970), " "
    )


def _iso_date(days: np.ndarray, time: Column | str = "00:00:00") -> Column:
    return pc.binary_join_element_wise(pa.array((FIRST_DAY + days).astype(str)), time, "T")


def _clock(minutes: np.ndarray) -> Column:
    return pc.binary_join_element_wise(_numbers(minutes // 60, 2), _numbers(minutes % 60, 2), ":")


def _subject(number: np.ndarray) -> tuple[Column, Column]:
    """SUBJECT and SITENUMBER."""
    site = _numbers(1 + number // 40, 3)
    return pc.binary_join_element_wise(site, _numbers(1 + number % 40, 4), "-"), site


def _first_dose(subject: np.ndarray) -> np.ndarray:
    return _draw("first dose", subject, 700)


def _dm(rows: np.ndarray) -> dict[str, Column]:
    subject, site = _subject(rows)
    consent = _first_dose(rows) - 14 + _draw("consent", rows, 10)
    return {
        "SUBJECT": subject,
        "SITENUMBER": site,
        "ICDAT_RAW": _raw_date(consent),
        "BRTHDAT_RAW": _raw_date(-7000 - _draw("birth", rows, 16000)),
        "SEX_STD": _texts("FM", _draw("sex", rows, 2)),
    }


def _ex(rows: np.ndarray) -> dict[str, Column]:
    subject, site = _subject(rows)
    first = _first_dose(rows)
    return {
        "SUBJECT": subject,
        "SITENUMBER": site,
        "RECORDPOSITION": _one("1", rows),
        "EXDOSE": _texts(("10", "20", "40", "60"), _draw("dose", rows, 4)),
        "EXSTDAT_RAW": _raw_date(first),
        "EXSTTIM": _clock(480 + 5 * _draw("dose time", rows, 24)),
        "EXENDAT_RAW": _raw_date(first + 400 + _draw("last dose", rows, 110)),
    }


def _ae(rows: np.ndarray) -> dict[str, Column]:
    number, position = rows // ROWS_PER_SUBJECT, rows % ROWS_PER_SUBJECT
    subject, site = _subject(number)
    start = _first_dose(number) - 5 + 4 * position + _draw("event", rows, 4)
    some = np.where(_draw("known", rows, 20) == 0, 1 + _draw("month", rows, 2), 0)
    term = _draw("term", rows, len(TERMS))
    verbatim = pc.binary_join_element_wise(
        _texts(WORDS, _draw("word", rows, len(WORDS))),
        _texts(TERMS, term),
        _texts(WHERE, _draw("where", rows, len(WHERE))),
        "",
    )
    quoted = pc.binary_join_element_wise('"', verbatim, '"', "")
    comments = ['"' + text.replace('"', '""') + '"' for text in COMMENTS]
    none = _draw("no event", rows, 50) == 0
    columns = {
        "SUBJECT": subject,
        "SITENUMBER": site,
        "RECORDPOSITION": _numbers(position + 1),
        "RECORDDATE": _iso_date(start),
        "RECORDID": _numbers(1_000_000 + rows),
        "AEYN": pc.if_else(pa.array(none), "N", "Y"),
        "AETERM": pc.if_else(pc.match_substring(verbatim, ","), quoted, verbatim),
        "AESTDAT_RAW": _raw_date(start, some),
        "AESTTIM": _where(
            (_draw("timed", rows, 10) == 0) & (some == 0), _clock(5 * _draw("time", rows, 288))
        ),
        "AEENDAT_RAW": _where(_draw("ended", rows, 8) > 0, _raw_date(start + 1 + _draw("length", rows, 20))),
        "AETOXGR_STD": _texts("1112223345", _draw("grade", rows, 10)),
        "AEREL_STD": _texts("15", _draw("related", rows, 2)),
        "AESER_STD": _texts("00000001", _draw("serious", rows, 8)),
        "AEACN_STD": _texts("11111234", _draw("action", rows, 8)),
        "AEOUT_STD": _texts("1111234", _draw("outcome", rows, 7)),
        "AEPT": _texts(TERMS, term),
        "AECOM": _where(
            _draw("comment", rows, 12) == 0, _texts(comments, _draw("which", rows, len(comments)))
        ),
    }
    answered = {"SUBJECT", "SITENUMBER", "RECORDPOSITION", "RECORDDATE", "RECORDID", "AEYN"}
    return {name: c if name in answered else _where(~none, c) for name, c in columns.items()}


def _vs(rows: np.ndarray) -> dict[str, Column]:
    number, visit = rows // ROWS_PER_SUBJECT, rows % ROWS_PER_SUBJECT
    subject, site = _subject(number)
    day = _first_dose(number) + FOLDER_DAYS[visit] + np.where(visit > 1, _draw("shift", rows, 5) - 2, 0)
    # Most sites write times to five minutes, some to the minute.
    minute = 450 + np.where(number % 4 == 0, _draw("minute", rows, 300), 5 * _draw("hour", rows, 60))
    missed, felt = _draw("missed", rows, 60) == 0, _draw("thermometer", rows, 200) > 0
    fahrenheit, pounds = number // 40 % 5 == 0, number // 40 % 7 == 0
    celsius = 360 + _draw("temperature", rows, 25)
    kilograms = 450 + _draw("weight", number, 600) + _draw("gain", rows, 20)
    entered = _draw("entered", rows, 30_000)
    time = pc.binary_join_element_wise(_clock(540 + entered // 60), _numbers(entered % 60, 2), ":")

    def result(texts: Column, mask: np.ndarray | bool = True) -> Column:
        return _where(~missed & mask, texts)

    return {
        "PROJECT": _one("BENCH01", rows),
        "SUBJECT": subject,
        "SITENUMBER": site,
        "FOLDERNAME": _texts(FOLDERS, visit),
        "FOLDERSEQ": _numbers(visit + 1),
        "DATAPAGENAME": _one("Vital Signs", rows),
        "RECORDPOSITION": _one("1", rows),
        "RECORDDATE": _iso_date(day),
        "RECORDID": _numbers(3_000_000 + rows),
        "MINCREATED": _iso_date(day + _draw("late", rows, 9), time),
        "VSYN": pc.if_else(pa.array(missed), "No", "Yes"),
        "VSYN_STD": pc.if_else(pa.array(missed), "N", "Y"),
        "VSREASND": _where(missed, _texts(("Subject refused", "Equipment failure"), _draw("why", rows, 2))),
        "VSDAT_RAW": _raw_date(day),
        "VSDAT_INT": _iso_date(day),
        "VSTIM": result(_clock(minute)),
        "VSPOS": result(_texts(("SITTING", "SUPINE"), _draw("position", rows, 2))),
        "SYSBP": result(_numbers(95 + _draw("systolic", rows, 70))),
        "SYSBPU": result(_one("mmHg", rows)),
        "DIABP": result(_numbers(55 + _draw("diastolic", rows, 45))),
        "DIABPU": result(_one("mmHg", rows)),
        "PULSE": result(_numbers(50 + _draw("pulse", rows, 60))),
        "PULSEU": result(_one("beats/min", rows)),
        "RESP": result(_numbers(12 + _draw("breaths", rows, 10))),
        "RESPU": result(_one("breaths/min", rows)),
        "TEMP": result(_decimals(np.where(fahrenheit, celsius * 9 // 5 + 320, celsius)), felt),
        "TEMPU": result(_texts("CF", fahrenheit.astype(np.int64)), felt),
        "TEMP_ND": _where(~missed & ~felt, _one("1", rows)),
        "TEMP_REASND": _where(~missed & ~felt, _one("No thermometer", rows)),
        "WEIGHT": result(_decimals(np.where(pounds, kilograms * 22 // 10, kilograms))),
        "WEIGHTU": result(_texts(("kg", "LB"), pounds.astype(np.int64))),
        "HEIGHT": result(_numbers(150 + _draw("height", number, 45)), visit == 0),
        "HEIGHTU": result(_one("cm", rows), visit == 0),
    }
