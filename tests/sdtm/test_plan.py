"""A spec compiled to steps: stages, order of domains, and problems told all at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sdtm.mapping.registry import catalogue
from sdtm.plan import Plan, make_plan
from specs import load_study
from specs.problems import Problem, ProblemsFound

STUDY = """
    study: X1
    raw: {datasets: {dm: {file: dm.csv}, ae: {file: ae.csv}, ex: {file: ex.csv}, vs: {file: vs.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    visits: [{VISITNUM: 1, VISIT: SCREENING}]
"""
COLUMNS = {
    "dm": ["PT", "SEX"],
    "ae": ["PT", "TERM", "D"],
    "ex": ["PT", "TRT", "D"],
    "vs": ["PT", "SYS", "D", "FOLDER"],
}
DM = """
    domain: DM
    sources: [{from: dm, map: {SEX: SEX}}]
    reference_dates: {RFSTDTC: {earliest: EX.EXSTDTC}}
"""
EX = "domain: EX\nsources: [{from: ex, map: {EXTRT: TRT, EXSTDTC: {date: D, format: yyyy-MM-dd}}}]\n"

Build = Callable[..., Path]


def planned(
    build_study: Build, study: str = STUDY, columns: dict[str, list[str]] | None = COLUMNS, **domains: str
) -> Plan:
    return make_plan(load_study(build_study(study, domains, {})), catalogue(), columns)


def problems(
    build_study: Build, study: str = STUDY, columns: dict[str, list[str]] | None = COLUMNS, **domains: str
) -> list[Problem]:
    with pytest.raises(ProblemsFound) as caught:
        planned(build_study, study, columns, **domains)
    return caught.value.problems


def test_variables_wait_for_what_they_read(build_study):
    ae = """
        domain: AE
        sources:
          - from: ae
            map:
              AETERM: TERM
              AESTDTC: {date: D, format: yyyy-MM-dd}
              AEMODIFY: {expr: upper(AE.AETERM)}
              AEPRESP: {expr: "CASE WHEN AE.AESTDTC < DM.RFSTDTC THEN 'Y' END"}
              AEACNOTH: {expr: AE.AEPRESP}
              AESTDY: {expr: TRY_CAST(TERM AS DOUBLE)}
              AESPID: {expr: "CASE WHEN AE.AEENDY > 1 THEN 'late' END"}
              AEGRPID: {expr: AE.VISIT}
            supp: {AETRTEM: {label: Treatment Emergent Flag, expr: "CASE WHEN AE.AEENDY > 1 THEN 'Y' END"}}
    """
    source = planned(build_study, dm=DM, ex=EX, ae=ae).domains["AE"].sources[0]
    stages = {variable.name: variable.stage for variable in (*source.variables, *source.supp)}
    assert stages == {
        "AETERM": 0, "AESTDTC": 0, "AEMODIFY": 0, "AEPRESP": 1, "AEACNOTH": 1, "AESTDY": 0, "AESPID": 2,
        "AEGRPID": 1, "AETRTEM": 2,
    }  # fmt: skip


def test_variables_of_a_wide_form_are_of_the_row_or_of_the_record(build_study):
    vs = """
        domain: VS
        sources:
          - from: vs
            findings: {SYSBP: {result: SYS, unit: mmHg}}
            map:
              VSDTC: {date: D, format: yyyy-MM-dd}
              VSLOC: {expr: VS.VSDTC}
              VSBLFL: {value: Y, where: VS.VSORRES IS NOT NULL}
    """
    source = planned(build_study, vs=vs).domains["VS"].sources[0]
    assert {v.name: v.row_level for v in source.variables} == {"VSDTC": True, "VSLOC": True, "VSBLFL": False}
    (test,) = source.tests
    assert (test.testcd, test.test) == ("SYSBP", "Systolic Blood Pressure")
    assert test.unit is not None and test.unit.steps[0].name == "hardcode_ct"


def test_a_unit_that_is_the_name_of_a_column_is_refused(build_study):
    """By the grammar a bare word is text (docs/spec.md); no unit of CT 2025-03-28 is called SYSU."""
    columns = {**COLUMNS, "vs": [*COLUMNS["vs"], "SYSU", "mmHg"]}

    def vs(unit: str) -> str:
        return f"domain: VS\nsources:\n  - from: vs\n    findings: {{SYSBP: {{result: SYS, unit: {unit}}}}}\n"

    (problem,) = problems(build_study, columns=columns, vs=vs("SYSU"))
    assert (problem.id, problem.where.file, problem.where.line) == ("unit-is-column", "sdtm/vs.yaml", 4)
    assert problem.found == "unit 'SYSU', which is a column of raw dataset vs and no known unit"
    assert problem.do == "write unit: {column: SYSU}; if the text is meant, unit: {value: SYSU}"
    (test,) = planned(build_study, columns=columns, vs=vs("{column: SYSU}")).domains["VS"].sources[0].tests
    assert test.unit is not None and list(test.unit.steps[0].references) == ["SYSU"]


@pytest.mark.parametrize(
    "declared",
    [
        "codelists: {UNIT: {codelist: VSRESU, extend: {SYSU: Systolic Units}}}",
        "codelists: {UNIT: {codelist: VSRESU, extend: {SYSU: Systolic Units}}}\n    standard_units: {SYSBP: SYSU}",
        "",
    ],
)
def test_a_known_unit_is_text_though_a_column_has_its_name(build_study, declared):
    """mmHg is a term of VSRESU (C66770), SYSU one that the study declares."""
    columns = {**COLUMNS, "vs": [*COLUMNS["vs"], "SYSU", "mmHg"]}
    unit = "SYSU" if declared else "mmHg"
    vs = f"domain: VS\nsources:\n  - from: vs\n    findings: {{SYSBP: {{result: SYS, unit: {unit}}}}}\n"
    (test,) = planned(build_study, STUDY + f"    {declared}\n", columns, vs=vs).domains["VS"].sources[0].tests
    assert test.unit is not None and test.unit.steps[0].name == "hardcode_ct"


def test_what_the_standard_says_is_resolved(build_study):
    plan = planned(build_study, dm=DM, ex=EX)
    domain = plan.domains["EX"]
    assert (domain.label, domain.class_name, domain.is_findings) == ("Exposure", "Interventions", False)
    assert domain.keys == ("STUDYID", "USUBJID", "EXTRT", "EXSTDTC")
    variable = domain.sources[0].variables[1]
    assert (variable.name, variable.label, variable.type, variable.core, variable.origin) == (
        "EXSTDTC", "Start Date/Time of Treatment", "Char", "Exp", "Collected",
    )  # fmt: skip


def test_a_domain_of_the_sponsor_s_own_takes_its_class_in_any_capitals(build_study):
    xx = "domain: XX\nclass: FINDINGS\nlabel: My Findings\nsources: [{from: vs, map: {XXTESTCD: SYS}}]\n"
    domain = planned(build_study, xx=xx).domains["XX"]
    assert (domain.label, domain.class_name, domain.is_findings) == ("My Findings", "Findings", True)
    (problem,) = problems(build_study, xx=xx.replace("FINDINGS", "Finding"))
    assert (problem.id, problem.where.file, problem.where.line) == ("unknown-class", "sdtm/xx.yaml", 2)
    (problem,) = problems(build_study, xx=xx.replace("class: FINDINGS\n", ""))
    assert problem.id == "unknown-domain" and "class:" in problem.do


def test_domains_come_after_those_they_are_made_from(build_study):
    fa = "domain: FA\nsources: [{from_domain: AE, map: {FAOBJ: AETERM}}]\n"
    ae = "domain: AE\nsources: [{from: ae, map: {AETERM: TERM}}]\n"
    assert planned(build_study, ae=ae, fa=fa).order() == ["AE", "FA"]


def test_domains_made_from_each_other_or_from_themselves_are_refused(build_study):
    def made_from(name: str, parent: str) -> str:
        return f"domain: {name}\nsources: [{{from_domain: {parent}, map: {{{name}TERM: {parent}TERM}}}}]\n"

    (problem,) = problems(build_study, ae=made_from("AE", "MH"), mh=made_from("MH", "AE"))
    assert problem.id == "domain-cycle" and "AE and MH" in problem.found
    (problem,) = problems(build_study, ae=made_from("AE", "AE"))
    assert problem.id == "domain-cycle" and problem.where.file == "sdtm/ae.yaml"


def test_problems_of_all_files_are_told_at_once_in_order(build_study):
    study = STUDY + "    units: [{unit: LB, to: kg, factor: heavy}]\n"
    ae = "domain: AE\nsources: [{from: aee, map: {AETERM: TERM}}]\n"
    ex = EX.replace("TRT,", "TRTT,")
    found = problems(build_study, study, ae=ae, dm=DM, ex=ex)
    assert [(p.id, p.where.file, p.where.line) for p in found] == [
        ("unknown-dataset", "sdtm/ae.yaml", 2),
        ("unknown-column", "sdtm/ex.yaml", 2),
        ("bad-conversion", "study.yaml", 6),
    ]
    assert found[0].do == "did you mean ae?" and found[2].found == "heavy"


@pytest.mark.parametrize("key", ["sdtmig", "ct"])
def test_an_unknown_version_of_a_standard_is_told_with_its_place(build_study, key):
    study = STUDY + f'    standards: {{{key}: "1.1"}}\n'
    found = problems(build_study, study, dm=DM, ex=EX)
    assert [(p.id, p.where.file, p.where.line) for p in found] == [
        (f"unknown-{key}-version", "study.yaml", 6)
    ]


def test_a_source_names_one_table(build_study):
    (problem,) = problems(build_study, ae="domain: AE\nsources: [{map: {AETERM: TERM}}]\n")
    assert problem.id == "source-without-table"


def test_without_a_rule_for_usubjid_there_are_no_subjects(build_study):
    study = STUDY.replace('USUBJID: "{STUDYID}-{SUBJID}"', "SITEID: PT")
    assert {
        p.id
        for p in problems(build_study, study, ae="domain: AE\nsources: [{from: ae, map: {AETERM: TERM}}]\n")
    } == {"missing-key"}


def test_qualifiers_have_short_names_and_labels(build_study):
    ae = """
        domain: AE
        sources:
          - from: ae
            map: {AETERM: TERM}
            supp:
              AETOOLONGNAME: {label: Long Name, column: TERM}
              AELBL: {label: A label that has more than forty characters in it, column: TERM}
              AENOLBL: {column: TERM}
    """
    assert [(p.id, p.where.line) for p in problems(build_study, ae=ae)] == [
        ("bad-name", 7), ("label-too-long", 8), ("missing-key", 9),
    ]  # fmt: skip


def test_the_files_are_not_needed_and_then_columns_are_not_judged(build_study):
    ae = "domain: AE\nsources: [{from: ae, map: {AETERM: NOPE}}]\n"
    assert planned(build_study, columns=None, ae=ae).domains["AE"].sources[0].variables[0].steps[
        0
    ].reads() == ("NOPE",)


def test_the_collected_visit_is_the_column_of_the_tables_that_have_it(build_study):
    study = STUDY.replace("raw: {", "raw: {visit: FOLDER, ")
    domains = {
        "vs": "domain: VS\nsources: [{from: vs, findings: {SYSBP: {result: SYS}}}]\n",
        "ae": "domain: AE\nsources: [{from: ae, map: {AETERM: TERM}}]\n",
    }
    plan = planned(build_study, study, **domains)
    visit = plan.domains["VS"].sources[0].visit
    assert visit is not None and visit.steps[0].reads() == ("FOLDER",)
    assert plan.domains["AE"].sources[0].visit is None
    (problem,) = problems(build_study, study.replace("FOLDER", "FOLDR"), **domains)
    assert (problem.id, problem.where.key, problem.do) == (
        "unknown-column",
        "raw.visit",
        "did you mean FOLDER?",
    )
    study = STUDY.replace("file: vs.csv", "file: vs.csv, visit: FOLDR")
    (problem,) = problems(build_study, study, **domains)
    assert (problem.id, problem.do) == ("unknown-column", "did you mean FOLDER?")


def test_join_columns_are_judged_before_anything_runs(build_study):
    ae = """
        domain: AE
        sources:
          - from: ae
            join: [{with: dm, by: {PTT: PT}, take: [SEXX], expect: one}]
            map: {AETERM: TERM, AELOC: {column: SEXX, codelist: none}}
    """
    found = problems(build_study, ae=ae)
    assert [(p.id, p.found, p.do) for p in found] == [
        ("unknown-column", "'PTT'", "did you mean PT?"), ("unknown-column", "'SEXX'", "did you mean SEX?"),
    ]  # fmt: skip


def test_what_is_read_of_the_domain_is_a_variable_of_it(build_study):
    """Events have no baseline flag; reading it would give nothing on every record."""
    ae = "domain: AE\nsources: [{from: ae, map: {AETERM: TERM, AESPID: {expr: AE.AELOBXFL}}}]\n"
    (problem,) = problems(build_study, ae=ae)
    assert problem.id == "unknown-column" and problem.found == "'AE.AELOBXFL'"


def test_nothing_waits_where_records_are_collapsed(build_study):
    ae = """
        domain: AE
        collapse: {by: [USUBJID, AETERM]}
        sources:
          - from: ae
            map: {AETERM: TERM, AESPID: {expr: DM.RFSTDTC}}
    """
    (problem,) = problems(build_study, dm=DM, ex=EX, ae=ae)
    assert problem.id == "late-with-collapse" and "AESPID" in problem.found
