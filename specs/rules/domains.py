"""Rules on what stands in a domain's file beside its mappings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from specs.model import NotDone, Path, Source
from specs.problems import Problem, suggest
from specs.rules.spec import REFERENCE_DATES, Spec, is_date, is_label, some

RAW_ORDER = "raw_order"
COLLAPSE_RULES = ("earliest", "latest", "first")
LONG_TEXT = ("supp", "refuse")


def variable_names(spec: Spec) -> Iterator[Problem]:
    """What names a variable of a domain names one that there is."""
    for domain, definition in spec.study.sdtm.items():
        if not spec.knows(domain):
            continue  # an unknown domain is told elsewhere
        path: Path = ("sdtm", domain)
        named: list[tuple[Path, str]] = []
        named += [((*path, "sequence", "by", i), name) for i, name in enumerate(definition.sequence.by)]
        named += [((*path, "baseline", "by", i), name) for i, name in enumerate(definition.baseline.by)]
        named += [((*path, "drop", i), name) for i, name in enumerate(definition.drop)]
        named += [((*path, "long_text", name), name) for name in definition.long_text]
        named += [((*path, "epoch"), definition.epoch)] if definition.epoch else []
        named += [((*path, "collapse", "by"), name) for name in collapse_by(definition.collapse)]
        named += [((*path, "collapse", name), name) for name in definition.collapse if name != "by"]
        for place, name in named:
            if name == RAW_ORDER and "sequence" in place:
                continue
            if spec.variable(domain, name) is None:
                yield Problem(
                    "unknown-variable",
                    spec.where(*place),
                    f"{name!r} in {domain}",
                    f"a variable of {domain} in SDTMIG {spec.study.standards.sdtmig} or of its class",
                    suggest(name, spec.variable_names(domain)),
                )


def collapse_by(collapse: dict[str, Any]) -> list[str]:
    """The variables under ``collapse: by``, one or a list; others than texts are left out."""
    return [name for name in _listed(collapse.get("by")) if isinstance(name, str)]


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def collapse_rules(spec: Spec) -> Iterator[Problem]:
    """``collapse`` says by which variables, and how others are chosen; a date has an earliest and a latest."""
    for domain, definition in spec.study.sdtm.items():
        if not definition.collapse:
            continue
        by = definition.collapse.get("by")
        if not by or len(collapse_by(definition.collapse)) < len(_listed(by)):
            yield Problem(
                "missing-key",
                spec.where("sdtm", domain, "collapse"),
                f"by: {by!r}",
                "by: the variables that make one record, such as [USUBJID, VISITNUM]",
            )
        for name, rule in definition.collapse.items():
            if name == "by":
                continue
            where = spec.where("sdtm", domain, "collapse", name)
            variable = spec.variable(domain, name)
            if rule not in COLLAPSE_RULES:
                do = suggest(str(rule), COLLAPSE_RULES)
                yield Problem(
                    "bad-value", where, f"{name}: {rule!r}", f"one of {', '.join(COLLAPSE_RULES)}", do
                )
            elif rule != "first" and variable is not None and not is_date(variable):
                yield Problem(
                    "not-a-date", where, f"{name}: {rule}", f"a date, which {name} is not", "write first"
                )


def finishing_choices(spec: Spec) -> Iterator[Problem]:
    """The date before which the baseline lies, the date of EPOCH, and what becomes of long text."""
    for domain, definition in spec.study.sdtm.items():
        if definition.baseline.before not in REFERENCE_DATES:
            yield Problem(
                "unknown-variable",
                spec.where("sdtm", domain, "baseline", "before"),
                f"{definition.baseline.before!r}",
                f"a reference date of DM: {', '.join(REFERENCE_DATES)}",
                suggest(definition.baseline.before, REFERENCE_DATES),
            )
        epoch = spec.variable(domain, definition.epoch) if definition.epoch else None
        if epoch is not None and not is_date(epoch):
            where = spec.where("sdtm", domain, "epoch")
            yield Problem(
                "not-a-date", where, f"{definition.epoch!r}", f"a date of {domain}, such as {domain}STDTC"
            )
        for name, choice in definition.long_text.items():
            if choice not in LONG_TEXT:
                where = spec.where("sdtm", domain, "long_text", name)
                do = suggest(choice, LONG_TEXT)
                yield Problem(
                    "bad-value", where, f"{name}: {choice!r}", "supp (split into SUPP--) or refuse", do
                )


def dropped_variables(spec: Spec) -> Iterator[Problem]:
    """No required variable is dropped, and none that is mapped."""
    for domain, definition in spec.study.sdtm.items():
        mapped = {name for source in definition.sources for name in source.map}
        for i, name in enumerate(definition.drop):
            where = spec.where("sdtm", domain, "drop", i)
            variable = spec.variable(domain, name)
            if variable is not None and variable.core == "Req":
                yield Problem(
                    "required-dropped", where, f"{name} of {domain}", "variables that are not required"
                )
            elif name in mapped:
                do = "take it out of drop:, or out of map:"
                yield Problem(
                    "mapped-dropped", where, f"{name}, which is mapped", "one of the two", do, "warning"
                )


def labels(spec: Spec) -> Iterator[Problem]:
    """The label of a dataset fits into a transport file (those of QNAMs are judged with their mapping)."""
    for domain, definition in spec.study.sdtm.items():
        if not is_label(definition.label):
            where = spec.where("sdtm", domain, "label")
            yield Problem("label-too-long", where, f"{definition.label!r}", "a label of at most 40 bytes")


def keys(spec: Spec) -> Iterator[Problem]:
    """A key names each variable or column once."""
    paths: list[tuple[Path, tuple[str, ...]]] = []
    for domain, definition in spec.study.sdtm.items():
        paths.append((("sdtm", domain, "keys"), definition.keys))
        paths.append((("sdtm", domain, "sequence", "by"), definition.sequence.by))
    for name, raw in spec.study.raw.datasets.items():
        paths.append((("raw", "datasets", name, "key"), raw.key))
    for path, names in paths:
        again = sorted({name for name in names if names.count(name) > 1})
        if again:
            do = "take one of them out"
            yield Problem(
                "duplicate-key", spec.where(*path), f"{some(again)} again", "each once", do, "warning"
            )


def sources(spec: Spec) -> Iterator[Problem]:
    """A domain has sources that make records."""
    for domain, definition in spec.study.sdtm.items():
        made_otherwise = definition.elements or definition.copy_of or domain == "SE"
        if not definition.sources and not made_otherwise:
            where = spec.where("sdtm", domain)
            do = "add sources:, or take the file away"
            severity = "error" if domain == "DM" else "warning"  # everything looks for its subjects in DM
            yield Problem(
                "no-sources", where, f"{domain} without sources", "where its records come from", do, severity
            )
    for domain, i, _, source in spec.sources():
        yield from _source(spec, domain, source, ("sdtm", domain, "sources", i))


def _source(spec: Spec, domain: str, source: Source, path: Path) -> Iterator[Problem]:
    if source.from_domain == domain:
        do = "name another domain, or the raw dataset"
        yield Problem(
            "domain-cycle", spec.where(*path, "from_domain"), f"{domain} made from {domain}", "another", do
        )
    if source.because and not source.where:
        where = spec.where(*path, "because")
        yield Problem(
            "misplaced-key", where, "because: without where:", "a condition that rows fail", "", "warning"
        )
    several = source.not_done if isinstance(source.not_done, tuple) else (source.not_done,)
    for given in several:
        if given is not None:
            yield from _not_done(spec, source, given, (*path, "not_done"))


def _not_done(spec: Spec, source: Source, given: NotDone, path: Path) -> Iterator[Problem]:
    where = spec.where(*path)
    if not source.findings and not given.form:
        yield Problem(
            "not-done-without-tests",
            where,
            "not_done in a source without findings:",
            "the tests of findings:, or form: with one --TESTCD for the whole form",
            "where each row is one test, map --STAT and --REASND instead",
        )
    if given.form and given.tests:
        yield Problem("two-choices", where, "form: and tests:", "one of the two")


def copied_domains(spec: Spec) -> Iterator[Problem]:
    """A domain that is a copy has another domain with sources to be a copy of, and none of its own."""
    for name, domain in spec.study.sdtm.items():
        if not domain.copy_of:
            continue
        where = spec.where("sdtm", name, "copy_of")
        parent = spec.study.sdtm.get(domain.copy_of)
        if parent is None or parent.copy_of or not parent.sources:
            known = [other for other, each in spec.study.sdtm.items() if each.sources]
            expected, do = (
                f"a domain of this study with sources: {some(known)}",
                suggest(domain.copy_of, known),
            )
            yield Problem("unknown-domain", where, f"copy_of {domain.copy_of!r}", expected, do)
        if domain.sources:
            expected, do = "the records of the other domain alone", "take sources out, or copy_of"
            yield Problem("bad-value", where, "copy_of together with sources", expected, do)
