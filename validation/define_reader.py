"""Reads a define.xml (Define-XML 2.0 or 2.1), made by anybody, without trusting it.

No document type, no entities, no network, a limit of size. Nothing that it points at is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from specs.location import Location
from specs.problems import Problem, ProblemsFound
from specs.untrusted import document_type_refused, refuse_document_type, refuse_large_file

LARGEST = 256 * 1024 * 1024
NAME = "define.xml"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a where clause: ``comparator`` as EQ, NE, IN, NOTIN, LT, LE, GT, GE."""

    variable: str
    comparator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DefinedItem:
    """A variable, or one of its values (``where``: alternatives of conditions that hold together).

    ``type``: the DataType as written; empty numbers are 0 (``length``) or None (``order``, ``key``, ``digits``).
    ``origin``: all that is said of it in one text (``Collected, Investigator, pages 12 13``); ``method``: its words,
    then its expressions.
    """

    name: str
    label: str = ""
    type: str = ""
    length: int = 0
    digits: int | None = None
    codelist: str = ""
    mandatory: bool = False
    order: int | None = None
    key: int | None = None
    where: tuple[tuple[Condition, ...], ...] = ()
    values: tuple[DefinedItem, ...] = ()
    format: str = ""
    role: str = ""
    origin: str = ""
    method: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class DefinedDataset:
    """A dataset: its variables in the order of the file, the file it names, and whether it says it is empty."""

    name: str
    label: str = ""
    items: tuple[DefinedItem, ...] = ()
    file: str = ""
    has_no_data: bool = False
    class_name: str = ""
    structure: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class DefinedCodelist:
    """The terms of a codelist; ``None`` for a dictionary that is not listed (MedDRA).

    ``decodes``: term -> what it stands for, empty where that is not said; ``dictionary``: MedDRA 27.0.
    """

    name: str
    values: frozenset[str] | None
    decodes: Mapping[str, str] = field(default_factory=dict)
    dictionary: str = ""


@dataclass(frozen=True, slots=True)
class DefineFile:
    """What one define.xml says; ``file`` is its name in messages."""

    file: str
    datasets: Mapping[str, DefinedDataset] = field(default_factory=dict)
    codelists: Mapping[str, DefinedCodelist] = field(default_factory=dict)


def read_define(path: Path, name: str = "") -> DefineFile:
    """The content of a define.xml. ``ProblemsFound`` when it is damaged, too large, or no define.xml."""
    shown = name or path.name

    def refused(found: str, expected: str) -> Problem:
        return Problem("define-unreadable", Location(shown), found, expected, "write or copy the file again")

    root = define_root(path, refused)
    version = _first(root, "MetaDataVersion")
    if version is None:
        found = "no MetaDataVersion"
        raise ProblemsFound(refused(found, "Define-XML 2.0 or 2.1: an ODM element with a MetaDataVersion"))
    reader = _Reader(version)
    return DefineFile(shown, reader.datasets(), reader.codelists())


def define_root(path: Path, refused: Callable[[str, str], Problem]) -> Any:
    """The root element of a define.xml; ``refused(found, expected)`` makes the problem of a file that is not safe or
    not whole, which is raised."""
    from lxml import etree

    refuse_large_file(path, LARGEST, "a define.xml", refused)
    refuse_document_type(path, refused)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        tree = etree.parse(str(path), parser)
    except etree.XMLSyntaxError as error:
        found = f"XML that is not well formed, line {error.lineno}: {error.msg}"
        raise ProblemsFound(refused(found, "a whole, well-formed XML file")) from None
    if tree.docinfo.internalDTD is not None:  # in an encoding that the look at its bytes did not know
        raise ProblemsFound(document_type_refused(refused))
    return tree.getroot()


class _Reader:
    def __init__(self, version: Any) -> None:
        self.version = version
        self.items = {element.get("OID"): element for element in _children(version, "ItemDef")}
        self.lists = {element.get("OID"): element for element in _children(version, "ValueListDef")}
        self.methods = {element.get("OID"): _method(element) for element in _children(version, "MethodDef")}
        self.comments = {element.get("OID"): _text(element) for element in _children(version, "CommentDef")}
        self.wheres = {element.get("OID"): element for element in _children(version, "WhereClauseDef")}

    def datasets(self) -> dict[str, DefinedDataset]:
        found = {}
        for group in _children(self.version, "ItemGroupDef"):
            name = (group.get("Name") or group.get("SASDatasetName") or "").upper()
            items = [self._item(reference, with_values=True) for reference in _children(group, "ItemRef")]
            leaf = _first(group, "leaf")
            found[name] = DefinedDataset(
                name,
                _text(group) or _attribute(group, "Label"),
                tuple(item for item in items if item is not None),
                _attribute(leaf, "href") if leaf is not None else "",
                _attribute(group, "HasNoData") == "Yes",
                _class(group),
                _attribute(group, "Structure"),
                self.comments.get(_attribute(group, "CommentOID"), ""),
            )
        return found

    def codelists(self) -> dict[str, DefinedCodelist]:
        found = {}
        for element in _children(self.version, "CodeList"):
            terms = {
                term.get("CodedValue", ""): _words(_first(term, "Decode"))
                for kind in ("CodeListItem", "EnumeratedItem")
                for term in _children(element, kind)
            }
            outside = _first(element, "ExternalCodeList")
            found[element.get("OID", "")] = DefinedCodelist(
                element.get("Name", ""),
                frozenset(terms) if outside is None else None,
                terms,
                ""
                if outside is None
                else _joined(_attribute(outside, "Dictionary"), _attribute(outside, "Version")),
            )
        return found

    def _item(self, reference: Any, with_values: bool) -> DefinedItem | None:
        element = self.items.get(reference.get("ItemOID"))
        if element is None:
            return None
        codelist, values = _first(element, "CodeListRef"), _first(element, "ValueListRef")
        found = []
        if with_values and values is not None:
            listed = self.lists.get(values.get("ValueListOID"))
            found = [] if listed is None else [self._item(r, False) for r in _children(listed, "ItemRef")]
        return DefinedItem(
            name=element.get("Name", ""),
            label=_text(element) or _attribute(element, "Label"),
            type=element.get("DataType", ""),
            length=_number(element.get("Length")) or 0,
            digits=_number(element.get("SignificantDigits")),
            codelist=codelist.get("CodeListOID", "") if codelist is not None else "",
            mandatory=reference.get("Mandatory") == "Yes",
            order=_number(reference.get("OrderNumber")),
            key=_number(reference.get("KeySequence")),
            where=tuple(self._where(reference)),
            values=tuple(item for item in found if item is not None),
            format=_attribute(element, "DisplayFormat"),
            role=reference.get("Role", ""),
            origin="; ".join(_origin(each) for each in _children(element, "Origin")),
            method=self.methods.get(reference.get("MethodOID"), ""),
            comment=self.comments.get(_attribute(element, "CommentOID"), ""),
        )

    def _where(self, reference: Any) -> Iterator[tuple[Condition, ...]]:
        for clause in _children(reference, "WhereClauseRef"):
            definition = self.wheres.get(clause.get("WhereClauseOID"))
            if definition is None:
                continue
            conditions = []
            for check in _children(definition, "RangeCheck"):
                item = self.items.get(_attribute(check, "ItemOID"))
                values = tuple((value.text or "") for value in _children(check, "CheckValue"))
                name = item.get("Name", "") if item is not None else ""
                conditions.append(Condition(name, check.get("Comparator", ""), values))
            yield tuple(conditions)


def _children(element: Any, name: str) -> Iterator[Any]:
    """Children by their name, whatever version of Define-XML their namespace is of."""
    for child in element:
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2] == name:
            yield child


def _first(element: Any, name: str) -> Any:
    """The first element of a name below, at any depth for the top of the file, else among the children."""
    if element.getparent() is None:
        return next(element.iter(f"{{*}}{name}"), None)
    return next(_children(element, name), None)


def _text(element: Any) -> str:
    """The description of an element."""
    return _words(_first(element, "Description"))


def _words(element: Any) -> str:
    """The first text of an element that may have one in several languages."""
    words = _first(element, "TranslatedText") if element is not None else None
    return " ".join((words.text or "").split()) if words is not None else ""


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _class(group: Any) -> str:
    """The class of a dataset: an attribute in version 2.0, an element in 2.1."""
    element = _first(group, "Class")
    return _attribute(group, "Class") or (element.get("Name", "") if element is not None else "")


def _method(element: Any) -> str:
    expressions = (" ".join((each.text or "").split()) for each in _children(element, "FormalExpression"))
    return _joined(_text(element), *expressions)


def _origin(element: Any) -> str:
    """Type, source, words and pages of an origin, with commas between them."""
    pages = []
    for document in _children(element, "DocumentRef"):
        for page in _children(document, "PDFPageRef"):
            ends = [page.get("FirstPage", ""), page.get("LastPage", "")]
            pages.append(page.get("PageRefs", "") or "-".join(end for end in ends if end))
    told = [element.get("Type", ""), element.get("Source", ""), _text(element)]
    told += [f"pages {' '.join(pages)}"] if any(pages) else []
    return ", ".join(part for part in told if part)


def _attribute(element: Any, name: str) -> str:
    """An attribute by its name, with or without a namespace."""
    return next((str(v) for key, v in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.strip().isdecimal() and len(text) < 10 else None
