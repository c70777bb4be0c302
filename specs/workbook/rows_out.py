"""A study spec -> the rows of the toolkit's sheets.

What the cells of a table hold is taken out of the tree, tables below before those above them; what is left of
a row stands in its column ``more``, and what is left in the end on the sheet ``Settings``. So nothing can be
forgotten, whatever the spec says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from specs.model import Path, Study
from specs.workbook.cell_text import EXACT, TEXT, encode
from specs.workbook.layout import columns, settings, tables
from specs.workbook.mapping_cells import mapping_cells
from specs.workbook.table import (
    MORE,
    RULE,
    SETTINGS,
    TEXTS,
    TRY,
    Choice,
    Column,
    Item,
    Name,
    Place,
    Row,
    Table,
)
from specs.yaml_out import flow
from specs.yaml_write import study_tree


@dataclass(frozen=True, slots=True)
class SpecRow:
    """One row of a toolkit's sheet: header -> text, in the columns of the place and in the others."""

    path: Path
    keys: dict[str, str]
    cells: dict[str, str] = field(default_factory=dict)


def spec_rows(study: Study, held: Mapping[str, set[str]] | None = None) -> dict[str, list[SpecRow]]:
    """Sheet -> its rows, for all of the toolkit's sheets, also the empty ones.

    ``held``: domain -> keys of it that the define sheet Datasets holds.
    """
    tree = study_tree(study)
    tree.pop("workbook", None)
    for name, domain in tree.get("sdtm", {}).items():
        if domain.get("domain") == name:
            del domain["domain"]
        for key in (held or {}).get(name, ()):
            domain.pop(key, None)
    labels = _labels(tree)
    # A table below another one has the longer places.
    below_first = sorted(tables(), key=lambda table: -max(map(len, table.places)))
    found = {table.sheet: _taken(table, tree, labels) for table in below_first}
    order = {name: place for place, name in enumerate(study.sdtm)}
    rows = {table.sheet: _sorted(found[table.sheet], order) for table in tables()}
    texts = node_cells(settings(), tree)
    paths = {column.header: column.path for column in settings()}
    rows[SETTINGS] = [
        SpecRow(paths.get(key, ()), {"Key": key}, {"Value": texts[key]} if key in texts else {})
        for key in (*paths, *([MORE] if MORE in texts else []))
    ]
    return rows


def _sorted(rows: list[SpecRow], order: dict[Any, int]) -> list[SpecRow]:
    """Rows of one domain and source together, in the order of the spec."""

    def key(row: SpecRow) -> tuple[Any, ...]:
        if row.path[:1] != ("sdtm",):
            return (0,)
        source = row.path[3] if len(row.path) > 3 and isinstance(row.path[3], int) else 0
        return (1, order.get(row.path[1], 0), source)

    return sorted(rows, key=key)


def _labels(tree: dict[str, Any]) -> dict[tuple[Path, str], str]:
    """How the rows of other sheets name the items of a list: by a field if that tells them apart."""
    found: dict[tuple[Path, str], str] = {}
    for table in tables():
        for place in table.places:
            for end, step in enumerate(place):
                if isinstance(step, Item):
                    for path, items in _lists(tree, place[:end], ()):
                        texts = [next((i[k] for k in step.labels if i.get(k)), "") for i in items]
                        usable = len(set(texts)) == len(texts) and not any(
                            text.isdigit() or text != text.strip() or encode(TEXT, text) is None
                            for text in texts
                        )
                        found |= {
                            ((*path, i), step.header): text if usable else str(i + 1)
                            for i, text in enumerate(texts)
                        }
    return found


def _lists(tree: Any, place: Place, path: Path) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    for found, _, value in _walk(tree, place, path, {}, {}):
        if isinstance(value, list):
            yield found, value


def _walk(
    value: Any, place: Place, path: Path, keys: dict[str, str], labels: dict[tuple[Path, str], str]
) -> Iterator[tuple[Path, dict[str, str], Any]]:
    """All values at a place: path, the cells that name it, the value. Steps that no cell can hold are left out."""
    if not place:
        yield path, keys, value
        return
    step, rest = place[0], place[1:]
    if isinstance(step, str):
        if isinstance(value, dict) and step in value:
            yield from _walk(value[step], rest, (*path, step), keys, labels)
    elif isinstance(step, (Name, Choice)) and isinstance(value, dict):
        for key, item in value.items():
            text = _name(step, key)
            if text is not None:
                yield from _walk(item, rest, (*path, key), {**keys, step.header: text}, labels)
    elif isinstance(step, (Row, Item)) and isinstance(value, list):
        for i, item in enumerate(value):
            text = labels.get(((*path, i), step.header), str(i + 1))
            named = {**keys, step.header: text} if step.header else keys
            yield from _walk(item, rest, (*path, i), named, labels)


def _name(step: Name | Choice, key: str) -> str | None:
    if isinstance(step, Choice):
        return next((words for words, meant in step.words if meant == key), None)
    return encode(EXACT if step.exact else TEXT, key)


def _taken(table: Table, tree: dict[str, Any], labels: dict[tuple[Path, str], str]) -> list[SpecRow]:
    """The rows of a table; what they hold is taken out of the tree."""
    rows: list[SpecRow] = []
    for place in table.places:
        for path, keys, value in list(_walk(tree, place, (), {}, labels)):
            made = list(_rows(table, path, keys, value))
            if made:
                rows += made
                _take(tree, path, place)
    return rows


def _rows(table: Table, path: Path, keys: dict[str, str], value: Any) -> Iterator[SpecRow]:
    if table.holds == TEXTS:
        if isinstance(value, str) and (value == "" or encode(EXACT, value) is not None):
            yield SpecRow(path, keys, {table.value: value} if value else {})
    elif table.holds == RULE:
        short = table.sheet != "Supp"
        several = isinstance(value, list) and short
        rules = value if several else [value]
        cells = [mapping_cells(rule, short=short) for rule in rules]
        for i, found in enumerate(cells):
            if None not in cells and found is not None:
                yield SpecRow(
                    (*path, i) if several else path, keys | ({TRY: str(i + 1)} if several else {}), found
                )
    elif isinstance(value, dict):
        yield SpecRow(path, keys, node_cells(columns(table), value))


def node_cells(known: tuple[Column, ...], value: dict[str, Any]) -> dict[str, str]:
    """The cells of a class of the model; what has no cell of its own stands as a whole in ``more``."""
    cells: dict[str, str] = {}
    held: dict[str, Any] = {}
    for column in known:
        text = encode(column.form, _at(value, column.path))
        if text is not None:
            cells[column.header] = text
            _put(held, column.path, _at(value, column.path))
    rest = {key: item for key, item in value.items() if held.get(key) != item}
    for column in known:
        if column.path[0] in rest:
            cells.pop(column.header, None)
    return cells | ({MORE: flow(rest)} if rest else {})


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _put(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    tree[path[-1]] = value


# Stands for an item of a list that a row holds, so that the others keep their numbers.
GONE: dict[str, Any] = {}


def _take(tree: Any, path: Path, place: Place) -> None:
    """Take a value out, and what is empty without it up to the next thing that has a row of its own."""
    around: Any = tree
    for step in path[:-1]:
        around = around[step]
    if isinstance(around, list):
        around[int(path[-1])] = GONE
        is_empty = all(item is GONE for item in around)
    else:
        del around[path[-1]]
        is_empty = not around
    if is_empty and len(path) > 1 and isinstance(place[len(path) - 2], (str, Choice)):
        _take(tree, path[:-1], place)
