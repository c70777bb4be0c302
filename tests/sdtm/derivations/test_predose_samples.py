"""Copies of pre-dose samples; synthetic data, expected values by hand."""

from __future__ import annotations

import pandas as pd

from sdtm.derivations import pk_times, predose_copies
from sdtm.derivations.notes import Notes

EX = pd.DataFrame(
    {
        "USUBJID": ["S1"] * 3,
        "EXTRT": "DRUG A",
        "EXSTDTC": ["2024-03-01T08:00", "2024-03-02T08:00", "2024-03-03T08:10"],
        "EXENDTC": ["2024-03-01T09:00", "2024-03-02T09:00", "2024-03-03T09:10"],
        "EXDOSE": [10.0, 20.0, 30.0],
        "EXDOSU": "mg",
        "EXROUTE": "INTRAVENOUS",
        "EXDOSFRQ": "ONCE",
    }
)
PC = pd.DataFrame(
    {
        "USUBJID": ["S1"] * 5,
        "PCDTC": [
            "2024-03-01T07:50",
            "2024-03-01T12:00",
            "2024-03-02T08:00",
            "2024-03-03T07:55",
            "2024-03-09T08:00",
        ],
        "VISITDY": [1.0, 1, 2, 3, 9],
        "PCTPTNUM": [0.0, 4, 0, 0, 0],
        "PCSTRESN": [0.0, 5, 2, 3, 1],
    }
)


def _analysis() -> pd.DataFrame:
    return pd.concat([PC, pk_times(PC, tables={"EX": EX}, notes=Notes())], axis=1)


def test_each_later_predose_sample_is_copied_once_with_the_next_dose() -> None:
    notes = Notes()
    copies = predose_copies(_analysis(), tables={"EX": EX}, notes=notes)
    assert copies["PCSTRESN"].tolist() == [2, 3] and copies["DTYPE"].tolist() == ["COPY"] * 2
    assert copies["ARRLT"].tolist() == [0, -0.25] and copies["MRRLT"].tolist() == [0, 0]
    assert copies["NRRLT"].tolist() == [0, 0] and copies["DOSEA"].tolist() == [20, 30]
    assert copies["BASETYPE"].tolist() == ["DOSE OF DAY 2 08:00", "DOSE OF DAY 3 08:10"]
    assert copies["ADOSEDUR"].tolist() == [1, 1] and copies["PCRFTDTM"].dt.day.tolist() == [2, 3]
    # The originals stay with the interval before.
    assert _analysis()["ARRLT"].round(4).tolist()[2:4] == [24, 23.9167]
    assert [(note.rule, note.rows) for note in notes] == [("predose-without-dose", (4,))]


def test_there_is_no_copy_for_the_first_dose_or_a_sample_without_time() -> None:
    first = _analysis().iloc[[0]]
    assert predose_copies(first, tables={"EX": EX}, notes=Notes()).empty
    untimed = _analysis().iloc[[2]].assign(ADTM=pd.NaT)
    untimed["ADTM"] = untimed["ADTM"].astype("datetime64[s]")
    assert predose_copies(untimed, tables={"EX": EX}, notes=Notes()).empty


def test_the_order_of_rows_never_matters() -> None:
    one = predose_copies(_analysis(), tables={"EX": EX}, notes=Notes())
    other = predose_copies(_analysis().iloc[::-1], tables={"EX": EX.iloc[::-1]}, notes=Notes())
    pd.testing.assert_frame_equal(one, other.sort_index())
