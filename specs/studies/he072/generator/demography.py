"""DM (demography and consent), IE (eligibility), SF (screen failure) and ENR (allocation to part and cohort)."""

from __future__ import annotations

from datetime import date, timedelta

from specs.studies.he072.generator.draws import chance, draw
from specs.studies.he072.generator.facts import Failure, Subject, everyone, failures
from specs.studies.he072.generator.forms import Form, clock, coded, typed, yes_no
from specs.studies.he072.generator.timeline import SCREENING, Visit

CRITERIA = {
    "IN01": ("Inclusion", "Histologically confirmed TNBC, or HER2-negative breast cancer for cohort 2"),
    "IN02": ("Inclusion", "HER2 negative: IHC 0 or 1+, or FISH negative"),
    "IN03": ("Inclusion", "Progressed after at least two prior lines of therapy, or intolerant"),
    "IN04": ("Inclusion", "At least one measurable lesion by RECIST 1.1"),
    "IN05": ("Inclusion", "ECOG performance status 0 to 2"),
    "IN06": ("Inclusion", "Adequate bone marrow, liver and kidney function"),
    "EX01": ("Exclusion", "Previous treatment with a topoisomerase I inhibitor"),
    "EX04": ("Exclusion", "Radiotherapy within two weeks before the first dose"),
}
SEXES = {"F": (2, "Female"), "M": (1, "Male")}
REASON_CODES = {"Withdrawal": 2, "Lost": 3, "Death": 4}
REASON_WORDS = {
    1: "Eligibility criteria not met", 2: "Withdrawal by subject", 3: "Lost to follow-up", 4: "Death",
}  # fmt: skip


def screening(day: date, consent: date) -> Visit:
    return Visit(SCREENING, (day - consent).days)


def consent_version(day: date) -> str:
    return "3.0" if day > date(2022, 3, 1) else "2.0" if day > date(2021, 8, 20) else "1.0"


def demography_row(form: Form, who: Subject | Failure) -> None:
    age = int(who.row["age"]) if isinstance(who, Subject) else who.age
    sex = who.row["sex"] if isinstance(who, Subject) else who.sex
    fertile = age < 52 and sex == "F"
    # The birthday of the year may still be ahead on the day of consent.
    born = who.consent.year - age - (1 if chance(50, who.number, "birthday ahead") else 0)
    minority = chance(4, who.number, "minority")
    nation = coded("NATION", 2, "Other ethnic group") if minority else coded("NATION", 1, "Han")
    form.add(
        who, Visit(SCREENING, 0),
        ICDT=typed(who.consent), ICTM="" if who.number in (77, 133) else clock(510 + draw(0, 420, who.number, "ic")),
        ICVER=consent_version(who.consent),
        BRTHYR=str(born), AGE=str(age), AGEU="YEARS", **coded("SEX", *SEXES[sex]),
        RACE_C="1", RACE="Asian", **nation,
        COUNTRY="CHN", **yes_no("CHILDB", fertile),
    )  # fmt: skip


def enrolment_row(form: Form, subject: Subject) -> None:
    row = subject.row
    part1 = row["part"] == "1"
    phase = {"ESCALATION": (1, "Dose escalation"), "EXPANSION": (2, "Dose expansion")}
    day = -draw(0, 1, subject.number, "enrolled") or -1
    form.add(
        subject, Visit("ENR", day), ENRDT=typed(subject.on(day)), ENRNO=f"{subject.number:03}",
        **coded("PART", row["part"], "Dose escalation and expansion" if part1 else "Expansion cohorts"),
        **(coded("PHASE", *phase[row["part1_phase"]]) if part1 else {}),
        **coded("COHORT", 2 if subject.brain else 1,
            "HER2-negative BCBM" if subject.brain else "Metastatic TNBC"),
        DOSLVL=row["dose"], DOSLVLU="mg/m2",
    )  # fmt: skip


def forms() -> list[Form]:
    demography = Form("DM", [
        "ICDT", "ICTM", "ICVER", "BRTHYR", "AGE", "AGEU", "SEX_C", "SEX", "RACE_C", "RACE", "NATION_C",
        "NATION",
        "COUNTRY", "CHILDB_C", "CHILDB",
    ])  # fmt: skip
    enrolment = Form("ENR", [
        "ENRDT", "ENRNO", "PART_C", "PART", "PHASE_C", "PHASE", "COHORT_C", "COHORT", "DOSLVL", "DOSLVLU",
    ])  # fmt: skip
    eligibility = Form("IE", ["IEDT", "IEMET_C", "IEMET", "IECAT", "IECRIT", "IETEXT", "IEANS_C", "IEANS"])
    failed = Form("SF", ["SFDT", "SFREAS_C", "SFREAS", "SFTEXT"])
    for who in everyone():
        demography_row(demography, who)
        if isinstance(who, Subject):
            enrolment_row(enrolment, who)
            day = who.on(-1)
            eligibility.add(who, screening(day, who.consent), IEDT=typed(day), **yes_no("IEMET", True))
            continue
        day = who.consent + timedelta(days=draw(2, 15, who.number, "IE"))
        category, text = CRITERIA.get(who.criterion, ("", ""))
        if category:
            eligibility.add(
                who, screening(day, who.consent), IEDT=typed(day), **yes_no("IEMET", False), IECAT=category,
                IECRIT=who.criterion, IETEXT=text, **yes_no("IEANS", category == "Exclusion"),
            )  # fmt: skip
        code = 1 if category else REASON_CODES[who.reason.split()[0]]
        day += timedelta(days=draw(0, 3, who.number, "SF"))
        failed.add(
            who, screening(day, who.consent), SFDT=typed(day), **coded("SFREAS", code, REASON_WORDS[code]),
            SFTEXT=who.reason,
        )  # fmt: skip
    mess(demography, eligibility)
    for form in (demography, enrolment, eligibility, failed):
        form.sort()
    return [demography, enrolment, eligibility, failed]


def mess(demography: Form, eligibility: Form) -> None:
    """The deliberate irregularities; each is listed in the README of the study."""
    people = {who.number: who for who in everyone()}
    demography.find(people[41].id)["SEX"] = "female "
    demography.find(people[60].id)["COUNTRY"] = "CHN "
    eligibility.rows.append(dict(eligibility.find(people[90].id)))
    # A screen failure with a second criterion that was not met.
    two = next(f for f in failures() if f.criterion == "IN04")
    row = eligibility.find(two.id)
    category, text = CRITERIA["IN06"]
    again = dict(row) | {"ITEMSETINDEX": "2", "IECAT": category, "IECRIT": "IN06", "IETEXT": text}
    eligibility.rows.append(again)
