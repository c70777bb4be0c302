"""The synthetic raw extracts of HE072 are reproducible and carry the published results.

The code here is written apart from the toolkit and the generator: it reads the raw files with csv and openpyxl
and derives response, progression, survival, counts and pharmacokinetic parameters in the plainest way. Expected
values are printed numbers of the article (published.yaml beside the checkout) and the calibration tables.
"""

from __future__ import annotations

import csv
import io
import math
import statistics
from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from pathlib import Path

import openpyxl
import pytest
from ruamel.yaml import YAML

from specs.studies.he072.generator import build

STUDY = Path(str(files("specs.studies.he072")))
RAW = STUDY / "raw"
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
CUT_OFF = date(2023, 6, 5)
Row = dict[str, str]


def form(name: str, delimiter: str = ",") -> list[Row]:
    text = (RAW / f"{name}.csv").read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def facts(name: str) -> list[Row]:
    lines = (STUDY / "generator" / "facts" / f"{name}.csv").read_text("utf-8").splitlines()
    return list(csv.DictReader(lines[1:]))


def day_of(text: str) -> date:
    day, month, year = text.split("-")
    return date(int(year), MONTHS.index(month) + 1, int(day))


def complete(text: str) -> date | None:
    try:
        return day_of(text)
    except ValueError:
        return None


@pytest.fixture(scope="module")
def published(shared: Path) -> dict[str, dict[str, object]]:
    with (shared / "studies" / "he072" / "published.yaml").open(encoding="utf-8") as stream:
        return {entry["key"]: entry for entry in YAML(typ="safe").load(stream)["entries"]}


ENROLLED = {row["SUBJECTNUMBERSTR"]: int(row["ENRNO"]) for row in form("ENR")}
CALIBRATED = {int(row["subject_no"]): row for row in facts("subjects")}
TIMES = {int(row["subject_no"]): row for row in facts("calibration_tte")}
DOSES = [row for row in form("EX") if row["EXND"] != "1"]
FIRST_DOSE: dict[str, date] = {}
for _row in DOSES:
    _day = day_of(_row["EXDT"])
    FIRST_DOSE[_row["SUBJECTNUMBERSTR"]] = min(_day, FIRST_DOSE.get(_row["SUBJECTNUMBERSTR"], _day))


def study_day(subject: str, text: str) -> int:
    days = (day_of(text) - FIRST_DOSE[subject]).days
    return days + 1 if days >= 0 else days


def group(subject: str) -> str:
    return CALIBRATED[ENROLLED[subject]]["group"]


def dose_level(subject: str) -> str:
    return next(row["DOSLVL"] for row in form("ENR") if row["SUBJECTNUMBERSTR"] == subject)


def test_generator_makes_the_committed_bytes(tmp_path: Path) -> None:
    made = {path.name: path.read_bytes() for path in build(tmp_path)}
    committed = {path.name: path.read_bytes() for path in RAW.iterdir()}
    assert sorted(made) == sorted(committed)
    assert [name for name in made if made[name] != committed[name]] == []
    assert sum(map(len, committed.values())) < 8_000_000


def test_facts_are_labelled_synthetic() -> None:
    for path in (STUDY / "generator" / "facts").glob("*.csv"):
        assert path.read_text("utf-8").startswith("# SYNTHETIC"), path.name
    assert "SYNTHETIC" in (STUDY / "README.md").read_text("utf-8").split("\n\n")[0]


def test_screened_and_treated_subjects(published: dict[str, dict[str, object]]) -> None:
    screened = {row["SUBJECTNUMBERSTR"] for row in form("DM")}
    failed = {row["SUBJECTNUMBERSTR"] for row in form("SF")}
    assert len(form("DM")) == len(screened) == published["flow.screened"]["value"]
    assert len(failed) == published["flow.screen_failures"]["value"]
    assert screened - failed == set(ENROLLED) == set(FIRST_DOSE)
    assert len({row["SITEMNEMONIC"] for row in form("DM")}) == published["design.site_count_named"]["value"]
    parts = Counter((row["PART_C"], row["COHORT_C"]) for row in form("ENR"))
    assert parts == {("1", "1"): 27, ("2", "1"): published["flow.part2_tnbc"]["value"], ("2", "2"): 18}
    assert Counter(row["DOSLVL"] for row in form("ENR")) == {"50": 12, "70": 107}
    assert Counter(row["PHASE_C"] for row in form("ENR") if row["PHASE_C"]) == {"1": 9, "2": 18}
    assert min(FIRST_DOSE.values()) >= date(2021, 5, 1)
    assert max(FIRST_DOSE.values()) <= date(2022, 12, 31)


@pytest.mark.parametrize("name", ["tnbc50", "tnbc70", "bcbm70"])
def test_ages_sexes_and_performance_status(name: str, published: dict[str, dict[str, object]]) -> None:
    wanted = [row for row in form("DM") if row["SUBJECTNUMBERSTR"] in ENROLLED
              and group(row["SUBJECTNUMBERSTR"]) == name.upper()]  # fmt: skip
    ages = [int(row["AGE"]) for row in wanted]
    entry = published[f"base.age.{name}"]
    assert (statistics.median(ages), min(ages), max(ages)) == (entry["value"], *entry["range"])  # type: ignore[misc]
    assert {row["SEX_C"] for row in wanted} == {"2"}
    scores = Counter(row["PSSCORE_C"] for row in form("ECOG") if row["VISITMNEMONIC"] == "SCR"
                     and group_or_blank(row["SUBJECTNUMBERSTR"]) == name.upper())  # fmt: skip
    assert [scores[score] for score in "012"] == [published[f"base.ecog.{n}.{name}"]["n"] for n in range(3)]


def group_or_blank(subject: str) -> str:
    return group(subject) if subject in ENROLLED else ""


def half_up(value: float, digits: int = 1) -> float:
    return float(Decimal(repr(round(value, 9))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


@pytest.mark.parametrize("name", ["tnbc50", "tnbc70", "bcbm70"])
def test_cancer_history(name: str, published: dict[str, dict[str, object]]) -> None:
    rows = [row for row in form("DXH") if group(row["SUBJECTNUMBERSTR"]) == name.upper()]
    months = sorted((FIRST_DOSE[r["SUBJECTNUMBERSTR"]] - day_of(r["DXDT"])).days / 30.4375 for r in rows)
    entry = published[f"base.time_from_dx.{name}"]
    assert [half_up(statistics.median(months)), half_up(months[0]), half_up(months[-1])] == [
        entry["value"], *entry["range"]  # type: ignore[misc]
    ]  # fmt: skip
    radical = {row["SUBJECTNUMBERSTR"]: row["PSGDT"] for row in form("PSG") if row["PSGRAD_C"] == "1"}
    free = sorted(
        (day_of(row["RELDT"]) - day_of(radical[row["SUBJECTNUMBERSTR"]])).days / 30.4375
        for row in rows
        if row["SUBJECTNUMBERSTR"] in radical
    )
    entry = published[f"base.dfi.{name}"]
    assert [half_up(statistics.median(free)), half_up(free[0]), half_up(free[-1])] == [
        entry["value"], *entry["range"]  # type: ignore[misc]
    ]  # fmt: skip
    assert len(free) == published[f"base.prior_radical_surgery.{name}"]["n"]
    organs = {"LUNG": "lung", "BONE": "bone", "LYMP": "lymph_node", "LIVE": "liver", "BRAI": "brain", "OTHE": "others"}
    for column, organ in organs.items():
        assert sum(row[f"MET{column}"] == "1" for row in rows) == published[f"base.site.{organ}.{name}"]["n"]
    assert sum(int(row["METNUM"]) >= 4 for row in rows) == published[f"base.nsites.ge4.{name}"]["n"]
    negative = sum(row["ERPCT"] == row["PRPCT"] == "<1" for row in rows)
    assert negative == published[f"base.er_pr_lt1.{name}"]["n"]
    assert sum(not row["KI67PCT"] for row in rows) == published[f"base.ki67.missing.{name}"]["n"]
    assert sum(int(row["KI67PCT"] or 0) > 30 for row in rows) == published[f"base.ki67.gt30.{name}"]["n"]
    assert not any(15 <= int(row["KI67PCT"] or 0) <= 30 for row in rows)


@pytest.mark.parametrize("name", ["tnbc50", "tnbc70", "bcbm70"])
def test_prior_therapies(name: str, published: dict[str, dict[str, object]]) -> None:
    rows = [row for row in form("PST") if group(row["SUBJECTNUMBERSTR"]) == name.upper()]

    def subjects_with(column: str, word: str) -> int:
        return len({row["SUBJECTNUMBERSTR"] for row in rows if word in row[column]})

    assert subjects_with("PSTTRT", "CAPECITABINE") == published[f"base.prior_capecitabine.{name}"]["n"]
    assert subjects_with("PSTCLASS", "PD-1") == published[f"base.prior_pd1_pdl1.{name}"]["n"]
    treated = {row["SUBJECTNUMBERSTR"] for row in form("PRT") if group(row["SUBJECTNUMBERSTR"]) == name.upper()}
    assert len(treated) == published[f"base.prior_radiotherapy.{name}"]["n"]
    assert subjects_with("PSTCLASS", "Taxane") == subjects_with("PSTCLASS", "Anthracycline") == len(
        [subject for subject in ENROLLED if group(subject) == name.upper()]
    )
    if name == "bcbm70":
        assert subjects_with("PSTCLASS", "Endocrine") == published["base.bcbm_prior_endocrine"]["n"]
        return
    lines: dict[str, int] = defaultdict(int)
    for row in rows:
        lines[row["SUBJECTNUMBERSTR"]] = max(lines[row["SUBJECTNUMBERSTR"]], int(row["PSTLINE"] or 0))
    entry = published[f"base.prior_lines.{name}"]
    found = [statistics.median(lines.values()), min(lines.values()), max(lines.values())]
    assert found == [entry["value"], *entry["range"]]  # type: ignore[misc]


def unique(rows: list[Row]) -> list[Row]:
    """Without rows that were entered twice."""
    return list({tuple(row.items()): row for row in rows}.values())


def test_doses_equal_the_calibration_and_the_published_exposure(published: dict[str, dict[str, object]]) -> None:
    given = unique(DOSES)
    found = [
        (ENROLLED[row["SUBJECTNUMBERSTR"]], int(row["VISITMNEMONIC"][1:-2]), study_day(row["SUBJECTNUMBERSTR"], row["EXDT"]),
         float(row["EXPLAN"]), float(row["EXDOSE"]))
        for row in given
    ]  # fmt: skip
    calibrated = [
        (int(r["subject_no"]), int(r["dose_no"]), int(r["study_day"]), float(r["planned_mg_m2"]), float(r["actual_mg_m2"]))
        for r in facts("calibration_ex")
    ]  # fmt: skip
    assert sorted(found) == sorted(calibrated)
    days: dict[int, list[int]] = defaultdict(list)
    total: dict[int, float] = defaultdict(float)
    planned: dict[int, float] = {}
    for subject, _, day, level, dose in found:
        days[subject].append(day)
        total[subject] += dose
        planned[subject] = level
    length = {subject: max(all_days) + 13 for subject, all_days in days.items()}
    entry = published["ex.duration_median"]
    assert [statistics.median(length.values()), min(length.values()), max(length.values())] == [
        entry["value"], *entry["range"]  # type: ignore[misc]
    ]  # fmt: skip
    intensity = [100 * total[s] / (planned[s] * length[s] / 14) for s in days]
    assert half_up(statistics.mean(intensity)) == published["ex.rdi_mean"]["value"]
    assert half_up(statistics.stdev(intensity)) == published["ex.rdi_mean"]["sd"]
    changed = {
        "delay": {row["SUBJECTNUMBERSTR"] for row in given if row["EXDELAY_C"] == "1"},
        "reduction": {row["SUBJECTNUMBERSTR"] for row in given if row["EXADJ_C"] == "2"},
        "interruption": {row["SUBJECTNUMBERSTR"] for row in given if row["EXADJ_C"] == "3"},
    }
    for name, subjects in changed.items():
        assert len(subjects) == published[f"ex.{name}"]["n"], name
    assert len(set().union(*changed.values())) == published["ex.any_modification"]["n"]
    for row in given:
        assert math.isclose(float(row["EXMG"]), float(row["EXDOSE"]) * float(row["EXBSA"]), abs_tol=0.02)


def events() -> list[Row]:
    """Adverse events of known subjects that did not end before the first dose."""
    found = []
    for row in unique(form("AE")):
        subject = row["SUBJECTNUMBERSTR"]
        if subject in FIRST_DOSE:
            end = complete(row["AEENDT"])
            if not (end and end < FIRST_DOSE[subject]):
                found.append(row)
    return found


def related(row: Row) -> bool:
    return row["AEREL_C"] in ("3", "4")


def subjects_of(rows: list[Row], level: str = "") -> set[str]:
    return {r["SUBJECTNUMBERSTR"] for r in rows if level in ("", dose_level(r["SUBJECTNUMBERSTR"]))}


LABELS = {
    "leukopenia": "Leukopenia", "anemia": "Anemia", "neutropenia": "Neutropenia", "lymphocytopenia": "Lymphocytopenia",
    "thrombocytopenia": "Thrombocytopenia", "diarrhea": "Diarrhea", "nausea": "Nausea", "vomiting": "Vomiting",
    "fatigue": "Fatigue", "weight_loss": "Weight loss", "decreased_appetite": "Decreased appetite",
    "abdominal_pain": "Abdominal pain", "hypokalemia": "Hypokalemia", "ggt": "γ-GGT elevation", "alt": "Increased ALT",
    "hyponatremia": "Hyponatremia", "ast": "Increased AST", "hypoproteinemia": "Hypoproteinemia",
    "hyperuricemia": "Hyperuricemia", "hypocalcemia": "Hypocalcemia", "albuminuria": "Albuminuria", "alp": "Increased ALP",
}  # fmt: skip


def test_adverse_event_counts(published: dict[str, dict[str, object]]) -> None:
    found = events()
    levels = {"d50": "50", "d70": "70", "total": ""}

    def check(key: str, rows: list[Row], only: tuple[str, ...] = tuple(levels)) -> None:
        for name in only:
            assert len(subjects_of(rows, levels[name])) == published[f"{key}.{name}"]["n"], (key, name)

    check("ae.teae", found)
    check("ae.trae", [row for row in found if related(row)])
    check("ae.serious_teae", [row for row in found if row["AESER_C"] == "1"])
    check("ae.serious_trae", [row for row in found if row["AESER_C"] == "1" and related(row)])
    check("ae.teae_g3plus", [row for row in found if int(row["AEGR"]) >= 3], ("d70",))
    severe = [row for row in found if int(row["AEGR"]) >= 3 and related(row)]
    check("ae.trae_g3plus", severe, ("total",))
    for term in ("neutropenia", "leukopenia", "diarrhea", "anemia", "hypokalemia"):
        check(f"ae.trae_g3plus.{term}", [row for row in severe if row["AEPT"] == LABELS[term]], ("total",))
    for term, label in LABELS.items():
        check(f"ae.trae_pt.{term}", [row for row in found if row["AEPT"] == label and related(row)])
    stopped = [row for row in found if row["AEACN_C"] == "4" and related(row)]
    assert len(subjects_of(stopped)) == published["ae.trae_discontinuation"]["n"]
    assert Counter(row["AEPT"] for row in stopped) == {"Diarrhea": 3, "Upper abdominal pain": 1, "Coma": 1}
    fatal = [row for row in found if row["AEOUT_C"] == "5"]
    assert len(fatal) == published["ae.fatal_teae"]["n"] and not related(fatal[0])
    limiting = [row for row in found if row["AEDLT_C"] == "1"]
    assert {(row["AEPT"], row["AEGR"]) for row in limiting} == {("Nausea", "3"), ("Vomiting", "3")}
    assert len(subjects_of(limiting)) == published["ae.dlt.d70"]["n"]
    assert [row["SUBJECTNUMBERSTR"] for row in form("DLT") if row["DLTYN_C"] == "1"] == list(subjects_of(limiting))
    part1 = {row["SUBJECTNUMBERSTR"] for row in form("ENR") if row["PHASE_C"]}
    serious = [row for row in found if row["AESER_C"] == "1" and row["SUBJECTNUMBERSTR"] in part1]
    assert sum(dose_level(r["SUBJECTNUMBERSTR"]) == "50" for r in serious) == published["ae.sae_events.part1.d50"]["value"]


def test_dictionary_columns_hold_only_printed_terms() -> None:
    for row in form("AE"):
        assert not any(row[name] for name in ("AEPTCD", "AELLT", "AELLTCD", "AESOC", "AESOCCD"))
        assert row["AEPT"] in ("", "Upper abdominal pain", "Coma", *LABELS.values())
    assert not any(row["CMDECOD"] or row["CMATC"] for row in form("CM"))


def test_highest_grades_equal_the_calibration() -> None:
    by_label = {label: term for term, label in LABELS.items()}
    names = {"alp": "ALP increased", "alt": "ALT increased", "ast": "AST increased", "ggt": "GGT increased",
             "weight_loss": "weight loss", "decreased_appetite": "decreased appetite", "abdominal_pain": "abdominal pain"}  # fmt: skip
    highest: dict[tuple[int, str], int] = defaultdict(int)
    for row in events():
        term = by_label.get(row["AEPT"], row["AEPT"].lower())
        if term:
            key = (ENROLLED[row["SUBJECTNUMBERSTR"]], names.get(term, term))
            highest[key] = max(highest[key], int(row["AEGR"]))
    calibrated = {(int(r["subject_no"]), r["aedecod"]): int(r["max_toxgr"]) for r in facts("calibration_ae")}
    assert highest == {key: grade for key, grade in calibrated.items() if key in highest}
    assert len(calibrated) - len(highest) == 7  # terms that the article does not print are not coded


def test_disposition_genotype_and_tissue_counts(published: dict[str, dict[str, object]]) -> None:
    reasons = Counter(row["EOTREAS_C"] for row in form("EOT"))
    names = {"1": "progression", "2": "intolerable_toxicity", "3": "withdrawal", "9": "other"}
    assert {names[code]: n for code, n in reasons.items()} == {
        name: published[f"flow.eot.{name}"]["n"] for name in names.values()
    }
    text = (RAW / "UGT1A1.txt").read_text("utf-8")
    calls = Counter(row["DIPLOTYPE"] for row in csv.DictReader(io.StringIO(text, newline=""), delimiter="\t"))
    assert calls["*6/*6"] + calls["*28/*28"] + calls["*6/*28"] == published["ugt1a1.hom"]["n"]
    assert (calls["*1/*6"], calls["*1/*1"]) == (published["ugt1a1.het"]["n"], published["ugt1a1.wt"]["n"])
    assert calls["*1/*28"] + calls[""] == published["ugt1a1.not_in_groups"]["value"]
    tissue = form("TOPO1_IHC")
    assert 119 - len(tissue) == published["topo1.not_available"]["n"]
    cells = [row["Positive cells (%)"] for row in tissue]
    assert cells.count("") == published["topo1.inappropriate"]["n"]
    positive = sum(text.isdigit() and int(text) >= 30 for text in cells)
    assert positive == published["topo1.positive"]["n"]
    assert len(tissue) - positive - cells.count("") == published["topo1.negative"]["n"]


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
            found[row["SUBJECTNUMBERSTR"]].append((study_day(row["SUBJECTNUMBERSTR"], row["RADT"]), row["RAOVR"]))
    assert {s: sorted(a) for s, a in found.items()} == {s: a for s, (a, _) in recist().items() if a}


def survival() -> dict[str, tuple[int, int]]:
    """Subject -> day of death or last day known alive up to the cut-off, and 1 for death."""
    deaths = {row["SUBJECTNUMBERSTR"]: row["DTHDT"] for row in form("DTH")}
    last: dict[str, int] = defaultdict(int)
    places = {"SFU": ("SFUDT",), "EOT": ("EOTDT",), "EX": ("EXDT",), "VS": ("VSDT",), "TL": ("TLDT",), "NTL": ("NTLDT",),
              "AE": ("AESTDT", "AEENDT"), "EG": ("EGDT",), "PK": ("PKDT",), "SV": ("SVDT", "SVENDT"), "LAB_HEMA": ("HEMDT",),
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
        if event and not (next_therapy and event > next_therapy):
            found = (event, 1)
        else:
            found = (last, 0)
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
            answers.append((day, "PD" if grown else "NE" if not whole else "PR" if total <= 0.7 * base else "SD"))
            nadir = min(nadir, total) if whole else nadir
        expected = CALIBRATED[ENROLLED[subject]]["bor_ranobm"]
        assert best_response(answers, bool(answers)) == expected, subject


def concentrations() -> dict[tuple[str, str], list[tuple[float, float | None]]]:
    """(subject, analyte) -> (hours from the start of the infusion, concentration or None below the limit)."""
    starts = {row["SUBJECTNUMBERSTR"]: row for row in DOSES if row["VISITMNEMONIC"] == "C1D1"}
    samples = {row["PKID"]: row for row in form("PK") if row["PKID"] and row["PKSCHED_C"] == "1"}
    book = openpyxl.load_workbook(RAW / "PK_RESULTS.xlsx", read_only=True)
    found: dict[tuple[str, str], list[tuple[float, float | None]]] = defaultdict(list)
    for _, code, analyte, result, *_ in book["Results"].iter_rows(min_row=5, values_only=True):
        if code not in samples or result == "NR":
            continue
        row = samples[code]
        start = starts[row["SUBJECTNUMBERSTR"]]
        began = datetime.fromisoformat(f"{day_of(start['EXDT'])}T{start['EXSTTM']}")
        taken = datetime.fromisoformat(f"{day_of(row['PKDT'])}T{row['PKTM']}")
        value = float(result) if isinstance(result, (int, float)) else None
        found[row["SUBJECTNUMBERSTR"], analyte].append(((taken - began).total_seconds() / 3600, value))
    book.close()
    return found


def terminal_slope(points: list[tuple[float, float]], peak: float) -> float | None:
    """Best adjusted R2 over the last three or more points after the peak; the most points within 1e-4."""
    after = [(t, math.log(c)) for t, c in points if t > peak]
    fits = []
    for count in range(3, len(after) + 1):
        used = after[-count:]
        mean_t, mean_y = statistics.mean(t for t, _ in used), statistics.mean(y for _, y in used)
        sxx = sum((t - mean_t) ** 2 for t, _ in used)
        sxy = sum((t - mean_t) * (y - mean_y) for t, y in used)
        syy = sum((y - mean_y) ** 2 for _, y in used)
        fits.append((1 - (1 - sxy**2 / (sxx * syy)) * (count - 1) / (count - 2), count, sxy / sxx))
    best = max((fit[0] for fit in fits), default=0)
    kept = [fit for fit in fits if fit[0] > best - 1e-4 and fit[2] < 0]
    return -max(kept, key=lambda fit: fit[1])[2] if kept else None


def parameters(points: list[tuple[float, float | None]], dose: float) -> dict[str, float]:
    """Noncompartmental parameters, linear trapezoids; a sample before the dose counts as 0 at time 0."""
    quantified = [(0.0, 0.0)] + sorted((t, c) for t, c in points if c is not None and t > 0)
    early = [t for t, c in points if c is None and 0 < t < quantified[1][0]]
    assert not early
    top = max(c for _, c in quantified)
    peak = next(t for t, c in quantified if c == top)
    area = sum((t2 - t1) * (c1 + c2) / 2 for (t1, c1), (t2, c2) in zip(quantified, quantified[1:], strict=False))
    found = {"Cmax": top, "Tmax": peak, "AUC0-t": area}
    slope = terminal_slope(quantified[1:], peak)
    if slope:
        whole = area + quantified[-1][1] / slope
        clearance = dose / whole
        found |= {"AUC0-inf": whole, "t1/2": math.log(2) / slope, "CL": clearance, "Vd": clearance / slope}
    return found


@pytest.mark.parametrize("level", ["50", "70"])
@pytest.mark.parametrize("analyte", ["Total irinotecan", "Free irinotecan", "SN-38"])
def test_concentrations_give_the_published_parameters(
    level: str, analyte: str, published: dict[str, dict[str, object]]
) -> None:
    doses = {row["SUBJECTNUMBERSTR"]: float(row["EXMG"]) for row in DOSES if row["VISITMNEMONIC"] == "C1D1"}
    found = [
        # mg over (h ng/mL) gives 1000 L/h; the total is in ug/mL.
        parameters(points, doses[subject] * (1 if analyte.startswith("Total") else 1000))
        for (subject, name), points in concentrations().items()
        if name == analyte and dose_level(subject) == level
    ]
    assert len(found) == (8 if level == "50" else 9)
    short = {"Total irinotecan": "total_irinotecan", "Free irinotecan": "free_irinotecan", "SN-38": "sn38"}[analyte]
    misses = []
    for name in ("Cmax", "Tmax", "AUC0-t", "AUC0-inf", "t1/2", "Vd", "CL"):
        entry = published[f"pk.{short}.d{level}.{name}"]
        values = [each[name] for each in found if name in each]
        if name.startswith("AUC") and short == "free_irinotecan":
            values = [value / 1000 for value in values]
        digits = 3 if (name, short) == ("CL", "total_irinotecan") else 1
        pair = (half_up(statistics.mean(values), digits), half_up(statistics.stdev(values), digits))
        if pair != (entry["value"], entry["sd"]):
            misses.append((name, pair, (entry["value"], entry["sd"])))
    assert misses == []
