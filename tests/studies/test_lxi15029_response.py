"""Response and progression of the bundled study LXI-15029, derived from its SDTM, against the article.

Expected: Li et al., Results, "Preliminary efficacy": 20 evaluable subjects, 8 with stable disease as best response,
no CR or PR, median PFS 29 days; and the best percent changes that the synthetic subjects were made with.
"""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pandas as pd
import pytest

from sdtm.derivations import (
    best_overall_response,
    best_percent_change,
    best_response_among,
    lesion_value,
    progression_free_survival,
    recist_response,
    response_differences,
    sum_of_diameters,
)
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import with_plain_types
from sdtm.run_study import Run

pytestmark = pytest.mark.xdist_group("lxi15029")


def whole_day(texts: pd.Series) -> pd.Series:
    return pd.to_datetime(texts.str[:10], format="%Y-%m-%d").astype("datetime64[s]")


@pytest.fixture(scope="module")
def tables(lxi_run: Run) -> dict[str, pd.DataFrame]:
    dm, ex, rs, tr, tu = (
        with_plain_types(lxi_run.conversion.datasets[name].frame) for name in ("DM", "EX", "RS", "TR", "TU")
    )
    start = whole_day(ex[ex["EXDOSE"] > 0].groupby("USUBJID")["EXSTDTC"].min())
    adsl = start.rename("TRTSDT").reset_index()
    died = dm.set_index("USUBJID")["DTHDTC"].reindex(adsl["USUBJID"]).reset_index(drop=True)
    adsl["DTHDT"] = whole_day(died)
    overall = rs[rs["RSTESTCD"] == "OVRLRESP"].reset_index(drop=True)
    overall = overall.assign(AVALC=overall["RSSTRESC"], ADT=whole_day(overall["RSDTC"]), PARAMCD="OVR")
    tr = tr.assign(
        **lesion_value(tr, tables={"TU": tu}, method="TRMETHOD", notes=Notes()),
        ADT=whole_day(tr["TRDTC"]),
        TRTSDT=start.reindex(tr["USUBJID"]).reset_index(drop=True),
    )
    return {"ADSL": adsl, "OVR": overall, "TR": tr}


def test_best_overall_response_is_that_of_the_article(tables):
    for confirmed in (False, True):
        made = best_overall_response(
            tables["OVR"], tables=tables, new_therapy_rule="ignore", confirmed=confirmed, notes=Notes()
        )
        assert Counter(made["AVALC"]) == {"SD": 8, "PD": 12, "MISSING": 4}


def test_disease_control_is_that_of_the_article(tables):
    made = best_response_among(
        tables["OVR"], tables=tables, new_therapy_rule="ignore", responses=["CR", "PR", "SD"], notes=Notes()
    )
    assert made["AVAL"].sum() == 8


def test_progression_free_survival_is_that_of_the_article(tables):
    others = {"ADRS": tables["OVR"].rename(columns={"RSSEQ": "ASEQ"})}
    subjects = tables["ADSL"].assign(
        NACTDT=pd.Series(pd.NaT, index=tables["ADSL"].index, dtype="datetime64[s]")
    )
    made = progression_free_survival(subjects, tables=others, notes=Notes())
    evaluable = made[made["CNSR"] != 5]
    assert len(evaluable) == 20
    # Kaplan-Meier by hand: the first time at which at most half are free of progression.
    survival = 1.0
    for days in sorted(evaluable.loc[evaluable["CNSR"] == 0, "AVAL"].unique()):
        at_risk = (evaluable["AVAL"] >= days).sum()
        survival *= 1 - ((evaluable["AVAL"] == days) & (evaluable["CNSR"] == 0)).sum() / at_risk
        if survival <= 0.5:
            break
    assert days == 29


def test_recomputed_responses_are_those_of_the_investigator(tables):
    made = recist_response(tables["TR"], notes=Notes())
    differs = response_differences(tables["OVR"], other="RECIST", tables={"RECIST": made}, notes=Notes())
    assert (
        len(made) == 48
    )  # the visits with a response form; a bone scan two days after its CT is none of its own
    assert differs.empty


def test_the_best_percent_changes_are_those_the_subjects_were_made_with(tables):
    lines = (files("specs.studies.lxi15029") / "generator" / "facts" / "subjects.csv").read_text("utf-8")
    rows = [line.split(",") for line in lines.splitlines() if not line.startswith("#")]
    place = rows[0].index("best_pct")
    wanted = [float(row[place]) for row in rows[1:] if row[place]]
    targets = tables["TR"][tables["TR"]["TRGRPID"] == "TARGET"]
    made = best_percent_change(sum_of_diameters(targets, notes=Notes()), notes=Notes())
    assert made["AVAL"].round(1).tolist() == wanted
