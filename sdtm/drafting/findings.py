"""Findings forms: wide (a column for each test) or long (a column that names the test)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sdtm.drafting.context import Context, drafted
from sdtm.drafting.findings_tests import CALLED, match_test, match_test_column, tests_like
from sdtm.drafting.identity import sql_name
from sdtm.drafting.material import RawColumn, RawTableRead
from sdtm.drafting.names import Name, parse_names
from sdtm.drafting.rules import SHOWN
from sdtm.drafting.values import best_match, codelists_of, match_codelists
from sdtm.extract.profile_units import is_unit

TESTS = re.compile(
    r"(?:[A-Z]{2}_?)?(?:LAB_?)?(TEST_?CD|TEST|PARAM|PARAM_?CD|PARAMETER|ANALYTE|COMPONENT|MEASUREMENT)_?(CODE|NAME)?"
)
RESULT = (
    "ORRES", "RES", "RESULT", "RESULTS", "VALUE", "VAL", "RESULTVALUE", "TESTRESULT", "LABRESULT", "TESTVALUE",
    "RESULTVAL", "LABVALUE",
)  # fmt: skip
UNIT_ENDS = ("ORRESU", "_UNITS", "_UNIT", "UNITS", "UNIT", "_UN", "_U", "U")
# What belongs to one test, by the ends of the names of columns beside its result.
BESIDE = {
    **{suffix: (f"_{suffix}", suffix) for suffix in ("LOC", "LAT", "METHOD", "POS", "CLSIG")},
    "ORNRLO": ("_ORNRLO", "ORNRLO", "_NRLO", "_LLN", "LLN", "_LOW", "_LO", "_LOWER", "_REFLO", "_RANGE_LOW"),
    "ORNRHI": (
        "_ORNRHI",
        "ORNRHI",
        "_NRHI",
        "_ULN",
        "ULN",
        "_HIGH",
        "_HI",
        "_UPPER",
        "_REFHI",
        "_RANGE_HIGH",
    ),
}
NOT_DONE, REASON = ("_ND", "ND", "_NOTDONE"), ("_REASND", "REASND", "_NDREAS", "NDREA")
BRACKETS = re.compile(r"[(\[]([^)\]]+)[)\]]\s*$")
TICKED = frozenset({"1", "Y", "YES", "X", "TRUE", "NOT DONE", "ND"})
NO, YES = frozenset({"N", "NO"}), frozenset({"Y", "YES"})
FEWEST = 2  # tests that make a form a wide one


@dataclass
class Layout:
    """How a findings form holds its results.

    ``kind``: wide, long, or empty where it holds none. ``tests``: --TESTCD -> as under ``findings:``;
    ``map``: mappings that only this form needs; ``used``: the columns that are taken.
    """

    kind: str = ""
    tests: dict[str, dict[str, Any]] = field(default_factory=dict)
    map: dict[str, Any] = field(default_factory=dict)
    not_done: dict[str, Any] | None = None
    used: set[str] = field(default_factory=set)
    evidence: str = ""


def find_layout(context: Context, table: RawTableRead, domain: str, left_out: Collection[str]) -> Layout:
    """The layout of a findings form, with its tests, units and what says that a test was not done."""
    names = parse_names([name for name in table.columns if name not in left_out])
    layout = long_layout(context, table, domain, names)
    if not layout.kind:
        layout = wide_layout(context, table, domain, names)
    if layout.kind:
        layout.not_done = form_not_done(table, domain, names, layout)
    return layout


# --- long ---------------------------------------------------------------------------------------------------


def long_layout(context: Context, table: RawTableRead, domain: str, names: Mapping[str, Name]) -> Layout:
    """A column of tests beside a column of results."""
    result = [c for c, name in names.items() if name.letters.removeprefix(domain) in RESULT]
    found: list[tuple[float, int, str, dict[str, str], dict[str, int]]] = []
    for column, name in names.items():
        texts = table.columns[column].texts
        named = TESTS.fullmatch(name.stem) or name.letters in (f"{domain}TESTCD", f"{domain}TEST")
        if not named or not texts:
            continue
        known = {t: m.code for t in texts if (m := match_test(context, domain, t)) is not None}
        unknown = {text: rows for text, rows in texts.items() if text not in known}
        exact = sum(text == code for text, code in known.items())
        found.append((len(known) / len(texts), exact, column, known, unknown))
    if not found or not result:
        return Layout()
    share, _, column, known, unknown = max(found, key=lambda item: (item[0], item[1], item[2]))
    layout = Layout("long", used={column}, evidence=f"{column} names the test, {result[0]} holds the result")
    if share < 0.5:
        context.ask(
            f"{table.name}-{column}-tests",
            f"Which {domain}TESTCD do the texts of {column} mean? Few are tests of controlled terminology.",
            [f"{table.name}.{column}"],
            {text: f"{rows:,} rows" for text, rows in list(unknown.items())[:SHOWN]},
        )
        return layout
    terms = {text: code for text, code in known.items() if text != code}
    why = (
        f"{len(known)} of {len(known) + len(unknown)} texts of {column} name a test of controlled terminology"
    )
    rule: dict[str, Any] = {"column": column} | ({"terms": terms} if terms else {})
    layout.map[f"{domain}TESTCD"] = drafted(rule, why)
    layout.used |= {other for _, _, other, _, _ in found}
    if unknown:
        context.ask(
            f"{table.name}-{column}-tests",
            f"Which {domain}TESTCD do these texts of {column} mean?",
            [f"{table.name}.{column}"],
            {text: f"{rows:,} rows" for text, rows in list(unknown.items())[:SHOWN]},
        )
    return layout


# --- wide ---------------------------------------------------------------------------------------------------


def wide_layout(context: Context, table: RawTableRead, domain: str, names: Mapping[str, Name]) -> Layout:
    """Columns named as tests, each with its unit, its not-done box and what else belongs to it."""
    layout = Layout()
    results: dict[str, tuple[str, str]] = {}
    for column, name in names.items():
        match = match_test_column(context, domain, result_stem(name, domain), table.columns[column].label)
        if match is None and (unit := unit_in_name(name)):
            match = match_test_column(context, domain, name.stem.removesuffix(f"_{unit}"), "")
        if match and match.code not in results and not is_copy_of_other(name, names):
            results[match.code] = (column, match.why)
    if len(results) < FEWEST:
        return layout
    layout.kind = "wide"
    layout.evidence = f"{len(results)} columns named as tests"
    without_unit: list[str] = []
    for code, (column, why) in results.items():
        decodes = table.columns[column].decodes
        said = {"terms": dict(decodes)} if decodes else {}
        rest = {"result": drafted({"column": column, **said}, f"{why}; code-book" if said else why)}
        layout.used.add(column)
        rest |= unit_of_test(context, table, domain, names, column, without_unit)
        rest |= status_of_test(table, names, column, domain)
        if extra := map_of_test(context, table, domain, names, column):
            rest["map"] = extra
        layout.used |= columns_of(rest)
        layout.tests[code] = rest
    if without_unit:
        context.ask(
            f"{table.name}-units",
            "In which units are these results? No column, label or text says it.",
            [f"{table.name}.{column}" for column in without_unit],
        )
    ask_near_tests(context, table, domain, names, layout)
    if domain == "EG" and (aggregates := sorted(set(layout.tests) & set(CALLED["EG"].values()))):
        context.ask(
            f"{table.name}-beats",
            f"Are the values of {table.file} those of several beats, as drafted, or of single beats?",
            [f"{table.name}.{results[code][0]}" for code in aggregates],
            {", ".join(aggregates): "drafted: what a 12-lead ECG prints", "QTSB, PRSB …": "single beats"},
        )
    return layout


def result_stem(name: Name, domain: str) -> str:
    """What of a name means the test: HEIGHT of HEIGHT_VSORRES and of VSORRES_HEIGHT."""
    parts = [part for part in name.stem.split("_") if part not in (f"{domain}ORRES", "ORRES")]
    return "_".join(parts)


def unit_in_name(name: Name) -> str:
    """The unit at the end of a name: C of TEMPERATURE_C; empty if there is none."""
    head, _, tail = name.stem.rpartition("_")
    return tail if head and is_unit(tail) else ""


def is_copy_of_other(name: Name, names: Mapping[str, Name]) -> bool:
    """Whether the field has a column of its own without suffix."""
    return bool(name.suffix) and any(o.stem == name.stem and not o.suffix for o in names.values())


def near(names: Mapping[str, Name], column: str, ends: Collection[str]) -> str:
    """The column whose name is that of another with one of some endings; item groups may differ."""
    stem = names[column].stem
    bare = stem.removesuffix("_VSORRES").removesuffix("ORRES").rstrip("_")
    for end in ends:
        for other, name in names.items():
            if other != column and name.stem in (f"{stem}{end}", f"{bare}{end}"):
                return other
    return ""


def unit_of_test(
    context: Context,
    table: RawTableRead,
    domain: str,
    names: Mapping[str, Name],
    column: str,
    without: list[str],
) -> dict[str, Any]:
    """The unit: of a column beside it, or of brackets in the label."""
    definition = context.guide.variable(domain, f"{domain}ORRESU")
    beside = near(names, column, UNIT_ENDS)
    if beside and definition is not None and table.columns[beside].texts:
        match = best_match(table.columns[beside], definition, context.words)
        if match is not None and match.share >= 0.5:
            if match.unknown:
                context.ask(
                    f"{table.name}-{beside}-terms",
                    f"Which units do these texts of {beside} mean, for {domain}ORRESU ({match.name})?",
                    [f"{table.name}.{beside}"],
                    {text: f"{rows:,} rows" for text, rows in match.unknown.items()},
                )
            rule: dict[str, Any] = {"column": beside} | ({"terms": dict(match.terms)} if match.terms else {})
            return {"unit": drafted(rule, f"{beside} stands for the unit of {column}; {match.text}")}
    label = BRACKETS.search(table.columns[column].label) or BRACKETS.search(column)
    said = label[1] if label else unit_in_name(names[column])
    if said and definition is not None and is_unit(said):
        match = match_codelists({said: 1}, codelists_of(definition, context.words))
        if not match.unknown:
            shown = label.string if label else column
            return {"unit": drafted({"value": match.terms.get(said, said)}, f"{shown!r} says it")}
    if table.columns[column].type in ("integer", "number"):
        without.append(column)
    return {}


def status_of_test(
    table: RawTableRead, names: Mapping[str, Name], column: str, domain: str
) -> dict[str, Any]:
    """A box that says that one test was not done, and the reason beside it."""
    found: dict[str, Any] = {}
    box = near(names, column, NOT_DONE)
    if box and (ticked := ticks(table.columns[box])):
        why = f"{box} is ticked ({', '.join(ticked)}) where {column} was not done, by its name"
        found["status"] = drafted({"column": box, "terms": dict.fromkeys(ticked, "NOT DONE")}, why)
    reason = near(names, column, REASON)
    if reason:
        found["reason"] = drafted({"column": reason}, f"{reason} is the reason beside {column}, by its name")
    return found


def ticks(column: RawColumn) -> list[str]:
    """The texts of a box that mean that it is ticked; none if the column holds anything else."""
    known = [text for text in column.texts if text.strip().upper() in TICKED]
    return known if known and len(known) == len(column.texts) else []


def map_of_test(
    context: Context, table: RawTableRead, domain: str, names: Mapping[str, Name], column: str
) -> dict[str, Any]:
    """What belongs to one test only: TEMP_LOC is --LOC of TEMP."""
    found = {}
    for suffix, ends in BESIDE.items():
        definition = context.guide.variable(domain, f"{domain}{suffix}")
        beside = near(names, column, ends)
        if not beside or definition is None:
            continue
        match = best_match(table.columns[beside], definition, context.words)
        if match is not None and match.share < 0.5:
            continue
        rule: dict[str, Any] = {"column": beside}
        rule |= {"terms": dict(match.terms)} if match is not None and match.terms else {}
        why = f"{beside} belongs to {column} by its name" + (f"; {match.text}" if match else "")
        found[definition.name] = drafted(rule, why)
    return found


def columns_of(test: Mapping[str, Any]) -> set[str]:
    found = {str(rule["column"]) for rule in test.values() if isinstance(rule, dict) and "column" in rule}
    return found | {str(rule["column"]) for rule in test.get("map", {}).values()}


def near_tests(
    context: Context, table: RawTableRead, domain: str, left_out: Collection[str]
) -> dict[str, str]:
    """Column -> tests that begin like its name, for a form of which no test is sure."""
    names = parse_names([name for name in table.columns if name not in left_out])
    found = {
        column: tests_like(context, domain, name.letters)
        for column, name in names.items()
        if name.letters.startswith(domain) and not name.suffix
    }
    return {column: ", ".join(codes) for column, codes in found.items() if codes}


def ask_near_tests(
    context: Context, table: RawTableRead, domain: str, names: Mapping[str, Name], layout: Layout
) -> None:
    """Columns with numbers that begin like a test without being one: EGQT, and there are QTAG and QTCFAG."""
    for column, name in names.items():
        values = table.columns[column]
        if column in layout.used or name.suffix or values.type not in ("integer", "number"):
            continue
        codes = tests_like(context, domain, name.letters)
        if codes and name.letters.startswith(domain):
            context.ask(
                f"{table.name}-{column}-test",
                f"Which {domain}TESTCD does {column} hold, if any?",
                [f"{table.name}.{column}"],
                dict.fromkeys(codes, "begins like the name"),
            )


# --- not done -----------------------------------------------------------------------------------------------


def form_not_done(
    table: RawTableRead, domain: str, names: Mapping[str, Name], layout: Layout
) -> dict[str, Any] | None:
    """--PERF = N (CDASH: was it performed?) or a ticked --ND, with the reason; for wide forms."""
    if layout.kind != "wide":
        return None
    asked = {
        f"{domain}PERF": NO,
        f"{domain}YN": NO,
        f"{domain}ND": TICKED,
        f"{domain}STAT": frozenset({"NOT DONE"}),
    }
    reason = next((c for c, n in names.items() if n.stem in (f"{domain}REASND", f"{domain}NDREA")), "")
    ordered = sorted(names.values(), key=lambda name: name.suffix != "STD")
    for name in ordered:
        means = asked.get(name.letters)
        column = table.columns[name.column]
        if means is None:
            continue
        known = [text for text in column.texts if text.strip().upper() in means]
        others = [t for t in column.texts if t not in known and t.strip().upper() not in YES | NO]
        layout.used.add(name.column)
        if len(known) != 1 or others:
            continue
        text = known[0].replace("'", "''")
        rule: dict[str, Any] = {"where": f"{sql_name(name.column)} = '{text}'"}
        why = f"{name.column} by its name (CDASH): no result was taken in {column.texts[known[0]]:,} rows"
        if reason:
            rule["reason"] = {"column": reason}
            layout.used.add(reason)
        return drafted(rule, why)
    return None
