"""Datasets as Dataset-JSON 1.1, as one JSON document or as NDJSON (one record a line).

Source: CDISC Dataset-JSON 1.1 (2024-12-05): order of the attributes, types, numeric dates as ISO 8601 text with
``targetDataType: integer``. OIDs are those of the define.xml beside it; a missing value is ``null``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sdtm import __version__
from sdtm.columns import codes_of
from sdtm.stages import Dataset, Variable, WrittenFile
from sdtm.submission.define_model import Define, Group, Item
from sdtm.submission.define_xml import file_oid, study_oid, version_oid
from sdtm.submission.storage import written_file
from specs.storage import plain_refusals

VERSION = "1.1.0"
JSON, NDJSON = "json", "ndjson"
_ROWS_AT_ONCE = 1 << 14
_SAS_EPOCH = np.datetime64("1960-01-01T00:00:00", "s")
_DAY = 86_400
# SAS format of a numeric variable -> data type of its ISO 8601 text; anything else is a plain number.
_TEMPORAL = {"DATE": "date", "E8601DA": "date", "DATETIME": "datetime", "E8601DT": "datetime", "TIME": "time"}
_ISO = ("date", "datetime")  # complete ones only; partial texts are strings


@dataclass(frozen=True, slots=True)
class _Column:
    described: dict[str, Any]
    texts: list[str]  # of the distinct values, as JSON
    codes: np.ndarray  # place in them of each row, -1 for null


def write_dataset_json(
    dataset: Dataset,
    path: Path,
    define: Define,
    *,
    form: str = JSON,
    metadata: str = "define.xml",
    folder: Path | None = None,
) -> WrittenFile:
    """Write one dataset; the file appears under its name only when it is complete.

    Args:
        define: the define.xml that describes the dataset; its OIDs, types, lengths and time of creation count.
        form: ``json`` or ``ndjson``.
        metadata: path of the define.xml as seen from the file.
        folder: what the path in the result is relative to; default: where the file stands.

    Raises:
        ProblemsFound: the disk refuses.
        KeyError: ``define`` does not describe the dataset.
    """
    group = next((each for each in define.groups if each.name == dataset.name), None)
    if group is None:
        raise KeyError(f"{dataset.name} is not described by the define.xml of {define.study}")
    items = {item.oid: item for item in define.items}
    columns = [
        _column(dataset.frame[variable.name], variable, items[reference.item], reference.key)
        for variable, reference in zip(dataset.variables, group.references, strict=True)
    ]
    head = _head(dataset, group, define, metadata, columns)
    partial = path.with_name(path.name + ".partial")
    try:
        with plain_refusals(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(
                    _ndjson(head, columns, len(dataset.frame))
                    if form == NDJSON
                    else _json(head, columns, len(dataset.frame))
                )
            os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return written_file(path, folder if folder is not None else path.parent, len(dataset.frame))


def _head(
    dataset: Dataset, group: Group, define: Define, metadata: str, columns: list[_Column]
) -> dict[str, Any]:
    return {
        "datasetJSONCreationDateTime": define.created,
        "datasetJSONVersion": VERSION,
        "fileOID": f"{file_oid(define)}.{dataset.name}",
        "dbLastModifiedDateTime": define.created,
        "originator": "sdtm-toolkit",
        "sourceSystem": {"name": "sdtm-toolkit", "version": __version__},
        "studyOID": study_oid(define),
        "metaDataVersionOID": version_oid(define),
        "metaDataRef": metadata,
        "itemGroupOID": group.oid,
        "records": len(dataset.frame),
        "name": dataset.name,
        "label": dataset.label,
        "columns": [column.described for column in columns],
    }


def _json(head: dict[str, Any], columns: list[_Column], rows: int) -> Iterator[str]:
    opened = json.dumps(head, ensure_ascii=False, indent=1)
    yield opened[: -len("\n}")] + ',\n "rows": ['
    first = True
    for block in _blocks(columns, rows):
        yield ("\n" if first else ",\n") + ",\n".join(block)
        first = False
    yield "\n ]\n}\n"


def _ndjson(head: dict[str, Any], columns: list[_Column], rows: int) -> Iterator[str]:
    yield json.dumps(head, ensure_ascii=False) + "\n"
    for block in _blocks(columns, rows):
        yield "\n".join(block) + "\n"


def _blocks(columns: list[_Column], rows: int) -> Iterator[list[str]]:
    """Records as JSON arrays, some thousand at a time; each distinct value is turned into JSON once."""
    for start in range(0, rows, _ROWS_AT_ONCE):
        stop = min(start + _ROWS_AT_ONCE, rows)
        cells = []
        for column in columns:
            texts = np.array([*column.texts, "null"], dtype=object)
            cells.append(texts[column.codes[start:stop]].tolist())  # -1 is the last: null
        yield [f"[{', '.join(row)}]" for row in zip(*cells, strict=True)]


def _column(values: pd.Series, variable: Variable, item: Item, key: int | None) -> _Column:
    described: dict[str, Any] = {"itemOID": item.oid, "name": variable.name, "label": variable.label}
    if variable.type == "Char":
        codes = codes_of(values).astype(np.int64)
        texts = [json.dumps(text, ensure_ascii=False) for text in values.cat.categories]
        kind = item.data_type if item.data_type in _ISO else "string"
    else:
        numbers = values.to_numpy(dtype=np.float64)
        codes, unique = pd.factorize(numbers)
        kind, texts = _numbers(np.asarray(unique, dtype=np.float64), variable.format, item.data_type)
    described["dataType"] = kind
    if variable.type == "Num" and kind in ("date", "datetime", "time"):
        described["targetDataType"] = "integer"
    if kind == "string":
        described["length"] = item.length or _longest(values)
    if variable.format:
        described["displayFormat"] = variable.format
    if key is not None:
        described["keySequence"] = key
    return _Column(described, texts, codes)


def _numbers(unique: np.ndarray, format: str, data_type: str) -> tuple[str, list[str]]:
    """Data type and JSON of distinct numbers; SAS dates as ISO 8601 where all are whole."""
    temporal = _TEMPORAL.get(format.rstrip(".0123456789"), "")
    is_whole = bool((unique == np.floor(unique)).all())
    if temporal and is_whole:
        return temporal, [json.dumps(text) for text in _iso(unique, temporal)]
    if data_type == "integer" and is_whole:
        return "integer", [str(int(number)) for number in unique]
    return "float", [_float(number) for number in unique.tolist()]


def _iso(numbers: np.ndarray, kind: str) -> list[str]:
    seconds = numbers.astype(np.int64) * (_DAY if kind == "date" else 1)
    if kind == "time":
        return [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in seconds.tolist()]
    moments = np.datetime_as_string(_SAS_EPOCH + seconds.astype("timedelta64[s]"), unit="s")
    return [str(text)[:10] if kind == "date" else str(text) for text in moments]


def _float(number: float) -> str:
    """The shortest text that reads back as the same number; a whole one without a fraction."""
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


def _longest(values: pd.Series) -> int:
    """Characters of the longest text of a column whose define.xml type has no length (partial dates)."""
    used = values.cat.categories.take(np.unique(codes_of(values)[codes_of(values) >= 0]))
    return max((len(text) for text in used), default=1)
