"""RECIST 1.1 responses recomputed from lesions, worked by hand (Eisenhauer 2009, 4.3). Invented data.

Each line of a history is a visit: target sizes in mm, states of the non-target lesions (P present, A absent,
U unequivocal progression, - not evaluated), states of new lesions (U unequivocal, E equivocal).
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sdtm.derivations import recist_response
from sdtm.derivations.notes import Notes

START = pd.Timestamp("2022-01-10")
STATES = {"P": "PRESENT", "A": "ABSENT", "U": "UNEQUIVOCAL", "E": "EQUIVOCAL", "-": None}


def lesions(history: str) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for visit, line in enumerate(history.split(";")):
        sizes, others, news = (part.split() for part in f"{line} / /".split("/")[:3])
        day = START + pd.Timedelta(days=-7 if visit == 0 else 42 * visit)
        here = {"USUBJID": "S1", "VISITNUM": float(visit + 1), "ADT": day}
        for number, size in enumerate(sizes, start=1):
            value = None if size == "-" else float(size)
            rows.append(
                {**here, "TRGRPID": "TARGET", "TRLNKID": f"T{number}", "AVAL": value, "TRSTRESC": None}
            )
        for role, letters, states in (("NON-TARGET", "NT", others), ("NEW", "NEW", news)):
            for number, state in enumerate(states, start=1):
                if state in STATES:
                    rows.append(
                        {**here, "TRGRPID": role, "TRLNKID": f"{letters}{number}", "AVAL": None,
                         "TRSTRESC": STATES[state]}
                    )  # fmt: skip
    texts = dict.fromkeys(("USUBJID", "TRGRPID", "TRLNKID", "TRSTRESC", "NODEFL"), "str")
    frame = pd.DataFrame(rows).assign(NODEFL="N")
    frame["TRTSDT"] = pd.Series([START] * len(frame), dtype="datetime64[s]")
    return frame.astype({**texts, "ADT": "datetime64[s]", "AVAL": "float64"})


def found(history: str, notes: Notes | None = None, **values: Any) -> list[list[str]]:
    made = recist_response(lesions(history), notes=notes if notes is not None else Notes(), **values)
    return made[["TRGRESP", "NTRGRESP", "NEWLIND", "AVALC"]].fillna("-").to_numpy().tolist()


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("50 / P; 35 / P", ["PR", "NON-CR/NON-PD", "N", "PR"]),
        ("50 / P; 0 / A", ["CR", "CR", "N", "CR"]),
        ("50 / P; 0 / P", ["CR", "NON-CR/NON-PD", "N", "PR"]),
        ("50 / P P; 0 / A -", ["CR", "NE", "N", "PR"]),
        ("50 / P; 35 / U", ["PR", "PD", "N", "PD"]),
        ("50 / P; 35 / P / U", ["PR", "NON-CR/NON-PD", "Y", "PD"]),
        ("50 / P; 35 / P / E", ["PR", "NON-CR/NON-PD", "EQUIVOCAL", "PR"]),
        ("50; 0", ["CR", "-", "N", "CR"]),
        ("50; -", ["NE", "-", "N", "NE"]),
        ("50 / P; 60", ["PD", "NE", "N", "PD"]),
        (" / P P;  / P P", ["-", "NON-CR/NON-PD", "N", "NON-CR/NON-PD"]),
        (" / P P;  / A A", ["-", "CR", "N", "CR"]),
        (" / P P;  / P -", ["-", "NE", "N", "NE"]),
        (" / P P;  / A U", ["-", "PD", "N", "PD"]),
    ],
)
def test_the_responses_of_one_visit(history, expected):
    assert found(history) == [expected]


def test_persistence_of_one_lesion_can_count_although_another_was_not_evaluated():
    answer = found(" / P P;  / P -", non_target_incomplete="NON-CR/NON-PD")
    assert answer == [["-", "NON-CR/NON-PD", "N", "NON-CR/NON-PD"]]


def test_an_equivocal_lesion_that_is_confirmed_later_was_new_from_the_start():
    history = "50; 40 / / E; 38 / / U"
    assert [row[2:] for row in found(history)] == [["Y", "PD"], ["Y", "PD"]]
    assert [row[2:] for row in found(history, backdate_new=False)] == [["EQUIVOCAL", "SD"], ["Y", "PD"]]


def test_an_equivocal_lesion_is_not_new_because_another_is():
    records = lesions("50; 40 / / E; 38 / / E U")
    made = recist_response(records)
    assert made["NEWLIND"].tolist() == ["EQUIVOCAL", "Y"]
    assert made["AVALC"].tolist() == ["SD", "PD"]


def test_small_nodes_among_non_target_lesions_are_gone():
    records = lesions("50 / P; 0 / P")
    is_node = records["TRLNKID"] == "NT1"
    records.loc[is_node, "NODEFL"] = "Y"
    records.loc[is_node, "AVAL"] = [12.0, 9.0]
    records.loc[is_node, "TRSTRESC"] = ["12", "9"]
    made = recist_response(records)
    assert made[["NTRGRESP", "AVALC"]].to_numpy().tolist() == [["CR", "CR"]]


def test_a_state_that_nobody_explained_is_noted():
    records = lesions("50 / P; 40 / P")
    records.loc[3, "TRSTRESC"] = "MUCH BIGGER"
    notes = Notes()
    made = recist_response(records, notes=notes)
    assert made["NTRGRESP"].tolist() == ["NE"]
    assert [(note.rule, note.rows, note.found) for note in notes] == [
        ("lesion-state-unknown", (3,), "'MUCH BIGGER'")
    ]


def test_scans_before_treatment_get_no_response():
    made = recist_response(lesions("50 / P"))
    assert len(made) == 0


def test_the_order_of_rows_does_not_matter():
    records = lesions("50 20 / P P; 40 10 / P A; 30 - / A - / E; 20 5 / A A / U")
    pd.testing.assert_frame_equal(recist_response(records.iloc[::-1]), recist_response(records))
