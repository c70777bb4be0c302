"""Reading a transport file back with two readers that are not ours, and comparing every value.

Two habits of ``pandas.read_sas`` are known and allowed for, because the file is right and the other reader
reads it right: zero comes out as 16**-65, the least IBM number,
and in files with records of at most 80 bytes it counts blanks inside the last 80 bytes as padding, or
padding as records. The count of records is therefore given to it, worked out from the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyreadstat

from sdtm.stages import Dataset, Variable
from sdtm.submission.ibm import SMALLEST
from sdtm.submission.xpt_layout import RECORD
from sdtm.submission.xpt_limits import key_values
from sdtm.submission.xpt_text import fixed_text, transliteration
from validation.findings import PLACES_SHOWN, Finding, Place, fold

PYREADSTAT, PANDAS = "pyreadstat", "pandas"
_NO_REPLACEMENT: Mapping[str, str] = {}
_DO = "do not use the file; this is a defect of the toolkit, please report it with the dataset's spec"


@dataclass(frozen=True, slots=True)
class _ReadBack:
    """A transport file as one reader sees it."""

    reader: str
    name: str
    label: str
    labels: dict[str, str]  # of the variables, in the order of the file
    frame: pd.DataFrame


def verify_xpt(
    path: Path,
    dataset: Dataset,
    transliterate: Mapping[str, str] = _NO_REPLACEMENT,
    *,
    readers: Sequence[str] = (PYREADSTAT, PANDAS),
) -> list[Finding]:
    """What pyreadstat and pandas read otherwise than ``dataset`` holds it; empty when the file is right.

    Compared are the dataset's name and label, names, order and labels of the variables, the number of
    records, and every value: text exactly (missing is the empty text), numbers to the last bit but for the
    sign of zero. ``transliterate`` is what the file was written with; ``readers`` are those to ask.
    """
    findings: list[Finding] = []
    for reader in readers:
        try:
            back = _READ[reader](path)
        except Exception as error:  # whatever a foreign reader dislikes about the file is the finding
            findings.append(_finding(dataset, reader, "", f"an error: {error}", "the dataset"))
            continue
        findings += _header_differences(back, dataset)
        if len(back.frame) != len(dataset.frame):
            found, expected = f"{len(back.frame)} records", f"{len(dataset.frame)} records"
            findings.append(_finding(dataset, back.reader, "", found, expected))
        elif len(dataset.frame):
            findings += _value_differences(back, dataset, transliterate)
    return fold(findings)


def _with_pyreadstat(path: Path) -> _ReadBack:
    frame, meta = pyreadstat.read_xport(path, disable_datetime_conversion=True)
    labels = dict(zip(meta.column_names, (label or "" for label in meta.column_labels), strict=True))
    return _ReadBack(PYREADSTAT, meta.table_name or "", meta.file_label or "", labels, frame)


def _with_pandas(path: Path) -> _ReadBack:
    with pd.read_sas(path, format="xport", encoding="iso-8859-1", iterator=True) as reader:
        opened: Any = reader  # its attributes are documented, but not typed
        if opened.record_length <= RECORD:
            opened.nobs = _short_records(path, opened.record_start, opened.record_length)
        labels = {field["name"].decode(): field["label"].decode() for field in opened.fields}
        frame = opened.read() if opened.nobs else pd.DataFrame(columns=list(labels))
        info = opened.member_info
        return _ReadBack(PANDAS, info["set_name"], info["label"], labels, frame)


_READ: dict[str, Callable[[Path], _ReadBack]] = {PYREADSTAT: _with_pyreadstat, PANDAS: _with_pandas}


def _short_records(path: Path, start: int, length: int) -> int:
    """Number of records of at most 80 bytes: the last one is the last that is not all blank."""
    size = path.stat().st_size
    with path.open("rb") as file:
        tail_start = max(start, size - 2 * RECORD)
        file.seek(tail_start)
        used = tail_start - start + len(file.read().rstrip(b" "))
    return -(-used // length)


def _header_differences(back: _ReadBack, dataset: Dataset) -> Iterator[Finding]:
    pairs = [
        ("", f'the name "{back.name}"', f'the name "{dataset.name}"'),
        ("", f'the label "{back.label}"', f'the label "{dataset.label}"'),
        (
            "",
            f"the variables {', '.join(back.labels)}",
            f"the variables {', '.join(v.name for v in dataset.variables)}",
        ),
    ]
    for variable in dataset.variables:
        label = back.labels.get(variable.name, variable.label)
        pairs.append((variable.name, f'the label "{label}"', f'the label "{variable.label}"'))
    for name, found, expected in pairs:
        if found != expected:
            yield _finding(dataset, back.reader, name, found, expected)


def _value_differences(
    back: _ReadBack, dataset: Dataset, transliterate: Mapping[str, str]
) -> Iterator[Finding]:
    replacements = transliteration(transliterate)
    for variable in dataset.variables:
        if variable.name not in back.frame:
            continue  # told with the variables of the header
        read = back.frame[variable.name]
        column = dataset.frame[variable.name]
        if variable.type == "Num":
            differs, written = _numbers_differ(back.reader, read, column.to_numpy())
        else:
            text, _ = fixed_text(column, replacements)
            written = pc.fill_null(text.texts.take(pa.array(text.codes, mask=text.codes < 0)), "")
            differs = _texts_differ(read, written)
        if differs.any():
            yield _value_finding(back, dataset, variable, np.flatnonzero(differs), written)


def _numbers_differ(reader: str, read: pd.Series, written: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not pd.api.types.is_numeric_dtype(read.dtype):
        return np.ones(len(read), dtype=bool), written
    numbers = read.to_numpy(dtype=np.float64)
    same = (numbers == written) | (np.isnan(numbers) & np.isnan(written))
    if reader == PANDAS:
        same |= (numbers == SMALLEST) & (written == 0)
    return ~same, written


def _texts_differ(read: pd.Series, written: pa.Array) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(read.dtype):
        return np.ones(len(read), dtype=bool)
    texts = pa.array(read, type=pa.large_string(), from_pandas=True)
    return pc.not_equal(pc.fill_null(texts, ""), written).to_numpy(zero_copy_only=False)


def _value_finding(
    back: _ReadBack,
    dataset: Dataset,
    variable: Variable,
    positions: np.ndarray,
    written: np.ndarray | pa.Array,
) -> Finding:
    shown = positions[:PLACES_SHOWN]
    read = [str(value) for value in back.frame[variable.name].iloc[shown]]
    places = [
        Place(keys=key_values(dataset, int(position)), value=value, row=int(position) + 1)
        for value, position in zip(read, shown, strict=True)
    ]
    first = written[int(positions[0])]
    first = first.as_py() if isinstance(first, pa.Scalar) else float(first)
    found, expected = f'another value: "{read[0]}" first', f'"{first}", as it was written'
    finding = _finding(dataset, back.reader, variable.name, found, expected)
    return replace(finding, places=tuple(places), count=len(positions))


def _finding(dataset: Dataset, reader: str, variable: str, found: str, expected: str) -> Finding:
    return Finding("xpt-read-back", "error", f"{reader} reads {found}", expected, _DO, dataset.name, variable)
