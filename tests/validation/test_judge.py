"""The judge: findings out of failures, with places, true counts and an order that depends on nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from specs.model import Study
from validation.findings import PLACES_SHOWN, Finding
from validation.judge import VALUES_TOLD, accepted, judge
from validation.rules.registry import rules


class _Raw:
    """Every record of AE stands in the raw file at ten times its position."""

    def place(self, dataset: str, position: int, variable: str) -> tuple[str, int | None, str]:
        return (f"{dataset.lower()}.csv", position * 10, variable) if dataset == "AE" else ("", None, "")


def _ae(count: int = 3) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "STUDYID": "X1",
            "DOMAIN": "AE",
            "USUBJID": [f"S{number % 2}" for number in range(count)],
            "AESEQ": [float(number) for number in range(1, count + 1)],
            "AETERM": [f"term {number}" for number in range(count)],
            "AEDECOD": [f"Term {number}" for number in range(count)],
            "AESER": "N",
            "AEHOSP": "Y",
        }
    ).rename(columns={"AEHOSP": "AESHOSP"})


def _dm() -> pd.DataFrame:
    return pd.DataFrame({"STUDYID": "X1", "DOMAIN": "DM", "USUBJID": ["S0", "S1"], "SUBJID": ["0", "1"]})


def _of(rule: str, findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.rule == rule]


def test_a_finding_names_record_value_and_raw_cell() -> None:
    judgement = judge({"AE": _ae(), "DM": _dm()}, sources=_Raw())
    (finding,) = _of("non-serious-with-criterion", judgement.findings)
    assert (finding.severity, finding.dataset, finding.variable, finding.count) == ("error", "AE", "AESER", 3)
    place = finding.places[1]
    assert place.keys == (("USUBJID", "S1"), ("AESEQ", "2"))
    assert place.value == "AESER=N AESHOSP=Y"
    assert (place.file, place.row, place.column) == ("ae.csv", 10, "AESER")


def test_values_of_another_dataset_are_shown_by_subject() -> None:
    vs = pd.DataFrame({"USUBJID": ["S1"], "VSSEQ": [1.0], "VSDTC": ["2024-03-02"], "VSDY": [7.0]})
    dm = _dm().assign(RFSTDTC=["2024-01-01", "2024-03-01"])
    (finding,) = _of("study-day-differs", judge({"VS": vs, "DM": dm}).findings)
    assert finding.places[0].value == "VSDY=7 VSDTC=2024-03-02 DM.RFSTDTC=2024-03-01"


def test_words_have_the_names_of_the_domain() -> None:
    ae = _ae(1).assign(AESTDTC=["2024-03-02"], AEENDTC=["2024-03-01"])
    (finding,) = _of("end-before-start", judge({"AE": ae, "DM": _dm()}).findings)
    assert finding.found == "AEENDTC is before AESTDTC"


def test_each_wrong_value_is_a_finding_with_its_hint() -> None:
    ae = _ae(4).assign(AESEV=["Mild", "Mild", "MILD", "BAD"])
    told = _of("term-not-in-codelist", judge({"AE": ae}).findings)
    assert [(f.found, f.count) for f in told] == [('"BAD"', 1), ('"Mild"', 2)]
    assert told[1].do == 'the published term is "MILD"; map the value to it'
    assert told[0].expected == "a term of C66769 (AESEV): MILD, MODERATE, SEVERE"


def test_many_different_values_share_one_finding_and_none_is_lost() -> None:
    ae = _ae(300).assign(AESEV=[f"SEVERITY {number:03}" for number in range(300)])
    told = _of("term-not-in-codelist", judge({"AE": ae}).findings)
    assert len(told) == VALUES_TOLD + 1
    assert sum(finding.count for finding in told) == 300
    (others,) = (finding for finding in told if finding.count > 1)
    assert others.found == '280 other values, such as "SEVERITY 020", "SEVERITY 021", "SEVERITY 022"'
    assert len(others.places) == PLACES_SHOWN


def test_places_are_capped_and_the_count_is_true() -> None:
    (finding,) = _of("non-serious-with-criterion", judge({"AE": _ae(1000)}).findings)
    assert finding.count == 1000
    assert len(finding.places) == PLACES_SHOWN


def test_the_order_of_datasets_changes_nothing() -> None:
    one = judge({"AE": _ae(), "DM": _dm()})
    other = judge({"DM": _dm(), "AE": _ae()})
    assert one == other


def test_text_and_categories_are_judged_alike() -> None:
    frame = _ae()
    categories = frame.astype({n: "category" for n in frame if isinstance(frame[n].dtype, pd.StringDtype)})
    assert judge({"AE": frame}).findings == judge({"AE": categories}).findings


def test_the_data_stay_as_they_are() -> None:
    frame = _ae().assign(AESEV=["", "MILD", None])
    before = frame.copy(deep=True)
    judge({"AE": frame})
    pd.testing.assert_frame_equal(frame, before)


def test_a_rule_that_could_not_run_is_a_note_and_no_pass() -> None:
    judgement = judge({"AE": _ae()})
    reasons = {(one.rule, one.dataset, one.reason) for one in judgement.not_run}
    assert ("orphan-subject", "AE", "there is no dataset DM") in reasons
    assert "orphan-subject" not in {ran.rule for ran in judgement.ran}
    (note,) = (f for f in _of("rule-not-run", judgement.findings) if f.found == "there is no dataset DM")
    assert note.severity == "note"
    assert "orphan-subject" in note.expected


def test_what_is_accepted_becomes_a_note_with_its_reason() -> None:
    study = Study(
        study="X1",
        accept={
            "non-serious-with-criterion:AE.AESER": "confirmed by the sponsor",
            "exposure-absent": "an observational study",
            "units-differ:LB": "of another delivery",
        },
    )
    judgement = judge({"AE": _ae(), "DM": _dm()}, study)
    (finding,) = _of("non-serious-with-criterion", judgement.findings)
    assert finding.severity == "note"
    assert finding.do == "accepted in the spec: confirmed by the sponsor"
    assert finding.count == 3
    (unused,) = _of("accept-without-finding", judgement.findings)
    assert (unused.severity, unused.found) == (
        "note",
        'accept names "units-differ:LB", and nothing of that kind was found',
    )


def test_findings_of_the_conversion_are_folded_in_and_accepted_too() -> None:
    known = Finding("unmapped-term", "error", '"Moderat"', "a term", dataset="AE", variable="AESEV")
    study = Study(study="X1", accept={"unmapped-term:AE": "queried"})
    judgement = judge({"AE": _ae(), "DM": _dm()}, study, findings=[known])
    (finding,) = _of("unmapped-term", judgement.findings)
    assert finding.severity == "note"
    assert not _of("accept-without-finding", judgement.findings)


def test_nothing_accepted_changes_nothing() -> None:
    known = [Finding("unmapped-term", "error", "a", "b")]
    assert accepted(known, {}) == known


def test_counts_and_records() -> None:
    judgement = judge({"AE": _ae(), "DM": _dm()})
    assert judgement.records == {"AE": 3, "DM": 2}
    counts = judgement.counts()
    assert list(counts) == ["error", "warning", "note"]
    assert sum(counts.values()) == len(judgement.findings)


def test_no_datasets_at_all_is_no_clean_bill() -> None:
    assert [finding.rule for finding in judge({}).findings if finding.severity == "error"] == [
        "demographics-absent"
    ]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame(),
        pd.DataFrame({"USUBJID": pd.Series([], dtype="str")}),
        pd.DataFrame({"AESTDTC": pd.to_datetime(["2024-03-01"]), "AESEQ": [True], "AETERM": [("a",)]}),
        pd.DataFrame({"USUBJID": [1.0, 2.0], "AESTDTC": [20240301, 20240302], "AESEQ": ["1", "x"]}),
        pd.DataFrame([["a", "b"]], columns=["USUBJID", "USUBJID"]),
        pd.DataFrame({1: ["a"], "": ["b"], "A'B": ["c"]}),
        pd.DataFrame({"USUBJID": pd.Series([np.nan, None]), "AESER": pd.Series(["Y", None])}),
    ],
)
@pytest.mark.parametrize("name", ["AE", "DM", "SUPPAE", "RELREC", "TS", "VS", "NOTES", ""])
def test_odd_tables_are_judged_without_an_error(name: str, frame: pd.DataFrame) -> None:
    judgement = judge({name: frame, **({"DM": _dm()} if name != "DM" else {})})
    assert judgement.counts()["error"] > 0


def test_every_rule_ran_or_says_why_on_a_whole_study() -> None:
    judgement = judge({"AE": _ae(), "DM": _dm()})
    on_ae = {one.rule for one in (*judgement.ran, *judgement.not_run)}
    assert on_ae <= {rule.id for rule in rules()}
    assert {"duplicate-record", "leading-blank", "demographics-absent"} <= on_ae
