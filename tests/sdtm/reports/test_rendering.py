"""Cells, tables and figures as people see them."""

from __future__ import annotations

import math
from typing import Any
from xml.etree import ElementTree

import pytest

from sdtm.reports.cells import cell_text
from sdtm.reports.rendering import report_html, report_text
from sdtm.reports.results import results_csv, value_text
from sdtm.reports.svg import COLOURS, ticks

FIGURES = """\
figures:
  km:
    title: "Curve <b>"
    where: SAFFL = 'Y'
    groups: {a: {label: "Arm <A>", where: ARM = 'A'}, b: {where: ARM = 'B'}}
    draw: {kaplan_meier: {where: "PARAMCD = 'PFS'", every: 2}}
  fall:
    title: Waterfall
    where: SAFFL = 'Y'
    draw: {waterfall: {}}
  spider:
    title: Spider
    where: SAFFL = 'Y'
    draw: {spider: {}}
  swim:
    title: Swimmer
    where: SAFFL = 'Y'
    draw: {swimmer: {marks: {Event: {from: ADAE, day: ASTDY}}}}
  conc:
    title: Concentrations
    where: SAFFL = 'Y' AND ARM = 'A'
    draw: {concentration_time: {}}
"""


@pytest.mark.parametrize(
    ("template", "cell", "shown"),
    [
        (
            "{median:1} ({minimum:0}–{maximum:0})",
            {"median": 47.5, "minimum": 24.0, "maximum": 66.0},
            "47.5 (24–66)",
        ),
        ("{mean:2}", {"mean": 2.675}, "2.68"),  # half away from zero on decimal text; round() gives 2.67
        ("{mean:1}", {"mean": -0.05}, "-0.1"),
        ("{mean:1}", {"mean": math.nan}, "NE"),
        ("{count:c}", {"count": 22}, "22 (25.3)"),  # of 87
        ("{count:c}", {"count": 0}, "0"),
        ("{count:c}", {"count": 87}, "87 (100)"),
        ("{p:p}", {"p": 0.0004}, "<0.001"),
        ("{mean:s3}", {"mean": 147.2347}, "147"),
        ("{mean:1}", {}, "–"),
    ],
)
def test_cells(template: str, cell: dict[str, Any], shown: str) -> None:
    assert cell_text(template, {name: (value, 87) for name, value in cell.items()}) == shown


def test_values_are_not_rounded_in_the_results() -> None:
    assert [value_text(v) for v in (1 / 3, 22, math.nan, -0.0, "a")] == [
        "0.333333333333",
        "22",
        "NE",
        "0",
        "a",
    ]


def test_every_text_of_spec_and_data_is_escaped(report: Any, frames: Any) -> None:
    frames["ADSL"]["ARM"] = frames["ADSL"]["ARM"].replace({"A": "<script>alert(1)</script>"})
    made = report("""\
        tables:
          t:
            title: "<i>Title</i>"
            footnotes: ["a & b"]
            where: SAFFL = 'Y'
            columns: {by: ARM}
            rows: [{summary: {id: age, label: "<b>", value: AGE}}]
    """)
    page = report_html(made, "<u>", "<s>")
    assert not any(tag in page for tag in ("<script>", "<i>", "<b>", "<u>", "<s>"))
    assert "&lt;script&gt;" in page and "a &amp; b" in page


def test_a_table_as_text(report: Any) -> None:
    text = report_text(
        report("""\
        tables:
          t:
            title: Age
            where: SAFFL = 'Y'
            columns: {by: DOSE, labels: {10: 10 mg}, total: All}
            rows: [{summary: {id: age, label: "Age, years", value: AGE, statistics: [median_range]}}]
    """)
    )
    assert text.splitlines()[2].endswith("  All (N=8)")
    assert "10 mg (N=4)" in text and "45.0 (30–60)" in text and "41.0 (30–60)" in text


def test_rows_and_order_of_data_change_nothing(report: Any, frames: Any) -> None:
    text = (
        FIGURES
        + """\
tables:
  t:
    title: All
    where: SAFFL = 'Y'
    columns: {by: ARM}
    rows:
      - events_by_term: {id: ae}
      - response: {id: bor, absent: NE}
"""
    )
    first = report(text)
    for name in frames:
        frames[name] = frames[name].iloc[::-1]
    second = report(text)
    assert results_csv(first.results) == results_csv(second.results)
    assert [figure.svg for figure in first.figures] == [figure.svg for figure in second.figures]


def test_figures_are_wellformed_and_say_what_they_show(report: Any) -> None:
    made = {figure.plan.id: figure.svg for figure in report(FIGURES).figures}
    texts = {}
    for name, svg in made.items():
        root = ElementTree.fromstring(svg)
        assert root.tag == "{http://www.w3.org/2000/svg}svg" and root.get("role") == "img"
        texts[name] = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
    # Arm A: 2, 4, 6+, 8: at risk 4, 4, 3, 2, 1 at 0, 2, 4, 6, 8 months.
    place = texts["km"].index("At risk")
    assert texts["km"][place + 1 : place + 7] == ["Arm <A>", "4", "4", "3", "2", "1"]
    assert "Arm <A>: 3/4, median 6.0 (2.0–NE)" in texts["km"]
    assert made["fall"].count("<rect") == 1 + 4 and "Subjects (n = 4)" in texts["fall"]
    assert made["spider"].count("<polyline") == 4
    assert made["swim"].count("<rect") == 1 + 8
    assert "S8" in texts["swim"] and "S9" not in texts["swim"]
    assert "Event" in texts["swim"]
    assert texts["conc"].count("Nominal time after dose (h)") == 2


def test_individual_profiles_have_a_line_for_each_subject(report: Any) -> None:
    """S1 to S4 have values; on the logarithmic side those of 0 are left out, a single point is no line to see."""
    text = "figures:\n  f:\n    title: P\n    where: ARM = 'A'\n    draw: {concentration_profiles: {rule: missing}}\n"
    svg = report(text).figures[0].svg
    assert svg.count("<polyline") == 2 * 4  # S1, S2, S3 at 1 h, S4 before the dose
    assert "4 subjects" in svg


BUTTERFLY = """\
figures:
  f:
    title: Events
    where: SAFFL = 'Y'
    groups: {a: {label: A, where: ARM = 'A'}, b: {label: B, where: ARM = 'B'}}
    draw: {event_butterfly: {}}
"""


def test_a_butterfly_counts_each_subject_at_the_highest_grade(report: Any) -> None:
    """Nausea in A: S1 at 3 (not at 1), S2 at 2; in B: S5 at 4. One of four subjects is a quarter of 260 pixels."""
    svg = report(BUTTERFLY).figures[0].svg
    bars = [line for line in svg.splitlines() if "<title>" in line and "<rect" in line]
    nausea = [line.partition("<title>")[2].partition("<")[0] for line in bars if "Nausea" in line]
    assert nausea == ["A, Nausea, grade 2: 1", "A, Nausea, grade 3: 1", "B, Nausea, grade 4: 1"]
    assert all('width="65"' in line for line in bars if "Nausea" in line)


def test_a_butterfly_has_two_wings(report: Any) -> None:
    from specs.problems import ProblemsFound

    with pytest.raises(ProblemsFound) as error:
        report(
            BUTTERFLY.replace(
                "    groups: {a: {label: A, where: ARM = 'A'}, b: {label: B, where: ARM = 'B'}}\n", ""
            )
        )
    assert [p.id for p in error.value.problems] == ["two-groups"]


def test_waterfall_goes_from_growth_to_shrinkage(report: Any) -> None:
    svg = next(f.svg for f in report(FIGURES).figures if f.plan.id == "fall")
    bars = [line.partition("<title>")[2].partition(":")[0] for line in svg.splitlines() if "<rect" in line]
    assert bars[1:] == ["S3", "S2", "S4", "S1"]  # 42, 10, -5, -35


def test_a_figure_tells_of_a_column_that_is_not_there(report: Any) -> None:
    from specs.problems import ProblemsFound

    with pytest.raises(ProblemsFound) as error:
        report(FIGURES.replace("{spider: {}}", "{spider: {time: ADYY}}"))
    assert [(p.id, p.where.line) for p in error.value.problems] == [("unknown-column", 14)]


def test_round_ticks() -> None:
    assert ticks(0, 100) == pytest.approx([0, 20, 40, 60, 80, 100])
    assert ticks(-40, 85) == pytest.approx([-40, -20, 0, 20, 40, 60, 80])


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colours_stand_out_on_white() -> None:
    """Contrast by WCAG 2.2: graphical objects need 3:1."""

    assert all(1.05 / (luminance(colour) + 0.05) > 3 for colour in COLOURS)


def test_every_number_links_to_its_records(report: Any) -> None:
    made = report("""\
        tables:
          t1:
            title: Age
            where: SAFFL = 'Y'
            columns: {by: ARM}
            rows: [{summary: {id: age, label: "Age, years", value: AGE, statistics: [n, median_range]}}]
    """)
    page = report_html(made, "ST")
    ids = {(r.column, r.statistic): r.id for r in made.results}
    for column, statistic, text in (("A", "n", "4"), ("B", "n", "3"), ("A", "median", "45.0 (30–60)")):
        assert f'<td><a href="records/t1.html#{ids[column, statistic]}">{text}</a></td>' in page


def test_the_page_can_be_printed(report: Any) -> None:
    """Each table or figure begins a page; heads are repeated; the note stands in the margin of every page."""
    page = report_html(report(FIGURES), "ST", 'SYNTHETIC "data" </style>')
    assert page.count("<section") == 5 and "break-before: page" in page
    assert "display: table-header-group" in page and "A4 landscape" in page
    assert page.count("</style>") == 1 and "SYNTHETIC 'data' /style>" in page


HEAT = """\
figures:
  f:
    title: Events
    where: SAFFL = 'Y'
    groups: {a: {label: Arm A, where: ARM = 'A'}, b: {label: Arm B, where: ARM = 'B'}}
    draw: {event_heat_map: {threshold: 30}}
"""


def test_a_heat_map_counts_subjects_and_shades_by_the_highest_grade(report: Any) -> None:
    """Nausea: S1 (grade 3) and S2 (2) of A, S5 (4) of B. Rash: S1 (2) and S3 (1) of A, S6 (1) of B, a quarter."""
    from sdtm.reports.figures.grades import GRADES

    svg = report(HEAT).figures[0].svg
    cells = [line for line in svg.splitlines() if "<title>Arm" in line]
    assert [(line.partition("<title>")[2].partition("<")[0]) for line in cells] == [
        "Arm A, Nausea: 2 of 4, highest grade 3",
        "Arm B, Nausea: 1 of 4, highest grade 4",
        "Arm A, Rash: 2 of 4, highest grade 2",
        "Arm B, Rash: 1 of 4, highest grade 1",
    ]
    for line, grade in zip(cells, (3, 4, 2, 1), strict=True):
        assert f'fill="{GRADES[grade]}"' in line
    assert "Rash" not in report(HEAT.replace("30", "60")).figures[0].svg


def test_texts_on_shades_are_readable() -> None:
    """WCAG 2.2: text needs 4.5:1."""
    from sdtm.reports.figures.grades import TEXT_ON

    for ground, text in TEXT_ON.items():
        light, dark = sorted((luminance(ground), luminance(text)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) > 4.5


def test_a_curve_never_runs_through_its_legend(report: Any) -> None:
    """The legend stands above the axes, however many groups there are."""
    svg = next(f.svg for f in report(FIGURES).figures if f.plan.id == "km")
    root = ElementTree.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    legend = [float(t.get("y", "0")) for t in root.iter(f"{space}text") if "median" in (t.text or "")]
    curves = [
        point.split(",") for line in root.iter(f"{space}polyline") for point in line.get("points", "").split()
    ]
    assert len(legend) == 2 and max(legend) < min(float(y) for _, y in curves)


def test_marks_of_figures_say_what_they_are(report: Any) -> None:
    figures = {f.plan.id: f.svg for f in report(FIGURES).figures}
    assert "<title>S1, 42: -35.0</title>" in figures["spider"]
    assert "<title>S1, Event: day 2</title>" in figures["swim"]
    assert "<title>All subjects, 1: 20</title>" in figures["conc"]  # 10, 20 and 30
