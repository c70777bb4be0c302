"""Tables and figures of HE072: equal to the article, moved by the raw data, the same in every run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mutation import Edit, Moved, check, rerun
from published import published
from table_checks import no_printed_number_is_left_out, nothing_differs

from sdtm.run_study import Run

pytestmark = pytest.mark.xdist_group("he072")
__all__ = ["rerun"]

S1, S3 = {"SUBJECTNUMBERSTR": "01-001"}, {"SUBJECTNUMBERSTR": "01-003"}
EDITS: list[tuple[Edit, list[Moved]]] = [
    (
        Edit("DXH.csv", S1, {"KI67PCT": "50", "KI67ND": "", "ERPCT": "20"}),
        [
            Moved("t1", "ki67.missing", "tnbc", "count", "13", "12"),
            Moved("t1", "ki67.>30", "tnbc", "count", "81", "82"),
            Moved("sets", "set.er10", "tnbc", "count", "2", "3"),
            Moved("sets", "set.efficacy", "tnbc", "count", "87", "86"),
        ],
    ),
    (
        Edit("AE.csv", {**S1, "ITEMSETINDEX": "6"}, {"AEREL_C": "1", "AEREL": "Not related"}),
        [
            Moved("t2", "trae.Diarrhea", "total", "count", "75", "74"),
            Moved("ugt1a1", "diarrhea.wt", "total", "total", "44", "43"),
        ],
    ),
    (
        Edit("AE.csv", {**S1, "ITEMSETINDEX": "8"}, {"AEACN_C": "4", "AEACN": "Drug withdrawn"}),
        [Moved("discontinuation", "stopped.any", "total", "count", "5", "6")],
    ),
    (
        Edit("AE.csv", {**S1, "ITEMSETINDEX": "5"}, {"AEGR": "3"}),
        [Moved("severe", "severe.any", "total", "count")],
    ),
    (
        Edit(
            "AE.csv",
            {"SUBJECTNUMBERSTR": "16-002", "ITEMSETINDEX": "8"},
            {"AEREL_C": "4", "AEREL": "Probably related"},
        ),
        [Moved("fatal", "fatal.1", "AREL", "text", "NOT RELATED", "RELATED")],
    ),
    (
        Edit("AE.csv", {**S3, "ITEMSETINDEX": "1"}, {"AEDLT_C": "1", "AEDLT": "Yes"}),
        [Moved("escalation", "dlt.dlt", "total", "count", "1", "2")],
    ),
    (
        Edit("EOT.csv", S1, {"EOTREAS_C": "9", "EOTREAS": "Other"}),
        [Moved("disposition", "reason.OTHER", "total", "count", "9", "10")],
    ),
    (
        Edit("EX.csv", {**S1, "EXDT": "04-JUN-2021"}, {"EXDOSE": "35"}),
        [Moved("exposure", "rdi", "total", "mean")],
    ),
    (
        Edit("RA.csv", {**S3, "RAOVR": "PR"}, {"RAOVR_C": "3", "RAOVR": "SD", "RATRG": "SD"}, 3),
        [
            # The subject of the first edit had a partial response, too, and has left the efficacy set.
            Moved("t4_response", "bor.PR", "tnbc70", "count", "18", "16"),
            Moved("t4_survival", "dor.n", "tnbc70", "count", "18", "16"),
        ],
    ),
    (
        Edit(
            "CNSRA.csv",
            {"SUBJECTNUMBERSTR": "03-012", "VISITMNEMONIC": "TA_W6"},
            {"CROVR_C": "2", "CROVR": "PR", "CRTRG": "PR"},
        ),
        [Moved("t4_brain", "cns.PD", "total", "count", "4", "3")],
    ),
    (
        Edit("UGT1A1.txt", {"SUBJECT": "01-001"}, {"DIPLOTYPE": "*6/*6"}, delimiter="\t"),
        [Moved("ugt1a1", "genotype.HOMOZYGOUS", "total", "count", "13", "14")],
    ),
    (
        Edit("PK.csv", {**S1, "VISITMNEMONIC": "C1D1", "PKTPT": "1.5"}, {"PKTM": "11:45"}),
        [Moved("t3", "total.AUCLST", "70", "mean")],
    ),
    (
        Edit("ECOG.csv", {**S3, "VISITMNEMONIC": "C1D1"}, {"PSSCORE_C": "2", "PSSCORE": "ECOG 2"}),
        [
            Moved("subgroups", "orr.ecog2", "total", "total", "1", "2"),
            Moved("subgroups", "orr.ecog0", "total", "total", "27", "26"),
        ],
    ),
]


@pytest.fixture(scope="module")
def changed(rerun: Any) -> Run:
    done: Run = rerun("he072", [edit for edit, _ in EDITS])
    return done


@pytest.mark.parametrize("cell", [cell for _, moved in EDITS for cell in moved], ids=str)
def test_a_raw_value_moves_a_stated_cell(he072_run: Run, changed: Run, cell: Moved) -> None:
    check(cell, he072_run, changed)


def test_every_printed_number_is_equal_or_explained(he072_run: Run) -> None:
    counted = nothing_differs(he072_run)
    assert counted["explained"] <= 17 and counted["not derived"] <= 21


def test_no_printed_number_is_left_out(shared: Path, he072_run: Run) -> None:
    no_printed_number_is_left_out(published(shared, "he072"), he072_run)


def test_figures_show_the_published_subjects(he072_run: Run) -> None:
    """Fig. 3: 87 bars, of which 53 below 0; Fig. 4: medians of Table 4."""
    assert he072_run.report is not None
    figures = {figure.plan.id: figure.svg for figure in he072_run.report.figures}
    bars = [line for line in figures["waterfall"].splitlines() if "<rect" in line and "<title>" in line]
    assert len(bars) == 87
    assert sum(": -" in line for line in bars) == 53
    assert "50 mg/m²: 8/12, median 4.0 (1.4–NE)" in figures["pfs"]
    assert "70 mg/m²: 56/89, median 4.8 (3.0–5.8)" in figures["pfs"]
    assert "70 mg/m²: 33/89, median NE (11.8–NE)" in figures["os"]
