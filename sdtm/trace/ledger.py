"""The books: what became of every raw row and every raw column (DESIGN §2.2).

Rows read = rows that made at least one record + rows used by a join + rows excluded by a named condition
+ rows unaccounted for. A row that several sources read counts once, under the first of these that holds.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sdtm.mapping.source import RowAccount
from sdtm.plan import Plan, SourcePlan
from sdtm.stages import RawTable
from specs.catalogue import TABLE
from validation.findings import PLACES_SHOWN, Finding, Place


@dataclass(frozen=True, slots=True)
class TableBooks:
    """The account of one raw table. ``columns``: name -> what became of it."""

    name: str
    files: tuple[str, ...]
    read: int
    made: int
    joined: int
    excluded: Mapping[str, int]
    unaccounted: int
    columns: Mapping[str, tuple[str, ...]]
    first_unaccounted: tuple[int, ...] = field(default=())
    read_as: tuple[Mapping[str, Any], ...] = field(default=())

    @property
    def unaccounted_columns(self) -> list[str]:
        return [name for name, uses in self.columns.items() if not uses]

    def as_json(self) -> dict[str, Any]:
        return {
            "files": list(self.read_as),
            "rows": {
                "read": self.read,
                "made_records": self.made,
                "used_by_joins": self.joined,
                "excluded": dict(self.excluded),
                "unaccounted": self.unaccounted,
            },
            "columns": {name: list(uses) for name, uses in self.columns.items()},
            "unaccounted_columns": self.unaccounted_columns,
        }


def keep_books(
    plan: Plan, tables: Mapping[str, RawTable], accounts: Sequence[RowAccount]
) -> tuple[list[TableBooks], list[Finding]]:
    """Balance the rows and columns of every raw table; what is left over is a finding."""
    books, findings = [], []
    uses = _column_uses(plan, tables)
    for name, table in tables.items():
        book = _rows(plan, name, table, accounts, uses[name])
        if book.read != book.made + book.joined + sum(book.excluded.values()) + book.unaccounted:
            raise RuntimeError(f"the books of {name} do not balance")
        books.append(book)
        findings += _leftovers(book, table)
    return books, findings


def _rows(
    plan: Plan,
    name: str,
    table: RawTable,
    accounts: Sequence[RowAccount],
    columns: Mapping[str, tuple[str, ...]],
) -> TableBooks:
    size = len(table.frame)
    left = np.ones(size, dtype=bool)
    made = np.zeros(size, dtype=bool)
    joined = np.zeros(size, dtype=bool)
    excluded: dict[str, int] = {}
    for account in accounts:
        if account.table == name:
            made |= account.made
        if name in account.joined:
            joined |= account.joined[name]
    left &= ~made
    joined &= left
    left &= ~joined
    reasons = sorted({reason for account in accounts if account.table == name for reason in account.excluded})
    for reason in reasons:
        mask = np.zeros(size, dtype=bool)
        for account in accounts:
            if account.table == name and reason in account.excluded:
                mask |= account.excluded[reason]
        mask &= left
        if mask.any():
            excluded[reason] = int(mask.sum())
            left &= ~mask
    definition = plan.study.raw.datasets[name]
    named = "a table of codes" if definition.lookup else definition.rows_not_submitted
    if named and left.any():
        excluded[named] = int(left.sum())
        left[:] = False
    return TableBooks(
        name,
        tuple(file.path for file in table.files),
        size,
        int(made.sum()),
        int(joined.sum()),
        excluded,
        int(left.sum()),
        columns,
        tuple(np.flatnonzero(left)[:PLACES_SHOWN].tolist()),
        tuple(
            {"path": f.path, "rows": f.rows, "encoding": f.encoding, "notes": list(f.notes)}
            for f in table.files
        ),
    )


def _column_uses(plan: Plan, tables: Mapping[str, RawTable]) -> dict[str, dict[str, tuple[str, ...]]]:
    """For each raw column: the variables it is mapped to, its other uses, or why it is not submitted."""
    uses: dict[str, dict[str, list[str]]] = {
        name: {column: [] for column in table.frame if column not in table.derived}
        for name, table in tables.items()
    }

    def add(table: str, column: str, use: str) -> None:
        if table in tables and column in tables[table].derived:
            for read in tables[table].derived[column]:
                add(table, read, use)
            return
        if table in uses and column in uses[table] and use not in uses[table][column]:
            uses[table][column].append(use)
            if column in tables[table].decodes and not use.startswith("not submitted"):
                add(table, tables[table].decodes[column], use)  # who reads the decode reads the code

    for domain in plan.domains.values():
        for source in domain.sources:
            taken = {}
            for join, condition, _ in source.joins:
                names = dict(join.take) if isinstance(join.take, dict) else {n: n for n in join.take}
                taken.update({ours: (join.table, theirs) for ours, theirs in names.items()})
                for theirs, ours in join.by.items():
                    add(join.table, theirs, f"join of {domain.name}")
                    add(*taken.get(ours, (source.table, ours)), f"join of {domain.name}")
                for column in condition.columns if condition else ():
                    add(join.table, column, f"condition of {domain.name}")
            for variable, step in source.steps():
                for written, reference in step.references.items():
                    if reference.kind == "raw":
                        what = f"{domain.name}.{variable}"
                        use = what if written in step.reads() else f"condition of {what}"
                        add(*taken.get(reference.name, (source.table, reference.name)), use)
                for table in step.params.marked(TABLE):
                    for column in step.params.looked_up():
                        add(table, column, f"lookup of {domain.name}.{variable}")
            for condition in source.conditions():
                for column in condition.columns:
                    name = column.removeprefix("raw.")
                    add(*taken.get(name, (source.table, name)), f"condition of {domain.name}")
            for column, reason in source.definition.not_submitted.items():
                add(source.table, column, f"not submitted: {reason}")
    if plan.cut_offs is not None:
        for column in (*_raw_columns(plan.cut_offs), *_condition_columns(plan.cut_offs)):
            add(plan.cut_offs.table, column, "data cut")
    study = plan.study
    for name, definition in study.raw.datasets.items():
        for column in definition.key:
            add(name, column, "key")
        for reasons in (definition.not_submitted, study.raw.not_submitted):
            for pattern, reason in reasons.items():
                for column, found in uses.get(name, {}).items():
                    if not found and fnmatch.fnmatchcase(column, pattern):
                        found.append(f"not submitted: {reason}")
        if definition.rows_not_submitted:
            for found in uses.get(name, {}).values():
                if not found:
                    found.append(f"not submitted: {definition.rows_not_submitted}")
        for column, coded in tables[name].decodes.items() if name in tables else ():
            if not uses[name][column]:
                uses[name][column].append(f"decode of {coded}")
    return {
        name: {column: tuple(found) for column, found in columns.items()} for name, columns in uses.items()
    }


def _raw_columns(source: SourcePlan) -> list[str]:
    steps = [step for _, step in source.steps()]
    return [r.name for step in steps for r in step.references.values() if r.kind == "raw"]


def _condition_columns(source: SourcePlan) -> list[str]:
    return [name.removeprefix("raw.") for condition in source.conditions() for name in condition.columns]


def _leftovers(book: TableBooks, table: RawTable) -> list[Finding]:
    findings = []
    if book.unaccounted:
        findings.append(
            Finding(
                "row-unaccounted",
                "warning",
                f"{book.unaccounted} of {book.read} rows of {book.name} made no record and no condition says why",
                "every raw row makes a record or is excluded by a named condition",
                "map them, or say under where: and because: why they are left out",
                places=tuple(Place((), "", *table.place(position)) for position in book.first_unaccounted),
                count=book.unaccounted,
            )
        )
    for column in book.unaccounted_columns:
        findings.append(
            Finding(
                "column-unaccounted",
                "warning",
                f"column {column} of {book.name} is not mapped and not used",
                "every raw column is mapped, used, or named under not_submitted with a reason",
                f"map it, or write not_submitted: {{{column}: reason}}",
                places=(Place((), "", book.files[0] if book.files else "", None, column),),
            )
        )
    return findings


def books_text(books: Sequence[TableBooks]) -> str:
    """The books as an aligned table for the terminal."""
    header = (
        "raw table",
        "rows",
        "made records",
        "joined",
        "excluded",
        "unaccounted",
        "columns",
        "unaccounted",
    )
    lines = [
        (
            book.name,
            str(book.read),
            str(book.made),
            str(book.joined),
            str(sum(book.excluded.values())),
            str(book.unaccounted),
            str(len(book.columns)),
            str(len(book.unaccounted_columns)),
        )
        for book in books
    ]
    widths = [max(len(line[i]) for line in [header, *lines]) for i in range(len(header))]

    def row(cells: Sequence[str]) -> str:
        first, *rest = (
            cell.ljust(w) if i == 0 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join([first, *rest]).rstrip()

    return "\n".join([row(header), *(row(line) for line in lines)])
