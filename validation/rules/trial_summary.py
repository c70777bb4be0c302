"""Rules on the trial summary (TS)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from specs.iso8601 import is_duration, read_moment
from specs.rules.trial_summary import (
    COUNTS,
    DATES,
    DURATIONS,
    INTERVENTIONAL,
    NULL_FLAVORS,
    PATIENTS,
    REQUIRED,
)
from validation.rules.conditions import condition
from validation.rules.registry import rule, study_rule
from validation.tables import Table
from validation.values import Mask, filled, group_numbers, is_any, is_text, rows_where, several_for_one

_SAID = (
    *NULL_FLAVORS,
    "NO INFORMATION",
    "INVALID",
    "DERIVED",
    "OTHER",
    "MASKED",
    "NOT APPLICABLE",
    "UNKNOWN",
)

condition(
    "parameter-without-value",
    on="TSPARMCD",
    datasets="TS",
    when="TSVAL empty and TSVALNF empty",
    severity="error",
    source="CORE-000149, CG0259",
    message="A parameter has neither a value nor a reason why there is none",
    expected="TSVAL, or a null flavor in TSVALNF",
    do="write the value, or NI, NA, UNK … in TSVALNF",
    why="nobody can tell a parameter without an answer from one that was forgotten",
)
condition(
    "parameter-value-and-null-flavor",
    on="TSVALNF",
    datasets="TS",
    when="it filled and TSVAL filled",
    severity="error",
    source="CORE-000150, CG0260, CORE-000041, CG0649",
    message="A parameter has a value and a reason why there is none",
    expected="one of TSVAL and TSVALNF",
    do="empty one of the two",
    why="the record contradicts itself",
)
condition(
    "null-flavor-as-value",
    on="TSVAL",
    datasets="TS",
    when=f"it reads {' | '.join(_SAID)} and TSVALNF empty",
    by_value=True,
    severity="error",
    source="CORE-000787, CG0291",
    message="The reason why there is no value stands where the value belongs",
    expected="TSVAL empty, and the null flavor in TSVALNF",
    do="write the null flavor in TSVALNF",
    why="programs read the word as the answer",
)
condition(
    "long-value-starts-late",
    on={"TSVAL1": "TSVAL", "TSVAL2": "TSVAL1", "TSVAL3": "TSVAL2", "TSVAL4": "TSVAL3", "TSVAL5": "TSVAL4"},
    datasets="TS",
    when="it filled and partner empty",
    severity="error",
    source="CORE-000151, CG0261, CORE-000582, CG0262",
    message="A part of a long value is filled and the one before it is empty",
    expected="TSVAL first, then TSVAL1, TSVAL2 … without a gap",
    do="write the text from TSVAL on",
    why="the text is put together in this order",
)
condition(
    "code-version-without-dictionary",
    on={"TSVCDVER": "TSVCDREF"},
    datasets="TS",
    when="it filled and partner empty",
    severity="error",
    source="CORE-000153, CG0266",
    message="There is a version of a dictionary without the dictionary",
    expected="TSVCDREF wherever TSVCDVER is filled",
    do="name the dictionary in TSVCDREF",
    why="a version says nothing without the name",
)
condition(
    "terminology-version-not-a-date",
    on={"TSVCDVER": "TSVCDREF"},
    datasets="TS",
    when=r"partner matches CDISC.* and it does not match \d{4}-(03|06|09|12)-\d{2}",
    by_value=True,
    severity="error",
    source="CORE-000761, CG0289",
    message="The version of CDISC terminology is none of its releases",
    expected="the date of a release, such as 2025-03-28; there is one in March, June, September and December",
    do="write the date of the terminology that was used",
    why="the codes are looked up in that release",
)
condition(
    "terminology-code-form",
    on={"TSVALCD": "TSVCDREF"},
    datasets="TS",
    when=r"partner matches CDISC.* and it does not match C\d+",
    by_value=True,
    severity="error",
    source="CORE-001080, CG0288",
    message="The code is none of CDISC terminology",
    expected="an NCI code such as C49636",
    do="write the code of the published term, or name the dictionary that the code is of",
    why="a term is found by its code",
)


@rule(
    "parameter-form",
    on="TSVAL",
    datasets="TS",
    needs="TSPARMCD",
    shows=("TSPARMCD", "TSVAL"),
    by_value=True,
    severity="error",
    source="CORE-000294, CG0270, CORE-000505, TRC1734c",
)
def parameter_form(dataset: pd.DataFrame, variable: str) -> Mask:
    """The value of a parameter has another form than the parameter asks for.

    Expected: ages and lengths as ISO 8601 durations (P18Y), dates as complete ISO 8601 dates, numbers of subjects and
              arms as whole numbers.
    Why: a study without a readable start date is refused, and ages are compared as durations.
    Do:  write the value in that form; where there is none, a null flavor in TSVALNF.
    """
    wrong = np.zeros(len(dataset), dtype=bool)
    for parameters, is_form in ((DURATIONS, is_duration), (DATES, _is_full_date), (COUNTS, str.isdigit)):
        asked = is_any(dataset["TSPARMCD"], *parameters)
        wrong |= asked & _has_not(dataset[variable], is_form)
    return wrong


def _has_not(column: pd.Series, is_form: Callable[[str], bool]) -> Mask:
    return rows_where(column, lambda texts: [not is_form(text) for text in texts])


def _is_full_date(text: str) -> bool:
    moment = read_moment(text)
    return moment is not None and moment.is_complete_date


@rule(
    "parameter-code-differs",
    on={"TSVALCD": "TSVAL"},
    datasets="TS",
    optional="TSVCDREF",
    severity="error",
    source="CORE-000152, CG0265, CORE-000728, FB0904",
)
def parameter_code_differs(dataset: pd.DataFrame, code: str, value: str) -> Mask:
    """A coded value and its code do not go one to one.

    Expected: one value for each code of a dictionary, and one code for each value.
    Why: programs read the code and people the value.
    Do:  take value and code from one term.
    """
    pairs = dataset.assign(
        code=group_numbers(dataset, ["TSVCDREF", code]).astype(float),
        value=group_numbers(dataset, ["TSVCDREF", value]).astype(float),
    )
    both = filled(dataset[code]) & filled(dataset[value])
    wrong = np.zeros(len(dataset), dtype=bool)
    some = pairs.loc[both]
    wrong[both] = several_for_one(some, "code", "value") | several_for_one(some, "value", "code")
    return wrong


@study_rule("trial-parameter-absent", severity="warning", source="CORE-000741, FB1111, CORE-000742, FB1110")
def trial_parameter_absent(tables: Mapping[str, Table]) -> dict[str, str]:
    """TS lacks parameters that agencies require.

    Expected: the required parameters of SDTMIG 3.3, appendix C1, and those that STYPE and HLTSUBJI bring with them.
    Why: the package is refused or asked about at its reception.
    Do:  add them; where nothing can be said, a null flavor in TSVALNF.
    """
    summary = tables.get("TS")
    if summary is None or not {"TSPARMCD", "TSVAL"} <= set(summary.frame.columns):
        return {}
    frame = summary.frame
    if not (is_text(frame["TSPARMCD"]) and is_text(frame["TSVAL"])):
        return {}
    given = set(frame["TSPARMCD"].dropna())
    wanted = set(REQUIRED)
    if (is_any(frame["TSPARMCD"], "STYPE") & is_any(frame["TSVAL"], "INTERVENTIONAL")).any():
        wanted |= set(INTERVENTIONAL)
    if (is_any(frame["TSPARMCD"], "HLTSUBJI") & is_any(frame["TSVAL"], "N")).any():
        wanted |= set(PATIENTS)
    missing = sorted(wanted - given)
    return {"TS": f"no {', '.join(missing)}"} if missing else {}
