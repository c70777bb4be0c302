"""The extracts of four laboratories and the table of their reference ranges.

LAB_CHEM_A.csv    central laboratory A, long, SI units, ranges in each row, dates YYYYMMDD
LAB_CHEM_B.csv    local laboratory B, long, conventional units, other names and another order of columns
LAB_HEMA.csv      blood counts of two local laboratories, wide, units in columns, ranges in LAB_RANGES.csv
LAB_URINE.csv     urine strips, wide, results in words
LAB_RANGES.csv    reference ranges of the blood laboratories by sex and age
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

from specs.studies.he072.generator.adverse_events import events
from specs.studies.he072.generator.draws import chance, draw, pick
from specs.studies.he072.generator.facts import Failure, Row, Subject, everyone
from specs.studies.he072.generator.forms import STUDY, clock, typed
from specs.studies.he072.generator.laboratory_tests import (
    BLOOD,
    CHEMISTRY,
    CONVENTIONAL,
    CONVENTIONAL_CHEMISTRY,
    Range,
    Test,
    decimal_text,
)
from specs.studies.he072.generator.laboratory_values import value_at_screening, value_on
from specs.studies.he072.generator.timeline import Visit, timeline
from specs.studies.lxi15029.generator.rave import csv_bytes

LAB_A, LAB_B = "ALLIANCE CENTRAL LAB", "NORTH CLINICAL LAB"
CHEM_A = ("STUDYID", "SUBJID", "VISIT", "ACCESSION", "COLLDT", "COLLTM", "LABNAME", "TESTCD", "TESTNAME",
    "LOINC",
          "SPECIMEN", "RESULT", "UNIT", "REFLO", "REFHI", "FLAG", "STATUS", "COMMENT")  # fmt: skip
CHEM_B = ("Lab", "Patient", "Visit", "Sampled", "Analyte", "Value", "Units", "Normal range", "H/L", "Remark")
HEMA = ("STUDYNAME", "SUBJECTNUMBERSTR", "VISITMNEMONIC", "VISITINDEX", "LABCODE", "HEMDT", "HEMTM", "HEMND",
    "HEMNDREA",
        *(f"{test.code}{end}" for test in BLOOD for end in ("", "_U")))  # fmt: skip
URINE = (
    "STUDYNAME",
    "SUBJECTNUMBERSTR",
    "VISITMNEMONIC",
    "URDT",
    "PROT",
    "GLUC",
    "BLOOD",
    "KETO",
    "PH",
    "SG",
    "WBC_HPF",
)
RANGES = ("LABCODE", "LABTEST", "SEX", "AGEFROM", "AGETO", "LOW", "HIGH", "UNIT")
NAMES_B = {
    "ALT": "GPT", "AST": "GOT", "ALP": "AKP", "GGT": "gamma-GT", "TBIL": "T-BIL", "CREA": "Crea", "K": "K+",
    "NA": "Na+",
    "CA": "Ca", "TP": "Total Protein", "ALB": "Albumin", "UA": "Uric acid", "GLU": "Glucose (fasting)",
    "HCG": "beta HCG",
}  # fmt: skip
Who = Subject | Failure


def uses_lab_b(who: Who) -> bool:
    return int(who.site) % 3 == 0


def blood_lab(who: Who) -> str:
    return "LOC1" if int(who.site) <= 16 else "LOC2"


def sex_and_age(who: Who) -> tuple[str, int]:
    return (who.row["sex"], int(who.row["age"])) if isinstance(who, Subject) else (who.sex, who.age)


def range_of(test: Test, who: Who) -> Range:
    sex, age = sex_and_age(who)
    found = [r for r in test.ranges if sex in r.sex and r.ages[0] <= age <= r.ages[1]]
    return found[0] if found else Range("", (0, 0), "", "")


def flag_of(value: Fraction, limits: Range) -> str:
    if limits.low and value < Fraction(limits.low):
        return "L"
    return "H" if limits.high and value > Fraction(limits.high) else ""


def draws_of(who: Who) -> list[tuple[Visit, date]]:
    """Visits with blood taken and the date of it."""
    if isinstance(who, Failure):
        visit = Visit("SCR", 0)
        return [(visit, date.fromordinal(who.consent.toordinal() + draw(0, 2, who.number, "blood")))]
    life = timeline(who)
    return [(visit, who.on(visit.day)) for visit in life.all_visits]


def chemistry_due(visit: Visit) -> bool:
    return visit.name in ("SCR", "EOT", "C1D8") or visit.name.endswith("D1")


def value_of(who: Who, test: Test, visit: Visit) -> Fraction:
    return value_on(who, test, visit.day) if isinstance(who, Subject) else value_at_screening(who, test)


def tests_due(who: Who, visit: Visit) -> list[Test]:
    sex, age = sex_and_age(who)
    fertile = sex == "F" and age < 52 and visit.name in ("SCR", "EOT")
    return [test for test in CHEMISTRY if test.code != "HCG" or fertile]


def converted(limits: Range, factor: Fraction, digits: int) -> tuple[str, str]:
    low, high = (
        decimal_text(Fraction(text) * factor, digits) if text else "" for text in (limits.low, limits.high)
    )
    return low, high


def row_a(who: Who, visit: Visit, day: date, test: Test) -> Row:
    value, limits = value_of(who, test, visit), range_of(test, who)
    result = decimal_text(value, test.digits)
    if test.code == "HCG":
        result = "<1.2" if value < Fraction(6, 5) else result
    return {
        "STUDYID": STUDY, "SUBJID": who.id, "VISIT": visit.name, "ACCESSION": f"A{who.number:03}{day:%y%m%d}",
        "COLLDT": f"{day:%Y%m%d}", "COLLTM": f"{7 + draw(0, 2, who.id, day):02}{draw(0, 59, who.id, day, 'm'):02}",
        "LABNAME": LAB_A, "TESTCD": test.code, "TESTNAME": test.name, "LOINC": test.loinc,
        "SPECIMEN": "SERUM",
        "RESULT": result, "UNIT": test.unit, "REFLO": limits.low, "REFHI": limits.high,
        "FLAG": flag_of(value, limits),
        "STATUS": "F",
    }  # fmt: skip


def row_b(who: Who, visit: Visit, day: date, test: Test) -> Row:
    unit, factor, digits = CONVENTIONAL_CHEMISTRY.get(test.code, (test.unit, Fraction(1), test.digits))
    value, limits = value_of(who, test, visit), range_of(test, who)
    low, high = converted(limits, factor, digits)
    result = decimal_text(value * factor, digits)
    if test.code == "TBIL" and value < 8:
        result = "<0.5"
    if test.code == "HCG":
        result = "<0.5" if value < 1 else result
    return {
        "Lab": LAB_B, "Patient": who.id.replace("-", ""), "Visit": visit.name,
        "Sampled": f"{day:%d/%m/%Y} {clock(7 * 60 + draw(0, 150, who.id, day))}",
        "Analyte": NAMES_B[test.code],
        "Value": result, "Units": unit,
        "Normal range": f"<= {high}" if low in ("0", "0.0", "0.00") else f"{low} - {high}",
        "H/L": flag_of(value, limits),
    }  # fmt: skip


def blood_row(who: Who, visit: Visit, day: date) -> Row:
    lab = blood_lab(who)
    row = {
        "STUDYNAME": STUDY, "SUBJECTNUMBERSTR": who.id, "VISITMNEMONIC": visit.name,
        "VISITINDEX": str(visit.index),
        "LABCODE": lab, "HEMDT": typed(day), "HEMTM": clock(7 * 60 + draw(0, 150, who.id, day)),
    }  # fmt: skip
    for test in BLOOD:
        value = value_of(who, test, visit)
        unit, factor, digits = (
            CONVENTIONAL[test.code] if lab == "LOC2" else (test.unit, Fraction(1), test.digits)
        )
        row |= {test.code: decimal_text(value * factor, digits), f"{test.code}_U": unit}
    return row


def urine_row(who: Who, visit: Visit, day: date) -> Row:
    protein = "NEG" if chance(80, who.id, visit.name, "protein") else "TRACE"
    for event in events():
        if event.subject == who and event.term == "albuminuria" and event.first <= visit.day < event.last:
            protein = {1: "1+", 2: "2+"}.get(event.grade, "3+")
    return {
        "STUDYNAME": STUDY, "SUBJECTNUMBERSTR": who.id, "VISITMNEMONIC": visit.name, "URDT": typed(day),
        "PROT": protein,
        "GLUC": pick(("NEG", "NEG", "NEG", "NEG", "TRACE"), who.id, visit.name, "glucose"),
        "BLOOD": pick(("NEG", "NEG", "NEG", "TRACE", "1+"), who.id, visit.name, "blood"),
        "KETO": pick(("NEG", "NEG", "NEG", "TRACE"), who.id, visit.name, "ketones"),
        "PH": pick(("5.0", "5.5", "6.0", "6.5", "7.0"), who.id, visit.name, "pH"),
        "SG": pick(("1.010", "1.015", "1.020", "1.025", ">1.030"), who.id, visit.name, "gravity"),
        "WBC_HPF": pick(("0-1", "0-2", "2-4", "NEG", ">100"), who.id, visit.name, "cells") if chance(60,
            who.id, visit.name)
        else "0-1",
    }  # fmt: skip


def range_rows() -> list[Row]:
    rows = []
    for lab in ("LOC1", "LOC2"):
        for test in BLOOD:
            unit, factor, digits = (
                CONVENTIONAL[test.code] if lab == "LOC2" else (test.unit, Fraction(1), test.digits)
            )
            for limits in test.ranges:
                low, high = converted(limits, factor, digits)
                for sex in limits.sex:
                    for first, last in ((18, 59), (60, 120)):
                        low_used = low
                        if test.code == "HGB" and sex == "F" and first == 60:  # lower limit of the elderly
                            low_used = decimal_text(Fraction(110) * factor, digits)
                        rows.append({
                            "LABCODE": lab, "LABTEST": test.code, "SEX": sex, "AGEFROM": str(first),
                            "AGETO": str(last),
                            "LOW": low_used, "HIGH": high, "UNIT": unit,
                        })  # fmt: skip
    return rows


def tables() -> dict[str, tuple[tuple[str, ...], list[Row]]]:
    a: list[Row] = []
    b: list[Row] = []
    blood: list[Row] = []
    urine: list[Row] = []
    for who in sorted(everyone(), key=lambda each: each.id):
        for visit, day in draws_of(who):
            if chemistry_due(visit):
                for test in tests_due(who, visit):
                    (b if uses_lab_b(who) else a).append(
                        (row_b if uses_lab_b(who) else row_a)(who, visit, day, test)
                    )
                urine.append(urine_row(who, visit, day))
            blood.append(blood_row(who, visit, day))
    mess(a, b, blood)
    return {
        "LAB_CHEM_A": (CHEM_A, a), "LAB_CHEM_B": (CHEM_B, b), "LAB_HEMA": (HEMA, blood),
        "LAB_URINE": (URINE, urine),
        "LAB_RANGES": (RANGES, range_rows()),
    }  # fmt: skip


def mess(a: list[Row], b: list[Row], blood: list[Row]) -> None:
    """The deliberate irregularities; each is listed in the README of the study."""
    people = {who.number: who for who in everyone()}
    in_a = [who for who in people.values() if not uses_lab_b(who) and isinstance(who, Subject)]
    in_b = [who for who in people.values() if uses_lab_b(who) and isinstance(who, Subject)]

    def find_a(index: int, visit: str, test: str) -> Row:
        return next(r for r in a if (r["SUBJID"], r["VISIT"], r["TESTCD"]) == (in_a[index].id, visit, test))

    def find_b(index: int, visit: str, test: str) -> Row:
        return next(
            r
            for r in b
            if (r["Patient"], r["Visit"], r["Analyte"]) == (in_b[index].id.replace("-", ""), visit, test)
        )

    find_a(3, "C1D8", "K").update(
        {"RESULT": "", "FLAG": "", "STATUS": "X", "COMMENT": "NOT DONE: sample hemolyzed"}
    )
    find_a(5, "C1D1", "CREA")["UNIT"] = ""
    find_a(7, "SCR", "GGT")["UNIT"] = "U/L "
    find_a(9, "SCR", "TBIL").update({"RESULT": ">100", "FLAG": "H"})
    find_a(11, "C1D1", "GLU").update({"REFLO": "", "REFHI": ""})
    row = find_a(13, "C1D1", "ALT")
    a.insert(a.index(row) + 1, dict(row))  # sent twice
    row = find_a(15, "C1D1", "AST")
    corrected = {"STATUS": "C", "RESULT": str(int(row["RESULT"]) + 1), "COMMENT": "corrected result"}
    a.insert(a.index(row) + 1, dict(row) | corrected)
    orphan = dict(find_a(17, "SCR", "ALT")) | {"SUBJID": "34-001", "ACCESSION": "A999220101"}
    a.append(orphan)
    find_b(2, "C1D1", "Crea").update({"Value": "NOT DONE", "H/L": "", "Remark": "tube broken"})
    find_b(4, "SCR", "Glucose (fasting)")["Units"] = "mg/100ml"
    find_b(6, "SCR", "GPT")["Value"] = find_b(6, "SCR", "GPT")["Value"] + " "
    # An unscheduled count two days after a low one, entered on the CRF.
    event = next(event for event in events() if event.term == "neutropenia" and event.grade == 4)
    who = event.subject
    blood.append(blood_row(who, Visit("UNS", event.first + 2), who.on(event.first + 2)))
    row = next(r for r in blood if r["SUBJECTNUMBERSTR"] == people[25].id and r["VISITMNEMONIC"] == "SCR")
    for test in BLOOD:
        row |= {test.code: "", f"{test.code}_U": ""}
    row |= {"HEMND": "1", "HEMNDREA": "Clotted sample, repeated at C1D1", "HEMTM": ""}
    next(r for r in blood if r["SUBJECTNUMBERSTR"] == people[37].id and r["VISITMNEMONIC"] == "C1D1")[
        "HGB_U"
    ] = ""


def write(folder: Path) -> list[Path]:
    paths = []
    for name, (columns, rows) in tables().items():
        path = folder / f"{name}.csv"
        path.write_bytes(csv_bytes(columns, rows, delimiter=";" if name == "LAB_CHEM_B" else ",", end="\n"))
        paths.append(path)
    return paths
