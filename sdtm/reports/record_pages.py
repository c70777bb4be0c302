"""For each table a page of its own that shows, for every number, the records that it comes from. Works offline."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping

from sdtm.reports.compute import ComputedTable, Report, population_columns
from sdtm.reports.plan import read_columns, sql_columns
from sdtm.reports.records import RowSets, file_of, key_columns, record_texts
from sdtm.reports.results import value_text
from sdtm.stages import Dataset
from specs.model import Study


def record_pages(report: Report, study: Study, datasets: Mapping[str, Dataset]) -> dict[str, str]:
    """Name below ``reports`` -> page: ``records/TABLE.html``; ``#ID`` opens it at the number of that id."""
    return {f"records/{table.plan.id}.html": _page(table, report, study, datasets) for table in report.tables}


def record_link(table: str, result: str) -> str:
    """Where the records of a number are, from the folder ``reports``."""
    return f"records/{table}.html#{result}"


def _page(table: ComputedTable, report: Report, study: Study, datasets: Mapping[str, Dataset]) -> str:
    title = f"{study.study}: records of {table.plan.table.title}"
    data = json.dumps(_data(table, report, study, datasets), ensure_ascii=False, separators=(",", ":"))
    # "</" would end the element early, whatever text of the data it stands in.
    data = data.replace("<", r"\u003c")
    return (
        "\n".join(
            [
                "<!DOCTYPE html>",
                '<html lang="en"><head><meta charset="utf-8">',
                '<meta http-equiv="Content-Security-Policy" '
                "content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">",
                f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body>",
                f"<h1>{html.escape(title)}</h1>",
                f'<p class="note">{html.escape(study.title)}</p>' if study.title else "",
                f'<p><a href="../tables.html#{html.escape(table.plan.id)}">Back to the table</a> · '
                '<a href="#">all numbers of this table</a></p>',
                "<noscript><p>Without scripts this page stays empty; records.json beside tables.html says the same."
                "</p></noscript>",
                '<div id="shown" aria-live="polite"></div>',
                f'<script type="application/json" id="data">{data}</script>',
                f"<script>{_SCRIPT}</script>",
                "</body></html>",
            ]
        )
        + "\n"
    )


def _data(
    table: ComputedTable, report: Report, study: Study, datasets: Mapping[str, Dataset]
) -> dict[str, object]:
    sets = RowSets()
    columns = {name: label for name, label, _ in table.columns}
    labels: dict[str, str] = {}
    results: dict[str, list[object]] = {}
    for section in table.sections:
        for line in section.lines:
            labels.setdefault(line.row, line.label)
        for result in section.results:
            results[result.id] = [
                result.row,
                labels.get(result.row, ""),
                columns.get(result.column, result.column),
                result.statistic,
                value_text(result.value),
                result.unit,
                f"{result.n} / {result.N}",
                result.condition,
                sets.number(result.records),
                sets.number(result.among),
                result.column,
            ]
    used = {}
    said = table.plan.table
    read = (*population_columns(said.columns, read_columns(table.plan.blocks)), *sql_columns(said.where))
    for name, positions in sets.positions().items():
        frame = report.frames[name]
        keys = key_columns(name, frame, datasets)
        shown = dict.fromkeys([*keys, *(column for column in read if column in frame)])
        texts = record_texts(frame, positions, shown)
        used[name] = {"file": file_of(name, study), "columns": list(texts.columns), "rows": texts.rows}
    return {"results": results, "sets": sets.content(), "datasets": used}


_STYLE = """
body { font-family: system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; color: #111; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.1rem; margin-top: 1.5rem; } .note { font-size: .9rem; }
table { border-collapse: collapse; margin: .5rem 0; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid #bbb; padding: .15rem .7rem; text-align: left; font-weight: normal; }
thead th { border-bottom: 2px solid #111; font-weight: bold; } tr.chosen > * { background: #fff3c4; }
a { color: #0b57a4; } code { font-size: .95em; }
@media print { a { color: inherit; text-decoration: none; } thead { display: table-header-group; } }
"""

_SCRIPT = """
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const shown = document.getElementById("shown");
function make(tag, text, parent, attributes) {
  const element = document.createElement(tag);
  if (text !== undefined && text !== null) element.textContent = text;
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  if (parent) parent.appendChild(element);
  return element;
}
function table(headings, rows, parent) {
  const made = make("table", null, parent);
  const head = make("tr", null, make("thead", null, made));
  headings.forEach(text => make("th", text, head, {scope: "col"}));
  const body = make("tbody", null, made);
  for (const cells of rows) {
    const row = make("tr", null, body, cells.chosen ? {class: "chosen"} : {});
    for (const cell of cells.texts) {
      if (cell && cell.href) make("a", cell.text, make("td", null, row), {href: cell.href});
      else make("td", cell, row);
    }
  }
}
function numbers(ranges) {
  return ranges.split(" ").flatMap(part => {
    const [first, last] = part.split("-").map(Number);
    return Array.from({length: (last || first) - first + 1}, (_, index) => first + index);
  });
}
function records(title, set) {
  if (!set) return;
  for (const [name, ranges] of Object.entries(data.sets[set])) {
    const dataset = data.datasets[name], rows = numbers(ranges), at = dataset.columns.indexOf("USUBJID");
    const counted = (number, what) => number + " " + what + (number === 1 ? "" : "s");
    if (!Object.keys(dataset.rows).length) {
      make("h2", title + ": " + counted(rows.length, "record") + " of " + name, shown);
      make("p", "Rows " + ranges + " of " + dataset.file + ", too many to list here.", shown, {class: "note"});
      continue;
    }
    const subjects = new Set(rows.map(row => dataset.rows[row][at])).size;
    make("h2", title + ": " + counted(rows.length, "record") + " of " + name + ", " +
      counted(subjects, "subject"), shown);
    make("p", "Rows " + ranges + " of " + dataset.file + ".", shown, {class: "note"});
    const link = row => ({text: name + " " + row, href: "../index.html#record=" + name + "/" + row});
    table(["Row", ...dataset.columns], rows.map(row => ({texts: [link(row), ...dataset.rows[row]]})), shown);
  }
}
function show() {
  shown.textContent = "";
  const id = location.hash.slice(1), chosen = data.results[id];
  const link = name => ({text: data.results[name][3], href: "#" + name});
  const headings = ["Statistic", "Value", "Unit", "n / N", "Row", "Column", "Condition"];
  const line = name => {
    const [row, label, column, , value, unit, size, condition] = data.results[name];
    return {chosen: name === id, texts: [link(name), value, unit, size, label + " (" + row + ")", column, condition]};
  };
  const all = Object.keys(data.results);
  if (!chosen) {
    make("p", all.length + " numbers; each leads to its records.", shown);
    table(headings, all.map(line), shown);
    return;
  }
  table(headings, all.filter(name => data.results[name][0] === chosen[0] && data.results[name][10] === chosen[10])
    .map(line), shown);
  records("Computed from", chosen[8]);
  if (chosen[9] !== chosen[8]) records("Among", chosen[9]);
  else make("p", "The denominator is the same records.", shown, {class: "note"});
}
addEventListener("hashchange", show);
show();
"""
