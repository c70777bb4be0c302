"""Subjects, sites and the study, by names and values. All data are synthetic."""

from __future__ import annotations

from collections.abc import Callable

from sdtm.drafting.context import Context
from sdtm.drafting.identity import find_identity, sql_name
from sdtm.drafting.material import Material

Read = Callable[..., Material]


def test_subjects_of_several_sites_with_the_same_numbers(context: Context, material: Read) -> None:
    found = find_identity(
        context,
        material(
            dm="STUDY,SITEID,SUBJID\nX1,01,001\nX1,02,001\nX1,02,002\n",
            ae="STUDY,SITEID,SUBJID,T\nX1,01,001,a\nX1,02,001,b\nX1,02,001,c\n",
        ),
    )
    assert (found.study, found.home, found.composite) == ("X1", "dm", True)
    assert found.rules["USUBJID"]["template"] == "{STUDYID}-{SITEID}-{SUBJID}"
    assert {rule["status"] for rule in found.rules.values()} == {"draft"}


def test_a_subject_that_holds_its_site(context: Context, material: Read) -> None:
    found = find_identity(
        context, material(dm="PATIENT,SITE\n01-001,01\n01-002,01\n02-001,02\n", ae="PATIENT\n01-001\n")
    )
    assert found.rules["USUBJID"]["template"] == "{STUDYID}-{SUBJID}"
    # Only DM needs the site, and ae has none.
    assert found.own["dm"]["SITEID"]["column"] == "SITE" and "SITEID" not in found.rules
    assert [question.id for question in context.questions] == ["subject-parts"]


def test_a_site_out_of_the_subject(context: Context, material: Read) -> None:
    rows = "".join(f"7{site}-10{number}\n" for site in (1, 2) for number in range(4))
    found = find_identity(context, material(dm="IT.PATNUM\n" + rows))
    assert found.rules["SITEID"]["expr"] == "split_part(\"IT.PATNUM\", '-', 1)"


def test_other_names_and_a_site_by_a_join(context: Context, material: Read) -> None:
    found = find_identity(
        context,
        material(dm="SUBJECT,SITENUMBER\n001,01\n002,01\n", eg="SubjectKey,X\n001,1\n001,2\n"),
    )
    assert found.own["eg"]["SUBJID"]["column"] == "SubjectKey"
    assert found.site_from == {"eg"}


def test_subjects_that_are_not_the_same_are_asked_about(context: Context, material: Read) -> None:
    found = find_identity(context, material(dm="SUBJECT\nA-1\nA-2\n", lab="Patient\n0001\n0002\n"))
    assert set(found.subjects) == {"dm"}
    [question] = [q for q in context.questions if q.id == "lab-subject"]
    assert question.columns == ("lab", "lab.Patient")


def test_no_subject_at_all(context: Context, material: Read) -> None:
    found = find_identity(context, material(a="K,V\n1,x\n2,y\n"))
    assert not found.subjects
    assert context.questions[0].candidates == {
        "a.K": "is different in every row",
        "a.V": "is different in every row",
    }


def test_two_studies_are_asked_about(context: Context, material: Read) -> None:
    find_identity(context, material(a="STUDY,SUBJID\nX,1\nX,2\n", b="STUDY,SUBJID\nY,1\nY,2\n"))
    assert "study" in {question.id for question in context.questions}


def test_names_as_sql_takes_them() -> None:
    assert [sql_name(name) for name in ("AEYN", "IT.AE", 'a"b')] == ["AEYN", '"IT.AE"', '"a""b"']


def test_a_column_that_all_files_share_is_the_subject_if_it_is_the_only_one(
    context: Context, material: Read
) -> None:
    found = find_identity(context, material(a="KEY,V\n1,x\n2,y\n3,z\n", b="KEY,V\n1,x\n1,y\n2,x\n"))
    # V is different in every row of a, too, and its texts stand in b: two columns are no evidence for either.
    assert not found.subjects
    context.questions.clear()
    found = find_identity(context, material(a="KEY,V\n1,x\n2,x\n3,x\n", b="KEY,V\n1,x\n1,x\n2,x\n"))
    assert found.subjects == {"a": "KEY", "b": "KEY"} and found.home == "a"
    [question] = [q for q in context.questions if q.id == "subject-column"]
    assert question.columns == ("a.KEY", "b.KEY")
