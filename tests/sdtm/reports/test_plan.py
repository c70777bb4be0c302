"""What is wrong with tables.yaml: told with file and line, all at once, and with the nearest name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from specs.problems import ProblemsFound

TABLE = """\
tables:
  t:
    title: A table
    where: SAFFL = 'Y'
    columns: {by: ARM, total: Total}
    rows:
"""


def problems(report: Any, text: str) -> list[tuple[str, str, int | None, str]]:
    with pytest.raises(ProblemsFound) as error:
        report(text)
    return [(p.id, p.where.file, p.where.line, p.do) for p in error.value.problems]


def test_unknown_kind(report: Any) -> None:
    told = problems(report, TABLE + "      - sumary: {id: age, value: AGE}\n")
    assert told == [("unknown-kind", "tables.yaml", 7, "did you mean summary?")]


def test_unknown_parameter_and_a_missing_one_together(report: Any) -> None:
    text = TABLE + "      - summary: {id: age, valu: AGE, value: AGE}\n      - time_to_event: {id: t}\n"
    told = problems(report, text)
    assert [(item[0], item[2]) for item in told] == [("unknown-key", 7), ("missing-key", 8)]
    assert told[0][3] == "did you mean value?"


@pytest.mark.parametrize(
    ("block", "near"),
    [
        ("counts: {id: a, variable: SEXX}", "SEX"),
        ("summary: {id: a, value: AGEE}", "AGE"),
        ("counts: {id: a, conditions: {a: AGEE < 3}}", "AGE"),
        ("events_by_term: {id: a, terms: AEDECODE}", "AEDECOD"),
        ("events_by_term: {id: a, in: totl}", "total"),
        ("response: {id: a, value: AVAL}", "AVALC"),
    ],
)
def test_unknown_column(report: Any, block: str, near: str) -> None:
    ((rule, file, line, do),) = problems(report, TABLE + f"      - {block}\n")
    assert (rule, file, line) == ("unknown-column", "tables.yaml", 7)
    assert near in do


def test_unknown_dataset(report: Any) -> None:
    told = problems(report, TABLE + "      - summary: {id: a, from: ADEA, value: AVAL}\n")
    assert [(item[0], item[2]) for item in told] == [("unknown-dataset", 7)] and "ADAE" in told[0][3]


def test_sql_that_is_none(report: Any) -> None:
    told = problems(report, TABLE + "      - counts: {id: a, conditions: {a: AGE <}}\n")
    assert [(item[0], item[2]) for item in told] == [("sql-error", 7)]


def test_two_blocks_of_one_name(report: Any) -> None:
    block = "      - summary: {id: age, value: AGE}\n"
    assert [item[:3] for item in problems(report, TABLE + 2 * block)] == [("duplicate-id", "tables.yaml", 8)]


def test_an_order_that_forgets_a_value(report: Any) -> None:
    text = TABLE.replace("by: ARM", "by: ARM, order: [A]") + "      - summary: {id: age, value: AGE}\n"
    assert [item[0] for item in problems(report, text)] == ["value-without-column"]


def test_a_table_without_columns(report: Any) -> None:
    text = (
        TABLE.replace("    columns: {by: ARM, total: Total}\n", "")
        + "      - summary: {id: age, value: AGE}\n"
    )
    assert [item[0] for item in problems(report, text)] == ["bad-columns"]


def test_unknown_key_of_a_table(report: Any) -> None:
    told = problems(report, TABLE.replace("title", "titel") + "      - summary: {id: age, value: AGE}\n")
    assert ("unknown-key", "tables.yaml", 3) in [item[:3] for item in told]


def test_a_listing_has_a_table_of_its_own(report: Any) -> None:
    text = (
        TABLE
        + "      - summary: {id: age, value: AGE}\n      - listing: {id: l, columns: {USUBJID: Subject}}\n"
    )
    assert [item[0] for item in problems(report, text)] == ["mixed-listing"]


def test_text_where_a_number_is_needed(report: Any) -> None:
    told = problems(report, TABLE + "      - summary: {id: a, value: SEX}\n")
    assert told == [
        (
            "not-a-number",
            "tables.yaml",
            7,
            "write TRY_CAST(SEX AS DOUBLE), or name the numeric variable",
        )
    ]


def test_lint_tells_of_tables_and_printed_numbers(tmp_path: Path) -> None:
    from sdtm.lint_study import lint_study
    from specs import load_study

    (tmp_path / "study.yaml").write_text("study: ST\n", encoding="utf-8")
    (tmp_path / "tables.yaml").write_text(TABLE + "      - sumary: {id: age}\n", encoding="utf-8")
    (tmp_path / "expected.yaml").write_text(
        "numbers:\n  - {key: a, printed: '1', place: p}\n", encoding="utf-8"
    )
    told = {(p.id, p.where.file) for p in lint_study(load_study(tmp_path))}
    assert {("unknown-kind", "tables.yaml"), ("missing-key", "expected.yaml")} <= told


def test_two_tables_with_one_number(report: Any) -> None:
    text = (
        TABLE.replace("    title", "    number: 14.1.1\n    title") + "      - summary: {id: a, value: AGE}\n"
    )
    figure = "    number: 14.1.1\n    title: F\n    draw: {waterfall: {}}\n"
    again = "  u:\n    number: 14.1.1\n    title: Another\n    columns: {total: All}\n"
    told = problems(
        report, f"{text}{again}figures:\n  f:\n{figure}"
    )  # a figure may have the number of a table
    assert [(item[0], item[2]) for item in told] == [("duplicate-number", 10)]


@pytest.mark.parametrize("name", ["../../t", "a/b", "a b", ".."])
def test_a_name_that_would_lead_out_of_the_folder(report: Any, name: str) -> None:
    text = TABLE.replace("  t:", f'  "{name}":') + "      - summary: {id: a, value: AGE}\n"
    assert [(item[0], item[2]) for item in problems(report, text)] == [("bad-name", 2)]
    figure = f'figures:\n  "{name}":\n    title: F\n    draw: {{waterfall: {{}}}}\n'
    assert [(item[0], item[2]) for item in problems(report, figure)] == [("bad-name", 2)]
