"""Plain trees (keys and values, lists, texts, nothing) -> YAML text that ``specs.yaml_text`` reads back the same.

A text stands plain where no reader of YAML could take it for something else, and in double quotes
elsewhere. Anything small stands on one line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from specs.yaml_text import NOTHING

WIDTH = 110
# Beside letters and digits; what would need thought (`: #,[]{}"` and what begins a value) is quoted.
INSIDE = frozenset(" _/().+<>=*;-'!$^~|%&@?")
FIRST = frozenset("_/(+$")
# YAML takes a key of up to 1,024 characters for one; a longer one is announced by a question mark.
LONGEST_KEY = 900


def flow(value: Any) -> str:
    """The value on one line: ``{column: AESEV, terms: {"1": MILD}}``."""
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def scalar(value: Any) -> str:
    """One text (numbers and truth values as their text), plain or in double quotes."""
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return text if _is_plain(text) else _quoted(text)


def document(value: dict[str, Any]) -> str:
    """A whole file: keys and values, deep ones over several lines."""
    return "\n".join(_keys(value, 0)) + "\n"


def _is_plain(text: str) -> bool:
    if text in NOTHING or text != text.strip():
        return False
    if not (text[0].isalnum() or text[0] in FIRST) or "<<" in text:
        return False
    # `HH:mm` is one text, `a: b` and `a:` are not.
    return all(
        letter.isalnum() or letter in INSIDE or (letter == ":" and after.isalnum())
        for letter, after in zip(text, [*text[1:], ""], strict=True)
    )


def _quoted(text: str) -> str:
    # What is not printable is escaped, because YAML counts some of it as ends of lines.
    parts = re.split(r"([^\x20-\x7e]+)", json.dumps(text, ensure_ascii=False))
    return "".join(part if part.isprintable() else _escaped(part) for part in parts)


def _escaped(text: str) -> str:
    return "".join(
        letter
        if letter.isprintable()
        else f"\\u{ord(letter):04x}"
        if ord(letter) < 0x10000
        else f"\\U{ord(letter):08x}"
        for letter in text
    )


def _key(key: str) -> str:
    text = scalar(key)
    return text if len(text) <= LONGEST_KEY else f"? {text} "


def _keys(value: dict[str, Any], indent: int) -> Iterator[str]:
    blanks = " " * indent
    for key, item in value.items():
        name = _key(key)
        if name.startswith("? "):
            yield f"{blanks}{name.rstrip()}"
            name = ""
        yield from _entry(f"{blanks}{name}:", item, indent)


def _entry(start: str, item: Any, indent: int) -> Iterator[str]:
    """``start`` and the value after it, on its line or below it."""
    short = f"{start} {flow(item)}"
    if isinstance(item, str) and _is_literal(item):
        yield f"{start} |" + ("" if item.endswith("\n") else "-")
        yield from (
            "" if not line else " " * (indent + 2) + line for line in item.removesuffix("\n").split("\n")
        )
    elif (
        not isinstance(item, (dict, list, tuple)) or not item or (len(short) <= WIDTH and _levels(item) <= 2)
    ):
        yield short
    elif isinstance(item, dict):
        yield start
        yield from _keys(item, indent + 2)
    else:
        yield start
        yield from _items(item, indent + 2)


def _items(items: Any, indent: int) -> Iterator[str]:
    blanks = " " * indent
    for item in items:
        short = f"{blanks}- {flow(item)}"
        if isinstance(item, dict) and item and (len(short) > WIDTH or _levels(item) > 2):
            lines = list(_keys(item, indent + 2))
            yield f"{blanks}- {lines[0].lstrip()}"
            yield from lines[1:]
        else:
            yield short


def _is_literal(text: str) -> bool:
    """Whether the text may stand as lines under a ``|``: several lines without anything that could get lost."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and all(line.isprintable() and line == line.rstrip() for line in lines)
        and bool(lines[0])
        and lines[0] == lines[0].lstrip()
        and bool(lines[-1])
    )


def _levels(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max((_levels(item) for item in value.values()), default=0)
    if isinstance(value, (list, tuple)):
        return 1 + max((_levels(item) for item in value), default=0)
    return 0
