"""Reader of Parquet files.

Texts as they are; whole numbers in full; other numbers as their shortest exact text, decimals with the
digits they are stored with; dates, times and timestamps in ISO 8601, with a fraction of a second only if
there is one, and in UTC with a Z if a time zone is stored; booleans as TRUE and FALSE, as workbooks show
them. A null is missing. The first record is row 1.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as compute
import pyarrow.parquet as arrow_parquet

from sdtm.extract.arrow_columns import text_column
from sdtm.extract.hashed_file import hash_file
from sdtm.extract.numbers import distinct, number_column, number_text
from sdtm.extract.table import FileTable, Options, check_cells, check_names, no_rows, refuse
from specs.location import Location

SIMPLE = (
    *(pa.types.is_boolean, pa.types.is_integer, pa.types.is_decimal),
    *(pa.types.is_date, pa.types.is_timestamp, pa.types.is_time),
)


def parts(path: Path, options: Options) -> list[Options]:
    """A Parquet file holds one table."""
    return [options]


def read(path: Path, options: Options) -> FileTable:
    """One Parquet file, every value as text.

    Raises ``ProblemsFound``: empty-file, damaged-file, unsupported-column (lists, structures, binary),
    duplicated-column, empty-column-name, cell-too-large, nul-character. Findings: no-rows.
    """
    sha256, size = hash_file(path)
    shown = options.shown
    if not size:
        raise refuse("empty-file", shown, "a file of 0 bytes", "a Parquet file", "export the file again")
    try:
        with arrow_parquet.ParquetFile(path) as file:
            names = list(file.schema_arrow.names)
            findings = check_names(names, shown)
            table = file.read()
    except (pa.ArrowException, OSError) as error:
        raise refuse(
            "damaged-file",
            shown,
            f"the file cannot be read: {' '.join(str(error).split())}",
            "a whole Parquet file",
            "copy or export the file again",
        ) from None
    rows = np.arange(1, table.num_rows + 1, dtype=np.int32)
    columns = {}
    for name in names:
        columns[name] = as_text(table.column(name), name, shown)
        check_cells(columns[name], name, rows, shown)
    if not len(rows):
        findings.append(no_rows(shown, "record"))
    return FileTable(columns, rows, sha256, size, findings=tuple(findings))


def as_text(column: pa.ChunkedArray, name: str, shown: str) -> pd.Series:
    """One column of any simple type as a text column."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_null(kind):
        column, kind = column.cast(pa.string()), pa.string()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return text_column(column.cast(pa.string()).chunks)
    if pa.types.is_floating(kind):
        # A stored NaN is no value either. The shortest text is that of the stored width.
        text = number_text if pa.types.is_float64(kind) else short_float_text
        return number_column(column.to_numpy().astype("float64"), text)
    if not any(test(kind) for test in SIMPLE):
        raise refuse(
            "unsupported-column",
            Location(shown, column=name),
            f"a column of type {kind}",
            "text, numbers, booleans, dates or times",
            "write the column as text",
        )
    if pa.types.is_timestamp(kind) and kind.tz:
        column = column.cast(pa.timestamp(kind.unit, "UTC"))
    encoded = column.combine_chunks().dictionary_encode()
    values = encoded.dictionary
    if pa.types.is_boolean(kind):
        texts = ["TRUE" if value else "FALSE" for value in values.to_pylist()]
    elif pa.types.is_integer(kind):
        texts = [str(value) for value in values.to_pylist()]
    elif pa.types.is_decimal(kind):
        texts = [format(value, "f") for value in values.to_pylist()]
    elif pa.types.is_date(kind):
        texts = compute.strftime(values, "%Y-%m-%d").to_pylist()
    elif pa.types.is_timestamp(kind):
        texts = [timestamp_text(text) for text in values.cast(pa.string()).to_pylist()]
    else:  # times
        texts = [without_zero_fraction(text) for text in values.cast(pa.string()).to_pylist()]
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return distinct(texts, codes)


def timestamp_text(text: str) -> str:
    """Arrow's text of a timestamp in ISO 8601: 2024-03-01 10:30:00.000Z -> 2024-03-01T10:30:00Z."""
    zone = "Z" if text.endswith("Z") else ""
    return without_zero_fraction(text.removesuffix("Z").replace(" ", "T")) + zone


def short_float_text(value: float) -> str:
    """The shortest text of a number that was stored in 32 bits or less: 0.1, not 0.10000000149011612."""
    return number_text(float(str(np.float32(value))))


def without_zero_fraction(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
