"""--STNRLO, --STNRHI and --NRIND of findings, from the ranges of the laboratory, where the spec does not map them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import blank, coalesce, codes_of, constant, map_unique, take, unique_texts
from sdtm.combinations import map_rows
from sdtm.finishing.range_indicator import range_indicators
from sdtm.mapped_rows import mapped_rows, put_where_not_mapped
from sdtm.mapping.units import standardize_results
from sdtm.plan import Plan
from sdtm.range_limits import is_measured, normal_words, read_limit
from sdtm.results import standards
from sdtm.visit_assignment import places
from validation.findings import PLACES_SHOWN, Finding

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState

_SIDES = (("ORNRLO", "STNRLO", ">"), ("ORNRHI", "STNRHI", "<"))


def add_reference_ranges(plan: Plan, state: DomainState) -> list[Finding]:
    """Limits in standard units, converted as the results are, and whether each result is within its range.

    A limit such as ``<200`` becomes the number 200, as SDTM has it; --NRIND still knows that 200 is outside.
    --NRIND compares in the unit of collection, where nothing is rounded. Source: SDTMIG 3.4, 6.3.5.6 (LB).
    """
    domain, frame = state.plan.name, state.frame
    needed = (f"{domain}ORRES", f"{domain}TESTCD")
    ranges = [f"{domain}{s}" for s in ("ORNRLO", "ORNRHI", "STNRC") if f"{domain}{s}" in frame]
    if not ranges or any(name not in frame for name in needed):
        return []
    findings = []
    result = frame[f"{domain}ORRES"]
    texts: dict[str, pd.Series] = {}
    for original, _, side in _SIDES:
        name = f"{domain}{original}"
        if name in frame:
            texts[side] = frame[name]
            findings += _unreadable(state, name, side)
            frame[name] = _numbers(texts[side], side)
    findings += standard_limits(plan, state)
    flag = f"{domain}NRIND"
    if plan.guide.variable(domain, flag, state.plan.class_name) is not None:
        nothing = constant(None, state.index)
        measured = range_indicators(result, texts.get(">", nothing), texts.get("<", nothing))
        put_where_not_mapped(state, flag, coalesce(measured, _of_words(plan, state, result)))
    return findings


def standard_limits(plan: Plan, state: DomainState) -> list[Finding]:
    """--STNRLO and --STNRHI of limits that are numbers, where the spec does not map them."""
    domain, frame = state.plan.name, state.frame
    findings = []
    for original, standard, _ in _SIDES:
        name, target = f"{domain}{original}", f"{domain}{standard}"
        exists = plan.guide.variable(domain, target, state.plan.class_name) is not None
        mapped = mapped_rows(state, target)
        if name in frame and exists and not (state.size and mapped.all()):
            made, found = _standard_limit(plan, state, name, frame[f"{domain}ORRES"], mapped)
            put_where_not_mapped(state, target, made)
            findings += found
    return findings


def _numbers(column: pd.Series, side: str) -> pd.Series:
    def read(texts: list[str]) -> list[str | None]:
        return [None if (limit := read_limit(text, side)) is None else limit.text for text in texts]

    return map_unique(column, read)


def _unreadable(state: DomainState, name: str, side: str) -> list[Finding]:
    column = state.frame[name]
    wrong = [text for text in unique_texts(column) if read_limit(text, side) is None]
    side_name = "lower" if side == ">" else "upper"
    findings = []
    for text in sorted(wrong):
        rows = np.flatnonzero(
            take(np.array([t == text for t in unique_texts(column)]), column, missing=False)
        )
        if len(rows):
            findings.append(
                _told(state, name, rows, "range-unreadable", f'"{text}"', f"a number as the {side_name} limit",
                      "query the laboratory, or use range_text for a range in one text; the limit stays missing")
            )  # fmt: skip
    return findings


def _standard_limit(
    plan: Plan, state: DomainState, name: str, result: pd.Series, mapped: np.ndarray
) -> tuple[pd.Series, list[Finding]]:
    """A limit in the standard unit. Without a unit where one is needed, it is told; of another unit without a
    conversion, the result has been told."""
    domain, frame = state.plan.name, state.frame
    units = frame.get(f"{domain}ORRESU", constant(None, state.index))
    measured = take(np.array([is_measured(text) for text in unique_texts(result)], dtype=bool), result, False)
    limit = blank(frame[name], ~measured.astype(bool) | mapped)
    standard, conversions = standards(plan, state.plan)
    test, specimen = frame[f"{domain}TESTCD"], frame.get(f"{domain}SPEC")
    made = standardize_results(test, limit, units, conversions, standard, specimen)
    rows = np.flatnonzero(codes_of(units) < 0)
    rows = rows[made.reasons().iloc[rows].notna().to_numpy()] if len(rows) else rows
    codes = frame[f"{domain}TESTCD"].iloc[rows].astype(object).to_numpy()
    found = [
        _told(state, name, rows[codes == code], "range-without-unit", f"limit without a unit of {code}",
              "the unit of the result beside its reference range",
              "complete the unit at its source; the limit in standard units stays missing")
        for code in sorted({code for code in codes.tolist() if isinstance(code, str)})
    ]  # fmt: skip
    return made.value(), found


def _told(
    state: DomainState, name: str, rows: np.ndarray, rule: str, found: str, expected: str, do: str
) -> Finding:
    at = places(state, rows[:PLACES_SHOWN], "")
    return Finding(rule, "error", found, expected, do, state.plan.name, name, at, len(rows))


def _of_words(plan: Plan, state: DomainState, result: pd.Series) -> pd.Series:
    """NORMAL or ABNORMAL of results in words, by --STNRC; missing where it is not certain."""
    domain, frame = state.plan.name, state.frame
    words = frame.get(f"{domain}STNRC")
    if words is None:
        return constant(None, state.index)
    known = _known_results(plan, state)

    def judged(rows: list[tuple[str | None, ...]]) -> list[str | None]:
        return [_judged(*row, known=known) for row in rows]

    return map_rows([result, frame.get(f"{domain}STRESC", result), words], judged)


def _judged(
    result: str | None, standard: str | None, words: str | None, *, known: frozenset[str]
) -> str | None:
    if result is None or words is None or is_measured(result):
        return None
    normal, all_named = normal_words(words)
    if result in normal or standard in normal:
        return "NORMAL"
    # A word that is in no list may be another spelling of a normal one.
    return "ABNORMAL" if all_named and standard in known and normal <= known else None


def _known_results(plan: Plan, state: DomainState) -> frozenset[str]:
    """Words that have one meaning: the published ones of --STRESC and those that the study adds."""
    definition = plan.guide.variable(state.plan.name, f"{state.plan.name}STRESC", state.plan.class_name)
    found: set[str] = set()
    for code in definition.codelists if definition else ():
        published = plan.terminology.codelist(code)
        if published is not None:
            found |= set(published.terms)
            for codelist in plan.study.codelists.values():
                own = plan.terminology.codelist(codelist.codelist) if codelist.codelist else None
                if own is not None and own.code == published.code:
                    found |= set(codelist.extend)
    return frozenset(found)
