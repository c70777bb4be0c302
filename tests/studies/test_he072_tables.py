"""Tables and figures of HE072: equal to the article, moved by the raw data, the same in every run."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from mutation import Drawn, Edit, EditCell, Moved, cell_name, check, edit_text, nothing_unmoved, rerun
from published import published
from record_checks import (
    Delivery,
    conditions_select_the_records,
    counts_recount,
    every_number_has_its_records,
)
from table_checks import no_printed_number_is_left_out, nothing_differs

from sdtm.run_study import Run

pytestmark = pytest.mark.xdist_group("he072")
__all__ = ["rerun"]

S1, S3 = {"SUBJECTNUMBERSTR": "01-001"}, {"SUBJECTNUMBERSTR": "01-003"}
EDITS: list[tuple[Edit | EditCell, list[Moved | Drawn]]] = [
    (
        Edit("DXH.csv", S1, {"KI67PCT": "50", "KI67ND": "", "ERPCT": "20"}),
        [
            Moved("t1", "ki67.missing", "tnbc", "count", "13", "12"),
            Moved("t1", "ki67.>30", "tnbc", "count", "81", "82"),
            Moved("sets", "set.er10", "tnbc", "count", "2", "3"),
            Moved("sets", "set.efficacy", "tnbc", "count", "87", "86"),
            Drawn("waterfall", "Subjects (n = ", "87)", "86)"),
            Drawn("spider", "HE072-CSP-001-01-001"),
            Drawn("swimmer", "HE072-CSP-001-01-001: 291 days"),
        ],
    ),
    (
        Edit("AE.csv", {**S1, "ITEMSETINDEX": "6"}, {"AEREL_C": "1", "AEREL": "Not related"}),
        [
            Moved("t2", "trae.Diarrhea", "total", "count", "75", "74"),
            Moved("ugt1a1", "diarrhea.wt", "total", "total", "44", "43"),
            Drawn("events", "70 mg/m², Diarrhea, grade 1: ", "29", "28"),
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
        [
            Moved("disposition", "reason.OTHER", "total", "count", "9", "10"),
            # In the description of the figure, whose texts break lines elsewhere.
            Drawn(
                "flow",
                "TNBC, 70 mg/m²: Discontinued treatment (n = 89): ",
                "Progressive disease 61, Withdrawal by subject 17, Intolerable toxicity 6, Other 5",
                "Progressive disease 60, Withdrawal by subject 17, Intolerable toxicity 6, Other 6",
            ),
        ],
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
        [Moved("t3", "total.AUCLST", "70", "mean"), Drawn("profiles_total", "HE072-CSP-001-01-001")],
    ),
    (
        EditCell("PK_RESULTS.xlsx", "Results", "D350", 40.01388, 49.01388),  # total irinotecan at 2.5 hours
        [Drawn("concentration_total", "70 mg/m², 2.5: ")],
    ),
    (
        EditCell("PK_RESULTS.xlsx", "Results", "D352", 4.260966, 13.260966),  # SN-38 of the same sample
        [Drawn("concentration_sn38", "70 mg/m², 2.5: "), Moved("t3", "sn38.CMAX", "70", "mean")],
    ),
    (
        Edit(
            "RA.csv",
            {"SUBJECTNUMBERSTR": "01-004", "VISITMNEMONIC": "TA_W18"},
            {"RAOVR_C": "3", "RAOVR": "SD", "RATRG": "SD"},
        ),
        [Moved("t4_survival", "pfs.events", "tnbc50", "count", "8", "7"), Drawn("pfs", "50 mg/m²: ")],
    ),
    (
        Edit("DTH.csv", {"SUBJECTNUMBERSTR": "01-004"}, {"DTHDT": "05-OCT-2022"}),
        [Drawn("os", "50 mg/m²: "), Moved("t4_survival", "os.median", "tnbc50", "value")],
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


@pytest.mark.parametrize(
    ("edit", "cell"),
    [(edit, cell) for edit, moved in EDITS for cell in moved],
    ids=lambda part: type(part).__name__,
)
def test_a_raw_value_moves_a_stated_cell(
    he072_run: Run,
    changed: Run,
    edit: Edit | EditCell,
    cell: Moved | Drawn,
    record_property: Any,
) -> None:
    before, after = check(cell, he072_run, changed)
    record_property("raw edit", ("he072", cell_name(cell), edit_text(edit), before, after))


def test_every_table_and_figure_is_moved(he072_run: Run) -> None:
    nothing_unmoved(he072_run, EDITS)


def test_every_printed_number_is_equal_or_explained(he072_run: Run) -> None:
    counted = nothing_differs(he072_run)
    assert counted["explained"] <= 17 and counted["not derived"] <= 21


def test_no_printed_number_is_left_out(shared: Path, he072_run: Run) -> None:
    no_printed_number_is_left_out(published(shared, "he072"), he072_run)


def test_numbers_recount_from_their_records(he072_run: Run) -> None:
    found = Delivery(he072_run.out)
    every_number_has_its_records(found)
    assert counts_recount(found) == 150
    assert conditions_select_the_records(found) >= 60


def test_the_flow_has_the_printed_numbers(he072_run: Run) -> None:
    """Results, Patients, Safety, Efficacy; Fig. 1; Table 4: 178 screened, 119 enrolled, 12, 89 and 18 in groups,
    83, 21, 6 and 9 left for the four reasons; 11, 76 and 14 in the efficacy set; 17 in that of parameters."""
    assert he072_run.report is not None
    (svg,) = [figure.svg for figure in he072_run.report.figures if figure.plan.id == "flow"]
    said = unescape(svg.partition("<desc>")[2].partition("</desc>")[0]).split("; ")
    assert said[0] == "Screened (n = 178)" and said[1].startswith("Not enrolled (n = 59): ")
    assert sum(map(int, re.findall(r" (\d+)(?:,|$)", said[1].partition(": ")[2]))) == 59
    assert said[2] == "Enrolled and treated (full analysis set) (n = 119)"
    groups = {"TNBC, 50 mg/m²": 12, "TNBC, 70 mg/m²": 89, "BCBM, 70 mg/m²": 18}
    assert said[3:6] == [f"{name}: Treated (n = {count})" for name, count in groups.items()]
    reasons: Counter[str] = Counter()
    for text in said[6:9]:
        for name, count in re.findall(r"([A-Z][a-z ]+) (\d+)", text.partition("): ")[2]):
            reasons[name] += int(count)
    assert reasons == {
        "Progressive disease": 83,
        "Withdrawal by subject": 21,
        "Intolerable toxicity": 6,
        "Other": 9,
    }
    assert [re.findall(r"Efficacy analysis set (\d+)", text) for text in said[9:12]] == [
        ["11"],
        ["76"],
        ["14"],
    ]
    assert said[12] == (
        "All groups: analysed for safety (n = 119): Efficacy analysis set 101, "
        "Pharmacokinetic concentration set 119, Pharmacokinetic parameter set 17"
    )


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
