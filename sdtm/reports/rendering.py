"""Tables and figures as text and as an HTML document that can be printed."""

from __future__ import annotations

import html

from sdtm.reports.compute import Report
from sdtm.reports.displays import Display, displays
from sdtm.reports.record_pages import record_link

_TOP = "Table of contents"


def table_text(display: Display) -> str:
    """A table for a terminal or a text file."""
    labels = ["  " * row.level + row.label for row in display.rows]
    width = max([len(label) for label in labels] + [0])
    widths = [
        max([len(heading)] + [len(row.cells[index].text) for row in display.rows if row.cells])
        for index, heading in enumerate(display.headings)
    ]
    rule = "-" * (width + sum(widths) + 2 * len(widths))
    lines = [f"{display.id}: {display.name}. {display.title}", rule]
    lines.append(
        "  ".join([" " * width, *(h.rjust(w) for h, w in zip(display.headings, widths, strict=True))])
    )
    lines.append(rule)
    for label, row in zip(labels, display.rows, strict=True):
        shown = [cell.text.rjust(w) for cell, w in zip(row.cells, widths, strict=False)]
        lines.append("  ".join([label.ljust(width), *shown]).rstrip())
    return "\n".join([*lines, rule, display.population, *display.footnotes, display.source]) + "\n"


def report_text(report: Report) -> str:
    """All tables as text."""
    return "\n\n".join(table_text(display) for display in displays(report) if not display.svg)


_STYLE = """
body { font-family: system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; color: #111; }
section { margin: 2.5rem 0; overflow-x: auto; }
table { border-collapse: collapse; margin: 1rem 0 .3rem; font-variant-numeric: tabular-nums; }
caption, figcaption { text-align: left; font-weight: bold; padding: .3rem 0; }
caption small, figcaption small { font-weight: normal; font-size: .9em; }
thead th { border-top: 2px solid #111; border-bottom: 1px solid #111; vertical-align: bottom; }
tbody tr:last-child > * { border-bottom: 2px solid #111; }
th, td { padding: .15rem .7rem; text-align: right; font-weight: normal; }
th[scope=row], thead th:first-child, .listing th, .listing td { text-align: left; }
tr.heading th { font-weight: bold; }
td a { color: inherit; text-decoration: underline dotted #777; }
td a:hover, td a:focus { text-decoration: underline; }
p.note, p.synthetic { font-size: .9rem; margin: .2rem 0; }
figure { margin: 1rem 0; } figure svg { max-width: 100%; height: auto; }
@page { size: A4 portrait; margin: 20mm 15mm 18mm;
  @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt sans-serif; } }
@page wide { size: A4 landscape; }
@media print {
  body { max-width: none; margin: 0; padding: 0; font-size: 8.5pt; }
  section { break-before: page; margin: 0; overflow: visible; } section.wide { page: wide; }
  thead { display: table-header-group; } tr, figure { break-inside: avoid; }
  tr.heading { break-after: avoid; }
  td a { text-decoration: none; } nav a { color: inherit; text-decoration: none; }
  table { width: 100%; margin-top: 0; } th, td { padding: .08rem .4rem; } p.note { font-size: 7.5pt; }
  figure { margin: 0; } figure svg { max-height: 215mm; width: auto; max-width: 100%; }
  .wide figure svg { max-height: 130mm; }
}
"""


def report_html(report: Report, title: str, note: str = "") -> str:
    """All tables and figures as one HTML document; every text of data or spec is escaped.

    Each number links to its records (``sdtm.reports.record_pages``). Printed, each table or figure begins a
    page, a wide one on its side, and the heads of tables stand on every page.
    """
    shown = displays(report)
    # A mark in a margin of the page, in quotes of CSS.
    mark = note.replace("\\", "").replace('"', "'").replace("<", "").replace("\n", " ")
    style = _STYLE + (
        f'@page {{ @top-left {{ content: "{mark}"; font: 8pt sans-serif; }} }}\n' if note else ""
    )
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f"<title>{_escaped(title)}</title><style>{style}</style></head><body>",
        f"<h1>{_escaped(title)}</h1>",
    ]
    parts += [f'<p class="synthetic">{_escaped(note)}</p>'] if note else []
    parts += [f'<nav aria-label="{_TOP}"><ul>', *map(_entry, shown), "</ul></nav>"]
    for display in shown:
        parts += _section(display)
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _entry(display: Display) -> str:
    return (
        f'<li><a href="#{_escaped(display.id)}">{_escaped(display.name)}</a> {_escaped(display.title)}</li>'
    )


def _section(display: Display) -> list[str]:
    parts = [f'<section class="{"wide" if display.wide else "upright"}">']
    parts += _figure_html(display) if display.svg else _table_html(display)
    notes = (*display.footnotes, display.source)
    return [*parts, *(f'<p class="note">{_escaped(text)}</p>' for text in notes), "</section>"]


def _figure_html(display: Display) -> list[str]:
    caption = f"<figcaption>{_caption(display)}</figcaption>"
    return [f'<figure id="{_escaped(display.id)}">{caption}', display.svg, "</figure>"]


def _caption(display: Display) -> str:
    title = f"{_escaped(display.name)}. {_escaped(display.title)}"
    return f"{title}<br><small>{_escaped(display.population)}</small>"


def _table_html(display: Display) -> list[str]:
    kind = ' class="listing"' if display.kind == "Listing" else ""
    parts = [f'<table id="{_escaped(display.id)}"{kind}><caption>{_caption(display)}</caption>']
    cells = "".join(f'<th scope="col">{_escaped(heading)}</th>' for heading in display.headings)
    parts.append(f'<thead><tr><th scope="col"></th>{cells}</tr></thead><tbody>')
    for row in display.rows:
        indent = f' style="padding-left:{0.7 + 1.2 * row.level:.1f}rem"' if row.level else ""
        label = f'<th scope="row"{indent}>{_escaped(row.label)}</th>'
        if not row.cells:
            parts.append(f'<tr class="heading">{label}{"<td></td>" * len(display.headings)}</tr>')
            continue
        shown = []
        for cell in row.cells:
            text = _escaped(cell.text)
            link = _escaped(record_link(display.id, cell.result)) if cell.result and cell.text else ""
            shown.append(f'<td><a href="{link}">{text}</a></td>' if link else f"<td>{text}</td>")
        parts.append(f"<tr>{label}{''.join(shown)}</tr>")
    return [*parts, "</tbody></table>"]


def _escaped(text: str) -> str:
    return html.escape(text, quote=True)
