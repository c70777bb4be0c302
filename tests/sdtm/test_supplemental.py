"""SUPP-- of a finished domain. SDTMIG 3.4, 8.4; trap 18."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

STUDY = """
    study: X1
    raw: {datasets: {ae: {file: ae.csv}, dm: {file: dm.csv}, more: {file: more.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
"""
AE = """
    domain: AE
    sources:
      - from: ae
        map: {AETERM: TERM}
        supp:
          AEHAND: {label: Hand, column: HAND}
          AEJUDGE: {label: Judged Serious, value: Y, where: TERM = 'Rash', origin: Derived, evaluator: SPONSOR}
      - from: more
        map: {AETERM: TERM}
        supp: {AESIDE: {label: Side, column: SIDE}}
"""
DM = "domain: DM\nsources: [{from: dm, map: {SEX: SEX}, supp: {RACEOTH: {label: 'Race, Other', column: RACE}}}]\n"
RAW = {
    "ae.csv": "PT,TERM,HAND\n1,Rash,left\n1,Itch, \n2,Pain,right\n",
    "more.csv": "PT,TERM,SIDE\n1,Cough,both\n",
    "dm.csv": "PT,SEX,RACE\n1,F,Inuit\n2,M,\n",
}


def rows(made: Any, dataset: str, *names: str) -> list[list[Any]]:
    frame = made.datasets[dataset].frame[list(names)].astype(object)
    return frame.where(frame.notna(), None).to_numpy().tolist()


def test_one_record_for_each_value_of_each_source(convert_study: Callable[..., Any]) -> None:
    made = convert_study(STUDY, {"ae": AE, "dm": DM}, RAW)
    assert rows(made, "AE", "USUBJID", "AESEQ", "AETERM") == [
        ["X1-1", 1.0, "Cough"], ["X1-1", 2.0, "Itch"], ["X1-1", 3.0, "Rash"], ["X1-2", 1.0, "Pain"],
    ]  # fmt: skip
    assert rows(
        made, "SUPPAE", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QLABEL", "QVAL", "QORIG", "QEVAL"
    ) == [
        ["AE", "X1-1", "AESEQ", "1", "AESIDE", "Side", "both", "Collected", None],
        ["AE", "X1-1", "AESEQ", "3", "AEHAND", "Hand", "left", "Collected", None],
        ["AE", "X1-1", "AESEQ", "3", "AEJUDGE", "Judged Serious", "Y", "Derived", "SPONSOR"],
        ["AE", "X1-2", "AESEQ", "1", "AEHAND", "Hand", "right", "Collected", None],
    ]


def test_demographics_need_no_idvar(convert_study: Callable[..., Any]) -> None:
    made = convert_study(STUDY, {"ae": AE, "dm": DM}, RAW)
    assert rows(made, "SUPPDM", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QVAL") == [
        ["X1-1", None, None, "RACEOTH", "Inuit"]
    ]


def test_without_any_value_there_is_no_dataset(convert_study: Callable[..., Any]) -> None:
    raw = {**RAW, "dm.csv": "PT,SEX,RACE\n1,F,\n"}
    assert "SUPPDM" not in convert_study(STUDY, {"ae": AE, "dm": DM}, raw).datasets


def test_a_qualifier_with_the_name_of_a_variable_is_told(convert_study: Callable[..., Any]) -> None:
    ae = AE.replace("AEHAND:", "AETERM:")
    made = convert_study(STUDY, {"ae": ae, "dm": DM}, RAW)
    (finding,) = [f for f in made.findings if f.rule == "supplemental-qualifier"]
    assert finding.severity == "error" and "AETERM" in finding.found
