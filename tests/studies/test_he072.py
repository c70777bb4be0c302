"""HE072 from raw files to SDTM: counts by separate code, each declared mess at its row, no other finding, equal bytes.

Expected numbers come from studies/he072/design.md, from specs/studies/he072/README.md, or are counted here from the raw
files with the csv module.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from he072_raw import MONTHS, RAW, Row, form

from sdtm.lint_study import lint_study
from sdtm.run_study import Run, run
from sdtm.shards import split_tables
from sdtm.submission.read_back import verify_xpt
from specs import bundled_studies, load_study

pytestmark = pytest.mark.xdist_group("he072")

STUDYID = "HE072-CSP-001"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run("he072", tmp_path_factory.mktemp("he072") / "out", to="sdtm")


def records(done: Run, name: str, **equal: object) -> pd.DataFrame:
    """Records of a dataset as plain objects, missing as None; ``subject="02-001"`` is one of the variables."""
    frame = done.conversion.datasets[name].frame.astype(object)
    frame = frame.where(frame.notna(), None)
    for variable, value in equal.items():
        variable, value = ("USUBJID", f"{STUDYID}-{value}") if variable == "subject" else (variable, value)
        frame = frame[frame[variable] == value]
    return frame


def value(done: Run, name: str, variable: str, **equal: object) -> object:
    (found,) = records(done, name, **equal)[variable]
    return found


def filled(rows: list[Row], *columns: str) -> int:
    return sum(row[column] != "" for row in rows for column in columns)


def iso(text: str) -> str:
    day, month, year = text.split("-")
    if month == "UNK":
        return year
    return f"{year}-{MONTHS.index(month) + 1:02}" + ("" if day == "UN" else f"-{day}")


# --- subjects and records ------------------------------------------------------------------------------


def test_178_screened_119_treated_59_screen_failures(done: Run) -> None:
    """studies/he072/design.md: 27 in part 1, of whom 12 at 50 and 15 at 70 mg/m2; part 2: 74 TNBC, 18 BCBM."""
    dm = records(done, "DM")
    assert len(dm) == 178
    assert dm["RFXSTDTC"].notna().sum() == 119
    assert Counter(dm["ARMNRS"].dropna()) == {"SCREEN FAILURE": 59}
    assert Counter(dm["ARMCD"].dropna()) == {"P1D50": 12, "P1D70": 15, "P2TNBC": 74, "P2BCBM": 18}
    assert (dm["ARMCD"].dropna() == dm["ACTARMCD"].dropna()).all()
    phases = records(done, "SUPPDM", QNAM="PHASE")["QVAL"]
    assert Counter(phases) == {"Dose escalation": 9, "Dose expansion": 18}
    assert Counter(records(done, "SUPPDM", QNAM="COHORT")["QVAL"]) == {"TNBC": 101, "BCBM": 18}


def test_subject_identifiers_are_those_of_the_edc(done: Run) -> None:
    dm = records(done, "DM")
    assert sorted(dm["SUBJID"]) == sorted(row["SUBJECTNUMBERSTR"] for row in form("DM"))
    assert (dm["USUBJID"] == STUDYID + "-" + dm["SUBJID"]).all()
    assert (dm["SITEID"] == dm["SUBJID"].str[:2]).all()


def test_age_is_the_collected_one_and_birth_only_a_year(done: Run) -> None:
    dm = records(done, "DM").set_index("SUBJID")
    for row in form("DM"):
        ours = dm.loc[row["SUBJECTNUMBERSTR"]]
        assert (ours["AGE"], ours["BRTHDTC"]) == (float(row["AGE"]), row["BRTHYR"])


def test_first_dose_is_the_first_infusion(done: Run) -> None:
    dm = records(done, "DM").set_index("SUBJID")
    for row in form("EX"):
        if row["VISITMNEMONIC"] == "C1D1":
            assert dm.loc[row["SUBJECTNUMBERSTR"], "RFXSTDTC"] == f"{iso(row['EXDT'])}T{row['EXSTTM']}"


VITALS = ("SYSBP", "DIABP", "PULSE", "RESP", "TEMP", "WEIGHT", "HEIGHT")
ECG = ("EGHR", "EGPR", "EGQRS", "EGQT", "EGQTCF", "EGINT_C")
COUNTED: dict[str, Callable[[], int]] = {
    "AE": lambda: len(form("AE")),
    "CM": lambda: len(form("PST")) + len(form("CM")) + len(form("SAT")),
    "CO": lambda: len(form("CO")),
    "DD": lambda: 2 * len(form("DTH")),
    "DM": lambda: len(form("DM")),
    # consent, enrolment, end of treatment and of study, death; one subject died during screening
    "DS": lambda: sum(len(form(name)) for name in ("DM", "ENR", "SF", "EOT", "EOS", "DTH")) + 1,
    "DV": lambda: len(form("DV")),
    "EC": lambda: len(form("EX")),
    "EG": lambda: filled(form("EG"), *ECG) + len(ECG),  # one tracing was not done
    "EX": lambda: len({(r["SUBJECTNUMBERSTR"], r["EXDT"]) for r in form("EX") if r["EXND"] != "1"}),
    "FA": lambda: 2 * len(form("DLT")) + 7 * len(form("DXH")),  # six sites and their number
    "GF": lambda: 3 * 119,
    "IE": lambda: sum(row["IEMET_C"] == "0" for row in form("IE")),
    # one final result was corrected; one blood count and one result were not done
    "LB": lambda: (
        len(form("LAB_CHEM_A")) - 1
        + len(form("LAB_CHEM_B", ";"))
        + filled(form("LAB_HEMA"), "WBC", "NEU", "LYM", "HGB", "PLT") + 5
        + filled(form("LAB_URINE"), "PROT", "GLUC", "BLOOD", "KETO", "PH", "SG", "WBC_HPF")
    ),
    "MH": lambda: len(form("MH")) + len(form("DXH")) + filled(form("DXH"), "RELDT"),
    "MI": lambda: (
        filled(form("DXH"), "ERPCT", "PRPCT", "HER2", "KI67PCT", "KI67ND")
        + sum(row["FISH_C"] != "9" for row in form("DXH"))
        + 2 * len(form("TOPO1_IHC"))
    ),
    "PC": lambda: 3 * len(form("PK")),
    "PE": lambda: len(form("PE")),
    "PR": lambda: len(form("PSG")) + len(form("PRT")),
    "RS": lambda: (
        filled(form("RA"), "RATRG", "RANTRG", "RANEW_C", "RAOVR", "RAND")
        + filled(form("CNSRA"), "CRTRG", "CRNEW_C", "CRSTER", "CRCLIN_C", "CROVR")
        + len(form("ECOG"))
    ),
    "SC": lambda: len(form("DM")),
    "SS": lambda: len(form("SFU")) - 1 + len(form("DTH")),  # one contact after the cut-off
    "SV": lambda: len(form("SV")),
    "TR": lambda: len(form("TL")) - 1 + len(form("NTL")) + len(form("NL")) + len(form("CNS")),
    "TU": lambda: (
        sum(r["VISITMNEMONIC"] == "SCR" for name in ("TL", "NTL", "CNS") for r in form(name)) + len(form("NL"))
    ),
    "VS": lambda: filled(form("VS"), *VITALS) + len(VITALS) - 1 + filled(form("EX"), "EXBSA"),
}  # fmt: skip


@pytest.mark.parametrize("domain", COUNTED)
def test_every_raw_row_makes_its_records(done: Run, domain: str) -> None:
    assert len(records(done, domain)) == COUNTED[domain]()


def test_no_dataset_but_the_declared_ones_and_nothing_derived(done: Run) -> None:
    made = {name for name in done.conversion.datasets if not name.startswith("SUPP")}
    assert made - {"RELREC"} == {*COUNTED, "SE", "TA", "TE", "TI", "TS", "TV"}
    assert not set(records(done, "RS")["RSTESTCD"]) & {"BESTRESP"}
    assert set(records(done, "TR")["TRTESTCD"]) == {"LDIAM", "LPERP", "TUMSTATE"}


# --- findings: the declared messes and no other --------------------------------------------------------


@dataclass(frozen=True)
class Mess:
    """Rows of a raw file (found by ``holds``), and the findings that they lead to."""

    file: str
    holds: Callable[[Row], bool]
    findings: tuple[tuple[str, str], ...]  # dataset, rule

    def rows(self) -> list[int]:
        """Row numbers as a spreadsheet shows them."""
        name, delimiter = self.file.removesuffix(".csv"), ";" if "CHEM_B" in self.file else ","
        return [i for i, row in enumerate(form(name, delimiter), 2) if self.holds(row)]


def at(subject: str, visit: str = "", **equal: str) -> Callable[[Row], bool]:
    def holds(row: Row) -> bool:
        who = row.get("SUBJECTNUMBERSTR") or row.get("SUBJID")
        when = row.get("VISITMNEMONIC") or row.get("VISIT")
        return who == subject and visit in ("", when) and all(row[k] == v for k, v in equal.items())

    return holds


def twice(domain: str) -> tuple[tuple[str, str], ...]:
    return (("", "duplicate-row"), (domain, "duplicate-keys"), (domain, "duplicate-record"))


LATE = "visit-out-of-window"
NO_UNIT = ("unit-not-converted", "standard-result-missing")
MESSES = {
    "15-003: action 9 is no code": Mess(
        "AE.csv", at("15-003", ITEMSETINDEX="1"), (("AE", "unmapped-term"),)
    ),
    "33-004: event entered twice": Mess("AE.csv", at("33-004", ITEMSETINDEX="2"), twice("AE")),
    "21-003: start after end": Mess(
        "AE.csv",
        lambda r: at("21-003")(r) and iso(r["AESTDT"]) > iso(r["AEENDT"]),
        (("AE", "end-before-start"), ("AE", "end-day-before-start-day")),
    ),
    "99-001: no such subject": Mess(
        "AE.csv", at("99-001"), (("AE", "orphan-subject"), ("SUPPAE", "orphan-subject"))
    ),
    "04-006: page entered twice": Mess("IE.csv", at("04-006"), (("", "duplicate-row"),)),
    "02-006: infusion entered twice": Mess(
        "EX.csv", at("02-006", "C2D1"), (*twice("EC"), ("VS", "duplicate-record"))
    ),
    "02-007: drug entered twice": Mess("CM.csv", at("02-007", ITEMSETINDEX="1"), twice("CM")),
    "08-004: 31 June": Mess("PST.csv", at("08-004", PSTENDT="31-JUN-2022"), (("CM", "date-not-read"),)),
    "01-010: diameter without unit": Mess(
        "TL.csv", at("01-010", "SCR", TLID="T01"), (("TR", "unit-assumed"),)
    ),
    "29-001: response entered twice": Mess("RA.csv", at("29-001", "TA_W12"), twice("RS")),
    "01-009: creatinine without unit": Mess(
        "LAB_CHEM_A.csv", at("01-009", "C1D1", TESTCD="CREA"),
        (*(("LB", rule) for rule in NO_UNIT), ("LB", "range-without-unit")),
    ),
    "01-007: ALT sent twice": Mess(
        "LAB_CHEM_A.csv", at("01-007", "C1D1", TESTCD="ALT"), (("", "duplicate-row"), ("LB", "duplicate-keys"))
    ),
    "34-001: no such subject": Mess("LAB_CHEM_A.csv", at("34-001"), (("LB", "orphan-subject"),)),
    "09-004: blood count at a visit that SV does not have": Mess(
        "LAB_HEMA.csv", at("09-004", "UNS"), (("LB", "unscheduled-visit-without-record"),)
    ),
    "29-004: haemoglobin without unit": Mess(
        "LAB_HEMA.csv", at("29-004", "C1D1"), tuple(("LB", rule) for rule in NO_UNIT)
    ),
    "18-003: comma in a temperature": Mess("VS.csv", at("18-003", "C2D1"), (("VS", "number-misspelt"),)),
    "32-003: weight without unit": Mess(
        "VS.csv", at("32-003", "C1D8"), tuple(("VS", rule) for rule in NO_UNIT)
    ),
    "09-004: day 8 on day 12": Mess("SV.csv", at("09-004", "C1D8"), (("SV", LATE),)),
    "09-004: its vital signs": Mess("VS.csv", at("09-004", "C1D8"), (("VS", LATE),)),
    "09-004: its blood count": Mess("LAB_HEMA.csv", at("09-004", "C1D8"), (("LB", LATE),)),
    "09-004: its chemistry": Mess(
        "LAB_CHEM_B.csv", lambda r: (r["Patient"], r["Visit"]) == ("09004", "C1D8"), (("LB", LATE),)
    ),
    "09-004: its urine": Mess("LAB_URINE.csv", at("09-004", "C1D8"), (("LB", LATE),)),
    "02-001: day 8 of cycle 2 on its day 13": Mess("SV.csv", at("02-001", "C2D8"), (("SV", LATE),)),
    "02-001: its vital signs": Mess("VS.csv", at("02-001", "C2D8"), (("VS", LATE),)),
    "02-001: its blood count": Mess("LAB_HEMA.csv", at("02-001", "C2D8"), (("LB", LATE),)),
    "02-002: vital signs entered twice": Mess(
        "VS.csv", at("02-002", "C3D1"), (("", "duplicate-row"), ("VS", "duplicate-record"))
    ),
    "22-001: letter O in a QTcF": Mess(
        "EG.csv", at("22-001", "C2D1"), (("EG", "number-misspelt"), ("EG", "term-not-declared"))
    ),
}  # fmt: skip


def results_of(codes: set[str]) -> list[int]:
    """Rows of the bioanalytical sheet with one of the sample codes."""
    sheet = openpyxl.load_workbook(RAW / "PK_RESULTS.xlsx")["Results"]
    return [cell.row for cell in sheet["B"] if cell.value in codes]


def of_the_bioanalytical_sheet() -> set[tuple[str, str, str, int]]:
    """A code that no form has; and the late day 8 of 09-004."""
    late = {row["PKID"] for row in form("PK") if at("09-004", "C1D8")(row)}
    return {("PC", "row-without-subject", "PK_RESULTS.xlsx", row) for row in results_of({"PK120-04"})} | {
        ("PC", LATE, "PK_RESULTS.xlsx", row) for row in results_of(late)
    }


def told(done: Run) -> set[tuple[str, str, str, int | None]]:
    return {
        (finding.dataset, finding.rule, place.file, place.row)
        for finding in done.findings
        if finding.severity != "note"
        for place in finding.places
    }


@pytest.mark.parametrize("mess", MESSES)
def test_a_declared_mess_is_found_at_its_rows(done: Run, mess: str) -> None:
    declared = MESSES[mess]
    assert declared.rows()
    wanted = {(*finding, declared.file, row) for finding in declared.findings for row in declared.rows()}
    assert wanted <= told(done)


def test_nothing_but_the_declared_messes_is_found(done: Run) -> None:
    declared = {
        (*finding, mess.file, row) for mess in MESSES.values() for finding in mess.findings for row in mess.rows()
    }  # fmt: skip
    assert told(done) - declared == of_the_bioanalytical_sheet()
    assert all(finding.places for finding in done.findings if finding.severity != "note")


def test_notes_say_where_blanks_went_and_long_texts_were_split(done: Run) -> None:
    notes = {
        (f.dataset, f.rule, p.file, p.row) for f in done.findings if f.severity == "note" for p in f.places
    }
    blanks = {
        ("AE", "AE", at("21-005", ITEMSETINDEX="2")),
        ("CM", "PST", lambda r: at("03-014")(r) and r["PSTTRT"].endswith(" ")),
        ("DM", "DM", lambda r: r["COUNTRY"] == "CHN "),
    }
    for dataset, name, holds in blanks:
        (row,) = Mess(f"{name}.csv", holds, ()).rows()
        assert (dataset, "trailing-blanks-removed", f"{name}.csv", row) in notes
    (reading,) = [i for i, row in enumerate(form("TOPO1_IHC"), 2) if row["Reading"] == "Negative "]
    assert ("MI", "trailing-blanks-removed", "TOPO1_IHC.csv", reading) in notes
    (long,) = [i for i, row in enumerate(form("AE"), 2) if len(row["AETERM"]) > 200]
    assert ("AE", "long-text-split", "AE.csv", long) in notes


# --- the messes that the spec settles ------------------------------------------------------------------


def infusion(subject: str, visit: str) -> str:
    (row,) = [row for row in form("EX") if at(subject, visit)(row)]
    return iso(row["EXDT"])


SETTLED = [
    # partial dates and times
    ("AE", "AESTDTC", {"subject": "13-001", "AESPID": "1"}, "2021"),
    ("AE", "AEENDTC", {"subject": "13-001", "AESPID": "1"}, "2021"),
    ("AE", "AESTDY", {"subject": "13-001", "AESPID": "1"}, None),
    ("EX", "EXSTDTC", {"subject": "02-001", "VISITNUM": 401.0}, infusion("02-001", "C4D1")),
    ("EX", "EXENDTC", {"subject": "26-001", "VISITNUM": 301.0}, infusion("26-001", "C3D1") + "T11:28"),
    ("CM", "CMENDTC", {"subject": "08-004", "CMCAT": "PRIOR ANTI-CANCER THERAPY", "CMSPID": "3"}, None),
    # code lists and terms
    ("AE", "AEACN", {"subject": "15-003", "AESPID": "1"}, None),
    ("AE", "AEREL", {"subject": "11-001", "AESPID": "1"}, "POSSIBLY RELATED"),
    ("AE", "AEDECOD", {"subject": "20-002", "AESPID": "12"}, "Sepsis"),
    ("DM", "SEX", {"subject": "24-001"}, "F"),
    ("CM", "CMDOSU", {"subject": "33-001", "CMSPID": "2", "CMCAT": "PREMEDICATION"}, "mg"),
    ("CM", "CMDOSFRQ", {"subject": "21-005", "CMTRT": "OLANZAPINE", "CMSPID": "7"}, "PRN"),
    # doses
    ("EC", "ECOCCUR", {"subject": "26-002", "VISITNUM": 9000.0}, "N"),
    ("EC", "ECREASOC", {"subject": "26-002", "VISITNUM": 9000.0}, "Subject left for treatment at home town"),
    ("EC", "ECDOSE", {"subject": "26-002", "VISITNUM": 9000.0}, None),
    ("EX", "EXDOSE", {"subject": "24-003", "VISITNUM": 201.0}, 42.0),
    ("EX", "EXDOSE", {"subject": "02-006", "VISITNUM": 201.0}, 70.0),
    # units
    ("PR", "PRDOSE", {"subject": "03-011", "PRCAT": "PRIOR RADIOTHERAPY", "PRSPID": "1"}, 46.0),
    ("TR", "TRSTRESN", {"subject": "17-003", "TRLNKID": "T01", "VISITNUM": 1.0}, 32.0),
    ("TR", "TRORRESU", {"subject": "17-003", "TRLNKID": "T01", "VISITNUM": 1.0}, "cm"),
    ("VS", "VSSTRESN", {"subject": "30-003", "VSTESTCD": "TEMP", "VISITNUM": 108.0}, 36.8),  # (98.2 - 32) 5/9 = 36.78
    ("VS", "VSSTRESC", {"subject": "18-003", "VSTESTCD": "TEMP", "VISITNUM": 201.0}, "36,6"),
    ("VS", "VSSTRESN", {"subject": "18-003", "VSTESTCD": "TEMP", "VISITNUM": 201.0}, None),
    # tumours
    ("TU", "TULOC", {"subject": "30-003", "TULNKID": "T01"}, "MEDIASTINUM"),
    ("TR", "TRSTRESC", {"subject": "21-001", "TRLNKID": "T01", "VISITNUM": 1290.0}, "TOO SMALL TO MEASURE"),
    ("TR", "TRSTAT", {"subject": "11-001", "TRLNKID": "T01", "VISITNUM": 990.0}, "NOT DONE"),
    ("RS", "RSSTAT", {"subject": "16-002", "VISITNUM": 390.0, "RSCAT": "RECIST 1.1"}, "NOT DONE"),
    # laboratory
    ("LB", "LBREASND", {"subject": "01-006", "LBTESTCD": "K", "VISITNUM": 108.0}, "sample hemolyzed"),
    ("LB", "LBREASND", {"subject": "03-005", "LBTESTCD": "CREAT", "VISITNUM": 101.0}, "tube broken"),
    ("LB", "LBSTRESC", {"subject": "04-002", "LBTESTCD": "BILI", "VISITNUM": 1.0}, ">100"),
    ("LB", "LBSTRESN", {"subject": "04-002", "LBTESTCD": "BILI", "VISITNUM": 1.0}, None),
    ("LB", "LBNRIND", {"subject": "01-008", "LBTESTCD": "GLUC", "LBSPEC": "SERUM", "VISITNUM": 101.0}, None),
    ("LB", "LBORRESU", {"subject": "01-001", "LBTESTCD": "GGT", "VISITNUM": 1.0}, "U/L"),
    ("LB", "LBORRESU", {"subject": "03-011", "LBTESTCD": "GLUC", "LBSPEC": "SERUM", "VISITNUM": 1.0}, "mg/dL"),
    ("LB", "LBSTAT", {"subject": "11-002", "LBTESTCD": "HGB", "VISITNUM": 1.0}, "NOT DONE"),
    ("MI", "MISTRESC", {"subject": "02-001", "MITESTCD": "TOPO1", "MITSTDTL": "RECEPTOR OVERALL STATUS"}, "NEGATIVE"),
    # visits
    ("SV", "SVOCCUR", {"subject": "32-001", "VISITNUM": 908.0}, "N"),
    ("SV", "SVSTDY", {"subject": "09-004", "VISITNUM": 108.0}, 12.0),
    ("SV", "SVSTDY", {"subject": "02-001", "VISITNUM": 208.0}, 27.0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("dataset", "variable", "which", "expected"), SETTLED, ids=[str(n) for n in range(len(SETTLED))]
)
def test_what_the_spec_makes_of_a_mess(
    done: Run, dataset: str, variable: str, which: dict[str, object], expected: object
) -> None:
    assert value(done, dataset, variable, **which) == expected


def test_every_partial_date_of_an_event_stays_partial(done: Run) -> None:
    ae = {(u[-6:], spid): (start, day) for u, spid, start, day in
          records(done, "AE")[["USUBJID", "AESPID", "AESTDTC", "AESTDY"]].itertuples(index=False)}  # fmt: skip
    partial = [row for row in form("AE") if row["AESTDT"].startswith("UN")]
    assert {row["SUBJECTNUMBERSTR"] for row in partial} == {"01-007", "07-004", "10-001", "10-004", "13-001"}
    for row in partial:
        assert ae[row["SUBJECTNUMBERSTR"], row["ITEMSETINDEX"]] == (iso(row["AESTDT"]), None)


def test_a_term_over_200_characters_goes_on_in_suppae(done: Run) -> None:
    (row,) = [row for row in form("AE") if len(row["AETERM"]) > 200]
    first = value(done, "AE", "AETERM", subject=row["SUBJECTNUMBERSTR"], AESPID=row["ITEMSETINDEX"])
    rest = value(done, "SUPPAE", "QVAL", QNAM="AETERM1")
    assert f"{first} {rest}" == row["AETERM"]


def test_a_comment_over_200_characters_is_whole(done: Run) -> None:
    (row,) = [row for row in form("CO") if len(row["COTEXT"]) > 200]
    parts = [str(value(done, "CO", "COVAL", subject=row["SUBJECTNUMBERSTR"]))]
    if "COVAL1" in records(done, "CO"):
        parts.append(str(value(done, "CO", "COVAL1", subject=row["SUBJECTNUMBERSTR"])))
    else:
        parts.append(str(value(done, "SUPPCO", "QVAL", QNAM="COVAL1")))
    assert " ".join(parts) == row["COTEXT"]


def test_the_terms_of_the_article_are_ascii_and_the_others_verbatim(done: Run) -> None:
    decoded = records(done, "AE")["AEDECOD"]
    assert all(str(text).isascii() for text in decoded)
    wanted = Counter(
        row["AEPT"].replace("γ", "gamma") or row["AETERM"].split(" with positive")[0] for row in form("AE")
    )
    assert Counter(decoded) == wanted
    assert records(done, "AE", AEDECOD="gamma-GGT elevation")["USUBJID"].nunique() == 32


def test_one_dose_limiting_toxicity_among_nine(done: Run) -> None:
    """Article: one DLT (grade 3 nausea and vomiting) in the escalation part, n = 9."""
    answers = records(done, "FA", FAOBJ="DOSE-LIMITING TOXICITY")
    assert Counter(zip(answers["FATESTCD"], answers["FASTRESC"], strict=True)) == {
        ("DLTEVAL", "Y"): 9, ("OCCUR", "Y"): 1, ("OCCUR", "N"): 8,
    }  # fmt: skip
    flagged = records(done, "SUPPAE", QNAM="AEDLT", QVAL="Y")
    assert len(flagged) == 2
    limiting = answers[answers["FASTRESC"].eq("Y") & answers["FATESTCD"].eq("OCCUR")]
    assert set(flagged["USUBJID"]) == set(limiting["USUBJID"])


def test_reference_ranges_of_haemoglobin_follow_sex_and_age(done: Run) -> None:
    """LAB_RANGES.csv: women 115-150 g/L to 59 years, 110-150 from 60; men 130-175."""
    hgb = records(done, "LB", LBTESTCD="HGB")
    hgb = hgb[hgb["LBSTAT"].isna() & hgb["LBORRESU"].notna()]
    people = records(done, "DM").set_index("USUBJID")[["SEX", "AGE"]]
    for usubjid, low, high in set(
        hgb[["USUBJID", "LBSTNRLO", "LBSTNRHI"]].itertuples(index=False, name=None)
    ):
        sex, age = people.loc[usubjid]
        wanted = (130.0, 175.0) if sex == "M" else (115.0 if age < 60 else 110.0, 150.0)
        assert (low, high) == wanted, usubjid
    assert set(people["SEX"]) == {"F", "M"}


def test_the_range_indicator_is_what_the_laboratories_flagged(done: Run) -> None:
    """FLAG and H/L of the two chemistry laboratories, which the spec does not submit."""
    lb = records(done, "LB", LBCAT="CHEMISTRY")
    ours = Counter(i for i in lb["LBNRIND"] if i in ("HIGH", "LOW"))
    flags = Counter(row["FLAG"] for row in form("LAB_CHEM_A") if row["FLAG"])
    flags += Counter(row["H/L"] for row in form("LAB_CHEM_B", ";") if row["H/L"])
    assert ours == {"HIGH": flags["H"], "LOW": flags["L"]}


def test_each_test_has_one_standard_unit_for_a_specimen(done: Run) -> None:
    lb = records(done, "LB")
    lb = lb[lb["LBSTRESU"].notna()]
    assert lb.groupby(["LBTESTCD", "LBSPEC"])["LBSTRESU"].nunique().eq(1).all()


def test_below_quantification_has_no_number(done: Run) -> None:
    pc = records(done, "PC")
    below = pc[pc["PCSTRESC"].astype(str).str.startswith(("BLQ", "<"))]
    assert len(below) == 690  # text cells of the column Result
    assert below["PCSTRESN"].isna().all()
    assert len(records(done, "PC", PCSTAT="NOT DONE")) == 2 * 3
    assert len(records(done, "PC", PCTESTCD="SN38")) == 601


def test_links_of_lesions_events_drugs_and_doses(done: Run) -> None:
    """38 infusions at a lower dose name the event that led to it; 310 drugs name the event they treat (CMAENO)."""
    relrec = records(done, "RELREC")
    kinds = Counter(relrec["RELID"].str.rstrip("0123456789"))
    drugs = sum(row["CMAENO"] != "" for row in form("CM"))
    assert sum(row["EXADJ_C"] == "2" for row in form("EX")) == 38
    assert kinds["AEEX"] == 2 * 38
    assert kinds["AECM"] == drugs + len(
        {(r["SUBJECTNUMBERSTR"], r["CMAENO"]) for r in form("CM") if r["CMAENO"]}
    )
    whole = relrec[relrec["USUBJID"].isna()]
    assert set(zip(whole["RELID"], whole["RDOMAIN"], whole["IDVAR"], whole["RELTYPE"], strict=True)) == {
        ("TUTR", "TU", "TULNKID", "ONE"), ("TUTR", "TR", "TRLNKID", "MANY"),
        ("TRRS", "TR", "TRLNKGRP", "MANY"), ("TRRS", "RS", "RSLNKGRP", "MANY"),
    }  # fmt: skip


def test_all_forms_of_an_unscheduled_visit_have_one_number(done: Run) -> None:
    """A bone scan up to three days after the CT, and a form without a date, belong to the same visit."""
    seen: dict[str, set[object]] = {}
    for name in ("SV", "TU", "TR", "RS", "LB"):
        frame = records(done, name)
        unscheduled = frame[frame["VISIT"].astype(str).str.startswith("UNSCHEDULED")]
        for usubjid, number in zip(unscheduled["USUBJID"], unscheduled["VISITNUM"], strict=True):
            seen.setdefault(usubjid, set()).add(number)
    assert len(seen) == 22  # 21 in SV, and the blood count of 09-004
    assert all(len(numbers) == 1 for numbers in seen.values())


def test_a_contact_after_the_cut_off_is_cut_and_counted(done: Run) -> None:
    (book,) = [book for book in done.conversion.books if book.name == "sfu"]
    assert dict(book.excluded) == {"SS: after the data cut-off": 1}
    assert records(done, "SS")["SSDTC"].dropna().max() <= "2023-06-05"


# --- the whole -----------------------------------------------------------------------------------------


def test_the_spec_is_clean() -> None:
    problems = lint_study(load_study("he072"), raw=False)
    assert [str(problem) for problem in problems if problem.severity != "note"] == []


def test_the_books_balance_with_nothing_left_over(done: Run) -> None:
    assert len(done.conversion.books) == 40  # of the 41 raw files one is only the label
    for book in done.conversion.books:
        assert book.read == book.made + book.joined + sum(book.excluded.values())
        assert (book.unaccounted, book.unaccounted_columns) == (0, []), book.name
    files = {file for book in done.conversion.books for file in book.files}
    there = {path.name for path in (load_study("he072").folder / "raw").iterdir()}
    assert there - files == {"SYNTHETIC-DATA.txt"}


def test_every_transport_file_reads_back_equal(done: Run) -> None:
    for name, dataset in done.conversion.datasets.items():
        path = done.out / "sdtm" / f"{name.lower()}.xpt"
        assert verify_xpt(path, dataset) == [], name  # pyreadstat and pandas, value by value
        frame, meta = pyreadstat.read_xport(str(path))
        assert len(frame) == len(dataset.frame)
        assert meta.column_names == [v.name for v in dataset.variables]


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_two_workers_give_the_same_bytes(done: Run, tmp_path: Path, sdtm: Callable[..., object]) -> None:
    assert "he072" in bundled_studies()  # what `sdtm demo` takes
    assert len(split_tables(done.conversion.plan, done.conversion.tables, 2)) == 2
    shown = sdtm("run", "he072", "--out", tmp_path / "again", "--to", "sdtm", "--workers", 2)
    assert shown.code == 1  # findings
    assert "map and finish" in shown.out  # the time of each stage
    first, again = contents(done.out), contents(tmp_path / "again")
    assert first.keys() == again.keys()
    assert [name for name in first if first[name] != again[name]] == []


def test_the_manifest_names_every_file(done: Run) -> None:
    manifest = json.loads((done.out / "manifest.json").read_text(encoding="utf-8"))
    listed = {entry["path"] for entry in manifest["outputs"]}
    assert listed == set(contents(done.out)) - {"manifest.json"}
