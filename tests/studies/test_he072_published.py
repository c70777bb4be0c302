"""What the article on HE072 prints comes out of the analysis datasets, from raw files by spec alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from published import is_as_printed, published

from sdtm.run_study import Run
from sdtm.statistics.kaplan_meier import estimate_follow_up, estimate_survival

pytestmark = pytest.mark.xdist_group("he072")

ANALYTES = {"total_irinotecan": "IRINTOT", "free_irinotecan": "IRINFREE", "sn38": "SN38"}
# Name in Table 3 -> parameter.
PARAMETERS = {
    "Cmax": "CMAX", "Tmax": "TMAX", "AUC0-t": "AUCLST", "AUC0-inf": "AUCIFO", "t1/2": "LAMZHL",
    "Vd": "VZO", "CL": "CLO",
}  # fmt: skip
GROUPS = {"tnbc50": ("TNBC", 50), "tnbc70": ("TNBC", 70), "tnbc": ("TNBC", None), "bcbm": ("BCBM", None)}


@pytest.fixture(scope="module")
def frames(he072_run: Run) -> dict[str, pd.DataFrame]:
    assert he072_run.analyses is not None
    return he072_run.analyses.frames


def group(frame: pd.DataFrame, adsl: pd.DataFrame, name: str) -> pd.DataFrame:
    cohort, dose = GROUPS[name]
    doses = frame["USUBJID"].map(adsl.set_index("USUBJID")["DOSE01P"])
    return frame[frame["COHORT"].eq(cohort) & (doses.eq(dose) if dose else True)]


def test_no_finding_of_the_derivations_is_an_error(he072_run: Run) -> None:
    assert he072_run.analyses is not None
    assert [f.rule for f in he072_run.analyses.findings if f.severity == "error"] == []


def test_populations(frames: dict[str, pd.DataFrame]) -> None:
    """Figure 1: 178 screened, 119 treated; efficacy sets of 87 (TNBC) and 14 (BCBM); one DLT of nine."""
    adsl = frames["ADSL"]
    assert (len(adsl), int(adsl["SAFFL"].eq("Y").sum())) == (178, 119)
    assert adsl[adsl["EFFFL"].eq("Y")]["COHORT"].value_counts().to_dict() == {"TNBC": 87, "BCBM": 14}
    assert adsl["DLTFL"].value_counts().to_dict() == {"N": 8, "Y": 1}


def test_best_overall_response(frames: dict[str, pd.DataFrame]) -> None:
    """Table 4 and Results: TNBC 22 responses and 59 controlled of 87; BCBM 1 and 9 of 14."""
    adrs = frames["ADRS"]
    for parameter in ("BOR", "BORD"):
        best = adrs[adrs["PARAMCD"].eq(parameter) & adrs["EFFFL"].eq("Y")]
        assert best[best["COHORT"].eq("TNBC")]["AVALC"].value_counts().to_dict() == {
            "SD": 37,
            "PD": 28,
            "PR": 22,
        }
        assert best[best["COHORT"].eq("BCBM")]["AVALC"].isin(["CR", "PR"]).sum() == 1
        assert best[best["COHORT"].eq("BCBM")]["AVALC"].isin(["CR", "PR", "SD"]).sum() == 9


@pytest.mark.parametrize("endpoint", ["pfs", "os"])
@pytest.mark.parametrize("name", GROUPS)
def test_median_survival(frames: dict[str, pd.DataFrame], shared: Path, endpoint: str, name: str) -> None:
    """Table 4: medians with log-log limits; NR and NE are not estimable."""
    entry = published(shared, "he072")[f"km.{endpoint}.median.{name}"]
    adtte = frames["ADTTE"]
    times = group(adtte[adtte["PARAMCD"].eq(endpoint.upper())], frames["ADSL"], name)
    median = estimate_survival(times["AVAL"], times["CNSR"] > 0).median()
    for ours, printed in zip(median, (entry["value"], *entry["ci95"]), strict=True):
        if isinstance(printed, str):
            assert pd.isna(ours), (name, median, entry)
        else:
            assert is_as_printed(ours, printed, digits=1), (name, median, entry)


@pytest.mark.parametrize("months", [12, 18])
@pytest.mark.parametrize("name", GROUPS)
def test_survival_rates(frames: dict[str, pd.DataFrame], shared: Path, months: int, name: str) -> None:
    entry = published(shared, "he072")[f"km.os.rate{months}.{name}"]
    if isinstance(entry["value"], str):
        pytest.skip("the article prints no rate here")
    adtte = frames["ADTTE"]
    times = group(adtte[adtte["PARAMCD"].eq("OS")], frames["ADSL"], name)
    rate = estimate_survival(times["AVAL"], times["CNSR"] > 0).survival_at(months)
    assert is_as_printed(
        100 * float(rate[0].value if isinstance(rate, list) else rate.value), entry["value"], digits=1
    )


def test_median_follow_up(frames: dict[str, pd.DataFrame], shared: Path) -> None:
    """Results, Efficacy: 10.1 (8.8 to 10.8). That is the median of the observed times with its limits; the reverse
    Kaplan-Meier estimate of the same data is longer (contradiction 11 of the design)."""
    entry = published(shared, "he072")["km.followup.median"]
    adtte = frames["ADTTE"]
    survival = adtte[adtte["PARAMCD"].eq("OS") & adtte["COHORT"].eq("TNBC")]  # the 101 of Table 1
    observed = estimate_survival(survival["AVAL"], survival["CNSR"] < 0).median()
    for ours, printed in zip(observed, (entry["value"], *entry["range"]), strict=True):
        assert is_as_printed(ours, printed, digits=1)
    assert estimate_follow_up(survival["AVAL"], survival["CNSR"] > 0).median().value > observed.value


@pytest.mark.parametrize("analyte", ANALYTES)
@pytest.mark.parametrize("dose", [50, 70])
@pytest.mark.parametrize("name", PARAMETERS)
def test_pharmacokinetic_parameters(
    frames: dict[str, pd.DataFrame], shared: Path, analyte: str, dose: int, name: str
) -> None:
    """Table 3: all 84 means and standard deviations."""
    entry = published(shared, "he072")[f"pk.{analyte}.d{dose}.{name}"]
    adpp = frames["ADPP"]
    chosen = (
        adpp["PCTESTCD"].eq(ANALYTES[analyte])
        & adpp["PARAMCD"].eq(PARAMETERS[name])
        & adpp["DOSE01P"].eq(dose)
    )
    values = adpp.loc[chosen, ["AVAL", "AVALU"]].dropna(subset="AVAL")
    factor = 1.0
    if name.startswith("AUC") and entry["unit"] == "h*ug/mL" and (values["AVALU"] == "h*ng/mL").all():
        factor = 1 / 1000
    # Clearance and volume of the free drug and of SN-38 are printed per the dose in mg and ng/mL.
    assert is_as_printed(values["AVAL"].mean() * factor, entry["value"]), (values["AVAL"].mean(), entry)
    assert is_as_printed(values["AVAL"].std() * factor, entry["sd"]), (values["AVAL"].std(), entry)
