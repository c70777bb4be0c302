"""RELREC and RELSPEC from declared links. Expected records: the examples of SDTMIG 3.4, 8.2 to 8.3 and 8.8, on
invented subjects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from specs.problems import ProblemsFound

STUDY = """
    study: X1
    raw:
      datasets:
        tu: {file: tu.csv}
        tr: {file: tr.csv}
        ae: {file: ae.csv}
        cm: {file: cm.csv}
        pc: {file: pc.csv}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
"""
TU = """
    domain: TU
    sources:
      - from: tu
        map:
          TULNKID: L
          TUTESTCD: {value: TUMIDENT}
          TUORRES: {value: TARGET}
          TUDTC: {date: D, format: yyyy-MM-dd}
"""
TR = """
    domain: TR
    sources:
      - from: tr
        map:
          TRLNKID: L
          TRTESTCD: {value: LDIAM}
          TRORRES: V
          TRORRESU: {value: mm}
          TRDTC: {date: D, format: yyyy-MM-dd}
"""
AE = "domain: AE\nsources: [{from: ae, map: {AETERM: T, AELNKID: N}}]\n"
CM = "domain: CM\nsources: [{from: cm, map: {CMTRT: T, CMLNKID: N}}]\n"
PC = """
    domain: PC
    sources:
      - from: pc
        map:
          PCTESTCD: {value: X, codelist: none}
          PCTEST: {value: Drug X, codelist: none}
          PCREFID: ID
          PCSPID: FROM
          PCSPEC: {column: S, codelist: none}
"""
RAW = {
    "tu.csv": "PT,L,D\n1,T01,2024-01-02\n1,T02,2024-01-02\n2,T01,2024-01-02\n",
    "tr.csv": "PT,L,V,D\n1,T01,20,2024-01-02\n1,T01,18,2024-02-02\n1,T02,15,2024-01-02\n2,T01,11,2024-01-02\n",
    "ae.csv": "PT,T,N\n1,Nausea,1\n1,Rash,2\n2,Cough,1\n",
    "cm.csv": "PT,T,N\n1,Ondansetron,1\n1,Cortisone,2;1\n2,Codeine,1\n2,Aspirin,\n",
    "pc.csv": "PT,ID,FROM,S\n1,B1,,BLOOD\n1,P1,B1,PLASMA\n1,P1,B1,PLASMA\n",
}


def rows(made: Any, dataset: str, *names: str) -> list[tuple[Any, ...]]:
    frame = made.datasets[dataset].frame.reindex(columns=list(names))
    columns = [[v if v == v else None for v in frame[name].astype(object)] for name in names]
    return list(zip(*columns, strict=True))


RELREC = ("RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELTYPE", "RELID")


def test_whole_datasets_are_related_by_their_linking_variables(convert_study: Callable[..., Any]) -> None:
    study = STUDY + "    links: [{records: {TU: TULNKID, TR: TRLNKID}}]\n"
    made = convert_study(study, {"tu": TU, "tr": TR}, RAW)
    assert rows(made, "RELREC", *RELREC) == [
        ("TR", None, "TRLNKID", None, "MANY", "TUTR"),
        ("TU", None, "TULNKID", None, "ONE", "TUTR"),
    ]
    assert not [f for f in made.findings if f.rule == "link-without-partner"]
    assert made.datasets["RELREC"].frame["STUDYID"].tolist() == ["X1", "X1"]


def test_records_are_related_within_a_subject(convert_study: Callable[..., Any]) -> None:
    """Cortisone was given for both events. CMSEQ by CMTRT: Cortisone 1, Ondansetron 2; AESEQ by AETERM."""
    study = STUDY + "    links: [{records: {AE: AELNKID, CM: CMLNKID}, level: record, separator: ';'}]\n"
    made = convert_study(study, {"ae": AE, "cm": CM}, RAW)
    assert rows(made, "RELREC", *RELREC) == [
        ("AE", "X1-1", "AESEQ", "1", None, "AECM1"),
        ("AE", "X1-1", "AESEQ", "2", None, "AECM2"),
        ("AE", "X1-2", "AESEQ", "1", None, "AECM1"),
        ("CM", "X1-1", "CMSEQ", "1", None, "AECM1"),
        ("CM", "X1-1", "CMSEQ", "1", None, "AECM2"),
        ("CM", "X1-1", "CMSEQ", "2", None, "AECM1"),
        ("CM", "X1-2", "CMSEQ", "2", None, "AECM1"),
    ]


def test_records_may_be_named_by_the_linking_variable(convert_study: Callable[..., Any]) -> None:
    link = "{records: {AE: AELNKID, CM: CMLNKID}, level: record, idvar: link, RELID: X, alone: [AE, CM]}"
    made = convert_study(STUDY + f"    links: [{link}]\n", {"ae": AE, "cm": CM}, RAW)
    assert {("AE", "X1-1", "AELNKID", "1", None, "X1"), ("CM", "X1-1", "CMLNKID", "1", None, "X1")} <= set(
        rows(made, "RELREC", *RELREC)
    )


def test_a_value_without_a_partner_is_told_with_its_record(convert_study: Callable[..., Any]) -> None:
    study = STUDY + "    links: [{records: {TU: TULNKID, TR: TRLNKID}}]\n"
    raw = RAW | {
        "tr.csv": RAW["tr.csv"] + "2,T09,11,2024-01-02\n",
        "tu.csv": RAW["tu.csv"] + "2,T02,2024-01-02\n",
    }
    made = convert_study(study, {"tu": TU, "tr": TR}, raw)
    lonely = sorted((f for f in made.findings if f.rule == "link-without-partner"), key=lambda f: f.dataset)
    assert [(f.dataset, f.variable, f.severity, f.count) for f in lonely] == [
        ("TR", "TRLNKID", "error", 1),
        ("TU", "TULNKID", "error", 1),
    ]
    place = lonely[0].places[0]
    assert (dict(place.keys)["USUBJID"], place.value, place.file, place.row) == ("X1-2", "T09", "tr.csv", 6)
    quiet = study.replace("TRLNKID}}", "TRLNKID}, alone: [TU]}")
    made = convert_study(quiet, {"tu": TU, "tr": TR}, raw)
    assert [f.dataset for f in made.findings if f.rule == "link-without-partner"] == ["TR"]


def test_a_variable_that_is_not_there_is_refused(convert_study: Callable[..., Any]) -> None:
    study = STUDY + "    links: [{records: {TU: TULNKIT, TR: TRLNKID}}]\n"
    with pytest.raises(ProblemsFound) as refused:
        convert_study(study, {"tu": TU, "tr": TR}, RAW)
    (problem,) = refused.value.problems
    assert problem.found == "'TULNKIT' in TU" and "TULNKID" in problem.do


def test_relationships_do_not_depend_on_the_order_of_raw_rows(convert_study: Callable[..., Any]) -> None:
    study = STUDY + "    links: [{records: {AE: AELNKID, CM: CMLNKID}, level: record, separator: ';'}]\n"
    turned = {}
    for name, content in RAW.items():
        head, *lines = content.splitlines()
        turned[name] = "\n".join([head, *reversed(lines)]) + "\n"
    made = [convert_study(study, {"ae": AE, "cm": CM}, raw) for raw in (RAW, turned)]
    assert rows(made[0], "RELREC", *RELREC) == rows(made[1], "RELREC", *RELREC)
    assert len(rows(made[0], "RELREC", *RELREC)) == 7


def test_specimens_and_where_they_come_from(convert_study: Callable[..., Any]) -> None:
    study = STUDY + "    specimens: {PC: {parent: PCSPID}}\n"
    made = convert_study(study, {"pc": PC}, RAW)
    assert rows(made, "RELSPEC", "USUBJID", "REFID", "SPEC", "PARENT", "LEVEL") == [
        ("X1-1", "B1", "BLOOD", None, 1.0),
        ("X1-1", "P1", "PLASMA", "B1", 2.0),
    ]


def test_specimens_that_cannot_be_are_told(convert_study: Callable[..., Any]) -> None:
    study = STUDY + "    specimens: {PC: {parent: PCSPID}}\n"
    raw = "PT,ID,FROM,S\n1,P1,B9,PLASMA\n1,A,B,BLOOD\n1,B,A,BLOOD\n1,C,,BLOOD\n1,C,,SERUM\n1,D,,BLOOD\n"
    made = convert_study(study, {"pc": PC}, RAW | {"pc.csv": raw})
    assert rows(made, "RELSPEC", "REFID", "LEVEL") == [("D", 1.0)]
    told = {(f.rule, f.places[0].value) for f in made.findings if f.rule.startswith("specimen-")}
    assert told == {
        ("specimen-without-parent", "P1"),
        ("specimen-without-parent", "A"),
        ("specimen-without-parent", "B"),
        ("specimen-conflict", "C"),
    }
