"""``reports/index.html`` of an output folder, made from its files alone: at the end of a run, or again later."""

from __future__ import annotations

import os
from pathlib import Path

from sdtm.stages import WrittenFile
from sdtm.submission.manifest import add_output, read_manifest
from sdtm.submission.storage import written_file
from specs.storage import plain_refusals

FILE = "reports/index.html"


def write_page(folder: Path) -> WrittenFile:
    """Write the page of an output folder and enter it in the manifest.

    The same files give the same bytes, whoever wrote them when; what an older run did not write is not shown.
    Raises ``ProblemsFound``: no manifest of ours, a damaged file, or the disk refuses.
    """
    from sdtm.reports.page.output_files import read_output
    from sdtm.reports.page.page import page

    content = page(read_output(folder, read_manifest(folder))).encode("utf-8", "backslashreplace")
    path = folder / FILE
    beside = path.with_name("index.html.new")
    with plain_refusals(path):
        path.parent.mkdir(exist_ok=True)
        beside.write_bytes(content)
        os.replace(beside, path)
    file = written_file(path, folder)
    add_output(folder, file)
    return file
