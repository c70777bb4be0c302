"""Conditions of a spec over the records of a dataset, in the sandbox of ``sdtm.mapping.sql``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtm.mapping.sql import Expression, evaluate, parse, truth
from specs.location import NOWHERE, Location


def is_true(records: pd.DataFrame, condition: str, where: Location = NOWHERE) -> np.ndarray:
    """Which records fulfil an SQL condition; all of them if it is empty, none where it is unknown.

    Raises ``ProblemsFound`` for SQL that is no condition, fails, or names a column that is not there.
    """
    if not condition.strip():
        return np.ones(len(records), dtype=bool)
    expression = parse(condition, where=where)
    absent = [name for name in expression.columns if name not in records]
    if absent:
        from specs.problems import Problem, ProblemsFound, suggest

        names = list(map(str, records.columns))
        raise ProblemsFound(
            [
                Problem(
                    "unknown-column",
                    where,
                    repr(name),
                    f"a column of: {', '.join(names)}",
                    suggest(name, names),
                )
                for name in absent
            ]
        )
    return fulfils(records, expression)


def fulfils(records: pd.DataFrame, condition: Expression) -> np.ndarray:
    """Which records fulfil a condition that was read before; unknown is not fulfilled."""
    (result,) = evaluate([condition], records.__getitem__, records.index)
    return truth(result, condition.text, condition.where)[0]
