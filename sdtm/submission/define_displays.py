"""Tables and figures of a study as Analysis Results Metadata (ARM 1.0) of the ADaM define.xml.

Each table or figure is a display; each of its blocks of rows is a result with its datasets, the records of its
conditions and the variables that it reads. Datasets of SDTM are not in the define.xml of ADaM and are told in
words, and so is a condition that a where clause cannot say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sdtm.mapping import sql
from sdtm.reports.plan import BlockPlan, ReportPlan
from sdtm.submission.define_conditions import conditions_of_sql
from sdtm.submission.define_model import (
    AnalysisData,
    AnalysisResult,
    Check,
    Group,
    Item,
    Leaf,
    ResultDisplay,
    Where,
)
from sdtm.submission.define_sheet_displays import NOT_STATED, sheet_displays
from sdtm.submission.define_sheets import DefineSheets
from specs.catalogue import SQL
from specs.tables_model import Figure, Table


@dataclass(slots=True)
class Displays:
    """Makes displays. ``wheres``: the where clauses that they need, by OID; ``toolkit``: its version."""

    sheets: DefineSheets
    groups: Mapping[str, Group]
    items: Mapping[str, Item]
    documents: Mapping[str, Leaf]
    toolkit: str
    wheres: dict[str, Where] = field(default_factory=dict)

    def all(self, plan: ReportPlan) -> tuple[ResultDisplay, ...]:
        """The displays whose data stand in this define.xml, in the order of the spec."""
        made = [self._display("TABLE", table.id, table.table, table.blocks) for table in plan.tables]
        made += [
            self._display("FIGURE", figure.id, figure.figure, (figure.block,)) for figure in plan.figures
        ]
        known = {table.id for table in plan.tables} | {figure.id for figure in plan.figures}
        made += sheet_displays(self, known)
        return tuple(display for display in made if display.results)

    def _display(
        self, kind: str, name: str, spec: Table | Figure, blocks: tuple[BlockPlan, ...]
    ) -> ResultDisplay:
        row = self.sheets.display(name)
        shown = name if kind == "TABLE" else f"{name} (figure)"  # both may have one name
        results = tuple(
            result
            for number, block in enumerate(blocks)
            for result in self._result(kind, name, spec, block, number)
        )
        title = row.get("Title") or spec.title or name
        return ResultDisplay(
            f"RD.{kind}.{name}",
            shown,
            title,
            results,
            self.leaf(row.get("Document", "")),
            row.get("Pages", ""),
        )

    def _result(
        self, kind: str, display: str, spec: Table | Figure, block: BlockPlan, number: int
    ) -> Iterator[AnalysisResult]:
        params = block.params
        name = params.id or block.kind.name
        row = self.sheets.result(display, name)
        source = params.from_ or spec.from_
        asked = {source: [params.where]}
        asked.setdefault(spec.from_, []).append(spec.where)
        data, told = [], []
        for dataset, conditions in asked.items():
            texts = [text for text in conditions if text.strip()]
            if dataset not in self.groups:
                told.append(_told(f"Reads {dataset} of SDTM", texts))
                continue
            where = self._where(dataset, texts)
            if where is None:
                told.append(_told(f"Of {dataset}", texts))
            items = tuple(self._items(dataset, source, spec, block))
            data.append(AnalysisData(self.groups[dataset].oid, items, where or ""))
        if not data:
            return
        parameter = f"IT.{source}.PARAMCD" if source in self.groups else ""
        yield AnalysisResult(
            f"AR.{kind}.{display}.{name}",
            row.get("Description") or _first_words(block, spec.title),
            row.get("Reason") or spec.reason or NOT_STATED,
            row.get("Purpose") or spec.purpose or NOT_STATED,
            tuple(data),
            " ".join(
                [row.get("Documentation") or " ".join(_paragraphs(block.kind.doc)), *told, *spec.footnotes]
            ),
            parameter if parameter in self.items else "",
            row.get("Programming Context") or f"sdtm-toolkit {self.toolkit}, tables.yaml",
            row.get("Programming Code") or _code(kind, spec, number),
            self.leaf(row.get("Documentation Refs", "")),
            row.get("Pages", "") if row.get("Documentation Refs") else "",
        )

    def _where(self, dataset: str, texts: list[str]) -> str | None:
        """The OID of the clause of these conditions; empty without any, None where a clause cannot say them."""
        checks: list[Check] = []
        for text in texts:
            conditions = conditions_of_sql(text)
            if conditions is None:
                return None
            checks += [
                Check(f"IT.{dataset}.{each.variable}", each.comparator, each.values) for each in conditions
            ]
        return self.clause(dataset, checks)

    def clause(self, dataset: str, checks: Iterable[Check]) -> str | None:
        """The OID of a where clause, made where there is none yet; None where it asks for a variable not there."""
        unique = tuple(dict.fromkeys(checks))
        if any(check.item not in self.items for check in unique):
            return None
        if not unique:
            return ""
        known = next((oid for oid, where in self.wheres.items() if where.checks == unique), "")
        if not known:
            own = sum(oid.startswith(f"WC.ARM.{dataset}.") for oid in self.wheres)
            known = f"WC.ARM.{dataset}.{own + 1}"
            self.wheres[known] = Where(known, unique)
        return known

    def _items(self, dataset: str, source: str, spec: Table | Figure, block: BlockPlan) -> Iterator[str]:
        """Variables of a dataset that a result reads: those that the source of the block lacks are the population's."""
        names = [
            name
            for name in _columns_of_block(block)
            if dataset == source or f"IT.{source}.{name}" not in self.items
        ]
        if dataset == spec.from_:
            names += _columns_of_display(spec)
        for oid in dict.fromkeys(f"IT.{dataset}.{name}" for name in names):
            if oid in self.items:
                yield oid

    def leaf(self, name: str) -> str:
        found = self.documents.get(name)
        return found.id if found is not None else ""


def _columns_of_block(block: BlockPlan) -> list[str]:
    names = list(block.params.columns())
    for text in block.params.marked(SQL):
        names += sql.parse(text).columns
    return names


def _columns_of_display(spec: Table | Figure) -> list[str]:
    names = [spec.columns.by] if isinstance(spec, Table) and spec.columns.by else []
    groups = spec.columns.groups if isinstance(spec, Table) else spec.groups
    for group in groups.values():
        names += sql.parse(group.where).columns if group.where.strip() else ()
    return names


def _told(who: str, conditions: list[str]) -> str:
    shown = " and ".join(" ".join(text.split()) for text in conditions)
    return f"{who}{f': the records where {shown}' if shown else ''}."


def _paragraphs(doc: str) -> list[str]:
    """What a kind of rows does, without the names of its rows in results.csv."""
    texts = [" ".join(part.replace("``", "").split()) for part in doc.split("\n\n")]
    told = [text.split("Rows: ")[0].strip() for text in texts]
    return [text if text.endswith(".") else f"{text}." for text in told if text]


def _first_words(block: BlockPlan, title: str) -> str:
    first = (_paragraphs(block.kind.doc) or [title])[0]
    return f"{block.params.label}: {first}" if block.params.label else first


def _code(kind: str, spec: Table | Figure, number: int) -> str:
    """The block as the spec has it."""
    block: Any = spec.rows[number] if isinstance(spec, Table) else spec.draw
    return json.dumps(block, ensure_ascii=False, default=str)
