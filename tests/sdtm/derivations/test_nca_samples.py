"""Points of profiles and of the terminal slope; synthetic data, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sdtm.derivations import nca, nca_points
from sdtm.derivations.notes import Notes


def records(times: list[float], values: list[float | None], below: str = "", **more: Any) -> pd.DataFrame:
    flag = [letter if letter == "Y" else None for letter in below.ljust(len(times))]
    table = pd.DataFrame(
        {"USUBJID": "S1", "ARRLT": times, "AVAL": np.array(values, dtype=float), "BLQFL": flag}
    )
    return table.assign(**({"PCSTRESU": "ng/mL", "DOSEA": 100.0, "DOSEU": "mg"} | more)).astype(
        {"BLQFL": "str"}
    )


def made(table: pd.DataFrame, **params: Any) -> tuple[str, str, list[str]]:
    found = nca_points(table, by="USUBJID", notes=Notes(), **params)
    flagged = [
        "".join("Y" if flag == "Y" else "-" for flag in found[name]) for name in ("NCAUSEFL", "LAMZFL")
    ]
    return flagged[0], flagged[1], found["NCAEXRS"].fillna("").tolist()


def test_values_below_the_limit_after_the_first_are_not_used() -> None:
    used, slope, reason = made(records([-0.25, 1, 4, 8, 24], [None, 50, None, 20, None], "Y Y Y"))
    assert (used, slope) == ("YY-Y-", "-----") and reason == [
        "",
        "",
        "below the limit",
        "",
        "below the limit",
    ]


def test_the_points_of_the_slope_are_those_that_nca_counts() -> None:
    table = records([0, 1, 2, 4, 8], [0, 9, 6, 3, 0.75]).iloc[[3, 0, 4, 1, 2]]
    found = nca_points(table, by="USUBJID", notes=Notes()).sort_index()
    parameters = nca(table, by="USUBJID", notes=Notes()).set_index("PARAMCD")["AVAL"]
    marked = table.sort_index()["ARRLT"][(found["LAMZFL"] == "Y").to_numpy(dtype=bool)]
    assert len(marked) == parameters["LAMZNPT"] == 3 and marked.min() == parameters["LAMZLL"] == 2


def test_every_reason_by_hand() -> None:
    table = records([-2, -1, np.nan, 1, 2, 2], [1, 2, 3, None, 5, 5])
    assert made(table) == ("-Y--Y-", "------", [
        "another sample stands for this time", "", "no time since the dose", "no usable concentration", "",
        "another sample stands for this time",
    ])  # fmt: skip
    spoilt = records([0, 1, 1], [0, 5, 4])
    assert made(spoilt)[0] == "---" and set(made(spoilt)[2]) <= {
        "profile not calculated",
        "another sample stands for this time",
    }


def test_no_records_make_no_flags() -> None:
    assert nca_points(records([], []), by="USUBJID", notes=Notes()).empty
