"""What is refused before a published file is opened (``specs.untrusted``); no file of NCI has any of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from specs import untrusted
from specs.location import Location
from specs.problems import Problem
from specs.untrusted import MEBIBYTE

LARGEST_FILE = 200 * MEBIBYTE
# SDTM terminology is some 40 MiB of XML unpacked, packed about tenfold.
LARGEST_UNPACKED = 400 * MEBIBYTE


def refuse_large_file(file: Path, largest: int = LARGEST_FILE) -> None:
    """``ProblemsFound`` when the file is not there, is empty, or is larger than ``largest`` bytes."""
    untrusted.refuse_large_file(file, largest, "a file of published terminology", partial(_refused, file))


def refuse_zip_bomb(file: Path, largest: int = LARGEST_UNPACKED) -> None:
    """``ProblemsFound`` when a workbook is damaged, unpacks to more than ``largest``, or has a document type."""
    untrusted.refuse_zip_bomb(file, largest, partial(_refused, file))


def refuse_document_type(file: Path) -> None:
    """``ProblemsFound`` when an XML file declares a document type."""
    untrusted.refuse_document_type(file, partial(_refused, file))


def document_type_refused(file: Path) -> Problem:
    return untrusted.document_type_refused(partial(_refused, file))


def _refused(file: Path, found: str, expected: str) -> Problem:
    do = "download the file again from NCI EVS, and give it as it is published"
    return Problem("ct-file-refused", Location(str(file)), found, expected, do)
