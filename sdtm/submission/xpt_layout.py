"""The header records of a SAS transport file, version 5: everything before the first observation.

All records have 80 bytes. Nothing here depends on the clock, the machine or the data's values.

Source: SAS Technical Support note TS-140, "Record layout of a SAS version 5 or 6 data set in SAS transport
(XPORT) format".
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from datetime import datetime

from sdtm.stages import Dataset
from specs.location import Location
from specs.problems import Problem, ProblemsFound

RECORD = 80
LONGEST_NAME = 8
LONGEST_LABEL = 40
LONGEST_TEXT = 200
MOST_VARIABLES = 9999  # the NAMESTR header counts them in four digits

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_FORMAT = re.compile(
    r"(?P<name>\$?(?:[A-Z][A-Z0-9]*[A-Z_])?)(?P<width>\d{0,2})\.?(?P<decimals>\d{0,2})", re.ASCII
)
_CREATED = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2})?", re.ASCII)

# What wrote the file, as SAS names itself. Readers look at the shape of these fields only; they are
# constants because a file must not tell on which machine it was made.
_RELEASE = b"9.4     "
_SYSTEM = b"LIN X64 "

# ntype nhfun nlng nvar0 nname nlabel nform nfl nfd nfj nfill niform nifl nifd npos rest
_NAMESTR = struct.Struct(">hhhh8s40s8shhh2s8shhl52s")


def sas_datetime(created: str) -> bytes:
    """``2025-03-28T14:05:09`` -> ``28MAR25:14:05:09``; a date alone is midnight.

    Month names do not follow the locale. The century is lost: the format has two digits for the year.

    Raises:
        ProblemsFound: anything else than such a text, or a day that does not exist.
    """
    try:
        if not _CREATED.fullmatch(created):
            raise ValueError(created)
        moment = datetime.fromisoformat(created)
    except ValueError:
        raise ProblemsFound(
            Problem(
                "xpt-created",
                Location(key="created"),
                f'"{created}"',
                "a date and time without zone, as 2025-03-28T00:00:00",
                "write the data cut-off into created: of the study; it stands in the header of each file",
            )
        ) from None
    return f"{moment:%d}{_MONTHS[moment.month - 1]}{moment:%y:%H:%M:%S}".encode("ascii")


def file_header(dataset: Dataset, lengths: Mapping[str, int], created: bytes) -> bytes:
    """All records before the first observation; ``lengths`` holds the bytes of each variable (Num: 8)."""
    count = f"000000{len(dataset.variables):04d}"
    records = [
        _header_record("LIBRARY"),
        _padded(b"SAS     SAS     SASLIB  " + _RELEASE + _SYSTEM + b" " * 24 + created),
        _padded(created),
        _header_record("MEMBER", "0" * 17 + "1600000000140"),
        _header_record("DSCRPTR"),
        _padded(
            b"SAS     " + _text(dataset.name, 8) + b"SASDATA " + _RELEASE + _SYSTEM + b" " * 24 + created
        ),
        _padded(created + b" " * 16 + _text(dataset.label, 40) + b" " * 8),
        _header_record("NAMESTR", count + "0" * 20),
        _padded(_namestrs(dataset, lengths)),
        _header_record("OBS"),
    ]
    return b"".join(records)


def padding(size: int) -> int:
    """Blanks that fill ``size`` bytes up to whole records."""
    return -size % RECORD


def _header_record(name: str, numbers: str = "0" * 30) -> bytes:
    return _padded(f"HEADER RECORD*******{name:<8}HEADER RECORD!!!!!!!{numbers}".encode("ascii"))


def _namestrs(dataset: Dataset, lengths: Mapping[str, int]) -> bytes:
    described = []
    position = 0
    for number, variable in enumerate(dataset.variables, start=1):
        length = lengths[variable.name]
        form, width, decimals = _display(variable.format)
        described.append(
            _NAMESTR.pack(
                1 if variable.type == "Num" else 2,
                0,
                length,
                number,
                _text(variable.name, 8),
                _text(variable.label, 40),
                form,
                width,
                decimals,
                0,
                b"\0\0",
                b" " * 8,
                0,
                0,
                position,
                b"\0" * 52,
            )
        )
        position += length
    return b"".join(described)


def _display(name: str) -> tuple[bytes, int, int]:
    """A display format as the header has it: ``DATE9.`` -> DATE, 9, 0; ``8.2`` -> nothing, 8, 2."""
    match = _FORMAT.fullmatch(name)
    if match is None or len(match["name"]) > LONGEST_NAME:
        raise ValueError(f"{name!r} is no display format")
    return _text(match["name"], 8), int(match["width"] or 0), int(match["decimals"] or 0)


def _text(value: str, length: int) -> bytes:
    return value.encode("ascii").ljust(length)


def _padded(content: bytes) -> bytes:
    return content + b" " * padding(len(content))
