"""Tables in few bytes: what is packed comes back, and the text may stand inside a script element."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sdtm.reports.page.coded_columns import coded_texts
from sdtm.reports.page.packing import BASE, DIGITS, json_text, pack, unpack

TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=6)), max_size=300)


def test_a_small_table_is_packed_as_worked_out_by_hand() -> None:
    """Digits are the printable characters from ! on without " and <: 0 is !, 1 is #, 2 is $."""
    packed = pack({"SEX": coded_texts(["F", "M", "F", None]), "ROW": np.array([7, 8, 9, 9])}, 4)
    assert packed == {
        "records": 4,
        "columns": [
            {"name": "SEX", "values": ["F", "M", None], "width": 1, "codes": "!#!$"},
            {"name": "ROW", "from": 7, "width": 1, "codes": "!#$$"},
        ],
    }


def test_a_column_of_one_value_needs_no_codes() -> None:
    assert pack({"STUDYID": coded_texts(["S", "S"])}, 2)["columns"] == [{"name": "STUDYID", "values": ["S"]}]


def test_more_values_than_digits_take_two_digits() -> None:
    texts = [str(number) for number in range(BASE + 1)]
    (column,) = pack({"A": coded_texts(texts)}, len(texts))["columns"]
    assert column["width"] == 2
    assert column["codes"].endswith("#!") and column["codes"].startswith(
        "!!!#"
    )  # 91 is 1, 0; 0 and 1 come first


@given(TEXTS)
def test_texts_come_back(texts: list[str | None]) -> None:
    assert unpack(pack({"A": coded_texts(texts)}, len(texts)))["A"] == texts


@given(st.lists(st.integers(-1, 2**40), max_size=300))
def test_numbers_come_back(numbers: list[int]) -> None:
    packed = pack({"A": np.array(numbers, dtype=np.int64)}, len(numbers))
    assert unpack(packed)["A"] == numbers


@given(TEXTS)
def test_json_in_a_script_holds_no_markup_and_reads_back(texts: list[str | None]) -> None:
    packed = pack({"</script>": coded_texts(["</script><!--", *texts])}, len(texts) + 1)
    written = json_text(packed)
    assert "<" not in written and "\u2028" not in written and "\u2029" not in written
    assert json.loads(written) == packed


def test_no_digit_has_to_be_escaped() -> None:
    assert len(DIGITS) == len(set(DIGITS)) == BASE == 91
    assert json.dumps(DIGITS) == f'"{DIGITS}"' and "<" not in DIGITS
