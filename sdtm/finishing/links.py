"""Records that belong together because they have the same linking value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

_KEY = ["subject", "value"]


def unmatched(values: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """For each dataset the rows whose subject and value no other dataset has.

    Shape: dataset -> table of ``subject``, ``value`` and ``row`` in; the same, fewer rows out.
    """
    found = {}
    for name, table in values.items():
        others = pd.concat([other[_KEY] for key, other in values.items() if key != name])
        there = pd.MultiIndex.from_frame(table[_KEY]).isin(pd.MultiIndex.from_frame(others))
        found[name] = table.loc[~there]
    return found


def dataset_relation(values: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """RELTYPE of each dataset: ONE where no subject has a value twice, else MANY.

    Source: SDTMIG 3.4, 8.3.2. Example: each TULNKID once in TU, at every visit in TR -> TU ONE, TR MANY.
    """
    return {
        name: "MANY" if bool(table[[*_KEY, "row"]].drop_duplicates().duplicated(_KEY).any()) else "ONE"
        for name, table in values.items()
    }


def linked_groups(values: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, int, dict[str, np.ndarray]]]:
    """Subject, number within the subject, and dataset -> rows, of each value that two datasets or more have.

    Numbers follow the first rows of the first dataset, so that they do not depend on how values are written;
    as rows of a finished dataset are in its own order, the result is the same for any order of raw rows.
    """
    parts = [table.assign(part=number) for number, table in enumerate(values.values())]
    every = pd.concat(parts, ignore_index=True)
    several = every.groupby(_KEY, sort=False)["part"].transform("nunique").gt(1)
    every = every.loc[several].sort_values(["subject", "part", "row", "value"], kind="stable")
    names = list(values)
    numbers: dict[str, int] = {}
    for (subject, _), group in every.groupby(_KEY, sort=False):
        numbers[subject] = numbers.get(subject, 0) + 1
        rows = {
            names[part]: np.unique(each.to_numpy()) for part, each in group.groupby("part", sort=True)["row"]
        }
        yield subject, numbers[subject], rows
