"""MH (medical history), DXH (cancer), CMP (prior therapy), CMC (concomitant drugs), PRR (procedures)."""

from __future__ import annotations

from datetime import date, timedelta

from specs.studies.lxi15029.generator.adverse_events import events
from specs.studies.lxi15029.generator.draws import chance, draw, pick
from specs.studies.lxi15029.generator.facts import Failure, Subject, failures, subjects
from specs.studies.lxi15029.generator.rave import Form, date_columns
from specs.studies.lxi15029.generator.timeline import timeline

LINES = {
    "BREAST": (
        "DOCETAXEL, EPIRUBICIN",
        "CAPECITABINE, VINORELBINE",
        "LETROZOLE",
        "GEMCITABINE, CISPLATIN",
        "FULVESTRANT",
        "PACLITAXEL",
        "ETOPOSIDE",
        "UTIDELONE",
    ),
    "SARCOMA": (
        "DOXORUBICIN, IFOSFAMIDE",
        "GEMCITABINE, DOCETAXEL",
        "ANLOTINIB",
        "DACARBAZINE",
        "PAZOPANIB",
        "ETOPOSIDE",
        "TRABECTEDIN",
        "TOPOTECAN",
    ),
    "OTHER": (
        "ETOPOSIDE, CISPLATIN",
        "IRINOTECAN, FLUOROURACIL",
        "CAPECITABINE, TEMOZOLOMIDE",
        "SUNITINIB",
        "DOCETAXEL",
        "GEMCITABINE",
        "ANLOTINIB",
        "ETOPOSIDE",
    ),
}
CONDITIONS = (
    ("Hypertension", "高血压"),
    ("Type 2 diabetes", "2型糖尿病"),
    ("Chronic gastritis", "慢性胃炎"),
    ("Fatty liver", "脂肪肝"),
    ("Thyroid nodule", "甲状腺结节"),
    ("Insomnia", "失眠"),
    ("Anemia", "贫血"),
)
MEDICINES = {  # what an adverse event was treated with: drug, dose, unit, frequency, route
    "Hypertriglyceridemia": ("FENOFIBRATE", "200", "mg", "QD", "ORAL"),
    "LDL increased": ("ATORVASTATIN", "20", "mg", "QD", "ORAL"),
    "ALT increased": ("GLUTATHIONE", "1.2", "g", "QD", "INTRAVENOUS"),
    "GGT increased": ("GLUTATHIONE", "1.2", "g", "QD", "INTRAVENOUS"),
    "Pneumonia": ("CEFOPERAZONE SULBACTAM", "3", "g", "BID", "INTRAVENOUS"),
    "Diarrhea": ("MONTMORILLONITE", "3", "g", "TID", "ORAL"),
    "Pleural effusion": ("FUROSEMIDE", "20", "mg", "QD", "ORAL"),
    "Intestinal obstruction": ("OCTREOTIDE", "0.1", "mg", "TID", "SUBCUTANEOUS"),
}


def months_before(day: date, months: int) -> date:
    whole = day.year * 12 + day.month - 1 - months
    return date(whole // 12, whole % 12 + 1, min(day.day, 28))


def therapy_rows(form: Form, subject: Subject, consent: date) -> None:
    gap = 5
    for line in range(subject.prior_lines, 0, -1):
        start, end = months_before(consent, gap + 3), months_before(consent, gap)
        drugs = LINES[subject.tumour_class][line - 1].split(", ")
        unknown = (
            "M" if line == 1 and gap > 24 else "D" if line <= 2 or chance(20, subject.id, line, "CMP") else ""
        )
        for number, drug in enumerate(drugs, 1):
            form.add(
                subject.id, "Screening", 1, 10 * line + number, consent, CMTRT=drug, CMLINE=str(line),
                **date_columns("CMSTDAT", start, unknown),
                **date_columns("CMENDAT", end, "D" if unknown else ""),
                CMBEST=pick(("PR", "SD", "PD", "UNK"), subject.id, line, "best"), CMINTENT="PALLIATIVE",
                CMRSDISC="Disease progression" if line > 1 else "Completed",
            )  # fmt: skip
        gap += 3 + draw(1, 4, subject.id, line, "gap")
    form.rows.sort(key=lambda row: (row["SUBJECT"], int(row["RECORDPOSITION"])))


def has(subject: Subject, condition: str) -> bool:
    return chance(25, subject.id, condition, "MH")


def history_rows(form: Form, subject: Subject, consent: date) -> None:
    chosen = [c for c in CONDITIONS if has(subject, c[0])] or [CONDITIONS[2]]
    for position, (name, chinese) in enumerate(chosen, 1):
        start = months_before(consent, draw(8, 120, subject.id, name, "start"))
        ongoing = chance(70, subject.id, name, "ongoing")
        form.add(
            subject.id, "Screening", 1, position, consent, MHTERM=name, MHTERM_CN=chinese,
            **date_columns("MHSTDAT", start, pick(("M", "D", "M"), subject.id, name)),
            **date_columns("MHENDAT", None if ongoing else months_before(consent, 3), "" if ongoing else "D"),
            MHONGO="1" if ongoing else "0",
        )  # fmt: skip


def cancer_row(form: Form, who: Subject | Failure, tumour: str, consent: date) -> None:
    found = months_before(consent, draw(14, 70, who.id, "HIST"))
    if isinstance(who, Subject):  # before the first line of therapy
        found = months_before(consent, 8 * who.prior_lines + draw(6, 20, who.id, "HIST"))
    form.add(
        who.id, "Screening", 1, 1, consent, TUMTYPE=tumour.capitalize(), TUMTYPE_STD=tumour,
        **date_columns("HISTDAT", found, pick(("D", "", ""), who.id, "HISTDAT")),
        STAGE="Stage IV" if chance(85, who.id, "stage") else "Stage III",
        DXMETH="HISTOLOGY" if chance(90, who.id, "method") else "CYTOLOGY",
    )  # fmt: skip


def concomitant_rows(form: Form, subject: Subject) -> None:
    position = 0
    for event in events():
        if (
            event.subject == subject
            and event.term in MEDICINES
            and (event.treated or event.term == "Diarrhea")
        ):
            position += 1
            start, end = subject.on(event.first), subject.on(event.last)
            drug, dose, unit, frequency, route = MEDICINES[event.term]
            form.add(
                subject.id, "Logs", 99, position, start, CMTRT=drug, CMINDC=event.verbatim[:60], CMDOSE=dose,
                CMDOSU=unit, CMFREQ=frequency, CMROUTE=route, **date_columns("CMSTDAT", start),
                **date_columns("CMENDAT", end), CMONGO="0", CMAETERM=event.verbatim[:60],
            )  # fmt: skip
    if has(subject, "Hypertension"):
        start = months_before(subject.first_dose, draw(4, 60, subject.id, "amlodipine since"))
        form.add(
            subject.id, "Logs", 99, position + 1, start, CMTRT="AMLODIPINE", CMINDC="Hypertension",
            CMDOSE="5", CMDOSU="mg", CMFREQ="QD", CMROUTE="ORAL", CMONGO="1",
            **date_columns("CMSTDAT", start, "M"),
        )  # fmt: skip


def procedure_rows(form: Form, subject: Subject, consent: date) -> None:
    done = months_before(consent, 8 * subject.prior_lines + draw(2, 5, subject.id, "surgery"))
    form.add(
        subject.id, "Screening", 1, 1, consent, PRTRT="Resection of the primary tumor", PRCAT="PRIOR SURGERY",
        **date_columns("PRSTDAT", done, "D"), PRLOC="Primary site",
    )  # fmt: skip
    if chance(35, subject.id, "radiotherapy"):
        done = months_before(consent, draw(6, 20, subject.id, "radiotherapy"))
        form.add(
            subject.id, "Screening", 1, 2, consent, PRTRT="External beam radiotherapy",
            PRCAT="PRIOR RADIOTHERAPY",
            **date_columns("PRSTDAT", done, "D"), PRLOC="Bone", PRDOSE="30", PRDOSU="Gy",
        )  # fmt: skip
    if subject.number == 8:
        day = subject.on(23)
        form.add(subject.id, "Logs", 99, 1, day, PRTRT="Thoracentesis", PRCAT="ON-STUDY PROCEDURE",
                 **date_columns("PRSTDAT", day), PRLOC="Pleura")  # fmt: skip


def forms() -> list[Form]:
    history = Form("MH", "Medical History", [
        "MHTERM", "MHTERM_CN", "MHSTDAT_RAW", "MHSTDAT_INT", "MHENDAT_RAW", "MHENDAT_INT", "MHONGO",
    ], bom=True)  # fmt: skip
    cancer = Form("DXH", "Cancer History",
                  ["TUMTYPE", "TUMTYPE_STD", "HISTDAT_RAW", "HISTDAT_INT", "STAGE", "DXMETH"])  # fmt: skip
    prior = Form("CMP", "Prior Systemic Therapy", [
        "CMTRT", "CMLINE", "CMSTDAT_RAW", "CMSTDAT_INT", "CMENDAT_RAW", "CMENDAT_INT", "CMBEST", "CMINTENT",
        "CMRSDISC",
    ])  # fmt: skip
    concomitant = Form("CMC", "Concomitant Medications", [
        "CMTRT", "CMINDC", "CMDOSE", "CMDOSU", "CMFREQ", "CMROUTE", "CMSTDAT_RAW", "CMSTDAT_INT",
        "CMENDAT_RAW",
        "CMENDAT_INT", "CMONGO", "CMAETERM",
    ])  # fmt: skip
    procedures = Form("PRR", "Procedures and Radiotherapy",
                      ["PRTRT", "PRCAT", "PRSTDAT_RAW", "PRSTDAT_INT", "PRLOC", "PRDOSE",
                          "PRDOSU"])  # fmt: skip
    for subject in subjects():
        consent = subject.on(timeline(subject).consent)
        history_rows(history, subject, consent)
        cancer_row(cancer, subject, subject.tumour, consent)
        therapy_rows(prior, subject, consent)
        concomitant_rows(concomitant, subject)
        procedure_rows(procedures, subject, consent)
    for failure in failures():
        cancer_row(cancer, failure, failure.tumour, failure.consent + timedelta(days=1))
    return [history, cancer, prior, concomitant, procedures]
