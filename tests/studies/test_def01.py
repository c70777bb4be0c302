"""DEF-01 (public invented test data, read in place), compared with the SDTM that its author made.

Run with ``-rP`` to see the match per variable. The README beside the data names what is in it to get right.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from comparison import as_text, compare, match_table, read_target, unequal

from sdtm.assemble import assemble
from sdtm.convert_shard import convert_shard
from sdtm.pipeline import Conversion, convert, judge_conversion
from sdtm.shards import merge, split_tables
from sdtm.submission.read_back import verify_xpt
from sdtm.submission.xpt import write_xpt
from specs import load_study

pytestmark = pytest.mark.xdist_group("def01")

STUDY = Path(__file__).parent / "def01"
KEYS = {
    "DM": ["USUBJID"],
    "EX": ["USUBJID", "EXSTDTC"],
    "AE": ["USUBJID", "AETERM"],
    "SUPPAE": ["USUBJID", "IDVARVAL", "QNAM"],
    "VS": ["USUBJID", "VSTESTCD", "VISIT"],
    "LB": ["USUBJID", "LBTESTCD", "VISIT"],
}
RECORDS = {"DM": 6, "EX": 7, "AE": 7, "SUPPAE": 7, "VS": 96, "LB": 32}


@pytest.fixture(scope="module")
def conversion(shared: Path) -> Conversion:
    return convert(load_study(STUDY))


@pytest.mark.parametrize("name", KEYS)
def test_every_variable_of_every_record_is_equal_to_the_target(
    conversion: Conversion, shared: Path, name: str
) -> None:
    target = read_target(shared / "data" / "def01" / "target" / f"{name.lower()}.csv")
    matches = compare(conversion.datasets[name], target, KEYS[name])
    print(match_table(name, matches))
    assert len(conversion.datasets[name].frame) == len(target) == RECORDS[name]
    assert {match.compared for match in matches} == {RECORDS[name]}
    assert unequal(matches) == {}


def test_no_other_dataset_is_made(conversion: Conversion) -> None:
    assert set(conversion.datasets) == set(KEYS)


@pytest.mark.parametrize("name", KEYS)
def test_every_transport_file_reads_back_equal_by_two_other_readers(
    conversion: Conversion, tmp_path: Path, name: str
) -> None:
    path = tmp_path / f"{name.lower()}.xpt"
    write_xpt(conversion.datasets[name], path, conversion.study.created)
    assert verify_xpt(path, conversion.datasets[name]) == []


def test_the_books_leave_nothing_unaccounted(conversion: Conversion) -> None:
    rows = {"dm": 6, "ex": 7, "ae": 7, "vs": 18, "lb": 32}
    assert {book.name: (book.read, book.made) for book in conversion.books} == {
        name: (count, count) for name, count in rows.items()
    }
    assert all(book.unaccounted == 0 and book.unaccounted_columns == [] for book in conversion.books)


def test_dates_of_two_formats_in_one_column_are_read_day_first(conversion: Conversion) -> None:
    starts = as_text(conversion.datasets["AE"]).set_index("AETERM")["AESTDTC"].to_dict()
    assert "2024-02" in starts.values()  # FEB-2024: no study day, and not treatment emergent
    event = as_text(conversion.datasets["AE"]).query("AESTDTC == '2024-02'").iloc[0]
    assert event["AESTDY"] == ""
    flags = as_text(conversion.datasets["SUPPAE"]).set_index(["USUBJID", "IDVARVAL"])["QVAL"]
    assert flags[event["USUBJID"], event["AESEQ"]] == "N"


def test_subjects_of_two_sites_with_one_number_stay_apart(conversion: Conversion) -> None:
    subjects = as_text(conversion.datasets["DM"])
    assert subjects["USUBJID"].is_unique and subjects["SUBJID"].nunique() == 3
    told = [(f.rule, f.count) for f in judge_conversion(conversion) if f.severity != "note"]
    assert told == [("duplicate-subject-identifier", 6)]  # the fact is told, and nothing else is wrong


def test_units_stay_as_collected_beside_standard_results(conversion: Conversion) -> None:
    signs = as_text(conversion.datasets["VS"])
    weights = signs[(signs["VSTESTCD"] == "WEIGHT") & signs["USUBJID"].str.startswith("DEF-01-02-")]
    assert set(weights["VSORRESU"]) == {"lb"} and set(weights["VSSTRESU"]) == {"kg"}
    assert all(
        abs(float(pounds) * 0.45359237 - float(kilograms)) <= 0.05 + 1e-9
        for pounds, kilograms in zip(weights["VSORRES"], weights["VSSTRESN"], strict=True)
    )


@pytest.mark.parametrize("count", [2, 3, 20])
def test_any_split_of_the_subjects_gives_the_same_records_and_sources(
    conversion: Conversion, count: int
) -> None:
    """Some subjects have no laboratory results, so that their share makes fewer variables."""
    plan, tables = conversion.plan, conversion.tables
    shards = split_tables(plan, tables, count)
    assert 1 < len(shards) <= count
    merged = merge(plan, tables, shards, [convert_shard(plan, shard.tables) for shard in shards])
    datasets = assemble(plan, merged.domains)
    assert list(datasets) == list(conversion.datasets)
    for name, whole in conversion.datasets.items():
        assert datasets[name].variables == whole.variables
        pd.testing.assert_frame_equal(datasets[name].frame.astype(object), whole.frame.astype(object))
        pd.testing.assert_frame_equal(datasets[name].source.astype(object), whole.source.astype(object))
