"""What speaks for a mapping: reasons with a weight, and how several of them add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# At least so sure for a draft, and so much surer than of anything else; from ASKED on it is worth a question.
SURE, AHEAD, ASKED = 0.7, 0.1, 0.3


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: how strong (0 to 1), and what a reviewer reads."""

    weight: float
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that may make a variable. ``part``: ``time`` where it is the time beside a date.

    ``against``: what the data say against it; such a candidate is asked about, never drafted.
    """

    column: str
    variable: str
    reasons: tuple[Reason, ...]
    part: str = ""
    against: str = ""

    @property
    def score(self) -> float:
        return together(self.reasons)

    @property
    def why(self) -> str:
        """The evidence in words, the strongest first."""
        ordered = sorted(self.reasons, key=lambda reason: -reason.weight)
        texts = list(dict.fromkeys(reason.text for reason in ordered))
        return "; ".join([*texts, *([self.against] if self.against else [])])


def together(reasons: Iterable[Reason]) -> float:
    """Independent reasons add up without ever reaching certainty: 1 - product of (1 - weight).

    Example: weights 0.5 and 0.4 -> 0.7.
    """
    left = 1.0
    for reason in reasons:
        left *= 1 - reason.weight
    return round(1 - left, 6)
