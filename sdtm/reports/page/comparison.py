"""The numbers of the run beside those that were published, where the study has them."""

from __future__ import annotations

from collections.abc import Mapping

from sdtm.reports.page.output_files import OutputFiles
from sdtm.reports.page.parts import data, hash_link, link, marked_table, row, text
from sdtm.reports.page.summary import verdicts
from specs.words import counted

_CELL = ("table", "row", "column", "statistic")
_HEAD = ("Place", "Number", "Published", "Taken", "Ours", "Verdict", "Why")


def comparison(output: OutputFiles) -> str:
    """One row for each published number; equal ones can be hidden by the script."""
    ids = {tuple(each[name] for name in _CELL): each.get("id", "") for each in output.results}
    told = ", ".join(f"{counted(number, 'number')} {name}" for name, number in verdicts(output).items())
    rows = [_row(each, ids) for each in output.comparison]
    return (
        f"<p>{text(told)}. The published numbers are those of the study's papers; “taken” is the value that was taken "
        'as true where a paper contradicts itself.</p>\n<div id="comparison-filter"></div>\n'
    ) + marked_table(_HEAD, rows, "Published numbers and ours", "comparison-table")


def _row(each: Mapping[str, str], ids: Mapping[tuple[str, ...], str]) -> str:
    verdict = each.get("verdict", "")
    named = " ".join(filter(None, (each.get("key", ""), each.get("part", ""))))
    found = ids.get(tuple(each.get(name, "") for name in _CELL), "")
    ours = each.get("ours", "")
    look = "good" if verdict == "equal" else "fair" if each.get("why") else "bad"
    cells = [
        data(each.get("place", "")),
        f"<code>{text(named)}</code>",
        data(each.get("printed", "")),
        data(each.get("taken", "")),
        link(hash_link("result", found), ours) if found and ours else data(ours),
        f'<span class="verdict {look}">{text(verdict)}</span>',
        data(each.get("why", "")),
    ]
    return row(cells, data_verdict=verdict)
