"""Words of messages that depend on a number."""

from __future__ import annotations


def counted(number: int, one: str, several: str = "") -> str:
    """``1 record``, ``2,000 records``; ``several`` where an s does not make it so: ``2 subjects have``."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"
