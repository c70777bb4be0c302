"""The published standards: the SDTM Implementation Guide and controlled terminology.

Nothing heavy is imported here. What adds a terminology file is loaded on first use, and a reader brings its
own library when a file is read.
"""

from typing import TYPE_CHECKING, Any

from specs.standards.ig import (
    DatasetDefinition,
    ImplementationGuide,
    VariableDefinition,
    implementation_guide,
)
from specs.standards.package_file import CodelistEntry, Term
from specs.standards.terminology import Codelist, Terminology, ct_folder, known_versions, terminology

if TYPE_CHECKING:
    from specs.standards.terminology_files import AddedTerminology, add_terminology

__all__ = [
    "AddedTerminology",
    "Codelist",
    "CodelistEntry",
    "DatasetDefinition",
    "ImplementationGuide",
    "Term",
    "Terminology",
    "VariableDefinition",
    "add_terminology",
    "ct_folder",
    "implementation_guide",
    "known_versions",
    "terminology",
]


def __getattr__(name: str) -> Any:
    if name in ("AddedTerminology", "add_terminology"):
        from specs.standards import terminology_files

        return getattr(terminology_files, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
