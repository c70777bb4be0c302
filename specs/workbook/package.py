"""The file of a workbook: the same bytes for the same content, whatever the machine and the time."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl.writer.excel import ExcelWriter

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
    with zipfile.ZipFile(written, "w") as archive:
        # Workbook.save would set the time of the clock.
        ExcelWriter(workbook, archive).write_data()
    with zipfile.ZipFile(written) as before, zipfile.ZipFile(fixed, "w", zipfile.ZIP_STORED) as after:
        for member in before.infolist():
            info = zipfile.ZipInfo(member.filename, _TIME)
            info.create_system = 0
            after.writestr(info, before.read(member))
    return fixed.getvalue()


def write_whole(content: bytes, path: Path) -> None:
    """Write a file beside its place and move it there, so that it is whole or not there at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=".sdtm-", suffix=path.suffix, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
