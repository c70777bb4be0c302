"""NCA records: published theophylline results, dosing, units, acceptance, and what bad input gets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdtm.derivations import nca
from sdtm.derivations.nca_records import reasons
from sdtm.derivations.notes import Notes


def records(times: list[float], values: list[float | None], **more: Any) -> pd.DataFrame:
    """Synthetic concentrations of one profile."""
    table = pd.DataFrame({"USUBJID": "S1", "ARRLT": times, "AVAL": np.array(values, dtype=float)})
    plain = {"PCSTRESU": "ng/mL", "BLQFL": None, "DOSEA": 100.0, "DOSEU": "mg"}
    return table.assign(**(plain | more)).astype({"BLQFL": "str", "PCSTRESU": "str"})


def made(table: pd.DataFrame, notes: Notes | None = None, **params: Any) -> pd.DataFrame:
    given_by = {"by": "USUBJID", **params}
    return nca(table, notes=notes if notes is not None else Notes(), **given_by).set_index("PARAMCD")


BOLUS = records([0.5, 1, 2, 4, 8], [5 * np.exp(-0.2 * t) for t in (0.5, 1, 2, 4, 8)])


@pytest.fixture(scope="module")
def theophylline(shared: Path) -> pd.DataFrame:
    data = pd.read_csv(shared / "data" / "pk" / "theophylline.csv")
    table = pd.DataFrame(
        {"USUBJID": data["subject"].astype("str"), "ARRLT": data["time_h"], "AVAL": data["conc_mg_per_L"]}
    )
    return table.assign(
        PCSTRESU="mg/L", BLQFL=pd.Series(None, index=table.index, dtype="str"), DOSEA=320.0, DOSEU="mg"
    )


# WinNonlin results of the validation report of Han (2018); 6 decimals. Read from the shared folder.
PUBLISHED = {
    "linear": {"CMAX": "CMAX", "TMAX": "TMAX", "AUCLST": "AUCLST_linear", "AUCIFO": "AUCIFO_linear", "CLFO": "CLFO",
               "VZFO": "VZFO", "AUCPEO": "AUCPEO_linear", "LAMZ": "LAMZ", "LAMZHL": "LAMZHL", "LAMZNPT": "LAMZNPT"},
    "linear_up_log_down": {"AUCLST": "AUCLST_linuplogdown", "AUCIFO": "AUCIFO_linuplogdown"},
}  # fmt: skip


@pytest.mark.parametrize("method", PUBLISHED)
def test_all_published_results_of_twelve_subjects(
    shared: Path, theophylline: pd.DataFrame, method: str
) -> None:
    expected = pd.read_csv(
        shared / "data" / "pk" / "theophylline_nca_published.csv", dtype={"subject": "str"}
    )
    found = nca(theophylline, by="USUBJID", method=method, notes=Notes())
    wide = found.pivot(index="USUBJID", columns="PARAMCD", values="AVAL").loc[expected["subject"]]
    for code, column in PUBLISHED[method].items():
        assert wide[code].to_numpy() == pytest.approx(expected[column].to_numpy(), rel=6e-6), code


def test_subject_1_of_the_rule_book(theophylline: pd.DataFrame) -> None:
    found = made(theophylline[theophylline["USUBJID"] == "1"])
    values = {
        code: round(found.loc[code, "AVAL"], 4) for code in ("CMAX", "TMAX", "AUCLST", "AUCIFO", "AUCIFP")
    }
    assert values == {"CMAX": 10.5, "TMAX": 1.12, "AUCLST": 147.2347, "AUCIFO": 214.9236, "AUCIFP": 214.9267}
    assert (
        round(found.loc["LAMZHL", "AVAL"], 5) == 14.30438 and round(found.loc["AUCPEO", "AVAL"], 3) == 31.494
    )
    assert found.loc["AUCIFO", "NCAACCFL"] == "N" and pd.isna(found.loc["CMAX", "NCAACCFL"])
    assert found.loc["AUCIFO", "NCAACCRS"] == "LAMZSPN below 2; AUCPEO above 20"
    assert found.loc[["AUCLST", "CLFO", "VZFO", "LAMZ"], "AVALU"].tolist() == ["h*mg/L", "L/h", "L", "/h"]


def test_the_start_of_an_indomethacin_bolus(shared: Path) -> None:
    # Kwan et al. (1976), subject 1: 1.5 at 0.25 h and 0.94 at 0.5 h: 1.5 x 1.5 / 0.94 = 2.39362.
    data = pd.read_csv(shared / "data" / "pk" / "indomethacin.csv").query("subject == 1")
    table = records(data["time_h"].tolist(), data["conc_mg_per_L"].tolist(), PCSTRESU="mg/L", DOSEA=25.0)
    assert made(table, administration="bolus").loc["C0", "AVAL"] == pytest.approx(1.5 * 1.5 / 0.94)
    assert "C0" not in made(table, administration="infusion", duration="").index


def test_codes_follow_route_and_dosing() -> None:
    bolus = made(BOLUS, administration="bolus")
    assert {"CLO", "VZO", "MRTIBIFO", "VSSO", "C0"} <= set(bolus.index) and "CLFO" not in bolus.index
    mouth = made(BOLUS)
    assert {"CLFO", "VZFO", "MRTEVIFO", "TLAG"} <= set(mouth.index) and "VSSO" not in mouth.index
    steady = made(BOLUS, dosing="steady", tau=12)
    assert {"CLFTAU", "AUCTAU", "CAVG", "FLUCP"} <= set(steady.index) and "AUCIFO" not in steady.index
    assert "AUCTAU" not in made(BOLUS).index and "AUCTAU" in made(BOLUS, tau="12").index


def test_the_route_is_read_from_the_records() -> None:
    routes = {"INTRAVENOUS": 1.0, "INTRAVENOUS BOLUS": np.nan, "ORAL": np.nan, "INTRAVENOUS DRIP": 0.0}
    tables = [
        BOLUS.assign(USUBJID=str(number), DOSEROUT=route, ADOSEDUR=hours)
        for number, (route, hours) in enumerate(routes.items())
    ]
    found = nca(
        pd.concat(tables, ignore_index=True),
        by="USUBJID",
        route="DOSEROUT",
        duration="ADOSEDUR",
        notes=Notes(),
    )
    codes = found[found["PARAMCD"].str.startswith("MRT")].groupby("USUBJID")["PARAMCD"].first().tolist()
    assert codes == ["MRTICLST", "MRTIBLST", "MRTEVLST", "MRTIBLST"]


def test_only_the_parameters_that_are_asked_for() -> None:
    found = made(BOLUS, parameters=["CMAX", "AUCINT"], intervals=[["0", "4"], ["4", "8"]])
    assert found.index.tolist() == ["CMAX", "AUCINT", "AUCINT"]
    assert found["PPSTINT"].tolist()[1:] == ["PT0H", "PT4H"] and found["PPENINT"].tolist()[1:] == [
        "PT4H",
        "PT8H",
    ]
    assert found["PARAM"].tolist()[0] == "Max Conc" and found["AVALU"].tolist() == [
        "ng/mL",
        "h*ng/mL",
        "h*ng/mL",
    ]


def test_clearance_in_its_units_by_hand() -> None:
    # 100 mg over 25000 h*ng/mL: 0.004 mg/(h*ng/mL) = 4 L/h; per m2 it is (L/h)/m2.
    table = BOLUS.assign(AVAL=BOLUS["AVAL"] * 1000)
    found = made(table, administration="bolus")
    assert found.loc["AUCIFO", "AVAL"] == pytest.approx(25000) and found.loc["CLO", "AVAL"] == pytest.approx(
        4
    )
    assert made(table.assign(DOSEU="mg/m2"), administration="bolus").loc["CLO", "AVALU"] == "(L/h)/m2"


def test_values_below_the_limit_follow_the_rule() -> None:
    # Rule book, section 10: BLQ, 50, BLQ, 20, BLQ -> (0, 0), (1, 50), (8, 20).
    table = records([-0.25, 1, 4, 8, 24], [None, 50, None, 20, None], BLQFL=["Y", None, "Y", None, "Y"])
    found = made(table)
    # 0 to 1: 25; 1 to 8: 7 x 30 / ln 2.5.
    assert found.loc["AUCLST", "AVAL"] == pytest.approx(25 + 210 / np.log(2.5))
    assert found.loc["TLST", "AVAL"] == 8


# --- bad input ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "rule", "rows"),
    [
        (records([0, 1, 2, 3], [0, -5, 4, 2]), "negative-concentration", (1,)),
        (records([0, 1, 1, 3], [0, 5, 5, 2]), "sampling-time-twice", (2,)),
        (records([0, 1, 1, 3], [0, 5, 4, 2]), "sampling-time-conflict", (1,)),
        (records([0, np.nan, 1, 3], [0, 5, 4, 2]), "concentration-without-time", (1,)),
        (records([0, 1], [0, 5], PCSTRESU=["ng/mL", "ug/mL"]), "mixed-units", (0, 1)),
        (records([0, 1], [0, 5], DOSEA=[100.0, 50.0]), "mixed-doses", (0, 1)),
        (records([0, 1], [0, 5], DOSEA=np.nan), "dose-missing", (0, 1)),
        (records([0, 1], [0, 5], DOSEA=0.0), "dose-not-positive", (0, 1)),
        (records([0, 1], [0, 5], DOSEU="umol"), "units-apart", (0, 1)),
    ],
)
def test_bad_records_are_noted_by_rule_and_row(table: pd.DataFrame, rule: str, rows: tuple[int, ...]) -> None:
    notes = Notes()
    made(table, notes)
    assert {note.rule: note.rows for note in notes} == {rule: rows}


@pytest.mark.parametrize(
    ("table", "code", "reason"),
    [
        (records([0, 1, 1, 3], [0, 5, 4, 2]), "CMAX", "two different concentrations at one time"),
        (
            records([0, 1], [0, 5], PCSTRESU=["ng/mL", "ug/mL"]),
            "CMAX",
            "concentrations in more than one unit",
        ),
        (BOLUS.assign(DOSEA=[100.0, 50, 100, 100, 100]), "CLFO", "more than one dose amount"),
        (BOLUS.assign(DOSEA=np.nan), "CLFO", "dose amount missing"),
        (BOLUS.assign(DOSEA=0.0), "VZFO", "dose amount not above zero"),
        (BOLUS.assign(DOSEU="umol"), "CLFO", "dose and concentration units do not go together"),
        (
            records([0, 1, 2], [None] * 3, BLQFL="Y"),
            "CMAX",
            "no concentration above the limit of quantification",
        ),
        (records([np.nan, np.nan], [1, 2]), "CMAX", "profile without a usable time"),
    ],
)
def test_what_depends_on_bad_records_is_missing_with_its_reason(
    table: pd.DataFrame, code: str, reason: str
) -> None:
    found = made(table)
    assert pd.isna(found.loc[code, "AVAL"]) and found.loc[code, "PPREASND"] == reason and reason in reasons()


def test_an_unknown_route_bars_the_profile() -> None:
    notes = Notes()
    found = made(BOLUS.assign(DOSEROUT=pd.Series([None] * 5, dtype="str")), notes, route="DOSEROUT")
    assert found["AVAL"].drop(["CMAX"]).isna().all() and [note.rule for note in notes] == ["route-missing"]


def test_no_records_give_no_parameters() -> None:
    assert made(BOLUS.iloc[:0]).empty


def test_an_unknown_unit_of_time_or_method_is_refused() -> None:
    for wrong in ({"method": "spline"}, {"time_unit": "week"}, {"administration": "oral"}, {"by": []}):
        with pytest.raises(ValueError):
            made(BOLUS, **wrong)


POINTS = st.lists(
    st.tuples(st.sampled_from("AB"), st.integers(0, 12), st.floats(0, 100).map(lambda x: round(x, 2))),
    min_size=1, max_size=20, unique_by=lambda point: point[:2],
)  # fmt: skip


@settings(max_examples=25)
@given(POINTS, st.randoms())
def test_order_of_rows_never_matters(points: list[tuple[str, int, float]], random: Any) -> None:
    table = records([p[1] for p in points], [p[2] for p in points], USUBJID=[p[0] for p in points])
    mixed = table.sample(frac=1, random_state=random.randrange(999))
    one, other = (nca(each, by="USUBJID", tau=12, notes=Notes()) for each in (table, mixed))
    pd.testing.assert_frame_equal(one, other)
    assert (one["AVAL"].isna() == one["PPREASND"].notna()).all()
