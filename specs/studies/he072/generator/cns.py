"""CNS (lesions of the central nervous system on MRI) and CNSRA (their response by RANO-BM), cohort 2 only."""

from __future__ import annotations

from specs.studies.he072.generator.draws import draw
from specs.studies.he072.generator.facts import Subject, subjects
from specs.studies.he072.generator.forms import Form, coded, typed, yes_no
from specs.studies.he072.generator.timeline import Visit
from specs.studies.he072.generator.tumour_course import Course, Lesion, course, is_progression

PLACES = ("frontal lobe", "cerebellum", "parietal lobe", "temporal lobe", "occipital lobe")
NOT_DONE = {116: "Claustrophobia, subject declined MRI"}  # no MRI after baseline
STATES = {1: "Measured", 2: "Too small to measure", 4: "Not evaluable"}
OVERALL = {"CR": 1, "PR": 2, "SD": 3, "PD": 4, "NE": 5}


def cns_targets(subject: Subject, found: Course) -> tuple[Lesion, ...]:
    """Where the brain is the only organ, its lesions are those of the RECIST form."""
    if found.targets[0].site == "BRAIN":
        return tuple(Lesion(f"B{n:02}", "BRAIN", each.size) for n, each in enumerate(found.targets, 1))
    count = draw(1, 3, subject.number, "brain lesions")
    return tuple(
        Lesion(f"B{n:02}", "BRAIN", draw(14, 31, subject.number, "brain", n)) for n in range(1, count + 1)
    )


def cns_sizes(subject: Subject, targets: tuple[Lesion, ...], found: Course, scan: int) -> list[int | None]:
    rano = subject.row["bor_ranobm"]
    if found.targets[0].site == "BRAIN":
        return list(found.scans[scan].sizes)
    if rano == "NE":
        return [None] * len(targets)
    if rano == "PD":
        return [lesion.size * 13 // 10 + 5 for lesion in targets]
    return [max(9, lesion.size - draw(0, 2, subject.number, scan, lesion.id)) for lesion in targets]


def rano_response(sizes: list[int | None], base: int, before: list[int], new: bool) -> str:
    """The investigator's reading by RANO-BM (steroids and clinical status stable throughout)."""
    seen = [size for size in sizes if size is not None]
    if new or is_progression(sum(seen), min(before), 1):
        return "PD"
    if len(seen) < len(sizes):
        return "NE"
    return "PR" if 10 * sum(seen) <= 7 * base else "SD"


def rows(lesions: Form, responses: Form, subject: Subject) -> None:
    found = course(subject)
    targets = cns_targets(subject, found)
    base = sum(lesion.size for lesion in targets)
    before = [base]
    steroid = draw(0, 2, subject.number, "dexamethasone") * 2
    visits = [found.baseline, *(scan.visit for scan in found.scans)]
    for number, visit in enumerate(visits, -1):
        if number >= 0 and subject.number in NOT_DONE:
            lesions.add(subject, visit, CNSND="1", CNSNDREA=NOT_DONE[subject.number])
            response_row(responses, subject, visit, "NE", False, steroid)
            continue
        sizes: list[int | None] = [lesion.size for lesion in targets]
        if number >= 0:
            sizes = cns_sizes(subject, targets, found, number)
        for item, (lesion, size) in enumerate(zip(targets, sizes, strict=True), 1):
            state = 4 if size is None else 1
            lesions.add(
                subject, visit, item, CNSID=lesion.id, CNSLOC=PLACES[(item + subject.number) % len(PLACES)],
                CNSMETH="MRI", CNSDT=typed(subject.on(visit.day)), **coded("CNSSTATE", state, STATES[state]),
                CNSDIAM="" if size is None else str(size), CNSUNIT="" if size is None else "mm",
                CNSNEREA="Contrast medium not given" if size is None else "",
            )  # fmt: skip
        if number >= 0:
            answer = rano_response(sizes, base, before, False)
            if None not in sizes:
                before.append(sum(size or 0 for size in sizes))
            response_row(responses, subject, visit, answer, False, steroid)


def response_row(form: Form, subject: Subject, visit: Visit, answer: str, new: bool, steroid: int) -> None:
    form.add(
        subject, visit, CRDT=typed(subject.on(visit.day)), CRTRG=answer, **yes_no("CRNEW", new),
        CRSTER=str(steroid), CRSTERU="mg/day", **coded("CRCLIN", 1, "Stable or better"),
        **coded("CROVR", OVERALL[answer], answer), CREVAL="INVESTIGATOR",
    )  # fmt: skip


def forms() -> list[Form]:
    lesions = Form("CNS", [
        "CNSID", "CNSLOC", "CNSMETH", "CNSDT", "CNSSTATE_C", "CNSSTATE", "CNSDIAM", "CNSUNIT", "CNSNEREA",
        "CNSND", "CNSNDREA",
    ])  # fmt: skip
    responses = Form("CNSRA", [
        "CRDT", "CRTRG", "CRNEW_C", "CRNEW", "CRSTER", "CRSTERU", "CRCLIN_C", "CRCLIN", "CROVR_C", "CROVR",
        "CREVAL",
    ])  # fmt: skip
    for subject in subjects():
        if subject.brain:
            rows(lesions, responses, subject)
    for form in (lesions, responses):
        form.sort()
    return [lesions, responses]
