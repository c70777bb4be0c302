"""A validation report of Pinnacle 21 (.xlsx), read: every line of its sheet Details is an issue.

The sheet has one line for each record, or one for a dataset as a whole: Domain, Record, Count, Variables, Values,
Pinnacle 21 ID, Publisher ID, Message, Category, Severity.
"""

from __future__ import annotations

import re
from pathlib import Path

from specs.location import Location
from specs.problems import Problem, ProblemsFound, suggest
from specs.workbook.grid import Grid, read_grids
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
    grids = read_grids(path, WHAT)
    details = grids.get(DETAILS)
    if details is None:
        raise ProblemsFound(
            Problem(
                "pinnacle21-report",
                Location(path.name),
                f"the sheets {', '.join(grids)}",
                f"{WHAT}, with a sheet {DETAILS}",
                "export the report as Excel, without a limit of messages",
            )
        )
    columns = _columns(details)
    problems: list[Problem] = []
    issues = []
    for row in details.rows:
        issue = _issue(details, row, columns, problems)
        if issue is not None:
            issues.append(issue)
    if problems:
        raise ProblemsFound(problems)
    return OutsideReport(ENGINE, _version(grids), tuple(issues), _rules(grids.get(RULES)))


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


def _issue(grid: Grid, row: int, columns: dict[str, int], problems: list[Problem]) -> OutsideIssue | None:
    told = {
        name: grid.rows[row][column].text.strip() if column in grid.rows[row] else ""
        for name, column in columns.items()
    }
    if not told[RULE]:
        return None
    severity = _SEVERITIES.get(told["Severity"].lower())
    if severity is None:
        where = grid.at(row, columns["Severity"])
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


def _rules(grid: Grid | None) -> dict[str, tuple[str, ...]]:
    """The rules that the report lists, with their published ids."""
    if grid is None:
        return {}
    rule, publisher = grid.column(RULE), grid.column(PUBLISHER)
    if rule is None:
        return {}
    return {
        row[rule].text.strip(): _ids(row[publisher].text)
        if publisher is not None and publisher in row
        else ()
        for row in grid.rows.values()
        if rule in row
    }


def _version(grids: dict[str, Grid]) -> str:
    """What the summary calls itself, such as ``Validation Engine Version: 2405.2``; empty if it does not."""
    for grid in grids.values():
        for cells in grid.rows.values():
            for cell in cells.values():
                if "engine version" in cell.text.lower() and ":" in cell.text:
                    return cell.text.partition(":")[2].strip()
        break
    return ""
