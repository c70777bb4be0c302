"""How the EDC system writes its extracts: common columns, dates in parts, CSV bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from specs.studies.lxi15029.generator.draws import draw

PROJECT = "LXI15029"
SITE = "01"
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
COMMON = (
    "PROJECT", "SUBJECT", "SITENUMBER", "FOLDERNAME", "FOLDERSEQ", "DATAPAGENAME", "RECORDPOSITION",
    "RECORDDATE", "RECORDID", "MINCREATED",
)  # fmt: skip
Row = dict[str, str]


def raw_date(day: date | None, unknown: str = "") -> str:
    """``05 MAR 2018``; ``unknown`` D gives ``UN MAR 2018``, M gives ``UN UNK 2018``."""
    if day is None:
        return ""
    number = "UN" if unknown else f"{day.day:02}"
    month = "UNK" if unknown == "M" else MONTHS[day.month - 1]
    return f"{number} {month} {day.year}"


def date_columns(name: str, day: date | None, unknown: str = "", parts: bool = False) -> Row:
    """``NAME_RAW`` as typed, ``NAME_INT`` as the EDC fills it up; with ``parts`` year, month and day too."""
    filled = day
    if day and unknown:
        filled = day.replace(day=1) if unknown == "D" else day.replace(month=1, day=1)
    row = {f"{name}_RAW": raw_date(day, unknown), f"{name}_INT": f"{filled}T00:00:00" if filled else ""}
    if parts:
        row |= {
            f"{name}_YYYY": str(day.year) if day else "",
            f"{name}_MM": f"{day.month:02}" if day and unknown != "M" else "",
            f"{name}_DD": f"{day.day:02}" if day and not unknown else "",
        }
    return row


def clock(minutes: int) -> str:
    """``08:15`` from minutes after midnight."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


class Form:
    """One EDC form: collects rows and writes them as the system would."""

    def __init__(self, name: str, page: str, columns: Iterable[str], bom: bool = False) -> None:
        self.name = name
        self.page = page
        self.columns = (*COMMON, *columns)
        self.bom = bom
        self.rows: list[Row] = []

    def add(self, subject: str, folder: str, sequence: int, position: int, day: date, **values: str) -> Row:
        unknown = set(values) - set(self.columns)
        if unknown:
            raise ValueError(f"form {self.name} has no columns {sorted(unknown)}")
        entered = datetime(day.year, day.month, day.day, 9) + timedelta(
            days=draw(0, 9, self.name, subject, folder, position, "entered"),
            seconds=draw(0, 30000, self.name, subject, folder, position, "second"),
        )
        row = dict.fromkeys(self.columns, "") | {
            "PROJECT": PROJECT,
            "SUBJECT": subject,
            "SITENUMBER": SITE,
            "FOLDERNAME": folder,
            "FOLDERSEQ": str(sequence),
            "DATAPAGENAME": self.page,
            "RECORDPOSITION": str(position),
            "RECORDDATE": f"{day}T00:00:00",
            "RECORDID": str(1000 * draw(100, 999, "form", self.name) + len(self.rows) + 1),
            "MINCREATED": entered.isoformat(),
        }
        row |= values
        self.rows.append(row)
        return row

    def write(self, folder: Path) -> Path:
        path = folder / f"{self.name}.csv"
        path.write_bytes(csv_bytes(self.columns, self.rows, bom=self.bom))
        return path


def csv_bytes(columns: Iterable[str], rows: Iterable[Row], delimiter: str = ",", end: str = "\r\n",
              encoding: str = "utf-8", bom: bool = False) -> bytes:  # fmt: skip
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(columns), delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return (b"\xef\xbb\xbf" if bom else b"") + text.getvalue().encode(encoding)
