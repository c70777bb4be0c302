"""Reference dates of DM, and the elements that subjects passed (SE), from datasets already made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import blank, coalesce, constant, from_codes, stack, take, unique_texts
from sdtm.compile_rule import Reference
from sdtm.finishing.elements import subject_elements
from sdtm.finishing.planned_elements import planned_places
from sdtm.finishing.reference_dates import add_days, earliest_of, latest_of
from sdtm.iso8601 import date_part
from sdtm.mapping import sql
from sdtm.mapping.apply import condition_masks
from sdtm.mapping.scope import BlockScope, Origin, by_subject
from sdtm.plan import Plan
from sdtm.visit_assignment import places
from specs.location import Location
from specs.model import DateSource, Study
from specs.problems import Problem, ProblemsFound, suggest
from validation.findings import PLACES_SHOWN, Finding, Place

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState


def add_reference_dates(plan: Plan, states: Mapping[str, DomainState]) -> list[Finding]:
    """RFSTDTC, RFXSTDTC … of DM by the rules under ``reference_dates``.

    Source: SDTMIG 3.4, 5.2. A rule reads datasets of the study; with several, the earliest (latest) of all.
    """
    state = states["DM"]
    findings = []
    for name, rule in state.plan.definition.reference_dates.items():
        where = plan.study.where("sdtm", "DM", "reference_dates", name)
        state.frame[name], uncertain = per_subject(plan, states, rule, state.table(), where)
        rows = np.flatnonzero(uncertain)
        if len(rows):
            side = "earlier" if rule.earliest else "later"
            findings.append(
                Finding(
                    "reference-date-uncertain",
                    "warning",
                    f"a partial date whose day may be {side} than {name}",
                    "complete dates where a reference date is made from",
                    "query the site for the partial dates; the date that is certain was taken",
                    "DM",
                    name,
                    places(state, rows[:PLACES_SHOWN], ""),
                    len(rows),
                )
            )
    return findings


def per_subject(
    plan: Plan,
    states: Mapping[str, DomainState],
    rule: DateSource,
    demographics: pd.DataFrame,
    where: Location,
) -> tuple[pd.Series, np.ndarray]:
    """One date for each row of DM, and whether another date may lie beyond it."""
    if bool(rule.earliest) == bool(rule.latest):
        raise ProblemsFound(
            Problem("bad-value", where, "earliest and latest, or neither", "one of earliest: and latest:")
        )
    subjects, dates, kept = [], [], []
    for source in rule.earliest or rule.latest:
        domain, _, variable = source.partition(".")
        state = _state(plan, states, domain, source, where)
        late = any(v.stage for s in state.plan.sources for v in s.variables if v.name == variable)
        if variable not in state.frame or late:
            raise ProblemsFound(
                Problem(
                    "unknown-variable",
                    where,
                    f"{source!r}, which itself waits for dates of DM" if late else f"{source!r}",
                    f"a variable that {domain} has by now: {', '.join(sorted(state.frame))}",
                    suggest(variable, state.frame),
                )
            )
        subjects.append(state.frame["USUBJID"])
        dates.append(state.frame[variable])
        kept.append(_mask(state.table(), rule.where, domain, where))
    chosen = (earliest_of if rule.earliest else latest_of)(
        stack(subjects), stack(dates), np.concatenate(kept) if kept else np.empty(0, dtype=bool)
    )
    own = demographics["USUBJID"]
    column = by_subject(own, chosen, "date")
    uncertain = (
        by_subject(own, chosen.assign(flag=chosen["uncertain"].astype("float64")), "flag").eq(1.0).to_numpy()
    )
    if rule.precision == "date":
        column = date_part(column)
    if rule.days_after:
        column = add_days(column, rule.days_after)
    if rule.when:
        column = blank(column, ~_mask(demographics, rule.when, "DM", where))
    return column, uncertain & column.notna().to_numpy()


def _state(
    plan: Plan, states: Mapping[str, DomainState], domain: str, source: str, where: Location
) -> DomainState:
    if domain not in states or "." not in source:
        raise ProblemsFound(
            Problem(
                "unknown-domain",
                where,
                f"{source!r}",
                f"DOMAIN.VARIABLE with a domain of this study: {', '.join(states)}",
                suggest(domain, states),
            )
        )
    return states[domain]


def _mask(table: pd.DataFrame, text: str, domain: str, where: Location) -> np.ndarray:
    """Rows of a made dataset for which a condition is true."""
    if not text:
        return np.ones(len(table), dtype=bool)
    condition = sql.parse(text, (domain,), where)
    references = {}
    for name in condition.columns:
        variable = name.removeprefix(f"{domain}.")
        if variable not in table:
            raise ProblemsFound(
                Problem(
                    "unknown-column",
                    where,
                    f"{name!r}",
                    f"a variable of {domain}: {', '.join(table.columns)}",
                    suggest(variable, table.columns),
                )
            )
        references[name] = Reference("raw", variable)
    index = pd.RangeIndex(len(table))
    nothing = constant(None, index)
    scope = BlockScope(
        {name: table[name] for name in table},
        None,
        index,
        Origin(nothing, np.full(len(table), -1), nothing),
        {},
    )
    return condition_masks(condition, references, scope)[0]


def add_elements(plan: Plan, states: Mapping[str, DomainState]) -> list[Finding]:
    """Fill SE from the elements of the study: one record for each element a subject entered.

    TAETORD and EPOCH are those of TA in the arm of the subject; without arms, of the list of elements.
    Source: SDTMIG 3.4, 5.3 (SE).
    """
    state = states["SE"]
    elements = [element for element in plan.study.elements if element.start is not None]
    if not elements or state.plan.sources or "DM" not in states:
        return []
    demographics = states["DM"].table()
    starts, ends = {}, {}
    for i, element in enumerate(plan.study.elements):
        where = plan.study.where("elements", i)
        if element.start is None:
            continue
        starts[element.ETCD], _ = per_subject(plan, states, element.start, demographics, where)
        if element.end is not None:
            ends[element.ETCD], _ = per_subject(plan, states, element.end, demographics, where)
    made, disorder = subject_elements(demographics["USUBJID"], starts, ends)
    size = len(made)
    index = pd.RangeIndex(size)
    names = {element.ETCD: element for element in elements}
    codes = unique_texts(made["ETCD"])
    state.frame.update(
        STUDYID=constant(plan.study.study, index),
        DOMAIN=constant("SE", index),
        USUBJID=made["USUBJID"],
        ETCD=made["ETCD"],
        ELEMENT=_decoded(made["ETCD"], [names[code].ELEMENT for code in codes]),
        EPOCH=_decoded(made["ETCD"], [names[code].EPOCH for code in codes]),
        TAETORD=made["TAETORD"],
        SESTDTC=made["SESTDTC"],
        SEENDTC=made["SEENDTC"],
    )
    foreign = _place_in_arms(plan.study, state, demographics)
    dm_origin = states["DM"].origin
    rows = by_subject(
        made["USUBJID"],
        pd.DataFrame({"USUBJID": demographics["USUBJID"], "row": np.arange(len(demographics), dtype=float)}),
        "row",
    ).to_numpy()
    state.origin = (
        dm_origin.at(rows.astype(np.int64))
        if size
        else Origin(constant(None, index), np.empty(0, dtype=np.int64), constant(None, index))
    )
    return foreign + [
        Finding(
            "element-out-of-order",
            "error",
            text,
            "elements that start one after the other",
            "check the dates that elements: start from",
            "SE",
            "SESTDTC",
            (Place((("USUBJID", subject),)),),
        )
        for subject, text in disorder
    ]


def _place_in_arms(study: Study, state: DomainState, demographics: pd.DataFrame) -> list[Finding]:
    """TAETORD and EPOCH as TA has them in the arm of each subject, where the study has arms."""
    if not study.arms or not len(state.frame["USUBJID"]):
        return []
    epochs = {element.ETCD: element.EPOCH for element in study.elements}
    design = {
        arm.ARMCD: [(step.ETCD, step.EPOCH or epochs.get(step.ETCD, "")) for step in arm.elements]
        for arm in study.arms
    }
    subjects, codes = state.frame["USUBJID"], state.frame["ETCD"]
    arms = constant(None, subjects.index)
    if "ARMCD" in demographics:
        arms = by_subject(subjects, demographics, "ARMCD")
    planned = planned_places(codes, arms, design)
    state.frame["TAETORD"] = pd.Series(planned.order, index=subjects.index)
    state.frame["EPOCH"] = coalesce(planned.epoch, state.frame["EPOCH"])
    rows = np.flatnonzero(planned.foreign)
    pairs = pd.DataFrame({"arm": arms.iloc[rows].astype(object), "code": codes.iloc[rows].astype(object)})
    return [
        Finding(
            "element-not-in-arm",
            "warning",
            f"element {code} of subjects whose arm {arm} does not have it",
            "elements that the arm of the subject has in TA",
            "check arms:, or say with `when` of which subjects the element is; TAETORD stays missing",
            "SE",
            "TAETORD",
            tuple(Place((("USUBJID", subject),)) for subject in subjects.loc[group.index[:PLACES_SHOWN]]),
            len(group),
        )
        for (arm, code), group in pairs.groupby(["arm", "code"], sort=True)
    ]


def _decoded(column: pd.Series, texts: list[str]) -> pd.Series:
    unique = list(dict.fromkeys(texts))
    codes = np.array([unique.index(text) for text in texts] or [-1], dtype=np.int64)
    return from_codes(take(codes, column), unique, column.index)
