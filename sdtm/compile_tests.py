"""Tests of a findings domain: --TEST of each --TESTCD, published or added by the study."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sdtm.compile_terms import same_codelist
from specs.model import Codelist, Study
from specs.problems import Problem, suggest
from specs.standards import ImplementationGuide, Terminology


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
        definition = self.guide.variable(self.domain, f"{self.domain}TESTCD", self.class_name)
        codes = list(definition.codelists) if definition else []
        named = [
            c
            for c in self.study.codelists.values()
            if c.codelist and same_codelist(self.words, c.codelist, codes)
        ]
        for code in codes or [""]:
            yield code, named

    def names(self) -> dict[str, str]:
        """--TESTCD -> --TEST of what the study adds to the published tests."""
        return {code: name for _, lists in self._lists() for c in lists for code, name in c.extend.items()}

    def name(self, testcd: str, path: tuple[Any, ...]) -> str | None:
        """--TEST of a --TESTCD: what the study declares, else the published pair."""
        declared = self.names()
        if testcd in declared:
            return declared[testcd]
        for code, _ in self._lists():
            if code and (name := self.words.paired_test_name(code, testcd)) is not None:
                return name
        published = [
            term for code, _ in self._lists() if (found := self.words.codelist(code)) for term in found.terms
        ]
        self.problems.append(
            Problem(
                "unknown-test",
                self.study.where(*path),
                f"{self.domain}TESTCD {testcd!r}",
                f"a test of CT {self.study.standards.ct}, or one that a codelist of the study adds",
                suggest(testcd, published)
                or f"declare it: codelists: NAME: {{codelist: …, extend: {{{testcd}: name of the test}}}}",
            )
        )
        return None
