"""The files of a report: results.csv, tables.html, tables.txt, figures/*.svg; comparison.csv with expected.yaml."""

from __future__ import annotations

from sdtm.reports.compute import Report
from sdtm.reports.expected import compare, comparison_csv, read_expected
from sdtm.reports.rendering import report_html, report_text
from sdtm.reports.results import results_csv
from specs.model import Study


def report_files(report: Report, study: Study) -> dict[str, str]:
    """Name below ``reports`` -> text, always the same for the same data."""
    title = f"{study.study}: tables and figures"
    files = {
        "results.csv": results_csv(report.results),
        "tables.txt": report_text(report),
        "tables.html": report_html(report, title, study.title),
    }
    numbers = read_expected(study.folder)
    if numbers:
        files["comparison.csv"] = comparison_csv(compare(numbers, report.results))
    return files | {f"figures/{figure.plan.id}.svg": figure.svg for figure in report.figures}
