"""The content of a define.xml as one HTML page that needs nothing else: no script, no file, no network."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from sdtm.submission.define_model import (
    Check,
    CodelistDefinition,
    Define,
    Group,
    Item,
    Leaf,
    Origin,
    Reference,
)

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


def define_html(define: Define) -> bytes:
    """A page with the datasets, their variables and values, codelists, methods and comments."""
    return _Page(define).document().encode("utf-8")


def page(title: str, navigation: str, body: str) -> str:
    """A page of this look. ``title`` is text; the others are HTML."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style></head>\n"
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


class _Page:
    def __init__(self, define: Define) -> None:
        self.define = define
        self.items = {item.oid: item for item in define.items}
        self.lists = {each.oid: each for each in define.value_lists}
        self.wheres = {each.oid: each for each in define.wheres}
        self.codelists = {each.oid: each for each in define.codelists}
        self.methods = {each.oid: each for each in define.methods}
        self.comments = {each.oid: each for each in define.comments}
        self.leaves = {each.id: each for each in define.documents}
        self.standards = {each.oid: each for each in define.standards}

    def document(self) -> str:
        define = self.define
        body = [
            f"<h1>{escape(define.study)}: {escape(define.kind)} data definitions</h1>\n",
            f"<p>{escape(define.title)}</p>\n" if define.title else "",
            self._about(),
            self._datasets(),
            *(self._group(group) for group in define.groups),
            self._codelists(),
            self._methods(),
            self._comments(),
        ]
        title = f"{define.study} {define.kind} define"
        return page(title, self._navigation(), "".join(body))

    def _navigation(self) -> str:
        groups = "".join(f"<li>{link(group.oid, group.name)}</li>" for group in self.define.groups)
        parts = [("datasets", "Datasets"), ("codelists", "Codelists"), ("methods", "Methods")]
        parts += [("comments", "Comments")] if self.define.comments else []
        others = "".join(f"<li>{link(target, text)}</li>" for target, text in parts)
        return f"<h2>Contents</h2><ul>{others}</ul><h2>Datasets</h2><ul>{groups}</ul>"

    def _about(self) -> str:
        define = self.define
        pairs = [
            (standard.name, " ".join(filter(None, (standard.publishing_set, standard.version))))
            for standard in define.standards
        ]
        pairs += [("Created", define.created)]
        listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in pairs)
        documents = "".join(f"<dt>Document</dt><dd>{self._document(leaf)}</dd>" for leaf in define.documents)
        return f"<dl>{listed}{documents}</dl>\n"

    def _datasets(self) -> str:
        rows = [
            row_of(
                [
                    link(group.oid, group.name),
                    escape(group.label) + self._note(group.comment),
                    escape(group.class_name + (f" / {group.subclass}" if group.subclass else "")),
                    escape(group.structure),
                    escape(", ".join(_keys(group, self.items))),
                    self._document(group.leaf),
                ]
            )
            for group in self.define.groups
        ]
        head = ("Dataset", "Description", "Class", "Structure", "Keys", "File")
        return f'<h2 id="datasets">Datasets</h2>\n{table_of(head, rows)}'

    def _group(self, group: Group) -> str:
        rows: list[str] = []
        for reference in group.references:
            item = self.items[reference.item]
            rows.append(row_of(self._cells(item, reference), anchor=item.oid))
            if item.value_list:
                rows += [self._value(each) for each in self.lists[item.value_list].references]
        head = ("Variable", "Label", "Type", "Length", "Key", "Codelist, format", "Origin", "Method, comment")
        title = f'<h2 id="{escape(group.oid)}">{escape(group.name)}: {escape(group.label)}</h2>\n'
        return f'{title}<p class="soft">{escape(group.structure)}</p>\n{table_of(head, rows)}'

    def _cells(self, item: Item, reference: Reference) -> list[str]:
        return [
            escape(item.name),
            escape(item.label),
            escape(item.data_type),
            _length(item),
            "" if reference.key is None else str(reference.key),
            self._codelist_of(item),
            self._origin(item),
            self._method_of(reference) + self._note(item.comment),
        ]

    def _value(self, reference: Reference) -> str:
        item = self.items[reference.item]
        checks = " and ".join(self._check(check) for check in self.wheres[reference.where].checks)
        cells = self._cells(item, reference)
        return row_of([f"where {checks}", *cells[1:]], "value", item.oid)

    def _check(self, check: Check) -> str:
        name = self.items[check.item].name if check.item in self.items else check.item
        words = {"EQ": "=", "NE": "&ne;", "IN": "in", "NOTIN": "not in"}
        comparator = words.get(check.comparator, escape(check.comparator))
        return f"{escape(name)} {comparator} {escape(', '.join(check.values))}"

    def _codelist_of(self, item: Item) -> str:
        parts = []
        if item.codelist:
            parts.append(link(item.codelist, self.codelists[item.codelist].name))
        if item.format:
            parts.append(escape(item.format))
        return "<br>".join(parts)

    def _origin(self, item: Item) -> str:
        if item.origin is None:
            return '<span class="soft">see its values</span>'
        return _origin_text(item.origin)

    def _method_of(self, reference: Reference) -> str:
        if not reference.method:
            return ""
        return escape(self.methods[reference.method].text)

    def _note(self, oid: str) -> str:
        return f'<p class="soft">{escape(self.comments[oid].text)}</p>' if oid else ""

    def _codelists(self) -> str:
        parts = ['<h2 id="codelists">Codelists</h2>\n']
        for codelist in self.define.codelists:
            parts.append(self._codelist(codelist))
        return "".join(parts)

    def _codelist(self, codelist: CodelistDefinition) -> str:
        title = f'<h3 id="{escape(codelist.oid)}">{escape(codelist.name)}'
        if codelist.dictionary:
            return f"{title}</h3><p>{escape(codelist.dictionary)} {escape(codelist.version)}</p>\n"
        known = self.standards.get(codelist.standard)
        about = f"{codelist.code}, {known.publishing_set} {known.version}" if known else "of the sponsor"
        rows = [
            row_of(
                [
                    escape(term.value)
                    + (' <span class="mark">(extended)</span>' if term.is_extended else ""),
                    escape(term.decode),
                    escape(term.code),
                ]
            )
            for term in codelist.terms
        ]
        return f'{title} <span class="soft">{escape(about)}</span></h3>\n{table_of(("Term", "Decode", "Code"), rows)}'

    def _methods(self) -> str:
        rows = [
            row_of(
                [
                    escape(method.oid.removeprefix("MT.")),
                    escape(method.type),
                    escape(method.text) + self._documented(method.document, method.pages),
                ],
                anchor=method.oid,
            )
            for method in self.define.methods
        ]
        return f'<h2 id="methods">Methods</h2>\n{table_of(("Variable", "Type", "Method"), rows)}'

    def _comments(self) -> str:
        if not self.define.comments:
            return ""
        rows = [
            row_of(
                [
                    escape(each.oid.removeprefix("COM.")),
                    escape(each.text) + self._documented(each.document, each.pages),
                ],
                anchor=each.oid,
            )
            for each in self.define.comments
        ]
        return f'<h2 id="comments">Comments</h2>\n{table_of(("About", "Comment"), rows)}'

    def _documented(self, leaf: str, pages: str) -> str:
        if leaf not in self.leaves:
            return ""
        told = f", pages {escape(pages)}" if pages else ""
        return f"<p>{self._document(self.leaves[leaf])}{told}</p>"

    def _document(self, leaf: Leaf) -> str:
        """A link to a file beside this one; a path that leads elsewhere is told, not linked."""
        if ":" in leaf.href or leaf.href.startswith(("/", "\\")):
            return escape(leaf.title)
        return f'<a href="{escape(quote(leaf.href))}">{escape(leaf.title)}</a>'


def _origin_text(origin: Origin) -> str:
    told = origin.type + (f" ({origin.source})" if origin.source else "")
    more = f"<br>{escape(origin.text)}" if origin.text else ""
    pages = f"<br>CRF {escape(origin.pages)}" if origin.pages else ""
    return escape(told) + more + pages


def _length(item: Item) -> str:
    if item.length is None:
        return ""
    return f"{item.length}" + (f".{item.digits}" if item.digits is not None else "")


def _keys(group: Group, items: dict[str, Item]) -> list[str]:
    keyed = sorted((each for each in group.references if each.key), key=lambda each: each.key or 0)
    return [items[each.item].name for each in keyed]
