"""What the floors above know of a study and hand down for the workbook: its algorithms, and what a run makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from specs.catalogue import Catalogue
from specs.model import Path


@dataclass(frozen=True, slots=True)
class Facts:
    """How a variable is made: its origin (Define-XML 2.1), and the method in words where it is derived.

    ``label``: of a supplemental qualifier that no mapping names.
    """

    origin: str = ""
    method: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """Everything of a compiled plan that a workbook shows.

    ``variables``: (dataset, variable) -> facts, of all variables that a run makes, in any order;
    ``algorithms``: the place of a mapping in the spec -> the name of its algorithm in full.
    """

    variables: Mapping[tuple[str, str], Facts] = field(default_factory=dict)
    algorithms: Mapping[Path, str] = field(default_factory=dict)
    catalogue: Catalogue = field(default_factory=lambda: Catalogue(()))
