"""A guide as a Word document, the same bytes for the same guide."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from sdtm.submission.guides.model import Block, Guide, numbered

_TIME = (1980, 1, 1, 0, 0, 0)  # of the members of the package; ZIP knows no earlier one
_SMALL = 16  # half points: 8 pt, in tables
_SHADE = "EEF2F7"


def guide_docx(guide: Guide) -> bytes:
    """The document; ``guide`` is one whose findings are in place (``issues.completed``)."""
    document = Document()
    _set_page(document)
    _set_properties(document, guide)
    document.add_heading(f"{guide.study}: {guide.title}", level=0)
    document.add_paragraph("Draft")
    for number, each in numbered(guide.sections):
        document.add_heading(f"{number} {each.title}", level=each.level)
        for block in each.blocks:
            _add(document, block)
    written = io.BytesIO()
    document.save(written)
    return _fixed(written.getvalue())


def _set_page(document: Any) -> None:
    """A4 across, since most of a guide are tables."""
    part = document.sections[0]
    part.orientation = WD_ORIENT.LANDSCAPE
    part.page_width, part.page_height = Pt(841.9), Pt(595.3)
    part.left_margin = part.right_margin = part.top_margin = part.bottom_margin = Pt(54)
    document.styles["Normal"].font.size = Pt(10)


def _set_properties(document: Any, guide: Guide) -> None:
    known = document.core_properties
    known.title = f"{guide.study}: {guide.title}"
    known.author = known.last_modified_by = "sdtm-toolkit"
    known.subject, known.comments, known.keywords = guide.study, "", ""
    known.created = known.modified = datetime.fromisoformat(guide.created)
    known.revision = 1


def _add(document: Any, block: Block) -> None:
    if block.kind == "table":
        if block.text:
            document.add_paragraph().add_run(block.text).bold = True
        _add_table(document, block.head, block.rows)
    elif block.kind == "to_write":
        run = document.add_paragraph().add_run(f"To be written: {block.text}.")
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    else:
        document.add_paragraph(block.text)


def _add_table(document: Any, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows are made as XML: through cell objects a table of a thousand rows takes minutes."""
    table = document.add_table(rows=0, cols=len(head))
    table.style = "Table Grid"
    body = table._tbl
    body.append(_row(head, is_head=True))
    for row in rows:
        body.append(_row(row))
    document.add_paragraph()


def _row(cells: Sequence[str], *, is_head: bool = False) -> Any:
    row = OxmlElement("w:tr")
    settings = OxmlElement("w:trPr")
    settings.append(OxmlElement("w:cantSplit"))
    if is_head:
        settings.append(OxmlElement("w:tblHeader"))
    row.append(settings)
    for text in cells:
        row.append(_cell(text, is_head))
    return row


def _cell(text: str, is_head: bool) -> Any:
    cell, paragraph, run, look = (OxmlElement(f"w:{name}") for name in ("tc", "p", "r", "rPr"))
    if is_head:
        settings, shade = OxmlElement("w:tcPr"), OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", _SHADE)):
            shade.set(qn(f"w:{name}"), value)
        settings.append(shade)
        cell.append(settings)
        look.append(OxmlElement("w:b"))
    size = OxmlElement("w:sz")
    size.set(qn("w:val"), str(_SMALL))
    look.append(size)
    run.append(look)
    words = OxmlElement("w:t")
    words.text = text
    words.set(qn("xml:space"), "preserve")
    run.append(words)
    paragraph.append(run)
    cell.append(paragraph)
    return cell


def _fixed(content: bytes) -> bytes:
    """The same package without the clock. Nothing is packed, because packers differ between machines."""
    fixed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(fixed, "w", zipfile.ZIP_STORED) as after,
    ):
        for member in before.infolist():
            info = zipfile.ZipInfo(member.filename, _TIME)
            info.create_system = 0
            after.writestr(info, before.read(member))
    return fixed.getvalue()
