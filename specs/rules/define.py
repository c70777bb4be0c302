"""Rules on what people say of define.xml on the sheets of a workbook."""

from __future__ import annotations

from collections.abc import Iterator

from specs.problems import Problem, suggest
from specs.rules.spec import Spec
from specs.workbook.define_sheets import CHOICES, YES_NO


def yes_or_no(spec: Spec) -> Iterator[Problem]:
    """Answers of yes or no are Yes or No, since any other word would count as No."""
    for name, sheet in spec.study.workbook.define.items():
        for row, texts in sheet.rows.items():
            for column, text in texts.items():
                if text and text not in YES_NO and CHOICES.get(column) == YES_NO:
                    yield Problem(
                        "bad-value",
                        spec.where("workbook", "define", name, "rows", row, column),
                        f"{column} {text!r}",
                        " or ".join(YES_NO),
                        suggest(text, YES_NO),
                    )
