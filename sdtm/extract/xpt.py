"""Reader of SAS transport files (.xpt), version 5 and 8.

Ours, and not pyreadstat's: that one reads a second dataset of a file as rows of the first, takes special
missing values for plain ones, and cannot say where a text is not in the declared encoding. Numbers are
written as the shortest text of the double they stand for, dates by their format (``sas_values``), special
missings as ``.A``. Trailing blanks of texts are padding and are not read. The first record is row 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from sdtm.extract.encodings import encoding_name
from sdtm.extract.hashed_file import hash_file
from sdtm.extract.sas_columns import SASColumns
from sdtm.extract.table import FileTable, Options, check_cells, check_names, no_rows, refuse
from sdtm.extract.xpt_layout import XPTLayout, read_layout
from specs.location import Location
from specs.problems import ProblemsFound


def parts(path: Path, options: Options) -> list[Options]:
    """A transport file with several datasets is refused, so there is one."""
    return [options]


def read(path: Path, options: Options) -> FileTable:
    """One transport file, every value as text.

    Raises ``ProblemsFound``: empty-file, damaged-file, truncated-file, several-datasets,
    undecodable-byte, unknown-encoding, nul-character. Findings: no-rows, date-out-of-range,
    date-with-fraction.
    """
    sha256, size = hash_file(path)
    shown = options.shown
    if not size:
        raise refuse(
            "empty-file", shown, "a file of 0 bytes", "a SAS transport file", "export the file again"
        )
    data = np.memmap(path, dtype=np.uint8, mode="r")
    layout = read_layout(data, lambda rule, found: not_readable(shown, rule, found))
    encoding = encoding_name(options.text_encoding, shown)
    names = [decoded([v.name], encoding, Location(shown))[0] for v in layout.variables]
    findings = check_names(names, shown)
    rows = np.arange(1, layout.observations + 1, dtype=np.int32)
    end = layout.start + layout.observations * layout.width
    records = data[layout.start : end].reshape(layout.observations, layout.width)
    made = SASColumns(shown, rows)
    for name, variable in zip(names, layout.variables, strict=True):
        cells = np.ascontiguousarray(records[:, variable.position : variable.position + variable.length])
        if variable.label:
            made.labels[name] = decoded([variable.label], encoding, Location(shown, column=name))[0]
        if variable.numeric:
            values, codes = numbers(cells)
            made.add_numbers(name, values, codes, variable.format.decode("ascii", "replace"))
        else:
            add_text(made, name, cells, encoding)
        check_cells(made.columns[name], name, rows, shown)
    if not len(rows):
        findings.append(no_rows(shown, "record"))
    return FileTable(
        made.columns,
        rows,
        sha256,
        size,
        encoding,
        tuple(made.notes + padding_note(layout)),
        made.labels,
        (*findings, *made.findings),
        title=decoded([layout.title], encoding, Location(shown))[0].strip(),
    )


def numbers(cells: np.ndarray) -> tuple[list[float | str | None], np.ndarray]:
    """The distinct values of a numeric column of IBM doubles, and the code of each record.

    Shape: n x 3 to 8 bytes in. A special missing is its text (``.A``), the plain one ``None``.
    """
    padded = np.zeros((len(cells), 8), dtype=np.uint8)
    padded[:, : cells.shape[1]] = cells
    codes, unique = pd.factorize(padded.view(">u8").ravel().astype(np.uint64))
    fraction = unique & np.uint64((1 << 56) - 1)
    first = (unique >> np.uint64(56)).astype(np.int64)
    # value = fraction / 2^56 * 16^(exponent - 64); the sign is the highest bit
    size = np.ldexp(fraction.astype(np.float64), 4 * ((first & 0x7F) - 64) - 56)
    values: list[float | str | None] = []
    for value, rest, byte in zip(np.where(first > 0x7F, -size, size), fraction, first, strict=True):
        missing = rest == 0 and (byte in b"._" or ord("A") <= byte <= ord("Z"))
        values.append((None if byte == ord(".") else f".{chr(byte)}") if missing else float(value))
    return values, codes


def add_text(made: SASColumns, name: str, cells: np.ndarray, encoding: str) -> None:
    """Add a character column, each distinct text decoded once."""
    count, width = cells.shape
    array = pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), count, [None, pa.py_buffer(cells)])
    encoded = array.dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    texts: list[str | None] = []
    for code, raw in enumerate(encoded.dictionary.to_pylist()):
        row = int(made.rows[int(np.argmax(codes == code))]) if not raw.isascii() else None
        texts += decoded([raw.rstrip(b" ")], encoding, Location(made.shown, row=row, column=name))
    made.add_text(name, texts, codes)


def decoded(raws: Sequence[bytes], encoding: str, where: Location) -> list[str]:
    """Bytes as text, strictly."""
    try:
        return [raw.decode(encoding) for raw in raws]
    except UnicodeDecodeError as error:
        raw = bytes(error.object)
        before = raw[: error.start].decode(encoding, errors="ignore")
        raise refuse(
            "undecodable-byte",
            where,
            f"byte {raw[error.start]:02X}{f' after {before!r}' if before else ''}, which is not {encoding}",
            f"text in {encoding}",
            "set encoding: for this dataset to the encoding its texts are in, such as cp1252 or gb18030",
        ) from None


def padding_note(layout: XPTLayout) -> list[str]:
    only_text = not any(variable.numeric for variable in layout.variables)
    if only_text and 0 < layout.width < 80:
        return ["blank records at the very end, if there are any, cannot be told from padding"]
    return []


def not_readable(shown: str, rule: str, found: str) -> ProblemsFound:
    do = {
        "several-datasets": "write one transport file for each dataset",
        "truncated-file": "copy or export the file again; the transfer was cut off",
    }
    return refuse(
        rule,
        shown,
        found,
        "a SAS transport file with one dataset",
        do.get(rule, "export the file again (SAS: LIBNAME XPORT or %loc2xpt); .cpt files are not supported"),
    )
