"""One step of the plan: an algorithm with its parameters, the columns it reads and its terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sdtm.compile_names import Reference
from sdtm.mapping import sql
from sdtm.mapping.terminology import TermMap
from specs.catalogue import SQL, Algorithm, Params
from specs.location import Location


@dataclass(frozen=True, slots=True)
class Step:
    """One algorithm applied to one block. ``references``: name as written -> what it is."""

    target: str
    algorithm: Algorithm
    params: Params
    references: Mapping[str, Reference]
    where: sql.Expression | None
    terms: TermMap | None
    origin: str
    comment: str
    location: Location
    qualifiers: Mapping[str, str] = field(default_factory=dict)  # QNAM -> label, of split_checkbox

    @property
    def name(self) -> str:
        """The name in full, as the field and the workbook write it."""
        if self.algorithm.name in ("assign", "hardcode"):
            return f"{self.algorithm.name}_{'ct' if self.terms else 'no_ct'}"
        return self.algorithm.name

    def reads(self) -> tuple[str, ...]:
        """Columns of the algorithm itself, without those of ``where``."""
        return columns_read(self.params)


def columns_read(params: Params) -> tuple[str, ...]:
    """Columns that an algorithm with these parameters reads, in SQL too, each once."""
    inside = [name for text in params.marked(SQL) for name in _parse_quietly(text)]
    return tuple(dict.fromkeys([*params.columns(), *inside]))


def _parse_quietly(text: str) -> tuple[str, ...]:
    return sql.parse(text).columns
