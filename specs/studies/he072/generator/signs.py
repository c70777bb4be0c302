"""VS (vital signs, wide), EG (ECG, triplicate at screening and before dose 1), ECOG and PE (examination)."""

from __future__ import annotations

from datetime import date

from specs.studies.he072.generator.adverse_events import events
from specs.studies.he072.generator.draws import chance, draw
from specs.studies.he072.generator.exposure import height, weight
from specs.studies.he072.generator.facts import Failure, Row, Subject, everyone, subjects
from specs.studies.he072.generator.forms import Form, clock, coded, typed
from specs.studies.he072.generator.timeline import Visit, timeline

SYSTEMS = ("General", "Head and neck", "Chest", "Abdomen", "Skin", "Lymph nodes", "Nervous system")
FINDINGS = {
    "Chest": "Reduced breath sounds", "Lymph nodes": "Enlarged node, known", "Skin": "Scar after surgery",
    "Abdomen": "Tender right upper quadrant",
}  # fmt: skip
Who = Subject | Failure


def tenths(value: int) -> str:
    return f"{value // 10}.{value % 10}"


def losing(subject: Subject, day: int) -> int:
    """Percent of weight lost by that day, where a weight loss is an adverse event."""
    losses = [e for e in events() if e.subject == subject and e.term == "weight loss"]
    grades = [e.grade for e in losses if e.first <= day <= e.last]
    return {0: 0, 1: 7, 2: 12}[max(grades, default=0)]


def vital_row(form: Form, who: Who, visit: Visit, day: date, minutes: int) -> None:
    if isinstance(who, Subject):
        kilograms = round(weight(who) * 10) * (100 - losing(who, visit.day)) // 100
        kilograms += draw(-6, 6, who.id, visit.name, "kg") if visit.name not in ("SCR", "C1D1") else 0
        tall = height(who)
    else:
        kilograms, tall = draw(480, 760, who.number, "weight"), draw(150, 172, who.number, "height")
    values = {
        "SYSBP": str(draw(102, 136, who.id, visit.name, "SYSBP")),
        "DIABP": str(draw(60, 86, who.id, visit.name, "DIABP")),
        "PULSE": str(draw(62, 96, who.id, visit.name, "PULSE")),
        "RESP": str(draw(15, 21, who.id, visit.name, "RESP")),
        "TEMP": tenths(draw(361, 369, who.id, visit.name, "TEMP")), "TEMPU": "C",
        "WEIGHT": tenths(kilograms), "WEIGHTU": "kg",
    }  # fmt: skip
    if visit.name == "SCR":
        values |= {"HEIGHT": str(tall), "HEIGHTU": "cm"}
    form.add(who, visit, VSDT=typed(day), VSTM=clock(minutes), **coded("VSPOS", 1, "Sitting"), **values)


def cardiogram_rows(form: Form, who: Who, visit: Visit, day: date, minutes: int) -> None:
    for item in range(1, 4 if visit.name in ("SCR", "C1D1") and isinstance(who, Subject) else 2):
        rate = draw(62, 92, who.id, visit.name, item, "HR")
        corrected = draw(398, 442, who.id, visit.name, item, "QTcF")
        interval = round(corrected * (60 / rate) ** (1 / 3))
        abnormal = chance(7, who.id, visit.name, "ECG")
        form.add(
            who, visit, item, EGDT=typed(day), EGTM=clock(minutes + 2 * item), EGHR=str(rate),
            EGPR=str(draw(124, 184, who.id, visit.name, item, "PR")),
            EGQRS=str(draw(78, 106, who.id, visit.name, item, "QRS")),
            EGQT=str(interval), EGQTCF=str(corrected),
            **coded("EGINT", 2 if abnormal else 1,
                "Abnormal, not clinically significant" if abnormal else "Normal"),
            EGFIND="Nonspecific T wave changes" if abnormal else "",
        )  # fmt: skip


def performance_row(form: Form, who: Who, visit: Visit, day: date) -> None:
    if isinstance(who, Failure):
        score = 3 if who.criterion == "IN05" else draw(0, 1, who.number, "ECOG")
    else:
        score = int(who.row["ecog"])
        if visit.name == "EOT" and chance(40, who.number, "worse"):
            score += 1
    form.add(who, visit, PSDT=typed(day), **coded("PSSCORE", score, f"ECOG {score}"))


def examination_rows(form: Form, who: Who, visit: Visit, day: date) -> None:
    for item, system in enumerate(SYSTEMS, 1):
        abnormal = system in FINDINGS and chance(14, who.id, system)
        form.add(
            who, visit, item, PEDT=typed(day), PESYS=system,
            **coded("PERES", 2 if abnormal else 1, "Abnormal" if abnormal else "Normal"),
            PEFIND=FINDINGS[system] if abnormal else "",
        )  # fmt: skip


def forms() -> list[Form]:
    signs = Form("VS", [
        "VSDT", "VSTM", "VSPOS_C", "VSPOS", "SYSBP", "DIABP", "PULSE", "RESP", "TEMP", "TEMPU", "WEIGHT",
        "WEIGHTU", "HEIGHT",
        "HEIGHTU", "VSND", "VSNDREA",
    ])  # fmt: skip
    cardiograms = Form("EG", [
        "EGDT", "EGTM", "EGHR", "EGPR", "EGQRS", "EGQT", "EGQTCF", "EGINT_C", "EGINT", "EGFIND", "EGND",
        "EGNDREA",
    ])  # fmt: skip
    status = Form("ECOG", ["PSDT", "PSSCORE_C", "PSSCORE"])
    examinations = Form("PE", ["PEDT", "PESYS", "PERES_C", "PERES", "PEFIND"])
    for who in everyone():
        visits = [Visit("SCR", 0)] if isinstance(who, Failure) else timeline(who).all_visits
        for visit in visits:
            day = who.on(visit.day) if isinstance(who, Subject) else who.consent
            minutes = 8 * 60 + draw(0, 50, who.id, visit.name, "signs")
            vital_row(signs, who, visit, day, minutes)
            if visit.name in ("SCR", "EOT") or visit.name.endswith("D1"):
                performance_row(status, who, visit, day)
            if visit.name in ("SCR", "EOT", "C1D1", "C2D1", "C4D1", "C8D1", "C12D1"):
                cardiogram_rows(cardiograms, who, visit, day, minutes + 10)
            if visit.name in ("SCR", "EOT"):
                examination_rows(examinations, who, visit, day)
    mess(signs, cardiograms)
    for form in (signs, cardiograms, status, examinations):
        form.sort()
    return [signs, cardiograms, status, examinations]


def blank(row: Row, keep: int = 6) -> None:
    for name in list(row)[keep:]:
        row[name] = ""


def mess(signs: Form, cardiograms: Form) -> None:
    """The deliberate irregularities; each is listed in the README of the study."""
    people = {subject.number: subject for subject in subjects()}
    row = signs.find(people[55].id, "C2D8")
    blank(row)
    row |= {"VSND": "1", "VSNDREA": "Ward under quarantine, visit by telephone"}
    signs.find(people[56].id, "C1D8").update({"TEMP": "98.2", "TEMPU": "F"})
    signs.find(people[59].id, "C2D1")["TEMP"] = "36,6"
    signs.find(people[61].id, "C1D8")["WEIGHTU"] = ""
    signs.find(people[65].id, "C1D1")["VSTM"] = "UN:UN"
    row = signs.find(people[66].id, "C1D8")
    row["PULSE"] = ""
    signs.rows.append(dict(signs.find(people[67].id, "C3D1")))
    row = cardiograms.find(people[58].id, "C4D1")
    blank(row)
    row |= {"EGND": "1", "EGNDREA": "Machine out of order"}
    cardiograms.find(people[69].id, "C2D1")["EGQTCF"] = "4O9"
