"""SV (visits held, missed and unscheduled), DV (protocol deviations) and CO (comments of the site)."""

from __future__ import annotations

from specs.studies.he072.generator.facts import Subject, failures, subjects
from specs.studies.he072.generator.forms import Form, coded, typed, yes_no
from specs.studies.he072.generator.timeline import LATE, LOG, MISSED, Visit, timeline
from specs.studies.he072.generator.tumour_course import course

COMMENT = (
    "Subject called the study nurse in the evening of the infusion because of loose stools, four times in six "
    "hours, was told to begin loperamide as instructed and to drink; the next morning the stools had stopped. She "
    "did not come to the site. The event is on the adverse event page with the grade that the investigator gave "
    "after reading the diary."
)


def held(subject: Subject) -> list[Visit]:
    life = timeline(subject)
    scans = [scan.visit for scan in course(subject).scans]
    return sorted([*life.all_visits, *scans, *life.contacts], key=lambda visit: (visit.day, visit.name))


def forms() -> list[Form]:
    visits = Form("SV", ["SVDT", "SVENDT", "SVOCC_C", "SVOCC", "SVTYPE_C", "SVTYPE", "SVNDREA"])
    deviations = Form("DV", ["DVDT", "DVCAT_C", "DVCAT", "DVTERM"])
    comments = Form("CO", ["COFORM", "COTEXT"])
    for subject in subjects():
        for visit in held(subject):
            unscheduled = visit.name == "UNS"
            first = subject.consent if visit.name == "SCR" else subject.on(visit.day)
            visits.add(
                subject, visit, SVDT=typed(first), SVENDT=typed(subject.on(visit.day)),
                **yes_no("SVOCC", True),
                **coded("SVTYPE", 2 if unscheduled else 1, "Unscheduled" if unscheduled else "Planned"),
            )  # fmt: skip
        for number, cycle in sorted(MISSED):
            if number == subject.number:
                visits.add(
                    subject, Visit(f"C{cycle}D8", 0), **yes_no("SVOCC", False),
                    **coded("SVTYPE", 1, "Planned"),
                    SVNDREA="COVID-19 control measures",
                )  # fmt: skip
        for (number, name), day in LATE.items():
            if number == subject.number:
                deviations.add(
                    subject, LOG, DVDT=typed(subject.on(day)), **coded("DVCAT", 2, "Visit out of window"),
                    DVTERM=f"{name} on day {day}, outside the window of 2 days",
                )  # fmt: skip
        if subject.row["er_gt10"] == "1":
            deviations.add(
                subject, LOG, DVDT=typed(subject.on(-1)), **coded("DVCAT", 1, "Eligibility criteria"),
                DVTERM="Enrolled in the TNBC cohort with estrogen receptor above 10 %",
            )  # fmt: skip
        if subject.number in (66, 71):
            comments.add(subject, LOG, COFORM="AE" if subject.number == 71 else "EX",
                COTEXT=COMMENT if subject.number == 71
                         else "Times of the infusion of cycle 4 not in the source documents")  # fmt: skip
    for failure in failures():
        visits.add(
            failure, Visit("SCR", 0), SVDT=typed(failure.consent), SVENDT=typed(failure.consent),
            **yes_no("SVOCC", True),
            **coded("SVTYPE", 1, "Planned"),
        )  # fmt: skip
    for form in (visits, deviations, comments):
        form.sort()
    return [visits, deviations, comments]
