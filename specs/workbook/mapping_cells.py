"""One mapping <-> the cells of its row: a column for each key, in small letters as YAML writes it.

A column name or a template alone is the short form (``AETERM: AETERM``), as it is in YAML; ``more`` holds what
has no column or no text of its own, and ``{}`` there says that the keys were meant as keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from specs.location import Location
from specs.problems import ProblemsFound
from specs.workbook.cell_text import FREE, UNWRITABLE, decode, encode, flow_branch, pairs_branch
from specs.workbook.table import MORE
from specs.yaml_out import flow
from specs.yaml_text import Branch, plain

KEY = re.compile(r"[a-z][a-z0-9_]*")
SHORT = ("column", "template")
# Keys that would look like another column of the sheet.
TAKEN = frozenset({MORE, "dataset", "source", "variable", "testcd", "qnam", "raw", "try"})


def mapping_cells(rule: Any, *, short: bool = True) -> dict[str, str] | None:
    """Key -> text of its cell, or None if no row can hold it. ``short``: whether a text alone is a mapping."""
    if isinstance(rule, str):
        cells = {_short_key(rule): rule}
    elif isinstance(rule, dict):
        cells, rest = {}, {}
        for key, value in rule.items():
            text = encode(FREE, value) if KEY.fullmatch(key) and key not in TAKEN else None
            if text is None:
                rest[key] = value
            else:
                cells[key] = text
        if rest or (short and _is_short(cells)):
            cells[MORE] = flow(rest)
    else:
        cells = {MORE: flow(rule)}
    return cells if _reads_back(cells, rule, short) else None


def _reads_back(cells: dict[str, str], rule: Any, short: bool) -> bool:
    if any(UNWRITABLE.search(text) for text in cells.values()):
        return False
    nowhere = {key: Location() for key in cells}
    try:
        branch = mapping_branch(cells, nowhere, Location(), short=short)
    except ProblemsFound:
        return False
    return branch is not None and plain(branch) == rule


def _short_key(text: str) -> str:
    return "template" if "{" in text and "}" in text else "column"


def _is_short(cells: Mapping[str, str]) -> bool:
    return any(list(cells) == [key] and _short_key(cells[key]) == key for key in SHORT)


def mapping_branch(
    cells: Mapping[str, str], places: Mapping[str, Location], row: Location, *, short: bool = True
) -> Branch | None:
    """The mapping that a row says; None if all its cells are empty. Raises ``ProblemsFound``."""
    keys: dict[str, Branch] = {}
    problems = []
    for key, text in cells.items():
        try:
            branch = decode(FREE, text, places[key]) if key != MORE else None
        except ProblemsFound as found:
            problems += found.problems
        else:
            keys |= {key: branch} if branch is not None else {}
    if problems:
        raise ProblemsFound(problems)
    more = cells.get(MORE, "").strip()
    if more:
        whole = flow_branch(more, places[MORE])
        if whole is not None and isinstance(whole.value, list) and not keys:
            return whole
        inside = pairs_branch(more, places[MORE]).value
        assert isinstance(inside, dict)
        return Branch({**keys, **inside}, row.file, cell=row)
    texts = {key: branch.value for key, branch in keys.items() if isinstance(branch.value, str)}
    if short and len(keys) == 1 and _is_short(texts):
        return next(iter(keys.values()))
    return Branch(keys, row.file, cell=row) if keys else None
