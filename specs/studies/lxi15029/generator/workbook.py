"""A small .xlsx writer whose bytes depend on its input only: stored, not deflated, with fixed times."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from xml.sax.saxutils import escape

Cell = str | int | float | datetime | None
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FONT = '<font><sz val="11"/><name val="Calibri"/></font>'
FORMAT = 'fontId="0" fillId="0" borderId="0"'
STYLES = "".join(
    (
        f'<styleSheet xmlns="{MAIN}">',
        '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd hh:mm"/></numFmts>',
        f'<fonts count="1">{FONT}</fonts>',
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>',
        '<borders count="1"><border/></borders>',
        f'<cellStyleXfs count="1"><xf numFmtId="0" {FORMAT}/></cellStyleXfs>',
        f'<cellXfs count="2"><xf numFmtId="0" {FORMAT} xfId="0"/>',
        f'<xf numFmtId="164" {FORMAT} xfId="0" applyNumberFormat="1"/></cellXfs>',
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>',
        "</styleSheet>",
    )
)


def column_name(index: int) -> str:
    name = ""
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def serial(moment: datetime) -> str:
    """Excel's number of a date and time, 1900 system, to the minute."""
    minutes = round((moment - datetime(1899, 12, 30)).total_seconds() / 60)
    return repr(minutes / 1440)


def cell_xml(reference: str, value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f'<c r="{reference}" s="1"><v>{serial(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{reference}"><v>{value!r}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def sheet_xml(rows: list[list[Cell]]) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(
            cell_xml(f"{column_name(place)}{number}", value) for place, value in enumerate(row, 1)
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def workbook_bytes(
    sheets: dict[str, list[list[Cell]]], title: str, description: str, created: datetime
) -> bytes:
    names = list(sheets)
    numbered = list(enumerate(names, 1))
    stamp = f"{created:%Y-%m-%dT%H:%M:%SZ}"
    content = f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'  # noqa: E501
    content += "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'  # noqa: E501
        for n, _ in numbered
    )
    relations = f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>'  # noqa: E501
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    book += "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    book += "</sheets></workbook>"
    links = f'<Relationships xmlns="{PACKAGE}/relationships">'
    links += "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n, _ in numbered
    )
    links += (
        f'<Relationship Id="rId{len(names) + 1}" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>'
    )
    core = f'<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{escape(title)}</dc:title><dc:description>{escape(description)}</dc:description><dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified></cp:coreProperties>'  # noqa: E501
    parts = {
        "[Content_Types].xml": f"{HEAD}{content}</Types>",
        "_rels/.rels": HEAD + relations,
        "docProps/core.xml": HEAD + core,
        "xl/workbook.xml": HEAD + book,
        "xl/_rels/workbook.xml.rels": HEAD + links,
        "xl/styles.xml": HEAD + STYLES,
    }
    parts |= {f"xl/worksheets/sheet{n}.xml": sheet_xml(sheets[name]) for n, name in numbered}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            archive.writestr(entry, part.encode("utf-8"))
    return buffer.getvalue()
