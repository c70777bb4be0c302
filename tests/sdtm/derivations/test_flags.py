"""Flags and the first record of each group. Expected rows are read off the table by hand."""

from __future__ import annotations

import pandas as pd

from sdtm.derivations.flags import first_of_each, flags


def test_the_first_of_each_group_and_those_that_tie_with_it() -> None:
    table = pd.DataFrame(
        {"who": ["a", "a", "b", "b", "b", "c"], "day": [1, 2, 5, 5, 6, None]}, index=[10, 11, 12, 13, 14, 15]
    )
    first = table.sort_values("day", kind="stable").drop_duplicates("who")
    found = first_of_each(table, first, ["who"], ["day"])
    assert list(found.alone) == [10, 15] and list(found.tied) == [12, 13]


def test_a_flag_is_a_text_or_missing() -> None:
    assert pd.Series(flags(pd.Series([True, False]).to_numpy())).fillna("-").tolist() == ["Y", "-"]
    assert pd.Series(flags(pd.Series([True]).to_numpy(), "")).isna().all()
