"""The exact reading: records, their numbers and lines, and the places of what is wrong."""

from __future__ import annotations

import pytest

from sdtm.extract.csv_exact import BadText, Dialect, Irregular, Scanner, texts
from sdtm.extract.csv_text import Chunk


def test_records_lines_and_numbers() -> None:
    found = list(Scanner(['a,"b\nc"\r\n\r\nd,', "e"], Dialect()))
    assert [(r.number, r.line, r.fields, r.blank) for r in found] == [
        (1, 1, ["a", "b\nc"], False),
        (2, 3, [""], True),
        (3, 4, ["d", "e"], False),
    ]


def test_one_character_at_a_time_gives_the_same_records() -> None:
    text = 'a,"b""\r\nc"\r\n,\r"",x"y\n'
    whole = [(r.number, r.line, r.fields, r.stray) for r in Scanner([text], Dialect())]
    assert [(r.number, r.line, r.fields, r.stray) for r in Scanner(list(text), Dialect())] == whole
    assert whole[-1] == (3, 4, ["", 'x"y'], (1,))


@pytest.mark.parametrize(
    ("text", "rule", "number", "line", "field"),
    [
        ('a,b\n"x\ny",z\n1,"2', "unclosed-quote", 3, 4, 1),
        ('a\n"b"c\n', "text-after-quote", 2, 2, 0),
        ('a,"b\nc"d\n', "unclosed-quote", 1, 1, 1),
    ],
)
def test_irregular_quotes(text: str, rule: str, number: int, line: int, field: int) -> None:
    with pytest.raises(Irregular) as caught:
        list(Scanner([text], Dialect()))
    error = caught.value
    assert (error.rule, error.number, error.line, error.field) == (rule, number, line, field)


def test_the_place_of_bad_text() -> None:
    scanner = Scanner(texts([Chunk(b'a,b\n"x\ny",z\n1,2\xff,3\n')]), Dialect())
    with pytest.raises(BadText) as caught:
        list(scanner)
    assert (caught.value.raw, caught.value.after) == (b"\xff", b",3\n")
    assert scanner.where_text_ends() == (3, 4, 1)
