"""A study beside the standards it follows, with the questions that rules ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from specs.location import Location
from specs.model import Domain, Source, Study
from specs.problems import ProblemsFound
from specs.standards import Codelist, ImplementationGuide, Terminology, VariableDefinition

REFERENCE_DATES = (
    "RFSTDTC",
    "RFENDTC",
    "RFXSTDTC",
    "RFXENDTC",
    "RFCSTDTC",
    "RFCENDTC",
    "RFICDTC",
    "RFPENDTC",
    "DTHDTC",
)
MULTIPLE = "MULTIPLE"  # in no codelist; SDTMIG 3.4, 4.2.8.3 asks for it where several values were collected
_MOST_CHARACTERS = 40
_SHORT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,7}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Spec:
    """What a rule gets. Nothing here raises for a bad spec: what is unknown is None or empty."""

    study: Study
    guide: ImplementationGuide
    words: Terminology

    def where(self, *path: str | int) -> Location:
        return self.study.where(*path)

    def class_name(self, domain: str) -> str:
        """The class that the study or the guide gives a domain, or an empty text."""
        definition = self.study.sdtm.get(domain)
        if definition is not None and definition.class_:
            return definition.class_
        return self.guide.datasets[domain].class_name if domain in self.guide.datasets else ""

    def variable(self, domain: str, name: str) -> VariableDefinition | None:
        """What the standard says about a variable; None also for a domain without a usable class."""
        try:
            return self.guide.variable(domain, name, self.class_name(domain))
        except ProblemsFound:  # the class is no class; told when the domain is compiled
            return None

    def variable_names(self, domain: str) -> list[str]:
        """The variables that the guide lists for a domain, to suggest from."""
        try:
            return [v.name for v in self.guide.variables(domain, self.class_name(domain))]
        except ProblemsFound:
            return []

    def knows(self, domain: str) -> bool:
        """Whether anything can be said about the variables of a domain."""
        return bool(self.variable_names(domain))

    def published(self, name: str) -> Codelist | None:
        """A published codelist by c-code or short name, if there is just one."""
        try:
            return self.words.codelist(name) if name else None
        except ProblemsFound:
            return None

    def codelists(self, domain: str, variable: str) -> list[Codelist]:
        """The published codelists of a variable."""
        definition = self.variable(domain, variable)
        codes = definition.codelists if definition else ()
        return [codelist for code in codes if (codelist := self.published(code)) is not None]

    def extensions(self) -> set[str]:
        """Every value that the study adds to a codelist."""
        return {value for codelist in self.study.codelists.values() for value in codelist.extend}

    def sources(self) -> Iterator[tuple[str, int, Domain, Source]]:
        """Every source of every domain."""
        for name, domain in self.study.sdtm.items():
            for number, source in enumerate(domain.sources):
                yield name, number, domain, source


def is_date(definition: VariableDefinition) -> bool:
    """Whether a variable holds ISO 8601 dates."""
    return definition.value_domain.startswith("ISO 8601 datetime") or definition.name.endswith("DTC")


def number(text: str) -> Decimal | None:
    """A number as a spec writes it, or None."""
    try:
        value = Decimal(text.strip()) if text.isascii() and "_" not in text else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() else None


def some(names: Any, most: int = 12) -> str:
    """The first names of a list, and how many there are."""
    listed = sorted(names)
    return ", ".join(listed[:most]) + (f" … ({len(listed)} in all)" if len(listed) > most else "")


def is_short_name(text: str) -> bool:
    """Whether a text can be a --TESTCD (SDTMIG 3.4, 4.5: it may become a variable name)."""
    return _SHORT_NAME.fullmatch(text) is not None


def is_label(text: str) -> bool:
    """Whether a text fits into the label of a transport file: at most 40 bytes."""
    return len(text.encode()) <= _MOST_CHARACTERS
