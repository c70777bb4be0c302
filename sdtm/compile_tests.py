"""Tests of a findings domain: --TEST of each --TESTCD, published or added by the study.

Those of instruments (QS, FT, RS) are published in a codelist for each instrument. Where no codelist of a --TESTCD is
published (PE, PC, a domain of the study's own), the codelist of the study that has the name of the variable holds the
tests: ``PETESTCD: {extend: {SKIN: Skin}}``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sdtm.compile_terms import same_codelist
from sdtm.criteria import DOMAIN as IE
from sdtm.criteria import criterion_texts
from specs.model import Codelist, Study
from specs.problems import Problem, suggest
from specs.standards import ImplementationGuide, Terminology
from validation.allowed_terms import published_name


class DomainTests:
    """The tests that one domain may have."""

    def __init__(
        self,
        study: Study,
        guide: ImplementationGuide,
        words: Terminology,
        domain: str,
        class_name: str,
        problems: list[Problem],
    ) -> None:
        self.study, self.guide, self.words = study, guide, words
        self.domain, self.class_name, self.problems = domain, class_name, problems

    def _lists(self) -> Iterator[tuple[str, list[Codelist]]]:
        variable = f"{self.domain}TESTCD"
        definition = self.guide.variable(self.domain, variable, self.class_name)
        codes = list(definition.codelists) if definition else []
        named = [
            c
            for name, c in self.study.codelists.items()
            if (same_codelist(self.words, c.codelist, codes) if c.codelist else name == variable)
        ]
        for code in codes or [""]:
            yield code, named

    def names(self) -> dict[str, str]:
        """--TESTCD -> --TEST of what the study adds to the published tests; of IE the criteria of the protocol."""
        added = {code: name for _, lists in self._lists() for c in lists for code, name in c.extend.items()}
        return added if self.domain != IE else added | criterion_texts(self.study, "IETEST")

    def name(self, testcd: str, path: tuple[Any, ...]) -> str | None:
        """--TEST of a --TESTCD: what the study declares, else the published pair."""
        declared = self.names()
        if testcd in declared:
            return declared[testcd]
        definition = self.guide.variable(self.domain, f"{self.domain}TESTCD", self.class_name)
        if definition is not None and (name := published_name(definition, testcd, self.words)) is not None:
            return name
        lists = [found for code, _ in self._lists() if code and (found := self.words.codelist(code))]
        published = [term for codelist in lists for term in codelist.terms]
        own = f"NAME: {{codelist: {lists[0].code}, " if lists else f"{self.domain}TESTCD: {{"
        near = suggest(testcd, published)
        self.problems.append(
            Problem(
                "unknown-test",
                self.study.where(*path),
                f"{self.domain}TESTCD {testcd!r}",
                f"a test of CT {self.study.standards.ct}, or one that a codelist of the study adds",
                f"{near + '; or ' if near else ''}"
                f"declare it: codelists: {{{own}extend: {{{testcd}: name of the test}}}}}}",
            )
        )
        return None
