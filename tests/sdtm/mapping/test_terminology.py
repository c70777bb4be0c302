"""Raw text to submission value: published value, the spec's terms, synonyms; never by similarity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.columns import text
from sdtm.mapping.terminology import TermMap, map_terms

SEVERITY = TermMap(
    "codelist AESEV", {"1": "MILD", "2": "MODERATE"}, frozenset({"MILD", "MODERATE", "SEVERE"})
)
UNITS = TermMap("codelist UNIT", {"Milligram": "mg"}, frozenset({"mg", "g"}), extensible=True)


@pytest.mark.parametrize(
    ("terms", "raw", "expected"),
    [
        (SEVERITY, "MILD", ("MILD", "known")),  # a published value means itself
        (SEVERITY, "2", ("MODERATE", "known")),
        (SEVERITY, "Moderat", (None, "lost")),  # closed: no similarity
        (SEVERITY, "mild", (None, "lost")),
        (SEVERITY, "mild ", (None, "lost")),
        (UNITS, "Milligram", ("mg", "known")),
        (UNITS, "furlong", ("furlong", "added")),  # extensible: kept and told
    ],
)
def test_what_one_text_means(terms, raw, expected):
    assert terms.look_up(raw) == expected


def test_the_spec_may_give_a_published_value_another_meaning():
    """1 is a value of the codelist and a raw code: what the spec says goes first."""
    terms = TermMap("codelist TOXGR", {"1": "2"}, frozenset({"1", "2"}))
    assert terms.look_up("1") == ("2", "known") and terms.look_up("2") == ("2", "known")


def test_case_is_ignored_where_the_spec_says_so_and_the_answer_is_one():
    terms = TermMap("t", {"Mild": "MILD"}, frozenset({"MILD", "SEVERE"}), ignore_case=True)
    assert terms.look_up("severe") == ("SEVERE", "known")
    assert terms.look_up("mILD") == ("MILD", "known")
    two = TermMap("t", {"a": "X", "A": "Y"}, frozenset({"X", "Y"}), ignore_case=True)
    assert two.look_up("a") == ("X", "known") and two.look_up("A") == ("Y", "known")
    ambiguous = TermMap("t", {"Ab": "X", "aB": "Y"}, frozenset({"X", "Y"}), ignore_case=True)
    assert ambiguous.look_up("AB") == (None, "lost")


def test_synonyms_count_where_the_spec_says_so():
    terms = TermMap("t", {}, frozenset({"Y"}), synonym={"Yes": "Y"}.get)
    assert terms.look_up("Yes") == ("Y", "known") and terms.look_up("Si") == (None, "lost")


def test_without_a_codelist_only_the_terms_count_unless_others_stay():
    assert TermMap("t", {"a": "A"}).look_up("b") == (None, "lost")
    assert TermMap("t", {"a": "A"}, others="keep").look_up("b") == ("b", "known")


def test_nothing_is_kept_beside_a_closed_codelist():
    assert TermMap("t", {}, frozenset({"Y"}), others="keep").look_up("x") == (None, "lost")
    assert TermMap("t", {}, frozenset({"Y"}), extensible=True, others="keep").look_up("x") == ("x", "known")


def test_a_column_is_mapped_and_its_losses_are_told_by_row():
    column = text(["1", "Moderat", None, "SEVERE", "Moderat"])
    made, lost, added = map_terms(column, SEVERITY)
    assert [value if isinstance(value, str) else None for value in made.astype(object)] == [
        "MILD", None, None, "SEVERE", None,
    ]  # fmt: skip
    assert lost.tolist() == [False, True, False, False, True] and not added.any()


def test_undeclared_values_of_an_extensible_codelist_are_kept_and_told():
    made, lost, added = map_terms(text(["mg", "furlong", None]), UNITS)
    assert made.astype(object).tolist()[:2] == ["mg", "furlong"]
    assert added.tolist() == [False, True, False] and not lost.any()


def test_no_rows():
    made, lost, added = map_terms(text([]), SEVERITY)
    assert len(made) == len(lost) == len(added) == 0


def test_a_message_lists_what_would_be_understood():
    assert SEVERITY.allowed() == "a value that codelist AESEV maps or holds: 1, 2, MILD, MODERATE, SEVERE"
    many = TermMap("t", {str(number): "X" for number in range(20)})
    assert many.allowed(3).endswith("0, 1, 10 … (20 in all)")


@given(st.lists(st.one_of(st.none(), st.sampled_from(["1", "2", "MILD", "x", "mild"]))))
def test_every_text_is_known_added_or_lost_and_only_lost_ones_are_missing(values):
    made, lost, added = map_terms(text(values), SEVERITY)
    present = made.notna().to_numpy()
    for row, value in enumerate(values):
        assert present[row] == (value is not None and not lost[row])
        assert not (lost[row] and added[row])
