"""Long texts (trap 11)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.finishing.long_text import split_text, supplemental_names
from specs.problems import ProblemsFound


def test_split_before_a_blank():
    assert split_text(["a headache every day"], 10) == [["a headache", "every day"]]
    assert split_text(["a headaches every day"], 10) == [["a", "headaches", "every day"]]


def test_short_texts_stay_whole():
    assert split_text(["", "x" * 200, "ok"]) == [[""], ["x" * 200], ["ok"]]


def test_a_term_of_250_characters():
    # Trap 11: 49 words of 5 with their blanks are 250 characters and one more; 33 words and blanks are 198.
    text = " ".join(["abcde"] * 41) + " last"
    assert len(text) == 250
    [parts] = split_text([text])
    assert [len(part) for part in parts] == [197, 52]
    assert parts[0] == " ".join(["abcde"] * 33) and " ".join(parts) == text


def test_a_word_longer_than_the_limit_is_cut_at_the_limit():
    assert split_text(["x" * 25 + " y"], 10) == [["x" * 10, "x" * 10, "xxxxx y"]]
    assert split_text(["see " + "x" * 12], 10) == [["see", "x" * 10, "xx"]]


def test_bytes_count_and_no_character_is_cut():
    assert split_text(["é" * 7], 5) == [["éé", "éé", "éé", "é"]]
    assert split_text(["头痛 头痛 头痛"], 13) == [["头痛 头痛", "头痛"]]
    assert split_text(["😀😀"], 5) == [["😀", "😀"]]


def test_of_several_blanks_one_is_left_out():
    assert split_text(["abc  defgh"], 5) == [["abc", " defg", "h"]]
    assert split_text(["abc  de"], 5) == [["abc", " de"]]


def test_a_huge_cell_takes_no_time():
    start = time.perf_counter()
    [parts] = split_text(["word " * 400_000])
    assert len(parts) > 9_000 and time.perf_counter() - start < 20


@given(st.text(alphabet="ab cdé头 ", max_size=80), st.integers(4, 20))
def test_parts_fit_and_are_the_text_again(text, limit):
    text = text.strip()
    [parts] = split_text([text], limit)
    assert all(len(part.encode()) <= limit for part in parts)
    assert all(part and not part.endswith(" ") for part in parts[:-1]) and not parts[-1].endswith(" ")
    position = 0
    for part in parts:
        if position and text[position : position + 1] == " ":
            position += 1
        assert text.startswith(part, position)
        position += len(part)
    assert position == len(text)
    if max(map(len, map(str.encode, text.split(" ")))) <= limit and "  " not in text:
        assert " ".join(parts) == text


def test_names_of_the_parts():
    assert supplemental_names("MHTERM", 2) == ["MHTERM1", "MHTERM2"]
    assert supplemental_names("EGSTRESC", 1) == ["EGSTRES1"]
    assert supplemental_names("AEACNOTH", 11)[-2:] == ["AEACNO10", "AEACNO11"]
    assert supplemental_names("AETERM", 0) == []


def test_a_taken_name_is_a_problem():
    with pytest.raises(ProblemsFound) as found:
        supplemental_names("AETERM", 3, {"AETERM2", "AESEV"})
    [problem] = found.value.problems
    assert problem.id == "long-text-name-taken" and "AETERM2" in problem.found
