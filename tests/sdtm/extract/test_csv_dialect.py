"""Which delimiter and quote are found."""

from __future__ import annotations

import pytest

from sdtm.extract.csv_dialect import find_dialect
from sdtm.extract.csv_exact import Dialect
from sdtm.extract.table import Options


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("A,B;C\n1,2;3\n", Dialect(",")),  # both fit with two fields: the first of , ; tab |
        ("A;B;C\n1,5;2,5;3\n", Dialect(";")),  # the comma gives the names one field
        ('"A;x",B\n"1;y",2\n', Dialect(",")),  # a delimiter inside quotes does not count
        ("A|B,C|D\n1|2,3|4\n1|2,3,9|4\n", Dialect("|")),  # all rows fit, with commas only some
        ("A,B\n1,2\n3\n", Dialect(",")),  # a ragged row does not hide the delimiter
        ("A\n1\n", Dialect(",")),
    ],
)
def test_sniffing(sample: str, expected: Dialect) -> None:
    assert find_dialect(sample, Options("a.txt"))[0] == expected


def test_rows_above_the_names_do_not_count() -> None:
    dialect, notes = find_dialect("a;b;c;d\nA\tB\n1\t2\n", Options("a.txt", header_row=2))
    assert dialect == Dialect("\t")
    assert notes == ["delimiter tab was sniffed"]


def test_tsv_needs_no_sniffing() -> None:
    assert find_dialect("A,x\tB\n1\t2\n", Options("a.tsv")) == (Dialect("\t"), [])


@pytest.mark.parametrize("word", ["tab", "\\t", "\t", "TAB"])
def test_words_for_delimiters(word: str) -> None:
    assert find_dialect("A\tB\n", Options("a.txt", delimiter=word))[0].delimiter == "\t"
