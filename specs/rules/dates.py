"""Rules on reference dates, and on the elements that subjects pass."""

from __future__ import annotations

from collections.abc import Iterator

from specs.location import Location
from specs.model import DateSource, Path
from specs.problems import Problem, suggest
from specs.rules.spec import REFERENCE_DATES, Spec, is_date, some

_SHORT = 8


def date_sources(spec: Spec) -> Iterator[Problem]:
    """A date comes from date variables of domains of the study, the earliest or the latest of them."""
    for path, source in _sources(spec):
        if bool(source.earliest) == bool(source.latest):
            yield Problem(
                "bad-value",
                spec.where(*path),
                "earliest and latest" if source.earliest else "neither earliest nor latest",
                "one of the two",
                "keep one; a date after another is days_after:",
            )
        for key in ("earliest", "latest"):
            for name in getattr(source, key):
                yield from _date_variable(spec, name, spec.where(*path, key))


def _sources(spec: Spec) -> Iterator[tuple[Path, DateSource]]:
    for domain, definition in spec.study.sdtm.items():
        for name, source in definition.reference_dates.items():
            yield ("sdtm", domain, "reference_dates", name), source
    for i, element in enumerate(spec.study.elements):
        if element.start is not None:
            yield ("elements", i, "start"), element.start
        if element.end is not None:
            yield ("elements", i, "end"), element.end


def _date_variable(spec: Spec, text: str, where: Location) -> Iterator[Problem]:
    domain, dot, name = text.partition(".")
    if not dot or domain not in spec.study.sdtm:
        yield Problem(
            "unknown-domain",
            where,
            f"{text!r}",
            f"DOMAIN.VARIABLE with a domain of this study: {some(spec.study.sdtm)}",
            suggest(domain, spec.study.sdtm),
        )
        return
    definition = spec.variable(domain, name)
    if definition is None and spec.knows(domain):
        names = spec.variable_names(domain)
        yield Problem("unknown-variable", where, f"{text!r}", f"a variable of {domain}", suggest(name, names))
    elif definition is not None and not is_date(definition):
        dates = [v for v in spec.variable_names(domain) if v.endswith("DTC")]
        yield Problem(
            "not-a-date", where, f"{text!r}", f"a date of {domain}: {some(dates)}", suggest(name, dates)
        )


def reference_date_names(spec: Spec) -> Iterator[Problem]:
    """Reference dates are those of DM."""
    for domain, definition in spec.study.sdtm.items():
        for name in definition.reference_dates:
            where = spec.where("sdtm", domain, "reference_dates", name)
            if domain != "DM":
                yield Problem(
                    "misplaced-key",
                    where,
                    f"reference_dates of {domain}",
                    "reference dates of DM",
                    "move them to the file of DM",
                )
            elif name not in REFERENCE_DATES:
                yield Problem(
                    "unknown-variable",
                    where,
                    f"{name!r}",
                    f"one of {', '.join(REFERENCE_DATES)}",
                    suggest(name, REFERENCE_DATES),
                )


def elements_and_domain(spec: Spec) -> Iterator[Problem]:
    """SE is made from elements: one needs the other."""
    started = [i for i, element in enumerate(spec.study.elements) if element.start is not None]
    subject_elements = spec.study.sdtm.get("SE")
    for domain, definition in spec.study.sdtm.items():
        if definition.elements and domain != "SE":
            where = spec.where("sdtm", domain, "elements")
            yield Problem("misplaced-key", where, f"elements of {domain}", "elements: true in SE only")
    if started and subject_elements is None:
        yield Problem(
            "elements-without-domain",
            spec.where("elements"),
            "elements with a start, and no domain SE",
            "a file sdtm/se.yaml",
            "write domain: SE and elements: true in it; without SE no EPOCH is made",
            "warning",
        )
    if subject_elements is None:
        return
    where = spec.where("sdtm", "SE")
    if subject_elements.elements and subject_elements.sources:
        yield Problem("two-sources", where, "elements: true and sources:", "one of the two")
    elif not subject_elements.sources and not started:
        yield Problem(
            "elements-missing",
            where,
            "domain SE without sources, and no element with a start",
            "elements: in study.yaml, each with a start",
            "write, for instance, start: {earliest: DM.RFICDTC}",
        )


def element_names(spec: Spec) -> Iterator[Problem]:
    """ETCD is short and used once; EPOCH is of controlled terminology."""
    epochs = spec.published("EPOCH")
    allowed = (set(epochs.terms) if epochs else set()) | spec.extensions()
    seen: set[str] = set()
    for i, element in enumerate(spec.study.elements):
        if element.ETCD in seen:
            where = spec.where("elements", i, "ETCD")
            yield Problem("duplicate-element", where, f"ETCD {element.ETCD!r} again", "each element once")
        seen.add(element.ETCD)
        if len(element.ETCD) > _SHORT:
            where = spec.where("elements", i, "ETCD")
            yield Problem("bad-value", where, f"ETCD {element.ETCD!r}", f"at most {_SHORT} characters")
        if epochs is not None and element.EPOCH not in allowed:
            yield Problem(
                "undeclared-term",
                spec.where("elements", i, "EPOCH"),
                f"EPOCH {element.EPOCH!r}",
                f"a value of EPOCH ({epochs.code}): {some(epochs.terms)}",
                suggest(element.EPOCH, allowed)
                or "declare it: codelists: EPOCH: {codelist: EPOCH, extend: …}",
                "warning",
            )
