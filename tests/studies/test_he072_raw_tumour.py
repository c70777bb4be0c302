"""The lesions and contacts of HE072 lead by the rules to the calibrated responses and times.

RECIST 1.1, RANO-BM, best response (stable disease from day 43), PFS with censoring at the next therapy, OS and
duration of response in the plainest way; the calibration tables give every published efficacy number.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache

from he072_raw import (
    CALIBRATED,
    CUT_OFF,
    ENROLLED,
    FIRST_DOSE,
    TIMES,
    Row,
    complete,
    day_of,
    form,
    half_up,
    study_day,
    unique,
)


def sums_of(subject: str, rows: list[Row]) -> list[tuple[date, float, bool]]:
    """Baseline and scans in order of date: (date, sum in mm, complete)."""
    visits: dict[date, dict[str, float | None]] = defaultdict(dict)
    for row in rows:
        if row["TLREMEAS"]:
            continue
        value = None
        if row["TLSTATE_C"] == "1":
            value = float(row["TLDIAM"]) * (10 if row["TLUNIT"] == "cm" else 1)
        elif row["TLSTATE_C"] in "23":
            value = 5.0 if row["TLSTATE_C"] == "2" else 0.0
        visits[day_of(row["TLDT"])][row["TLID"]] = value
    return [
        (day, sum(v for v in found.values() if v is not None), None not in found.values())
        for day, found in sorted(visits.items())
    ]


@cache
def recist() -> dict[str, tuple[list[tuple[int, str]], float | None]]:
    """Subject -> (study day, overall response) of each scan, and the best change in percent."""
    lesions: dict[str, list[Row]] = defaultdict(list)
    for row in form("TL"):
        lesions[row["SUBJECTNUMBERSTR"]].append(row)
    worse: dict[str, set[str]] = defaultdict(set)
    for row in form("NTL"):
        if row["NTLSTATE_C"] == "2":
            worse[row["SUBJECTNUMBERSTR"]].add(row["VISITMNEMONIC"])
    for row in form("NL"):
        if row["NLSTATE_C"] == "1":
            worse[row["SUBJECTNUMBERSTR"]].add(row["VISITMNEMONIC"])
    out = {}
    for subject, rows in lesions.items():
        visit_of = {day_of(row["TLDT"]): row["VISITMNEMONIC"] for row in rows}
        (_, base, whole), *scans = sums_of(subject, rows)
        assert whole and base > 0
        nadir, answers, changes, over = base, [], [], False
        for day, total, whole in scans:
            target = "NE"
            if total - nadir >= 5 - 1e-9 and total >= 1.2 * nadir - 1e-9:
                target = "PD"
            elif whole:
                target = "PR" if total <= 0.7 * base + 1e-9 else "SD"
            if visit_of[day] in worse[subject]:
                target = "PD"
            answers.append(((day - FIRST_DOSE[subject]).days + 1, target))
            if whole:
                nadir = min(nadir, total)
                if not over:
                    changes.append(100 * (total - base) / base)
            over = over or target == "PD"
        out[subject] = (answers, min(changes) if changes else None)
    return out


def best_response(answers: list[tuple[int, str]], scanned: bool) -> str:
    until = next((i for i, (_, answer) in enumerate(answers) if answer == "PD"), len(answers))
    seen = answers[: until + 1]
    if any(answer == "PR" for _, answer in seen):
        return "PR"
    if any(answer == "SD" and day >= 43 for day, answer in seen):
        return "SD"
    if any(answer == "PD" for _, answer in seen):
        return "PD"
    return "NE" if scanned else "NA"


def test_lesions_lead_to_the_calibrated_best_response_and_change() -> None:
    for subject, (answers, change) in recist().items():
        row = CALIBRATED[ENROLLED[subject]]
        assert best_response(answers, bool(answers)) == row["bor"], subject
        printed = half_up(change) if change is not None else None
        assert printed == (float(row["best_pct"]) if row["best_pct"] else None), subject


def test_investigator_agrees_with_the_lesions() -> None:
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in unique(form("RA")):
        if row["RAND"] != "1":
            found[row["SUBJECTNUMBERSTR"]].append(
                (study_day(row["SUBJECTNUMBERSTR"], row["RADT"]), row["RAOVR"])
            )
    assert {s: sorted(a) for s, a in found.items()} == {s: a for s, (a, _) in recist().items() if a}


@cache
def survival() -> dict[str, tuple[int, int]]:
    """Subject -> day of death or last day known alive up to the cut-off, and 1 for death."""
    deaths = {row["SUBJECTNUMBERSTR"]: row["DTHDT"] for row in form("DTH")}
    last: dict[str, int] = defaultdict(int)
    places = {"SFU": ("SFUDT",), "EOT": ("EOTDT",), "EX": ("EXDT",), "VS": ("VSDT",), "TL": ("TLDT",),
        "NTL": ("NTLDT",),
              "AE": ("AESTDT", "AEENDT"), "EG": ("EGDT",), "PK": ("PKDT",), "SV": ("SVDT", "SVENDT"),
              "LAB_HEMA": ("HEMDT",),
              "CM": ("CMSTDT", "CMENDT"), "SAT": ("SATSTDT", "SATENDT"), "RA": ("RADT",)}  # fmt: skip
    for name, columns in places.items():
        for row in form(name):
            for column in columns:
                day = complete(row[column]) if row[column] else None
                if day and day <= CUT_OFF and row["SUBJECTNUMBERSTR"] in FIRST_DOSE:
                    subject = row["SUBJECTNUMBERSTR"]
                    last[subject] = max(last[subject], (day - FIRST_DOSE[subject]).days + 1)
    return {
        subject: (study_day(subject, deaths[subject]), 1) if subject in deaths else (last[subject], 0)
        for subject in FIRST_DOSE
    }


def test_survival_equals_the_calibration() -> None:
    found = {ENROLLED[subject]: times for subject, times in survival().items()}
    assert found == {n: (int(row["os_days"]), int(row["os_event"])) for n, row in TIMES.items()}


def test_progression_free_survival_and_duration_of_response() -> None:
    alive = survival()
    therapies = {row["SUBJECTNUMBERSTR"]: complete(row["SATSTDT"]) for row in form("SAT")}
    for subject, (answers, _) in recist().items():
        times = TIMES[ENROLLED[subject]]
        progression = next((day for day, answer in answers if answer == "PD"), None)
        death = alive[subject][0] if alive[subject][1] else None
        event = min((day for day in (progression, death) if day), default=None)
        started = therapies.get(subject)
        next_therapy = (started - FIRST_DOSE[subject]).days + 1 if started else None
        last = max((day for day, _ in answers if not next_therapy or day <= next_therapy), default=1)
        censored = not event or (next_therapy is not None and event > next_therapy)
        found = (last, 0) if censored else (event, 1)
        assert found == (int(times["pfs_days"]), int(times["pfs_event"])), subject
        response = next((day for day, answer in answers if answer == "PR"), None)
        assert response == (int(times["resp_day"]) if times["resp_day"] else None), subject
        if response:
            assert found[0] - response + 1 == int(times["dor_days"]), subject


def test_brain_lesions_lead_to_the_calibrated_response() -> None:
    visits: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in form("CNS"):
        visits[row["SUBJECTNUMBERSTR"]][row["VISITMNEMONIC"] + row["VISITINDEX"]].append(row)
    assert len(visits) == 18
    for subject, found in visits.items():
        sizes = {}
        for name, rows in found.items():
            done = [row for row in rows if row["CNSND"] != "1"]
            whole = bool(done) and all(row["CNSDIAM"] for row in done)
            day = study_day(subject, done[0]["CNSDT"]) if done else 0
            sizes[name] = (day, sum(float(row["CNSDIAM"] or 0) for row in done), whole)
        _, base, _ = sizes.pop("SCR1")
        nadir, answers = base, []
        for day, total, whole in sorted(sizes.values()):
            grown = total - nadir >= 5 and total >= 1.2 * nadir
            answers.append(
                (day, "PD" if grown else "NE" if not whole else "PR" if total <= 0.7 * base else "SD")
            )
            nadir = min(nadir, total) if whole else nadir
        expected = CALIBRATED[ENROLLED[subject]]["bor_ranobm"] or "NA"  # no MRI after baseline
        assert best_response(answers, bool(answers)) == expected, subject
