"""The report as Rich Text Format (RTF 1.9), ASCII throughout, the same bytes in every run."""

from __future__ import annotations

from sdtm.reports.displays import Display, ShownRow
from sdtm.reports.documents import BODY, LONG, MARGIN, SHORT, SMALL, Document, column_widths, figure_size
from sdtm.reports.emf import HUNDREDTHS, emf_of, size_of

_HEAD = (
    "{\\rtf1\\ansi\\ansicpg1252\\deff0\\uc1{\\fonttbl{\\f0\\fswiss\\fcharset0 Arial;}}\n"
    "{\\stylesheet{\\s0\\f0\\fs%d Normal;}{\\s1\\outlinelevel0\\keepn\\b\\f0\\fs20 heading 1;}}\n"
)
_MARGINS = "".join(f"\\marg{side}{MARGIN}" for side in "lrtb")
_SECTION_MARGINS = "".join(f"\\marg{side}sxn{MARGIN}" for side in "lrtb")
RIGHT, REPEATED = "\\qr", "\\trhdr"
_LINE = 96  # hexadecimal digits of a picture on one line


def rtf_of(document: Document) -> str:
    """The document as the text of an .rtf file."""
    parts = [_HEAD % BODY, _information(document), f"\\paperw{SHORT}\\paperh{LONG}{_MARGINS}\\widowctrl\n"]
    said = " – ".join(text for text in (document.title, document.note) if text)
    parts.append(f"{{\\header\\pard\\plain\\f0\\fs{SMALL} {escaped(said)}\\par}}\n")
    parts.append(
        f"{{\\footer\\pard\\plain\\qr\\f0\\fs{SMALL} Page {_field('PAGE')} of {_field('NUMPAGES')}\\par}}\n"
    )
    parts.append(_contents(document))
    for number, display in enumerate(document.displays, start=1):
        parts += [_section(display), _heading(display, number)]
        parts += [_picture(display)] if display.svg else _table(display)
        parts += [_paragraph(text, SMALL, "\\sb60") for text in (*display.footnotes, display.source)]
    return "".join(parts) + "}\n"


def escaped(text: str) -> str:
    """A text for RTF: backslash and braces escaped, other signs than ASCII as the units of UTF-16.

    Example: ``a{≥}`` -> ``a\\{\\u8805?\\}``; a line break -> ``\\line``.
    """
    return "".join(_sign(sign) for sign in text)


def _sign(sign: str) -> str:
    if sign in "\\{}":
        return f"\\{sign}"
    if sign == "\n":
        return "\\line "
    if sign == "\t":
        return "\\tab "
    if " " <= sign <= "~":
        return sign
    coded = sign.encode("utf-16-le", "surrogatepass")
    units = [
        int.from_bytes(coded[place : place + 2], "little", signed=True) for place in range(0, len(coded), 2)
    ]
    return "".join(f"\\u{unit}?" for unit in units) if ord(sign) >= 160 else ""


def _field(code: str) -> str:
    return f"{{\\field{{\\*\\fldinst {code}}}{{\\fldrslt 1}}}}"


def _information(document: Document) -> str:
    moment = ""
    if len(document.created) >= 16:
        year, month, day = document.created[:10].split("-")
        hour, minute = document.created[11:16].split(":")
        moment = (
            f"{{\\creatim\\yr{int(year)}\\mo{int(month)}\\dy{int(day)}\\hr{int(hour)}\\min{int(minute)}}}"
        )
    return f"{{\\info{{\\title {escaped(document.title)}}}{{\\subject {escaped(document.note)}}}{moment}}}\n"


def _section(display: Display) -> str:
    """New pages for a display, upright or on their side."""
    size = f"\\lndscpsxn\\pgwsxn{LONG}\\pghsxn{SHORT}" if display.wide else f"\\pgwsxn{SHORT}\\pghsxn{LONG}"
    return f"\\sect\\sectd\\sbkpage{size}{_SECTION_MARGINS}\n"


def _paragraph(text: str, size: int = BODY, form: str = "") -> str:
    return f"{{\\pard\\plain{form}\\f0\\fs{size} {escaped(text)}\\par}}\n"


def _contents(document: Document) -> str:
    lines = [_paragraph(document.title, 32, "\\sa240\\b")]
    lines += [_paragraph(document.note, SMALL)] if document.note else []
    for number, display in enumerate(document.displays, start=1):
        said = escaped(f"{display.name}  {display.title}")
        link = f'{{\\field{{\\*\\fldinst HYPERLINK \\\\l "display{number}"}}{{\\fldrslt {said}}}}}'
        lines.append(f"{{\\pard\\plain\\sa40\\f0\\fs18 {link}\\par}}\n")
    return f"\\sectd\\pgwsxn{SHORT}\\pghsxn{LONG}{_SECTION_MARGINS}\n" + "".join(lines)


def _heading(display: Display, number: int) -> str:
    mark = f"{{\\*\\bkmkstart display{number}}}{{\\*\\bkmkend display{number}}}"
    return (
        f"{{\\pard\\plain\\s1\\outlinelevel0\\keepn\\sa60\\b\\f0\\fs20 {mark}"
        f"{escaped(f'{display.name}  {display.title}')}\\par}}\n"
        + _paragraph(display.population, BODY, "\\keepn\\sa120")
    )


def _table(display: Display) -> list[str]:
    widths = column_widths(display)
    rows = [_row(("", *display.headings), widths, display.kind, head=True)]
    for index, row in enumerate(display.rows):
        rows.append(_body_row(row, widths, display.kind, last=index == len(display.rows) - 1))
    return rows


def _body_row(row: ShownRow, widths: list[int], kind: str, *, last: bool) -> str:
    texts = (row.label, *(cell.text for cell in row.cells)) if row.cells else (row.label,)
    return _row(texts, widths, kind, level=row.level, last=last)


def _row(
    texts: tuple[str, ...],
    widths: list[int],
    kind: str,
    *,
    level: int = 0,
    head: bool = False,
    last: bool = False,
) -> str:
    whole = len(texts) == 1 and len(widths) > 1  # a heading goes over the whole row
    edges = (
        "\\clbrdrt\\brdrs\\brdrw20\\clbrdrb\\brdrs\\brdrw10"
        if head
        else "\\clbrdrb\\brdrs\\brdrw20"
        if last
        else ""
    )
    ends = [sum(widths)] if whole else [sum(widths[: index + 1]) for index in range(len(widths))]
    form = "".join(f"\\clvertalb{edges}\\cellx{end}" for end in ends)
    cells = []
    for index, text in enumerate(texts):
        left = index == 0 or kind == "Listing"
        place = f"\\li{160 * level}" if not index and level else ""
        bold = "\\b" if head or whole else ""
        keep = "\\keepn" if whole else ""
        form_of = f"\\intbl{keep}{'' if left else RIGHT}{place}{bold}\\f0\\fs{BODY}"
        cells.append(f"{{\\pard\\plain{form_of} {escaped(text)}\\cell}}")
    return f"{{\\trowd\\trgaph60\\trkeep{REPEATED if head else ''}{form}\n{''.join(cells)}\\row}}\n"


def _picture(display: Display) -> str:
    width, height = size_of(display.svg)
    wide, tall = (round(20 * size) for size in figure_size(width, height, display))
    digits = emf_of(display.svg).hex()
    lines = "\n".join(digits[start : start + _LINE] for start in range(0, len(digits), _LINE))
    size = (
        f"\\picw{round(width * HUNDREDTHS)}\\pich{round(height * HUNDREDTHS)}\\picwgoal{wide}\\pichgoal{tall}"
    )
    said = escaped(f"{display.name} {display.title}")
    described = f"{{\\*\\picprop{{\\sp{{\\sn wzDescription}}{{\\sv {said}}}}}}}"
    return f"{{\\pard\\plain\\qc\\keepn{{\\pict{described}\\emfblip{size}\n{lines}}}\\par}}\n"
