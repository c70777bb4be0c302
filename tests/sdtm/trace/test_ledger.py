"""The books of decoded columns. Expected: who reads a decode has read the code. All data are synthetic."""

from __future__ import annotations

from typing import Any

import pytest

STUDY = """
    study: X1
    raw: {datasets: {ae: {file: a.xml}}}
    subject: {SUBJID: SubjectKey, USUBJID: "{STUDYID}-{SUBJID}"}
"""
AE = """
    domain: AE
    sources:
      - from: ae
        map: {{AETERM: TERM, AESEV: {rule}}}
        not_submitted: {{StudyEventOID: system, FormOID: system, ItemGroupOID: system, StudyOID: system,
          LocationOID: system, StudyEventRepeatKey: system, FormRepeatKey: system, ItemGroupRepeatKey: system{more}}}
"""
TERMS = "terms: {Mild: MILD, Severe: SEVERE}"
ODM = """<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2" FileType="Snapshot" FileOID="f">
<Study OID="S"><MetaDataVersion OID="1" Name="1"><ItemGroupDef OID="AE" Name="AE"><ItemRef ItemOID="TERM"/>
<ItemRef ItemOID="SEV"/></ItemGroupDef><ItemDef OID="TERM" Name="TERM"/>
<ItemDef OID="SEV" Name="SEV"><CodeListRef CodeListOID="CL"/></ItemDef>
<CodeList OID="CL" Name="CL"><CodeListItem CodedValue="1"><Decode><TranslatedText>Mild</TranslatedText></Decode>
</CodeListItem><CodeListItem CodedValue="3"><Decode><TranslatedText>Severe</TranslatedText></Decode></CodeListItem>
</CodeList></MetaDataVersion></Study><ClinicalData StudyOID="S" MetaDataVersionOID="1">
<SubjectData SubjectKey="01"><StudyEventData StudyEventOID="V"><FormData FormOID="AE"><ItemGroupData ItemGroupOID="AE">
<ItemData ItemOID="TERM" Value="Rash"/><ItemData ItemOID="SEV" Value="3"/></ItemGroupData></FormData></StudyEventData>
</SubjectData></ClinicalData></ODM>"""


@pytest.mark.parametrize(
    ("rule", "more", "code", "decode", "value"),
    [
        (f"{{column: SEV_DECODE, {TERMS}}}", "", ("AE.AESEV",), ("AE.AESEV",), "SEVERE"),
        ("{column: SEV, terms: {'1': MILD, '3': SEVERE}}", "", ("AE.AESEV",), ("decode of SEV",), "SEVERE"),
        ("{value: MILD}", "", (), ("decode of SEV",), "MILD"),
        ("{value: MILD}", ", SEV_DECODE: not wanted", (), ("not submitted: not wanted",), "MILD"),
    ],
)
def test_a_decode_is_no_column_of_the_file(
    convert_study: Any, rule: str, more: str, code: tuple[str, ...], decode: tuple[str, ...], value: str
) -> None:
    made = convert_study(STUDY, {"ae": AE.format(rule=rule, more=more)}, {"a.xml": ODM})
    assert made.datasets["AE"].frame["AESEV"].tolist() == [value]
    (book,) = made.books
    assert (book.columns["SEV"], book.columns["SEV_DECODE"]) == (code, decode)
    told = [f.found for f in made.findings if f.rule == "column-unaccounted"]
    assert told == ([] if code else ["column SEV of ae is not mapped and not used"])
