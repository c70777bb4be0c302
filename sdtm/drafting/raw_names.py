"""How a drafted spec writes the name of a raw column that could also mean a variable: ``raw.DM.AGE``."""

from __future__ import annotations

import re
from typing import Any

from specs.standards import ImplementationGuide

NAMED = ("column", "date", "time", "year", "month", "day")
QUOTED = re.compile(r'(?<![\w.])"([A-Za-z0-9]+\.[^"]+)"')


def with_raw_names(tree: Any, guide: ImplementationGuide) -> Any:
    """A part of a drafted spec in which each raw column called as a variable of a dataset has ``raw.`` before it."""
    if isinstance(tree, list):
        return [with_raw_names(part, guide) for part in tree]
    if not isinstance(tree, dict):
        return tree
    made = {}
    for key, part in tree.items():
        if key in NAMED and isinstance(part, str):
            made[key] = f"raw.{part}" if is_like_variable(part, guide) else part
        elif key in ("where", "expr") and isinstance(part, str):
            made[key] = QUOTED.sub(
                lambda found: f"raw.{found[0]}" if is_like_variable(found[1], guide) else found[0], part
            )
        else:
            made[key] = with_raw_names(part, guide)
    return made


def is_like_variable(name: str, guide: ImplementationGuide) -> bool:
    """Whether a name has the code of a dataset, or ``raw``, before a point: DM.AGE, not IT.AETERM."""
    head, _, rest = name.partition(".")
    return bool(rest) and (head == "raw" or head in guide.datasets)
