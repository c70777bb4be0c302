"""The language of date formats: what it refuses, and in which words."""

from __future__ import annotations

import pytest

from sdtm.mapping.date_formats import compile_format


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("DD/MM/yyyy", "'DD' is no token; did you mean dd?"),
        ("dd MMM YYYY", "'YYYY' is no token; did you mean yyyy?"),
        ("dd Mon yyyy", "'Mon' is no token; did you mean MMM?"),
        ("dd-MON-yyyy", "'MON' is no token; did you mean MMM?"),
        ("DDMMMYYYY", "'DDMMMYYYY' is no token; did you mean ddMMMyyyy?"),
        ("dd of MMM yyyy", "'of' is no token (tokens: "),
        ("yyyy-MM-dd HH:nn", "'nn' is no token; did you mean mm?"),
        ("dd/mm/yyyy", "mm is minutes; months are MM"),
        ("dd-mmm-yyyy", "'mmm' is no token; did you mean MMM?"),
        ("dd MMM yy", "declare century"),
        ("dMyyyy", "nobody can tell where d ends and M begins"),
        ("yyyy dd", "has a token for the day but none for the month"),
        ("dd MMM", "has a token for the month but none for the year"),
        ("hh:mm", "hh and a (AM or PM) need each other"),
        ("HH:mm a", "hh and a (AM or PM) need each other"),
        ("mm:ss", "has a token for the minute but none for the hour"),
        ("yyyy yyyy", "two tokens for the year"),
        ("HH:mm dd/MM/yyyy", "a time before the date"),
        ("'at yyyy", "a quote is not closed"),
        ("", "a format is empty"),
        ("/", "no token for the year or the hour"),
    ],
)
def test_a_format_that_makes_no_sense_is_refused_in_words(text, told):
    with pytest.raises(ValueError) as refused:
        compile_format(text, (), None)
    assert told in str(refused.value)


def test_a_format_over_columns_needs_a_part_for_each():
    with pytest.raises(ValueError, match="2 parts between blanks, but is to read 3 columns"):
        compile_format("dd MMM", (), None, 3)


def test_months_are_english_in_any_case_whatever_the_locale():
    short = compile_format("MMM yyyy", (), None)
    long = compile_format("MMMM yyyy", (), None)
    assert [short.read([text]).date for text in ("may 2024", "MAY 2024", "dEc 2024")] == [
        "2024-05--", "2024-05--", "2024-12--",
    ]  # fmt: skip
    assert long.read(["September 2024"]).date == "2024-09--"
    assert short.read(["Mai 2024"]) is None and short.read(["Sept 2024"]) is None
    assert long.read(["Sep 2024"]) is None


def test_quoted_letters_stand_for_themselves():
    assert compile_format("d 'of' MMMM yyyy", (), None).read(["5 of March 2024"]).date == "2024-03-05"


def test_how_far_a_text_fits():
    assert compile_format("dd MMM yyyy", (), None).fits_until(["12/04/2024"]) == (2, 0, " ")
    assert compile_format("dd MMM yyyy", (), None).fits_until(["12 APR 2024 x"]) == (11, 0, "")
