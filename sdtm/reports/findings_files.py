"""Findings as the files that people and programs read: JSON, a workbook, questions to the sites, a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from specs.model import Study
from specs.storage import plain_refusals
from validation.findings_workbook import findings_workbook
from validation.queries import queries, settled
from validation.queries_workbook import queries_workbook
from validation.review import Review
from validation.review_json import review_json
from validation.values import texts_of


def findings_files(
    review: Review, study: Study | None = None, subjects: pd.DataFrame | None = None
) -> dict[str, bytes]:
    """Name -> content of ``findings.json``, ``findings.xlsx``, ``findings.html`` and ``queries.xlsx``.

    ``subjects``: DM, which says at which site a subject is.
    """
    sites = sites_of(subjects)
    makers: Mapping[str, Callable[[], bytes]] = {
        # Half a character becomes a JSON escape.
        "findings.json": lambda: review_json(review, study.study if study else "").encode(
            "utf-8", "backslashreplace"
        ),
        "findings.xlsx": lambda: findings_workbook(review, study),
        "findings.html": lambda: findings_page(review, study),
        "queries.xlsx": lambda: queries_workbook(queries(review, sites), study, settled(review)),
    }
    return {name: make() for name, make in makers.items()}


def findings_page(review: Review, study: Study | None = None) -> bytes:
    """The content of ``findings.html``; a text that no file can hold (half a character) is shown as a question mark."""
    from sdtm.reports.findings_html import findings_html

    return findings_html(review, study.study if study else "").encode("utf-8", "replace")


def write_findings_files(
    folder: Path, review: Review, study: Study | None = None, subjects: pd.DataFrame | None = None
) -> None:
    """Write all of them into a folder that is there."""
    for name, content in findings_files(review, study, subjects).items():
        with plain_refusals(folder / name):
            (folder / name).write_bytes(content)


def sites_of(subjects: pd.DataFrame | None) -> dict[str, str]:
    """USUBJID -> SITEID, of the subjects that have one."""
    if subjects is None or not {"USUBJID", "SITEID"} <= set(subjects.columns):
        return {}
    told = zip(texts_of(subjects["USUBJID"]), texts_of(subjects["SITEID"]), strict=True)
    return {subject: site for subject, site in told if subject and site}
