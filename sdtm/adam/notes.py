"""What derivations noted, as findings with the keys of the records they are about."""

from __future__ import annotations

import pandas as pd

from sdtm.adam.plan import DatasetPlan
from sdtm.adam.steps import State, Tables
from sdtm.numbers import shortest
from validation.findings import PLACES_SHOWN, Finding, Place

_KEYS = ("USUBJID", "PARAMCD", "ADT", "AVISIT", "VISIT")


def findings_of(state: State, plan: DatasetPlan, tables: Tables) -> list[Finding]:
    """One finding for each note."""
    found = []
    for note, table in state.notes:
        frame = tables.get(table, state.frame) if table else state.frame
        rows = [row for row in note.rows if row in frame.index]
        places = tuple(
            Place(keys=_keys(frame.loc[row], table or plan.name), value=_shown(frame, row, note.variable))
            for row in rows[:PLACES_SHOWN]
        )
        found.append(
            Finding(
                note.rule,
                note.severity,
                note.found,
                note.expected,
                note.do,
                dataset=table or plan.name,
                variable=note.variable,
                places=places,
                count=max(len(note.rows), 1),
            )
        )
    return found


def _keys(record: pd.Series, dataset: str) -> tuple[tuple[str, str], ...]:
    names = [*_KEYS, f"{dataset[:2]}SEQ", f"{dataset[2:4]}SEQ"]
    return tuple(
        (name, value_text(record[name])) for name in names if name in record and pd.notna(record[name])
    )


def _shown(frame: pd.DataFrame, row: object, variable: str) -> str:
    return value_text(frame.at[row, variable]) if variable in frame else ""


def value_text(value: object) -> str:
    """A value as people read it: a number in its shortest form, a date without midnight, nothing for missing."""
    if isinstance(value, float):
        return "" if pd.isna(value) else shortest(value)
    if isinstance(value, pd.Timestamp):
        return value.isoformat() if value.time() != value.time().min else value.date().isoformat()
    return "" if pd.isna(value) else str(value)
