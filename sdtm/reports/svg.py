"""A small drawing surface for figures: SVG text with the same bytes on every machine.

Coordinates carry two decimals, texts are escaped, fonts are those of the reader. Colours are those of Okabe
and Ito, which people with any colour vision can tell apart, the lightest darkened to 3:1 against white (WCAG 2.2);
shapes and dashes say the same again.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sdtm.reports.text_width import text_width

# Without the yellow of the set, which is too light on white; orange and sky blue are darkened.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#B37C00", "#3E96CC")
DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 2", "1 2", "12 4")
SHAPES = ("circle", "square", "triangle", "diamond", "cross", "down", "plus")


def number(value: float) -> str:
    """A coordinate with at most two decimals, and no negative zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _closed(name: str, title: str) -> str:
    """The end of an element, with its title inside where it has one."""
    return f"><title>{html.escape(title)}</title></{name}>" if title else "/>"


@dataclass(slots=True)
class Drawing:
    """An SVG document in the making. ``title`` and ``description`` are for screen readers."""

    width: float
    height: float
    title: str
    description: str = ""
    parts: list[str] = field(default_factory=list)

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        colour: str = "#000",
        width: float = 1,
        dash: str = "",
    ) -> None:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        places = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
        self.parts.append(f'<line {places} stroke="{colour}" stroke-width="{number(width)}"{dashed}/>')

    def path(
        self,
        points: Sequence[tuple[float, float]],
        colour: str,
        width: float = 1.5,
        dash: str = "",
        title: str = "",
    ) -> None:
        """A line through points; ``title``, as of all shapes, is said by readers and shown on pointing at it."""
        if not points:
            return
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        places = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        self.parts.append(
            f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="{number(width)}"{dashed}'
            + _closed("polyline", title)
        )

    def bar(
        self, x: float, y: float, width: float, height: float, colour: str, title: str = "", edge: str = ""
    ) -> None:
        """A filled box, with an edge if it has a colour."""
        places = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
        edged = f' stroke="{edge}" stroke-width="0.5"' if edge else ""
        self.parts.append(f'<rect {places} fill="{colour}"{edged}' + _closed("rect", title))

    def frame(self, x: float, y: float, width: float, height: float, colour: str = "#000") -> None:
        """A white box with an edge."""
        places = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
        self.parts.append(f'<rect {places} fill="#fff" stroke="{colour}" stroke-width="1"/>')

    def arrow(self, points: Sequence[tuple[float, float]], colour: str = "#000", size: float = 5) -> None:
        """A line with a head at its last point; its last piece goes across or down."""
        (x0, y0), (x1, y1) = points[-2:]
        along = (1, 0) if abs(x1 - x0) > abs(y1 - y0) else (0, 1)
        across = (along[1], along[0])
        base = (x1 - 2 * size * along[0], y1 - 2 * size * along[1])
        self.path([*points[:-1], base], colour, 1)
        corners = (
            (x1, y1),
            *((base[0] + s * size * across[0], base[1] + s * size * across[1]) for s in (1, -1)),
        )
        places = " ".join(f"{number(x)},{number(y)}" for x, y in corners)
        self.parts.append(f'<polygon points="{places}" fill="{colour}"/>')

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        anchor: str = "start",
        size: float = 12,
        colour: str = "#000",
        turned: bool = False,
        bold: bool = False,
    ) -> None:
        turn = f' transform="rotate(-90 {number(x)} {number(y)})"' if turned else ""
        weight = ' font-weight="bold"' if bold else ""
        self.parts.append(
            f'<text x="{number(x)}" y="{number(y)}" text-anchor="{anchor}" font-size="{number(size)}" fill="{colour}"'
            f"{weight}{turn}>{html.escape(text)}</text>"
        )

    def mark(self, x: float, y: float, shape: str, colour: str, size: float = 4, title: str = "") -> None:
        """A filled marker, or a cross or plus."""
        if shape == "circle":
            self.parts.append(
                f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(size)}" fill="{colour}"'
                + _closed("circle", title)
            )
            return
        if shape in ("cross", "plus"):
            for dx, dy in ((1, 1), (1, -1)) if shape == "cross" else ((1, 0), (0, 1)):
                ends = [(x - size * dx, y - size * dy), (x + size * dx, y + size * dy)]
                self.path(ends, colour, 1.6, title=title)
            return
        corners = {
            "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
            "triangle": ((0, -1.2), (1.1, 0.9), (-1.1, 0.9)),
            "down": ((0, 1.2), (1.1, -0.9), (-1.1, -0.9)),
            "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
        }[shape]
        places = " ".join(f"{number(x + size * dx)},{number(y + size * dy)}" for dx, dy in corners)
        self.parts.append(f'<polygon points="{places}" fill="{colour}"' + _closed("polygon", title))

    def document(self) -> str:
        size = f'width="{number(self.width)}" height="{number(self.height)}"'
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {number(self.width)} {number(self.height)}" '
            'role="img" font-family="Helvetica, Arial, sans-serif">'
        )
        said = f"<title>{html.escape(self.title)}</title>"
        said += f"<desc>{html.escape(self.description)}</desc>" if self.description else ""
        ground = f'<rect {size} fill="#fff"/>'
        return "\n".join([head, said, ground, *self.parts, "</svg>"]) + "\n"


def ticks(low: float, high: float, about: int = 8) -> list[float]:
    """Round numbers from ``low`` to ``high``, steps of 1, 2, 2.5 or 5 times a power of ten."""
    span = max(high - low, 1e-9)
    rough = span / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough - 1e-12)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [step * index for index in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Axes:
    """A plotting area: pixels of the left, top, right and bottom edge, and what the edges mean."""

    drawing: Drawing
    left: float
    top: float
    right: float
    bottom: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    logarithmic: bool = False

    def x(self, value: float) -> float:
        low, high = self.x_range
        return self.left + (value - low) / (high - low) * (self.right - self.left)

    def y(self, value: float) -> float:
        low, high = self.y_range
        if self.logarithmic:
            low, high, value = math.log10(low), math.log10(high), math.log10(max(value, low))
        return self.bottom - (value - low) / (high - low) * (self.bottom - self.top)

    def frame(
        self,
        x_label: str,
        y_label: str,
        *,
        x_ticks: Sequence[float] | None = None,
        y_ticks: Sequence[float] | None = None,
        y_text: Callable[[float], str] = lambda value: f"{value:g}",
    ) -> None:
        """Axes with ticks and labels; no ticks below for an empty ``x_ticks``."""
        draw = self.drawing
        draw.line(self.left, self.bottom, self.right, self.bottom)
        draw.line(self.left, self.top, self.left, self.bottom)
        for value in ticks(*self.x_range) if x_ticks is None else x_ticks:
            place = self.x(value)
            draw.line(place, self.bottom, place, self.bottom + 5)
            draw.text(place, self.bottom + 18, f"{value:g}", anchor="middle")
        for value in self._y_ticks() if y_ticks is None else y_ticks:
            place = self.y(value)
            draw.line(self.left - 5, place, self.left, place)
            draw.text(self.left - 8, place + 4, y_text(value), anchor="end")
        draw.text((self.left + self.right) / 2, self.bottom + 36, x_label, anchor="middle")
        draw.text(self.left - 46, (self.top + self.bottom) / 2, y_label, anchor="middle", turned=True)

    def _y_ticks(self) -> list[float]:
        if not self.logarithmic:
            return ticks(*self.y_range)
        low, high = (round(math.log10(value)) for value in self.y_range)
        return [10.0**power for power in range(low, high + 1)]


def legend(drawing: Drawing, x: float, y: float, items: Sequence[tuple[str, str, str, str]]) -> None:
    """Lines of ``(label, colour, dash, shape)``; ``-`` as dash draws no line, an empty shape no marker."""
    for index, (label, colour, dash, shape) in enumerate(items):
        place = y + 18 * index
        if dash != "-":
            drawing.line(x, place - 4, x + 26, place - 4, colour, 2, dash)
        if shape:
            drawing.mark(x + 13, place - 4, shape, colour)
        drawing.text(x + 34, place, label)


def legend_width(labels: Sequence[str]) -> float:
    """Pixels from the left edge of a legend to the end of its longest label."""
    return 34 + max((text_width(label, 12) for label in labels), default=0)


def colour(index: int) -> str:
    return COLOURS[index % len(COLOURS)]


def dash(index: int) -> str:
    return DASHES[index % len(DASHES)]


def shape(index: int) -> str:
    return SHAPES[index % len(SHAPES)]
