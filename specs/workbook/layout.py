"""Which value of a study spec stands on which sheet, in which column: worked out from the spec model.

A *table* is one sheet for everything that stands at like places of the model, such as the joins of all sources.
Columns that hold a step of the place (dataset, source, variable) come first, then the fields of the model's
class, those of a class within it with a longer name (``Baseline by``). What is listed in no table stands on
the sheet ``Settings``, one row for each value. A field that is new in the model has its place without any
change here; ``table_list`` is about good names and about what belongs together.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_origin

from specs import shape
from specs.model import Domain, Node, Source, Study
from specs.workbook.cell_text import choices_of, form_of
from specs.workbook.table import DOMAINS, Choice, Column, Item, Name, Place, Row, Step, Table, header
from specs.workbook.table_list import DOMAIN, SOURCE, TABLES


@cache
def tables() -> tuple[Table, ...]:
    """All tables, with one of its own for each list and each set of named things that ``TABLES`` leaves out."""
    found = list(TABLES)
    for start, node in (((), Study), (DOMAIN, Domain), (SOURCE, Source)):
        found += _more_tables(start, node, found)
    return tuple(found)


def _more_tables(start: Place, node: type[Node], known: list[Table], title: str = "") -> Iterator[Table]:
    for key, field in shape.keys(node).items():
        place = (*start, key)
        if key in ("sdtm", "workbook") or any(key in taken for taken in claimed(start, tuple(known), 1)):
            continue
        options = shape.options(field.annotation)
        inside = (
            shape.node_in(get_args(options[0])[-1 if get_origin(options[0]) is dict else 0])
            if _holds(options)
            else None
        )
        name = header((title, key) if title else (key,))
        if inside is not None:
            own, parent = _steps(key, inside, get_origin(options[0]) is dict)
            table = Table(
                name[:31],
                field.description or (inside.__doc__ or "").partition("\n")[0],
                inside,
                ((*place, own),),
            )
            yield table
            yield from _more_tables((*place, parent), inside, [*known, table], name.removesuffix("s"))
        elif (only := _node(options)) is not None:
            yield from _more_tables(place, only, known, name)


def _node(options: list[Any]) -> type[Node] | None:
    """The class of the model that a value always has, if there is one."""
    only = options[0] if len(options) == 1 else None
    return only if isinstance(only, type) and issubclass(only, Node) else None


def _holds(options: list[Any]) -> bool:
    return len(options) == 1 and get_origin(options[0]) in (dict, tuple)


def _steps(key: str, inside: type[Node], named: bool) -> tuple[Step, Step]:
    """How a thing is named in its own row, and in the rows of what lies below it."""
    singular = header((key,)).removesuffix("s")
    if named:
        return Name(singular), Name(singular)
    required = [name for name, field in shape.keys(inside).items() if field.is_required()]
    return Row(), Item(singular, tuple(required[:1]))


def claimed(start: Place, known: tuple[Table, ...], deepest: int = 9) -> set[tuple[str, ...]]:
    """The keys below a place (as paths) that have sheets of their own."""
    found = set()
    for table in known:
        for place in table.places:
            if len(place) > len(start) and all(map(_like, start, place)):
                steps: list[str] = []
                for step in place[len(start) :]:
                    if isinstance(step, Choice):
                        found |= {(*steps, key) for _, key in step.words}
                    if not isinstance(step, str):
                        break
                    steps.append(step)
                if steps:
                    found.add(tuple(steps[:deepest]))
    return found


def _like(one: Step, other: Step) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    lists = (Row, Item)
    return isinstance(one, lists) == isinstance(other, lists)


@cache
def columns(table: Table) -> tuple[Column, ...]:
    """The columns of a table that hold a class of the model."""
    assert not isinstance(table.holds, str)
    own = claimed(table.places[0], tables())
    if table.sheet == DOMAINS:
        # The key of the row, and what the define sheet `Datasets` holds.
        own = own | {("domain",), *((key,) for key in DATASET_FIELDS)}
    return tuple(_columns(table.holds, own, ()))


@cache
def settings() -> tuple[Column, ...]:
    """The rows of the sheet ``Settings``; the header is the dotted key."""
    own = claimed((), tables()) | {("sdtm",), ("workbook",)}
    return tuple(
        Column(".".join(column.path), column.path, column.form, column.required, column.choices, column.about)
        for column in _columns(Study, own, ())
    )


# Fields of a domain that the define sheet `Datasets` has columns for.
DATASET_FIELDS = {"label": "Label", "class": "Class", "structure": "Structure", "keys": "Key Variables"}


def _columns(node: type[Node], own: set[tuple[str, ...]], path: tuple[str, ...]) -> Iterator[Column]:
    for key, field in shape.keys(node).items():
        here = (*path, key)
        if here in own:
            continue
        options = shape.options(field.annotation)
        if (only := _node(options)) is not None:
            yield from _columns(only, own, here)
            continue
        yield Column(
            header(here),
            here,
            form_of(field.annotation),
            field.is_required() and not path,
            choices_of(field.annotation),
            field.description or "",
        )
