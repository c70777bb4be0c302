"""MH, DXH (cancer history), PST (prior systemic therapy), PSG (surgery) and PRT (radiotherapy)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from specs.studies.he072.generator.draws import chance, draw, pick
from specs.studies.he072.generator.facts import ORGANS, Subject, everyone, subjects
from specs.studies.he072.generator.forms import Form, coded, typed, yes_no
from specs.studies.he072.generator.timeline import SCREENING, Visit
from specs.studies.he072.generator.tumour_course import elsewhere

CONDITIONS = ("Hypertension", "Type 2 diabetes", "Hypothyroidism", "Chronic gastritis", "Fatty liver",
    "Insomnia",
              "Hepatitis B carrier", "Uterine fibroids", "Anemia")  # fmt: skip
ADVANCED = ("GEMCITABINE", "VINORELBINE", "ERIBULIN", "UTIDELONE", "CISPLATIN", "CARBOPLATIN", "ETOPOSIDE",
            "PACLITAXEL, ALBUMIN BOUND", "PEGYLATED LIPOSOMAL DOXORUBICIN")  # fmt: skip
SETTINGS = {1: "Neoadjuvant", 2: "Adjuvant", 3: "Advanced or metastatic"}
STOPS = ((1, "Disease progression"), (1, "Disease progression"), (2, "Toxicity"), (3, "Completed as planned"))
BEST = ("SD", "PR", "PD", "SD", "UNK")


def days_of(months: str) -> int:
    """Months of the calibration tables as days, 30.4375 days a month."""
    return int(Fraction(months) * Fraction(487, 16) + Fraction(1, 2))


def diagnosis(subject: Subject) -> date:
    return subject.first_dose - timedelta(days=days_of(subject.row["dx_months"]))


def surgery(subject: Subject) -> date | None:
    """Radical surgery; the disease-free interval counts from it."""
    if subject.row["prior_surgery"] != "1":
        return None
    free = days_of(subject.row["dx_months"]) - days_of(subject.row["dfi_months"])
    return diagnosis(subject) + timedelta(
        days=min(draw(12, 60, subject.number, "surgery"), max(free - 120, 3))
    )


def relapse(subject: Subject) -> date | None:
    operated = surgery(subject)
    return operated + timedelta(days=days_of(subject.row["dfi_months"])) if operated else None


def receptor(subject: Subject, name: str) -> str:
    low = draw(1, 9, subject.number, name)
    if subject.row["hr"] == "ER<1,PR<1":
        return "<1"
    if subject.row["hr"] == "LOW 1-9":
        kind = draw(0, 2, subject.number, "low")
        return str(low) if kind == 2 or (kind == 0) == (name == "ER") else "<1"
    if subject.row["hr"] == "ER>10":
        return str(draw(12, 30, subject.number, name)) if name == "ER" else "<1"
    return str(draw(30, 90, subject.number, name))


def proliferation(subject: Subject) -> str:
    return {"<15": str(draw(3, 14, subject.number, "Ki67")), ">30": str(draw(31, 90, subject.number, "Ki67")),
            "MISSING": ""}[subject.row["ki67"]]  # fmt: skip


def cancer_row(form: Form, subject: Subject) -> None:
    fish = chance(25, subject.number, "FISH")
    form.add(
        subject, Visit(SCREENING, -1), DXDT=typed(diagnosis(subject)), **coded("DXSTAGE", 4, "Stage IV"),
        DXHIST="Invasive ductal carcinoma" if chance(88, subject.number,
            "histology") else "Invasive carcinoma, other",
        ERPCT=receptor(subject, "ER"), PRPCT=receptor(subject, "PR"),
        **coded("HER2", *((2, "2+") if fish else pick(((0, "0"), (1, "1+")), subject.number, "HER2"))),
        **(coded("FISH", 0, "Negative") if fish else coded("FISH", 9, "Not done")),
        KI67PCT=proliferation(subject),
        KI67ND="" if proliferation(subject) else "1", RELDT=typed(relapse(subject)),
        METNUM=subject.row["n_met_organs"],
        **{f"MET{organ[:4].upper()}": subject.row[f"site_{organ}"] for organ in ORGANS},
        METOTHSP=elsewhere(subject).capitalize() if subject.row["site_others"] == "1" else "",
    )  # fmt: skip


def systemic_rows(form: Form, subject: Subject) -> None:
    """(Neo)adjuvant anthracycline and taxane, then the lines of the advanced disease."""
    row, begun, last = subject.row, relapse(subject), subject.consent - timedelta(days=24)
    early = surgery(subject) or diagnosis(subject)
    item = 0

    def add(drug: str, kind: str, setting: int, line: str, first: date, end: date) -> None:
        nonlocal item
        item += 1
        code, text = (3, "Completed as planned") if setting < 3 else pick(STOPS, subject.number, item, "stop")
        form.add(
            subject, Visit(SCREENING, -1), item, PSTTRT=drug, PSTCLASS=kind,
            **coded("PSTSET", setting, SETTINGS[setting]),
            PSTLINE=line, PSTSTDT=typed(first, "D" if chance(30, subject.number, item, "day") else ""),
            PSTENDT=typed(end, "D" if chance(35, subject.number, item, "end day") else ""),
            PSTBEST="NA" if setting < 3 else pick(BEST, subject.number, item, "best"),
            **coded("PSTSTOP", code, text),
        )  # fmt: skip

    setting = 2 if chance(60, subject.number, "adjuvant") else 1
    first = (
        early + timedelta(days=20) if setting == 2 else max(early - timedelta(days=100), diagnosis(subject))
    )
    end = min(first + timedelta(days=110), last - timedelta(days=60))
    add("EPIRUBICIN; CYCLOPHOSPHAMIDE", "Anthracycline", setting, "", first, end)
    add("DOCETAXEL", "Taxane", setting, "", first, end)
    lines = int(row["prior_lines"]) if row["prior_lines"] else draw(2, 4, subject.number, "lines")
    begun = min(begun or diagnosis(subject) + timedelta(days=140), last - timedelta(days=28 * lines))
    length = max(21, (last - begun).days // lines)
    drugs = [pick(ADVANCED, subject.number, n, "drug") for n in range(lines)]
    if row["prior_capecitabine"] == "1":
        drugs[draw(0, lines - 1, subject.number, "capecitabine")] = "CAPECITABINE"
    immune = draw(0, lines - 1, subject.number, "immune") if row["prior_pd1"] == "1" else -1
    for n, drug in enumerate(drugs):
        first = begun + timedelta(days=n * length + 3)
        end = max(
            first + timedelta(days=10),
            begun + timedelta(days=(n + 1) * length - draw(4, 9, subject.number, n)),
        )
        add(drug, "Chemotherapy", 3, str(n + 1), first, min(end, last))
        if n == immune:
            add(pick(("TORIPALIMAB", "CAMRELIZUMAB", "ATEZOLIZUMAB"), subject.number),
                "PD-1/PD-L1 inhibitor", 3,
                str(n + 1), first, min(end, last))  # fmt: skip
    if row["prior_endocrine"] == "1":
        add(
            "LETROZOLE",
            "Endocrine therapy",
            2,
            "",
            early + timedelta(days=130),
            min(early + timedelta(days=130 + 300), last),
        )


def local_rows(operations: Form, radiation: Form, subject: Subject) -> None:
    operated = surgery(subject)
    item = 0
    if operated:
        item = 1
        operations.add(
            subject, Visit(SCREENING, -1), 1, PSGPROC="Modified radical mastectomy", **yes_no("PSGRAD", True),
            PSGSITE="Breast", PSGDT=typed(operated),
        )  # fmt: skip
    if chance(30, subject.number, "biopsy"):
        operations.add(
            subject, Visit(SCREENING, -1), item + 1, PSGPROC="Biopsy of metastasis",
            **yes_no("PSGRAD", False),
            PSGSITE=elsewhere(subject).capitalize(),
            PSGDT=typed(subject.consent - timedelta(days=draw(40, 200, subject.number, "biopsy")), "D"),
        )  # fmt: skip
    if subject.row["prior_rt"] == "1":
        sites = (["Brain"] if "brain" in subject.organs else []) + ["Chest wall", "Bone"][
            : draw(1, 2, subject.number, "rt")
        ]
        for number, site in enumerate(sites[:2], 1):
            end = subject.consent - timedelta(days=draw(20, 420, subject.number, site, "rt end"))
            radiation.add(
                subject, Visit(SCREENING, -1), number, PRTSITE=site,
                PRTDOSE=str(draw(20, 50, subject.number, site)),
                PRTDOSEU="Gy", PRTFRACT=str(draw(5, 25, subject.number, site, "n")),
                PRTSTDT=typed(end - timedelta(days=draw(9, 35, subject.number, site, "rt")), "D"),
                PRTENDT=typed(end),
                **yes_no("PRTPD", site == "Brain"),
            )  # fmt: skip


def condition_rows(form: Form) -> None:
    for who in everyone():
        item = 0
        for term in CONDITIONS:
            if chance(12, who.id, term):
                item += 1
                started = who.consent - timedelta(days=draw(200, 5200, who.id, term, "start"))
                ended = chance(12, who.id, term, "over")
                form.add(
                    who, Visit(SCREENING, 0), item,
                    MHTERM=term.lower() if chance(20, who.id, term, "case") else term,
                    MHSTDT=typed(started, "M" if chance(60, who.id, term, "year only") else "D"),
                    MHENDT=typed(started + timedelta(days=180), "D") if ended else "",
                    **yes_no("MHONGO", not ended),
                )  # fmt: skip


def forms() -> list[Form]:
    conditions = Form("MH", ["MHTERM", "MHSTDT", "MHENDT", "MHONGO_C", "MHONGO"])
    cancer = Form("DXH", [
        "DXDT", "DXSTAGE_C", "DXSTAGE", "DXHIST", "ERPCT", "PRPCT", "HER2_C", "HER2", "FISH_C", "FISH",
        "KI67PCT", "KI67ND",
        "RELDT", "METNUM", *(f"MET{organ[:4].upper()}" for organ in ORGANS), "METOTHSP",
    ])  # fmt: skip
    systemic = Form("PST", [
        "PSTTRT", "PSTCLASS", "PSTSET_C", "PSTSET", "PSTLINE", "PSTSTDT", "PSTENDT", "PSTBEST", "PSTSTOP_C",
        "PSTSTOP",
    ])  # fmt: skip
    operations = Form("PSG", ["PSGPROC", "PSGRAD_C", "PSGRAD", "PSGSITE", "PSGDT"])
    radiation = Form("PRT", [
        "PRTSITE", "PRTDOSE", "PRTDOSEU", "PRTFRACT", "PRTSTDT", "PRTENDT", "PRTPD_C", "PRTPD",
    ])  # fmt: skip
    condition_rows(conditions)
    for subject in subjects():
        cancer_row(cancer, subject)
        systemic_rows(systemic, subject)
        local_rows(operations, radiation, subject)
    people = {subject.number: subject for subject in subjects()}
    systemic.find(people[34].id, PSTLINE="1")["PSTENDT"] = "31-JUN-2022"  # no such day
    systemic.find(people[38].id, PSTLINE="1")["PSTTRT"] += "  "
    radiation.rows[4]["PRTDOSE"] = "4600"
    radiation.rows[4]["PRTDOSEU"] = "cGy"
    for form in (conditions, cancer, systemic, operations, radiation):
        form.sort()
    return [conditions, cancer, systemic, operations, radiation]
