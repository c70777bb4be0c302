"""The cut-off date of each subject, and what has to be known before anything is cut."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import blank, constant, pick
from sdtm.combinations import combinations
from sdtm.data_cut import Cutting, cut_off_of
from sdtm.finishing.data_cut import compare_with_cut_off
from sdtm.iso8601 import days
from sdtm.mapping.source import RowAccount, map_source
from sdtm.plan import Plan
from sdtm.plan_cut_off import CUT_OFF
from sdtm.stages import RawTable
from sdtm.subject_dates import per_subject
from sdtm.visit_assignment import places
from specs.data_cut import domain_cut
from validation.findings import PLACES_SHOWN, Finding

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState

_NOBODY = pd.DataFrame({name: constant(None, pd.RangeIndex(0)) for name in ("USUBJID", "date")})


def begin_cut(
    plan: Plan, states: Mapping[str, DomainState], tables: Mapping[str, RawTable]
) -> tuple[Cutting | None, list[Finding], list[RowAccount]]:
    """The data cut of a study, ready to be applied; None where it has none."""
    cut = plan.study.data_cut
    if cut is None:
        return None, [], []
    cut_offs, findings, accounts = _cut_offs(plan, states, tables)
    incomplete = np.isnan(days(cut_offs["date"]))
    cut_offs = cut_offs.assign(date=blank(cut_offs["date"], incomplete))
    left_out, dates = _NOBODY, {}
    demographics = states.get("DM")
    if demographics is not None and "USUBJID" in demographics.frame:
        own = demographics.frame["USUBJID"]
        of_each = cut_off_of(own, cut_offs, cut.date)
        findings += _without_cut_off(demographics, own, of_each)
        entered = cut.entered.removeprefix("DM.")
        if entered and entered in demographics.frame:
            dates_of_entry = demographics.frame[entered]
            rows = np.flatnonzero(compare_with_cut_off(dates_of_entry, of_each).after)
            left_out = pd.DataFrame({"USUBJID": pick(own, rows), "date": pick(dates_of_entry, rows)})
        dates = _reference_dates(plan, states)
    return Cutting(plan, cut, cut_offs, left_out, dates), findings, accounts


def _cut_offs(
    plan: Plan, states: Mapping[str, DomainState], tables: Mapping[str, RawTable]
) -> tuple[pd.DataFrame, list[Finding], list[RowAccount]]:
    """USUBJID and date of the subjects that have a cut-off of their own."""
    cut = plan.study.data_cut
    assert cut is not None
    if plan.cut_offs is not None:
        block = map_source(plan.cut_offs, plan.study, tables, None, False)
        frame = pd.DataFrame({"USUBJID": block.scope.made["USUBJID"], "date": block.scope.made[CUT_OFF]})
        accounts = []
        if block.account is not None:
            used = block.account.made
            accounts = [RowAccount(block.account.table, np.zeros_like(used), block.account.excluded)]
            accounts[0].joined[block.account.table] = used
        clear = _contradictions(frame)
        return frame[~clear].reset_index(drop=True), block.findings, accounts
    if cut.subjects is not None and "DM" in states:
        name = str(cut.subjects.date).removeprefix("DM.")
        frame = states["DM"].frame
        if name in frame:
            return pd.DataFrame({"USUBJID": frame["USUBJID"], "date": frame[name]}), [], []
    return _NOBODY, [], []


def _contradictions(frame: pd.DataFrame) -> np.ndarray:
    """Rows of subjects with two cut-off dates; nobody can tell which is meant."""
    if not len(frame):
        return np.zeros(0, dtype=bool)
    subject, _ = combinations([frame["USUBJID"]])
    _, first = combinations([frame["USUBJID"], frame["date"]])
    return (np.bincount(subject[first], minlength=int(subject.max()) + 1) > 1)[subject]


def _without_cut_off(state: DomainState, own: pd.Series, cut_offs: pd.Series) -> list[Finding]:
    rows = np.flatnonzero(own.notna().to_numpy() & cut_offs.isna().to_numpy())
    if not len(rows):
        return []
    return [
        Finding(
            "no-cut-off",
            "error",
            "no data cut-off date, or two, or one without its day",
            "one complete cut-off date for each subject",
            "complete the dates under data_cut: subjects, or give a date: of all; nothing of the subject is cut",
            "DM",
            "USUBJID",
            places(state, rows[:PLACES_SHOWN], ""),
            len(rows),
        )
    ]


def _reference_dates(plan: Plan, states: Mapping[str, DomainState]) -> dict[str, pd.DataFrame]:
    """Dates of DM that a rule takes from other domains, before these are cut: a death after the cut-off is known."""
    assert plan.study.data_cut is not None
    state, found = states["DM"], {}
    for name, rule in state.plan.definition.reference_dates.items():
        sources = {source.partition(".")[0] for source in rule.earliest or rule.latest}
        if name in domain_cut(plan.study.data_cut, "DM").later and sources <= set(states):
            where = plan.study.where("sdtm", "DM", "reference_dates", name)
            dates, _ = per_subject(plan, states, rule, state.table(), where)
            found[name] = pd.DataFrame({"USUBJID": state.frame["USUBJID"], "date": dates})
    return found
