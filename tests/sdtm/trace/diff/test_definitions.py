"""Two define.xml compared. They are written by hand; the expected rows are what differs between them, read off here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sdtm.trace.diff.compare import diff
from sdtm.trace.diff.definitions import definition_changes
from sdtm.trace.diff.facts import read_facts
from sdtm.trace.diff.files import diff_json
from sdtm.trace.diff.tables import tables
from sdtm.trace.diff.text import diff_text

DEFINE = """<?xml version="1.0"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1" FileOID="f">
<Study OID="S"><GlobalVariables><StudyName>X1</StudyName></GlobalVariables><MetaDataVersion OID="M" Name="M">
<def:Standards><def:Standard OID="1" Name="SDTMIG" Type="IG" Version="3.4"/></def:Standards>
<def:ValueListDef OID="VL"><ItemRef ItemOID="IT.V" Mandatory="No" MethodOID="MT.V"><def:WhereClauseRef
 WhereClauseOID="WC"/></ItemRef></def:ValueListDef>
<def:WhereClauseDef OID="WC"><RangeCheck Comparator="EQ" SoftHard="Soft" def:ItemOID="IT.CD">
<CheckValue>SYSBP</CheckValue></RangeCheck></def:WhereClauseDef>
<ItemGroupDef OID="IG.VS" Name="VS" Repeating="Yes" def:Structure="One record per test">
<Description><TranslatedText>Vital Signs</TranslatedText></Description>
<ItemRef ItemOID="IT.CD" OrderNumber="1" Mandatory="Yes" KeySequence="1"/>
<ItemRef ItemOID="IT.RES" OrderNumber="2" Mandatory="No"/>
<ItemRef ItemOID="IT.DY" OrderNumber="3" Mandatory="No" MethodOID="MT.DY" Role="Timing"/>
<def:Class Name="FINDINGS"/></ItemGroupDef>
<ItemDef OID="IT.CD" Name="VSTESTCD" DataType="text" Length="8">
<Description><TranslatedText>Test</TranslatedText></Description><CodeListRef CodeListOID="CL.1"/>
<def:Origin Type="Assigned" Source="Sponsor"/></ItemDef>
<ItemDef OID="IT.RES" Name="VSORRES" DataType="text" Length="5" def:CommentOID="COM"><def:Origin Type="Collected"
 Source="Investigator"><def:DocumentRef leafID="LF"><def:PDFPageRef PageRefs="12" Type="PhysicalRef"/></def:DocumentRef>
</def:Origin><def:ValueListRef ValueListOID="VL"/></ItemDef>
<ItemDef OID="IT.DY" Name="VSDY" DataType="integer" Length="3"><def:Origin Type="Derived" Source="Sponsor"/></ItemDef>
<ItemDef OID="IT.V" Name="SYSBP" DataType="integer" Length="3"/>
<CodeList OID="CL.1" Name="Tests" DataType="text">
<CodeListItem CodedValue="SYSBP"><Decode><TranslatedText>Systolic</TranslatedText></Decode></CodeListItem>
<CodeListItem CodedValue="PULSE"><Decode><TranslatedText>Pulse</TranslatedText></Decode></CodeListItem></CodeList>
<CodeList OID="CL.2" Name="Dictionary" DataType="text"><ExternalCodeList Dictionary="MedDRA" Version="26.0"/></CodeList>
<MethodDef OID="MT.DY" Name="Day" Type="Computation"><Description><TranslatedText>Days from RFSTDTC</TranslatedText>
</Description><FormalExpression Context="SQL">a - b</FormalExpression></MethodDef>
<MethodDef OID="MT.V" Name="V" Type="Computation">
<Description><TranslatedText>Mean of three</TranslatedText></Description></MethodDef>
<def:CommentDef OID="COM"><Description><TranslatedText>As entered</TranslatedText></Description></def:CommentDef>
</MetaDataVersion></Study></ODM>"""

# One change of the file, and the one row that it makes.
CHANGES = {
    "origin": (
        'Type="Derived" Source',
        'Type="Predecessor" Source',
        "VS.VSDY",
        "Derived, Sponsor",
        "Predecessor, Sponsor",
    ),
    "pages": (
        'PageRefs="12"',
        'PageRefs="12 14"',
        "VS.VSORRES",
        "Collected, Investigator, pages 12",
        "Collected, Investigator, pages 12 14",
    ),
    "method": (
        "Days from RFSTDTC",
        "Days from RFXSTDTC",
        "VS.VSDY",
        "Days from RFSTDTC a - b",
        "Days from RFXSTDTC a - b",
    ),
    "expression": ("a - b", "a - b + 1", "VS.VSDY", "Days from RFSTDTC a - b", "Days from RFSTDTC a - b + 1"),
    "value method": (
        "Mean of three",
        "First of three",
        "VS.VSORRES where VSTESTCD EQ SYSBP",
        "Mean of three",
        "First of three",
    ),
    "comment": ("As entered", "As entered, in ink", "VS.VSORRES", "As entered", "As entered, in ink"),
    "label": (">Vital Signs<", ">Signs<", "VS", "Vital Signs", "Signs"),
    "variable label": (">Test<", ">Test Code<", "VS.VSTESTCD", "Test", "Test Code"),
    "type": ('"VSDY" DataType="integer"', '"VSDY" DataType="float"', "VS.VSDY", "integer", "float"),
    "length": ('Length="8"', 'Length="6"', "VS.VSTESTCD", "8", "6"),
    "role": ('Role="Timing"', 'Role="Topic"', "VS.VSDY", "Timing", "Topic"),
    "mandatory": ('"3" Mandatory="No"', '"3" Mandatory="Yes"', "VS.VSDY", "No", "Yes"),
    "class": ('Class Name="FINDINGS"', 'Class Name="EVENTS"', "VS", "FINDINGS", "EVENTS"),
    "structure": ("per test", "per visit", "VS", "One record per test", "One record per visit"),
    "keys": (
        'OrderNumber="2" Mandatory="No"',
        'OrderNumber="2" Mandatory="No" KeySequence="2"',
        "VS",
        "VSTESTCD",
        "VSTESTCD, VSORRES",
    ),
    "term PULSE": ("PULSE", "HR", "SDTM codelist Tests", "Pulse", ""),
    "term SYSBP": (
        ">Systolic<",
        ">Systolic pressure<",
        "SDTM codelist Tests",
        "Systolic",
        "Systolic pressure",
    ),
    "dictionary": (
        'Version="26.0"',
        'Version="27.0"',
        "SDTM codelist Dictionary",
        "MedDRA 26.0",
        "MedDRA 27.0",
    ),
    "codelist": (
        '<CodeListRef CodeListOID="CL.1"/>',
        '<CodeListRef CodeListOID="CL.2"/>',
        "VS.VSTESTCD",
        "Tests",
        "Dictionary",
    ),
}
WHAT = {"pages": "origin", "expression": "method", "value method": "method", "variable label": "label"}


@pytest.fixture
def delivered(tmp_path: Path, make_frame: Any, deliver: Any) -> Callable[[str, str], Any]:
    """The same record in memory beside a define.xml that is read from a file."""

    def read(name: str, define: str) -> Any:
        data = make_frame("USUBJID VSTESTCD VSORRES VSDY#", "S1 SYSBP 120 1")
        (tmp_path / name).mkdir()
        if define:
            (tmp_path / name / "define.xml").write_text(define, encoding="utf-8")
        return deliver(name, read_facts(tmp_path / name, [tmp_path / name]), VS=data)

    return read


@pytest.mark.parametrize("change", CHANGES)
def test_each_kind_of_statement_is_compared(delivered: Any, change: str) -> None:
    before, after, subject, old, new = CHANGES[change]
    assert DEFINE.count(before) == 1 or change == "origin"
    found = diff(delivered("old", DEFINE), delivered("new", DEFINE.replace(before, after)))
    told = [(c.subject, c.what, c.old, c.new) for c in found.definitions]
    expected = [(subject, WHAT.get(change, change), old, new)]
    if change == "term PULSE":  # a term that goes, and one that comes
        expected.insert(0, (subject, "term HR", "", "Pulse"))
    assert told == expected
    assert not found.is_equal and not found.facts
    (table,) = [table for table in tables(found) if table.name == "Define"]
    assert table.rows == told
    assert [tuple(row.values()) for row in json.loads(diff_json(found))["define"]] == told
    shown = diff_text(found)
    assert "what define.xml says" in shown and f"    {subject}" in shown


def test_a_variable_that_only_one_defines_is_told_once(delivered: Any) -> None:
    without = DEFINE.replace(
        '<ItemRef ItemOID="IT.DY" OrderNumber="3" Mandatory="No" MethodOID="MT.DY" Role="Timing"/>', ""
    )
    found = diff(delivered("old", DEFINE), delivered("new", without))
    assert [(c.subject, c.what, c.old, c.new) for c in found.definitions] == [
        ("VS.VSDY", "defined", "yes", "")
    ]
    assert "  removed (1)\n    VS.VSDY" in diff_text(found)


def test_other_oids_and_another_order_of_terms_are_no_difference(delivered: Any) -> None:
    terms = DEFINE.split("<CodeListItem")
    turned = "<CodeListItem".join(
        [
            terms[0],
            terms[2].split("</CodeList>")[0],
            terms[1] + "</CodeList>" + terms[2].split("</CodeList>", 1)[1],
        ]
    )
    other = turned.replace("CL.1", "CODE.7").replace("MT.DY", "METHOD.9").replace("IT.DY", "ITEM.3")
    assert other != DEFINE
    found = diff(delivered("old", DEFINE), delivered("new", other))
    assert found.is_equal and not found.definitions


def test_what_only_one_delivery_can_say_is_not_compared(delivered: Any) -> None:
    found = diff(delivered("old", DEFINE), delivered("new", ""))
    assert found.is_equal and not found.definitions
    assert definition_changes({}, {"AE": {"label": "x"}}) == []
