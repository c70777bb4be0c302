"""The stations of a value on its way from a raw file to a package. Frozen; checked when built.

Text columns are ``category`` (``sdtm.columns``); numeric ones ``float64`` (missing: NaN).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file as it was read. ``path`` is relative to the raw folder, with ``/``."""

    path: str
    sha256: str
    size: int
    rows: int
    encoding: str = ""
    notes: tuple[str, ...] = ()  # what was sniffed, not declared: "delimiter ';' was sniffed"


@dataclass(frozen=True, slots=True)
class RawTable:
    """One raw dataset: text cells, and the file and row of each row.

    ``frame``: one text column per raw column, RangeIndex. ``rows``: number of each row as the file's own
    program shows it (CSV and workbooks: the header is row 1, or stands in ``header_row``; SAS, XPT,
    Parquet, ODM: the first record is row 1). ``file_of``: position in ``files`` of each row.

    A column that hardly repeats and that the spec never names may be plain texts (``str``), which are cheaper
    to keep; ``columns.encoded`` makes a text column of any.
    """

    name: str
    frame: pd.DataFrame
    files: tuple[RawFile, ...]
    rows: np.ndarray
    file_of: np.ndarray
    labels: dict[str, str] = field(default_factory=dict)
    derived: dict[str, tuple[str, ...]] = field(default_factory=dict)  # column of `derive:` -> columns read
    decodes: dict[str, str] = field(default_factory=dict)  # column made by the reader -> the coded column

    def __post_init__(self) -> None:
        if not len(self.frame) == len(self.rows) == len(self.file_of):
            raise ValueError(f"raw table {self.name}: rows and their numbers differ")
        kinds = (pd.CategoricalDtype, pd.StringDtype)
        wrong = [name for name, kind in self.frame.dtypes.items() if not isinstance(kind, kinds)]
        if wrong:
            raise ValueError(f"raw table {self.name}: columns {wrong} are not text")

    def place(self, position: int) -> tuple[str, int]:
        """File and row of one row of the frame."""
        return self.files[int(self.file_of[position])].path, int(self.rows[position])


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one domain with their source; not yet numbered or sorted.

    ``data``: SDTM variables (and QNAMs under ``supp``). ``source``: index-aligned with ``data``, columns
    ``table`` and ``column`` (text) and ``position`` (row of that raw table's frame, -1 for none); ``source`` (which
    source of the spec, from 0) where a domain has several.
    ``more``: further contributors of collapsed records: columns ``record``, ``table``, ``position``.
    """

    domain: str
    data: pd.DataFrame
    source: pd.DataFrame
    supp: pd.DataFrame
    more: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class RecordKey:
    """What identifies records that all come from one raw table: columns of it that are its key, and variables."""

    table: str
    columns: tuple[str, ...]
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """What a dataset says about one of its variables."""

    name: str
    label: str
    type: str  # Char or Num
    length: int = 8
    format: str = ""  # display format, such as DATE9.


@dataclass(frozen=True, slots=True)
class Dataset:
    """A finished dataset: typed, labelled, sorted, numbered, in the standard's order.

    ``frame`` has one column for each of ``variables``, in that order; Char columns are text, Num columns
    float64. ``source`` as in ``Records``, row by row, and ``identity``, unless ``record_key`` says how to work it
    out when the trace is written.
    """

    name: str
    label: str
    variables: tuple[Variable, ...]
    frame: pd.DataFrame
    source: pd.DataFrame
    keys: tuple[str, ...] = ()
    more: pd.DataFrame | None = None
    record_key: RecordKey | None = None

    def __post_init__(self) -> None:
        if [v.name for v in self.variables] != list(self.frame.columns):
            raise ValueError(f"dataset {self.name}: variables and columns differ")


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of the output folder. ``path`` is relative to it, with ``/``."""

    path: str
    sha256: str
    size: int
    rows: int | None = None
