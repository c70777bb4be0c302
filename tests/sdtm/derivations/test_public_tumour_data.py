"""Responses on public simulated SDTM (pharmaversesdtm, Apache-2.0) that this toolkit did not make.

Expected: the response that the reader recorded at each visit, and for the best response the eight sequences that are
printed beside each case, worked by hand.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sdtm.derivations import best_overall_response, lesion_value, recist_response, sum_of_diameters
from sdtm.derivations.notes import Notes

READER = {"USUBJID": "USUBJID", "TUEVALID": "TREVALID", "TULNKID": "TRLNKID"}


def table(folder: Path, name: str) -> pd.DataFrame:
    frame = pd.read_csv(folder / name, dtype="str", keep_default_na=False, na_values=[""])
    for column in frame:
        if column.endswith(("SEQ", "STRESN")) or column == "VISITNUM":
            frame[column] = pd.to_numeric(frame[column])
    return frame


def last_day(texts: pd.Series) -> pd.Series:
    """A month without a day is its last day, as for tumour assessments."""
    is_month = texts.str.len() == 7
    whole = pd.to_datetime(texts.str[:10].where(~is_month, texts + "-01"), format="%Y-%m-%d")
    return whole.where(~is_month, whole + pd.offsets.MonthEnd(0)).astype("datetime64[s]")


@pytest.fixture(scope="module")
def small(shared: Path) -> dict[str, pd.DataFrame]:
    folder = shared / "data" / "onco_sdtm"
    first_dose = last_day(table(folder, "ex.csv").groupby("USUBJID")["EXSTDTC"].min())
    tr, tu, rs = (table(folder, f"{name}_onco_recist.csv") for name in ("tr", "tu", "rs"))
    start = first_dose.reindex(tr["USUBJID"]).reset_index(drop=True)
    tr = tr.assign(TRSTAT=pd.Series([None] * len(tr), dtype="str"), ADT=last_day(tr["TRDTC"]), TRTSDT=start)
    tr = tr.assign(**lesion_value(tr, tables={"TU": tu}, by=READER, notes=Notes()))
    subjects = first_dose.rename("TRTSDT").reset_index()
    return {"TR": tr, "RS": rs.assign(ADT=last_day(rs["RSDTC"]), AVALC=rs["RSSTRESC"]), "ADSL": subjects}


def compared(small: dict[str, pd.DataFrame], **values: bool) -> pd.DataFrame:
    made = recist_response(small["TR"], by=["TREVAL", "TREVALID"], notes=Notes(), **values)
    made = made.rename(columns={"TREVAL": "RSEVAL", "TREVALID": "RSEVALID", "AVALC": "DERIVED"})
    return small["RS"].merge(made, on=["USUBJID", "RSEVAL", "RSEVALID", "VISITNUM"], how="outer")


def test_recomputed_responses_are_those_of_the_readers(small):
    both = compared(small, reappear=False)
    assert len(both) == 66
    assert (both["AVALC"] == both["DERIVED"]).all()


def test_only_a_lesion_that_came_back_with_less_than_five_millimetres_differs(small):
    both = compared(small)
    differs = both[both["AVALC"] != both["DERIVED"]]
    told = differs[["USUBJID", "RSEVALID", "VISITNUM", "AVALC", "DERIVED"]].to_numpy().tolist()
    assert told == [["01-701-1133", "RADIOLOGIST 2", 4, "PR", "PD"]]


@pytest.mark.parametrize(
    ("subject", "unconfirmed", "confirmed"),
    [
        ("01-701-1015", ("CR", 63), ("SD", 63)),  # 21 SD, 57 NE, 63 CR
        ("01-701-1028", ("PD", 42), ("PD", 42)),  # 21 SD, 42 PD, 63 SD
        ("01-701-1034", ("NON-CR/NON-PD", 42), ("NON-CR/NON-PD", 42)),  # 21 and 42 NON-CR/NON-PD
        ("01-701-1097", ("NE", 21), ("NE", 21)),  # 21 NON-CR/NON-PD
        ("01-701-1115", ("CR", 63), ("SD", 42)),  # 21 SD, 42 PR, 63 CR
        ("01-701-1118", ("PR", 42), ("PR", 42)),  # 21 SD, 42 PR, 63 NE, 84 PR
        ("01-701-1130", ("SD", 42), ("SD", 42)),  # 21 SD, 42 SD, 63 PD
        ("01-701-1133", ("CR", 42), ("SD", 42)),  # 21 SD, 42 CR, 63 PD
    ],
)
def test_best_response_by_the_accepted_reader(small, subject, unconfirmed, confirmed):
    accepted = small["RS"][small["RS"]["RSACPTFL"] == "Y"]
    for wanted, values in ((unconfirmed, {}), (confirmed, {"confirmed": True})):
        made = best_overall_response(
            accepted, tables={"ADSL": small["ADSL"]}, new_therapy_rule="ignore", notes=Notes(), **values
        ).set_index("USUBJID")
        start = small["ADSL"].set_index("USUBJID").loc[subject, "TRTSDT"]
        assert (made.loc[subject, "AVALC"], (made.loc[subject, "ADT"] - start).days) == wanted


@pytest.fixture(scope="module")
def large(shared: Path) -> dict[str, pd.DataFrame]:
    folder = shared / "data" / "onco_sdtm"
    tr, tu, rs = (table(folder, f"{name}_onco.csv.gz") for name in ("tr", "tu", "rs"))
    tr = tr.assign(ADT=last_day(tr["TRDTC"]))
    baseline = tr[tr["VISIT"] == "BASELINE"].groupby("USUBJID")["ADT"].max()
    tr["TRTSDT"] = baseline.reindex(tr["USUBJID"]).reset_index(drop=True)
    # Their DIAMETER is the size that counts, of nodes and of others.
    size = {"longest_diameter": ["DIAMETER"], "short_axis": ["LPERP"], "nodes": ["NO LOCATION"]}
    tr = tr.assign(**lesion_value(tr, tables={"TU": tu}, by=READER, notes=Notes(), **size))
    return {"TR": tr, "RS": rs}


def test_the_sum_of_diameters_is_that_of_the_data_but_for_zeros_that_were_never_measured(large):
    """SUMDIAM of these data adds what they call DIAMETER, one for each lesion."""
    tr = large["TR"]
    scan = ["USUBJID", "TREVAL", "TREVALID", "VISITNUM", "ADT"]
    own = tr[tr["TRTESTCD"] == "DIAMETER"].assign(AVAL=tr["TRSTRESN"])
    made = sum_of_diameters(own, by=["TREVAL", "TREVALID"], notes=Notes())
    both = tr[tr["TRTESTCD"] == "SUMDIAM"][[*scan, "TRSTRESN"]].merge(made, on=scan)
    assert len(both) == 2661
    is_equal = (both["AVAL"] - both["TRSTRESN"]).abs() < 1e-6
    assert is_equal.sum() == 2639
    others = both[~is_equal]
    # All lesions of these scans are NOT DONE: the data say 0, which would be a complete response.
    assert (others["TRSTRESN"] == 0).all()
    assert others["AVAL"].isna().all()


def test_non_target_responses_are_those_of_the_readers(large):
    made = recist_response(
        large["TR"][large["TR"]["TRTESTCD"] != "SUMDIAM"], by=["TREVAL", "TREVALID"], notes=Notes()
    ).rename(columns={"TREVAL": "RSEVAL", "TREVALID": "RSEVALID"})
    stated = large["RS"][large["RS"]["RSTESTCD"] == "NTRGRESP"]
    both = stated.merge(made, on=["USUBJID", "RSEVAL", "RSEVALID", "VISITNUM"])
    assert len(both) == 1896
    agrees = both["NTRGRESP"] == both["RSSTRESC"]
    assert agrees.sum() >= 1895


def test_target_responses_differ_only_where_the_readers_left_the_nadir_or_a_missing_lesion_out(large):
    by = ["TREVAL", "TREVALID"]
    tr = large["TR"][large["TR"]["TRTESTCD"] != "SUMDIAM"]
    scan = ["USUBJID", "RSEVAL", "RSEVALID", "VISITNUM", "ADT"]
    names = {"TREVAL": "RSEVAL", "TREVALID": "RSEVALID"}
    # One subject has two scans of one visit, three months apart; the readers gave a response to each.
    made = recist_response(tr, by=by, scans_of_a_visit="all", notes=Notes()).rename(columns=names)
    sums = sum_of_diameters(tr[tr["TRGRPID"] == "TARGET"], by=by, notes=Notes()).rename(columns=names)
    stated = large["RS"][large["RS"]["RSTESTCD"] == "TRGRESP"]
    both = (
        stated.assign(ADT=last_day(stated["RSDTC"]))
        .merge(made, on=scan)
        .merge(sums[[*scan, "PCHG", "CHGNAD", "NADIR", "ANL01FL"]], on=scan)
    )
    assert len(both) > 1850
    differs = both[both["TRGRESP"] != both["RSSTRESC"]]
    missing = differs["TRGRESP"] == "NE"
    assert differs.loc[missing, "ANL01FL"].isna().all()
    # 22 scans without a single size are complete responses to them.
    assert (differs.loc[missing, "RSSTRESC"] == "CR").sum() == 22
    grown = differs[~missing]
    assert (grown["TRGRESP"] == "PD").all()
    assert (grown["PCHG"] < 20).all()
    assert (grown["CHGNAD"] >= 5).all()
    assert (grown["CHGNAD"] >= 0.2 * grown["NADIR"] - 1e-9).all()
