"""Pieces of HTML for the page. Every text of data or spec goes through ``text``; nothing else is escaped elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from urllib.parse import quote


def text(value: object) -> str:
    """A text as HTML, for content and for attributes."""
    return escape(str(value), quote=True)


def data(value: object) -> str:
    """A text of data, kept apart from the direction of the writing around it (names in Hebrew or Arabic)."""
    return f"<bdi>{text(value)}</bdi>"


def count(number: int) -> str:
    """1234567 -> 1,234,567."""
    return f"{number:,}"


def link(target: str, shown: str) -> str:
    """A link; ``shown`` is text. ``target`` begins with # or is a path beside the page."""
    return f'<a href="{text(target)}">{text(shown)}</a>'


def hash_link(kind: str, *parts: object) -> str:
    """An address inside the page, which the script opens: ``#record=AE/12/AETERM``."""
    return f"#{kind}=" + "/".join(quote(str(part), safe="") for part in parts)


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    caption: str = "",
    numbers: Sequence[int] = (),
    **attributes: str,
) -> str:
    """A table. ``rows`` hold HTML; the first cell of each is its heading. ``numbers``: columns set to the right."""
    right = {place: ' class="number"' for place in numbers}
    heading = "".join(
        f'<th scope="col"{right.get(place, "")}>{text(name)}</th>' for place, name in enumerate(head)
    )
    lines = "\n".join(row(cells, numbers) for cells in rows)
    title = f"<caption>{text(caption)}</caption>" if caption else ""
    more = "".join(f' {name.replace("_", "-")}="{text(value)}"' for name, value in attributes.items())
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{text(caption or head[0])}">'
        f"<table{more}>{title}<thead><tr>{heading}</tr></thead>\n<tbody>{lines}</tbody></table></div>\n"
    )


def marked_table(head: Sequence[str], rows: Iterable[str], caption: str, name: str, look: str = "") -> str:
    """A table out of rows of HTML (``row``), which the script filters by its ``name``."""
    heading = "".join(f'<th scope="col">{text(each)}</th>' for each in head)
    lines = "\n".join(rows)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{text(caption)}"><table id="{name}" class="{look}">'
        f"<caption>{text(caption)}</caption><thead><tr>{heading}</tr></thead>\n<tbody>{lines}</tbody></table></div>\n"
    )


def row(cells: Sequence[str], numbers: Sequence[int] = (), **attributes: str) -> str:
    """A row of cells of HTML; the first is its heading."""
    more = "".join(f' {name.replace("_", "-")}="{text(value)}"' for name, value in attributes.items())
    parts = [f'<th scope="row">{cells[0]}</th>']
    parts += [
        f'<td class="number">{cell}</td>' if place in numbers else f"<td>{cell}</td>"
        for place, cell in enumerate(cells[1:], 1)
    ]
    return f"<tr{more}>{''.join(parts)}</tr>"


def described(pairs: Mapping[str, str]) -> str:
    """Names and values (HTML) as a list; empty values are left out."""
    items = "".join(
        f"<div><dt>{text(name)}</dt><dd>{value}</dd></div>" for name, value in pairs.items() if value
    )
    return f"<dl>{items}</dl>\n"


def section(name: str, title: str, content: str) -> str:
    """A part of the page that the navigation leads to."""
    return (
        f'<section id="{text(name)}" aria-labelledby="{text(name)}-title">'
        f'<h2 id="{text(name)}-title" tabindex="-1">{text(title)}</h2>\n{content}</section>\n'
    )


def more(title: str, content: str, anchor: str = "") -> str:
    """Content behind a heading that opens it; ``title`` is HTML."""
    named = f' id="{text(anchor)}"' if anchor else ""
    return f"<details{named}><summary>{title}</summary>\n{content}</details>\n"
