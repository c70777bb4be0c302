"""TUR (target lesions), TUN (non-target), TUX (new lesions), RSP (response of the visit, investigator).

The measurements are made so that RECIST 1.1 leads from them to the best response, the best change and
the day of progression or last assessment of the calibration tables; none of those is written here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from specs.studies.lxi15029.generator.draws import draw, pick
from specs.studies.lxi15029.generator.facts import Subject, subjects
from specs.studies.lxi15029.generator.rave import Form, date_columns

FOLDERS = {
    "W4": ("Tumor Week 4", 31), "W12": ("Tumor Week 12", 32), "W20": ("Tumor Week 20", 33),
    "W28": ("Tumor Week 28", 34), "W36": ("Tumor Week 36", 35), "W44": ("Tumor Week 44", 36),
    "W52": ("Tumor Week 52", 37), "U": ("Unscheduled 1", 91),
}  # fmt: skip
# Number -> scans: (folder, study day, change of the sum of diameters from baseline in percent).
# BEST stands for the best change of the subject's row in facts/subjects.csv.
BEST = 999.0
COURSES: dict[int, tuple[tuple[str, int, float], ...]] = {
    1: (("W4", 29, BEST), ("U", 57, 0), ("W12", 85, 32)),
    2: (("W4", 29, BEST),),
    3: (("W4", 29, BEST), ("W12", 85, 6), ("W20", 143, 7), ("W28", 196, 8), ("W36", 253, 9), ("W44", 310, 11),
        ("W52", 365, 13)),
    4: (("W4", 29, -3), ("W12", 84, BEST), ("W20", 141, 4)),
    5: (("W4", 28, -5), ("W12", 85, -8), ("W20", 141, BEST), ("W28", 199, -8), ("W36", 253, -6),
        ("W44", 309, -2),
        ("U", 345, 14)),
    6: (("W4", 30, BEST), ("W12", 85, 12), ("W20", 142, 13), ("W28", 197, 14)),
    7: (("W4", 29, BEST),),
    8: (("W4", 29, BEST),),
    9: (("W4", 29, BEST),),
    10: (("W4", 29, BEST), ("W12", 86, 12), ("W20", 141, 14), ("W28", 197, 26)),
    11: (("W4", 29, BEST),),
    12: (("W4", 29, BEST),),
    14: (("W4", 28, BEST),),
    15: (("W4", 29, BEST),),
    18: (("W4", 29, BEST),),
    19: (("W4", 29, -11), ("U", 57, BEST), ("W12", 85, 6)),
    20: (("W4", 27, BEST),),
    21: (("W4", 29, BEST),),
    22: (("W4", 30, BEST),),
    23: (("W4", 29, -13), ("W12", 85, BEST), ("W20", 141, -20), ("W28", 197, -17), ("W36", 253, -12)),
}  # fmt: skip
SITES = {
    "BREAST": ("LUNG", "LIVER", "LYMPH NODE", "CHEST WALL", "BREAST"),
    "SARCOMA": ("LUNG", "LYMPH NODE", "RETROPERITONEUM", "PELVIS", "LIVER"),
    "OTHER": ("LIVER", "LYMPH NODE", "LUNG", "ADRENAL GLAND", "PERITONEUM"),
}
SECOND_LESIONS = ("LUNG", "LIVER", "LYMPH NODE")
NON_TARGETS = {  # number -> lesions
    1: ("BONE",), 2: ("PLEURA", "BONE"), 5: ("LUNG",), 6: ("BONE",), 8: ("LIVER",), 9: ("PLEURA",),
    10: ("LUNG",),
    11: ("PELVIS", "LUNG"), 13: ("BONE",), 15: ("LIVER",), 19: ("BONE", "PLEURA"), 21: ("LUNG",),
    24: ("PERITONEUM",),
}  # fmt: skip
LATER_BONE_SCAN = {(19, "U"): 2, (6, "W12"): 1}  # days after the CT
UNEQUIVOCAL = {(11, "W4")}
NEW_LESIONS = {(4, "W20"): ("LIVER", "CT SCAN"), (9, "W4"): ("BRAIN", "MRI"), (7, "W4"): ("LUNG", "CT SCAN")}
NOT_EVALUABLE = {(3, "W20"): 2}  # lesion that could not be measured
TOO_SMALL = {(4, "W12"): 4}  # lesion too small to measure, 5 mm in the sum
MINIMUM = {"LYMPH NODE": 15}


@dataclass(frozen=True)
class Lesion:
    number: int
    site: str
    size: int  # tenths of mm


@dataclass(frozen=True)
class Scan:
    key: str
    folder: str
    sequence: int
    day: int
    sizes: tuple[int, ...]  # tenths of mm, per target lesion


def baseline_lesions(subject: Subject, extra: int) -> tuple[Lesion, ...]:
    """Target lesions at screening, in whole mm; ``extra`` tenths of mm are added to the first."""
    sites = (*SITES[subject.tumour_class][:3], *SECOND_LESIONS)
    small = TOO_SMALL.get((subject.number, "W12"))
    out = []
    for number in range(1, subject.targets + 1):
        site = sites[number - 1]
        low = MINIMUM.get(site, 12)
        if number == small:
            site, low = "LUNG", 12
        size = low + draw(0, 3 if number == small else 20, subject.number, "lesion", number)
        out.append(Lesion(number, site, 10 * size + (extra if number == 1 else 0)))
    return tuple(out)


def total_for(base: int, percent: float, step: int) -> int:
    """The sum ``percent`` away from ``base``, in whole steps (10: whole mm, 1: tenths)."""
    return step * round(base * (1 + percent / 100) / step)


def printed(total: int, base: int) -> str:
    """Change from baseline in percent with one decimal, rounded half away from zero, in whole numbers."""
    change = 2000 * (total - base)
    rounded = (abs(change) + base) // (2 * base)
    return f"{'-' if change < 0 and rounded else ''}{rounded // 10}.{rounded % 10}"


@cache
def course(subject: Subject) -> tuple[tuple[Lesion, ...], tuple[Scan, ...]]:
    """Baseline lesions and scans, in whole mm where those can meet the best change, else in tenths."""
    if subject.number not in COURSES:
        return baseline_lesions(subject, 0), ()
    for step, extra in [(10, 10 * more) for more in range(16)] + [(1, tenth) for tenth in range(160)]:
        lesions = baseline_lesions(subject, extra)
        base = sum(lesion.size for lesion in lesions)
        best = total_for(base, float(subject.best_change), step)
        if printed(best, base) == printed_text(subject.best_change) and base >= 220:
            break
    else:
        raise ValueError(f"no diameters give {subject.best_change} for subject {subject.number}")
    scans = []
    for key, day, percent in COURSES[subject.number]:
        total = best if percent == BEST else total_for(base, percent, step)
        folder, sequence = FOLDERS[key]
        scans.append(Scan(key, folder, sequence, day, share(subject, key, lesions, total, step)))
    return lesions, tuple(scans)


def printed_text(value: str) -> str:
    return value if "." in value else f"{value}.0"


def share(subject: Subject, key: str, lesions: tuple[Lesion, ...], total: int, step: int) -> tuple[int, ...]:
    """Splits a sum over the lesions in proportion to their baseline, with a little unevenness."""
    sizes = [lesion.size for lesion in lesions]
    small = TOO_SMALL.get((subject.number, key))
    if small:
        sizes[small - 1] = 50
    turn = 0
    while sum(sizes) != total:
        index = pick(range(len(sizes)), subject.number, key, turn)
        turn += 1
        if small and index == small - 1:
            continue
        sizes[index] += step if sum(sizes) < total else -step
    return tuple(sizes)


def scan_visits(subject: Subject) -> list[tuple[str, int, int]]:
    """Folder, its sequence and study day of the scans after baseline."""
    return [(scan.folder, scan.sequence, scan.day) for scan in course(subject)[1]]


def is_node(site: str) -> bool:
    return site == "LYMPH NODE"


def target_rows(form: Form, subject: Subject, lesions: tuple[Lesion, ...], scans: tuple[Scan, ...]) -> None:
    baseline = Scan("BL", "Screening", 1, baseline_day(subject), tuple(lesion.size for lesion in lesions))
    for scan in (baseline, *scans):
        for lesion, size in zip(lesions, scan.sizes, strict=True):
            state = "MEASURED"
            if NOT_EVALUABLE.get((subject.number, scan.key)) == lesion.number:
                state = "NOT EVALUABLE"
            if TOO_SMALL.get((subject.number, scan.key)) == lesion.number:
                state = "TOO SMALL TO MEASURE"
            decimals = subject.number == 10 or any(x.size % 10 for x in lesions)
            text = f"{size // 10}.{size % 10}" if decimals or size % 10 else str(size // 10)
            form.add(
                subject.id, scan.folder, scan.sequence, lesion.number, subject.on(scan.day),
                TURNUM=f"T{lesion.number:02}", TURLOC=lesion.site.capitalize(), TURLOC_STD=lesion.site,
                TURSITE=f"{lesion.site.lower()} lesion {lesion.number}", TURMETH="CT SCAN",
                TURNODE="Y" if is_node(lesion.site) else "N", **date_columns("TURDAT", subject.on(scan.day)),
                TURSTAT=state.capitalize(), TURSTAT_STD=state,
                TURDIAM=text if state == "MEASURED" else "", TURDIAMU="mm" if state == "MEASURED" else "",
                TURREASND="Motion artifact" if state == "NOT EVALUABLE" else "",
            )  # fmt: skip


def baseline_day(subject: Subject) -> int:
    return -draw(2, 6, subject.number, "baseline scan")


def other_rows(non_target: Form, new: Form, subject: Subject, scans: tuple[Scan, ...]) -> None:
    sites = NON_TARGETS.get(subject.number, ())
    for scan in (Scan("BL", "Screening", 1, baseline_day(subject), ()), *scans):
        for number, site in enumerate(sites, 1):
            worse = (subject.number, scan.key) in UNEQUIVOCAL and number == 1
            state = "UNEQUIVOCAL PROGRESSION" if worse else "PRESENT"
            bone = site == "BONE"
            day = scan.day + (LATER_BONE_SCAN.get((subject.number, scan.key), 0) if bone else 0)
            non_target.add(
                subject.id, scan.folder, scan.sequence, number, subject.on(day),
                TUNNUM=f"NT{number:02}", TUNLOC=site.capitalize(), TUNLOC_STD=site,
                TUNMETH="Bone scan" if bone else "CT scan", TUNMETH_STD="SCINTIGRAPHY" if bone else "CT SCAN",
                **date_columns("TUNDAT", subject.on(day)), TUNRES=state.capitalize(), TUNRES_STD=state,
            )  # fmt: skip
        found = NEW_LESIONS.get((subject.number, scan.key))
        if found:
            new.add(
                subject.id, scan.folder, scan.sequence, 1, subject.on(scan.day),
                TUXNUM="NEW01", TUXLOC=found[0].capitalize(), TUXLOC_STD=found[0], TUXMETH=found[1],
                **date_columns("TUXDAT", subject.on(scan.day)), TUXRES="Unequivocal",
                TUXRES_STD="UNEQUIVOCAL",
            )  # fmt: skip


def target_response(subject: Subject, scan: Scan, before: list[int], base: int) -> str:
    """Investigator's reading of the target lesions, RECIST 1.1."""
    total, nadir = sum(scan.sizes), min(before)
    if (subject.number, scan.key) in NOT_EVALUABLE:
        return "NE"
    if total - nadir >= 50 and 10 * total >= 12 * nadir:
        return "PD"
    return "PR" if 10 * total <= 7 * base else "SD"


def response_rows(form: Form, subject: Subject, scans: tuple[Scan, ...], base: int) -> None:
    before = [base]
    for scan in scans:
        key = (subject.number, scan.key)
        target = target_response(subject, scan, before, base)
        other = "NON-CR/NON-PD" if subject.number in NON_TARGETS else "NOT APPLICABLE"
        other = "PD" if key in UNEQUIVOCAL else other
        overall = "PD" if "PD" in (target, other) or key in NEW_LESIONS else target
        if target != "NE":
            before.append(sum(scan.sizes))
        form.add(
            subject.id, scan.folder, scan.sequence, 1, subject.on(scan.day),
            **date_columns("RSPDAT", subject.on(scan.day)), RSPTRG=target, RSPNTRG=other,
            RSPNEW="Yes" if key in NEW_LESIONS else "No", RSPNEW_STD="Y" if key in NEW_LESIONS else "N",
            RSPOVR=overall, RSPEVAL="INVESTIGATOR",
        )  # fmt: skip


def forms() -> list[Form]:
    targets = Form("TUR", "Target Lesions", [
        "TURNUM", "TURLOC", "TURLOC_STD", "TURSITE", "TURMETH", "TURNODE", "TURDAT_RAW", "TURDAT_INT",
        "TURSTAT",
        "TURSTAT_STD", "TURDIAM", "TURDIAMU", "TURREASND",
    ])  # fmt: skip
    non_targets = Form("TUN", "Non-Target Lesions", [
        "TUNNUM", "TUNLOC", "TUNLOC_STD", "TUNMETH", "TUNMETH_STD", "TUNDAT_RAW", "TUNDAT_INT", "TUNRES",
        "TUNRES_STD",
    ])  # fmt: skip
    new = Form("TUX", "New Lesions", [
        "TUXNUM", "TUXLOC", "TUXLOC_STD", "TUXMETH", "TUXDAT_RAW", "TUXDAT_INT", "TUXRES", "TUXRES_STD",
    ])  # fmt: skip
    responses = Form("RSP", "Tumor Response", [
        "RSPDAT_RAW", "RSPDAT_INT", "RSPTRG", "RSPNTRG", "RSPNEW", "RSPNEW_STD", "RSPOVR", "RSPEVAL",
    ])  # fmt: skip
    for subject in subjects():
        lesions, scans = course(subject)
        target_rows(targets, subject, lesions, scans)
        other_rows(non_targets, new, subject, scans)
        response_rows(responses, subject, scans, sum(lesion.size for lesion in lesions))
    return [targets, non_targets, new, responses]
