"""What a define.xml says of datasets and variables, read for the page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from specs.location import Location
from specs.problems import Problem
from validation.define_reader import define_root

_NAMES = {"odm": "http://www.cdisc.org/ns/odm/v1.3", "def": "http://www.cdisc.org/ns/def/v2.1"}
_DEF = f"{{{_NAMES['def']}}}"
_ODM = f"{{{_NAMES['odm']}}}"


@dataclass(frozen=True, slots=True)
class VariableDefinition:
    """One variable. ``codelist``: its name and its anchor in define.html."""

    name: str
    label: str = ""
    type: str = ""
    length: str = ""
    key: int | None = None
    codelist: tuple[str, str] = ("", "")
    format: str = ""
    origin: str = ""
    method: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class DatasetDefinition:
    """One dataset, with the anchor that it has in define.html."""

    name: str
    anchor: str
    label: str
    class_name: str
    structure: str
    comment: str
    variables: tuple[VariableDefinition, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        keyed = sorted((each for each in self.variables if each.key is not None), key=lambda v: v.key or 0)
        return tuple(each.name for each in keyed)


@dataclass(frozen=True, slots=True)
class Definitions:
    """One define.xml. ``standards``: name and version of guides and terminology."""

    title: str
    standards: tuple[str, ...]
    datasets: tuple[DatasetDefinition, ...]


def read_definitions(path: Path) -> Definitions | None:
    """A define.xml, or None where there is none. ``ProblemsFound`` for a file that is no XML, or not to be trusted."""
    if not path.is_file():
        return None

    def refused(found: str, expected: str) -> Problem:
        return Problem("damaged-file", Location(file=str(path)), found, expected, "run again")

    return _Reader(define_root(path, refused)).definitions()


class _Reader:
    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.items = {each.get("OID"): each for each in root.iter(f"{_ODM}ItemDef")}
        self.codelists = {each.get("OID"): each for each in root.iter(f"{_ODM}CodeList")}
        self.methods = {each.get("OID"): each for each in root.iter(f"{_ODM}MethodDef")}
        self.comments = {each.get("OID"): each for each in root.iter(f"{_DEF}CommentDef")}

    def definitions(self) -> Definitions:
        standards = tuple(
            " ".join(filter(None, (each.get("Name"), each.get("PublishingSet"), each.get("Version"))))
            for each in self.root.iter(f"{_DEF}Standard")
        )
        title = self.root.findtext(".//odm:StudyDescription", "", _NAMES)
        groups = tuple(self._dataset(each) for each in self.root.iter(f"{_ODM}ItemGroupDef"))
        return Definitions(title.strip(), standards, groups)

    def _dataset(self, group: etree._Element) -> DatasetDefinition:
        class_name = group.get(f"{_DEF}Class", "")
        found = group.find("def:Class", _NAMES)
        if found is not None:
            sub = found.find("def:SubClass", _NAMES)
            class_name = found.get("Name", "") + (f" / {sub.get('Name', '')}" if sub is not None else "")
        return DatasetDefinition(
            group.get("Name", ""),
            group.get("OID", ""),
            _described(group),
            class_name,
            group.get(f"{_DEF}Structure", ""),
            self._comment(group),
            tuple(
                self._variable(each)
                for each in group.findall("odm:ItemRef", _NAMES)
                if each.get("ItemOID") in self.items
            ),
        )

    def _variable(self, reference: etree._Element) -> VariableDefinition:
        item = self.items[reference.get("ItemOID")]
        number, key = item.get("Length", ""), reference.get("KeySequence", "")
        listed = item.find("odm:CodeListRef", _NAMES)
        oid = listed.get("CodeListOID", "") if listed is not None else ""
        codelist = self.codelists.get(oid)
        method = self.methods.get(reference.get("MethodOID"))
        digits = item.get("SignificantDigits", "")
        return VariableDefinition(
            item.get("Name", ""),
            _described(item),
            item.get("DataType", ""),
            f"{number}.{digits}" if number and digits else number,
            int(key) if key.isdigit() else None,
            (codelist.get("Name", ""), oid) if codelist is not None else ("", ""),
            item.get(f"{_DEF}DisplayFormat", ""),
            self._origin(item),
            _described(method) if method is not None else "",
            self._comment(item),
        )

    def _origin(self, item: etree._Element) -> str:
        origin = item.find("def:Origin", _NAMES)
        if origin is None:
            return ""
        source, text = origin.get("Source", ""), _described(origin)
        told = origin.get("Type", "") + (f" ({source})" if source else "")
        return f"{told}: {text}" if text else told

    def _comment(self, element: etree._Element) -> str:
        found = self.comments.get(element.get(f"{_DEF}CommentOID"))
        return _described(found) if found is not None else ""


def _described(element: etree._Element) -> str:
    return (element.findtext("odm:Description/odm:TranslatedText", "", _NAMES) or "").strip()
