"""QUERIES.csv: the listing of data queries of the EDC system; not submitted."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from specs.studies.lxi15029.generator.draws import draw, pick
from specs.studies.lxi15029.generator.facts import subjects
from specs.studies.lxi15029.generator.rave import PROJECT, SITE, Row, csv_bytes

COLUMNS = ("PROJECT", "SITENUMBER", "SUBJECT", "FORM", "FIELD", "RECORDPOSITION", "QUERYTEXT", "ANSWER",
    "STATUS",
           "OPENED", "CLOSED")  # fmt: skip
TEXTS = (
    (
        "AE",
        "AESTDAT_RAW",
        "Start date is incomplete. Please complete it if known.",
        "Day not known to the subject.",
    ),
    (
        "EXO",
        "EXRET",
        "Returned doses do not agree with the days of dosing. Please check.",
        "Count confirmed.",
    ),
    ("VS", "VSTIM", "Time is missing or unknown. Please complete.", "Time not documented in the source."),
    (
        "TUR",
        "TURDIAM",
        "Diameter is missing. Please enter it or state why.",
        "Motion artifact, not measurable.",
    ),
    ("AE", "AEACN_STD", "Code is not one of the list. Please correct.", ""),
    ("DM", "BRTHDAT_RAW", "Birth date is incomplete.", "Not disclosed."),
)


def write(folder: Path) -> Path:
    rows: list[Row] = []
    fixed = [("006", 0), ("007", 0), ("024", 2), ("003", 3), ("023", 4), ("022", 5), ("031", 5)]
    more = [(s.id, draw(0, 2, s.id, "query")) for s in subjects() if s.number % 2]
    for subject, which in sorted(fixed + more):
        form, field, question, answer = TEXTS[which]
        opened = date(2018, 1, 8) + timedelta(days=draw(0, 1300, subject, which, "opened"))
        closed = opened + timedelta(days=draw(3, 40, subject, which, "closed")) if answer else None
        rows.append(
            {
                "PROJECT": PROJECT, "SITENUMBER": SITE, "SUBJECT": subject, "FORM": form, "FIELD": field,
                "RECORDPOSITION": str(pick((1, 1, 2), subject, which)), "QUERYTEXT": question,
                "ANSWER": answer,
                "STATUS": "Closed" if answer else "Open", "OPENED": str(opened), "CLOSED": str(closed or ""),
            }
        )  # fmt: skip
    path = folder / "QUERIES.csv"
    path.write_bytes(csv_bytes(COLUMNS, rows))
    return path
