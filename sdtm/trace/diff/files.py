"""A comparison as a workbook, as an offline page, and as JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from sdtm.trace.diff.compare import DeliveryDiff
from sdtm.trace.diff.effects import Effect
from sdtm.trace.diff.listing import MOST, record_rows, value_rows
from sdtm.trace.diff.page import TITLE, diff_page
from sdtm.trace.diff.tables import tables, touched
from specs.location import Location
from specs.problems import Problem, ProblemsFound
from specs.workbook.package import write_whole
from validation.sheets import Sheet, sheet_file


def write_diff(diff: DeliveryDiff, out: Path) -> None:
    """Write ``out`` (.xlsx or .html), whole or not at all.

    Raises:
        ProblemsFound: another ending, or the disk refuses.
    """
    check_output(out)
    is_workbook = out.suffix.lower() == ".xlsx"
    write_whole(diff_workbook(diff) if is_workbook else diff_page(diff).encode("utf-8"), out)


def check_output(out: Path) -> None:
    """``ProblemsFound`` for a file that is neither a workbook nor a page, before any work is done."""
    if out.suffix.lower() not in (".xlsx", ".html"):
        where = Location(key="--out")
        raise ProblemsFound(
            Problem("bad-option", where, f"{out.name!r}", "a file that ends with .xlsx or .html", "")
        )


def diff_workbook(diff: DeliveryDiff, most: int = MOST) -> bytes:
    """The sheets Summary, Datasets, Variables, Records, Values, Effects, Findings, Define; all texts are texts."""
    sheets = [Sheet(table.name, [table.head, *table.rows], frozen=1) for table in tables(diff, most)]
    return sheet_file(sheets, TITLE)


def diff_json(diff: DeliveryDiff, most: int = MOST) -> str:
    """The same for programs: values as they are, null where missing; ``listed``: how many of how many."""
    records, values = record_rows(diff, most), value_rows(diff, most)
    content: dict[str, Any] = {
        "equal": diff.is_equal,
        "old": diff.old.path,
        "new": diff.new.path,
        "added": list(diff.added),
        "removed": list(diff.removed),
        "datasets": {name: _dataset(diff, name) for name in diff.datasets},
        "listed": {
            "records": [len(records), sum(map(touched, diff.datasets.values()))],
            "values": [len(values), sum(len(d.pairs) for one in diff.datasets.values() for d in one.values)],
        },
        "records": [_fields(row) for row in records],
        "values": [{**_fields(row), "old": _plain(row.old), "new": _plain(row.new)} for row in values],
        "effects": [_effect(effect) for effect in diff.effects],
        "facts": [{**_fields(fact), "explains": fact.explains} for fact in diff.facts],
        "define": [_fields(change) for change in diff.definitions],
        "findings": None if diff.findings is None else [_fields(finding) for finding in diff.findings],
        "special_missing": {"old": dict(diff.old.special), "new": dict(diff.new.special)},
        "not_read": {"old": list(diff.old.not_read), "new": list(diff.new.not_read)},
    }
    return json.dumps(content, indent=1, ensure_ascii=False)


def _fields(row: Any) -> dict[str, Any]:
    """One row by its names; ``dataclasses.asdict`` copies every value, which takes longer than the comparison."""
    return {name: getattr(row, name) for name in row.__slots__}


def _plain(value: str | float | None) -> str | float | None:
    """A value that JSON can hold: an infinite number as text."""
    return str(value) if isinstance(value, float) and math.isinf(value) else value


def _effect(effect: Effect) -> dict[str, Any]:
    counts = {value: list(numbers) for value, numbers in effect.counts.items()}
    return {**_fields(effect), "counts": counts, "rows": [_fields(row) for row in effect.rows]}


def _dataset(diff: DeliveryDiff, name: str) -> dict[str, Any]:
    one = diff.datasets[name]
    return {
        "kind": one.kind,
        "records": [one.table.old, one.table.new],
        "removed": len(one.matches.removed),
        "added": len(one.matches.added),
        "changed": len(one.changed),
        "key_corrected": int((one.matches.corrected >= 0).sum()),
        "renumbered": len(one.moved),
        "repeated_keys": one.matches.repeated[0],
        "key": list(one.key.variables),
        "key_from": one.key.source,
        "metadata": [
            {"variable": change.variable, "what": change.what, "old": change.old, "new": change.new}
            for change in one.metadata
        ],
        "values": {differing.variable: len(differing.pairs) for differing in one.values},
        "largest": {d.variable: d.largest for d in one.values if d.largest},
        "within_tolerance": {
            d.variable: {"values": d.within, "largest": d.largest_within} for d in one.within
        },
    }
