"""Where existing tools go wrong with real data: each trap as a whole run, from raw files to transport files.

The numbers are those of the table of traps that the project was given. All data are invented, all expected
values worked out by hand from the rules named beside them. Datasets are read back by pyreadstat.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat
import pytest

pytestmark = pytest.mark.xdist_group("traps")

HEAD = """\
study: ONC
raw:
  datasets:
{datasets}
subject: {{SUBJID: SUBJ, USUBJID: "{{STUDYID}}-{{SUBJID}}"}}
"""
DM = """\
domain: DM
sources:
  - from: dm
    map: {SEX: SEX, COUNTRY: {value: CHN}}
reference_dates:
  RFSTDTC: {earliest: EX.EXSTDTC}
  RFENDTC: {latest: EX.EXENDTC}
  RFXSTDTC: {earliest: EX.EXSTDTC}
  RFXENDTC: {latest: EX.EXENDTC}
"""
EX = """\
domain: EX
sources:
  - from: ex
    map:
      EXTRT: {value: DRUG}
      EXDOSE: {value: "10"}
      EXDOSU: {value: mg}
      EXDOSFRM: {value: TABLET}
      EXSTDTC: {date: START, time: STTIM, format: [yyyy-MM-dd, yyyy-MM]}
      EXENDTC: {date: END, format: yyyy-MM-dd}
"""
AE = """\
domain: AE
sources:
  - from: ae
    map: {AETERM: TERM, AEDECOD: {value: Coded}, AESTDTC: {date: START, format: yyyy-MM-dd}}
"""
DM_RAW = "SUBJ,SEX\n001,F\n002,M\n"
EX_RAW = "SUBJ,START,STTIM,END\n001,2024-03-01,10:00,2024-03-20\n002,2024-03-02,,2024-03-10\n"


@dataclass(frozen=True)
class Result:
    """What a run wrote."""

    study: Path
    out: Path
    code: int
    err: str

    @property
    def findings(self) -> list[dict[str, Any]]:
        return json.loads((self.out / "reports" / "findings.json").read_text(encoding="utf-8"))["findings"]

    def found(self, rule: str, variable: str = "") -> list[dict[str, Any]]:
        return [f for f in self.findings if f["rule"] == rule and variable in ("", f["variable"])]

    @property
    def books(self) -> Mapping[str, Any]:
        ledger = json.loads((self.out / "reports" / "ledger.json").read_text(encoding="utf-8"))
        return {name: book["rows"] for name, book in ledger["raw"].items()}

    def frame(self, name: str) -> pd.DataFrame:
        return pyreadstat.read_xport(str(self.out / "sdtm" / f"{name}.xpt"))[0]

    def column(self, name: str, variable: str) -> list[Any]:
        return self.frame(name)[variable].tolist()


@pytest.fixture
def run(build_study: Callable[..., Path], sdtm: Callable[..., Any], tmp_path: Path) -> Callable[..., Result]:
    """``run({"ae": AE}, {"ae.csv": text}, more="codelists: …")``: the tables are named as the files."""

    def start(
        domains: Mapping[str, str],
        raw: Mapping[str, str | bytes],
        more: str = "",
        command: str = "convert",
        told: Mapping[str, str] | None = None,
    ) -> Result:
        tables = [
            f"    {Path(name).stem}: {{file: {name}{(told or {}).get(Path(name).stem, '')}}}" for name in raw
        ]
        study = build_study(HEAD.format(datasets="\n".join(tables)) + more, domains, raw)
        outcome = sdtm(command, study, "--out", tmp_path / "out")
        assert outcome.is_told_plainly, outcome
        return Result(study, tmp_path / "out", outcome.code, outcome.err)

    return start


# --- 1, 17, 20: the last result before exposure ----------------------------------------------------------

LB = """\
domain: LB
sources:
  - from: lb
    map:
      LBTESTCD: {value: GLUC}
      LBCAT: {value: CHEMISTRY}
      LBSPEC: SPEC
      LBSTAT: {value: NOT DONE, where: ND = 'X'}
      LBORRES: RESULT
      LBORRESU: {value: mmol/L}
      LBDTC: {date: DAY, time: TIME, format: yyyy-MM-dd}
"""


def baseline(run, rows: str) -> list[tuple[str, str, str]]:
    raw = {"dm.csv": DM_RAW, "ex.csv": EX_RAW, "lb.csv": "SUBJ,DAY,TIME,SPEC,RESULT,ND\n" + rows}
    frame = run({"dm": DM, "ex": EX, "lb": LB}, raw).frame("lb")
    return list(
        frame.loc[frame["LBLOBXFL"].eq("Y"), ["USUBJID", "LBSPEC", "LBDTC"]].itertuples(
            index=False, name=None
        )
    )


def test_trap_01_a_result_two_hours_after_the_first_dose_is_no_baseline(run):
    """First dose 2024-03-01T10:00; 08:00 two days before counts, 12:00 of the day of the dose does not."""
    rows = "001,2024-02-28,08:00,SERUM,5.1,\n001,2024-03-01,12:00,SERUM,5.2,\n"
    assert baseline(run, rows) == [("ONC-001", "SERUM", "2024-02-28T08:00")]


def test_trap_17_two_specimens_have_each_their_one_baseline(run):
    """Serum twice on one day before the dose: the later one; urine before serum: its own."""
    rows = (
        "001,2024-02-27,07:00,URINE,0.3,\n001,2024-02-28,08:00,SERUM,5.1,\n001,2024-02-28,09:00,SERUM,5.3,\n"
    )
    assert baseline(run, rows) == [
        ("ONC-001", "SERUM", "2024-02-28T09:00"),
        ("ONC-001", "URINE", "2024-02-27T07:00"),
    ]


def test_trap_17_a_tie_has_one_baseline(run):
    rows = "001,2024-02-28,08:00,SERUM,5.1,\n001,2024-02-28,08:00,SERUM,5.3,\n"
    assert len(baseline(run, rows)) == 1


def test_trap_20_what_was_not_done_is_no_baseline(run):
    rows = "001,2024-02-28,08:00,SERUM,5.1,\n001,2024-02-29,08:00,SERUM,,X\n"
    assert baseline(run, rows) == [("ONC-001", "SERUM", "2024-02-28T08:00")]


# --- 2: not done -----------------------------------------------------------------------------------------


def test_trap_02_a_form_that_was_not_done_has_one_record_for_each_planned_test(run):
    vs = """\
domain: VS
sources:
  - from: vs
    map: {VSDTC: {date: DAY, format: yyyy-MM-dd}}
    findings:
      SYSBP: {result: SYS, unit: mmHg}
      DIABP: {result: DIA, unit: mmHg}
      PULSE: {result: PUL, unit: beats/min}
    not_done: {where: PERF = 'N', reason: WHY}
"""
    raw = {
        "vs.csv": "SUBJ,DAY,PERF,WHY,SYS,DIA,PUL\n001,2024-03-01,Y,,120,,70\n002,2024-03-01,N,Refused,,,\n"
    }
    result = run({"vs": vs}, raw)
    frame = result.frame("vs")[["USUBJID", "VSTESTCD", "VSORRES", "VSSTAT", "VSREASND"]]
    assert frame.to_numpy().tolist() == [
        ["ONC-001", "PULSE", "70", "", ""],
        ["ONC-001", "SYSBP", "120", "", ""],
        ["ONC-002", "DIABP", "", "NOT DONE", "Refused"],
        ["ONC-002", "PULSE", "", "NOT DONE", "Refused"],
        ["ONC-002", "SYSBP", "", "NOT DONE", "Refused"],
    ]
    assert result.books["vs"]["made_records"] == 2


# --- 3, 5, 13: identifiers and texts stay what they are --------------------------------------------------


def test_trap_03_a_numeric_subject_in_xpt_is_101_and_not_101_0(run, tmp_path):
    path = tmp_path / "dm.xpt"
    frame = pd.DataFrame({"SITE": [1.0, 1.0], "SUBJ": [101.0, 102.5], "SEX": ["F", "M"]})
    pyreadstat.write_xport(frame, str(path), table_name="DM", file_format_version=5)
    dm = "domain: DM\nsources:\n  - from: dm\n    map: {SEX: SEX, COUNTRY: {value: CHN}}\n"
    result = run(
        {"dm": dm},
        {"dm.xpt": path.read_bytes()},
        told={"dm": ', subject: {USUBJID: "{STUDYID}-{SITE}-{SUBJID}"}'},
    )
    assert result.column("dm", "USUBJID") == ["ONC-1-101", "ONC-1-102.5"]
    assert result.column("dm", "SUBJID") == ["101", "102.5"]


def test_trap_03_a_text_subject_keeps_its_zeros(run):
    assert run({"ae": AE}, {"ae.csv": "SUBJ,TERM,START\n0101,Rash,2024-03-05\n"}).column("ae", "USUBJID") == [
        "ONC-0101"
    ]


def test_trap_03_a_join_without_any_match_is_an_error(run):
    ae = AE.replace(
        "    map:", "    join: [{with: dm, by: {SUBJ: SUBJ}, take: [SEX], expect: optional}]\n    map:"
    )
    result = run(
        {"ae": ae}, {"dm.csv": "SUBJ,SEX\n1,F\n", "ae.csv": "SUBJ,TERM,START\n001,Rash,2024-03-05\n"}
    )
    assert result.code == 2 and "error[join-matches-nothing]" in result.err and not result.out.exists()


def test_trap_05_a_line_that_begins_with_a_number_sign_is_a_row(run):
    raw = "SUBJ,TERM,START\n101,Rash,2024-03-05\n#102,Cough,2024-03-06\n103,Pain,2024-03-07\n"
    result = run({"ae": AE}, {"ae.csv": raw})
    assert result.column("ae", "USUBJID") == ["ONC-#102", "ONC-101", "ONC-103"]
    assert result.books["ae"]["read"] == raw.count("\n") - 1 == 3


def test_trap_13_texts_that_look_like_something_else_stay_texts(run):
    terms = ["001", "NA", "None", "1e5", "1.10", "TRUE", "nan", "NULL", "-", "=1+1", "0x1F", "+5"]
    rows = "".join(f"001,{term},2024-03-05\n" for term in terms)
    result = run({"ae": AE}, {"ae.csv": "SUBJ,TERM,START\n" + rows})
    assert sorted(result.column("ae", "AETERM")) == sorted(terms)


# --- 4, 11, 18, 19, 21, 22: text and transport files -----------------------------------------------------

CP1252 = "SUBJ,TERM,START\n001,Fièvre élevée,2024-03-05\n".encode("cp1252")


def test_trap_04_a_wrong_encoding_is_refused_and_leaves_no_folder(run):
    result = run({"ae": AE}, {"ae.csv": CP1252})
    assert result.code == 2 and "error[undecodable-byte] ae.csv, row 2, column TERM" in result.err
    assert not result.out.exists()


def test_trap_04_a_declared_encoding_gives_the_exact_text(run):
    more = 'transliterate: {"è": "e", "é": "e"}\n'
    result = run({"ae": AE}, {"ae.csv": CP1252}, more, told={"ae": ", encoding: cp1252"})
    assert result.column("ae", "AETERM") == ["Fievre elevee"]


def test_trap_11_a_text_of_250_characters_goes_on_in_supp(run):
    """25 words of 9 letters and a blank are 250 characters; 20 of them without the last blank are 199."""
    term = " ".join(f"word{n:05}" for n in range(25))
    result = run({"ae": AE}, {"ae.csv": f"SUBJ,TERM,START\n001,{term},2024-03-05\n"})
    assert len(term) == 249 and result.column("ae", "AETERM") == [term[:199]]
    supp = result.frame("suppae").iloc[0]
    assert (supp["QNAM"], supp["QVAL"]) == ("AETERM1", term[200:])
    assert (supp["IDVAR"], supp["IDVARVAL"], supp["RDOMAIN"]) == ("AESEQ", "1", "AE")


def test_trap_11_text_that_is_not_ascii_is_refused_with_a_way_out(run):
    result = run({"ae": AE}, {"ae.csv": "SUBJ,TERM,START\n001,Fièvre,2024-03-05\n"})
    assert result.code == 2 and 'transliterate: {"è": "e"}' in result.err and not result.out.exists()


def test_trap_18_supplemental_values_blank_and_long(run):
    """No record for a blank one; the rest of one above 200 bytes in a second QNAM."""
    ae = AE + "    supp: {AECOM: {label: Comment, column: COM}}\n"
    long = " ".join(["comment"] * 31)  # 31 x 7 letters + 30 blanks = 247
    rows = f"001,Rash,2024-03-05,\n001,Cough,2024-03-06,{long}\n001,Pain,2024-03-07,short\n"
    result = run({"ae": ae}, {"ae.csv": "SUBJ,TERM,START,COM\n" + rows})
    values = result.frame("suppae")[["IDVARVAL", "QNAM", "QVAL"]].to_numpy().tolist()
    assert values == [["2", "AECOM", long[:199]], ["2", "AECOM1", long[200:]], ["3", "AECOM", "short"]]
    assert long[199] == " "  # where it is cut


CM = """\
domain: CM
sources:
  - from: cm
    map: {CMTRT: DRUG, CMGRPID: REGIMEN, CMSTDTC: {date: START, format: yyyy-MM-dd}}
    supp:
      CMREGIM: {label: Regimen, column: NAME, idvar: CMGRPID}
      CMNOTE: {label: Note, column: NOTE}
"""
CM_RAW = """\
SUBJ,DRUG,REGIMEN,START,NAME,NOTE
001,Oxaliplatin,1,2023-01-01,FOLFOX,
001,Fluorouracil,1,2023-01-01,FOLFOX,Over 46 h
001,Irinotecan,2,2023-06-01,,
002,Oxaliplatin,1,2023-02-01,XELOX,
"""
IDVAR = ["USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QVAL"]


def test_trap_18_a_qualifier_of_a_group_stands_once_by_another_idvar(run):
    """SDTMIG 3.4, 8.4: IDVAR may be --GRPID. The drugs of 001 in key order: Fluorouracil, Irinotecan, Oxaliplatin."""
    result = run({"cm": CM}, {"cm.csv": CM_RAW})
    assert result.frame("suppcm")[IDVAR].to_numpy().tolist() == [
        ["ONC-001", "CMGRPID", "1", "CMREGIM", "FOLFOX"],
        ["ONC-001", "CMSEQ", "1", "CMNOTE", "Over 46 h"],
        ["ONC-002", "CMGRPID", "1", "CMREGIM", "XELOX"],
    ]
    assert not result.found("supplemental-qualifier")


def test_trap_18_two_values_of_a_group_and_a_value_without_group_are_findings(run):
    rows = CM_RAW.replace("2023-01-01,FOLFOX,\n", "2023-01-01,FOLFIRI,\n").replace(
        "002,Oxaliplatin,1", "002,Oxaliplatin,"
    )
    result = run({"cm": CM}, {"cm.csv": rows})
    assert result.code == 1
    assert [f["found"] for f in result.found("supplemental-qualifier")] == [
        "1 values have no CMGRPID to belong to",
        "QNAM CMREGIM of ONC-001 has two values for CMGRPID 1",
    ]


def test_trap_18_an_idvar_that_the_domain_has_not_is_refused(run):
    result = run({"cm": CM.replace("CMGRPID: REGIMEN, ", "")}, {"cm.csv": CM_RAW})
    assert result.code == 2 and "idvar 'CMGRPID' of CMREGIM" in result.err
    assert "a variable that CM makes, such as CMSEQ" in result.err


@pytest.mark.parametrize(("characters", "code"), [(200, 0), (201, 2)])
def test_trap_19_and_21_nothing_is_cut_at_200(run, characters, code):
    ae = AE + "long_text: {AETERM: refuse}\n"
    result = run({"ae": ae}, {"ae.csv": f"SUBJ,TERM,START\n001,{'x' * characters},2024-03-05\n"})
    assert result.code == code
    assert ("error[xpt-text-too-long] AE, row 1, column AETERM" in result.err) == bool(code)


def test_trap_19_and_21_version_5_and_the_same_bytes_each_time(run, sdtm, tmp_path):
    result = run({"ae": AE}, {"ae.csv": "SUBJ,TERM,START\n001,Rash,2024-03-05\n"})
    first = (result.out / "sdtm" / "ae.xpt").read_bytes()
    assert (
        first[:80].startswith(b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!")
        and b"LIBV8" not in first[:80]
    )
    assert first[:800].count(b"01JAN70:00:00:00") == 4  # the spec's time, not the clock
    assert sdtm("convert", result.study, "--out", tmp_path / "again").code == 0
    assert (tmp_path / "again" / "sdtm" / "ae.xpt").read_bytes() == first


def test_trap_22_length_counts_bytes_after_transliteration(run):
    """199 letters and one that becomes two are 201 bytes."""
    ae = AE + "long_text: {AETERM: refuse}\n"
    raw = {"ae.csv": f"SUBJ,TERM,START\n001,{'x' * 199}ß,2024-03-05\n"}
    result = run({"ae": ae}, raw, 'transliterate: {"ß": "ss"}\n')
    assert result.code == 2 and "error[xpt-text-too-long]" in result.err and not result.out.exists()


# --- 6, 7, 14, 16, 20: dates -----------------------------------------------------------------------------


def test_trap_06_day_and_month_in_both_orders_in_one_column(run):
    """One declared order: what does not fit is told by row, and nothing is read the other way round."""
    ae = AE.replace("yyyy-MM-dd", "dd/MM/yyyy")
    raw = "SUBJ,TERM,START\n001,A,05/04/2024\n001,B,04/15/2024\n002,C,12/31/2023\n"
    result = run({"ae": ae}, {"ae.csv": raw})
    assert result.code == 1
    starts = result.frame("ae").set_index("AETERM")["AESTDTC"].to_dict()
    assert starts == {"A": "2024-04-05", "B": "", "C": ""}
    told = {f["found"].split('"')[1]: f["places"][0]["row"] for f in result.found("date-not-read")}
    assert told == {"04/15/2024": 3, "12/31/2023": 4}


def test_trap_06_two_declared_orders_leave_what_both_read_differently(run):
    ae = AE.replace("format: yyyy-MM-dd", "format: [dd/MM/yyyy, MM/dd/yyyy]")
    raw = "SUBJ,TERM,START\n001,A,05/04/2024\n001,B,04/15/2024\n001,C,07/07/2024\n"
    result = run({"ae": ae}, {"ae.csv": raw})
    starts = result.frame("ae").set_index("AETERM")["AESTDTC"].to_dict()
    assert starts == {"A": "", "B": "2024-04-15", "C": "2024-07-07"}
    assert [f["places"][0]["row"] for f in result.found("date-not-read")] == [2]


# Format, then raw date, raw time and the ISO 8601 text; an empty one is a finding, but for the last block.
DATES = [
    ("dd-MMM-yyyy", "12-FEB-2024", "", "2024-02-12"),
    ("dd-MMM-yyyy", "12-feb-2024", "", "2024-02-12"),
    ("dd-MMM-yyyy", "29-FEB-2024", "", "2024-02-29"),
    ("dd-MMM-yyyy", "29-FEB-2023", "", ""),
    ("dd-MMM-yyyy", "31-APR-2024", "", ""),
    ("dd-MMM-yyyy", "00-APR-2024", "", ""),
    ("dd-MMM-yyyy", "12-FEV-2024", "", ""),
    ("dd-MMM-yyyy", "UN-FEB-2024", "", "2024-02"),
    ("dd-MMM-yyyy", "UN-UNK-2024", "", "2024"),
    ("dd-MMM-yyyy", "12-UNK-2024", "", "2024---12"),
    ("dd-MMM-yyyy", "12-FEB-UNKN", "", "--02-12"),
    ("dd-MMM-yyyy", "12 FEB 2024", "", ""),
    ("dd-MMM-yyyy", "12-FEB-2024 10:30", "", ""),
    ("dd-MMM-yyyy", "12-FEB-2024", "10:30", "2024-02-12T10:30"),
    ("dd-MMM-yyyy", "12-FEB-2024", "9:5", ""),
    ("dd-MMM-yyyy", "12-FEB-2024", "08:UN", "2024-02-12T08"),
    ("dd-MMM-yyyy", "12-FEB-2024", "UN:UN", "2024-02-12"),
    ("dd-MMM-yyyy", "12-FEB-2024", "25:61", ""),
    ("dd-MMM-yyyy", "UN-FEB-2024", "10:30", "2024-02--T10:30"),
    ("yyyy-MM-dd'T'HH:mm", "2024-03-01T10:30", "", "2024-03-01T10:30"),
    ("yyyy-MM-dd HH:mm", "2024-03-01 10:30", "", "2024-03-01T10:30"),
    ("yyyy-MM-dd HH:mm:ss", "2024-03-01 10:30:05", "", "2024-03-01T10:30:05"),
    ("yyyy-MM-dd HH:mm", "2024-03-01 24:00", "", ""),
    ("yyyy-MM-dd HH:mm", "2024-03-01 UN:UN", "", "2024-03-01"),
    ("yyyy-MM-dd", "2024-03-01T10:30", "", ""),
    ("yyyy-MM-dd", "2024-13-45", "", ""),
    ("yyyy-MM-dd", "2020-02-60", "", ""),
    ("yyyy-MM-dd", "2024-13-04", "", ""),
    ("yyyy-MM-dd", "2024-02-30", "", ""),
    ("yyyy-MM-dd", "2024-UNK-12", "", "2024---12"),
    ("yyyy-MM-dd", "9999-12-31", "", "9999-12-31"),
    ("yyyy-MM-dd", "0001-01-01", "", "0001-01-01"),
    ("yyyy-MM-dd", "1850-06-30", "", "1850-06-30"),
    ("dd/MM/yyyy", "05/04/2024", "", "2024-04-05"),
    ("dd/MM/yyyy", "31/04/2024", "", ""),
    ("dd/MM/yyyy", "UN/UNK/2024", "", "2024"),
    ("MM/dd/yyyy", "05/04/2024", "", "2024-05-04"),
    ("MM/dd/yyyy", "13/04/2024", "", ""),
    ("yyyyMMdd", "20240229", "", "2024-02-29"),
    ("yyyyMMdd", "20230229", "", ""),
    ("MMM-yyyy", "FEB-2024", "", "2024-02"),
    ("yyyy", "2024", "", "2024"),
    ("dd-MMM-yyyy", "13-APR-24", "", ""),
]


@pytest.fixture
def dates(run) -> Result:
    formats = list(dict.fromkeys(each for each, *_ in DATES))
    sources = "".join(
        f"""  - from: ae
    where: F = '{number}'
    map:
      AETERM: ID
      AEDECOD: {{value: Coded}}
      AESTDTC: {{date: D, format: "{each}"{"" if "H" in each else ", time: T"}}}
"""
        for number, each in enumerate(formats)
    )
    rows = "".join(f"001,{i:02},{formats.index(f)},{d},{t}\n" for i, (f, d, t, _) in enumerate(DATES))
    return run({"ae": "domain: AE\nsources:\n" + sources}, {"ae.csv": "SUBJ,ID,F,D,T\n" + rows})


def test_trap_07_14_16_20_forty_date_texts(dates):
    assert len(DATES) > 40
    made = dates.frame("ae").set_index("AETERM")["AESTDTC"].to_dict()
    assert made == {f"{i:02}": expected for i, (*_, expected) in enumerate(DATES)}


def test_trap_07_a_time_of_one_digit_is_read_where_that_is_declared(run):
    ae = AE.replace("date: START,", "date: START, time: TIME, time_format: H:m,")
    result = run({"ae": ae}, {"ae.csv": "SUBJ,TERM,START,TIME\n001,Rash,2024-02-12,9:5\n"})
    assert result.column("ae", "AESTDTC") == ["2024-02-12T09:05"]


def test_trap_14_each_text_that_is_no_date_is_a_finding_with_its_row(dates):
    lost = {i + 2: f"{d}, {t}" if t else d for i, (_, d, t, expected) in enumerate(DATES) if not expected}
    told = {p["row"]: f["found"].split('"')[1] for f in dates.found("date-not-read") for p in f["places"]}
    assert told == lost and dates.code == 1


def test_trap_14_two_digit_years_are_read_by_a_declared_century_only(run):
    rows = {"ae.csv": "SUBJ,TERM,START\n001,Rash,13-APR-24\n"}
    refused = run({"ae": AE.replace("yyyy-MM-dd", "dd-MMM-yy")}, rows)
    assert refused.code == 2 and "century" in refused.err
    declared = AE.replace("format: yyyy-MM-dd", 'format: dd-MMM-yy, century: "68"')
    assert run({"ae": declared}, rows).column("ae", "AESTDTC") == ["2024-04-13"]


# --- 8, 9, 15: days and epochs ---------------------------------------------------------------------------

ELEMENTS = """\
elements:
  - {ETCD: TRT, ELEMENT: Treatment, EPOCH: TREATMENT, start: {earliest: EX.EXSTDTC}}
  - {ETCD: FU, ELEMENT: Follow-up, EPOCH: FOLLOW-UP, start: {latest: EX.EXENDTC, days_after: 1}}
"""


def test_trap_08_an_event_after_discontinuation_is_in_follow_up(run):
    """001 stops on day 20 (2024-03-20): an event of day 20 is in treatment, one of day 50 in follow-up."""
    raw = {
        "dm.csv": DM_RAW,
        "ex.csv": EX_RAW,
        "ae.csv": "SUBJ,TERM,START\n001,Late,2024-04-19\n001,Last,2024-03-20\n001,Before,2024-02-29\n",
    }
    result = run({"dm": DM, "ex": EX, "ae": AE, "se": "domain: SE\nelements: true\n"}, raw, ELEMENTS)
    frame = result.frame("ae").set_index("AETERM")
    assert frame["EPOCH"].to_dict() == {"Late": "FOLLOW-UP", "Last": "TREATMENT", "Before": ""}
    assert frame["AESTDY"].to_dict() == {"Late": 50.0, "Last": 20.0, "Before": -1.0}


def test_trap_09_partial_and_ongoing_dosing_and_an_unknown_subject(run):
    """001: month of the start only; 002: no end yet; 003 has an event and is not in DM."""
    raw = {
        "dm.csv": DM_RAW,
        "ex.csv": "SUBJ,START,STTIM,END\n001,2024-03,,2024-03-20\n002,2024-03-02,,\n",
        "ae.csv": "SUBJ,TERM,START\n001,A,2024-03-05\n002,B,2024-03-05\n003,C,2024-03-05\n",
    }
    result = run({"dm": DM, "ex": EX, "ae": AE}, raw, command="run")
    dm = result.frame("dm").set_index("USUBJID")
    assert dm["RFXSTDTC"].to_dict() == {"ONC-001": "2024-03", "ONC-002": "2024-03-02"}  # dosed, both
    assert dm.loc["ONC-002", "RFXENDTC"] == "" == dm.loc["ONC-002", "RFENDTC"]  # the start is not the end
    ae = result.frame("ae").set_index("USUBJID")
    assert sorted(ae.index) == ["ONC-001", "ONC-002", "ONC-003"]  # nobody is dropped
    assert pd.isna(ae.loc["ONC-001", "AESTDY"]) and ae.loc["ONC-002", "AESTDY"] == 4
    assert result.found("orphan-subject")[0]["places"][0]["row"] == 4


def test_trap_15_study_days_leave_the_dates_as_they_are(run):
    ae = AE.replace("format: yyyy-MM-dd", "format: [yyyy-MM-dd HH:mm, yyyy-MM-dd, yyyy-MM, yyyy]")
    texts = {"A": "2024-03-05 10:30", "B": "2012-02", "C": "2024-03-01", "D": "2012"}
    rows = "".join(f"001,{term},{text}\n" for term, text in texts.items())
    raw = {"dm.csv": DM_RAW, "ex.csv": EX_RAW, "ae.csv": "SUBJ,TERM,START\n" + rows}
    frame = run({"dm": DM, "ex": EX, "ae": ae}, raw).frame("ae").set_index("AETERM")
    assert frame["AESTDTC"].to_dict() == {
        "A": "2024-03-05T10:30",
        "B": "2012-02",
        "C": "2024-03-01",
        "D": "2012",
    }
    assert frame["AESTDY"].dropna().to_dict() == {"A": 5.0, "C": 1.0}


# --- 10, 12: records and their numbers -------------------------------------------------------------------


def test_trap_10_numbers_follow_numbers_and_not_their_texts(run):
    vs = """\
domain: VS
sequence: {by: [USUBJID, VISITNUM]}
sources:
  - from: vs
    visit: VISIT
    findings: {PULSE: {result: PUL, unit: beats/min}}
"""
    visits = "visits:\n" + "".join(f"  - {{VISITNUM: {n}, VISIT: V{n}}}\n" for n in (2, 9, 10))
    result = run({"vs": vs}, {"vs.csv": "SUBJ,VISIT,PUL\n001,V10,70\n001,V2,71\n001,V9,72\n"}, visits)
    frame = result.frame("vs").set_index("VISITNUM")["VSSEQ"]
    assert frame.to_dict() == {2.0: 1.0, 9.0: 2.0, 10.0: 3.0}


ODM = """\
<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Snapshot" FileOID="F1" CreationDateTime="2024-05-01T00:00:00"
 ODMVersion="1.3.2"><ClinicalData StudyOID="S" MetaDataVersionOID="M"><SubjectData SubjectKey="001">
<StudyEventData StudyEventOID="V1"><FormData FormOID="F">
<ItemGroupData ItemGroupOID="IG.AE"{first}><ItemData ItemOID="TERM" Value="Rash"/></ItemGroupData>
<ItemGroupData ItemGroupOID="IG.AE"{second}><ItemData ItemOID="TERM" Value="Cough"/></ItemGroupData>
</FormData></StudyEventData></SubjectData></ClinicalData></ODM>
"""


@pytest.mark.parametrize("keys", [('1"', '2"'), None])
def test_trap_12_two_events_of_one_visit_are_two_records(run, keys):
    first, second = (f' ItemGroupRepeatKey="{key}' for key in keys) if keys else ("", "")
    ae = "domain: AE\nsources:\n  - from: ae\n    map: {AETERM: TERM, AEDECOD: {value: Coded}}\n"
    raw = {"ae.xml": ODM.format(first=first, second=second)}
    result = run({"ae": ae}, raw, told={"ae": ", item_group: IG.AE, subject: {SUBJID: SubjectKey}"})
    assert sorted(result.column("ae", "AETERM")) == ["Cough", "Rash"]
    assert result.column("ae", "USUBJID") == ["ONC-001", "ONC-001"]
    assert result.books["ae"]["made_records"] == 2


def test_trap_12_two_rows_of_one_key_are_two_records_and_a_finding(run):
    raw = {"ae.csv": "SUBJ,VISIT,TERM,START\n001,V1,Rash,2024-03-05\n001,V1,Cough,2024-03-05\n"}
    result = run({"ae": AE}, raw, told={"ae": ", key: [SUBJ, VISIT]"})
    assert sorted(result.column("ae", "AETERM")) == ["Cough", "Rash"]
    assert [place["row"] for place in result.found("duplicate-key")[0]["places"]] == [2, 3]


# --- 23: keys in a workbook ------------------------------------------------------------------------------


@pytest.mark.parametrize("generation", ["g1", "g2", "g3"])
@pytest.mark.parametrize("keys", ["STUDYID,USUBJID,AESTDTC,AETERM", "STUDYID, USUBJID, AESTDTC, AETERM"])
def test_trap_23_keys_of_a_workbook_count_with_and_without_blanks(
    build_study, sdtm, tmp_path, generation, keys
):
    """By the standard's keys AEDECOD, AESTDTC, and all decodes equal, the file's order would be the same: so the
    terms of one day tell. 001: March before April; Cough before Rash on 2024-03-05."""
    raw = "SUBJ,TERM,START\n001,Rash,2024-03-05\n001,Ache,2024-04-01\n001,Cough,2024-03-05\n"
    study = build_study(HEAD.format(datasets="    ae: {file: ae.csv}"), {"ae": AE}, {"ae.csv": raw})
    file = study / "study.xlsx"
    assert sdtm("spec", "export", study, file, "--generation", generation).code == 0
    book = openpyxl.load_workbook(file)
    sheet = book["Datasets"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    row = next(
        cells[0].row for cells in sheet.iter_rows(min_row=2) if cells[heads["Dataset"] - 1].value == "AE"
    )
    sheet.cell(row, heads["Key Variables"]).value = keys
    book.save(file)
    outcome = sdtm("convert", file, "--out", tmp_path / "out")
    assert outcome.code == 0, outcome
    frame = pyreadstat.read_xport(str(tmp_path / "out" / "sdtm" / "ae.xpt"))[0]
    assert frame["AETERM"].tolist() == ["Cough", "Rash", "Ache"] and frame["AESEQ"].tolist() == [1, 2, 3]


def test_trap_23_keys_of_yaml_in_one_text_are_refused(run):
    result = run(
        {"ae": AE + "keys: STUDYID,USUBJID,AETERM\n"}, {"ae.csv": "SUBJ,TERM,START\n001,A,2024-03-05\n"}
    )
    assert result.code == 2 and "STUDYID,USUBJID,AETERM" in result.err
