"""The look of the offline pages of a submission, and their pieces. All text is escaped here or by the caller."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape
from urllib.parse import quote

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
STYLE = """
:root{--ink:#1c2430;--soft:#5b6675;--line:#d8dee6;--head:#eef2f7;--link:#1f4e8c;--mark:#8a4b00}
*{box-sizing:border-box}
html{scroll-padding-top:.5rem}
body{margin:0;font:15px/1.45 system-ui,"Segoe UI",Roboto,sans-serif;color:var(--ink);display:flex}
nav{width:17rem;flex:none;height:100vh;overflow:auto;position:sticky;top:0;border-right:1px solid var(--line);
padding:1rem;background:#fafbfd}
nav h2{font-size:.8rem;text-transform:uppercase;letter-spacing:.05em;color:var(--soft);margin:1rem 0 .3rem}
nav ul{list-style:none;margin:0;padding:0}
nav a{display:block;padding:.1rem .3rem;border-radius:4px}
main{padding:1.2rem 2rem 4rem;min-width:0;flex:1}
a{color:var(--link);text-decoration:none}a:hover,a:focus{text-decoration:underline}
a:focus-visible{outline:2px solid var(--link);outline-offset:1px}
h1{font-size:1.5rem;margin:.2rem 0 .6rem}h2{font-size:1.2rem;margin:2.2rem 0 .4rem}
h3{font-size:1rem;margin:1.4rem 0 .3rem}
p{margin:.3rem 0}.soft{color:var(--soft)}.mark{color:var(--mark)}
.todo{background:#fff3a3;border-left:4px solid #b58900;padding:.3rem .6rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:.4rem 0 1rem;font-size:.88rem}
caption{text-align:left;font-weight:600;padding:.2rem 0}
th,td{border:1px solid var(--line);padding:.28rem .5rem;text-align:left;vertical-align:top;
overflow-wrap:break-word}
th{background:var(--head);position:sticky;top:0;white-space:nowrap}
td.code{font-family:ui-monospace,Consolas,monospace;white-space:nowrap;overflow-wrap:normal}
tr.value td:first-child{padding-left:1.2rem}tr.value td{background:#fcfcf8}
code{font-family:ui-monospace,Consolas,monospace;font-size:.92em;white-space:pre-wrap}
:target{background:#fff6d6}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem}dt{color:var(--soft)}dd{margin:0}
@media (max-width:60rem){body{display:block}nav{position:static;width:auto;height:auto;
border:0;border-bottom:1px solid var(--line)}}
@media print{nav{display:none}body{display:block;font-size:11px}th{position:static}
table{page-break-inside:auto}tr{page-break-inside:avoid}}
"""


def page(title: str, navigation: str, body: str, script: str = "", style: str = "") -> str:
    """A page of this look. ``title`` is text; ``navigation`` and ``body`` are HTML.

    ``script``: the only one that may run, at the end of the page. ``style``: further rules of the look.
    """
    policy = _POLICY
    if script:
        digest = b64encode(sha256(script.encode("utf-8")).digest()).decode("ascii")
        policy = f"{_POLICY}; script-src 'sha256-{digest}'"
        body = f"{body}<script>{script}</script>\n"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}{style}</style></head>\n"
        f'<body>\n<nav aria-label="Contents">{navigation}</nav>\n<main>\n{body}</main>\n</body></html>\n'
    )


def table_of(head: Iterable[str], rows: Iterable[str], caption: str = "") -> str:
    """A table out of rows of HTML."""
    cells = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    lines = "\n".join(rows)
    return f'<div class="wide"><table>{title}<thead><tr>{cells}</tr></thead>\n<tbody>{lines}</tbody></table></div>\n'


def row_of(cells: Iterable[str], kind: str = "", anchor: str = "", code: int = 1) -> str:
    """A row out of cells of HTML; the first ``code`` ones are set as code."""
    told = "".join(
        f'<td class="code">{cell}</td>' if place < code else f"<td>{cell}</td>"
        for place, cell in enumerate(cells)
    )
    mark = f' class="{kind}"' if kind else ""
    named = f' id="{escape(anchor)}"' if anchor else ""
    return f"<tr{mark}{named}>{told}</tr>"


def link(target: str, text: str) -> str:
    """A link to a place on the page."""
    return f'<a href="#{quote(target)}">{escape(text)}</a>'
