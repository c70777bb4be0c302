"""The report as a Word document (WordprocessingML, ISO/IEC 29500), the same bytes in every run.

Figures are metafiles, which every version shows, with the SVG beside them for those that know it.
"""

from __future__ import annotations

import html
import io
import zipfile

from sdtm.reports.displays import Display, ShownRow
from sdtm.reports.documents import BODY, LONG, MARGIN, SHORT, SMALL, Document, column_widths, figure_size
from sdtm.reports.emf import emf_of, size_of

_TIME = (1980, 1, 1, 0, 0, 0)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_SVG_BLIP = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
_NAMES = (
    f'xmlns:w="{_WORD}" xmlns:r="{_OFFICE}/relationships" xmlns:wp="{_DRAWING}/wordprocessingDrawing" '
    f'xmlns:a="{_DRAWING}/main" xmlns:pic="{_DRAWING}/picture"'
)
_EMU = 12700  # of a point
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="emf" ContentType="image/x-emf"/><Default Extension="svg" ContentType="image/svg+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_MAIN}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_MAIN}.styles+xml"/>'
    f'<Override PartName="/word/header1.xml" ContentType="{_MAIN}.header+xml"/>'
    f'<Override PartName="/word/footer1.xml" ContentType="{_MAIN}.footer+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)


def docx_of(document: Document) -> bytes:
    """The document as the bytes of a .docx file."""
    relations = [("styles", "styles.xml"), ("header", "header1.xml"), ("footer", "footer1.xml")]
    media: dict[str, bytes] = {}
    body = [_contents(document)]
    for number, display in enumerate(document.displays, start=1):
        body += [_heading(display, number), *_content(display, number, relations, media)]
        body.append(_notes(display, last=number == len(document.displays)))
    listed = "".join(
        f'<Relationship Id="rId{index}" Type="{_OFFICE}/relationships/{kind}" Target="{target}"/>'
        for index, (kind, target) in enumerate(relations, start=1)
    )
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": (
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/officeDocument" Target="word/document.xml"/>'
            f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
            'Target="docProps/core.xml"/></Relationships>'
        ),
        "docProps/core.xml": _core(document),
        "word/document.xml": f"{_HEAD}<w:document {_NAMES}><w:body>{''.join(body)}</w:body></w:document>",
        "word/_rels/document.xml.rels": (
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'
        ),
        "word/styles.xml": _STYLES,
        "word/header1.xml": f"{_HEAD}<w:hdr {_NAMES}>{_paragraph(_line(document), 'Header')}</w:hdr>",
        "word/footer1.xml": f"{_HEAD}<w:ftr {_NAMES}>{_FOOT}</w:ftr>",
    }
    return _zipped({name: text.encode("utf-8") for name, text in parts.items()} | media)


def _zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            archive.writestr(info, content)
    return out.getvalue()


def _line(document: Document) -> str:
    return " – ".join(text for text in (document.title, document.note) if text)


def _core(document: Document) -> str:
    moment = f'<dcterms:created xsi:type="dcterms:W3CDTF">{document.created[:19]}Z</dcterms:created>'
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_text(document.title)}</dc:title><dc:description>{_text(document.note)}</dc:description>"
        f"<dc:creator>sdtm-toolkit</dc:creator>{moment if document.created else ''}</cp:coreProperties>"
    )


def _text(text: str) -> str:
    """A text of a document: escaped, without signs that XML cannot hold."""
    kept = "".join(sign for sign in text if sign in "\t\n" or ord(sign) >= 32)
    return html.escape(kept, quote=True)


def _run(text: str, *, bold: bool = False) -> str:
    return (
        f'<w:r>{"<w:rPr><w:b/></w:rPr>" if bold else ""}<w:t xml:space="preserve">{_text(text)}</w:t></w:r>'
    )


def _paragraph(text: str, style: str, more: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{_run(text)}</w:p>'


def _section(wide: bool, *, first: bool = False) -> str:
    """Size of the pages up to here; the first section brings head and foot, which the others keep."""
    width, height = (LONG, SHORT) if wide else (SHORT, LONG)
    turned = ' w:orient="landscape"' if wide else ""
    around = " ".join(f'w:{side}="{MARGIN}"' for side in ("top", "right", "bottom", "left"))
    named = (
        '<w:headerReference w:type="default" r:id="rId2"/><w:footerReference w:type="default" r:id="rId3"/>'
        if first
        else ""
    )
    return (
        f'<w:sectPr>{named}<w:type w:val="nextPage"/><w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
        f'<w:pgMar {around} w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
    )


def _contents(document: Document) -> str:
    lines = [_paragraph(document.title, "Title"), _paragraph(document.note, "Note") if document.note else ""]
    for number, display in enumerate(document.displays, start=1):
        said = _run(f"{display.name}  {display.title}")
        lines.append(
            '<w:p><w:pPr><w:pStyle w:val="Contents"/></w:pPr>'
            f'<w:hyperlink w:anchor="display{number}" w:history="1">{said}</w:hyperlink></w:p>'
        )
    return "".join(lines) + f"<w:p><w:pPr>{_section(False, first=True)}</w:pPr></w:p>"


def _heading(display: Display, number: int) -> str:
    mark = f'<w:bookmarkStart w:id="{number}" w:name="display{number}"/>'
    return (
        f'<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>{mark}{_run(f"{display.name}  {display.title}")}'
        f'<w:bookmarkEnd w:id="{number}"/></w:p>' + _paragraph(display.population, "Population")
    )


def _notes(display: Display, *, last: bool) -> str:
    """Footnotes and source; the end of the display's pages stands in the last paragraph, of all after it."""
    lines = [*display.footnotes, display.source]
    section = _section(display.wide)
    said = [_paragraph(text, "Note") for text in lines[:-1]]
    if last:
        return "".join([*said, _paragraph(lines[-1], "Note"), section])
    return "".join([*said, _paragraph(lines[-1], "Note", section)])


def _content(
    display: Display, number: int, relations: list[tuple[str, str]], media: dict[str, bytes]
) -> list[str]:
    if display.svg:
        return [_picture(display, number, relations, media)]
    return [_table(display)]


def _table(display: Display) -> str:
    widths = column_widths(display)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = [_row(("", *display.headings), widths, display.kind, head=True)]
    rows += [_body_row(row, widths, display.kind) for row in display.rows]
    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="Results"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _body_row(row: ShownRow, widths: list[int], kind: str) -> str:
    texts = (row.label, *(cell.text for cell in row.cells)) if row.cells else (row.label,)
    return _row(texts, widths, kind, level=row.level)


def _row(texts: tuple[str, ...], widths: list[int], kind: str, *, level: int = 0, head: bool = False) -> str:
    cells = []
    for index, text in enumerate(texts):
        whole = len(texts) == 1  # a heading goes over the whole row
        width = sum(widths) if whole else widths[index]
        span = f'<w:gridSpan w:val="{len(widths)}"/>' if whole and len(widths) > 1 else ""
        line = (
            '<w:tcBorders><w:bottom w:val="single" w:sz="6" w:space="0" w:color="auto"/></w:tcBorders>'
            if head
            else ""
        )
        left = index == 0 or kind == "Listing"
        keep = "<w:keepNext/>" if whole else ""
        place = f'<w:ind w:left="{160 * level}"/>' if left and level and not index else ""
        set_to = "" if left else '<w:jc w:val="right"/>'
        form = f'<w:pStyle w:val="Cell"/>{keep}{place}{set_to}'
        cells.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{line}<w:vAlign w:val="bottom"/></w:tcPr>'
            f"<w:p><w:pPr>{form}</w:pPr>{_run(text, bold=head or whole)}</w:p></w:tc>"
        )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{''.join(cells)}</w:tr>"


def _picture(display: Display, number: int, relations: list[tuple[str, str]], media: dict[str, bytes]) -> str:
    ids = []
    for ending, content in (("emf", emf_of(display.svg)), ("svg", display.svg.encode("utf-8"))):
        media[f"word/media/figure{number}.{ending}"] = content
        relations.append(("image", f"media/figure{number}.{ending}"))
        ids.append(f"rId{len(relations)}")
    wide, tall = (round(size * _EMU) for size in figure_size(*size_of(display.svg), display))
    extent = f'cx="{wide}" cy="{tall}"'
    said = _text(f"{display.name} {display.title}")
    extension = (
        f'<a:extLst><a:ext uri="{_SVG_EXTENSION}"><asvg:svgBlip xmlns:asvg="{_SVG_BLIP}" r:embed="{ids[1]}"/>'
        "</a:ext></a:extLst>"
    )
    return (
        '<w:p><w:pPr><w:pStyle w:val="Figure"/></w:pPr><w:r><w:drawing>'
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {extent}/>'
        f'<wp:docPr id="{number}" name="{_text(display.name)}" descr="{said}"/>'
        f'<a:graphic><a:graphicData uri="{_DRAWING}/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="figure{number}.emf" descr="{said}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{ids[0]}">{extension}</a:blip>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def _field(code: str) -> str:
    return f'<w:fldSimple w:instr=" {code} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _style(name: str, label: str, size: int, more: str = "", letters: str = "", based: str = "Normal") -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{label}"/><w:basedOn w:val="{based}"/>'
        f'<w:qFormat/><w:pPr>{more}</w:pPr><w:rPr>{letters}<w:sz w:val="{size}"/></w:rPr></w:style>'
    )


_FOOT = (
    '<w:p><w:pPr><w:pStyle w:val="Footer"/><w:jc w:val="right"/></w:pPr>'
    '<w:r><w:t xml:space="preserve">Page </w:t></w:r>'
    f'{_field("PAGE")}<w:r><w:t xml:space="preserve"> of </w:t></w:r>{_field("NUMPAGES")}</w:p>'
)
_CLOSE = '<w:spacing w:before="0" w:after="0"/>'
_STYLES = (
    f'{_HEAD}<w:styles xmlns:w="{_WORD}"><w:docDefaults><w:rPrDefault><w:rPr>'
    '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial" w:eastAsia="Arial"/>'
    f'<w:sz w:val="{BODY}"/><w:lang w:val="en-US"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    + _style("Title", "Title", 32, '<w:spacing w:after="240"/>', "<w:b/>")
    + _style(
        "Heading1",
        "heading 1",
        20,
        '<w:keepNext/><w:spacing w:before="0" w:after="60"/><w:outlineLvl w:val="0"/>',
        "<w:b/>",
    )
    + _style("Population", "Population", BODY, '<w:keepNext/><w:spacing w:after="120"/>')
    + _style("Cell", "Cell", BODY, _CLOSE)
    + _style("Note", "Note", SMALL, '<w:spacing w:before="60" w:after="0"/>')
    + _style("Contents", "Contents", 18, '<w:spacing w:after="40"/>')
    + _style("Figure", "Figure", BODY, '<w:keepNext/><w:jc w:val="center"/>')
    + _style("Header", "header", SMALL, _CLOSE)
    + _style("Footer", "footer", SMALL, _CLOSE)
    + '<w:style w:type="table" w:styleId="Results"><w:name w:val="Results"/><w:tblPr><w:tblBorders>'
    '<w:top w:val="single" w:sz="12" w:space="0" w:color="auto"/>'
    '<w:bottom w:val="single" w:sz="12" w:space="0" w:color="auto"/></w:tblBorders>'
    '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    "</w:styles>"
)
