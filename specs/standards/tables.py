"""The bundled tables: gzip-compressed CSV beside this module, made by ``make_tables``.

A cell with several values separates them by a space; an empty cell says nothing.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

FOLDER = Path(__file__).parent / "tables"


def read_table(name: str, folder: Path = FOLDER) -> list[dict[str, str]]:
    """The rows of one bundled table, in its order, as column -> text."""
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write_table(
    name: str, columns: Sequence[str], rows: Iterable[Mapping[str, str]], folder: Path = FOLDER
) -> Path:
    """Write one table; the same rows give the same bytes (no time and no file name in the gzip header)."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as file:
        file.write(text.getvalue().encode("utf-8"))
    path = folder / f"{name}.csv.gz"
    path.write_bytes(packed.getvalue())
    return path
