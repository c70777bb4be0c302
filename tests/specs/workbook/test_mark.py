"""``sdtm lint FILE.xlsx --mark OUT.xlsx``: problems as comments on the cells, the input as it was."""

from __future__ import annotations

import openpyxl
import pytest
from openpyxl.comments import Comment

from specs.location import Location
from specs.problems import Problem, ProblemsFound
from specs.workbook import mark_problems


@pytest.fixture
def bad(book):
    """Three bad cells, of which one is found in the compiled plan only; and a comment of a person."""
    book.put("Terms!C2", "=A1")
    book.put("Mappings!D3", "TERM ")
    book.sheets["Sources"].append(["XX", "1", "ae", None])
    book.style("Mappings", lambda sheet: setattr(sheet["D3"], "comment", Comment("please check", "Ann")))
    return book


def comments(path):
    book = openpyxl.load_workbook(path)
    return {
        f"{sheet.title}!{cell.coordinate}": cell.comment.text
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def test_problems_become_comments_and_the_input_is_untouched(bad, sdtm, tmp_path):
    file, out = bad.save(), tmp_path / "marked.xlsx"
    before = file.read_bytes()
    outcome = sdtm("lint", file, "--mark", out)
    assert outcome.code == 2 and outcome.is_told_plainly
    assert f"wrote {out}: 2 problems, 2 cells with comments" in outcome.out + outcome.err
    assert "nothing was written" not in outcome.err
    assert file.read_bytes() == before
    found = comments(out)
    assert set(found) == {"Terms!C2", "Mappings!D3"}
    assert "[sdtm lint]\nerror not-text\nfound: the formula" in found["Terms!C2"]
    assert found["Mappings!D3"].startswith('please check\n[sdtm lint]\nerror blank-in-cell\nfound: "TERM "')
    assert 'do: write "TERM"' in found["Mappings!D3"]


def test_all_problems_are_listed_with_links_to_their_cells(bad, sdtm, tmp_path):
    sdtm("lint", bad.save(), "--mark", tmp_path / "marked.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "marked.xlsx")["Problems"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][1:] == ["Severity", "Sheet", "Cell", "Found", "Expected", "Do"]
    assert {(row[0], row[2], row[3]) for row in rows[1:]} == {
        ("not-text", "Terms", "C2"),
        ("blank-in-cell", "Mappings", "D3"),
    }
    links = [cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert {link.target or f"#{link.location}" for link in links} == {"#'Terms'!C2", "#'Mappings'!D3"}


def test_a_workbook_that_is_marked_again_has_each_mark_once(bad, sdtm, tmp_path):
    """Repaired in part: the mark of the repaired cell goes, that of the other stays, the person's comment too."""
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    sdtm("lint", bad.save(), "--mark", first)
    book = openpyxl.load_workbook(first)
    book["Mappings"]["D3"].value = "TERM"
    book.save(first)
    sdtm("lint", first, "--mark", second)
    found = comments(second)
    assert found["Mappings!D3"].strip() == "please check"
    assert found["Terms!C2"].count("[sdtm lint]") == 1
    assert openpyxl.load_workbook(second).sheetnames.count("Problems") == 1


def test_a_workbook_without_problems_is_marked_with_none(book, sdtm, tmp_path):
    outcome = sdtm("lint", book.save(), "--mark", tmp_path / "out.xlsx")
    assert outcome.code in (0, 2) and (tmp_path / "out.xlsx").exists()


def test_the_same_workbook_and_problems_give_the_same_bytes(bad, tmp_path):
    file = bad.save()
    problems = [Problem("a-problem", Location("x", sheet="Terms", row=2, column="C2"), "f", "e", "d")]
    for name in ("a.xlsx", "b.xlsx"):
        assert mark_problems(file, problems, tmp_path / name) == 1
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_text_that_looks_like_a_formula_stays_text(bad, tmp_path):
    problems = [Problem("a-problem", Location("x", sheet="Terms", row=2, column="C2"), "=1+1", "-e", "@d")]
    mark_problems(bad.save(), problems, tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["Problems"]
    assert [(cell.value, cell.data_type) for cell in sheet[2]][4:] == [
        ("=1+1", "s"),
        ("-e", "s"),
        ("@d", "s"),
    ]


@pytest.mark.parametrize("target", ["study.xlsx", "folder"])
def test_what_may_not_be_written_is_refused(bad, sdtm, tmp_path, target):
    file = bad.save()
    (tmp_path / "folder").mkdir()
    before = file.read_bytes()
    outcome = sdtm("lint", file, "--mark", tmp_path / target)
    assert outcome.code == 2 and outcome.is_told_plainly and "error[" in outcome.err
    assert file.read_bytes() == before


def test_a_spec_of_yaml_cannot_be_marked(sdtm, tmp_path):
    outcome = sdtm("lint", "lxi15029", "--mark", tmp_path / "out.xlsx")
    assert outcome.code == 2 and "error[not-a-workbook]" in outcome.err
    assert "sdtm spec export" in outcome.err and not (tmp_path / "out.xlsx").exists()


def test_a_file_that_is_no_workbook_cannot_be_marked(book, sdtm, tmp_path):
    book.path.write_bytes(b"no workbook")
    outcome = sdtm("lint", book.path, "--mark", tmp_path / "out.xlsx")
    assert outcome.code == 2 and "error[workbook-refused]" in outcome.err
    assert not (tmp_path / "out.xlsx").exists()


def test_problems_of_no_cell_raise_nothing(bad, tmp_path):
    with pytest.raises(ProblemsFound, match="workbook-refused"):
        mark_problems(tmp_path / "nothing.xlsx", [], tmp_path / "out.xlsx")
    problems = [Problem("a-problem", Location("other.yaml", line=3), "f", "e", "d")]
    assert mark_problems(bad.save(), problems, tmp_path / "out.xlsx") == 0
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["Problems"]["A2"].value == "a-problem"
