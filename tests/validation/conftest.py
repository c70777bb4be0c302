"""Mini datasets written as text, and one rule judged on them. All data here are invented."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

from specs.standards import implementation_guide
from specs.standards.adam_ig import analysis_guide
from validation.analysis_tables import analysis_table, is_analysis
from validation.rules.engine import Outcome, run_rules
from validation.rules.registry import rules
from validation.tables import Table, class_of, table_of

Places = dict[str, list[int] | str]


def frame_of(name: str, text: str) -> pd.DataFrame:
    """A dataset from lines of cells between bars; an empty cell is missing; types are the standard's.

    The first line has the names. Lines may be indented.
    """
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    frame = pd.DataFrame(lines[1:], columns=lines[0], dtype="str")
    guide = implementation_guide()
    class_name = class_of(name, lines[0], guide, None)
    of_analysis = table(name, frame) if is_analysis(name, lines[0], guide) else None
    for variable in frame:
        if of_analysis is not None:
            kind = of_analysis.type_of(variable)
        else:
            definition = guide.variable(name, variable, class_name)
            kind = definition.type if definition is not None else ""
        if kind == "Num":
            frame[variable] = pd.to_numeric(frame[variable])
    return frame


def table(name: str, frame: pd.DataFrame) -> Table:
    if is_analysis(name, list(frame.columns), implementation_guide()):
        return analysis_table(name, frame, analysis_guide(), implementation_guide())
    return table_of(name, frame, implementation_guide())


def _run(rule_id: str, frames: Mapping[str, pd.DataFrame]) -> tuple[Places, Outcome]:
    chosen = [rule for rule in rules() if rule.id == rule_id]
    assert chosen, f"there is no rule {rule_id}"
    outcome = run_rules(
        chosen, {name: table(name, frame) for name, frame in frames.items()}, declared_only=True
    )
    places: Places = {}
    for failure in outcome.failures:
        where = f"{failure.dataset}.{failure.variable}".rstrip(".")
        places[where] = "all" if failure.positions is None else failure.positions.tolist()
    return places, outcome


@pytest.fixture
def frames() -> Callable[..., dict[str, pd.DataFrame]]:
    """``frames(AE="USUBJID|AESER ...")`` -> data frames by name."""

    def make(**texts: str) -> dict[str, pd.DataFrame]:
        return {name: frame_of(name, text) for name, text in texts.items()}

    return make


@pytest.fixture
def check_rule() -> Callable[[str, Mapping[str, str], Places], None]:
    """Judge one rule: exactly the expected records fail, and without them none does."""

    def check(rule_id: str, texts: Mapping[str, str], expected: Places) -> None:
        frames = {name: frame_of(name, text) for name, text in texts.items()}
        places, outcome = _run(rule_id, frames)
        assert outcome.ran, f"{rule_id} did not run: {outcome.not_run}"
        assert places == expected
        failing: dict[str, set[int]] = {}
        for where, rows in expected.items():
            if isinstance(rows, str):
                return  # a dataset as a whole: there are no other records
            failing.setdefault(where.partition(".")[0], set()).update(rows)
        for name, wrong in failing.items():
            frames[name] = frames[name].iloc[np.setdiff1d(np.arange(len(frames[name])), list(wrong))]
        places, outcome = _run(rule_id, frames)
        assert outcome.ran
        assert places == {}

    return check
