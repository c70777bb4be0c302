"""The blocks of a document, and a walk through them as a reader would do it: in order, in one folder.

A fence says what its block is::

    ```console            commands after "$ ", and below each what it prints; "..." stands for what is left out
    ```sh exit=2          commands only; the exit code is 0 unless others are told (exit=0,1)
    ```sh not-run="why"   a command that the tests cannot run, and why
    ```yaml FILE          the whole text of a file that the reader writes (also csv, python, text)
    ```yaml FILE after="raw:"   lines that the reader adds below that line of a file
    ```text shows=FILE    lines of a file that a command has written
    ```python             run as it stands; "# prints X" says what it prints
    ```python sdtm/….py   a module of the toolkit that the reader adds; the blocks below may import it
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import io
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LEFT_OUT = ("...", "…")
WRITTEN = ("yaml", "csv", "python", "text")


@dataclass(frozen=True)
class Block:
    """One fenced block. ``file``: what it is the text of; ``said``: key=value of its fence."""

    document: str
    line: int
    kind: str
    file: str
    said: dict[str, str]
    text: str

    @property
    def place(self) -> str:
        return f"{self.document}, line {self.line}"

    @property
    def is_command(self) -> bool:
        return self.kind in ("console", "sh")

    @property
    def commands(self) -> list[tuple[str, list[str]]]:
        """Each command of the block with the lines that it is said to print."""
        found: list[tuple[str, list[str]]] = []
        for line in self.text.splitlines():
            if self.kind == "sh":
                if shlex.split(line, comments=True):
                    found.append((line, []))
            elif line.startswith("$ "):
                found.append((line[2:], []))
            elif found:
                found[-1][1].append(line)
        return found


def blocks_of(path: Path, document: str) -> list[Block]:
    text = path.read_text("utf-8")
    found = []
    for match in FENCE.finditer(text):
        words = shlex.split(match[2])
        said = dict(word.split("=", 1) for word in words if "=" in word)
        files = [word for word in words if "=" not in word]
        line = text[: match.start()].count("\n") + 1
        found.append(Block(document, line, match[1], files[0] if files else "", said, match[3]))
    return found


def shown_parts(lines: list[str]) -> Iterator[list[str]]:
    """The pieces between the places where something is left out; blank lines do not count."""
    piece: list[str] = []
    for line in lines:
        if line.strip() in LEFT_OUT:
            if piece:
                yield piece
            piece = []
        elif line.strip():
            piece.append(line)
    if piece:
        yield piece


def missing_line(expected: list[str], printed: str) -> str:
    """The first expected line that was not printed in its place; empty if all were.

    Blanks between words count once, and dots within a line stand for anything.
    """
    actual = [" ".join(line.split()) for line in printed.splitlines() if line.strip()]
    start = 0
    for piece in shown_parts(expected):
        patterns = [_pattern(line) for line in piece]
        for place in range(start, len(actual) - len(piece) + 1):
            here = actual[place : place + len(piece)]
            if all(pattern.fullmatch(line) for pattern, line in zip(patterns, here, strict=True)):
                start = place + len(piece)
                break
        else:
            return _first_strange(piece, patterns, actual[start:])
    return ""


def _pattern(line: str) -> re.Pattern[str]:
    words = re.split(r"\.\.\.|…", " ".join(line.split()))
    return re.compile(".*".join(map(re.escape, words)))


def _first_strange(piece: list[str], patterns: list[re.Pattern[str]], actual: list[str]) -> str:
    for line, pattern in zip(piece, patterns, strict=True):
        if not any(pattern.fullmatch(other) for other in actual):
            return line
    return piece[0]


# What a command may read without being told: the study and its raw files.
ALWAYS_READ = ("mystudy", "extracts")


def digest(folder: Path, words: list[str]) -> str:
    """What a command reads, as one text: what it names, but for the folder it makes, and the study."""
    made = {words[n + 1] for n, word in enumerate(words[:-1]) if word in ("--out", "-o")}
    read = {Path(word).parts[0] for word in words if word and "\n" not in word} - made
    state = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.relative_to(folder).parts[0] not in (*ALWAYS_READ, *read):
            continue
        state.update(f"{path.relative_to(folder)}\0".encode())
        state.update(hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()


@dataclass(frozen=True)
class Printed:
    code: int
    text: str
    is_told_plainly: bool


class Reader:
    """Somebody at a terminal, in one folder. The same command in the same state is run once for all readers."""

    seen: dict[tuple[str, str], tuple[Printed, dict[str, bytes]]] = {}  # noqa: RUF012 - shared on purpose

    def __init__(self, folder: Path, sdtm: Callable[..., Any]) -> None:
        self.folder, self.sdtm = folder, sdtm

    def follow(self, block: Block) -> None:
        """Do what a block says, and compare what it shows."""
        if block.is_command:
            for command, expected in block.commands:
                printed = self.type(command)
                assert printed.is_told_plainly, (block.place, command, printed.text)
                codes = [int(code) for code in block.said.get("exit", "0").split(",")]
                assert printed.code in codes, (block.place, command, printed.code, printed.text)
                strange = missing_line(expected, printed.text)
                assert not strange, (
                    f"{block.place}: `{command}` does not print {strange!r}, but\n{printed.text}"
                )
        elif "shows" in block.said:
            held = (self.folder / block.said["shows"]).read_text("utf-8")
            strange = missing_line(block.text.splitlines(), held)
            assert not strange, f"{block.place}: {block.said['shows']} does not hold {strange!r}, but\n{held}"
        elif block.file and block.kind in WRITTEN:
            path = self.folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._added(path, block), encoding="utf-8")
            if path.suffix == ".py":
                self._load(path)
        elif block.kind == "python":
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(block.text, block.place, "exec"), {"__name__": "__main__"})
            said = [line.partition("# prints ")[2] for line in block.text.splitlines() if "# prints " in line]
            assert not missing_line(said, out.getvalue()), (block.place, out.getvalue())

    def type(self, command: str) -> Printed:
        words = shlex.split(command, comments=True)
        key = (" ".join(words), digest(self.folder, words))
        if key not in self.seen:
            before = {path: path.stat().st_mtime_ns for path in self._files()}
            printed = self._run(words)
            changed = [path for path in self._files() if before.get(path) != path.stat().st_mtime_ns]
            self.seen[key] = (
                printed,
                {str(path.relative_to(self.folder)): path.read_bytes() for path in changed},
            )
            return printed
        printed, files = self.seen[key]
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return printed

    def _added(self, path: Path, block: Block) -> str:
        """The text of a file after a block: the block, or what was there with the block below a line."""
        if "after" not in block.said:
            return block.text
        before, line, rest = path.read_text("utf-8").partition(f"\n{block.said['after']}\n")
        assert line, f"{block.place}: {path.name} has no line {block.said['after']!r}"
        return f"{before}{line}{block.text}{rest}"

    def _load(self, path: Path) -> None:
        """A file of the toolkit that the reader has written, as the module it would be."""
        name = ".".join(path.relative_to(self.folder).with_suffix("").parts)
        found = importlib.util.spec_from_file_location(name, path)
        assert found is not None and found.loader is not None
        module = importlib.util.module_from_spec(found)
        sys.modules[name] = module
        found.loader.exec_module(module)

    def _run(self, words: list[str]) -> Printed:
        program, *arguments = words
        assert program == "sdtm", f"only commands of sdtm are run, not {' '.join(words)}"
        with mock.patch.dict(os.environ):  # each command is a process of its own
            outcome = self.sdtm(*arguments)
        return Printed(outcome.code, f"{outcome.out}\n{outcome.err}", outcome.is_told_plainly)

    def _files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]
