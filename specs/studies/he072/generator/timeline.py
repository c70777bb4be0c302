"""What happened to a treated subject on which study day; every form takes its days from here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from specs.studies.he072.generator.draws import draw, pick
from specs.studies.he072.generator.facts import Subject


@dataclass(frozen=True)
class Visit:
    """A visit as the EDC names it; ``index`` counts repeats of unscheduled ones."""

    name: str
    day: int
    index: int = 1
    cycle: int = 0


LOG = Visit("LOG", 0)
SCREENING = "SCR"


@dataclass(frozen=True)
class Timeline:
    screening: Visit
    treatment: tuple[Visit, ...]  # CxD1 and CxD8, in order
    end_of_treatment: Visit
    contacts: tuple[Visit, ...]  # survival follow-up
    infusion: int  # minutes after midnight at which infusions of this subject start

    @property
    def all_visits(self) -> tuple[Visit, ...]:
        return (self.screening, *self.treatment, self.end_of_treatment)

    def visit(self, name: str) -> Visit:
        return next(visit for visit in self.all_visits if visit.name == name)


# Day 8 visits that came later than their window of 2 days allows.
LATE = {(20, "C1D8"): 12, (66, "C2D8"): 27}
# Day 8 visits that did not take place.
MISSED = {(28, 9), (28, 14), (58, 7), (61, 4), (68, 11), (102, 6)}


@cache
def timeline(subject: Subject) -> Timeline:
    number, limit = subject.number, subject.last_day
    visits: list[Visit] = []
    for dose, after in zip(subject.doses, (*subject.doses[1:], None), strict=True):
        visits.append(Visit(f"C{dose.number}D1", dose.day, 1, dose.number))
        name = f"C{dose.number}D8"
        day = LATE.get((number, name), dose.day + 7 + pick((0, 0, 0, -1, 1), number, name))
        until = min(after.day - 1 if after else limit, limit - 1)
        if day <= until and (number, dose.number) not in MISSED:
            visits.append(Visit(name, day, 1, dose.number))
    earliest = max([visit.day for visit in visits] + [subject.last_dose + 1]) + 1
    end = max(earliest, subject.last_dose + draw(10, 20, number, "end"))
    if subject.progressed:
        end = max(earliest, subject.last_scan + draw(0, 4, number, "end"))
    end = max(min(end, limit), min(earliest, limit))
    contacts: list[Visit] = []
    day = end + 84
    while day < limit - 20:
        contacts.append(Visit(f"SFU{len(contacts) + 1}", day + draw(-5, 5, number, day), 1))
        day += 84
    if not subject.dead:
        contacts.append(Visit(f"SFU{len(contacts) + 1}", limit, 1))
    return Timeline(
        screening=Visit(SCREENING, -draw(2, 5, number, "screening")),
        treatment=tuple(visits),
        end_of_treatment=Visit("EOT", end),
        contacts=tuple(contacts),
        infusion=9 * 60 + 5 * draw(0, 18, number, "infusion"),
    )
