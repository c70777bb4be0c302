"""Rules on parameters and their values in BDS datasets (ADaMIG 1.3, 3.3.4)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from validation.analysis_columns import differ, named, numbers, subject_rows, texts
from validation.analysis_tables import PARAMETERS
from validation.rules.adam_pairs import not_one_to_one_within
from validation.rules.registry import Fault, dataset_rule
from validation.tables import Table
from validation.text_forms import is_plain_number, is_variable_name
from validation.values import codes_of, is_any, rows_where, several_for_one, unique_texts


@dataset_rule(
    "parameter-code-invalid", severity="error", source="ADaMIG 1.3, 3.3.4", classes=PARAMETERS, by_value=True
)
def parameter_code_invalid(table: Table) -> Iterator[Fault]:
    """PARAMCD is no name that a variable could have.

    Expected: 1 to 8 characters A-Z, 0-9 or _, a letter first.
    Why: parameters become variables when a dataset is transposed.
    Do:  choose a shorter code.
    """
    code = texts(table, "PARAMCD")
    if code is not None:
        yield Fault("PARAMCD", rows_where(code, lambda known: [not is_variable_name(text) for text in known]))


@dataset_rule(
    "parameter-not-one-to-one",
    severity="error",
    source="AD0146, AD0147, ADaMIG 1.3, 3.3.4",
    classes=PARAMETERS,
)
def parameter_not_one_to_one(table: Table) -> Iterator[Fault]:
    """A PARAMCD goes with several PARAM or PARAMN, or the other way round.

    Expected: one PARAM and one PARAMN for each PARAMCD, and one PARAMCD for each of them.
    Why: one parameter would be two, or two would be one.
    Do:  correct the code or the name of the parameter.
    """
    code = texts(table, "PARAMCD")
    if code is None:
        return
    for name, known in (("PARAM", texts(table, "PARAM")), ("PARAMN", numbers(table, "PARAMN"))):
        if known is not None:
            wrong = several_for_one(table.frame, "PARAMCD", name) | several_for_one(
                table.frame, name, "PARAMCD"
            )
            yield Fault(name, wrong, ("PARAMCD",))


@dataset_rule("parameter-category-differs", severity="error", source="ADaMIG 1.3, 3.3.4", classes=PARAMETERS)
def parameter_category_differs(table: Table) -> Iterator[Fault]:
    """A parameter is in several categories.

    Expected: one PARCATy for each PARAMCD.
    Why: the records of one parameter would be in two tables.
    Do:  derive the category from the parameter.
    """
    if texts(table, "PARAMCD") is None:
        return
    for name in named(table, r"PARCAT[1-9]N?"):
        yield Fault(name, several_for_one(table.frame, "PARAMCD", name), ("PARAMCD",))


@dataset_rule(
    "analysis-value-not-one-to-one",
    severity="error",
    source="AD0149, AD0150, ADaMIG 1.3, 3.3.4",
    classes=PARAMETERS,
)
def analysis_value_not_one_to_one(table: Table) -> Iterator[Fault]:
    """Within a parameter an AVALC goes with several AVAL, or an AVAL with several AVALC.

    Expected: one AVAL for each AVALC, and the other way round, wherever both have a value.
    Why: AVALC is the text of AVAL, not a category of it; AVALCATy is for categories.
    Do:  leave AVALC empty for numbers, or give categories a variable of their own.
    """
    for number, text in (("AVAL", "AVALC"), ("BASE", "BASEC")):
        if numbers(table, number) is None or texts(table, text) is None or texts(table, "PARAMCD") is None:
            continue
        yield Fault(text, not_one_to_one_within(table.frame, text, number, True), ("PARAMCD", number))


@dataset_rule(
    "analysis-value-differs-from-text", severity="error", source="ADaMIG 1.3, 3.3.4", classes=PARAMETERS
)
def analysis_value_differs_from_text(table: Table) -> Iterator[Fault]:
    """AVALC is a number, and another one than AVAL.

    Expected: the number of AVAL in AVALC.
    Why: a listing and an analysis would show different results.
    Do:  look which of the two was converted.
    """
    for number, text in (("AVAL", "AVALC"), ("BASE", "BASEC")):
        value, words = numbers(table, number), texts(table, text)
        if value is None or words is None:
            continue
        read = [float(t) if is_plain_number(t.strip()) else np.nan for t in unique_texts(words)]
        said = np.array([*read, np.nan])[codes_of(words)]
        # A text shows fewer digits than the number may have.
        close = np.isclose(value, said, rtol=5e-3, atol=5e-7)
        yield Fault(text, differ(value, said) & ~close, (number, "PARAMCD"))


@dataset_rule("analysis-unit-differs", severity="error", source="ADaMIG 1.3, 3.3.4", classes=PARAMETERS)
def analysis_unit_differs(table: Table) -> Iterator[Fault]:
    """One parameter has values in several units.

    Expected: one unit for each parameter (and analyte, specimen or category, where those are told beside it).
    Why: a mean over two units means nothing.
    Do:  convert the values, or make a parameter of each unit.
    """
    if texts(table, "PARAMCD") is None or texts(table, "AVALU") is None:
        return
    beside = [
        name
        for name in named(table, r"PARCAT[1-9]|[A-Z]{2}(TEST|TESTCD|CAT|SPEC)")
        if texts(table, name) is not None
    ]
    groups = np.unique(subject_rows(table, ("PARAMCD", *beside)), return_inverse=True)[1]
    frame = pd.DataFrame({"PARAMCD": groups.astype(float), "AVALU": table.frame["AVALU"]})
    yield Fault("AVALU", several_for_one(frame, "PARAMCD", "AVALU"), ("PARAMCD", *beside))


@dataset_rule("range-indicator-differs", severity="warning", source="ADaMIG 1.3, 3.3.9", classes=PARAMETERS)
def range_indicator_differs(table: Table) -> Iterator[Fault] | None:
    """ANRIND says NORMAL and AVAL is outside of its range, or the other way round.

    Expected: LOW below ANRLO, HIGH above ANRHI, NORMAL between them.
    Why: shift tables are made of the indicator.
    Do:  look at value, limits and their unit.
    """
    indicator, value = texts(table, "ANRIND"), numbers(table, "AVAL")
    low, high = numbers(table, "ANRLO"), numbers(table, "ANRHI")
    if indicator is None or value is None or low is None or high is None:
        return None
    below, above = value < low, value > high
    inside = (value >= low) & (value <= high)
    wrong = is_any(indicator, "NORMAL") & (below | above)
    wrong |= is_any(indicator, "LOW", "LOW LOW", "HIGH", "HIGH HIGH") & inside
    wrong |= is_any(indicator, "HIGH", "HIGH HIGH") & below
    wrong |= is_any(indicator, "LOW", "LOW LOW") & above
    return iter([Fault("ANRIND", wrong, ("AVAL", "ANRLO", "ANRHI"))])
