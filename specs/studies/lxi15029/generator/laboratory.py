"""LAB_LOCAL.txt: the file of the hospital's own laboratory, GB18030, semicolons, one row per result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from specs.studies.lxi15029.generator.adverse_events import events
from specs.studies.lxi15029.generator.draws import draw
from specs.studies.lxi15029.generator.facts import Subject, failures, subjects
from specs.studies.lxi15029.generator.rave import PROJECT, SITE, Row, clock, csv_bytes
from specs.studies.lxi15029.generator.timeline import timeline
from specs.studies.lxi15029.generator.visits import UNSCHEDULED

COLUMNS = (
    "PROJECT", "SITENUMBER", "SUBJECT", "FOLDERNAME", "LBREFID", "LBPANEL", "LBSPEC", "LBDAT", "LBTIM",
    "LBTEST_CN", "LBTEST", "LBORRES", "LBORRESU", "LBORNRLO", "LBORNRHI", "LBFLAG", "REMARK_CN",
)  # fmt: skip


@dataclass(frozen=True)
class Test:
    """A test as the laboratory names it; values are whole numbers of its last digit."""

    name: str
    chinese: str
    panel: str
    unit: str
    digits: int
    low: int  # reference range
    high: int
    base_low: int  # where baselines lie
    base_high: int
    noise: int


TESTS = (
    Test("WBC", "白细胞计数", "HEMATOLOGY", "10^9/L", 2, 350, 950, 450, 800, 30),
    Test("NEUT", "中性粒细胞绝对值", "HEMATOLOGY", "10^9/L", 2, 180, 630, 250, 480, 25),
    Test("LYM", "淋巴细胞绝对值", "HEMATOLOGY", "10^9/L", 2, 110, 320, 125, 240, 12),
    Test("HGB", "血红蛋白", "HEMATOLOGY", "g/L", 0, 115, 175, 120, 150, 3),
    Test("PLAT", "血小板计数", "HEMATOLOGY", "10^9/L", 0, 125, 350, 150, 300, 14),
    Test("ALT", "丙氨酸氨基转移酶", "LIVER", "U/L", 0, 7, 40, 12, 28, 0),
    Test("AST", "天门冬氨酸氨基转移酶", "LIVER", "U/L", 0, 13, 40, 18, 30, 0),
    Test("GGT", "γ-谷氨酰转移酶", "LIVER", "U/L", 0, 7, 60, 15, 48, 3),
    Test("BILI", "总胆红素", "LIVER", "umol/L", 1, 30, 210, 50, 160, 10),
    Test("ALB", "白蛋白", "LIVER", "g/L", 1, 400, 550, 410, 470, 8),
    Test("CREAT", "肌酐", "RENAL", "umol/L", 0, 41, 84, 48, 78, 3),
    Test("UREAN", "尿素氮", "RENAL", "mmol/L", 2, 260, 750, 330, 650, 35),
    Test("GLUC", "葡萄糖", "CHEMISTRY", "mmol/L", 2, 390, 610, 430, 580, 20),
    Test("TRIG", "甘油三酯", "LIPIDS", "mmol/L", 2, 45, 170, 60, 150, 10),
    Test("CHOL", "总胆固醇", "LIPIDS", "mmol/L", 2, 310, 518, 360, 490, 15),
    Test("LDL", "低密度脂蛋白胆固醇", "LIPIDS", "mmol/L", 2, 207, 337, 220, 310, 12),
)
# Preferred term and grade -> test and the values (in last digits) it is seen at, CTCAE 4.03.
ABNORMAL = {
    ("Leukocytopenia", 1): ("WBC", 305, 345),
    ("Neutropenia", 1): ("NEUT", 152, 176),
    ("ALT increased", 1): ("ALT", 45, 95), ("ALT increased", 2): ("ALT", 128, 188),
    ("ALT increased", 3): ("ALT", 236, 236),
    ("AST increased", 1): ("AST", 46, 90),
    ("GGT increased", 1): ("GGT", 68, 135), ("GGT increased", 2): ("GGT", 160, 280),
    ("Hypertriglyceridemia", 1): ("TRIG", 178, 330), ("Hypertriglyceridemia", 2): ("TRIG", 350, 540),
    ("Hypercholesterolemia", 1): ("CHOL", 540, 740),
    ("LDL increased", 1): ("LDL", 345, 420), ("LDL increased", 2): ("LDL", 425, 500),
    ("Anemia", 1): ("HGB", 101, 112),
}  # fmt: skip
# Where the group mean of ALT or AST does not rise from baseline (paper, Results, Safety).
FALLING = {"ALT": (10, 80), "AST": (10, 60, 80)}
# Subject 13 (60 mg): AST rises little, from a high baseline, so that the mean of the group still falls.
SET = {(13, "AST"): (37, 42)}
# The course of the dose-limiting ALT rise of subject 22 by study day, back to normal on day 49.
RECOVERY = {28: 236, 29: 222, 30: 214, 31: 209, 32: 204, 35: 118}
FAILING = {"008": {"ALT": 168, "BILI": 340}, "014": {"NEUT": 121}, "028": {"CREAT": 141}, "034": {"PLAT": 74}}


def text(value: int, digits: int) -> str:
    """``110`` with two digits is ``1.10``."""
    return f"{value // 10**digits}.{value % 10**digits:0{digits}}" if digits else str(value)


def baseline(number: object, test: Test) -> int:
    return draw(test.base_low, test.base_high, number, test.name, "baseline")


def of_white_cells(test: Test, white: int, *words: object) -> int:
    """Lymphocytes and neutrophils as parts of the white cells, so that the parts fit into the whole."""
    lymphocytes = max(110, white * 28 // 100 + draw(-8, 8, *words, "LYM"))
    if test.name == "LYM":
        return lymphocytes
    return max(180, min(630, white - lymphocytes - draw(30, 60, *words, "NEUT")))


def value_on(subject: Subject, test: Test, day: int, folder: str) -> int:
    """A result: baseline and a small change, unless a laboratory adverse event is going on."""
    number = subject.number
    base = SET.get((number, test.name), (baseline(number, test), 0))[0]
    if test.name == "HGB" and subject.sex == "M":
        base += 15
    for event in events():
        seen = ABNORMAL.get((event.term, event.grade))
        if (
            event.subject == subject
            and seen
            and seen[0] == test.name
            and event.first <= day < max(event.last, 2)
        ):
            if (number, test.name) in SET:
                return SET[number, test.name][1]
            if event.grade == 3:
                return RECOVERY[day]
            return draw(seen[1], seen[2], number, test.name, event.first, day)
    if test.name in ("LYM", "NEUT"):
        return of_white_cells(test, value_on(subject, TESTS[0], day, folder), number, folder, day)
    if test.name in FALLING:
        if day <= 1:
            return base + (draw(-1, 1, number, test.name, folder) if folder == "Screening" else 0)
        falls = subject.dose in FALLING[test.name]
        return base + (
            -draw(2, 4, number, test.name, folder) if falls else draw(1, 4, number, test.name, folder)
        )
    value = base + draw(-test.noise, test.noise, number, test.name, folder, day)
    return max(test.low, min(test.high, value))


def row_of(subject: str, folder: str, day: date, time: str, test: Test, result: str, flag: str) -> Row:
    return dict.fromkeys(COLUMNS, "") | {
        "PROJECT": PROJECT, "SITENUMBER": SITE, "SUBJECT": subject, "FOLDERNAME": folder,
        "LBREFID": f"{day:%y%m%d}{subject}{test.panel[0]}", "LBPANEL": test.panel,
        "LBSPEC": "BLOOD" if test.panel == "HEMATOLOGY" else "SERUM", "LBDAT": f"{day:%Y/%m/%d}",
        "LBTIM": time,
        "LBTEST_CN": test.chinese, "LBTEST": test.name, "LBORRES": result, "LBORRESU": test.unit,
        "LBORNRLO": text(test.low, test.digits), "LBORNRHI": text(test.high, test.digits), "LBFLAG": flag,
    }  # fmt: skip


def flag_of(value: int, test: Test) -> str:
    return "L" if value < test.low else "H" if value > test.high else ""


def sample_time(subject: Subject, folder: str) -> str:
    if (subject.number, folder) == (11, "C1D1"):  # after the first dose, on purpose
        return clock(timeline(subject).dose_time + 122)
    if (subject.number, folder) == (15, "C1D1"):
        return "UN:UN"
    if (subject.number, folder) == (22, "Unscheduled 1"):
        return "15:10"
    return clock(6 * 60 + draw(40, 85, subject.number, folder, "blood"))


def subject_rows(subject: Subject) -> list[Row]:
    life = timeline(subject)
    draws = [(v.last_day if f == "Screening" else v.day, f) for f, v in life.visits.items() if f != "C1D28"]
    if subject.number % 3 and "30-Day Follow-up" in life.visits:
        draws = [item for item in draws if item[1] != "30-Day Follow-up"]
    draws += [(day, folder) for (number, folder), day in UNSCHEDULED.items() if number == subject.number]
    rows = []
    for day, folder in sorted(draws):
        for test in TESTS:
            if folder.startswith("Unscheduled") and test.panel != "LIVER":
                continue
            value = value_on(subject, test, day, folder)
            rows.append(
                row_of(subject.id, folder, subject.on(day), sample_time(subject, folder), test,
                       text(value, test.digits), flag_of(value, test))
            )  # fmt: skip
    return rows


def failure_rows() -> list[Row]:
    rows = []
    for failure in failures():
        for test in TESTS:
            value = baseline(failure.id, test)
            if test.name in ("LYM", "NEUT"):
                value = of_white_cells(test, baseline(failure.id, TESTS[0]), failure.id)
            value = FAILING.get(failure.id, {}).get(test.name, value)
            day = date.fromordinal(failure.consent.toordinal() + draw(1, 3, failure.id, "lab"))
            time = clock(7 * 60 + draw(0, 50, failure.id, "lab time"))
            rows.append(
                row_of(
                    failure.id, "Screening", day, time, test, text(value, test.digits), flag_of(value, test)
                )
            )
    return rows


def messy(rows: list[Row]) -> list[Row]:
    """The deliberate irregularities of the file; each is listed in the README of the study."""

    def find(subject: str, folder: str, test: str) -> Row:
        return next(
            r for r in rows if (r["SUBJECT"], r["FOLDERNAME"], r["LBTEST"]) == (subject, folder, test)
        )

    find("002", "C1D15", "BILI").update(LBORRES="<3.0", LBFLAG="L")
    find("019", "C1D8", "TRIG").update(LBORRES="<0.50", LBFLAG="")
    find("035", "Screening", "GGT").update(LBORRES=">1500", LBFLAG="H")
    find("016", "C1D22", "GLUC").update(LBORRES="", LBFLAG="", REMARK_CN="标本溶血,未检")
    find("006", "C1D15", "ALT").update(LBORRESU="U/L ")
    # A screening sample of another hospital, in mg/dL.
    find("023", "Screening", "CREAT").update(
        LBORRES="0.80", LBORRESU="mg/dL", LBORNRLO="0.46", LBORNRHI="0.95"
    )
    find("023", "Screening", "GLUC").update(LBORRES="92", LBORRESU="mg/dL", LBORNRLO="70", LBORNRHI="110")
    orphan = dict(find("035", "Screening", "WBC")) | {
        "SUBJECT": "036",
        "LBREFID": "210713036H",
        "LBORRES": "6.10",
    }
    return [*rows, orphan]


def write(folder: Path) -> Path:
    rows = [row for subject in subjects() for row in subject_rows(subject)] + failure_rows()
    rows.sort(key=lambda row: (row["LBDAT"], row["SUBJECT"], row["LBTIM"]))
    path = folder / "LAB_LOCAL.txt"
    path.write_bytes(csv_bytes(COLUMNS, messy(rows), delimiter=";", end="\n", encoding="gb18030"))
    return path
