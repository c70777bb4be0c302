"""The content of a define.xml as one HTML page that needs nothing else: no script, no file, no network."""

from __future__ import annotations

from html import escape

from sdtm.submission.define_documents import document_html, link_html
from sdtm.submission.define_html_displays import DISPLAYS, displays_html
from sdtm.submission.define_model import (
    Check,
    CodelistDefinition,
    Define,
    Group,
    Item,
    Origin,
    Reference,
)
from sdtm.submission.html_page import link, page, row_of, table_of


def define_html(define: Define) -> bytes:
    """A page with the datasets, their variables and values, codelists, methods and comments."""
    return _Page(define).document().encode("utf-8")


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
            displays_html(self.define, self._check, self._documented),
        ]
        title = f"{define.study} {define.kind} define"
        return page(title, self._navigation(), "".join(body))

    def _navigation(self) -> str:
        groups = "".join(f"<li>{link(group.oid, group.name)}</li>" for group in self.define.groups)
        parts = [("datasets", "Datasets"), ("codelists", "Codelists"), ("methods", "Methods")]
        parts += [("comments", "Comments")] if self.define.comments else []
        parts += [(DISPLAYS, "Analysis results")] if self.define.displays else []
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
        documents = "".join(map(document_html, define.documents))
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
                    link_html(group.leaf),
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
        return f"<p>{link_html(self.leaves[leaf])}{told}</p>"


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
