"""Every registered algorithm: its documentation, its example, and the promises of the contract."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from sdtm.columns import text
from sdtm.mapping.registry import catalogue
from specs.catalogue import COLUMN, SQL, TEMPLATE, Algorithm
from specs.model import UnitConversion

LABELS = ("Shape", "Unit", "Missing", "Errors", "Source", "Example")

# The ``Example:`` of each algorithm: columns, parameters, what else it needs, and the values that are stated.
EXAMPLES: dict[str, list[tuple[dict[str, list[str | None]], dict[str, Any], dict[str, Any], list[Any]]]] = {
    "assign": [({"SEX": ["Female"]}, {"column": "SEX"}, {}, ["Female"])],
    "hardcode": [({"SEX": ["Female"]}, {"value": "YEARS"}, {}, ["YEARS"])],
    "assign_datetime": [
        (
            {"D": ["12 MAR 2018", "UN MAR 2018", "UN UNK 2018", "12 UNK 2018", "31 APR 2018"]},
            {"date": "D", "format": "dd MMM yyyy"},
            {},
            ["2018-03-12", "2018-03", "2018", "2018---12", None],
        )
    ],
    "expr": [({"TERM": ["Nausea"]}, {"expr": "upper(TERM)"}, {}, ["NAUSEA"])],
    "concat": [
        ({"A": ["LEFT", "LEFT"], "B": ["ARM", None]}, {"concat": ["A", "B"]}, {}, ["LEFT ARM", "LEFT"])
    ],
    "template": [({"SITE": ["01"], "SUBJ": ["007"]}, {"template": "{SITE}-{SUBJ}"}, {}, ["01-007"])],
    "lookup": [
        (
            {"X": ["1"]},
            {"lookup": "codes", "by": {"CODE": "X"}, "take": "NAME"},
            {"tables": {"codes": pd.DataFrame({"CODE": text(["1"]), "NAME": text(["A"])})}},
            ["A"],
        )
    ],
    "split_checkbox": [
        (
            {"RACE1": ["1", "1"], "RACE2": ["0", "1"]},
            {"choices": {"RACE1": "ASIAN", "RACE2": "WHITE"}},
            {},
            ["ASIAN", "MULTIPLE"],
        )
    ],
    "age": [
        (
            {"B": ["1965-07-12", "1965-07-12"], "AT": ["2024-02-19", "2024-07-12"]},
            {"age": "B", "at": "AT"},
            {},
            [58.0, 59.0],
        )
    ],
    "unit_convert": [
        (
            {"DOSE": ["0.25"], "DOSEU": ["g"]},
            {"unit_convert": "DOSE", "unit": "DOSEU", "to": "mg"},
            {"units": (UnitConversion(unit="g", to="mg", factor="1000"),)},
            ["250"],
        )
    ],
    "range_lookup": [
        (
            {"S": ["F", "M"], "AGE": ["40", "40"], "U": ["g/L", "g/L"]},
            {
                "range": "ranges",
                "by": {"SEX": "S"},
                "between": {"AGE": ["FROM", "TO"]},
                "unit": {"UNIT": "U"},
                "take": "LOW",
            },
            {
                "tables": {
                    "ranges": pd.DataFrame(
                        {
                            name: text([cell])
                            for name, cell in zip(
                                ("SEX", "FROM", "TO", "UNIT", "LOW"),
                                ("F", "18", "59", "g/L", "115"),
                                strict=True,
                            )
                        }
                    )
                }
            },
            ["115", None],
        )
    ],
    "range_text": [
        (
            {"N": ["3.5 - 5.1", "<= 1.23", "NEGATIVE"]},
            {"range_text": "N", "take": "high"},
            {},
            ["5.1", "1.23", None],
        )
    ],
}


def called(
    algorithm: Algorithm, columns: dict[str, list[str | None]], params: dict[str, Any], needs: Any
) -> Any:
    block = pd.DataFrame({name: text(values) for name, values in columns.items()})
    return algorithm.function(block, algorithm.params.model_validate(params), **needs)


def values_of(answer: pd.Series | pd.DataFrame) -> list[Any]:
    column = answer.iloc[:, 0] if isinstance(answer, pd.DataFrame) else answer
    return [None if pd.isna(value) else value for value in column.astype(object)]


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_the_documentation_has_all_labels_in_order(name):
    labels = re.findall(r"^(\w+):", catalogue()[name].doc, re.MULTILINE)
    assert [label for label in labels if label in LABELS] == list(LABELS)


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_the_first_line_of_the_documentation_is_a_sentence(name):
    first = catalogue()[name].doc.split("\n")[0]
    assert first[0].isupper() and first.endswith((".", ":"))


def test_every_algorithm_has_an_example_here():
    assert sorted(EXAMPLES) == sorted(catalogue())


@pytest.mark.parametrize(
    ("name", "columns", "params", "needs", "expected"),
    [(name, *example) for name, examples in EXAMPLES.items() for example in examples],
)
def test_the_example_of_the_documentation_is_true(name, columns, params, needs, expected):
    algorithm = catalogue()[name]
    assert values_of(called(algorithm, columns, params, needs)) == expected
    example = " ".join(algorithm.doc.partition("Example:")[2].split())
    for value in expected:
        stated = "missing" if value is None else f"{value:g}" if isinstance(value, float) else value
        assert stated in example


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_result_has_the_index_of_the_block(name):
    columns, params, needs, _ = EXAMPLES[name][0]
    size = len(next(iter(columns.values())))
    index = pd.RangeIndex(5, 5 + size)
    block = pd.DataFrame({key: text(values).set_axis(index) for key, values in columns.items()}, index=index)
    algorithm = catalogue()[name]
    answer = algorithm.function(block, algorithm.params.model_validate(params), **needs)
    assert answer.index.equals(index)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_no_rows_give_no_rows(name):
    columns, params, needs, _ = EXAMPLES[name][0]
    assert len(called(catalogue()[name], {key: [] for key in columns}, params, needs)) == 0


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_parameters_declare_the_columns_that_are_read(name):
    columns, params, _, _ = EXAMPLES[name][0]
    model = catalogue()[name].params.model_validate(params)
    declared = {*model.columns(), *model.marked(COLUMN)}
    if model.marked(SQL):
        assert model.marked(SQL) == ("upper(TERM)",)
    elif name == "hardcode":
        assert declared == set()
    else:
        assert declared == set(columns)
    if name == "template":
        assert model.marked(TEMPLATE) == ("{SITE}-{SUBJ}",)


def test_keys_are_unique_and_lead_to_their_algorithms():
    keys = [algorithm.key for algorithm in catalogue().values()]
    assert len(set(keys)) == len(keys)
    assert catalogue().by_key["date"].name == "assign_datetime"
    assert catalogue().by_key["choices"].name == "split_checkbox"
