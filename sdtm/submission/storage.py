"""The record of a file that was written: its path, hash and size."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sdtm.stages import WrittenFile

_READ_AT_ONCE = 1 << 20


def written_file(path: Path, folder: Path, rows: int | None = None) -> WrittenFile:
    """The record of a file that stands in an output folder: relative path, SHA-256, size in bytes."""
    sha256 = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while block := file.read(_READ_AT_ONCE):
            sha256.update(block)
            size += len(block)
    return WrittenFile(path.relative_to(folder).as_posix(), sha256.hexdigest(), size, rows)
