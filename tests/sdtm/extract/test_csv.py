"""Text files: every cell exactly, every defect with its place."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdtm.extract import csv as reader
from sdtm.extract import csv_blocks
from sdtm.extract.csv_text import Chunk
from sdtm.extract.table import Options
from specs.problems import ProblemsFound

Read = Callable[..., Any]
FIXTURE = [HealthCheck.function_scoped_fixture]


def only(problems: list[Any]) -> Any:
    [problem] = problems
    return problem


# --- cells are kept as they stand -----------------------------------------------------------------


def test_texts_that_other_readers_change_are_kept(read: Read, cells: Read) -> None:
    # traps 5 and 13: a row that begins with #, subject 001, the text NA, exponents, trailing blanks
    found = read("#ID,TERM,RESULT\n#102,NA,1e5\n001,None,1.10\nx ,nan,\n")
    assert cells(found) == {
        "#ID": ["#102", "001", "x "],
        "TERM": ["NA", "None", "nan"],
        "RESULT": ["1e5", "1.10", ""],
    }
    assert found.table.rows.tolist() == [2, 3, 4]


def test_quotes_delimiters_and_line_breaks_inside_quotes_are_part_of_the_cell(
    read: Read, cells: Read
) -> None:
    found = read('A,B\r\n"x, ""y""\r\nz",";"\r\n"",2\r\n')
    assert cells(found) == {"A": ['x, "y"\r\nz', ""], "B": [";", "2"]}
    assert found.table.rows.tolist() == [2, 3]  # a record is a row, as in a spreadsheet
    assert "line breaks inside cells: 1; rows count records, not lines" in found.table.files[0].notes


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end(read: Read, cells: Read, end: str) -> None:
    assert cells(read(end.join(["A,B", "1,2", "3,4", ""]))) == {"A": ["1", "3"], "B": ["2", "4"]}


def test_the_last_line_needs_no_end(read: Read, cells: Read) -> None:
    assert cells(read("A,B\n1,2")) == {"A": ["1"], "B": ["2"]}


def test_missing_texts_are_compared_exactly(read: Read, cells: Read) -> None:
    found = read("A,B\n.,x\n. ,\n", missing=("", "."))
    assert cells(found) == {"A": [None, ". "], "B": ["x", None]}
    assert cells(read("A,B\n.,x\n", missing=("",), **{"file": "a.csv"})) == {"A": ["."], "B": ["x"]}


def test_missing_of_the_dataset_replaces_that_of_the_study(read: Read, cells: Read) -> None:
    assert cells(read("A,B\n.,\n1,2\n", missing=("",)))["A"] == [".", "1"]
    assert cells(read(missing=("",), **{"file": "a.csv"}))["B"] == [None, "2"]
    from_dataset = read("A,B\n.,\n1,2\n", name="b.csv", **{"missing": ("",)})
    assert cells(from_dataset)["B"] == [None, "2"]


def test_the_facts_of_the_file(read: Read) -> None:
    data = b"\xef\xbb\xbfA;B\n1;2\n"
    [file] = read(data).table.files
    assert (file.path, file.size, file.rows, file.encoding) == ("a.csv", len(data), 1, "utf-8")
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert file.notes == ("delimiter ';' was sniffed",)


def test_a_packed_file_is_hashed_as_it_lies_there(read: Read, cells: Read) -> None:
    data = gzip.compress(b"A,B\n1,2\n", mtime=0)
    found = read(data, name="a.csv.gz")
    assert cells(found) == {"A": ["1"], "B": ["2"]}
    assert found.table.files[0].sha256 == hashlib.sha256(data).hexdigest()


def test_a_cut_packed_file_is_refused(refused: Read) -> None:
    problem = only(refused(gzip.compress(b"A,B\n1,2\n" * 50)[:-20], name="a.csv.gz"))
    assert (problem.id, problem.where.file) == ("damaged-file", "a.csv.gz")


def test_header_row(read: Read, cells: Read) -> None:
    found = read("Listing of 1 March\n\nA,B\n1,2\n", header_row=3)
    assert cells(found) == {"A": ["1"], "B": ["2"]}
    assert found.table.rows.tolist() == [4]
    assert "names in row 3; the rows above were not read" in found.table.files[0].notes


# --- delimiter and quote --------------------------------------------------------------------------


@pytest.mark.parametrize(("sign", "shown"), [(";", "';'"), ("\t", "tab"), ("|", "'|'"), (",", "','")])
def test_a_delimiter_is_found_and_told(read: Read, cells: Read, sign: str, shown: str) -> None:
    found = read(f"A{sign}B\n1{sign}2\n")
    assert cells(found) == {"A": ["1"], "B": ["2"]}
    assert found.table.files[0].notes == (f"delimiter {shown} was sniffed",)


def test_a_decimal_comma_does_not_pass_for_a_delimiter(read: Read, cells: Read) -> None:
    assert cells(read("ID;DOSE, mg;UNIT\n1;5,0;mg\n")) == {"ID": ["1"], "DOSE, mg": ["5,0"], "UNIT": ["mg"]}


def test_a_declared_delimiter_and_quote_are_not_told(read: Read, cells: Read) -> None:
    found = read("A;B\n'x;y';2\n", delimiter=";", quote="'")
    assert cells(found) == {"A": ["x;y"], "B": ["2"]}
    assert found.table.files[0].notes == ()


def test_single_quotes_around_every_name_are_found(read: Read, cells: Read) -> None:
    found = read("'A';'B'\n'x;y';'2'\n")
    assert cells(found) == {"A": ["x;y"], "B": ["2"]}
    assert "the quote ' was sniffed" in found.table.files[0].notes


def test_quote_none_takes_quotes_as_text(read: Read, cells: Read) -> None:
    assert cells(read('A,B\n"x,5" y\n', quote="none")) == {"A": ['"x'], "B": ['5" y']}


def test_one_column(read: Read, cells: Read) -> None:
    found = read('A\nx\n\n""\ny\n')
    assert cells(found) == {"A": ["x", "", "y"]}
    assert found.table.rows.tolist() == [2, 4, 5]
    assert "one column" in found.table.files[0].notes[0]


@pytest.mark.parametrize("bad", [{"delimiter": ";;"}, {"quote": "ab"}, {"delimiter": "é"}])
def test_a_delimiter_is_one_character(refused: Read, bad: dict[str, str]) -> None:
    assert only(refused("A,B\n1,2\n", **bad)).id == f"unknown-{next(iter(bad))}"


# --- encodings ------------------------------------------------------------------------------------


def test_an_undecodable_byte_is_refused_with_its_place_and_suggestions(refused: Read) -> None:
    # trap 4; FC is u-umlaut in cp1252
    problem = only(refused("ID,NAME\n1,Meyer\n2,Müller,\n".replace(",\n", "\n").encode("cp1252")))
    assert problem.id == "undecodable-byte"
    assert (problem.where.file, problem.where.row, problem.where.column) == ("a.csv", 3, "NAME")
    assert problem.found == "byte FC after 'M', which is not utf-8"
    assert "cp1252 (reads 'Müller')" in problem.do


def test_a_declared_encoding_is_exact(read: Read, cells: Read) -> None:
    found = read("ID,NAME\n2,Müller\n".encode("cp1252"), encoding="cp1252")
    assert cells(found)["NAME"] == ["Müller"]
    assert found.table.files[0].encoding == "cp1252"


def test_the_encoding_of_the_study_holds_for_files_that_declare_none(read: Read, cells: Read) -> None:
    assert cells(read("A,B\n1,恶心\n".encode("gb18030"), study_encoding="gb18030"))["B"] == ["恶心"]


def test_a_byte_that_the_declared_encoding_does_not_have(refused: Read) -> None:
    problem = only(refused("A,B\n1,癌\n".encode("gb18030") + b"2,\xff\n", encoding="gb18030"))
    assert (problem.id, problem.where.row, problem.where.column) == ("undecodable-byte", 3, "B")
    assert problem.found == "byte FF, which is not gb18030"


def test_a_bad_byte_behind_many_chunks_has_the_right_row(
    refused: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sdtm.extract.csv_text.CHUNK", 64)
    data = ("A,B\n" + "".join(f"{n},é{n}\n" for n in range(2, 300))).encode() + b"300,\xff\n"
    problem = only(refused(data))
    assert (problem.id, problem.where.row, problem.where.column) == ("undecodable-byte", 300, "B")


def test_a_bad_byte_in_the_names(refused: Read) -> None:
    problem = only(refused("Größe,B\n1,2\n".encode("cp1252")))
    assert (problem.id, problem.where.row, problem.where.column) == ("undecodable-byte", 1, "A")


def test_utf_16_is_refused_until_it_is_declared(read: Read, refused: Read, cells: Read) -> None:
    data = "A,B\n1,é\n".encode("utf-16")
    problem = only(refused(data))
    assert (problem.id, problem.do) == ("wrong-encoding", "set encoding: utf-16 for this dataset")
    assert cells(read(data, encoding="utf-16")) == {"A": ["1"], "B": ["é"]}


def test_utf_16_without_mark_is_suggested(refused: Read) -> None:
    problem = only(refused("A,B\n1,2\n".encode("utf-16-le")))
    assert (problem.id, problem.where.row) == ("nul-character", 1)
    assert "utf-16-le" in problem.do


def test_a_mark_that_contradicts_the_declared_encoding(refused: Read) -> None:
    assert only(refused(b"\xef\xbb\xbfA,B\n1,2\n", encoding="cp1252")).id == "wrong-encoding"


def test_an_unknown_encoding_has_near_names(refused: Read) -> None:
    problem = only(refused("A,B\n1,2\n", encoding="gb1803"))
    assert problem.id == "unknown-encoding"
    assert "gb18030" in problem.do


# --- what cannot be read --------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf"])
def test_an_empty_file(refused: Read, data: bytes) -> None:
    problem = only(refused(data))
    assert (problem.id, problem.where.file) == ("empty-file", "a.csv")


def test_names_beyond_the_end(refused: Read) -> None:
    problem = only(refused("A,B\n1,2\n", header_row=7))
    assert (problem.id, problem.found) == ("empty-file", "2 rows, and header_row is 7")


def test_a_blank_line_where_the_names_should_be(refused: Read) -> None:
    problem = only(refused("\nA,B\n1,2\n"))
    assert (problem.id, problem.where.row) == ("empty-file", 1)


def test_names_only_make_an_empty_table_and_a_warning(read: Read, cells: Read) -> None:
    found = read("A,B\n")
    assert cells(found) == {"A": [], "B": []}
    [finding] = found.findings
    assert (finding.rule, finding.severity, finding.places[0].file) == ("no-rows", "warning", "a.csv")


def test_duplicated_and_missing_names_are_told_together(refused: Read) -> None:
    problems = refused("A,B,,A\n1,2,3,4\n")
    assert [(p.id, p.where.row, p.where.column) for p in problems] == [
        ("duplicated-column", 1, "A"),
        ("empty-column-name", 1, "C"),
    ]
    assert problems[0].found == "'A' names columns 1, 4"


def test_names_that_differ_in_case_only(read: Read) -> None:
    [finding] = read("Age,AGE\n1,2\n").findings
    assert (finding.rule, [place.column for place in finding.places]) == (
        "column-names-differ-in-case",
        ["Age", "AGE"],
    )


def test_ragged_rows_are_told_together(refused: Read) -> None:
    problem = only(refused("A,B\n1,2\n3\n4,5\n6,7,8\n"))
    assert (problem.id, problem.where.row, problem.where.line) == ("ragged-row", 3, None)
    assert problem.found == "1 field (so in 2 rows: also row 5 with 3)"


def test_the_line_is_told_where_it_is_not_the_row(refused: Read) -> None:
    problem = only(refused('A,B\n1,"x\ny"\n3\n'))
    assert (problem.id, problem.where.row, problem.where.line) == ("ragged-row", 3, 4)


def test_an_unclosed_quote(refused: Read) -> None:
    problem = only(refused('A,B\n1,x\n2,"abc\n3,y\n'))
    assert (problem.id, problem.where.row, problem.where.column) == ("unclosed-quote", 3, "B")


def test_an_unclosed_quote_that_another_quote_seems_to_close(refused: Read) -> None:
    problem = only(refused('A,B\n1,"abc\n2,"def"\n'))
    assert (problem.id, problem.where.row, problem.where.column) == ("unclosed-quote", 2, "B")


def test_text_after_a_closing_quote(refused: Read) -> None:
    problem = only(refused('A,B\n1,"ab"c\n'))
    assert (problem.id, problem.where.row, problem.where.column) == ("text-after-quote", 2, "B")
    assert problem.found == "'c' after the closing quote of 'ab'"


def test_a_quote_inside_an_unquoted_cell_is_kept_and_told(read: Read, cells: Read) -> None:
    found = read('A,B\n1,2\n3,5" needle\n4,"q"\n')
    assert cells(found) == {"A": ["1", "3", "4"], "B": ["2", '5" needle', "q"]}
    [finding] = found.findings
    assert (finding.rule, finding.places[0].row, finding.places[0].column) == ("quote-inside-field", 3, "B")


def test_blank_lines_between_rows_are_counted_and_at_the_end_ignored(read: Read, cells: Read) -> None:
    found = read("A,B\n1,2\n\n\n3,4\n\n\n")
    assert cells(found) == {"A": ["1", "3"], "B": ["2", "4"]}
    assert found.table.rows.tolist() == [2, 5]
    [finding] = found.findings
    assert (finding.rule, finding.count, [p.row for p in finding.places]) == ("blank-line", 2, [3, 4])


def test_a_row_of_delimiters_is_a_row(read: Read, cells: Read) -> None:
    found = read("A,B\n,\n1,2\n", missing=("",))
    assert cells(found) == {"A": [None, "1"], "B": [None, "2"]}
    [finding] = found.findings
    assert (finding.rule, finding.places[0].row) == ("empty-row", 2)


def test_a_nul_character(refused: Read) -> None:
    problem = only(refused(b"A,B\n1,2\n3,x\0y\n"))
    assert (problem.id, problem.where.row, problem.where.column) == ("nul-character", 3, "B")


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_of_30_megabytes(refused: Read, quote: str) -> None:
    problem = only(refused(b"A,B\n1,2\n3," + f"{quote}{'x' * 30_000_000}{quote}\n".encode()))
    assert (problem.id, problem.where.row, problem.where.column) == ("cell-too-large", 3, "B")


def test_a_row_without_end_is_read_to_the_end(refused: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("csv_text", "csv_blocks", "csv_exact"):
        monkeypatch.setattr(f"sdtm.extract.{module}.ROW_LIMIT", 6 << 20)
    problem = only(refused(b"A,B\n1," + b"x" * (9 << 20)))
    assert (problem.id, problem.where.row, problem.where.column) == ("cell-too-large", 2, "B")


def test_names_that_do_not_end(refused: Read) -> None:
    assert only(refused(b"x" * (5 << 20) + b"\n1\n")).id == "endless-names"


def test_all_problems_of_a_glob_are_told_at_once(refused: Read) -> None:
    problems = refused({"lab/1.csv": "A,A\n", "lab/2.csv": b"", "lab/3.csv": "A,B\n1\n"}, file="lab/*.csv")
    assert [(p.id, p.where.file) for p in problems] == [
        ("duplicated-column", "lab/1.csv"),
        ("empty-file", "lab/2.csv"),
        ("ragged-row", "lab/3.csv"),
    ]


# --- properties -----------------------------------------------------------------------------------

HARD = ['"', ",", "\n", "\r", "\r\n", "#", "NA", "001", "1e5", " ", "", "é", "恶心", "x", ";", "'", "\t", "​"]
CELL = st.one_of(
    st.lists(st.sampled_from(HARD), max_size=4).map("".join),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8),
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    names = draw(st.lists(CELL.filter(lambda t: t.strip() != ""), min_size=1, max_size=4, unique=True))
    return names, draw(st.lists(st.lists(CELL, min_size=len(names), max_size=len(names)), max_size=12))


@given(
    table=tables(),
    delimiter=st.sampled_from(",;\t|"),
    # The csv module leaves a line feed unquoted where the line end is a carriage return.
    form=st.sampled_from([(csv.QUOTE_MINIMAL, "\r\n"), *((csv.QUOTE_ALL, e) for e in ("\n", "\r\n", "\r"))]),
    chunk=st.sampled_from([16, 64, 4 << 20]),
)
@settings(suppress_health_check=FIXTURE, deadline=None, max_examples=200)
def test_what_the_csv_module_writes_is_read_back_exactly(
    tmp_path: Path, table: Any, delimiter: str, form: tuple[int, str], chunk: int
) -> None:
    names, rows = table
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, quoting=form[0], lineterminator=form[1])  # type: ignore
    writer.writerow(names)
    head = len(written.getvalue().encode())
    writer.writerows(rows)
    path = tmp_path / "a.csv"
    path.write_bytes(written.getvalue().encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "chunks", small_chunks(head, chunk))
        found = reader.read(path, Options("a.csv", delimiter=delimiter, quote='"'))
    assert list(found.columns) == names
    assert [list(row) for row in zip(*found.columns.values(), strict=True)] == rows
    assert len(found.rows) == len(rows)


def small_chunks(head: int, size: int) -> Any:
    """``csv_text.chunks``, but with the rows below the names (``head`` bytes) in small pieces."""
    original = reader.chunks

    def run(*args: Any) -> Any:
        for piece in original(*args):
            yield Chunk(piece.data[:head])
            for start in range(head, len(piece.data), size):
                yield Chunk(piece.data[start : start + size])

    return run


@given(body=st.lists(st.sampled_from(["a", "é", ",", "\n", "\r\n", "\r", '"', '""', '"x"']), max_size=25))
@settings(suppress_health_check=FIXTURE, deadline=None, max_examples=300)
def test_the_fast_and_the_exact_reading_say_the_same(tmp_path: Path, body: list[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(("A,B\n" + "".join(body)).encode())
    options = Options("a.csv", delimiter=",", quote='"')

    def outcome() -> Any:
        try:
            found = reader.read(path, options)
        except ProblemsFound as error:
            return error.problems
        lists = {name: column.tolist() for name, column in found.columns.items()}
        return lists, found.rows.tolist(), found.notes, found.findings

    fast = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "parse_block", lambda *args: None)
        assert outcome() == fast


def test_a_block_of_a_large_file_may_end_anywhere(folder: Path) -> None:
    # 30,000 rows with quoted line breaks, in chunks of 1,000 bytes: no row is lost, cut or renumbered
    rows = [[str(n), f'x\n"{n}"', "é" * (n % 5)] for n in range(30_000)]
    path = folder / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([["A", "B", "C"], *rows])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sdtm.extract.csv_text.CHUNK", 1_000)
        found = reader.read(path, Options("a.csv"))
    assert [list(row) for row in zip(*found.columns.values(), strict=True)] == rows
    assert found.rows.tolist() == list(range(2, 30_002))


def test_a_column_is_coded_with_the_smallest_integers(read: Read) -> None:
    found = read("A,B\n" + "".join(f"x,{n}\n" for n in range(200)))
    assert str(found.table.frame["A"].cat.codes.dtype) == "int8"
    assert str(found.table.frame["B"].cat.codes.dtype) == "int16"


def test_quotes_across_the_slices_of_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_blocks, "SLICE", 3)
    dialect = reader.Dialect()
    assert csv_blocks.well_quoted(b'"a""b","c"\n', dialect)
    assert csv_blocks.well_quoted(b'"","",""\n', dialect)
    assert not csv_blocks.well_quoted(b'"a"b,"c"\n', dialect)
    assert not csv_blocks.well_quoted(b'a""b,c\n', dialect)
    assert not csv_blocks.well_quoted(b'"a,b\n', dialect)


def test_the_disposition_text_with_quotes_and_semicolons_is_whole(shared: Path, read: Read) -> None:
    # data/pharmaverseraw: 850 rows; read in place
    from sdtm.extract import read_raw
    from specs.model import Raw, RawDataset

    found = read_raw("ds", RawDataset(file="ds_raw.csv"), Raw(), (shared / "data/pharmaverseraw").resolve())
    assert len(found.table.frame) == 850
    with (shared / "data/pharmaverseraw/ds_raw.csv").open(encoding="utf-8", newline="") as file:
        expected = [row["IT.DSTERM"] or None for row in csv.DictReader(file)]
    read_terms = [v if isinstance(v, str) else None for v in found.table.frame["IT.DSTERM"]]
    assert read_terms == expected
