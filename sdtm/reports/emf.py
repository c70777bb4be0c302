"""Figures as Enhanced Metafiles, which every version of Word shows; SVG only its later ones do.

A metafile is a list of records of the Windows drawing interface ([MS-EMF]). It holds the same shapes and texts as
the SVG of ``sdtm.reports.svg`` and is drawn from it; dashes are drawn one by one, since readers differ there.
"""

from __future__ import annotations

import itertools
import math
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from sdtm.reports.text_width import advances

UNIT = 20  # logical units of a pixel
DPI = 96
HUNDREDTHS = 2540 / DPI  # of a millimetre, in a pixel
DEVICE, MILLIMETRES = (1920, 1080), (508, 286)

HEADER, POLYGON, POLYLINE, WINDOW_EXTENT, WINDOW_ORIGIN, VIEWPORT_EXTENT, VIEWPORT_ORIGIN = (
    1,
    3,
    4,
    9,
    10,
    11,
    12,
)
END, MAP_MODE, BACKGROUND_MODE, TEXT_ALIGN, TEXT_COLOUR = 14, 17, 18, 22, 24
SELECT, BRUSH, ELLIPSE, RECTANGLE, FONT, TEXT, PEN = 37, 39, 42, 43, 82, 84, 95
ANISOTROPIC, TRANSPARENT, BASELINE = 8, 1, 24
ALIGN = {"start": 0, "middle": 6, "end": 2}
NO_PEN, NO_BRUSH = 0x80000008, 0x80000005  # stock objects
GEOMETRIC_FLAT = 0x00010000 | 0x00000200 | 0x00002000  # solid, flat ends, mitred corners
FACE = "Arial"

_SVG = "{http://www.w3.org/2000/svg}"
_TURNED = re.compile(r"rotate\(-90 ")


def emf_of(svg: str) -> bytes:
    """The metafile of a figure that ``sdtm.reports.svg`` made.

    Raises ``ValueError`` for an element that no figure has.
    """
    root = ElementTree.fromstring(svg)
    metafile = _Metafile(float(root.get("width", "0")), float(root.get("height", "0")))
    for element in root:
        name = element.tag.removeprefix(_SVG)
        if name in ("title", "desc"):
            continue
        if name not in _DRAWN:
            raise ValueError(f"<{name}>, which metafiles of figures do not know")
        _DRAWN[name](metafile, element)
    return metafile.finished()


def size_of(svg: str) -> tuple[float, float]:
    """Width and height of a figure in pixels of 1/96 inch."""
    root = ElementTree.fromstring(svg)
    return float(root.get("width", "0")), float(root.get("height", "0"))


@dataclass(slots=True)
class _Metafile:
    width: float
    height: float
    records: list[bytes] = field(default_factory=list)
    objects: dict[tuple[object, ...], int] = field(default_factory=dict)
    state: dict[int, int] = field(
        default_factory=dict
    )  # what is set or selected, so that nothing is set twice

    def __post_init__(self) -> None:
        wide, tall = math.ceil(self.width), math.ceil(self.height)
        self.add(MAP_MODE, struct.pack("<I", ANISOTROPIC))
        self.add(WINDOW_ORIGIN, struct.pack("<ii", 0, 0))
        self.add(WINDOW_EXTENT, struct.pack("<ii", wide * UNIT, tall * UNIT))
        self.add(VIEWPORT_ORIGIN, struct.pack("<ii", 0, 0))
        self.add(VIEWPORT_EXTENT, struct.pack("<ii", wide, tall))
        self.add(BACKGROUND_MODE, struct.pack("<I", TRANSPARENT))

    def add(self, kind: int, content: bytes) -> None:
        padded = content + bytes(-len(content) % 4)
        self.records.append(struct.pack("<II", kind, len(padded) + 8) + padded)

    def set(self, kind: int, value: int) -> None:
        if self.state.get(kind) != value:
            self.state[kind] = value
            self.add(kind, struct.pack("<I", value))

    def select(self, slot: int, handle: int) -> None:
        """Use a pen, brush or font; ``slot`` is the record that makes such an object."""
        if self.state.get(slot) != handle:
            self.state[slot] = handle
            self.add(SELECT, struct.pack("<I", handle))

    def made(self, kind: int, *what: object, content: bytes) -> int:
        """The number of an object, made where there is none like it yet."""
        key = (kind, *what)
        if key not in self.objects:
            self.objects[key] = len(self.objects) + 1
            self.add(kind, struct.pack("<I", self.objects[key]) + content)
        return self.objects[key]

    def pen(self, colour: str, width: float) -> None:
        if not colour:
            self.select(PEN, NO_PEN)
            return
        wide = max(round(width * UNIT), 1)
        content = struct.pack("<IIIIIIIIII", 0, 0, 0, 0, GEOMETRIC_FLAT, wide, 0, _colour(colour), 0, 0)
        self.select(PEN, self.made(PEN, colour, wide, content=content))

    def brush(self, colour: str) -> None:
        if not colour:
            self.select(BRUSH, NO_BRUSH)
            return
        content = struct.pack("<III", 0, _colour(colour), 0)
        self.select(BRUSH, self.made(BRUSH, colour, content=content))

    def font(self, size: float, bold: bool, turned: bool) -> None:
        angle = 900 if turned else 0
        weight = 700 if bold else 400
        plain = struct.pack(
            "<iiiii8B", -round(size * UNIT), 0, angle, angle, weight, 0, 0, 0, 0, 0, 0, 0, 0x22
        )
        face = FACE.encode("utf-16-le").ljust(64, b"\0")
        content = plain + face + bytes(128 + 64 + 24 + 12)
        self.select(FONT, self.made(FONT, size, bold, turned, content=content))

    def points(self, kind: int, points: list[tuple[float, float]]) -> None:
        places = [(_units(x), _units(y)) for x, y in points]
        flat = [value for place in places for value in place]
        head = (*_bounds(points), len(places))
        self.add(kind, struct.pack("<iiiiI", *head) + struct.pack(f"<{len(flat)}i", *flat))

    def finished(self) -> bytes:
        self.add(END, struct.pack("<III", 0, 0, 20))
        body = b"".join(self.records)
        wide, tall = math.ceil(self.width), math.ceil(self.height)
        header = struct.pack(
            "<II4i4iIIIIHHIII2I2IIII2I",
            *(HEADER, 108),
            *(0, 0, wide - 1, tall - 1),
            *(0, 0, round(wide * HUNDREDTHS), round(tall * HUNDREDTHS)),
            *(
                0x464D4520,
                0x00010000,
                108 + len(body),
                len(self.records) + 1,
                len(self.objects) + 1,
                0,
                0,
                0,
                0,
            ),
            *DEVICE,
            *MILLIMETRES,
            *(0, 0, 0),
            *(MILLIMETRES[0] * 1000, MILLIMETRES[1] * 1000),
        )
        return header + body


def _units(value: float) -> int:
    return round(value * UNIT)


def _bounds(points: Iterable[tuple[float, float]]) -> tuple[int, int, int, int]:
    """The smallest box around some points, in pixels of the device."""
    xs, ys = zip(*points, strict=True)
    return math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)), math.ceil(max(ys))


def _colour(text: str) -> int:
    """``#RGB`` or ``#RRGGBB`` as the interface has it: blue, green, red."""
    digits = text.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    red, green, blue = (int(digits[index : index + 2], 16) for index in (0, 2, 4))
    return red | green << 8 | blue << 16


def _number(element: ElementTree.Element, name: str, default: str = "0") -> float:
    return float(element.get(name, default))


def _rectangle(to: _Metafile, element: ElementTree.Element) -> None:
    to.pen(element.get("stroke", ""), _number(element, "stroke-width", "1"))
    to.brush(element.get("fill", "#000"))
    left, top = _number(element, "x"), _number(element, "y")
    right, bottom = left + _number(element, "width"), top + _number(element, "height")
    to.add(RECTANGLE, struct.pack("<4i", _units(left), _units(top), _units(right), _units(bottom)))


def _circle(to: _Metafile, element: ElementTree.Element) -> None:
    to.pen("", 1)
    to.brush(element.get("fill", "#000"))
    x, y, radius = (_number(element, name) for name in ("cx", "cy", "r"))
    box = (x - radius, y - radius, x + radius, y + radius)
    to.add(ELLIPSE, struct.pack("<4i", *map(_units, box)))


def _polygon(to: _Metafile, element: ElementTree.Element) -> None:
    to.pen("", 1)
    to.brush(element.get("fill", "#000"))
    to.points(POLYGON, _points(element))


def _line(to: _Metafile, element: ElementTree.Element) -> None:
    x1, y1, x2, y2 = (_number(element, name) for name in ("x1", "y1", "x2", "y2"))
    _stroke(to, element, [(x1, y1), (x2, y2)])


def _polyline(to: _Metafile, element: ElementTree.Element) -> None:
    _stroke(to, element, _points(element))


def _stroke(to: _Metafile, element: ElementTree.Element, points: list[tuple[float, float]]) -> None:
    to.pen(element.get("stroke", "#000"), _number(element, "stroke-width", "1"))
    for piece in _dashed(points, element.get("stroke-dasharray", "")):
        if len(piece) > 1:
            to.points(POLYLINE, piece)


def _points(element: ElementTree.Element) -> list[tuple[float, float]]:
    pairs = (pair.split(",") for pair in element.get("points", "").split())
    return [(float(x), float(y)) for x, y in pairs]


def _dashed(points: list[tuple[float, float]], pattern: str) -> Iterator[list[tuple[float, float]]]:
    """The drawn pieces of a dashed line. Example: ``5 4`` along 12 pixels: 0 to 5 and 9 to 12."""
    if not pattern:
        yield points
        return
    lengths = [float(length) for length in pattern.split()]
    index, left, piece = 0, lengths[0], [points[0]]
    for start, end in itertools.pairwise(points):
        (x0, y0), whole = start, math.dist(start, end)
        gone = 0.0
        while whole - gone > left:
            gone += left
            place = (x0 + (end[0] - x0) * gone / whole, y0 + (end[1] - y0) * gone / whole)
            if index % 2 == 0:
                yield [*piece, place]
            piece = [place]
            index += 1
            left = lengths[index % len(lengths)]
        left -= whole - gone
        if index % 2 == 0:
            piece.append(end)
    if index % 2 == 0:
        yield piece


def _text(to: _Metafile, element: ElementTree.Element) -> None:
    text = "".join(element.itertext())
    if not text:
        return
    size, bold = _number(element, "font-size", "12"), element.get("font-weight") == "bold"
    x, y = _number(element, "x"), _number(element, "y")
    to.font(size, bold, bool(_TURNED.match(element.get("transform", ""))))
    to.set(TEXT_COLOUR, _colour(element.get("fill", "#000")))
    to.set(TEXT_ALIGN, BASELINE | ALIGN[element.get("text-anchor", "start")])
    coded = text.encode("utf-16-le")
    steps = [
        _units(step)
        for sign, step in zip(text, advances(text, size, bold=bold), strict=True)
        for _ in _parts(sign)
    ]
    string = coded + bytes(-len(coded) % 4)
    start = 76  # of the text, from the beginning of the record
    content = struct.pack("<4iIff", 0, 0, -1, -1, 1, 1.0, 1.0)
    content += struct.pack(
        "<iiIII4iI", _units(x), _units(y), len(steps), start, 0, 0, 0, -1, -1, start + len(string)
    )
    to.add(TEXT, content + string + struct.pack(f"<{len(steps)}I", *steps))


def _parts(sign: str) -> range:
    """One for each unit of UTF-16; a sign beyond the first plane has two."""
    return range(len(sign.encode("utf-16-le")) // 2)


_DRAWN = {
    "rect": _rectangle,
    "circle": _circle,
    "polygon": _polygon,
    "line": _line,
    "polyline": _polyline,
    "text": _text,
}
