"""SUPP-- (trap 18)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sdtm import columns
from sdtm.finishing.supplemental import COLUMNS, Qualifier, build_supplemental

TREATMENT_EMERGENT = Qualifier("Treatment Emergent Flag", "Derived", "SPONSOR")
OTHER = Qualifier("Other Specify", "Collected")


def parent(size=3, **more):
    return pd.DataFrame(
        {
            "STUDYID": columns.text(["S"] * size),
            "USUBJID": columns.text(["S-1", "S-1", "S-2"][:size]),
            "AESEQ": np.array([1.0, 10.0, 1.0])[:size],
            "AETERM": columns.text(["a", "b", "c"][:size]),
            **{name: columns.text(values) for name, values in more.items()},
        }
    )


def rows(made):
    frame = made.frame.astype(object)
    return [
        tuple(v if isinstance(v, str) else None for v in row)
        for row in frame[list(COLUMNS)].itertuples(index=False)
    ]


def test_one_record_for_each_value_in_order_of_parent_and_name():
    made = build_supplemental(
        "AE",
        parent(),
        {"ZOTH": columns.text(["z1", None, "z3"]), "AETRTEM": columns.text(["Y", "N", None])},
        {"ZOTH": OTHER, "AETRTEM": TREATMENT_EMERGENT},
    )
    flag, other = ("Treatment Emergent Flag", "Derived", "SPONSOR"), ("Other Specify", "Collected", None)
    assert rows(made) == [
        ("S", "AE", "S-1", "AESEQ", "1", "AETRTEM", flag[0], "Y", *flag[1:]),
        ("S", "AE", "S-1", "AESEQ", "1", "ZOTH", other[0], "z1", *other[1:]),
        ("S", "AE", "S-1", "AESEQ", "10", "AETRTEM", flag[0], "N", *flag[1:]),
        ("S", "AE", "S-2", "AESEQ", "1", "ZOTH", other[0], "z3", *other[1:]),
    ]
    assert made.frame["parent"].tolist() == [0, 0, 1, 2]
    assert made.problems == []


def test_blank_values_make_no_record():
    # Trap 18: empty QVAL rows were kept.
    made = build_supplemental("AE", parent(), {"ZOTH": columns.text(["", "  ", "x"])}, {"ZOTH": OTHER})
    assert made.frame["QVAL"].tolist() == ["x"] and made.frame["parent"].tolist() == [2]


def test_demographics_need_no_identifying_variable():
    made = build_supplemental("DM", parent(1), {"RACE1": columns.text(["ASIAN"])}, {"RACE1": OTHER})
    assert rows(made)[0][3:6] == (None, None, "RACE1") and made.problems == []


def test_a_group_identifier_makes_one_record_for_the_group():
    # Trap 18: idvar CMGRPID.
    frame = parent(CMGRPID=["G1", "G1", "G1"])
    made = build_supplemental(
        "CM", frame, {"ZOTH": columns.text(["x", "x", "x"])}, {"ZOTH": OTHER}, "CMGRPID"
    )
    assert [row[2:6] for row in rows(made)] == [
        ("S-1", "CMGRPID", "G1", "ZOTH"),
        ("S-2", "CMGRPID", "G1", "ZOTH"),
    ]
    assert made.problems == []


def test_a_group_with_two_values_is_told_and_both_are_kept():
    frame = parent(CMGRPID=["G1", "G1", "G1"])
    made = build_supplemental(
        "CM", frame, {"ZOTH": columns.text(["x", "y", "x"])}, {"ZOTH": OTHER}, "CMGRPID"
    )
    assert made.problems == ["QNAM ZOTH of S-1 has two values for CMGRPID G1"]
    assert made.frame["QVAL"].tolist() == ["x", "y", "x"]


def test_what_is_wrong_with_names_labels_origins_and_values_is_told():
    long, label = "x" * 201, "é" * 21
    made = build_supplemental(
        "AE",
        parent(AEGRPID=[None, "G", "G"]),
        {
            "AETERM": columns.text(["x", None, None]),
            "TOOLONGNAME": columns.text(["x", None, None]),
            "1ST": columns.text(["x", None, None]),
            "NOLABEL": columns.text([long, "y", None]),
            "LONGLAB": columns.text(["x", None, None]),
            "UNKNOWN": columns.text(["x", None, None]),
        },
        {
            "AETERM": OTHER,
            "TOOLONGNAME": OTHER,
            "1ST": OTHER,
            "NOLABEL": Qualifier(" ", ""),
            "LONGLAB": Qualifier(label, "Assigned"),
        },
        "AEGRPID",
    )
    assert made.problems == [
        "QNAM 1ST: not 1 to 8 capital letters, digits or underscores, the first no digit",
        "QNAM AETERM: a variable of the parent dataset has this name",
        "QNAM LONGLAB: QLABEL has 42 bytes, at most 40 are allowed",
        "QNAM NOLABEL: QLABEL is empty",
        "QNAM NOLABEL: QORIG is empty",
        "QNAM TOOLONGNAME: not 1 to 8 capital letters, digits or underscores, the first no digit",
        "QNAM UNKNOWN: no label and origin are declared",
        "QNAM NOLABEL: 1 values have more than 200 bytes",
        "5 values have no AEGRPID to belong to",
    ]
    assert long in made.frame["QVAL"].tolist()


def test_no_values_and_no_records():
    for made in (
        build_supplemental("AE", parent(), {}, {}),
        build_supplemental("AE", parent(), {"ZOTH": columns.text([None] * 3)}, {"ZOTH": OTHER}),
        build_supplemental("AE", parent(0), {"ZOTH": columns.text([])}, {"ZOTH": OTHER}),
    ):
        assert len(made.frame) == 0 and list(made.frame) == [*COLUMNS, "parent"] and made.problems == []


@given(st.lists(st.tuples(st.sampled_from(["Y", "N", "", None]), st.sampled_from(["x", None])), max_size=10))
def test_every_value_comes_back_at_its_parent(values):
    frame = pd.DataFrame(
        {
            "STUDYID": columns.text(["S"] * len(values)),
            "USUBJID": columns.text(["S-1"] * len(values)),
            "AESEQ": np.arange(len(values), dtype=float) + 1,
        }
    )
    qualifiers = {"Q1": columns.text([v[0] for v in values]), "Q2": columns.text([v[1] for v in values])}
    made = build_supplemental("AE", frame, qualifiers, {"Q1": OTHER, "Q2": OTHER})
    found = {
        (int(p), q): v
        for p, q, v in made.frame[["parent", "QNAM", "QVAL"]].astype(object).itertuples(index=False)
    }
    assert found == {
        (i, name): value
        for i, row in enumerate(values)
        for name, value in zip(("Q1", "Q2"), row, strict=True)
        if value
    }
    assert made.frame["IDVARVAL"].astype(object).tolist() == [str(i + 1) for i in made.frame["parent"]]
