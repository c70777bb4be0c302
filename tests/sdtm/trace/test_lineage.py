"""How variables are made, as the output tells it: steps with their places, the source of each record, the raw cells."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as parquet
import pytest

from sdtm.columns import text
from sdtm.mapping.registry import catalogue
from sdtm.plan import make_plan
from sdtm.stages import RawFile, RawTable
from sdtm.trace import raw_store
from sdtm.trace.ledger import TableBooks
from sdtm.trace.lineage import lineage_json
from sdtm.trace.raw_store import write_raw_cells
from sdtm.trace.told_steps import ToldSteps
from specs import load_study

STUDY = """\
study: L1
raw:
  datasets:
    dm: {file: dm.csv, key: [PT]}
    ae: {file: ae.csv, key: [PT, TERM], derive: {LOUD: "upper(TERM)"}}
    vs: {file: vs.csv, key: [PT, DAY]}
    site: {file: site.csv, key: [CODE]}
subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
visits:
  - {VISITNUM: 1, VISIT: DAY 1, raw: [D1]}
  - {VISITNUM: 1.5, VISIT: DAY 1 EVENING, raw: [D1E]}
"""
DOMAINS = {
    "dm": """\
domain: DM
sources:
  - from: dm
    join: [{with: site, by: {CODE: PLACE}, take: [NAME], expect: one}]
    map: {SITEID: NAME}
reference_dates:
  RFSTDTC: {earliest: VS.VSDTC}
""",
    "ae": """\
domain: AE
sources:
  - from: ae
    where: SEVERE = '1'
    because: mild ones are elsewhere
    map: {AETERM: LOUD, AESTDTC: {date: DAY, format: yyyy-MM-dd}}
  - from: ae
    where: SEVERE = '0'
    because: severe ones are elsewhere
    map: {AETERM: TERM}
""",
    "vs": """\
domain: VS
sources:
  - from: vs
    map: {VSDTC: {date: DAY, format: yyyy-MM-dd}}
    findings:
      PULSE: {result: PULSE, unit: {value: beats/min}}
      TEMP: {result: TEMP, unit: {value: C}}
""",
}
RAW = {
    "dm.csv": "PT,PLACE\n1,A\n2,B\n",
    "site.csv": "CODE,NAME\nA,01\nB,02\n",
    "ae.csv": """\
PT,TERM,SEVERE,DAY
1,rash,1,2024-01-02
1,cough,0,2024-01-03
2,fever,0,2024-01-04
2,fall,1,2024-01-05
""",
    "vs.csv": "PT,DAY,PULSE,TEMP\n1,2024-01-01,60,36.5\n2,2024-01-02,70,37.0\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import sys

    make: Callable[..., Path] = sys.modules["study_builder"].make_study
    return make(tmp_path_factory.mktemp("lineage"), STUDY, DOMAINS, RAW)


@pytest.fixture(scope="module")
def told(folder: Path) -> Any:
    study = load_study(folder)
    plan = make_plan(study, catalogue())
    return json.loads(lineage_json(plan, plan.domains))


def steps(told: Any, numbers: list[int]) -> list[dict[str, Any]]:
    return [told["steps"][number] for number in numbers]


def test_a_mapping_is_told_with_its_place_and_the_raw_column(told: Any) -> None:
    first, second = told["datasets"]["AE"]["sources"]
    assert first["where"] == "SEVERE = '1'" and first["table"] == "ae"
    (step,) = steps(told, first["variables"]["AETERM"])
    assert step["reads"] == [["LOUD", "raw", "LOUD"]] and step["place"].startswith("sdtm/ae.yaml, line 6")
    (step,) = steps(told, second["variables"]["AETERM"])
    assert step["reads"] == [["TERM", "raw", "TERM"]] and step["place"].startswith("sdtm/ae.yaml, line 10")
    assert told["derived"]["ae"]["LOUD"]["rule"] == "upper(TERM)"


def test_a_joined_column_names_its_join(told: Any) -> None:
    (source,) = told["datasets"]["DM"]["sources"]
    (step,) = steps(told, source["variables"]["SITEID"])[-1:]
    assert step["reads"] == [["NAME", "join", "NAME", 0]]
    assert source["joins"][0] == {
        "table": "site",
        "by": {"CODE": "PLACE"},
        "expect": "one",
        "place": source["joins"][0]["place"],
    }


def test_each_test_of_a_wide_form_has_its_own_steps(told: Any) -> None:
    (source,) = told["datasets"]["VS"]["sources"]
    for test in ("PULSE", "TEMP"):
        (step,) = steps(told, source["tests"][test]["VSORRES"])
        assert step["reads"] == [[test, "raw", test]]


def test_finishing_is_told_with_what_it_reads(told: Any) -> None:
    finished = told["datasets"]["AE"]["finished"]
    (day,) = steps(told, [finished["AESTDY"]])
    assert day["reads"] == [["AESTDTC", "own", "AESTDTC"], ["DM.RFSTDTC", "subject", "RFSTDTC"]]
    (reference,) = steps(told, [told["datasets"]["DM"]["finished"]["RFSTDTC"]])
    assert reference["reads"] == [["VS.VSDTC", "each", "VSDTC", "VS"]]
    assert reference["place"].startswith("sdtm/dm.yaml, line 7")


def test_each_planned_visit_has_its_place(told: Any) -> None:
    assert [place.split(",")[1] for place in told["visits"].values()] == [" line 10", " line 11"]
    assert list(told["visits"]) == ["1", "1.5"]


def test_equal_steps_are_told_once() -> None:
    told_steps = ToldSteps()
    assert [told_steps.number({"rule": rule}) for rule in ("a", "b", "a")] == [0, 1, 0]
    assert len(told_steps.listed) == 2


@pytest.fixture(scope="module")
def out(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sdtm.run_study import run

    return run(folder, tmp_path_factory.mktemp("out") / "out", judged=False).out


def test_each_record_knows_which_source_made_it(out: Path) -> None:
    """Both sources read the same table; rows as the lines of ae.csv."""
    trace = parquet.read_table(out / "trace" / "AE.parquet").to_pandas()
    assert dict(zip(trace["row"], trace["source"], strict=True)) == {2: 0, 3: 1, 4: 1, 5: 0}
    assert "source" not in parquet.read_table(out / "trace" / "VS.parquet").column_names  # there is one only


def test_used_raw_cells_are_kept_as_the_files_have_them(out: Path) -> None:
    table = parquet.read_table(out / "trace" / "raw" / "ae.parquet")
    assert table.schema.metadata[b"table"] == b"ae"
    frame = table.to_pandas().astype(object)
    assert list(frame) == ["#file", "#row", "PT", "TERM", "SEVERE", "DAY", "LOUD"]
    assert frame.iloc[1].tolist() == ["ae.csv", 3, "1", "cough", "0", "2024-01-03", "COUGH"]


def raw_table(name: str, rows: int, columns: tuple[str, ...] = ("A", "B")) -> RawTable:
    frame = pd.DataFrame({column: text([f"{column}{row}" for row in range(rows)]) for column in columns})
    file = RawFile(f"{name}.csv", "0" * 64, 1, rows)
    return RawTable(name, frame, (file,), np.arange(2, rows + 2), np.zeros(rows, dtype=np.int64))


def book(name: str, rows: int, columns: dict[str, tuple[str, ...]]) -> TableBooks:
    return TableBooks(name, (f"{name}.csv",), rows, rows, 0, {}, 0, columns)


def test_columns_that_are_not_submitted_are_not_kept(tmp_path: Path) -> None:
    uses = {"A": ("DM.SITEID",), "B": ("not submitted: tells who a person is",)}
    write_raw_cells(tmp_path, {"x": raw_table("x", 2)}, [book("x", 2, uses)])
    assert parquet.read_table(tmp_path / "x.parquet").column_names == ["#file", "#row", "A"]


def test_above_the_limit_the_smallest_tables_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """3 columns with file and row: 30 cells and 6 cells."""
    monkeypatch.setattr(raw_store, "MOST_CELLS", 29)
    tables = {"big": raw_table("big", 10, ("A",)), "small": raw_table("small", 2, ("A",))}
    write_raw_cells(tmp_path, tables, [book(name, 1, {"A": ("key",)}) for name in tables])
    assert [path.name for path in tmp_path.iterdir()] == ["small.parquet"]


def test_names_that_a_disk_would_take_for_one_get_two_files(tmp_path: Path) -> None:
    tables = {name: raw_table(name, 1, ("A",)) for name in ("ae", "AE", "a/e")}
    write_raw_cells(tmp_path, tables, [book(name, 1, {"A": ("key",)}) for name in tables])
    named = {
        path.name: parquet.read_table(path).schema.metadata[b"table"].decode() for path in tmp_path.iterdir()
    }
    assert named == {"ae.parquet": "ae", "AE~.parquet": "AE", "a%2Fe.parquet": "a/e"}
