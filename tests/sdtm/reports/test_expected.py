"""Printed numbers beside results: at printed precision, explained, different, never left out."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from sdtm.reports.expected import (
    Comparison,
    compare,
    comparison_csv,
    comparison_text,
    is_as_printed,
    read_expected,
)
from sdtm.reports.results import Result
from specs.problems import ProblemsFound
from specs.tables_model import PublishedNumber


def result(value: float, statistic: str = "percent") -> Result:
    return Result("t", "r", "c", statistic, value, "%", 22, 87, "ADRS", "")


def number(printed: str, **others: str) -> PublishedNumber:
    cell = {"table": "t", "row": "r", "column": "c", "statistic": "percent"} | others
    return PublishedNumber(key="k", printed=printed, place="Table 4", **cell)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ours", "printed", "same"),
    [
        (100 * 22 / 87, "25.3", True),
        (35.745, "35.8", False),  # 22 of 87, exact upper limit; right only if rounded twice
        (35.745, "35.7", True),
        (25.25, "25.3", True),  # half away from zero
        (-0.05, "-0.1", True),
        (0.2016, "0.20", True),
        (math.nan, "NR", True),
        (math.nan, "0", False),
        (3.0, "NE", False),
        (0.6, ">0.05", True),
        (0.04, ">0.05", False),
        (0.0004, "<0.001", True),
        (5.0, "five", False),
    ],
)
def test_equal_at_printed_precision(ours: float, printed: str, same: bool) -> None:
    assert is_as_printed(ours, printed) is same


def verdicts(numbers: list[PublishedNumber], results: list[Result]) -> list[str]:
    return [item.verdict for item in compare(numbers, results)]


def test_verdicts() -> None:
    results = [result(35.745)]
    explained = number("35.8", taken="35.7", why="rounded twice")
    wrong = number("35.8", taken="36.0", why="an explanation that does not hold")
    assert verdicts([number("35.7"), explained, number("35.8"), wrong], results) == [
        "equal",
        "explained",
        "different",
        "different",
    ]


def test_a_result_that_is_not_there_is_a_difference() -> None:
    assert verdicts([number("1", row="elsewhere")], [result(1.0)]) == ["different"]


def test_the_number_of_subjects_of_a_row() -> None:
    assert compare([number("87", statistic="N")], [result(1.0)])[0].verdict == "equal"


def test_counts_are_printed_first() -> None:
    compared: list[Comparison] = compare([number("35.7"), number("9")], [result(35.745)])
    assert comparison_text(compared).splitlines()[0] == (
        "published numbers: 2; 1 equal, 0 explained, 1 different, 0 not derived"
    )
    assert (
        comparison_csv(compared).splitlines()[2].startswith("k,value,Table 4,9,,36,different,t,r,c,percent")
    )


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("{key: a, printed: '1', place: p}", "missing-key"),
        (
            "{key: a, printed: '1', place: p, table: t, row: r, column: c, statistic: s, why: x}",
            "missing-key",
        ),
        ("{key: a, printed: '1', place: p, table: t, not_derived: x}", "bad-value"),
        ("{key: a, printd: '1', place: p, not_derived: x}", "unknown-key"),
    ],
)
def test_a_bad_file(tmp_path: Path, line: str, rule: str) -> None:
    (tmp_path / "expected.yaml").write_text(f"numbers:\n  - {line}\n", encoding="utf-8")
    with pytest.raises(ProblemsFound) as error:
        read_expected(tmp_path)
    assert rule in [problem.id for problem in error.value.problems]
    assert all(problem.where.file == "expected.yaml" for problem in error.value.problems)


def test_no_file_is_no_number(tmp_path: Path) -> None:
    assert read_expected(tmp_path) == ()
