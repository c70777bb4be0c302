"""The data cut on the records of all domains, before they are numbered (`data_cut:`).

Records after the cut-off leave; dates after it on records that stay are changed as declared, or told. Reference
dates, SE, visits, --SEQ and SUPP-- are made afterwards and so follow from what stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import choose, coalesce, constant, empty, map_unique, numbers, pick
from sdtm.data_cut_log import CHANGED, KEPT, REMOVED, CutLog
from sdtm.finishing.data_cut import compare_with_cut_off
from sdtm.mapping.scope import by_subject
from sdtm.mapping.source import narrow
from sdtm.plan import Plan
from sdtm.visit_assignment import places
from specs.data_cut import BY_SUBJECT, CUT_OFF, NOT_CUT, DataCut, DomainCut, LaterDate, domain_cut
from validation.findings import PLACES_SHOWN, Finding

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState

EXCLUDED = "after the data cut-off"
AFTER = "after the cut-off"
PERHAPS = "partial date, which may be after the cut-off"
UNDATED = "no date"


@dataclass(slots=True)
class Cutting:
    """A data cut while it is made. ``cut_offs``: USUBJID and date; ``left_out``: USUBJID and the date of entry of
    subjects who are not in the data; ``reference_dates``: dates of DM as they were before the cut."""

    plan: Plan
    cut: DataCut
    cut_offs: pd.DataFrame
    left_out: pd.DataFrame
    reference_dates: dict[str, pd.DataFrame]
    log: CutLog = field(default_factory=CutLog)
    changes: dict[str, list[tuple[np.ndarray, str, pd.Series]]] = field(default_factory=dict)
    dates: dict[tuple[str, str], pd.Series] = field(
        default_factory=dict
    )  # as they were, where they led to changes

    def apply(self, states: Mapping[str, DomainState]) -> list[Finding]:
        """Cut some domains: those made from raw, and later those made from them."""
        findings = []
        for name, state in states.items():
            rule = domain_cut(self.cut, name)
            if state.size and "USUBJID" in state.frame:
                self.log.count(name, records=state.size)
                if rule.by != NOT_CUT:
                    self._remove(state, rule)
                    findings += self._later(state, rule)
        return findings

    def again(self, state: DomainState) -> None:
        """The changes once more, where a variable was made after the cut."""
        if state.more is None:
            for mask, name, value in self.changes.get(state.plan.name, []):
                if name in state.frame:
                    state.frame[name] = choose(mask, value, state.frame[name])

    def _cut_offs(self, state: DomainState) -> pd.Series:
        return cut_off_of(state.frame["USUBJID"], self.cut_offs, self.cut.date)

    def _remove(self, state: DomainState, rule: DomainCut) -> None:
        own, cut_offs = state.frame["USUBJID"], self._cut_offs(state)
        entry = by_subject(own, self.left_out, "date")
        remove = entry.notna().to_numpy()
        self._note(state, remove, REMOVED, self.cut.entered, entry, cut_offs, "entered " + AFTER)
        by = cut_by(state.plan.name, rule, state.frame)
        if by:
            dates = state.frame[by]
            after, perhaps, undated = (each & ~remove for each in compare_with_cut_off(dates, cut_offs))
            self.log.count(state.plan.name, perhaps_after=int(perhaps.sum()), undated=int(undated.sum()))
            self._note(state, after, REMOVED, by, dates, cut_offs, AFTER)
            drop = (rule.partial or self.cut.partial) == "remove"
            self._note(state, perhaps, REMOVED if drop else KEPT, by, dates, cut_offs, PERHAPS)
            remove = remove | after | (perhaps & drop)
            if (rule.undated or self.cut.undated) == "remove":
                self._note(state, undated, REMOVED, by, dates, cut_offs, UNDATED)
                remove = remove | undated
        if remove.any():
            self.log.count(state.plan.name, removed=int(remove.sum()))
            keep_records(state, ~remove)

    def _later(self, state: DomainState, rule: DomainCut) -> list[Finding]:
        """Dates after the cut-off on records that stay: changed as declared, else told."""
        cut_offs, told = self._cut_offs(state), []
        for name in [name for name in state.frame if name.endswith("DTC")]:
            after, perhaps, _ = compare_with_cut_off(state.frame[name], cut_offs)
            if name in rule.later:
                if (rule.partial or self.cut.partial) == "remove":
                    after = after | perhaps
                self._change(state, after, name, state.frame[name], rule.later[name], cut_offs)
            elif after.any() and name != cut_by(state.plan.name, rule, state.frame):
                told.append(_told(state, name, after))
        for name, known in self.reference_dates.items() if state.plan.name == "DM" else ():
            dates = by_subject(state.frame["USUBJID"], known, "date")
            after, _, _ = compare_with_cut_off(dates, cut_offs)
            self._change(state, after, name, dates, rule.later[name], cut_offs)
        return told

    def _change(
        self,
        state: DomainState,
        rows: np.ndarray,
        date: str,
        dates: pd.Series,
        then: LaterDate,
        cut_offs: pd.Series,
    ) -> None:
        if not rows.any():
            return
        reason = f"{date} {AFTER}"
        self.dates[state.plan.name, date] = dates
        self.log.count(state.plan.name, changed=int(rows.sum()))
        targets: dict[str, str | None] = {**dict.fromkeys(then.clear or (date,)), **then.set}
        changes = self.changes.setdefault(state.plan.name, [])
        for name, text in targets.items():
            definition = self.plan.guide.variable(state.plan.name, name, state.plan.class_name)
            kind = definition.type if definition is not None else "Char"
            before = state.frame.get(name)
            if before is None and text is None:
                if name == date:
                    self._note(state, rows, CHANGED, name, dates, cut_offs, reason)
                changes.append((rows, name, empty(kind, state.index)))  # if it is made later
                continue
            value = _value(text, kind, cut_offs)
            before = empty(kind, state.index) if before is None else before
            self._note(state, rows, CHANGED, name, before, cut_offs, reason, value)
            state.frame[name] = choose(rows, value, before)
            changes.append((rows, name, value))

    def _note(
        self,
        state: DomainState,
        rows: np.ndarray,
        action: str,
        variable: str,
        values: pd.Series,
        cut_offs: pd.Series,
        reason: str,
        becomes: pd.Series | None = None,
    ) -> None:
        at = np.flatnonzero(rows)
        if not len(at):
            return
        origin = state.origin

        def texts(column: pd.Series) -> np.ndarray:
            return pick(column, at).astype(object).to_numpy()

        self.log.rows.append(
            pd.DataFrame(
                {
                    "domain": state.plan.name,
                    "USUBJID": texts(state.frame["USUBJID"]),
                    "action": action,
                    "variable": variable,
                    "value": texts(values),
                    "becomes": texts(becomes) if becomes is not None else "",
                    "cut_off": texts(cut_offs),
                    "reason": reason,
                    "table": texts(origin.table),
                    "position": origin.position[at].astype(np.int64),
                    "column": texts(origin.column),
                }
            )
        )


def _value(text: str | None, kind: str, cut_offs: pd.Series) -> pd.Series:
    """What a variable becomes, row by row."""
    if text is None:
        return empty(kind, cut_offs.index)
    if CUT_OFF in text:
        return map_unique(cut_offs, lambda dates: [text.replace(CUT_OFF, date) for date in dates])
    column = constant(text, cut_offs.index)
    return numbers(column) if kind == "Num" else column


def cut_off_of(subjects: pd.Series, cut_offs: pd.DataFrame, everybody: str) -> pd.Series:
    """The cut-off date beside the subject of each record: the subject's own, else that of all."""
    own = by_subject(subjects, cut_offs, "date")
    return coalesce(own, constant(everybody, own.index)) if everybody else own


def cut_by(domain: str, rule: DomainCut, frame: Mapping[str, pd.Series]) -> str:
    """The date that tells whether a record is after the cut-off; empty where only its subject counts."""
    if rule.by in (BY_SUBJECT, NOT_CUT):
        return ""
    usual = (f"{domain}STDTC", f"{domain}DTC")
    return rule.by or next((name for name in usual if name in frame), "")


def _told(state: DomainState, name: str, after: np.ndarray) -> Finding:
    rows = np.flatnonzero(after)
    domain = state.plan.name
    return Finding(
        "date-after-data-cut",
        "warning",
        f"{name} is after the data cut-off on a record that stays",
        "no date after the cut-off, or a rule that says what becomes of it",
        f"write data_cut: {{domains: {{{domain}: {{later: {{{name}: …}}}}}}}}; the date stays",
        domain,
        name,
        places(state, rows[:PLACES_SHOWN], ""),
        len(rows),
    )


def keep_records(state: DomainState, kept: np.ndarray) -> None:
    """Only some records of a domain stay; the raw rows of the others are counted as cut."""
    rows = np.flatnonzero(kept)
    spans, start = [], 0
    for block, (first, last) in zip(state.blocks, state.spans, strict=True):
        inside = kept[first:last]
        if block.account is not None:
            account = block.account
            stays = np.zeros_like(account.made)
            stays[block.scope.origin.position[inside]] = True
            gone = account.made & ~stays
            account.made[:] = stays
            reason = f"{state.plan.name}: {EXCLUDED}"
            account.excluded[reason] = account.excluded.get(reason, np.zeros_like(gone)) | gone
        block.scope = narrow(block.scope, np.flatnonzero(inside))
        spans.append((start, start + int(inside.sum())))
        start = spans[-1][1]
    state.spans = spans
    state.frame = {name: pick(column, rows) for name, column in state.frame.items()}
    state.supp = {name: pick(column, rows) for name, column in state.supp.items()}
    state.visit = None if state.visit is None else pick(state.visit, rows)
    state.origin = state.origin.at(rows)
