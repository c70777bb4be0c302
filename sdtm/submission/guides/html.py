"""A guide as one HTML page that needs nothing else."""

from __future__ import annotations

from html import escape

from sdtm.submission.guides.model import Block, Guide, numbered
from sdtm.submission.html_page import link, page, row_of, table_of


def guide_html(guide: Guide) -> bytes:
    """The page; ``guide`` is one whose findings are in place (``issues.completed``)."""
    parts = [f'<h1>{escape(guide.study)}: {escape(guide.title)}</h1>\n<p class="soft">Draft</p>\n']
    contents = []
    for number, each in numbered(guide.sections):
        name = f"s{number}"
        tag = "h2" if each.level == 1 else "h3"
        parts.append(f'<{tag} id="{name}">{number} {escape(each.title)}</{tag}>\n')
        parts += [_block(block) for block in each.blocks]
        if each.level == 1:
            contents.append(f"<li>{link(name, f'{number} {each.title}')}</li>")
    navigation = f"<h2>Contents</h2><ul>{''.join(contents)}</ul>"
    return page(f"{guide.study} {guide.name}", navigation, "".join(parts)).encode("utf-8")


def _block(block: Block) -> str:
    if block.kind == "table":
        rows = [row_of(map(escape, row), code=0) for row in block.rows]
        return table_of(block.head, rows, block.text)
    if block.kind == "to_write":
        return f'<p class="todo"><strong>To be written:</strong> {escape(block.text)}.</p>\n'
    return f"<p>{escape(block.text)}</p>\n"
