"""What identifies a row of a raw table: the smallest natural combination of columns that tells all rows apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sdtm.combinations import combinations
from sdtm.drafting.dates import looks_like_date
from sdtm.drafting.material import RawColumn, RawTableRead

POSITION = re.compile(
    r".*(RECORD_?POSITION|REPEAT_?KEY|ITEM_?SET_?INDEX|SEQ|SPID|REC_?NO|LINE_?NO|POS|INDEX|NO|NUM)"
)
SYSTEM = re.compile(
    r".*(RECORD_?ID|CREATED|MODIFIED|UPDATED|GUID|UUID|DATAPAGEID|RECORD_?DATE|_INT|_YYYY|_MM|_DD)",
    re.IGNORECASE,
)

TOPIC = 1


def natural_key(
    table: RawTableRead, subject: str, site: str, visit: str, composite: bool = False
) -> tuple[tuple[str, ...], str]:
    """The key of a table and why; empty where nothing natural tells its rows apart.

    Subject and site go first, then the visit, tests and terms, dates, at last the number of the record. A
    term or test stays, also where few rows make it needless now. ``composite``: a subject's number is unique
    within its site only.
    """
    if not table.rows:
        return (), ""
    must = [name for name in (site, subject) if name]
    chosen = list(must)
    left = [
        column
        for column in table.columns.values()
        if _usable(column, table.rows) and column.name not in (*must, *table.decodes)
    ]
    ordered = sorted(left, key=lambda column: (_rank(column, visit), list(table.columns).index(column.name)))
    for column in ordered:
        topic = _rank(column, visit) == TOPIC
        if _rows(table, chosen) == table.rows and not topic:
            continue
        first = topic and not any(_rank(table.columns[name], visit) == TOPIC for name in chosen)
        if first or _rows(table, [*chosen, column.name]) > _rows(table, chosen):
            chosen.append(column.name)
    if not chosen or _rows(table, chosen) < table.rows:
        return (
            (),
            f"{table.rows - _rows(table, chosen):,} of {table.rows:,} rows repeat all that identifies a row",
        )
    if site and subject and _rows(table, [site, subject]) == _rows(table, [subject]) and not composite:
        chosen.remove(site)
    return tuple(chosen), f"different in all {table.rows:,} rows"


def _rows(table: RawTableRead, names: Sequence[str]) -> int:
    """How many different combinations some columns have; a missing value is one more text."""
    if not names:
        return 1
    _, first = combinations([table.columns[name].values for name in names])
    return len(first)


def _usable(column: RawColumn, rows: int) -> bool:
    return len(column.texts) > 1 and column.type != "number" and not SYSTEM.fullmatch(column.name)


def _rank(column: RawColumn, visit: str) -> int:
    name = column.name.upper()
    if column.name == visit:
        return 0
    if name.endswith(("TERM", "TRT", "TESTCD", "TEST", "TPT")):
        return TOPIC
    if looks_like_date(column):
        return 2
    if POSITION.fullmatch(name) and column.type == "integer":
        return 3
    return 5 if column.type == "integer" else 4
