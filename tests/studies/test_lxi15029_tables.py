"""Tables and figures of LXI-15029: equal to the article, moved by the raw data, the same in every run."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from mutation import Edit, EditCell, Moved, cells, check, rerun
from published import published
from table_checks import no_printed_number_is_left_out, nothing_differs

from sdtm.run_study import Run

pytestmark = pytest.mark.xdist_group("lxi15029")
__all__ = ["rerun"]

AE_001 = {"SUBJECT": "001", "RECORDPOSITION": "1"}
# Every edit is of one raw record; beside it the cells that move, and where it can be said by hand, from what to what.
EDITS: list[tuple[Edit | EditCell, list[Moved]]] = [
    (
        EditCell(
            "PK_CONC.xlsx", "Results", "H6", 0.2706, 30.2706
        ),  # 20 minutes after the first dose, one of three
        [
            # The mean of three moves by 10.
            Moved("concentrations", "day1.0.333", "10", "mean"),
            Moved("t3", "day1.AUCIFO", "10", "geometric_mean"),
        ],
    ),
    (
        Edit(
            "LAB_LOCAL.txt",
            {"SUBJECT": "001", "FOLDERNAME": "C1D8", "LBTEST": "ALT"},
            {"LBORRES": "43"},
            encoding="gb18030",
            delimiter=";",
        ),
        [Moved("liver", "change.ALT", "10", "mean")],  # 43 instead of 16: one of 27 changes moves by 27
    ),
    (
        Edit("DM.csv", {"SUBJECT": "002"}, {"SEX": "Male", "SEX_STD": "M"}),
        [
            Moved("t1", "sex.M", "total", "count", "8", "9"),
            Moved("t1", "sex.F", "total", "count", "16", "15"),
        ],
    ),
    (
        Edit("AE.csv", AE_001, {"AETOXGR": "Grade 2", "AETOXGR_STD": "2"}),
        [
            Moved("t2", "trae.any.grade1", "10", "count", "3", "2"),
            Moved("t2", "trae.any.grade2", "10", "count", "0", "1"),
        ],
    ),
    (
        Edit(
            "AE.csv",
            {"SUBJECT": "003", "RECORDPOSITION": "1"},
            {"AESER": "Yes", "AESER_STD": "Y", "AEDLT": "1"},
        ),
        [
            Moved("overview", "ae.serious", "total", "count", "5", "6"),
            Moved("serious", "sae.6", "USUBJID", "text"),
            Moved("escalation", "dlt.dlt", "10", "count", "0", "1"),
        ],
    ),
    (
        Edit("AE.csv", {"SUBJECT": "002", "RECORDPOSITION": "2"}, {"AEPT": "Pyrexia"}),
        [Moved("soc", "teae.Not coded.Pyrexia", "total", "count")],
    ),
    (
        Edit("EOT.csv", {"SUBJECT": "002"}, {"EOTREAS": "Adverse event", "EOTREAS_STD": "ADVERSE EVENT"}),
        [
            Moved("disposition", "reason.ADVERSE EVENT", "total", "count", "2", "3"),
            Moved("disposition", "end.COMPLETED", "total", "count", "19", "18"),
        ],
    ),
    (
        Edit("RSP.csv", {"SUBJECT": "002"}, {"RSPOVR": "PR", "RSPTRG": "PR"}),
        [
            Moved("response", "bor.PD", "total", "count", "12", "11"),
            Moved("response", "bor.PR", "total", "count", "0", "1"),
            Moved("pfs", "days.events", "all", "count", "17", "16"),
        ],
    ),
    (
        Edit("PC.csv", {"SUBJECT": "001", "FOLDERNAME": "C1D1", "PCTPT": "1 h"}, {"PCTIM_RAW": "09:35"}),
        [Moved("t3", "day1.TMAX", "10", "maximum"), Moved("t3", "day1.AUCLST", "10", "geometric_mean")],
    ),
    (
        Edit("PC.csv", {"SUBJECT": "001", "FOLDERNAME": "C1D28", "PCTPT": "1 h"}, {"PCTIM_RAW": "09:20"}),
        [Moved("t4", "day28.AUCTAU", "10", "geometric_mean"), Moved("t4", "day28.ARAUC", "10", "mean")],
    ),
]


@pytest.fixture(scope="module")
def changed(rerun: Any) -> Run:
    done: Run = rerun("lxi15029", [edit for edit, _ in EDITS])
    return done


@pytest.mark.parametrize("cell", [cell for _, moved in EDITS for cell in moved], ids=str)
def test_a_raw_value_moves_a_stated_cell(lxi_run: Run, changed: Run, cell: Moved) -> None:
    check(cell, lxi_run, changed)


def test_means_move_by_what_a_raw_value_says(lxi_run: Run, changed: Run) -> None:
    """One of three concentrations 30 higher: the mean 10 higher. One of 27 changes of ALT 27 higher: 1 higher."""
    before, after = cells(lxi_run), cells(changed)
    for key, moved in (
        (("concentrations", "day1.0.333", "10", "mean"), 10.0),
        (("liver", "change.ALT", "10", "mean"), 1.0),
    ):
        first, second = before[key], after[key]
        assert isinstance(first, float) and isinstance(second, float)
        assert second - first == pytest.approx(moved)


def test_every_printed_number_is_equal_or_explained(lxi_run: Run) -> None:
    counted = nothing_differs(lxi_run)
    assert counted["explained"] <= 10 and counted["not derived"] <= 9


def test_no_printed_number_is_left_out(shared: Path, lxi_run: Run) -> None:
    no_printed_number_is_left_out(published(shared, "lxi15029"), lxi_run)


def test_the_files_of_the_report(lxi_run: Run) -> None:
    folder = lxi_run.out / "reports"
    with (folder / "results.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    chosen = {"table": "t1", "row": "sex.M", "column": "total", "statistic": "percent"}
    (row,) = [row for row in rows if chosen.items() <= row.items()]
    assert (row["value"], row["unit"], row["n"], row["N"]) == ("33.3333333333", "%", "8", "24")
    assert (row["source"], row["condition"]) == ("ADSL", "(SAFFL = 'Y') AND (SEX = 'M')")
    page = (folder / "tables.html").read_text(encoding="utf-8")
    assert "SYNTHETIC DATA" in page and page.count("<svg") == 7 and "473.90 (64.20)" in page
    assert sorted(path.stem for path in (folder / "figures").iterdir()) == [
        "concentration_day1",
        "concentration_day28",
        "pfs",
        "pfs_tumour",
        "spider",
        "swimmer",
        "waterfall",
    ]


def test_figures_show_the_published_subjects(lxi_run: Run) -> None:
    """Fig. 4: 20 subjects with PFS; Results: one dose-limiting toxicity."""
    assert lxi_run.report is not None
    figures = {figure.plan.id: figure.svg for figure in lxi_run.report.figures}
    assert "All subjects: 17/20, median 1.0 (1.0–4.6)" in figures["pfs"]
    assert "Subjects (n = 20)" in figures["waterfall"]
    assert figures["spider"].count("<polyline") == 20
