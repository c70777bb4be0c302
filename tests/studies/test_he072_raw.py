"""The synthetic raw extracts of HE072 are reproducible and carry the published counts.

Derived in the plainest way, apart from the toolkit and the generator. Expected values are printed numbers of
the article (published.yaml beside the checkout) and the calibration tables.
"""

from __future__ import annotations

import csv
import io
import math
import statistics
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest
from he072_raw import (
    DOSES,
    ENROLLED,
    FIRST_DOSE,
    RAW,
    STUDY,
    Row,
    complete,
    day_of,
    dose_level,
    facts,
    form,
    group,
    half_up,
    read_published,
    study_day,
    unique,
)

from specs.studies.he072.generator import build


@pytest.fixture(scope="module")
def published(shared: Path) -> dict[str, dict[str, object]]:
    return read_published(shared)


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


def test_copied_facts_are_the_calibration_tables(shared: Path) -> None:
    for name in ("subjects", "calibration_tte", "calibration_ae", "calibration_ex"):
        original = (shared / "studies" / "he072" / f"{name}.csv").read_bytes()
        assert (STUDY / "generator" / "facts" / f"{name}.csv").read_bytes() == original, name


def test_readme_names_every_raw_file() -> None:
    text = (STUDY / "README.md").read_text("utf-8")
    assert [path.name for path in RAW.iterdir() if f"`{path.name}`" not in text] == []


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
    organs = {
        "LUNG": "lung",
        "BONE": "bone",
        "LYMP": "lymph_node",
        "LIVE": "liver",
        "BRAI": "brain",
        "OTHE": "others",
    }
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
    treated = {
        row["SUBJECTNUMBERSTR"] for row in form("PRT") if group(row["SUBJECTNUMBERSTR"]) == name.upper()
    }
    assert len(treated) == published[f"base.prior_radiotherapy.{name}"]["n"]
    assert (
        subjects_with("PSTCLASS", "Taxane")
        == subjects_with("PSTCLASS", "Anthracycline")
        == len([subject for subject in ENROLLED if group(subject) == name.upper()])
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


def test_doses_equal_the_calibration_and_the_published_exposure(
    published: dict[str, dict[str, object]],
) -> None:
    given = unique(DOSES)
    found = [
        (ENROLLED[row["SUBJECTNUMBERSTR"]], int(row["VISITMNEMONIC"][1:-2]),
            study_day(row["SUBJECTNUMBERSTR"], row["EXDT"]),
         float(row["EXPLAN"]), float(row["EXDOSE"]))
        for row in given
    ]  # fmt: skip
    calibrated = [
        (int(r["subject_no"]), int(r["dose_no"]), int(r["study_day"]), float(r["planned_mg_m2"]),
            float(r["actual_mg_m2"]))
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
        assert math.isclose(float(row["EXMG"]), float(row["EXDOSE"]) * float(row["EXBSA"]), abs_tol=0.051)


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
    "leukopenia": "Leukopenia", "anemia": "Anemia", "neutropenia": "Neutropenia",
    "lymphocytopenia": "Lymphocytopenia",
    "thrombocytopenia": "Thrombocytopenia", "diarrhea": "Diarrhea", "nausea": "Nausea",
    "vomiting": "Vomiting",
    "fatigue": "Fatigue", "weight_loss": "Weight loss", "decreased_appetite": "Decreased appetite",
    "abdominal_pain": "Abdominal pain", "hypokalemia": "Hypokalemia", "ggt": "γ-GGT elevation",
    "alt": "Increased ALT",
    "hyponatremia": "Hyponatremia", "ast": "Increased AST", "hypoproteinemia": "Hypoproteinemia",
    "hyperuricemia": "Hyperuricemia", "hypocalcemia": "Hypocalcemia", "albuminuria": "Albuminuria",
    "alp": "Increased ALP",
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
    assert [row["SUBJECTNUMBERSTR"] for row in form("DLT") if row["DLTYN_C"] == "1"] == list(
        subjects_of(limiting)
    )
    part1 = {row["SUBJECTNUMBERSTR"] for row in form("ENR") if row["PHASE_C"]}
    serious = [row for row in found if row["AESER_C"] == "1" and row["SUBJECTNUMBERSTR"] in part1]
    at_50 = [row for row in serious if dose_level(row["SUBJECTNUMBERSTR"]) == "50"]
    assert len(at_50) == published["ae.sae_events.part1.d50"]["value"]
    assert len(serious) - len(at_50) == published["ae.sae_events.part1.d70"]["value"]


def test_dictionary_columns_hold_only_printed_terms() -> None:
    for row in form("AE"):
        assert not any(row[name] for name in ("AEPTCD", "AELLT", "AELLTCD", "AESOC", "AESOCCD"))
        assert row["AEPT"] in ("", "Upper abdominal pain", "Coma", *LABELS.values())
    assert not any(row["CMDECOD"] or row["CMATC"] for row in form("CM"))


def test_highest_grades_equal_the_calibration() -> None:
    by_label = {label: term for term, label in LABELS.items()}
    names = {"alp": "ALP increased", "alt": "ALT increased", "ast": "AST increased", "ggt": "GGT increased",
             "weight_loss": "weight loss", "decreased_appetite": "decreased appetite",
             "abdominal_pain": "abdominal pain"}  # fmt: skip
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
