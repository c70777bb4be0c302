"""Specs that are wrong: refused with file, line, what was found, what is allowed and the nearest known word."""

from __future__ import annotations

import pytest


def test_a_typo_in_a_key(bench):
    bench.change_spec("ae", "sources:", "sorces:")
    told = bench.refused()
    assert "error[unknown-key] sdtm/ae.yaml, line 2, key sorces" in told and "did you mean sources?" in told


def test_a_typo_in_a_variable(bench):
    bench.change_spec("ae", "AESEV: AESEV", "AESVE: AESEV")
    told = bench.refused()
    assert "error[unknown-variable] sdtm/ae.yaml, line 8" in told and "did you mean AESEV" in told


def test_a_typo_in_a_mapping(bench):
    bench.change_spec("ae", "AESTDTC: {date: AEST", "AESTDTC: {dat: AEST")
    told = bench.refused()
    assert "error[unknown-key] sdtm/ae.yaml, line 9" in told and "did you mean date?" in told


def test_problems_of_several_files_are_told_in_one_run(bench):
    bench.change_spec("ae", "AETERM: AETERM", "AETERM: AETREM")
    bench.change_spec("ex", "EXDOSE: DOSE", "EXDOSE: DOES")
    bench.change_spec("vs", "PULSE: {result", "PULS: {result")
    told = bench.refused()
    assert "did you mean AETERM" in told and "did you mean DOSE" in told and "did you mean PULSE" in told
    assert "3 problems; nothing was written" in told


def library(bench, text):
    bench.write()
    (bench.folder / "study" / "library").mkdir()
    (bench.folder / "study" / "library" / "study.yaml").write_text(text, encoding="utf-8")
    bench.study += "extends: library\n"


@pytest.mark.parametrize("text", ["extends: ..\n", "extends: ../library\n"])
def test_a_cycle_in_extends_is_shown_as_its_path(bench, text):
    library(bench, text)
    told = bench.refused()
    assert "error[extends-cycle] library/study.yaml, line 1, key extends" in told and " -> " in told


def test_a_library_that_is_not_there(bench):
    bench.study += "extends: ../libary\n"
    assert "error[extends-missing] study.yaml, line 13, key extends" in bench.refused()


def test_an_unknown_raw_column_with_the_nearest_names(bench):
    bench.change_spec("ae", "AETERM: AETERM", "AETERM: AETREM")
    told = bench.refused()
    assert "error[unknown-column] sdtm/ae.yaml, line 5, key sources[1].map.AETERM" in told
    assert "'AETREM'" in told and "AENO, AESER, AESEV, AEST, AETERM, SUBJ" in told
    assert "did you mean AETERM" in told


def test_a_column_that_is_not_there_is_not_taken_from_the_variable_of_that_name(bench):
    """AESEV: AESEV without such a column is no mapping of AESEV to itself."""
    bench.change_raw("ae.csv", "AESEV", "GRADE")
    told = bench.refused()
    assert (
        "error[unknown-column] sdtm/ae.yaml, line 8" in told
        and "the variable of this domain is AE.AESEV" in told
    )


def test_a_variable_that_is_made_from_itself(bench):
    bench.change_spec("ae", "AESEV: AESEV", "AESEV: AE.AESEV")
    told = bench.refused()
    assert "error[mapping-cycle] sdtm/ae.yaml, line 8" in told and "AESEV -> AESEV" in told


def test_variables_that_are_made_from_each_other(bench):
    bench.change_spec("ae", "AESEV: AESEV", "AELLT: AE.AEMODIFY\n      AEMODIFY: AE.AELLT")
    assert "AELLT -> AEMODIFY -> AELLT" in bench.refused()


def condition(bench, text):
    bench.change_spec("ae", "    map:\n", f"    where: {text}\n    map:\n")


@pytest.mark.parametrize(
    ("clause", "reason"),
    [
        ("AESER = = 'Y'", 'syntax error at or near "="'),
        ("uppr(AESER) = 'Y'", "did you mean upper?"),
        ("AESER", "this is not a condition"),
        ("CAST(AETERM AS INTEGER) > 1", "use TRY_CAST(column AS DOUBLE)"),
    ],
)
def test_an_sql_error_is_shown_with_the_clause(bench, clause, reason):
    condition(bench, clause)
    told = bench.refused()
    assert "error[sql-error] sdtm/ae.yaml, line 4, key sources[1].where" in told
    assert clause in told and reason in told


@pytest.mark.parametrize(
    "clause",
    [
        "(SELECT count(*) FROM read_csv('/etc/passwd')) > 0",
        "read_text('/etc/passwd') IS NOT NULL",
        "length(getenv('HOME')) > 0",
        "1 = 1); ATTACH 'other.db' AS other; SELECT (1 = 1",
        "1 = 1); COPY (SELECT 1) TO 'stolen.csv'; SELECT (1 = 1",
        "AESER IN (SELECT content FROM '/etc/passwd')",
    ],
)
def test_sql_that_reads_a_file_or_more_is_refused(bench, clause):
    condition(bench, f'"{clause}"')
    told = bench.refused()
    assert "error[sql-error] sdtm/ae.yaml, line 4, key sources[1].where" in told and "root:" not in told
    assert not list(bench.folder.rglob("*.db")) and not list(bench.folder.rglob("stolen.csv"))


@pytest.mark.parametrize("variable", ["STUDYID", "DOMAIN", "USUBJID", "AESEQ"])
def test_a_mapping_of_what_the_toolkit_makes_is_refused_and_not_ignored(bench, variable):
    bench.change_spec("ae", "AETERM: AETERM", f"AETERM: AETERM\n      {variable}: AENO")
    told = bench.refused()
    assert f"error[made-elsewhere] sdtm/ae.yaml, line 6, key sources[1].map.{variable}" in told


def test_a_domain_of_one_s_own_has_two_characters(bench):
    bench.domains["zzz"] = "domain: ZZZ\nclass: Events\nsources:\n  - from: ae\n    map: {ZZTERM: AETERM}\n"
    assert "error[bad-name] sdtm/zzz.yaml, line 1, key domain" in bench.refused()


def test_a_join_by_nothing(bench):
    bench.change_spec(
        "ae", "    map:\n", "    join: [{with: dm, by: {}, take: [AGE], expect: one}]\n    map:\n"
    )
    assert "error[bad-value] sdtm/ae.yaml, line 4, key sources[1].join[1].by" in bench.refused()


def test_a_lookup_with_two_answers_is_told_at_its_line(bench):
    bench.change_spec("ae", "{value: Coded term}", "{lookup: vs, by: {SUBJ: SUBJ}, take: VISIT}")
    told = bench.refused()
    assert "error[lookup-not-unique] sdtm/ae.yaml, line 6, key sources[1].map.AEDECOD" in told
    assert "more than one VISIT in vs for '001'" in told


def test_a_spec_that_makes_nothing(bench):
    bench.study, bench.domains = "study: NIL\n", {}
    assert "error[nothing-to-make] study.yaml, line 1, key study" in bench.refused()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "bad-value"),
        ("- a\n", "bad-value"),
        ("domain: AE\nsources:\n\t- from: ae\n", "yaml-syntax"),
        ("domain: AE\ndomain: AE\n", "duplicate-key"),
        ("domain: !!python/object/apply:os.system ['echo']\n", "yaml-tag"),
        ("domain: AE\n---\ndomain: AE\n", "yaml-syntax"),
        ("domain: ae\n", "bad-value"),
        (
            "a: &a [x, x, x, x, x, x, x, x, x]\n"
            + "".join(
                f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
            )
            + "domain: AE\nsources: *h\n",
            "yaml-too-large",
        ),
    ],
)
def test_a_file_that_is_no_domain(bench, text, problem):
    bench.domains["ae"] = text
    assert f"error[{problem}] sdtm/ae.yaml" in bench.refused()


def test_a_wrong_study(sdtm):
    outcome = sdtm("run", "lxi15028")
    assert outcome.code == 2 and "did you mean lxi15029?" in outcome.err
