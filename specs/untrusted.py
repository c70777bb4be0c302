"""What is refused before a file of others is opened: too large, a zip bomb, XML with a document type.

XML declares entities in its document type, so a file without one can neither name other files nor grow when
it is read. What a refusal says is the caller's: ``refused(found, expected)`` makes the ``Problem``.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from specs.problems import Problem, ProblemsFound

Refused = Callable[[str, str], Problem]

MEBIBYTE = 1024 * 1024

# As it stands in UTF-8 and in both kinds of UTF-16; other encodings are left to the parser's own refusal.
DOCUMENT_TYPE = "<!DOCTYPE"
DOCUMENT_TYPES = tuple(DOCUMENT_TYPE.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


def refuse_large_file(file: Path, largest: int, what: str, refused: Refused) -> None:
    """``ProblemsFound`` when the file is not there, is empty, or is larger than ``largest`` bytes."""
    try:
        size = file.stat().st_size if file.is_file() else None
    except OSError as error:
        raise ProblemsFound(refused(error.strerror or str(error), "a readable file")) from None
    if size is None:
        found = "a folder" if file.is_dir() else "no such file"
        raise ProblemsFound(refused(found, what))
    if not size:
        raise ProblemsFound(refused("an empty file", what))
    if size > largest:
        raise ProblemsFound(refused(_mebibytes(size), f"at most {_mebibytes(largest)}"))


def refuse_zip_bomb(file: Path, largest: int, refused: Refused) -> None:
    """``ProblemsFound`` when a workbook is damaged, unpacks to more than ``largest``, or has a document type.

    Python's zipfile reads no more of a member than its header says, so the sizes in the headers are a limit.
    """
    try:
        with zipfile.ZipFile(file) as members:
            size = sum(member.file_size for member in members.infolist())
            if size > largest:
                expected = f"at most {_mebibytes(largest)}"
                raise ProblemsFound(refused(f"{_mebibytes(size)} when unpacked", expected))
            for member in members.infolist():
                if member.filename.endswith((".xml", ".rels")):
                    with members.open(member) as text:
                        if _has_document_type(text):
                            raise ProblemsFound(document_type_refused(refused))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ProblemsFound(refused(f"damaged: {error}", "an .xlsx workbook that can be unpacked")) from None


def refuse_document_type(file: Path, refused: Refused) -> None:
    """``ProblemsFound`` when an XML file declares a document type."""
    with file.open("rb") as text:
        if _has_document_type(text):
            raise ProblemsFound(document_type_refused(refused))


def document_type_refused(refused: Refused) -> Problem:
    return refused(f"a document type ({DOCUMENT_TYPE})", "XML without a document type and without entities")


def _has_document_type(text: IO[bytes]) -> bool:
    return any(mark in chunk for chunk in _chunks(text) for mark in DOCUMENT_TYPES)


def _chunks(text: IO[bytes]) -> Iterator[bytes]:
    """The bytes in pieces that overlap, so that no mark is cut in two."""
    kept = b""
    while piece := text.read(MEBIBYTE):
        yield kept + piece
        kept = piece[-2 * len(DOCUMENT_TYPE) :]


def _mebibytes(size: int) -> str:
    return f"{size / MEBIBYTE:,.1f} MiB"
