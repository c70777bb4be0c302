"""Texts against controlled terminology (SDTM CT 2025-03-28)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sdtm.drafting.context import Context
from sdtm.drafting.material import RawColumn
from sdtm.drafting.values import best_match, by_values

Make = Callable[..., RawColumn]


def definition(context: Context, domain: str, name: str):  # type: ignore[no-untyped-def]
    found = context.guide.variable(domain, name)
    assert found is not None
    return found


def test_terms_in_another_case_or_as_a_synonym(context: Context, column: Make) -> None:
    made = column("S", ["Male", "F", "Female ", "M"])
    match = best_match(made, definition(context, "DM", "SEX"), context.words)
    assert match is not None and match.share == 1
    assert match.terms == {"Male": "M", "Female ": "F"}


def test_several_codelists_of_one_variable(context: Context, column: Make) -> None:
    """DSDECOD: COMPLETED is of NCOMPLT, RANDOMIZED of PROTMLST."""
    made = column("D", ["Completed", "Randomized", "Lab visit"])
    match = best_match(made, definition(context, "DS", "DSDECOD"), context.words)
    assert match is not None
    assert (dict(match.terms), dict(match.unknown)) == (
        {"Completed": "COMPLETED", "Randomized": "RANDOMIZED"},
        {"Lab visit": 1},
    )


def test_a_box_is_yes_where_it_is_ticked(context: Context, column: Make) -> None:
    match = best_match(column("A", ["0", "1"]), definition(context, "AE", "AESDTH"), context.words)
    assert match is not None and match.terms == {"0": "N", "1": "Y"}


@pytest.mark.parametrize(
    ("domain", "variable", "values"),
    [
        ("DM", "SEX", ["1", "2"]),  # codes without a meaning
        ("AE", "AEOUT", ["1", "3"]),
        ("AE", "AESER", ["1", "2"]),
        ("DM", "COUNTRY", ["Germany"]),
        ("DM", "AGE", ["old", "young"]),
        ("EX", "EXDOSTXT", ["10", "20"]),
        ("AE", "AETERM", ["Adverse Events"] * 9),
    ],
)
def test_values_that_speak_against_a_variable(
    context: Context, column: Make, domain: str, variable: str, values: list[str]
) -> None:
    reasons, against = by_values(column("X", values), definition(context, domain, variable), context.words)
    assert reasons == [] and against


def test_yes_and_no_weigh_little(context: Context, column: Make) -> None:
    yes_no, _ = by_values(column("A", ["Y", "N"]), definition(context, "AE", "AESER"), context.words)
    severity, _ = by_values(column("A", ["MILD"]), definition(context, "AE", "AESEV"), context.words)
    assert yes_no[0].weight < severity[0].weight


def test_an_empty_column_says_nothing(context: Context, column: Make) -> None:
    assert by_values(column("A", [None, None]), definition(context, "AE", "AESEV"), context.words) == ([], "")


def test_grades_are_those_of_ctcae(context: Context, column: Make) -> None:
    """CTCAE 5.0 has the grades 1 to 5; SDTMIG 3.4 gives AETOXGR no codelist."""
    grade = definition(context, "AE", "AETOXGR")
    assert by_values(column("G", ["1", "3"]), grade, context.words)[0]
    assert by_values(column("G", ["Grade 1", "Grade 2"]), grade, context.words) == ([], "")
