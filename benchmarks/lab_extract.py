"""Synthetic extract of a laboratory for the benchmark: one wide row for each visit, with units and ranges.

Ten tests, each with its result, unit and reference range in columns of their own. The laboratory of every third
site reports in conventional units. No patient is real.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from extracts import (
    FOLDER_DAYS,
    FOLDERS,
    ROWS_PER_SUBJECT,
    Column,
    draw,
    first_dose,
    form_dm,
    form_ex,
    numbers,
    one,
    raw_date,
    subject_and_site,
    texts,
    time_of_day,
    where,
    write_form,
)

TESTS_PER_ROW = 10


class Scale(NamedTuple):
    """How a laboratory reports a test: results are ``low`` + a number below ``span``, with so many ``decimals``."""

    unit: str
    low: int
    span: int
    decimals: int
    range: tuple[str, str]


# SI, and conventional where a laboratory may report so.
TESTS: dict[str, tuple[Scale, ...]] = {
    "ALT": (Scale("U/L", 5, 180, 0, ("5", "40")),),
    "AST": (Scale("U/L", 5, 160, 0, ("8", "38")),),
    "ALB": (Scale("g/L", 280, 240, 1, ("35", "52")), Scale("g/dL", 28, 24, 1, ("3.5", "5.2"))),
    "BILI": (Scale("umol/L", 20, 400, 1, ("3.4", "20.5")), Scale("mg/dL", 1, 25, 1, ("0.2", "1.2"))),
    "CREAT": (Scale("umol/L", 40, 140, 0, ("53", "97")), Scale("mg/dL", 45, 160, 2, ("0.60", "1.10"))),
    "GLUC": (Scale("mmol/L", 35, 80, 1, ("3.9", "6.1")), Scale("mg/dL", 63, 150, 0, ("70", "110"))),
    "HGB": (Scale("g/L", 80, 95, 0, ("130", "175")), Scale("g/dL", 80, 95, 1, ("13.0", "17.5"))),
    "WBC": (Scale("10^9/L", 150, 1200, 2, ("3.50", "9.50")),),
    "NEUT": (Scale("10^9/L", 60, 800, 2, ("1.80", "6.30")),),
    "PLAT": (Scale("10^9/L", 40, 320, 0, ("125", "350")),),
}


def write_lab_extract(folder: Path, results: int) -> dict[str, int]:
    """DM, EX and LAB as CSV files; LAB has so many results. Returns rows of each file."""
    folder.mkdir(parents=True)
    rows = max(1, results // TESTS_PER_ROW)
    subjects = -(-rows // ROWS_PER_SUBJECT)
    sizes = {"DM": (subjects, form_dm), "EX": (subjects, form_ex), "LAB": (rows, _lab)}
    for name, (size, form) in sizes.items():
        write_form(folder / f"{name}.csv", size, form)
    return {name: size for name, (size, _) in sizes.items()}


def _lab(rows: np.ndarray) -> dict[str, Column]:
    number, visit = rows // ROWS_PER_SUBJECT, rows % ROWS_PER_SUBJECT
    subject, site = subject_and_site(number)
    day = first_dose(number) + FOLDER_DAYS[visit] + np.where(visit > 1, draw("shift", rows, 5) - 2, 0)
    conventional = number // 40 % 3 == 0
    missed = draw("no sample", rows, 80) == 0
    columns = {
        "SUBJECT": subject,
        "SITENUMBER": site,
        "FOLDERNAME": texts(FOLDERS, visit),
        "RECORDPOSITION": one("1", rows),
        "RECORDID": numbers(5_000_000 + rows),
        "LABNAME": texts(("Central", "Hospital"), conventional.astype(np.int64)),
        "ACCESSION": pc.binary_join_element_wise("L", numbers(10_000_000 + 7 * rows), ""),
        "LBDAT_RAW": raw_date(day),
        "LBTIM": where(~missed, time_of_day(420 + 5 * draw("sample", rows, 60))),
        "LBND": where(missed, one("1", rows)),
        "LBREASND": where(
            missed, texts(("Specimen hemolyzed", "Sample not taken"), draw("why no sample", rows, 2))
        ),
    }
    for name, scales in TESTS.items():
        other = conventional & (len(scales) > 1)
        columns |= {
            name: where(~missed, _results(name, scales, rows, other)),
            f"{name}_U": where(~missed, _either([scale.unit for scale in scales], other)),
            f"{name}_LO": where(~missed, _either([scale.range[0] for scale in scales], other)),
            f"{name}_HI": where(~missed, _either([scale.range[1] for scale in scales], other)),
        }
    return columns


def _either(choices: list[str], other: np.ndarray) -> Column:
    return texts(choices, other.astype(np.int64))


def _results(name: str, scales: tuple[Scale, ...], rows: np.ndarray, other: np.ndarray) -> Column:
    made = [_decimals(scale.low + draw(name, rows, scale.span), scale.decimals) for scale in scales]
    # Now and then below the limit of quantification, which stays a text.
    result = made[0] if len(made) == 1 else pc.if_else(pa.array(other), made[1], made[0])
    return where(draw(f"{name} low", rows, 500) > 0, result, "<5") if name == "ALT" else result


def _decimals(values: np.ndarray, decimals: int) -> Column:
    if not decimals:
        return numbers(values)
    power = 10**decimals
    return pc.binary_join_element_wise(numbers(values // power), numbers(values % power, decimals), ".")
