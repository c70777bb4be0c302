"""SQL conditions of tables and figures as conditions of Define-XML, where those can say the same.

A where clause of Define-XML is a list of comparisons of a variable with constants that all have to hold. What
says more (OR, a function, IS NULL) has no such form and stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from specs.workbook.generations import Condition

_COMPARATORS = {"=": "EQ", "<>": "NE", "!=": "NE", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE"}
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?[0-9]+(?:\.[0-9]+)?)|(?P<sign><>|!=|<=|>=|[=<>(),])"""
    r"""|(?P<name>[A-Za-z_][A-Za-z0-9_]*))"""
)
_DEPTH = 50  # of brackets in brackets


class _Other(Exception):
    """The condition says what a where clause cannot."""


def conditions_of_sql(text: str) -> tuple[Condition, ...] | None:
    """``A = 'x' AND B IN (1, 2)`` as conditions; empty for a condition that always holds, None for any other form."""
    if not text.strip():
        return ()
    try:
        parser = _Parser(list(_tokens(text)))
        found = parser.conjunction(0)
        return tuple(found) if parser.is_done else None
    except _Other:
        return None


@dataclass(slots=True)
class _Parser:
    tokens: list[tuple[str, str]]
    place: int = 0

    @property
    def is_done(self) -> bool:
        return self.place == len(self.tokens)

    def conjunction(self, depth: int) -> list[Condition]:
        found = self._one(depth)
        while self._taken("AND"):
            found += self._one(depth)
        return found

    def _one(self, depth: int) -> list[Condition]:
        if self._taken("("):
            if depth == _DEPTH:
                raise _Other
            found = self.conjunction(depth + 1)
            self._expect(")")
            return found
        if self._taken("TRUE"):
            return []
        kind, name = self._next()
        if kind != "name":
            raise _Other
        if self._taken("BETWEEN"):
            low = self._literal()
            self._expect("AND")
            return [Condition(name, "GE", (low,)), Condition(name, "LE", (self._literal(),))]
        negated = self._taken("NOT")
        if self._taken("IN"):
            return [Condition(name, "NOTIN" if negated else "IN", self._list())]
        sign = self._next()[1]
        if negated or sign not in _COMPARATORS:
            raise _Other
        return [Condition(name, _COMPARATORS[sign], (self._literal(),))]

    def _list(self) -> tuple[str, ...]:
        self._expect("(")
        values = [self._literal()]
        while self._taken(","):
            values.append(self._literal())
        self._expect(")")
        return tuple(values)

    def _literal(self) -> str:
        kind, text = self._next()
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return text
        raise _Other

    def _next(self) -> tuple[str, str]:
        if self.is_done:
            raise _Other
        self.place += 1
        return self.tokens[self.place - 1]

    def _taken(self, word: str) -> bool:
        if not self.is_done:
            kind, text = self.tokens[self.place]
            if kind in ("name", "sign") and text.upper() == word:
                self.place += 1
                return True
        return False

    def _expect(self, word: str) -> None:
        if not self._taken(word):
            raise _Other


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise _Other
        yield match.lastgroup, match[match.lastgroup]
        place = match.end()
