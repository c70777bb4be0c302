"""Datasets as Parquet, for people's own analysis: plain texts, numbers, and dates that are dates.

Labels stand in the metadata under ``label``, of the file and of each column. A SAS date becomes ``date32``, a SAS
datetime ``timestamp[s]``, where all values are whole and of the years 1 to 9999; everything else numeric stays a
double, a missing value is null.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from sdtm.columns import arrow_texts, codes_of
from sdtm.stages import Dataset, Variable, WrittenFile
from sdtm.submission.storage import written_file
from specs.storage import plain_refusals

_DAYS = 3653  # from 1960-01-01, where SAS begins to count, to 1970-01-01
_SECONDS = _DAYS * 86_400
_FIRST_DAY, _LAST_DAY = -715_509, 2_936_549  # 0001-01-01 and 9999-12-31; what is beyond stays a number
_DATES, _DATETIMES = ("DATE", "E8601DA"), ("DATETIME", "E8601DT")


def write_parquet(dataset: Dataset, path: Path, folder: Path | None = None) -> WrittenFile:
    """Write one dataset; the file appears under its name only when it is complete.

    ``folder``: what the path in the result is relative to; default: where the file stands.
    """
    arrays, fields = [], []
    for variable in dataset.variables:
        array = _array(dataset.frame[variable.name], variable)
        arrays.append(array)
        fields.append(pa.field(variable.name, array.type, metadata={"label": variable.label}))
    table = pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata={"label": dataset.label}))
    partial = path.with_name(path.name + ".partial")
    try:
        with plain_refusals(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            pyarrow.parquet.write_table(table, partial, compression="zstd", version="2.6")
            os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return written_file(path, folder if folder is not None else path.parent, len(dataset.frame))


def _array(column: pd.Series, variable: Variable) -> pa.Array:
    if variable.type == "Char":
        codes = codes_of(column).astype(np.int64)
        texts = arrow_texts(column.cat.categories).cast(pa.string())
        return texts.take(pa.array(codes, mask=codes < 0))
    numbers = column.to_numpy(dtype=np.float64)
    absent = np.isnan(numbers)
    kind = variable.format.rstrip(".0123456789")
    days = numbers if kind in _DATES else numbers / 86_400
    whole_numbers = (numbers == np.floor(numbers)) & (days >= _FIRST_DAY) & (days < _LAST_DAY + 1)
    if kind in _DATES + _DATETIMES and bool(whole_numbers[~absent].all()):
        whole = np.where(absent, 0, numbers).astype(np.int64)
        if kind in _DATES:
            return pa.array((whole - _DAYS).astype(np.int32), mask=absent).cast(pa.date32())
        return pa.array(whole - _SECONDS, mask=absent).cast(pa.timestamp("s"))
    return pa.array(numbers, mask=absent)
