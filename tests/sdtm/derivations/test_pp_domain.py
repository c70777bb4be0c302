"""PP records and their links to PC; synthetic data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sdtm.derivations import pk_group, pk_relrec, pp_records
from sdtm.derivations.notes import Notes

PARAMETERS = pd.DataFrame(
    {
        "STUDYID": "ST1",
        "USUBJID": ["S2", "S1", "S1", "S1"],
        "PCTEST": "DRUG A",
        "PCRFTDTM": pd.to_datetime(["2024-03-01T08:00:00"] * 3 + ["2024-03-08T08:00:30"]),
        "PARAMCD": ["CMAX", "LAMZHL", "CMAX", "CMAX"],
        "PARAM": ["Max Conc", "Half-Life Lambda z", "Max Conc", "Max Conc"],
        "AVAL": [12.3456789, np.nan, 1200.0, 0.1 + 0.2],
        "AVALU": ["ng/mL", "h", "ng/mL", "ng/mL"],
        "PPREASND": [None, "too few points after the maximum", None, None],
        "PPSTINT": None,
        "PPENINT": None,
    }
)


def _made(**params: object) -> pd.DataFrame:
    return pp_records(PARAMETERS, notes=Notes(), **params)


def test_records_are_numbered_within_the_subject() -> None:
    pp = _made()
    assert pp["USUBJID"].tolist() == ["S1", "S1", "S1", "S2"] and pp["PPSEQ"].tolist() == [1, 2, 3, 1]
    assert pp["PPTESTCD"].tolist() == ["CMAX", "LAMZHL", "CMAX", "CMAX"] and (pp["DOMAIN"] == "PP").all()
    assert pp["PPRFTDTC"].tolist()[1:3] == ["2024-03-01T08:00", "2024-03-08T08:00:30"]


def test_a_parameter_without_a_value_is_not_done_with_its_reason() -> None:
    row = _made().iloc[1]
    assert (row["PPSTAT"], row["PPREASND"]) == ("NOT DONE", "too few points after the maximum")
    assert row[["PPORRES", "PPORRESU", "PPSTRESC", "PPSTRESN", "PPSTRESU"]].isna().all()
    assert _made()["PPSTAT"].isna().tolist() == [True, False, True, True]


def test_results_are_exact_or_of_so_many_digits_and_numbers_agree_with_texts() -> None:
    assert _made()["PPORRES"].dropna().tolist() == ["1200", "0.30000000000000004", "12.3456789"]
    rounded = _made(digits=3)
    assert rounded["PPSTRESC"].dropna().tolist() == ["1200", "0.300", "12.3"]
    assert rounded["PPSTRESN"].dropna().tolist() == [1200, 0.3, 12.3]


def test_the_order_of_rows_never_matters() -> None:
    mixed = pp_records(PARAMETERS.iloc[::-1], notes=Notes())
    pd.testing.assert_frame_equal(_made(), mixed)


def test_a_parameter_without_a_name_is_noted() -> None:
    notes = Notes()
    pp_records(PARAMETERS.assign(PARAM=pd.Series([None, "A", "B", "C"], dtype="str")), notes=notes)
    assert [(note.rule, note.rows) for note in notes] == [("parameter-without-name", (0,))]


def test_concentrations_and_parameters_are_related_by_their_group() -> None:
    pc = pd.DataFrame(
        {"STUDYID": "ST1", "USUBJID": ["S1", "S1", "S3"], "PCTEST": "DRUG A", "ATPTREF": ["D1", "D1", "D1"]}
    )
    pc = pc.assign(**pk_group(pc, group=["PCTEST", "ATPTREF"]))
    assert pc["PCGRPID"].tolist() == ["DRUG A/D1"] * 3
    pp = pp_records(PARAMETERS.assign(ATPTREF="D1"), group=["PCTEST", "ATPTREF"], notes=Notes())
    notes = Notes()
    relrec = pk_relrec(pc, tables={"PP": pp}, notes=notes)
    assert relrec.drop(columns=["STUDYID", "RELTYPE"]).to_numpy().tolist() == [
        ["PC", "S1", "PCGRPID", "DRUG A/D1", "1"], ["PP", "S1", "PPGRPID", "DRUG A/D1", "1"]
    ]  # fmt: skip
    assert [(note.rule, note.rows, note.table) for note in notes] == [
        ("parameter-without-concentrations", (3,), "PP")
    ]


def test_digits_must_be_a_number() -> None:
    with pytest.raises(ValueError):
        _made(digits="many")
