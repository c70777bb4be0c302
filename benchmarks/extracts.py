"""Synthetic raw extracts for the benchmark: the same bytes on any machine, as many rows as asked for.

The forms have the shape of the Rave-like ones of the bundled study LXI-15029: VS has its 33 columns and one row
per visit, AE 17 of its columns and one row per event; DM and EX are short. No patient is real.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
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
    sizes = {
        "DM": (subjects, form_dm),
        "EX": (subjects, form_ex),
        "AE": (events, form_ae),
        "VS": (readings, form_vs),
    }
    for name, (size, form) in sizes.items():
        write_form(folder / f"{name}.csv", size, form)
    return {name: size for name, (size, _) in sizes.items()}


def write_form(path: Path, size: int, form: Callable[[np.ndarray], dict[str, Column]]) -> None:
    """A CSV file with so many rows; ``form`` gives the columns of rows by their numbers."""
    with path.open("wb") as file:
        for start in range(0, size, ROWS_AT_ONCE):
            columns = form(np.arange(start, min(start + ROWS_AT_ONCE, size)))
            if not start:
                file.write((",".join(columns) + "\n").encode())
            file.write(lines(columns))


def lines(columns: Mapping[str, Column]) -> bytes:
    lines = pc.binary_join_element_wise(*columns.values(), ",")
    return ("\n".join(lines.to_pylist()) + "\n").encode()


def draw(name: str, rows: np.ndarray, below: int) -> np.ndarray:
    """A number from 0 to ``below`` - 1 for each row, from the name and the row alone (splitmix64)."""
    mixed = rows.astype(np.uint64) + np.uint64(zlib.crc32(name.encode()) << 20)
    mixed *= np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) % np.uint64(below)).astype(np.int64)


def texts(choices: Sequence[str], which: np.ndarray) -> Column:
    return pa.array(list(choices)).take(pa.array(which))


def one(text: str, rows: np.ndarray) -> Column:
    return texts([text], np.zeros(len(rows), dtype=np.int64))


def numbers(values: np.ndarray, width: int = 0) -> Column:
    texts = pa.array(values).cast(pa.string())
    return pc.utf8_lpad(texts, width, "0") if width else texts


def decimals(tenths: np.ndarray) -> Column:
    return pc.binary_join_element_wise(numbers(tenths // 10), numbers(tenths % 10), ".")


def where(mask: np.ndarray, texts: Column, otherwise: str = "") -> Column:
    return pc.if_else(pa.array(mask), texts, otherwise)


def raw_date(days: np.ndarray, unknown: np.ndarray | None = None) -> Column:
    """``05 MAR 2018``; where ``unknown`` is 1 ``UN MAR 2018``, where it is 2 ``UN UNK 2018``."""
    dates = FIRST_DAY + days
    months = dates.astype("M8[M]")
    number = numbers((dates - months).astype(np.int64) + 1, 2)
    month = texts(MONTHS, months.astype(np.int64) % 12)
    if unknown is not None:
        number = pc.if_else(pa.array(unknown > 0), "UN", number)
        month = pc.if_else(pa.array(unknown > 1), "UNK", month)
    return pc.binary_join_element_wise(
        number, month, numbers(dates.astype("M8[Y]").astype(np.int64) + 1970), " "
    )


def iso_date(days: np.ndarray, time: Column | str = "00:00:00") -> Column:
    return pc.binary_join_element_wise(pa.array((FIRST_DAY + days).astype(str)), time, "T")


def time_of_day(minutes: np.ndarray) -> Column:
    return pc.binary_join_element_wise(numbers(minutes // 60, 2), numbers(minutes % 60, 2), ":")


def subject_and_site(number: np.ndarray) -> tuple[Column, Column]:
    """SUBJECT and SITENUMBER."""
    site = numbers(1 + number // 40, 3)
    return pc.binary_join_element_wise(site, numbers(1 + number % 40, 4), "-"), site


def first_dose(subject: np.ndarray) -> np.ndarray:
    return draw("first dose", subject, 700)


def form_dm(rows: np.ndarray) -> dict[str, Column]:
    subject, site = subject_and_site(rows)
    consent = first_dose(rows) - 14 + draw("consent", rows, 10)
    return {
        "SUBJECT": subject,
        "SITENUMBER": site,
        "ICDAT_RAW": raw_date(consent),
        "BRTHDAT_RAW": raw_date(-7000 - draw("birth", rows, 16000)),
        "SEX_STD": texts("FM", draw("sex", rows, 2)),
    }


def form_ex(rows: np.ndarray) -> dict[str, Column]:
    subject, site = subject_and_site(rows)
    first = first_dose(rows)
    return {
        "SUBJECT": subject,
        "SITENUMBER": site,
        "RECORDPOSITION": one("1", rows),
        "EXDOSE": texts(("10", "20", "40", "60"), draw("dose", rows, 4)),
        "EXSTDAT_RAW": raw_date(first),
        "EXSTTIM": time_of_day(480 + 5 * draw("dose time", rows, 24)),
        "EXENDAT_RAW": raw_date(first + 400 + draw("last dose", rows, 110)),
    }


def form_ae(rows: np.ndarray) -> dict[str, Column]:
    number, position = rows // ROWS_PER_SUBJECT, rows % ROWS_PER_SUBJECT
    subject, site = subject_and_site(number)
    start = first_dose(number) - 5 + 4 * position + draw("event", rows, 4)
    some = np.where(draw("known", rows, 20) == 0, 1 + draw("month", rows, 2), 0)
    term = draw("term", rows, len(TERMS))
    verbatim = pc.binary_join_element_wise(
        texts(WORDS, draw("word", rows, len(WORDS))),
        texts(TERMS, term),
        texts(WHERE, draw("where", rows, len(WHERE))),
        "",
    )
    quoted = pc.binary_join_element_wise('"', verbatim, '"', "")
    comments = ['"' + text.replace('"', '""') + '"' for text in COMMENTS]
    none = draw("no event", rows, 50) == 0
    columns = {
        "SUBJECT": subject,
        "SITENUMBER": site,
        "RECORDPOSITION": numbers(position + 1),
        "RECORDDATE": iso_date(start),
        "RECORDID": numbers(1_000_000 + rows),
        "AEYN": pc.if_else(pa.array(none), "N", "Y"),
        "AETERM": pc.if_else(pc.match_substring(verbatim, ","), quoted, verbatim),
        "AESTDAT_RAW": raw_date(start, some),
        "AESTTIM": where(
            (draw("timed", rows, 10) == 0) & (some == 0), time_of_day(5 * draw("time", rows, 288))
        ),
        "AEENDAT_RAW": where(draw("ended", rows, 8) > 0, raw_date(start + 1 + draw("length", rows, 20))),
        "AETOXGR_STD": texts("1112223345", draw("grade", rows, 10)),
        "AEREL_STD": texts("15", draw("related", rows, 2)),
        "AESER_STD": texts("00000001", draw("serious", rows, 8)),
        "AEACN_STD": texts("11111234", draw("action", rows, 8)),
        "AEOUT_STD": texts("1111234", draw("outcome", rows, 7)),
        "AEPT": texts(TERMS, term),
        "AECOM": where(draw("comment", rows, 12) == 0, texts(comments, draw("which", rows, len(comments)))),
    }
    answered = {"SUBJECT", "SITENUMBER", "RECORDPOSITION", "RECORDDATE", "RECORDID", "AEYN"}
    return {name: c if name in answered else where(~none, c) for name, c in columns.items()}


def form_vs(rows: np.ndarray) -> dict[str, Column]:
    number, visit = rows // ROWS_PER_SUBJECT, rows % ROWS_PER_SUBJECT
    subject, site = subject_and_site(number)
    day = first_dose(number) + FOLDER_DAYS[visit] + np.where(visit > 1, draw("shift", rows, 5) - 2, 0)
    # Most sites write times to five minutes, some to the minute.
    minute = 450 + np.where(number % 4 == 0, draw("minute", rows, 300), 5 * draw("hour", rows, 60))
    missed, felt = draw("missed", rows, 60) == 0, draw("thermometer", rows, 200) > 0
    fahrenheit, pounds = number // 40 % 5 == 0, number // 40 % 7 == 0
    celsius = 360 + draw("temperature", rows, 25)
    kilograms = 450 + draw("weight", number, 600) + draw("gain", rows, 20)
    entered = draw("entered", rows, 30_000)
    time = pc.binary_join_element_wise(time_of_day(540 + entered // 60), numbers(entered % 60, 2), ":")

    def result(texts: Column, mask: np.ndarray | bool = True) -> Column:
        return where(~missed & mask, texts)

    return {
        "PROJECT": one("BENCH01", rows),
        "SUBJECT": subject,
        "SITENUMBER": site,
        "FOLDERNAME": texts(FOLDERS, visit),
        "FOLDERSEQ": numbers(visit + 1),
        "DATAPAGENAME": one("Vital Signs", rows),
        "RECORDPOSITION": one("1", rows),
        "RECORDDATE": iso_date(day),
        "RECORDID": numbers(3_000_000 + rows),
        "MINCREATED": iso_date(day + draw("late", rows, 9), time),
        "VSYN": pc.if_else(pa.array(missed), "No", "Yes"),
        "VSYN_STD": pc.if_else(pa.array(missed), "N", "Y"),
        "VSREASND": where(missed, texts(("Subject refused", "Equipment failure"), draw("why", rows, 2))),
        "VSDAT_RAW": raw_date(day),
        "VSDAT_INT": iso_date(day),
        "VSTIM": result(time_of_day(minute)),
        "VSPOS": result(texts(("SITTING", "SUPINE"), draw("position", rows, 2))),
        "SYSBP": result(numbers(95 + draw("systolic", rows, 70))),
        "SYSBPU": result(one("mmHg", rows)),
        "DIABP": result(numbers(55 + draw("diastolic", rows, 45))),
        "DIABPU": result(one("mmHg", rows)),
        "PULSE": result(numbers(50 + draw("pulse", rows, 60))),
        "PULSEU": result(one("beats/min", rows)),
        "RESP": result(numbers(12 + draw("breaths", rows, 10))),
        "RESPU": result(one("breaths/min", rows)),
        "TEMP": result(decimals(np.where(fahrenheit, celsius * 9 // 5 + 320, celsius)), felt),
        "TEMPU": result(texts("CF", fahrenheit.astype(np.int64)), felt),
        "TEMP_ND": where(~missed & ~felt, one("1", rows)),
        "TEMP_REASND": where(~missed & ~felt, one("No thermometer", rows)),
        "WEIGHT": result(decimals(np.where(pounds, kilograms * 22 // 10, kilograms))),
        "WEIGHTU": result(texts(("kg", "LB"), pounds.astype(np.int64))),
        "HEIGHT": result(numbers(150 + draw("height", number, 45)), visit == 0),
        "HEIGHTU": result(one("cm", rows), visit == 0),
    }
