"""YAML 1.2 text -> a tree in which every scalar is the text that stands there, with its line.

Nothing is typed: ``NO``, ``1.10``, ``007``, ``0x1F``, ``2024-01-01`` and ``NULL`` stay as written. Only an
empty value and the unquoted words ``~`` and ``null`` mean "nothing here" (``None``); in quotes they are
text, and as a key they are text too. Anchors, aliases and ``<<`` merge keys work within limits; tags,
duplicate keys, a second document and anything else that YAML leaves to the reader's taste is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from specs.location import Location
from specs.problems import Problem, ProblemsFound
from specs.yaml_reasons import syntax_problem, undecodable

MAX_BYTES = 2_000_000
# Counted after aliases are followed, so that a short text cannot stand for a huge tree.
MAX_VALUES = 200_000
MAX_DEPTH = 50

NOTHING = ("", "~", "null")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A value of a spec (text, nothing, keys and values, or a list) and where it stands: a line or a cell."""

    value: str | dict[str, Branch] | list[Branch] | None
    file: str = field(default="", compare=False)
    line: int | None = field(default=None, compare=False)
    cell: Location | None = field(default=None, compare=False, repr=False)
    # How many values it has with all below it, and how many levels; aliases followed.
    size: int = field(default=1, compare=False, repr=False)
    height: int = field(default=0, compare=False, repr=False)

    def at(self, path: Path) -> Location:
        """Its place; ``path`` is where it stands in its file."""
        return self.cell or Location(self.file, self.line, dotted(path))


def dotted(path: Path) -> str:
    """A path as people point at it: ``sources[1].map.AETERM``; items of a list count from 1."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        else:
            word = step if re.fullmatch(r"[\w*-]+", step) else json.dumps(step, ensure_ascii=False)
            text += f".{word}" if text else word
    return text


def plain(branch: Branch) -> Any:
    """The tree as fresh dicts, lists, texts and None."""
    if isinstance(branch.value, dict):
        return {key: plain(value) for key, value in branch.value.items()}
    if isinstance(branch.value, list):
        return [plain(item) for item in branch.value]
    return branch.value


def locations(branch: Branch, path: Path = ()) -> dict[Path, Location]:
    """The place of every value below ``branch``; ``path`` is where the branch itself stands in its file."""
    found = {path: branch.at(path)}
    for step, below in _steps(branch):
        found.update(locations(below, (*path, step)))
    return found


def _steps(branch: Branch) -> Iterator[tuple[str | int, Branch]]:
    if isinstance(branch.value, dict):
        yield from branch.value.items()
    elif isinstance(branch.value, list):
        yield from enumerate(branch.value)


def parse(content: bytes | str, file: str) -> Branch:
    """Read one YAML document.

    ``content`` is UTF-8 (a byte order mark is allowed) or text; ``file`` is the name that locations and
    problems show. An empty document is a branch whose value is None. Raises ``ProblemsFound`` with all
    problems of the file, or with the first one after which YAML can't be read on.
    """
    size = len(content)
    if size > MAX_BYTES:
        raise ProblemsFound(
            Problem(
                "yaml-too-large",
                Location(file),
                found=f"{size:,} bytes",
                expected=f"a spec file of at most {MAX_BYTES:,} bytes",
                do="split it; long lists of terms belong in a table under raw.datasets, used by a lookup",
            )
        )
    if isinstance(content, bytes):
        try:
            content = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ProblemsFound(undecodable(error, file)) from None
    reader = _Reader(content, file)
    try:
        tree = reader.document()
    except (YAMLError, OverflowError, ValueError) as error:
        # Overflow and ValueError: an escape such as "\UFFFFFFFF" that is no character.
        reader.problems.append(syntax_problem(error, content, file))
        raise ProblemsFound(reader.problems) from None
    if reader.problems:
        raise ProblemsFound(reader.problems)
    return tree


class _Reader:
    """One pass over the events of a document; notes problems and goes on where it can."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._events = YAML(typ="safe", pure=True).parse(text)
        self._anchors: dict[str, Branch] = {}
        self._open: set[str] = set()
        self._path: list[str | int] = []

    def document(self) -> Branch:
        next(self._events)
        event = next(self._events)
        if isinstance(event, StreamEndEvent):
            return Branch(None, self.file, 1)
        if isinstance(event, DocumentStartEvent) and tuple(event.version or (1, 2)) != (1, 2):
            self._note(
                "yaml-version",
                event,
                "a %YAML line that asks for version " + ".".join(str(part) for part in event.version),
                "YAML 1.2",
                "take the %YAML line out",
            )
        tree = self._branch(next(self._events), 0)
        next(self._events)
        event = next(self._events)
        if not isinstance(event, StreamEndEvent):
            self._note(
                "yaml-syntax",
                event,
                "a second document (a line `---`)",
                "one document in one file",
                "move what follows into a file of its own",
            )
        return tree

    def _note(self, problem: str, event: Any, found: str, expected: str, do: str) -> None:
        # A path that nobody would read is not shown.
        key = dotted(tuple(self._path)) if len(self._path) < MAX_DEPTH // 2 else ""
        where = Location(self.file, event.start_mark.line + 1, key)
        self.problems.append(Problem(problem, where, found, expected, do))

    def _stop(self, problem: str, event: Any, found: str, expected: str, do: str) -> ProblemsFound:
        self._note(problem, event, found, expected, do)
        return ProblemsFound(self.problems)

    def _limited(self, size: int, height: int, event: Any) -> None:
        if size > MAX_VALUES:
            raise self._stop(
                "yaml-too-large",
                event,
                f"more than {MAX_VALUES:,} values, repeated ones (`*name`) counted each time",
                "a spec that can be read",
                "split the file, or repeat less with anchors and aliases",
            )
        if len(self._path) + height > MAX_DEPTH:
            raise self._stop(
                "yaml-too-deep",
                event,
                f"more than {MAX_DEPTH} levels",
                f"at most {MAX_DEPTH} levels of keys and lists within each other",
                "check the brackets",
            )

    def _branch(self, event: Any, size_before: int) -> Branch:
        """The value that begins with ``event``; ``size_before`` counts what stands before it."""
        if isinstance(event, AliasEvent):
            branch = self._alias(event)
            self._limited(size_before + branch.size, branch.height, event)
            return branch
        self._limited(size_before + 1, 0, event)
        if event.tag is not None:
            name = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            self._note(
                "yaml-tag",
                event,
                f"the tag {name}",
                "plain text, keys and lists; a spec never needs a tag, and none is obeyed",
                "take the tag out; text that begins with `!` stands in quotes",
            )
        if event.anchor is not None:
            self._open.add(event.anchor)
        if isinstance(event, ScalarEvent):
            self._characters(event)
            nothing = event.style in (None, "") and event.value in NOTHING
            branch = Branch(None if nothing else event.value, self.file, event.start_mark.line + 1)
        elif isinstance(event, MappingStartEvent):
            branch = self._mapping(event, size_before)
        else:
            branch = self._sequence(event, size_before)
        if event.anchor is not None:
            self._open.discard(event.anchor)
            self._anchors[event.anchor] = branch
        return branch

    def _characters(self, event: Any) -> None:
        """Escapes can make what no file name, SQL text or UTF-8 file can hold."""
        odd = re.search(r"[\x00\ud800-\udfff]", event.value)
        if odd:
            self._note(
                "yaml-syntax",
                event,
                f'the escape "\\u{ord(odd[0]):04X}", which is no character of a text',
                "characters other than U+0000 and U+D800 to U+DFFF",
                "write the character itself, or as \\U and eight digits",
            )

    def _alias(self, event: Any) -> Branch:
        line = event.start_mark.line + 1
        if event.anchor in self._anchors:
            return replace(self._anchors[event.anchor], line=line)
        inside = event.anchor in self._open
        self._note(
            "yaml-alias",
            event,
            f"*{event.anchor}, "
            + ("inside the value that it names" if inside else "which names nothing above it"),
            "the name of an anchor (`&name`) on a value above that has ended",
            "" if inside else "text that begins with `*` stands in quotes",
        )
        return Branch(None, self.file, line)

    def _sequence(self, start: Any, size_before: int) -> Branch:
        items: list[Branch] = []
        size, height = 1, 0
        while not isinstance(event := next(self._events), SequenceEndEvent):
            self._path.append(len(items))
            item = self._branch(event, size_before + size)
            self._path.pop()
            items.append(item)
            size, height = size + item.size, max(height, item.height + 1)
        return Branch(items, self.file, start.start_mark.line + 1, size=size, height=height)

    def _mapping(self, start: Any, size_before: int) -> Branch:
        entries: dict[str, Branch] = {}
        merged: list[Branch] = []
        size, height = 1, 0
        while not isinstance(event := next(self._events), MappingEndEvent):
            line = event.start_mark.line + 1
            merge_key = isinstance(event, ScalarEvent) and event.value == "<<" and event.style in (None, "")
            key = self._key(event, size_before + size)
            self._path.append("?" if key is None else key)
            if key in entries and not merge_key:
                self._note(
                    "duplicate-key",
                    event,
                    f"`{key}` a second time; the first is on line {entries[key].line}",
                    "each key once",
                    "keep one of the two, or give the other its right name",
                )
            value_event = next(self._events)
            value = self._branch(value_event, size_before + size)
            size, height = size + value.size, max(height, value.height + 1)
            if merge_key:
                merged += self._merged(value, value_event)
            elif key is not None:
                entries.setdefault(key, replace(value, line=line))
            self._path.pop()
        for branch in merged:
            assert isinstance(branch.value, dict)
            for key, value in branch.value.items():
                entries.setdefault(key, value)
        return Branch(entries, self.file, start.start_mark.line + 1, size=size, height=height)

    def _key(self, event: Any, size_before: int) -> str | None:
        branch = self._branch(event, size_before)
        if isinstance(event, ScalarEvent) and (event.value or event.style):
            return event.value
        if isinstance(event, AliasEvent) and isinstance(branch.value, str):
            return branch.value
        kind = "a list" if isinstance(branch.value, list) else "keys in braces" if branch.value else "nothing"
        self._note(
            "yaml-syntax",
            event,
            f"{kind} where the name of a key is expected",
            "a text before the `:`",
            "text that begins with `{` or `[` stands in quotes",
        )
        return None

    def _merged(self, value: Branch, event: Any) -> list[Branch]:
        branches = value.value if isinstance(value.value, list) else [value]
        if all(isinstance(branch.value, dict) for branch in branches):
            return branches
        self._note(
            "yaml-merge",
            event,
            "something else than keys and values after `<<:`",
            "`<<: *name` where &name stands on keys and values, or a list of such names",
            "to inherit from another folder, use extends: in study.yaml",
        )
        return []
