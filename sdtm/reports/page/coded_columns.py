"""Columns of written files as codes over distinct texts, read without building a table of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from specs.location import Location
from specs.problems import Problem, ProblemsFound


@dataclass(frozen=True, slots=True)
class Coded:
    """A text column: for each record the place of its text. A missing text is None."""

    codes: np.ndarray
    texts: Sequence[str | None]


Columns = Mapping[str, "Coded | np.ndarray"]  # whole numbers stay numbers


def coded_texts(values: Sequence[str | None]) -> Coded:
    """A column of texts, coded in the order in which they occur."""
    places: dict[str | None, int] = {}
    codes = np.fromiter((places.setdefault(value, len(places)) for value in values), np.int64, len(values))
    return Coded(codes, list(places))


def read_transport(path: Path, shown: str) -> dict[str, Coded]:
    """The columns of a transport file (UTF-8), numbers as shortest texts and dates by their format.

    An empty text is what a character variable holds where it is missing, None a missing number. Raises
    ``ProblemsFound`` for a damaged file; ``shown``: its name there.
    """
    from sdtm.extract.xpt import not_readable, numbers
    from sdtm.extract.xpt_layout import read_layout

    try:
        data = np.memmap(path, dtype=np.uint8, mode="r")
    except (OSError, ValueError) as error:  # not there, or of 0 bytes
        raise damaged(path, error) from None
    layout = read_layout(data, lambda rule, found: not_readable(shown, rule, found))
    end = layout.start + layout.observations * layout.width
    records = data[layout.start : end].reshape(layout.observations, layout.width)
    columns = {}
    for variable in layout.variables:
        cells = np.ascontiguousarray(records[:, variable.position : variable.position + variable.length])
        try:
            name = variable.name.decode("utf-8")
            if variable.numeric:
                columns[name] = _numbers(*numbers(cells), variable.format.decode("ascii", "replace"))
            else:
                columns[name] = _texts(cells)
        except UnicodeDecodeError as error:
            raise damaged(path, error) from None
    return columns


def _texts(cells: np.ndarray) -> Coded:
    import pyarrow as pa

    count, width = cells.shape
    array = pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), count, [None, pa.py_buffer(cells)])
    distinct = array.dictionary_encode()
    texts = [raw.rstrip(b" ").decode("utf-8") for raw in distinct.dictionary.to_pylist()]
    return Coded(distinct.indices.to_numpy(zero_copy_only=False), texts)


def _numbers(values: Sequence[float | str | None], codes: np.ndarray, form: str) -> Coded:
    from sdtm.extract.numbers import number_text
    from sdtm.extract.sas_values import TEXTS, kind_of_format

    shown = TEXTS[kind_of_format(form)]
    texts = [
        value if value is None or isinstance(value, str) else shown(value) or number_text(value)
        for value in values
    ]
    return Coded(codes, texts)


def read_parquet(path: Path) -> tuple[dict[str, Coded | np.ndarray], int, str]:
    """The columns of a trace, its number of rows, and the raw table that it names, if any."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    try:
        table = parquet.read_table(path, use_threads=False)
        named = (table.schema.metadata or {}).get(b"table", b"").decode("utf-8", "replace")
        return {name: _column(table.column(name)) for name in table.column_names}, len(table), named
    except (pa.ArrowException, OSError) as error:
        raise damaged(path, error) from None


def _column(chunks: Any) -> Coded | np.ndarray:
    import pyarrow as pa

    if pa.types.is_integer(chunks.type):
        return np.asarray(chunks.to_numpy(), dtype=np.int64)
    if not pa.types.is_dictionary(chunks.type):
        chunks = chunks.cast(pa.string()).dictionary_encode()
    array = chunks.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else None
    if array is None:
        return Coded(np.empty(0, dtype=np.int64), [])
    texts: list[str | None] = array.dictionary.to_pylist()
    codes = array.indices
    if codes.null_count:
        texts = [*texts, None]
        codes = codes.cast(pa.int64()).fill_null(len(texts) - 1)
    return Coded(codes.to_numpy(zero_copy_only=False), texts)


def damaged(path: Path, error: Exception) -> ProblemsFound:
    """The problem of a file of the output that cannot be read."""
    where = Location(file=str(path))
    found = f"it cannot be read: {(str(error) or type(error).__name__).splitlines()[0]}"
    return ProblemsFound(Problem("damaged-file", where, found, "the file that the run wrote", "run again"))
