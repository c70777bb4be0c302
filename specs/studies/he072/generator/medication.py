"""CM: premedication before each infusion, drugs for adverse events, and long-term drugs."""

from __future__ import annotations

from specs.studies.he072.generator.adverse_events import events
from specs.studies.he072.generator.draws import chance, draw, pick
from specs.studies.he072.generator.exposure import start_minutes
from specs.studies.he072.generator.facts import subjects
from specs.studies.he072.generator.forms import Form, clock, coded, typed, yes_no
from specs.studies.he072.generator.timeline import LOG

ANTIEMETICS = (("TROPISETRON", "5"), ("RAMOSETRON", "0.3"), ("PALONOSETRON", "0.25"))
FOR_EVENT = {  # drug, dose, unit, frequency, route
    "diarrhea": ("LOPERAMIDE", "2", "mg", "Q2H", "Oral"),
    "vomiting": ("METOCLOPRAMIDE", "10", "mg", "TID", "Intramuscular"),
    "nausea": ("OLANZAPINE", "5", "mg", "QD", "Oral"),
    "neutropenia": ("RECOMBINANT HUMAN G-CSF", "300", "ug", "QD", "Subcutaneous"),
    "leukopenia": ("RECOMBINANT HUMAN G-CSF", "200", "ug", "QD", "Subcutaneous"),
    "hypokalemia": ("POTASSIUM CHLORIDE SUSTAINED RELEASE", "1", "g", "TID", "Oral"),
    "ALT increased": ("BICYCLOL", "25", "mg", "TID", "Oral"),
    "thrombocytopenia": ("RECOMBINANT HUMAN THROMBOPOIETIN", "15000", "U", "QD", "Subcutaneous"),
    "anemia": ("POLYSACCHARIDE IRON COMPLEX", "150", "mg", "BID", "Oral"),
    "sepsis": ("MEROPENEM", "1", "g", "Q8H", "Intravenous"),
    "pneumonia": ("MOXIFLOXACIN", "400", "mg", "QD", "Intravenous"),
    "abdominal pain": ("ANISODAMINE", "10", "mg", "ONCE", "Intramuscular"),
}  # fmt: skip
LONG_TERM = (("AMLODIPINE", "5", "mg", "Hypertension"), ("METFORMIN", "0.5", "g", "Type 2 diabetes"),
             ("ENTECAVIR", "0.5", "mg", "Hepatitis B carrier"))  # fmt: skip


def forms() -> list[Form]:
    form = Form("CM", [
        "CMTRT", "CMDECOD", "CMATC", "CMCAT_C", "CMCAT", "CMINDC", "CMDOSE", "CMDOSU", "CMFREQ", "CMROUTE",
        "CMSTDT", "CMSTTM",
        "CMENDT", "CMONGO_C", "CMONGO", "CMAENO",
    ])  # fmt: skip
    for subject in subjects():
        item = 0
        for dose in subject.doses:
            drug, amount = pick(ANTIEMETICS, subject.number, "antiemetic")
            before = start_minutes(subject, dose) - draw(10, 29, subject.number, dose.number, "premedication")
            for name, much in ((drug, amount), ("DEXAMETHASONE", "12")):
                item += 1
                form.add(
                    subject, LOG, item, CMTRT=name, **coded("CMCAT", 1, "Premedication"),
                    CMINDC="Prophylaxis of vomiting",
                    CMDOSE=much, CMDOSU="mg", CMFREQ="ONCE", CMROUTE="Intravenous",
                    CMSTDT=typed(subject.on(dose.day)),
                    CMSTTM=clock(before), CMENDT=typed(subject.on(dose.day)), **yes_no("CMONGO", False),
                )  # fmt: skip
        for number, event in enumerate([event for event in events() if event.subject == subject], 1):
            if event.grade >= 2 and event.term in FOR_EVENT:
                item += 1
                name, much, unit, often, route = FOR_EVENT[event.term]
                form.add(
                    subject, LOG, item, CMTRT=name, **coded("CMCAT", 2, "Concomitant medication"),
                    CMINDC=event.term.capitalize(),
                    CMDOSE=much, CMDOSU=unit, CMFREQ=often, CMROUTE=route,
                    CMSTDT=typed(subject.on(event.first)),
                    CMENDT=typed(subject.on(event.last)), **yes_no("CMONGO", False), CMAENO=str(number),
                )  # fmt: skip
        for name, much, unit, reason in LONG_TERM:
            if chance(12, subject.id, reason):
                item += 1
                form.add(
                    subject, LOG, item, CMTRT=name, **coded("CMCAT", 2, "Concomitant medication"),
                    CMINDC=reason, CMDOSE=much,
                    CMDOSU=unit, CMFREQ="QD", CMROUTE="Oral",
                    CMSTDT=f"UN-UNK-{subject.first_dose.year - draw(1, 6, subject.id, name)}",
                    **yes_no("CMONGO", True),
                )  # fmt: skip
    people = {subject.number: subject for subject in subjects()}
    form.find(people[46].id, CMTRT="DEXAMETHASONE")["CMSTTM"] = "UN:UN"
    form.find(people[47].id, CMTRT="DEXAMETHASONE")["CMDOSU"] = "MG"
    form.find(people[50].id, CMCAT_C="2")["CMFREQ"] = "as needed"
    form.rows.append(dict(form.find(people[52].id, CMCAT_C="1")))
    form.sort()
    return [form]
