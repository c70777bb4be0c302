"""SV: the date-of-visit form, planned visits done and missed, and unscheduled ones."""

from __future__ import annotations

from datetime import date

from specs.studies.lxi15029.generator.facts import failures, subjects
from specs.studies.lxi15029.generator.rave import Form, date_columns
from specs.studies.lxi15029.generator.timeline import timeline
from specs.studies.lxi15029.generator.tumour import scan_visits

# Unscheduled visits for blood: (number, folder) -> day.
UNSCHEDULED = {(22, "Unscheduled 1"): 28, (22, "Unscheduled 2"): 35, (22, "Unscheduled 3"): 49}
PLANNED = {"C1D8": 3, "C1D15": 4, "C1D22": 5, "C1D28": 6}


def forms() -> list[Form]:
    form = Form("SV", "Date of Visit", [
        "SVYN", "SVYN_STD", "SVSTDAT_RAW", "SVSTDAT_INT", "SVENDAT_RAW", "SVENDAT_INT", "SVTYPE", "SVREASND",
    ])  # fmt: skip
    for subject in subjects():
        life = timeline(subject)
        rows = [(v.day, v.last_day, v.folder, v.sequence) for v in life.visits.values()]
        rows += [(day, day, folder, sequence) for folder, sequence, day in scan_visits(subject)]
        rows += [(d, d, f, 90 + int(f[-1])) for (n, f), d in UNSCHEDULED.items() if n == subject.number]
        for day, last_day, folder, sequence in sorted(rows):
            form.add(
                subject.id, folder, sequence, 1, subject.on(day), SVYN="Yes", SVYN_STD="Y",
                **date_columns("SVSTDAT", subject.on(day)), **date_columns("SVENDAT", subject.on(last_day)),
                SVTYPE="UNSCHEDULED" if folder.startswith("Unscheduled") else "SCHEDULED",
            )  # fmt: skip
        missed = [folder for folder in PLANNED if folder not in life.visits]
        if missed:  # the first one only: after it the subject had left treatment
            form.add(
                subject.id, missed[0], PLANNED[missed[0]], 1, subject.on(life.end_of_treatment),
                SVYN="No", SVYN_STD="N", SVTYPE="SCHEDULED", SVREASND="Study drug already discontinued",
            )  # fmt: skip
    for failure in failures():
        failed: date = failure.consent
        form.add(
            failure.id, "Screening", 1, 1, failed, SVYN="Yes", SVYN_STD="Y",
            **date_columns("SVSTDAT", failed), **date_columns("SVENDAT", failed), SVTYPE="SCHEDULED",
        )  # fmt: skip
    form.rows.sort(key=lambda row: (row["SUBJECT"], int(row["FOLDERSEQ"])))
    return [form]
