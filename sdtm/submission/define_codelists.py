"""The codelists of a define.xml: the terms that the study uses, with their codes; its own terms marked.

A variable shares its codelist with others of the same terms; the first other set of terms of that list is
named after the variable that it is of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sdtm.submission.define_model import CodelistDefinition, TermDefinition
from specs.model import Codelist, Study
from specs.problems import ProblemsFound
from specs.standards import Codelist as Published
from specs.standards import Terminology

# Name in a spec -> dictionary and the attribute of ``standards:`` that holds its version.
DICTIONARIES = {"MedDRA": "meddra", "WHODrug": "whodrug"}
_DICTIONARY_NAMES = {"MedDRA": "MedDRA", "WHODrug": "WHODD"}  # NCI codelist C66788


@dataclass(slots=True)
class Codelists:
    """Collects codelists. ``packages``: OID of a standard -> its terminology, the first that knows a list counts."""

    study: Study
    packages: Mapping[str, Terminology]
    made: dict[str, CodelistDefinition] = field(default_factory=dict)
    _by_terms: dict[tuple[str, tuple[TermDefinition, ...]], str] = field(default_factory=dict)

    def add(
        self,
        names: Iterable[str],
        dataset: str,
        variable: str,
        used: Iterable[str],
        named: Iterable[str] = (),
        decodes: Mapping[str, str] | None = None,
    ) -> str:
        """The OID of the codelist that a variable has with these terms; empty where there is no term.

        ``decodes``: what the data themselves say that a term means (PARAM of a PARAMCD).
        """
        present = list(dict.fromkeys(used))
        candidates = list(names)
        for name in candidates:
            if name in DICTIONARIES:
                return self._dictionary(name)
        if not candidates or not present:
            return ""
        name, published, standard = self._best(candidates, present)
        own = self.study.codelists.get(name, Codelist())
        known = published.terms if published is not None else {}
        terms = {*present, *named}
        ordered = [term for term in known if term in terms] + sorted(terms - set(known))
        definitions = tuple(
            TermDefinition(
                term,
                (decodes or {}).get(term)
                or own.extend.get(term, "")
                or self._decode(published, standard, term),
                known[term].code if term in known else "",
                published is not None and published.extensible and term not in known,
            )
            for term in ordered
        )
        if all(each.decode in ("", each.value) for each in definitions):
            definitions = tuple(TermDefinition(d.value, "", d.code, d.is_extended) for d in definitions)
        else:  # a codelist has decodes for all of its terms or for none
            definitions = tuple(
                TermDefinition(d.value, d.decode or d.value, d.code, d.is_extended) for d in definitions
            )
        return self._shared(name, dataset, variable, definitions, published, standard)

    def published(self, key: str) -> tuple[Published | None, str]:
        """The published codelist of a c-code or short name, and the OID of its package."""
        for standard, words in self.packages.items():
            try:
                found = words.codelist(key)
            except ProblemsFound:  # a short name of several lists; lint tells it
                continue
            if found is not None:
                return found, standard
        return None, ""

    def _best(self, names: list[str], used: list[str]) -> tuple[str, Published | None, str]:
        found = []
        for name in names:
            own = self.study.codelists.get(name)
            published, standard = self.published(own.codelist if own and own.codelist else name)
            missing = sum(term not in published.terms for term in used) if published else len(used)
            found.append((missing, name, published, standard))
        _, name, published, standard = min(found, key=lambda each: each[0])
        known_as = name if name in self.study.codelists or published is None else published.name
        return known_as, published, standard

    def _decode(self, published: Published | None, standard: str, term: str) -> str:
        if published is None or term not in published.terms:
            return ""
        paired = self.packages[standard].paired_test_name(published.code, term)
        return paired or published.terms[term].preferred

    def _shared(
        self,
        name: str,
        dataset: str,
        variable: str,
        terms: tuple[TermDefinition, ...],
        published: Published | None,
        standard: str,
    ) -> str:
        key = (name, terms)
        if key not in self._by_terms:
            oid = f"CL.{name}"
            title = published.title if published is not None else name
            if oid in self.made:
                oid, title = f"CL.{name}.{dataset}.{variable}", f"{title} ({dataset}.{variable})"
            code = published.code if published is not None else ""
            self.made[oid] = CodelistDefinition(oid, title, terms, code, standard)
            self._by_terms[key] = oid
        return self._by_terms[key]

    def _dictionary(self, name: str) -> str:
        version = getattr(self.study.standards, DICTIONARIES[name])
        if not version:
            return ""
        oid = f"CL.{name}"
        self.made.setdefault(
            oid, CodelistDefinition(oid, name, dictionary=_DICTIONARY_NAMES[name], version=version)
        )
        return oid
