"""Reader of .sas7bdat (pyreadstat), with the value labels of a .sas7bcat if ``formats`` names one.

A column keeps its stored values (codes); with a catalogue, each column whose format it holds gets a
second column ``NAME_DECODE`` with the text that SAS shows. So the code is there for terminology, the
decode for reading, and nothing is replaced. Trailing blanks of texts are padding and are not read; a
system missing number is missing, a special missing is its text (``.A``). The first record is row 1.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat

from sdtm.extract.encodings import encoding_name
from sdtm.extract.hashed_file import hash_file
from sdtm.extract.numbers import number_text
from sdtm.extract.sas_columns import SASColumns
from sdtm.extract.table import FileTable, Options, check_cells, check_names, no_rows, refuse
from specs.location import Location
from specs.problems import ProblemsFound

MAGIC = bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")  # bytes 12 to 31
FAILURES = (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OverflowError, MemoryError)


def parts(path: Path, options: Options) -> list[Options]:
    """A SAS dataset file holds one table."""
    return [options]


def read(path: Path, options: Options) -> FileTable:
    """One SAS dataset, every value as text.

    Raises ``ProblemsFound``: empty-file, truncated-file, damaged-file, undecodable-byte,
    unknown-encoding, cell-too-large, duplicated-column (a decode column that exists already).
    Findings: no-rows, date-out-of-range, date-with-fraction, value-without-format-label.
    """
    sha256, size = hash_file(path)
    with path.open("rb") as file:
        check_size(file.read(1 << 10), size, options.shown)
    encoding = encoding_name(options.encoding, options.shown) if options.encoding else None
    data, about = attempt(path, options, encoding)
    findings = check_names(list(data), options.shown)
    lengths = {len(values) for values in data.values()}
    if lengths != {about.number_rows}:
        raise truncated(options.shown, f"{max(lengths)} of {about.number_rows} records")
    rows = np.arange(1, about.number_rows + 1, dtype=np.int32)
    made = SASColumns(
        options.shown, rows, labels={k: v for k, v in about.column_names_to_labels.items() if v}
    )
    for name, values in data.items():
        codes, unique = pd.factorize(np.array(values, dtype=object))
        form = about.original_variable_types[name] or ""
        if about.readstat_variable_types[name] == "string":
            made.add_text(name, list(unique), codes)
        else:
            special = [f".{v}" if isinstance(v, str) else v for v in unique]
            made.add_numbers(name, special, codes, form)
    if options.formats:
        add_decodes(made, about.original_variable_types, options.formats, encoding, options)
    for name, column in made.columns.items():
        check_cells(column, name, rows, options.shown)
    if not len(rows):
        findings.append(no_rows(options.shown, "record"))
    return FileTable(
        made.columns,
        rows,
        sha256,
        size,
        encoding or about.file_encoding or "",
        tuple(made.notes),
        made.labels,
        (*findings, *made.findings),
        made.decodes,
        (about.file_label or "").strip(),
    )


def check_size(start: bytes, size: int, shown: str) -> None:
    """Refuse a file that is not a SAS dataset, or not as long as its own header says.

    The header holds its length, the length of a page and the number of pages, in 32 or 64 bit layout.
    """
    if not size:
        raise refuse("empty-file", shown, "a file of 0 bytes", "a SAS dataset", "export the file again")
    if start[12:32] != MAGIC:
        raise damaged(shown, "the file does not begin as a SAS dataset does")
    if len(start) < 288:
        raise truncated(shown, f"{size:,} bytes, which is less than a header")
    wide = start[32] == 0x33
    shift = 4 if start[35] == 0x33 else 0
    order = "<" if start[37] == 1 else ">"
    header, page = struct.unpack_from(order + "ii", start, 196 + shift)
    (pages,) = struct.unpack_from(order + ("q" if wide else "i"), start, 204 + shift)
    if size < header + page * pages:
        raise truncated(shown, f"{size:,} of {header + page * pages:,} bytes")


def attempt(path: Path, options: Options, encoding: str | None) -> tuple[Mapping[str, list[Any]], Any]:
    """Read the file; whatever the library cannot read becomes a problem."""
    try:
        return load(path, encoding)
    except UnicodeDecodeError as error:
        raise undecodable(path, options, encoding, str(error)) from None
    except FAILURES as error:
        if "convert string" in str(error):
            raise undecodable(path, options, encoding, str(error)) from None
        raise damaged(options.shown, f"the file cannot be read: {error}") from None


def load(path: Path, encoding: str | None, **more: Any) -> tuple[Mapping[str, list[Any]], Any]:
    data, about = pyreadstat.read_sas7bdat(
        path,
        encoding=encoding,
        output_format="dict",
        disable_datetime_conversion=True,
        user_missing=True,
        **more,
    )
    return {name: list(values) for name, values in data.items()}, about


def undecodable(path: Path, options: Options, encoding: str | None, message: str) -> ProblemsFound:
    """The problem of a text that is not in the declared encoding, with its row, column and byte."""

    def fails(**more: Any) -> bool:
        try:
            load(path, encoding, **more)
        except (*FAILURES, UnicodeDecodeError):
            return True
        return False

    where, byte, named = Location(options.shown), "", encoding or "the encoding that its header names"
    try:
        named = encoding or load(path, None, metadataonly=True)[1].file_encoding or named
        plain, about = load(path, "latin1")
        column = next((name for name in plain if fails(usecols=[name])), "")
        if column:
            count = first_failure(about.number_rows, lambda n: fails(usecols=[column], row_limit=n))
            where = Location(options.shown, row=count, column=column)
            byte = bad_byte(str(plain[column][count - 1]).encode("latin1"), named)
    except (*FAILURES, LookupError):
        pass  # the place cannot be told; the file is refused all the same
    return refuse(
        "undecodable-byte",
        where,
        f"{byte or message}, which is not {named}",
        f"text in {named}",
        "set encoding: for this dataset to the encoding its texts are in, such as cp1252 or gb18030",
    )


def first_failure(most: int, fails: Callable[[int], bool]) -> int:
    """The smallest number of rows that fails; ``most`` does."""
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if fails(middle) else (middle + 1, high)
    return low


def bad_byte(raw: bytes, encoding: str) -> str:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode(encoding, errors="ignore")
        return f"byte {raw[error.start]:02X}" + (f" after {before!r}" if before else "")
    return ""


def add_decodes(
    made: SASColumns, forms: Mapping[str, str | None], catalogue: Path, encoding: str | None, options: Options
) -> None:
    """Add ``NAME_DECODE`` for each column whose format the catalogue holds."""
    try:
        _, about = pyreadstat.read_sas7bcat(catalogue, encoding=encoding, output_format="dict")
    except (*FAILURES, UnicodeDecodeError) as error:
        raise damaged(catalogue.name, f"the format catalogue cannot be read: {error}") from None
    used = 0
    for name in list(made.columns):
        form = re.sub(r"\d*(\.\d*)?\Z", "", forms[name] or "")
        labels = about.value_labels.get(form)
        if labels:
            used += 1
            numeric = not form.startswith("$")
            made.add_decode(name, {label_key(key, numeric): str(text) for key, text in labels.items()}, form)
    if not used:
        made.notes.append(f"{catalogue.name} holds no format that a column of {options.shown} has")


def label_key(key: Any, numeric: bool) -> str:
    """A value of a format as this reader writes it: numbers shortest, special missings as ``.A``."""
    if isinstance(key, str):
        return f".{key}" if numeric and re.fullmatch("[A-Z_]", key) else key.rstrip(" ")
    return number_text(key)


def truncated(shown: str, found: str) -> ProblemsFound:
    return refuse(
        "truncated-file",
        shown,
        found,
        "a whole file, as long as its header says",
        "copy or export the file again; the transfer was cut off",
    )


def damaged(shown: str, found: str) -> ProblemsFound:
    return refuse(
        "damaged-file", shown, found, "a SAS file that can be read", "copy or export the file again"
    )
