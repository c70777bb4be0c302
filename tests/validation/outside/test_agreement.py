"""Findings of another engine beside ours, by record and rule. The data are invented."""

import pandas as pd
import pytest

from validation import validate
from validation.outside.agreement import agreement_text
from validation.outside.issues import OutsideIssue, OutsideReport

DATA = {
    "DM": pd.DataFrame(
        {"STUDYID": "X1", "DOMAIN": "DM", "USUBJID": ["S-01", "S-02"], "SUBJID": ["01", "02"]}
    ),
    "AE": pd.DataFrame(
        {
            "STUDYID": "X1",
            "DOMAIN": "AE",
            "USUBJID": ["S-01", "S-01", "S-02", "S-03"],
            "AESEQ": [1.0, 2.0, 1.0, 1.0],
            "AETERM": ["Nausea", "Rash", "Cough", "Fever"],
            "AESTDTC": ["2024-01-01", "2024-02-01", "2024-02-01", "2024-02-01"],
            "AEENDTC": ["2024-01-02", "2024-01-01", "2024-01-01", "2024-03-01"],
        }
    ),
}
# Ours: AE 2 and 3 end before they start (CORE-000718, FB3209); S-03 is not in DM (CORE-000201, CG0029).


def issue(rule, record=None, **more):
    return OutsideIssue(rule, more.pop("dataset", "AE"), "message of " + rule, record=record, **more)


def compared(*issues, ran=("CORE-000718", "CORE-000201")):
    report = OutsideReport(
        "CDISC CORE", "0.17.1", issues, {rule: () for rule in ran}, (("CORE-9", "skipped"),)
    )
    judgement = validate(DATA, outside=[report])
    (agreement,) = judgement.agreements
    rows = {(row.who, row.dataset, row.theirs or row.ours): row for row in agreement.rows}
    return judgement, rows, agreement


def test_the_same_record_by_the_same_rule_is_one_finding():
    judgement, rows, _ = compared(issue("CORE-000718", 2), issue("CORE-000718", 3))
    both = rows["both", "AE", "CORE-000718"]
    assert (both.ours, both.records) == ("end-before-start", 2)
    assert "CORE-000718" not in {finding.rule for finding in judgement.findings}
    assert ("only ours", "AE", "end-before-start") not in rows


def test_where_records_differ_both_sides_are_told():
    judgement, rows, _ = compared(issue("CORE-000718", 1), issue("CORE-000718", 2))
    assert rows["both", "AE", "CORE-000718"].records == 1
    theirs = rows["only theirs", "AE", "CORE-000718"]
    assert theirs.records == 1 and theirs.why == "our end-before-start did not find it"
    ours = rows["only ours", "AE", "end-before-start"]
    assert ours.records == 1 and ours.why == "their CORE-000718 did not find it"
    (told,) = [finding for finding in judgement.findings if finding.rule == "CORE-000718"]
    assert dict(told.places[0].keys) == {"USUBJID": "S-01", "AESEQ": "1"} and told.count == 1


def test_a_record_is_found_by_subject_and_number_too():
    _, rows, _ = compared(issue("CORE-000718", None, subject="S-02", sequence="1"))
    assert rows["both", "AE", "CORE-000718"].records == 1


def test_a_published_id_of_cdisc_or_an_agency_names_the_same_rule():
    _, rows, _ = compared(issue("SD9999", 4, also=("CG0029",)))
    assert rows["both", "AE", "SD9999"].ours == "orphan-subject"


def test_a_rule_that_we_do_not_have_is_told_as_theirs():
    judgement, rows, agreement = compared(
        issue("CORE-999999", 1, variables=("AETERM",), values=("Nausea",), severity="error")
    )
    assert rows["only theirs", "AE", "CORE-999999"].why == "no check of ours covers this rule"
    (told,) = [finding for finding in judgement.findings if finding.rule == "CORE-999999"]
    assert (told.severity, told.dataset, told.variable) == ("error", "AE", "AETERM")
    assert told.places[0].value == "Nausea" and "message of CORE-999999" in told.found
    text = agreement_text(agreement)
    assert text.startswith("CDISC CORE 0.17.1 beside our checks (records): 0 both, 1 only theirs, ")
    assert "not run by CDISC CORE: CORE-9" in text


@pytest.mark.parametrize("dataset", ["AE", "XX", ""])
def test_an_issue_of_a_whole_dataset_or_one_that_is_not_there(dataset):
    judgement, rows, _ = compared(issue("CORE-999999", dataset=dataset))
    assert rows["only theirs", dataset, "CORE-999999"].records == 1
    (told,) = [finding for finding in judgement.findings if finding.rule == "CORE-999999"]
    assert told.dataset == dataset and not told.places


def test_a_row_that_the_dataset_does_not_have_is_not_put_to_another_record():
    judgement, rows, _ = compared(issue("CORE-999999", 99))
    (told,) = [finding for finding in judgement.findings if finding.rule == "CORE-999999"]
    assert not told.places and rows["only theirs", "AE", "CORE-999999"].records == 1


def test_without_another_engine_there_is_no_agreement():
    assert validate(DATA).agreements == ()


def told_of(judgement, rule):
    return [finding for finding in judgement.findings if finding.rule == rule]


def test_an_issue_of_the_dataset_hides_no_record_and_no_other_variable():
    judgement, rows, _ = compared(
        issue("CT9999", 1, variables=("AETERM",)),
        issue("CT9999", 1, variables=("AESTDTC",)),
        issue("CT9999", 99, variables=("AETERM",)),  # a row that is not there
        issue("CT9999", variables=("AEENDTC",), values=("x",), count=1204),
    )
    told = {(f.variable, f.found, len(f.places), f.count) for f in told_of(judgement, "CT9999")}
    message = "CDISC CORE: message of CT9999"
    assert told == {
        ("AETERM", message, 1, 2),  # one of the two is no record of this dataset
        ("AESTDTC", message, 1, 1),
        ("AEENDTC", f"{message} (1,204 records, such as AEENDTC=x)", 0, 1),
    }
    assert rows["only theirs", "AE", "CT9999"].records == 1 + 1 + 1204


def test_a_finding_is_about_the_variable_that_does_not_only_name_the_record():
    judgement, _, _ = compared(issue("SD9999", 2, variables=("USUBJID", "AESEQ", "AEENDTC")))
    (told,) = told_of(judgement, "SD9999")
    assert told.variable == "AEENDTC" and told.places[0].value == "USUBJID=S-01 AESEQ=2 AEENDTC=2024-01-01"


def test_values_that_cannot_be_told_apart_are_put_to_no_variable():
    judgement, _, _ = compared(issue("SD9999", variables=("AETERM", "AELLT"), values=("a, b, c",)))
    (told,) = told_of(judgement, "SD9999")
    assert told.found.endswith("(AETERM, AELLT: a, b, c)")
