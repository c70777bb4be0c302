"""What `sdtm validate` does with folders that are wrong in every way: no crash, no wrong "clean". Invented data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest

from validation import validate
from validation.findings import FINDINGS_SHOWN, PLACES_SHOWN
from validation.judge import VALUES_TOLD

DM = pd.DataFrame({"STUDYID": ["X1"], "DOMAIN": ["DM"], "USUBJID": ["S1"], "SUBJID": ["1"]})
AE = pd.DataFrame(
    {
        "STUDYID": ["X1"] * 2,
        "DOMAIN": ["AE"] * 2,
        "USUBJID": ["S1"] * 2,
        "AESEQ": [1.0, 2.0],
        "AETERM": ["Headache", "Nausea"],
    }
)


def _xpt(path: Path, frame: pd.DataFrame, version: int = 5) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    name = path.stem.upper() if version == 8 else path.stem.upper()[:8]
    pyreadstat.write_xport(frame, path, table_name=name, file_format_version=version)
    return path


def _told(sdtm: Any, folder: Path, *more: str) -> tuple[int, set[tuple[str, str]], dict[str, Any]]:
    done = sdtm("validate", str(folder), "--format", "json", *more)
    said = json.loads(done.out)
    return done.code, {(f["rule"], f["dataset"]) for f in said["findings"]}, said


def test_foreign_files_are_told_and_the_datasets_judged(sdtm: Any, tmp_path: Path) -> None:
    _xpt(tmp_path / "dm.xpt", DM)
    (tmp_path / "readme.txt").write_text("hello", encoding="utf-8")
    (tmp_path / "photo.jpg").write_bytes(bytes(range(256)))
    (tmp_path / "link.csv.bak").write_text("a,b", encoding="utf-8")
    _, told, said = _told(sdtm, tmp_path)
    assert ("file-not-read", "") in told
    assert list(said["records"]) == ["DM"]


@pytest.mark.parametrize("version", [5, 8])
@pytest.mark.parametrize("cut", [1, 80, 200])
def test_a_truncated_transport_file_is_refused(version: int, cut: int, sdtm: Any, tmp_path: Path) -> None:
    path = _xpt(tmp_path / "ae.xpt", AE.assign(AETERM=["x" * 150, "y" * 150]), version)
    path.write_bytes(path.read_bytes()[:-cut])
    done = sdtm("validate", str(tmp_path))
    assert done.code == 2
    assert "ae.xpt" in done.err and "Judged" not in done.out


def test_a_version_8_file_is_read_and_what_version_5_cannot_hold_is_told(sdtm: Any, tmp_path: Path) -> None:
    frame = AE.rename(columns={"AETERM": "AETERM_LONGER"}).assign(AEDECOD=["x" * 300, "y"])
    _xpt(tmp_path / "ae.xpt", frame, version=8)
    code, told, _ = _told(sdtm, tmp_path)
    assert code == 1
    assert {("invalid-variable-name", "AE"), ("length-too-long", "AE"), ("text-too-long", "AE")} <= told


def test_two_files_of_one_dataset_are_refused(sdtm: Any, tmp_path: Path) -> None:
    for file in ("adsl.xpt", "old/adsl.xpt"):
        _xpt(tmp_path / file, pd.DataFrame({"USUBJID": ["S1"]}))
    done = sdtm("validate", str(tmp_path))
    assert (done.code, "dataset-twice" in done.err) == (2, True)


def test_a_dataset_that_no_standard_knows_is_not_called_clean(sdtm: Any, tmp_path: Path) -> None:
    _xpt(tmp_path / "dm.xpt", DM)
    _xpt(tmp_path / "mydata.xpt", pd.DataFrame({"DOMAIN": ["QQ"], "X": [1.0]}))
    _xpt(tmp_path / "adqq.xpt", pd.DataFrame({"DOSE": [1.0]}))
    _, told, _ = _told(sdtm, tmp_path)
    assert {
        ("unknown-dataset", "MYDATA"),
        ("dataset-of-no-structure", "ADQQ"),
        ("adsl-absent", "ADSL"),
    } <= told


def test_empty_datasets_are_told(sdtm: Any, tmp_path: Path) -> None:
    _xpt(tmp_path / "ae.xpt", AE.iloc[:0])
    (tmp_path / "adsl.csv").write_text("STUDYID,USUBJID\n", encoding="utf-8")
    (tmp_path / "adlb.csv").write_text(
        "STUDYID,USUBJID,PARAMCD,PARAM,AVAL,ABLFL,BASE,CHG\n", encoding="utf-8"
    )
    (tmp_path / "adtte.csv").write_text("USUBJID,PARAMCD,AVAL,CNSR,EVNTDESC,STARTDT,ADT,SRCDOM,SRCSEQ\n")
    (tmp_path / "adae.csv").write_text("USUBJID,AESEQ,AETERM,TRTEMFL,AOCCFL,ASTDT,AENDT,TRTSDT,TRTEDT\n")
    code, told, _ = _told(sdtm, tmp_path)
    assert code == 1
    assert ("empty-dataset", "AE") in told
    assert {("analysis-dataset-empty", name) for name in ("ADSL", "ADLB", "ADTTE", "ADAE")} <= told


def test_variables_without_any_value_are_judged(sdtm: Any, tmp_path: Path) -> None:
    columns = "STUDYID,USUBJID,PARAMCD,PARAM,PARAMN,AVAL,AVALC,ABLFL,BASE,CHG,PCHG,ADT,ADTM,ADTF,ADY,TRTSDT"
    columns += ",SRCDOM,SRCSEQ"
    line = "," * columns.count(",")
    (tmp_path / "adlb.csv").write_text(f"{columns}\n{line}\n{line}\n", encoding="utf-8")
    code, told, _ = _told(sdtm, tmp_path)
    assert (code, ("required-value-missing", "ADLB") in told) == (1, True)


def test_columns_of_the_wrong_type_stop_no_rule(sdtm: Any, tmp_path: Path) -> None:
    words = {
        name: ["a", "b"] for name in ("ADT", "ADY", "AVAL", "BASE", "CHG", "TRTSDT", "SRCSEQ", "CNSR", "ASEQ")
    }
    numbers = {
        name: [1.0, 2.0] for name in ("PARAMCD", "PARAM", "USUBJID", "ABLFL", "SRCDOM", "ANRIND", "AVALU")
    }
    _xpt(tmp_path / "adlb.xpt", pd.DataFrame({**words, **numbers}))
    _xpt(tmp_path / "adsl.xpt", pd.DataFrame({"USUBJID": [1.0], "SAFFL": [1.0], "TRTSDT": ["2024"]}))
    code, told, _ = _told(sdtm, tmp_path)
    assert code == 1
    assert {("wrong-type", "ADLB"), ("wrong-type", "ADSL")} <= told


HOSTILE = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    "../../etc/passwd",
    "C:\\Windows\\system32",
    "'; DROP TABLE ae; --",
    "{{7*7}} ${7*7} %s %(a)s",
    "&amp;&#x3C;b&#x3E;",
    "\u0000nul".replace("\u0000", ""),
    "皮疹 сыпь طفح 🤒",
    "a\u202eb",
]


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Text that looks like something else, in values and in names."""
    rows = "".join(
        f'X1,AE,S1,{n},"{text.replace(chr(34), chr(34) * 2)}"\n' for n, text in enumerate(HOSTILE, 1)
    )
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "ae.csv").write_text(f"STUDYID,DOMAIN,USUBJID,AESEQ,AETERM\n{rows}", encoding="utf-8")
    (folder / "不良事件.csv").write_text("USUBJID,größe,<b>x</b>\n受试者,1,2\n", encoding="utf-8")
    return folder


def test_hostile_text_stays_text_on_the_console_and_in_json(hostile: Path, sdtm: Any) -> None:
    assert sdtm("validate", str(hostile)).code == 1
    code, told, said = _told(sdtm, hostile)
    assert code == 1
    assert ("not-printable-ascii", "AE") in told
    assert ("invalid-dataset-name", "不良事件") in told
    assert ("invalid-variable-name", "不良事件") in told
    values = {place["value"] for finding in said["findings"] for place in finding["places"]}
    assert "皮疹 сыпь طفح 🤒" in values


def test_hostile_text_stays_text_on_a_page_and_in_a_workbook(
    hostile: Path, sdtm: Any, tmp_path: Path
) -> None:
    # Found, so that it is shown: AETERM with <script> and formulas in a variable that has a codelist.
    ae = (hostile / "ae.csv").read_text(encoding="utf-8").replace("AETERM", "AESEV")
    (hostile / "ae.csv").write_text(ae, encoding="utf-8")
    page, book = tmp_path / "f.html", tmp_path / "f.xlsx"
    assert sdtm("validate", str(hostile), "--format", "html", "--out", str(page)).code == 1
    assert sdtm("validate", str(hostile), "--format", "xlsx", "--out", str(book)).code == 1
    text = page.read_text(encoding="utf-8")
    assert "<script>alert(1)" not in text and "<b>x</b>" not in text
    cells = [c for sheet in openpyxl.load_workbook(book) for row in sheet.iter_rows() for c in row]
    shown = [cell for cell in cells if isinstance(cell.value, str) and "HYPERLINK(" in cell.value]
    assert shown and all(cell.data_type == "s" for cell in shown)


def test_the_study_name_and_files_of_a_define_are_not_opened(sdtm: Any, tmp_path: Path) -> None:
    _xpt(tmp_path / "ae.xpt", AE)
    leaf = '<leaf href="../../../../../etc/passwd"/>'
    (tmp_path / "define.xml").write_text(
        f'<ODM><Study><MetaDataVersion><ItemGroupDef Name="AE">{leaf}</ItemGroupDef></MetaDataVersion></Study></ODM>',
        encoding="utf-8",
    )
    code, told, said = _told(sdtm, tmp_path)
    assert code == 1
    assert {("define-file-differs", "AE"), ("define-variable-undescribed", "AE")} <= told
    assert "root:" not in json.dumps(said)


def test_many_findings_are_capped_with_their_true_count() -> None:
    """Five variables of 5,000 records, each value wrong in its own way: what is kept does not grow with them.

    Ten million were measured once in the same way: see the change note of the rules on analysis datasets.
    """
    records = 5_000
    wrong = [f"bad {number}" for number in range(records)]
    names = ("AESTDTC", "AEENDTC", "AESEV", "AESER", "AEOUT")
    frame = pd.DataFrame(
        {
            "STUDYID": pd.Categorical(["X1"] * records),
            "DOMAIN": pd.Categorical(["AE"] * records),
            "USUBJID": pd.Categorical(["S1"] * records),
            "AESEQ": np.arange(1.0, records + 1),
            "AETERM": pd.Categorical(["a"] * records),
            **{name: pd.Categorical.from_codes(np.arange(records), categories=wrong) for name in names},
        }
    )
    judgement = validate({"DM": DM, "AE": frame})
    counted = {
        name: sum(f.count for f in judgement.findings if f.variable == name and f.severity == "error")
        for name in names
    }
    assert min(counted.values()) >= records
    assert len(judgement.findings) < len(names) * 10 * (VALUES_TOLD + 1) < FINDINGS_SHOWN * len(names)
    assert max(len(f.places) for f in judgement.findings) == PLACES_SHOWN
