"""Readers of single dataset files: XPT, Parquet, CSV. Each refuses what it cannot read whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from specs.location import Location
from specs.problems import Problem, ProblemsFound
from validation.tables import Metadata
from validation.xpt_header import read_layout


@dataclass(frozen=True, slots=True)
class LoadedDataset:
    """One dataset as its file has it. ``is_typed``: the file knows numbers from text (CSV does not)."""

    name: str
    frame: pd.DataFrame
    metadata: Metadata
    is_typed: bool = True


def read_xpt(path: Path, name: str) -> LoadedDataset:
    """A SAS transport file, version 5 or 8, by pyreadstat; numbers stay numbers, also with a date format.

    A transport file has no encoding of its own: it is read as UTF-8, else byte by byte as Latin-1, so that
    what is not ASCII can be found record by record.
    """
    import pyreadstat

    layout = read_layout(path)
    if layout is None:
        raise _unreadable(name, "no header of a SAS transport file, or only a part of one")
    if layout.members > 1:
        raise ProblemsFound(
            Problem(
                "several-datasets",
                Location(name),
                f"{layout.members} datasets in one file",
                "one dataset in each transport file",
                "write each dataset to a file of its own",
            )
        )
    failures = (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError, OSError)
    try:
        frame, meta = pyreadstat.read_xport(path, disable_datetime_conversion=True)
    except failures:
        try:
            frame, meta = pyreadstat.read_xport(path, encoding="LATIN1", disable_datetime_conversion=True)
        except failures as error:
            raise _unreadable(name, _first_line(error)) from None
    fault = layout.fault(len(frame), path)
    if fault:
        raise _unreadable(name, fault)
    labels = {variable: label or "" for variable, label in meta.column_names_to_labels.items()}
    types = meta.readstat_variable_types
    lengths = {v: width for v, width in meta.variable_storage_width.items() if types[v] == "string"}
    formats = {v: text or "" for v, text in meta.original_variable_types.items() if types[v] != "string"}
    return LoadedDataset(
        (meta.table_name or _stem(path)).upper(),
        frame,
        Metadata(meta.file_label or "", labels, lengths, formats, file=name),
    )


def read_parquet(path: Path, name: str) -> LoadedDataset:
    """A Parquet file; labels where its metadata has them under ``label``."""
    import pyarrow
    import pyarrow.parquet

    try:
        schema = pyarrow.parquet.read_schema(path)
        texts = [
            field.name
            for field in schema
            if pyarrow.types.is_string(field.type) or pyarrow.types.is_large_string(field.type)
        ]
        table = pyarrow.parquet.read_table(path, read_dictionary=texts, partitioning=None)
    except (pyarrow.ArrowException, OSError) as error:
        raise _unreadable(name, _first_line(error)) from None
    labels = {field.name: _metadata(field.metadata, "label") for field in table.schema}
    label = _metadata(table.schema.metadata, "label")
    frame = table.to_pandas(ignore_metadata=True)
    return LoadedDataset(_stem(path).upper(), frame, Metadata(label, labels, file=name))


def read_csv(path: Path, name: str) -> LoadedDataset:
    """A comma-separated file (also gzip-compressed) in UTF-8, every value as text."""
    import pyarrow
    import pyarrow.csv

    text = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    parse = pyarrow.csv.ParseOptions(newlines_in_values=True)
    try:
        with pyarrow.input_stream(str(path), compression="detect") as stream:
            header = pyarrow.csv.open_csv(stream, parse_options=parse).schema.names
        as_text = pyarrow.csv.ConvertOptions(
            column_types={column: text for column in header}, strings_can_be_null=False
        )
        with pyarrow.input_stream(str(path), compression="detect") as stream:
            table = pyarrow.csv.read_csv(stream, parse_options=parse, convert_options=as_text)
    except (pyarrow.ArrowException, OSError) as error:
        raise _unreadable(name, _first_line(error)) from None
    if len(set(header)) < len(header):
        twice = sorted({column for column in header if header.count(column) > 1})
        raise _unreadable(name, f"more than one column {', '.join(twice)}")
    frame = table.unify_dictionaries().to_pandas()
    return LoadedDataset(_stem(path).upper(), frame, Metadata(file=name, first_row=2), is_typed=False)


def _stem(path: Path) -> str:
    return path.name.split(".")[0]


def _metadata(metadata: dict[bytes, bytes] | None, key: str) -> str:
    return (metadata or {}).get(key.encode(), b"").decode("utf-8", "replace")


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n")[0] or type(error).__name__


def _unreadable(name: str, found: str) -> ProblemsFound:
    return ProblemsFound(
        Problem(
            "dataset-unreadable",
            Location(name),
            found,
            "a whole XPT, Parquet or UTF-8 CSV file",
            "write or copy the file again; nothing was judged",
        )
    )
