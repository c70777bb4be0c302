"""What stays the same about a record from one run to the next, so that it keeps its --SEQ (``--previous``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import take

if TYPE_CHECKING:
    from sdtm.convert import DomainState
    from sdtm.plan import Plan

_PRIME = np.uint64(0x100000001B3)


def text_hashes(column: pd.Series) -> np.ndarray:
    """64 bits for each row, from the text alone (the same on any machine)."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return pd.util.hash_array(column.to_numpy(dtype="float64"), categorize=False)
    per_text = pd.util.hash_array(np.asarray(column.cat.categories, dtype=object), categorize=False)
    codes = column.cat.codes.to_numpy()
    if not len(per_text):
        return np.zeros(len(codes), dtype=np.uint64)
    return np.where(codes >= 0, take(per_text, column, missing=0), np.uint64(0)).astype(np.uint64)


def _combined(columns: list[np.ndarray], size: int) -> np.ndarray:
    out = np.full(size, np.uint64(14695981039346656037), dtype=np.uint64)
    for column in columns:
        out = (out ^ column) * _PRIME
    return out


def identities(plan: Plan, state: DomainState) -> np.ndarray:
    """A 64-bit identity of each record: raw table, raw key and raw column; without a key, the domain's keys.

    The key is what the spec declares under ``raw.datasets.NAME.key``; a corrected value elsewhere in the
    row therefore leaves the record its number.
    """
    frame = state.table()
    keys = [name for name in state.plan.keys if name in frame]
    out = _combined([text_hashes(frame[name]) for name in keys], state.size)
    for block, (start, stop) in zip(state.blocks, state.spans, strict=True):
        table = block.plan.table
        key = plan.study.raw.datasets[table].key if table else ()
        if not key or state.more is not None:
            continue
        raw = block.scope.tables[table].frame
        positions = block.scope.origin.position
        parts = [text_hashes(raw[name])[positions] for name in key]
        parts += [text_hashes(block.scope.origin.column), text_hashes(block.scope.made["USUBJID"])]
        if block.plan.not_done or block.plan.tests:
            parts.append(text_hashes(block.scope.made[f"{block.plan.domain}TESTCD"]))
        name_hash = pd.util.hash_array(np.array([table], dtype=object), categorize=False)[0]
        parts.append(np.full(stop - start, name_hash, dtype=np.uint64))
        out[start:stop] = _combined(parts, stop - start)
    return out


def highest_numbers(subjects: pd.Series, previous: pd.DataFrame | None) -> np.ndarray | None:
    """The highest --SEQ that the subject of each record ever had, also in records that are gone."""
    if previous is None or not len(previous):
        return None
    highest = previous.groupby("subject")["number"].max()
    return pd.Series(text_hashes(subjects)).map(highest).to_numpy(dtype="float64")


def previous_numbers(identity: np.ndarray, previous: pd.DataFrame | None) -> np.ndarray | None:
    """--SEQ that each record had before, NaN for new ones; the n-th of equal identities gets the n-th number.

    ``previous``: columns ``identity`` (uint64) and ``number``; ``subject`` (uint64) for ``highest_numbers``.
    """
    if previous is None or not len(previous):
        return None
    before = previous[["identity", "number"]].sort_values(["identity", "number"], kind="stable")
    before = before.assign(nth=before.groupby("identity").cumcount())
    now = pd.DataFrame({"identity": identity})
    now["nth"] = now.groupby("identity").cumcount()
    merged = now.merge(before, on=["identity", "nth"], how="left", validate="one_to_one")
    return merged["number"].to_numpy(dtype="float64")
