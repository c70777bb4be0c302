"""`sdtm lint`, without data and against the raw files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sdtm.lint_study import lint_study
from specs import load_study
from specs.problems import Problem

STUDY = """
    study: X1
    raw: {datasets: {ae: {file: ae.csv}, dm: {file: dm.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
"""
AE = """
    domain: AE
    sources:
      - from: ae
        map: {AETERM: TERM, AEDECOD: TERM, AESEV: SEV}
"""
DM = """
    domain: DM
    sources:
      - from: dm
        map: {SEX: SEX, SITEID: PT, COUNTRY: {value: DEU}}
"""
RAW = {"ae.csv": "PT,TERM,SEV\n1,Rash,MILD\n", "dm.csv": "PT,SEX\n1,F\n"}

Build = Callable[..., Path]


def told(
    build_study: Build, ae: str = AE, study: str = STUDY, raw: dict[str, str] | None = None, dm: str = DM
) -> list[Problem]:
    found = lint_study(load_study(build_study(study, {"ae": ae, "dm": dm}, raw or RAW)), raw=raw is not None)
    return [problem for problem in found if problem.id != "expected-not-made"]


def test_a_sound_spec(build_study):
    assert told(build_study) == [] and told(build_study, raw=RAW) == []


def test_expected_variables_that_nothing_makes_are_noted_once_for_each_domain(build_study):
    found = lint_study(load_study(build_study(STUDY, {"ae": AE, "dm": DM}, {})))
    assert [(p.id, p.severity, p.where.file) for p in found] == [
        ("expected-not-made", "note", "sdtm/ae.yaml"), ("expected-not-made", "note", "sdtm/dm.yaml"),
    ]  # fmt: skip
    assert "AESTDTC" in found[0].found and "AESEQ" not in found[0].found


def test_a_required_variable_that_nothing_makes(build_study):
    (problem,) = told(build_study, AE.replace("AETERM: TERM, ", ""))
    assert (problem.id, problem.severity, problem.where.file) == (
        "required-not-made",
        "error",
        "sdtm/ae.yaml",
    )
    assert "AETERM of AE (Reported Term for the Adverse Event)" in problem.found


def test_problems_of_spec_and_plan_are_told_together_in_order(build_study):
    study = STUDY + "    codelists: {SEV: {codelist: AESEVV}}\n    accept: {duplikate-row: known}\n"
    found = told(build_study, AE.replace("SEV}", "SEV, AEXX: X}") + "    label: " + "x" * 41 + "\n", study)
    assert [(p.id, p.where.file, p.where.line) for p in found] == [
        ("unknown-variable", "sdtm/ae.yaml", 5),
        ("label-too-long", "sdtm/ae.yaml", 6),
        ("unknown-codelist", "study.yaml", 5),
        ("unknown-rule", "study.yaml", 6),
    ]
    assert "duplicate-row" in found[3].do


@pytest.mark.parametrize(
    "key", ["duplicate-row", "unmapped-term:AE.AESEV", "study-day-zero:AE", "date-not-read"]
)
def test_known_rules_are_accepted(build_study, key):
    assert told(build_study, study=STUDY + f'    accept: {{"{key}": known}}\n') == []


def test_a_variable_that_nothing_makes_is_not_read(build_study):
    (problem,) = told(build_study, AE.replace("SEV}", "SEV, AEMODIFY: {expr: AE.VISIT}}"))
    assert (problem.id, problem.severity, problem.found) == (
        "never-made",
        "warning",
        "'AE.VISIT', which nothing makes, read by AEMODIFY",
    )


def test_terms_of_a_mapping_that_leave_an_extensible_codelist(build_study):
    ae = AE.replace("SEV}", "SEV, AELOC: {column: LOC, terms: {l: LEFT PINKY, a: ARM}}}")
    (problem,) = told(build_study, ae)
    assert (problem.id, problem.severity, problem.found) == (
        "undeclared-term",
        "warning",
        "AELOC: 'l' to 'LEFT PINKY'",
    )
    study = STUDY + "    codelists: {LOC: {codelist: LOC, extend: {LEFT PINKY: Little finger}}}\n"
    assert told(build_study, ae, study) == []


def test_trial_design_is_judged(build_study):
    study = STUDY + "    arms: [{ARMCD: A, ARM: Drug A, elements: [TRT]}]\n"
    found = [
        (each.id, each.severity, each.where.file, each.where.line) for each in told(build_study, study=study)
    ]
    assert sorted(found) == [
        ("parameter-missing", "warning", "study.yaml", 5),
        ("unknown-element", "error", "study.yaml", 5),
    ]


# --- with the raw files ----------------------------------------------------------------------------------


def test_columns_are_judged_against_the_files(build_study):
    raw = {**RAW, "ae.csv": "PT,TERM,SEVERITY\n1,Rash,MILD\n"}
    (problem,) = told(build_study, raw=raw)
    assert (problem.id, problem.found) == ("unknown-column", "'SEV'")
    assert told(build_study, raw=None) == []


def test_unreadable_files_are_told_with_the_problems_of_the_spec(build_study):
    found = told(build_study, AE.replace("AESEV:", "AESEVV:"), raw={"ae.csv": RAW["ae.csv"]})
    assert [(p.id, p.severity, p.where.file) for p in found] == [
        ("missing-file", "error", "dm.csv"), ("unknown-variable", "error", "sdtm/ae.yaml"),
    ]  # fmt: skip


def test_texts_columns_and_rows_that_the_spec_does_not_cover_are_warnings(build_study):
    ae = AE.replace("map:", "where: YN = 'Y'\n        not_submitted: {LOT: batch}\n        map:")
    raw = {**RAW, "ae.csv": "PT,TERM,SEV,YN,SPARE\n1,Rash,MILD,Y,x\n1,Itch,Moderat,Y,\n2,Pain,Moderat,Y,\n"}
    found = told(build_study, ae, raw=raw)
    assert [(p.id, p.severity, p.where.file, p.where.row or p.where.line, p.where.column) for p in found] == [
        ("column-unaccounted", "warning", "ae.csv", None, "SPARE"),
        ("unmapped-term", "warning", "ae.csv", 3, "SEV"),
        ("unknown-column", "warning", "sdtm/ae.yaml", 6, ""),
    ]
    assert found[1].found == 'AE.AESEV: "Moderat" (2 times)'
    assert found[2].found.startswith("not_submitted 'LOT'")


def test_patterns_of_columns_left_out_name_some_column(build_study):
    study = STUDY.replace("raw: {", 'raw: {not_submitted: {"*_RAW": copies, "*_INT": copies}, ')
    raw = {**RAW, "ae.csv": "PT,TERM,SEV,SEV_RAW\n1,Rash,MILD,1\n"}
    (problem,) = told(build_study, study=study, raw=raw)
    assert (problem.id, problem.severity) == ("unknown-column", "warning") and "'*_INT'" in problem.found


def test_joins_that_do_not_hold_are_errors(build_study):
    ae = AE.replace("map:", "join: [{with: dm, by: {PT: PT}, take: {ARM: SEX}, expect: one}]\n        map:")
    ae = ae.replace("SEV}", "SEV, AEMODIFY: ARM}")
    (problem,) = told(build_study, ae, raw={**RAW, "dm.csv": "PT,SEX\n1,F\n1,F\n"})
    assert (problem.id, problem.severity, problem.where.file) == ("join-multiplies", "error", "sdtm/ae.yaml")
    (problem,) = told(build_study, ae, raw={**RAW, "dm.csv": "PT,SEX\n01,F\n"})
    assert problem.id == "join-without-match"


def test_trial_design_is_told_as_a_run_finds_it(build_study: Callable[..., Path]) -> None:
    """Lint has the ids and severities of all error findings in TA, TE, TI and TV, and stops no run."""
    from sdtm.mapping.registry import catalogue
    from sdtm.plan import make_plan
    from sdtm.trial_design import trial_design
    from validation.judge import judge

    yaml = """
    study: X1
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    visits: [{VISITNUM: 1, VISIT: DAY 1, VISITDY: 1}]
    elements:
      - {ETCD: TRT, ELEMENT: Treatment, EPOCH: TREATMENT, TEDUR: 4 weeks}
      - {ETCD: FU, ELEMENT: Follow-up, EPOCH: FOLLOW-UP, TESTRL: Last dose}
    arms: [{ARMCD: ARM WITH MORE THAN 20, ARM: Drug A, elements: [TRT, FU]}]
    criteria:
      - {IETESTCD: INCLUSION1, IETEST: Adult, IECAT: INCLUSION}
      - {IETESTCD: INCLUSION1, IETEST: Adult, IECAT: INCLUSION}
    """
    study = load_study(build_study(yaml, {}, {}))
    lint_ids = {
        "required-value-missing",
        "element-without-end-rule",
        "not-iso8601-duration",
        "name-too-long",
        "invalid-short-name",
        "criterion-repeated",
    }
    told = {(p.id, p.severity) for p in lint_study(study) if p.id in lint_ids}
    assert {rule for rule, _ in told} == lint_ids
    made = trial_design(make_plan(study, catalogue()))
    found = judge({name: dataset.frame for name, dataset in made.items()}, study).findings
    design = {(f.rule, f.severity) for f in found if f.dataset in ("TA", "TE", "TI", "TV")}
    assert told == {each for each in design if each[0] in lint_ids}
    assert {rule for rule, severity in design if severity == "error"} <= lint_ids | {"duplicate-natural-keys"}
