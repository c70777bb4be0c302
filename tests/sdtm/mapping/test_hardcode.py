"""A value that the spec states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from sdtm.mapping.hardcode import Hardcode, hardcode

STUDY = """
    study: X1
    raw: {datasets: {ae: {file: ae.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
"""


def converted(convert_study: Callable[..., Any], mapping: str, raw: str) -> Any:
    domain = f"domain: AE\nsources:\n  - from: ae\n    map: {{AETERM: TERM, {mapping}}}\n"
    return convert_study(STUDY, {"ae": domain}, {"ae.csv": raw})


def column(made: Any, name: str) -> list[str | None]:
    return [
        value if isinstance(value, str) else None for value in made.datasets["AE"].frame[name].astype(object)
    ]


def test_a_constant_stands_on_every_record_or_where_a_condition_is_true(convert_study):
    assert hardcode(pd.DataFrame(index=pd.RangeIndex(2)), Hardcode(value="Y")).tolist() == ["Y", "Y"]
    made = converted(
        convert_study, "AESER: {value: Y, where: SER = '1'}", "PT,TERM,SER\n1,Rash,1\n1,Itch,0\n1,Pain,\n"
    )
    assert column(made, "AESER") == [None, None, "Y"]


@pytest.mark.parametrize(
    ("mapping", "told"),
    [("AESER: {value: Yes}", "AESER = 'Yes'"), ("AESEV: {value: MIDL}", "did you mean MILD?")],
)
def test_a_constant_outside_the_codelist_is_refused(convert_study, mapping, told):
    with pytest.raises(Exception, match="not-in-codelist") as caught:
        converted(convert_study, mapping, "PT,TERM\n1,Rash\n")
    assert told in str(caught.value)


def test_a_constant_text_in_a_numeric_variable_is_refused(convert_study):
    with pytest.raises(Exception, match="not-a-number"):
        domain = "domain: EX\nsources:\n  - from: ae\n    map: {EXTRT: TERM, EXDOSE: {value: high}}\n"
        convert_study(STUDY, {"ex": domain}, {"ae.csv": "PT,TERM\n1,A\n"})
