"""Dataset-JSON 1.1, read back by a small reader that shares no code with the writer."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.stages import Dataset
from sdtm.submission.dataset_json import write_dataset_json
from sdtm.submission.define_model import Define, Group, Item, Leaf, Reference

# Attributes in the order of the specification, 1.1 (CDISC, 2024-12-05), and those that it requires.
ORDER = [
    *("datasetJSONCreationDateTime", "datasetJSONVersion", "fileOID", "dbLastModifiedDateTime", "originator"),
    *("sourceSystem", "studyOID", "metaDataVersionOID", "metaDataRef", "itemGroupOID", "records", "name"),
    *("label", "columns", "rows"),
]
COLUMN_ORDER = [
    "itemOID",
    "name",
    "label",
    "dataType",
    "targetDataType",
    "length",
    "displayFormat",
    "keySequence",
]
TYPES = ["string", "integer", "decimal", "float", "double", "boolean", "datetime", "date", "time", "URI"]


def read(path: Path) -> tuple[dict[str, Any], list[list[Any]]]:
    """Attributes and rows; a word that JSON does not know (NaN) is an error."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    text = path.read_bytes().decode("utf-8")
    if path.suffix == ".ndjson":
        head, *rows = text.removesuffix("\n").split("\n")
        return json.loads(head, parse_constant=refuse), [json.loads(r, parse_constant=refuse) for r in rows]
    head = json.loads(text, parse_constant=refuse)
    return head, head.pop("rows")


def values_of(column: dict[str, Any], cells: list[Any]) -> list[Any]:
    """Cells as the dataset has them: numeric dates as SAS days or seconds."""
    kind = column["dataType"]
    if column.get("targetDataType") != "integer":
        return cells
    moments = [None if cell is None else cell for cell in cells]
    if kind == "date":
        start = datetime.date(1960, 1, 1)
        return [None if c is None else (datetime.date.fromisoformat(c) - start).days for c in moments]
    if kind == "datetime":
        begin = datetime.datetime(1960, 1, 1)
        return [
            None if c is None else int((datetime.datetime.fromisoformat(c) - begin).total_seconds())
            for c in moments
        ]
    return [
        None if c is None else sum(int(p) * f for p, f in zip(c.split(":"), (3600, 60, 1), strict=True))
        for c in moments
    ]


def expected_of(dataset: Dataset, name: str) -> list[Any]:
    return [None if value != value or value is None else value for value in dataset.frame[name].tolist()]


def assert_equal(path: Path, dataset: Dataset) -> None:
    head, rows = read(path)
    assert head["records"] == len(rows) == len(dataset.frame)
    assert [column["name"] for column in head["columns"]] == list(dataset.frame.columns)
    assert [column["label"] for column in head["columns"]] == [v.label for v in dataset.variables]
    for place, column in enumerate(head["columns"]):
        found = values_of(column, [row[place] for row in rows])
        assert found == expected_of(dataset, column["name"]), column["name"]


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_datasets_come_back_equal(described: Any, tmp_path: Path, form: str) -> None:
    for define, datasets in (
        (described.defines.sdtm, described.conversion.datasets),
        (described.defines.adam, described.analyses.datasets),
    ):
        for name, dataset in datasets.items():
            path = tmp_path / f"{name.lower()}.{form}"
            written = write_dataset_json(dataset, path, define, form=form)
            assert (written.path, written.rows) == (path.name, len(dataset.frame))
            assert_equal(path, dataset)


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_attributes_are_those_of_the_standard(described: Any, tmp_path: Path, form: str) -> None:
    define = described.defines.adam
    path = tmp_path / f"advs.{form}"
    write_dataset_json(described.analyses.datasets["ADVS"], path, define, form=form)
    head, _ = read(path)
    assert list(head) == ORDER[:-1]
    assert re.fullmatch(r"1\.1(\.(0|[1-9][0-9]*))?", head["datasetJSONVersion"])
    assert head["datasetJSONCreationDateTime"] == "2024-05-06T07:08:09"
    assert (head["itemGroupOID"], head["name"]) == ("IG.ADVS", "ADVS")
    known = {item.oid for item in define.items}
    for column in head["columns"]:
        assert [name for name in COLUMN_ORDER if name in column] == list(column)
        assert column["itemOID"] in known and column["dataType"] in TYPES
    keys = {column["name"]: column["keySequence"] for column in head["columns"] if "keySequence" in column}
    assert keys == {"USUBJID": 1, "PARAMCD": 2, "ADT": 3}
    by_name = {column["name"]: column for column in head["columns"]}
    assert by_name["ADT"] == {
        "itemOID": "IT.ADVS.ADT",
        "name": "ADT",
        "label": "Analysis Date",
        "dataType": "date",
        "targetDataType": "integer",
        "displayFormat": "DATE9.",
        "keySequence": 3,
    }
    assert (by_name["ADY"]["dataType"], by_name["AVAL"]["dataType"]) == ("integer", "float")
    assert (by_name["USUBJID"]["dataType"], by_name["USUBJID"]["length"]) == ("string", 8)  # ST1-1-01


def test_both_forms_say_the_same(described: Any, tmp_path: Path) -> None:
    dataset = described.conversion.datasets["AE"]
    for form in ("json", "ndjson"):
        write_dataset_json(dataset, tmp_path / f"ae.{form}", described.defines.sdtm, form=form)
    assert read(tmp_path / "ae.json") == read(tmp_path / "ae.ndjson")


def test_partial_dates_are_strings_and_complete_ones_dates(described: Any, tmp_path: Path) -> None:
    write_dataset_json(described.conversion.datasets["AE"], tmp_path / "ae.json", described.defines.sdtm)
    write_dataset_json(described.conversion.datasets["DM"], tmp_path / "dm.json", described.defines.sdtm)
    events = {c["name"]: c for c in read(tmp_path / "ae.json")[0]["columns"]}
    subjects = {c["name"]: c for c in read(tmp_path / "dm.json")[0]["columns"]}
    assert (events["AESTDTC"]["dataType"], events["AESTDTC"]["length"]) == ("string", 10)
    assert subjects["RFICDTC"]["dataType"] == "date" and "targetDataType" not in subjects["RFICDTC"]


def define_of(dataset: Dataset, **types: str) -> Define:
    """A define with one dataset, for datasets without a study."""
    items = tuple(
        Item(f"IT.{v.name}", v.name, v.label, types.get(v.name, "text" if v.type == "Char" else "float"), 8)
        for v in dataset.variables
    )
    references = tuple(Reference(item.oid, order) for order, item in enumerate(items, 1))
    leaf = Leaf("LF.AE", "ae.xpt", "ae.xpt")
    group = Group("IG.AE", dataset.name, dataset.label, "AE", "One record", "EVENTS", leaf, references)
    return Define("S", "", "SDTM", "2024-01-01T00:00:00", "0", (), (group,), items)


TEXTS = st.lists(st.one_of(st.none(), st.text(min_size=1)), min_size=1, max_size=8)
NUMBERS = st.floats(allow_nan=True, allow_infinity=False)


@given(texts=TEXTS, data=st.data())
def test_any_text_and_number_comes_back(
    tmp_path_factory: pytest.TempPathFactory, dataset_of: Callable[..., Dataset], texts: Any, data: Any
) -> None:
    surrogates = [None if t is None else t.encode("utf-8", "ignore").decode() or "x" for t in texts]
    numbers = data.draw(st.lists(NUMBERS, min_size=len(texts), max_size=len(texts)))
    dataset = dataset_of(AETERM=surrogates, AESEQ=np.array(numbers, dtype=float))
    folder = tmp_path_factory.mktemp("json")
    for form in ("json", "ndjson"):
        path = folder / f"ae.{form}"
        write_dataset_json(dataset, path, define_of(dataset), form=form)
        assert_equal(path, dataset)


def test_no_record_is_no_row(dataset_of: Callable[..., Dataset], tmp_path: Path) -> None:
    dataset = dataset_of(AETERM=[], AESEQ=np.array([], dtype=float))
    for form in ("json", "ndjson"):
        path = tmp_path / f"ae.{form}"
        write_dataset_json(dataset, path, define_of(dataset), form=form)
        assert_equal(path, dataset)


def test_a_fraction_in_a_date_variable_stays_a_number(
    dataset_of: Callable[..., Dataset], tmp_path: Path
) -> None:
    dataset = dataset_of(ADT=np.array([0.5, 23376.0]))
    dataset = replace(dataset, variables=(replace(dataset.variables[0], format="DATE9."),))
    write_dataset_json(dataset, tmp_path / "ae.json", define_of(dataset))
    head, rows = read(tmp_path / "ae.json")
    assert head["columns"][0]["dataType"] == "float" and rows == [[0.5], [23376]]


def test_days_seconds_and_times_of_sas(dataset_of: Callable[..., Dataset], tmp_path: Path) -> None:
    # 0 is 1960-01-01; 23376 days later 2024-01-01; 86399 s the last second of a day.
    dataset = dataset_of(
        ADT=np.array([0.0, 23376.0, -1.0]),
        ADTM=np.array([0.0, 23376.0 * 86400 + 3661, np.nan]),
        ATM=np.array([0.0, 86399.0, 36000.0]),
    )
    formats = ("DATE9.", "DATETIME20.", "TIME8.")
    variables = tuple(replace(v, format=f) for v, f in zip(dataset.variables, formats, strict=True))
    write_dataset_json(replace(dataset, variables=variables), tmp_path / "ae.json", define_of(dataset))
    assert read(tmp_path / "ae.json")[1] == [
        ["1960-01-01", "1960-01-01T00:00:00", "00:00:00"],
        ["2024-01-01", "2024-01-01T01:01:01", "23:59:59"],
        ["1959-12-31", None, "10:00:00"],
    ]
