"""Dose-limiting toxicity and 3+3: the rule book's table and example, interval limits from published tables."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sdtm.derivations import dlt_evaluable, dose_escalation
from sdtm.derivations.notes import Notes

FIRST = pd.Timestamp("2022-01-01")


def subject(last_seen: int, received: float = 100.0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "USUBJID": pd.Series(["S1"], dtype="str"),
            "TRTSDT": pd.Series([FIRST]).astype("datetime64[s]"),
            "LSTALVDT": pd.Series([FIRST + pd.Timedelta(days=last_seen - 1)]).astype("datetime64[s]"),
            "C1PCT": [received],
        }
    )


def events(*days: int) -> pd.DataFrame:
    dates = [str((FIRST + pd.Timedelta(days=day - 1)).date()) for day in days]
    return pd.DataFrame(
        {
            "USUBJID": pd.Series(["S1"] * len(days), dtype="str"),
            "AEDLT": pd.Series(["Y"] * len(days), dtype="str"),
            "AESTDTC": pd.Series(dates, dtype="str"),
        }
    )


def flags(records: pd.DataFrame, table: pd.DataFrame, **params: Any) -> tuple[str, str]:
    made = dlt_evaluable(
        records, events_where="AEDLT = 'Y'", received="C1PCT", tables={"AE": table}, **params
    )
    return made["DLTEVLFL"].iloc[0], made["DLTFL"].iloc[0]


@pytest.mark.parametrize(
    ("last_seen", "received", "dlt_day", "expected"),
    [
        (28, 100, None, ("Y", "N")),
        (27, 100, None, ("N", "N")),  # not observed to the end of the window
        (28, 74.9, None, ("N", "N")),
        (28, 75, None, ("Y", "N")),
        (5, 20, 5, ("Y", "Y")),  # a DLT counts also in an otherwise non-evaluable subject
        (40, 100, 28, ("Y", "Y")),
    ],
)
def test_who_counts(last_seen: int, received: float, dlt_day: int | None, expected: tuple[str, str]) -> None:
    table = events(dlt_day) if dlt_day else events()
    assert flags(subject(last_seen, received), table) == expected


def test_a_dlt_outside_the_window_is_a_note() -> None:
    notes = Notes()
    assert flags(subject(40), events(29), notes=notes) == ("Y", "N")
    assert [(note.rule, note.table, note.rows) for note in notes] == [("dlt-outside-window", "AE", (0,))]


def levels(*counts: tuple[int, int]) -> pd.DataFrame:
    """Subjects of ascending levels: evaluable and with DLT."""
    rows = [
        (10.0 * level, "Y", "Y" if number < toxic else "N", "Y")
        for level, (evaluable, toxic) in enumerate(counts, 1)
        for number in range(evaluable)
    ]
    frame = pd.DataFrame(rows, columns=["DOSE", "DLTEVLFL", "DLTFL", "SAFFL"])
    return frame.astype({"DLTEVLFL": "str", "DLTFL": "str", "SAFFL": "str"})


@pytest.mark.parametrize(
    ("counts", "decisions", "mtd"),
    [
        ([(3, 0), (3, 0), (6, 1), (5, 2)], ["ESCALATE", "ESCALATE", "MTD", "STOP: EXCEEDS MTD"], [30.0]),
        ([(2, 1)], ["ENROL TO 3"], []),
        ([(3, 0)], ["ESCALATE"], []),
        ([(3, 1)], ["EXPAND TO 6"], []),
        ([(5, 1)], ["EXPAND TO 6"], []),
        ([(4, 0)], ["EXPAND TO 6"], []),
        ([(6, 1)], ["ESCALATE"], []),
        ([(3, 2)], ["STOP: EXCEEDS MTD"], []),
        ([(3, 0), (3, 2)], ["EXPAND TO 6", "STOP: EXCEEDS MTD"], []),
    ],
)
def test_the_course_of_the_escalation(
    counts: list[tuple[int, int]], decisions: list[str], mtd: list[float]
) -> None:
    made = dose_escalation(levels(*counts), level="DOSE")
    assert made["DECISION"].tolist() == decisions
    assert made.loc[made["MTDFL"].eq("Y"), "LEVELN"].tolist() == mtd
    assert made["NEVAL"].tolist() == [n for n, _ in counts]


def test_the_interval_is_exact() -> None:
    # Clopper-Pearson: 0 of 6 is 0 to 45.9 %, 1 of 6 is 0.4 to 64.1 %.
    made = dose_escalation(levels((6, 0), (6, 1)), level="DOSE")
    limits = made[["PDLT", "PDLTLCL", "PDLTUCL"]].round(1).values.tolist()
    assert limits == [[0.0, 0.0, 45.9], [16.7, 0.4, 64.1]]
