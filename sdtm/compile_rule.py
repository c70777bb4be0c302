"""One mapping of a spec, in short form or in full, to a step: algorithm, parameters, columns, terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from sdtm.mapping import sql
from sdtm.mapping.terminology import TermMap
from sdtm.numbers import number_text
from specs.catalogue import SQL, TABLE, Algorithm, Catalogue, Params
from specs.location import Location
from specs.model import Codelist, Study
from specs.problems import Problem, ProblemsFound, suggest
from specs.rules.spec import MULTIPLE
from specs.standards import ImplementationGuide, Terminology, VariableDefinition

# Keys that any mapping may have, whatever its algorithm.
COMMON = (
    "algorithm",
    "where",
    "codelist",
    "terms",
    "others",
    "origin",
    "comment",
    "pages",
    "status",
    "evidence",
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that a mapping reads: ``raw`` (of the source), ``own`` (made, this domain), ``subject`` (DM)."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Names:
    """What a name in a mapping may mean. ``raw`` is None while the raw files are not known."""

    domain: str
    raw: frozenset[str] | None
    own: frozenset[str]
    table: str = ""
    visit: str = ""
    own_first: bool = False  # subject rules: {SITEID} means the SITEID just made

    @property
    def qualifiers(self) -> frozenset[str]:
        return frozenset({self.domain, "DM", "raw"})

    def resolve(self, name: str) -> Reference | None:
        """A name as the spec writes it: without a qualifier a raw column, never a made variable of that name."""
        head, _, rest = name.partition(".")
        if rest and head == "raw":
            return Reference("raw", rest) if self.raw is None or rest in self.raw else None
        if rest and head == self.domain:
            return Reference("own", rest) if rest in self.own else None
        if rest and head == "DM":
            return Reference("subject", rest)
        if self.own_first and name in self.own:
            return Reference("own", name)
        return Reference("raw", name) if self.raw is None or name in self.raw else None

    def problem(self, name: str, where: Location) -> Problem:
        raw = self.raw or frozenset()
        head, _, rest = name.partition(".")
        if name in raw:
            do = f"the raw column of that name is raw.{name}"
        elif rest and head == self.domain:
            do = suggest(rest, self.own)
        else:
            made = f"the variable of this domain is {self.domain}.{name}" if name in self.own else ""
            do = "; ".join(filter(None, (suggest(name, raw), made)))
        return Problem(
            "unknown-column",
            where,
            f"{name!r}",
            f"a column of raw dataset {self.table or '?'}: {_some(raw)}",
            do or "see `sdtm profile` for the columns of the file",
        )


def _some(names: Any, most: int = 12) -> str:
    listed = sorted(names)
    return ", ".join(listed[:most]) + (f" … ({len(listed)} in all)" if len(listed) > most else "")


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
        return _columns(self.params)


def _columns(params: Params) -> tuple[str, ...]:
    inside = [name for text in params.marked(SQL) for name in _parse_quietly(text)]
    return tuple(dict.fromkeys([*params.columns(), *inside]))


def _parse_quietly(text: str) -> tuple[str, ...]:
    return sql.parse(text).columns


def compile_condition(
    text: str, names: Names, where: Location, problems: list[Problem], *, raw_only: bool = False
) -> sql.Expression | None:
    """A `where` of the spec; its problems are added to the list.

    ``raw_only``: a condition that chooses rows, before any variable is made.
    """
    if not text:
        return None
    try:
        condition = sql.parse(text, names.qualifiers, where)
    except ProblemsFound as found:
        problems += found.problems
        return None
    for name in condition.columns:
        reference = names.resolve(name)
        if reference is None:
            problems.append(names.problem(name, where))
        elif raw_only and reference.kind != "raw":
            problems.append(
                Problem(
                    "unknown-column",
                    where,
                    f"{name!r}, which is not made yet when rows are chosen",
                    f"a column of raw dataset {names.table}: {_some(names.raw or ())}",
                    "use the raw column, or put the condition on the mapping of a variable",
                )
            )
    return condition


class RuleCompiler:
    """Compiles the mappings of one domain."""

    def __init__(
        self,
        study: Study,
        guide: ImplementationGuide,
        words: Terminology,
        catalogue: Catalogue,
        domain: str,
        class_name: str,
        problems: list[Problem],
    ) -> None:
        self.study, self.guide, self.words = study, guide, words
        self.catalogue, self.domain, self.class_name = catalogue, domain, class_name
        self.problems = problems

    def definition(self, target: str, path: tuple[Any, ...]) -> VariableDefinition | None:
        """What the standard says about a variable, or None and a problem."""
        found = self.guide.variable(self.domain, target, self.class_name)
        if found is None:
            known = [v.name for v in self.guide.variables(self.domain, self.class_name)]
            self.problems.append(
                Problem(
                    "unknown-variable",
                    self.study.where(*path),
                    f"{target!r} in {self.domain}",
                    f"a variable of {self.domain} in SDTMIG {self.study.standards.sdtmig} or of its class",
                    suggest(target, known) or f"a value without a variable goes to supp: of {self.domain}",
                )
            )
        return found

    def compile(
        self,
        target: str,
        definition: VariableDefinition | None,
        rule: Any,
        names: Names,
        path: tuple[Any, ...],
    ) -> tuple[Step, ...]:
        """A rule (text, dict, or a list of them tried in order) as steps."""
        if isinstance(rule, list | tuple):
            return tuple(
                step
                for i, item in enumerate(rule)
                for step in self.compile(target, definition, item, names, (*path, i))
            )
        where = self.study.where(*path)
        if isinstance(rule, str):
            rule = {"template": rule} if "{" in rule and "}" in rule else {"column": rule}
        if not isinstance(rule, dict):
            self._refuse("bad-value", where, f"{rule!r}", "a column name, or a mapping with keys")
            return ()
        algorithm = self._algorithm(rule, where)
        if algorithm is None:
            return ()
        own = {key: value for key, value in rule.items() if key not in COMMON}
        params = self._params(algorithm, own, path)
        if params is None:
            return ()
        before = len(self.problems)
        condition = compile_condition(str(rule.get("where", "")), names, where, self.problems)
        references = self._references(params, condition, names, where)
        if len(self.problems) > before:
            return ()
        terms = self._terms(target, definition, rule, params, where)
        for value in getattr(params, "constants", tuple)():
            self._check_constant(target, definition, value, terms, where)
        qualifiers = params.qualifiers(target) if hasattr(params, "qualifiers") else {}
        return (
            Step(
                target,
                algorithm,
                params,
                references,
                condition,
                terms,
                str(rule.get("origin") or algorithm.origin),
                str(rule.get("comment", "")),
                where,
                qualifiers,
            ),
        )

    def _refuse(self, id: str, where: Location, found: str, expected: str, do: str = "") -> None:
        self.problems.append(Problem(id, where, found, expected, do))

    def _algorithm(self, rule: Mapping[str, Any], where: Location) -> Algorithm | None:
        if "algorithm" in rule:
            name = str(rule["algorithm"])
            name = {"assign_ct": "assign", "assign_no_ct": "assign"}.get(name, name)
            name = {"hardcode_ct": "hardcode", "hardcode_no_ct": "hardcode"}.get(name, name)
            if name in self.catalogue:
                return self.catalogue[name]
            self._refuse(
                "unknown-algorithm",
                where,
                f"algorithm {name!r}",
                f"one of {', '.join(self.catalogue)}",
                suggest(name, self.catalogue),
            )
            return None
        named = [key for key in rule if key in self.catalogue.by_key]
        if len(named) == 1:
            return self.catalogue.by_key[named[0]]
        unknown = [key for key in rule if key not in COMMON and key not in self.catalogue.by_key]
        do = suggest(unknown[0], self.catalogue.by_key) if unknown else ""
        self._refuse(
            "unknown-key" if not named else "two-algorithms",
            where,
            f"keys {', '.join(map(repr, rule)) or 'none'}",
            f"exactly one of {', '.join(self.catalogue.by_key)}",
            do,
        )
        return None

    def _params(self, algorithm: Algorithm, own: Mapping[str, Any], path: tuple[Any, ...]) -> Params | None:
        try:
            return algorithm.params.model_validate(dict(own))
        except ValidationError as error:
            fields = [f.alias or name for name, f in algorithm.params.model_fields.items()]
            seen: set[tuple[Any, ...]] = set()
            for item in error.errors(include_url=False):
                key = item["loc"][:1]
                if key in seen:
                    continue
                seen.add(key)
                name = str(key[0]) if key else ""
                where = self.study.where(*path, *key)
                if item["type"] == "extra_forbidden":
                    allowed = [*fields, *COMMON]
                    self._refuse(
                        "unknown-key",
                        where,
                        f"key {name!r} of {algorithm.key}",
                        f"one of {', '.join(allowed)}",
                        suggest(name, allowed),
                    )
                elif item["type"] == "missing":
                    self._refuse("missing-key", where, f"{algorithm.key} without {name!r}", f"key {name}")
                else:
                    found = f"{name}: {item.get('input')!r}" if name else f"{algorithm.key}: {dict(own)!r}"
                    self._refuse("bad-value", where, found, str(item["msg"]).removeprefix("Value error, "))
            return None

    def _references(
        self, params: Params, condition: sql.Expression | None, names: Names, where: Location
    ) -> dict[str, Reference]:
        references: dict[str, Reference] = {}
        for text in params.marked(SQL):
            try:
                sql.parse(text, names.qualifiers, where)
            except ProblemsFound as found:
                self.problems += found.problems
                return {}
        for table in params.marked(TABLE):
            if table not in self.study.raw.datasets:
                known = self.study.raw.datasets
                self._refuse(
                    "unknown-dataset",
                    where,
                    f"table {table!r}",
                    f"one of {_some(known)}",
                    suggest(table, known),
                )
        wanted = [*_columns(params), *(condition.columns if condition else ())]
        for name in dict.fromkeys(wanted):
            reference = names.resolve(name)
            if reference is None:
                self.problems.append(names.problem(name, where))
                continue
            references[name] = reference
            if reference.kind == "subject" and reference.name not in self._demographics():
                made = self._demographics()
                self._refuse(
                    "unknown-variable",
                    where,
                    f"{name!r}",
                    f"a variable of DM in this study: {_some(made, 40) or 'the study has no DM'}",
                    suggest(reference.name, made),
                )
        return references

    def _demographics(self) -> set[str]:
        """Variables that DM has, as far as the spec says."""
        definition = self.study.sdtm.get("DM")
        if definition is None:
            return set()
        mapped = {name for source in definition.sources for name in source.map}
        return mapped | set(definition.reference_dates) | {"STUDYID", "USUBJID", "SUBJID", "SITEID"}

    # --- terminology -----------------------------------------------------------------------------------

    def _terms(
        self,
        target: str,
        definition: VariableDefinition | None,
        rule: Mapping[str, Any],
        params: Params,
        where: Location,
    ) -> TermMap | None:
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
                if codelist.codelist and self._same(codelist.codelist, codes)
            ]
        if not codes and not lists and not inline and not others:
            return None
        return self._term_map(target, codes, lists, inline, others, bool(named), where)

    def _same(self, name: str, codes: list[str]) -> bool:
        found = self.words.codelist(name)
        return found is not None and found.code in codes

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
                        f"a submission value of {published[0].name} ({published[0].code}): {_some(values)}",
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

    def _check_constant(
        self,
        target: str,
        definition: VariableDefinition | None,
        value: str,
        terms: TermMap | None,
        where: Location,
    ) -> None:
        is_number = definition is not None and definition.type == "Num"
        if is_number and terms is None and number_text(value) is None:
            self._refuse("not-a-number", where, f"{target} = {value!r}", f"a number, as {target} is numeric")
        if terms is None or terms.look_up(value)[1] == "known":
            return
        do = suggest(value, terms.values or ())
        if terms.extensible:
            do = do or f"declare it: codelists: NAME: {{codelist: …, extend: {{{value}: its decode}}}}"
        self._refuse("not-in-codelist", where, f"{target} = {value!r}", terms.allowed(), do)

    # --- tests of findings -----------------------------------------------------------------------------

    def _test_lists(self) -> Iterator[tuple[str, list[Codelist]]]:
        definition = self.guide.variable(self.domain, f"{self.domain}TESTCD", self.class_name)
        codes = list(definition.codelists) if definition else []
        named = [c for c in self.study.codelists.values() if c.codelist and self._same(c.codelist, codes)]
        for code in codes or [""]:
            yield code, named

    def test_names(self) -> dict[str, str]:
        """--TESTCD -> --TEST of what the study adds to the published tests."""
        return {
            code: name for _, lists in self._test_lists() for c in lists for code, name in c.extend.items()
        }

    def test_name(self, testcd: str, path: tuple[Any, ...]) -> str | None:
        """--TEST of a --TESTCD: what the study declares, else the published pair."""
        declared = self.test_names()
        if testcd in declared:
            return declared[testcd]
        for code, _ in self._test_lists():
            if code and (name := self.words.paired_test_name(code, testcd)) is not None:
                return name
        published = [
            term
            for code, _ in self._test_lists()
            if (found := self.words.codelist(code))
            for term in found.terms
        ]
        self._refuse(
            "unknown-test",
            self.study.where(*path),
            f"{self.domain}TESTCD {testcd!r}",
            f"a test of CT {self.study.standards.ct}, or one that a codelist of the study adds",
            suggest(testcd, published)
            or f"declare it: codelists: NAME: {{codelist: …, extend: {{{testcd}: name of the test}}}}",
        )
        return None
