"""DM, IC (informed consents), IE and SF."""

from __future__ import annotations

from datetime import date, timedelta

from specs.studies.lxi15029.generator.draws import draw
from specs.studies.lxi15029.generator.facts import Failure, Subject, failures, subjects
from specs.studies.lxi15029.generator.rave import Form, clock, date_columns
from specs.studies.lxi15029.generator.timeline import timeline

VERSIONS = (("V1.0", date(2017, 4, 10)), ("V2.0", date(2018, 6, 1)), ("V3.0", date(2020, 6, 5)))
RECONSENTED = {3: date(2018, 6, 12), 5: date(2018, 6, 14), 6: date(2018, 6, 15)}
PARTIAL_BIRTH = {"022": "M", "031": "D"}
SEXES = {"F": "Female", "M": "Male"}
CRITERIA = {
    "IN01": ("INCLUSION", "Age 18 to 65 years"),
    "IN02": ("INCLUSION", "Histologically or cytologically confirmed advanced malignant solid tumor"),
    "IN03": ("INCLUSION", "Failure of routine therapy or no conventional standard therapy"),
    "IN04": ("INCLUSION", "ECOG performance status 0 or 1"),
    "IN05": ("INCLUSION", "Life expectancy of more than 3 months"),
    "IN06": ("INCLUSION", "Acceptable organ and bone marrow function"),
    "EX01": ("EXCLUSION", "Prior or current treatment with PI3K or mTOR inhibitors"),
}


def birth_date(consent: date, age: int, *words: object) -> date:
    """A birth date that gives ``age`` at consent and still at the first dose a few weeks later."""
    return date(consent.year - age, consent.month, min(consent.day, 28)) - timedelta(
        days=draw(20, 300, *words)
    )


def demography_row(form: Form, who: Subject | Failure, consent: date) -> None:
    races = dict.fromkeys((f"RACE{n}" for n in range(1, 7)), "0") | {"RACE2": "1"}
    if who.id == "027":
        races["RACE5"] = "1"
    if who.id == "031":
        races |= {"RACE2": "0", "RACE6": "1"}
    dose = str(who.dose) if isinstance(who, Subject) else ""
    born = birth_date(consent, who.age, who.id, "birth")
    form.add(
        who.id, "Screening", 1, 1, consent,
        **date_columns("BRTHDAT", born, PARTIAL_BIRTH.get(who.id, ""), parts=True),
        SEX=SEXES[who.sex], SEX_STD=who.sex,
        **races, RACEOTH="Not disclosed" if races["RACE6"] == "1" else "",
        ETHNIC="Unknown" if who.id in ("012", "031") else "Not Hispanic or Latino",
        ETHNIC_STD="UNKNOWN" if who.id in ("012", "031") else "NOT HISPANIC OR LATINO",
        **date_columns("ICDAT", consent), COUNTRY="CHN",
        DOSELVL=f"{dose} mg BID" if dose else "", DOSELVL_STD=dose,
    )  # fmt: skip


def consent_version(day: date) -> str:
    return [name for name, since in VERSIONS if since <= day][-1]


def consent_rows(form: Form, who: Subject | Failure, consent: date) -> None:
    kinds = [("MAIN", "Main study consent", consent)]
    if isinstance(who, Subject):
        if draw(1, 10, who.id, "substudy") <= 5:
            kinds.append(
                ("PKSUB", "PK sub-study consent", consent + timedelta(days=draw(0, 2, who.id, "pk")))
            )
        if who.number in RECONSENTED:
            kinds.append(("RECON", "Re-consent on protocol amendment", RECONSENTED[who.number]))
    for position, (code, text, day) in enumerate(kinds, 1):
        form.add(
            who.id, "Screening", 1, position, day,
            ICTYPE=text, ICTYPE_STD=code, ICVERS=consent_version(day),
            **date_columns("ICDAT", day),
            ICTIM=clock(9 * 60 + draw(0, 400, who.id, code)) if position == 1 else "",
        )  # fmt: skip


def forms() -> list[Form]:
    demography = Form("DM", "Demographics", [
        "BRTHDAT_RAW", "BRTHDAT_INT", "BRTHDAT_YYYY", "BRTHDAT_MM", "BRTHDAT_DD", "SEX", "SEX_STD",
        "RACE1", "RACE2", "RACE3", "RACE4", "RACE5", "RACE6", "RACEOTH", "ETHNIC", "ETHNIC_STD",
        "ICDAT_RAW", "ICDAT_INT", "COUNTRY", "DOSELVL", "DOSELVL_STD",
    ])  # fmt: skip
    consents = Form(
        "IC", "Informed Consent", ["ICTYPE", "ICTYPE_STD", "ICVERS", "ICDAT_RAW", "ICDAT_INT", "ICTIM"]
    )
    eligibility = Form("IE", "Eligibility Criteria",
                       ["IEDAT_RAW", "IEDAT_INT", "IEYN", "IEYN_STD", "IETESTCD", "IETEST", "IECAT",
                           "IEORRES"])  # fmt: skip
    failed = Form("SF", "Screen Failure", ["SFDAT_RAW", "SFDAT_INT", "SFREAS", "SFREAS_STD"])
    people: list[tuple[Subject | Failure, date]] = [(s, s.on(timeline(s).consent)) for s in subjects()]
    people += [(f, f.consent) for f in failures()]
    for who, consent in sorted(people, key=lambda item: item[0].id):
        demography_row(demography, who, consent)
        consent_rows(consents, who, consent)
        checked = (
            who.on(-1) if isinstance(who, Subject) else consent + timedelta(days=draw(3, 9, who.id, "IE"))
        )
        criterion = "" if isinstance(who, Subject) else who.criterion
        category, text = CRITERIA.get(criterion, ("", ""))
        met = "N" if criterion else "Y"
        eligibility.add(
            who.id, "Screening", 1, 1, checked, **date_columns("IEDAT", checked),
            IEYN="No" if criterion else "Yes", IEYN_STD=met, IETESTCD=criterion, IETEST=text, IECAT=category,
            IEORRES={"": "", "INCLUSION": "N", "EXCLUSION": "Y"}[category],
        )  # fmt: skip
        if not isinstance(who, Subject):
            day = checked + timedelta(days=1)
            failed.add(
                who.id, "Screening", 1, 1, day, **date_columns("SFDAT", day), SFREAS=who.reason,
                SFREAS_STD="WITHDRAWAL BY SUBJECT" if not criterion else "ELIGIBILITY CRITERIA NOT MET",
            )  # fmt: skip
    return [demography, consents, eligibility, failed]
