"""The file of a workbook: the same bytes for the same content, whatever the machine and the time."""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
import tempfile
import traceback
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from lxml.etree import SerialisationError
from openpyxl.writer.excel import ExcelWriter

from specs.problems import ProblemsFound
from specs.storage import plain_refusals, storage_problem

FILE_KEPT = "a file of that name is as it was"

# The earliest time that zip files know; a workbook has no other clock.
_TIME = (1980, 1, 1, 0, 0, 0)


def workbook_bytes(workbook: Any, title: str = "") -> bytes:
    """The content of an .xlsx file. Nothing is packed, because packers differ between machines.

    ``title``: of a workbook of the toolkit's own; one of others keeps its properties.
    """
    properties = workbook.properties
    if title:
        properties.creator = properties.lastModifiedBy = "sdtm-toolkit"
        properties.created = properties.modified = datetime(*_TIME)
        properties.title = title
    written, fixed = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive, _room_for_sheets():
        # Workbook.save would set the time of the clock.
        ExcelWriter(workbook, archive).write_data()
    with zipfile.ZipFile(written) as before, zipfile.ZipFile(fixed, "w", zipfile.ZIP_STORED) as after:
        for member in before.infolist():
            info = zipfile.ZipInfo(member.filename, _TIME)
            info.create_system = 0
            after.writestr(info, before.read(member))
    return fixed.getvalue()


@contextmanager
def _room_for_sheets() -> Iterator[None]:
    """openpyxl writes each sheet to a temporary file first, and lxml has its own error for a disk without room."""
    place, kept = tempfile.gettempdir(), f"the variable TMPDIR names it, and {FILE_KEPT}"
    try:
        with plain_refusals(place, kept=kept):
            yield
    except SerialisationError as error:
        # What openpyxl left half open would complain once more when it is thrown away.
        hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
        traceback.clear_frames(error.__traceback__)
        gc.collect()
        sys.unraisablehook = hook
        code = getattr(errno, str(error).removeprefix("IO_"), None)
        problem = storage_problem(OSError(code, str(error)), place, kept=kept) if code else None
        if problem is None:
            raise
        raise ProblemsFound(problem) from None


def write_whole(content: bytes, path: Path) -> None:
    """Write a file beside its place and move it there, so that it is whole or not there at all."""
    with plain_refusals(path, making=True, kept=FILE_KEPT):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=".sdtm-", suffix=path.suffix, dir=path.parent)
    try:
        with plain_refusals(path, kept=FILE_KEPT):
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(beside, 0o644)
            os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
