"""Tables and figures of LXI-15029: equal to the article, moved by the raw data, the same in every run."""

from __future__ import annotations

import csv
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from docx import Document as read_docx
from docx.oxml.ns import qn
from mutation import (
    Drawn,
    Edit,
    EditCell,
    Moved,
    cell_name,
    cells,
    check,
    edit_text,
    nothing_unmoved,
    rerun,
)
from published import published
from record_checks import (
    Delivery,
    conditions_select_the_records,
    counts_recount,
    every_number_has_its_records,
    means_recompute,
)
from table_checks import no_printed_number_is_left_out, nothing_differs

from sdtm.run_study import Run

pytestmark = pytest.mark.xdist_group("lxi15029")
__all__ = ["rerun"]

AE_001 = {"SUBJECT": "001", "RECORDPOSITION": "1"}
# Every edit is of one raw record; beside it the cells that move, and where it can be said by hand, from what to what.
EDITS: list[tuple[Edit | EditCell, list[Moved | Drawn]]] = [
    (
        EditCell(
            "PK_CONC.xlsx", "Results", "H6", 0.2706, 30.2706
        ),  # 20 minutes after the first dose, one of three
        [
            # The mean of three moves by 10.
            Moved("concentrations", "day1.0.333", "10", "mean"),
            Moved("t3", "day1.AUCIFO", "10", "geometric_mean"),
            Drawn("concentration_day1", "10 mg, 0.333: "),
            Drawn("profiles_day1", "LXI15029-01-001"),
        ],
    ),
    (
        EditCell("PK_CONC.xlsx", "Results", "H22", 99.4723, 129.4723),  # 1 hour after the dose of day 28
        [Drawn("concentration_day28", "10 mg, 1: "), Moved("t4", "day28.CMAX", "10", "geometric_mean")],
    ),
    (
        Edit("TUR.csv", {"SUBJECT": "033", "FOLDERNAME": "Tumor Week 12"}, {"TURDIAM": "16.5"}),
        [  # 17.5 and 16.5 against 22.3 mm at baseline
            Drawn("waterfall", "LXI15029-01-033: ", "-21.5%", "-26.0%"),
            Drawn("spider", "LXI15029-01-033, 85: ", "-21.5", "-26.0"),
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
            Drawn("events", "10 mg, Nausea: 2 of 3, highest grade ", "1", "2"),
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
            Drawn("flow", "10 mg: Completed treatment (n = ", "3)", "2)"),
        ],
    ),
    (
        Edit("RSP.csv", {"SUBJECT": "002"}, {"RSPOVR": "PR", "RSPTRG": "PR"}),
        [
            Moved("response", "bor.PD", "total", "count", "12", "11"),
            Moved("response", "bor.PR", "total", "count", "0", "1"),
            Moved("pfs", "days.events", "all", "count", "17", "16"),
            Drawn("pfs", "All subjects: ", "17/20, median 1.0 (1.0–4.6)", "16/20, median 1.0 (1.0–4.6)"),
            Drawn("pfs_tumour", "Breast cancer: ", "8/9, median 1.0 (0.9–4.6)", "7/9, median 2.8 (0.9–4.6)"),
            Drawn("swimmer", "LXI15029-01-002, Progression: day"),
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


@pytest.mark.parametrize(
    ("edit", "cell"),
    [(edit, cell) for edit, moved in EDITS for cell in moved],
    ids=lambda part: type(part).__name__,
)
def test_a_raw_value_moves_a_stated_cell(
    lxi_run: Run,
    changed: Run,
    edit: Edit | EditCell,
    cell: Moved | Drawn,
    record_property: Any,
) -> None:
    before, after = check(cell, lxi_run, changed)
    record_property("raw edit", ("lxi15029", cell_name(cell), edit_text(edit), before, after))


def test_every_table_and_figure_is_moved(lxi_run: Run) -> None:
    nothing_unmoved(lxi_run, EDITS)


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
    assert "SYNTHETIC DATA" in page and page.count("<svg") == 10 and "473.90 (64.20)" in page
    assert sorted(path.stem for path in (folder / "figures").iterdir()) == [
        "concentration_day1",
        "concentration_day28",
        "events",
        "flow",
        "pfs",
        "pfs_tumour",
        "profiles_day1",
        "spider",
        "swimmer",
        "waterfall",
    ]


def test_numbers_recount_from_their_records(lxi_run: Run) -> None:
    found = Delivery(lxi_run.out)
    every_number_has_its_records(found)
    assert counts_recount(found) == 150
    assert conditions_select_the_records(found) >= 60
    assert means_recompute(found, ["t3", "t4"], "AVAL") >= 100


def test_the_flow_has_the_printed_numbers(lxi_run: Run) -> None:
    """Results, Characteristics: 35 screened, 11 failures, 24 treated, 3 or 4 at each level, 19 completed; four
    kinds of reasons; 20 evaluable for response. ``expected.yaml`` has the same facts as ``flow.*``."""
    assert lxi_run.report is not None
    (svg,) = [figure.svg for figure in lxi_run.report.figures if figure.plan.id == "flow"]
    said = unescape(svg.partition("<desc>")[2].partition("</desc>")[0]).split("; ")
    assert said[0] == "Screened (n = 35)" and said[1].startswith("Screen failures (n = 11): ")
    assert said[2] == "Enrolled and treated (n = 24)"
    doses = {"10": 3, "20": 3, "40": 3, "60": 4, "80": 4, "110": 3, "150": 4}
    assert said[3:10] == [f"{dose} mg: Treated (n = {count})" for dose, count in doses.items()]
    completed = [int(text.partition("n = ")[2].rstrip(")")) for text in said if "Completed treatment" in text]
    assert len(completed) == 7 and sum(completed) == 19
    left = [text for text in said if text.startswith("Discontinued (n = ")]
    reasons: Counter[str] = Counter()
    for text in left:
        for reason in text.partition("): ")[2].split(", ") if ": " in text else []:
            name, _, count = reason.rpartition(" ")
            reasons[name] += int(count)
    assert reasons == {
        "Adverse event": 2,
        "Withdrawal of consent": 1,
        "Protocol deviation": 1,
        "Dose-limiting toxicity": 1,
    }
    assert said[-1].startswith("All levels: analysed for safety (n = 24)") and "response 20" in said[-1]


def test_the_report_as_documents(lxi_run: Run) -> None:
    """Every table and figure is in each form; the figures of the articles stand in their cells."""
    folder = lxi_run.out / "reports"
    read = read_docx(str(folder / "tables.docx"))
    assert len(read.tables) == 13 and len(read.inline_shapes) == 10
    texts = {text.text for table in read.tables for text in table._tbl.iter(qn("w:t"))}
    assert "473.90 (64.20)" in texts  # Table 3, Cmax of 20 mg
    rtf = (folder / "tables.rtf").read_text("ascii")
    assert rtf.count("\\emfblip") == 10 and rtf.count("\\trhdr") == 13
    assert "Table 14.4.1" in rtf and "SYNTHETIC DATA" in rtf and " 473.90 (64.20)\\cell" in rtf
    assert "SYNTHETIC DATA" in read.sections[0].header.paragraphs[0].text


def test_figures_show_the_published_subjects(lxi_run: Run) -> None:
    """Fig. 4: 20 subjects with PFS; Results: one dose-limiting toxicity."""
    assert lxi_run.report is not None
    figures = {figure.plan.id: figure.svg for figure in lxi_run.report.figures}
    assert "All subjects: 17/20, median 1.0 (1.0–4.6)" in figures["pfs"]
    assert "Subjects (n = 20)" in figures["waterfall"]
    assert figures["spider"].count("<polyline") == 20


def test_the_diff_tells_the_raw_edits_and_what_they_do(lxi_run: Run, changed: Run) -> None:
    """Expected values are those of EDITS: what each edit says, and no other value of those variables."""
    from sdtm.trace.diff.compare import diff
    from sdtm.trace.diff.listing import value_rows

    assert diff(lxi_run.out, lxi_run.out).is_equal
    found = diff(lxi_run.out, changed.out)
    values = {}
    for row in value_rows(found):
        values.setdefault(f"{row.dataset}.{row.variable}", set()).add((row.subject[-3:], row.old, row.new))
    assert values["DM.SEX"] == {("002", "F", "M")}
    assert values["AE.AETOXGR"] == {("001", "1", "2")}
    assert values["AE.AESER"] == {("003", "N", "Y")}
    assert values["LB.LBSTRESN"] == {("001", 16.0, 43.0)}
    assert values["PC.PCSTRESN"] == {("001", 0.2706, 30.2706), ("001", 99.4723, 129.4723)}
    effects = {
        effect.place: [(r.subject[-3:], r.old, r.new) for r in effect.rows] for effect in found.effects
    }
    assert effects["ADRS.AVALC of BOR"] == [("002", "PD", "PR")]
    assert effects["ADSL.DLTFL"] == [("003", "N", "Y")]
    assert effects["ADSL.DCTREAS"] == [("002", "(missing)", "ADVERSE EVENT")]
    assert not {"ADSL.SAFFL", "ADSL.DTHFL", "ADAE.TRTEMFL"} & effects.keys()
    # A coded event of subject 002 sorts elsewhere: the same records under other numbers, and no change of SUPPAE.
    assert len(found.datasets["AE"].moved) == len(found.datasets["SUPPAE"].moved) == 2
    assert not {"SUPPAE.IDVARVAL", "AE.AESEQ", "ADAE.AESEQ"} & values.keys()
