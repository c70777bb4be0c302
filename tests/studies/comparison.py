"""Compare a converted dataset with a target table, variable by variable; used by the tests on real input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sdtm.stages import Dataset


@dataclass(frozen=True)
class Match:
    """How many rows of one variable are equal; ``examples``: ours and theirs where they are not."""

    variable: str
    equal: int
    compared: int
    examples: tuple[tuple[str, str, str], ...] = ()

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


def compare(
    dataset: Dataset,
    target: pd.DataFrame,
    keys: Sequence[str],
    renamed: Mapping[str, str] | None = None,
    tolerance: float = 0.0,
) -> list[Match]:
    """Matches of every target variable, over the records that both have by ``keys``.

    ``renamed``: target variable -> ours. Numbers compare as numbers. Records with equal keys are paired in order.
    """
    ours = as_text(dataset)
    renamed = dict(renamed or {})
    pairs = _paired(ours, target, keys)
    matches = []
    for theirs in target.columns:
        name = renamed.get(theirs, theirs)
        right = target[theirs].iloc[pairs["theirs"]].tolist()
        left = ours[name].iloc[pairs["ours"]].tolist() if name in ours else [""] * len(right)
        equal = [_same(a, b, tolerance) for a, b in zip(left, right, strict=True)]
        at = [i for i, same in enumerate(equal) if not same][:5]
        shown = tuple((target[keys[0]].iloc[pairs["theirs"].iloc[i]], left[i], right[i]) for i in at)
        matches.append(Match(theirs, sum(equal), len(equal), shown))
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
    if left == right or _number(left) == _number(right):
        return True
    try:
        return abs(float(left) - float(right)) <= tolerance
    except ValueError:
        return False


def match_table(name: str, matches: Sequence[Match]) -> str:
    """The match per variable, for people to read."""
    lines = [f"{name}: {sum(m.equal == m.compared for m in matches)} of {len(matches)} variables equal"]
    lines += [
        f"  {m.variable:<9} {m.equal:>6} of {m.compared:<6} {100 * m.share:6.2f} %"
        + (f"   e.g. {m.examples[0]}" if m.examples else "")
        for m in matches
    ]
    return "\n".join(lines)
