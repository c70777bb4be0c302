"""Printed numbers of a publication (expected.yaml) beside our results, at the precision that was printed."""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from sdtm.reports.results import Result, Value
from sdtm.statistics.rounding import rounded_text
from specs.location import Location
from specs.model_errors import build
from specs.problems import Problem, ProblemsFound
from specs.tables_model import ExpectedFile, PublishedNumber
from specs.yaml_text import parse

EXPECTED_FILE = "expected.yaml"
# How papers print that a number cannot be estimated.
NOT_ESTIMABLE = ("NE", "NA", "NR", "–", "-")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_BOUND = re.compile(r"([<>]) ?([0-9]+(?:\.[0-9]+)?)")
Verdict = Literal["equal", "explained", "different", "not derived"]
VERDICTS: tuple[Verdict, ...] = ("equal", "explained", "different", "not derived")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One printed number with ours. ``explained``: ours differs, is what the file holds to be right, and why."""

    number: PublishedNumber
    ours: str
    verdict: Verdict


def read_expected(folder: Path) -> tuple[PublishedNumber, ...]:
    """The printed numbers of a study; none without expected.yaml. Raises ``ProblemsFound`` for a bad file."""
    path = folder / EXPECTED_FILE
    return _numbers(path.read_bytes()) if path.is_file() else ()


@functools.lru_cache(maxsize=4)
def _numbers(content: bytes) -> tuple[PublishedNumber, ...]:
    """Read once, though a run looks twice: before its long part, and when the results are there."""
    branch = parse(content, EXPECTED_FILE)
    file, problems = build(ExpectedFile, branch)
    if file is None or problems:
        raise ProblemsFound(problems)
    for index, number in enumerate(file.numbers):
        where = Location(EXPECTED_FILE, None, f"numbers[{index + 1}]")
        named = [number.table, number.row, number.column, number.statistic]
        if number.not_derived and any(named):
            problems.append(Problem("bad-value", where, "a result and `not_derived`", "one of them"))
        elif not number.not_derived and not all(named):
            problems.append(
                Problem(
                    "missing-key", where, number.key, "table, row, column and statistic, or `not_derived`"
                )
            )
        if bool(number.taken) != bool(number.why):
            problems.append(Problem("missing-key", where, number.key, "`taken` and `why` together"))
    if problems:
        raise ProblemsFound(problems)
    return file.numbers


def compare(numbers: Iterable[PublishedNumber], results: Iterable[Result]) -> list[Comparison]:
    """Every printed number beside our result.

    Ours is rounded half away from zero to the decimals that were printed. A number whose row, column or
    statistic is not among the results is different, never left out. ``statistic: N`` is the N of the row.
    Example: printed 25.3, ours 25.2874 -> equal.
    """
    values: dict[tuple[str, str, str, str], Value] = {}
    for result in results:
        cell = (result.table, result.row, result.column)
        values[(*cell, result.statistic)] = result.value
        values.setdefault((*cell, "N"), result.N)
    return [_compared(number, values) for number in numbers]


def _compared(number: PublishedNumber, values: dict[tuple[str, str, str, str], Value]) -> Comparison:
    if number.not_derived:
        return Comparison(number, "", "not derived")
    cell = (number.table, number.row, number.column, number.statistic)
    if cell not in values:
        return Comparison(number, "no such result", "different")
    value = values[cell]
    if number.taken:
        fits = is_as_printed(value, number.taken)
        return Comparison(number, shown(value, number.taken), "explained" if fits else "different")
    same = is_as_printed(value, number.printed)
    return Comparison(number, shown(value, number.printed), "equal" if same else "different")


def is_as_printed(value: Value, printed: str) -> bool:
    """Whether a result is a printed number: at its decimals, ``NE`` where there is none, ``>0.05`` as a bound."""
    if isinstance(value, str):
        return value == printed
    bound = _BOUND.fullmatch(printed)
    if printed in NOT_ESTIMABLE or math.isnan(value):
        return printed in NOT_ESTIMABLE and math.isnan(value)
    if bound:
        limit = float(bound[2])
        return value > limit if bound[1] == ">" else value < limit
    if not _NUMBER.fullmatch(printed):
        return False
    return Decimal(rounded_text(float(value), _decimals(printed))) == Decimal(printed)


def shown(value: Value, printed: str) -> str:
    """Our value at the precision of a printed one."""
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return "NE"
    return rounded_text(float(value), _decimals(printed) if _NUMBER.fullmatch(printed) else 3)


def _decimals(printed: str) -> int:
    return len(printed.partition(".")[2])


def comparison_text(compared: Sequence[Comparison]) -> str:
    """Counts, then what is not equal: different, explained, not derived."""
    counted = Counter(item.verdict for item in compared)
    lines = [
        f"published numbers: {len(compared)}; " + ", ".join(f"{counted[v]} {v}" for v in VERDICTS),
    ]
    for verdict in ("different", "explained"):
        chosen = [item for item in compared if item.verdict == verdict]
        lines += [f"{verdict}:"] if chosen else []
        for item in chosen:
            number = item.number
            said = f"  {number.key} ({number.part}): published {number.printed}, ours {item.ours}  [{number.place}]"
            lines.append(said + (f"\n    {number.why}" if number.why else ""))
    apart = [item.number for item in compared if item.verdict == "not derived"]
    lines += ["not derived:"] if apart else []
    lines += [f"  {number.key}: {number.not_derived}" for number in apart]
    return "\n".join(lines)


def comparison_csv(compared: Sequence[Comparison]) -> str:
    """All comparisons as comparison.csv."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = (
        "key",
        "part",
        "place",
        "printed",
        "taken",
        "ours",
        "verdict",
        "table",
        "row",
        "column",
        "statistic",
    )
    writer.writerow((*names, "why"))
    for item in compared:
        number = item.number
        values = {**number.model_dump(), "ours": item.ours, "verdict": item.verdict}
        writer.writerow([*(values[name] for name in names), number.why or number.not_derived])
    return out.getvalue()
