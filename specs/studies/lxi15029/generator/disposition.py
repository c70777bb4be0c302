"""EOT (end of treatment), EOS (end of study), DD (death), FU (follow-up contacts), DV (deviations)."""

from __future__ import annotations

from specs.studies.lxi15029.generator.facts import Subject, subjects
from specs.studies.lxi15029.generator.rave import Form, date_columns
from specs.studies.lxi15029.generator.timeline import DEATH, timeline

TREATMENT_END = {
    "COMPLETED": ("Completed study treatment", "COMPLETED"),
    "ADVERSE EVENT": ("Adverse event", "ADVERSE EVENT"),
    "CONSENT WITHDRAWAL": ("Withdrawal of consent by subject", "WITHDRAWAL BY SUBJECT"),
    "PROTOCOL DEVIATION": ("Protocol deviation", "PROTOCOL DEVIATION"),
    "DLT": ("Dose-limiting toxicity", "DOSE LIMITING TOXICITY"),
}
NO_PROGRESSION = {3, 6, 23}
STUDY_END = {
    7: ("Death", "DEATH"),
    13: ("Withdrawal of consent by subject", "WITHDRAWAL BY SUBJECT"),
    15: ("Lost to follow-up", "LOST TO FOLLOW-UP"),
}


def treatment_end_text(subject: Subject) -> str:
    if subject.disposition == "COMPLETED":
        if subject.number in NO_PROGRESSION:
            return "Treatment as planned until the dose group was closed; no progression so far"
        return "Treated until disease progression as planned in the protocol"
    return {
        13: "Subject did not wish to continue the visits",
        16: "Pneumonia",
        17: "Enrolled at an age above the limit of 65 years, found at monitoring",
        22: "Grade 3 ALT increased",
        24: "Intestinal obstruction",
    }[subject.number]


def forms() -> list[Form]:
    treatment = Form("EOT", "End of Treatment", [
        "EOTDAT_RAW", "EOTDAT_INT", "LSTDOSDAT_RAW", "LSTDOSDAT_INT", "EOTREAS", "EOTREAS_STD", "EOTSP",
    ])  # fmt: skip
    study = Form("EOS", "End of Study", ["EOSDAT_RAW", "EOSDAT_INT", "EOSREAS", "EOSREAS_STD"])
    death = Form("DD", "Death", ["DTHDAT_RAW", "DTHDAT_INT", "DTHCAUS", "DTHCAUS_STD", "AUTOPYN"])
    contacts = Form("FU", "Survival Follow-up", [
        "FUDAT_RAW", "FUDAT_INT", "FUMETH", "FUSTAT", "FUSTAT_STD", "FUNACT", "FUNACTDAT_RAW",
        "FUNACTDAT_INT",
    ])  # fmt: skip
    deviations = Form("DV", "Protocol Deviations", ["DVDAT_RAW", "DVDAT_INT", "DVTERM", "DVCAT", "DVCAT_STD"])
    for subject in subjects():
        life = timeline(subject)
        day = subject.on(life.end_of_treatment)
        reason, code = TREATMENT_END[subject.disposition]
        treatment.add(
            subject.id, "EOT", 50, 1, day, **date_columns("EOTDAT", day),
            **date_columns("LSTDOSDAT", subject.on(life.last_dose)),
            EOTREAS=reason, EOTREAS_STD=code, EOTSP=treatment_end_text(subject),
        )  # fmt: skip
        if subject.number in DEATH:
            day = subject.on(DEATH[subject.number])
            death.add(
                subject.id, "EOT", 50, 1, day, **date_columns("DTHDAT", day),
                DTHCAUS="Disease progression", DTHCAUS_STD="1", AUTOPYN="N",
            )  # fmt: skip
        if life.follow_up and life.end_of_study > life.follow_up:
            day = subject.on(life.end_of_study)
            therapy = {2: "PACLITAXEL", 4: "ERIBULIN", 10: "PAZOPANIB", 23: "ANLOTINIB"}.get(
                subject.number, ""
            )
            start = subject.on(life.end_of_study - 12) if therapy else None
            contacts.add(
                subject.id, "Survival Follow-up", 52, 1, day, **date_columns("FUDAT", day),
                FUMETH="TELEPHONE",
                FUSTAT="Alive", FUSTAT_STD="ALIVE", FUNACT=therapy,
                **date_columns("FUNACTDAT", start, "D" if subject.number == 2 else ""),
            )  # fmt: skip
        day = subject.on(life.end_of_study)
        reason, code = STUDY_END.get(subject.number, ("Completed follow-up", "COMPLETED"))
        study.add(
            subject.id, "EOS", 53, 1, day, **date_columns("EOSDAT", day), EOSREAS=reason, EOSREAS_STD=code
        )
    for number, day_number, text, kind, code in (
        (14, 19, "Visit C1D15 on day 19, outside the window of +/- 1 day", "Visit out of window", "VISIT"),
        (
            17,
            1,
            "Age 66 years at consent, above the limit of 65 years",
            "Eligibility criteria",
            "ELIGIBILITY",
        ),
        (1, 1, "PK sample at 6 h not collected (vein access failed)", "Missed assessment", "ASSESSMENT"),
    ):
        subject = subjects()[number - 1]
        day = subject.on(day_number)
        deviations.add(
            subject.id,
            "Logs",
            99,
            1,
            day,
            **date_columns("DVDAT", day),
            DVTERM=text,
            DVCAT=kind,
            DVCAT_STD=code,
        )
    return [treatment, study, death, contacts, deviations]
