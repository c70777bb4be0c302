"""PK_SAMPLES.csv (collection times on the CRF) and PK_RESULTS.xlsx (the bench's concentrations)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from specs.studies.he072.generator.draws import chance, draw
from specs.studies.he072.generator.exposure import start_minutes
from specs.studies.he072.generator.facts import Row, Subject, subjects, table
from specs.studies.he072.generator.forms import STUDY, Form, clock, coded, typed
from specs.studies.he072.generator.timeline import timeline
from specs.studies.lxi15029.generator.workbook import Cell, workbook_bytes

# Planned hours from the start of the infusion; the one before cycle 2 is a sample of the visit C2D1.
PLANNED = ("-0.5", "0.5", "1", "1.5", "2.5", "4.5", "10.5", "24", "48", "72", "168")
SPARSE = ("-0.5", "1.5", "168")
BEFORE_NEXT = "C2 -0.5"
ANALYTES = {
    "total_irinotecan": ("Total irinotecan", "ug/mL", "0.0500"),
    "free_irinotecan": ("Free irinotecan", "ng/mL", "4.00"),
    "sn38": ("SN-38", "ng/mL", "0.200"),
}
# Mean course of the subjects without a full profile, in the units above.
TYPICAL = {
    "total_irinotecan": {"1.5": 38.0, "168": 0.9, BEFORE_NEXT: 0.0},
    "free_irinotecan": {"1.5": 90.0, "168": 9.0, BEFORE_NEXT: 0.0},
    "sn38": {"1.5": 2.2, "168": 1.1, BEFORE_NEXT: 0.0},
}


@dataclass(frozen=True)
class Sample:
    subject: Subject
    point: str  # planned time, or BEFORE_NEXT
    minutes: int  # from the start of the infusion of cycle 1
    intensive: bool

    @property
    def code(self) -> str:
        return f"PK{self.subject.number:03}-{([*PLANNED, BEFORE_NEXT].index(self.point)) + 1:02}"

    @property
    def moment(self) -> datetime:
        day = self.subject.first_dose
        start = datetime(day.year, day.month, day.day)
        return start + timedelta(minutes=start_minutes(self.subject, self.subject.doses[0]) + self.minutes)


@cache
def solved() -> dict[tuple[int, str], Row]:
    """(subject, planned time) -> minutes and the three concentrations of the full profiles."""
    return {(int(row["subject_no"]), row["planned_h"]): row for row in table("pk_concentrations")}


def samples() -> list[Sample]:
    out = []
    for subject in subjects():
        full = (subject.number, "24") in solved()
        for point in PLANNED if full else SPARSE:
            if full:
                minutes = int(solved()[subject.number, point]["minutes"])
            elif point == "168":
                day8 = [v.day for v in timeline(subject).treatment if v.name == "C1D8"]
                if not day8:
                    continue
                minutes = (day8[0] - 1) * 1440 + draw(-60, 90, subject.number, "day 8 sample")
            else:
                minutes = (
                    -30 - draw(0, 15, subject.number, "before")
                    if point == "-0.5"
                    else 90 + draw(0, 6, subject.number)
                )
            out.append(Sample(subject, point, minutes, full))
        if len(subject.doses) > 1:
            shift = start_minutes(subject, subject.doses[1]) - start_minutes(subject, subject.doses[0])
            minutes = (subject.doses[1].day - 1) * 1440 + shift - 30
            if full:
                minutes = int(solved()[subject.number, BEFORE_NEXT]["minutes"])
            out.append(Sample(subject, BEFORE_NEXT, minutes, full))
    return out


def concentration(sample: Sample, analyte: str) -> str:
    """As the bench reports it: a number, ``BLQ`` below the limit, ``NR`` not reportable."""
    if sample.intensive:
        return solved()[sample.subject.number, sample.point][analyte]
    if sample.point == "-0.5":
        return "BLQ"
    typical = TYPICAL[analyte][sample.point] * (1.0 if sample.subject.row["dose"] == "70" else 0.8)
    if not typical:
        return "BLQ"
    value = typical * draw(60, 140, sample.subject.number, sample.point, analyte) / 100
    return f"{value:.4g}" if analyte == "total_irinotecan" else f"{value:.3g}"


NOT_TAKEN = {(40, "168"): "Subject did not come to the visit", (51, "1.5"): "Vein access failed"}


def forms() -> list[Form]:
    form = Form("PK", ["PKSCHED_C", "PKSCHED", "PKTPT", "PKDT", "PKTM", "PKID", "PKND", "PKNDREA"])
    for sample in samples():
        visits = {visit.name: visit for visit in timeline(sample.subject).treatment}
        visit = visits["C2D1" if sample.point == BEFORE_NEXT else "C1D1"]
        if sample.point == "168":
            visit = visits.get("C1D8", visits["C1D1"])
        kind = coded("PKSCHED", 1, "Intensive") if sample.intensive else coded("PKSCHED", 2, "Sparse")
        item = [*PLANNED, BEFORE_NEXT].index(sample.point) + 1
        if (sample.subject.number, sample.point) in NOT_TAKEN:
            form.add(sample.subject, visit, item, **kind, PKTPT=sample.point, PKND="1",
                     PKNDREA=NOT_TAKEN[sample.subject.number, sample.point])  # fmt: skip
            continue
        moment = sample.moment
        form.add(
            sample.subject, visit, item, **kind, PKTPT=sample.point, PKDT=typed(moment.date()),
            PKTM=clock(moment.hour * 60 + moment.minute), PKID=sample.code,
        )  # fmt: skip
    people = {subject.number: subject for subject in subjects()}
    form.find(people[62].id, PKTPT="1.5")["PKTM"] = "UN:UN"
    form.find(people[30].id, PKTPT="-0.5")["PKTM"] = ""
    form.sort()
    return [form]


def write(folder: Path) -> Path:
    """The bench's workbook: a title block, then one row per sample and analyte; no subject names, only codes."""
    head: list[list[Cell]] = [
        ["SYNTHETIC DATA - no real patient is described"],
        ["Bioanalytical report HE072-BA-01, LC-MS/MS, human plasma"],
        [],
        ["Study", "Sample ID", "Analyte", "Result", "Unit", "LLOQ", "Received", "Comment"],
    ]
    rows: list[list[Cell]] = []
    for sample in samples():
        if (sample.subject.number, sample.point) in NOT_TAKEN:
            continue
        received = sample.moment + timedelta(days=6 + draw(0, 20, sample.subject.number, "shipment"))
        for analyte, (name, unit, limit) in ANALYTES.items():
            value: Cell = concentration(sample, analyte)
            comment = "insufficient volume" if value == "NR" else None
            if isinstance(value, str) and value[0].isdigit():
                value = float(value)
            elif value == "BLQ" and chance(30, sample.code, analyte):
                value = f"<{limit}"
            day = datetime(received.year, received.month, received.day)
            rows.append([STUDY, sample.code, name, value, unit, float(limit), day, comment])
    rows.append(
        [STUDY, "PK120-04", "SN-38", 2.41, "ng/mL", 0.1, datetime(2022, 11, 3), "no such sample on the CRF"]
    )
    path = folder / "PK_RESULTS.xlsx"
    made = datetime(2023, 7, 3, 9)
    path.write_bytes(workbook_bytes({"Results": head + rows}, "HE072 bioanalysis", "SYNTHETIC DATA", made))
    return path
