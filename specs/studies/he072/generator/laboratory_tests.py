"""What the laboratories measure: names, units, reference ranges and the size of an abnormal value by grade."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Range:
    """A reference range by sex and age; ``high`` empty: no upper limit."""

    sex: str  # F, M or both
    ages: tuple[int, int]  # from, to (inclusive)
    low: str
    high: str


@dataclass(frozen=True)
class Test:
    """A test in its SI unit. ``graded``: lowest and highest value at grade 1, 2, 3, 4 of ``event``."""

    code: str
    name: str
    loinc: str
    unit: str
    digits: int
    normal: tuple[float, float]  # where baseline values are drawn
    ranges: tuple[Range, ...]
    event: str = ""
    graded: tuple[tuple[float, float], ...] = ()


BOTH = (0, 120)
BLOOD = (
    Test("WBC", "White blood cells", "6690-2", "10^9/L", 2, (4.4, 8.6), (Range("FM", BOTH, "3.5", "9.5"),),
         "leukopenia", ((3.0, 3.45), (2.0, 2.95), (1.0, 1.95), (0.5, 0.95))),
    Test("NEU", "Neutrophils", "751-8", "10^9/L", 2, (2.2, 5.6), (Range("FM", BOTH, "1.8", "6.3"),),
         "neutropenia", ((1.5, 1.78), (1.0, 1.48), (0.5, 0.98), (0.12, 0.48))),
    Test("LYM", "Lymphocytes", "731-0", "10^9/L", 2, (1.2, 2.7), (Range("FM", BOTH, "1.1", "3.2"),),
         "lymphocytopenia", ((0.8, 1.08), (0.5, 0.78), (0.2, 0.48), (0.1, 0.19))),
    Test("HGB", "Hemoglobin", "718-7", "g/L", 0, (116, 145),
         (Range("F", BOTH, "115", "150"), Range("M", BOTH, "130", "175")),
         "anemia", ((100, 113), (80, 99), (64, 79), (55, 63))),
    Test("PLT", "Platelets", "777-3", "10^9/L", 0, (150, 310), (Range("FM", BOTH, "125", "350"),),
         "thrombocytopenia", ((75, 124), (50, 74), (25, 49), (10, 24))),
)  # fmt: skip
CHEMISTRY = (
    Test("ALT", "Alanine aminotransferase", "1742-6", "U/L", 0, (9, 38),
         (Range("F", BOTH, "7", "40"), Range("M", BOTH, "9", "50")), "ALT increased",
         ((45, 118), (124, 198), (210, 700))),
    Test("AST", "Aspartate aminotransferase", "1920-8", "U/L", 0, (14, 33),
         (Range("F", BOTH, "13", "35"), Range("M", BOTH, "15", "40")), "AST increased",
         ((38, 102), (108, 172), (180, 600))),
    Test("ALP", "Alkaline phosphatase", "6768-6", "U/L", 0, (55, 98),
         (Range("F", (0, 49), "35", "100"), Range("F", (50, 120), "50", "135"),
             Range("M", BOTH, "45", "125")),
         "ALP increased", ((140, 240), (340, 480), (700, 1400))),
    Test("GGT", "Gamma glutamyl transferase", "2324-2", "U/L", 0, (11, 42),
         (Range("F", BOTH, "7", "45"), Range("M", BOTH, "10", "60")), "GGT increased",
         ((48, 110), (116, 222), (230, 820))),
    Test("TBIL", "Total bilirubin", "14631-6", "umol/L", 1, (6.0, 18.0), (Range("FM", BOTH, "0", "21.0"),)),
    Test("CREA", "Creatinine", "14682-9", "umol/L", 0, (44, 70),
         (Range("F", (0, 59), "41", "73"), Range("F", (60, 120), "41", "81"), Range("M", BOTH, "57", "97"))),
    Test("K", "Potassium", "2823-3", "mmol/L", 2, (3.7, 4.9), (Range("FM", BOTH, "3.5", "5.3"),),
         "hypokalemia", ((3.1, 3.45), (3.05, 3.4), (2.5, 2.98))),
    Test("NA", "Sodium", "2951-2", "mmol/L", 0, (138, 145), (Range("FM", BOTH, "137", "147"),),
         "hyponatremia", ((131, 136), (126, 130), (121, 124))),
    Test("CA", "Calcium", "2000-8", "mmol/L", 2, (2.15, 2.50), (Range("FM", BOTH, "2.11", "2.52"),),
         "hypocalcemia", ((2.01, 2.10), (1.78, 1.98), (1.55, 1.72))),
    Test("TP", "Total protein", "2885-2", "g/L", 1, (66.0, 80.0), (Range("FM", BOTH, "65.0", "85.0"),),
         "hypoproteinemia", ((58.0, 64.5), (50.0, 57.0), (42.0, 49.0))),
    Test("ALB", "Albumin", "1751-7", "g/L", 1, (40.5, 49.0), (Range("FM", BOTH, "40.0", "55.0"),)),
    Test("UA", "Uric acid", "14933-6", "umol/L", 0, (190, 350),
         (Range("F", BOTH, "155", "357"), Range("M", BOTH, "208", "428")), "hyperuricemia",
         ((365, 470), (475, 580), (585, 640))),
    Test("GLU", "Glucose", "14749-6", "mmol/L", 2, (4.3, 5.9), (Range("FM", BOTH, "3.9", "6.1"),)),
    Test("HCG", "Beta-hCG", "19080-1", "IU/L", 1, (0.6, 1.9),
        (Range("F", (0, 49), "0", "5.0"), Range("F", (50, 120), "0", "10.0"))),
)  # fmt: skip
# Conventional units of the second blood laboratory: unit, factor from SI, digits.
CONVENTIONAL = {
    "WBC": ("cells/uL", Fraction(1000), 0), "NEU": ("cells/uL", Fraction(1000), 0),
    "LYM": ("cells/uL", Fraction(1000), 0), "HGB": ("g/dL", Fraction(1, 10), 1),
    "PLT": ("10^3/uL", Fraction(1), 0),
}  # fmt: skip
# Conventional units of the second chemistry laboratory (factors by molar mass, as laboratories publish them).
CONVENTIONAL_CHEMISTRY = {
    "CREA": ("mg/dL", Fraction(10000, 884017), 2), "TBIL": ("mg/dL", Fraction(1000, 17104), 2),
    "GLU": ("mg/dL", Fraction(180156, 10000), 0), "UA": ("mg/dL", Fraction(168110, 10000000), 1),
    "CA": ("mg/dL", Fraction(40078, 10000), 1), "TP": ("g/dL", Fraction(1, 10), 1),
    "ALB": ("g/dL", Fraction(1, 10), 1),
    "K": ("mEq/L", Fraction(1), 2), "NA": ("mEq/L", Fraction(1), 0),
}  # fmt: skip


def decimal_text(value: Fraction, digits: int) -> str:
    """``value`` >= 0 with ``digits`` decimals, rounded half up on exact fractions."""
    whole = int(value * 10**digits + Fraction(1, 2))
    text = str(whole).rjust(digits + 1, "0")
    return f"{text[:-digits]}.{text[-digits:]}" if digits else text
