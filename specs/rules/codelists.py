"""Rules on the codelists of a study."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from specs.problems import Problem, suggest
from specs.rules.spec import MULTIPLE, Spec, some


def codelist_names(spec: Spec) -> Iterator[Problem]:
    """A codelist that refines a published one names one that is published."""
    for name, codelist in spec.study.codelists.items():
        if codelist.codelist and spec.published(codelist.codelist) is None:
            known = [entry.name for entry in spec.words.codelists]
            yield Problem(
                "unknown-codelist",
                spec.where("codelists", name, "codelist"),
                f"codelist {codelist.codelist!r}",
                f"the c-code or short name of a codelist of {_title(spec)}",
                suggest(codelist.codelist, known) or "a codelist of the study's own has no key codelist:",
            )


def codelist_terms(spec: Spec) -> Iterator[Problem]:
    """Raw texts are mapped to values that the codelist has, or that the study adds to it."""
    for name, codelist in spec.study.codelists.items():
        published = spec.published(codelist.codelist)
        if published is None:
            continue
        for raw, value in codelist.terms.items():
            if value in published.terms or value in codelist.extend or value == MULTIPLE:
                continue
            where = spec.where("codelists", name, "terms", raw)
            expected = f"a value of {published.name} ({published.code}): {some(published.terms)}"
            near = suggest(value, published.terms)
            if published.extensible:
                do = f"{near + '; or ' if near else ''}declare it: extend: {{{value}: its decode}}"
                yield Problem("undeclared-term", where, f"{raw!r}: {value!r}", expected, do, "warning")
            else:
                yield Problem("not-in-codelist", where, f"{raw!r}: {value!r}", expected, near)


def codelist_extensions(spec: Spec) -> Iterator[Problem]:
    """Only an extensible codelist is extended, and by values that it does not have."""
    for name, codelist in spec.study.codelists.items():
        published = spec.published(codelist.codelist)
        if published is None:
            continue
        if codelist.extend and not published.extensible:
            yield Problem(
                "not-extensible",
                spec.where("codelists", name, "extend"),
                f"{', '.join(codelist.extend)} added to {published.name} ({published.code})",
                f"a value of {some(published.terms)}: {published.name} is not extensible",
                "map the raw texts to published values; what has none goes to supp:",
            )
            continue
        for value in codelist.extend:
            if value in published.terms:
                yield Problem(
                    "already-published",
                    spec.where("codelists", name, "extend", value),
                    f"{value!r} added to {published.name} ({published.code})",
                    f"values that {_title(spec)} does not have",
                    "take it out",
                    "warning",
                )


def codelist_use(spec: Spec) -> Iterator[Problem]:
    """A codelist says something, and one of the study's own is named by a mapping, or as a --TESTCD is."""
    named = {f"{domain}TESTCD" for domain in spec.study.sdtm} | {
        text
        for _, _, _, source in spec.sources()
        for text in _texts_under("codelist", source.model_dump(by_alias=True))
    }
    for name, codelist in spec.study.codelists.items():
        where = spec.where("codelists", name)
        if not (codelist.codelist or codelist.terms or codelist.extend):
            yield Problem(
                "empty-codelist",
                where,
                f"codelist {name} without values",
                "the name of a published codelist, terms, or extend",
                severity="warning",
            )
        elif not codelist.codelist and name not in named:
            yield Problem(
                "unused-codelist",
                where,
                f"codelist {name}, which no mapping names",
                f"a mapping with codelist: {name}",
                "name it, refine a published codelist by codelist:, or take it out",
                "warning",
            )


def _texts_under(key: str, value: Any) -> Iterator[str]:
    """Every text that stands under ``key``, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key and isinstance(inner, str):
                yield inner
            yield from _texts_under(key, inner)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts_under(key, item)


def _title(spec: Spec) -> str:
    return f"SDTM CT {spec.words.version}"
