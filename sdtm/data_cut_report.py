"""``reports/datacut.csv`` and ``datacut.json``: what was cut, and why."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from sdtm.data_cut_log import COLUMNS, read_out

if TYPE_CHECKING:
    from sdtm.pipeline import Conversion


def data_cut_files(conversion: Conversion) -> dict[str, str]:
    """File name -> text; rows in a fixed order."""
    assert conversion.cut is not None
    rows = read_out(conversion.cut, conversion.tables).to_dict("records")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_safe(row[name]) for name in COLUMNS] for row in rows)
    cut = conversion.study.data_cut
    content = {
        "study": conversion.study.study,
        "data_cut": cut.model_dump(by_alias=True, exclude_defaults=True) if cut is not None else {},
        "domains": {name: conversion.cut.counts[name] for name in sorted(conversion.cut.counts)},
        "rows": [{name: _plain(row[name]) for name in COLUMNS} for row in rows],
    }
    return {
        "datacut.csv": out.getvalue(),
        "datacut.json": json.dumps(content, indent=2, ensure_ascii=False) + "\n",
    }


def _plain(value: object) -> str | int | None:
    if isinstance(value, str):
        return value
    number = int(value)  # type: ignore[call-overload]
    return number if number >= 0 else None


def _safe(value: object) -> str | int:
    """Text that a spreadsheet would take for a formula stays text."""
    plain = _plain(value)
    if isinstance(plain, str) and plain[:1] in ("=", "+", "-", "@"):
        return f"'{plain}"
    return "" if plain is None else plain
