"""The type of a column, by the kinds of its values (``value_kinds``)."""

from __future__ import annotations

from collections.abc import Mapping

NUMBERS = ("integer", "integer with leading zeros", "decimal", "number with exponent", "number with comma")
CODES = 20  # a column with at most so many different texts may hold codes
CODE_LENGTH = 60


def type_of(kinds: Mapping[str, int]) -> str:
    """One word for a column.

    ``empty``, ``integer``, ``number``, ``date``, ``time``, ``date and time``, ``text``, or ``mixed`` where
    there are several of these. A partial date is a date.
    Example: {"dd-MMM-yyyy": 3, "yyyy": 1} -> "date"; {"decimal": 2, "integer": 5} -> "number".
    """
    found = {_family(kind) for kind in kinds if kind != "blank"}
    if found == {"integer", "number"}:
        return "number"
    if found and found <= {"date", "date and time"}:
        return "date" if found == {"date"} else "date and time"
    return next(iter(found)) if len(found) == 1 else "mixed" if found else "empty"


def is_date(kind: str) -> bool:
    """Whether a kind is a date, with or without a time."""
    return _family(kind).startswith("date")


def _family(kind: str) -> str:
    if kind.startswith("integer"):
        return "integer"
    if kind in NUMBERS:
        return "number"
    if kind.startswith("text") or kind in ("number with < or >", "blank"):
        return "text"
    if kind.startswith(("HH:mm", "H:mm")):
        return "time"
    return "date and time" if "H:mm" in kind else "date"


def codes_of(texts: Mapping[str, int], kinds: Mapping[str, int]) -> dict[str, int]:
    """The texts of a column that holds codes, the most frequent first: few, short, repeated, and no dates."""
    rows = sum(texts.values())
    if not texts or len(texts) > CODES or len(texts) == rows or any(is_date(kind) for kind in kinds):
        return {}
    if any(len(text) > CODE_LENGTH for text in texts) or "decimal" in kinds:
        return {}
    return dict(sorted(texts.items(), key=lambda pair: (-pair[1], pair[0])))
