"""Input that is odd and right: it converts, and every value arrives as it stands in the file."""

from __future__ import annotations

import pytest

NAMES = [
    "select",
    "c0",
    "row_",
    "block_",
    "e0",
    "a.b",
    "DM",
    "AE",
    "a b",
    " lead",
    "it's",
    'q"q',
    "Ärzt",
    "恶心",
    "{x}",
    "*",
    "1",
    "a-b",
    "#x",
    "a,b",
    "🙂",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_column_name_can_be_mapped_and_stand_in_sql(bench, name):
    """In SQL in double quotes; inside YAML's single quotes a quote is written twice."""
    in_csv, in_sql, in_yaml = name.replace('"', '""'), name.replace('"', '""'), name.replace("'", "''")
    bench.change_raw("ae.csv", "AENO,AETERM,", f'AENO,"{in_csv}",')
    bench.change_spec("ae", "AETERM: AETERM", f"AETERM: {{column: '{in_yaml}'}}")
    quoted = in_sql.replace("'", "''")
    bench.change_spec("ae", "{value: Coded term}", f"{{expr: 'upper(\"{quoted}\")'}}")
    rows = bench.done(code=0).rows("ae")
    assert [row["AETERM"] for row in rows] == ["Headache", "Nausea", "Fall"]
    assert [row["AEDECOD"] for row in rows] == ["HEADACHE", "NAUSEA", "FALL"]


@pytest.mark.parametrize("name", ["AE.X", "raw.X"])
def test_a_column_that_looks_like_something_else_is_named_with_raw(bench, name):
    bench.change_raw("ae.csv", "AENO,AETERM,", f"AENO,{name},")
    bench.change_spec("ae", "AETERM: AETERM", f"AETERM: {name}")
    assert f"the raw column of that name is raw.{name}" in bench.refused()
    bench.change_spec("ae", f"AETERM: {name}", f"AETERM: raw.{name}")
    assert [row["AETERM"] for row in bench.done(code=0).rows("ae")] == ["Headache", "Nausea", "Fall"]


@pytest.mark.parametrize("use", ["DM.AGE", "{expr: '\"DM.AGE\"'}", "{expr: DM.AGE}", "'{DM.AGE} years'"])
def test_a_column_that_is_called_like_a_variable_of_the_subject_is_refused_without_raw(bench, use):
    bench.change_raw("ae.csv", "AENO,AETERM,", "AENO,DM.AGE,")
    bench.change_spec("ae", "AETERM: AETERM", f"AETERM: {use}")
    told = bench.refused()
    assert "error[unclear-name] sdtm/ae.yaml, line 5" in told and "write raw.DM.AGE for the column" in told


@pytest.mark.parametrize(
    "use", ["raw.DM.AGE", "{expr: 'raw.\"DM.AGE\"'}", "{expr: raw.DM.AGE}", "'{raw.DM.AGE}'"]
)
def test_a_column_that_is_called_like_a_variable_of_the_subject_is_read_with_raw(bench, use):
    bench.change_raw("ae.csv", "AENO,AETERM,", "AENO,DM.AGE,")
    bench.change_spec("ae", "AETERM: AETERM", f"AETERM: {use}")
    assert [row["AETERM"] for row in bench.done(code=0).rows("ae")] == ["Headache", "Nausea", "Fall"]


@pytest.mark.parametrize("use", ["'{DM.AGE} years'", "{concat: [DM.AGE, AESEQUENCE], separator: ' '}"])
def test_numbers_become_texts_where_texts_are_joined(bench, use):
    """AGE of 001 is 40, of 002 it is 50."""
    bench.raw["ae.csv"] = str(bench.raw["ae.csv"]).replace("AENO", "AESEQUENCE")
    bench.change_study("key: [SUBJ, AENO]", "key: [SUBJ, AESEQUENCE]")
    bench.change_spec("ae", "{AENO: number on the form}", "{AESEQUENCE: number on the form}")
    bench.change_spec("ae", "{value: Coded term}", use)
    rows = bench.done(code=0).rows("ae")
    years = "years" in use
    assert [row["AEDECOD"] for row in rows] == (
        ["40 years", "40 years", "50 years"] if years else ["40 1", "40 2", "50 1"]
    )


def test_numbers_are_what_they_are(bench):
    """-0 is 0; 123456789012345678 is above 2**53: the nearest double."""
    bench.raw["ex.csv"] = (
        "SUBJ,EXDAT,DOSE\n001,2024-01-10,-0\n001,2024-01-11,123456789012345678\n002,2024-01-12,.5\n"
    )
    assert [row["EXDOSE"] for row in bench.done(code=0).rows("ex")] == ["0", "1.23457e+17", "0.5"]


def test_dates_long_ago_and_far_ahead_have_study_days(bench):
    """From 2024-01-10: 1850-01-01 is 63,561 days before (365 x 174 + 42 leap days + 9), 2300-01-10 is day 100,808
    (365 x 276 + 67 leap days + 1); none of them fits into 64 bits of nanoseconds."""
    bench.change_raw("ae.csv", "2024-01-12", "1850-01-01")
    bench.change_raw("ae.csv", "2024-01-13", "2300-01-10")
    rows = bench.done(code=0).rows("ae")
    assert {row["AESTDTC"]: row["AESTDY"] for row in rows if row["USUBJID"] == "BAD-001"} == {
        "1850-01-01": "-63561", "2300-01-10": "100808",
    }  # fmt: skip


def test_more_workers_than_subjects_give_the_same_bytes(bench):
    one = bench.done(code=0).out / "sdtm"
    first = {path.name: path.read_bytes() for path in one.iterdir()}
    bench.done("--workers", 8, code=0)
    assert {path.name: path.read_bytes() for path in one.iterdir()} == first


def test_tables_without_rows(bench):
    bench.raw = {name: str(text).splitlines()[0] + "\n" for name, text in bench.raw.items()}
    done = bench.done("--workers", 8, code=0)
    assert [f["rule"] for f in done.findings] == ["no-rows"] and done.rows("vs") == []


def test_a_source_of_which_every_row_is_left_out(bench):
    bench.change_spec(
        "ae", "    map:\n", "    where: AESER = 'Q'\n    because: none is of interest\n    map:\n"
    )
    done = bench.done(code=0)
    assert done.ledger["raw"]["ae"]["rows"]["excluded"] == {"AE: not none is of interest": 3}


def test_a_study_without_dm(bench):
    del bench.domains["dm"]
    bench.change_study("    dm: {file: dm.csv, key: [SUBJ]}\n", "")
    done = bench.done(command="run")
    assert [len(done.rows(name)) for name in ("ae", "ex", "vs")] == [3, 2, 6]


def test_two_raw_datasets_of_one_file(bench):
    bench.change_study("    vs:", "    again: {file: ae.csv, rows_not_submitted: used as ae}\n    vs:")
    assert bench.done(code=0).ledger["raw"]["again"]["rows"]["excluded"] == {"used as ae": 3}


def test_sources_with_different_variables(bench):
    bench.domains["ae"] += (
        "  - from: ae\n    where: AESER = 'Y'\n    map: {AETERM: {value: Again}, AEACNOTH: AESEV}\n"
    )
    rows = bench.done(code=0).rows("ae")
    assert [(row["AETERM"], row["AESEV"], row["AEACNOTH"]) for row in rows] == [
        ("Headache", "MILD", ""), ("Nausea", "MODERATE", ""), ("Again", "", "SEVERE"), ("Fall", "SEVERE", ""),
    ]  # fmt: skip


def test_two_tests_of_one_column(bench):
    bench.change_spec("vs", "PULSE: {result: PULSE", "PULSE: {result: SYSBP")
    rows = [row for row in bench.done(code=0).rows("vs") if row["VSORRES"]]
    assert [(row["VSTESTCD"], row["VSORRES"]) for row in rows] == [
        ("PULSE", "120"), ("PULSE", "130"), ("SYSBP", "120"), ("SYSBP", "130"),
    ]  # fmt: skip


def test_terms_of_odd_characters(bench):
    bench.study += (
        'codelists:\n  S: {codelist: AESEV, terms: {"a\'b\\"c": MILD, " x ": MODERATE, "恶": SEVERE}}\n'
    )
    for old, new in (("MILD", '"a\'b""c"'), ("MODERATE", " x "), ("SEVERE", "恶")):
        bench.change_raw("ae.csv", old, new)
    assert [row["AESEV"] for row in bench.done(code=0).rows("ae")] == ["MILD", "MODERATE", "SEVERE"]


def test_yaml_of_other_systems(bench):
    """A byte order mark, Windows line ends, anchors."""
    bench.change_spec("ae", "AETERM: AETERM", "AETERM: &term AETERM\n      AEMODIFY: *term")
    bench.domains = {name: "\ufeff" + text.replace("\n", "\r\n") for name, text in bench.domains.items()}
    bench.study = "\ufeff" + bench.study.replace("\n", "\r\n")
    assert [row["AEMODIFY"] for row in bench.done(code=0).rows("ae")] == ["Headache", "Nausea", "Fall"]


def test_a_table_of_2000_columns(bench):
    more = "".join(f",X{i}" for i in range(2000))
    lines = str(bench.raw["vs.csv"]).splitlines()
    bench.raw["vs.csv"] = "\n".join([lines[0] + more, *(line + ",v" * 2000 for line in lines[1:])]) + "\n"
    bench.change_study("vs: {file: vs.csv,", 'vs: {file: vs.csv, not_submitted: {"X*": of no interest},')
    done = bench.done(code=0)
    assert done.findings == [] and len(done.ledger["raw"]["vs"]["columns"]) == 2007


def test_20000_different_texts(bench):
    rows = "".join(f"{'001' if i % 2 else '002'},{i},Term {i},N,MILD,2024-01-12\n" for i in range(20_000))
    bench.raw["ae.csv"] = str(bench.raw["ae.csv"]).splitlines()[0] + "\n" + rows
    done = bench.done(code=0)
    assert {row["AETERM"] for row in done.rows("ae")} == {f"Term {i}" for i in range(20_000)}


def test_20000_different_bad_terms_share_a_finding_and_none_is_lost(bench):
    """1,000 findings for the terms of most rows, one for the other 19,000; the books have all 20,001 rows."""
    rows = "".join(f"001,{i},Term,N,Grade {i},2024-01-12\n" for i in range(20_000))
    head = str(bench.raw["ae.csv"]).splitlines()[0]
    bench.raw["ae.csv"] = f"{head}\n{rows}001,20000,Other,N,Grade 7,2024-01-13\n"
    done = bench.done()
    found = [f for f in done.findings if f["rule"] == "unmapped-term"]
    assert len(found) == 1_001 and sum(f["count"] for f in found) == 20_001
    assert [f["count"] for f in found if f["found"] == '"Grade 7"'] == [2]  # kept: at most places
    (rest,) = [f for f in found if f["stands_for"] > 1]
    assert rest["stands_for"] == rest["count"] == 19_000 and len(rest["places"]) == 100
    assert rest["found"].startswith("19,000 others of this kind, such as ")
    assert "20,000 errors" in done.outcome.out
    assert (done.out / "reports" / "findings.json").stat().st_size < 1_000_000


def test_line_breaks_in_a_cell_can_be_replaced_by_the_spec(bench):
    bench.change_raw("ae.csv", "Nausea", '"Nausea\nand\tmore"')
    assert 'transliterate: {"\\x09": " ", "\\x0a": " "}' in bench.refused()
    bench.study += 'transliterate: {"\\x0a": "; ", "\\x09": " "}\n'
    assert "Nausea; and more" in [row["AETERM"] for row in bench.done(code=0).rows("ae")]


def test_raw_tables_that_have_usubjid_already(bench):
    for name in ("dm.csv", "ex.csv", "ae.csv", "vs.csv"):
        bench.change_raw(name, "SUBJ", "USUBJID")
    bench.study = bench.study.replace("[SUBJ", "[USUBJID").replace(
        'subject: {SUBJID: SUBJ, SITEID: {value: "01"}, USUBJID: "{STUDYID}-{SUBJID}"}',
        "subject: {USUBJID: USUBJID}",
    )
    rows = bench.done(code=0).rows("ae")
    assert {row["USUBJID"] for row in rows} == {"001", "002"}


def test_a_long_trial_summary_goes_on_in_numbered_variables(bench):
    """450 bytes are 200 + 200 + 50; TSVAL1 and TSVAL2 are variables of TS (SDTMIG 3.4, 7.4)."""
    bench.study += f"parameters:\n  - {{TSPARMCD: TITLE, TSVAL: {'x' * 450}}}\n"
    done = bench.done(command="run", code=0)
    (row,) = done.rows("ts")
    assert [len(row[name]) for name in ("TSVAL", "TSVAL1", "TSVAL2")] == [200, 200, 50]
    # This TS has a title and nothing else of what agencies require.
    assert [f["rule"] for f in done.findings if f["dataset"] == "TS"] == ["trial-parameter-absent"]


def test_a_long_criterion_is_refused_without_talk_of_supp(bench):
    bench.study += f"criteria:\n  - {{IETESTCD: I1, IETEST: {'x' * 201}, IECAT: INCLUSION}}\n"
    told = bench.refused()
    assert (
        "error[xpt-text-too-long] TI, row 1, column IETEST" in told
        and "write a shorter text in study.yaml" in told
    )


@pytest.mark.parametrize("number", ["one", "1e400", "nan", "1_0", ""])
def test_a_visit_number_that_is_none(bench, number):
    bench.change_study("VISITNUM: 2,", f'VISITNUM: "{number}",')
    assert "error[bad-value] study.yaml, line 12, key visits[2].VISITNUM" in bench.refused()
