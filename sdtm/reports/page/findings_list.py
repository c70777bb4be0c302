"""The findings of the run as one table, the worst first; the script adds filter and search."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sdtm.reports.page.output_files import OutputFiles
from sdtm.reports.page.parts import count, data, hash_link, link, marked_table, more, row, text
from specs.words import counted

MOST_SHOWN = 3_000  # findings; all are in findings.json
PLACES_SHOWN = 100
_HEAD = ("Severity", "Rule", "Where", "What was found, what is expected, what to do", "Places")


def findings_list(output: OutputFiles) -> str:
    """A row for each finding with its places; places lead to records and raw rows."""
    if not output.findings:
        return "<p>Nothing was found.</p>\n" + _fixed(output)
    shown = output.findings[:MOST_SHOWN]
    left = len(output.findings) - len(shown)
    said = (
        f"<p>The page holds the first {count(len(shown))} of {counted(len(output.findings), 'finding')}; "
        f"{link('findings.json', 'findings.json')} has all of them.</p>\n"
        if left
        else ""
    )
    rows = [_row(finding) for finding in shown]
    listed = marked_table(_HEAD, rows, "Findings of the run", "findings-table", "findings")
    return f'{said}<div id="findings-filter"></div>\n{listed}{_fixed(output)}'


def _row(finding: Mapping[str, Any]) -> str:
    severity, rule = str(finding.get("severity", "")), str(finding.get("rule", ""))
    dataset, variable = str(finding.get("dataset", "")), str(finding.get("variable", ""))
    places = list(finding.get("places", ()))
    files = sorted({str(place.get("file")) for place in places if place.get("file")})
    where = f"{dataset}.{variable}".strip(".") or ", ".join(files[:3])
    status = ", ".join(str(finding[key]) for key in ("status", "since") if finding.get(key))
    comment = str(finding.get("comment") or "")
    notes = "".join(
        f"<div><dt>{text(name)}</dt><dd>{data(value)}</dd></div>"
        for name, value in (
            ("found", finding.get("found", "")),
            ("expected", finding.get("expected", "")),
            ("do", finding.get("do", "")),
            ("status", status),
            ("comment", comment),
        )
        if value
    )
    number = str(finding.get("id") or "")
    cells = [
        f'<span class="severity {text(severity)}">{text(severity)}</span>',
        f"<code>{text(rule)}</code>" + (f'<br><small class="soft">{text(number)}</small>' if number else ""),
        data(where),
        f"<dl>{notes}</dl>",
        _places(finding, places, dataset, variable),
    ]
    return row(cells, (), data_severity=severity, data_dataset=dataset, data_rule=rule)


def _places(finding: Mapping[str, Any], places: list[Mapping[str, Any]], dataset: str, variable: str) -> str:
    total = int(finding.get("count", len(places) or 1))
    if not places:
        return count(total)
    listed = "".join(f"<li>{_place(place, dataset, variable)}</li>" for place in places[:PLACES_SHOWN])
    hidden = total - min(len(places), PLACES_SHOWN)
    rest = f"<li>… and {count(hidden)} more</li>" if hidden > 0 else ""
    if total == 1:
        return f'<ul class="places one">{listed}</ul>'
    return more(counted(total, "place"), f'<ul class="places">{listed}{rest}</ul>')


def _place(place: Mapping[str, Any], dataset: str, variable: str) -> str:
    parts = []
    keys = place.get("keys") or {}
    if keys:
        shown = " ".join(f"{name}={value}" for name, value in keys.items())
        pairs = [f"{name}={value}" for name, value in keys.items()]
        first_variable = variable.split(",")[0].strip()
        found = hash_link("key", dataset, first_variable, *pairs)
        parts.append(f"<bdi>{link(found, shown)}</bdi>" if dataset else data(shown))
    if place.get("file"):
        told = str(place["file"])
        if place.get("row") is not None:
            told += f", row {place['row']}"
            parts.append(f"<bdi>{link(hash_link('rawfile', place['file'], place['row']), told)}</bdi>")
        else:
            parts.append(data(told))
        if place.get("column"):
            parts.append(f"column {data(place['column'])}")
    if place.get("value"):
        parts.append(f"<q>{data(place['value'])}</q>")
    return ", ".join(parts) or text(json.dumps(dict(place), ensure_ascii=False))


def _fixed(output: OutputFiles) -> str:
    """What was found in the previous run and is no more."""
    if not output.fixed:
        return ""
    listed = "".join(
        f"<li><code>{text(each.get('rule', ''))}</code> {data(each.get('dataset', ''))} "
        f"{data(each.get('found', ''))}</li>"
        for each in output.fixed[:MOST_SHOWN]
    )
    return more(
        f"{counted(len(output.fixed), 'finding')} of the previous run no longer found", f"<ul>{listed}</ul>"
    )
