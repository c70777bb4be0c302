"""AE: the events of ``facts/calibration_ae.csv`` with verbatim terms and dates, and a few messy ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from specs.studies.lxi15029.generator.draws import draw, pick
from specs.studies.lxi15029.generator.facts import Subject, subjects, table
from specs.studies.lxi15029.generator.rave import Form, date_columns
from specs.studies.lxi15029.generator.timeline import DEATH, timeline

# Verbatim terms as sites write them; the Chinese verbatim; the system organ class of terms the paper prints.
TERMS = {
    "Leukocytopenia": (("Leukocytopenia", "leukocytopenia", "Decreased white blood cells", "WBC DECREASED"),
                       "白细胞减少", "Blood and lymphatic system disorders"),
    "ALT increased": (("ALT increased", "Alanine aminotransferase elevated", "elevated ALT"),
                      "丙氨酸氨基转移酶升高", "Investigations"),
    "AST increased": (("AST increased", "Aspartate aminotransferase elevated", "AST ELEVATED"),
                      "天门冬氨酸氨基转移酶升高", "Investigations"),
    "ECG QT prolonged": (("QT interval prolonged", "Prolonged QTc interval on ECG", "ECG QT PROLONGED"),
                         "心电图QT间期延长", "Investigations"),
    "Hypertriglyceridemia": (("Hypertriglyceridemia", "Elevated triglycerides", "hypertriglyceridemia"),
                             "高甘油三酯血症", "Metabolism and nutrition disorders"),
    "Sinus bradycardia": (("Sinus bradycardia", "sinus bradycardia"), "窦性心动过缓", "Cardiac disorders"),
    "Diarrhea": (("Diarrhea", "Loose stools", "DIARRHEA"), "腹泻", "Gastrointestinal disorders"),
    "Fatigue": (("Fatigue", "Tiredness", "fatigue"), "乏力",
                "General disorders and administration site conditions"),
    "GGT increased": (("GGT increased", "Gamma-glutamyl transferase elevated"), "γ-谷氨酰转移酶升高",
                      "Investigations"),
    "Neutropenia": (("Neutropenia", "Low neutrophil count"), "中性粒细胞减少",
                    "Blood and lymphatic system disorders"),
    "LDL increased": (("LDL increased", "Low-density lipoprotein elevated"), "低密度脂蛋白升高",
        "Investigations"),
    "Decreased appetite": (("Decreased appetite", "Poor appetite", "Loss of appetite"), "食欲下降",
                           "Metabolism and nutrition disorders"),
    "Hypercholesterolemia": (("Hypercholesterolemia", "Elevated total cholesterol"), "高胆固醇血症",
                             "Metabolism and nutrition disorders"),
    "Nausea": (("Nausea", "nausea"), "恶心", ""),
    "Pyrexia": (("Fever", "Pyrexia", "FEVER"), "发热", ""),
    "Anemia": (("Anemia", "Low hemoglobin", "anemia"), "贫血", ""),
    "Pneumonia": (("Pneumonia",), "肺炎", ""),
    "Intestinal obstruction": (("Bowel obstruction",), "肠梗阻", ""),
    "Pleural effusion": (("Pleural effusion",), "胸腔积液", ""),
    "Upper respiratory tract infection": (("Common cold",), "上呼吸道感染", ""),
    "Disease progression": (("Disease progression",), "疾病进展", ""),
}  # fmt: skip
ACTIONS = {
    "1": "Dose not changed", "2": "Dose reduced", "3": "Drug withdrawn", "4": "Drug interrupted",
    "5": "Not applicable", "9": "Other",
}  # fmt: skip
ACTION_CODES = {"DOSE NOT CHANGED": "1", "DRUG WITHDRAWN": "3", "NOT APPLICABLE": "5"}
OUTCOMES = {"1": "Recovered/Resolved", "2": "Recovering/Resolving", "5": "Fatal"}
LABORATORY = {
    "Leukocytopenia", "ALT increased", "AST increased", "Hypertriglyceridemia", "GGT increased",
    "Neutropenia",
    "LDL increased", "Hypercholesterolemia",
}  # fmt: skip
LONG_TERM = (
    "Increasing right-sided pleural effusion with shortness of breath on exertion, first seen on a chest "
    "X-ray, drained by thoracentesis of about 800 mL of yellow fluid, cytology negative for malignant cells, "
    "in the opinion of the investigator caused by the underlying disease and not by the study drug"
)
LONG_COMMENT = (
    "ALT was 236 U/L in the unscheduled sample of day 28, after the morning dose; study drug was stopped the "
    "same day. Hepatitis B and C serology negative, no paracetamol, ultrasound without obstruction. Treated "
    "with magnesium isoglycyrrhizinate and glutathione infusions; ALT back to normal three weeks later. "
    "Judged a dose-limiting toxicity by the safety review committee."
)
# Days and unknown parts that are set by hand: (number, term) -> (first day, last day).
FIXED = {
    (7, "Disease progression"): (36, DEATH[7]),
    (16, "Pneumonia"): (16, 34),
    (24, "Intestinal obstruction"): (12, 25),
    (22, "ALT increased"): (28, 49),
    (8, "Pleural effusion"): (21, 33),
    (11, "Upper respiratory tract infection"): (12, 18),
    (1, "Nausea"): (3, 9),
    (3, "Nausea"): (4, 6),
    (12, "ALT increased"): (15, 29),
}
UNKNOWN = {  # (number, term) -> unknown parts of start and end: D day, M month too
    (4, "Hypertriglyceridemia"): ("D", ""),
    (6, "Sinus bradycardia"): ("M", "D"),
    (10, "Diarrhea"): ("D", "D"),
    (5, "Fatigue"): ("", "D"),
    (21, "Sinus bradycardia"): ("", "M"),
}


@dataclass(frozen=True)
class Event:
    subject: Subject
    term: str
    first: int
    last: int
    grade: int
    related: bool = False
    serious: str = ""
    action: str = "1"
    outcome: str = "1"
    dlt: bool = False
    verbatim: str = ""
    comment: str = ""
    unknown: tuple[str, str] = ("", "")
    treated: bool = False


def days_of(subject: Subject, term: str, after_stop: bool) -> tuple[int, int]:
    """First and last day: laboratory terms start at a blood draw, late ones after the last dose."""
    life, number = timeline(subject), subject.number
    if (number, term) in FIXED:
        return FIXED[number, term]
    if after_stop:
        first = life.end_of_treatment if term == "Anemia" else life.last_dose + draw(6, 16, number, term)
        return first, first + draw(3, 9, number, term, "late")
    draws = [v.day for v in life.visits.values() if 3 < v.day <= life.last_dose and v.folder != "C1D28"]
    first = (
        pick(draws[:3], number, term)
        if term in LABORATORY
        else draw(3, min(26, life.last_dose - 2), number, term)
    )
    if term == "ECG QT prolonged":
        first = pick(draws[:3], number, term)
    return first, min(first + draw(5, 20, number, term, "length"), life.end_of_study)


@cache
def events() -> tuple[Event, ...]:
    out = []
    for row in table("calibration_ae"):
        subject = subjects()[int(row["subject_no"]) - 1]
        number, term = subject.number, row["aedecod"]
        first, last = days_of(subject, term, row["start_after_last_dose"] == "1")
        out.append(
            Event(
                subject, term, first, last, int(row["toxgr"]), row["related"] == "RELATED",
                serious="" if row["serious"] == "0" else serious_reason(term),
                action=ACTION_CODES[row["aeacn"]], outcome="5" if row["aeout"] == "FATAL" else "1",
                dlt=row["dlt"] == "1",
                verbatim=LONG_TERM if term == "Pleural effusion" else pick(TERMS[term][0], number, term),
                comment=LONG_COMMENT if row["dlt"] == "1" else "",
                unknown=UNKNOWN.get((number, term), ("", "")),
                treated=int(row["toxgr"]) > 1,
            )
        )  # fmt: skip
    return tuple(sorted(out + more_events(), key=lambda event: (event.subject.id, event.first, event.term)))


def serious_reason(term: str) -> str:
    return {"Disease progression": "AESDTH", "ALT increased": "AESMIE"}.get(term, "AESHOSP")


def more_events() -> list[Event]:
    """Events beyond the calibration table; none of them changes a printed count."""
    number = {subject.number: subject for subject in subjects()}
    return [
        # A lower grade of an event that gets worse: the maximum stays grade 2.
        Event(number[12], "ALT increased", 8, 14, 1, True, verbatim="ALT increased, grade 1"),
        # Before the first dose and over before it: not treatment-emergent.
        Event(number[9], "Pyrexia", -6, -4, 1, verbatim="Fever before enrolment"),
        # 32 days after the last dose (day 18): follow-up, outside 30 days; its action has a code of no list.
        Event(number[16], "Anemia", 50, 57, 1, action="9", verbatim="Mild anemia"),
    ]


def forms() -> list[Form]:
    serious = ("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE")
    form = Form("AE", "Adverse Events", [
        "AETERM", "AETERM_CN", "AESTDAT_RAW", "AESTDAT_INT", "AESTDAT_YYYY", "AESTDAT_MM", "AESTDAT_DD",
        "AESTTIM",
        "AEENDAT_RAW", "AEENDAT_INT", "AEENDAT_YYYY", "AEENDAT_MM", "AEENDAT_DD", "AEONGO", "AETOXGR",
        "AETOXGR_STD",
        "AEREL", "AEREL_STD", "AESER", "AESER_STD", *serious, "AEACN", "AEACN_STD", "AEOUT", "AEOUT_STD",
        "AEDLT",
        "AECONTRT", "AECOM", "AEPT", "AEPTCD", "AESOC",
    ], bom=True)  # fmt: skip
    positions: dict[str, int] = {}
    for event in events():
        subject = event.subject
        position = positions[subject.id] = positions.get(subject.id, 0) + 1
        started = subject.on(event.first)
        row = form.add(
            subject.id, "Logs", 99, position, started,
            AETERM=event.verbatim, AETERM_CN=TERMS[event.term][1],
            **date_columns("AESTDAT", started, event.unknown[0], parts=True),
            AESTTIM=start_time(event),
            **date_columns("AEENDAT", subject.on(event.last), event.unknown[1], parts=True), AEONGO="0",
            AETOXGR=f"Grade {event.grade}", AETOXGR_STD=str(event.grade),
            AEREL="Related" if event.related else "Not related",
            AEREL_STD="RELATED" if event.related else "NOT RELATED",
            AESER="Yes" if event.serious else "No", AESER_STD="Y" if event.serious else "N",
            **{name: "1" if name == event.serious else "0" for name in serious},
            AEACN=ACTIONS[event.action], AEACN_STD=event.action,
            AEOUT=OUTCOMES[event.outcome], AEOUT_STD=event.outcome, AEDLT="1" if event.dlt else "0",
            AECONTRT="Y" if event.treated else "N", AECOM=event.comment,
            AEPT=event.term, AESOC=TERMS[event.term][2],
        )  # fmt: skip
        if (subject.number, event.term) == (14, "Diarrhea"):
            form.rows.append(dict(row))  # exported twice, every column equal
    return [form]


def start_time(event: Event) -> str:
    if event.dlt:
        return "16:40"
    return {(1, "Nausea"): "10:30", (8, "Pleural effusion"): "UN:UN"}.get(
        (event.subject.number, event.term), ""
    )
