"""Columns of one table to variables of one domain: candidates from all evidence, then a decision for each.

A column is drafted where one variable is clearly ahead for it, and it is clearly ahead for that variable.
Everything else that has a candidate is a question.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sdtm.drafting.context import Context
from sdtm.drafting.dates import is_years, looks_like_date, looks_like_time
from sdtm.drafting.evidence import AHEAD, ASKED, SURE, Candidate, Reason, together
from sdtm.drafting.fields import is_copy, one_of_each_field
from sdtm.drafting.material import RawColumn, RawTableRead
from sdtm.drafting.names import CONVENTION, Name, by_label, by_name, form_prefix, parse_names
from sdtm.drafting.values import YES_NO, best_match, by_values
from specs.standards import VariableDefinition

IDENTIFIERS = (
    "STUDYID",
    "DOMAIN",
    "USUBJID",
    "SUBJID",
    "SITEID",
    "VISIT",
    "VISITNUM",
    "VISITDY",
    "EPOCH",
    "TAETORD",
)
# Made after the mappings, from what they give.
FINISHED = (
    "SEQ",
    "DY",
    "STDY",
    "ENDY",
    "LOBXFL",
    "BLFL",
    "STRESC",
    "STRESN",
    "STRESU",
    "DRVFL",
    "ENRF",
    "STRF",
)
# Derived from data of other forms; a column of that name in DM would be a copy.
REFERENCES = ("RFSTDTC", "RFENDTC", "RFXSTDTC", "RFXENDTC", "RFPENDTC", "DTHFL")
CODE = re.compile(r"[A-Z][A-Z0-9]{0,6}[0-9]")
REASONS = ("REASON", "REAS", "REA", "RSN", "RS")
IDENTIFYING = ("REFID", "SPID", "GRPID", "LNKID")
SINGLE = {"DS": "disposition", "EX": "exposure", "EC": "exposure"}  # one date on the form: that of the event
DATED = 0.25  # what values that are dates weigh for a variable that is one


@dataclass(frozen=True, slots=True)
class Decision:
    """``drafts``: variable -> candidate; ``times``: date variable -> its time; ``open``: column -> candidates."""

    drafts: Mapping[str, Candidate]
    times: Mapping[str, Candidate]
    open: Mapping[str, tuple[Candidate, ...]]


def decide(
    context: Context, table: RawTableRead, domain: str, left_out: Collection[str], also: Collection[str] = ()
) -> Decision:
    """Which column makes which variable of a domain. ``also``: variables that others make already."""
    names = parse_names([name for name in table.columns if name not in left_out])
    prefix = form_prefix(names.values(), table.name)
    found: dict[str, list[Candidate]] = {}
    for column in table.columns.values():
        name = names.get(column.name)
        if name is None or is_copy(name, names):
            continue
        candidates = candidates_of(context, column, name, domain, [prefix] if prefix else [])
        candidates = with_values(context, column, domain, candidates)
        candidates = [c for c in candidates if c.variable not in also]
        if candidates:
            found[column.name] = candidates
    found = one_of_each_field(context, table, domain, names, found)
    _only_date(context, table, domain, names, found)
    _start_beside_end(domain, names, found)
    _reason_beside(context, domain, names, found)
    return _decided(found)


def _start_beside_end(domain: str, names: Mapping[str, Name], found: dict[str, list[Candidate]]) -> None:
    """EXDAT beside EXENDAT, and no EXSTDAT: the date is that of the start."""
    start, end = f"{domain}STDTC", f"{domain}ENDTC"
    sure = {c.variable for candidates in found.values() for c in candidates if c.score >= SURE and not c.part}
    if end not in sure or start in sure:
        return
    for column, candidates in found.items():
        doubtful = [c for c in candidates if c.variable == start and not c.against and not c.part]
        if doubtful and names[column].letters.startswith(domain) and doubtful[0].score > 0.6:
            why = Reason(0.6, "the form has an end beside it, and no other start")
            found[column] = [replace(doubtful[0], reasons=(*doubtful[0].reasons, why))]


def _reason_beside(
    context: Context, domain: str, names: Mapping[str, Name], found: dict[str, list[Candidate]]
) -> None:
    """EXADJ is the reason for an adjustment; where EXADJREA stands beside a column EXADJ, that one is."""
    by_letters = {name.letters: column for column, name in names.items() if column in found}
    for column in list(found):
        letters = names[column].letters
        definition = context.guide.variable(domain, letters)
        beside = next((by_letters[letters + end] for end in REASONS if letters + end in by_letters), "")
        if definition is None or not beside or "reason" not in definition.label.casefold():
            continue
        why = f"{beside} beside it is the reason"
        found[column] = [replace(c, against=why) if c.variable == letters else c for c in found[column]]
        told = Reason(0.75, f"{beside} is the reason beside {column}")
        others = [c for c in found[beside] if c.variable != letters]
        found[beside] = [*others, Candidate(beside, letters, (told,))]


def _only_date(
    context: Context,
    table: RawTableRead,
    domain: str,
    names: Mapping[str, Name],
    found: dict[str, list[Candidate]],
) -> None:
    """The one column with dates of a findings form is the date of the findings, whatever it is called.

    That of a form of disposition is the date of the event, that of a form of exposure the date of the dose.
    """
    if domain not in context.test_lists and domain not in SINGLE:
        return
    dated = [
        name.column
        for name in names.values()
        if looks_like_date(table.columns[name.column]) and not is_copy(name, names)
    ]
    if len(dated) == 1 and not any(
        c.variable.endswith("DTC") and c.score >= SURE for c in found.get(dated[0], ())
    ):
        variable = f"{domain}STDTC" if domain in SINGLE else f"{domain}DTC"
        form = SINGLE.get(domain, "findings")
        why = f"{dated[0]} is the only column with dates on a form of {form}"
        others = [c for c in found.get(dated[0], ()) if c.variable != variable]
        reasons = (Reason(0.6, why), Reason(DATED, "its values are dates"))
        found[dated[0]] = [*others, Candidate(dated[0], variable, reasons)]


def candidates_of(
    context: Context, column: RawColumn, name: Name, domain: str, prefixes: list[str]
) -> list[Candidate]:
    """What a column may be, by its name, its label and its values together."""
    merged: dict[tuple[str, str], tuple[Reason, ...]] = {}
    for candidate in (
        *by_name(name, context.guide, domain, prefixes),
        *by_label(column.name, column.label, context.guide, domain),
    ):
        key = (candidate.variable, candidate.part)
        known = merged.get(key, ())
        if known and column.label == column.name:  # one header says it once: the stronger reason counts
            merged[key] = max(known, candidate.reasons, key=together)
        else:
            merged[key] = (*known, *candidate.reasons)
    found = []
    for (variable, part), reasons in merged.items():
        definition = context.guide.variable(domain, variable)
        if definition is None or not is_collected(variable, domain):
            continue
        if variable == f"{domain}TEST" and holds_codes(column):
            variable, reasons = f"{variable}CD", (*reasons, Reason(0.1, "its texts are short codes"))
        more, against = judged(context, column, definition, part)
        if not against and not more and together(reasons) < CONVENTION and not part:
            against = no_terms(context, column, definition)
        found.append(Candidate(column.name, variable, (*reasons, *more), part, against))
    return found


def no_terms(context: Context, column: RawColumn, definition: VariableDefinition) -> str:
    """What speaks against a variable that only words of a name speak for: no text is a term of its codelist."""
    match = best_match(column, definition, context.words)
    if match is None or match.share:
        return ""
    return f"none of its texts ({', '.join(list(column.texts)[:6])}) is a term of {match.name}"


def holds_codes(column: RawColumn) -> bool:
    """Whether all texts are such as --TESTCD has: IN04."""
    return bool(column.texts) and all(CODE.fullmatch(text) for text in column.texts)


def with_values(
    context: Context, column: RawColumn, domain: str, candidates: list[Candidate]
) -> list[Candidate]:
    """What the values alone tell: all are terms of a codelist that only one variable of the domain has."""
    if column.type != "text" or len(column.texts) < 2:
        return candidates
    told = [
        (definition, match)
        for definition in context.guide.variables(domain)
        if definition.codelists
        and is_collected(definition.name, domain)
        and YES_NO not in definition.codelists
        and (match := best_match(column, definition, context.words)) is not None
        and not match.unknown
    ]
    if len(told) != 1 or any(c.variable == told[0][0].name and c.score >= SURE for c in candidates):
        return candidates
    definition, match = told[0]
    old = next((c for c in candidates if c.variable == definition.name), None)
    reasons = (*(old.reasons if old else ()), Reason(0.45, match.text))
    return [*(c for c in candidates if c is not old), Candidate(column.name, definition.name, reasons)]


def is_collected(variable: str, domain: str) -> bool:
    """Whether a form can collect a variable; the others are made by the toolkit."""
    if variable in IDENTIFIERS or variable in REFERENCES:
        return False
    return not any(variable == f"{domain}{suffix}" for suffix in FINISHED)


def judged(
    context: Context, column: RawColumn, definition: VariableDefinition, part: str
) -> tuple[list[Reason], str]:
    """What the values say for a column as a variable, and what against it."""
    if not column.texts:
        return [], ""
    if definition.name.endswith(IDENTIFYING) and column.constant and column.filled > 1:
        return [], f"{column.constant!r} in every row identifies nothing"
    is_date = definition.value_domain.startswith("ISO 8601 datetime") or definition.name.endswith("DTC")
    if part:
        told = looks_like_time(column)
        return ([Reason(DATED, "its values are times")], "") if told else ([], "its values are no times")
    if is_date:
        if is_years(column):
            return [Reason(DATED, "its values are years")], ""
        if looks_like_date(column):
            return [Reason(DATED, "its values are dates")], ""
        return [], "its values are no dates"
    if looks_like_date(column):
        return [], f"its values are dates, and {definition.name} is none"
    return by_values(column, definition, context.words)


def _decided(found: Mapping[str, list[Candidate]]) -> Decision:
    """Take the surest first; what is close to another for the same place stays open."""
    pool = sorted(
        (c for candidates in found.values() for c in candidates),
        key=lambda c: (-c.score, bool(c.against), c.column, c.variable, c.part),
    )
    drafts: dict[str, Candidate] = {}
    times: dict[str, Candidate] = {}
    done: set[str] = set()
    for candidate in pool:
        place = times if candidate.part else drafts
        if (
            candidate.score < SURE
            or candidate.against
            or candidate.column in done
            or candidate.variable in place
        ):
            continue
        if any(_is_rival(candidate, other, done, drafts, times) for other in pool):
            continue
        place[candidate.variable] = candidate
        done.add(candidate.column)
    open_columns = {
        column: tuple(sorted((c for c in candidates if c.score >= ASKED), key=lambda c: -c.score)[:4])
        for column, candidates in found.items()
        if column not in done and any(c.score >= ASKED for c in candidates)
    }
    return Decision(drafts, times, open_columns)


def _is_rival(
    candidate: Candidate,
    other: Candidate,
    done: Collection[str],
    drafts: Mapping[str, Candidate],
    times: Mapping[str, Candidate],
) -> bool:
    """Whether another candidate for the same column, or for the same variable, is too close to decide."""
    if other is candidate or other.against or candidate.score - other.score >= AHEAD:
        return False
    taken = times if other.part else drafts
    if other.column == candidate.column:
        return other.variable not in taken
    same = other.variable == candidate.variable and other.part == candidate.part
    return same and other.column not in done
