"""Variables that go together."""

from __future__ import annotations

import pytest

from specs.standards import implementation_guide
from validation.rules.presence import TOGETHER, TOGETHER_IF_ASKED_FOR

CASES = [(id, there, not_there) for id, there, not_there, _ in (*TOGETHER, *TOGETHER_IF_ASKED_FOR)]


@pytest.mark.parametrize(("rule", "there", "not_there"), CASES, ids=[case[0] for case in CASES])
def test_a_variable_without_its_partner(rule: str, there: str, not_there: str, frames, check_rule) -> None:
    # A dataset whose class may hold both.
    guide = implementation_guide()
    for domain in ("LB", "CM", "MH"):
        first, second = there.replace("--", domain), not_there.replace("--", domain)
        if guide.variable(domain, first) and guide.variable(domain, second):
            break
    else:
        pytest.fail(f"no class has both {there} and {not_there}")
    check_rule(rule, {domain: f"USUBJID|{first}\nS1|"}, {f"{domain}.{first}": "all"})
    with pytest.raises(AssertionError, match="did not run"):  # with both there, there is nothing to judge
        check_rule(rule, {domain: f"USUBJID|{first}|{second}\nS1||"}, {})


def test_events_that_are_always_collected_are_not_asked_for(check_rule) -> None:
    with pytest.raises(AssertionError, match="did not run"):
        check_rule("occurrence-without-prespecified", {"DS": "USUBJID|DSTERM|DSOCCUR\nS1|RANDOMIZED|Y"}, {})


def test_the_place_of_a_lesion_stands_in_tu(check_rule) -> None:
    check_rule("location-with-measurement", {"TR": "USUBJID|TRLOC\nS1|LUNG"}, {"TR.TRLOC": "all"})
    with pytest.raises(AssertionError, match="did not run"):
        check_rule("location-with-measurement", {"TU": "USUBJID|TULOC\nS1|LUNG"}, {})
