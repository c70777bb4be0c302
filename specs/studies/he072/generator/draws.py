"""Repeatable draws: each is a function of its own words only, so adding one changes no other."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

Item = TypeVar("Item")
SEED = "HE072"


def draw(low: int, high: int, *words: object) -> int:
    """A whole number in low..high, both included, fixed by ``words``."""
    text = "|".join([SEED, *map(str, words)])
    return low + int.from_bytes(sha256(text.encode("utf-8")).digest()[:8], "big") % (high - low + 1)


def pick(choices: Sequence[Item], *words: object) -> Item:
    return choices[draw(0, len(choices) - 1, *words)]


def chance(percent: int, *words: object) -> bool:
    return draw(1, 100, *words) <= percent
