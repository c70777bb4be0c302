"""Change, percent change, shift, range indicator, criteria, worst record; synthetic data, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.derivations import change_from_baseline, criterion, range_indicator, shift, worst_record
from sdtm.derivations.notes import Notes
from specs.problems import ProblemsFound


def _changes(*pairs: tuple[float, float]) -> pd.DataFrame:
    return change_from_baseline(pd.DataFrame(pairs, columns=["AVAL", "BASE"], dtype=float), notes=Notes())


def test_changes_by_hand() -> None:
    # 5.3 - 5.1 is 0.20000000000000018 in binary.
    made = _changes((42, 34), (0, 20), (3, 0), (5.3, 5.1), (np.nan, 5), (5, np.nan), (-2, -4))
    assert made["CHG"].round(12).tolist()[:4] == [8, -20, 3, 0.2] and made["CHG"].tolist()[3] == 0.2
    assert made["CHG"].isna().tolist() == [False] * 4 + [True, True, False]
    assert made["PCHG"].round(4).tolist()[:2] == [23.5294, -100] and np.isnan(made["PCHG"][2])
    assert made["PCHG"][6] == 50  # from -4 to -2 is up by half of 4


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_base_and_change_give_the_value(value: float, base: float) -> None:
    made = _changes((value, base))
    assert base + made["CHG"][0] == pytest.approx(value, rel=1e-10, abs=1e-10 * max(abs(value), abs(base)))


def test_a_shift_names_both_categories() -> None:
    table = pd.DataFrame(
        {"BNRIND": ["NORMAL", None, None, "LOW"], "ANRIND": ["HIGH", "LOW", None, None]}, dtype="str"
    )
    assert shift(table, notes=Notes())["SHIFT1"].fillna("").tolist() == [
        "NORMAL to HIGH",
        "MISSING to LOW",
        "",
        "LOW to MISSING",
    ]
    assert shift(table, missing="", notes=Notes())["SHIFT1"].fillna("").tolist() == [
        "NORMAL to HIGH",
        "",
        "",
        "",
    ]
    graded = pd.DataFrame({"BTOXGR": ["0"], "ATOXGR": ["2"]})
    assert shift(graded, **{"from": "BTOXGR", "value": "ATOXGR", "to": "SHIFT2"}, notes=Notes())[
        "SHIFT2"
    ].tolist() == ["0 to 2"]


def test_limits_belong_to_the_range() -> None:
    nan = np.nan
    rows = [
        (3.5, 3.5, 5.1),
        (5.1, 3.5, 5.1),
        (3.4, 3.5, 5.1),
        (5.2, 3.5, 5.1),
        (4, nan, 5.1),
        (6, nan, 5.1),
        (4, nan, nan),
        (nan, 3, 5),
    ]
    table = pd.DataFrame(rows, columns=["AVAL", "ANRLO", "ANRHI"])
    found = range_indicator(table, notes=Notes())["ANRIND"].fillna("").tolist()
    assert found == ["NORMAL", "NORMAL", "LOW", "HIGH", "NORMAL", "HIGH", "", ""]
    both = range_indicator(table, one_sided="false", notes=Notes())["ANRIND"].fillna("").tolist()
    assert both[4:] == ["", "HIGH", "", ""]


def test_crossed_limits_are_noted() -> None:
    notes = Notes()
    made = range_indicator(pd.DataFrame({"AVAL": [4.0], "ANRLO": [5.0], "ANRHI": [3.0]}), notes=notes)
    assert made["ANRIND"].isna().all() and [(note.rule, note.rows) for note in notes] == [
        ("range-crossed", (0,))
    ]


def test_a_criterion_is_met_or_not_or_not_known() -> None:
    table = pd.DataFrame({"AVAL": [121.0, 120, 500], "ANRHI": [40.0, 40, np.nan]})
    asked = {"condition": "AVAL > 3 * ANRHI", "label": "ALT > 3 x ULN", "notes": Notes()}
    made = criterion(table, **asked)
    assert made["CRIT1FL"].fillna("").tolist() == ["Y", "N", ""]
    assert made["CRIT1"].fillna("").tolist() == ["ALT > 3 x ULN", "ALT > 3 x ULN", ""]
    assert criterion(table, **asked, values="Y")["CRIT1FL"].fillna("").tolist() == ["Y", "", ""]


def test_a_criterion_on_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises((ProblemsFound, KeyError)):
        criterion(pd.DataFrame({"AVAL": [1.0]}), condition="AVAL > ANRHI", label="X", notes=Notes())


WORST = pd.DataFrame(
    {
        "USUBJID": ["S1"] * 5,
        "PARAMCD": ["K"] * 5,
        "ATOXGRN": [1.0, -3, 3, 2, np.nan],
        "ADY": [8.0, 15, 22, 1, 29],
        "ONTRTFL": ["Y", "Y", "Y", None, "Y"],
    }
)


@pytest.mark.parametrize(
    ("params", "row"),
    [({}, 2), ({"worst": "lowest"}, 1), ({"worst": "farthest_from_zero"}, 1), ({"among": "ADY < 22"}, 3),
     ({"among": "ONTRTFL = 'Y' AND ADY < 15"}, 0)],
)  # fmt: skip
def test_the_worst_record_by_direction(params: dict[str, str], row: int) -> None:
    given_params = {
        "by": ["USUBJID", "PARAMCD"],
        "to": "ANL02FL",
        "value": "ATOXGRN",
        "order": "ADY",
        **params,
    }
    made = worst_record(WORST, notes=Notes(), **given_params)
    assert WORST.index[(made["ANL02FL"] == "Y").to_numpy(dtype=bool)].tolist() == [row]
    mixed = worst_record(WORST.iloc[::-1], notes=Notes(), **given_params)
    pd.testing.assert_frame_equal(made, mixed.sort_index())
