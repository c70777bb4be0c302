"""What the article on LXI-15029 prints comes out of the analysis datasets, from raw files by spec alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from published import geometric, is_as_printed, published

from sdtm.derive_study import derive
from sdtm.run_study import Run
from sdtm.statistics.kaplan_meier import estimate_survival

pytestmark = pytest.mark.xdist_group("lxi15029")

# Name in Tables 3 and 4 -> profile and parameter; day 28 is at steady state with an interval of 12 h.
PARAMETERS = {
    "Cmax": ("DAY 1", "CMAX"), "AUC0-t": ("DAY 1", "AUCLST"), "AUC0-T": ("DAY 1", "AUCTAU"),
    "AUC0-inf": ("DAY 1", "AUCIFO"), "Tmax": ("DAY 1", "TMAX"), "t1/2": ("DAY 1", "LAMZHL"),
    "V/F": ("DAY 1", "VZFO"), "CL/F": ("DAY 1", "CLFO"), "Cmax,ss": ("DAY 28", "CMAX"),
    "Cav,ss": ("DAY 28", "CAVG"), "AUCss": ("DAY 28", "AUCTAU"), "Tmax,ss": ("DAY 28", "TMAX"),
    "t1/2,ss": ("DAY 28", "LAMZHL"), "Rac_Cmax": ("DAY 28", "ARCMAX"), "Rac_AUC": ("DAY 28", "ARAUC"),
}  # fmt: skip


@pytest.fixture(scope="module")
def frames(lxi_run: Run) -> dict[str, pd.DataFrame]:
    assert lxi_run.analyses is not None
    return lxi_run.analyses.frames


def subjects(frame: pd.DataFrame, mask: pd.Series) -> int:
    return frame.loc[mask, "USUBJID"].nunique()


def test_no_finding_of_the_derivations_is_an_error(lxi_run: Run) -> None:
    assert lxi_run.analyses is not None
    assert [f.rule for f in lxi_run.analyses.findings if f.severity == "error"] == []


def test_populations_and_disposition(frames: dict[str, pd.DataFrame]) -> None:
    """Results: 35 screened, 24 treated; 19 completed, 5 stopped (2 AE, 1 consent, 1 deviation, 1 DLT)."""
    adsl = frames["ADSL"]
    treated = adsl[adsl["SAFFL"].eq("Y")]
    assert (len(adsl), len(treated)) == (35, 24)
    assert treated["EOTSTT"].value_counts().to_dict() == {"COMPLETED": 19, "DISCONTINUED": 5}
    assert treated["DCTREAS"].value_counts().to_dict() == {
        "ADVERSE EVENT": 2, "WITHDRAWAL BY SUBJECT": 1, "PROTOCOL DEVIATION": 1, "DOSE LIMITING TOXICITY": 1,
    }  # fmt: skip
    assert treated["DLTFL"].value_counts().to_dict() == {"N": 23, "Y": 1}
    assert treated.loc[treated["DLTFL"].eq("Y"), "DOSE01P"].tolist() == [150]


def test_adverse_events(frames: dict[str, pd.DataFrame]) -> None:
    """Results, Safety: 24 of 24 with a TEAE, 22 with a related one."""
    adae = frames["ADAE"]
    emergent = adae["TRTEMFL"].eq("Y")
    assert subjects(adae, emergent) == 24
    assert subjects(adae, emergent & adae["AREL"].eq("RELATED")) == 22


def test_best_overall_response(frames: dict[str, pd.DataFrame]) -> None:
    """Results, Preliminary efficacy: 20 evaluable, 8 stable diseases, no response; recomputed alike."""
    adrs = frames["ADRS"]
    for parameter in ("BOR", "CBOR", "BORD"):
        best = adrs.loc[adrs["PARAMCD"].eq(parameter), "AVALC"].value_counts().to_dict()
        assert best == {"PD": 12, "SD": 8, "MISSING": 4}
    controlled = adrs["PARAMCD"].eq("DCR") & adrs["AVALC"].eq("Y")
    assert subjects(adrs, controlled) == 8


@pytest.mark.parametrize("key", ["pfs.median", "pfs.median.breast", "pfs.median.sarcoma"])
def test_progression_free_survival(frames: dict[str, pd.DataFrame], shared: Path, key: str) -> None:
    """The medians with their log-log limits, among the 20 evaluable subjects."""
    entry = published(shared, "lxi15029")[key]
    adtte = frames["ADTTE"]
    pfs = adtte[adtte["PARAMCD"].eq("PFS") & adtte["RESPFL"].eq("Y")]
    if key.endswith("breast"):
        pfs = pfs[pfs["TUMTYPE"].eq("BREAST CANCER")]
    elif key.endswith("sarcoma"):
        pfs = pfs[pfs["TUMGR1"].eq("SARCOMA")]
    else:
        assert len(pfs) == entry["N"]
    months = pfs["AVAL"] * (30.4375 if entry["unit"] == "days" else 1)
    median = estimate_survival(months, pfs["CNSR"] > 0).median()
    for ours, printed in zip(median, (entry["value"], *entry["ci95"]), strict=True):
        assert is_as_printed(ours, printed), (key, median)


@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("dose", [10, 20, 40, 60, 80, 110, 150])
def test_pharmacokinetic_parameters(
    frames: dict[str, pd.DataFrame], shared: Path, name: str, dose: int
) -> None:
    """Tables 3 and 4: every mean, geometric mean and median with its spread."""
    day = "d28" if PARAMETERS[name][0] == "DAY 28" else "d1"
    entry = published(shared, "lxi15029")[f"pk.{day}.d{dose}.{name}"]
    profile, code = PARAMETERS[name]
    adpp = frames["ADPP"]
    chosen = adpp["PROFILE"].eq(profile) & adpp["PARAMCD"].eq(code) & adpp["DOSE01P"].eq(dose)
    values = adpp.loc[chosen, "AVAL"].dropna()
    if entry["stat"] == "geometric mean":
        mean, spread = geometric(values)
        assert is_as_printed(mean, entry["value"], digits=2)
        assert is_as_printed(spread, entry["gcv_pct"], digits=2)
    elif entry["stat"] == "mean":
        assert is_as_printed(values.mean(), entry["value"], digits=2)
        assert is_as_printed(values.std(), entry["sd"])
    else:
        assert is_as_printed(values.median(), entry["value"], digits=2)


def test_pp_of_sdtm_is_what_was_calculated(lxi_run: Run) -> None:
    assert lxi_run.analyses is not None
    pp, adpp = lxi_run.analyses.frames["PP"], lxi_run.analyses.frames["ADPP"]
    assert len(pp) == len(adpp)
    maxima = pp.loc[pp["PPTESTCD"].eq("CMAX"), "PPSTRESN"].sort_values().to_numpy()
    assert maxima == pytest.approx(adpp.loc[adpp["PARAMCD"].eq("CMAX"), "AVAL"].sort_values().to_numpy())


def test_every_analysis_record_points_at_its_source(lxi_run: Run) -> None:
    """OCCDS and BDS records from SDTM carry the row they come from; derived ones SRCDOM and SRCSEQ."""
    assert lxi_run.analyses is not None
    adae = lxi_run.analyses.datasets["ADAE"]
    ae = lxi_run.conversion.datasets["AE"].frame
    rows = adae.source["position"].to_numpy()
    assert (rows >= 0).all()
    assert (ae["AESEQ"].to_numpy()[rows] == adae.frame["AESEQ"].to_numpy()).all()
    frames = lxi_run.analyses.frames
    pfs, adrs = frames["ADTTE"][frames["ADTTE"]["PARAMCD"].eq("PFS")], frames["ADRS"]
    pointed = pfs[pfs["SRCDOM"].eq("ADRS")].merge(
        adrs, left_on=["USUBJID", "SRCSEQ"], right_on=["USUBJID", "ASEQ"], suffixes=("", "_rs")
    )
    assert len(pointed) == 20 and (pointed["ADT"] == pointed["ADT_rs"]).all()


def test_analyses_of_the_written_sdtm_are_those_of_the_run(lxi_run: Run, tmp_path: Path) -> None:
    """``sdtm derive`` on the output folder, which holds PP and its relations already, gives the same bytes."""
    derive(lxi_run.conversion.study, lxi_run.out / "sdtm", tmp_path / "again")
    for file in sorted((lxi_run.out / "adam").glob("*.xpt")):
        assert (tmp_path / "again" / "adam" / file.name).read_bytes() == file.read_bytes(), file.name
    for name in ("pp.xpt", "relrec.xpt"):
        assert (tmp_path / "again" / "sdtm" / name).read_bytes() == (lxi_run.out / "sdtm" / name).read_bytes()
