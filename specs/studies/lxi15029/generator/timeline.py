"""What happened to a treated subject on which study day; every form takes its days from here.

Day 1 is the single dose, day 2 the washout day, day 3 the first day of twice-daily dosing. Days of
cycle 1 count from the single dose (Table 3 calls it cycle 1 day 1), so cycle 1 ends on day 30 and
cycle n (n >= 2) starts on day 31 + 28 (n - 2), later after a hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from specs.studies.lxi15029.generator.draws import draw, pick
from specs.studies.lxi15029.generator.facts import Subject

LAST_DOSE = {
    1: 85, 2: 29, 3: 364, 4: 141, 5: 344, 6: 198, 7: 28, 8: 29, 9: 28, 10: 197, 11: 29, 12: 30,
    13: 17, 14: 29, 15: 28, 16: 18, 17: 27, 18: 30, 19: 86, 20: 28, 21: 29, 22: 28, 23: 254, 24: 14,
}  # fmt: skip
DEATH = {7: 44}
# A hold of whole days (first, last, reason); the cycle starts after it move by its length when it is a week.
HOLDS = {
    5: (150, 156, "Personal travel, no study drug taken along"),
    10: (100, 101, "Forgot to take the capsules"),
    19: (45, 47, "Admitted for port catheter replacement"),
}
# Dose reductions: subject -> first day at the new dose, new dose, reason.
REDUCTIONS = {23: (115, 110, "SRC decision: MTD declared as 110 mg BID")}
# Days set by hand: one visit out of its window, and two that an adverse event starts on.
LATE = {(14, "C1D15"): 19, (12, "C1D8"): 8, (12, "C1D15"): 15}


@dataclass(frozen=True)
class Visit:
    folder: str
    sequence: int
    planned: int
    day: int
    last_day: int


@dataclass(frozen=True)
class Timeline:
    consent: int
    screening: int
    visits: dict[str, Visit]
    last_dose: int
    end_of_treatment: int
    follow_up: int | None  # 30-day follow-up visit
    end_of_study: int
    dose_time: int  # minutes after midnight of the day 1 dose
    steady_dose_time: int  # of the day 28 morning dose


def cycle_start(number: int, cycle: int) -> int:
    start = 31 + 28 * (cycle - 2)
    hold = HOLDS.get(number)
    return start + 7 if hold and hold[1] - hold[0] == 6 and start > hold[1] else start


def end_of_study(number: int, follow_up: int | None, end_of_treatment: int) -> int:
    if number in DEATH:
        return DEATH[number]
    if number == 13:
        return end_of_treatment
    contacts = {2: 92, 4: 60, 16: 14, 10: 85, 21: 75, 23: 61}
    return (follow_up or end_of_treatment) + contacts.get(number, 0)


@cache
def timeline(subject: Subject) -> Timeline:
    number = subject.number
    last = LAST_DOSE[number]
    screening = -draw(2, 6, number, "screening")
    consent = screening - draw(3, 8, number, "consent")
    visits: dict[str, Visit] = {"Screening": Visit("Screening", 1, -28, consent, screening)}
    visits["C1D1"] = Visit("C1D1", 2, 1, 1, 3)
    for sequence, planned in ((3, 8), (4, 15), (5, 22)):
        folder = f"C1D{planned}"
        day = LATE.get((number, folder), planned + pick((0, 0, 0, -1, 1), number, folder))
        if day <= last:
            visits[folder] = Visit(folder, sequence, planned, day, day)
    if subject.steady_state:
        visits["C1D28"] = Visit("C1D28", 6, 28, 28, 28)
    for cycle in range(2, 14):
        start = cycle_start(number, cycle)
        if start <= last:
            visits[f"C{cycle}D1"] = Visit(f"C{cycle}D1", 5 + cycle, 31 + 28 * (cycle - 2), start, start)
    end = last + (1 if number in (13, 17, 24) else draw(2, 4, number, "EOT"))
    follow_up = None if number in (7, 13) else last + draw(29, 33, number, "follow-up")
    visits["EOT"] = Visit("EOT", 50, last + 1, end, end)
    if follow_up:
        visits["30-Day Follow-up"] = Visit("30-Day Follow-up", 51, last + 30, follow_up, follow_up)
    return Timeline(
        consent=consent,
        screening=screening,
        visits=visits,
        last_dose=last,
        end_of_treatment=end,
        follow_up=follow_up,
        end_of_study=end_of_study(number, follow_up, end),
        dose_time=8 * 60 + draw(0, 25, number, "dose time"),
        steady_dose_time=8 * 60 + draw(0, 20, number, "steady dose time"),
    )
