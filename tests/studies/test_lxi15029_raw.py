"""The synthetic raw extracts of LXI-15029 are reproducible and carry the published results.

The code here is written apart from the toolkit and the generator: it reads the raw files with csv, openpyxl
and the standard XML reader, and derives response, progression, event counts and pharmacokinetic parameters
in the plainest way. Expected values are printed numbers of the article (published.yaml beside the checkout).
"""

from __future__ import annotations

import csv
import io
import re
import statistics
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from ruamel.yaml import YAML

from specs.studies.lxi15029.generator import build

STUDY = Path(str(files("specs.studies.lxi15029")))
RAW = STUDY / "raw"
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


def form(name: str) -> list[dict[str, str]]:
    return list(
        csv.DictReader(io.StringIO((RAW / f"{name}.csv").read_bytes().decode("utf-8-sig"), newline=""))
    )


def laboratory() -> list[dict[str, str]]:
    text = (RAW / "LAB_LOCAL.txt").read_bytes().decode("gb18030")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def facts(name: str) -> list[dict[str, str]]:
    lines = (STUDY / "generator" / "facts" / f"{name}.csv").read_text("utf-8").splitlines()
    return list(csv.DictReader(lines[1:]))


def day_of(text: str) -> date:
    day, month, year = text.split()
    return date(int(year), MONTHS.index(month) + 1, int(day))


def moment_of(day: str, time: str) -> datetime:
    hour, minute = time.split(":")
    found = day_of(day)
    return datetime(found.year, found.month, found.day, int(hour), int(minute))


@pytest.fixture(scope="module")
def published(shared: Path) -> dict[str, dict]:
    entries = YAML(typ="safe").load((shared / "studies/lxi15029/published.yaml").read_text("utf-8"))[
        "entries"
    ]
    return {entry["key"]: entry for entry in entries}


@pytest.fixture(scope="module")
def numbers() -> dict[str, int]:
    """Screening number -> number in the calibration tables, in order of first dose."""
    first = {row["SUBJECT"]: day_of(row["EXDAT_RAW"]) for row in reversed(form("EXO"))}
    return {subject: place for place, subject in enumerate(sorted(first, key=lambda s: first[s]), 1)}


@pytest.fixture(scope="module")
def first_dose() -> dict[str, date]:
    return {row["SUBJECT"]: day_of(row["EXDAT_RAW"]) for row in reversed(form("EXO"))}


@pytest.fixture(scope="module")
def last_dose() -> dict[str, date]:
    return {row["SUBJECT"]: day_of(row["EXENDAT_RAW"]) for row in form("EXO") if row["EXYN_STD"] == "Y"}


def test_the_generator_rebuilds_every_raw_file_byte_for_byte(tmp_path):
    made = {path.name: path.read_bytes() for path in build(tmp_path / "once")}
    kept = {path.name: path.read_bytes() for path in RAW.iterdir() if path.is_file()}
    assert sorted(made) == sorted(kept)
    assert [name for name in made if made[name] != kept[name]] == []
    assert sum(map(len, made.values())) < 2_000_000


def test_facts_are_labelled_synthetic_and_equal_to_the_shared_calibration(shared):
    for path in sorted((STUDY / "generator" / "facts").glob("*.csv")):
        assert path.read_text("utf-8").startswith("# SYNTHETIC"), path.name
    for name in ("subjects", "calibration_ae", "calibration_tte", "calibration_pp"):
        copy = STUDY / "generator" / "facts" / f"{name}.csv"
        assert copy.read_bytes() == (shared / f"studies/lxi15029/{name}.csv").read_bytes()


def test_everything_is_labelled_synthetic():
    assert "SYNTHETIC" in (STUDY / "README.md").read_text("utf-8")[:300]
    assert (RAW / "SYNTHETIC-DATA.txt").read_text("ascii").startswith("SYNTHETIC")
    assert ElementTree.parse(RAW / "ECOG_EG.xml").getroot().get("Description", "").startswith("SYNTHETIC")
    book = openpyxl.load_workbook(RAW / "PK_CONC.xlsx", read_only=True)
    assert "SYNTHETIC" in str(book["Info"]["B2"].value) and "SYNTHETIC" in str(book["Results"]["D2"].value)


def test_no_raw_column_holds_a_derived_result():
    derived = re.compile(r"(PFS|BOR|SUMD|CHG|BASE|CMAX|TMAX|AUC|.*DY$|NADIR|TRTEM|AGE$)")
    headers = {
        path.name: path.read_bytes().split(b"\n")[0].decode("utf-8-sig").strip() for path in RAW.glob("*.csv")
    }
    found = [
        (name, word) for name, line in headers.items() for word in line.split(",") if derived.fullmatch(word)
    ]
    assert len(headers) == 25
    assert found == []


def test_flow_and_baseline_are_those_of_table_1(published, first_dose):
    demography = form("DM")
    treated = [row for row in demography if row["DOSELVL_STD"]]
    consents = [day_of(row["ICDAT_RAW"]) for row in sorted(demography, key=lambda row: row["SUBJECT"])]
    assert consents == sorted(consents)
    assert (min(consents).isoformat()[:7], max(consents).isoformat()[:7]) == ("2017-06", "2021-07")
    assert len(demography) == published["flow.screened"]["value"] == 35
    assert len(form("SF")) == published["flow.screen_failures"]["value"] == 11
    assert len(treated) == published["flow.enrolled"]["value"] == 24
    assert {row["SUBJECT"] for row in treated} == set(first_dose)
    doses = Counter(row["DOSELVL_STD"] for row in treated)
    assert doses == {str(d): published[f"flow.dose{d}"]["n"] for d in (10, 20, 40, 60, 80, 110, 150)}
    assert Counter(row["SEX_STD"] for row in treated) == {"M": 8, "F": 16}
    ages = [age(row) for row in treated]
    assert statistics.median(ages) == published["base.age"]["value"] == 47.5
    assert [min(ages), max(ages)] == published["base.age"]["range"] == [24, 66]
    tumours = Counter(r["TUMTYPE_STD"] for r in form("DXH") if r["SUBJECT"] in first_dose)
    printed_tumours = {k: v["n"] for k, v in published.items() if k.startswith("base.tumor.")}
    assert sorted(tumours.values()) == sorted(printed_tumours.values())
    lines = Counter(max(int(r["CMLINE"]) for r in form("CMP") if r["SUBJECT"] == s) for s in first_dose)
    groups = [sum(n for k, n in lines.items() if low <= k <= high) for low, high in ((1, 2), (3, 5), (6, 99))]
    assert groups == [published[f"base.prior_systemic.{k}"]["n"] for k in ("1_2", "3_5", "gt5")] == [9, 11, 4]
    ended = Counter(row["EOTREAS_STD"] for row in form("EOT"))
    assert ended == {"COMPLETED": 19, "ADVERSE EVENT": 2, "WITHDRAWAL BY SUBJECT": 1, "PROTOCOL DEVIATION": 1,
                     "DOSE LIMITING TOXICITY": 1}  # fmt: skip


def age(row: dict[str, str]) -> int:
    born, consent = day_of(row["BRTHDAT_RAW"]), day_of(row["ICDAT_RAW"])
    return consent.year - born.year - ((consent.month, consent.day) < (born.month, born.day))


def test_performance_status_at_screening(published, first_dose):
    space = "{http://www.cdisc.org/ns/odm/v1.3}"
    status = Counter()
    for subject in ElementTree.parse(RAW / "ECOG_EG.xml").iter(f"{space}SubjectData"):
        if subject.get("SubjectKey") not in first_dose:
            continue
        for event in subject.iter(f"{space}StudyEventData"):
            if event.get("StudyEventOID") == "Screening":
                items = [
                    i.get("Value") for i in event.iter(f"{space}ItemData") if i.get("ItemOID") == "ECOGPS"
                ]
                status[items[0]] += 1
    assert status == {str(k): published[f"base.ecog.{k}"]["n"] for k in (0, 1)} == {"0": 4, "1": 20}


def responses() -> dict[str, list[tuple[date, str]]]:
    """Overall response per subject and scan from the measurements alone, RECIST 1.1, oldest first."""
    targets: dict[str, dict[date, list[Decimal | None]]] = defaultdict(lambda: defaultdict(list))
    for row in form("TUR"):
        size = None if row["TURSTAT_STD"] == "NOT EVALUABLE" else Decimal(row["TURDIAM"] or 5)
        targets[row["SUBJECT"]][day_of(row["TURDAT_RAW"])].append(size)
    worse = {
        (r["SUBJECT"], r["FOLDERNAME"]) for r in form("TUN") if r["TUNRES_STD"] == "UNEQUIVOCAL PROGRESSION"
    }
    worse |= {(r["SUBJECT"], r["FOLDERNAME"]) for r in form("TUX")}
    folder = {(r["SUBJECT"], day_of(r["TURDAT_RAW"])): r["FOLDERNAME"] for r in form("TUR")}
    out: dict[str, list[tuple[date, str]]] = {}
    for subject, scans in targets.items():
        days = sorted(scans)
        base = nadir = sum(scans[days[0]], Decimal(0))
        out[subject] = []
        for day in days[1:]:
            total = sum((size for size in scans[day] if size is not None), Decimal(0))
            complete = None not in scans[day]
            if (subject, folder[subject, day]) in worse or (total - nadir >= 5 and total >= nadir * 12 / 10):
                found = "PD"
            elif not complete:
                found = "NE"
            else:
                found = "PR" if total <= base * 7 / 10 else "SD"
            if complete:
                nadir = min(nadir, total)
            out[subject].append((day, found))
    return out


def test_measurements_agree_with_the_responses_of_the_investigator():
    told = {(r["SUBJECT"], day_of(r["RSPDAT_RAW"])): r["RSPOVR"] for r in form("RSP")}
    derived = {(subject, day): value for subject, scans in responses().items() for day, value in scans}
    assert told == derived and len(told) > 40


def test_progression_and_censoring_days_are_those_of_the_calibration(first_dose, numbers):
    derived = {}
    for subject, scans in responses().items():
        if not scans:
            continue
        progressed = [day for day, value in scans if value == "PD"]
        last = max(day for day, value in scans if value != "NE")
        end = min(progressed) if progressed else last
        derived[numbers[subject]] = ((end - first_dose[subject]).days + 1, int(bool(progressed)))
    expected = {
        int(r["subject_no"]): (int(r["pfs_days"]), int(r["pfs_event"])) for r in facts("calibration_tte")
    }
    assert derived == expected
    assert len(derived) == 20
    # Printed median of 29 days: S is above 0.5 before day 29 and at or below it there.
    assert (
        sum(days < 29 for days, _ in derived.values()) < 10 <= sum(days <= 29 for days, _ in derived.values())
    )


def test_best_response_and_best_change(first_dose, numbers, published):
    expected = {int(r["subject_no"]): r for r in facts("subjects")}
    best = {}
    for subject, scans in responses().items():
        upto = []
        for day, value in scans:
            upto.append((day, value))
            if value == "PD":
                break
        late = [v for d, v in upto if v == "SD" and (d - first_dose[subject]).days >= 42]
        none = "NA" if not upto else "NE"
        best[numbers[subject]] = "SD" if late else "PD" if upto and upto[-1][1] == "PD" else none
    assert best == {number: row["bor"] for number, row in expected.items()}
    assert Counter(best.values())["SD"] == published["bor.SD"]["n"] == 8
    change: dict[int, Decimal] = {}
    sums: dict[str, dict[date, list[Decimal | None]]] = defaultdict(lambda: defaultdict(list))
    for row in form("TUR"):
        size = None if row["TURSTAT_STD"] == "NOT EVALUABLE" else Decimal(row["TURDIAM"] or 5)
        sums[row["SUBJECT"]][day_of(row["TURDAT_RAW"])].append(size)
    for subject, scans in sums.items():
        totals = [sum(v) for _, v in sorted(scans.items()) if None not in v]
        if len(totals) > 1:
            smallest = min(100 * (t - totals[0]) / totals[0] for t in totals[1:])
            change[numbers[subject]] = smallest.quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert change == {n: Decimal(r["best_pct"]) for n, r in expected.items() if r["best_pct"]}
    counted = Counter(r["SUBJECT"] for r in form("TUR") if r["FOLDERNAME"] == "Screening")
    assert {numbers[s]: n for s, n in counted.items()} == {n: int(r["n_target"]) for n, r in expected.items()}


def test_target_lesions_obey_recist_at_baseline():
    lesions = [r for r in form("TUR") if r["FOLDERNAME"] == "Screening"]
    assert all(Decimal(r["TURDIAM"]) >= (15 if r["TURNODE"] == "Y" else 10) for r in lesions)
    assert max(Counter((r["SUBJECT"], r["TURLOC_STD"]) for r in lesions).values()) <= 2
    common = {site for site, _ in Counter(r["TURLOC_STD"] for r in lesions).most_common(3)}
    assert common == {"LUNG", "LIVER", "LYMPH NODE"}


def emergent(row: dict[str, str], first: date, last: date) -> bool:
    """Start on or after the first dose (an unknown part read as late), and within 30 days of the last."""
    day, month, year = row["AESTDAT_RAW"].split()
    if month == "UNK":
        latest = date(int(year), 12, 31)
    elif day == "UN":
        latest = date(
            int(year) + (month == "DEC"), MONTHS.index(month) % 12 + (1 if month == "DEC" else 2), 1
        )
    else:
        latest = day_of(row["AESTDAT_RAW"])
    if "UN" in (day, month):
        return latest >= first
    return first <= latest and (latest - last).days <= 30


@pytest.fixture(scope="module")
def teae(first_dose, last_dose) -> list[dict[str, str]]:
    return [r for r in form("AE") if emergent(r, first_dose[r["SUBJECT"]], last_dose[r["SUBJECT"]])]


def test_adverse_events_give_table_2(published, teae, first_dose):
    dose = {r["SUBJECT"]: r["DOSELVL_STD"] for r in form("DM")}
    related = [r for r in teae if r["AEREL_STD"] == "RELATED"]
    worst: dict[str, int] = defaultdict(int)
    subjects_of: dict[str, set[str]] = defaultdict(set)
    for row in related:
        worst[row["SUBJECT"]] = max(worst[row["SUBJECT"]], int(row["AETOXGR_STD"]))
        subjects_of[row["AEPT"]].add(row["SUBJECT"])
    labels = {v["label"] for k, v in published.items() if k.startswith("ae.t2.pt.")}
    assert len(labels) == 13
    checked = 0
    for key, entry in published.items():
        if not key.startswith("ae.t2.") or key == "ae.t2.cutoff":
            continue
        group = key.rsplit(".", 1)[1]
        member = set(dose) if group == "total" else {s for s, d in dose.items() if f"d{d}" == group}
        label = entry["label"]
        if label == "any":
            found = len(set(worst) & member)
        elif label.startswith("any_grade"):
            found = sum(worst[s] == int(label[-1]) for s in set(worst) & member)
        else:
            found = len(subjects_of[label] & member)
        assert found == entry["n"], key
        checked += 1
    assert checked == 8 * 17


def test_adverse_event_counts_of_the_text(published, teae, last_dose):
    def people(rows: list[dict[str, str]]) -> int:
        return len({row["SUBJECT"] for row in rows})

    late = [
        r for r in teae if "UN" not in r["AESTDAT_RAW"] and day_of(r["AESTDAT_RAW"]) > last_dose[r["SUBJECT"]]
    ]
    serious = [r for r in teae if r["AESER_STD"] == "Y"]
    withdrawn = [r for r in teae if r["AEACN_STD"] == "3"]
    assert people(teae) == published["ae.teae"]["n"] == 24
    assert people(serious) == published["ae.serious_teae"]["n"] == 5
    assert (
        people([r for r in serious if r["AEREL_STD"] == "RELATED"]) == published["ae.serious_trae"]["n"] == 1
    )
    assert people(withdrawn) == published["ae.teae_discontinuation"]["n"] == 3
    assert people([r for r in withdrawn if r["AEREL_STD"] == "RELATED"]) == 1
    assert people(late) == published["ae.after_stop_30d"]["n"] == 11
    limiting = [r for r in form("AE") if r["AEDLT"] == "1"]
    assert [(r["AEPT"], r["AETOXGR_STD"]) for r in limiting] == [("ALT increased", "3")]
    deaths = form("DD")
    assert len(deaths) == published["ae.death_28d"]["n"] == 1
    assert 0 <= (day_of(deaths[0]["DTHDAT_RAW"]) - last_dose[deaths[0]["SUBJECT"]]).days <= 28


def test_dose_limiting_toxicity_lies_inside_30_days(first_dose):
    row = next(r for r in form("AE") if r["AEDLT"] == "1")
    assert 1 <= (day_of(row["AESTDAT_RAW"]) - first_dose[row["SUBJECT"]]).days + 1 <= 30


def test_declared_keys_identify_rows_but_for_the_one_duplicate():
    names = sorted(path.stem for path in RAW.glob("*.csv") if path.stem != "QUERIES")
    repeated = {}
    for name in names:
        keys = Counter((r["SUBJECT"], r["FOLDERNAME"], r["RECORDPOSITION"]) for r in form(name))
        repeated |= {(name, *key): count for key, count in keys.items() if count > 1}
    assert repeated == {("AE", "019", "Logs", "1"): 2}
    rows = Counter((r["SUBJECT"], r["LBDAT"], r["LBTIM"], r["LBTEST"]) for r in laboratory())
    assert max(rows.values()) == 1 and len(rows) == 3392
    orphans = {r["SUBJECT"] for r in laboratory()} - {r["SUBJECT"] for r in form("DM")}
    assert orphans == {"036"}


def test_every_laboratory_event_is_seen_in_the_laboratory(first_dose):
    tests = {
        "Leukocytopenia": "WBC", "Neutropenia": "NEUT", "ALT increased": "ALT", "AST increased": "AST",
        "GGT increased": "GGT", "Hypertriglyceridemia": "TRIG", "Hypercholesterolemia": "CHOL",
        "LDL increased": "LDL", "Anemia": "HGB",
    }  # fmt: skip
    flagged = {
        (r["SUBJECT"], r["LBTEST"], datetime.strptime(r["LBDAT"], "%Y/%m/%d").date())
        for r in laboratory() if r["LBFLAG"] in ("L", "H")
    }  # fmt: skip
    missing = [
        (row["SUBJECT"], row["AEPT"], row["AESTDAT_RAW"])
        for row in form("AE")
        if row["AEPT"] in tests and "UN" not in row["AESTDAT_RAW"] and row["AETERM"] != "Mild anemia"
        if (row["SUBJECT"], tests[row["AEPT"]], day_of(row["AESTDAT_RAW"])) not in flagged
    ]
    assert missing == []


@pytest.mark.parametrize(("test", "falling"), [("ALT", {"10", "80"}), ("AST", {"10", "60", "80"})])
def test_mean_liver_enzymes_rise_from_baseline_where_the_paper_says_so(test, falling, first_dose):
    exposure = {
        r["SUBJECT"]: moment_of(r["EXDAT_RAW"], r["EXSTTIM"])
        for r in form("EXO") if (r["FOLDERNAME"], r["RECORDPOSITION"]) == ("C1D1", "1")
    }  # fmt: skip
    dose = {r["SUBJECT"]: r["DOSELVL_STD"] for r in form("DM")}
    base: dict[str, int] = {}
    after: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in sorted(laboratory(), key=lambda r: (r["LBDAT"], r["LBTIM"])):
        subject = row["SUBJECT"]
        if row["LBTEST"] != test or subject not in exposure or row["LBTIM"] == "UN:UN":
            continue
        taken = datetime.strptime(f"{row['LBDAT']} {row['LBTIM']}", "%Y/%m/%d %H:%M")
        if taken < exposure[subject]:
            base[subject] = int(row["LBORRES"])
        elif row["FOLDERNAME"] in ("C1D8", "C1D15", "C1D22", "EOT"):
            after[dose[subject], row["FOLDERNAME"]].append(int(row["LBORRES"]) - base[subject])
    assert len(after) == 7 * 4
    for (group, folder), changes in after.items():
        assert (statistics.mean(changes) < 0) == (group in falling), (group, folder, changes)


def test_dosing_covers_the_schedule(first_dose):
    """Single dose, one day without dose, then intervals that follow each other without a gap or overlap."""
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in form("EXO"):
        rows[row["SUBJECT"]].append(row)
    for subject, intervals in rows.items():
        days = [(day_of(r["EXDAT_RAW"]), day_of(r["EXENDAT_RAW"])) for r in intervals]
        assert days[0][0] == days[0][1] == first_dose[subject]
        assert (days[1][0] - days[0][1]).days == 2
        assert all((start - end).days == 1 for (_, end), (start, _) in pairwise(days[1:])), subject
        assert all(start <= end for start, end in days)


def test_partial_and_unknown_dates_are_written_as_the_edc_does():
    texts = {r["AESTDAT_RAW"] for r in form("AE")} | {r["MHSTDAT_RAW"] for r in form("MH")}
    assert any(re.fullmatch(r"UN UNK \d{4}", text) for text in texts)
    assert any(re.fullmatch(r"UN [A-Z]{3} \d{4}", text) and "UNK" not in text for text in texts)
    assert all(re.fullmatch(r"(\d\d|UN) [A-Z]{3} \d{4}|", text) for text in texts)


def test_every_irregularity_listed_in_the_readme_is_in_its_file():
    """The table names file, row as a spreadsheet shows it, subject, column and the text that stands there."""
    section = (STUDY / "README.md").read_text("utf-8").split("## Deliberate irregularities")[1]
    listed = re.findall(r"^\| (\S+) \| (\d+) \| (\w+) \| (\w+) \| `([^`]*)` \|", section, re.MULTILINE)
    assert len(listed) >= 30
    tables: dict[str, list[dict[str, str]]] = {}
    for name, row, subject, column, text in listed:
        if name not in tables:
            tables[name] = laboratory() if name == "LAB_LOCAL.txt" else form(name.removesuffix(".csv"))
        record = tables[name][int(row) - 2]
        text = text.replace("␠", " ")
        found = record[column]
        shown = found[: len(text) - 1] + "…" if text.endswith("…") else found
        assert (record["SUBJECT"], shown) == (subject, text), (name, row, column)
