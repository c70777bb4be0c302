"""What holds for the tables of both bundled studies."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from sdtm.reports.expected import compare, read_expected
from sdtm.run_study import Run


def nothing_differs(done: Run) -> Counter[str]:
    """No printed number differs without an explanation that holds; how many there are of each verdict."""
    assert done.report is not None
    compared = compare(read_expected(done.conversion.study.folder), done.report.results)
    different = [
        (item.number.key, item.number.part, item.ours) for item in compared if item.verdict == "different"
    ]
    assert different == []
    assert len(compared) > 500
    return Counter(item.verdict for item in compared)


def no_printed_number_is_left_out(entries: dict[str, dict[str, Any]], done: Run) -> None:
    """expected.yaml has every fact of the article but those of design, and prints each as the article does."""
    numbers = read_expected(done.conversion.study.folder)
    keys = {number.key for number in numbers}
    wanted = {key for key in entries if not key.startswith("design.")}
    assert wanted - keys == set()
    assert keys - wanted == set()
    for number in numbers:
        if number.not_derived:
            continue
        entry = entries[number.key]
        assert any(_same(number.printed, value) for value in _numbers(entry)), (number, entry)


def _numbers(entry: dict[str, Any]) -> list[Any]:
    found: list[Any] = []
    for key, value in entry.items():
        if key in ("where", "note", "derivable_from", "unit", "label"):
            continue
        values = list(value.values()) if isinstance(value, dict) else value
        for item in values if isinstance(values, list) else [values]:
            found += item.split("/") if isinstance(item, str) else [item]  # 1/18 prints two numbers
    return found


def _same(printed: str, value: Any) -> bool:
    if value is None:
        return printed == "–"
    try:
        return Decimal(printed) == Decimal(str(value))
    except ArithmeticError:
        return printed == str(value) or str(value).replace(" ", "").startswith(printed)
