"""Readers of the raw extracts of HE072 for its tests, written apart from the toolkit and the generator."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path

from ruamel.yaml import YAML

STUDY = Path(str(files("specs.studies.he072")))
RAW = STUDY / "raw"
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
CUT_OFF = date(2023, 6, 5)
Row = dict[str, str]


@cache
def form(name: str, delimiter: str = ",") -> list[Row]:
    text = (RAW / f"{name}.csv").read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def facts(name: str) -> list[Row]:
    lines = (STUDY / "generator" / "facts" / f"{name}.csv").read_text("utf-8").splitlines()
    return list(csv.DictReader(lines[1:]))


def day_of(text: str) -> date:
    day, month, year = text.split("-")
    return date(int(year), MONTHS.index(month) + 1, int(day))


def complete(text: str) -> date | None:
    try:
        return day_of(text)
    except ValueError:
        return None


def read_published(shared: Path) -> dict[str, dict[str, object]]:
    """The printed numbers of the article by key."""
    with (shared / "studies" / "he072" / "published.yaml").open(encoding="utf-8") as stream:
        return {entry["key"]: entry for entry in YAML(typ="safe").load(stream)["entries"]}


ENROLLED = {row["SUBJECTNUMBERSTR"]: int(row["ENRNO"]) for row in form("ENR")}
CALIBRATED = {int(row["subject_no"]): row for row in facts("subjects")}
TIMES = {int(row["subject_no"]): row for row in facts("calibration_tte")}
DOSES = [row for row in form("EX") if row["EXND"] != "1"]
FIRST_DOSE: dict[str, date] = {}
for _row in DOSES:
    _day = day_of(_row["EXDT"])
    FIRST_DOSE[_row["SUBJECTNUMBERSTR"]] = min(_day, FIRST_DOSE.get(_row["SUBJECTNUMBERSTR"], _day))


def study_day(subject: str, text: str) -> int:
    days = (day_of(text) - FIRST_DOSE[subject]).days
    return days + 1 if days >= 0 else days


def group(subject: str) -> str:
    return CALIBRATED[ENROLLED[subject]]["group"]


def dose_level(subject: str) -> str:
    return next(row["DOSLVL"] for row in form("ENR") if row["SUBJECTNUMBERSTR"] == subject)


def half_up(value: float, digits: int = 1) -> float:
    return float(Decimal(repr(round(value, 9))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def unique(rows: list[Row]) -> list[Row]:
    """Without rows that were entered twice."""
    return list({tuple(row.items()): row for row in rows}.values())
