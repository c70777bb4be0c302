"""One mapping of a spec, in short form or in full, to a step: algorithm, parameters, columns, terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from sdtm.compile_names import Names as Names
from sdtm.compile_names import Reference as Reference
from sdtm.compile_names import compile_condition as compile_condition
from sdtm.compile_names import some
from sdtm.compile_terms import TermCompiler
from sdtm.mapping import sql
from sdtm.parameter_problems import keys_of, parameter_problems
from sdtm.step import Step as Step
from sdtm.step import columns_read
from specs.catalogue import SQL, TABLE, Algorithm, Catalogue, Params
from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound, suggest
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
        self.terms = TermCompiler(study, words, problems)

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
        algorithm = self._algorithm(rule, self.study.where(*path, *(k for k in rule if k == "algorithm")))
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
        terms = self.terms.terms(target, definition, rule, params, where)
        for value in getattr(params, "constants", tuple)():
            self.terms.check_constant(target, definition, value, terms, where)
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
            allowed = [*keys_of(algorithm.params), *COMMON]
            self.problems += parameter_problems(
                error,
                algorithm.key,
                own,
                allowed,
                lambda *key: self.study.where(*path, *key),
                dotted=False,
            )
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
                    f"one of {some(known)}",
                    suggest(table, known),
                )
        wanted = [*columns_read(params), *(condition.columns if condition else ())]
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
                    f"a variable of DM in this study: {some(made, 40) or 'the study has no DM'}",
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
