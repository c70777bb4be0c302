"""Rules on the data cut: its dates, and the domains and variables that it names."""

from __future__ import annotations

from collections.abc import Iterator

from specs.data_cut import BY_SUBJECT, NOT_CUT, LaterDate, domain_cut
from specs.iso8601 import read_moment
from specs.model import Path
from specs.problems import Problem, suggest
from specs.rules.spec import Spec, is_date, some


def cut_off_dates(spec: Spec) -> Iterator[Problem]:
    """There is a cut-off date, complete to the day; what it is taken from exists."""
    cut = spec.study.data_cut
    if cut is None:
        return
    if not cut.date and cut.subjects is None:
        yield Problem(
            "missing-key",
            spec.where("data_cut"),
            "a data cut without a cut-off date",
            "date: of all subjects, or subjects: of each",
            'write, for instance, date: "2023-06-05"',
        )
    moment = read_moment(cut.date)
    if cut.date and (moment is None or not moment.is_complete_date):
        expected = "an ISO 8601 date, or date and time, that is complete to the day"
        yield Problem("bad-value", spec.where("data_cut", "date"), f"{cut.date!r}", expected)
    if cut.subjects is not None:
        yield from _subject_dates(spec)
    if cut.entered:
        yield from _date_of(spec, "DM", cut.entered.removeprefix("DM."), ("data_cut", "entered"))


def _subject_dates(spec: Spec) -> Iterator[Problem]:
    cut = spec.study.data_cut
    assert cut is not None and cut.subjects is not None
    given = cut.subjects
    path: Path = ("data_cut", "subjects")
    if given.from_:
        known = spec.study.raw.datasets
        if given.from_ not in known:
            found, expected = f"raw dataset {given.from_!r}", f"one of raw.datasets: {some(known)}"
            where = spec.where(*path, "from")
            yield Problem("unknown-dataset", where, found, expected, suggest(given.from_, known))
    elif isinstance(given.date, str) and given.date.startswith("DM."):
        yield from _date_of(spec, "DM", given.date.removeprefix("DM."), (*path, "date"))
    else:
        yield Problem(
            "missing-key",
            spec.where(*path),
            f"the cut-off dates of subjects are {given.date!r}, without `from`",
            "from: and a raw dataset, or date: DM.VARIABLE",
        )


def cut_domains(spec: Spec) -> Iterator[Problem]:
    """Domains of the data cut are of this study, and their variables exist; values that are set are terms."""
    cut = spec.study.data_cut
    for domain in cut.domains if cut is not None else ():
        path: Path = ("data_cut", "domains", domain)
        if domain not in spec.study.sdtm:
            yield Problem(
                "unknown-domain",
                spec.where(*path),
                f"{domain!r}",
                f"a domain of this study: {some(spec.study.sdtm)}",
                suggest(domain, spec.study.sdtm),
            )
            continue
        assert cut is not None
        rule = domain_cut(cut, domain)
        if rule.by not in ("", BY_SUBJECT, NOT_CUT):
            yield from _date_of(spec, domain, rule.by, (*path, "by"))
        for date, then in cut.domains[domain].later.items():
            yield from _date_of(spec, domain, date, (*path, "later", date))
            yield from _changes(spec, domain, then, (*path, "later", date))


def _date_of(spec: Spec, domain: str, name: str, path: Path) -> Iterator[Problem]:
    definition = spec.variable(domain, name)
    if definition is None and not spec.knows(domain):
        return
    if definition is None or not is_date(definition):
        dates = [v for v in spec.variable_names(domain) if v.endswith("DTC")]
        id = "unknown-variable" if definition is None else "not-a-date"
        expected = f"a date of {domain}: {some(dates)}"
        if path[-1] == "by":
            expected += f", {BY_SUBJECT} or {NOT_CUT}"
        yield Problem(id, spec.where(*path), f"{name!r}", expected, suggest(name, dates))


def _changes(spec: Spec, domain: str, then: LaterDate, path: Path) -> Iterator[Problem]:
    for name in (*then.clear, *then.set):
        if spec.variable(domain, name) is None and spec.knows(domain):
            names = spec.variable_names(domain)
            where = spec.where(*path, "clear" if name in then.clear else "set")
            yield Problem(
                "unknown-variable", where, f"{name!r}", f"a variable of {domain}", suggest(name, names)
            )
    for name, value in then.set.items():
        for codelist in spec.codelists(domain, name):
            if value not in {*codelist.terms, *spec.extensions()} and "{" not in value:
                yield Problem(
                    "not-in-codelist",
                    spec.where(*path, "set", name),
                    f"{name} = {value!r}",
                    f"a value of {codelist.name} ({codelist.code}): {some(codelist.terms)}",
                    suggest(value, codelist.terms),
                )
