"""Which variables a dataset has, in which order, with which label. SDTMIG 3.4, 4.1.1.5."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sdtm.assemble import dataset_order

STUDY = """
    study: X1
    raw: {datasets: {ae: {file: ae.csv}, empty: {file: empty.csv}}}
    subject: {SITEID: SITE, SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
"""
RAW = {
    "ae.csv": "SITE,PT,TERM,SEV,LOC,NOTE\n1,a,Rash,,ARM,seen\n1,a,Itch,,,\n",
    "empty.csv": "SITE,PT,TERM\n",
}


def converted(convert_study: Callable[..., Any], mapping: str, more: str = "", **domains: str) -> Any:
    ae = f"domain: AE\nsources: [{{from: ae, map: {{AETERM: TERM, {mapping}}}}}]\n{more}"
    return convert_study(STUDY, {"ae": ae, **domains}, RAW)


def test_required_and_expected_variables_are_there_and_permissible_ones_with_a_value(convert_study):
    made = converted(convert_study, "AELOC: LOC, AESEV: SEV").datasets["AE"]
    names = [variable.name for variable in made.variables]
    assert names[:7] == ["STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AETERM", "AELLT", "AELLTCD"]
    assert "AELOC" in names and "AESEV" not in names and "AESTDTC" in names
    assert made.frame["AESTDTC"].isna().all() and "SITEID" not in names
    assert names == list(made.frame)


def test_order_label_and_type_are_the_standard_s(convert_study):
    made = converted(convert_study, "AELOC: LOC, AESPID: NOTE").datasets["AE"]
    names = [variable.name for variable in made.variables]
    assert names.index("AESPID") < names.index("AETERM") < names.index("AELOC")
    said = {variable.name: (variable.label, variable.type) for variable in made.variables}
    assert said["AESEQ"] == ("Sequence Number", "Num") and said["AETERM"] == (
        "Reported Term for the Adverse Event",
        "Char",
    )
    assert made.label == "Adverse Events" and made.keys == ("STUDYID", "USUBJID", "AEDECOD", "AESTDTC")


def test_the_spec_may_drop_a_variable(convert_study):
    made = converted(convert_study, "AELOC: LOC", "drop: [AELOC, AELLT]\n").datasets["AE"]
    assert not {"AELOC", "AELLT"} & set(made.frame)


def test_a_domain_without_rows_is_an_empty_dataset(convert_study):
    ds = "domain: DS\nsources: [{from: empty, map: {DSTERM: TERM, DSDECOD: TERM}}]\n"
    made = converted(convert_study, "AELOC: LOC", ds=ds)
    assert len(made.datasets["DS"].frame) == 0 and "DSTERM" in made.datasets["DS"].frame
    assert "SUPPDS" not in made.datasets


def test_supplemental_datasets_follow_their_parents(convert_study):
    assert sorted(["SUPPAE", "DM", "AE", "SUPPDM", "AF"], key=dataset_order) == [
        "AE",
        "SUPPAE",
        "AF",
        "DM",
        "SUPPDM",
    ]
    ae = """
        domain: AE
        sources: [{from: ae, map: {AETERM: TERM}, supp: {AENOTE: {label: Note, column: NOTE}}}]
    """
    made = convert_study(STUDY, {"ae": ae}, RAW)
    assert list(made.datasets) == ["AE", "SUPPAE"]
    supp = made.datasets["SUPPAE"]
    assert supp.label == "Supplemental Qualifiers for AE"
    assert supp.source["position"].tolist() == [0]  # the raw row of the parent
    assert supp.keys == ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM")


def test_a_study_day_stands_beside_its_expected_date_also_where_nothing_was_collected(convert_study):
    """FDA rules FB3202 and FB3203 (CORE-000328, CORE-000776) ask for --STDY and --ENDY beside --STDTC and --ENDTC."""
    dm = "domain: DM\nsources: [{from: ae, map: {SEX: {value: F}, RFSTDTC: {value: '2024-01-01'}}}]\n"
    ae = "domain: AE\nsources: [{from: ae, map: {AETERM: TERM}}]\n"
    made = convert_study(STUDY, {"ae": ae, "dm": dm}, RAW).datasets["AE"]
    assert [v.type for v in made.variables if v.name in ("AESTDY", "AEENDY")] == ["Num", "Num"]
    assert made.frame[["AESTDTC", "AESTDY", "AEENDTC", "AEENDY"]].isna().all().all()


def test_without_a_reference_date_there_are_no_study_days(convert_study):
    made = converted(convert_study, "AELOC: LOC").datasets["AE"]
    assert "AEENDTC" in made.frame and "AEENDY" not in made.frame
