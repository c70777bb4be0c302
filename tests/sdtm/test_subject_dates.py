"""Reference dates of DM and the elements that subjects passed. SDTMIG 3.4, 5.2 and 5.3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

STUDY = """
    study: X1
    raw: {datasets: {dm: {file: dm.csv}, ex: {file: ex.csv}, ds: {file: ds.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    elements:
      - {ETCD: SCRN, ELEMENT: Screening, EPOCH: SCREENING, start: {earliest: DM.RFICDTC}}
      - {ETCD: TRT, ELEMENT: Treatment, EPOCH: TREATMENT, start: {earliest: EX.EXSTDTC, where: EXDOSE > 0}}
      - ETCD: FU
        ELEMENT: Follow-up
        EPOCH: FOLLOW-UP
        start: {latest: EX.EXSTDTC, days_after: 1}
        end: {latest: DS.DSSTDTC}
"""
DATE = "format: [yyyy-MM-dd, \"yyyy-MM-dd'T'HH:mm\", yyyy-MM]"
EX = f"domain: EX\nsources: [{{from: ex, map: {{EXTRT: {{value: A}}, EXDOSE: DOSE, EXSTDTC: {{date: D, {DATE}}}}}}}]\n"
DS = f"""
    domain: DS
    sources: [{{from: ds, map: {{DSTERM: T, DSDECOD: {{column: T, codelist: none}}, DSSTDTC: {{date: D, {DATE}}}}}}}]
"""
RAW = {
    "dm.csv": "PT,ARM,IC\n1,A,2024-01-01\n2,A,2024-01-02\n3,SF,2024-01-03\n4,A,2024-01-04\n",
    "ex.csv": """
        PT,DOSE,D
        1,0,2024-01-05
        1,5,2024-01-07
        1,5,2024-01-06T10:30
        2,5,2024-02
        4,5,2024-01-10
        9,5,2024-01-01
    """,
    "ds.csv": "PT,T,D\n1,COMPLETED,2024-03-01\n2,DEATH,2024-03-02\n1,LAST VISIT,2024-02-20\n",
}


def converted(convert_study: Callable[..., Any], *rules: str, study: str = STUDY) -> Any:
    dm = (
        f"domain: DM\nsources: [{{from: dm, map: {{ARM: ARM, RFICDTC: {{date: IC, {DATE}}}}}}}]\nreference_dates:\n"
        + "".join(f"  {rule}\n" for rule in rules)
    )
    return convert_study(study, {"dm": dm, "ex": EX, "ds": DS, "se": "domain: SE\nelements: true\n"}, RAW)


def column(made: Any, name: str, dataset: str = "DM") -> list[str | None]:
    return [v if isinstance(v, str) else None for v in made.datasets[dataset].frame[name].astype(object)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{earliest: EX.EXSTDTC}", ["2024-01-05", "2024-02", None, "2024-01-10"]),
        ("{earliest: EX.EXSTDTC, where: EXDOSE > 0}", ["2024-01-06T10:30", "2024-02", None, "2024-01-10"]),
        ("{latest: EX.EXSTDTC}", ["2024-01-07", "2024-02", None, "2024-01-10"]),
        (
            "{earliest: EX.EXSTDTC, where: EX.EXDOSE > 0, precision: date}",
            ["2024-01-06", "2024-02", None, "2024-01-10"],
        ),
        ("{latest: EX.EXSTDTC, days_after: 30}", ["2024-02-06", None, None, "2024-02-09"]),
        ("{latest: [EX.EXSTDTC, DS.DSSTDTC]}", ["2024-03-01", "2024-03-02", None, "2024-01-10"]),
        ("{latest: DS.DSSTDTC, where: DSTERM = 'LAST VISIT'}", ["2024-02-20", None, None, None]),
        ("{earliest: DM.RFICDTC, when: ARM <> 'SF'}", ["2024-01-01", "2024-01-02", None, "2024-01-04"]),
    ],
)
def test_rules_of_reference_dates(convert_study, rule, expected):
    assert column(converted(convert_study, f"RFSTDTC: {rule}"), "RFSTDTC") == expected


def test_a_date_may_follow_from_the_one_above(convert_study):
    made = converted(
        convert_study, "RFSTDTC: {earliest: EX.EXSTDTC}", "RFPENDTC: {latest: DM.RFSTDTC, days_after: 1}"
    )
    assert column(made, "RFPENDTC") == ["2024-01-06", None, None, "2024-01-11"]


def test_elements_end_where_the_next_begins(convert_study):
    made = converted(convert_study, "RFSTDTC: {earliest: EX.EXSTDTC}")
    found = list(
        zip(
            *(column(made, name, "SE") for name in ("USUBJID", "ETCD", "SESTDTC", "SEENDTC", "EPOCH")),
            strict=True,
        )
    )
    assert found == [
        ("X1-1", "SCRN", "2024-01-01", "2024-01-06T10:30", "SCREENING"),
        ("X1-1", "TRT", "2024-01-06T10:30", "2024-01-08", "TREATMENT"),
        ("X1-1", "FU", "2024-01-08", "2024-03-01", "FOLLOW-UP"),
        ("X1-2", "SCRN", "2024-01-02", "2024-02", "SCREENING"),
        ("X1-2", "TRT", "2024-02", None, "TREATMENT"),
        ("X1-3", "SCRN", "2024-01-03", None, "SCREENING"),
        ("X1-4", "SCRN", "2024-01-04", "2024-01-10", "SCREENING"),
        ("X1-4", "TRT", "2024-01-10", "2024-01-11", "TREATMENT"),
        ("X1-4", "FU", "2024-01-11", None, "FOLLOW-UP"),
    ]


def test_elements_out_of_order_are_told(convert_study):
    study = STUDY.replace("earliest: DM.RFICDTC", "latest: DS.DSSTDTC")
    made = converted(convert_study, "RFSTDTC: {earliest: EX.EXSTDTC}", study=study)
    told = [(f.rule, f.severity, f.places[0].keys) for f in made.findings if f.dataset == "SE"]
    assert told and told[0] == ("element-out-of-order", "error", (("USUBJID", "X1-1"),))


def test_epoch_follows_the_elements_a_subject_really_passed(convert_study):
    """Trap 8: not a fixed range of days. Subject 2 began treatment some day in February and has no end of it."""
    made = converted(convert_study, "RFSTDTC: {earliest: EX.EXSTDTC}")
    rows = list(zip(column(made, "DSTERM", "DS"), column(made, "EPOCH", "DS"), strict=True))
    assert rows == [("COMPLETED", "FOLLOW-UP"), ("LAST VISIT", "FOLLOW-UP"), ("DEATH", "TREATMENT")]
