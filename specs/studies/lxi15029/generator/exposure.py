"""EXO: study drug administration and accountability, one row per dose or per interval of equal dosing."""

from __future__ import annotations

from dataclasses import dataclass

from specs.studies.lxi15029.generator.draws import chance, draw
from specs.studies.lxi15029.generator.facts import Subject, subjects
from specs.studies.lxi15029.generator.rave import Form, clock, date_columns
from specs.studies.lxi15029.generator.timeline import HOLDS, REDUCTIONS, timeline

# Capsules of 10 and 50 mg for one dose.
CAPSULES = {10: 1, 20: 2, 40: 4, 60: 2, 80: 4, 110: 3, 150: 3}
ADJUSTMENTS = {
    "": "",
    "INTERRUPTED": "Dose interrupted",
    "REDUCED": "Dose reduced",
    "WITHDRAWN": "Drug withdrawn",
}


@dataclass
class Interval:
    folder: str
    sequence: int
    first: int
    last: int
    dose: int
    frequency: str = "BID"
    start_time: str = ""
    end_time: str = ""
    missed: int = 0
    taken: bool = True
    adjustment: str = ""
    reason: str = ""


def intervals(subject: Subject) -> list[Interval]:
    life = timeline(subject)
    starts = [v for v in life.visits.values() if v.folder.startswith("C") and v.folder != "C1D1"]
    starts.sort(key=lambda visit: visit.day)
    out = [
        Interval("C1D1", 2, 1, 1, subject.dose, "ONCE", clock(life.dose_time), clock(life.dose_time)),
        Interval("C1D1", 2, 3, 0, subject.dose),
    ]
    for visit in starts:
        out[-1].last = visit.day - 1
        out.append(Interval(visit.folder, visit.sequence, visit.day, 0, subject.dose))
        if visit.folder == "C1D28":
            out[-1].last = 28
            out.append(Interval("C1D28", 6, 29, 0, subject.dose))
    out[-1].last = life.last_dose
    out = [interval for interval in out if interval.first <= interval.last]
    for index, interval in enumerate(out[1:], 1):
        number, first = subject.number, interval.first
        if first <= 28:  # dosing times are asked for up to the steady-state profile
            interval.start_time = clock(8 * 60 + draw(0, 40, number, first, "start"))
            interval.end_time = clock(20 * 60 + draw(0, 45, number, first, "end"))
        if index == 1:  # first twice-daily dose: after the 48 h sample
            interval.start_time = clock(life.dose_time + draw(40, 55, number, "after 48 h"))
        if first == 28 and interval.last == 28:
            interval.start_time = clock(life.steady_dose_time)
            interval.end_time = clock(life.steady_dose_time + 12 * 60 + draw(12, 30, number, "evening"))
        if interval.last - first > 10 and chance(15, number, first, "missed"):
            interval.missed = draw(1, 3, number, first, "how many")
    return split(subject, out)


def split(subject: Subject, given: list[Interval]) -> list[Interval]:
    """Cuts the intervals at holds and reductions, and marks why treatment ended early."""
    out: list[Interval] = []
    hold, reduction = HOLDS.get(subject.number), REDUCTIONS.get(subject.number)
    for interval in given:
        if hold and interval.first < hold[0] <= interval.last:
            before, held, after = (Interval(**vars(interval)) for _ in range(3))
            before.last, after.first = hold[0] - 1, hold[1] + 1
            held.first, held.last, held.taken = hold[0], hold[1], False
            held.adjustment, held.reason = "INTERRUPTED", hold[2]
            out += [before, held, after]
        else:
            out.append(interval)
        if reduction and out[-1].first >= reduction[0]:
            out[-1].dose = reduction[1]
            if out[-1].first == reduction[0]:
                out[-1].adjustment, out[-1].reason = "REDUCED", reduction[2]
    if subject.number == 22:
        out[-1].frequency, out[-1].end_time = "ONCE", out[-1].start_time
        out[-1].adjustment, out[-1].reason = "WITHDRAWN", "Dose-limiting toxicity: ALT increased, grade 3"
    if subject.number in (16, 24):
        term = "Pneumonia" if subject.number == 16 else "Intestinal obstruction"
        out[-1].adjustment, out[-1].reason = "WITHDRAWN", f"Adverse event: {term}"
        out[-1].end_time = "UN:UN"
    return out


def dose_text(subject: Subject, interval: Interval) -> str:
    """Milligrams as entered; one subject's with a needless decimal."""
    return f"{interval.dose}.0" if subject.number == 4 else str(interval.dose if interval.taken else 0)


def forms() -> list[Form]:
    form = Form("EXO", "Study Drug Administration", [
        "EXYN", "EXYN_STD", "EXDAT_RAW", "EXDAT_INT", "EXDAT_YYYY", "EXDAT_MM", "EXDAT_DD", "EXSTTIM",
        "EXENDAT_RAW", "EXENDAT_INT", "EXENDAT_YYYY", "EXENDAT_MM", "EXENDAT_DD", "EXENTIM",
        "EXDOSE", "EXDOSU", "EXFREQ", "EXFREQ_STD", "EXCAP", "EXFAST", "EXDISP", "EXRET", "EXADJ",
        "EXADJ_STD",
        "EXADJRSN",
    ])  # fmt: skip
    for subject in subjects():
        positions: dict[str, int] = {}
        for interval in intervals(subject):
            position = positions[interval.folder] = positions.get(interval.folder, 0) + 1
            once = interval.frequency == "ONCE"
            days = interval.last - interval.first + 1
            needed = 1 if once else 2 * days
            spare = 0 if once and interval.first == 1 else 2
            form.add(
                subject.id, interval.folder, interval.sequence, position, subject.on(interval.first),
                EXYN="Yes" if interval.taken else "No", EXYN_STD="Y" if interval.taken else "N",
                **date_columns("EXDAT", subject.on(interval.first), parts=True),
                EXSTTIM=interval.start_time if interval.taken else "",
                **date_columns("EXENDAT", subject.on(interval.last), parts=True),
                EXENTIM=interval.end_time if interval.taken else "",
                EXDOSE=dose_text(subject, interval),
                EXDOSU="mg",
                EXFREQ=("Once" if once else "Twice daily") if interval.taken else "",
                EXFREQ_STD=interval.frequency if interval.taken else "",
                EXCAP=str(CAPSULES[interval.dose]) if interval.taken else "",
                EXFAST="Y" if interval.taken else "",
                EXDISP=str(needed + spare) if interval.taken else "0",
                EXRET=str(spare + interval.missed) if interval.taken else "0",
                EXADJ=ADJUSTMENTS[interval.adjustment], EXADJ_STD=interval.adjustment,
                EXADJRSN=interval.reason,
            )  # fmt: skip
    return [form]
