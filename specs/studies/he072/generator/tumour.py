"""TL (target lesions), NTL (non-target), NL (new lesions) and RA (the investigator's response, RECIST 1.1)."""

from __future__ import annotations

from specs.studies.he072.generator.draws import draw
from specs.studies.he072.generator.facts import Subject, subjects
from specs.studies.he072.generator.forms import Form, Row, coded, typed, yes_no
from specs.studies.he072.generator.timeline import Visit
from specs.studies.he072.generator.tumour_course import (
    TOO_SMALL,
    Course,
    Lesion,
    Scan,
    course,
    is_progression,
)

METHODS = {"CT": "CT scan, contrast enhanced", "MRI": "MRI", "ECT": "Bone scan (ECT)"}
STATES = {1: "Measured", 2: "Too small to measure", 3: "Disappeared", 4: "Not evaluable"}
REASONS = ("Scan without contrast", "Motion artifact", "Lesion not in the scanned region")
OVERALL = {"CR": 1, "PR": 2, "SD": 3, "PD": 4, "NE": 5}
NEW_ID = ("NEW01", "NEW02")
# A shadow reported as possible new lesion that was not seen again: (number, scan).
EQUIVOCAL = {(12, 1): "LIVER", (82, 2): "LUNG"}


def method(site: str) -> str:
    return {"BRAIN": "MRI", "MENINGES": "MRI", "BONE": "ECT"}.get(site, "CT")


def place(lesion: Lesion) -> str:
    side = f"{lesion.side.lower()} " if lesion.side else ""
    return f"{side}{lesion.site.lower()} {lesion.id[-1]}"


def target_rows(form: Form, subject: Subject, found: Course) -> None:
    baseline = Scan(found.baseline, tuple(lesion.size for lesion in found.targets))
    for number, scan in enumerate((baseline, *found.scans), -1):
        for item, (lesion, size) in enumerate(zip(found.targets, scan.sizes, strict=True), 1):
            small = number >= 0 and TOO_SMALL.get((subject.number, number)) == item
            state = 2 if small else 4 if size is None else 3 if size == 0 else 1
            bone = "CT" if lesion.site == "BONE" else method(lesion.site)
            form.add(
                subject, scan.visit, item, TLID=lesion.id, TLORG=lesion.site, TLSITE=place(lesion),
                **yes_no("TLNODE", lesion.node), TLMETH_C=bone, TLMETH=METHODS[bone],
                TLDT=typed(subject.on(scan.day)), **coded("TLSTATE", state, STATES[state]),
                TLDIAM=found.mm(size) if state == 1 and size is not None else "",
                TLUNIT="mm" if state == 1 else "",
                TLNEREA=REASONS[draw(0, 2, subject.number, scan.day)] if state == 4 else "",
            )  # fmt: skip


def other_day(subject: Subject, lesion: Lesion, scan: Scan) -> int:
    """Bone scans come up to three days after the CT, never after the last day of the subject."""
    late = draw(0, 3, subject.number, scan.day, "bone scan") if lesion.site == "BONE" and scan.day > 0 else 0
    return min(scan.day + late, max(scan.day, subject.last_day))


def other_rows(form: Form, new: Form, subject: Subject, found: Course) -> None:
    baseline = Scan(found.baseline, ())
    for number, scan in enumerate((baseline, *found.scans), -1):
        for item, lesion in enumerate(found.others, 1):
            worse = scan.non_target_worse and item == 1
            code, text = (2, "Unequivocal progression") if worse else (1, "Present")
            form.add(
                subject, scan.visit, item, NTLID=lesion.id, NTLORG=lesion.site, NTLSITE=place(lesion),
                NTLMETH_C=method(lesion.site), NTLMETH=METHODS[method(lesion.site)],
                NTLDT=typed(subject.on(other_day(subject, lesion, scan))), **coded("NTLSTATE", code, text),
            )  # fmt: skip
        sites = [(site, 1) for site in scan.new_sites]
        if (subject.number, number) in EQUIVOCAL:
            sites.append((EQUIVOCAL[subject.number, number], 2))
        for item, (site, code) in enumerate(sites, 1):
            new.add(
                subject, scan.visit, item, NLID=NEW_ID[item - 1], NLORG=site,
                NLMETH_C=method(site), NLMETH=METHODS[method(site)], NLDT=typed(subject.on(scan.day)),
                **coded("NLSTATE", code, {1: "Unequivocal", 2: "Equivocal"}[code]),
                NLDESC="Brain and lung metastases found after dose 5" if subject.number == 54 else "",
            )  # fmt: skip


def target_response(scan: Scan, before: list[int], scale: int) -> str:
    """The investigator's reading of the target lesions, RECIST 1.1."""
    seen = [size for size in scan.sizes if size is not None]
    total = sum(seen)
    if is_progression(total, min(before), scale):
        return "PD"
    if len(seen) < len(scan.sizes):
        return "NE"
    return "PR" if 10 * total <= 7 * before[0] else "SD"


def response_rows(form: Form, subject: Subject, found: Course) -> None:
    before = [sum(lesion.size for lesion in found.targets)]
    for scan in found.scans:
        target = target_response(scan, before, found.scale)
        other = "NA" if not found.others else "PD" if scan.non_target_worse else "NON-CR/NON-PD"
        worse = "PD" in (target, other) or bool(scan.new_sites)
        overall = "PD" if worse else target
        if None not in scan.sizes:
            before.append(sum(size or 0 for size in scan.sizes))
        form.add(
            subject, scan.visit, RADT=typed(subject.on(scan.day)), RATRG=target, RANTRG=other,
            **yes_no("RANEW", bool(scan.new_sites)), **coded("RAOVR", OVERALL[overall], overall),
            RAEVAL="INVESTIGATOR",
        )  # fmt: skip


def missed_scan(form: Form, number: int, week: int, day: int, reason: str) -> Row:
    subject = subjects()[number - 1]
    return form.add(subject, Visit(f"TA_W{week}", day), RAND="1", RANDREA=reason)


def forms() -> list[Form]:
    targets = Form("TL", [
        "TLID", "TLORG", "TLSITE", "TLNODE_C", "TLNODE", "TLMETH_C", "TLMETH", "TLDT", "TLSTATE_C", "TLSTATE",
        "TLDIAM", "TLUNIT", "TLNEREA", "TLREMEAS",
    ])  # fmt: skip
    others = Form("NTL", [
        "NTLID", "NTLORG", "NTLSITE", "NTLMETH_C", "NTLMETH", "NTLDT", "NTLSTATE_C", "NTLSTATE",
    ])  # fmt: skip
    new = Form("NL", [
        "NLID", "NLORG", "NLMETH_C", "NLMETH", "NLDT", "NLSTATE_C", "NLSTATE", "NLDESC",
    ])  # fmt: skip
    responses = Form("RA", [
        "RADT", "RATRG", "RANTRG", "RANEW_C", "RANEW", "RAOVR_C", "RAOVR", "RAEVAL", "RAND", "RANDREA",
    ])  # fmt: skip
    for subject in subjects():
        found = course(subject)
        target_rows(targets, subject, found)
        other_rows(others, new, subject, found)
        response_rows(responses, subject, found)
    missed_scan(responses, 54, 6, 43, "Scanner out of service; scan done at week 9")
    missed_scan(responses, 99, 6, 43, "Consent withdrawn")
    missed_scan(responses, 107, 6, 43, "Consent withdrawn")
    mess(targets, responses)
    for form in (targets, others, new, responses):
        form.sort()
    return [targets, others, new, responses]


def mess(targets: Form, responses: Form) -> None:
    """The deliberate irregularities; each is listed in the README of the study."""
    people = {subject.number: subject for subject in subjects()}
    # A target lesion measured a second time at the same visit.
    first = targets.find(people[24].id, "TA_W12", TLID="T01")
    again = dict(first) | {"TLREMEAS": "1", "TLDIAM": str(int(first["TLDIAM"]) + 2)}
    targets.rows.append(again)
    # The unit of a diameter is missing, and a diameter in cm.
    targets.find(people[33].id, "SCR", TLID="T01")["TLUNIT"] = ""
    row = targets.find(people[40].id, "SCR", TLID="T01")
    row |= {"TLDIAM": f"{int(row['TLDIAM']) / 10:.1f}", "TLUNIT": "cm"}
    # The organ typed with a trailing blank.
    targets.find(people[56].id, "SCR", TLID="T01")["TLORG"] += " "
    # Response entered twice.
    responses.rows.append(dict(responses.find(people[70].id, "TA_W12")))
