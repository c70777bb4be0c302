"""What the header of a SAS transport file says about the length of its records, to notice a cut file.

The usual readers take a file that ends early as a shorter dataset. Source: SAS notes TS-140 (version 5) and
"Record layout of a SAS version 8 or 9 data set in SAS transport format".
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

RECORD = 80
_MARK = b"HEADER RECORD*******"
_KINDS = {
    b"MEMBER  ": "member",
    b"MEMBV8  ": "member",
    b"NAMESTR ": "variables",
    b"NAMSTV8 ": "variables",
    b"OBS     ": "observations",
    b"OBSV8   ": "observations",
}
_BLOCK = RECORD * 16_384


@dataclass(frozen=True, slots=True)
class Layout:
    """``members``: datasets in the file. ``row_bytes``: of one record. ``rows_told``: version 8 only."""

    size: int
    members: int
    version: int
    observations_at: int
    row_bytes: int
    rows_told: int | None

    def fault(self, rows: int, path: Path) -> str:
        """What does not fit, once ``rows`` records have been read; empty if all is well."""
        if self.size % RECORD:
            return f"{self.size:,} bytes, which is no multiple of {RECORD}"
        if self.rows_told is not None and self.rows_told != rows:
            return f"{rows:,} records, where the header tells of {self.rows_told:,}"
        end = self.observations_at + rows * self.row_bytes
        if end > self.size:
            return f"{rows:,} records of {self.row_bytes} bytes in a file that is too short for them"
        with path.open("rb") as file:
            file.seek(end)
            rest = file.read(max(self.row_bytes, RECORD) + 1)
        # After the last record there are only blanks, to fill its block of 80 bytes.
        return f"a part of a record after {rows:,} whole ones" if rest.strip(b" ") else ""


def read_layout(path: Path) -> Layout | None:
    """The layout of a transport file, or None if it does not begin like one or has no observations part."""
    size = path.stat().st_size
    members, version, count, names_at, observations_at = 0, 5, 0, 0, 0
    name_bytes, rows_told = 140, None
    with path.open("rb") as file:
        if not file.read(len(_MARK)).startswith(_MARK):
            return None
        file.seek(0)
        position = 0
        while block := file.read(_BLOCK):
            start = block.find(_MARK)
            while start >= 0:
                record = block[start : start + RECORD]
                kind = _KINDS.get(record[20:28]) if start % RECORD == 0 else None
                if kind == "member":
                    members += 1
                    name_bytes = _number(record[74:78]) or name_bytes
                    version = 8 if record[20:28] == b"MEMBV8  " else version
                elif kind == "variables" and not count:
                    count, names_at = _number(record[54:58]), position + start
                elif kind == "observations" and not observations_at:
                    observations_at = position + start + RECORD
                    told = record[48:80].strip()
                    rows_told = _number(told) if version == 8 and told else None
                start = block.find(_MARK, start + 1)
            position += len(block)
        if not observations_at or not count:
            return None
        file.seek(names_at + RECORD)
        names = file.read(count * name_bytes)
    if len(names) < count * name_bytes:
        return None
    lengths = [struct.unpack_from(">H", names, name_bytes * number + 4)[0] for number in range(count)]
    return Layout(size, members, version, observations_at, sum(lengths), rows_told)


def _number(text: bytes) -> int:
    digits = text.strip().split()[0] if text.strip() else b"0"
    return int(digits) if digits.isdigit() else 0
