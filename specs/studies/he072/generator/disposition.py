"""EOT (end of treatment), EOS (end of study), SFU (survival follow-up), DTH (death) and SAT (later therapies)."""

from __future__ import annotations

from datetime import timedelta

from specs.studies.he072.generator.draws import chance, draw, pick
from specs.studies.he072.generator.facts import CUT_OFF, Subject, subjects
from specs.studies.he072.generator.forms import Form, coded, typed, yes_no
from specs.studies.he072.generator.timeline import LOG, Visit, timeline

END_REASONS = {
    "PROGRESSION": (1, "Disease progression"), "INTOLERABLE TOXICITY": (2, "Intolerable toxicity"),
    "WITHDRAWAL": (3, "Withdrawal from the study by subject"), "OTHER": (9, "Other"),
}  # fmt: skip
OTHER = {
    5: "Left after dose 1 because of fatigue and nausea, not judged intolerable", 109: "Death",
    95: "Left after dose 1 because of vomiting, not judged intolerable",
}  # fmt: skip
OTHERS = ("Investigator's decision", "Start of another treatment near home", "Protocol deviation")
WITHDRAWN = {
    98: "After the serious event the subject did not want to go on",
    108: "After the serious event withdrew",
}
THERAPIES = (
    "ERIBULIN", "UTIDELONE", "SACITUZUMAB GOVITECAN", "VINORELBINE", "GEMCITABINE; CISPLATIN", "CAPECITABINE",
    "PACLITAXEL, ALBUMIN BOUND; TORIPALIMAB", "ANLOTINIB", "ETOPOSIDE",
)  # fmt: skip
SOURCES = ((1, "Hospital record"), (2, "Relative"), (3, "Registry"))
CONTACT = {1: "Telephone", 2: "Outpatient visit", 3: "Relative by telephone"}


def later_therapy_day(subject: Subject) -> int | None:
    """First day of the next therapy: after the last assessment, and always there where death came later."""
    earliest = max(subject.last_scan, timeline(subject).end_of_treatment.day) + 5
    if subject.number == 109 or earliest >= subject.last_day - 2:
        latest = subject.last_day - 1
        if subject.dead and not subject.progressed and subject.number != 109:
            return max(subject.last_scan + 1, min(earliest, latest))
        return None
    needed = subject.dead and not subject.progressed
    if not needed and not chance(55, subject.number, "later therapy"):
        return None
    return min(earliest + draw(0, 21, subject.number, "later"), subject.last_day - 2)


def end_rows(treatment: Form, subject: Subject) -> None:
    visit = timeline(subject).end_of_treatment
    reason = subject.row["eot_reason"]
    kind = {}
    if reason == "PROGRESSION":
        clinical = subject.row["clinical_pd"] == "1"
        kind = coded("EOTPD", 2 if clinical else 1, "Clinical (symptoms)" if clinical else "Radiological")
    text = {"OTHER": OTHER.get(subject.number) or pick(OTHERS, subject.number, "other"),
            "WITHDRAWAL": WITHDRAWN.get(subject.number, "")}.get(reason, "")  # fmt: skip
    treatment.add(
        subject, visit, EOTDT=typed(subject.on(visit.day)), EOTLSTDT=typed(subject.on(subject.last_dose)),
        **coded("EOTREAS", *END_REASONS[reason]), **kind, EOTTEXT=text,
    )  # fmt: skip


def follow_up(contacts: Form, therapies: Form, subject: Subject) -> None:
    life, started = timeline(subject), later_therapy_day(subject)
    for visit in life.contacts:
        code = draw(1, 3, subject.number, visit.name, "contact")
        began = started is not None and started <= visit.day
        contacts.add(
            subject, visit, SFUDT=typed(subject.on(visit.day)), **coded("SFUMODE", code, CONTACT[code]),
            **coded("SFUSTAT", 1, "Alive"), **yes_no("SFUNEW", began),
        )  # fmt: skip
    if started is not None:
        stop = min(subject.last_day, started + draw(30, 120, subject.number, "until"))
        ongoing = stop == subject.last_day
        therapies.add(
            subject, LOG, SATTRT=pick(THERAPIES, subject.number, "therapy"),
            **coded("SATTYPE", 1, "Systemic therapy"),
            SATSTDT=typed(subject.on(started)), SATENDT="" if ongoing else typed(subject.on(stop)),
            **yes_no("SATONGO", ongoing),
        )  # fmt: skip


def study_end(study: Form, death: Form, subject: Subject) -> None:
    day = subject.on(subject.last_day)
    if subject.dead:
        fatal = subject.number == 54
        death.add(
            subject, Visit("DTH", subject.last_day), DTHDT=typed(day),
            **coded("DTHCAUS", 2 if fatal else 1, "Adverse event" if fatal else "Disease progression"),
            DTHTEXT="Brain and lung metastases found after dose 5" if fatal else "",
            **coded("DTHSRC", *pick(SOURCES, subject.number, "source")),
        )  # fmt: skip
        study.add(subject, Visit("EOS", subject.last_day), EOSDT=typed(day), **coded("EOSREAS", 2, "Death"))
    elif (CUT_OFF - day).days > 120:
        withdrew = subject.row["eot_reason"] == "WITHDRAWAL"
        code, text = (3, "Withdrawal of consent") if withdrew else (4, "Lost to follow-up")
        study.add(subject, Visit("EOS", subject.last_day), EOSDT=typed(day), **coded("EOSREAS", code, text))


def forms() -> list[Form]:
    treatment = Form("EOT", ["EOTDT", "EOTLSTDT", "EOTREAS_C", "EOTREAS", "EOTPD_C", "EOTPD", "EOTTEXT"])
    study = Form("EOS", ["EOSDT", "EOSREAS_C", "EOSREAS"])
    contacts = Form("SFU", [
        "SFUDT", "SFUMODE_C", "SFUMODE", "SFUSTAT_C", "SFUSTAT", "SFUNEW_C", "SFUNEW", "SFUND", "SFUNDREA",
    ])  # fmt: skip
    death = Form("DTH", ["DTHDT", "DTHCAUS_C", "DTHCAUS", "DTHTEXT", "DTHSRC_C", "DTHSRC"])
    therapies = Form("SAT", ["SATTRT", "SATTYPE_C", "SATTYPE", "SATSTDT", "SATENDT", "SATONGO_C", "SATONGO"])
    for subject in subjects():
        end_rows(treatment, subject)
        follow_up(contacts, therapies, subject)
        study_end(study, death, subject)
    mess(contacts, therapies)
    for form in (treatment, study, contacts, death, therapies):
        form.sort()
    return [treatment, study, contacts, death, therapies]


def mess(contacts: Form, therapies: Form) -> None:
    """The deliberate irregularities; each is listed in the README of the study."""
    people = {subject.number: subject for subject in subjects()}
    # A contact that was tried in vain, and one entered after the data cut-off.
    for number in (61, 79):
        subject = people[number]
        visit = timeline(subject).contacts[0]
        contacts.add(
            subject,
            Visit("SFU0", visit.day - 9),
            SFUND="1",
            SFUNDREA="Telephone not answered, three attempts",
        )
    last = next(subject for subject in subjects() if subject.on(subject.last_day) == CUT_OFF)
    after = timeline(last).contacts[-1]
    contacts.add(
        last, Visit(f"SFU{len(timeline(last).contacts) + 1}", after.day + 9),
        SFUDT=typed(CUT_OFF + timedelta(days=9)),
        **coded("SFUMODE", 1, CONTACT[1]), **coded("SFUSTAT", 1, "Alive"), **yes_no("SFUNEW", False),
    )  # fmt: skip
    # Start of the next therapy with its month only: later than the month of progression.
    for subject in subjects():
        start = later_therapy_day(subject)
        scanned = subject.on(subject.last_scan)
        if subject.progressed and start and f"{subject.on(start):%Y%m}" > f"{scanned:%Y%m}":
            row = therapies.find(subject.id)
            row["SATSTDT"] = "UN" + row["SATSTDT"][2:]
            break
