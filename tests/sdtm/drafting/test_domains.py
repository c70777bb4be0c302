"""The domain of a raw table. All data are synthetic."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sdtm.drafting.context import Context
from sdtm.drafting.domains import choose_domain
from sdtm.drafting.material import RawTableRead

Make = Callable[..., RawTableRead]


@pytest.mark.parametrize(
    ("name", "columns", "domain"),
    [
        ("ae", {"AETERM": ["a"], "AESTDAT": ["2024-01-01"]}, "AE"),
        ("form7", {"CMTRT": ["a"], "CMSTDAT": ["b"], "CMDOSE": ["1"], "CMROUTE": ["ORAL"]}, "CM"),
        ("conmeds", {"medication": ["a"]}, "CM"),
        ("form8", {"DATAPAGENAME": ["Medical History"], "MHTERM": ["x"]}, "MH"),
        ("form9", {"SYSBP": ["1"], "DIABP": ["2"], "PULSE": ["3"], "TEMP": ["4"]}, "VS"),
        ("labs", {"TEST": ["Glucose", "Sodium"], "RESULT": ["1", "2"]}, "LB"),
    ],
)
def test_a_domain_that_is_sure(
    context: Context, table: Make, name: str, columns: dict[str, list[str]], domain: str
) -> None:
    found = choose_domain(context, table(name, columns), frozenset())
    assert found.domain == domain and found.evidence


def test_a_form_of_two_domains_is_asked_about(context: Context, table: Make) -> None:
    made = table("tl", {"FORM": ["Target Lesions"] * 2, "TLDIAM": ["1", "2"]})
    found = choose_domain(context, made, frozenset())
    assert found.domain == "" and set(found.candidates) >= {"TU", "TR"}


def test_nothing_tells(context: Context, table: Make) -> None:
    found = choose_domain(context, table("x", {"A": ["1"]}), frozenset())
    assert (found.domain, dict(found.candidates)) == ("", {})
