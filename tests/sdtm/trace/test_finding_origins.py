"""The raw records behind findings: form, key, what was entered, whose it is. The study is invented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdtm.trace.finding_origins import with_origins
from validation.finding_ids import issues
from validation.findings import Finding, Origin, Place, fold

STUDY = """\
study: ORI
raw:
  datasets:
    dm: {file: dm.csv, key: [SUBJ]}
    ae: {file: ae.csv, key: [SUBJ, LINE]}
    vs: {file: vs.csv, key: [SUBJ]}
subject: {SUBJID: SUBJ, USUBJID: "{STUDYID}-{SUBJID}"}
"""
DOMAINS = {
    "DM": "domain: DM\nsources:\n  - {from: dm, map: {SEX: SEX}}\n",
    "AE": """\
domain: AE
sources:
  - from: ae
    where: TERM IS NOT NULL
    map:
      AETERM: TERM
      AESPID: LINE
      AESEV: {column: SEV, terms: {"1": MILD}}
      AESTDTC: {date: START, format: yyyy-MM-dd}
keys: [USUBJID, AETERM]
""",
    "VS": """\
domain: VS
sources:
  - from: vs
    findings: {PULSE: {result: PUL, unit: beats/min}, TEMP: {result: TMP, unit: C}}
    map: {VSDTC: {date: DAY, format: yyyy-MM-dd}}
""",
}
EVENTS = [
    "001,1,Rash,9,2024-01-12",
    "001,2,Fall,1,2024-02-30",
    "002,1,Cough,8,2024-13-01",
    "002,2,Cough,8,2024-01-02",
    "002,2,Cough,8,2024-01-02",
    "002,3,,1,2024-01-02",
    "002,3,,1,2024-01-03",
]


def raw(events: Iterable[str]) -> dict[str, str]:
    return {
        "dm.csv": "SUBJ,SEX\n001,F\n002,M\n",
        "ae.csv": "\n".join(["SUBJ,LINE,TERM,SEV,START", *events]) + "\n",
        "vs.csv": "SUBJ,DAY,PUL,TMP\n001,2024-01-10,70,36.5\n002,2024-01-10,80,36.6\n",
    }


@pytest.fixture
def converted(convert_study: Callable[..., Any]) -> Callable[..., Any]:
    return lambda events=EVENTS: convert_study(STUDY, DOMAINS, raw(events))


def origins(conversion: Any, rule: str, *more: Finding) -> list[Origin | None]:
    found = with_origins([*conversion.findings, *more], conversion)
    return [place.origin for finding in found if finding.rule == rule for place in finding.places]


def test_a_raw_cell_has_its_form_key_and_text(converted: Callable[..., Any]) -> None:
    told = origins(converted(), "date-not-read")
    assert Origin("ae", (("SUBJ", "001"), ("LINE", "2")), (("START", "", "2024-02-30"),), "ORI-001") in told


def test_rows_that_made_a_record_know_their_subject(converted: Callable[..., Any]) -> None:
    """The two rows of LINE 3 made none: their subject is known by the column that is SUBJID of DM."""
    found = origins(converted(), "duplicate-row") + origins(converted(), "duplicate-key")
    assert {(o.record[1][1], o.subject) for o in found if o} == {("2", "ORI-002"), ("3", "ORI-002")}


def test_what_only_names_a_record_gets_its_raw_row_and_natural_keys(converted: Callable[..., Any]) -> None:
    """As findings of analysis datasets do."""
    place = Place((("USUBJID", "ORI-001"), ("AESEQ", "2")))
    later = Finding("late", "warning", "x", "y", dataset="ADAE", variable="ASTDT", places=(place,))
    conversion = converted()
    (found,) = (f for f in with_origins([later], conversion))
    (told,) = found.places
    frame = conversion.datasets["AE"].frame
    term = frame.loc[(frame["USUBJID"] == "ORI-001") & (frame["AESEQ"] == 2), "AETERM"].iloc[0]
    assert ("AE.AETERM", term) in told.identity
    assert (told.file, told.row) == ("ae.csv", {"Rash": 2, "Fall": 3}[term])
    assert told.origin is not None and told.origin.form == "ae"


def test_the_columns_are_those_of_all_variables_that_are_told(converted: Callable[..., Any]) -> None:
    place = Place((("USUBJID", "ORI-001"),), "AESTDTC=2024-01-12 AESEV empty", "ae.csv", 2)
    one = Finding("a", "error", "x", "y", dataset="AE", variable="AETERM", places=(place,))
    (origin,) = origins(converted(), "a", one)
    assert origin is not None
    assert origin.entered == (("TERM", "", "Rash"), ("START", "", "2024-01-12"), ("SEV", "", "9"))


@pytest.mark.parametrize(
    "place", [Place(file="other.csv", row=2), Place(file="ae.csv", row=99), Place(file="ae.csv")]
)
def test_a_place_without_a_row_stays_as_it_is(converted: Callable[..., Any], place: Place) -> None:
    assert origins(converted(), "a", Finding("a", "error", "x", "y", places=(place,))) == [None]


def test_nothing_else_of_a_finding_changes(converted: Callable[..., Any]) -> None:
    conversion = converted()
    assert with_origins(conversion.findings, conversion) == conversion.findings


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(len(EVENTS))))
def test_rows_in_another_order_change_no_id(converted: Callable[..., Any], order: list[int]) -> None:
    def ids(events: list[str]) -> Counter[tuple[str, str]]:
        conversion = converted(events)
        found = fold(with_origins(conversion.findings, conversion))
        return Counter((i.id, i.finding.rule) for group in issues(found) for i in group)

    before = ids(EVENTS)
    assert {"unmapped-term", "date-not-read", "duplicate-row", "duplicate-key"} <= {
        rule for _, rule in before
    }
    assert ids([EVENTS[number] for number in order]) == before
