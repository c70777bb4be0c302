"""Mappings in short form and in full, and what is wrong with bad ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sdtm.compile_rule import Names, Reference, Step
from sdtm.mapping.registry import catalogue
from sdtm.plan import make_plan
from specs import load_study
from specs.location import Location
from specs.problems import Problem, ProblemsFound

STUDY = """
    study: X1
    raw: {datasets: {ae: {file: ae.csv}, codes: {file: codes.csv, lookup: true}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    codelists:
      NY: {codelist: NY, terms: {"Yes": Y, "No": N}}
      GRADE: {terms: {low: LOW, high: HIGH}}
      OPEN: {terms: {low: LOW}, closed: false}
"""
COLUMNS = {"ae": ["PT", "TERM", "SEV", "AESTDAT", "AESTTIM", "A B"], "codes": ["CODE", "NAME"]}

Build = Callable[..., Path]


def steps(build_study: Build, mapping: str, target: str = "AETERM", study: str = STUDY) -> tuple[Step, ...]:
    domain = f"domain: AE\nsources:\n  - from: ae\n    map:\n      {target}: {mapping}\n"
    plan = make_plan(load_study(build_study(study, {"ae": domain}, {})), catalogue(), COLUMNS)
    return plan.domains["AE"].sources[0].variables[0].steps


def problems(build_study: Build, mapping: str, target: str = "AETERM", study: str = STUDY) -> list[Problem]:
    with pytest.raises(ProblemsFound) as caught:
        steps(build_study, mapping, target, study)
    assert all(p.where.file == "sdtm/ae.yaml" and p.where.line for p in caught.value.problems)
    return caught.value.problems


def problem(build_study: Build, mapping: str, target: str = "AETERM", study: str = STUDY) -> Problem:
    (only,) = problems(build_study, mapping, target, study)
    return only


@pytest.mark.parametrize(
    ("mapping", "name", "reads"),
    [
        ("TERM", "assign_no_ct", ("TERM",)),
        ("{column: TERM}", "assign_no_ct", ("TERM",)),
        ("{algorithm: assign_no_ct, column: TERM}", "assign_no_ct", ("TERM",)),
        ("{algorithm: assign, column: TERM}", "assign_no_ct", ("TERM",)),
        ("{column: TERM, terms: {a: A}}", "assign_ct", ("TERM",)),
        ("{algorithm: assign_ct, column: TERM, terms: {a: A}}", "assign_ct", ("TERM",)),
        ("{value: RASH}", "hardcode_no_ct", ()),
        ("'{TERM} ({SEV})'", "template", ("TERM", "SEV")),
        ("{template: '{TERM}'}", "template", ("TERM",)),
        ("{date: AESTDAT, time: AESTTIM, format: dd MMM yyyy}", "assign_datetime", ("AESTDAT", "AESTTIM")),
        ("{expr: upper(TERM)}", "expr", ("TERM",)),
        ("{concat: [TERM, SEV]}", "concat", ("TERM", "SEV")),
        ("{lookup: codes, by: {CODE: SEV}, take: NAME}", "lookup", ("SEV",)),
        ("{choices: {TERM: RASH, SEV: ITCH}}", "split_checkbox", ("TERM", "SEV")),
        ("A B", "assign_no_ct", ("A B",)),
    ],
)
def test_short_forms_and_full_names(build_study, mapping, name, reads):
    (step,) = steps(build_study, mapping)
    assert (step.name, step.reads()) == (name, reads)
    assert all(step.references[read] == Reference("raw", read) for read in reads)


def test_a_variable_with_a_codelist_is_mapped_by_terminology(build_study):
    (step,) = steps(build_study, "SEV", "AESER")
    assert step.name == "assign_ct" and step.terms is not None
    assert step.terms.title == "codelist NY (C66742)"
    assert step.terms.look_up("Yes") == ("Y", "known") and step.terms.look_up("U") == ("U", "known")


def test_a_list_is_tried_in_order(build_study):
    found = steps(build_study, "[{column: TERM, where: SEV = '1'}, {value: UNKNOWN, comment: last resort}]")
    assert [(s.name, s.where.text if s.where else "", s.comment) for s in found] == [
        ("assign_no_ct", "SEV = '1'", ""),
        ("hardcode_no_ct", "", "last resort"),
    ]
    assert found[0].location.key == "sources[1].map.AETERM[1]"


def test_the_origin_is_the_spec_s_or_the_algorithm_s(build_study):
    assert steps(build_study, "TERM")[0].origin == "Collected"
    assert steps(build_study, "{expr: upper(TERM)}")[0].origin == "Derived"
    assert steps(build_study, "{value: X, origin: Protocol}")[0].origin == "Protocol"


def test_a_condition_s_columns_are_read_but_not_by_the_algorithm(build_study):
    (step,) = steps(build_study, "{column: TERM, where: SEV IS NOT NULL}")
    assert step.reads() == ("TERM",) and set(step.references) == {"TERM", "SEV"}


# --- bad mappings ----------------------------------------------------------------------------------------


def test_a_typo_in_a_key_is_told_with_the_nearest_key(build_study):
    found = problem(build_study, "{colunm: TERM}")
    assert found.id == "unknown-key" and "'colunm'" in found.found and found.do == "did you mean column?"
    found = problem(build_study, "{date: AESTDAT, fromat: yyyy}")
    assert found.id in ("unknown-key", "bad-value")


def test_a_typo_in_a_parameter_is_told_with_the_nearest_one(build_study):
    found = problem(build_study, "{concat: [TERM], seperator: ','}")
    assert (found.id, found.do) == ("unknown-key", "did you mean separator?")


def test_a_typo_in_an_algorithm(build_study):
    found = problem(build_study, "{algorithm: asign_datetime, date: AESTDAT, format: yyyy}")
    assert (found.id, found.do) == ("unknown-algorithm", "did you mean assign_datetime?")


def test_two_algorithms_in_one_mapping(build_study):
    assert problem(build_study, "{column: TERM, value: X}").id == "two-algorithms"


def test_a_missing_parameter(build_study):
    found = problem(build_study, "{lookup: codes, by: {CODE: SEV}}")
    assert (found.id, found.found) == ("missing-key", "lookup without 'take'")


def test_a_date_without_a_format_says_so(build_study):
    found = problem(build_study, "{date: AESTDAT}")
    assert found.id == "bad-value" and found.expected.startswith("declare the format of the date")


def test_an_unknown_raw_column_is_told_with_the_nearest_names(build_study):
    found = problem(build_study, "TERMM")
    assert found.id == "unknown-column" and found.found == "'TERMM'"
    assert "raw dataset ae" in found.expected and "AESTDAT" in found.expected
    assert found.do == "did you mean TERM?"


def test_an_unknown_column_in_a_condition(build_study):
    assert problem(build_study, "{column: TERM, where: SEVV = '1'}").do == "did you mean SEV?"


def test_an_unknown_table_and_its_unknown_columns(build_study):
    assert problem(build_study, "{lookup: code, by: {CODE: SEV}, take: NAME}").do == "did you mean codes?"
    found = problem(build_study, "{lookup: codes, by: {CODE: SEV}, take: NAMES}")
    assert (found.id, found.found, found.do) == ("unknown-column", "'NAMES'", "did you mean NAME?")


def test_an_unknown_variable_is_told_with_the_nearest_one(build_study):
    found = problem(build_study, "TERM", "AETERMM")
    assert (found.id, found.do) == ("unknown-variable", "did you mean AETERM or AESER or AEENRF?")


def test_sql_errors_are_shown_with_the_clause(build_study):
    for mapping in (
        "{expr: upper(TERM}",
        "{column: TERM, where: SEV ==}",
        "{expr: \"read_text('/etc/passwd')\"}",
    ):
        found = problem(build_study, mapping)
        assert found.id == "sql-error" and found.found.startswith(("'", '"'))


def test_a_variable_that_waits_for_itself(build_study):
    mapping = "{AETERM: {expr: AE.AEMODIFY}, AEMODIFY: {expr: AE.AETERM}}"
    domain = f"domain: AE\nsources: [{{from: ae, map: {mapping}}}]\n"
    with pytest.raises(ProblemsFound, match="mapping-cycle") as caught:
        make_plan(load_study(build_study(STUDY, {"ae": domain}, {})), catalogue(), COLUMNS)
    assert "AETERM -> AEMODIFY -> AETERM" in str(caught.value)


def test_an_unknown_codelist(build_study):
    found = problem(build_study, "{column: SEV, codelist: NYY}", "AESER")
    assert (found.id, found.do) == ("unknown-codelist", "did you mean NY?")


def test_a_term_outside_a_closed_codelist(build_study):
    found = problem(build_study, "{column: SEV, terms: {ja: YES}}", "AESER")
    assert found.id == "not-in-codelist" and found.found == "'ja': 'YES'"


def test_all_problems_of_a_domain_are_told_at_once(build_study):
    domain = (
        "domain: AE\nsources:\n  - from: ae\n    where: NOPE = 1\n    map:\n"
        "      AETERM: TERMM\n      AESER: {value: maybe}\n      AEXYZ: TERM\n"
    )
    with pytest.raises(ProblemsFound) as caught:
        make_plan(load_study(build_study(STUDY, {"ae": domain}, {})), catalogue(), COLUMNS)
    assert [(p.id, p.where.line) for p in caught.value.problems] == [
        ("unknown-column", 4), ("unknown-column", 6), ("not-in-codelist", 7), ("unknown-variable", 8),
    ]  # fmt: skip


# --- codelists of the study's own ------------------------------------------------------------------------


def test_an_own_codelist_holds_the_values_it_maps_to(build_study):
    (step,) = steps(build_study, "{column: SEV, codelist: GRADE}", "AEMODIFY")
    assert step.terms is not None and step.terms.title == "codelist GRADE"
    found = [step.terms.look_up(text) for text in ("low", "HIGH", "middle")]
    assert found == [("LOW", "known"), ("HIGH", "known"), (None, "lost")]


def test_an_open_one_keeps_other_texts_and_tells(build_study):
    (step,) = steps(build_study, "{column: SEV, codelist: OPEN}", "AEMODIFY")
    assert step.terms is not None and step.terms.look_up("middle") == ("middle", "added")
    (step,) = steps(build_study, "{column: SEV, codelist: GRADE, others: keep}", "AEMODIFY")
    assert step.terms is not None and step.terms.look_up("middle") == ("middle", "known")


def test_two_codelists_that_disagree_have_to_be_named(build_study):
    study = STUDY + '      NY2: {codelist: C66742, terms: {"Yes": N}}\n'
    found = problem(build_study, "SEV", "AESER", study)
    assert found.id == "conflicting-terms" and "'Yes'" in found.found and "NY and NY2" in found.found
    (step,) = steps(build_study, "{column: SEV, codelist: NY2}", "AESER", study)
    assert step.terms is not None and step.terms.look_up("Yes") == ("N", "known")


# --- names -----------------------------------------------------------------------------------------------

NAMES = Names("AE", frozenset({"AETERM", "IT.X", "SITEID"}), frozenset({"AESTDTC", "SITEID"}), "ae")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AETERM", Reference("raw", "AETERM")),
        ("raw.AETERM", Reference("raw", "AETERM")),
        ("AE.AESTDTC", Reference("own", "AESTDTC")),
        ("AESTDTC", None),  # unqualified: a raw column, or nothing
        ("SITEID", Reference("raw", "SITEID")),
        ("AE.SITEID", Reference("own", "SITEID")),
        ("DM.RFSTDTC", Reference("subject", "RFSTDTC")),
        ("IT.X", Reference("raw", "IT.X")),
        ("raw.AESTDTC", None),
        ("AE.AETERM", None),
        ("NOPE", None),
    ],
)
def test_what_a_name_means(name, expected):
    assert NAMES.resolve(name) == expected


def test_without_the_files_every_unqualified_name_may_be_a_column():
    names = Names("AE", None, frozenset({"AESTDTC"}), "ae")
    assert names.resolve("ANY") == Reference("raw", "ANY")
    assert names.resolve("AE.AESTDTC") == Reference("own", "AESTDTC")
    assert names.resolve("AE.NOPE") is None


def test_in_a_subject_rule_a_name_means_what_was_just_made():
    names = Names("AE", frozenset({"SITEID"}), frozenset({"SITEID"}), "ae", own_first=True)
    assert names.resolve("SITEID") == Reference("own", "SITEID")
    assert names.resolve("raw.SITEID") == Reference("raw", "SITEID")


def test_a_problem_of_a_name_lists_columns_and_the_nearest():
    found: Any = NAMES.problem("AETREM", Location("sdtm/ae.yaml", 3))
    assert found.id == "unknown-column" and "AETERM, IT.X, SITEID" in found.expected
    assert found.do == "did you mean AETERM?"


@pytest.mark.parametrize(
    "mapping",
    ["{column: ''}", "{value: ''}", "{concat: ['']}", "{lookup: codes, by: {CODE: ''}, take: NAME}"],
)
def test_an_empty_parameter_is_refused(build_study, mapping):
    found = problem(build_study, mapping)
    assert found.id == "bad-value" and found.expected.endswith("which is empty")
