"""A transport file above the size that a regulator takes, as smaller ones of whole subjects.

The large dataset stays where it is; the parts stand in the folder ``split`` beside it. Their names are the domain's
with two digits (``LB01``), those of analysis datasets likewise (``ADLB01``); the records, their order and their
numbers are those of the whole. Sources: FDA Study Data Technical Conformance Guide, 3.3.2; names: SDTMIG 3.4, 4.1.7.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sdtm.stages import WrittenFile
from sdtm.submission.storage import written_file
from sdtm.submission.xpt_layout import LONGEST_NAME, RECORD, padding
from specs.location import Location
from specs.problems import Problem, ProblemsFound
from specs.storage import plain_refusals

FOLDER = "split"
MOST_PARTS = 99
_NAME = slice(5 * RECORD + 8, 5 * RECORD + 16)  # of the dataset, in the record that describes it
_NAMESTRS = 8 * RECORD  # where the variables are described, 140 bytes each
_NAMESTR = 140
_SUBJECT = b"USUBJID "


def split_xpt(path: Path, rows: int, folder: Path, largest: int) -> list[WrittenFile]:
    """Write the parts of a transport file of ours; ``rows``: its records. ``folder``: what their paths are relative to.

    Raises:
        ProblemsFound: no subjects to split by, records of a subject apart, one subject above the size, a name that
            has no room for a number, more than 99 parts, or a disk that refuses.
    """
    data = np.memmap(path, dtype=np.uint8, mode="r")
    lengths, place = _variables(data)
    start, width = _first_record(data, len(lengths)), sum(lengths)
    records = data[start : start + rows * width].reshape(rows, width)
    if place is None:
        raise _refused(path, "no USUBJID to split by", "split it by category in the spec")
    begins = _first_rows(path, records[:, place])
    most = (largest - start - RECORD) // width
    stops = _stops(path, begins, rows, most)
    name = path.stem.upper()
    if len(stops) > MOST_PARTS or len(name) > LONGEST_NAME - 2:
        found = f"{len(stops)} parts of {name}, whose names would be {name}01 and so on"
        raise _refused(path, found, "split it by category in the spec, under names of your own")
    written = []
    for number, (first, stop) in enumerate(zip([0, *stops[:-1]], stops, strict=True), start=1):
        part = path.parent / FOLDER / f"{path.stem}{number:02d}{path.suffix}"
        header = bytearray(data[:start].tobytes())
        header[_NAME] = f"{name}{number:02d}".encode("ascii").ljust(LONGEST_NAME)
        with plain_refusals(part):
            part.parent.mkdir(exist_ok=True)
            with part.open("wb") as file:
                file.write(header)
                records[first:stop].tofile(file)
                file.write(b" " * padding(start + (stop - first) * width))
        written.append(written_file(part, folder, stop - first))
    return written


def _variables(data: np.ndarray) -> tuple[list[int], slice | None]:
    """Bytes of each variable, and where USUBJID stands in a record."""
    count = int(data[7 * RECORD + 54 : 7 * RECORD + 58].tobytes())
    lengths, place, position = [], None, 0
    for number in range(count):
        at = _NAMESTRS + number * _NAMESTR
        described = data[at : at + _NAMESTR].tobytes()
        length = int.from_bytes(described[4:6], "big")
        if described[8:16] == _SUBJECT:
            place = slice(position, position + length)
        lengths.append(length)
        position += length
    return lengths, place


def _first_record(data: np.ndarray, variables: int) -> int:
    described = variables * _NAMESTR
    return _NAMESTRS + described + padding(described) + RECORD


def _first_rows(path: Path, subjects: np.ndarray) -> np.ndarray:
    """The first row of each subject; records of one subject stand together."""
    texts = np.ascontiguousarray(subjects).view(f"S{subjects.shape[1]}").ravel()
    begins = np.flatnonzero(np.concatenate([[True], texts[1:] != texts[:-1]]))
    if len(np.unique(texts[begins])) != len(begins):
        raise _refused(
            path, "records of one subject that do not stand together", "sort the dataset by USUBJID"
        )
    return begins


def _stops(path: Path, begins: np.ndarray, rows: int, most: int) -> list[int]:
    """The row after the last of each part: as many whole subjects as there is room for."""
    ends = np.append(begins[1:], rows)
    stops: list[int] = []
    first = 0
    while first < rows:
        last = int(np.searchsorted(ends, first + most, side="right")) - 1
        if last < 0 or ends[last] <= first:
            raise _refused(
                path, "one subject whose records are above the size", "split it by category in the spec"
            )
        first = int(ends[last])
        stops.append(first)
    return stops


def _refused(path: Path, found: str, do: str) -> ProblemsFound:
    expected = "a dataset that can be split at subjects into at most 99 parts"
    return ProblemsFound(Problem("cannot-split", Location(path.name), found, expected, do))
