"""The steps of a lineage, each told once and named by its number."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class ToldSteps:
    """Distinct steps in the order in which they were first met."""

    listed: list[dict[str, Any]] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def number(self, step: dict[str, Any]) -> int:
        """The number of a step, from 0; an equal one has the same."""
        key = json.dumps(step, sort_keys=True, ensure_ascii=False)
        if key not in self._numbers:
            self._numbers[key] = len(self.listed)
            self.listed.append(step)
        return self._numbers[key]
