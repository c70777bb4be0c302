"""Readable files with bad values: every row is kept or told, nothing is guessed, multiplied, cut or dropped."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "text", ["2024-02-30", "2023-02-29", "2024-13-01", "2024-04-31", "0000-01-01", "2024-01-32"]
)
def test_an_impossible_date_stays_missing_and_is_told_with_its_text(bench, text):
    bench.change_raw("ae.csv", "2024-01-13", text)
    done = bench.done()
    starts = [f for f in done.findings if f["rule"] == "date-not-read" and f["variable"] == "AESTDTC"]
    assert len(starts) == 1 and text in starts[0]["found"]
    assert (starts[0]["places"][0]["file"], starts[0]["places"][0]["row"]) == ("ae.csv", 3)
    assert starts[0]["places"][0]["column"] == "AEST" and "sdtm/ae.yaml, line" in starts[0]["do"]
    assert {row["AETERM"]: row["AESTDTC"] for row in done.rows("ae")} == {
        "Headache": "2024-01-12", "Nausea": "", "Fall": "2024-02-01",
    }  # fmt: skip


def test_an_ambiguous_date_is_not_read_and_one_that_fits_one_format_is(bench):
    """05/04/2024 is 5 April or 4 May; 13/04/2024 can only be 13 April; 05/05/2024 is the same both ways."""
    for old, new in (
        ("2024-01-12", "05/04/2024"),
        ("2024-01-13", "13/04/2024"),
        ("2024-02-01", "05/05/2024"),
    ):
        bench.change_raw("ae.csv", old, new)
    bench.change_spec("ae", "format: yyyy-MM-dd", "format: [dd/MM/yyyy, MM/dd/yyyy]")
    done = bench.done()
    told = [f for f in done.findings if f["rule"] == "date-not-read" and f["variable"] == "AESTDTC"]
    assert len(told) == 1 and "05/04/2024" in told[0]["found"]
    assert "2024-04-05 and 2024-05-04" in told[0]["found"] and told[0]["places"][0]["row"] == 2
    assert {row["AETERM"]: row["AESTDTC"] for row in done.rows("ae")} == {
        "Headache": "", "Nausea": "2024-04-13", "Fall": "2024-05-05",
    }  # fmt: skip


def test_duplicate_keys_are_told_and_both_rows_stay(bench):
    bench.add_row("ae.csv", "001,1,Another,N,MILD,2024-01-12")
    done = bench.done()
    found = done.finding("duplicate-key")
    assert [place["row"] for place in found["places"]] == [2, 5] and "SUBJ=001, AENO=1" in found["found"]
    assert len(done.rows("ae")) == 4


def test_equal_rows_are_told_apart_from_rows_of_one_key(bench):
    bench.add_row("ae.csv", "001,1,Headache,N,MILD,2024-01-12")
    done = bench.done()
    assert [place["row"] for place in done.finding("duplicate-row")["places"]] == [2, 5]
    assert len(done.rows("ae")) == 4


def test_a_row_whose_subject_is_not_in_dm_is_kept_and_told(bench):
    bench.add_row("ae.csv", "999,1,Rash,N,MILD,2024-01-12")
    done = bench.done(command="run")
    assert done.place("orphan-subject")[:2] == ("ae.csv", 5)
    assert "BAD-999" in [row["USUBJID"] for row in done.rows("ae")]


def test_a_row_without_a_subject_makes_no_record_and_is_counted(bench):
    bench.change_raw("ae.csv", "002,1,Fall", ",1,Fall")
    done = bench.done()
    assert done.place("row-without-subject")[:2] == ("ae.csv", 4)
    assert done.ledger["raw"]["ae"]["rows"] == {
        "read": 3, "made_records": 2, "used_by_joins": 0, "excluded": {"AE: no subject": 1}, "unaccounted": 0,
    }  # fmt: skip
    assert not [f for f in done.findings if f["rule"] == "value-lost"]  # told once


def join(bench, text):
    bench.change_spec("ae", "    map:\n", f"    join: [{text}]\n    map:\n")


@pytest.mark.parametrize(("expect", "workers"), [("one", 1), ("optional", 1), ("one", 2)])
def test_a_join_that_would_multiply_rows_is_refused_with_the_keys(bench, expect, workers):
    join(bench, f"{{with: vs, by: {{SUBJ: SUBJ}}, take: [SYSBP], expect: {expect}}}")
    told = bench.refused("--workers", workers)
    assert "error[join-multiplies] sdtm/ae.yaml, line 4" in told
    assert "2 rows: 001" in told and "write expect: many" in told


def test_a_join_that_finds_no_row_is_refused(bench):
    join(bench, "{with: dm, by: {SUBJ: SUBJ}, take: [AGE], expect: one}")
    bench.add_row("ae.csv", "999,1,Rash,N,MILD,2024-01-12")
    told = bench.refused()
    assert "error[join-without-match] sdtm/ae.yaml" in told and "999" in told


def test_a_join_of_keys_that_are_written_in_two_ways_is_refused(bench):
    """Trap 3: 001 against 1, and every row silently without a partner."""
    join(bench, "{with: dm, by: {SUBJ: SUBJ}, take: [AGE], expect: optional}")
    bench.raw["dm.csv"] = bench.raw["dm.csv"].replace("001", "1").replace("002", "2")
    told = bench.refused()
    assert "error[join-matches-nothing]" in told and "001" in told and "leading zeros" in told


def test_a_value_outside_a_closed_codelist(bench):
    bench.change_raw("ae.csv", "MODERATE", "moderat")
    done = bench.done()
    assert done.place("unmapped-term") == ("ae.csv", 3, "AESEV")
    found = done.finding("unmapped-term")
    assert "MILD, MODERATE, SEVERE" in found["expected"] and "query the site" in found["do"]
    assert [row["AESEV"] for row in done.rows("ae")] == ["MILD", "", "SEVERE"]


LONG = "word " * 59 + "end"  # 298 bytes


def test_a_long_text_where_no_split_is_allowed_is_refused(bench):
    bench.change_raw("ae.csv", "Nausea", LONG)
    bench.domains["ae"] += "long_text: {AETERM: refuse}\n"
    told = bench.refused()
    assert "error[xpt-text-too-long] AE, row 2, column AETERM" in told and "298 characters" in told
    assert "long_text: {AETERM: supp}" in told


def test_a_long_text_in_a_variable_that_names_things_is_refused(bench):
    bench.change_raw("ae.csv", "Nausea", LONG)
    bench.change_spec("ae", "AEDECOD: {value: Coded term}", "AEDECOD: AETERM")
    assert "error[xpt-text-too-long] AE, row 2, column AEDECOD" in bench.refused()


def test_a_text_of_20_kilobytes_is_refused_in_short_words(bench):
    bench.change_raw("ae.csv", "Nausea", "x" * 20_000)
    bench.change_spec("ae", "AEDECOD: {value: Coded term}", "AEDECOD: AETERM")
    assert len(bench.refused()) < 2_000


def test_non_ascii_text_is_refused_with_the_character_and_a_way_out(bench):
    bench.change_raw("ae.csv", "Nausea", "Nausée")
    told = bench.refused()
    assert "error[xpt-characters] AE, row 2, column AETERM" in told
    assert "U+00E9, LATIN SMALL LETTER E WITH ACUTE" in told and 'transliterate: {"é": "e"}' in told


def test_a_character_that_cannot_be_seen_is_named_as_yaml_writes_it(bench):
    bench.change_raw("ae.csv", "Nausea", "Nau\u200bsea")
    told = bench.refused()
    assert '"Nau\\u200bsea"' in told and 'transliterate: {"\\u200b":' in told
    bench.study += 'transliterate: {"\\u200b": ""}\n'
    assert [row["AETERM"] for row in bench.done(code=0).rows("ae")] == ["Headache", "Nausea", "Fall"]


@pytest.mark.parametrize(("subject", "shown"), [("00 2", "BAD-00 2"), ("0" * 45, "BAD-" + "0" * 45)])
def test_a_subject_id_with_spaces_or_of_more_than_40_characters(bench, subject, shown):
    for name in ("dm.csv", "ex.csv", "ae.csv", "vs.csv"):
        bench.raw[name] = bench.raw[name].replace("002,", f"{subject},")
    done = bench.done()
    told = [f for f in done.findings if f["rule"] == "subject-id-form"]
    assert sorted(f["dataset"] for f in told) == ["AE", "DM", "EX", "VS"]
    assert all(shown in f["found"] and f["places"][0]["row"] for f in told)
    assert {row["USUBJID"] for row in done.rows("dm")} == {"BAD-001", shown}  # kept as it is


@pytest.mark.parametrize(
    "text",
    ["1e400", "1e-400", "nan", "inf", "1,5", "0x10", "1_0", "١٢", "２０", "1e999999999", "--1", "12 mg"],
)
def test_a_text_that_is_no_number_stays_missing_and_is_told(bench, text):
    bench.raw["ex.csv"] = f'SUBJ,EXDAT,DOSE\n001,2024-01-10,"{text}"\n002,2024-01-11,20\n'
    done = bench.done()
    assert (
        done.place("not-a-number") == ("ex.csv", 2, "DOSE") and text in done.finding("not-a-number")["found"]
    )
    assert [row["EXDOSE"] for row in done.rows("ex")] == ["nan", "20"]


def test_a_number_that_no_ibm_double_holds_is_refused(bench):
    bench.change_raw("ex.csv", ",10\n", ",1e76\n")
    assert "error[xpt-number] EX, row 1, column EXDOSE" in bench.refused()


def test_a_visit_that_nobody_planned(bench):
    bench.change_raw("vs.csv", "WEEK 1", "WEEK 7")
    found = bench.done()
    assert found.place("visit-not-planned")[:2] == ("vs.csv", 3)
    assert [row["VISITNUM"] for row in found.rows("vs")].count("nan") == 2


def test_places_of_other_files_are_named(bench):
    """A finding over several files says which rows are whose."""
    bench.raw = {name: str(text).splitlines()[0] + "\n" for name, text in bench.raw.items()}
    outcome = bench.done(code=0).outcome
    assert "warning[no-rows] ae.csv (4 in all; also dm.csv, ex.csv, vs.csv)" in outcome.out
