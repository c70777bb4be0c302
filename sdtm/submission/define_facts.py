"""What ``define_build`` asks about datasets and variables; ``define_sdtm`` and ``define_adam`` answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sdtm.stages import Dataset, Variable
from sdtm.submission.define_model import Leaf, Origin, Standard
from specs.workbook.generations import Condition

Conditions = tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A text of people, with the document and pages that it points at."""

    text: str
    document: str = ""
    pages: str = ""


@dataclass(frozen=True, slots=True)
class VariableFacts:
    """What the spec and the standards say of a variable, or of its values for one test or parameter.

    ``codelists``: names of its codelist, the study's own or published ones; of several, the one that knows most of
    the data counts. ``named``: terms that the spec names beside those in the data. ``kind``: datetime or
    durationDatetime for ISO 8601 texts.
    """

    label: str = ""
    origin: Origin | None = None
    method: Note | None = None
    expression: str = ""  # SQL of the method
    method_type: str = "Computation"
    comment: Note | None = None
    codelists: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    kind: str = ""
    role: str = ""
    is_mandatory: bool = False


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """``class_name`` in the words of Define-XML; ``is_standard``: a dataset that the guide knows."""

    structure: str
    class_name: str
    domain: str
    subclass: str = ""
    is_repeating: bool = True
    is_reference: bool = False
    is_standard: bool = True
    comment: Note | None = None


@dataclass(frozen=True, slots=True)
class ValueFacts:
    """Variables of a dataset whose values are described for each value of another (``by``: VSTESTCD).

    ``terms``: others that are so described only where they have a codelist and some of their values are numbers,
    which are no terms of it (EGSTRESC of intervals beside interpretations).
    """

    by: str
    names: tuple[str, ...]
    terms: tuple[str, ...] = ()


class StudyFacts(Protocol):
    """Everything that the spec and the standards know of the datasets of one define.xml."""

    kind: str
    purpose: str

    def standards(self) -> Sequence[Standard]: ...

    def documents(self) -> Mapping[str, Leaf]:
        """Name in the spec -> leaf."""

    def dataset(self, dataset: Dataset) -> DatasetFacts: ...

    def variable(self, dataset: Dataset, variable: Variable, is_empty: bool) -> VariableFacts: ...

    def values(self, dataset: Dataset) -> ValueFacts | None: ...

    def clauses(self, dataset: Dataset, variable: Variable) -> Sequence[tuple[Conditions, VariableFacts]]:
        """What people say of the variable under conditions of their own."""

    def value(self, dataset: Dataset, variable: Variable, code: str) -> VariableFacts:
        """What differs from the variable's own facts for one code; empty fields mean the same."""


def text_beside(dataset: Dataset, by: str, named: str) -> dict[str, str]:
    """Code -> the first text that the data have beside it: PARAM of a PARAMCD."""
    if by not in dataset.frame or named not in dataset.frame:
        return {}
    pairs = dataset.frame[[by, named]].dropna().drop_duplicates(by)
    return dict(zip(map(str, pairs[by]), map(str, pairs[named]), strict=True))
