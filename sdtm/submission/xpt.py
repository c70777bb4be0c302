"""Datasets to SAS transport files, version 5: exactly, or not at all."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future
from pathlib import Path

import numpy as np
import pandas as pd

from sdtm.stages import Dataset, WrittenFile
from sdtm.submission.ibm import ibm_from_ieee
from sdtm.submission.xpt_layout import file_header, padding, sas_datetime
from sdtm.submission.xpt_limits import blank_end_problem, number_problems, structure_problems, text_problems
from sdtm.submission.xpt_text import ROWS_AT_ONCE, FixedText, chunks, fixed_text, transliteration
from specs.problems import Problem, ProblemsFound
from specs.storage import plain_refusals

_NO_REPLACEMENT: Mapping[str, str] = {}
_AHEAD = 1  # blocks of rows that are made while one is written


def write_xpt(
    dataset: Dataset,
    path: Path,
    created: str,
    transliterate: Mapping[str, str] = _NO_REPLACEMENT,
    folder: Path | None = None,
    rows_at_once: int = ROWS_AT_ONCE,
    pool: Executor | None = None,
) -> WrittenFile:
    """Write one dataset; the file appears under its name only when it is complete.

    Text has the length of the longest value (at least 1), numbers 8 bytes; missing text is blanks, a missing
    number ".". The bytes depend on the arguments alone, and not on ``rows_at_once``, which bounds memory.

    Args:
        created: the date and time of the file headers, as ``2025-03-28T00:00:00``.
        transliterate: character -> ASCII text, for characters that the format cannot hold.
        pool: threads that make and hash rows while others are written; default: none.
        folder: what the path in the result is relative to; default: where the file stands.

    Raises:
        ProblemsFound: everything in the dataset that would be cut or changed, before a byte is written; or a
            disk that refuses, in which case no file is left behind.
    """
    moment = sas_datetime(created)
    columns, problems = _fitted(dataset, transliterate, pool)
    if problems:
        raise ProblemsFound(problems)
    rows = len(dataset.frame)
    if rows and not _records(columns, rows - 1, rows).tobytes().strip(b" "):
        raise ProblemsFound(blank_end_problem(dataset))

    sha256 = hashlib.sha256()
    size = 0
    partial = path.with_name(path.name + ".partial")
    try:
        with plain_refusals(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as file:
                for block in _blocks(dataset, columns, moment, rows_at_once, pool):
                    hashing = pool.submit(sha256.update, block) if pool is not None else None
                    file.write(block)
                    size += len(block)
                    if hashing is None:
                        sha256.update(block)
                    else:
                        hashing.result()
            os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    relative = path.relative_to(folder if folder is not None else path.parent)
    return WrittenFile(relative.as_posix(), sha256.hexdigest(), size, rows)


def _fitted(
    dataset: Dataset, transliterate: Mapping[str, str], pool: Executor | None
) -> tuple[dict[str, FixedText | np.ndarray], list[Problem]]:
    """Each variable ready to be written, and all that cannot be written."""
    replacements = transliteration(transliterate)
    problems = list(structure_problems(dataset))
    columns: dict[str, FixedText | np.ndarray] = {}

    def fit(position: int) -> tuple[FixedText | np.ndarray, list[Problem]]:
        return _fit(dataset, position, replacements)

    places = range(len(dataset.variables))
    fits = pool.map(fit, places) if pool is not None else map(fit, places)
    for variable, (column, found) in zip(dataset.variables, fits, strict=True):
        columns[variable.name] = column
        problems += found
    return columns, problems


def _fit(
    dataset: Dataset, position: int, replacements: Mapping[int, str]
) -> tuple[FixedText | np.ndarray, list[Problem]]:
    variable, column = dataset.variables[position], dataset.frame.iloc[:, position]
    if variable.type == "Num" and column.dtype == np.float64:
        numbers = column.to_numpy()
        return numbers, list(number_problems(dataset, variable, numbers))
    if variable.type == "Char" and isinstance(column.dtype, pd.CategoricalDtype):
        text, unfit = fixed_text(column, replacements)
        return text, list(text_problems(dataset, variable, text, unfit)) if unfit.any() else []
    raise TypeError(f"{dataset.name}.{variable.name}: {variable.type} variable of dtype {column.dtype}")


def _lengths(columns: Mapping[str, FixedText | np.ndarray]) -> dict[str, int]:
    return {name: c.width if isinstance(c, FixedText) else 8 for name, c in columns.items()}


def _blocks(
    dataset: Dataset,
    columns: Mapping[str, FixedText | np.ndarray],
    created: bytes,
    rows_at_once: int,
    pool: Executor | None,
) -> Iterator[bytes | memoryview]:
    """The file from the first byte to the last, a run of rows at a time."""
    header = file_header(dataset, _lengths(columns), created)
    yield header
    written = 0
    for records in _runs(columns, chunks(len(dataset.frame), rows_at_once), pool):
        written += records.nbytes
        yield records.view(np.uint8).data
    yield b" " * padding(len(header) + written)


def _runs(
    columns: Mapping[str, FixedText | np.ndarray], places: Iterator[tuple[int, int]], pool: Executor | None
) -> Iterator[np.ndarray]:
    """The records of each run of rows, in order; with a pool the next ones are made meanwhile."""
    if pool is None:
        for start, stop in places:
            yield _records(columns, start, stop)
        return
    waiting: deque[Future[np.ndarray]] = deque()
    for start, stop in places:
        waiting.append(pool.submit(_records, columns, start, stop))
        if len(waiting) > _AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _records(columns: Mapping[str, FixedText | np.ndarray], start: int, stop: int) -> np.ndarray:
    """Some rows as they stand in the file: one fixed-width record each."""
    kinds = [(name, f"S{c.width}" if isinstance(c, FixedText) else ">u8") for name, c in columns.items()]
    records = np.empty(stop - start, dtype=kinds)
    for name, column in columns.items():
        if isinstance(column, FixedText):
            records[name] = column.rows(start, stop)
        else:
            records[name] = ibm_from_ieee(column[start:stop])
    return records
