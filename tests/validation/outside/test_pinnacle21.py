"""Reports of Pinnacle 21: the sheet Details, its headers as the program writes them."""

import openpyxl
import pytest

from specs.problems import ProblemsFound
from validation.outside.pinnacle21 import read_pinnacle21

HEADER = [
    "Domain",
    "Record",
    "Count",
    "Variables",
    "Values",
    "Pinnacle 21 ID",
    "Publisher ID",
    "Message",
    "Category",
    "Severity",
]
LINES = [
    [
        "AE",
        2,
        1,
        "USUBJID, AESEQ, AEENDTC",
        "S-01, 2, null",
        "SD0013",
        "CG0000, FB3209",
        "End < start",
        "",
        "Error",
    ],
    ["GLOBAL", None, 1, None, None, "SD1115", None, "Missing SUPPAE dataset", "Presence", "Notice"],
    ["LB", None, "1,204", "LBSTRESU", "a, b", "CT2002", None, "Value not found", "", "Warning"],
]


def report(path, lines=LINES, header=HEADER, sheet="Details"):
    book = openpyxl.Workbook()
    book.active.title = "Validation Summary"
    book.active.append(["Report"])
    book.active.append(["Validation Engine Version: 2405.2"])
    details = book.create_sheet(sheet)
    details.append(header)
    for line in lines:
        details.append(line)
    rules = book.create_sheet("Rules")
    rules.append(["Pinnacle 21 ID", "Publisher ID", "Message"])
    rules.append(["SD0013", "FB3209", "End < start"])
    book.save(path)
    return path


def refused(path):
    with pytest.raises(ProblemsFound) as caught:
        read_pinnacle21(path)
    return "\n".join(map(str, caught.value.problems))


def test_lines_become_issues(tmp_path):
    found = read_pinnacle21(report(tmp_path / "p21.xlsx"))
    record, whole, many = found.issues
    assert (record.rule, record.dataset, record.record, record.subject, record.sequence) == (
        "SD0013",
        "AE",
        2,
        "S-01",
        "2",
    )
    assert record.values == ("S-01", "2", "") and record.severity == "error"
    assert record.also == ("CG0000", "FB3209")
    assert (whole.dataset, whole.record, whole.severity) == ("", None, "note")
    # Two texts for one variable: the commas are part of them, so that nothing is taken apart.
    assert many.values == ("a, b",) and many.count == 1204
    assert found.version == "2405.2" and found.ran == {"SD0013": ("FB3209",)}


def test_a_report_without_details_or_a_column_is_refused(tmp_path):
    assert "error[pinnacle21-report]" in refused(report(tmp_path / "a.xlsx", sheet="Issues"))
    header = ["Pinnacle 21 Id " if name == "Severity" else name for name in HEADER]
    assert "no column Severity" in refused(report(tmp_path / "b.xlsx", header=header))


def test_a_severity_that_nobody_knows_is_refused(tmp_path):
    line = [*LINES[0][:-1], "Fatal"]
    told = refused(report(tmp_path / "c.xlsx", [line]))
    assert "column Severity (J2)" in told and "'Fatal'" in told


def test_what_is_no_workbook_is_refused(tmp_path):
    (tmp_path / "d.xlsx").write_text("no workbook", encoding="utf-8")
    assert "error[workbook-refused]" in refused(tmp_path / "d.xlsx")
    assert "error[no-file]" in refused(tmp_path / "e.xlsx")


@pytest.mark.parametrize(
    ("told", "record"),
    [
        (7, 7),
        (7.0, 7),
        ("7.0", 7),
        ("1,204", 1204),
        ("12, 13", None),
        ("1,20", None),
        ("0", None),
        ("x", None),
    ],
)
def test_the_number_of_a_record(tmp_path, told, record):
    (issue,) = read_pinnacle21(report(tmp_path / "a.xlsx", [["ae", told, *LINES[0][2:]]])).issues
    assert (issue.dataset, issue.record) == ("AE", record)


def test_values_with_commas_of_their_own_name_no_subject(tmp_path):
    line = ["AE", 2, 1, "USUBJID, AETERM", "S-01, Rash, severe", "SD1", None, "m", "", "Error"]
    (issue,) = read_pinnacle21(report(tmp_path / "a.xlsx", [line])).issues
    assert issue.subject == "" and issue.values == ("S-01, Rash, severe",)
