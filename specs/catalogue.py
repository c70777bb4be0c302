"""The algorithms that exist: name, parameters, what they read. Filled upstairs, handed down as a value.

``specs`` never imports an algorithm; lint, the plan, the workbook and the docs learn from a ``Catalogue``
what a mapping may say. A field of a parameter model that is typed ``Column`` (also within lists and
dicts) is a column read: lint and lineage follow from it.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator


class Marker(str):
    """Says what a text of a parameter model is."""


COLUMN = Marker("column")
SQL = Marker("sql")
TEMPLATE = Marker("template")
TABLE = Marker("table")
MADE = Marker("made")

Column = Annotated[str, COLUMN]
Sql = Annotated[str, SQL]  # an expression; its columns are known after parsing it
Template = Annotated[str, TEMPLATE]  # "{STUDYID}-{SUBJID}"
Table = Annotated[str, TABLE]  # a raw dataset; in a derivation: another SDTM or ADaM dataset
Made = Annotated[str, MADE]  # a variable that a derivation makes

Carried = Annotated[str, COLUMN, MADE]  # a column of the records that new records have, too

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Columns = Annotated[tuple[Column, ...], BeforeValidator(_listed)]
CarriedColumns = Annotated[tuple[Carried, ...], BeforeValidator(_listed)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Params(BaseModel):
    """Parameters of one algorithm; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    # A derivation that copies whole records reads all their columns, whatever its parameters name.
    copies_records: ClassVar[bool] = False

    @model_validator(mode="after")
    def _nothing_required_is_empty(self) -> Params:
        for name, field in type(self).model_fields.items():
            if field.is_required() and _is_empty(getattr(self, name)):
                raise ValueError(f"a value for {field.alias or name}, which is empty")
        return self

    def marked(self, marker: Marker) -> tuple[str, ...]:
        """Every text in this model whose type carries ``marker``, in order, once."""
        found: list[str] = []
        for name, annotation in _annotations(type(self)):
            found += _marked(annotation, getattr(self, name), marker)
        return tuple(dict.fromkeys(found))

    def looked_up(self) -> tuple[str, ...]:
        """Columns of a table of codes that are read, where the algorithm has one."""
        named = (*getattr(self, "by", ()), getattr(self, "take", ""))
        return tuple(name for name in named if name) if self.marked(TABLE) else ()

    def columns(self) -> tuple[str, ...]:
        """Columns read, without those inside SQL expressions."""
        from_templates = [name for text in self.marked(TEMPLATE) for name in placeholders(text)]
        return tuple(dict.fromkeys([*self.marked(COLUMN), *from_templates]))


@functools.cache
def _annotations(model: type[BaseModel]) -> tuple[tuple[str, Any], ...]:
    """The fields of a model and what each is declared as, with its markers."""
    return tuple(
        (name, Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation)
        for name, field in model.model_fields.items()
    )


def _is_empty(value: Any) -> bool:
    """Whether a parameter, or anything listed in it, says nothing."""
    if isinstance(value, Mapping):
        return not value or any(_is_empty(item) for pair in value.items() for item in pair)
    if isinstance(value, (tuple, list)):
        return not value or any(_is_empty(item) for item in value)
    return value == ""


def placeholders(template: str) -> list[str]:
    """The names in braces: ``{STUDYID}-{SUBJID}`` -> STUDYID, SUBJID."""
    return _PLACEHOLDER.findall(template)


def _marked(annotation: Any, value: Any, marker: Marker) -> Iterator[str]:
    if value is None or value == "":
        return
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        if any(item is marker for item in metadata) and isinstance(value, str):
            yield value
            return
        annotation = inner
        if get_origin(annotation) is Annotated:
            yield from _marked(annotation, value, marker)
            return
    arguments = get_args(annotation)
    if isinstance(value, Mapping) and len(arguments) == 2:
        for key, item in value.items():
            yield from _marked(arguments[0], key, marker)
            yield from _marked(arguments[1], item, marker)
    elif isinstance(value, (tuple, list)):
        if arguments and get_origin(annotation) in (tuple, list):
            for item in value:
                yield from _marked(arguments[0], item, marker)
        else:
            for option in arguments:
                yield from _marked(option, value, marker)
    elif isinstance(value, BaseModel):
        if isinstance(value, Params):
            yield from value.marked(marker)
    else:
        for option in arguments:
            if option is not type(None):
                yield from _marked(option, value, marker)


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A registered algorithm.

    ``key``: the YAML key that means this algorithm (``date`` for ``assign_datetime``). ``loss``:
    ``reported`` = a populated input without an output is a finding; ``allowed`` = it may happen.
    ``needs``: what it gets besides its columns (``tables``, ``units``). ``expected``: what the input
    should look like, for the finding.
    """

    name: str
    params: type[Params]
    function: Callable[..., Any]
    key: str
    doc: str
    loss: Literal["reported", "allowed"] = "reported"
    needs: tuple[str, ...] = ()
    expected: Callable[[Any], str] | None = None
    explain: Callable[[Any, Any], list[str]] | None = None  # why these rows of cells were lost
    rule: str = "value-lost"  # id of the finding on a lost value
    origin: str = "Derived"  # default origin of what it makes: Collected, Derived, Assigned
    # From columns and parameters: the rows that ought to give a value; default: where any column is filled.
    collected: Callable[[Any, Any], Any] | None = None
    # From the block, parameters and what it needs: its own words on rows without a value, for several rules.
    losses: Callable[..., Any] | None = None
    numbers: bool = False  # it gets columns of numbers as numbers, else as their shortest exact text


@dataclass(frozen=True, slots=True)
class Derivation:
    """A registered derivation of ADaM.

    ``makes``: ``variables`` = columns beside the records it reads; ``records`` = new records. ``fixed``:
    names of columns it makes whatever its parameters say (others are typed ``Made``). ``function`` is for
    people, ``compute`` the same without any care for types: for the engine, whose records are plain.
    """

    name: str
    params: type[Params]
    function: Callable[..., Any]
    doc: str
    makes: Literal["variables", "records"] = "variables"
    fixed: tuple[str, ...] = ()
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)  # of variables that no guide knows
    compute: Callable[..., Any] = dataclasses.field(default=lambda *_: None, repr=False)

    def made(self, params: Params) -> tuple[str, ...]:
        """The variables it makes with these parameters."""
        return tuple(dict.fromkeys([*params.marked(MADE), *self.fixed]))


class Catalogue(Mapping[str, Algorithm]):
    """Algorithms by name; ``by_key`` by the key of their short form."""

    def __init__(self, algorithms: Iterable[Algorithm]) -> None:
        self._by_name = {algorithm.name: algorithm for algorithm in algorithms}
        self.by_key = {algorithm.key: algorithm for algorithm in self._by_name.values() if algorithm.key}

    def __getitem__(self, name: str) -> Algorithm:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)
