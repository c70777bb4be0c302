"""How the EDC system writes its extracts: its own key columns, DD-MON-YYYY dates, code and decode."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from specs.studies.he072.generator.facts import Failure, Subject
from specs.studies.he072.generator.timeline import Visit
from specs.studies.lxi15029.generator.rave import csv_bytes

STUDY = "HE072-CSP-001"
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
KEYS = ("STUDYNAME", "SITEMNEMONIC", "SUBJECTNUMBERSTR", "VISITMNEMONIC", "VISITINDEX", "ITEMSETINDEX")
Row = dict[str, str]


def typed(day: date | None, unknown: str = "") -> str:
    """``05-MAR-2022``; ``unknown`` D gives ``UN-MAR-2022``, M gives ``UN-UNK-2022``."""
    if day is None:
        return ""
    month = "UNK" if unknown == "M" else MONTHS[day.month - 1]
    return f"{'UN' if unknown else f'{day.day:02}'}-{month}-{day.year}"


def clock(minutes: int) -> str:
    """``08:15`` from minutes after midnight."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def coded(name: str, code: object, decode: str) -> Row:
    """A code column and its decode column, as the system exports every list item."""
    return {f"{name}_C": str(code), name: decode}


def yes_no(name: str, yes: bool) -> Row:
    return coded(name, 1 if yes else 0, "Yes" if yes else "No")


class Form:
    """One EDC form: collects rows and writes them as the system would."""

    def __init__(self, name: str, columns: Iterable[str]) -> None:
        self.name = name
        self.columns = (*KEYS, *columns)
        self.rows: list[Row] = []

    def add(self, who: Subject | Failure, visit: Visit, item: int = 1, /, **values: str) -> Row:
        unknown = set(values) - set(self.columns)
        if unknown:
            raise ValueError(f"form {self.name} has no columns {sorted(unknown)}")
        row = dict.fromkeys(self.columns, "") | {
            "STUDYNAME": STUDY,
            "SITEMNEMONIC": who.site,
            "SUBJECTNUMBERSTR": who.id,
            "VISITMNEMONIC": visit.name,
            "VISITINDEX": str(visit.index),
            "ITEMSETINDEX": str(item),
        }
        row |= values
        self.rows.append(row)
        return row

    def find(self, subject: str, visit: str = "", **values: str) -> Row:
        """The first row of a subject with these values; for the deliberate messes."""
        for row in self.rows:
            fits = row["SUBJECTNUMBERSTR"] == subject and visit in ("", row["VISITMNEMONIC"])
            if fits and all(row[name] == value for name, value in values.items()):
                return row
        raise LookupError(f"form {self.name} has no row of {subject} {visit} {values}")

    def sort(self) -> None:
        self.rows.sort(key=lambda row: row["SUBJECTNUMBERSTR"])

    def write(self, folder: Path) -> Path:
        path = folder / f"{self.name}.csv"
        path.write_bytes(csv_bytes(self.columns, self.rows, end="\n"))
        return path
