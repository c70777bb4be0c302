"""VS (one wide row per visit) and PE (physical examination, one row per body system)."""

from __future__ import annotations

from datetime import date, timedelta

from specs.studies.lxi15029.generator.draws import chance, draw
from specs.studies.lxi15029.generator.facts import Failure, Subject, failures, subjects
from specs.studies.lxi15029.generator.rave import Form, Row, clock, date_columns
from specs.studies.lxi15029.generator.timeline import timeline

SYSTEMS = ("General appearance", "Head and neck", "Chest", "Abdomen", "Skin", "Lymph nodes", "Nervous system")
NOT_DONE = {("006", "C1D22"): "Device out of order", ("016", "30-Day Follow-up"): "Visit by telephone"}


def tenths(value: int) -> str:
    return f"{value // 10}.{value % 10}"


def measurements(who: Subject | Failure, folder: str) -> Row:
    height = draw(158, 182, who.id, "height") - (8 if who.sex == "F" else 0)
    weight = (
        draw(520, 780, who.id, "weight") - (60 if who.sex == "F" else 0) + draw(-12, 12, who.id, folder, "kg")
    )
    row = {
        "SYSBP": str(draw(108, 134, who.id, folder, "SYSBP")), "SYSBPU": "mmHg",
        "DIABP": str(draw(64, 86, who.id, folder, "DIABP")), "DIABPU": "mmHg",
        "PULSE": str(draw(62, 92, who.id, folder, "PULSE")), "PULSEU": "beats/min",
        "RESP": str(draw(15, 20, who.id, folder, "RESP")), "RESPU": "breaths/min",
        "TEMP": tenths(draw(361, 369, who.id, folder, "TEMP")), "TEMPU": "C",
        "WEIGHT": tenths(weight), "WEIGHTU": "kg",
    }  # fmt: skip
    if folder == "Screening":
        row |= {"HEIGHT": str(height), "HEIGHTU": "cm"}
    return row


def add_vital_signs(
    form: Form, who: Subject | Failure, folder: str, sequence: int, day: date, time: str
) -> None:
    if (who.id, folder) in NOT_DONE:
        form.add(who.id, folder, sequence, 1, day, VSYN="No", VSYN_STD="N", VSREASND=NOT_DONE[who.id, folder])
        return
    row = measurements(who, folder)
    position = "SUPINE" if chance(12, who.id, folder, "supine") else "SITTING"
    if (who.id, folder) == ("013", "C1D15"):  # one test of the form not done
        row |= {"TEMP": "", "TEMPU": "", "TEMP_ND": "1", "TEMP_REASND": "Thermometer missing"}
    if (who.id, folder) == ("021", "C1D8"):
        row |= {"TEMP": "98.4", "TEMPU": "F"}
    if (who.id, folder) == ("027", "C1D8"):
        position = "SITTING "
    if (who.id, folder) == ("030", "C1D15"):
        row |= {"WEIGHT": "051.20"}
    form.add(
        who.id, folder, sequence, 1, day, VSYN="Yes", VSYN_STD="Y", **date_columns("VSDAT", day),
        VSTIM="UN:UN" if (who.id, folder) == ("024", "C1D8") else time, VSPOS=position, **row,
    )  # fmt: skip


def forms() -> list[Form]:
    signs = Form("VS", "Vital Signs", [
        "VSYN", "VSYN_STD", "VSREASND", "VSDAT_RAW", "VSDAT_INT", "VSTIM", "VSPOS",
        "SYSBP", "SYSBPU", "DIABP", "DIABPU", "PULSE", "PULSEU", "RESP", "RESPU", "TEMP", "TEMPU", "TEMP_ND",
        "TEMP_REASND", "WEIGHT", "WEIGHTU", "HEIGHT", "HEIGHTU",
    ])  # fmt: skip
    examinations = Form("PE", "Physical Examination",
                        ["PEDAT_RAW", "PEDAT_INT", "PESYS", "PERES", "PERES_STD", "PEDESC"])  # fmt: skip
    for subject in subjects():
        life = timeline(subject)
        for folder, visit in life.visits.items():
            if folder == "C1D28":
                continue
            day = subject.on(visit.last_day if folder == "Screening" else visit.day)
            minutes = life.dose_time - draw(20, 45, subject.id, "VS") if folder == "C1D1" else 0
            add_vital_signs(signs, subject, folder, visit.sequence, day,
                            clock(minutes or 9 * 60 + draw(0, 90, subject.id, folder, "VS")))  # fmt: skip
            if folder in ("Screening", "EOT"):
                add_examination(examinations, subject, folder, visit.sequence, day)
    for failure in failures():
        day = failure.consent + timedelta(days=draw(0, 2, failure.id, "VS"))
        add_vital_signs(signs, failure, "Screening", 1, day, clock(600 + draw(0, 90, failure.id, "VS")))
    return [signs, examinations]


def add_examination(form: Form, subject: Subject, folder: str, sequence: int, day: date) -> None:
    for position, system in enumerate(SYSTEMS, 1):
        abnormal = chance(9, subject.id, system)
        form.add(
            subject.id, folder, sequence, position, day, **date_columns("PEDAT", day), PESYS=system,
            PERES="Abnormal, not clinically significant" if abnormal else "Normal",
            PERES_STD="ABNORMAL" if abnormal else "NORMAL",
            PEDESC={"Lymph nodes": "Enlarged supraclavicular node",
                "Chest": "Reduced breath sounds, right base"}.get(
                system, "Finding known from the history") if abnormal else "",
        )  # fmt: skip
