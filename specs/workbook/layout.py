"""Which value of a study spec stands on which sheet, in which column: worked out from the spec model.

A *table* is one sheet for everything that stands at like places of the model, such as the joins of all sources.
Columns that hold a step of the place (dataset, source, variable) come first, then the fields of the model's
class, those of a class within it with a longer name (``Baseline by``). What is listed in no table stands on
the sheet ``Settings``, one row for each value. A field that is new in the model has its place without any
change here; ``TABLES`` is about good names and about what belongs together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_origin

from specs import shape
from specs.model import (
    Arm,
    ArmElement,
    Codelist,
    Criterion,
    DateSource,
    Domain,
    Element,
    FindingsTest,
    Join,
    Node,
    NotDone,
    Parameter,
    Path,
    RawDataset,
    Source,
    Study,
    UnitConversion,
    Visit,
)
from specs.workbook.cell_text import choices_of, form_of


@dataclass(frozen=True, slots=True)
class Name:
    """A step of a place: a key that a column holds. ``exact``: blanks at its ends count, as in raw texts."""

    header: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A step: one of a few keys of the model, that a column holds in words."""

    header: str
    words: tuple[tuple[str, str], ...]  # what the cell says, and the key it means


@dataclass(frozen=True, slots=True)
class Row:
    """The last step: the row itself, one of a list in the order of the rows, or of the numbers in a column."""

    header: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A step: an item of a list that has a row of its own, named by a field of that row or by its number."""

    header: str
    labels: tuple[str, ...]


Step = str | Name | Choice | Row | Item
Place = tuple[Step, ...]

RULE, TEXTS = "mapping", "text"
MORE = "more"
TRY = "Try"
ALGORITHM = "Algorithm"
SETTINGS = "Settings"
# Keys of mappings by which an exported sheet has columns also where no mapping uses them; others may be added.
MAPPING_KEYS = (
    "column",
    "value",
    "terms",
    "date",
    "time",
    "format",
    "expr",
    "template",
    "where",
    "codelist",
    "others",
    "origin",
    "pages",
    "comment",
)
# The one sheet that has a row for every domain of the spec.
DOMAINS = "Finishing"


@dataclass(frozen=True, slots=True)
class Column:
    """A column with a value of the spec. ``path`` is where the value stands below the row's place."""

    header: str
    path: tuple[str, ...]
    form: str
    required: bool = False
    choices: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet. ``holds``: a class of the model, mappings (one column for each of their keys), or one text.

    ``repeats``: columns whose empty cells mean the cell above, as merged cells do.
    """

    sheet: str
    about: str
    holds: type[Node] | str
    places: tuple[Place, ...]
    value: str = ""
    repeats: tuple[str, ...] = ()

    def headers(self) -> list[str]:
        """The columns that hold steps of the place, as they stand on the sheet."""
        found = [step.header for place in self.places for step in place if not isinstance(step, str)]
        return [header for header in self._order(dict.fromkeys(found)) if header]

    def _order(self, found: dict[str, None]) -> list[str]:
        # The longest place has them all in the best order, if there is one.
        longest = max(self.places, key=len)
        first = [step.header for step in longest if not isinstance(step, str)]
        return [*(name for name in found if name not in first), *first]


SOURCE_LABELS = ("from", "from_domain")
_DOMAIN: Place = ("sdtm", Name("Dataset"))
_SOURCE: Place = (*_DOMAIN, "sources", Item("Source", SOURCE_LABELS))
_REPEATS = ("Dataset", "Source")
# Texts of the whole study under one name each; which they are is taken from the model.
OTHER_TEXTS = tuple(
    (name.replace("_", " "), name)
    for name, field in shape.keys(Study).items()
    if shape.options(field.annotation) == [dict[str, str]]
)

TABLES: tuple[Table, ...] = (
    Table(
        "Raw",
        "the raw files, and what identifies a row of each",
        RawDataset,
        (("raw", "datasets", Name("Raw")),),
    ),
    Table(
        "Subject",
        "how SITEID, SUBJID and USUBJID are made, in all raw datasets or in one",
        RULE,
        (("subject", Name("Variable")), ("raw", "datasets", Name("Raw"), "subject", Name("Variable"))),
    ),
    Table(
        "Sources",
        "where the records of each dataset come from",
        Source,
        ((*_DOMAIN, "sources", Row("No.")),),
        repeats=("Dataset",),
    ),
    Table(
        "Joins",
        "other raw tables beside those of a source",
        Join,
        ((*_SOURCE, "join", Row()),),
        repeats=_REPEATS,
    ),
    Table(
        "Mappings",
        "how each variable is made from a source; also those of one test of sheet Findings",
        RULE,
        (
            (*_SOURCE, "map", Name("Variable")),
            (*_SOURCE, "findings", Name("TESTCD"), "map", Name("Variable")),
        ),
        repeats=_REPEATS,
    ),
    Table(
        "Findings",
        "tests that stand side by side in a row of the source: each makes a record",
        FindingsTest,
        ((*_SOURCE, "findings", Name("TESTCD")),),
        repeats=_REPEATS,
    ),
    Table(
        "Not done",
        "how rows say that tests were not done",
        NotDone,
        ((*_SOURCE, "not_done"), (*_SOURCE, "not_done", Row("No."))),
        repeats=_REPEATS,
    ),
    Table(
        "Supp",
        "values without a variable, for the SUPP-- datasets",
        RULE,
        ((*_SOURCE, "supp", Name("QNAM")),),
        repeats=_REPEATS,
    ),
    Table(
        "Not submitted",
        "raw columns that are not used, with the reason: everywhere, in one raw dataset, or in one source",
        TEXTS,
        (
            ("raw", "not_submitted", Name("Column")),
            ("raw", "datasets", Name("Raw"), "not_submitted", Name("Column")),
            (*_SOURCE, "not_submitted", Name("Column")),
        ),
        value="Reason",
    ),
    Table(
        "Term lists",
        "codelists of the study: the published one that each refines, and how texts are matched",
        Codelist,
        (("codelists", Name("List")),),
    ),
    Table(
        "Terms",
        "raw texts and the submission values they mean",
        TEXTS,
        (("codelists", Name("List"), "terms", Name("Raw text", exact=True)),),
        value="Value",
        repeats=("List",),
    ),
    Table(
        "Extensions",
        "submission values that the study adds to a list, with their decodes",
        TEXTS,
        (("codelists", Name("List"), "extend", Name("Term", exact=True)),),
        value="Decode",
        repeats=("List",),
    ),
    Table("Visits", "the visit schedule (TV), and the raw texts of each visit", Visit, (("visits", Row()),)),
    Table(
        "Units",
        "conversions: (value + offset) x factor, rounded to digits",
        UnitConversion,
        (("units", Row()),),
    ),
    Table(
        "Elements",
        "elements of the trial (TE), and how subjects pass them (SE)",
        Element,
        (("elements", Row()),),
    ),
    Table("Arms", "planned arms (TA)", Arm, (("arms", Row()),)),
    Table(
        "Arm elements",
        "the elements of each arm, in order",
        ArmElement,
        (("arms", Item("Arm", ("ARMCD",)), "elements", Row()),),
        repeats=("Arm",),
    ),
    Table("Criteria", "inclusion and exclusion criteria (TI)", Criterion, (("criteria", Row()),)),
    Table("Parameters", "trial summary parameters (TS)", Parameter, (("parameters", Row()),)),
    Table(
        "Reference dates",
        "RFSTDTC and the like: the earliest or latest of other dates",
        DateSource,
        ((*_DOMAIN, "reference_dates", Name("Variable")),),
        repeats=("Dataset",),
    ),
    Table(DOMAINS, "what happens to the records of each dataset after mapping", Domain, (_DOMAIN,)),
    Table(
        "Other",
        "short texts of the study under a name: " + ", ".join(words for words, _ in OTHER_TEXTS),
        TEXTS,
        ((Choice("What", OTHER_TEXTS), Name("Name", exact=True)),),
        value="Text",
    ),
)


@cache
def tables() -> tuple[Table, ...]:
    """All tables, with one of its own for each list and each set of named things that ``TABLES`` leaves out."""
    found = list(TABLES)
    for start, node in (((), Study), (_DOMAIN, Domain), (_SOURCE, Source)):
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


def header(path: tuple[str, ...]) -> str:
    """``("baseline", "by")`` -> ``Baseline by``; CDISC's words keep their capitals."""
    words = " ".join(path).replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def same(name: str) -> str:
    """What two headers or names of sheets have in common that a person would call equal."""
    return re.sub(r"[\s_.]+", " ", name).strip().casefold()


def row_key(table: Table, path: Path, texts: Mapping[str, str]) -> str:
    """How notes and what the toolkit filled in name a row: the cells of its place, or its number."""
    parts = [texts[header] for header in [*table.headers(), TRY] if texts.get(header)]
    unnumbered = [place[-1] for place in table.places if isinstance(place[-1], Row) and not place[-1].header]
    if unnumbered and isinstance(path[-1], int):
        parts.append(str(path[-1] + 1))
    return " / ".join(parts)
