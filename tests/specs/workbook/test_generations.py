"""define.xml workbooks of all three generations, as people pass them on: read, kept, and written again.

Headers as in the table of formats that the project was given (Pinnacle 21 specifications); invented content.
"""

from __future__ import annotations

import copy

import pytest

from specs import load_study
from specs.workbook import export_workbook

STUDY = [
    ["Attribute", "Value"],
    ["StudyName", "X1"],
    ["StudyDescription", "An invented study"],
    ["ProtocolName", "X1"],
    ["StandardName", "CDISC SDTM"],
    ["StandardVersion", "3.4"],
    ["Language", "en"],
]
G1 = {
    "Study": STUDY,
    "Datasets": [
        ["Dataset", "Description", "Class", "Structure", "Purpose", "Key Variables", "Repeating", "Reference Data",
         "Comment"],
        ["AE", "Adverse Events", "EVENTS", "One record per adverse event per subject", "Tabulation",
         "STUDYID,USUBJID,AETERM", "Yes", "No", "C.AE"],
        ["VS", "Vital Signs", "FINDINGS", None, "Tabulation", "STUDYID, USUBJID, VSTESTCD", "Yes", "No", None],
        ["SUPPAE", "Supplemental Qualifiers for AE", "RELATIONSHIP", None, "Tabulation", None, "Yes", "No", None],
    ],
    "Variables": [
        ["Order", "Dataset", "Variable", "Label", "Data Type", "Length", "Significant Digits", "Format", "Mandatory",
         "Codelist", "Origin", "Pages", "Method", "Predecessor", "Role", "Comment"],
        [1, "AE", "STUDYID", "Study Identifier", "text", 2, None, None, "Yes", None, "Protocol", None, None, None,
         "Identifier", None],
        [2, "AE", "AETERM", "Reported Term for the Adverse Event", "text", 200, None, None, "Yes", None, "CRF",
         "12 13", None, None, "Topic", None],
        [3, "AE", "AESEV", "Severity/Intensity", "text", 8, None, None, "No", "AESEV", "CRF", "12", None, None,
         "Record Qualifier", None],
        [4, "AE", "AESTDY", "Study Day of Start of Adverse Event", "integer", 8, None, None, "No", None, "Derived",
         None, "MT.AESTDY", None, "Timing", None],
    ],
    "ValueLevel": [
        ["Order", "Dataset", "Variable", "Where Clause", "Description", "Data Type", "Length", "Significant Digits",
         "Format", "Mandatory", "Codelist", "Origin", "Pages", "Method", "Predecessor", "Comment"],
        [1, "VS", "VSORRES", "WC.VS.SYSBP", None, "integer", 3, None, None, "No", None, "CRF", "7", None, None, None],
    ],
    "WhereClauses": [
        ["ID", "Dataset", "Variable", "Comparator", "Value"],
        ["WC.VS.SYSBP", "VS", "VSTESTCD", "EQ", "SYSBP"],
        ["WC.VS.SYSBP", "VS", "VSPOS", "IN", "SITTING, SUPINE"],
    ],
    "Codelists": [
        ["ID", "Name", "NCI Codelist Code", "Data Type", "Order", "Term", "NCI Term Code", "Decoded Value"],
        ["AESEV", "Severity", "C66769", "text", 1, "MILD", "C41338", "Mild"],
        [None, None, None, None, 2, "MODERATE", "C41339", "Moderate"],
    ],
    "Dictionaries": [
        ["ID", "Name", "Data Type", "Dictionary", "Version"],
        ["AEDICT", "AE dictionary", "text", "MedDRA", "27.1"],
    ],
    "Methods": [
        ["ID", "Name", "Type", "Description", "Expression Context", "Expression Code", "Document", "Pages"],
        ["MT.AESTDY", "Study day", "Computation", "Days from RFSTDTC, no day 0", None, None, None, None],
    ],
    "Comments": [["ID", "Description", "Document", "Pages"], ["C.AE", "Coded by the sponsor", None, None]],
    "Documents": [["ID", "Title", "Href"], ["ACRF", "Annotated CRF", "acrf.pdf"]],
}  # fmt: skip


def later(generation: str) -> dict:
    """The same content as G2 or G3 write it."""
    sheets = copy.deepcopy(G1)
    sheets["Define"] = sheets.pop("Study")
    sheets["Define"][4][1] = "SDTM-IG"
    sheets["Define"] += [[None, None], ["Legend", "Grey: required"]]
    for name in ("Datasets", "ValueLevel"):
        sheets[name][0][sheets[name][0].index("Description")] = "Label"
    del sheets["WhereClauses"]
    sheets["ValueLevel"][1][3] = "VSTESTCD EQ SYSBP AND VSPOS IN (SITTING, SUPINE)"
    for row in sheets["Datasets"]:
        del row[4]  # Purpose
        row += ["Developer Notes" if row[0] == "Dataset" else None]
    if generation == "g3":
        origins = {
            "CRF": ("Collected", "Investigator"),
            "Derived": ("Derived", "Sponsor"),
            "Protocol": ("Protocol", None),
        }
        for name in ("Variables", "ValueLevel"):
            at = sheets[name][0].index("Origin")
            for row in sheets[name]:
                origin, source = ("Origin", "Source") if row[at] == "Origin" else origins[row[at]]
                row[at : at + 1] = [origin, source]
        for row in sheets["Datasets"]:
            row += ["Standard", "Has No Data"] if row[0] == "Dataset" else ["SDTM-IG 3.4", "No"]
    return sheets


SHEETS = {"g1": G1, "g2": later("g2"), "g3": later("g3")}


@pytest.mark.parametrize("generation", SHEETS)
def test_a_workbook_of_any_generation_is_a_spec(book_of, generation):
    study = book_of(SHEETS[generation]).read()
    assert (study.study, study.title, study.standards.sdtmig) == ("X1", "An invented study", "3.4")
    assert list(study.sdtm) == ["AE", "VS"]  # SUPP-- are made from their parents
    assert study.sdtm["AE"].keys == ("STUDYID", "USUBJID", "AETERM")
    assert study.sdtm["VS"].keys == ("STUDYID", "USUBJID", "VSTESTCD")
    assert study.codelists["AESEV"].codelist == "C66769"
    kept = study.workbook.define
    assert (
        kept["Variables"].rows["AE.AETERM" if "AE.AETERM" in kept["Variables"].rows else "AE / AETERM"][
            "Pages"
        ]
        == "12 13"
    )
    assert kept["Methods"].rows["MT.AESTDY"]["Description"] == "Days from RFSTDTC, no day 0"
    assert kept["Documents"].rows["ACRF"] == {"Title": "Annotated CRF", "Href": "acrf.pdf"}
    (clause,) = (name for name in kept["ValueLevel"].rows if "SYSBP" in name)
    assert "VSTESTCD EQ SYSBP AND VSPOS IN (SITTING, SUPINE)" in clause


def test_the_three_generations_say_the_same(book_of):
    first, second, third = (book_of(sheets).read() for sheets in SHEETS.values())
    assert first.sdtm == second.sdtm == third.sdtm and first.codelists == second.codelists == third.codelists
    for sheet in ("Variables", "ValueLevel", "Codelists", "Methods", "Comments", "Documents", "Dictionaries"):
        said = [study.workbook.define[sheet].rows for study in (first, second, third)]
        if sheet in ("Variables", "ValueLevel"):  # the newest has the source in a column of its own
            assert all(row["Origin"] != "CRF" for rows in said for row in rows.values() if "Origin" in row)
        assert said[0] == said[1] == said[2], sheet


@pytest.mark.parametrize("generation", SHEETS)
@pytest.mark.parametrize("target", ["g1", "g3"])
def test_what_is_read_is_written_and_read_again(book_of, tmp_path, generation, target):
    study = book_of(SHEETS[generation]).read()
    written = export_workbook(study, tmp_path / "again.xlsx", target)
    assert load_study(written) == study


def test_a_legend_below_the_attributes_is_no_attribute(book_of):
    study = book_of(SHEETS["g3"]).read()
    assert "Legend" not in {name for sheet in study.workbook.define.values() for name in sheet.rows}


# --- what is wrong in define sheets ----------------------------------------------------------------------


def problems(book_of, change, generation="g1"):
    book = book_of(SHEETS[generation])
    change(book)
    return {(p.id, p.where.sheet): p for p in book.problems()}


def test_a_where_clause_that_no_sheet_has(book_of):
    found = problems(book_of, lambda book: book.sheets["ValueLevel"][1].__setitem__(3, "WC.VS.SYSBB"))
    assert found["unknown-where-clause", "ValueLevel"].do == "did you mean WC.VS.SYSBP?"
    assert found["unused-where-clause", "WhereClauses"].where.row == 2


def test_two_rows_for_one_variable(book_of):
    found = problems(book_of, lambda book: book.sheets["Variables"].append(book.sheets["Variables"][2]))
    problem = found["duplicate-row", "Variables"]
    assert problem.where.row == 6 and "it is also in row 3" in problem.found


def test_a_word_that_is_neither_yes_nor_no_is_told_with_its_cell(book_of):
    from specs.lint import lint

    book = book_of(SHEETS["g1"])
    at = book.sheets["Variables"][0].index("Mandatory")
    book.sheets["Variables"][2][at] = "Maybe"
    problem = next(p for p in lint(book.read()) if p.found == "Mandatory 'Maybe'")
    assert (problem.where.sheet, problem.where.row, problem.expected) == ("Variables", 3, "Yes or No")
    assert problem.where.column.startswith("Mandatory")


def test_a_renamed_column(book_of):
    found = problems(book_of, lambda book: book.sheets["Datasets"][0].__setitem__(5, "Key Variable"))
    assert found["renamed-column", "Datasets"].expected == "Key Variables"


def test_a_missing_column(book_of):
    def change(book):
        for row in book.sheets["Variables"]:
            del row[2]

    assert "no column Variable" in problems(book_of, change)["missing-column", "Variables"].found


def test_blanks_formulas_and_dates(book_of):
    def change(book):
        book.sheets["Variables"][2][2] = "AETERM "
        book.put("Datasets!B2", "=A1")

    found = problems(book_of, change)
    assert found["blank-in-cell", "Variables"].do == 'write "AETERM"'
    assert found["not-text", "Datasets"].where.column == "Description (B2)"


def test_a_dataset_without_a_name(book_of):
    found = problems(book_of, lambda book: book.sheets["Datasets"][1].__setitem__(0, None))
    assert found["empty-cell", "Datasets"].where.row == 2


def test_no_name_of_the_study(book_of):
    found = problems(book_of, lambda book: book.sheets["Study"].pop(1))
    assert ("no-study", "Study") in found
