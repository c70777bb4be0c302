"""How reasons add up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sdtm.drafting.evidence import Candidate, Reason, together

WEIGHTS = st.lists(st.floats(0, 0.99), max_size=5)


def test_two_reasons_by_hand() -> None:
    assert together([Reason(0.5, ""), Reason(0.4, "")]) == 0.7


@given(WEIGHTS, st.floats(0, 0.99))
def test_one_more_reason_never_makes_less_sure(weights: list[float], more: float) -> None:
    reasons = [Reason(weight, "") for weight in weights]
    assert 0 <= together(reasons) <= together([*reasons, Reason(more, "")]) <= 1


def test_the_evidence_tells_the_strongest_first_and_nothing_twice() -> None:
    candidate = Candidate("A", "AETERM", (Reason(0.2, "weak"), Reason(0.9, "strong"), Reason(0.1, "weak")))
    assert candidate.why == "strong; weak"
