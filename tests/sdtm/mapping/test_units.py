"""Conversions in exact arithmetic, and standard results."""

from __future__ import annotations

import csv
import gzip
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm import columns
from sdtm.mapping.units import convert, standard_text, standardize_results
from specs.model import UnitConversion
from specs.problems import ProblemsFound

# The rules of the public pharmaverse raw data (its README, trap 4): inches, pounds, Fahrenheit.
INCHES = UnitConversion(unit="IN", to="cm", factor="2.54", digits=2)
POUNDS = UnitConversion(unit="LB", to="kg", factor="0.4536", digits=2)
FAHRENHEIT = UnitConversion(unit="F", to="C", factor="5/9", offset="-32", digits=2)


@pytest.mark.parametrize(
    ("conversion", "value", "expected"),
    [
        (INCHES, "070.0", "177.8"),  # 70 x 2.54 = 177.8
        (INCHES, "64.5", "163.83"),  # 64.5 x 2.54 = 163.83
        (POUNDS, "150", "68.04"),  # 150 x 0.4536 = 68.04
        (POUNDS, "162.5", "73.71"),  # 73.71
        (POUNDS, "1.25", "0.57"),  # 0.567
        (FAHRENHEIT, "098.6", "37"),  # 66.6 x 5/9 = 37
        (FAHRENHEIT, "97.3", "36.28"),  # 65.3 x 5/9 = 36.277...
        (FAHRENHEIT, "32", "0"),
        (FAHRENHEIT, "31.995", "0"),  # -0.00277... is 0 without a minus
        (FAHRENHEIT, "-40", "-40"),
        (UnitConversion(unit="a", to="b", factor="0.5", digits=1), "0.25", "0.1"),  # 0.125
        (UnitConversion(unit="a", to="b", factor="0.5", digits=2), "0.25", "0.13"),  # halves go up
        (UnitConversion(unit="a", to="b", factor="0.5", digits=2), "-0.25", "-0.13"),  # away from zero
        (UnitConversion(unit="a", to="b", factor="1", digits=2), "1.005", "1.01"),  # floats say 1.00
        (UnitConversion(unit="g/L", to="g/dL", factor="0.1"), "142", "14.2"),
        (UnitConversion(unit="mg", to="g", factor="1/1000"), "1E3", "1"),
        (UnitConversion(unit="10^9/L", to="/uL", factor="1000"), "5.2", "5200"),
    ],
)
def test_conversions_worked_out_by_hand(conversion, value, expected):
    assert convert([value], conversion) == [expected]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("99", "37.2"),  # 37.2222...: two digits given, three kept
        ("98.65", "37.03"),  # 37.02777...: four digits given, four kept
        ("100.005", "37.7806"),  # 37.780555...: six digits given
        ("32.1", "0.0556"),  # 0.05555...: leading zeros are not significant
        ("098.6", "37"),  # the decimals end, so it is exact
    ],
)
def test_without_digits_an_endless_result_keeps_the_digits_of_the_value_at_least_three(value, expected):
    assert convert([value], UnitConversion(unit="F", to="C", factor="5/9", offset="-32")) == [expected]


def test_operators_stay_and_other_texts_are_not_converted():
    values = ["<0.5", ">= 100", "<=1", "> 2", "BLQ", "1,5", "", "5 mg", "NaN", "<", "1-2"]
    assert convert(values, UnitConversion(unit="in", to="cm", factor="2.54")) == [
        "<1.27", ">=254", "<=2.54", ">5.08", None, None, None, None, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize("factor", ["", "abc", "5/0", "5/9/2", "0", "-1", "1,5", "nan", "1e999"])
def test_a_factor_that_is_none_is_a_problem_of_the_spec(factor):
    with pytest.raises(ProblemsFound) as found:
        convert(["1"], UnitConversion(test="TEMP", unit="F", to="C", factor=factor))
    [problem] = found.value.problems
    assert problem.id == "bad-conversion" and "TEMP F to C" in str(problem.where)


def test_standard_text_keeps_what_is_no_number():
    texts = ["067.0", "<0.50", ">= 010", "NEGATIVE", "1+", "1E3", "1,5", " 5"]
    assert [standard_text(text) for text in texts] == [
        "67",
        "<0.5",
        ">=10",
        "NEGATIVE",
        "1+",
        "1000",
        "1,5",
        "5",
    ]


def standard(rows, conversions=(), units=None):
    test, result, unit = (columns.text([row[i] for row in rows]) for i in range(3))
    made = standardize_results(test, result, unit, conversions, units or {})
    rows = zip(made.text().astype(object), made.value().tolist(), made.unit().astype(object), strict=True)
    table = [
        tuple(None if isinstance(value, float) and np.isnan(value) else value for value in row)
        for row in rows
    ]
    reasons = made.reasons()
    return table, reasons.astype(object).where(reasons.notna(), None).tolist()


def test_results_in_standard_units():
    rows = [
        ("TEMP", "098.6", "F"),
        ("TEMP", "37.0", "C"),
        ("WEIGHT", "150", "LB"),
        ("SYSBP", "120", "mmHg"),
        ("TEMP", None, "F"),
        ("TEMP", None, None),
    ]
    table, reasons = standard(rows, [FAHRENHEIT, POUNDS], {"TEMP": "C", "WEIGHT": "kg"})
    assert table == [
        ("37", 37.0, "C"), ("37", 37.0, "C"), ("68.04", 68.04, "kg"), ("120", 120.0, "mmHg"),
        (None, None, None), (None, None, None),
    ]  # fmt: skip
    assert reasons == [None] * 6


def test_a_missing_conversion_is_told_and_nothing_is_passed_on():
    rows = [("WEIGHT", "11", "st"), ("WEIGHT", "70", None), ("WEIGHT", "5-10", "LB")]
    table, reasons = standard(rows, [POUNDS], {"WEIGHT": "kg"})
    assert table == [(None, None, None)] * 3
    assert reasons == [
        "no conversion from st to kg for WEIGHT",
        "no conversion from no unit to kg for WEIGHT",
        "not a number, so it cannot be converted from LB to kg",
    ]


def test_texts_without_a_scale_and_bounds():
    rows = [
        ("DRUG", "BLQ", "ug/L"),
        ("DRUG", "<0.5", "ug/L"),
        ("PROT", "NEGATIVE", None),
        ("PROT", "1+", None),
    ]
    conversion = UnitConversion(unit="ug/L", to="mg/L", factor="0.001")
    table, reasons = standard(rows, [conversion], {"DRUG": "mg/L"})
    assert table == [
        ("BLQ", None, "mg/L"),
        ("<0.0005", None, "mg/L"),
        ("NEGATIVE", None, None),
        ("1+", None, None),
    ]
    assert reasons == [None] * 4


def test_the_conversion_of_the_test_wins_and_no_chain_is_made():
    general = UnitConversion(unit="mg/dL", to="mmol/L", factor="0.1")
    glucose = UnitConversion(test="GLUC", unit="mg/dL", to="mmol/L", factor="0.0555")
    steps = [UnitConversion(unit="a", to="b", factor="2"), UnitConversion(unit="b", to="c", factor="2")]
    table, reasons = standard(
        [("GLUC", "100", "mg/dL"), ("CHOL", "100", "mg/dL"), ("X", "1", "a")],
        [general, glucose, *steps],
        {"GLUC": "mmol/L", "CHOL": "mmol/L", "X": "c"},
    )
    assert table == [("5.55", 5.55, "mmol/L"), ("10", 10.0, "mmol/L"), (None, None, None)]
    assert reasons[2] == "no conversion from a to c for X"


def test_two_conversions_for_one_thing_are_a_problem():
    with pytest.raises(ProblemsFound, match="two different conversions"):
        standard([("A", "1", "LB")], [POUNDS, POUNDS.model_copy(update={"factor": "0.45"})], {"A": "kg"})
    assert standard([("A", "1", "kg")], [POUNDS, POUNDS])[0] == [("1", 1.0, "kg")]


def test_a_conversion_from_no_unit_can_be_declared():
    conversion = UnitConversion(test="HEIGHT", unit="", to="cm", factor="2.54")
    assert standard([("HEIGHT", "70", None)], [conversion], {"HEIGHT": "cm"})[0] == [("177.8", 177.8, "cm")]


def test_no_rows():
    assert standard([]) == ([], [])


def test_the_published_standard_results_of_real_vital_signs(shared):
    """All vital signs of the public SDTM data, by the factors its README found (trap 4)."""
    path = shared / "data" / "pharmaverseraw" / "target" / "vs.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["VSORRES"]]
    units = {row["VSTESTCD"]: row["VSSTRESU"] for row in rows}
    table, reasons = standard(
        [(row["VSTESTCD"], row["VSORRES"], row["VSORRESU"]) for row in rows],
        [INCHES, POUNDS, FAHRENHEIT],
        units,
    )
    assert len(rows) > 29_000 and not any(reasons)
    assert [row[0] for row in table] == [row["VSSTRESC"] for row in rows]
    assert [row[1] for row in table] == [float(row["VSSTRESN"]) for row in rows]
    assert [row[2] for row in table] == [row["VSSTRESU"] for row in rows]


@given(
    st.decimals(min_value=0, max_value=100_000, places=3, allow_nan=False),
    st.sampled_from([INCHES, POUNDS, FAHRENHEIT]),
)
def test_a_rounded_result_is_the_nearest_to_the_exact_one(value, conversion):
    [text] = convert([format(value, "f")], conversion)
    exact = (Fraction(value) + Fraction(conversion.offset)) * Fraction(conversion.factor)
    assert text is not None and abs(Fraction(text) - exact) <= Fraction(1, 200)
    assert "e" not in text and text != "-0" and not (text.endswith("0") and "." in text)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["A", "B"]),
            st.sampled_from(["1", "2.50", "<3", "NEG", "9-9", None]),
            st.sampled_from(["LB", "kg", "st", None]),
        ),
        max_size=20,
    ),
    st.randoms(),
)
def test_the_order_of_rows_does_not_matter(rows, random):  # fmt: skip
    table, reasons = standard(rows, [POUNDS], {"A": "kg"})
    shuffled = list(range(len(rows)))
    random.shuffle(shuffled)
    other, others = standard([rows[i] for i in shuffled], [POUNDS], {"A": "kg"})
    assert other == [table[i] for i in shuffled] and others == [reasons[i] for i in shuffled]
