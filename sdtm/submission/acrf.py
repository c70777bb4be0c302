"""The CRF fields of a study and the variables that they go to, as one HTML page.

Every column of every raw table stands there with its variables, with its other uses (key, join, condition), or
with the reason why it is not submitted: what the books of the run say (``sdtm.trace.ledger``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import quote

from sdtm.stages import RawTable
from sdtm.submission.define_model import Define
from sdtm.submission.html_page import link, page, row_of, table_of
from sdtm.trace.ledger import TableBooks

FILE = "acrf.html"
TITLE = "CRF fields and the variables they go to"
_VARIABLE = re.compile(r"([A-Z][A-Z0-9]*)\.([A-Z_][A-Z0-9_]*)")
_NOT_SUBMITTED = "not submitted: "


def acrf_html(
    study: str, books: Sequence[TableBooks], tables: Mapping[str, RawTable], define: Define
) -> bytes:
    """The listing. ``define`` is the define.xml beside it, whose page the variables link to."""
    known = {item.oid for item in define.items}
    ordered = sorted(books, key=lambda book: book.name)
    items = "".join(f"<li>{link(_anchor(book), book.name)}</li>" for book in ordered)
    body = [
        f"<h1>{escape(study)}: {escape(TITLE)}</h1>\n",
        "<p>Each raw table as the study's extracts have it, with every one of its columns. "
        'Variables link to <a href="define.html">define.html</a>.</p>\n',
    ]
    for book in ordered:
        labels = tables[book.name].labels if book.name in tables else {}
        body.append(_form(book, labels, known))
    return page(f"{study} CRF fields", f"<h2>Raw tables</h2><ul>{items}</ul>", "".join(body)).encode("utf-8")


def _anchor(book: TableBooks) -> str:
    return f"form.{book.name}"


def _form(book: TableBooks, labels: Mapping[str, str], known: set[str]) -> str:
    rows = []
    for column, uses in book.columns.items():
        variables = [_variable(use, known) for use in uses if _VARIABLE.fullmatch(use)]
        reasons = [use.removeprefix(_NOT_SUBMITTED) for use in uses if use.startswith(_NOT_SUBMITTED)]
        others = [
            escape(use) for use in uses if not _VARIABLE.fullmatch(use) and not use.startswith(_NOT_SUBMITTED)
        ]
        told = list(variables)
        if reasons:
            told.append(f'<span class="mark">[NOT SUBMITTED]</span> {escape("; ".join(reasons))}')
        if not uses:
            told.append('<span class="mark">unaccounted for</span>')
        rows.append(
            row_of([escape(column), escape(labels.get(column, "")), "<br>".join(told), ", ".join(others)])
        )
    files = ", ".join(book.files)
    title = (
        f'<h2 id="{escape(_anchor(book))}">{escape(book.name)}</h2>\n<p class="soft">{escape(files)}</p>\n'
    )
    return title + table_of(("Field", "Label", "Variables", "Also used as"), rows)


def _variable(use: str, known: set[str]) -> str:
    """A variable, linked where define.html has it; a qualifier stands there as a value of QVAL."""
    dataset, _, variable = use.partition(".")
    for oid, text in (
        (f"IT.{dataset}.{variable}", use),
        (f"IT.SUPP{dataset}.QVAL.{variable}", f"{use} in SUPP{dataset}"),
    ):
        if oid in known:
            return f'<a href="define.html#{quote(oid)}">{escape(text)}</a>'
    return escape(use)
