"""The flow of subjects: numbers that add up, reasons, groups, and what is refused. Subjects as in conftest.py."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from specs.problems import ProblemsFound

HEAD = """\
figures:
  flow:
    title: "Flow <of> subjects"
    groups: {a: {label: Arm A, where: ARM = 'A'}, b: {label: Arm B, where: ARM = 'B'}}
    draw:
      flow:
        boxes:
"""
TREATED = """\
          all: {label: Screened}
          treated: {label: Treated, where: SAFFL = 'Y', left: {label: Not treated, reasons: {by: ARM}}}
"""


def flow(report: Any, boxes: str) -> str:
    svg: str = report(HEAD + boxes).figures[0].svg
    return svg


def said(svg: str) -> list[str]:
    """The boxes, as a reader who does not see them gets them."""
    found = ElementTree.fromstring(svg).find("{http://www.w3.org/2000/svg}desc")
    assert found is not None and found.text is not None
    return found.text.split("; ")


def test_who_left_is_who_did_not_come(report: Any) -> None:
    """Nine subjects, S9 of arm C without treatment."""
    assert said(flow(report, TREATED)) == ["Screened (n = 9)", "Not treated (n = 1): C 1", "Treated (n = 8)"]


def test_a_column_for_each_group_and_one_box_for_all_again(report: Any) -> None:
    """Women are S1, S2 in A (S4 has no sex) and all of B; DLT: evaluable are S1 to S3 and S5 to S8."""
    svg = flow(
        report,
        TREATED
        + """\
          arm: {label: Arm, each: true}
          women: {label: Women, each: true, where: SEX = 'F', left: {label: Others, reasons: {by: SEX}}}
          sets: {label: Safety, each: true, of: arm, sets: {Evaluable: DLTEVLFL = 'Y', DLT: DLTFL = 'Y'}}
          end: {label: Analysed, of: treated}
""",
    )
    assert said(svg)[3:] == [
        "Arm A: Arm (n = 4)",
        "Arm B: Arm (n = 4)",
        "Arm A: Women (n = 2)",
        "Others (n = 2): M 1, Not stated 1",
        "Arm B: Women (n = 4)",
        "Others (n = 0)",
        "Arm A: Safety (n = 4): Evaluable 3, DLT 1",
        "Arm B: Safety (n = 4): Evaluable 4, DLT 0",
        "Analysed (n = 8)",
    ]


def test_reasons_from_another_dataset_in_the_order_of_values(report: Any) -> None:
    """Of the eight treated, the first event of S1, S2, S3, S5, S6 by class; S4, S7, S8 have none."""
    boxes = TREATED + (
        "          events:\n            label: Treated\n            reasons: {from: ADAE, by: AEDECOD, "
        "where: 'ASTDY IN (2, 5, 6, 7, 8)', missing: No event, values: {Rash: Rash, Nausea: Nausea}}\n"
    )
    assert said(flow(report, boxes))[-1] == "Treated (n = 8): Rash 2, Nausea 3, No event 3"


def test_every_text_stands_inside_its_box_and_every_arrow_ends_at_one(report: Any) -> None:
    from sdtm.reports.text_width import text_width

    svg = flow(
        report, TREATED + "          arm: {label: A rather long name of a box that breaks, each: true}\n"
    )
    root = ElementTree.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    boxes = [
        tuple(float(box.get(name, "0")) for name in ("x", "y", "width", "height"))
        for box in root.iter(f"{space}rect")
        if box.get("stroke")
    ]
    assert len(boxes) == 5
    texts = list(root.iter(f"{space}text"))
    for text in texts:
        x, y = float(text.get("x", "0")), float(text.get("y", "0"))
        wide = text_width(text.text or "", 12, bold=text.get("font-weight") == "bold")
        assert any(
            left <= x and x + wide <= left + width and top < y < top + height
            for left, top, width, height in boxes
        ), text.text
    tips = [re.split("[ ,]", head.get("points", ""))[:2] for head in root.iter(f"{space}polygon")]
    assert len(tips) == 4  # to those who left, to the treated, to each arm
    edges = {(round(left + width / 2, 2), top) for left, top, width, height in boxes}
    edges |= {(left, round(top + height / 2, 2)) for left, top, width, height in boxes}
    assert {(round(float(x), 2), float(y)) for x, y in tips} <= edges


@pytest.mark.parametrize(
    ("boxes", "rule", "found"),
    [
        # S9 was not treated, and is male as S3.
        (TREATED + "          men: {label: Men, where: SEX = 'M'}\n", "outside-flow", "such as S9"),
        ("          all: {label: All, each: true}\n", "flow-split", "such as S9"),
        (
            TREATED + "          x: {label: X, reasons: {from: ADAE, by: AEDECOD}}\n",
            "repeated-subject",
            "such as S1",
        ),
        (
            TREATED + "          x: {label: X, reasons: {by: SEX, values: {F: F}}}\n",
            "value-without-row",
            "'M'",
        ),
        (TREATED + "          x: {label: X, reasons: {by: SEXX}}\n", "unknown-column", "'SEXX'"),
        (TREATED + "          x: {label: X, reasons: {from: ADEA, by: SEX}}\n", "unknown-dataset", "'ADEA'"),
        (TREATED + "          x: {label: X, where: SEXX = 'F'}\n", "unknown-column", "'SEXX'"),
        (TREATED + "          x: {label: X, of: later}\n          later: {label: Y}\n", "bad-value", "flow"),
        (
            TREATED + "          x: {label: X, each: true}\n          y: {label: Y, of: x}\n",
            "bad-value",
            "flow",
        ),
    ],
)
def test_numbers_that_would_not_add_up_are_refused(report: Any, boxes: str, rule: str, found: str) -> None:
    with pytest.raises(ProblemsFound) as error:
        flow(report, boxes)
    (problem,) = error.value.problems
    assert problem.id == rule and found in problem.found and problem.where.file == "tables.yaml"
