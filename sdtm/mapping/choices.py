"""choices: check-all-that-apply columns. One box: its value; several: MULTIPLE, and each to SUPP--."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sdtm.columns import take, unique_texts
from sdtm.combinations import map_rows
from sdtm.mapping.registry import algorithm
from specs.catalogue import Column, Params, Texts


class Choices(Params):
    choices: dict[Column, str]
    checked: Texts = ("1", "Y", "Yes", "YES", "X", "x", "TRUE", "True")
    unchecked: Texts = ("0", "N", "No", "NO", "FALSE", "False")
    several: str = "MULTIPLE"

    def qualifiers(self, target: str) -> dict[str, str]:
        """QNAM -> label of the SUPP-- values that a record with several boxes gets."""
        numbers = [str(i) for i in range(1, len(self.choices) + 1)]
        return {target[: 8 - len(i)] + i: f"{target.capitalize()} {i}" for i in numbers}

    def constants(self) -> tuple[str, ...]:
        """Values that are judged when the spec is compiled."""
        return (*self.choices.values(), self.several)

    def beyond_codelist(self) -> frozenset[str]:
        """MULTIPLE is in no codelist; the guide asks for it (SDTMIG 3.4, 4.2.8.3)."""
        return frozenset([self.several])


def _any_box_says_something(columns: Mapping[str, pd.Series], params: Choices) -> np.ndarray:
    """A box that is not checked asks for no value."""
    parts = [
        take(
            np.array([text not in params.unchecked for text in unique_texts(column)] or [False]),
            column,
            False,
        )
        for column in columns.values()
    ]
    return np.logical_or.reduce([part.astype(bool) for part in parts])


@algorithm("split_checkbox", Choices, key="choices", rule="checkbox-not-read", origin="Collected",
           collected=_any_box_says_something,
           expected=lambda p: f"checked: {', '.join(p.checked)}; not checked: {', '.join(p.unchecked)}")  # fmt: skip
def split_checkbox(block: pd.DataFrame, params: Choices) -> pd.DataFrame:
    """The value of the one checked box, or ``several``, and then each checked one as a qualifier.

    Shape:   n rows of boxes in; the target and one column per box (for SUPP--) out, same index.
    Unit:    none.
    Missing: where no box is checked; and where a box holds a text that is neither (reported).
    Errors:  none on data.
    Source:  SDTMIG 3.4, 4.2.8.3.
    Example: RACE1 = 1, RACE2 = 0 -> ASIAN; both 1 -> MULTIPLE, with RACE1 ASIAN and RACE2 WHITE.
    """
    columns = [block[name] for name in params.choices]
    values = list(params.choices.values())
    known = {*params.checked, *params.unchecked}

    def picked(row: tuple[str | None, ...]) -> list[str] | None:
        if any(box is not None and box not in known for box in row):
            return None
        return [value for box, value in zip(row, values, strict=True) if box in params.checked]

    def result(rows: list[tuple[str | None, ...]]) -> list[str | None]:
        picks = [picked(row) for row in rows]
        return [None if not p else p[0] if len(p) == 1 else params.several for p in picks]

    out = {"": map_rows(columns, result)}
    for i in range(len(values)):

        def nth(rows: list[tuple[str | None, ...]], i: int = i) -> list[str | None]:
            picks = [picked(row) or [] for row in rows]
            return [p[i] if 1 < len(p) > i else None for p in picks]

        out[str(i + 1)] = map_rows(columns, nth)
    return pd.DataFrame(out)
