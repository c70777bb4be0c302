"""The same files from the same input, whatever the folder, the workers and the order of the raw rows.

On the public test data ``pharmaverseraw``, whose spec numbers records by their content, never by raw order.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdtm.assemble import assemble
from sdtm.convert_shard import convert_shard
from sdtm.mapping.registry import catalogue
from sdtm.pipeline import convert, read_tables
from sdtm.plan import make_plan
from sdtm.run_study import Run, run
from sdtm.stages import RawTable
from sdtm.submission.read_back import verify_xpt
from sdtm.submission.xpt import write_xpt
from specs import load_study

pytestmark = pytest.mark.xdist_group("reproducible")

FilesOf = Callable[[Mapping[str, RawTable]], dict[str, bytes]]

SPEC = Path(__file__).parent / "pharmaverseraw"
DATASETS = {"AE", "DM", "DS", "EX", "SUPPAE", "SUPPDM", "VS"}
KEYS = {
    "AE": ["USUBJID", "AETERM", "AEDTC", "AESTDTC", "AEENDTC", "AEOUT"],
    "DS": ["USUBJID", "DSTERM"],
    "EX": ["USUBJID", "EXSTDTC"],
    "VS": ["USUBJID", "VSTESTCD", "VISIT", "VSTPT"],
}


def study_in(folder: Path) -> Path:
    """The spec in ``folder``/study, reading ``folder``/raw."""
    shutil.copytree(SPEC, folder / "study")
    path = folder / "study" / "study.yaml"
    text = path.read_text("utf-8")
    (line,) = [line for line in text.splitlines() if line.strip().startswith("folder:")]
    path.write_text(text.replace(line, "  folder: ../raw"), "utf-8")
    return path.parent


def contents(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def raw(shared: Path) -> Path:
    return shared / "data" / "pharmaverseraw"


@pytest.fixture(scope="module")
def runs(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    """The whole study twice: in folders of different names and depths, with one worker and with two."""
    done = []
    for number, place in enumerate(("one", "two/a much/deeper folder")):
        folder = tmp_path_factory.mktemp("run") / place
        (folder / "raw").mkdir(parents=True)
        for file in raw.glob("*_raw.csv"):
            shutil.copyfile(file, folder / "raw" / file.name)
        done.append(run(study_in(folder), folder / "out", workers=number + 1))
    return done


def test_two_runs_in_different_folders_with_one_and_two_workers_give_the_same_bytes(runs: list[Run]) -> None:
    first, second = (contents(done.out) for done in runs)
    assert {f"sdtm/{name.lower()}.xpt" for name in DATASETS} < set(first)
    assert {"manifest.json", "reports/findings.json", "reports/ledger.json"} < set(first)
    assert list(first) == list(second)
    assert [name for name in first if first[name] != second[name]] == []


@pytest.mark.parametrize("name", sorted(DATASETS))
def test_every_transport_file_reads_back_equal_by_two_other_readers(runs: list[Run], name: str) -> None:
    dataset = runs[0].conversion.datasets[name]
    path = runs[0].out / "sdtm" / f"{name.lower()}.xpt"
    assert verify_xpt(path, dataset) == []
    changed = dataset.frame.assign(STUDYID=dataset.frame["STUDYID"].cat.rename_categories(["OTHER"]))
    assert verify_xpt(path, replace(dataset, frame=changed)) != []  # the reading back does compare


def test_every_dataset_is_read_back(runs: list[Run]) -> None:
    assert set(runs[0].conversion.datasets) == DATASETS


# --- numbers that stay ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def deliveries(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Site 701: an early cut (every third event and dose and some visits are not there yet), then all."""
    done: dict[str, Run] = {}
    for name in ("early", "later", "afresh", "withdrawn"):
        folder = tmp_path_factory.mktemp(name)
        (folder / "raw").mkdir()
        for file in raw.glob("*_raw.csv"):
            table = pd.read_csv(file, dtype=str, keep_default_na=False)
            table = table[table["PATNUM"].str.startswith("701-")].reset_index(drop=True)
            if name == "early":
                table = table[_early(file.stem, table)]
            if name in ("later", "withdrawn"):  # an export may come in any order
                table = table.iloc[::-1]
            if name == "withdrawn":
                table = table[_early(file.stem, table)]
            table.to_csv(folder / "raw" / file.name, index=False, lineterminator="\n")
        previous = {"later": "early", "withdrawn": "later"}.get(name)
        earlier = done[previous].out if previous else None
        done[name] = run(study_in(folder), folder / "out", previous=earlier, judged=False)
    return done


def _early(form: str, table: pd.DataFrame) -> pd.Series:
    if form in ("ae_raw", "ec_raw"):
        return pd.Series(table.index % 3 != 0, table.index)
    if form == "vs_raw":
        return ~table["INSTANCE"].isin(["Screening 1", "Week 8", "Week 26"])
    return pd.Series(True, table.index)


def numbers(done: Run, domain: str) -> pd.Series:
    """--SEQ by what a record says."""
    frame = done.conversion.datasets[domain].frame
    keys = pd.MultiIndex.from_arrays([frame[key].astype(object).fillna("") for key in KEYS[domain]])
    return pd.Series(frame[f"{domain}SEQ"].to_numpy(), keys).sort_index()


@pytest.mark.parametrize("domain", KEYS)
def test_known_records_keep_their_numbers_and_new_ones_follow(
    deliveries: dict[str, Run], domain: str
) -> None:
    before, after = numbers(deliveries["early"], domain), numbers(deliveries["later"], domain)
    assert before.index.is_unique and after.index.is_unique
    assert after.loc[before.index].equals(before)
    added = after.drop(before.index)
    highest = before.groupby(level=0).max()
    before_it = highest.reindex(added.index.get_level_values("USUBJID")).fillna(0)
    assert (added.to_numpy() > before_it.to_numpy()).all()
    assert not after.reset_index(name="SEQ").duplicated(["USUBJID", "SEQ"]).any()


@pytest.mark.parametrize("domain", ["AE", "VS"])
def test_without_an_earlier_output_the_numbers_would_differ(deliveries: dict[str, Run], domain: str) -> None:
    later, afresh = numbers(deliveries["later"], domain), numbers(deliveries["afresh"], domain)
    assert len(later) > len(numbers(deliveries["early"], domain))
    assert later.index.equals(afresh.index)
    assert not later.equals(afresh)


@pytest.mark.parametrize("domain", KEYS)
def test_records_that_are_gone_leave_the_numbers_of_the_others_alone(
    deliveries: dict[str, Run], domain: str
) -> None:
    after, gone = numbers(deliveries["later"], domain), numbers(deliveries["withdrawn"], domain)
    assert gone.equals(after.loc[gone.index])


# --- order of the raw rows ------------------------------------------------------------------------------

# A few subjects: the exact duplicate, two events that differ in the outcome only, a test not done, a death.
SUBJECTS = ("708-1406", "705-1199", "702-1082", "701-1015", "701-1211", "701-1057")


@pytest.fixture(scope="module")
def few(shared: Path) -> dict[str, RawTable]:
    tables, _ = read_tables(load_study(SPEC))
    return {name: _rows(table, _of_subjects(table)) for name, table in tables.items()}


def _of_subjects(table: RawTable) -> np.ndarray:
    return np.flatnonzero(table.frame["PATNUM"].isin(SUBJECTS).to_numpy())


def _rows(table: RawTable, rows: np.ndarray) -> RawTable:
    frame = table.frame.iloc[rows].reset_index(drop=True)
    return replace(table, frame=frame, rows=table.rows[rows], file_of=table.file_of[rows])


@pytest.fixture(scope="module")
def files_of(few: dict[str, RawTable], tmp_path_factory: pytest.TempPathFactory) -> FilesOf:
    """Raw tables to transport files, by the spec of the study."""
    study = load_study(SPEC)
    plan = make_plan(study, catalogue(), {name: list(table.frame.columns) for name, table in few.items()})
    folder = tmp_path_factory.mktemp("xpt")

    def made(tables: Mapping[str, RawTable]) -> dict[str, bytes]:
        out = {}
        for name, dataset in assemble(plan, convert_shard(plan, tables).domains).items():
            path = folder / f"{name.lower()}.xpt"
            write_xpt(dataset, path, study.created)
            out[name] = path.read_bytes()
            path.unlink()
        return out

    return made


@pytest.fixture(scope="module")
def in_file_order(few: dict[str, RawTable], files_of: FilesOf) -> dict[str, bytes]:
    return files_of(few)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32 - 1))
def test_raw_rows_in_any_order_give_the_same_transport_files(
    few: dict[str, RawTable], files_of: FilesOf, in_file_order: dict[str, bytes], seed: int
) -> None:
    chance = np.random.default_rng(seed)
    permuted = {name: _rows(table, chance.permutation(len(table.frame))) for name, table in few.items()}
    assert set(in_file_order) == DATASETS
    assert files_of(permuted) == in_file_order


def test_the_whole_study_in_another_order_gives_the_same_transport_files(
    raw: Path, runs: list[Run], tmp_path: Path
) -> None:
    (tmp_path / "raw").mkdir()
    for file in raw.glob("*_raw.csv"):
        head, *rows = file.read_bytes().splitlines(keepends=True)
        (tmp_path / "raw" / file.name).write_bytes(b"".join([head, *reversed(rows)]))
    conversion = convert(load_study(study_in(tmp_path)))
    for name, dataset in conversion.datasets.items():
        path = tmp_path / f"{name.lower()}.xpt"
        write_xpt(dataset, path, conversion.study.created)
        assert path.read_bytes() == (runs[0].out / "sdtm" / path.name).read_bytes(), name
