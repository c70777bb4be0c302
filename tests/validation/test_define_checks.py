"""A define.xml against the data beside it: each thing that can differ is told, and nothing else. Invented data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from specs.problems import ProblemsFound
from validation import validate
from validation.define_defects import DEFINE_DEFECTS
from validation.define_reader import read_define

LB = pd.DataFrame(
    {
        "USUBJID": ["S1", "S1", "S2"],
        "LBSEQ": [1.0, 2.0, 1.0],
        "LBTESTCD": ["ALT", "COLOR", "ALT"],
        "LBORRES": ["12.5", "RED", "7"],
        "LBSTRESN": [12.5, None, 7.0],
    }
)
LABELS = ["Subject", "Number", "Test", "Result", "Number of Result"]

# ruff: noqa: E501  (the text of a define.xml)
# Define-XML as others write it: without our layout, with the values of LBORRES by test.
DEFINE = """<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.0"
     xmlns:xlink="http://www.w3.org/1999/xlink"><Study OID="S"><MetaDataVersion OID="M">
 <def:ValueListDef OID="VL"><ItemRef ItemOID="I.ALT" Mandatory="Yes"><def:WhereClauseRef WhereClauseOID="W.ALT"/></ItemRef>
  <ItemRef ItemOID="I.COL" Mandatory="No"><def:WhereClauseRef WhereClauseOID="W.COL"/></ItemRef></def:ValueListDef>
 <def:WhereClauseDef OID="W.ALT"><RangeCheck Comparator="IN" SoftHard="Soft" def:ItemOID="I.CD">
  <CheckValue>ALT</CheckValue><CheckValue>AST</CheckValue></RangeCheck></def:WhereClauseDef>
 <def:WhereClauseDef OID="W.COL"><RangeCheck Comparator="EQ" SoftHard="Soft" def:ItemOID="I.CD">
  <CheckValue>COLOR</CheckValue></RangeCheck></def:WhereClauseDef>
 <ItemGroupDef OID="G.LB" Name="LB" Repeating="Yes" Purpose="Tabulation" def:ArchiveLocationID="LF">
  <Description><TranslatedText>Laboratory</TranslatedText></Description>
  <ItemRef ItemOID="I.US" OrderNumber="1" Mandatory="Yes" KeySequence="1"/>
  <ItemRef ItemOID="I.SEQ" OrderNumber="2" Mandatory="Yes" KeySequence="2"/>
  <ItemRef ItemOID="I.CD" OrderNumber="3" Mandatory="Yes"/>
  <ItemRef ItemOID="I.RES" OrderNumber="4" Mandatory="No"/>
  <ItemRef ItemOID="I.NUM" OrderNumber="5" Mandatory="No"/>
  <def:leaf ID="LF" xlink:href="lb.xpt"><def:title>lb.xpt</def:title></def:leaf></ItemGroupDef>
 <ItemDef OID="I.US" Name="USUBJID" DataType="text" Length="2"><Description><TranslatedText>Subject</TranslatedText></Description></ItemDef>
 <ItemDef OID="I.SEQ" Name="LBSEQ" DataType="integer" Length="1"><Description><TranslatedText>Number</TranslatedText></Description></ItemDef>
 <ItemDef OID="I.CD" Name="LBTESTCD" DataType="text" Length="5"><Description><TranslatedText>Test</TranslatedText></Description>
  <CodeListRef CodeListOID="CL.CD"/></ItemDef>
 <ItemDef OID="I.RES" Name="LBORRES" DataType="text" Length="4"><Description><TranslatedText>Result</TranslatedText></Description>
  <def:ValueListRef ValueListOID="VL"/></ItemDef>
 <ItemDef OID="I.NUM" Name="LBSTRESN" DataType="float" Length="8" SignificantDigits="1">
  <Description><TranslatedText>Number of Result</TranslatedText></Description></ItemDef>
 <ItemDef OID="I.ALT" Name="LBORRES" DataType="float" Length="4" SignificantDigits="1"/>
 <ItemDef OID="I.COL" Name="LBORRES" DataType="text" Length="3"><CodeListRef CodeListOID="CL.COL"/></ItemDef>
 <CodeList OID="CL.CD" Name="Tests" DataType="text"><CodeListItem CodedValue="ALT"><Decode><TranslatedText>a</TranslatedText></Decode></CodeListItem>
  <CodeListItem CodedValue="COLOR"/></CodeList>
 <CodeList OID="CL.COL" Name="Colours" DataType="text"><EnumeratedItem CodedValue="RED"/></CodeList>
</MetaDataVersion></Study></ODM>"""


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., set[tuple[str, str, int]]]:
    """``told(frame, define)``: (rule, place, records) of what the comparison finds."""

    def compare(frame: pd.DataFrame = LB, define: str = DEFINE, **more: object) -> set[tuple[str, str, int]]:
        options = {"table_name": "LB", "file_label": "Laboratory", "column_labels": LABELS, **more}
        pyreadstat.write_xport(frame, tmp_path / "lb.xpt", file_format_version=5, **options)
        (tmp_path / "define.xml").write_text(define, encoding="utf-8")
        ids = {defect.id for defect in DEFINE_DEFECTS}
        return {
            (f.rule, f"{f.dataset}.{f.variable}".rstrip("."), f.count)
            for f in validate(tmp_path).findings
            if f.rule in ids
        }

    return compare


def test_a_define_that_agrees_has_no_finding(told) -> None:
    assert told() == set()


DIFFERENCES = [
    ("define-label-differs", "LB.LBTESTCD", 1, ("<TranslatedText>Test<", "<TranslatedText>Test Code<")),
    ("define-label-differs", "LB", 1, ("Laboratory", "Lab")),
    ("define-length-differs", "LB.LBTESTCD", 1, ('DataType="text" Length="5"', 'DataType="text" Length="9"')),
    (
        "define-length-exceeded",
        "LB.LBTESTCD",
        1,
        ('DataType="text" Length="5"', 'DataType="text" Length="4"'),
    ),
    ("define-type-differs", "LB.LBSEQ", 1, ('DataType="integer" Length="1"', 'DataType="text" Length="1"')),
    ("define-digits-exceeded", "LB.LBSTRESN", 1, ('SignificantDigits="1">', 'SignificantDigits="0">')),
    ("define-value-not-of-type", "LB.LBSTRESN", 1, ('"float" Length="8"', '"integer" Length="8"')),
    ("define-variable-absent", "LB.LBSTRESX", 1, ('Name="LBSTRESN"', 'Name="LBSTRESX"')),
    ("define-variable-undescribed", "LB.LBSTRESN", 1, ('Name="LBSTRESN"', 'Name="LBSTRESX"')),
    ("define-order-differs", "LB.USUBJID", 1, ('OrderNumber="1"', 'OrderNumber="9"')),
    ("define-keys-repeated", "LB", 2, (' KeySequence="2"', "")),
    ("define-value-unlisted", "LB.LBTESTCD", 1, ('CodedValue="COLOR"', 'CodedValue="COLOUR"')),
    ("define-mandatory-missing", "LB.LBSTRESN", 1, ('"5" Mandatory="No"', '"5" Mandatory="Yes"')),
    ("define-file-differs", "LB", 1, ('href="lb.xpt"', 'href="../../labs.xpt"')),
    ("define-dataset-absent", "VS", 1, ('Name="LB"', 'Name="VS"')),
    ("define-dataset-undescribed", "LB", 1, ('Name="LB"', 'Name="VS"')),
    # Of the values of one test alone.
    ("define-value-unlisted", "LB.LBORRES", 1, ('CodedValue="RED"', 'CodedValue="BLUE"')),
    ("define-length-exceeded", "LB.LBORRES", 1, ('DataType="text" Length="3"', 'DataType="text" Length="2"')),
    (
        "define-value-not-of-type",
        "LB.LBORRES",
        1,
        ('"float" Length="4" SignificantDigits="1"', '"integer" Length="4"'),
    ),
    ("define-value-not-of-type", "LB.LBORRES", 1, ("<CheckValue>AST", "<CheckValue>COLOR")),
]


@pytest.mark.parametrize(("rule", "at", "count", "change"), DIFFERENCES)
def test_a_difference_is_told(rule: str, at: str, count: int, change: tuple[str, str], told) -> None:
    assert change[0] in DEFINE
    assert (rule, at, count) in told(define=DEFINE.replace(*change, 1))


def test_what_the_records_of_one_test_must_have(told) -> None:
    frame = LB.assign(LBORRES=["12.5", "RED", ""])
    assert ("define-mandatory-missing", "LB.LBORRES", 1) in told(frame)


def test_a_dataset_without_data_may_be_absent(told) -> None:
    empty = '<ItemGroupDef OID="G.VS" Name="VS" def:HasNoData="Yes"/><ItemGroupDef OID="G.LB"'
    assert told(define=DEFINE.replace('<ItemGroupDef OID="G.LB"', empty)) == set()


def test_dictionaries_and_unknown_references_are_not_judged(told) -> None:
    external = '<CodeList OID="CL.CD" Name="M" DataType="text"><ExternalCodeList Dictionary="MedDRA"/></CodeList><CodeList OID="X">'
    changed = DEFINE.replace('<CodeList OID="CL.CD" Name="Tests" DataType="text">', external)
    assert told(define=changed.replace('WhereClauseOID="W.COL"', 'WhereClauseOID="NOWHERE"')) == set()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b"x", "not well formed"),
        (b"<ODM xmlns='http://www.cdisc.org/ns/odm/v1.3'/>", "no MetaDataVersion"),
        (DEFINE.encode()[:900], "not well formed"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "document type"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a []><a/>'.encode("utf-16"), "document type"),
    ],
)
def test_a_define_that_cannot_be_read_is_told_and_the_data_are_judged(
    content: bytes, found: str, tmp_path: Path
) -> None:
    pyreadstat.write_xport(LB, tmp_path / "lb.xpt", file_format_version=5, table_name="LB")
    (tmp_path / "define.xml").write_bytes(content)
    judgement = validate(tmp_path)
    (finding,) = (f for f in judgement.findings if f.rule == "define-unreadable")
    assert (finding.severity, finding.places[0].file) == ("error", "define.xml")
    assert found in finding.found
    assert judgement.records == {"LB": 3}


def test_entities_of_a_define_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "define.xml"
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><ODM><X>&c;</X></ODM>'
    path.write_text(bomb, encoding="utf-8")
    with pytest.raises(ProblemsFound) as caught:
        read_define(path)
    assert [problem.id for problem in caught.value.problems] == ["define-unreadable"]


def test_a_define_is_compared_with_the_datasets_of_its_own_folder(tmp_path: Path) -> None:
    for folder in ("sdtm", "adam"):
        (tmp_path / folder).mkdir()
    pyreadstat.write_xport(LB, tmp_path / "sdtm" / "lb.xpt", file_format_version=5, table_name="LB")
    adsl = pd.DataFrame({"STUDYID": ["X"], "USUBJID": ["S1"]})
    pyreadstat.write_xport(adsl, tmp_path / "adam" / "adsl.xpt", file_format_version=5, table_name="ADSL")
    (tmp_path / "sdtm" / "define.xml").write_text(DEFINE, encoding="utf-8")
    told = {(f.rule, f.dataset) for f in validate(tmp_path).findings}
    assert ("define-dataset-undescribed", "ADSL") not in told


def test_every_define_defect_is_tested() -> None:
    tested = {rule for rule, *_ in DIFFERENCES} | {"define-unreadable"}
    assert {defect.id for defect in DEFINE_DEFECTS} == tested
