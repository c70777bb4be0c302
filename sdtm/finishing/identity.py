"""What stays the same about a record from one run to the next, so that it keeps its --SEQ (``--previous``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import codes_of, encoded, gather, take, take_by_code
from sdtm.stages import RecordKey

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState
    from sdtm.mapping.source import Block
    from sdtm.plan import Plan

_PRIME = np.uint64(0x100000001B3)
_AT_ONCE = 1 << 17  # records; what is worked on then stays small


def text_hashes(column: pd.Series) -> np.ndarray:
    """64 bits for each row, from the text alone (the same on any machine)."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return pd.util.hash_array(column.to_numpy(dtype="float64"), categorize=False)
    return take(_hash_table(column), column, missing=np.uint64(0))


def _hash_table(column: pd.Series) -> np.ndarray:
    """The hash of each distinct text; that of a missing one is 0."""
    texts = np.asarray(column.cat.categories, dtype=object)
    return pd.util.hash_array(texts, categorize=False)


def _combined(hashes: Iterable[np.ndarray | np.uint64], start: np.ndarray) -> np.ndarray:
    """``start`` with more hashes mixed in, one after the other; it is overwritten."""
    for each in hashes:
        start ^= each
        start *= _PRIME
    return start


def _fresh(size: int) -> np.ndarray:
    return np.full(size, np.uint64(14695981039346656037), dtype=np.uint64)


def identities(plan: Plan, state: DomainState) -> np.ndarray:
    """A 64-bit identity of each record: raw table, raw key and raw column; without a key, the domain's keys.

    The key is what the spec declares under ``raw.datasets.NAME.key``; a corrected value elsewhere in the
    row therefore leaves the record its number.
    """
    keys = [name for name in state.plan.keys if name in state.frame]
    if state.more is not None or not state.blocks:
        return _combined((text_hashes(state.frame[name]) for name in keys), _fresh(state.size))
    parts = []
    for block, (start, stop) in zip(state.blocks, state.spans, strict=True):
        if key := record_key(plan, block):
            origin, raw = block.scope.origin, block.scope.tables[key.table].frame
            own = {name: state.frame[name].iloc[start:stop] for name in key.variables}
            parts.append(identities_by_raw_key(key, raw, origin.position, origin.column, own))
        else:
            columns = (state.frame[name].iloc[start:stop] for name in keys)
            parts.append(_combined(map(text_hashes, columns), _fresh(stop - start)))
    return np.concatenate(parts) if len(parts) > 1 else parts[0]


def record_key(plan: Plan, block: Block) -> RecordKey | None:
    """The declared key of the raw table that a block is made from, with the variables that tell apart the records
    of a raw row; ``None`` without such a key."""
    table = block.plan.table
    columns = plan.study.raw.datasets[table].key if table else ()
    if not columns:
        return None
    wide = block.plan.not_done or block.plan.tests
    variables = ("USUBJID", f"{block.plan.domain}TESTCD") if wide else ("USUBJID",)
    return RecordKey(table, tuple(columns), variables)


def identities_by_raw_key(
    key: RecordKey, raw: pd.DataFrame, position: np.ndarray, column: pd.Series, own: Mapping[str, pd.Series]
) -> np.ndarray:
    """``identities`` of records of one raw table in any order, from their raw rows and columns and their variables."""
    of_rows = _combined((text_hashes(encoded(raw[name])) for name in key.columns), _fresh(len(raw)))
    of_name = pd.util.hash_array(np.array([key.table], dtype=object), categorize=False)[0]
    more = [column, *(own[name] for name in key.variables)]
    tables = [_hash_table(each) for each in more]
    out = np.empty(len(position), dtype=np.uint64)
    for start in range(0, len(out), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        out[some] = gather(of_rows, position[some])
        parts = (
            take_by_code(hashes, codes_of(each)[some], np.uint64(0))
            for hashes, each in zip(tables, more, strict=True)
        )
        _combined(chain(parts, [of_name]), out[some])
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
