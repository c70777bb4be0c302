"""The synthetic calibration tables, and the people they describe."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from specs.studies.he072.generator.draws import draw, pick

SITES = 33
CUT_OFF = date(2023, 6, 5)
ORGANS = ("lung", "bone", "lymph_node", "liver", "brain", "others")
Row = dict[str, str]


def table(name: str) -> list[Row]:
    """Rows of ``facts/name.csv``; its first line, the label SYNTHETIC, is left out."""
    text = files("specs.studies.he072.generator").joinpath("facts", f"{name}.csv").read_text("utf-8")
    first, rest = text.split("\n", 1)
    if not first.startswith("# SYNTHETIC"):
        raise ValueError(f"facts/{name}.csv does not begin with a line labelling it SYNTHETIC")
    return list(csv.DictReader(io.StringIO(rest)))


def by_subject(name: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in table(name):
        found[int(row["subject_no"])].append(row)
    return found


@dataclass(frozen=True)
class Dose:
    """One infusion: its study day and mg/m2."""

    number: int
    day: int
    planned: str
    given: str
    delayed: bool
    reduced: bool
    interrupted: bool


@dataclass(frozen=True, eq=False)  # one object per subject: compared and hashed by identity
class Subject:
    """One treated subject. ``number`` is the enrolment number, that of the calibration tables."""

    number: int
    id: str
    site: str
    first_dose: date
    consent_day: int  # study day, negative
    row: Row  # its row of facts/subjects.csv
    times: Row  # its row of facts/calibration_tte.csv
    doses: tuple[Dose, ...]

    def on(self, day: int) -> date:
        """The date of a study day; there is no day 0."""
        return self.first_dose + timedelta(days=day - 1 if day > 0 else day)

    @property
    def consent(self) -> date:
        return self.on(self.consent_day)

    @property
    def brain(self) -> bool:
        """In the cohort with brain metastases."""
        return self.row["cohort"] == "BCBM"

    @property
    def organs(self) -> tuple[str, ...]:
        return tuple(organ for organ in ORGANS if self.row[f"site_{organ}"] == "1")

    @property
    def last_dose(self) -> int:
        return self.doses[-1].day

    @property
    def last_day(self) -> int:
        """Death, or the last day known alive: nothing of this subject is dated later."""
        return int(self.times["os_days"])

    @property
    def dead(self) -> bool:
        return self.times["os_event"] == "1"

    @property
    def last_scan(self) -> int:
        """Day of progression or of the last assessment; 1 without any after baseline."""
        return int(self.times["pfs_days"])

    @property
    def progressed(self) -> bool:
        return self.times["pfs_event"] == "1" and not (self.dead and self.last_scan == self.last_day)


@dataclass(frozen=True)
class Failure:
    """One screen failure; its ``number`` counts on from the last treated one."""

    number: int
    id: str
    site: str
    consent: date
    age: int
    sex: str
    criterion: str
    reason: str


# Criterion not met ("" for a reason of another kind), its weight and the reason as reported.
REASONS = (
    ("IN04", 14, "Inclusion criterion 4 not met: no measurable lesion by RECIST 1.1"),
    ("IN06", 12, "Inclusion criterion 6 not met: bone marrow, liver or kidney function"),
    ("IN05", 4, "ECOG PS 3 at screening"),
    ("IN03", 5, "Fewer than two prior lines of therapy"),
    ("IN02", 4, "Tumor tissue retested as HER2 positive"),
    ("EX01", 3, "Previous treatment with irinotecan"),
    ("EX04", 4, "Radiotherapy within 2 weeks before the planned first dose"),
    ("", 10, "Withdrawal of consent before enrolment"),
    ("", 2, "Lost to contact during screening"),
    ("", 1, "Death during screening"),
)
FAILED = 59


def _failed_reason(number: int) -> tuple[str, str]:
    weighted = [(criterion, text) for criterion, weight, text in REASONS for _ in range(weight)]
    return weighted[(number * 7) % len(weighted)]


@cache
def people() -> tuple[tuple[Subject, ...], tuple[Failure, ...]]:
    """Treated subjects and screen failures; the number in the site follows the date of consent."""
    times = {int(row["subject_no"]): row for row in table("calibration_tte")}
    doses = by_subject("calibration_ex")
    entries: list[tuple[date, int, str]] = []
    rows = {int(row["subject_no"]): row for row in table("subjects")}
    consent_days = {}
    for number, row in rows.items():
        first = date.fromisoformat(row["rfstdtc"])
        consent_days[number] = -draw(8, 26, number, "consent")
        site = _site(number, row["part"] == "1")
        entries.append((first + timedelta(days=consent_days[number]), number, site))
    for number in range(len(rows) + 1, len(rows) + FAILED + 1):
        day = date(2021, 5, 4) + timedelta(days=draw(0, 585, number, "failed"))
        entries.append((day, number, _site(number, False)))
    counts: dict[str, int] = defaultdict(int)
    ids: dict[int, tuple[str, str, date]] = {}
    for day, number, site in sorted(entries):
        counts[site] += 1
        ids[number] = (f"{site}-{counts[site]:03}", site, day)
    subjects = tuple(
        Subject(number, ids[number][0], ids[number][1], date.fromisoformat(row["rfstdtc"]),
                consent_days[number], row, times[number], tuple(map(_dose, doses[number])))
        for number, row in rows.items()
    )  # fmt: skip
    failures = tuple(
        Failure(number, *ids[number], draw(29, 71, number, "age"), "M" if number == 150 else "F",
                *_failed_reason(number))
        for number in sorted(ids) if number not in rows
    )  # fmt: skip
    return subjects, failures


def _site(number: int, first_part: bool) -> str:
    # Part 1 was done at four sites; every site screens somebody.
    if first_part:
        return f"{pick((1, 1, 2, 3, 4), number, 'site'):02}"
    return f"{1 + (number * 7) % SITES:02}"


def _dose(row: Row) -> Dose:
    flags = (row[name] == "1" for name in ("delayed", "reduced", "interrupted"))
    given = f"{float(row['actual_mg_m2']):g}"
    return Dose(int(row["dose_no"]), int(row["study_day"]), row["planned_mg_m2"], given, *flags)


def subjects() -> tuple[Subject, ...]:
    return people()[0]


def failures() -> tuple[Failure, ...]:
    return people()[1]


def everyone() -> tuple[Subject | Failure, ...]:
    """All screened: the treated, then the screen failures."""
    return (*subjects(), *failures())
