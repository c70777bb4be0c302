"""The page as a whole: one offline HTML file with a policy that lets nothing run but its own script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from importlib import resources

from sdtm.reports.page.books import books
from sdtm.reports.page.cleaned_tables import cleaned_tables
from sdtm.reports.page.comparison import comparison
from sdtm.reports.page.datasets_list import datasets_list
from sdtm.reports.page.embedded import data_elements
from sdtm.reports.page.findings_list import findings_list
from sdtm.reports.page.output_files import OutputFiles
from sdtm.reports.page.parts import data, link, section, text
from sdtm.reports.page.summary import severities, summary
from specs.words import counted

_SCRIPTS = (
    "elements",
    "data",
    "lineage",
    "record",
    "browse",
    "numbers",
    "filters",
    "routes",
)  # in this order
_BROWSER = (
    "<noscript><p>The records and the way of each value need JavaScript here. Without it, <code>sdtm explain</code> "
    'tells where a value comes from.</p></noscript>\n<div id="browser"></div>\n'
)


def page(output: OutputFiles) -> str:
    """The page as text."""
    style = _packaged("page.css")
    parts_of_script = "\n".join(_packaged(f"script/{name}.js") for name in _SCRIPTS)
    script = f'(() => {{\n"use strict";\n{parts_of_script}}})();\n'
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    study, title = output.manifest.study, output.title
    parts = _parts(output)
    embedded = "".join(
        f'<script type="application/json" id="{text(name)}">{content}</script>\n'
        for name, content in data_elements(output)
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(study)}: report of the run</title>\n<style>{style}</style></head>\n<body>\n"
        '<a class="skip" href="#main">Skip to the content</a>\n'
        f'<header><p class="study">{data(study)}</p><p>{data(title)}</p>{_banner(title)}</header>\n'
        f'<div class="columns"><nav aria-label="Parts of the report"><ul>{_navigation(parts)}</ul></nav>\n'
        f'<main id="main" tabindex="-1">\n<h1 class="unseen">{text(study)}: report of the run</h1>\n'
        f"{''.join(section(name, shown, content) for name, shown, _, content in parts)}</main></div>\n"
        '<div id="told" class="unseen" role="status" aria-live="polite"></div>\n'
        f"{embedded}<script>{script}</script>\n</body></html>\n"
    )


def _parts(output: OutputFiles) -> list[tuple[str, str, str, str]]:
    """Anchor, title, what the navigation adds to it, and content of each part."""
    found = sum(severities(output).values())
    shown = sum(file.is_shown for file in output.datasets)
    parts = [
        ("summary", "Summary", "", summary(output)),
        ("books", "Books of the raw data", "", books(output)),
        ("findings", "Findings", f"{found:,}", findings_list(output)),
        ("datasets", "Datasets", str(len(output.datasets)), datasets_list(output)),
    ]
    if shown:
        parts.append(("records", "Records and lineage", "", _BROWSER))
    if output.tables_html:
        content = (
            f"<p>Also as {link('tables.html', 'tables.html')}.</p>\n{cleaned_tables(output.tables_html)}\n"
        )
        parts.append(("tables", "Tables and figures", "", content))
    if output.results:
        parts.append(("numbers", "Numbers and their records", f"{len(output.results):,}", _numbers(output)))
    if output.comparison:
        parts.append(("comparison", "Published numbers", f"{len(output.comparison):,}", comparison(output)))
    return parts


def _numbers(output: OutputFiles) -> str:
    said = f"{counted(len(output.results), 'number')} of {link('results.csv', 'results.csv')}, unrounded"
    return (
        f"<p>{said}. Each leads to the records that it was computed from.</p>\n<noscript><p>Looking at them here needs "
        'JavaScript.</p></noscript>\n<div id="number-browser"></div>\n'
    )


def _navigation(parts: Iterable[tuple[str, str, str, str]]) -> str:
    return "".join(
        f'<li><a href="#{name}">{text(shown)}{f" <small>{text(more)}</small>" if more else ""}</a></li>'
        for name, shown, more, _ in parts
    )


def _banner(title: str) -> str:
    """Data that say they are invented are labelled wherever they are shown."""
    if "SYNTHETIC" not in title.upper():
        return ""
    return '<p class="synthetic"><strong>SYNTHETIC DATA</strong> invented; no real person is described</p>'


def _packaged(name: str) -> str:
    """A file beside this module, with the line ends that the policy's hash counts on."""
    content = resources.files("sdtm.reports.page").joinpath(name).read_text(encoding="utf-8")
    return content.replace("\r\n", "\n")


def _hash(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode('utf-8')).digest()).decode('ascii')}"
