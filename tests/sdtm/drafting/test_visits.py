"""Visits by their texts, numbers that were collected, and days. All data are synthetic."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sdtm.drafting.context import Context
from sdtm.drafting.identity import find_identity
from sdtm.drafting.material import Material
from sdtm.drafting.visits import Visits, find_visits

VISITS = ("Screening", "Day 1", "Week 2", "End of Study")


@pytest.fixture
def visits(context: Context, material: Callable[..., Material]) -> Callable[..., Visits]:
    def find(**files: str) -> Visits:
        read = material(**files)
        return find_visits(context, read, find_identity(context, read))

    return find


def rows(*columns: str) -> str:
    made = [f"00{n},{visit},2024-0{day + 1}-0{n}" for n in (1, 2, 3) for day, visit in enumerate(VISITS)]
    return "\n".join([",".join(("SUBJID", *columns)), *sorted(made, key=lambda row: row[4:7])]) + "\n"


def test_visits_in_the_order_of_their_days(visits: Callable[..., Visits], context: Context) -> None:
    found = visits(vs=rows("VISIT", "VSDAT"))
    assert found.columns == {"vs": "VISIT"}
    assert [(v["VISITNUM"], v["VISIT"], v.get("raw")) for v in found.schedule] == [
        ("1", "SCREENING", ["Screening"]),
        ("2", "DAY 1", ["Day 1"]),
        ("3", "WEEK 2", ["Week 2"]),
        ("4", "END OF STUDY", ["End of Study"]),
    ]
    assert {v["status"] for v in found.schedule} == {"draft"}
    assert "visits" in {question.id for question in context.questions}


def test_numbers_that_were_collected_win(visits: Callable[..., Visits]) -> None:
    found = visits(vs="SUBJID,FOLDERNAME,FOLDERSEQ\n1,Screening,1\n1,Week 2,5\n2,Screening,1\n2,Week 2,5\n")
    assert [v["VISITNUM"] for v in found.schedule] == ["1", "5"]
    assert found.numbers == {"FOLDERSEQ"}


def test_a_number_that_is_not_always_the_same_is_none(visits: Callable[..., Visits]) -> None:
    found = visits(vs="SUBJID,VISIT,VISITNUM\n1,Screening,1\n1,Week 2,5\n2,Screening,1\n2,Week 2,6\n")
    assert found.numbers == frozenset()


def test_a_constant_of_the_form_is_no_visit(visits: Callable[..., Visits]) -> None:
    assert visits(ae="SUBJID,FOLDER\n1,AE\n2,AE\n").columns == {}


def test_unscheduled_and_logs(visits: Callable[..., Visits]) -> None:
    texts = ("Screening", "Unscheduled 3.1", "Week 2", "Logs")
    found = visits(vs="SUBJID,VISIT\n" + "".join(f"{n},{text}\n" for n in (1, 2) for text in texts))
    assert found.no_visit == ("Logs",)
    assert found.unscheduled is not None
    match = re.fullmatch(found.unscheduled["raw"], "Unscheduled 3.1")
    assert match is not None and match[1] == "3.1"
    assert [v["VISIT"] for v in found.schedule] == ["SCREENING", "WEEK 2"]


def test_texts_that_differ_in_case_are_one_visit(visits: Callable[..., Visits]) -> None:
    found = visits(vs="SUBJID,VISIT\n1,Week 2\n2,WEEK 2\n1,Screening\n")
    assert sorted(sorted(v.get("raw", ())) for v in found.schedule) == [["Screening"], ["WEEK 2", "Week 2"]]


ODM = """<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2" FileType="Snapshot" FileOID="X">
<ClinicalData StudyOID="X1" MetaDataVersionOID="1">{subjects}</ClinicalData></ODM>
"""
SUBJECT = """<SubjectData SubjectKey="{key}"><SiteRef LocationOID="S1"/>
<StudyEventData StudyEventOID="Vorab"><FormData FormOID="F.DM"><ItemGroupData ItemGroupOID="IG.DM">
<ItemData ItemOID="SEX" Value="M"/><ItemData ItemOID="BRTHDAT" Value="1960-05-14"/>
</ItemGroupData></FormData></StudyEventData>{scans}</SubjectData>"""
SCAN = """<StudyEventData StudyEventOID="{event}"{key}><FormData FormOID="F.VS"><ItemGroupData ItemGroupOID="IG.VS">
<ItemData ItemOID="VSDAT" Value="2024-0{month}-1{day}"/></ItemGroupData></FormData></StudyEventData>"""
EVENTS = (("Bild", ' StudyEventRepeatKey="1"'), ("Bild", ' StudyEventRepeatKey="2"'), ("Ende", ""))


def export() -> str:
    """An ODM file of three invented subjects with study events that have German names."""
    subjects = []
    for day in (1, 2, 3):
        scans = [SCAN.format(event=e, key=k, month=m, day=day) for m, (e, k) in enumerate(EVENTS, 1)]
        subjects.append(SUBJECT.format(key=f"00{day}", scans="".join(scans)))
    return ODM.format(subjects="".join(subjects))


def test_the_study_event_of_odm_is_the_visit_whatever_it_is_called(tmp_path: Path) -> None:
    """German names look like no visit; StudyEventOID is one by ODM 1.3.2. That Bild is repeated is asked."""
    from sdtm.drafting.draft import draft_study

    (tmp_path / "export.xml").write_text(export(), encoding="utf-8")
    drafted = draft_study(tmp_path)
    assert drafted.raw.visit == "StudyEventOID"
    assert [visit.VISIT for visit in drafted.visits] == ["VORAB", "BILD", "ENDE"]
    [question] = [q for q in drafted.questions if q.id == "visits-repeated"]
    assert "Bild has the repeat keys 1, 2" in question.ask and question.columns == ("vs.StudyEventRepeatKey",)


def test_the_columns_of_odm_itself_are_no_items(tmp_path: Path) -> None:
    from sdtm.drafting.draft import draft_study

    (tmp_path / "export.xml").write_text(export(), encoding="utf-8")
    drafted = draft_study(tmp_path)
    assert drafted.raw.not_submitted["FormOID"] == "name of the form"
    asked = {column for question in drafted.questions for column in question.columns}
    assert not {column for column in asked if column.endswith(("FormOID", "ItemGroupOID", "FormRepeatKey"))}
