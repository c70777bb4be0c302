"""Ids of findings: the same defect of the same record has the same id, wherever its row is. Data are invented."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.finding_ids import Issue, finding_ids, is_listed, issues, name_of, subject_of
from validation.findings import Finding, Origin, Place, capped
from validation.judge import judge


def finding(*places: Place, found: str = '"9"', **more: object) -> Finding:
    told = {"count": len(places) or 1, "dataset": "AE", "variable": "AEACN", **more}
    return Finding("unmapped-term", "error", found, "a term", places=places, **told)  # type: ignore[arg-type]


def ids_of(*findings: Finding) -> list[str]:
    return [issue.id for group in issues(findings) for issue in group]


def test_a_name_is_the_sha256_of_its_parts_in_base_32() -> None:
    """The first 60 bits of the hash, five by five, each as one of Crockford's digits."""
    bits = bin(int(hashlib.sha256(b"('a',)").hexdigest()[:15], 16))[2:].zfill(60)
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    expected = "".join(digits[int(bits[at : at + 5], 2)] for at in range(0, 60, 5))
    assert name_of("F", "a") == f"F-{expected}"
    assert len(expected) == 12 and not set(expected) & set("ILOU")


def test_rows_numbers_and_severity_are_not_in_an_id() -> None:
    one = Place((("USUBJID", "S1"), ("AESEQ", "3")), "9", "ae.csv", 7, "AEACN", (("AETERM", "Rash"),))
    other = Place((("USUBJID", "S1"), ("AESEQ", "12")), "9", "new.csv", 99, "X", (("AETERM", "Rash"),))
    moved = replace(finding(other), severity="note", do="accepted in the spec: known", expected="other words")
    assert ids_of(finding(one)) == ids_of(moved)
    assert finding_ids([finding(one)]) == finding_ids([moved])


@pytest.mark.parametrize(
    "other",
    [
        {"keys": (("USUBJID", "S2"),)},
        {"identity": (("AETERM", "Fall"),)},
        {"value": "8"},
    ],
)
def test_subject_natural_keys_and_value_are_in_it(other: dict[str, object]) -> None:
    place = Place((("USUBJID", "S1"),), "9", identity=(("AETERM", "Rash"),))
    assert ids_of(finding(place)) != ids_of(finding(replace(place, **other)))  # type: ignore[arg-type]


def test_a_number_inside_a_value_counts_only_where_it_is_no_number_of_a_record() -> None:
    """SUPPAE points at a record by IDVARVAL, which is given anew when a record comes in before it."""
    first = Place((("IDVARVAL", "3"), ("QNAM", "X")), "IDVARVAL=3 QVAL=5")
    renumbered = Place((("IDVARVAL", "4"), ("QNAM", "X")), "IDVARVAL=4 QVAL=5")
    changed = Place((("IDVARVAL", "3"), ("QNAM", "X")), "IDVARVAL=3 QVAL=6")
    assert ids_of(finding(first)) == ids_of(finding(renumbered)) != ids_of(finding(changed))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2 rows with SUBJ=1, equal in every column", "3 rows with SUBJ=1, equal in every column"),
        ('12 other values, such as "a", "b"', '1,300 other values, such as "c"'),
        ("made with 12 drafts", "made with 3 drafts"),
    ],
)
def test_counts_and_examples_in_what_was_found_are_not_in_it(before: str, after: str) -> None:
    assert finding_ids([finding(found=before)]) == finding_ids([finding(found=after)])


def test_a_number_that_is_the_defect_is_in_it() -> None:
    assert finding_ids([finding(found="CYCLE 1 DAY 8 on study day 12")]) != finding_ids(
        [finding(found="CYCLE 1 DAY 8 on study day 13")]
    )


def test_a_raw_row_is_known_by_the_key_of_its_table_and_not_by_its_file() -> None:
    origin = Origin("ae", (("SUBJ", "1"), ("LINE", "4")), subject="S1")
    one = Place(file="AE_may.csv", row=3, column="ACN", origin=origin)
    assert ids_of(finding(one)) == ids_of(finding(replace(one, file="AE_june.csv", row=4)))
    assert ids_of(finding(one)) != ids_of(finding(replace(one, column="OUT")))


def test_a_table_without_a_key_is_known_by_subject_and_what_stands_there() -> None:
    origin = Origin("ae", (), (("ACN", "Action", "9"),), "S1")
    one = Place(file="ae.csv", row=3, column="ACN", origin=origin)
    assert ids_of(finding(one)) == ids_of(finding(replace(one, row=30)))
    other = replace(origin, entered=(("ACN", "Action", "8"),))
    assert ids_of(finding(one)) != ids_of(finding(replace(one, origin=other)))


def test_equal_records_get_numbers_in_their_order() -> None:
    place = Place((("USUBJID", "S1"),), "9")
    first, second, third = ids_of(finding(place, place, place))
    assert (second, third) == (f"{first}-2", f"{first}-3")


def test_what_is_not_listed_is_an_issue_with_the_id_of_the_finding() -> None:
    many = finding(Place(value="a"), Place(value="b"), count=7)
    (group,) = issues([many])
    assert [issue.unlisted for issue in group] == [0, 0, 5]
    assert [group[2].id] == finding_ids([many]) and group[2].place is None
    assert not is_listed(many) and is_listed(finding(Place(value="a")))


def test_a_finding_on_a_dataset_is_one_issue() -> None:
    whole = finding(count=3)
    assert issues([whole]) == [[Issue(finding_ids([whole])[0], whole, None, 0)]]


def test_findings_that_share_one_keep_its_id_whatever_their_number() -> None:
    def rest(size: int) -> str:
        many = [finding(Place(value=str(i)), found=f'"{i}"') for i in range(size)]
        (last,) = (f for f in capped(many, shown=2) if f.stands_for > 1)
        assert not is_listed(last)
        return finding_ids([last])[0]

    assert rest(10) == rest(25)


def test_the_subject_of_a_raw_row_is_that_of_its_records() -> None:
    assert subject_of(Place(origin=Origin(subject="S1"))) == "S1"
    assert subject_of(Place((("USUBJID", "S2"),), origin=Origin(subject="S1"))) == "S2"
    assert subject_of(Place()) == ""


@given(st.lists(st.text(max_size=6), min_size=1, max_size=6, unique=True))
def test_different_values_have_different_ids(values: list[str]) -> None:
    places = [Place((("USUBJID", "S1"),), value) for value in values]
    assert len(set(ids_of(finding(*places)))) == len(values)


# --- whole datasets ----------------------------------------------------------------------------------------

SUBJECTS = [f"S{number}" for number in range(1, 4)]
EVENTS = pd.DataFrame(
    {
        "USUBJID": ["S1", "S1", "S1", "S2", "S2", "S3", "S3", "S9"],
        "AETERM": ["Rash", "Fall", "Rash", "Cough", "Fever", "Cough", "Cough", "Rash"],
        "AESEV": ["MILD", "mild", "Bad", "Bad", "SEVERE", "MILD", "MILD", "MILD"],
        "AESTDTC": ["2024-03-05", "2024-03", "2024-03-07", "2024-04-01", "", "2024-05-01", "2024-05-01", ""],
        "AEENDTC": ["2024-03-01", "", "2024-03-08", "2024-03-01", "", "2024-05-02", "2024-05-02", ""],
        "NOTE": ["a", "b", "c", "d", "e", "f", "f", "g"],  # becomes a qualifier
    }
)


def judged_ids(events: pd.DataFrame) -> Counter[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """(rule, id, what the record is) of every issue; records are numbered anew, as a run does."""
    ae = events.assign(STUDYID="X1", DOMAIN="AE", AEDECOD=events["AETERM"], AESER="N").reset_index(drop=True)
    ae["AESEQ"] = (ae.groupby("USUBJID").cumcount() + 1).astype(float)
    supp = pd.DataFrame(
        {
            "STUDYID": "X1",
            "RDOMAIN": "AE",
            "USUBJID": ae["USUBJID"],
            "IDVAR": "AESEQ",
            "IDVARVAL": ae["AESEQ"].astype(int).astype(str),
            "QNAM": "1NOTE",  # no name: one finding for each record
            "QLABEL": "Note",
            "QVAL": ae["NOTE"],
            "QORIG": "CRF",
        }
    )
    dm = pd.DataFrame(
        {"STUDYID": "X1", "DOMAIN": "DM", "USUBJID": SUBJECTS, "SUBJID": SUBJECTS, "SITEID": "1"}
    )
    found = judge({"AE": ae.drop(columns="NOTE"), "DM": dm, "SUPPAE": supp}).findings
    return Counter(
        (issue.finding.rule, issue.id, issue.place.identity if issue.place else ())
        for group in issues(found)
        for issue in group
    )


@settings(max_examples=4)
@given(st.permutations(range(len(EVENTS))))
def test_rows_in_another_order_and_new_numbers_change_no_id(order: list[int]) -> None:
    """Also those of SUPPAE, which has nothing but numbers to point with, and of records that are equal."""
    before = judged_ids(EVENTS)
    assert {"end-before-start", "orphan-subject", "duplicate-record"} <= {rule for rule, _, _ in before}
    assert any(dict(keys).get("AE.AEDECOD") == "Fever" for _, _, keys in before)
    assert judged_ids(EVENTS.iloc[order]) == before


def test_a_record_is_the_same_whether_its_value_is_told_alone_or_among_others() -> None:
    """25 wrong values, each once: 20 have a finding of their own, and which they are depends on the order."""
    many = pd.DataFrame({"USUBJID": "S1", "AETERM": [f"Term {n}" for n in range(25)], "NOTE": "n"})
    many = many.assign(AESEV=[f"Bad {n}" for n in range(25)], AESTDTC="2024-03-05", AEENDTC="2024-03-06")

    def wrong(events: pd.DataFrame) -> list[str]:
        return sorted(id for rule, id, _ in judged_ids(events) if rule == "term-not-in-codelist")

    assert len(wrong(many)) == 25 and wrong(many) == wrong(many.iloc[::-1])


def test_an_earlier_record_that_comes_in_changes_no_other_id() -> None:
    new = pd.DataFrame([{**EVENTS.iloc[0].to_dict(), "AETERM": "Ache", "AEENDTC": "2024-03-09"}])
    before, after = judged_ids(EVENTS), judged_ids(pd.concat([new, EVENTS], ignore_index=True))
    assert before - after == Counter()
    assert np.all([dict(keys).get("AEDECOD", "Ache") == "Ache" for _, _, keys in after - before])
