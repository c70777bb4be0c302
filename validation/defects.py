"""What can be wrong, in words, and where it was found: the parts that a finding is made of.

A ``Defect`` belongs to a check or a rule; a ``Failure`` is a defect in one dataset, as row positions.
Only ``validation.judge`` turns failures into findings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from validation.findings import SEVERITIES

SENSITIVITIES = ("record", "dataset", "study")


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect and what people are told about it.

    ``id`` names the defect, so that "accept study-day-zero" reads right. ``message`` says what is there,
    ``expected`` what should be, ``why`` what depends on it, ``do`` what helps. ``sources``: published
    rules and sections (``CORE-000354``, ``CG0007``, ``SDTMIG 3.4, 4.4.4``). ``by_value``: the values
    themselves are what is found, and each gets a finding of its own. ``sensitivity``: what is judged as
    one thing, a record, a dataset (or one of its variables) as a whole, or the study.
    """

    id: str
    severity: str
    message: str
    expected: str
    do: str
    why: str = ""
    sources: tuple[str, ...] = ()
    by_value: bool = False
    sensitivity: str = "record"

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES:
            raise ValueError(f"{self.id}: severity {self.severity!r} is none of {SEVERITIES}")
        if self.sensitivity not in SENSITIVITIES:
            raise ValueError(f"{self.id}: sensitivity {self.sensitivity!r} is none of {SENSITIVITIES}")


@dataclass(frozen=True, slots=True)
class Failure:
    """One defect in one dataset.

    ``positions``: rows of the dataset; ``None`` when the dataset or variable as a whole is meant.
    ``shows``: variables whose values make the failure plain; a dotted one is of another dataset
    (``DM.RFSTDTC``), by subject. ``found``, ``expected`` and ``do`` are used instead of the words of
    the defect where they say more; ``hint`` makes a ``do`` for one value, or an empty text.
    """

    defect: Defect
    dataset: str
    variable: str = ""
    positions: np.ndarray | None = None
    shows: tuple[str, ...] = ()
    found: str = ""
    expected: str = ""
    do: str = ""
    hint: Callable[[str], str] | None = None
