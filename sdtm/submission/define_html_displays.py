"""The tables and figures of a define.xml (analysis results metadata) as a part of its page."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from sdtm.submission.define_model import AnalysisData, AnalysisResult, Check, Define, ResultDisplay
from sdtm.submission.html_page import link, row_of, table_of

DISPLAYS = "displays"  # anchor of the part
_HEAD = ("Result", "Reason, purpose", "Data", "Documentation", "Program")


def displays_html(
    define: Define, check: Callable[[Check], str], documented: Callable[[str, str], str]
) -> str:
    """The part, or nothing without displays. ``check`` and ``documented`` give HTML of a condition, a document."""
    if not define.displays:
        return ""
    part = _Part(define, check, documented)
    listed = "".join(
        f"<li>{link(display.oid, f'{display.name}: {display.title}')}</li>" for display in define.displays
    )
    body = "".join(map(part.display, define.displays))
    return f'<h2 id="{DISPLAYS}">Analysis results</h2>\n<ul>{listed}</ul>\n{body}'


class _Part:
    def __init__(
        self, define: Define, check: Callable[[Check], str], documented: Callable[[str, str], str]
    ) -> None:
        self._items = {item.oid: item for item in define.items}
        self._groups = {group.oid: group for group in define.groups}
        self._wheres = {where.oid: where for where in define.wheres}
        self._check, self._documented = check, documented

    def display(self, display: ResultDisplay) -> str:
        title = f'<h3 id="{escape(display.oid)}">{escape(display.name)}: {escape(display.title)}</h3>\n'
        rows = [row_of(self._cells(result), anchor=result.oid, code=0) for result in display.results]
        return title + self._documented(display.document, display.pages) + table_of(_HEAD, rows)

    def _cells(self, result: AnalysisResult) -> list[str]:
        code = f'<p class="soft">{escape(result.context)}</p><code>{escape(result.code)}</code>'
        return [
            escape(result.text),
            f"{escape(result.reason)}<br>{escape(result.purpose)}",
            "".join(map(self._data, result.data)),
            escape(result.documentation) + self._documented(result.document, result.pages),
            code if result.code else "",
        ]

    def _data(self, data: AnalysisData) -> str:
        group = self._groups[data.group]
        names = ", ".join(link(oid, self._items[oid].name) for oid in data.items)
        told = f"<p>{link(group.oid, group.name)}{': ' if names else ''}{names}"
        if data.where:
            told += "<br>where " + " and ".join(map(self._check, self._wheres[data.where].checks))
        return told + "</p>"
