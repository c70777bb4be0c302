"""A file read once, with its SHA-256 and size on the way."""

from __future__ import annotations

import hashlib
from pathlib import Path

CHUNK = 4 << 20  # bytes read at once


class HashedFile:
    """A file opened for reading once; every byte that is read goes into ``sha256`` and ``size``."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("rb", buffering=0)
        self.digest = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size) or b""
        self.digest.update(data)
        self.size += len(data)
        return data

    def finish(self) -> tuple[str, int]:
        """SHA-256 and size of the whole file, also of what no reader asked for."""
        while self.read(CHUNK):
            pass
        self.file.close()
        return self.digest.hexdigest(), self.size


def hash_file(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a file that a library reads on its own."""
    source = HashedFile(path)
    try:
        return source.finish()
    finally:
        source.file.close()
