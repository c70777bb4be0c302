"""Rules on topics and categories that say nothing, or say something twice."""

from __future__ import annotations

import pandas as pd

from specs.standards import implementation_guide
from validation.rules.conditions import condition
from validation.rules.registry import rule
from validation.values import Mask, rows_where

condition(
    "topic-without-content",
    on=("--TESTCD", "--TRT", "--TERM"),
    when="it is OTHER | MULTIPLE",
    by_value=True,
    severity="error",
    source="CORE-000159, CG0341, CORE-000160, CG0342, CORE-000161, CG0343, CORE-000162, CG0344, "
    "CORE-000163, CG0345, CORE-000164, CG0346",
    message="The topic of the record is OTHER or MULTIPLE",
    expected="what it is, in its own words; several topics in several records",
    do="map the text that was written beside the answer OTHER, and split what was told together",
    why="a record without a topic cannot be coded, counted or compared",
)
condition(
    "subcategory-repeats-category",
    on={"--SCAT": "--CAT"},
    when="it same as partner",
    by_value=True,
    severity="error",
    source="CORE-000237, CG0027",
    message="--SCAT has the value of --CAT",
    expected="a part of the category, or nothing",
    do="leave --SCAT out",
    why="a subcategory that is the category tells nothing",
)
condition(
    "category-repeats-term",
    on={"--CAT": "--DECOD", "--SCAT": "--DECOD"},
    classes="Events",
    when="it reads like partner",
    by_value=True,
    severity="error",
    source="CORE-000196, CG0337, CORE-000195, CG0338",
    message="The category is the dictionary term of the record",
    expected="a group that several terms belong to",
    do="leave the category out, or write the group of the form",
    why="a category of one term groups nothing",
)
condition(
    "category-repeats-body-system",
    on={"--CAT": "--BODSYS", "--SCAT": "--BODSYS"},
    classes="Events",
    when="it reads like partner",
    by_value=True,
    severity="error",
    source="CORE-000197, CG0339, CORE-000198, CG0340",
    message="The category is the body system of the record",
    expected="a group that --BODSYS does not tell",
    do="leave the category out, or write the group of the form",
    why="the same would stand in two variables",
)


@rule(
    "category-repeats-domain",
    on=("--CAT", "--SCAT"),
    by_value=True,
    severity="error",
    source="CORE-000272, CG0336, CORE-000219, CG0350",
)
def category_repeats_domain(dataset: pd.DataFrame, variable: str) -> Mask:
    """The category is the name of the domain.

    Expected: a group of the records within their domain.
    Why: a category that all records have groups nothing.
    Do:  leave the category out.
    """
    domain = implementation_guide().dataset(variable[:2])
    label = domain.label.casefold() if domain else None
    return rows_where(dataset[variable], lambda texts: [text.strip().casefold() == label for text in texts])
