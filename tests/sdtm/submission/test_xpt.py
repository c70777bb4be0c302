"""The transport file writer. All data are synthetic."""

from __future__ import annotations

import errno
import hashlib
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdtm import columns
from sdtm.stages import Dataset, Variable
from sdtm.submission import xpt_text
from sdtm.submission.ibm import LARGEST, SMALLEST
from sdtm.submission.read_back import verify_xpt
from sdtm.submission.xpt import write_xpt
from specs.problems import Problem, ProblemsFound

CREATED = "2025-03-28T00:00:00"

texts = st.none() | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200).filter(
    lambda text: not text.endswith(" ")
)
numbers = (
    st.sampled_from([float("nan"), 0.0, -0.0, SMALLEST, -SMALLEST, LARGEST, -LARGEST, 0.1, 1e75, -1e-78])
    | st.integers(-(2**53), 2**53).map(float)
    | st.floats().filter(lambda x: x != x or x == 0 or SMALLEST <= abs(x) <= LARGEST)
)


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    kinds = draw(st.lists(st.sampled_from(["Char", "Num"]), min_size=1, max_size=6))
    rows = draw(st.integers(0, 12))
    frame, variables = {}, []
    for number, kind in enumerate(kinds):
        cells = draw(st.lists(texts if kind == "Char" else numbers, min_size=rows, max_size=rows))
        if kind == "Char" and "Num" not in kinds and rows:
            cells[-1] = cells[-1] or "x"  # a blank last record is refused; it has its own test
        name = f"V{number}"
        frame[name] = columns.text(cells) if kind == "Char" else np.array(cells, dtype=np.float64)
        variables.append(Variable(name, f"Label {number}", kind))
    return Dataset("XX", "Synthetic", tuple(variables), pd.DataFrame(frame), pd.DataFrame(index=range(rows)))


@settings(max_examples=150, deadline=None)
@given(datasets())
def test_pyreadstat_and_pandas_read_back_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, dataset: Dataset
) -> None:
    path = tmp_path_factory.mktemp("xpt") / "xx.xpt"
    written = write_xpt(dataset, path, CREATED)
    assert verify_xpt(path, dataset) == []
    content = path.read_bytes()
    assert written.path == "xx.xpt" and written.rows == len(dataset.frame)
    assert written.size == len(content) and len(content) % 80 == 0
    assert written.sha256 == hashlib.sha256(content).hexdigest()
    for at_once in (1, 5):
        write_xpt(dataset, path, CREATED, rows_at_once=at_once)
        assert path.read_bytes() == content


def test_values_are_read_by_pyreadstat_exactly(tmp_path: Path, dataset_of) -> None:
    dataset = dataset_of(
        USUBJID=["007", "  lead", None], AETERM=["NA", "1e5", ""], AESEQ=np.array([0.1, np.nan, -3])
    )
    path = tmp_path / "ae.xpt"
    write_xpt(dataset, path, CREATED)
    frame, meta = pyreadstat.read_xport(path)
    assert frame["USUBJID"].tolist() == ["007", "  lead", ""]
    assert frame["AETERM"].tolist() == ["NA", "1e5", ""]
    assert frame["AESEQ"].tolist()[0] == 0.1 and np.isnan(frame["AESEQ"][1]) and frame["AESEQ"][2] == -3
    assert meta.table_name == "AE" and meta.file_label == "Adverse Events"
    assert meta.column_labels == ["Label of USUBJID", "Label of AETERM", "Label of AESEQ"]
    assert meta.variable_storage_width == {"USUBJID": 6, "AETERM": 3, "AESEQ": 8}
    assert path.read_bytes()[:80].startswith(b"HEADER RECORD*******LIBRARY ")


def lengths_read(dataset: Dataset, path: Path) -> dict[str, int]:
    """The lengths in a written file, as pyreadstat reads them."""
    write_xpt(dataset, path, CREATED)
    return dict(pyreadstat.read_xport(path, metadataonly=True)[1].variable_storage_width)


def test_lengths_are_the_longest_value_that_a_row_holds(tmp_path: Path, dataset_of) -> None:
    path = tmp_path / "ae.xpt"
    dataset = dataset_of(A=["xxx", "longest", None], B=[None, None, None], N=np.array([1, 2, 3]))
    assert lengths_read(dataset, path) == {"A": 7, "B": 1, "N": 8}
    shorter = dataset_of(A=["xxx"], N=np.array([1]))
    unused = pd.DataFrame({"A": dataset.frame["A"].iloc[:1], "N": [1.0]})
    first = Dataset("AE", "", shorter.variables, unused, pd.DataFrame())
    assert lengths_read(first, path) == {"A": 3, "N": 8}


def test_texts_of_unused_categories_are_neither_judged_nor_written(tmp_path: Path, dataset_of) -> None:
    kept = columns.text(["good", "schön", "y" * 250, "blank "]).iloc[:1]
    dataset = Dataset("AE", "", (Variable("A", "", "Char"),), pd.DataFrame({"A": kept}), pd.DataFrame())
    write_xpt(dataset, tmp_path / "ae.xpt", CREATED)
    assert verify_xpt(tmp_path / "ae.xpt", dataset) == []


def test_a_declared_transliteration_is_written(tmp_path: Path, dataset_of) -> None:
    dataset = dataset_of(AETERM=["Übelkeit", "≥ 2 × täglich", "a\nb", "plain"])
    replacements = {"Ü": "Ue", "ä": "ae", "≥": ">=", "×": "x", "\n": " "}
    path = tmp_path / "ae.xpt"
    write_xpt(dataset, path, CREATED, replacements)
    assert pyreadstat.read_xport(path)[0]["AETERM"].tolist() == [
        "Uebelkeit",
        ">= 2 x taeglich",
        "a b",
        "plain",
    ]
    assert verify_xpt(path, dataset, replacements) == []
    assert pyreadstat.read_xport(path)[1].variable_storage_width == {"AETERM": 15}


def problems(dataset: Dataset, tmp_path: Path, **transliterate: str) -> list[Problem]:
    with pytest.raises(ProblemsFound) as refused:
        write_xpt(dataset, tmp_path / "refused.xpt", CREATED, transliterate)
    assert list(tmp_path.iterdir()) == [], "nothing is written when something is refused"
    return refused.value.problems


def test_text_above_200_bytes_is_refused_and_200_is_not(tmp_path: Path, dataset_of) -> None:
    long = "x" * 201
    dataset = dataset_of(
        keys=["USUBJID", "AESEQ"],
        USUBJID=["S-1", "S-2", "S-3"],
        AESEQ=np.array([1, 1, 2]),
        AETERM=["x" * 200, long, long],
    )
    (problem,) = problems(dataset, tmp_path)
    assert problem.id == "xpt-text-too-long"
    assert (problem.where.file, problem.where.row, problem.where.column) == ("AE", 2, "AETERM")
    assert "201 characters" in problem.found and "USUBJID=S-2 AESEQ=1" in problem.found
    assert "also 3" in problem.found
    assert "SUPPAE" in problem.do and "AETERM: supp" in problem.do


def test_length_is_counted_after_transliteration(tmp_path: Path, dataset_of) -> None:
    dataset = dataset_of(AETERM=["ö" * 101])
    (problem,) = problems(dataset, tmp_path, ö="oe")
    assert problem.id == "xpt-text-too-long" and "202 characters" in problem.found
    write_xpt(dataset, tmp_path / "ae.xpt", CREATED, {"ö": "o"})
    assert pyreadstat.read_xport(tmp_path / "ae.xpt")[0]["AETERM"].tolist() == ["o" * 101]


def test_long_text_of_a_supp_dataset_is_not_sent_to_supp(tmp_path: Path, dataset_of) -> None:
    (problem,) = problems(dataset_of(name="SUPPAE", QVAL=["y" * 300]), tmp_path)
    assert "SUPPSUPP" not in problem.do and "QNAM" in problem.do


def test_a_character_that_is_not_ascii_is_named_with_a_way_out(tmp_path: Path, dataset_of) -> None:
    dataset = dataset_of(AETERM=["ok", "fièvre", "头痛 fièvre"])
    (problem,) = problems(dataset, tmp_path, 头="head", 痛="ache")
    assert problem.id == "xpt-characters" and problem.where.row == 2
    assert '"fièvre"' in problem.found
    assert "è (U+00E8, LATIN SMALL LETTER E WITH GRAVE)" in problem.found and "头" not in problem.found
    assert 'transliterate: {"è": "e"}' in problem.do


@pytest.mark.parametrize(
    ("character", "shown"), [("\n", "U+000A"), ("\0", "U+0000"), ("\t", "U+0009"), ("\x7f", "U+007F")]
)
def test_control_characters_are_refused(tmp_path: Path, dataset_of, character: str, shown: str) -> None:
    (problem,) = problems(dataset_of(A=[f"a{character}b"]), tmp_path)
    assert problem.id == "xpt-characters" and shown in problem.found
    assert "\n" not in problem.found and character not in problem.do


@pytest.mark.parametrize(
    ("value", "words"), [("Nausea ", "blanks at the end"), ("   ", "nothing but blanks")]
)
def test_trailing_blanks_are_refused_because_the_format_loses_them(
    tmp_path: Path, dataset_of, value: str, words: str
) -> None:
    (problem,) = problems(dataset_of(A=["x", value]), tmp_path)
    assert problem.id == "xpt-trailing-blanks" and words in problem.found and problem.where.row == 2


@pytest.mark.parametrize("number", [np.inf, -np.inf, 1e76, -7.3e75, 5e-79, 5e-324])
def test_a_number_outside_the_ibm_range_is_refused(tmp_path: Path, dataset_of, number: float) -> None:
    dataset = dataset_of(keys=["A"], A=["k1", "k2"], N=np.array([1.0, number]))
    (problem,) = problems(dataset, tmp_path)
    assert problem.id == "xpt-number" and problem.where.row == 2 and problem.where.column == "N"
    assert repr(number) in problem.found and "A=k2" in problem.found


@pytest.mark.parametrize("name", ["AELONGNAME", "ae", "1AE", "A-E", "", "AÉ"])
def test_names_that_are_no_sas_names_are_refused(tmp_path: Path, dataset_of, name: str) -> None:
    (problem,) = problems(dataset_of(name=name, A=["x"]), tmp_path)
    assert problem.id == "xpt-dataset-name" and f'"{name}"' in problem.found
    (problem,) = problems(dataset_of(labels={name: ""}, **{name: ["x"]}) if name else _unnamed(), tmp_path)
    assert problem.id == "xpt-variable-name"


def _unnamed() -> Dataset:
    return Dataset(
        "AE", "", (Variable("", "", "Char"),), pd.DataFrame({"": columns.text(["x"])}), pd.DataFrame()
    )


def test_two_variables_of_one_name_are_refused(tmp_path: Path) -> None:
    column = columns.text(["x"])
    frame = pd.concat([column, column], axis=1, keys=["A", "A"])
    variables = (Variable("A", "", "Char"), Variable("A", "", "Char"))
    (problem,) = problems(Dataset("AE", "", variables, frame, pd.DataFrame()), tmp_path)
    assert problem.id == "xpt-variable-name" and "2 variables" in problem.found


def test_labels_are_measured_in_bytes_and_must_be_ascii(tmp_path: Path, dataset_of) -> None:
    fits = dataset_of(label="y" * 40, labels={"A": "x" * 40}, A=["x"])
    write_xpt(fits, tmp_path / "ae.xpt", CREATED)
    assert verify_xpt(tmp_path / "ae.xpt", fits) == []
    (tmp_path / "ae.xpt").unlink()

    (problem,) = problems(dataset_of(labels={"A": "x" * 41}, A=["x"]), tmp_path)
    assert problem.id == "xpt-label" and "41 bytes" in problem.found and problem.where.column == "A"
    (problem,) = problems(dataset_of(label="y" * 41, A=["x"]), tmp_path)
    assert problem.id == "xpt-label" and problem.where.column == ""
    # trap 22: 39 characters, but 41 bytes
    both = problems(dataset_of(labels={"A": "é" * 2 + "x" * 37}, A=["x"]), tmp_path)
    assert [p.id for p in both] == ["xpt-label", "xpt-label"]
    assert "41 bytes" in both[0].found and "U+00E9" in both[1].found
    (problem,) = problems(dataset_of(labels={"A": "Term "}, A=["x"]), tmp_path)
    assert "blanks at the end" in problem.found


def test_a_dataset_without_variables_is_refused(tmp_path: Path, dataset_of) -> None:
    (problem,) = problems(dataset_of(), tmp_path)
    assert problem.id == "xpt-no-variables"


def test_more_variables_than_the_header_can_count_are_refused(tmp_path: Path) -> None:
    names = [f"V{n}" for n in range(10_000)]
    frame = pd.DataFrame(np.zeros((1, 10_000)), columns=names)
    variables = tuple(Variable(name, "", "Num") for name in names)
    (problem,) = problems(Dataset("AE", "", variables, frame, pd.DataFrame()), tmp_path)
    assert problem.id == "xpt-too-many-variables"


def test_everything_wrong_is_told_at_once(tmp_path: Path, dataset_of) -> None:
    dataset = dataset_of(
        name="ADVERSE_EVENTS",
        labels={"AETERM": "l" * 50},
        AETERM=["é", "x" * 201, "b "],
        TOOLONGNAME=["x", "x", "x"],
        N=np.array([1e80, 1, 1]),
    )
    assert {p.id for p in problems(dataset, tmp_path)} == {
        "xpt-dataset-name",
        "xpt-label",
        "xpt-characters",
        "xpt-text-too-long",
        "xpt-trailing-blanks",
        "xpt-variable-name",
        "xpt-number",
    }


def test_records_of_a_problem_are_counted_and_the_first_are_named(tmp_path: Path, dataset_of) -> None:
    (problem,) = problems(dataset_of(A=["ok"] + ["é"] * 20), tmp_path)
    assert "record 2, also 3, 4, 5, 6; 20 records in all" in problem.found


@pytest.mark.parametrize(
    ("key", "replacement"), [("é", "è"), ("a", "b"), ("ab", "c"), ("é", "\n"), ("", "x"), (" ", "_")]
)
def test_a_transliteration_that_would_change_good_text_is_refused(
    tmp_path: Path, dataset_of, key: str, replacement: str
) -> None:
    with pytest.raises(ProblemsFound) as refused:
        write_xpt(dataset_of(A=["x"]), tmp_path / "ae.xpt", CREATED, {key: replacement})
    assert refused.value.problems[0].id == "xpt-transliterate"


def test_a_dataset_without_records_is_written(tmp_path: Path, dataset_of) -> None:
    dataset = dataset_of(A=[], N=np.array([]))
    written = write_xpt(dataset, tmp_path / "ae.xpt", CREATED)
    assert written.rows == 0 and written.size == 80 * 8 + 320 + 80
    assert verify_xpt(tmp_path / "ae.xpt", dataset) == []


@pytest.mark.parametrize("rows", [1, 79, 80, 81])
def test_short_records_get_no_company_from_the_padding(tmp_path: Path, dataset_of, rows: int) -> None:
    dataset = dataset_of(A=["x"] * rows)  # records of one byte; padding would make up to 79 more
    write_xpt(dataset, tmp_path / "ae.xpt", CREATED)
    assert len(pyreadstat.read_xport(tmp_path / "ae.xpt")[0]) == rows
    assert verify_xpt(tmp_path / "ae.xpt", dataset) == []


def test_a_blank_record_is_kept_between_others_and_refused_at_the_end(tmp_path: Path, dataset_of) -> None:
    middle = dataset_of(A=["x", None, "z"], B=[None, None, None])
    write_xpt(middle, tmp_path / "ae.xpt", CREATED)
    assert verify_xpt(tmp_path / "ae.xpt", middle) == []
    (tmp_path / "ae.xpt").unlink()
    for wide in ("y", "y" * 200):  # pyreadstat drops a blank end at any record length
        (problem,) = problems(dataset_of(A=[wide, "x", None], B=[None, None, None]), tmp_path)
        assert problem.id == "xpt-empty-record" and problem.where.row == 3
    with_number = dataset_of(A=["x", None], N=np.array([1, np.nan]))  # a missing number is not blank
    write_xpt(with_number, tmp_path / "ae.xpt", CREATED)
    assert verify_xpt(tmp_path / "ae.xpt", with_number) == []


def test_two_runs_give_the_same_bytes(tmp_path: Path, dataset_of) -> None:
    dataset = dataset_of(A=["b", "a", None], N=np.array([1, np.nan, 3]))
    one = write_xpt(dataset, tmp_path / "one" / "ae.xpt", CREATED)
    two = write_xpt(dataset, tmp_path / "two" / "ae.xpt", CREATED)
    assert one == two
    assert (tmp_path / "one/ae.xpt").read_bytes() == (tmp_path / "two/ae.xpt").read_bytes()


def test_the_order_of_categories_does_not_reach_the_file(tmp_path: Path, dataset_of) -> None:
    one = dataset_of(A=["b", "a", "c"])
    turned = one.frame["A"].cat.reorder_categories(["c", "a", "b"])
    two = Dataset("AE", "Adverse Events", one.variables, pd.DataFrame({"A": turned}), one.source)
    assert (
        write_xpt(one, tmp_path / "1.xpt", CREATED).sha256
        == write_xpt(two, tmp_path / "2.xpt", CREATED).sha256
    )


def test_many_distinct_texts_are_encoded_run_by_run_to_the_same_bytes(
    tmp_path: Path, dataset_of, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = dataset_of(A=[f"text {n:05d}" if n % 7 else None for n in range(500)], N=np.arange(500))
    one = write_xpt(dataset, tmp_path / "1.xpt", CREATED)
    monkeypatch.setattr(xpt_text, "_TABLE_BYTES", 0)
    two = write_xpt(dataset, tmp_path / "2.xpt", CREATED, rows_at_once=64)
    assert one.sha256 == two.sha256
    assert verify_xpt(tmp_path / "2.xpt", dataset) == []


@pytest.mark.parametrize("rows", [0, 1, 7, 100])
def test_threads_that_help_change_no_byte_and_no_problem(tmp_path: Path, dataset_of, rows: int) -> None:
    texts = [f"text {row % 13}" for row in range(rows)]
    dataset = dataset_of(TEXT=texts, NUMBER=[row / 3 for row in range(rows)])
    alone = write_xpt(dataset, tmp_path / "alone.xpt", CREATED, rows_at_once=7)
    with ThreadPoolExecutor(3) as pool:
        helped = write_xpt(dataset, tmp_path / "helped.xpt", CREATED, rows_at_once=7, pool=pool)
        assert (helped.sha256, helped.size, helped.rows) == (alone.sha256, alone.size, alone.rows)
        assert (tmp_path / "helped.xpt").read_bytes() == (tmp_path / "alone.xpt").read_bytes()
        with pytest.raises(ProblemsFound) as found:
            write_xpt(dataset_of(A=["é"], B=["ü"]), tmp_path / "bad.xpt", CREATED, pool=pool)
    first, second = found.value.problems
    assert "é" in first.found and "ü" in second.found


def test_the_path_of_the_result_is_relative_to_the_output_folder(tmp_path: Path, dataset_of) -> None:
    written = write_xpt(dataset_of(A=["x"]), tmp_path / "sdtm" / "ae.xpt", CREATED, folder=tmp_path)
    assert written.path == "sdtm/ae.xpt"


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    rows = 300_000
    codes = np.arange(rows) % 5
    frame = pd.DataFrame(
        {
            f"T{n}": columns.from_codes(codes, [f"{n} {'x' * 90}{c}" for c in range(5)], pd.RangeIndex(rows))
            for n in range(4)
        }
        | {"N": np.arange(rows, dtype=np.float64)}
    )
    variables = tuple(Variable(name, "", "Num" if name == "N" else "Char") for name in frame)
    dataset = Dataset("XX", "", variables, frame, pd.DataFrame())
    tracemalloc.start()
    written = write_xpt(dataset, tmp_path / "xx.xpt", CREATED)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert written.size > 110_000_000  # bytes
    assert peak < 45_000_000  # about two runs of rows


@pytest.mark.parametrize(("code", "id"), [(errno.ENOSPC, "disk-full"), (errno.EACCES, "not-writable")])
def test_a_disk_that_refuses_is_told_in_plain_words_and_leaves_the_old_file(
    tmp_path: Path, dataset_of, monkeypatch: pytest.MonkeyPatch, code: int, id: str
) -> None:
    path = tmp_path / "ae.xpt"
    write_xpt(dataset_of(A=["old"]), path, CREATED)
    before = path.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(code, "refused")

    monkeypatch.setattr("sdtm.submission.xpt.os.replace", refuse)
    with pytest.raises(ProblemsFound) as refused:
        write_xpt(dataset_of(A=["new"]), path, CREATED)
    assert refused.value.problems[0].id == id
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_column_of_the_wrong_kind_is_our_own_error(tmp_path: Path) -> None:
    frame = pd.DataFrame({"A": ["plain str"]})
    with pytest.raises(TypeError, match=r"AE\.A"):
        write_xpt(
            Dataset("AE", "", (Variable("A", "", "Char"),), frame, pd.DataFrame()), tmp_path / "a", CREATED
        )
