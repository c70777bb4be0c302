"""PC.csv, the site's sampling form, and PK_CONC.xlsx, the results of the bioanalytical laboratory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from specs.studies.lxi15029.generator.draws import draw
from specs.studies.lxi15029.generator.facts import Subject, subjects, table
from specs.studies.lxi15029.generator.rave import Form, clock, date_columns
from specs.studies.lxi15029.generator.timeline import timeline
from specs.studies.lxi15029.generator.workbook import Cell, workbook_bytes

POINTS = (
    ("Predose", 0.0), ("20 min", 0.333), ("40 min", 0.667), ("1 h", 1.0), ("1.5 h", 1.5), ("2 h", 2.0),
    ("3 h", 3.0),
    ("4 h", 4.0), ("6 h", 6.0), ("8 h", 8.0), ("12 h", 12.0), ("24 h", 24.0), ("48 h", 48.0),
)  # fmt: skip
# Two validated ranges of the assay: the batches of the first dose group had the lower limit.
LIMITS = {10: "0.100"}
LIMIT = "0.300"
DOSES = (10, 20, 40, 60, 80, 110, 150)  # a batch for each group
LATE_ENTRY = {(10, 28, 3)}  # the tube label says three minutes later than the site


@dataclass(frozen=True)
class Sample:
    subject: Subject
    folder: str
    sequence: int
    day: int
    index: int
    taken: datetime
    reference: datetime
    concentration: str  # a number, BLQ, NOT COLLECTED or NOT REPORTED


def at(subject: Subject, day: int, minutes: int) -> datetime:
    date = subject.on(day)
    return datetime(date.year, date.month, date.day) + timedelta(minutes=minutes)


def trough(subject: Subject, day: int) -> str:
    """A predose concentration on the way to steady state, between days 8 and 28."""
    rows = [
        r for r in table("pk_concentrations") if (r["subject_no"], r["day"]) == (str(subject.number), "28")
    ]
    known = rows[0]["conc"] if rows else {13: "21.4", 16: "5.2", 17: "7.9", 24: "240.0"}[subject.number]
    if known == "BLQ":
        return "BLQ"
    thousandths = round(float(known) * draw(820, 1120, subject.number, day, "trough"))
    value = f"{thousandths // 1000}.{thousandths % 1000:03}"
    return value if thousandths >= round(float(LIMIT) * 1000) else "BLQ"


def samples() -> list[Sample]:
    out = []
    profiles = table("pk_concentrations")
    for subject in subjects():
        life = timeline(subject)
        doses = {1: at(subject, 1, life.dose_time), 28: at(subject, 28, life.steady_dose_time)}
        for row in profiles:
            if int(row["subject_no"]) != subject.number:
                continue
            day, index = int(row["day"]), int(row["sample"])
            before = draw(4, 14, subject.number, day, "predose") if index == 0 else 0
            taken = doses[day] + timedelta(minutes=int(row["minutes"]) - before)
            folder, sequence = ("C1D1", 2) if day == 1 else ("C1D28", 6)
            out.append(Sample(subject, folder, sequence, day, index, taken, doses[day], row["conc"]))
        for folder in ("C1D8", "C1D15"):
            if folder in life.visits:
                visit = life.visits[folder]
                dose = at(subject, visit.day, 8 * 60 + draw(0, 40, subject.number, visit.day, "start"))
                taken = dose - timedelta(minutes=draw(6, 30, subject.number, folder, "predose"))
                value = trough(subject, visit.day)
                out.append(Sample(subject, folder, visit.sequence, visit.day, 0, taken, dose, value))
    return sorted(out, key=lambda sample: (sample.subject.id, sample.taken))


def forms() -> list[Form]:
    form = Form("PC", "PK Sampling", [
        "PCYN", "PCYN_STD", "PCREASND", "PCTPT", "PCTPTNUM", "PCDAT_RAW", "PCDAT_INT", "PCTIM_RAW",
        "PCRFDAT_RAW", "PCRFDAT_INT", "PCRFTIM_RAW",
    ])  # fmt: skip
    positions: dict[tuple[str, str], int] = {}
    for sample in samples():
        key = (sample.subject.id, sample.folder)
        position = positions[key] = positions.get(key, 0) + 1
        name, hours = POINTS[sample.index]
        day = sample.subject.on(timeline(sample.subject).visits[sample.folder].day)
        reference = date_columns("PCRFDAT", sample.reference.date()) | {
            "PCRFTIM_RAW": clock(sample.reference.hour * 60 + sample.reference.minute)
        }
        common = {"PCTPT": name, "PCTPTNUM": f"{hours:g}", **reference}
        if sample.concentration == "NOT COLLECTED":
            form.add(sample.subject.id, sample.folder, sample.sequence, position, day, PCYN="No",
                PCYN_STD="N",
                     PCREASND="Vein access failed", **common)  # fmt: skip
            continue
        form.add(
            sample.subject.id, sample.folder, sample.sequence, position, day, PCYN="Yes", PCYN_STD="Y",
            **common,
            **date_columns("PCDAT", sample.taken.date()),
            PCTIM_RAW=clock(sample.taken.hour * 60 + sample.taken.minute),
        )  # fmt: skip
    return [form]


def result_row(sample: Sample) -> list[Cell]:
    value: Cell = sample.concentration
    comment = None
    if sample.concentration == "NOT REPORTED":
        value, comment = "NR", "Sample haemolysed, no result reported"
    elif sample.concentration != "BLQ":
        # Subjects of the 20 mg group were typed in as text, with the zeros at the end.
        value = sample.concentration if sample.subject.dose == 20 else float(sample.concentration)
    taken = sample.taken
    if (sample.subject.number, sample.day, sample.index) in LATE_ENTRY:
        taken += timedelta(minutes=3)
    cycle_day = {"C1D1": 1, "C1D8": 8, "C1D15": 15, "C1D28": 28}[sample.folder]
    return [
        f"LXI-01-{sample.subject.id}", "LXI-15029", 1, cycle_day, POINTS[sample.index][0],
        POINTS[sample.index][1],
        taken, value, LIMITS.get(sample.subject.dose, LIMIT), "ng/mL",
        f"LXI-B{DOSES.index(sample.subject.dose) + 1:02}", comment,
    ]  # fmt: skip


def write(folder: Path) -> Path:
    header: list[Cell] = ["SUBJECT", "ANALYTE", "CYCLE", "DAY", "TPT", "NOMTIME", "COLLDTM", "CONC", "LLOQ",
        "UNIT",
                          "BATCH", "COMMENT"]  # fmt: skip
    rows = [result_row(s) for s in samples() if s.concentration != "NOT COLLECTED"]
    results: list[list[Cell]] = [
        ["Bioanalytical results, LXI-15029 in human plasma (K2EDTA), LC-MS/MS"],
        ["Study LXI15029", None, None, "SYNTHETIC DATA, no real patient"],
        [],
        header,
        *rows,
    ]
    info: list[list[Cell]] = [
        ["Item", "Text"],
        ["Notice", "SYNTHETIC DATA: invented concentrations; no real patient is described"],
        ["Study", "LXI15029 (NCT03125746)"],
        ["Laboratory", "Bioanalytical laboratory (synthetic)"],
        ["Method", "LC-MS/MS"],
        ["BLQ", "below the lower limit of quantification (column LLOQ)"],
        ["NR", "no result reported"],
        ["COLLDTM", "date and time of collection as on the tube label, local time"],
    ]
    path = folder / "PK_CONC.xlsx"
    path.write_bytes(
        workbook_bytes({"Info": info, "Results": results}, "LXI15029 plasma concentrations",
                       "SYNTHETIC DATA", datetime(2022, 5, 16, 12))
    )  # fmt: skip
    return path
