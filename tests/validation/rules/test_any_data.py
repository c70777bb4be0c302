"""No rule stumbles over data that nobody expected; what it tells of them is not the point here."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from specs.standards import implementation_guide
from validation.rules.engine import run_rules
from validation.rules.registry import ADAM, rules
from validation.tables import Table, table_of

DATASETS = (
    *(
        "DM",
        "SE",
        "SV",
        "CO",
        "SM",
        "EC",
        "EX",
        "CM",
        "AE",
        "DS",
        "MH",
        "DV",
        "CE",
        "IE",
        "LB",
        "VS",
        "PC",
        "PP",
        "SS",
    ),
    *("DD", "TU", "TR", "RS", "FA", "TA", "TE", "TI", "TM", "TS", "TV", "RELREC", "RELSUB"),
)
TEXTS = ["x", "2024-02", "2024-02-30", "Y", "", " ", "<0.5", "PD", "TARGET", "2024-01-01T10:00/2024-01-02"]
NUMBERS = [1.0, -1.0, 0.0, np.nan, np.inf, 2.5]


def _tables(size: int, text: list[str], number: list[float]) -> dict[str, Table]:
    """Datasets with every variable that the guide lists, filled in turns."""
    guide = implementation_guide()
    made = {}
    for name in DATASETS:
        columns = {}
        for place, variable in enumerate(guide.variables(name)):
            values = number if variable.type == "Num" else text
            kind = "float64" if variable.type == "Num" else "str"
            turned = [values[(place + row) % len(values)] for row in range(size)]
            columns[variable.name] = pd.Series(turned, dtype=kind)
        made[name] = table_of(name, pd.DataFrame(columns), guide)
    return made


@pytest.mark.parametrize("size", [0, 6])
def test_rules_run_on_odd_values(size) -> None:
    tables = _tables(size, TEXTS, NUMBERS)
    judging = [rule for rule in rules() if rule.model != ADAM]
    outcome = run_rules(judging, tables)
    assert {rule.id for rule in judging if rule.study_wide} <= {ran.rule for ran in outcome.ran}
    for failure in outcome.failures:
        assert failure.positions is None or (
            (failure.positions >= 0).all() and (failure.positions < size).all()
        )
    assert bool(outcome.failures)  # empty datasets are a failure, too


def test_rules_that_compare_numbers_do_not_run_on_text() -> None:
    """Text where numbers belong is told as such; a rule that needs the numbers says that it has not run."""
    guide = implementation_guide()
    tables = {
        name: table_of(
            name, pd.DataFrame({v.name: ["x", "y"] for v in guide.variables(name)}, dtype="str"), guide
        )
        for name in DATASETS
    }
    outcome = run_rules([rule for rule in rules() if rule.model != ADAM], tables)
    reasons = {(not_run.rule, not_run.reason) for not_run in outcome.not_run}
    assert ("negative-dose", "EX.EXDOSE does not hold numbers") in reasons
    assert not {ran.dataset for ran in outcome.ran if ran.rule == "negative-dose"}
