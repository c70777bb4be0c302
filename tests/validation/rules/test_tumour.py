"""Rules on lesions and responses. Records are invented; RECIST 1.1 and SDTMIG 3.4 say what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sdtm.pipeline import judge_conversion

CASES = [
    (
        "lesion-measured-twice",
        {
            "TR": "USUBJID|TRLNKID|TRTESTCD|VISITNUM|TREVAL|TRSTAT\nS1|T01|LDIAM|1|INV|\nS1|T01|LDIAM|2|INV|\n"
            "S1|T01|LDIAM|2|INV|\nS1|T01|LDIAM|2|REV|\nS1|T02|LDIAM|2|INV|\nS2|T01|LDIAM|2|INV|\n"
            "S1|T03|LDIAM|2|INV|NOT DONE\nS1|T03|LDIAM|2|INV|NOT DONE\nS1||SUMDIAM|2|INV|\nS1||SUMDIAM|2|INV|"
        },
        {"TR.TRLNKID": [1, 2]},
    ),
    (
        "lesion-changes-kind",
        {
            "TU": "USUBJID|TULNKID|TUORRES\nS1|T01|TARGET\nS1|T01|NON-TARGET\nS1|T02|TARGET\nS1|T02|TARGET\n"
            "S2|T01|NON-TARGET\nS1|T03|NEW\nS1|T03|TARGET"
        },
        {"TU.TULNKID": [0, 1]},
    ),
    (
        "lesion-group-changes",
        {"TR": "USUBJID|TRLNKID|TRGRPID\nS1|T01|TARGET\nS1|T01|Non-Target\nS1|T02|TARGET\nS1|T02|TARGET"},
        {"TR.TRLNKID": [0, 1]},
    ),
    (
        "response-without-date",
        {
            "RS": "USUBJID|RSTESTCD|RSORRES|RSDTC|RSSTAT\nS1|OVRLRESP|PR|2024-03-01|\nS1|OVRLRESP|SD||\n"
            "S1|OVRLRESP|||NOT DONE"
        },
        {"RS.RSORRES": [1]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)


STUDY = """
    study: X1
    raw: {datasets: {tl: {file: tl.csv}, rs: {file: rs.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    visits: [{VISITNUM: 1, VISIT: SCREENING}, {VISITNUM: 2, VISIT: WEEK 6}]
"""
TU = """
    domain: TU
    sources:
      - from: tl
        visit: V
        map: {TULNKID: L, TUTESTCD: {value: TUMIDENT}, TUORRES: KIND, TUDTC: {date: D, format: yyyy-MM-dd}}
"""
TR = """
    domain: TR
    sources:
      - from: tl
        visit: V
        findings: {LDIAM: {result: MM, unit: mm}}
        map: {TRLNKID: L, TRDTC: {date: D, format: yyyy-MM-dd}}
"""
RS = """
    domain: RS
    sources:
      - from: rs
        visit: V
        map: {RSTESTCD: {value: OVRLRESP}, RSORRES: R, RSCAT: {value: RECIST 1.1}, RSDTC: {date: D, format: yyyy-MM-dd}}
"""
RAW = {
    "tl.csv": "PT,V,L,KIND,MM,D\n1,SCREENING,T01,TARGET,30,2024-03-01\n1,WEEK 6,T01,TARGET,25,2024-04-12\n"
    "1,WEEK 6,T01,TARGET,31,2024-04-12\n1,SCREENING,T02,TARGET,12,2024-03-01\n1,WEEK 6,T02,NON-TARGET,12,2024-04-12\n",
    "rs.csv": "PT,V,R,D\n1,WEEK 6,PR,\n",
}


def test_bad_tumour_records_are_told_with_record_and_raw_row(convert_study: Callable[..., Any]) -> None:
    findings = judge_conversion(convert_study(STUDY, {"tu": TU, "tr": TR, "rs": RS}, RAW))

    def told(rule: str) -> list[tuple[str, int | None, str]]:
        return sorted(
            (place.file, place.row, dict(place.keys)["USUBJID"])
            for finding in findings
            if finding.rule == rule
            for place in finding.places
        )

    assert told("lesion-measured-twice") == [("tl.csv", 3, "X1-1"), ("tl.csv", 4, "X1-1")]
    assert told("lesion-changes-kind") == [("tl.csv", 5, "X1-1"), ("tl.csv", 6, "X1-1")]
    assert told("response-without-date") == [("rs.csv", 2, "X1-1")]
