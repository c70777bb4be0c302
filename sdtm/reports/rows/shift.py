"""Shift tables: category at baseline against a category after it."""

from __future__ import annotations

from pydantic import Field

from sdtm.reports.block import Block, equals, heading
from sdtm.reports.compute import category_texts
from sdtm.reports.registry import BlockParams, rows
from sdtm.reports.results import Line, Section
from sdtm.reports.rows.counts import COUNT
from specs.catalogue import Column


class Shift(BlockParams):
    baseline: Column = Field(description="category at baseline")
    after: Column = Field(description="category after it, such as the worst")
    categories: dict[str, str] = Field(description="value of both -> label, in order")
    missing: str = Field(default="Missing", description="label of a missing category; empty: not shown")


@rows("shift", Shift)
def shift(block: Block, params: Shift) -> Section:
    """Subjects of each pair of categories: at baseline and after it. Rows: ``ID.BASELINE.AFTER``.

    One record a subject. A value that is no category is an error; a missing one has rows of its own.
    """
    section = Section()
    level = heading(section, block.id, params.label)
    before = category_texts(block.column(block.records, params.baseline, "baseline"))
    after = category_texts(block.column(block.records, params.after, "after"))
    unknown = sorted((set(before.dropna()) | set(after.dropna())) - set(params.categories))
    if unknown:
        from specs.problems import Problem, ProblemsFound

        expected = f"one of {', '.join(params.categories)}"
        where = block.where("categories")
        raise ProblemsFound(
            Problem(
                "value-without-row", where, ", ".join(map(repr, unknown)), expected, "add it to `categories`"
            )
        )
    shown = dict(params.categories) | ({"missing": params.missing} if params.missing else {})
    before, after = before.fillna("missing"), after.fillna("missing")
    for start, start_label in shown.items():
        section.lines.append(Line(f"{block.id}.{start}", f"Baseline: {start_label}", "", level))
        for end, end_label in shown.items():
            section.lines.append(Line(f"{block.id}.{start}.{end}", end_label, COUNT, level + 1))
    for group in block.groups:
        block.one_a_subject(group, group.records, block.id)
        among = block.people(group.subjects)
        first, last = before.loc[group.records.index], after.loc[group.records.index]
        for start in shown:
            for end in shown:
                chosen = block.read(group.records[(first.eq(start) & last.eq(end)).to_numpy()])
                said = f"{equals(params.baseline, start)} AND {equals(params.after, end)}"
                block.count(section, group, f"{block.id}.{start}.{end}", chosen, among, said)
    return section
