"""Words of labels and names."""

from __future__ import annotations

import pytest

from sdtm.drafting.words import overlap, stands_for, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Start Date/Time of Adverse Event", ["start", "date", "adverse", "event"]),
        ("What was the outcome?", ["outcome"]),
        ("DateOfBirth", ["date", "birth"]),
        ("Dose Units", ["dose", "unit"]),
        ("serious", ["serious"]),
        ("", []),
    ],
)
def test_words_of_a_text(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_a_piece_stands_for_a_word_that_it_begins() -> None:
    assert stands_for("out", "outcome") and stands_for("dis", "disability")
    assert not stands_for("ou", "outcome") and not stands_for("cno", "congenital")


def test_overlap_is_shared_over_all() -> None:
    assert overlap(["a", "b"], ["b", "c"]) == pytest.approx(1 / 3)
    assert overlap([], ["a"]) == 0
