"""Analysis visits by windows; synthetic data, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sdtm.derivations import analysis_visit, window_record
from sdtm.derivations.notes import Notes

WINDOWS = [
    {"visit": "Baseline", "number": 0, "from": -28, "to": 1, "target": 1},
    {"visit": "Week 4", "number": 4, "from": 15, "to": 43, "target": 29},
]


def visits(*days: float, notes: Notes | None = None) -> pd.DataFrame:
    said = notes if notes is not None else Notes()
    return analysis_visit(pd.DataFrame({"ADY": np.array(days, float)}), windows=WINDOWS, notes=said)


def test_first_and_last_day_belong_to_the_window() -> None:
    made = visits(-29, -28, 1, 2, 14, 15, 43, 44, np.nan)
    assert made["AVISIT"].fillna("").tolist() == [
        "",
        "Baseline",
        "Baseline",
        "",
        "",
        "Week 4",
        "Week 4",
        "",
        "",
    ]
    assert (
        made["AVISITN"].tolist()[5:7] == [4, 4]
        and made["AWLO"].tolist()[1] == -28
        and made["AWU"].tolist()[1] == "DAYS"
    )


def test_the_difference_knows_no_day_0() -> None:
    assert visits(30, 29, 28, -1, 1)["AWTDIFF"].tolist() == [1, 0, -1, -1, 0]


def test_a_day_0_is_noted_and_has_no_visit() -> None:
    notes = Notes()
    assert visits(0, 1, notes=notes)["AVISIT"].fillna("").tolist() == ["", "Baseline"]
    assert [(note.rule, note.rows) for note in notes] == [("study-day-zero", (0,))]


@pytest.mark.parametrize(
    "windows",
    [
        [*WINDOWS, {"visit": "X", "number": 9, "from": 43, "to": 50, "target": 45}],
        [{"visit": "X", "number": 9, "from": 10, "to": 5, "target": 7}],
        [{"visit": "X", "number": 9, "from": 0, "to": 5, "target": 1}],
        [],
    ],
)
def test_windows_that_make_no_sense_are_refused(windows: Any) -> None:
    with pytest.raises(ValueError):
        analysis_visit(pd.DataFrame({"ADY": [1.0]}), windows=windows)


def nearest(*days: float, **params: Any) -> list[float]:
    table = pd.DataFrame(
        {"USUBJID": "S1", "AVISITN": 4.0, "ADY": np.array(days, float), "AWTARGET": 29.0, "AVAL": 1.0}
    )
    table = table.assign(LBSEQ=np.arange(len(days)) + 1.0)
    made = window_record(table, by=["USUBJID", "AVISITN"], notes=Notes(), **params)
    return table.loc[(made["ANL01FL"] == "Y").to_numpy(dtype=bool), "LBSEQ"].tolist()


def test_the_record_nearest_to_the_target() -> None:
    assert nearest(26, 30, 33) == [2]
    assert nearest(28, 30) == [1] and nearest(28, 30, tie="later") == [2]
    assert nearest(30, 28) == [2]


def test_two_records_of_the_nearest_day_need_an_order() -> None:
    notes = Notes()
    table = pd.DataFrame(
        {"USUBJID": "S1", "AVISITN": 4.0, "ADY": [30.0, 30.0], "AWTARGET": 29.0, "AVAL": 1.0}
    )
    made = window_record(table, by=["USUBJID", "AVISITN"], notes=notes)
    assert made["ANL01FL"].isna().all() and [(note.rule, note.rows) for note in notes] == [
        ("window-tie", (0, 1))
    ]
    assert nearest(30, 30, order="LBSEQ") == [2]  # the later one of the day


def test_records_without_window_or_value_are_not_chosen() -> None:
    table = pd.DataFrame({"USUBJID": "S1", "AVISITN": [4.0, 4.0, np.nan], "ADY": [29.0, 40, 60]})
    table = table.assign(AWTARGET=[29.0, 29, np.nan], AVAL=[np.nan, 1, 1])
    made = window_record(table, by=["USUBJID", "AVISITN"], notes=Notes())
    assert made["ANL01FL"].fillna("").tolist() == ["", "Y", ""]
