"""Small files laid out as NCI EVS publishes terminology, with invented codelists and terms (synthetic)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest

HEADER = [
    "Code",
    "Codelist Code",
    "Codelist Extensible (Yes/No)",
    "Codelist Name",
    "CDISC Submission Value",
    "CDISC Synonym(s)",
    "CDISC Definition",
    "NCI Preferred Term",
]

# code, codelist code, extensible, codelist name, submission value, synonyms, definition, preferred term.
# The quotes and the comma in a definition are what makes Excel wrap a cell of a text file.
ROWS = [
    ["C900001", "", "No", "Kite Shape", "KITESHP", "Kite Shape", "Invented.", "Invented Kite Shape"],
    ["C900002", "C900001", "", "Kite Shape", "DELTA", "D; Delta Wing", 'Invented, a "delta".', "Delta Kite"],
    ["C900003", "C900001", "", "Kite Shape", "BOX", "", "Invented.", "Box Kite"],
    ["C900004", "", "Yes", "Kite Test Code", "KITETESTCD", "", "Invented.", "Invented Kite Test Code"],
    ["C900005", "C900004", "", "Kite Test Code", "SPAN", "Wing Span", "Invented.", "Wing Span of a Kite"],
    ["C900006", "", "Yes", "Kite Test Name", "KITETEST", "", "Invented.", "Invented Kite Test Name"],
    ["C900005", "C900006", "", "Kite Test Name", "Wing Span", "", "Invented.", "Wing Span of a Kite"],
]

Rows = list[list[Any]]
Write = Callable[..., Path]


def write_workbook(path: Path, rows: Rows = ROWS, header: list[str] = HEADER, sheet: str = "") -> Path:
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.active.title = "ReadMe"
    workbook.active.append(["Invented terminology for tests"])
    table = workbook.create_sheet(sheet or "SDTM Terminology 2031-09-26")
    for row in [header, *rows]:
        table.append([None if cell == "" else cell for cell in row])
    workbook.save(path)
    return path


def write_text(path: Path, rows: Rows = ROWS, header: list[str] = HEADER, encoding: str = "utf-8") -> Path:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if '"' in text else text

    lines = ["\t".join(cell(str(value)) for value in row) for row in [header, *rows]]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    return path


def write_odm(path: Path, rows: Rows = ROWS, head: str = "", named: str = "SDTM.2031-09-26") -> Path:
    def items(codelist: str) -> Iterator[str]:
        for code, parent, _, _, value, synonyms, _, preferred in rows:
            if parent == codelist:
                yield f'<EnumeratedItem CodedValue={quoteattr(value)} nciodm:ExtCodeID="{code}">'
                for synonym in filter(None, synonyms.split("; ")):
                    yield f"<nciodm:CDISCSynonym>{escape(synonym)}</nciodm:CDISCSynonym>"
                yield f"<nciodm:PreferredTerm>{escape(preferred)}</nciodm:PreferredTerm></EnumeratedItem>"

    package, _, version = named.rpartition(".")
    parts = [
        f'<?xml version="1.0" encoding="UTF-8"?>{head}',
        '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"'
        ' xmlns:nciodm="http://ncicb.nci.nih.gov/xml/odm/EVS/CDISC" FileType="Snapshot"'
        f' FileOID="CDISC_CT.{named}" AsOfDateTime="{version}T00:00:00" ODMVersion="1.3.2">',
        f'<Study OID="CDISC_CT.{named}"><MetaDataVersion OID="M" Name="M"'
        f' Description="CDISC {package} Controlled Terminology, {version}">',
    ]
    for code, parent, extensible, name, value, *_ in rows:
        if not parent:
            parts.append(
                f'<CodeList OID={quoteattr(f"CL.{code}.{value}")} Name={quoteattr(name)} DataType="text"'
                f' nciodm:ExtCodeID="{code}" nciodm:CodeListExtensible="{extensible}">'
            )
            parts += items(code)
            parts.append(
                f"<nciodm:CDISCSubmissionValue>{escape(value)}</nciodm:CDISCSubmissionValue></CodeList>"
            )
    parts.append("</MetaDataVersion></Study></ODM>")
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


@pytest.fixture
def nci_rows() -> Rows:
    return [list(row) for row in ROWS]


@pytest.fixture
def nci_header() -> list[str]:
    return list(HEADER)


@pytest.fixture
def nci_workbook() -> Write:
    return write_workbook


@pytest.fixture
def nci_text() -> Write:
    return write_text


@pytest.fixture
def nci_odm() -> Write:
    return write_odm
