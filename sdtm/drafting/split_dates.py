"""Dates whose day, month and year have a column each: aestdd, aestmm, aestyy become one date for drafting."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from sdtm.columns import text as text_column
from sdtm.combinations import combinations
from sdtm.drafting.context import Context
from sdtm.drafting.dates import looks_like_date
from sdtm.drafting.material import RawColumn, RawTableRead, raw_column
from sdtm.drafting.names import parse_names
from sdtm.mapping.dates import UNKNOWN_WORDS

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
ENDS = {
    "year": re.compile(r"(.*?)_?(YEAR|YYYY|YY|YR|Y)"),
    "month": re.compile(r"(.*?)_?(MONTH|MON|MM|MO|M)"),
    "day": re.compile(r"(.*?)_?(DAY|DD|DY|D)"),
}
MEANS = {
    "year": re.compile(r"(19|20)\d\d"),
    "month": re.compile(rf"0?[1-9]|1[0-2]|{'|'.join(MONTHS)}", re.IGNORECASE),
    "day": re.compile(r"0?[1-9]|[12]\d|3[01]"),
}
DATED = re.compile(r".*(DATE|DAT|DT)", re.IGNORECASE)
Parts = Mapping[str, str]  # year, month, day -> column


def with_whole_dates(table: RawTableRead) -> tuple[RawTableRead, dict[str, Parts]]:
    """The table with one column in place of three, and of which columns it is made.

    Only where the names differ in the part alone, every text is such a part (or a word for unknown), and no
    column holds the whole date: an EDC export makes parts of its own (AESTDAT_YYYY beside AESTDAT).
    """
    found: dict[str, dict[str, str]] = {}
    names = parse_names(list(table.columns))
    for column, name in names.items():
        bare = name.stem if not name.suffix else f"{name.stem}_{name.suffix}"
        for part, pattern in ENDS.items():
            match = pattern.fullmatch(bare)
            if match and _is_part(table.columns[column], part):
                found.setdefault(match[1], {}).setdefault(part, column)
                break
    whole = {n.stem for c, n in names.items() if looks_like_date(table.columns[c])}
    columns = dict(table.columns)
    made: dict[str, Parts] = {}
    for base, parts in found.items():
        if set(parts) != set(ENDS) or any(stem.startswith(base) for stem in whole if base):
            continue
        spelled = parts["year"][: -len(ENDS["year"].fullmatch(_upper(parts["year"]))[2])].rstrip("_. ")  # type: ignore[index]
        named = spelled if DATED.fullmatch(spelled) else f"{spelled}dat"
        if named in columns:
            continue
        columns[named] = _joined(named, table, parts)
        columns = {name: column for name, column in columns.items() if name not in parts.values()}
        made[named] = parts
    return replace(table, columns=columns), made


def with_parts(rules: dict[str, Any], made: Mapping[str, Parts]) -> dict[str, Any]:
    """Mappings in which a date made here is written with its columns; they need no format."""
    told = {}
    for variable, rule in rules.items():
        parts = (
            made.get(rule["date"]) if isinstance(rule, dict) and isinstance(rule.get("date"), str) else None
        )
        if parts is not None:
            shown = ", ".join(parts.values())
            rest = {key: value for key, value in rule.items() if key not in ("date", "format", "evidence")}
            evidence = f"{shown} are the parts of one date by their names and values; {rule['evidence']}"
            rule = {"date": {p: parts[p] for p in ENDS}, **rest, "evidence": evidence}
        told[variable] = rule
    return told


def ask_of_parts(context: Context, table: str, made: Mapping[str, Parts], since: int) -> None:
    """Questions about a date made here name the columns that the file has."""
    for number in range(since, len(context.questions)):
        question = context.questions[number]
        columns: list[str] = []
        for column in question.columns:
            parts = made.get(column.removeprefix(f"{table}."))
            columns += [f"{table}.{part}" for part in parts.values()] if parts else [column]
        if tuple(columns) != question.columns:
            context.questions[number] = question.model_copy(update={"columns": tuple(columns)})


def _upper(column: str) -> str:
    return re.sub(r"[^A-Z0-9]", "_", column.upper())


def _is_part(column: RawColumn, part: str) -> bool:
    known = [text for text in column.texts if text.strip().upper() not in UNKNOWN_WORDS]
    return bool(known) and all(MEANS[part].fullmatch(text.strip()) for text in known)


def _joined(name: str, table: RawTableRead, parts: Parts) -> RawColumn:
    """2024-03-01 of 2024, 3, 1 (or MAR); what follows an unknown part is left out."""
    columns = [table.columns[parts[part]].values for part in ENDS]
    codes, first = combinations(columns)
    texts = [_written(row) for row in zip(*(column.iloc[first] for column in columns), strict=True)]
    return raw_column(name, "", text_column(np.array(texts, dtype=object)[codes]))


def _written(row: tuple[Any, ...]) -> str | None:
    written = []
    for part, text in zip(ENDS, row, strict=True):
        if not isinstance(text, str) or not MEANS[part].fullmatch(text.strip()):
            break
        bare = text.strip().upper()
        number = MONTHS.index(bare) + 1 if bare in MONTHS else int(bare)
        written.append(str(number).zfill(4 if part == "year" else 2))
    return "-".join(written) or None
