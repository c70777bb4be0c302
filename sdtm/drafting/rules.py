"""A decision for a column as a mapping of the spec: date with formats, terms, evidence, and what stays open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sdtm.drafting.columns import Decision
from sdtm.drafting.context import Context, drafted
from sdtm.drafting.dates import Formats, date_formats, is_years, looks_like_date, time_formats
from sdtm.drafting.evidence import Candidate
from sdtm.drafting.material import RawColumn, RawTableRead
from sdtm.drafting.values import best_match
from specs.standards import VariableDefinition

SHOWN = 12  # texts in a question


def draft_map(context: Context, table: RawTableRead, domain: str, decision: Decision) -> dict[str, Any]:
    """Variable -> drafted mapping, in the order of the standard. Dates of unknown format are asked about."""
    made: dict[str, Any] = {}
    for variable in context.guide.order(domain, decision.drafts):
        candidate = decision.drafts[variable]
        definition = context.guide.variable(domain, variable)
        assert definition is not None
        column = table.columns[candidate.column]
        if variable.endswith("DTC"):
            rule = date_rule(context, table, domain, candidate, decision.times.get(variable))
        else:
            rule = drafted(
                {"column": column.name, **term_rule(context, table, candidate.column, definition)},
                candidate.why
                if column.texts
                else f"{candidate.why}; the column is empty, so nothing tests it",
            )
        if rule:
            made[variable] = in_capitals(rule, variable, domain, column)
    for name, candidates in decision.open.items():
        ask_column(context, table, domain, name, candidates)
    return made


def term_rule(
    context: Context, table: RawTableRead, column: str, definition: VariableDefinition
) -> dict[str, Any]:
    """The raw texts that are terms in another form. Texts that no term fits are asked about."""
    match = best_match(table.columns[column], definition, context.words)
    if match is None:
        # No codelist: what the code-book says is the text of the form. A grade is its number, whatever it is called.
        decodes = {} if definition.name.endswith("TOXGR") else table.columns[column].decodes
        return {"terms": dict(decodes)} if decodes else {}
    if match.unknown:
        more = f" and {len(match.unknown) - SHOWN} more" if len(match.unknown) > SHOWN else ""
        context.ask(
            f"{table.name}-{column}-terms",
            f"Which terms of {match.name} do these texts of {column} mean, for {definition.name}?{more}",
            [f"{table.name}.{column}"],
            {
                f"{text} ({meaning})"
                if (meaning := table.columns[column].decodes.get(text))
                else text: f"{rows:,} rows"
                for text, rows in list(match.unknown.items())[:SHOWN]
            },
        )
    return {"terms": dict(match.terms)} if match.terms else {}


def in_capitals(rule: dict[str, Any], variable: str, domain: str, column: RawColumn) -> dict[str, Any]:
    """--REL, which has no codelist and is chosen from a list all the same, in capitals (SDTMIG 3.4, 4.2.4)."""
    told: dict[str, str] = rule.get("terms") or {text: text for text in column.texts}
    terms = {text: value.upper() for text, value in told.items()}
    if (
        variable != f"{domain}REL"
        or len(terms) > SHOWN
        or all(text == value for text, value in terms.items())
    ):
        return rule
    why = f"{rule['evidence']}; in capitals, as SDTMIG 3.4 (4.2.4) recommends"
    return {**rule, "terms": terms, "evidence": why}


def date_rule(
    context: Context,
    table: RawTableRead,
    domain: str,
    candidate: Candidate,
    time: Candidate | None,
) -> dict[str, Any] | None:
    """The mapping of a date, with its time; None and a question where the format is open."""
    column = table.columns[candidate.column]
    if not looks_like_date(column) and not is_years(column):
        return None
    told = date_formats(column)
    if not told.formats:
        ask_format(context, table, candidate, told)
        return None
    if told.unread:
        context.ask(
            f"{table.name}-{column.name}-dates",
            f"What do these texts of {column.name} mean? They are no dates in the format of the others.",
            [f"{table.name}.{column.name}"],
            {text: f"{rows:,} rows" for text, rows in list(told.unread.items())[:SHOWN]},
        )
    formats: Any = told.formats[0] if len(told.formats) == 1 else list(told.formats)
    rule: dict[str, Any] = {"date": column.name, "format": formats}
    why = [candidate.why, told.evidence]
    if time is not None and not told.has_time:
        clock = time_formats(table.columns[time.column])
        if clock is None:
            context.ask(
                f"{table.name}-{time.column}-format",
                f"In which format is the time {time.column}?",
                [f"{table.name}.{time.column}"],
                dict.fromkeys(list(table.columns[time.column].texts)[:4], "a text of it"),
            )
        else:
            rule = {"date": column.name, "time": time.column, "format": formats}
            rule |= {"time_format": clock[0] if len(clock) == 1 else list(clock)} if clock else {}
            why.append(time.why)
    return drafted(rule, why)


def ask_format(context: Context, table: RawTableRead, candidate: Candidate, told: Formats) -> None:
    """The format of a date column that its values leave open; other columns of the table may be a hint."""
    name = candidate.column
    hints = {
        other.name: date_formats(other).formats
        for other in table.columns.values()
        if other.name != name and looks_like_date(other)
    }
    answers = {}
    for form, why in told.candidates.items():
        same = [other for other, formats in hints.items() if form in formats]
        answers[form] = f"{why}; {', '.join(same[:3])} of the same table read so" if same else why
    context.ask(
        f"{table.name}-{name}-format",
        f"In which format is {name}, which makes {candidate.variable}? {told.evidence}.",
        [f"{table.name}.{name}"],
        answers,
    )


def ask_column(
    context: Context,
    table: RawTableRead,
    domain: str,
    column: str,
    candidates: tuple[Candidate, ...],
) -> None:
    """What a column is, with its candidates."""
    answers: dict[str, str] = {}
    for candidate in candidates:
        label = context.guide.variable(domain, candidate.variable)
        part = " (time)" if candidate.part else ""
        answers.setdefault(f"{candidate.variable}{part}", f"{label.label if label else ''}: {candidate.why}")
    context.ask(
        f"{table.name}-{column}",
        f"Which variable of {domain} does {column} make, if any?",
        [f"{table.name}.{column}"],
        answers,
    )


def mapped_columns(rules: Mapping[str, Any]) -> set[str]:
    """The raw columns that drafted mappings read."""
    found: set[str] = set()
    for rule in rules.values():
        if isinstance(rule, dict):
            named = [rule[key] for key in ("column", "date", "time") if rule.get(key)]
            found |= {
                str(n) for name in named for n in (name.values() if isinstance(name, dict) else (name,))
            }
    return found
