"""What a table is: a sheet, the places of the model that its rows are about, and its columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from specs.model import Node, Path


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
