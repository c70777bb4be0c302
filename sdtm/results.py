"""--STRESC, --STRESN, --STRESU of findings domains, where the spec does not map them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import blank, choose, codes_of, constant, map_unique, unique_texts
from sdtm.compile_terms import same_codelist
from sdtm.mapped_rows import mapped_rows
from sdtm.mapping.terminology import TermMap
from sdtm.mapping.units import DECIMAL_COMMA, standardize_results
from sdtm.plan import DomainPlan, Plan
from sdtm.visit_assignment import places
from specs.model import UnitConversion
from specs.rules.units import split_unit_key
from validation.findings import PLACES_SHOWN, Finding

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState


def add_standard_results(plan: Plan, state: DomainState) -> list[Finding]:
    """Standard results from the collected ones, by the conversions the study declares.

    Source: SDTMIG 3.4, 4.5.1.1 (original and standardized results).
    """
    domain, frame = state.plan.name, state.frame
    result, test = f"{domain}ORRES", f"{domain}TESTCD"
    if result not in frame or test not in frame:
        return []
    theirs = {suffix: mapped_rows(state, f"{domain}{suffix}") for suffix in ("STRESC", "STRESN", "STRESU")}
    wanted = [s for s, rows in theirs.items() if f"{domain}{s}" not in frame or not rows.all()]
    if not wanted:
        return []
    units = frame.get(f"{domain}ORRESU", constant(None, state.index))
    standard, conversions = standards(plan, state.plan)
    specimen = frame.get(f"{domain}SPEC")
    made = standardize_results(frame[test], frame[result], units, conversions, standard, specimen)
    unit = made.unit()
    for suffix in wanted:
        if suffix == "STRESC":
            column = _in_study_terms(plan, state, made.text())
        elif suffix == "STRESN":
            column = made.value()
        elif unit.notna().any():
            column = unit
        else:
            continue
        name = f"{domain}{suffix}"
        frame[name] = choose(theirs[suffix], frame[name], column) if theirs[suffix].any() else column
    assumed = units.isna().to_numpy() & unit.notna().to_numpy() & ~theirs["STRESC"]
    lost = blank(made.reasons(), theirs["STRESC"])
    return [*_losses(state, lost), *_assumed_units(state, assumed, unit)]


def _assumed_units(state: DomainState, rows: np.ndarray, units: pd.Series) -> list[Finding]:
    """Results without a unit that a conversion from no unit gives one."""
    domain = state.plan.name
    codes = codes_of(units)
    known = {text: code for code, text in enumerate(unique_texts(units))}
    assumed = set(codes[rows].tolist())
    found = []
    for unit in sorted(text for text, code in known.items() if code in assumed):
        at = np.flatnonzero(rows & (codes == known[unit]))
        tests = ", ".join(sorted(set(state.frame[f"{domain}TESTCD"].iloc[at].astype(object))))
        found.append(
            Finding(
                "unit-assumed",
                "warning",
                f"no unit of {tests}; taken as {unit}, as units: of the study says",
                "the unit that was collected",
                "query the site; the standard result counts on what the study declares",
                domain,
                f"{domain}ORRESU",
                places(state, at[:PLACES_SHOWN], ""),
                len(at),
            )
        )
    return found


def is_conventional(plan: Plan, domain: DomainPlan) -> bool:
    """Whether ``conventional_units`` counts for a domain."""
    return (domain.definition.unit_system or plan.study.unit_system) == "conventional"


def standards(plan: Plan, domain: DomainPlan) -> tuple[dict[str, str], list[UnitConversion]]:
    """Unit of the standard results of each test, and the conversions with the digits that tests ask for.

    In a domain (or study) of conventional units those of ``conventional_units`` go before the others, for a test
    also before those that the others have for its specimens.
    """
    standard = dict(plan.study.standard_units)
    digits: dict[str, int] = {}
    for source in domain.sources:
        for code, test in source.definition.findings.items():
            if test.standard_unit:
                standard[code] = test.standard_unit
            if test.digits is not None:
                digits[code] = test.digits
    if is_conventional(plan, domain):
        ours = plan.study.conventional_units
        standard = {key: unit for key, unit in standard.items() if split_unit_key(key)[0] not in ours} | ours
    conversions = [
        c.model_copy(update={"digits": digits[c.test]}) if c.test in digits and c.digits is None else c
        for c in plan.study.units
    ]
    return standard, conversions


def _in_study_terms(plan: Plan, state: DomainState, results: pd.Series) -> pd.Series:
    """Results through the terms that the study gives the codelist of --STRESC; all others stay."""
    definition = plan.guide.variable(state.plan.name, f"{state.plan.name}STRESC", state.plan.class_name)
    codes = definition.codelists if definition else ()
    own = [c for c in plan.study.codelists.values() if c.codelist and c.terms]
    own = [c for c in own if same_codelist(plan.terminology, c.codelist, codes)]
    if not own:
        return results
    maps = [TermMap(state.plan.name, c.terms, ignore_case=c.ignore_case, others="keep") for c in own]

    def mapped(texts: list[str]) -> list[str | None]:
        known = [next((v for m in maps if (v := m.look_up(text)[0]) != text), text) for text in texts]
        return list(known)

    return map_unique(results, mapped)


_CONVERSION = "add it under units: (unit, to, factor), or query the site; the standard result stays missing"
_WITH_POINT = (
    "map the result as {expr: \"replace(COLUMN, ',', '.')\"}; the standard result stays missing until then"
)


def _losses(state: DomainState, reasons: pd.Series) -> list[Finding]:
    rows = np.flatnonzero(reasons.notna().to_numpy())
    told = reasons.iloc[rows].astype(object).to_numpy()
    domain = state.plan.name
    findings = []
    for reason in sorted(set(told.tolist())):
        at = rows[told == reason]
        findings.append(
            Finding(
                "unit-not-converted",
                "error",
                reason,
                "a unit with a declared conversion to the standard unit of the test",
                _WITH_POINT if reason.startswith(DECIMAL_COMMA) else _CONVERSION,
                domain,
                f"{domain}STRESN",
                places(state, at[:PLACES_SHOWN], ""),
                len(at),
            )
        )
    return findings
