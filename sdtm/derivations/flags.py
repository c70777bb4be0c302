"""Text columns: flags, the names of a parameter, terms in capitals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray


def flags(holds: np.ndarray | pd.Series, text: str = "Y") -> ExtensionArray:
    """``text`` where something holds, else missing; as a ``str`` array. An empty text is missing too."""
    texts = np.full(len(holds), None, dtype=object)
    if text:
        texts[np.asarray(holds, dtype=bool)] = text
    return pd.array(texts, dtype="str")


class Ties(NamedTuple):
    """``alone``: of each group the one record that is first; ``tied``: those of groups in which several are."""

    alone: pd.Index
    tied: pd.Index


def first_of_each(table: pd.DataFrame, first: pd.DataFrame, by: Sequence[str], best: Sequence[str]) -> Ties:
    """The records of a table that no other of their group equals in what they were chosen by.

    ``first``: one record of each group of ``by``, the first by the columns ``best``.
    """
    keys = [*by, *best]
    merged = table.merge(first[keys], on=keys, how="left", indicator=True)
    among = table[(merged["_merge"] == "both").to_numpy()]
    twice = among.duplicated(list(by), keep=False)
    return Ties(among.index[~twice], among.index[twice])


def named(parameter: str, label: str, count: int) -> dict[str, ExtensionArray]:
    """PARAMCD and PARAM of new records; missing where the spec says nothing here, but under ``parameters``."""
    everywhere = np.ones(count, dtype=bool)
    return {"PARAMCD": flags(everywhere, parameter), "PARAM": flags(everywhere, label)}


def capitals(values: pd.Series) -> pd.Series:
    """Terms in capitals without blanks around them; a column without any text may be of any type."""
    if not pd.api.types.is_string_dtype(values.dtype):
        values = values.astype("str").where(values.notna())
    codes, unique = pd.factorize(values)
    terms = [str(text).strip().upper() for text in unique]
    return pd.Series(pd.array(np.array([*terms, None], dtype=object)[codes], dtype="str"), index=values.index)
