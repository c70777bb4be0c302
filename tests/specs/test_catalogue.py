"""What a parameter model tells about itself: columns, SQL, tables, templates."""

from __future__ import annotations

import pytest
from pydantic import Field, ValidationError

from specs.catalogue import (
    COLUMN,
    SQL,
    TABLE,
    TEMPLATE,
    Algorithm,
    Catalogue,
    Column,
    Columns,
    Params,
    Sql,
    Table,
    Template,
    Texts,
    placeholders,
)


class Inner(Params):
    year: Column
    month: Column = ""


class Many(Params):
    one: Column
    several: Columns = ()
    either: Inner | tuple[Column, ...] | Column = ""
    boxes: dict[Column, str] = Field(default={})
    keys: dict[str, Column] = Field(default={})
    maybe: Column | None = None
    clause: Sql = ""
    table: Table = ""
    text: Template = ""
    words: Texts = ()


def test_columns_are_found_wherever_they_are_typed():
    made = Many(
        one="A",
        several=["B", "C"],
        either={"year": "Y", "month": "M"},
        boxes={"BOX1": "ASIAN"},
        keys={"CODE": "K"},
        text="{STUDYID}-{S}",
    )
    assert made.marked(COLUMN) == ("A", "B", "C", "Y", "M", "BOX1", "K")
    assert made.columns() == ("A", "B", "C", "Y", "M", "BOX1", "K", "STUDYID", "S")


def test_a_column_is_told_once_and_an_absent_one_not_at_all():
    made = Many(one="A", several=("A", "B"))
    assert made.columns() == ("A", "B")
    assert made.marked(SQL) == made.marked(TABLE) == made.marked(TEMPLATE) == ()


@pytest.mark.parametrize(("either", "expected"), [("D", ("A", "D")), (("D", "E"), ("A", "D", "E"))])
def test_a_choice_of_forms_tells_the_columns_of_the_form_that_stands_there(either, expected):
    assert Many(one="A", either=either).columns() == expected


def test_sql_tables_and_templates_are_told_apart():
    made = Many(one="A", clause="X > 1", table="codes", text="{T}")
    assert (
        made.marked(SQL) == ("X > 1",)
        and made.marked(TABLE) == ("codes",)
        and made.marked(TEMPLATE) == ("{T}",)
    )


def test_one_text_is_a_list_of_one():
    assert Many(one="A", words="x", several="B").words == ("x",)
    assert Many(one="A", several="B").several == ("B",)


def test_unknown_parameters_are_refused():
    with pytest.raises(ValidationError, match="colum"):
        Many(one="A", colum="B")  # type: ignore[call-arg]


def test_placeholders_are_the_names_in_braces_in_their_order():
    assert placeholders("{STUDYID}-{SITE ID}-{SUBJ}x{STUDYID}") == ["STUDYID", "SITE ID", "SUBJ", "STUDYID"]
    assert placeholders("no braces, {} neither") == []


def test_a_catalogue_finds_algorithms_by_name_and_by_the_key_of_their_short_form():
    made = Algorithm("assign", Many, lambda block, params: None, "column", "doc")
    hidden = Algorithm("internal", Many, lambda block, params: None, "", "doc")
    catalogue = Catalogue([made, hidden])
    assert list(catalogue) == ["assign", "internal"] and len(catalogue) == 2
    assert catalogue["assign"] is made and dict(catalogue.by_key) == {"column": made}
    with pytest.raises(KeyError):
        catalogue["assing"]


@pytest.mark.parametrize(
    "given", [{"one": ""}, {"several": []}, {"several": [""]}, {"keys": {}}, {"keys": {"CODE": ""}}]
)
def test_a_required_parameter_says_something(given):
    class Needed(Params):
        one: Column
        several: Columns
        keys: dict[str, Column]
        other: Column = ""

    good = {"one": "A", "several": ["B"], "keys": {"C": "D"}}
    assert Needed.model_validate(good).columns() == ("A", "B", "D")
    with pytest.raises(ValidationError, match=f"a value for {next(iter(given))}, which is empty"):
        Needed.model_validate({**good, **given})
