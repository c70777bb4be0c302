"""Problems of a spec or an input: what was found, what was expected, what to do, and where.

A problem stops the command (exit code 2); a *finding* (``validation.findings``) does not. Problems are
collected and raised together, so that one run tells all of them.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from specs.location import Location


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a spec or an input file."""

    id: str
    where: Location
    found: str
    expected: str
    do: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        lines = [f"{self.severity}[{self.id}] {self.where}", f"  found     {self.found}"]
        lines.append(f"  expected  {self.expected}")
        if self.do:
            lines.append(f"  do        {self.do}")
        return "\n".join(lines)


class ProblemsFound(Exception):
    """Bad input or a bad spec: everything that was wrong with it, for exit code 2."""

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        found = [problems] if isinstance(problems, Problem) else list(problems)
        # Equal problems are told once, in the order of the places they name.
        self.problems = sorted(
            dict.fromkeys(found),
            key=lambda p: (p.where.file, p.where.sheet, p.where.line or p.where.row or 0, p.id),
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ProblemsFound], tuple[list[Problem]]]:
        """Problems come back from a worker process as problems."""
        return type(self), (self.problems,)


def problems_json(problems: Iterable[Problem]) -> str:
    """Problems as JSON, in their order."""
    return json.dumps([asdict(problem) for problem in problems], indent=2, ensure_ascii=False)


def nearest(name: str, allowed: Iterable[str], count: int = 3) -> list[str]:
    """The allowed names that look like ``name``, best first; for spec words, never for data."""
    by_fold = {word.casefold(): word for word in allowed}
    near = difflib.get_close_matches(name.casefold(), list(by_fold), n=count, cutoff=0.6)
    return [by_fold[word] for word in near]


def suggest(name: str, allowed: Iterable[str]) -> str:
    """``did you mean A or B?`` for a mistyped spec word, or an empty text."""
    near = nearest(name, allowed)
    return f"did you mean {' or '.join(near)}?" if near else ""
