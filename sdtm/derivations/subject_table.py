"""The subjects that a derivation is about: one row each, with the dates that say which records count."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sdtm.derivations.condition import is_true
from specs.location import NOWHERE
from specs.problems import Problem, ProblemsFound, suggest


def subject_rows(
    table: pd.DataFrame, name: str, subject: str, columns: Sequence[str], population: str = ""
) -> pd.DataFrame:
    """The rows of a subject table that ``population`` admits, in the order of their subjects.

    Raises ``ProblemsFound`` if a column is not there, or a subject has several rows or no name.
    """
    require(table, name, [subject, *columns])
    rows = table[is_true(table, population)] if population else table
    twice = rows[subject].isna() | rows[subject].duplicated(keep=False)
    if twice.any():
        shown = ", ".join(map(str, rows.loc[twice, subject].drop_duplicates().head(5)))
        raise ProblemsFound(
            Problem(
                "several-rows-per-subject",
                NOWHERE,
                f"{name} has more than one row, or no {subject}, for {shown}",
                f"one row per subject in {name}",
                f"name a table with one row per {subject}, or choose by a condition",
            )
        )
    return rows.sort_values(subject).reset_index(drop=True)


def require(table: pd.DataFrame, name: str, columns: Sequence[str]) -> None:
    """Raise ``ProblemsFound`` for columns that a table does not have; an empty name asks for nothing."""
    have = list(map(str, table.columns))
    absent = [column for column in dict.fromkeys(columns) if column and column not in table]
    if absent:
        raise ProblemsFound(
            [
                Problem(
                    "unknown-column",
                    NOWHERE,
                    f"{name} has no {column}",
                    f"a column of {name}: {', '.join(have)}",
                    suggest(column, have),
                )
                for column in absent
            ]
        )
