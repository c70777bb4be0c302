"""The files of a report: results and their records, tables as HTML, text, Word and RTF, figures, the comparison."""

from __future__ import annotations

from collections.abc import Mapping

from sdtm.reports.compute import Report
from sdtm.reports.displays import displays
from sdtm.reports.documents import Document
from sdtm.reports.docx import docx_of
from sdtm.reports.expected import compare, comparison_csv, read_expected
from sdtm.reports.record_pages import record_pages
from sdtm.reports.records import records_json
from sdtm.reports.rendering import report_html, report_text
from sdtm.reports.results import results_csv
from sdtm.reports.rtf import rtf_of
from sdtm.stages import Dataset
from specs.model import Study


def report_files(report: Report, study: Study, datasets: Mapping[str, Dataset]) -> dict[str, bytes]:
    """Name below ``reports`` -> content, always the same for the same data. ``datasets``: for their keys."""
    title = f"{study.study}: tables and figures"
    document = Document(title, study.title, str(study.created), displays(report))
    texts = {
        "results.csv": results_csv(report.results),
        "records.json": records_json(report, study, datasets),
        "tables.txt": report_text(report),
        "tables.html": report_html(report, title, study.title),
        "tables.rtf": rtf_of(document),
        **record_pages(report, study, datasets),
        **{f"figures/{figure.plan.id}.svg": figure.svg for figure in report.figures},
    }
    numbers = read_expected(study.folder)
    if numbers:
        texts["comparison.csv"] = comparison_csv(compare(numbers, report.results))
    return {name: text.encode("utf-8") for name, text in texts.items()} | {"tables.docx": docx_of(document)}
