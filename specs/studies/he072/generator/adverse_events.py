"""AE (adverse events) and DLT (dose-limiting toxicity assessment of the escalation)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from specs.studies.he072.generator.draws import chance, draw, pick
from specs.studies.he072.generator.facts import Dose, Row, Subject, by_subject, subjects
from specs.studies.he072.generator.forms import Form, coded, typed, yes_no
from specs.studies.he072.generator.timeline import LOG, timeline

# Terms of the article, and how sites write them.
VERBATIM = {
    "leukopenia": ("Leukopenia", "WBC decreased", "white blood cell count decreased"),
    "anemia": ("Anemia", "anaemia", "Hemoglobin decreased"),
    "neutropenia": ("Neutropenia", "neutrophil count decreased", "ANC decreased"),
    "lymphocytopenia": ("Lymphocytopenia", "lymphocyte count decreased"),
    "thrombocytopenia": ("Thrombocytopenia", "platelet count decreased", "PLT low"),
    "diarrhea": ("Diarrhea", "diarrhoea", "loose stools"),
    "nausea": ("Nausea", "nausea"), "vomiting": ("Vomiting", "vomiting", "emesis"),
    "fatigue": ("Fatigue", "tiredness"), "weight loss": ("Weight loss", "weight decreased"),
    "decreased appetite": ("Decreased appetite", "poor appetite", "anorexia"),
    "abdominal pain": ("Abdominal pain", "stomach ache"), "hypokalemia": ("Hypokalemia", "low potassium"),
    "GGT increased": ("GGT increased", "gamma-GT elevation"),
    "ALT increased": ("ALT increased", "increased ALT"),
    "AST increased": ("AST increased", "increased AST"), "ALP increased": ("ALP increased", "increased ALP"),
    "hyponatremia": ("Hyponatremia", "low sodium"),
    "hypoproteinemia": ("Hypoproteinemia", "low total protein"),
    "hyperuricemia": ("Hyperuricemia", "uric acid increased"),
    "hypocalcemia": ("Hypocalcemia", "low calcium"),
    "albuminuria": ("Albuminuria", "urine protein positive"),
    "upper abdominal pain": ("Upper abdominal pain",), "coma": ("Coma",),
}  # fmt: skip
# Terms that the article prints: only these stand in the coded column.
PRINTED = {
    "leukopenia": "Leukopenia", "anemia": "Anemia", "neutropenia": "Neutropenia",
    "lymphocytopenia": "Lymphocytopenia", "thrombocytopenia": "Thrombocytopenia", "diarrhea": "Diarrhea",
    "nausea": "Nausea", "vomiting": "Vomiting", "fatigue": "Fatigue", "weight loss": "Weight loss",
    "decreased appetite": "Decreased appetite", "abdominal pain": "Abdominal pain",
    "hypokalemia": "Hypokalemia",
    "GGT increased": "γ-GGT elevation", "ALT increased": "Increased ALT", "hyponatremia": "Hyponatremia",
    "AST increased": "Increased AST", "hypoproteinemia": "Hypoproteinemia", "hyperuricemia": "Hyperuricemia",
    "hypocalcemia": "Hypocalcemia", "albuminuria": "Albuminuria", "ALP increased": "Increased ALP",
    "upper abdominal pain": "Upper abdominal pain", "coma": "Coma",
}  # fmt: skip
BLOOD = {"leukopenia", "anemia", "neutropenia", "lymphocytopenia", "thrombocytopenia"}
CHEMISTRY = {
    "hypokalemia", "GGT increased", "ALT increased", "AST increased", "ALP increased", "hyponatremia",
    "hypoproteinemia", "hyperuricemia", "hypocalcemia",
}  # fmt: skip
SERIOUSNESS = ("SAEDTH", "SAELIFE", "SAEHOSP", "SAEDISAB", "SAECONG", "SAEMIE")
ACTIONS = {
    1: "Dose not changed",
    2: "Dose reduced",
    3: "Drug interrupted",
    4: "Drug withdrawn",
    5: "Not applicable",
}
OUTCOMES = {1: "Recovered/Resolved", 2: "Recovering/Resolving", 3: "Not recovered", 5: "Fatal"}


@dataclass(frozen=True)
class Event:
    subject: Subject
    term: str  # of the calibration table
    grade: int
    first: int  # study days
    last: int
    related: bool
    serious: bool
    action: int
    fatal: bool
    dlt: bool
    episode: int = 1


def start_days(subject: Subject, term: str, grade: int) -> list[int]:
    """Days on which an event may start: laboratory ones on a day of sampling."""
    until = min(subject.last_dose + 24, subject.last_day - 1)
    sampled = [visit.day for visit in timeline(subject).treatment if 1 < visit.day <= until]
    if term in BLOOD:
        nadirs = [v.day for v in timeline(subject).treatment if v.name.endswith("D8") and v.day <= until]
        return (nadirs if grade >= 3 else sampled) or nadirs or sampled or [min(8, until)]
    if term in CHEMISTRY or term == "albuminuria":
        chemistry = [v.day for v in timeline(subject).treatment
                     if 1 < v.day <= until and (v.name.endswith("D1") or v.name == "C1D8")]  # fmt: skip
        return chemistry or sampled or [min(8, until)]
    return [dose.day + draw(1, 6, subject.number, term, dose.number) for dose in subject.doses
            if dose.day + 6 <= until] or [min(2, until)]  # fmt: skip


def first_day(subject: Subject, term: str, grade: int, dlt: bool, withdrawn: bool) -> int:
    days = start_days(subject, term, grade)
    if dlt:
        return 4 if term == "nausea" else 5
    if withdrawn:
        return min(subject.last_dose + draw(3, 7, subject.number, term), subject.last_day - 1)
    early = days[: max(1, (len(days) + 1) // 2)]
    return pick(early, subject.number, term, "start")


def _event(subject: Subject, row: Row) -> Event:
    term, grade = row["aedecod"], int(row["max_toxgr"])
    withdrawn, fatal, dlt = row["aeacn"] == "DRUG WITHDRAWN", row["aeout"] == "FATAL", row["dlt"] == "1"
    first = 59 if fatal else first_day(subject, term, grade, dlt, withdrawn)
    last = first + (
        draw(3, 12, subject.number, term, "days") if grade < 3 else draw(5, 16, subject.number, term, "days")
    )
    last = subject.last_day if fatal else max(first, min(last, subject.last_day))
    action = {"DRUG WITHDRAWN": 4, "NOT APPLICABLE": 5}.get(row["aeacn"], 1)
    return Event(
        subject,
        term,
        grade,
        first,
        last,
        row["related"] == "RELATED",
        row["serious"] == "1",
        action,
        fatal,
        dlt,
    )


@cache
def events() -> tuple[Event, ...]:
    """All adverse events on treatment, the strongest of each term and milder returns of some."""
    rows = by_subject("calibration_ae")
    out: list[Event] = []
    for subject in subjects():
        own = [_event(subject, row) for row in rows.get(subject.number, [])]
        own = adjusted(subject, own)
        again = [milder(event) for event in own if chance(22, subject.number, event.term, "again")]
        own += [event for event in again if event]
        out += sorted(own, key=lambda event: (event.first, event.term, event.episode))
    return tuple(out)


def adjusted(subject: Subject, own: list[Event]) -> list[Event]:
    """Gives each reduction and most delays an event that led to it, begun in the cycle before."""
    for dose in subject.doses[1:]:
        lower = _first_at_level(subject, dose)
        if not (dose.delayed or lower):
            continue
        if not lower and chance(30, subject.number, dose.number, "personal"):
            continue
        before = subject.doses[dose.number - 2].day
        free = [
            (event.grade, -index) for index, event in enumerate(own)
            if event.related and event.action == 1 and not event.dlt
        ]  # fmt: skip
        fitting = [each for each in free if before < own[-each[1]].first < dose.day]
        if fitting or (lower and free):
            index = -max(fitting or free)[1]
            first = own[index].first if fitting else moved(subject, own[index], before, dose.day)
            last = min(max(own[index].last, first + 2), dose.day)
            own[index] = replace(own[index], action=2 if lower else 3, first=first, last=last)
    return own


def moved(subject: Subject, event: Event, after: int, until: int) -> int:
    """A start between two doses: the day of the visit there, or a few days after the dose."""
    visits = [visit.day for visit in timeline(subject).treatment if after < visit.day < until]
    return visits[0] if visits else min(after + draw(2, 5, subject.number, event.term, "moved"), until - 1)


def _first_at_level(subject: Subject, dose: Dose) -> bool:
    previous = subject.doses[dose.number - 2]
    return not previous.interrupted and float(dose.given) < float(previous.given) and not dose.interrupted


def milder(event: Event) -> Event | None:
    """A return of the same term at a lower grade, after the first has ended."""
    if event.grade < 2 or event.serious or event.action >= 4 or event.dlt:
        return None
    days = [day for day in start_days(event.subject, event.term, 1) if day > event.last + 2]
    if not days:
        return None
    first = days[0]
    last = min(first + draw(2, 8, event.subject.number, event.term, "again"), event.subject.last_day)
    return replace(event, grade=event.grade - 1, first=first, last=last, action=1, episode=2)


def cause_of(subject: Subject, dose: Dose) -> str:
    """The verbatim term of the event that a delay or reduction at this dose came from; empty for none."""
    before = subject.doses[dose.number - 2].day
    wanted = (2,) if _first_at_level(subject, dose) else (2, 3)
    for event in events():
        if event.subject == subject and event.action in wanted and before < event.first < dose.day:
            return verbatim(event)
    return ""


def verbatim(event: Event) -> str:
    words = VERBATIM.get(event.term)
    if not words:
        return event.term.capitalize()
    return pick(words, event.subject.number, event.term, event.episode)


LONG = (
    "Sepsis with positive blood culture; admitted through the emergency department on the evening of the onset "
    "with chills and a temperature of 39.6 C, treated with meropenem for ten days, central venous catheter removed, "
    "follow-up culture negative; not related to the study drug in the opinion of the investigator"
)


def event_row(form: Form, event: Event, item: int) -> None:
    ongoing = not event.fatal and event.last >= event.subject.last_day and event.episode == 2
    outcome = 5 if event.fatal else 3 if ongoing else 1
    reason = "SAEDTH" if event.fatal else "SAELIFE" if event.grade == 4 and event.serious else "SAEHOSP"
    flags: Row = {}
    if event.serious:
        for name in SERIOUSNESS:
            flags |= yes_no(name, name == reason)
    form.add(
        event.subject, LOG, item, AETERM=LONG if event.term == "sepsis" else verbatim(event),
        AEPT=PRINTED.get(event.term, ""), AESTDT=typed(event.subject.on(event.first)),
        AEENDT="" if ongoing or event.fatal else typed(event.subject.on(event.last)),
        **yes_no("AEONGO", ongoing), AEGR=str(event.grade),
        **coded("AEREL", *((3, "Possibly related") if event.related and chance(60, event.subject.number, event.term)
                           else (4, "Probably related") if event.related else (1, "Not related"))),
        **yes_no("AESER", event.serious), **flags, **coded("AEACN", event.action, ACTIONS[event.action]),
        **coded("AEOUT", outcome, OUTCOMES[outcome]), **yes_no("AEDLT", event.dlt),
        **yes_no("AECM", event.grade >= 2 and event.term not in ("weight loss", "fatigue")),
    )  # fmt: skip


def forms() -> list[Form]:
    flags = [f"{name}{end}" for name in SERIOUSNESS for end in ("_C", "")]
    form = Form("AE", [
        "AETERM", "AEPT", "AEPTCD", "AELLT", "AELLTCD", "AESOC", "AESOCCD", "AESTDT", "AEENDT", "AEONGO_C",
        "AEONGO",
        "AEGR", "AEREL_C", "AEREL", "AESER_C", "AESER", *flags, "AEACN_C", "AEACN", "AEOUT_C", "AEOUT",
        "AEDLT_C",
        "AEDLT", "AECM_C", "AECM",
    ])  # fmt: skip
    for subject in subjects():
        own = [event for event in events() if event.subject == subject]
        for item, event in enumerate(own, 1):
            event_row(form, event, item)
    limiting = Form("DLT", ["DLTDT", "DLTEVAL_C", "DLTEVAL", "DLTYN_C", "DLTYN", "DLTTERM", "DLTNEREA"])
    for subject in subjects():
        if subject.row["part1_phase"] == "ESCALATION":
            found = [event for event in events() if event.subject == subject and event.dlt]
            limiting.add(
                subject, timeline(subject).visit("C1D1"), DLTDT=typed(subject.on(min(29, subject.last_day))),
                **yes_no("DLTEVAL", True), **yes_no("DLTYN", bool(found)),
                DLTTERM="; ".join(f"Grade {event.grade} {event.term}" for event in found),
            )  # fmt: skip
    mess(form)
    for each in (form, limiting):
        each.sort()
    return [form, limiting]


def mess(form: Form) -> None:
    """The deliberate irregularities; each is listed in the README of the study."""
    people = {subject.number: subject for subject in subjects()}

    def mild(number: int, skip: int = 0) -> Row:
        rows = [r for r in form.rows if r["SUBJECTNUMBERSTR"] == people[number].id and r["AESER_C"] == "0"
                and r["AEACN_C"] == "1" and int(r["AEGR"]) <= 2 and r["AEENDT"]]  # fmt: skip
        return rows[skip]

    for number in (22, 48, 72, 105):  # only the month of the start is known
        row = mild(number)
        row["AESTDT"] = "UN" + row["AESTDT"][2:]
    row = mild(63)
    row["AESTDT"] = "UN-UNK" + row["AESTDT"][6:]
    row["AEENDT"] = "UN-UNK" + row["AEENDT"][6:]
    mild(64)["AEENDT"] = "UN" + mild(64)["AEENDT"][2:]
    mild(35)["AEACN_C"] = "9"  # a code that the list does not have, decoded as it was typed
    mild(35)
    mild(50, 1)["AETERM"] += "   "
    mild(58)["AEREL"] = "POSSIBLY RELATED"
    form.rows.append(dict(mild(80, 1)))  # entered twice
    row = mild(83, 2)
    row |= {"AESTDT": row["AEENDT"], "AEENDT": row["AESTDT"]}  # end and start exchanged
    # Before treatment, so not treatment emergent; the article prints no such term.
    for number, term, day in ((29, "Insomnia", -4), (60, "Pain at biopsy site", -6)):
        subject = people[number]
        form.add(
            subject, LOG, 90, AETERM=term, AESTDT=typed(subject.on(day)), AEENDT=typed(subject.on(-1)),
            **yes_no("AEONGO", False), AEGR="1", **coded("AEREL", 1, "Not related"), **yes_no("AESER", False),
            **coded("AEACN", 5, "Not applicable"), **coded("AEOUT", 1, OUTCOMES[1]), **yes_no("AEDLT", False),
            **yes_no("AECM", False),
        )  # fmt: skip
    orphan = dict(mild(83)) | {
        "SUBJECTNUMBERSTR": "99-001",
        "SITEMNEMONIC": "99",
        "AETERM": "Nausea",
        "AEPT": "Nausea",
    }
    form.rows.append(orphan)
