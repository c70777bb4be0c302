"""The terminology of a variable: published codelists, those of the study, and the terms of one mapping."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sdtm.compile_names import some
from sdtm.mapping.terminology import TermMap
from sdtm.numbers import number_text
from specs.catalogue import Params
from specs.location import Location
from specs.model import Codelist, Study
from specs.problems import Problem, suggest
from specs.rules.spec import MULTIPLE
from specs.standards import Terminology, VariableDefinition


def same_codelist(words: Terminology, name: str, codes: Collection[str]) -> bool:
    """Whether a name or c-code means one of these published codelists."""
    found = words.codelist(name)
    return found is not None and found.code in codes


class TermCompiler:
    """Terms of the mappings of a study; problems go to the shared list."""

    def __init__(self, study: Study, words: Terminology, problems: list[Problem]) -> None:
        self.study, self.words, self.problems = study, words, problems

    def _refuse(self, id: str, where: Location, found: str, expected: str, do: str = "") -> None:
        self.problems.append(Problem(id, where, found, expected, do))

    def terms(
        self,
        target: str,
        definition: VariableDefinition | None,
        rule: Mapping[str, Any],
        params: Params,
        where: Location,
    ) -> TermMap | None:
        """Terms that a mapping matches its values by; None where the variable has no codelist."""
        written = str(rule.get("algorithm", ""))
        if written.endswith("_no_ct"):
            if said := [key for key in ("codelist", "terms", "others") if rule.get(key)]:
                do = f"write {written.replace('_no_ct', '_ct')}, or take {said[0]} out"
                self._refuse("bad-value", where, f"{written} with {said[0]}", "no terminology", do)
            return None
        found = self._declared_terms(target, definition, rule, where)
        if found is None and written.endswith("_ct"):
            do = f"write {written.replace('_ct', '_no_ct')}, or name a codelist"
            self._refuse("no-codelist", where, f"{written} for {target}", "a variable with a codelist", do)
        beyond: frozenset[str] = getattr(params, "beyond_codelist", frozenset)()
        if found is not None and found.values is not None and beyond:
            found = replace(found, values=found.values | beyond)
        return found

    def _declared_terms(
        self,
        target: str,
        definition: VariableDefinition | None,
        rule: Mapping[str, Any],
        where: Location,
    ) -> TermMap | None:
        inline = rule.get("terms") or {}
        named = str(rule.get("codelist") or "")
        others = str(rule.get("others") or "")
        if others not in ("", "keep"):
            self._refuse("bad-value", where, f"others: {others!r}", "others: keep")
        if not isinstance(inline, dict) or not all(isinstance(v, str) for v in inline.values()):
            self._refuse("bad-value", where, f"terms: {inline!r}", "raw text: value, in pairs")
            return None
        lists: list[tuple[str, Codelist]] = []
        codes: list[str] = []
        if named == "none":
            codes = []
        elif named:
            if named in self.study.codelists:
                lists = [(named, self.study.codelists[named])]
                codes = [lists[0][1].codelist] if lists[0][1].codelist else []
            else:
                codes = [named]
        elif definition is not None:
            codes = list(definition.codelists)
            lists = [
                (name, codelist)
                for name, codelist in self.study.codelists.items()
                if codelist.codelist and same_codelist(self.words, codelist.codelist, codes)
            ]
        if not codes and not lists and not inline and not others:
            return None
        return self._term_map(target, codes, lists, inline, others, bool(named), where)

    def _term_map(
        self,
        target: str,
        codes: list[str],
        lists: list[tuple[str, Codelist]],
        inline: Mapping[str, str],
        others: str,
        named: bool,
        where: Location,
    ) -> TermMap | None:
        published = []
        for code in codes:
            found = self.words.codelist(code)
            if found is None:
                if named:
                    self._refuse(
                        "unknown-codelist",
                        where,
                        f"codelist {code!r}",
                        f"a codelist of SDTM CT {self.study.standards.ct}, or one under codelists:",
                        suggest(code, self.study.codelists),
                    )
                    return None
                continue  # named by the guide but no longer published
            published.append(found)
        values: set[str] | None = (
            {term for codelist in published for term in codelist.terms} if published else None
        )
        terms: dict[str, str] = {}
        for name, codelist in lists:
            twice = [raw for raw, value in codelist.terms.items() if terms.get(raw, value) != value]
            if twice:
                self._refuse(
                    "conflicting-terms",
                    where,
                    f"{twice[0]!r}, which {' and '.join(n for n, _ in lists)} map to different values",
                    "one value for each raw text",
                    f"name the one that is meant: codelist: {name}",
                )
            terms.update(codelist.terms)
            if codelist.extend:
                values = (values or set()) | set(codelist.extend)
            if not codelist.codelist:  # one of the study's own holds the values that it maps to
                values = (values or set()) | set(codelist.terms.values()) | set(inline.values())
        terms.update(inline)
        extensible = any(codelist.extensible for codelist in published)
        if not published and lists:
            extensible = others == "keep" or any(not codelist.closed for _, codelist in lists)
        if values is not None and published and not extensible:
            for raw, value in inline.items():  # those of codelists: are judged there
                if value not in values and value != MULTIPLE:
                    self._refuse(
                        "not-in-codelist",
                        where,
                        f"{raw!r}: {value!r}",
                        f"a submission value of {published[0].name} ({published[0].code}): {some(values)}",
                        suggest(value, values),
                    )
        use_synonyms = any(codelist.synonyms for _, codelist in lists)

        def synonym(text: str) -> str | None:
            hits = {value for codelist in published if (value := codelist.match_synonym(text)) is not None}
            return hits.pop() if len(hits) == 1 else None

        title = " / ".join([f"{c.name} ({c.code})" for c in published] or [name for name, _ in lists])
        return TermMap(
            f"codelist {title}" if title else f"the terms of {target}",
            terms,
            None if values is None else frozenset(values),
            extensible,
            synonym if use_synonyms else None,
            any(codelist.ignore_case for _, codelist in lists),
            others,
        )

    def check_constant(
        self,
        target: str,
        definition: VariableDefinition | None,
        value: str,
        terms: TermMap | None,
        where: Location,
    ) -> None:
        """Refuse a value of the spec that its variable cannot have."""
        is_number = definition is not None and definition.type == "Num"
        if is_number and terms is None and number_text(value) is None:
            self._refuse("not-a-number", where, f"{target} = {value!r}", f"a number, as {target} is numeric")
        if terms is None or terms.look_up(value)[1] == "known":
            return
        do = suggest(value, terms.values or ())
        if terms.extensible:
            do = do or f"declare it: codelists: NAME: {{codelist: …, extend: {{{value}: its decode}}}}"
        self._refuse("not-in-codelist", where, f"{target} = {value!r}", terms.allowed(), do)
