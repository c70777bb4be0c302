"""Response of brain metastases: RANO-BM (Lin 2015, Table 2), worked by hand. Invented data."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sdtm.derivations import rano_bm_response
from sdtm.derivations.notes import Notes

START = pd.Timestamp("2022-01-10")


def time_points(*points: dict[str, Any]) -> pd.DataFrame:
    """Baseline 40 mm and 4 mg; six weeks apart; nothing else, unless said otherwise."""
    usual = {
        "USUBJID": "S1",
        "AVAL": 40.0,
        "BASE": 40.0,
        "NADIR": 40.0,
        "LSGROW": 0.0,
        "ANL01FL": "Y",
        "NTRGRESP": None,
        "NEWLIND": "N",
        "STERDOSE": 4.0,
        "STERBASE": 4.0,
        "CLINSTAT": "STABLE",
    }
    rows = [
        {**usual, "ADT": START + pd.Timedelta(days=42 * number), **point}
        for number, point in enumerate(points, start=1)
    ]
    texts = dict.fromkeys(("USUBJID", "ANL01FL", "NTRGRESP", "NEWLIND", "CLINSTAT"), "str")
    return pd.DataFrame(rows).astype({**texts, "ADT": "datetime64[s]"})


def responses(*points: dict[str, Any], **values: Any) -> list[str]:
    return rano_bm_response(time_points(*points), notes=Notes(), **values)["AVALC"].tolist()


SMALL = {"AVAL": 26.0}  # -35 %
GONE = {"AVAL": 0.0, "STERDOSE": 0.0}


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        # The rule book's example: -35 %, dexamethasone from 4 to 8 mg, clinically stable.
        ([{**SMALL, "STERDOSE": 8.0}, {**SMALL, "STERDOSE": 8.0}], ["SD", "SD"]),
        ([SMALL, SMALL], ["PR", "PR"]),
        ([SMALL], ["SD"]),  # not kept up for four weeks
        ([SMALL, {"AVAL": 30.0}], ["SD", "SD"]),
        ([{"AVAL": 28.0}, {"AVAL": 28.0}], ["PR", "PR"]),  # exactly -30 %
        ([{"AVAL": 28.1}, {"AVAL": 28.1}], ["SD", "SD"]),
        ([GONE, GONE], ["CR", "CR"]),
        ([GONE, SMALL], ["PR", "PR"]),  # gone once, and small for longer
        ([{**GONE, "STERDOSE": 2.0}] * 2, ["PR", "PR"]),  # no CR on steroids
        ([{**GONE, "NTRGRESP": "NON-CR/NON-PD"}] * 2, ["PR", "PR"]),
        ([{**GONE, "NTRGRESP": "CR"}] * 2, ["CR", "CR"]),
        ([{}], ["SD"]),
        ([{"AVAL": 48.0, "LSGROW": 5.0}], ["PD"]),
        ([{"AVAL": 48.0, "LSGROW": 4.0}], ["SD"]),  # no lesion grew by 5 mm
        ([{"AVAL": 47.0, "LSGROW": 7.0}], ["SD"]),  # less than 20 %
        ([{"AVAL": 30.0, "NADIR": 24.0, "LSGROW": 6.0}], ["PD"]),
        ([{"NTRGRESP": "PD"}], ["PD"]),
        ([{"NEWLIND": "Y"}], ["PD"]),
        ([{"CLINSTAT": "WORSE"}], ["PD"]),
        ([{"STERDOSE": 8.0}], ["NE"]),  # more steroids alone: neither SD nor PD
        ([{"ANL01FL": None}], ["NE"]),
        ([{"CLINSTAT": None}], ["NE"]),
        ([{"STERDOSE": None}], ["NE"]),
        ([{"BASE": None}], ["NE"]),
        ([SMALL, {"ANL01FL": None}, SMALL], ["PR", "NE", "PR"]),
        ([SMALL, {"CLINSTAT": "WORSE"}, SMALL], ["SD", "PD", "SD"]),
    ],
)
def test_a_course_of_brain_metastases(points, expected):
    assert responses(*points) == expected


def test_four_weeks_are_twenty_eight_days():
    second = {**SMALL, "ADT": START + pd.Timedelta(days=42 + 27)}
    assert responses(SMALL, second) == ["SD", "SD"]
    assert responses(SMALL, {**second, "ADT": START + pd.Timedelta(days=42 + 28)}) == ["PR", "PR"]
    assert responses(SMALL, confirm_days=0) == ["PR"]


def test_what_is_not_known_is_noted():
    notes = Notes()
    rano_bm_response(time_points({}, {"CLINSTAT": None}, {"STERDOSE": None}), notes=notes)
    assert [(note.rule, note.rows) for note in notes] == [("clinical-status-or-steroids-missing", (1, 2))]
