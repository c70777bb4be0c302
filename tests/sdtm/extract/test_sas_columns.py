"""Columns of SAS files: odd dates and decodes."""

from __future__ import annotations

import numpy as np
import pytest

from sdtm.extract.sas_columns import SASColumns
from specs.problems import ProblemsFound


def columns() -> SASColumns:
    return SASColumns("a.xpt", np.arange(1, 4, dtype=np.int32))


def test_numbers_that_are_no_dates_are_kept_and_told() -> None:
    made = columns()
    made.add_numbers("D", [22646.0, 1e9], np.array([0, 1, 1]), "DATE9")
    assert made.columns["D"].tolist() == ["2022-01-01", "1000000000", "1000000000"]
    [finding] = made.findings
    assert (finding.rule, finding.count, finding.places[0].row) == ("date-out-of-range", 2, 2)


def test_a_date_with_a_part_of_a_day_is_told() -> None:
    made = columns()
    made.add_numbers("D", [22646.5], np.array([0, 0, -1]), "DATE9")
    assert made.columns["D"].tolist()[:2] == ["2022-01-01"] * 2
    assert [(f.rule, f.count) for f in made.findings] == [("date-with-fraction", 2)]


def test_a_value_without_a_label_stands_for_itself_and_is_told() -> None:
    made = columns()
    made.add_numbers("SEX", [1.0, 9.0, None], np.array([0, 1, 2]), "")
    made.add_decode("SEX", {"1": "Male"}, "SEXF")
    assert made.columns["SEX_DECODE"].tolist()[:2] == ["Male", "9"]
    [finding] = made.findings
    assert (finding.rule, finding.places[0].row, finding.places[0].value) == (
        "value-without-format-label",
        2,
        "9",
    )


def test_a_decode_column_does_not_replace_one_of_the_file() -> None:
    made = columns()
    for name in ("SEX", "SEX_DECODE"):
        made.add_text(name, ["1"], np.array([0, 0, 0]))
    with pytest.raises(ProblemsFound) as caught:
        made.add_decode("SEX", {"1": "Male"}, "$SEXF")
    assert caught.value.problems[0].id == "duplicated-column"
