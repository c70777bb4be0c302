"""Tables as an .xlsx file: plain XML, written in one go, the same bytes for the same content.

For tables that a program fills and people filter: thousands of rows in a part of the time that openpyxl takes
(``specs.workbook`` is for specs, which people write). Every text is written as text, whatever it looks like;
nothing is packed, because packers differ between machines; there is no clock.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

LONGEST_TEXT = 32_767  # characters that a cell holds
MOST_ROWS = 1_048_576
NARROWEST, WIDEST = 8, 60
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_LINE_HEIGHT, _MOST_LINES = 13.5, 12
_MEASURED = 2_000  # rows from which the width of a column is taken
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that zip files know
# What XML cannot hold, and what a spreadsheet would read as one of the escapes that stand for it.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_BAD_NAME = re.compile(r"[\[\]:*?/\\]")

Cell = str | int | None
# Style -> number of the cell format. Each but the number has a second one, with the mark that keeps text as text.
STYLES = ("text", "title", "head", "line", "alert", "edit", "error", "warning", "note", "code")
_ONE_LINE = ("title", "line", "alert")  # run over the empty cells beside them
_NUMBER = 2 * len(STYLES)
_COLOURS = {"error": ("9C0006", "FFC7CE"), "warning": ("7F4F00", "FFEB9C"), "note": ("1F3864", "DDEBF7")}


@dataclass(frozen=True, slots=True)
class Styled:
    """A text with a style of its own."""

    text: str
    style: str


@dataclass(slots=True)
class Sheet:
    """One sheet. ``rows`` include the header, which is row ``header`` (from 1); 0: a page without a table.

    ``is_frozen``: the rows up to the header stay when the sheet is scrolled; ``frozen``: columns that stay.
    ``styles``: column (from 0) -> style of its cells below the header. ``choices``: column -> words of a dropdown.
    ``widths``: column -> width, instead of the one that follows from its texts.
    """

    name: str
    rows: Sequence[Sequence[Cell | Styled]]
    header: int = 1
    is_frozen: bool = True
    frozen: int = 0
    styles: Mapping[int, str] = field(default_factory=dict)
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    widths: Mapping[int, int] = field(default_factory=dict)
    colour: str = "1F4E79"

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= 31 or _BAD_NAME.search(self.name):
            raise ValueError(f"{self.name!r} cannot be the name of a sheet")
        if len(self.rows) > MOST_ROWS:
            raise ValueError(f"sheet {self.name} has {len(self.rows):,} rows")


def sheet_file(sheets: Sequence[Sheet], title: str) -> bytes:
    """The content of an .xlsx file with these sheets."""
    texts: dict[str, int] = {}
    parts = {f"xl/worksheets/sheet{n}.xml": _sheet(sheet, texts) for n, sheet in enumerate(sheets, 1)}
    members = {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _relations(
            [("officeDocument", "xl/workbook.xml"), ("core", "docProps/core.xml")], package=True
        ),
        "docProps/core.xml": _properties(title),
        "xl/workbook.xml": _workbook(sheets),
        "xl/_rels/workbook.xml.rels": _relations(
            [
                *(("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)),
                ("styles", "styles.xml"),
                ("sharedStrings", "sharedStrings.xml"),
            ]
        ),
        "xl/styles.xml": _styles(),
        **parts,
        "xl/sharedStrings.xml": _shared(texts),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _TIME)
            info.create_system = 0
            archive.writestr(info, content.encode("utf-8"))
    return out.getvalue()


def letters(column: int) -> str:
    """The name of a column, from 1: 27 -> AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _held(text: str) -> str:
    """A text that a cell can hold; a longer one says how long it is."""
    if len(text) > LONGEST_TEXT:
        note = f" … ({len(text):,} characters in all; the rest is in findings.json)"
        text = text[: LONGEST_TEXT - len(note)] + note
    return text


def _shared(texts: Mapping[str, int]) -> str:
    items = []
    for text in texts:
        safe = _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
        items.append(f'<si><t xml:space="preserve">{escape(safe, quote=False)}</t></si>')
    return f'{_XML}<sst {_MAIN} uniqueCount="{len(texts)}">{"".join(items)}</sst>'


# --- one sheet --------------------------------------------------------------------------------------------


def _sheet(sheet: Sheet, texts: dict[str, int]) -> str:
    columns = max((len(row) for row in sheet.rows), default=1)
    widths = _widths(sheet, columns)
    pane = ""
    if sheet.header and sheet.is_frozen:
        corner = f"{letters(sheet.frozen + 1)}{sheet.header + 1}"
        split = f'xSplit="{sheet.frozen}" ' if sheet.frozen else ""
        side = "bottomRight" if sheet.frozen else "bottomLeft"
        pane = f'<pane {split}ySplit="{sheet.header}" topLeftCell="{corner}" activePane="{side}" state="frozen"/>'
        pane += f'<selection pane="{side}" activeCell="{corner}" sqref="{corner}"/>'
    names = [letters(column) for column in range(1, columns + 1)]
    rows = [_row(sheet, n, row, names, widths, texts) for n, row in enumerate(sheet.rows, 1)]
    cols = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(widths, 1)
    )
    return (
        f'{_XML}<worksheet {_MAIN}><sheetPr><tabColor rgb="FF{sheet.colour}"/>'
        '<pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0" showGridLines="{1 if sheet.header else 0}">{pane}'
        f'</sheetView></sheetViews><sheetFormatPr defaultRowHeight="{_LINE_HEIGHT}"/>'
        f"<cols>{cols}</cols><sheetData>{''.join(rows)}</sheetData>"
        f"{_filter(sheet, columns)}{_dropdowns(sheet)}"
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        '<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>'
    )


def _row(
    sheet: Sheet,
    number: int,
    row: Sequence[Cell | Styled],
    names: Sequence[str],
    widths: Sequence[int],
    texts: dict[str, int],
) -> str:
    cells, lines = [], 1
    is_head = number == sheet.header
    for column, told in enumerate(row):
        place = f"{names[column]}{number}"
        style = "head" if is_head else sheet.styles.get(column, "text")
        value = told
        if isinstance(told, Styled):
            value, style = told.text, told.style
        if isinstance(value, int):
            cells.append(f'<c r="{place}" s="{_NUMBER}"><v>{value}</v></c>')
            continue
        if not isinstance(value, str) or not value:
            if style != "text":
                cells.append(f'<c r="{place}" s="{2 * STYLES.index(style)}"/>')
            continue
        value = _held(value)
        kind = 2 * STYLES.index(style) + value.startswith(FORMULA_SIGNS)
        key = texts.setdefault(value, len(texts))
        cells.append(f'<c r="{place}" s="{kind}" t="s"><v>{key}</v></c>')
        if style not in _ONE_LINE and (len(value) > widths[column] - 2 or "\n" in value):
            lines = max(lines, _lines(value, widths[column]))
    height = 30.0 if is_head else _LINE_HEIGHT * min(lines, _MOST_LINES)
    set_height = f' ht="{height:g}" customHeight="1"' if lines > 1 or is_head else ""
    return f'<row r="{number}"{set_height}>{"".join(cells)}</row>'


def _widths(sheet: Sheet, columns: int) -> list[int]:
    """Columns as wide as their texts, up to a limit."""
    widths = [NARROWEST] * columns
    for number, row in enumerate(sheet.rows[:_MEASURED], 1):
        for column, value in enumerate(row):
            text = value.text if isinstance(value, Styled) else value
            if text is None or (isinstance(value, Styled) and value.style in _ONE_LINE):
                continue
            longest = max(map(len, str(text).split("\n"))) + (4 if number == sheet.header else 2)
            widths[column] = max(widths[column], min(longest, WIDEST))
    return [sheet.widths.get(column, width) for column, width in enumerate(widths)]


def _lines(text: str, width: int) -> int:
    return sum(max(1, -(-len(line) // max(width - 2, 1))) for line in text.split("\n"))


def _filter(sheet: Sheet, columns: int) -> str:
    return f'<autoFilter ref="{_area(sheet, columns)}"/>' if sheet.header else ""


def _area(sheet: Sheet, columns: int) -> str:
    return f"A{sheet.header}:{letters(columns)}{max(len(sheet.rows), sheet.header)}"


def _dropdowns(sheet: Sheet) -> str:
    if not sheet.choices or not sheet.header:
        return ""
    told = []
    for column, words in sheet.choices.items():
        place = letters(column + 1)
        last = max(len(sheet.rows), sheet.header + 1)
        told.append(
            '<dataValidation type="list" allowBlank="1" showErrorMessage="1" errorTitle="Not in the list"'
            f' error="Choose one of the list." sqref="{place}{sheet.header + 1}:{place}{last}">'
            f"<formula1>{escape(chr(34) + ','.join(words) + chr(34), quote=False)}</formula1></dataValidation>"
        )
    return f'<dataValidations count="{len(told)}">{"".join(told)}</dataValidations>'


# --- the other parts --------------------------------------------------------------------------------------

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _workbook(sheets: Sequence[Sheet]) -> str:
    listed = "".join(
        f'<sheet name="{escape(sheet.name)}" sheetId="{n}" r:id="rId{n}"/>'
        for n, sheet in enumerate(sheets, 1)
    )
    names = []
    for n, sheet in enumerate(sheets):
        if not sheet.header:
            continue
        own = "'" + sheet.name.replace("'", "''") + "'"
        columns = max((len(row) for row in sheet.rows), default=1)
        first, last = (re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", end) for end in _area(sheet, columns).split(":"))
        area = escape(f"{own}!{first}:{last}", quote=False)
        rows = escape(f"{own}!${sheet.header}:${sheet.header}", quote=False)
        names.append(
            f'<definedName name="_xlnm._FilterDatabase" localSheetId="{n}" hidden="1">{area}</definedName>'
            f'<definedName name="_xlnm.Print_Titles" localSheetId="{n}">{rows}</definedName>'
        )
    defined = f"<definedNames>{''.join(names)}</definedNames>" if names else ""
    return (
        f'{_XML}<workbook {_MAIN} xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{listed}</sheets>{defined}</workbook>"
    )


def _content_types(sheets: int) -> str:
    parts = [("/xl/workbook.xml", f"{_SHEET_TYPES}.sheet.main+xml")]
    parts += [(f"/xl/worksheets/sheet{n}.xml", f"{_SHEET_TYPES}.worksheet+xml") for n in range(1, sheets + 1)]
    parts += [
        ("/xl/styles.xml", f"{_SHEET_TYPES}.styles+xml"),
        ("/xl/sharedStrings.xml", f"{_SHEET_TYPES}.sharedStrings+xml"),
        ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
    ]
    told = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in parts)
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{told}</Types>'
    )


def _relations(targets: Sequence[tuple[str, str]], package: bool = False) -> str:
    kinds = {"core": f"{_PACKAGE}/relationships/metadata/core-properties"} if package else {}
    told = "".join(
        f'<Relationship Id="rId{n}" Type="{kinds.get(kind, f"{_OFFICE}/{kind}")}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'


def _properties(title: str) -> str:
    stamp = '<dcterms:{0} xsi:type="dcterms:W3CDTF">1980-01-01T00:00:00Z</dcterms:{0}>'
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(_ESCAPED.sub('', title), quote=False)}</dc:title><dc:creator>sdtm-toolkit</dc:creator>"
        f"{stamp.format('created')}{stamp.format('modified')}</cp:coreProperties>"
    )


def _styles() -> str:
    fonts = ["1F1F1F", *(colour for colour, _ in _COLOURS.values())]
    plain = [f'<font><sz val="10"/><color rgb="FF{colour}"/><name val="Calibri"/></font>' for colour in fonts]
    plain += [
        '<font><b/><sz val="14"/><color rgb="FF1F1F1F"/><name val="Calibri"/></font>',
        '<font><b/><sz val="10"/><color rgb="FFFFFFFF"/><name val="Calibri"/></font>',
        '<font><sz val="10"/><color rgb="FF595959"/><name val="Calibri"/></font>',
        '<font><sz val="10"/><color rgb="FF1F1F1F"/><name val="Consolas"/></font>',
        '<font><b/><sz val="10"/><color rgb="FF7F4F00"/><name val="Calibri"/></font>',
    ]
    fills = ["1F4E79", "FFFDE7", *(fill for _, fill in _COLOURS.values())]
    filled = [
        '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    ]
    filled += [
        f'<fill><patternFill patternType="solid"><fgColor rgb="FF{colour}"/></patternFill></fill>'
        for colour in fills
    ]
    side = '<{0} style="thin"><color rgb="FFD9D9D9"/></{0}>'
    lines = "".join(side.format(name) for name in ("left", "right", "top", "bottom"))
    # style -> font, fill, border
    looks = {
        "text": (0, 0, 0),
        "title": (4, 0, 0),
        "head": (5, 2, 1),
        "line": (6, 0, 0),
        "alert": (8, 0, 0),
        "edit": (0, 3, 1),
        "error": (1, 4, 1),
        "warning": (2, 5, 1),
        "note": (3, 6, 1),
        "code": (7, 0, 0),
    }
    formats = []
    for name in STYLES:
        font, fill, border = looks[name]
        wrap = "" if name in _ONE_LINE else ' wrapText="1"'
        for quoted in ("", ' quotePrefix="1"'):
            formats.append(
                f'<xf numFmtId="49" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0"'
                f' applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"{quoted}>'
                f'<alignment vertical="{"center" if name == "head" else "top"}"{wrap}/></xf>'
            )
    formats.append(
        '<xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">'
        '<alignment vertical="top"/></xf>'
    )
    return (
        f'{_XML}<styleSheet {_MAIN}><fonts count="{len(plain)}">{"".join(plain)}</fonts>'
        f'<fills count="{len(fills) + 2}">{"".join(filled)}</fills>'
        f'<borders count="2"><border><left/><right/><top/><bottom/></border><border>{lines}</border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(formats)}">{"".join(formats)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
