"""How wide texts are: exactly in Helvetica and Arial, and about in the widest font that readers commonly have.

Widths of the signs are those of the Adobe Font Metrics of Helvetica and Helvetica-Bold, in thousandths of the
size; other signs are taken as 0.6, those of East Asia as the whole size.
"""

from __future__ import annotations

_ASCII = "".join(map(chr, range(32, 127)))
_PLAIN = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 "
    "584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 "
    "667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 "
    "278 556 500 722 500 500 500 334 260 334 584"
)
_BOLD = (
    "278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 333 "
    "584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 667 944 "
    "667 667 611 333 278 333 584 556 333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 "
    "333 611 556 778 556 556 500 389 280 389 584"
)
_MORE = dict(
    zip(
        "\u00a0–—²³½±µ·×≥≤…", (278, 556, 1000, 333, 333, 834, 584, 576, 278, 584, 549, 549, 1000), strict=True
    )
)
_WIDTHS = {
    bold: dict(zip(_ASCII, map(int, text.split()), strict=True)) | _MORE
    for bold, text in ((False, _PLAIN), (True, _BOLD))
}
# DejaVu Sans against Helvetica, plain and bold.
_WIDEST = {False: 1.17, True: 1.22}


def advances(text: str, size: float, *, bold: bool = False) -> list[float]:
    """How far each sign of a text in Helvetica or Arial moves on."""
    known = _WIDTHS[bold]
    return [size / 1000 * known.get(sign, 1000 if ord(sign) >= 0x2E80 else 600) for sign in text]


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Pixels that a text of one line takes in the widest font. Example: ``10 mg`` at 12 pixels: 39."""
    return sum(advances(text, size, bold=bold)) * _WIDEST[bold]


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """A text in lines of at most ``width`` pixels, broken at blanks; a longer word stands alone on its line.

    A no-break space is no place to break. Example: ``Discontinued (n = 3)`` stays whole where its blanks are such.
    """
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def shortened(text: str, width: float, size: float) -> str:
    """A text in one line of at most ``width`` pixels; what does not fit is left out, which ``…`` says."""
    if text_width(text, size) <= width:
        return text
    kept = text
    while kept and text_width(f"{kept}…", size) > width:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"
