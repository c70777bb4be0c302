"""Cells that are not what they look like: each is refused with sheet, cell and a fix, and nothing is guessed."""

from __future__ import annotations

import datetime

import pytest


def only(problems):
    assert len(problems) == 1, problems
    return problems[0]


def where(problem) -> str:
    """Sheet and cell (or row, or the sheet alone)."""
    cell = problem.where.column.rpartition("(")[2].rstrip(")") if problem.where.column else ""
    row = f"row {problem.where.row}" if problem.where.row and not cell else cell
    return f"{problem.where.sheet} {row}".strip()


def test_the_workbook_as_it_should_be_is_read(book):
    study = book.read()
    assert study.study == "X1" and list(study.sdtm) == ["DM", "AE"]
    (source,) = study.sdtm["AE"].sources
    assert source.from_ == "ae" and source.where == "AEYN = 'Y'"
    assert dict(source.map) == {
        "AETERM": "TERM",
        "AESTDTC": {"date": "AEDAT", "format": "dd MMM yyyy"},
        "AESEV": "SEV",
    }
    assert study.raw.datasets["ae"].key == ("SUBJ", "AENO")
    assert dict(study.codelists["SEV"].terms) == {"1": "MILD", "2": "MODERATE"}
    assert study.visits[0].raw == ("SCR", "Screening")


# --- columns and sheets ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "renamed", "meant"),
    [(0, "Datasets", "Dataset"), (2, "Variabel", "Variable"), (3, "Colum", "column"), (4, "Value", "value"),
     (5, "Date ", "date"), (6, "Formats", "format")],
)  # fmt: skip
def test_a_renamed_column_is_told_with_the_one_that_was_meant(book, column, renamed, meant):
    book.sheets["Mappings"][0][column] = renamed
    problem = next(p for p in book.problems() if p.id == "renamed-column")
    assert where(problem) == f"Mappings {'ABCDEFG'[column]}1"
    assert problem.expected.startswith(meant) and problem.do.startswith(f"write {meant};")


@pytest.mark.parametrize("header", ["COLUMN", " column", "Column"])
def test_a_header_in_other_capitals_is_a_key_only_as_it_is_written(book, header):
    """Blanks at its ends do no harm; but Column with a capital is no key of a mapping, and not ignored either."""
    book.sheets["Mappings"][0][3] = header
    if header.strip() == "column":
        assert book.read().sdtm["AE"].sources[0].map["AETERM"] == "TERM"
    else:
        assert only(book.problems()).id == "renamed-column"


def test_a_column_of_one_s_own_is_kept(book):
    for row, text in zip(book.sheets["Mappings"], ["Reviewed by", None, "AB", None, None], strict=True):
        row.append(text)
    notes = book.read().workbook.notes["Mappings"]
    assert notes.columns == ("Reviewed by",)
    assert dict(notes.rows) == {"AE / ae / AETERM": {"Reviewed by": "AB"}}


@pytest.mark.parametrize(("sheet", "column", "header"), [("Mappings", 2, "Variable"), ("Raw", 1, "File")])
def test_a_missing_column_is_told_with_those_that_are_there(book, sheet, column, header):
    for row in book.sheets[sheet]:
        del row[column]
    problem = next(p for p in book.problems() if p.id == "missing-column")
    assert where(problem) == f"{sheet} row 1" and f"no column {header}; there are" in problem.found
    assert problem.do.startswith(f"write {header} into row 1")


def test_a_duplicated_column_is_told_also_when_it_is_empty(book):
    book.sheets["Mappings"][0].append("variable")
    problem = only(book.problems())
    assert (problem.id, where(problem)) == ("duplicate-column", "Mappings H1")
    assert problem.found == 'the header "variable" again; it is also in C1'


def test_a_hidden_column_is_refused_because_it_counts(book):
    book.style("Mappings", lambda sheet: setattr(sheet.column_dimensions["D"], "hidden", True))
    problem = only(book.problems())
    assert (problem.id, where(problem)) == ("hidden-column", "Mappings D1") and "unhide" in problem.do


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_refused_because_it_counts(book, state):
    book.style("Terms", lambda sheet: setattr(sheet, "sheet_state", state))
    problem = only(book.problems())
    assert (problem.id, where(problem)) == ("hidden-sheet", "Terms")


@pytest.mark.parametrize(("name", "id"), [("Maping", "renamed-sheet"), ("Mappings ", "")])
def test_a_renamed_sheet_is_told_and_a_blank_behind_its_name_does_no_harm(book, name, id):
    book.sheets[name] = book.sheets.pop("Mappings")
    if id:
        problem = only(book.problems())
        assert problem.id == id and problem.do.startswith("rename it to Mappings")
    else:
        assert book.read().sdtm["AE"].sources[0].map["AETERM"] == "TERM"


def test_two_sheets_of_one_name_are_told_and_none_wins(book):
    book.sheets["Mappings "] = book.sheets["Mappings"]
    problem = only(book.problems())
    assert (problem.id, problem.found) == ("duplicate-sheet", 'the sheet "Mappings " beside "Mappings"')


def test_a_title_above_the_header_is_told(book):
    book.sheets["Mappings"].insert(0, ["Mappings of study X1"])
    assert {"missing-column", "missing-header"} <= {p.id for p in book.problems()}


def test_a_value_in_a_column_without_header_is_told(book):
    book.put("Mappings!J3", "a note")
    problem = only(book.problems())
    assert (problem.id, where(problem)) == ("missing-header", "Mappings J3") and "J1" in problem.do


# --- merged cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "id", "cell"),
    [("C1:D1", "merged-header", "C1"), ("D3:D5", "merged-cells", "D3"), ("C3:D3", "merged-cells", "C3")],
)
def test_merged_cells_are_told(book, area, id, cell):
    book.style("Mappings", lambda sheet: sheet.merge_cells(area))
    found = [p for p in book.problems() if p.id == id]
    assert [where(p) for p in found] == [f"Mappings {cell}"] and "unmerge" in found[0].do
    assert area in found[0].found


def test_merged_datasets_repeat_as_people_mean_it(book):
    before = book.read()
    book.style("Mappings", lambda sheet: sheet.merge_cells("A3:A5"))
    assert book.read() == before


# --- what Excel makes of what was typed ------------------------------------------------------------------


@pytest.mark.parametrize("formula", ["=A1", '="M"&"ILD"', "=VLOOKUP(A2,Visits!A:B,2)"])
def test_a_formula_is_refused_because_nobody_calculates_it_here(book, formula):
    book.put("Terms!C2", formula)
    problem = only(book.problems())
    assert (problem.id, where(problem)) == ("not-text", "Terms C2")
    assert problem.found.startswith("the formula") and problem.do == "copy the cell, and paste it as a value"


def test_a_formula_as_header_is_refused(book):
    book.put("Terms!C1", "=A1")
    assert ("not-text", "Terms C1") in {(p.id, where(p)) for p in book.problems()}


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#NAME?", "#VALUE!"])
def test_an_error_is_refused(book, error):
    book.put("Mappings!D3", error)
    problem = only(book.problems())
    assert (problem.id, where(problem), problem.found) == ("not-text", "Mappings D3", f"the error {error}")


@pytest.mark.parametrize(
    ("value", "shown", "said"),
    [
        (datetime.datetime(2024, 1, 2), "d-mmm", "a date or time that Excel made"),  # typed: 2-Jan, or 1/2
        (datetime.time(10, 30), "h:mm", "a date or time that Excel made"),
        (1e5, "0.00E+00", "the number 100000, shown in powers of ten: Excel takes 1E5"),
        (7, "000", "the number 7, shown otherwise (000)"),
        (1.1, "0.00", "the number 1.1, shown otherwise (0.00)"),
        (1000, "#,##0", "the number 1000, shown otherwise (#,##0)"),
        (0.5, "0%", "the number 0.5, shown otherwise (0%)"),
        (0.5, "# ?/?", "the number 0.5, shown otherwise"),
        (12345678901234567890, "General", "of which Excel keeps 15 digits"),
    ],
)
def test_a_value_that_excel_has_changed_is_refused(book, value, shown, said):
    book.put("Terms!B2", value)
    book.style("Terms", lambda sheet: setattr(sheet["B2"], "number_format", shown))
    problem = only(book.problems())
    assert (problem.id, where(problem)) == ("not-text", "Terms B2") and said in problem.found
    assert problem.do == "format the cell as text, and type what stood there again"


@pytest.mark.parametrize(
    ("value", "shown", "text"),
    [(1, "General", "1"), (1, "0", "1"), (1.5, "0.0", "1.5"), (1.5, "General", "1.5"), (100000, "General", "100000"),
     ("1E5", "@", "1E5"), ("007", "@", "007"), ("1.10", "@", "1.10"), ("2024-01-02", "@", "2024-01-02")],
)  # fmt: skip
def test_a_value_is_read_as_it_is_shown(book, value, shown, text):
    book.put("Terms!B2", value)
    book.style("Terms", lambda sheet: setattr(sheet["B2"], "number_format", shown))
    assert dict(book.read().codelists["SEV"].terms) == {text: "MILD", "2": "MODERATE"}


# --- rows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "row", "id", "said"),
    [
        ("Mappings", ["AE", "ae", "AETERM", "OTHER"], "duplicate-row", "AETERM again; it is also in row 3"),
        ("Mappings", ["AE", "1", "AETERM", "OTHER"], "duplicate-row", "AETERM again; it is also in row 3"),
        ("Terms", ["SEV", "1", "SEVERE"], "duplicate-row", "1 again; it is also in row 2"),
        ("Raw", ["ae", "other.csv"], "duplicate-row", "ae again; it is also in row 3"),
        ("Settings", ["study", "X2"], "duplicate-value", "study again; the first is in"),
        ("Settings", ["raw.foldr", "x"], "unknown-key", '"raw.foldr"'),
        ("Mappings", ["AE", "aee", "AEACN", "ACN"], "unknown-item", '"aee"'),
        ("Mappings", ["AE", "ae", "AEACN"], "empty-mapping", "a row that says nothing about how it is made"),
        ("Mappings", [None, "ae", None, "ACN"], "empty-cell", "an empty cell"),
        ("Visits", ["1", None], "empty-cell", "an empty cell"),
    ],
)
def test_a_row_that_is_wrong_is_told(book, sheet, row, id, said):
    book.sheets[sheet].append(row)
    problem = only(book.problems())
    assert problem.id == id and said in problem.found
    assert problem.where.sheet == sheet and problem.where.row == len(book.sheets[sheet])


def test_two_rows_for_one_variable_are_tried_in_order_where_that_is_written(book):
    book.sheets["Mappings"][0].append("Try")
    book.sheets["Mappings"][2].append("1")
    book.sheets["Mappings"].append(["AE", "ae", "AETERM", "OTHER", None, None, None, "2"])
    assert book.read().sdtm["AE"].sources[0].map["AETERM"] == ["TERM", "OTHER"]


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\t", "\n"])
@pytest.mark.parametrize("cell", ["Mappings!C3", "Settings!B2", "Sources!C3", "Raw!B3", "Visits!B2"])
def test_a_blank_behind_a_text_is_told_and_never_removed(book, cell, blank):
    sheet, _, name = cell.partition("!")
    at = {"Mappings": "AETERM", "Settings": "X1", "Raw": "ae.csv", "Sources": "ae", "Visits": "SCREENING"}
    text = at[sheet]
    book.put(cell, text + blank)
    problem = next(p for p in book.problems() if p.id == "blank-in-cell")
    assert where(problem) == f"{sheet} {name}" and problem.do == f'write "{text}"'


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\t"])
def test_a_blank_behind_the_name_of_a_raw_column_is_told(book, blank):
    book.put("Mappings!D3", f"TERM{blank}")
    assert only(book.problems()).do == 'write "TERM"'


def test_a_blank_behind_a_term_is_told_by_lint_with_its_cell(book):
    """A term may have blanks, and a codelist knows none of them."""
    from sdtm.lint_study import lint_study

    book.put("Terms!C2", "MILD ")
    problem = next(p for p in lint_study(book.read()) if p.id == "not-in-codelist")
    assert where(problem) == "Terms C2" and problem.do == "did you mean MILD?"


def test_a_row_is_told_by_the_cell_that_names_it(book):
    book.sheets["Mappings"].append(list(book.sheets["Mappings"][1]))
    problem = only(book.problems())
    assert problem.id == "duplicate-row"
    column = book.sheets["Mappings"][0].index("Variable")
    assert where(problem) == f"Mappings {'ABCDEFG'[column]}{len(book.sheets['Mappings'])}"


def test_blanks_of_raw_texts_count(book):
    book.put("Terms!B2", " 1")
    assert list(book.read().codelists["SEV"].terms) == [" 1", "2"]


def test_empty_rows_between_are_no_rows(book):
    before = book.read()
    book.sheets["Mappings"].insert(3, [None] * 7)
    book.sheets["Mappings"].append(["", " ", None])
    assert book.read() == before


def test_all_problems_are_told_at_once(book):
    book.put("Terms!C2", "=A1")
    book.put("Mappings!D3", "TERM ")
    book.sheets["Raw"].append(["ae", "other.csv"])
    assert sorted(p.id for p in book.problems()) == ["blank-in-cell", "duplicate-row", "not-text"]


# --- files that are no workbooks -------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"study: X1\n", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_a_file_that_is_no_workbook_is_refused(book, content):
    from specs import load_study
    from specs.problems import ProblemsFound

    book.path.write_bytes(content)
    with pytest.raises(ProblemsFound, match="workbook-refused"):
        load_study(book.path)
