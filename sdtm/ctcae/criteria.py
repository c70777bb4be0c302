"""The table of criteria: what each grade of each term asks of a value.

A criterion is alternatives with ``|`` of conditions with ``&``: a comparison of the value with a number or
with a multiple of a limit or the baseline (``>3*ULN``, ``>ULN+2``, ``<=0.75*BASE``), or a fact with or
without ``!``: BASEHIGH (baseline above ULN), FASTING, ANTICOAGULATED, SYMPTOMS.
"""

from __future__ import annotations

import csv
import functools
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

Version = Literal["4.03", "5.0"]
FACTS = ("BASEHIGH", "FASTING", "ANTICOAGULATED", "SYMPTOMS")
_FOLDER = Path(__file__).resolve().parent
_COMPARISON = re.compile(r"(>=|<=|>|<)(?:([0-9.]+)\*)?(?:(ULN|LLN|BASE)(?:\+([0-9.]+))?|([0-9.]+))")
_CLINICAL = "CLINICAL: "


@dataclass(frozen=True, slots=True)
class Comparison:
    """value ``operator`` ``multiple`` x ``limit`` + ``added``; without a limit ``added`` is the bound."""

    operator: str
    multiple: float
    limit: str
    added: float


@dataclass(frozen=True, slots=True)
class Fact:
    """Whether a fact about the record holds, or (``holds`` false) does not."""

    name: str
    holds: bool


Condition = Comparison | Fact
Criterion = tuple[tuple[Condition, ...], ...]  # any of: all of


@dataclass(frozen=True, slots=True)
class Row:
    """One term by one of its tests in one kind of unit; ``grades``: what grade 1 to 4 ask, empty for none."""

    versions: tuple[str, ...]
    term: str
    direction: Literal["L", "H"]
    tests: tuple[str, ...]
    specimen: str
    unit: str
    charge: int
    grades: tuple[Criterion, Criterion, Criterion, Criterion]
    source: str
    remark: str

    @property
    def clinical(self) -> str:
        """Why CTCAE does not grade the term by value; empty where it does."""
        return self.remark.removeprefix(_CLINICAL) if self.remark.startswith(_CLINICAL) else ""

    def reads(self) -> set[str]:
        """The limits and facts that its grades ask for."""
        parts = (part for grade in self.grades for each in grade for part in each)
        return {part.limit if isinstance(part, Comparison) else part.name for part in parts} - {""}


@functools.cache
def criteria() -> tuple[Row, ...]:
    """All rows of the table."""
    with (_FOLDER / "criteria.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_row(each) for each in csv.DictReader(file, delimiter=";", quoting=csv.QUOTE_NONE))


def _row(cells: dict[str, str]) -> Row:
    direction: Literal["L", "H"] = "L" if cells["direction"] == "L" else "H"
    first, second, third, fourth = (read_criterion(cells[f"grade{number}"]) for number in (1, 2, 3, 4))
    return Row(
        tuple(cells["versions"].split()),
        cells["term"],
        direction,
        tuple(cells["test"].split()),
        cells["specimen"],
        cells["unit"],
        int(cells["charge"] or 0),
        (first, second, third, fourth),
        cells["source"],
        cells["remark"],
    )


def read_criterion(text: str) -> Criterion:
    """A criterion out of its text; no alternatives where the text is empty."""
    if not text:
        return ()
    return tuple(tuple(_condition(part.strip()) for part in each.split("&")) for each in text.split("|"))


def _condition(text: str) -> Condition:
    name = text.removeprefix("!")
    if name in FACTS:
        return Fact(name, name == text)
    match = _COMPARISON.fullmatch(text)
    if match is None:
        raise ValueError(f"no condition of a criterion: {text!r}")
    operator, multiple, limit, added, number = match.groups()
    return Comparison(operator, float(multiple or 1), limit or "", float(added or number or 0))


@functools.cache
def _units() -> dict[str, tuple[str, Fraction]]:
    with (_FOLDER / "units.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=";", quoting=csv.QUOTE_NONE)
        return {row["unit"]: (row["base"], Fraction(row["factor"])) for row in rows}


def unit_factor(unit: str, wanted: str, charge: int = 0) -> Fraction | None:
    """What a value in ``unit`` is multiplied with to be in ``wanted``, exactly; None where that is not known.

    Mass and moles are never converted into each other: CTCAE prints limits for both, which differ.
    ``charge`` of an ion tells milliequivalents from millimoles.
    """
    given, target = _units().get(unit), _units().get(wanted)
    if unit == wanted:
        return Fraction(1)
    if given is None or target is None:
        return None
    if given[0] == "mEq/L" and target[0] == "mmol/L" and charge:
        return given[1] / charge / target[1]
    return given[1] / target[1] if given[0] == target[0] else None
