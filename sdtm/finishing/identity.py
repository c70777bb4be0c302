"""What stays the same about a record from one run to the next, so that it keeps its --SEQ (``--previous``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import codes_of

if TYPE_CHECKING:
    from sdtm.convert import DomainState
    from sdtm.mapping.source import Block
    from sdtm.plan import Plan

_PRIME = np.uint64(0x100000001B3)
_AT_ONCE = 1 << 17  # records; what is worked on then stays small


def text_hashes(column: pd.Series) -> np.ndarray:
    """64 bits for each row, from the text alone (the same on any machine)."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return pd.util.hash_array(column.to_numpy(dtype="float64"), categorize=False)
    return _hash_table(column)[codes_of(column)]


def _hash_table(column: pd.Series) -> np.ndarray:
    """The hash of each distinct text, and 0 at the end, which is what code -1 (missing) picks."""
    texts = np.asarray(column.cat.categories, dtype=object)
    return np.append(pd.util.hash_array(texts, categorize=False), np.uint64(0))


def _combined(hashes: Iterable[np.ndarray | np.uint64], start: np.ndarray) -> np.ndarray:
    """``start`` with more hashes mixed in, one after the other; it is overwritten."""
    for each in hashes:
        start ^= each
        start *= _PRIME
    return start


def _fresh(size: int) -> np.ndarray:
    return np.full(size, np.uint64(14695981039346656037), dtype=np.uint64)


def identities(plan: Plan, state: DomainState, order: np.ndarray | None = None) -> np.ndarray:
    """A 64-bit identity of each record: raw table, raw key and raw column; without a key, the domain's keys.

    The key is what the spec declares under ``raw.datasets.NAME.key``; a corrected value elsewhere in the
    row therefore leaves the record its number. Of the records at the positions ``order`` (default: all).
    """
    if state.more is None and len(state.blocks) == 1 and (key := _raw_key(plan, state.blocks[0])):
        return _by_raw_key(state.blocks[0], key, slice(None) if order is None else order)
    keys = [name for name in state.plan.keys if name in state.frame]
    parts = []
    blocks = [] if state.more is not None else zip(state.blocks, state.spans, strict=True)
    for block, (start, stop) in blocks:
        if key := _raw_key(plan, block):
            parts.append(_by_raw_key(block, key, slice(None)))
        else:
            columns = (state.frame[name].iloc[start:stop] for name in keys)
            parts.append(_combined(map(text_hashes, columns), _fresh(stop - start)))
    if not parts:
        parts = [_combined((text_hashes(state.frame[name]) for name in keys), _fresh(state.size))]
    return np.concatenate(parts)[slice(None) if order is None else order]


def _raw_key(plan: Plan, block: Block) -> Sequence[str]:
    return plan.study.raw.datasets[block.plan.table].key if block.plan.table else ()


def _by_raw_key(block: Block, key: Sequence[str], order: np.ndarray | slice) -> np.ndarray:
    table = block.plan.table
    raw = block.scope.tables[table].frame
    rows = _combined((text_hashes(raw[name]) for name in key), _fresh(len(raw)))
    out = rows[block.scope.origin.position[order]]
    more = [block.scope.origin.column, block.scope.made["USUBJID"]]
    if block.plan.not_done or block.plan.tests:
        more.append(block.scope.made[f"{block.plan.domain}TESTCD"])
    tables = [_hash_table(column) for column in more]
    of_name = pd.util.hash_array(np.array([table], dtype=object), categorize=False)[0]
    for start in range(0, len(out), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        at = some if isinstance(order, slice) else order[some]
        each = (hashes[codes_of(column)[at]] for hashes, column in zip(tables, more, strict=True))
        _combined(chain(each, [of_name]), out[some])
    return out


def highest_numbers(subjects: pd.Series, previous: pd.DataFrame | None) -> np.ndarray | None:
    """The highest --SEQ that the subject of each record ever had, also in records that are gone."""
    if previous is None or not len(previous):
        return None
    highest = previous.groupby("subject")["number"].max()
    return pd.Series(text_hashes(subjects)).map(highest).to_numpy(dtype="float64")


def previous_numbers(
    identity: np.ndarray, order: np.ndarray, previous: pd.DataFrame | None
) -> np.ndarray | None:
    """--SEQ that each record had before, NaN for new ones.

    Of equal identities the n-th in ``order``, the order of numbering, gets the n-th number.
    ``previous``: columns ``identity`` (uint64) and ``number``; ``subject`` (uint64) for ``highest_numbers``.
    """
    if previous is None or not len(previous):
        return None
    before = previous[["identity", "number"]].sort_values(["identity", "number"], kind="stable")
    before = before.assign(nth=before.groupby("identity").cumcount())
    now = pd.DataFrame({"identity": identity[order]})
    now["nth"] = now.groupby("identity").cumcount()
    merged = now.merge(before, on=["identity", "nth"], how="left", validate="one_to_one")
    numbers = np.empty(len(identity), dtype="float64")
    numbers[order] = merged["number"].to_numpy(dtype="float64")
    return numbers
