"""One source of a domain: its rows, joins, conditions and subjects, and what became of every raw row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from specs.problems import ProblemsFound

STUDY = """
    study: X1
    raw:
      datasets:
        ae: {file: ae.csv}
        more: {file: more.csv, rows_not_submitted: reference only}
        codes: {file: codes.csv, lookup: true}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
"""
MORE = "PT,KEY,NAME\n1,a,Arm\n2,b,Leg\n2,c,Toe\n"
CODES = "CODE,TERM\n10,Nausea\n"
JOINED = """
  - from: ae
    join: [{with: more, by: {PT: PT}, take: [NAME], expect: EXPECT}]
    map: {AETERM: TERM}
"""


def convert(
    convert_study: Callable[..., Any], source: str, raw: str, more: str = MORE, **domains: str
) -> Any:
    ae = "domain: AE\nsources:\n" + source
    return convert_study(STUDY, {"ae": ae, **domains}, {"ae.csv": raw, "more.csv": more, "codes.csv": CODES})


def column(made: Any, name: str, dataset: str = "AE") -> list[Any]:
    return [v if v == v else None for v in made.datasets[dataset].frame[name].astype(object)]


def book(made: Any, name: str = "ae") -> Any:
    return next(book for book in made.books if book.name == name)


def test_false_and_unknown_conditions_are_counted_apart(convert_study):
    source = (
        "  - from: ae\n    where: AEYN = 'Y'\n    because: no event on the form\n    map: {AETERM: TERM}\n"
    )
    made = convert(convert_study, source, "PT,AEYN,TERM\n1,Y,Rash\n1,N,\n2,N,\n2,,Itch\n")
    ledger = book(made)
    assert (ledger.read, ledger.made, ledger.unaccounted) == (4, 1, 0)
    assert ledger.excluded == {"AE: not no event on the form": 2, "AE: unknown whether AEYN = 'Y'": 1}
    assert column(made, "AETERM") == ["Rash"]


def test_a_row_without_a_subject_makes_no_record_and_is_told(convert_study):
    made = convert(convert_study, "  - from: ae\n    map: {AETERM: TERM}\n", "PT,TERM\n1,Rash\n,Itch\n")
    assert column(made, "AETERM") == ["Rash"]
    (finding,) = [f for f in made.findings if f.variable == "USUBJID"]
    assert (finding.rule, finding.severity, finding.count) == ("row-without-subject", "error", 1)
    assert (finding.places[0].file, finding.places[0].row) == ("ae.csv", 3)
    assert book(made).excluded == {"AE: no subject": 1}


@pytest.mark.parametrize("subject", ["S 1", "x" * 41])
def test_an_odd_subject_id_is_kept_and_told(convert_study, subject):
    made = convert(convert_study, "  - from: ae\n    map: {AETERM: TERM}\n", f"PT,TERM\n{subject},Rash\n")
    assert column(made, "USUBJID") == [f"X1-{subject}"]
    (finding,) = [f for f in made.findings if f.rule == "subject-id-form"]
    assert finding.severity == "error" and finding.places[0].row == 2


def test_a_table_may_name_its_subjects_in_another_way(convert_study):
    study = STUDY.replace("ae: {file: ae.csv}", "ae: {file: ae.csv, subject: {SUBJID: NO}}")
    ae = "domain: AE\nsources:\n  - from: ae\n    map: {AETERM: TERM}\n"
    made = convert_study(
        study, {"ae": ae}, {"ae.csv": "NO,TERM\n07,Rash\n", "more.csv": MORE, "codes.csv": CODES}
    )
    assert column(made, "USUBJID") == ["X1-07"]


def test_several_sources_stand_one_under_the_other(convert_study):
    """A variable that one of them lacks is missing there; each counts its own rows."""
    source = (
        "  - from: ae\n    where: KIND = '1'\n    map: {AETERM: TERM, AESEV: SEV}\n"
        "  - from: ae\n    where: KIND = '2'\n    map: {AETERM: TERM, AESER: {value: Y}}\n"
    )
    made = convert(convert_study, source, "PT,KIND,TERM,SEV\n1,1,Rash,MILD\n1,2,Itch,MILD\n1,3,Pain,\n")
    assert column(made, "AETERM") == ["Itch", "Rash"]
    assert column(made, "AESEV") == [None, "MILD"] and column(made, "AESER") == ["Y", None]
    assert made.datasets["AE"].source["position"].tolist() == [1, 0]
    ledger = book(made)
    assert (ledger.made, ledger.unaccounted) == (2, 0)
    assert sum(ledger.excluded.values()) == 1  # under the first reason, once


def test_joined_columns_are_raw_columns(convert_study):
    source = """
  - from: ae
    where: NAME <> 'Toe'
    join: [{with: more, by: {PT: PT, KEY: KEY}, take: [NAME], expect: one}]
    map: {AETERM: TERM, AELOC: {column: NAME, codelist: none}}
"""
    made = convert(convert_study, source, "PT,KEY,TERM\n2,b,Rash\n1,a,Itch\n2,c,Pain\n")
    assert column(made, "AETERM") == ["Itch", "Rash"] and column(made, "AELOC") == ["Arm", "Leg"]
    assert book(made).excluded == {"AE: not NAME <> 'Toe'": 1}
    joined = book(made, "more")
    assert (joined.joined, joined.unaccounted) == (3, 0)
    assert joined.columns["KEY"] == ("join of AE",) and "AE.AELOC" in joined.columns["NAME"]


def test_a_join_of_many_makes_a_record_for_each_match(convert_study):
    source = """
  - from: ae
    join: [{with: more, by: {PT: PT}, take: {PLACE: NAME}, expect: many}]
    map: {AETERM: "{TERM} {PLACE}"}
"""
    made = convert(convert_study, source, "PT,TERM\n2,Rash\n1,Itch\n")
    assert column(made, "AETERM") == ["Itch Arm", "Rash Leg", "Rash Toe"]
    assert book(made).made == 2


def test_a_join_that_would_multiply_rows_stops_with_the_keys(convert_study):
    source = JOINED.replace("EXPECT", "one")
    with pytest.raises(ProblemsFound) as caught:
        convert(convert_study, source, "PT,TERM\n2,Rash\n")
    (problem,) = caught.value.problems
    assert problem.id == "join-multiplies" and "1 keys, 1 rows: 2" in problem.found
    assert (problem.where.file, problem.where.line) == ("sdtm/ae.yaml", 5)


def test_a_join_that_matches_nothing_stops(convert_study):
    """Trap 3."""
    source = JOINED.replace("EXPECT", "optional")
    with pytest.raises(ProblemsFound, match="join-matches-nothing"):
        convert(convert_study, source, "PT,TERM\n0002,Rash\n")


def test_losses_in_supplemental_qualifiers_are_told(convert_study):
    source = """
  - from: ae
    map: {AETERM: TERM}
    supp: {AEGRP: {label: Group, column: GRP, terms: {"1": ONE}, origin: Collected}}
"""
    made = convert(convert_study, source, "PT,TERM,GRP\n1,Rash,1\n1,Itch,7\n1,Pain,\n")
    assert column(made, "QVAL", "SUPPAE") == ["ONE"]
    (finding,) = [f for f in made.findings if f.dataset == "SUPPAE"]
    assert (finding.rule, finding.found, finding.variable) == ("unmapped-term", '"7"', "AEGRP")
    assert finding.places[0].row == 3


def test_losses_in_the_collected_visit_are_told(convert_study):
    study = STUDY + "    visits: [{VISITNUM: 1, VISIT: SCREENING}]\n"
    ae = """
        domain: AE
        sources: [{from: ae, visit: {column: FOLDER, terms: {S: SCREENING}}, map: {AETERM: TERM}}]
    """
    raw = {"ae.csv": "PT,TERM,FOLDER\n1,Rash,S\n1,Itch,X\n", "more.csv": MORE, "codes.csv": CODES}
    made = convert_study(study, {"ae": ae}, raw)
    assert column(made, "VISIT") == [None, "SCREENING"]
    assert [(f.rule, f.variable, f.found) for f in made.findings if f.variable == "VISIT"] == [
        ("unmapped-term", "VISIT", '"X"')
    ]


def test_a_lookup_finds_names_and_tells_codes_it_does_not_know(convert_study):
    source = "  - from: ae\n    map: {AETERM: TERM, AEDECOD: {lookup: codes, by: {CODE: CODE}, take: TERM}}\n"
    made = convert(convert_study, source, "PT,TERM,CODE\n1,queasy,10\n1,unwell,99\n")
    assert column(made, "AEDECOD") == [None, "Nausea"]
    (finding,) = [f for f in made.findings if f.variable == "AEDECOD"]
    assert (finding.rule, finding.places[0].row) == ("not-in-lookup", 3) and "codes" in finding.expected
    assert (book(made, "codes").excluded, book(made, "codes").unaccounted) == ({"a table of codes": 1}, 0)


def test_a_domain_made_from_another_keeps_the_raw_rows(convert_study):
    fa = """
        domain: FA
        sources:
          - from_domain: AE
            where: AESEV = 'SEVERE'
            map:
              FATESTCD: {value: SEV, codelist: none}
              FATEST: {value: Severity, codelist: none}
              FAOBJ: AETERM
              FAORRES: AESEV
    """
    source = "  - from: ae\n    map: {AETERM: TERM, AESEV: SEV}\n"
    made = convert(convert_study, source, "PT,TERM,SEV\n1,Rash,MILD\n1,Itch,SEVERE\n", fa=fa)
    assert column(made, "FAOBJ", "FA") == ["Itch"] and column(made, "FAORRES", "FA") == ["SEVERE"]
    assert made.datasets["FA"].source["position"].tolist() == [1]
    assert column(made, "USUBJID", "FA") == ["X1-1"] and column(made, "DOMAIN", "FA") == ["FA"]


def test_a_domain_cannot_read_what_its_parent_has_only_later(convert_study):
    fa = """
        domain: FA
        sources:
          - from_domain: AE
            map: {FATESTCD: {value: SEV, codelist: none}, FAOBJ: AESTDY}
    """
    with pytest.raises(ProblemsFound, match=r"AE\.AESTDY"):
        convert(convert_study, "  - from: ae\n    map: {AETERM: TERM}\n", "PT,TERM\n1,Rash\n", fa=fa)


def test_a_header_only_file_makes_an_empty_domain(convert_study):
    made = convert(convert_study, "  - from: ae\n    map: {AETERM: TERM}\n", "PT,TERM\n")
    assert len(made.datasets["AE"].frame) == 0 and book(made).read == 0
