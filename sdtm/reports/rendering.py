"""Results as people read them: cells by template, tables as text and HTML. Rounding happens here alone."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping

from sdtm.reports.compute import ComputedTable, Report
from sdtm.reports.results import Line, Value, value_text
from sdtm.statistics.rounding import percent_text, rounded_text, significant_text

NOT_ESTIMABLE = "NE"
NONE = "–"
_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")
Cell = Mapping[str, tuple[Value, int]]  # statistic -> value and the N of its percentage


def cell_text(template: str, cell: Cell) -> str:
    """A cell by its template.

    ``{mean:1}``: one decimal, half away from zero; ``{mean:s3}``: three significant digits; ``{p:p}``: a
    p-value; ``{count:c}``: a count with its percentage; ``{text}``: as it is. Missing statistics are ``–``,
    those that do not exist ``NE``. Example: ``{median:1} ({minimum:0}–{maximum:0})`` -> 47.5 (24–66).
    """
    named = [name for name, _ in _PLACE.findall(template)]
    if not any(name in cell for name in named):
        return NONE
    if cell.get("n", (1, 0))[0] == 0 and "n" not in named:
        return NONE
    return _PLACE.sub(lambda found: _value(found[1], found[2] or "", cell), template)


def _value(name: str, form: str, cell: Cell) -> str:
    if name not in cell:
        return NONE
    value, total = cell[name]
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return NOT_ESTIMABLE
    if form == "c":
        share = percent_text(int(value), total) if value else ""
        return f"{int(value)} ({share})" if share else str(int(value))
    if form == "p":
        return "<0.001" if value < 0.001 else rounded_text(float(value), 3)
    if form.startswith("s"):
        return significant_text(float(value), int(form[1:]))
    return rounded_text(float(value), int(form)) if form else value_text(value)


Row = tuple[Line, list[str]]


def rendered(table: ComputedTable) -> tuple[list[str], list[Row]]:
    """Headings and rows of a table; a heading line has no cells."""
    cells: dict[tuple[str, str], dict[str, tuple[Value, int]]] = {}
    own: dict[str, None] = {}
    labels: dict[str, str] = {}
    for section, block in zip(table.sections, table.plan.blocks, strict=True):
        for result in section.results:
            cells.setdefault((result.row, result.column), {})[result.statistic] = (result.value, result.N)
        if block.kind.name == "listing":
            labels |= block.params.shown  # type: ignore[attr-defined]
            own |= dict.fromkeys(labels)
    columns = list(own) or [name for name, _, _ in table.columns]
    headings = [labels[name] for name in own] or [f"{label} (N={n})" for _, label, n in table.columns]
    rows: list[Row] = []
    for section in table.sections:
        for line in section.lines:
            found = [cell_text(line.show, cells.get((line.row, name), {})) for name in columns]
            rows.append((line, found if line.show else []))
    return headings, rows


def table_text(table: ComputedTable) -> str:
    """A table for a terminal or a text file."""
    headings, rows = rendered(table)
    labels = ["  " * line.level + line.label for line, _ in rows]
    width = max([len(label) for label in labels] + [0])
    widths = [
        max([len(heading)] + [len(cells[index]) for _, cells in rows if cells])
        for index, heading in enumerate(headings)
    ]
    rule = "-" * (width + sum(widths) + 2 * len(widths))
    lines = [f"{table.plan.id}: {table.plan.table.title}", rule]
    lines.append("  ".join([" " * width, *(h.rjust(w) for h, w in zip(headings, widths, strict=True))]))
    lines.append(rule)
    for label, (_, cells) in zip(labels, rows, strict=True):
        shown = [cell.rjust(w) for cell, w in zip(cells, widths, strict=False)]
        lines.append("  ".join([label.ljust(width), *shown]).rstrip())
    return "\n".join([*lines, rule, *table.plan.table.footnotes]) + "\n"


def report_text(report: Report) -> str:
    """All tables as text."""
    return "\n\n".join(table_text(table) for table in report.tables)


_STYLE = """
body { font-family: system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #111; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: bold; padding: .3rem 0; }
thead th { border-top: 2px solid #111; border-bottom: 1px solid #111; vertical-align: bottom; }
tbody tr:last-child > * { border-bottom: 2px solid #111; }
th, td { padding: .15rem .7rem; text-align: right; font-weight: normal; }
th[scope=row], thead th:first-child { text-align: left; }
tr.heading th { font-weight: bold; }
td.text { text-align: left; }
p.note, p.synthetic { font-size: .9rem; margin: .2rem 0; }
figure { margin: 2rem 0; } figure svg { max-width: 100%; height: auto; }
@media print { table, figure { break-inside: avoid; } body { max-width: none; } }
"""


def report_html(report: Report, title: str, note: str = "") -> str:
    """All tables and figures as one HTML document; every text of data or spec is escaped."""
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f"<title>{_escaped(title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_escaped(title)}</h1>",
    ]
    parts += [f'<p class="synthetic">{_escaped(note)}</p>'] if note else []
    for table in report.tables:
        parts += _table_html(table)
    for figure in report.figures:
        said = figure.plan.figure
        parts.append(
            f'<figure id="{_escaped(figure.plan.id)}"><figcaption>{_escaped(said.title)}</figcaption>'
        )
        parts.append(figure.svg)
        parts += [f'<p class="note">{_escaped(text)}</p>' for text in said.footnotes]
        parts.append("</figure>")
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _table_html(table: ComputedTable) -> list[str]:
    headings, rows = rendered(table)
    said = table.plan.table
    parts = [f'<table id="{_escaped(table.plan.id)}"><caption>{_escaped(said.title)}</caption>']
    cells = "".join(f'<th scope="col">{_escaped(heading)}</th>' for heading in headings)
    parts.append(f'<thead><tr><th scope="col"></th>{cells}</tr></thead><tbody>')
    for line, shown in rows:
        indent = f' style="padding-left:{0.7 + 1.2 * line.level:.1f}rem"' if line.level else ""
        label = f'<th scope="row"{indent}>{_escaped(line.label)}</th>'
        if not line.show:
            parts.append(f'<tr class="heading">{label}{"<td></td>" * len(headings)}</tr>')
            continue
        name = ' class="text"' if line.show == "{text}" else ""
        parts.append(f"<tr>{label}{''.join(f'<td{name}>{_escaped(cell)}</td>' for cell in shown)}</tr>")
    parts.append("</tbody></table>")
    return parts + [f'<p class="note">{_escaped(text)}</p>' for text in said.footnotes]


def _escaped(text: str) -> str:
    return html.escape(text, quote=True)
