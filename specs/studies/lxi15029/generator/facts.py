"""The synthetic calibration tables, and the subject they describe."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files


def table(name: str) -> list[dict[str, str]]:
    """Rows of ``facts/name.csv``; its first line, the label SYNTHETIC, is left out."""
    text = files("specs.studies.lxi15029.generator").joinpath("facts", f"{name}.csv").read_text("utf-8")
    first, rest = text.split("\n", 1)
    if not first.startswith("# SYNTHETIC"):
        raise ValueError(f"facts/{name}.csv does not begin with a line labelling it SYNTHETIC")
    return list(csv.DictReader(io.StringIO(rest)))


@dataclass(frozen=True)
class Subject:
    """One treated subject. ``number`` is that of the calibration tables, ``id`` the screening number."""

    number: int
    id: str
    dose: int
    first_dose: date
    age: int
    sex: str
    ecog: str
    tumour: str
    tumour_class: str
    prior_lines: int
    disposition: str
    steady_state: bool  # has a profile on cycle 1 day 28
    targets: int
    best_change: str

    def on(self, day: int) -> date:
        """The date of a study day; there is no day 0."""
        return self.first_dose + timedelta(days=day - 1 if day > 0 else day)


@dataclass(frozen=True)
class Failure:
    """One screen failure."""

    id: str
    consent: date
    age: int
    sex: str
    tumour: str
    criterion: str
    reason: str


@cache
def subjects() -> tuple[Subject, ...]:
    ids = {row["subject_no"]: row["screening_no"] for row in table("screening") if row["subject_no"]}
    return tuple(
        Subject(
            number=int(row["subject_no"]),
            id=ids[row["subject_no"]],
            dose=int(row["dose"]),
            first_dose=date.fromisoformat(row["rfstdtc"]),
            age=int(row["age"]),
            sex=row["sex"],
            ecog=row["ecog"],
            tumour=row["tumor"],
            tumour_class=row["tumor_class"],
            prior_lines=int(row["prior_lines"]),
            disposition=row["disposition"],
            steady_state=row["d28"] == "Y",
            targets=int(row["n_target"]),
            best_change=row["best_pct"],
        )
        for row in table("subjects")
    )


@cache
def failures() -> tuple[Failure, ...]:
    return tuple(
        Failure(
            row["screening_no"],
            date.fromisoformat(row["consent"]),
            int(row["age"]),
            row["sex"],
            row["tumor"],
            row["criterion"],
            row["reason"],
        )
        for row in table("screening")
        if not row["subject_no"]
    )
