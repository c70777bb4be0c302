"""A folder of raw files to a drafted study spec."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from sdtm.drafting.code_books import with_code_books
from sdtm.drafting.columns import is_collected
from sdtm.drafting.context import Context, drafted
from sdtm.drafting.demographics import complete_demographics
from sdtm.drafting.domains import choose_domain
from sdtm.drafting.identity import Identity, find_identity
from sdtm.drafting.keys import natural_key
from sdtm.drafting.material import Material, RawTableRead, read_material
from sdtm.drafting.raw_names import with_raw_names
from sdtm.drafting.sources import WIDE_RESULTS, DraftedSource, draft_source, exposure_of, questions_left
from sdtm.drafting.visits import Visits, find_visits
from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound

MOST_CHARACTERS = 40  # in one question
SYSTEM = {  # of an ODM file: why these columns are not submitted
    "StudyEventRepeatKey": "number of the repeated visit",
    "FormOID": "name of the form",
    "FormRepeatKey": "number of the repeated form",
    "ItemGroupOID": "name of the part of the form",
    "ItemGroupRepeatKey": "number of the line on the form",
}


def draft_study(
    raw: Path, folder: str = "raw", study: str = "", fallback: str = "", encoding: str = ""
) -> Study:
    """The drafted spec of a folder of raw files, every part with its evidence, and the open questions.

    ``folder``: how the spec names the raw folder (``raw.folder``). ``study``: the STUDYID, whatever the
    files say; ``fallback``: the one if they say nothing. ``encoding``: of text files that are not UTF-8.
    Raises ``ProblemsFound`` where there is no such folder, or no table in it.
    """
    material = read_material(raw, encoding)
    tables, books = with_code_books(material.tables)
    material = replace(material, tables=tables)
    if not material.tables:
        found = "no file that can be read" + (f": {', '.join(material.unread)}" if material.unread else "")
        where, do = Location(str(raw)), "`sdtm profile` says what is in the way"
        raise ProblemsFound(Problem("nothing-to-draft", where, found, "a folder of raw files", do))
    context = Context()
    identity = find_identity(context, material, study)
    visits = find_visits(context, material, identity)
    _ask_unread(context, material)
    idle = {name: _idle(material, identity, visits, name) for name in material.tables}
    sources = _sources(context, material, identity, idle)
    if not identity.study:
        context.ask(
            "study", "What is the STUDYID? No column names the study; the name of the folder is drafted."
        )
    name = identity.study or fallback or raw.resolve().name.upper()
    tree: dict[str, Any] = {
        "study": name,
        "standards": {"sdtmig": context.guide.version, "ct": context.words.version},
        "raw": _raw(context, material, identity, visits, folder, name, books),
        "subject": with_raw_names(dict(identity.rules), context.guide),
    }
    if visits.schedule:
        tree["visits"] = list(visits.schedule)
    if visits.unscheduled:
        tree["unscheduled"] = visits.unscheduled
    if visits.no_visit:
        tree["no_visit"] = list(visits.no_visit)
    domains: dict[str, dict[str, Any]] = {}
    for source in sources:
        domain = domains.setdefault(source.domain, {"domain": source.domain, "sources": []})
        domain["sources"].append(source.tree)
    complete_demographics(context, material, domains)
    _ask_characters(context, material, _read(sources))
    for code, domain in domains.items():
        _ask_expected(context, code, domain)
    questions_left(context, material.tables, _read(sources), idle)
    tree["sdtm"] = {code: with_raw_names(domains[code], context.guide) for code in sorted(domains)}
    tree["questions"] = context.questions
    return Study.model_validate(tree)


def _ask_expected(context: Context, name: str, domain: dict[str, Any]) -> None:
    """The required and expected variables that no source makes and no question is about."""
    made = {variable for source in domain["sources"] for variable in source.get("map", {})}
    made |= set(domain.get("reference_dates", ()))
    told = {
        word
        for q in context.questions
        for text in (q.ask, *q.candidates)
        for word in re.findall(r"\w+", text)
    }
    wide = any("findings" in source for source in domain["sources"])
    missing = {
        v.name: v.label
        for v in context.guide.variables(name)
        if not (v.value_domain == "MedDRA" and not v.name.endswith("DECOD"))  # of coding, all or none
        if v.core in ("Req", "Exp") and is_collected(v.name, name) and v.name not in made | told
        if not (wide and v.name.removeprefix(name) in WIDE_RESULTS)
        if not v.name.removeprefix(name).startswith(("TEST", "STNR", "NRIND"))
    }
    if missing:
        context.ask(
            f"{name}-expected",
            f"Are these variables of {name} collected elsewhere, or do they always have one value?",
            candidates=missing,
        )


def _idle(material: Material, identity: Identity, visits: Visits, table: str) -> frozenset[str]:
    """The columns that say whose row it is and when, and nothing else."""
    names = {identity.subjects.get(table, ""), identity.sites.get(table, ""), visits.columns.get(table, "")}
    return (
        frozenset(names - {""})
        | identity.study_columns
        | visits.numbers
        | material.tables[table].system_columns
    )


def _sources(
    context: Context, material: Material, identity: Identity, idle: dict[str, frozenset[str]]
) -> list[DraftedSource]:
    """The sources of all tables that have subjects; DM from one table only."""
    found: list[DraftedSource] = []
    for name, table in material.tables.items():
        if name not in identity.subjects or not table.rows:
            continue
        choice = choose_domain(context, table, idle[name])
        if not choice.domain:
            context.ask(
                f"{name}-domain",
                f"Which domain does {_shown(table)} feed? Its columns: {', '.join(_own(table, idle[name]))}.",
                [name],
                choice.candidates,
            )
            continue
        if choice.domain == "DM" and any(source.domain == "DM" for source in found):
            context.ask(
                f"{name}-domain",
                f"Does {_shown(table)} feed DM, beside another file?",
                [name],
                choice.candidates,
            )
            continue
        source = draft_source(context, identity, table, choice.domain, choice.evidence, idle[name])
        if source is not None:
            found.append(source)
    if "EX" not in {source.domain for source in found}:
        found += [exposure_of(context, source) for source in list(found) if source.domain == "EC"]
    return found


def _read(sources: list[DraftedSource]) -> dict[str, set[str]]:
    """Raw dataset -> the columns that its sources read."""
    read: dict[str, set[str]] = {}
    for source in sources:
        read.setdefault(str(source.tree["from"]), set()).update(source.read)
    return read


def _own(table: RawTableRead, idle: frozenset[str]) -> list[str]:
    """Some columns of a table that tell what it is about: not constant, not the system's."""
    names = [c.name for c in table.columns.values() if c.name not in idle and not c.constant]
    return names[:12]


def _shown(table: RawTableRead) -> str:
    return f"{table.file} [{table.part}]" if table.part else table.file


def _raw(
    context: Context,
    material: Material,
    identity: Identity,
    visits: Visits,
    folder: str,
    study: str,
    books: tuple[str, ...],
) -> dict[str, Any]:
    """The part ``raw:`` of the spec, with the key of each table and its own names of subject and visit."""
    datasets: dict[str, Any] = {}
    apart: list[str] = []
    for name, table in material.tables.items():
        if identity.subjects and name not in identity.subjects and len(table.columns) < 2:
            apart.append(_shown(table))
            continue
        dataset: dict[str, Any] = {"file": table.file, **table.options}
        evidence = "all rows of the file"
        if name in books:
            evidence = "a code-book: it names columns of the other files"
            datasets[name] = drafted({**dataset, "lookup": "true"}, evidence)
            continue
        if name in identity.subjects:
            dataset |= _identified(context, identity, visits, table)
            evidence = dataset.pop("why")
        if name in identity.own:
            dataset["subject"] = with_raw_names(dict(identity.own[name]), context.guide)
        if visits.columns.get(name, visits.column) != visits.column:
            dataset["visit"] = visits.columns[name]
        datasets[name] = drafted(dataset, evidence)
    known = (*identity.subjects, *books)
    without = [
        _shown(table) for name, table in material.tables.items() if name in datasets and name not in known
    ]
    if without or apart:
        asked = {shown: "no column names a subject of the other files" for shown in without}
        asked |= {shown: "one column only; not declared" for shown in apart}
        context.ask(
            "files-without-subjects",
            "What are these files? A table of codes is marked lookup: true; what is no data, or makes no "
            "record, gets rows_not_submitted with the reason, or is taken out of raw.datasets.",
            candidates=asked,
        )
    raw: dict[str, Any] = {"folder": folder, "missing": list(material.missing)}
    if visits.column:
        raw["visit"] = visits.column
    constants = {
        name
        for name in identity.study_columns
        if all(t.columns[name].constant == study for t in material.tables.values() if name in t.columns)
    }
    reasons = dict.fromkeys(sorted(constants), "the STUDYID in every row")
    if any(table.system_columns for table in material.tables.values()):
        reasons |= {name: why for name, why in SYSTEM.items() if name not in reasons}
    if reasons:
        raw["not_submitted"] = reasons
    return {**raw, "datasets": datasets}


def _identified(context: Context, identity: Identity, visits: Visits, table: RawTableRead) -> dict[str, Any]:
    """The key of a table with subjects; a question where rows repeat."""
    name = table.name
    subject, site = identity.subjects[name], identity.sites.get(name, "")
    visit = visits.columns.get(name, "")
    key, why = natural_key(table, subject, site, visit, identity.composite)
    if key:
        return {"key": list(key), "why": f"key {why}"}
    context.ask(
        f"{name}-key",
        f"What identifies a row of {_shown(table)}? {why}.",
        [f"{name}.{subject}"],
    )
    return {"why": why}


def _ask_characters(context: Context, material: Material, read: dict[str, set[str]]) -> None:
    """Characters that transport files cannot hold, in columns that are mapped."""
    found: dict[str, str] = {}
    for name, columns in read.items():
        for column in sorted(columns):
            for text in material.tables[name].columns[column].texts:
                for letter in text:
                    if not letter.isascii():
                        found.setdefault(letter, f"in {name}.{column}: {text[:40]}")
    if found:
        context.ask(
            "characters",
            "How are these characters written in transport files, which hold ASCII only (transliterate:)?",
            candidates=dict(sorted(found.items())[:MOST_CHARACTERS]),
        )


def _ask_unread(context: Context, material: Material) -> None:
    """What could not be read is asked about, with the reader's own words."""
    for shown, problems in material.unread.items():
        told = Counter(f"{problem.found}; expected {problem.expected}" for problem in problems)
        context.ask(
            f"{shown}-file",
            f"How is {shown} to be read? It was left out: {next(iter(told))}.",
            candidates={problem.do: "what the reader suggests" for problem in problems if problem.do},
        )
