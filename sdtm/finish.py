"""The finishing steps of one domain: study days, epoch, baseline flag, numbers, order, SUPP--."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import codes_of, constant, from_codes, pick
from sdtm.finished_variables import mapped_variables
from sdtm.finishing.baseline import is_on_or_before, last_of_each
from sdtm.finishing.epoch import compute_epoch
from sdtm.finishing.identity import highest_numbers, identities, previous_numbers, record_key
from sdtm.finishing.sequence import number_in_order, number_within, sort_order, stand_together
from sdtm.finishing.study_day import compute_study_day
from sdtm.long_text import split_long_text
from sdtm.mapped_rows import mapped_rows, put_where_not_mapped
from sdtm.mapping.scope import NOWHERE, by_subject
from sdtm.mapping.watch import Watcher
from sdtm.memory import give_back
from sdtm.plan import Plan
from sdtm.raw_rows import once
from sdtm.stages import RecordKey
from sdtm.supplemental import supplemental_dataset
from sdtm.trailing_blanks import remove_trailing_blanks
from validation.findings import Finding

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState, FinishedDomain

# What makes two results the same test, beside --TESTCD (trap 17: GLUC in serum and in urine).
SAME_TEST = ("CAT", "SCAT", "SPEC", "METHOD", "LOC", "LAT", "DIR", "POS", "EVAL", "EVALID", "LNKID", "FAST")
STUDY_DAYS = (("DY", "DTC"), ("STDY", "STDTC"), ("ENDY", "ENDTC"))
_SORTERS = min(2, os.cpu_count() or 1)
_COLUMNS_AT_ONCE = 8  # sorted before the memory of the unsorted ones is given back


@dataclass(slots=True)
class Finishing:
    """A domain with its study days, epoch and flag, waiting for the variables that need them."""

    plan: Plan
    state: DomainState
    findings: list[Finding] = field(default_factory=list)

    def close(
        self, state: DomainState, previous: pd.DataFrame | None, watch: Watcher | None = None
    ) -> tuple[FinishedDomain, list[Finding]]:
        """Sort, number, split long text and build SUPP--."""
        from sdtm.convert_shard import FinishedDomain

        findings = [*remove_trailing_blanks(state), *split_long_text(self.plan, state)]
        state.rows = None
        give_back()
        domain = state.plan.name
        sequence = f"{domain}SEQ"
        keys = [key for key in state.plan.keys if key in state.frame]
        by = list(state.plan.definition.sequence.by) or keys
        numbered = (
            self.plan.guide.variable(domain, sequence, state.plan.class_name) is not None and domain != "DM"
        )
        in_key_order = False
        if numbered:
            rows = _order(by, state)
            subjects = state.frame.get("USUBJID", constant("", state.index))
            in_key_order = previous is None and by == keys and "USUBJID" in keys
            in_key_order = in_key_order and stand_together(codes_of(subjects)[rows])
            if not in_key_order:
                known = None
                if previous is not None and len(previous):
                    known = previous_numbers(identities(self.plan, state), rows, previous)
                numbers = number_within(subjects, rows, known, highest_numbers(subjects, previous))
                state.frame[sequence] = pd.Series(numbers, index=state.index, copy=False)
                rows = sort_order(_content(state), [*keys, sequence])
            del subjects
        else:
            rows = sort_order(_content(state), keys)
        rows = rows.astype(np.int32, copy=False)
        if watch is not None:
            watch.order(domain, rows)
        give_back()
        more = None
        if state.more is not None:
            inverse = np.empty(len(rows), dtype=np.int64)
            inverse[rows] = np.arange(len(rows))
            more = state.more.assign(record=inverse[state.more["record"].to_numpy()])
        qualifiers = {name: pick(column, rows) for name, column in state.supp.items()}
        identified = _only_key(self.plan, state)
        identity = {} if identified else {"identity": identities(self.plan, state)[rows]}
        origin = state.origin.at(rows)
        numbers_of_sources = _source_numbers(state, rows)
        done = _in_order(state, rows)
        del rows
        if in_key_order:  # then there is nothing to sort by the new numbers
            done[sequence] = pd.Series(number_in_order(codes_of(done["USUBJID"])), copy=False)
        source = {"table": origin.table, "position": origin.position, "column": origin.column, **identity}
        if numbers_of_sources is not None:
            source["source"] = numbers_of_sources
        supp, found = supplemental_dataset(self.plan, state, done, qualifiers)
        finished = FinishedDomain(domain, done, pd.DataFrame(source, copy=False), supp, more, identified)
        return finished, findings + found


def _source_numbers(state: DomainState, rows: np.ndarray) -> np.ndarray | None:
    """Which source of the spec made each sorted record, from 0; None where there is one only, or where records
    of several have become one."""
    if len(state.spans) < 2 or state.spans[-1][1] != state.size:
        return None
    lengths = [stop - start for start, stop in state.spans]
    return np.repeat(np.arange(len(lengths), dtype=np.int16), lengths)[rows]


def _only_key(plan: Plan, state: DomainState) -> RecordKey | None:
    """The key of the one raw table that all records come from; their identities are then worked out when the
    trace is written."""
    if len(state.blocks) != 1 or state.more is not None:
        return None
    key = record_key(plan, state.blocks[0])
    return None if key is None or set(key.variables) & set(state.plan.definition.drop) else key


def _in_order(state: DomainState, rows: np.ndarray) -> pd.DataFrame:
    """The sorted variables. But for those of DM and SE, which other domains read, they leave the state one by one,
    so that no domain is in memory twice."""
    for block in state.blocks:
        block.scope.origin, block.scope.rows = NOWHERE, None
    state.blocks.clear()
    columns = dict(state.frame)
    if state.plan.name not in ("DM", "SE"):
        state.frame.clear()
        state.origin = NOWHERE
    sorted_columns: dict[str, pd.Series] = {}
    names = list(columns)
    with ThreadPoolExecutor(_SORTERS) as sorters:  # to pick rows leaves Python's lock alone
        for start in range(0, len(names), _COLUMNS_AT_ONCE):
            some = names[start : start + _COLUMNS_AT_ONCE]
            done = sorters.map(lambda name: pick(columns.pop(name), rows), some)
            sorted_columns |= zip(some, done, strict=True)
            give_back()
    give_back()
    return pd.DataFrame(sorted_columns, copy=False)


def _content(state: DomainState) -> pd.DataFrame:
    """Variables and supplemental qualifiers: all that tells records apart, so that raw order never has to."""
    columns = {**state.frame, **{f"SUPP.{name}": column for name, column in state.supp.items()}}
    return pd.DataFrame(columns, index=state.index, copy=False)


def _order(by: list[str], state: DomainState) -> np.ndarray:
    """Key order; ``raw_order`` among the keys means the order of the raw rows, and within a row of the tests.

    Numbers then depend on the order of the raw file; that is for those who declare it.
    """
    frame = _content(state)
    if "raw_order" in by:
        sources = np.zeros(state.size, dtype=np.int64)
        for number, (start, stop) in enumerate(state.spans):
            sources[start:stop] = number
        ranks = np.empty(state.size, dtype="float64")
        ranks[np.lexsort((np.arange(state.size), state.origin.position, sources))] = np.arange(state.size)
        frame = frame.assign(raw_order=ranks)
    return sort_order(frame, [name for name in by if name in frame])


def finish_domain(
    plan: Plan, state: DomainState, subjects: pd.DataFrame | None, elements: pd.DataFrame | None
) -> Finishing:
    """Study days, EPOCH and --LOBXFL, where the spec does not map them itself."""
    finishing = Finishing(plan, state)
    domain, frame = state.plan.name, state.frame
    if "USUBJID" not in frame or subjects is None:
        return finishing
    dropped = set(state.plan.definition.drop)

    def wanted(name: str) -> bool:
        if name in dropped or (state.size and mapped_rows(state, name).all()):
            return False
        return plan.guide.variable(domain, name, state.plan.class_name) is not None

    def study_day(own: pd.Series, dates: pd.Series) -> pd.Series:
        return pd.Series(compute_study_day(dates, by_subject(own, subjects, "RFSTDTC")), copy=False)

    own = frame["USUBJID"]
    for day, date in STUDY_DAYS:
        if "RFSTDTC" in subjects and f"{domain}{date}" in frame and wanted(f"{domain}{day}"):
            days = once(state, [own, frame[f"{domain}{date}"]], study_day)
            put_where_not_mapped(state, f"{domain}{day}", days)
    if elements is not None and domain not in ("DM", "SE") and wanted("EPOCH"):
        variable = state.plan.definition.epoch or next(
            (f"{domain}{s}" for s in ("STDTC", "DTC") if f"{domain}{s}" in frame), ""
        )
        if variable in frame:
            epochs = once(state, [own, frame[variable]], lambda o, d: compute_epoch(o, d, elements))
            put_where_not_mapped(state, "EPOCH", epochs)
    if state.plan.is_findings:
        give_back()
        _baseline(plan, state, subjects, wanted)
    return finishing


def _baseline(plan: Plan, state: DomainState, subjects: pd.DataFrame, wanted) -> None:  # type: ignore[no-untyped-def]
    domain, frame, rule = state.plan.name, state.frame, state.plan.definition.baseline
    flag = f"{domain}LOBXFL"
    reference = rule.before
    if flag in mapped_variables(state.plan):  # one way for all, as the flag compares records
        return
    if rule.skip or not wanted(flag) or f"{domain}DTC" not in frame or reference not in subjects:
        return
    if f"{domain}TESTCD" not in frame:
        return
    groups = [f"{domain}TESTCD"] + [f"{domain}{s}" for s in SAME_TEST if f"{domain}{s}" in frame]
    if rule.by:
        groups = [name for name in rule.by if name in frame]
    result = next((f"{domain}{s}" for s in ("STRESC", "ORRES") if f"{domain}{s}" in frame), "")
    present = frame[result].notna().to_numpy() if result else np.ones(state.size, dtype=bool)
    if f"{domain}STAT" in frame:
        present = present & frame[f"{domain}STAT"].isna().to_numpy()

    def before(own: pd.Series, dates: pd.Series) -> pd.Series:
        return pd.Series(is_on_or_before(dates, by_subject(own, subjects, reference)), copy=False)

    subject, dates = frame["USUBJID"], frame[f"{domain}DTC"]
    present = present & once(state, [subject, dates], before).to_numpy() & (codes_of(subject) >= 0)
    flags = last_of_each(
        subject, [frame[name] for name in groups], dates, present, lambda rows: _tie_order(state, rows)
    )
    frame[flag] = from_codes(np.where(flags, 0, -1), ["Y"], state.index)


def _tie_order(state: DomainState, rows: np.ndarray) -> np.ndarray:
    """Among results of one moment the later time point, then visit, then content decides."""
    domain, frame = state.plan.name, _content(state).iloc[rows]
    first = [name for name in (f"{domain}TPTNUM", "VISITNUM") if name in frame]
    order = sort_order(frame, first)
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return ranks
