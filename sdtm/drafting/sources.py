"""One raw table as a source of a domain: its mappings, its tests, and what has to be asked about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sdtm.combinations import combinations
from sdtm.drafting.columns import Decision, decide
from sdtm.drafting.context import Context, drafted
from sdtm.drafting.disposition import category, with_term
from sdtm.drafting.findings import NO, YES, Layout, find_layout, near_tests
from sdtm.drafting.identity import Identity, sql_name
from sdtm.drafting.material import RawTableRead
from sdtm.drafting.names import parse_names
from sdtm.drafting.rules import draft_map, mapped_columns
from sdtm.drafting.split_dates import ask_of_parts, with_parts, with_whole_dates

RESULTS = ("TESTCD", "TEST")
WIDE_RESULTS = (*RESULTS, "ORRES", "ORRESU", "STAT", "REASND")
CANDIDATES = 8


@dataclass
class DraftedSource:
    """A source as the spec has it, and the columns that it reads."""

    domain: str
    tree: dict[str, Any]
    read: set[str] = field(default_factory=set)


def draft_source(
    context: Context, identity: Identity, table: RawTableRead, domain: str, why: str, idle: frozenset[str]
) -> DraftedSource | None:
    """The source of one table, or None where a form of findings holds no results, or DM no subjects."""
    table, whole = with_whole_dates(table)
    since = len(context.questions)
    layout = Layout()
    also: tuple[str, ...] = ()
    if domain in context.test_lists:
        layout = find_layout(context, table, domain, idle)
        if not layout.kind:
            context.ask(
                f"{table.name}-results",
                f"Where are the results of {table.file}? It looks like {domain} ({why}), but no column of tests and "
                "results was found; perhaps it belongs beside another file (join), or tests have other names.",
                [table.name],
                near_tests(context, table, domain, idle),
            )
            return None
        endings = WIDE_RESULTS if layout.kind == "wide" else RESULTS
        also = tuple(f"{domain}{ending}" for ending in endings)
        why = f"{why}; {layout.evidence}"
    if domain == "DM" and _people(identity, table) < table.rows:
        context.ask(
            f"{table.name}-rows",
            f"Which row of {table.file} makes the DM record? It has several rows for a subject.",
            [f"{table.name}.{identity.subjects[table.name]}"],
        )
        return None
    decision = decide(context, table, domain, idle | layout.used, also)
    if domain == "DS":
        decision = with_term(decision, table)
    made = {**layout.map, **draft_map(context, table, domain, decision)}
    if domain == "DS":
        made |= category(context, table, made)
    made = {name: made[name] for name in context.guide.order(domain, made)}
    made = with_parts(made, whole)
    ask_of_parts(context, table.name, whole, since)
    tree: dict[str, Any] = {"from": table.name}
    recorded, asked = _only_recorded(context, table, domain, decision)
    tree |= recorded
    if table.name in identity.site_from:
        tree["join"] = [_site_join(identity, table)]
    if made:
        tree["map"] = made
    if layout.tests:
        tree["findings"] = layout.tests
    if layout.not_done:
        tree["not_done"] = layout.not_done
    _ask_topic(context, table, domain, decision, layout, idle)
    read = mapped_columns(made) | layout.used | asked
    return DraftedSource(domain, drafted(tree, why), read)


def exposure_of(context: Context, source: DraftedSource) -> DraftedSource:
    """EX out of the exposure as collected: what EC has, under the names of EX."""
    made = {}
    for variable, rule in source.tree.get("map", {}).items():
        name = f"EX{variable[2:]}"
        if context.guide.variable("EX", name) is not None and variable.startswith("EC"):
            made[name] = {**rule, "evidence": f"as {variable}: {rule['evidence']}"}
    tree = {key: value for key, value in source.tree.items() if key in ("from", "where", "because", "join")}
    context.ask(
        "exposure",
        "Is EX what was collected, one to one? It is drafted as a copy of EC, because a study with EC has EX.",
        [f"{source.tree['from']}.{column}" for column in sorted(source.read)][:CANDIDATES],
        {
            "as drafted": "the collected dose is the dose in the unit of the protocol",
            "a derivation": "blinded treatment, doses in other units, or rows without a dose",
        },
    )
    return DraftedSource(
        "EX", drafted({**tree, "map": made}, "EX is made of the exposure as collected"), source.read
    )


def _people(identity: Identity, table: RawTableRead) -> int:
    return len(combinations(identity.person(table))[1])


def _site_join(identity: Identity, table: RawTableRead) -> dict[str, Any]:
    home, name = identity.home, table.name
    return {
        "with": home,
        "by": {identity.subjects[home]: identity.subjects[name]},
        "take": [identity.sites[home]],
        "expect": "one",
    }


def _only_recorded(
    context: Context, table: RawTableRead, domain: str, decision: Decision
) -> tuple[dict[str, Any], set[str]]:
    """``where`` for a log with a row that says that there was nothing: --YN = N, and no topic in that row.

    Also the column that says it.
    """
    topic = decision.drafts.get(context.guide.topic(domain))
    if topic is None or domain in context.test_lists:
        return {}, set()
    filled = np.asarray(table.columns[topic.column].values.notna())
    for name in sorted(parse_names(list(table.columns)).values(), key=lambda name: name.suffix != "STD"):
        if name.letters != f"{domain}YN":
            continue
        values = np.asarray(table.columns[name.column].values, dtype=object)
        yes = [t for t in table.columns[name.column].texts if t.strip().upper() in YES]
        no = [t for t in table.columns[name.column].texts if t.strip().upper() in NO]
        if len(yes) == 1 and no and filled[values == yes[0]].all() and not filled[np.isin(values, no)].any():
            text = yes[0].replace("'", "''")
            where = f"{sql_name(name.column)} = '{text}'"
            return {"where": where, "because": "nothing was recorded"}, {name.column}
    return {}, set()


def _ask_topic(
    context: Context,
    table: RawTableRead,
    domain: str,
    decision: Decision,
    layout: Layout,
    idle: frozenset[str],
) -> None:
    """The topic of a record has to come from somewhere."""
    topic = context.guide.topic(domain)
    made = set(decision.drafts) | set(layout.map)
    asked = {candidate.variable for candidates in decision.open.values() for candidate in candidates}
    if domain in ("DM", "SV") or layout.kind or topic in made or topic in asked:
        return
    taken = {candidate.column for candidate in decision.drafts.values()} | idle
    texts = [c for c in table.columns.values() if c.name not in taken and c.type == "text"]
    context.ask(
        f"{table.name}-{topic}",
        f"Which column is {topic}, the topic of {domain}, or which value is it always?",
        [f"{table.name}.{column.name}" for column in texts[:CANDIDATES]],
        {column.name: ", ".join(list(column.texts)[:3]) for column in texts[:CANDIDATES]},
    )


def questions_left(
    context: Context,
    tables: Mapping[str, RawTableRead],
    read: Mapping[str, set[str]],
    idle: Mapping[str, frozenset[str]],
) -> None:
    """The columns that nothing reads and no question names: once for those of all forms, then for each form."""
    named = {column for question in context.questions for column in question.columns}
    left = {
        name: [c for c in table.columns if c not in read.get(name, ()) and c not in idle[name]]
        for name, table in tables.items()
        if name in read
    }
    left = {name: [c for c in columns if f"{name}.{c}" not in named] for name, columns in left.items()}
    left = {name: _without_pairs(tables[name], columns, read[name]) for name, columns in left.items()}
    spread: dict[str, list[str]] = {}
    for name, columns in left.items():
        for column in columns:
            spread.setdefault(column, []).append(name)
    common = {
        column: names for column, names in spread.items() if len(names) >= 3 and 2 * len(names) > len(left)
    }
    if common:
        context.ask(
            "columns-of-all-forms",
            "Are these columns of most files submitted? If not, say why under raw: not_submitted.",
            list(common),
            {column: _seen(tables[names[0]], column) for column, names in common.items()},
        )
    for name, columns in left.items():
        rest = [column for column in columns if column not in common]
        if rest:
            context.ask(
                f"{name}-columns",
                f"Are these columns of {tables[name].file} submitted, and as what? Otherwise say why under "
                "not_submitted.",
                [f"{name}.{column}" for column in rest],
                {column: _seen(tables[name], column) for column in rest},
            )


def _without_pairs(table: RawTableRead, columns: list[str], read: set[str]) -> list[str]:
    """Not the code of a decode that is read, nor what the reader decoded itself: it is no column of the file."""
    decoded = {table.decodes[name] for name in read if name in table.decodes}
    return [name for name in columns if name not in decoded and name not in table.decodes]


def _seen(table: RawTableRead, name: str) -> str:
    """What a column looks like, in a few words."""
    column = table.columns[name]
    names = parse_names(list(table.columns))
    same = [other for other in names if other != name and names[other].stem == names[name].stem]
    label = f"{column.label}: " if column.label else ""
    if not column.texts:
        return f"{label}empty"
    if column.constant:
        return f"{label}{column.constant!r} in every row"
    shown = ", ".join(list(column.texts)[:3])
    told = f"{label}{column.type}, such as {shown}"
    return f"{told}; of the same field as {', '.join(same)}" if same else told
