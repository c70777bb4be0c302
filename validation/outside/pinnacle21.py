"""A validation report of Pinnacle 21 (.xlsx), read: every line of its sheet Details is an issue.

The sheet has one line for each record, or one for a dataset as a whole: Domain, Record, Count, Variables, Values,
Pinnacle 21 ID, Publisher ID, Message, Category, Severity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from specs.location import Location
from specs.problems import Problem, ProblemsFound, suggest
from specs.workbook.grid import DAMAGE, Grid, damaged, open_workbook
from validation.outside.issues import OutsideIssue, OutsideReport

ENGINE = "Pinnacle 21"
WHAT = "a validation report of Pinnacle 21"
DETAILS, RULES = "Details", "Rules"
RULE, PUBLISHER = "Pinnacle 21 ID", "Publisher ID"
_NEEDED = ("Domain", "Record", "Variables", "Values", RULE, "Message", "Severity")
_SEVERITIES = {"reject": "error", "error": "error", "warning": "warning", "notice": "note", "info": "note"}


def read_pinnacle21(path: Path) -> OutsideReport:
    """A report with its issues. ``ProblemsFound``: no workbook, no sheet Details, a header or severity unknown."""
    if not path.is_file():
        raise ProblemsFound(Problem("no-file", Location(str(path)), "nothing of that name", WHAT))
    book = open_workbook(path, WHAT, is_streamed=True)  # it may have a line for each of a million records
    try:
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        issues = _issues(path, sheets)
        return OutsideReport(ENGINE, _version(book.worksheets[0]), issues, _rules(path, sheets.get(RULES)))
    except DAMAGE as error:
        raise ProblemsFound(damaged(path, error)) from None
    finally:
        book.close()


def _issues(path: Path, sheets: Mapping[str, Any]) -> tuple[OutsideIssue, ...]:
    if DETAILS not in sheets:
        raise ProblemsFound(
            Problem(
                "pinnacle21-report",
                Location(path.name),
                f"the sheets {', '.join(sheets)}",
                f"{WHAT}, with a sheet {DETAILS}",
                "export the report as Excel, without a limit of messages",
            )
        )
    problems: list[Problem] = []
    with _rows(sheets[DETAILS]) as rows:
        details = _header(path, DETAILS, next(rows, []))
        columns = _columns(details)
        issues = [_issue(details, number, row, columns, problems) for number, row in enumerate(rows, start=2)]
    if problems:
        raise ProblemsFound(problems)
    return tuple(issue for issue in issues if issue is not None)


@contextmanager
def _rows(sheet: Any) -> Iterator[Iterator[list[str]]]:
    """The texts of each row; a sheet's own word on its size may be wrong, and is not asked."""
    sheet.reset_dimensions()
    with closing(sheet.iter_rows(values_only=True)) as rows:
        yield ([_text(value) for value in row] for row in rows)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).replace("_x000D_", "").strip()


def _header(path: Path, sheet: str, row: Sequence[str]) -> Grid:
    """A sheet's header, which knows how people point at its cells."""
    return Grid(path.name, sheet, {n: " ".join(text.split()) for n, text in enumerate(row, start=1) if text})


def _columns(grid: Grid) -> dict[str, int]:
    found = {name: grid.column(name) for name in (*_NEEDED, PUBLISHER, "Count")}
    missing = [name for name in _NEEDED if found[name] is None]
    if missing:
        headers = list(grid.header.values())
        raise ProblemsFound(
            [
                Problem(
                    "pinnacle21-report",
                    grid.at(1),
                    f"no column {name}",
                    f"the columns {', '.join(_NEEDED)}",
                    suggest(name, headers) or "leave the header of the report as it is",
                )
                for name in missing
            ]
        )
    return {name: column for name, column in found.items() if column is not None}


def _issue(
    grid: Grid, number: int, row: Sequence[str], columns: Mapping[str, int], problems: list[Problem]
) -> OutsideIssue | None:
    told = {name: row[column - 1] if column <= len(row) else "" for name, column in columns.items()}
    if not told[RULE]:
        return None
    severity = _SEVERITIES.get(told["Severity"].lower())
    if severity is None:
        where = grid.at(number, columns["Severity"])
        problems.append(
            Problem("pinnacle21-report", where, repr(told["Severity"]), "Reject, Error, Warning or Notice")
        )
        return None
    record, count = _number(told["Record"]), _number(told.get("Count", ""))
    variables = tuple(name.strip() for name in told["Variables"].split(",") if name.strip())
    values = _values(told["Values"], len(variables))
    known = dict(zip(variables, values, strict=True)) if len(values) == len(variables) else {}
    return OutsideIssue(
        rule=told[RULE],
        dataset=told["Domain"].upper() if told["Domain"].upper() != "GLOBAL" else "",
        message=told["Message"],
        severity=severity,
        also=_ids(told.get(PUBLISHER, "")),
        record=record,
        subject=known.get("USUBJID", ""),
        sequence=next((value for name, value in known.items() if name.endswith("SEQ")), ""),
        variables=variables,
        values=values,
        count=count or 1,
    )


def _number(text: str) -> int | None:
    """A number of records from 1, such as 1,204 or 7.0; None for anything else."""
    digits = re.sub(r",(?=[0-9]{3}(?![0-9]))", "", text).removesuffix(".0")
    return int(digits) if re.fullmatch(r"0*[1-9][0-9]{0,17}", digits) else None


def _values(text: str, count: int) -> tuple[str, ...]:
    """The values of the variables; one text where their commas cannot be told from those between them."""
    parts = tuple("" if part.strip().lower() == "null" else part.strip() for part in text.split(","))
    return parts if len(parts) == count else (text,) if text else ()


def _ids(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.replace(",", " ").replace(";", " ").split() if part)


def _rules(path: Path, sheet: Any) -> dict[str, tuple[str, ...]]:
    """The rules that the report lists, with their published ids."""
    if sheet is None:
        return {}
    with _rows(sheet) as rows:
        header = _header(path, RULES, next(rows, []))
        rule, publisher = header.column(RULE), header.column(PUBLISHER)
        if rule is None:
            return {}
        return {
            row[rule - 1]: _ids(row[publisher - 1]) if publisher is not None and publisher <= len(row) else ()
            for row in rows
            if rule <= len(row) and row[rule - 1]
        }


def _version(summary: Any) -> str:
    """What the summary calls itself, such as ``Validation Engine Version: 2405.2``; empty if it does not."""
    with _rows(summary) as rows:
        for text in (text for row in rows for text in row):
            if "engine version" in text.lower() and ":" in text:
                return text.partition(":")[2].strip()
    return ""
