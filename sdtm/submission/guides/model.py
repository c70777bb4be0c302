"""A guide as values: sections of paragraphs, tables, and places where a person has to write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["text", "to_write", "table", "issues", "split"]


@dataclass(frozen=True, slots=True)
class Block:
    """``text``: a paragraph, what is to be written, or the caption of a table. ``issues`` stands for the findings,
    ``split`` for the parts of datasets that a package divides by size: both come with the documents."""

    kind: Kind
    text: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """``level``: 1 or 2, as its heading."""

    title: str
    level: int
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """``name``: of its files, ``csdrg`` or ``adrg``. ``datasets``: whose findings are told in it."""

    name: str
    title: str
    study: str
    created: str
    datasets: tuple[str, ...]
    sections: tuple[Section, ...]


def text(words: str) -> Block:
    return Block("text", words)


def to_write(words: str) -> Block:
    """What no spec and no data say: a person writes it."""
    return Block("to_write", words)


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Block:
    """A table; every cell becomes text, and a missing one an empty text."""
    cells = tuple(tuple("" if cell is None else str(cell) for cell in row) for row in rows)
    return Block("table", caption, tuple(head), cells)


def section(title: str, *blocks: Block, level: int = 2) -> Section:
    return Section(title, level, blocks)


def numbered(sections: Iterable[Section]) -> list[tuple[str, Section]]:
    """Sections with their numbers: 1, 1.1, 1.2, 2 …"""
    chapter = part = 0
    found = []
    for each in sections:
        if each.level == 1:
            chapter, part = chapter + 1, 0
        else:
            part += 1
        found.append((f"{chapter}.{part}" if each.level > 1 else str(chapter), each))
    return found


def as_json(guide: Guide) -> dict[str, Any]:
    return asdict(guide)


def from_json(content: Any) -> Guide:
    """The guide that ``as_json`` gave. Raises ValueError, KeyError or TypeError for anything else."""
    sections = tuple(
        Section(
            _text(each["title"]),
            int(each["level"]),
            tuple(
                Block(
                    _kind(block["kind"]),
                    _text(block["text"]),
                    _texts(block["head"]),
                    tuple(_texts(row) for row in block["rows"]),
                )
                for block in each["blocks"]
            ),
        )
        for each in content["sections"]
    )
    name, title, study, created = (_text(content[key]) for key in ("name", "title", "study", "created"))
    return Guide(name, title, study, created, _texts(content["datasets"]), sections)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(_text(value) for value in values)


def _kind(value: Any) -> Kind:
    if value in ("text", "to_write", "table", "issues", "split"):
        return value  # type: ignore[no-any-return]
    raise ValueError(value)
