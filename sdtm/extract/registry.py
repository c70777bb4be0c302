"""The readers: format -> module, and the format that a file name tells.

A new reader is its file, one line here, and its test. Modules are imported when first needed, because
each brings a heavy library of its own.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from sdtm.extract.table import refuse
from specs.problems import suggest

if TYPE_CHECKING:
    from pathlib import Path

    from sdtm.extract.table import FileTable, Options

READERS = {
    "csv": "sdtm.extract.csv",
    "sas7bdat": "sdtm.extract.sas7bdat",
    "xpt": "sdtm.extract.xpt",
    "xlsx": "sdtm.extract.xlsx",
    "parquet": "sdtm.extract.parquet",
    "odm": "sdtm.extract.odm",
}
ENDINGS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".csv.gz": "csv",
    ".tsv.gz": "csv",
    ".txt.gz": "csv",
    ".sas7bdat": "sas7bdat",
    ".xpt": "xpt",
    ".xport": "xpt",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
    ".xml": "odm",
}
NAMES = {"tsv": "csv", "txt": "csv", "xlsm": "xlsx", "odm-xml": "odm", "xml": "odm"}  # said for a format


class Reader(Protocol):
    """What each reader module has: ``read`` for one table, ``parts`` for all that a file holds."""

    def read(self, path: Path, options: Options) -> FileTable:
        """One file as columns of text; ``ProblemsFound`` for what cannot be read."""
        ...

    def parts(self, path: Path, options: Options) -> list[Options]:
        """One set of options for each table in the file: each sheet, each item group."""
        ...


def format_of(name: str, declared: str = "") -> str | None:
    """The format of a file: as declared, else by the longest ending that is known."""
    if declared:
        return NAMES.get(declared.lower(), declared.lower())
    ending = max((end for end in ENDINGS if name.lower().endswith(end)), key=len, default="")
    return ENDINGS.get(ending)


def reader_for(shown: str, declared: str = "") -> Reader:
    """The reader module of a file; ``ProblemsFound`` when there is none for it."""
    name = format_of(shown, declared)
    if name in READERS:
        return cast(Reader, import_module(READERS[name]))
    expected = f"a format of {', '.join(READERS)}"
    if declared:
        raise refuse("unknown-format", shown, f"format {declared!r}", expected, suggest(declared, READERS))
    endings = ", ".join(end for end in ENDINGS if not end.endswith(".gz"))
    raise refuse(
        "unknown-format",
        shown,
        "an ending that tells no format",
        f"one of {endings}",
        "set format, or save the file in one of these formats",
    )
