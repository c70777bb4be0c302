"""TAETORD and EPOCH of elements in the arm of a subject. SDTMIG 3.4, 5.3: order within the subject's assigned arm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sdtm import columns
from sdtm.finishing.planned_elements import planned_places

DESIGN = {
    "A": [("SCRN", "SCREENING"), *[(code, "TREATMENT") for code in ("TRTA", "REST", "TRTA")], ("FU", "FOLLOW-UP")],
    "B": [("SCRN", "SCREENING"), ("FU", "OBSERVATION")],
}  # fmt: skip


def places(*pairs: tuple[str, str | None]) -> list[tuple[float | None, str | None, bool]]:
    codes, arms = columns.text([code for code, _ in pairs]), columns.text([arm for _, arm in pairs])
    found = planned_places(codes, arms, DESIGN)
    orders = [None if order != order else order for order in found.order.tolist()]
    epochs = [epoch if isinstance(epoch, str) else None for epoch in found.epoch.astype(object)]
    return list(zip(orders, epochs, found.foreign.tolist(), strict=True))


def test_the_order_is_that_of_the_arm() -> None:
    assert places(("FU", "A"), ("FU", "B"), ("SCRN", "B"), ("TRTA", "A")) == [
        (5.0, "FOLLOW-UP", False),
        (2.0, "OBSERVATION", False),
        (1.0, "SCREENING", False),
        (2.0, "TREATMENT", False),  # twice in the arm: the first place
    ]


def test_an_element_that_the_arm_does_not_have_has_no_order() -> None:
    assert places(("TRTA", "B"), ("EXT", "A")) == [(None, None, True), (None, None, True)]


def test_without_an_arm_the_order_counts_where_all_arms_agree() -> None:
    """A screen failure, and a subject whose arm is not in TA."""
    assert places(("SCRN", None), ("FU", None), ("SCRN", "Z"), ("EXT", None)) == [
        (1.0, "SCREENING", False),
        (None, None, False),
        (1.0, "SCREENING", False),
        (None, None, False),
    ]


def test_se_follows_the_arm_of_each_subject(convert_study: Callable[..., Any]) -> None:
    study = """
        study: X1
        raw: {datasets: {dm: {file: dm.csv}}}
        subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
        elements:
          - {ETCD: SCRN, ELEMENT: Screening, EPOCH: SCREENING, start: {earliest: DM.RFICDTC}}
          - {ETCD: TRTA, ELEMENT: Drug A, EPOCH: TREATMENT, start: {earliest: DM.RFSTDTC, when: ARMCD <> 'B'}}
          - {ETCD: TRTB, ELEMENT: Drug B, EPOCH: TREATMENT, start: {earliest: DM.RFSTDTC, when: ARMCD = 'B'}}
          - {ETCD: FU, ELEMENT: Follow-up, EPOCH: FOLLOW-UP, start: {earliest: DM.RFENDTC}}
        arms:
          - {ARMCD: A, ARM: Drug A, elements: [SCRN, TRTA, FU]}
          - {ARMCD: B, ARM: Drug B, elements: [SCRN, TRTB, {ETCD: FU, EPOCH: OBSERVATION}]}
          - {ARMCD: C, ARM: Observation, elements: [SCRN]}
    """
    dm = """
        domain: DM
        sources: [{from: dm, map: {ARMCD: ARM, RFICDTC: {date: IC, format: yyyy-MM-dd},
                   RFSTDTC: {date: ST, format: yyyy-MM-dd}, RFENDTC: {date: EN, format: yyyy-MM-dd}}}]
    """
    raw = (
        "PT,ARM,IC,ST,EN\n1,A,2024-01-01,2024-01-10,2024-02-01\n2,B,2024-01-01,2024-01-10,2024-02-01\n"
        "3,,2024-01-01,,\n4,C,2024-01-01,2024-01-10,\n"
    )
    made = convert_study(study, {"dm": dm, "se": "domain: SE\nelements: true\n"}, {"dm.csv": raw})
    frame = made.datasets["SE"].frame[["USUBJID", "ETCD", "TAETORD", "EPOCH"]].astype(object)
    found = {
        (row[0][-1], row[1]): tuple(None if v != v else v for v in row[2:])
        for row in frame.to_numpy().tolist()
    }
    assert found == {
        ("1", "SCRN"): (1.0, "SCREENING"),
        ("1", "TRTA"): (2.0, "TREATMENT"),
        ("1", "FU"): (3.0, "FOLLOW-UP"),
        ("2", "SCRN"): (1.0, "SCREENING"),
        ("2", "TRTB"): (2.0, "TREATMENT"),
        ("2", "FU"): (3.0, "OBSERVATION"),
        ("3", "SCRN"): (1.0, "SCREENING"),
        ("4", "SCRN"): (1.0, "SCREENING"),
        ("4", "TRTA"): (None, "TREATMENT"),
    }
    (finding,) = [f for f in made.findings if f.rule == "element-not-in-arm"]
    assert (finding.found, finding.count) == ("element TRTA of subjects whose arm C does not have it", 1)
    assert finding.places[0].keys == (("USUBJID", "X1-4"),)
