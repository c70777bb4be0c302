"""The trace on disk: for each dataset the raw table, file, row and column of each record, in record order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from sdtm.columns import from_codes, unique_texts
from sdtm.finishing.identity import identities_by_raw_key, text_hashes
from sdtm.stages import Dataset, RawTable
from specs.location import Location
from specs.problems import Problem, ProblemsFound


def write_trace(folder: Path, datasets: Mapping[str, Dataset], tables: Mapping[str, RawTable]) -> None:
    """``trace/AE.parquet`` and so on, of fixed bytes; records made from several rows also have ``AE.more``."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    folder.mkdir(parents=True, exist_ok=True)
    for name, dataset in datasets.items():
        if name.startswith("SUPP"):
            continue
        frame = _located(dataset.source, tables)
        sequence = f"{name}SEQ"
        if sequence in dataset.frame:
            frame["number"] = dataset.frame[sequence].to_numpy()
        if "USUBJID" in dataset.frame:
            frame["subject"] = text_hashes(dataset.frame["USUBJID"])
        frame["identity"] = _identities(dataset, tables)
        table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
        parquet.write_table(table, folder / f"{name}.parquet", compression="zstd", version="2.6")
        if dataset.more is not None:
            more = _located(dataset.more, tables)
            more["record"] = dataset.more["record"].to_numpy()
            table = pa.Table.from_pandas(more, preserve_index=False).replace_schema_metadata(None)
            parquet.write_table(table, folder / f"{name}.more.parquet", compression="zstd", version="2.6")


def _identities(dataset: Dataset, tables: Mapping[str, RawTable]) -> np.ndarray:
    source, key = dataset.source, dataset.record_key
    if key is None:
        return source["identity"].to_numpy()
    position = source["position"].to_numpy()
    return identities_by_raw_key(key, tables[key.table].frame, position, source["column"], dataset.frame)


def _located(source: pd.DataFrame, tables: Mapping[str, RawTable]) -> pd.DataFrame:
    """Raw table, file, row and position of records."""
    positions = source["position"].to_numpy()
    files: list[str] = []
    file_codes = np.full(len(source), -1, dtype=np.int64)
    rows = np.full(len(source), -1, dtype=np.int64)
    codes = source["table"].cat.codes.to_numpy()
    for code, name in enumerate(unique_texts(source["table"])):
        mask = (codes == code) & (positions >= 0)
        if not mask.any():
            continue
        table = tables[name]
        start = len(files)
        files += [file.path for file in table.files]
        file_codes[mask] = start + table.file_of[positions[mask]]
        rows[mask] = table.rows[positions[mask]]
    unique = list(dict.fromkeys(files))
    mapping = np.array([unique.index(file) for file in files] or [-1], dtype=np.int64)
    file = from_codes(np.where(file_codes >= 0, mapping[file_codes], -1), unique, source.index)
    frame = pd.DataFrame({"table": source["table"], "file": file, "row": rows, "position": positions})
    if "column" in source:
        frame["column"] = source["column"]
    if "source" in source:
        frame["source"] = source["source"].to_numpy()
    return frame


def read_trace(folder: Path, name: str) -> pd.DataFrame | None:
    """Identity and number of the records of one dataset of an earlier output (or None)."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    path = folder / "trace" / f"{name}.parquet"
    if not path.is_file():
        return None
    try:
        table = parquet.read_table(path)
        if not {"number", "subject"} <= set(table.column_names):
            return None
        return table.select(["identity", "number", "subject"]).to_pandas()
    except (pa.ArrowException, OSError) as error:
        where, found = Location(file=str(path)), f"it cannot be read: {str(error).splitlines()[0]}"
        do = "name an output folder that is whole, or run without --previous"
        raise ProblemsFound(
            Problem("damaged-file", where, found, "the trace of an earlier run", do)
        ) from None
