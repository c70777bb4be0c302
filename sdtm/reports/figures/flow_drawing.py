"""Where the boxes of a flow of subjects stand, and the arrows between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sdtm.reports.svg import Drawing
from sdtm.reports.text_width import wrapped

SIZE, LINE, PADDING = 12.0, 16.0, 8.0
GAP = 30.0  # between boxes above each other
BETWEEN = 16.0  # between columns
MAIN, ASIDE = 260.0, 280.0
NARROWEST, WIDEST = 128.0, 250.0
MARGIN = 16.0
_KEPT = "\u00a0"  # a blank that no line is broken at


@dataclass(frozen=True, slots=True)
class Box:
    """A box: what it says, how many subjects, lines below. ``aside`` stands beside the arrow, off the way;
    ``left``: those who did not come here, below in the same box. The name of the group is printed if ``named``."""

    label: str
    count: int
    lines: tuple[tuple[str, int], ...] = ()
    group: str = ""
    aside: bool = False
    named: bool = False
    left: Box | None = None

    def said(self) -> str:
        """The box as one text, for readers who do not see it."""
        head = f"{self.group + ': ' if self.group else ''}{self.label} (n = {self.count})"
        inside = ", ".join(f"{label} {count}" for label, count in self.lines)
        found = f"{head}: {inside}" if inside else head
        return f"{found}; {self.left.said()}" if self.left else found

    def texts(self, width: float) -> list[tuple[str, bool]]:
        """The printed lines, and whether each is bold."""
        inside = width - 2 * PADDING
        heads = [*([self.group] if self.named else []), f"{self.label} (n{_KEPT}={_KEPT}{self.count})"]
        found = [(text, True) for head in heads for text in wrapped(head, inside, SIZE, bold=True)]
        for label, count in self.lines:
            found += [(text, False) for text in wrapped(f"{label}:{_KEPT}{count}", inside, SIZE)]
        return found + (self.left.texts(width) if self.left else [])


@dataclass(frozen=True, slots=True)
class _Placed:
    x: float  # centre
    top: float
    bottom: float


def draw_flow(rows: Sequence[Sequence[Box]], title: str) -> str:
    """Rows of boxes from top to bottom: one box in the middle, one beside the way, or one for each column."""
    columns = max(len(row) for row in rows)
    width = min(max((1000.0 - BETWEEN * (columns - 1)) / columns, NARROWEST), WIDEST) if columns > 1 else MAIN
    across = columns * width + (columns - 1) * BETWEEN
    has_aside = any(row[0].aside for row in rows)
    half = max(across / 2, MAIN / 2)
    right = max(half, MAIN / 2 + BETWEEN + ASIDE) if has_aside else half
    centre = MARGIN + half
    said = "; ".join(box.said() for row in rows for box in row)
    drawing = Drawing(centre + right + MARGIN, 0, title, said)
    above: list[_Placed] = []
    y = MARGIN
    for row in rows:
        if row[0].aside:
            place = _box(drawing, row[0], centre + MAIN / 2 + BETWEEN + ASIDE / 2, y, ASIDE)
            middle = (place.top + place.bottom) / 2
            drawing.arrow([(centre, middle), (place.x - ASIDE / 2, middle)])
            y = place.bottom + GAP
            continue
        if len(row) == 1:
            placed = [_box(drawing, row[0], centre, y, MAIN)]
        else:
            first = centre - across / 2 + width / 2
            step, tall = width + BETWEEN, max(_height(box, width) for box in row)
            placed = [
                _box(drawing, box, first + step * index, y, width, tall) for index, box in enumerate(row)
            ]
        _join(drawing, above, placed)
        above = placed
        y = max(place.bottom for place in placed) + GAP
    drawing.height = y - GAP + MARGIN
    return drawing.document()


def _height(box: Box, width: float) -> float:
    return LINE * len(box.texts(width)) + 2 * PADDING - 2


def _box(drawing: Drawing, box: Box, x: float, top: float, width: float, height: float = 0) -> _Placed:
    tall = height or _height(box, width)
    drawing.frame(x - width / 2, top, width, tall)
    for index, (text, bold) in enumerate(box.texts(width)):
        drawing.text(x - width / 2 + PADDING, top + PADDING + LINE * index + 11, text, size=SIZE, bold=bold)
    return _Placed(x, top, top + tall)


def _join(drawing: Drawing, above: Sequence[_Placed], below: Sequence[_Placed]) -> None:
    """Arrows from each box to the one below it; where the way splits or joins, by a line across."""
    if not above:
        return
    if len(above) == len(below):
        for first, second in zip(above, below, strict=True):
            drawing.arrow([(first.x, first.bottom), (second.x, second.top)])
        return
    across = below[0].top - GAP / 2
    places = [place.x for place in (*above, *below)]
    drawing.line(min(places), across, max(places), across)
    for place in above:
        drawing.line(place.x, place.bottom, place.x, across)
    for place in below:
        drawing.arrow([(place.x, across), (place.x, place.top)])
