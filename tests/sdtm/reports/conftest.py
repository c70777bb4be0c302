"""A small invented study for tables: eight treated subjects in two arms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import numpy as np
import pandas as pd
import pytest

from sdtm.reports.compute import Report, compute_reports
from sdtm.reports.plan import plan_reports
from specs import load_study

NAMES = [f"S{number}" for number in range(1, 9)]


def synthetic_frames() -> dict[str, pd.DataFrame]:
    """SYNTHETIC analysis datasets: arm A is S1 to S4, arm B is S5 to S8; S9 was never treated."""
    adsl = pd.DataFrame(
        {
            "USUBJID": [*NAMES, "S9"],
            "ARM": ["A"] * 4 + ["B"] * 4 + ["C"],
            "DOSE": [10.0] * 4 + [20.0] * 4 + [np.nan],
            "SAFFL": ["Y"] * 8 + ["N"],
            "AGE": [30.0, 40, 50, 60, 31, 41, 51, np.nan, 99],
            "SEX": ["F", "F", "M", None, "F", "F", "F", "F", "M"],
            "DLTEVLFL": ["Y", "Y", "Y", "N", "Y", "Y", "Y", "Y", "N"],
            "DLTFL": ["N", "Y", "N", "N", "N", "N", "N", "N", "N"],
            "TRTDURD": [10.0, 20, 30, 40, 50, 60, 70, 80, np.nan],
        }
    )
    events = [
        ("S1", "Nausea", "GI", 1, "RELATED", "N"),
        ("S1", "Nausea", "GI", 3, "RELATED", "N"),
        ("S1", "Rash", "SKIN", 2, "NOT RELATED", "N"),
        ("S2", "Nausea", "GI", 2, "NOT RELATED", "Y"),
        ("S3", "Rash", "SKIN", 1, "RELATED", "N"),
        ("S5", "Nausea", "GI", 4, "RELATED", "Y"),
        ("S6", "Rash", None, 1, "RELATED", "N"),
        ("S9", "Rash", "SKIN", 5, "RELATED", "Y"),
    ]
    adae = pd.DataFrame(events, columns=["USUBJID", "AEDECOD", "AEBODSYS", "ATOXGRN", "AREL", "AESER"])
    adae = adae.assign(
        TRTEMFL="Y",
        AEACN=["DRUG WITHDRAWN" if name == "S5" else "DOSE NOT CHANGED" for name in adae["USUBJID"]],
        AEOUT=["FATAL" if name == "S9" else "RECOVERED/RESOLVED" for name in adae["USUBJID"]],
        ATOXGRN=adae["ATOXGRN"].astype(float),
        ASTDY=[2.0 + number for number in range(len(adae))],
    )
    best = ["PR", "SD", "PD", "PD", "CR", "PR", "SD"]  # S8 has no assessment
    adrs = pd.DataFrame({"USUBJID": NAMES[:7], "PARAMCD": "BOR", "AVALC": best})
    adtte = pd.DataFrame(
        {
            "USUBJID": NAMES,
            "PARAMCD": "PFS",
            "AVAL": [2.0, 4, 6, 8, 1, 3, 5, 7],
            "CNSR": [0.0, 0, 1, 0, 0, 1, 0, 1],
        }
    )
    adpp = pd.DataFrame(
        {
            "USUBJID": NAMES[:3] * 2 + NAMES[4:6],
            "PARAMCD": ["CMAX"] * 3 + ["TMAX"] * 3 + ["CMAX"] * 2,
            "AVAL": [10.0, 20, 40, 1, 2, 4, 0, 8],
        }
    )
    adpc = pd.DataFrame(
        {
            "USUBJID": NAMES[:4] * 2,
            "NFRLT": [0.0] * 4 + [1.0] * 4,
            "PCSTRESN": [np.nan, np.nan, np.nan, 2.0, 10, 20, 30, np.nan],
            "BLQFL": ["Y", "Y", "Y", None, None, None, None, None],
            "LLOQ": 1.0,
        }
    )
    adlb = pd.DataFrame(
        {"USUBJID": NAMES[:4], "BASEGR": ["0", "0", "1", "0"], "WORSTGR": ["0", "2", "2", None]}
    )
    adtr = pd.DataFrame(
        {
            "USUBJID": NAMES[:4] * 2,
            "PARAMCD": ["BESTPCHG"] * 4 + ["SDIAM"] * 4,
            "AVAL": [-35.0, 10, 42, -5, 20, 20, 20, 20],
            "PCHG": [np.nan] * 4 + [-35.0, 10, 42, -5],
            "ADY": [np.nan] * 4 + [42.0, 43, 44, 45],
        }
    )
    return {
        "ADSL": adsl,
        "ADAE": adae,
        "ADRS": adrs,
        "ADTTE": adtte,
        "ADPP": adpp,
        "ADPC": adpc,
        "ADLB": adlb,
        "ADTR": adtr,
    }


class Cells:
    """The results of a report by row, column and statistic."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.by_name = {(r.row, r.column, r.statistic): r for r in report.results}

    def __call__(self, row: str, column: str, statistic: str = "count") -> object:
        return self.by_name[row, column, statistic].value

    def share(self, row: str, column: str) -> tuple[int, int]:
        """The count of a cell and its denominator."""
        found = self.by_name[row, column, "count"]
        assert isinstance(found.value, int)
        return found.value, found.N


Make = Callable[[str], Report]


@pytest.fixture
def frames() -> dict[str, pd.DataFrame]:
    return synthetic_frames()


@pytest.fixture
def report(tmp_path: Path, frames: dict[str, pd.DataFrame]) -> Make:
    """``report(text of tables.yaml)`` on the invented study."""

    def make(text: str) -> Report:
        folder = tmp_path / "study"
        folder.mkdir(exist_ok=True)
        (folder / "study.yaml").write_text("study: ST\n", encoding="utf-8")
        (folder / "tables.yaml").write_text(dedent(text), encoding="utf-8")
        study = load_study(folder)
        return compute_reports(plan_reports(study), study, frames)

    return make


@pytest.fixture
def rows(report: Make) -> Callable[[str], Cells]:
    """``rows(blocks)``: the cells of one table of the treated subjects, by arm and in total."""

    def make(blocks: str) -> Cells:
        head = "tables:\n  t:\n    title: A table\n    where: SAFFL = 'Y'\n"
        head += "    columns: {by: ARM, total: Total}\n    rows:\n"
        return Cells(
            report(head + "".join(f"      {line}\n" for line in dedent(blocks).strip().splitlines()))
        )

    return make
