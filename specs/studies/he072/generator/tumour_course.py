"""Lesions and sums of diameters of a subject, scan by scan.

They are made so that RECIST 1.1 leads from them to the best response, the best change and the day of
progression or last assessment of the calibration tables; the sums themselves are written nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from specs.studies.he072.generator.draws import chance, draw, pick
from specs.studies.he072.generator.facts import Subject
from specs.studies.he072.generator.timeline import Visit

FIRST_SCAN, INTERVAL = 43, 42
NOT_EVALUABLE = {118: (44, 58), 119: (40,)}  # best response NE: days of scans without all target lesions
# Progression shown otherwise than by the sum: number -> sites of new lesions, or "" for a non-target lesion.
NEW_SITES = {
    1: ("LIVER",), 31: ("BRAIN",), 32: ("LIVER",), 33: ("BONE",), 54: ("BRAIN", "LUNG"), 15: ("LIVER",),
    25: ("LUNG",), 29: ("LYMPH NODE",), 57: ("BONE",), 62: ("LIVER",), 66: ("LUNG",), 73: ("BRAIN",),
    81: ("LIVER",), 84: ("LYMPH NODE",), 88: ("PLEURA",), 102: ("LIVER",), 117: ("BONE",),
}  # fmt: skip
NON_TARGET_PROGRESSION = (23, 59, 76)
ELSEWHERE = ("CHEST WALL", "BREAST", "ADRENAL GLAND", "SKIN", "MEDIASTINUM", "PLEURA")
MENINGES = (52, 61, 68)  # in the central nervous system, counted under other sites
MISSED_LESION = {(58, 2): 1, (28, 4): 2}  # (number, scan) -> target lesion that could not be measured
TOO_SMALL = {(17, 3): 1, (28, 1): 3}


@dataclass(frozen=True)
class Lesion:
    """A lesion found at baseline; ``size`` in mm, 0 for one that is only followed (non-target)."""

    id: str
    site: str
    size: int
    side: str = ""

    @property
    def node(self) -> bool:
        return self.site == "LYMPH NODE"


@dataclass(frozen=True)
class Scan:
    visit: Visit
    sizes: tuple[int | None, ...]  # mm for each target lesion; None: not evaluable
    new_sites: tuple[str, ...] = ()
    non_target_worse: bool = False

    @property
    def day(self) -> int:
        return self.visit.day


@dataclass(frozen=True)
class Course:
    targets: tuple[Lesion, ...]
    others: tuple[Lesion, ...]
    baseline: Visit
    scans: tuple[Scan, ...]
    scale: int = 1  # sizes are mm (1) or tenths of mm (10)

    def mm(self, size: int) -> str:
        return str(size) if self.scale == 1 else f"{size // 10}.{size % 10}"


def target_sites(subject: Subject) -> list[str]:
    sites: list[str] = []
    for organ in subject.organs:
        if organ in ("bone", "brain"):
            continue
        name = elsewhere(subject) if organ == "others" else organ.upper().replace("_", " ")
        sites += [name] * (2 if chance(45, subject.number, organ, "two") and name != "MENINGES" else 1)
    sites = [site for site in sites if site != "MENINGES"]
    if not sites:
        sites = ["BRAIN", "BRAIN"] if "brain" in subject.organs else ["BONE"]
    return sites[:5]


def elsewhere(subject: Subject) -> str:
    return "MENINGES" if subject.number in MENINGES else pick(ELSEWHERE, subject.number, "elsewhere")


def other_lesions(subject: Subject, sites: list[str]) -> tuple[Lesion, ...]:
    found: list[str] = []
    if "bone" in subject.organs and "BONE" not in sites:
        found += ["BONE"] * draw(1, 2, subject.number, "bones")
    if "brain" in subject.organs and "BRAIN" not in sites and not subject.brain:
        found.append("BRAIN")
    if "others" in subject.organs and subject.number in MENINGES:
        found.append("MENINGES")
    if "lung" in subject.organs and chance(30, subject.number, "nodules"):
        found.append("LUNG")
    if subject.number in NON_TARGET_PROGRESSION and not found:
        found.append("PLEURA")
    return tuple(Lesion(f"NT{n:02}", site, 0) for n, site in enumerate(found, 1))


def baseline_targets(subject: Subject, sites: list[str], extra: int, scale: int = 1) -> tuple[Lesion, ...]:
    out = []
    for n, site in enumerate(sites, 1):
        low = 17 if site == "LYMPH NODE" else 13
        size = scale * (low + draw(0, 24, subject.number, "lesion", n)) + (extra if n == 1 else 0)
        side = pick(("LEFT", "RIGHT"), subject.number, "side", n) if site in ("LUNG", "BREAST") else ""
        out.append(Lesion(f"T{n:02}", site, size, side))
    return tuple(out)


def percent_tenths(total: int, base: int) -> int:
    """Change from baseline in tenths of a percent, rounded half away from zero in whole numbers."""
    change = 2000 * (total - base)
    rounded = (abs(change) + base) // (2 * base)
    return -rounded if change < 0 else rounded


def scan_days(subject: Subject) -> list[int]:
    end = subject.last_scan
    if subject.number in NOT_EVALUABLE:
        return list(NOT_EVALUABLE[subject.number])
    if subject.row["bor"] == "NA":
        return []
    if subject.row["bor"] == "PD":
        return [end]
    response = int(subject.times["resp_day"] or 0)
    fixed = {end} | ({response} if response else set())
    days = set(fixed)
    for planned in range(FIRST_SCAN, end, INTERVAL):
        day = planned + draw(0, 3, subject.number, planned, "scan")
        if all(abs(day - other) >= 20 for other in fixed):
            days.add(day)
    return sorted(days)


def is_progression(total: int, nadir: int, scale: int) -> bool:
    """At least 20 % and 5 mm above the smallest sum so far."""
    return total - nadir >= 5 * scale and 10 * total >= 12 * nadir


def highest_stable(nadir: int, scale: int) -> int:
    total = nadir
    while not is_progression(total + 1, nadir, scale):
        total += 1
    return total


def sums(subject: Subject, days: list[int], base: int, best: int, scale: int) -> list[int]:
    """The sum of diameters at each scan day; ``best`` is the smallest of them."""
    if subject.row["bor"] == "PD":
        return [best]
    number, response = subject.number, int(subject.times["resp_day"] or 0)
    by_sum = subject.progressed and number not in NEW_SITES and number not in NON_TARGET_PROGRESSION
    stable = days[:-1] if by_sum else days
    candidates = [i for i, day in enumerate(stable) if not response or day >= response]
    where = candidates[min(draw(0, 1, number, "best at"), len(candidates) - 1)]
    out: list[int] = []
    for i, day in enumerate(stable):
        nadir = min([base, *out])
        high = min(highest_stable(nadir, scale), base + base // 6)
        low = best
        if response and day < response:
            low = base * 7 // 10 + 1
        elif response and i <= where:
            high = base * 7 // 10
        if i < where and not response:
            high = min(high, max(best, base))
        if i > where:
            low, high = best, min(high, max(best, highest_stable(best, scale)))
        high = max(low, high)
        mean = low + (high - low) * (20 + 60 * i // max(1, len(stable))) // 100
        near = min(high, max(low, mean + scale * draw(-3, 3, number, day, "sum")))
        out.append(best if i == where else near)
    if by_sum:
        nadir = min([base, *out])
        grown = highest_stable(nadir, scale) + 1 + scale * draw(0, 6, number, "growth")
        out.append(max(grown, best))
    return out


def share(subject: Subject, lesions: tuple[Lesion, ...], total: int, scan: int) -> tuple[int, ...]:
    """Splits a sum over the lesions in proportion to their baseline, a little unevenly."""
    base = sum(lesion.size for lesion in lesions)
    sizes = [lesion.size * total // base for lesion in lesions]
    small = TOO_SMALL.get((subject.number, scan))
    if small:
        sizes[small - 1] = 5
    step = 0
    while sum(sizes) != total:
        index = draw(0, len(sizes) - 1, subject.number, scan, step)
        step += 1
        if not (small and index == small - 1):
            sizes[index] += 1 if sum(sizes) < total else -1
    if len(sizes) >= 2 and not small:
        give = min(draw(0, 2, subject.number, scan, "uneven"), sizes[0] - 3)
        if give > 0:
            sizes[0] -= give
            sizes[1] += give
    return tuple(sizes)


def visit_of(day: int, taken: set[str]) -> Visit:
    week = 6 * max(1, round((day - 1) / INTERVAL))
    planned = 1 + 7 * week
    if abs(day - planned) <= 11 and f"TA_W{week}" not in taken:
        return Visit(f"TA_W{week}", day)
    index = 1 + sum(name.startswith("UNS") for name in taken)
    return Visit("UNS", day, index)


@cache
def course(subject: Subject) -> Course:
    """Lesions and scans of a subject; the first lesion grows until the best change can be met in whole mm."""
    sites = target_sites(subject)
    others = other_lesions(subject, sites)
    baseline = Visit("SCR", -draw(3, min(20, -subject.consent_day), subject.number, "baseline scan"))
    days = scan_days(subject)
    wanted = subject.row["best_pct"]
    if not days or subject.row["bor"] == "NE":
        targets = baseline_targets(subject, sites, 0)
        blank: tuple[None, ...] = (None,) * len(targets)
        return Course(targets, others, baseline, tuple(_scans(subject, days, [blank] * len(days))))
    tenths = int(wanted.replace(".", "")) if "." in wanted else 10 * int(wanted)
    for scale, extra in [(1, extra) for extra in range(26)] + [(10, extra) for extra in range(200)]:
        targets = baseline_targets(subject, sites, extra, scale)
        base = sum(lesion.size for lesion in targets)
        best = (base * (1000 + tenths) + 500) // 1000
        if percent_tenths(best, base) == tenths and base >= 30 * scale and _valid(subject, base, best, scale):
            break
    else:
        raise ValueError(f"no whole diameters give {wanted} for subject {subject.number}")
    totals = sums(subject, days, base, best, scale)
    sizes: list[tuple[int | None, ...]] = [share(subject, targets, n, i) for i, n in enumerate(totals)]
    return Course(targets, others, baseline, tuple(_scans(subject, days, sizes)), scale)


def _valid(subject: Subject, base: int, best: int, scale: int) -> bool:
    if subject.row["bor"] == "PD" and subject.number not in NEW_SITES:
        return is_progression(best, base, scale)
    if subject.row["bor"] == "PR":
        return 10 * best <= 7 * base
    return subject.row["bor"] == "PD" or (10 * best > 7 * base and not is_progression(best, base, scale))


def _scans(subject: Subject, days: list[int], sizes: list[tuple[int | None, ...]]) -> list[Scan]:
    scans: list[Scan] = []
    names: set[str] = set()
    for i, (day, found) in enumerate(zip(days, sizes, strict=True)):
        visit = visit_of(day, names)
        names.add(visit.name + (str(visit.index) if visit.name == "UNS" else ""))
        missed = MISSED_LESION.get((subject.number, i))
        if missed:
            found = tuple(None if n == missed else size for n, size in enumerate(found, 1))
        end = i == len(days) - 1 and subject.progressed
        new = NEW_SITES.get(subject.number, ()) if end else ()
        worse = end and subject.number in NON_TARGET_PROGRESSION
        scans.append(Scan(visit, found, new, worse))
    return scans
