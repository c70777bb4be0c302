"""Compare a converted dataset with a target table, variable by variable; used by the tests on real input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from sdtm.stages import Dataset


@dataclass(frozen=True)
class Match:
    """How many rows of one variable are equal. ``differences``: key, ours and theirs of the others."""

    variable: str
    equal: int
    compared: int
    differences: tuple[tuple[str, str, str], ...] = ()

    @property
    def share(self) -> float:
        return self.equal / self.compared if self.compared else 1.0


def read_target(path: Path) -> pd.DataFrame:
    """A target table with every cell as text; empty is missing, shown as an empty text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def as_text(dataset: Dataset) -> pd.DataFrame:
    """A dataset with numbers in their shortest text and missing as empty text."""
    frame = {}
    for variable in dataset.variables:
        column = dataset.frame[variable.name]
        if variable.type == "Num":
            frame[variable.name] = ["" if pd.isna(v) else f"{v:.10g}" for v in column]
        else:
            frame[variable.name] = column.astype(object).fillna("").tolist()
    return pd.DataFrame(frame, dtype=object)


def in_raw_order(dataset: Dataset) -> Dataset:
    """The records in the order of the raw rows they were made from, for targets that follow the raw file."""
    rows = np.argsort(dataset.source["position"].to_numpy(), kind="stable")
    frame = dataset.frame.iloc[rows].reset_index(drop=True)
    return replace(dataset, frame=frame, source=dataset.source.iloc[rows].reset_index(drop=True))


def compare(
    dataset: Dataset,
    target: pd.DataFrame,
    keys: Sequence[str],
    renamed: Mapping[str, str] | None = None,
    tolerance: float = 0.0,
) -> list[Match]:
    """Matches of every target variable, over the records that both have by ``keys``.

    ``renamed``: target variable -> ours. Numbers compare as numbers. Records with equal keys are paired in
    order.
    """
    ours = as_text(dataset)
    renamed = dict(renamed or {})
    pairs = _paired(ours, target, keys)
    shown = [" ".join(row) for row in target[list(keys)].iloc[pairs["theirs"]].itertuples(index=False)]
    matches = []
    for theirs in target.columns:
        name = renamed.get(theirs, theirs)
        right = target[theirs].iloc[pairs["theirs"]].tolist()
        left = ours[name].iloc[pairs["ours"]].tolist() if name in ours else [""] * len(right)
        different = [
            (key, a, b)
            for key, a, b in zip(shown, left, right, strict=True)
            if a != b and not _same(a, b, tolerance)
        ]
        matches.append(Match(theirs, len(right) - len(different), len(right), tuple(different)))
    return matches


def _paired(ours: pd.DataFrame, theirs: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    left, right = ours[list(keys)].copy(), theirs[list(keys)].copy()
    for side, name in ((left, "ours"), (right, "theirs")):
        for key in keys:
            side[key] = [_number(v) for v in side[key]]
        side["nth"] = side.groupby(list(keys)).cumcount()
        side[name] = range(len(side))
    return left.merge(right, on=[*keys, "nth"], how="inner")


def _number(text: str) -> str:
    try:
        return f"{float(text):.10g}"
    except ValueError:
        return text


def _same(left: str, right: str, tolerance: float) -> bool:
    if _number(left) == _number(right):
        return True
    try:
        return abs(float(left) - float(right)) <= tolerance
    except ValueError:
        return False


def unequal(matches: Sequence[Match]) -> dict[str, int]:
    """The variables that are not equal in every row, and in how many rows they are equal."""
    return {match.variable: match.equal for match in matches if match.equal != match.compared}


def match_table(name: str, matches: Sequence[Match]) -> str:
    """The match per variable, for people to read."""
    lines = [f"{name}: {sum(m.equal == m.compared for m in matches)} of {len(matches)} variables equal"]
    lines += [
        f"  {m.variable:<9} {m.equal:>6} of {m.compared:<6} {100 * m.share:6.2f} %"
        + (f"   e.g. {m.differences[0]}" if m.differences else "")
        for m in matches
    ]
    return "\n".join(lines)
