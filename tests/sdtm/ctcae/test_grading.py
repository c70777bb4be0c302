"""Boundaries of every laboratory term of CTCAE 4.03 and 5.0, read from the published criteria.

A line lists, for one test in one unit, values with the grade that the printed criteria give them. Ranges such as
">ULN - 1.5 x ULN" exclude their first and include their last number; "<LLN - 10.0" likewise.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from sdtm.ctcae.criteria import Version, criteria
from sdtm.ctcae.grading import NO_CRITERION, LabValues, grade_values

BOTH: tuple[Version, ...] = ("4.03", "5.0")
NAN = np.nan


def grades(
    version: Version,
    direction: str,
    test: str,
    values: list[float],
    unit: str = "",
    low: float = NAN,
    high: float = NAN,
    base: float = NAN,
    specimen: str | None = None,
    **facts: float,
) -> list[float | None]:
    n = len(values)
    column = {name: pd.Series([text] * n, dtype="str") for name, text in
              (("test", test), ("unit", unit), ("specimen", specimen))}  # fmt: skip
    lab = LabValues(
        column["test"], column["specimen"], column["unit"], np.array(values, float), np.full(n, low), np.full(n, high),
        np.full(n, base), {name: np.full(n, fact) for name, fact in facts.items()},
    )  # fmt: skip
    found = grade_values(lab, version, direction)  # type: ignore[arg-type]
    return [None if np.isnan(grade) else int(grade) for grade in found.grade]


# version, direction, test, unit, limits, {value: grade}
# versions | direction | test | unit | limits and facts | value:grade ...
LINES = """
# Blood and lymphatic system disorders
4.03 5.0 | L | HGB | g/dL | low 12 | 12:0  11.9:1  10:1  9.9:2  8:2  7.9:3  4:3
4.03 5.0 | L | HGB | g/L | low 120 | 120:0  119:1  100:1  99:2  80:2  79:3
4.03 5.0 | L | HGB | mmol/L | low 7.4 | 7.4:0  7.3:1  6.2:1  6.1:2  4.9:2  4.8:3
4.03 5.0 | H | WBC | 10^9/L |  | 100:0  100.1:3
4.03 5.0 | H | WBC | /uL |  | 100000:0  100001:3
5.0 | H | EOS | 10^9/L | high 0.5 base 0.6 | 0.5:0  0.6:0  0.7:1
5.0 | H | HGBMET | % | high 1.5 | 1.5:0  1.6:1
# Investigations
4.03 5.0 | H | APTT | s | high 40 | 40:0  41:1  60:1  61:2  100:2  101:3
4.03 | H | ALT | U/L | high 40 | 40:0  41:1  120:1  121:2  200:2  201:3  800:3  801:4
4.03 | H | AST | U/L | high 40 | 40:0  120:1  121:2  200:2  201:3  800:3  801:4
4.03 | H | ALP | U/L | high 100 | 100:0  250:1  251:2  500:2  501:3  2000:3  2001:4
4.03 | H | GGT | U/L | high 60 | 60:0  150:1  151:2  300:2  301:3  1200:3  1201:4
4.03 | H | BILI | umol/L | high 20 | 20:0  30:1  31:2  60:2  61:3  200:3  201:4
# 5.0, normal baseline: multiples of ULN
5.0 | H | ALT | U/L | high 40 base 40 | 40:0  41:1  120:1  121:2  200:2  201:3  801:4
5.0 | H | AST | U/L | high 40 base 30 | 40:0  120:1  200:2  800:3  801:4
5.0 | H | ALP | U/L | high 100 base 90 | 100:0  250:1  251:2  501:3  2001:4
5.0 | H | GGT | U/L | high 60 base 60 | 60:0  61:1  151:2  301:3  1201:4
5.0 | H | BILI | umol/L | high 20 base 18 | 20:0  30:1  31:2  61:3  201:4
# 5.0, baseline above ULN: multiples of baseline; between ULN and 1.5 x (2 x) baseline there is no grade
5.0 | H | ALT | U/L | high 40 base 60 | 60:0  89:0  90:1  180:1  181:2  300:2  301:3  1200:3  1201:4
5.0 | H | AST | U/L | high 40 base 60 | 89:0  90:1  181:2  301:3  1201:4
5.0 | H | ALP | U/L | high 100 base 120 | 239:0  240:1  300:1  301:2  600:2  601:3  2400:3  2401:4
5.0 | H | GGT | U/L | high 60 base 80 | 159:0  160:1  200:1  201:2  401:3  1601:4
5.0 | H | BILI | umol/L | high 20 base 30 | 30:0  31:1  45:1  46:2  90:2  91:3  300:3  301:4
5.0 | L | BICARB | mmol/L | low 22 | 22:0  21:1  5:1
5.0 | H | LDH | U/L | high 250 | 250:0  251:1  9999:1
4.03 5.0 | L | CD4 | 10^9/L | low 0.6 | 0.6:0  0.5:1  0.49:2  0.2:2  0.19:3  0.05:3  0.04:4
4.03 5.0 | L | CD4 | /uL | low 600 | 600:0  500:1  499:2  200:2  199:3  50:3  49:4
4.03 5.0 | H | CHOL | mg/dL | high 200 | 200:0  300:1  301:2  400:2  401:3  500:3  501:4
4.03 5.0 | H | CHOL | mmol/L | high 5.2 | 5.2:0  7.75:1  7.76:2  10.34:2  10.35:3  12.92:3  12.93:4
4.03 5.0 | H | CK | U/L | high 200 | 200:0  500:1  501:2  1000:2  1001:3  2000:3  2001:4
# creatinine: the worse of ULN and baseline; 4.03 has a grade 1 by baseline, 5.0 has not
4.03 | H | CREAT | umol/L | high 100 base 50 | 50:0  51:1  75:1  76:2  150:2  151:3  600:3  601:4
5.0 | H | CREAT | umol/L | high 100 base 50 | 75:0  76:2  150:2  151:3  600:3  601:4
5.0 | H | CREAT | umol/L | high 100 base 200 | 100:0  101:1  150:1  151:2  300:2  301:3  600:3  601:4
# fibrinogen: LLN 200 mg/dL, baseline 300; 25, 50, 75 % below baseline are 225, 150, 75
4.03 | L | FIBRINO | mg/dL | low 200 base 300 | 300:0  299:1  226:1  225:2  151:2  150:3  76:3  75:4  49:4
5.0 | L | FIBRINO | mg/dL | low 200 base 300 | 200:0  199:2  151:2  150:3  100:3  76:3  75:4  49:4
5.0 | L | FIBRINO | mg/dL | low 200 base 200 | 200:0  151:1  150:2  101:2  100:3  51:3  50:4
5.0 | L | FIBRINO | g/L | low 1.2 base 10 | 1.2:0  1.1:4  0.49:4
4.03 5.0 | L | HAPTOG | g/L | low 0.3 | 0.3:0  0.2:1
4.03 | H | HGB | g/dL | high 16 base 15 | 16:0  16.1:1  18:1  18.1:2  20:2  20.1:3
4.03 | H | HGB | g/dL | high 16 base 17 | 17:0  17.1:1  19:1  19.1:2  21:2  21.1:3
5.0 | H | HGB | g/L | high 160 | 160:0  161:1  180:1  181:2  200:2  201:3
4.03 | H | INR |  | high 1.2 ANTICOAGULATED 0 | 1.2:0  1.8:1  1.9:2  3:2  3.1:3
4.03 | H | INR |  | high 1.2 base 1 ANTICOAGULATED 1 | 1:0  1.1:1  1.5:1  1.6:2  2.5:2  2.6:3
5.0 | H | INR |  | ANTICOAGULATED 0 | 1.2:0  1.3:1  1.5:1  1.6:2  2.5:2  2.6:3
5.0 | H | INR |  | base 2 ANTICOAGULATED 1 | 2:0  2.1:1  3:1  3.1:2  5:2  5.1:3
4.03 | H | LIPASE | U/L | high 60 | 60:0  90:1  91:2  120:2  121:3  300:3  301:4
4.03 | H | AMYLASE | U/L | high 100 | 100:0  150:1  151:2  200:2  201:3  500:3  501:4
5.0 | H | LIPASE | U/L | high 60 SYMPTOMS 0 | 60:0  90:1  91:2  300:2  301:3
5.0 | H | LIPASE | U/L | high 60 SYMPTOMS 1 | 90:1  91:2  120:2  121:3  300:3  301:4
5.0 | H | AMYLASE | U/L | high 100 SYMPTOMS 0 | 150:1  151:2  500:2  501:3
5.0 | H | AMYLASE | U/L | high 100 SYMPTOMS 1 | 150:1  200:2  201:3  501:4
4.03 5.0 | L | LYM | 10^9/L | low 1 | 1:0  0.8:1  0.79:2  0.5:2  0.49:3  0.2:3  0.19:4
4.03 5.0 | H | LYM | 10^9/L |  | 4:0  4.1:2  20:2  20.1:3
4.03 5.0 | L | NEUT | 10^9/L | low 2 | 2:0  1.99:1  1.5:1  1.49:2  1:2  0.99:3  0.5:3  0.49:4
4.03 5.0 | L | NEUT | 10^3/uL | low 2 | 2:0  1.5:1  1:2  0.5:3  0.49:4
4.03 5.0 | L | PLAT | 10^9/L | low 150 | 150:0  75:1  74:2  50:2  49:3  25:3  24:4
5.0 | H | TSH | mIU/L | high 4 | 4:0  4.1:1
4.03 5.0 | L | WBC | 10^9/L | low 4 | 4:0  3:1  2.9:2  2:2  1.9:3  1:3  0.9:4
# Metabolism and nutrition disorders
4.03 5.0 | L | PH |  | low 7.35 | 7.35:0  7.34:1  7.3:1  7.29:3
4.03 5.0 | H | PH |  | high 7.45 | 7.45:0  7.46:1  7.5:1  7.51:3
4.03 5.0 | H | CACR | mg/dL | high 10.5 | 10.5:0  11.5:1  11.6:2  12.5:2  12.6:3  13.5:3  13.6:4
4.03 5.0 | H | CACRALB | mmol/L | high 2.6 | 2.6:0  2.9:1  2.91:2  3.1:2  3.11:3  3.4:3  3.41:4
4.03 5.0 | H | CAION | mmol/L | high 1.3 | 1.3:0  1.5:1  1.51:2  1.6:2  1.61:3  1.8:3  1.81:4
4.03 5.0 | L | CACR | mg/dL | low 8.5 | 8.5:0  8:1  7.9:2  7:2  6.9:3  6:3  5.9:4
4.03 5.0 | L | CACR | mmol/L | low 2.1 | 2.1:0  2:1  1.99:2  1.75:2  1.74:3  1.5:3  1.49:4
4.03 5.0 | L | CAION | mmol/L | low 1.15 | 1.15:0  1:1  0.99:2  0.9:2  0.89:3  0.8:3  0.79:4
4.03 5.0 | L | CAION | mEq/L | low 2.3 | 2.3:0  2:1  1.98:2  1.6:3  1.58:4
4.03 | H | GLUC | mg/dL | high 110 FASTING 1 | 110:0  160:1  161:2  250:2  251:3  500:3  501:4
4.03 | H | GLUC | mmol/L | high 6.1 FASTING 1 | 6.1:0  8.9:1  9:2  13.9:2  14:3  27.8:3  27.9:4
4.03 | H | GLUC | mmol/L | high 6.1 FASTING 0 | 13.9:0  14:3  27.9:4
4.03 5.0 | L | GLUC | mg/dL | low 70 | 70:0  55:1  54:2  40:2  39:3  30:3  29:4
4.03 5.0 | L | GLUC | mmol/L | low 3.9 | 3.9:0  3:1  2.9:2  2.2:2  2.1:3  1.7:3  1.6:4
4.03 5.0 | H | K | mmol/L | high 5 | 5:0  5.5:1  5.6:2  6:2  6.1:3  7:3  7.1:4
4.03 5.0 | H | K | mEq/L | high 5 | 5:0  5.5:1  6:2  7:3  7.1:4
4.03 5.0 | L | K | mmol/L | low 3.5 SYMPTOMS 0 | 3.5:0  3:1  2.9:3  2.5:3  2.4:4
4.03 5.0 | L | K | mmol/L | low 3.5 SYMPTOMS 1 | 3.5:0  3.4:2  3:2  2.9:3  2.4:4
4.03 5.0 | H | MG | mg/dL | high 2.5 | 2.5:0  3:1  3.1:3  8:3  8.1:4
4.03 5.0 | H | MG | mmol/L | high 1.05 | 1.05:0  1.23:1  1.24:3  3.3:3  3.31:4
4.03 5.0 | L | MG | mg/dL | low 1.6 | 1.6:0  1.2:1  1.1:2  0.9:2  0.8:3  0.7:3  0.6:4
4.03 5.0 | L | MG | mmol/L | low 0.65 | 0.65:0  0.5:1  0.49:2  0.4:2  0.39:3  0.3:3  0.29:4
4.03 5.0 | H | SODIUM | mmol/L | high 145 | 145:0  150:1  151:2  155:2  156:3  160:3  161:4
4.03 | L | SODIUM | mmol/L | low 135 | 135:0  130:1  129:3  120:3  119:4
5.0 | L | SODIUM | mmol/L | low 135 SYMPTOMS 0 | 135:0  130:1  129:2  125:2  124:3  120:3  119:4
5.0 | L | SODIUM | mmol/L | low 135 SYMPTOMS 1 | 130:1  129:3  125:3  120:3  119:4
4.03 5.0 | H | TRIG | mg/dL |  | 149:0  150:1  300:1  301:2  500:2  501:3  1000:3  1001:4
4.03 5.0 | H | TRIG | mmol/L |  | 1.7:0  1.71:1  3.42:1  3.43:2  5.7:2  5.71:3  11.4:3  11.41:4
4.03 | H | URATE | mg/dL | high 7 SYMPTOMS 0 | 7:0  7.1:1  10:1  10.1:4
4.03 | H | URATE | mmol/L | high 0.42 SYMPTOMS 1 | 0.42:0  0.43:3  0.59:3  0.6:4
5.0 | H | URATE | umol/L | high 420 SYMPTOMS 0 | 420:0  421:1  2000:1
5.0 | H | URATE | umol/L | high 420 SYMPTOMS 1 | 420:0  421:3
4.03 5.0 | L | ALB | g/dL | low 3.5 | 3.5:0  3:1  2.9:2  2:2  1.9:3
4.03 5.0 | L | ALB | g/L | low 35 | 35:0  30:1  29:2  20:2  19:3
4.03 | L | PHOS | mg/dL | low 2.7 | 2.7:0  2.5:1  2.4:2  2:2  1.9:3  1:3  0.9:4
4.03 | L | PHOS | mmol/L | low 0.85 | 0.85:0  0.8:1  0.79:2  0.6:2  0.59:3  0.3:3  0.29:4
# Renal and urinary disorders
4.03 5.0 | L | GFRE | mL/min/1.73m2 | low 90 | 90:0  89:1  60:1  59:2  30:2  29:3  15:3  14:4
4.03 | H | PROT | g/day | high 0.15 specimen URINE | 0.15:0  0.16:1  0.99:1  1:2  3.4:2  3.5:3
5.0 | H | PROT | g/day | high 0.15 specimen URINE | 0.14:0  0.15:1  0.99:1  1:2  3.4:2  3.5:3
"""


class Line(NamedTuple):
    """One line of the table for one version."""

    version: Version
    direction: str
    test: str
    unit: str
    more: dict[str, Any]
    expected: dict[float, int]


def _lines() -> list[Line]:
    read = []
    for text in LINES.strip().splitlines():
        if text.startswith("#"):
            continue
        versions, direction, test, unit, more, expected = (cell.strip() for cell in text.split("|"))
        words = more.split()
        facts = {
            name: value if name == "specimen" else float(value)
            for name, value in zip(words[::2], words[1::2], strict=True)
        }
        pairs = [pair.split(":") for pair in expected.split()]
        grade_of = {float(value): int(grade) for value, grade in pairs}
        read += [Line(v, direction, test, unit, facts, grade_of) for v in BOTH if v in versions.split()]
    return read


@pytest.mark.parametrize(
    "line", _lines(), ids=lambda line: f"{line.test}-{line.direction}-{line.unit or 'none'}-{line.version}"
)
def test_boundaries_as_printed(line: Line) -> None:
    found = grades(line.version, line.direction, line.test, list(line.expected), line.unit, **line.more)
    assert found == list(line.expected.values())


def test_every_term_that_is_graded_by_value_has_its_boundaries_here() -> None:
    graded = {
        (version, row.direction, row.tests[0], row.unit)
        for row in criteria()
        if not row.clinical
        for version in row.versions
    }
    tried = {(line.version, line.direction, line.test) for line in _lines()}
    # The row of GFR is tried by GFRE.
    assert {key for key in graded if key[:3] not in tried} == {(v, "L", "GFR", "mL/min/1.73m2") for v in BOTH}


def test_products_with_rounding_errors_do_not_move_a_boundary() -> None:
    # 0.75 x 1.6 is 1.2000000000000002, 3 x 1.1 is 3.3000000000000003, 1.5 x 1.1 is 1.6500000000000001.
    assert grades("5.0", "L", "FIBRINO", [1.2], "g/L", low=1.6, base=1.6) == [
        2
    ]  # 25 % below the baseline, which counts
    assert grades("4.03", "H", "ALT", [3.3], "ukat/L", high=1.1) == [1]
    assert grades("4.03", "H", "BILI", [1.65], "mg/dL", high=1.1) == [1]


def test_what_is_missing_leaves_the_grade_open_only_where_it_decides() -> None:
    # 75 g/L is grade 3 without any limit, 105 g/L may be 0 or 1.
    assert grades("4.03", "L", "HGB", [75, 105, NAN], "g/L") == [3, None, None]
    assert grades("4.03", "H", "CREAT", [400, 700], "umol/L", high=100) == [3, 4]
    assert grades("4.03", "H", "CREAT", [90], "umol/L", high=100) == [None]  # by baseline it may be 1 to 3
    assert grades("5.0", "H", "ALT", [30], "U/L", high=40) == [None]


def _reason(version: Version, direction: str, test: str, unit: str, **numbers: float) -> str:
    one = {name: np.array([numbers.get(name, NAN)]) for name in ("value", "low", "high", "base")}
    text = {
        name: pd.Series([value], dtype="str")
        for name, value in (("test", test), ("specimen", None), ("unit", unit))
    }
    lab = LabValues(text["test"], text["specimen"], text["unit"], **one, facts={})  # type: ignore[arg-type]
    return str(grade_values(lab, version, direction).reason[0])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "numbers", "reason"),
    [
        (("5.0", "H", "GLUC", "mmol/L"), {"value": 9}, "graded clinically only: by change of treatment"),
        (
            ("5.0", "L", "PHOS", "mmol/L"),
            {"value": 0.5},
            "graded clinically only: by treatment and consequences",
        ),
        (("4.03", "H", "GLUC", "mmol/L"), {"value": 9, "high": 6}, "fasting state not known"),
        (("4.03", "L", "HGB", "g/L"), {"value": 105}, "lower limit of normal missing"),
        (("4.03", "H", "ALT", "U/L"), {"value": 105}, "upper limit of normal missing"),
        (("5.0", "H", "ALT", "U/L"), {"value": 105, "high": 40}, "baseline value missing"),
        (("4.03", "L", "HGB", "g/L"), {"low": 120}, "value missing"),
        (("4.03", "L", "HGB", ""), {"low": 120}, "value missing"),
        (("4.03", "L", "HGB", ""), {"value": 75, "low": 120}, "unit missing or not one of the criterion"),
        (("4.03", "L", "CA", "mmol/L"), {"value": 2}, NO_CRITERION),
        (("5.0", "H", "INR", ""), {"value": 2}, "baseline value missing"),
    ],
)
def test_a_missing_grade_says_why(
    arguments: tuple[Version, str, str, str], numbers: dict[str, float], reason: str
) -> None:
    assert _reason(*arguments, **numbers) == reason


def test_urine_is_not_blood() -> None:
    assert grades("4.03", "H", "K", [60], "mmol/L", high=5, specimen="URINE") == [None]
    assert grades("4.03", "H", "K", [60], "mmol/L", high=5, specimen="SERUM") == [4]
    assert grades("4.03", "H", "PROT", [5], "g/day", high=0.15, specimen="SERUM") == [None]
