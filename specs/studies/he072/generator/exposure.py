"""EX: each infusion, its dose in mg/m2 and mg, body surface, delay, reduction and interruption with the reason."""

from __future__ import annotations

from functools import cache

from specs.studies.he072.generator.adverse_events import cause_of
from specs.studies.he072.generator.draws import draw
from specs.studies.he072.generator.facts import Dose, Subject, subjects, table
from specs.studies.he072.generator.forms import Form, clock, coded, typed, yes_no
from specs.studies.he072.generator.timeline import timeline

DELAY_REASONS = {
    1: "Adverse event",
    2: "Subject's personal reason",
    3: "COVID-19 control measures at the site",
}


@cache
def surfaces() -> dict[int, str]:
    """Body surface area in m2 of the subjects with a full pharmacokinetic profile."""
    return {int(row["subject_no"]): row["bsa_m2"] for row in table("pk_body_surface")}


def surface(subject: Subject) -> float:
    """Body surface area in m2, as measured at screening."""
    found = surfaces().get(subject.number)
    return float(found) if found else draw(145, 186, subject.number, "bsa") / 100


def height(subject: Subject) -> int:
    return draw(152, 171, subject.number, "height")


def weight(subject: Subject) -> float:
    """kg that give the body surface by the formula of Mosteller."""
    return round(3600 * surface(subject) ** 2 / height(subject), 1)


def milligrams(subject: Subject, dose: Dose) -> str:
    found = surfaces().get(subject.number)
    if found:  # weighed out exactly: clearance is worked out from it
        tenths, area = int(10 * float(dose.given)), int(found.replace(".", ""))
        whole = tenths * area
        return f"{whole // 100000}.{whole % 100000:05}".rstrip("0").rstrip(".")
    return f"{float(dose.given) * surface(subject):.1f}"


def start_minutes(subject: Subject, dose: Dose) -> int:
    return timeline(subject).infusion + (draw(-20, 40, subject.number, dose.number) if dose.number > 1 else 0)


def infusion_minutes(subject: Subject, dose: Dose) -> int:
    if dose.interrupted:
        return 54  # stopped at 60 % of the bag
    if dose.number == 1 and surfaces().get(subject.number):
        return 90
    return 90 + draw(-2, 6, subject.number, dose.number, "end")


def delay(subject: Subject, dose: Dose) -> dict[str, str]:
    if not dose.delayed:
        return yes_no("EXDELAY", False) if dose.number > 1 else {}
    code = 1 if cause_of(subject, dose) else 2 + draw(0, 1, subject.number, dose.number, "why late")
    return yes_no("EXDELAY", True) | coded("EXDELREA", code, DELAY_REASONS[code])


def adjustment(subject: Subject, dose: Dose, previous: Dose | None) -> dict[str, str]:
    """The level set at this visit: 1 as before, 2 reduced, 3 infusion interrupted, 4 kept at a reduced level."""
    if dose.interrupted:
        return coded("EXADJ", 3, "Infusion interrupted") | {
            "EXADJREA": "Abdominal pain during infusion, stopped"
        }
    if previous and float(dose.given) < float(previous.given) and not previous.interrupted:
        return coded("EXADJ", 2, "Dose reduced") | {
            "EXADJREA": cause_of(subject, dose) or "Investigator's decision"
        }
    return coded("EXADJ", 1, "Dose as before") if previous else coded("EXADJ", 0, "First dose")


def forms() -> list[Form]:
    form = Form("EX", [
        "EXTRT", "EXDT", "EXSTTM", "EXENTM", "EXPLAN", "EXDOSE", "EXDOSEU", "EXMG", "EXMGU", "EXBSA",
        "EXBSAU",
        "EXLOT", "EXDELAY_C", "EXDELAY", "EXDELREA_C", "EXDELREA", "EXADJ_C", "EXADJ", "EXADJREA", "EXND",
        "EXNDREA",
    ])  # fmt: skip
    for subject in subjects():
        previous: Dose | None = None
        for dose in subject.doses:
            start = start_minutes(subject, dose)
            form.add(
                subject, timeline(subject).visit(f"C{dose.number}D1"), EXTRT="HE072",
                EXDT=typed(subject.on(dose.day)), EXSTTM=clock(start),
                EXENTM=clock(start + infusion_minutes(subject, dose)),
                EXPLAN=dose.planned, EXDOSE=dose.given, EXDOSEU="mg/m2", EXMG=milligrams(subject, dose),
                EXMGU="mg",
                EXBSA=f"{surface(subject):.4f}" if subject.number in surfaces() else f"{surface(subject):.2f}",
                EXBSAU="m2", EXLOT=f"L{subject.on(dose.day).year % 100}{1 + subject.on(dose.day).month // 4:02}",
                **delay(subject, dose), **adjustment(subject, dose, previous),
            )  # fmt: skip
            previous = dose
    mess(form)
    form.sort()
    return [form]


def mess(form: Form) -> None:
    """The deliberate irregularities; each is listed in the README of the study."""
    people = {subject.number: subject for subject in subjects()}
    # Times not known, of a dose in the middle of treatment.
    form.find(people[66].id, "C4D1").update({"EXSTTM": "UN:UN", "EXENTM": "UN:UN"})
    # Infusion past midnight is not possible here, but an end typed without the colon is.
    row = form.find(people[79].id, "C3D1")
    row["EXENTM"] = row["EXENTM"].replace(":", "")
    # A planned visit at which nothing was given: dose 0 and the reason, not exposure.
    subject = people[112]
    day = subject.last_dose + 14
    form.add(
        subject, timeline(subject).end_of_treatment, EXTRT="HE072", EXDT=typed(subject.on(day)), EXPLAN="70",
        EXDOSE="0", EXDOSEU="mg/m2", EXMG="0", EXMGU="mg", EXND="1",
        EXNDREA="Subject left for treatment at home town",
    )  # fmt: skip
    form.rows.append(dict(form.find(people[85].id, "C2D1")))
