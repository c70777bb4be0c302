"""Rows of the define sheet Codelists: the terms that a study can write, with their codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from specs.model import Codelist, Study
from specs.problems import ProblemsFound
from specs.standards import Codelist as Published
from specs.standards import Terminology, VariableDefinition

# A list with more terms than that is shown with those that the spec names.
ALL_SHOWN = 40


class StudyCodelists:
    """Which codelist a variable has in this study, and what it holds. Nothing here raises for a bad spec."""

    def __init__(self, study: Study, words: Terminology | None) -> None:
        self.study, self.words = study, words
        self.named: dict[str, dict[str, None]] = {}  # list -> terms that the spec names, in order
        self._refining = {
            published.code: name
            for name, codelist in reversed(study.codelists.items())
            if codelist.codelist and (published := self.published(codelist.codelist)) is not None
        }

    def published(self, key: str) -> Published | None:
        if self.words is None:
            return None
        try:
            return self.words.codelist(key)
        except ProblemsFound:  # a short name of several lists
            return None

    def of_variable(self, definition: VariableDefinition, rules: list[Any]) -> str:
        """The ID of its codelist: what a mapping names, else the study's refinement, else the published name."""
        named = [str(rule["codelist"]) for rule in rules if isinstance(rule, dict) and rule.get("codelist")]
        if named:
            return "" if named[0] == "none" else named[0]
        for code in definition.codelists:
            if code in self._refining:
                return self._refining[code]
        published = self.published(definition.codelists[0]) if definition.codelists else None
        return published.name if published is not None else ""

    def name_terms(self, identity: str, rules: list[Any]) -> None:
        """Note the terms of a list that mappings name: constants, and values of their own terms."""
        noted = self.named.setdefault(identity, {})
        for rule in rules:
            if isinstance(rule, dict):
                values = [
                    rule.get("value"),
                    *(rule["terms"].values() if isinstance(rule.get("terms"), dict) else []),
                ]
                noted |= {str(value): None for value in values if isinstance(value, str)}

    def rows(self) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
        """(keys, cells) of every list that a variable has, or that the study declares."""
        for identity in sorted({*self.named, *self.study.codelists} - {""}):
            yield from self._rows(identity, self.study.codelists.get(identity, Codelist()))

    def _rows(self, identity: str, own: Codelist) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
        published = self.published(own.codelist or identity)
        noted = {
            **self.named.get(identity, {}),
            **dict.fromkeys(own.terms.values()),
            **dict.fromkeys(own.extend),
        }
        known = dict(published.terms) if published else {}
        shown = [term for term in known if len(known) <= ALL_SHOWN or term in noted]
        shown += [term for term in noted if term not in known]
        head = {"Name": published.title if published else identity, "Data Type": "text"}
        if published is not None:
            assert self.words is not None
            head |= {"NCI Codelist Code": published.code, "Terminology": f"SDTM CT {self.words.version}"}
        if not shown:
            yield {"ID": identity}, head
        for order, term in enumerate(shown, 1):
            cells = {"Order": str(order), "Decoded Value": own.extend.get(term, "")}
            if term in known and published is not None:
                assert self.words is not None
                full = self.words.paired_test_name(published.code, term)
                cells = {"Order": str(order), "NCI Term Code": known[term].code}
                cells["Decoded Value"] = full or known[term].preferred
            yield {"ID": identity, "Term": term}, head | {key: text for key, text in cells.items() if text}
