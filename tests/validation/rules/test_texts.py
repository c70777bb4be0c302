"""Rules on any text."""

from __future__ import annotations

import pandas as pd
import pytest

from specs.standards import implementation_guide
from validation.rules.engine import run_rules
from validation.rules.registry import rules
from validation.tables import table_of

CASES = [
    ("leading-blank", [" 7", "7", "", None, "   "], [0]),
    ("dot-for-missing", [".", "1.5", "..", None, ""], [0]),
    ("not-printable-ascii", ["é", "a\tb", "line\nline", "plain text ~", None, ""], [0, 1, 2]),
]


@pytest.mark.parametrize(("rule", "texts", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule: str, texts: list[str | None], expected: list[int]) -> None:
    frame = pd.DataFrame({"AETERM": pd.Series(texts, dtype="str"), "AESEQ": range(len(texts))})
    chosen = [known for known in rules() if known.id == rule]
    outcome = run_rules(chosen, {"AE": table_of("AE", frame, implementation_guide())})
    assert outcome.ran
    assert [(f.variable, f.positions.tolist()) for f in outcome.failures] == [("AETERM", expected)]
