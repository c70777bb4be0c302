"""What the printed report says around its tables: heads, feet, contents, the share of each column.

Word and RTF documents have the same pages: contents first, then each table, listing or figure on pages of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from sdtm.reports.displays import Display

# Sizes in twips, a twentieth of a point: A4, and the same on its side.
SHORT, LONG, MARGIN = 11906, 16838, 1134
BODY = 16  # half-points: 8 pt
SMALL = 14


@dataclass(frozen=True, slots=True)
class Document:
    """A report for the section 14 of a clinical study report. ``note`` stands at the head of every page."""

    title: str
    note: str
    created: str  # ISO 8601, of the study, not of the clock
    displays: tuple[Display, ...]


def page_width(display: Display) -> int:
    """Twips between the margins of the display's pages."""
    return (LONG if display.wide else SHORT) - 2 * MARGIN


def column_widths(display: Display) -> list[int]:
    """The twips of each column, which together fill the page."""
    total, needed = page_width(display), sum(display.columns)
    ends = [
        round(total * sum(display.columns[: index + 1]) / needed) for index in range(len(display.columns))
    ]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def figure_size(width: float, height: float, display: Display) -> tuple[float, float]:
    """Width and height of a figure in points, at most the page's; pixels are 1/96 inch."""
    most_wide, most_tall = page_width(display) / 20, (SHORT if display.wide else LONG) / 20 - 190
    wide, tall = 0.75 * width, 0.75 * height
    factor = min(1.0, most_wide / wide, most_tall / tall)
    return wide * factor, tall * factor
