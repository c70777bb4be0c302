"""A sheet as it is to be written: texts, and what it should look like. Knows nothing of openpyxl."""

from __future__ import annotations

from dataclasses import dataclass, field

# What a sheet is for; its colours follow from it.
SPEC, DEFINE, KEPT, HELP = "spec", "define", "kept", "help"


@dataclass(slots=True)
class Page:
    """One sheet. ``rows`` without the header; ``filled``: cells (row from 0, column from 0) that the toolkit made.

    ``choices``: header -> words of a dropdown, or the cells that hold them (``='Raw'!$A$2:$A$500``).
    ``frozen``: columns that stay when the sheet is scrolled. ``links``: cell (as in ``filled``) -> where it leads.
    """

    name: str
    kind: str
    headers: list[str]
    rows: list[list[str]]
    filled: set[tuple[int, int]] = field(default_factory=set)
    choices: dict[str, tuple[str, ...] | str] = field(default_factory=dict)
    frozen: int = 0
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    is_hidden: bool = False
