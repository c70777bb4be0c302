"""``queries.xlsx``: the questions to the sites, one row each.

All of them stand on one sheet, with the site as a column to filter by: studies have hundreds of sites, whose names need
not be names of sheets, and what has been asked is followed up over all of them. Sheet Sites counts them.
"""

from __future__ import annotations

from collections.abc import Sequence

from specs.model import Study
from validation.queries import Query
from validation.sheets import Cell, Sheet, Styled, sheet_file

MOST_QUERIES = 20_000
SITES, QUERIES = "Sites", "Queries"
NO_SITE = "(not known)"
HEADERS = (
    "Query",
    "Site",
    "Subject",
    "Topic",
    "Question",
    "Form",
    "Record on the form",
    "Field",
    "Value entered",
    "What was seen",
    "Answer",
    "Status",
    "Comment",
    "Severity",
    "File and row",
    "Issues",
)


def queries_workbook(
    queries: Sequence[Query], study: Study | None = None, settled: int = 0, most: int = MOST_QUERIES
) -> bytes:
    """The content of ``queries.xlsx``. ``settled``: how many issues are not asked about again."""
    rows: list[Sequence[Cell | Styled]] = [HEADERS, *(_row(query) for query in queries[:most])]
    asked = Sheet(
        QUERIES,
        rows,
        frozen=3,
        styles={0: "code", 10: "edit"},
        widths={3: 22, 4: 60, 5: 18, 6: 36, 7: 22, 8: 26, 9: 30, 10: 40, 12: 30, 14: 22, 15: 18},
    )
    sheets = [_sites(queries, study, settled, most), asked]
    return sheet_file(sheets, f"Queries {study.study}" if study else "Queries")


def _row(query: Query) -> list[Cell | Styled]:
    fields = [f"{label} ({column})" if label else column for column, label, _ in query.entered]
    texts = [f"{text or '(empty)'}" for _, _, text in query.entered]
    if len(query.entered) > 1:
        texts = [f"{column}: {text or '(empty)'}" for column, _, text in query.entered]
    return [
        query.number,
        query.site or NO_SITE,
        query.subject,
        query.question.topic,
        query.question.text,
        "\n".join(query.forms),
        query.record,
        "\n".join(dict.fromkeys(fields)),
        "\n".join(texts),
        query.seen,
        "",
        query.remark.status,
        query.remark.comment,
        Styled(query.severity, query.severity),
        "\n".join(query.rows),
        "\n".join(query.issues),
    ]


def _sites(queries: Sequence[Query], study: Study | None, settled: int, most: int) -> Sheet:
    counts: dict[str, list[int]] = {}
    subjects: dict[str, set[str]] = {}
    for query in queries:
        site = query.site or NO_SITE
        own = counts.setdefault(site, [0, 0])
        own[query.severity != "error"] += 1
        subjects.setdefault(site, set()).add(query.subject)
    told = [
        "Each row of sheet Queries is one question to a site. Filter the column Site, and send each site its rows.",
        "Do not work in this file in the output folder, which the next run replaces: copy it, or copy the rows.",
        "Column Issues names the rows of findings.xlsx. Write there what a site answered: Status and Comment are kept.",
    ]
    if settled:
        told.append(
            f"{settled:,} issues are explained, resolved or will not be fixed, and are not asked about again."
        )
    if len(queries) > most:
        told.append(f"{len(queries) - most:,} further questions have no room here; answer these first.")
    title = f"Queries of {study.study}" if study else "Queries"
    rows: list[list[Cell | Styled]] = [[Styled(title, "title")], []]
    rows += [[Styled(line, "line")] for line in told]
    rows += [[]]
    header = len(rows) + 1
    rows += [["Site", "Subjects", "Queries", "About errors", "About warnings"]]
    rows += [[site, len(subjects[site] - {""}), sum(counts[site]), *counts[site]] for site in counts]
    return Sheet(SITES, rows, header, is_frozen=False, widths={0: 16, 1: 12, 2: 12, 3: 14, 4: 16})
