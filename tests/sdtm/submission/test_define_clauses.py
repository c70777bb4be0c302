"""Conditions that people wrote themselves: which records they select, and what define.xml makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sdtm.stages import Dataset
from sdtm.submission.define import make_defines
from sdtm.submission.define_clauses import selected
from specs.model import Sheet, Workbook
from specs.workbook.generations import conditions_of

CLAUSE = "VSTESTCD EQ TEMP AND VSORRES NE 37"


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("PARAMCD EQ A", [True, False, False, True]),
        ("PARAMCD NE A", [False, True, True, False]),
        ("PARAMCD IN (A, B)", [True, True, False, True]),
        ("PARAMCD NOTIN (A, B)", [False, False, True, False]),
        ("AVISITN GE 2", [False, True, True, False]),
        ("AVISITN LT 2 AND PARAMCD EQ A", [True, False, False, False]),
        ("AVISITN EQ 3", [False, False, True, False]),
        ("ADX.PARAMCD EQ A", [True, False, False, True]),
        ("DM.SEX EQ F", None),
        ("SEX EQ F", None),
        ("AVISITN EQ two", None),
        ("PARAMCD GT A", None),
    ],
)
def test_the_records_that_conditions_select(
    dataset_of: Callable[..., Dataset], clause: str, expected: list[bool] | None
) -> None:
    dataset = dataset_of(
        "ADX", PARAMCD=["A", "B", None, "A"], AVISITN=np.array([1.0, 2.0, 3.0, float("nan")])
    )
    conditions = conditions_of(clause)
    assert conditions is not None
    found = selected(dataset, tuple(conditions))
    assert (None if found is None else found.tolist()) == expected


def test_they_take_the_place_of_what_the_toolkit_says(described: Any) -> None:
    row = {"Label": "Fever", "Origin": "Collected", "Source": "Subject"}
    sheet = Sheet(rows={f"VS / VSORRES / {CLAUSE}": row})
    plan = described.conversion.plan
    study = plan.study.model_copy(update={"workbook": Workbook(define={"ValueLevel": sheet})})
    define = make_defines(replace(plan, study=study), described.conversion.datasets).sdtm
    items = {item.oid: item for item in define.items}
    (values,) = [each for each in define.value_lists if each.oid == "VL.VS.VSORRES"]
    assert [r.item for r in values.references] == [
        "IT.VS.VSORRES.HEIGHT",
        "IT.VS.VSORRES.SYSBP",
        "IT.VS.VSORRES.WHERE1",
    ]
    fever = items["IT.VS.VSORRES.WHERE1"]
    assert (fever.label, fever.data_type, fever.length, fever.digits) == ("Fever", "float", 4, 2)  # 36.55
    assert fever.origin is not None and fever.origin.source == "Subject"
    (where,) = [each for each in define.wheres if each.oid == "WC.VS.VSORRES.WHERE1"]
    assert [(check.item, check.comparator, check.values) for check in where.checks] == [
        ("IT.VS.VSTESTCD", "EQ", ("TEMP",)),
        ("IT.VS.VSORRES", "NE", ("37",)),
    ]
