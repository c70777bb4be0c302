"""What a define.xml may not have, beyond its schema: the defects that conformance engines look for first.

Own words and code; the list is that of Define-XML 2.1 (CDISC, 2019): unique and resolved references, methods of what
is derived, sequences of keys, lengths and digits by type, codelists by standard, where clauses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

ODM, DEF = "http://www.cdisc.org/ns/odm/v1.3", "http://www.cdisc.org/ns/def/v2.1"
ARM = "http://www.cdisc.org/ns/arm/v1.0"
NAMES = {"o": ODM, "d": DEF, "a": ARM}
_D = f"{{{DEF}}}"


def defects(path: Path) -> list[tuple[str, str]]:
    """(kind of defect, where) of a define.xml."""
    checks = _Checks(etree.parse(path))
    return [*checks.references(), *checks.groups(), *checks.items_(), *checks.codelists(), *checks.wheres()]


class _Checks:
    def __init__(self, tree: Any) -> None:
        self.tree = tree
        self.items = {each.get("OID"): each for each in tree.iterfind(".//o:ItemDef", NAMES)}
        self.lists = {each.get("OID"): each for each in tree.iterfind(".//o:CodeList", NAMES)}
        self.refs = list(tree.iterfind(".//o:ItemRef", NAMES))

    def _texts(self, *paths: str) -> set[str]:
        return {str(text) for path in paths for text in self.tree.xpath(path, namespaces=NAMES)}

    def references(self) -> Iterator[tuple[str, str]]:
        for oid, count in Counter(self.tree.xpath("//@OID")).items():
            if count > 1:
                yield "OID twice", oid
        for what, defined, used in (
            ("method", "//o:MethodDef/@OID", ("//@MethodOID",)),
            ("comment", "//d:CommentDef/@OID", ("//@d:CommentOID",)),
            ("where clause", "//d:WhereClauseDef/@OID", ("//@WhereClauseOID",)),
            ("codelist", "//o:CodeList/@OID", ("//@CodeListOID",)),
            ("value list", "//d:ValueListDef/@OID", ("//@ValueListOID",)),
            ("leaf", "//d:leaf/@ID", ("//@leafID", "//@d:ArchiveLocationID")),
        ):
            there, asked = self._texts(defined), self._texts(*used)
            yield from ((f"{what} unused", oid) for oid in there - asked)
            yield from ((f"{what} undefined", oid) for oid in asked - there)
        items, groups = set(self.items), self._texts("//o:ItemGroupDef/@OID")
        asked = self._texts("//o:ItemRef/@ItemOID")
        yield from (("item unused", oid) for oid in items - asked)
        every = asked | self._texts("//@d:ItemOID", "//a:AnalysisVariable/@ItemOID", "//@ParameterOID")
        yield from (("item undefined", oid) for oid in every - items)
        yield from (("dataset undefined", oid) for oid in self._texts("//@ItemGroupOID") - groups)

    def groups(self) -> Iterator[tuple[str, str]]:
        for group in self.tree.iterfind(".//o:ItemGroupDef", NAMES):
            name, refs = group.get("Name"), group.findall("o:ItemRef", NAMES)
            keys = sorted(int(ref.get("KeySequence")) for ref in refs if ref.get("KeySequence"))
            if not keys or keys != list(range(1, len(keys) + 1)):
                yield "keys", name
            if [int(ref.get("OrderNumber")) for ref in refs] != list(range(1, len(refs) + 1)):
                yield "order", name
            for part in ("d:Class", "o:Description", "d:leaf"):
                if group.find(part, NAMES) is None:
                    yield f"no {part}", name
            if bool(group.get(f"{_D}StandardOID")) == bool(group.get(f"{_D}IsNonStandard")):
                yield "standard", name
            if group.get(f"{_D}HasNoData") and not group.get(f"{_D}CommentOID"):
                yield "no data, no comment", name
            for ref in refs:
                item = self.items[ref.get("ItemOID")]
                if ref.get(f"{_D}HasNoData") and not item.get(f"{_D}CommentOID"):
                    yield "no data, no comment", item.get("OID")
                if group.get("Purpose") == "Tabulation" and not ref.get("Role"):
                    yield "no role", item.get("OID")

    def items_(self) -> Iterator[tuple[str, str]]:
        for oid, item in self.items.items():
            kind, length, digits = (item.get(name) for name in ("DataType", "Length", "SignificantDigits"))
            if (kind in ("text", "integer", "float")) != bool(length):
                yield f"length of {kind}", oid
            if (kind == "float") != bool(digits):
                yield f"digits of {kind}", oid
            if item.find("o:Description", NAMES) is None:
                yield "no description", oid
            if kind == "text" and item.get(f"{_D}DisplayFormat"):
                yield "format of text", oid
            codelist = item.find("o:CodeListRef", NAMES)
            if codelist is not None and self.lists[codelist.get("CodeListOID")].get("DataType") != kind:
                yield "type of codelist", oid
        for ref in self.refs:
            yield from self._origin(ref, self.items[ref.get("ItemOID")])

    def _origin(self, ref: Any, item: Any) -> Iterator[tuple[str, str]]:
        oid, origin = item.get("OID"), item.find("d:Origin", NAMES)
        kind = origin.get("Type") if origin is not None else ""
        if not kind and item.find("d:ValueListRef", NAMES) is None:
            yield "no origin", oid
        if kind == "Derived" and not ref.get("MethodOID"):
            yield "derived without method", oid
        if kind and kind != "Derived" and ref.get("MethodOID"):
            yield "method without derivation", oid
        if kind == "Predecessor" and origin.find("o:Description", NAMES) is None:
            yield "predecessor unnamed", oid
        if kind in ("Collected", "Derived", "Assigned") and not origin.get("Source"):
            yield "no source", oid
        has_crf = self.tree.find(".//d:AnnotatedCRF", NAMES) is not None
        asks_crf = has_crf and kind == "Collected" and origin.get("Source") == "Investigator"
        if asks_crf and origin.find("d:DocumentRef", NAMES) is None:
            yield "collected without CRF", oid

    def codelists(self) -> Iterator[tuple[str, str]]:
        for name, count in Counter(each.get("Name") for each in self.lists.values()).items():
            if count > 1:
                yield "codelist name twice", name
        for oid, codelist in self.lists.items():
            terms = codelist.xpath("o:CodeListItem | o:EnumeratedItem", namespaces=NAMES)
            values = [term.get("CodedValue") for term in terms]
            if len(set(values)) != len(values):
                yield "term twice", oid
            if len({etree.QName(term).localname for term in terms}) > 1:
                yield "decodes of some terms", oid
            standard, alias = codelist.get(f"{_D}StandardOID"), codelist.find("o:Alias", NAMES)
            if bool(standard) != (alias is not None):
                yield "code of codelist", oid
            for term in terms:
                has_code = term.find("o:Alias", NAMES) is not None
                if term.get(f"{_D}ExtendedValue") and (has_code or not standard):
                    yield "extension", f"{oid} {term.get('CodedValue')}"

    def wheres(self) -> Iterator[tuple[str, str]]:
        for where in self.tree.iterfind(".//d:WhereClauseDef", NAMES):
            for check in where.iterfind("o:RangeCheck", NAMES):
                item = self.items.get(check.get(f"{_D}ItemOID"))
                codelist = item.find("o:CodeListRef", NAMES) if item is not None else None
                if codelist is None or check.get("Comparator") not in ("EQ", "IN"):
                    continue
                terms = set(self.lists[codelist.get("CodeListOID")].xpath("*/@CodedValue"))
                for value in check.iterfind("o:CheckValue", NAMES):
                    if terms and value.text not in terms:
                        yield "value outside the codelist", where.get("OID")
