"""The content of a define.xml as Define-XML 2.1, in the order that its schema asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

from sdtm.submission.define_arm import ARM, ArmWriter
from sdtm.submission.define_model import (
    CodelistDefinition,
    Comment,
    Define,
    Group,
    Item,
    Leaf,
    Method,
    Reference,
    Standard,
    TermDefinition,
    ValueList,
    Where,
)
from specs.location import Location
from specs.problems import Problem, ProblemsFound

ODM = "http://www.cdisc.org/ns/odm/v1.3"
DEF = "http://www.cdisc.org/ns/def/v2.1"
XLINK = "http://www.w3.org/1999/xlink"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
VERSION = "2.1.0"
# What XML 1.0 cannot hold at all.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def define_xml(define: Define) -> bytes:
    """A define.xml; the same bytes for the same content.

    Raises:
        ProblemsFound: a text of the spec with characters that XML cannot hold.
    """
    return _Writer(define).document()


def file_oid(define: Define) -> str:
    """The ``FileOID`` of a define.xml."""
    return f"{define.study}.{define.kind}.Define-XML"


def study_oid(define: Define) -> str:
    """The OID of its study."""
    return f"STDY.{define.study}"


def version_oid(define: Define) -> str:
    """The OID of its metadata version."""
    return f"MDV.{define.study}.{define.kind}"


def _odm(name: str) -> str:
    return f"{{{ODM}}}{name}"


def _def(name: str) -> str:
    return f"{{{DEF}}}{name}"


class _Writer:
    def __init__(self, define: Define) -> None:
        self.define = define
        self.problems: list[Problem] = []

    def document(self) -> bytes:
        define = self.define
        spaces: dict[Any, str] = {None: ODM, "def": DEF, "xlink": XLINK}
        root = etree.Element(_odm("ODM"), nsmap=spaces | ({"arm": ARM} if define.displays else {}))
        self._set(
            root,
            FileType="Snapshot",
            FileOID=file_oid(define),
            CreationDateTime=define.created,
            AsOfDateTime=define.created,
            ODMVersion="1.3.2",
            Originator="sdtm-toolkit",
            SourceSystem="sdtm-toolkit",
            SourceSystemVersion=define.toolkit,
        )
        root.set(_def("Context"), "Submission")
        study = self._add(root, _odm("Study"), OID=study_oid(define))
        names = self._add(study, _odm("GlobalVariables"))
        self._text(names, _odm("StudyName"), define.study)
        self._text(names, _odm("StudyDescription"), define.title or define.study)
        self._text(names, _odm("ProtocolName"), define.study)
        title = f"Study {define.study}, {define.kind} Data Definitions"
        version = self._add(study, _odm("MetaDataVersion"), OID=version_oid(define), Name=title)
        self._set(version, Description=f"{define.kind} datasets of study {define.study}")
        version.set(_def("DefineVersion"), VERSION)
        self._content(version)
        if self.problems:
            raise ProblemsFound(self.problems)
        etree.indent(root, "  ")
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"

    def _content(self, version: etree._Element) -> None:
        define = self.define
        standards = self._add(version, _def("Standards"))
        for standard in define.standards:
            self._standard(standards, standard)
        if define.annotated_crf:
            crf = self._add(version, _def("AnnotatedCRF"))
            self._add(crf, _def("DocumentRef"), leafID=define.annotated_crf)
        others = [leaf for leaf in define.documents if leaf.id != define.annotated_crf]
        if others:
            more = self._add(version, _def("SupplementalDoc"))
            for leaf in others:
                self._add(more, _def("DocumentRef"), leafID=leaf.id)
        for value_list in define.value_lists:
            self._value_list(version, value_list)
        for where in define.wheres:
            self._where(version, where)
        for group in define.groups:
            self._group(version, group)
        for item in define.items:
            self._item(version, item)
        for codelist in define.codelists:
            self._codelist(version, codelist)
        for method in define.methods:
            self._method(version, method)
        for comment in define.comments:
            self._comment(version, comment)
        for leaf in define.documents:
            self._leaf(version, leaf)
        if define.displays:
            writer = ArmWriter(self._described, self._document, self._where_reference, self._checked)
            writer.add(version, define.displays)

    # --- elements --------------------------------------------------------------------------------------

    def _standard(self, parent: etree._Element, standard: Standard) -> None:
        self._add(
            parent,
            _def("Standard"),
            OID=standard.oid,
            Name=standard.name,
            Type=standard.type,
            PublishingSet=standard.publishing_set,
            Version=standard.version,
            Status="Final",
        )

    def _value_list(self, parent: etree._Element, value_list: ValueList) -> None:
        element = self._add(parent, _def("ValueListDef"), OID=value_list.oid)
        self._references(element, value_list.references)

    def _where(self, parent: etree._Element, where: Where) -> None:
        element = self._add(parent, _def("WhereClauseDef"), OID=where.oid)
        for check in where.checks:
            one = self._add(element, _odm("RangeCheck"), Comparator=check.comparator, SoftHard="Soft")
            one.set(_def("ItemOID"), check.item)
            for value in check.values:
                self._text(one, _odm("CheckValue"), value)

    def _group(self, parent: etree._Element, group: Group) -> None:
        element = self._add(
            parent,
            _odm("ItemGroupDef"),
            OID=group.oid,
            Name=group.name,
            Repeating=_yes(group.is_repeating),
            IsReferenceData=_yes(group.is_reference),
            SASDatasetName=group.name,
            Domain=group.domain,
            Purpose=group.purpose,
        )
        self._set_def(
            element,
            Structure=group.structure,
            ArchiveLocationID=group.leaf.id,
            StandardOID=group.standard,
            IsNonStandard="" if group.standard else "Yes",
            HasNoData="Yes" if group.has_no_data else "",
            CommentOID=group.comment,
        )
        self._described(element, group.label)
        self._references(element, group.references)
        if group.class_name:
            kind = self._add(element, _def("Class"), Name=group.class_name)
            if group.subclass:
                self._add(kind, _def("SubClass"), Name=group.subclass)
        self._leaf(element, group.leaf)

    def _references(self, parent: etree._Element, references: Iterable[Reference]) -> None:
        for reference in references:
            element = self._add(
                parent,
                _odm("ItemRef"),
                ItemOID=reference.item,
                OrderNumber=str(reference.order),
                Mandatory=_yes(reference.is_mandatory),
                KeySequence="" if reference.key is None else str(reference.key),
                MethodOID=reference.method,
                Role=reference.role,
            )
            self._set_def(element, HasNoData="Yes" if reference.has_no_data else "")
            if reference.where:
                self._where_reference(element, reference.where)

    def _where_reference(self, parent: etree._Element, oid: str) -> None:
        self._add(parent, _def("WhereClauseRef"), WhereClauseOID=oid)

    def _item(self, parent: etree._Element, item: Item) -> None:
        element = self._add(
            parent,
            _odm("ItemDef"),
            OID=item.oid,
            Name=item.name,
            DataType=item.data_type,
            Length="" if item.length is None else str(item.length),
            SignificantDigits="" if item.digits is None else str(item.digits),
            SASFieldName=item.name,
        )
        self._set_def(element, DisplayFormat=item.format, CommentOID=item.comment)
        self._described(element, item.label)
        if item.codelist:
            self._add(element, _odm("CodeListRef"), CodeListOID=item.codelist)
        if item.origin is not None:
            origin = self._add(element, _def("Origin"), Type=item.origin.type, Source=item.origin.source)
            self._described(origin, item.origin.text)
            if item.origin.pages or (
                item.origin.type == "Collected" and item.origin.source in ("Investigator", "Subject")
            ):
                self._document(origin, self.define.annotated_crf, item.origin.pages)
        if item.value_list:
            self._add(element, _def("ValueListRef"), ValueListOID=item.value_list)

    def _codelist(self, parent: etree._Element, codelist: CodelistDefinition) -> None:
        element = self._add(parent, _odm("CodeList"), OID=codelist.oid, Name=codelist.name, DataType="text")
        if codelist.dictionary:
            self._add(
                element,
                _odm("ExternalCodeList"),
                Dictionary=codelist.dictionary,
                Version=codelist.version,
            )
            return
        self._set_def(
            element,
            StandardOID=codelist.standard,
            IsNonStandard="" if codelist.standard else "Yes",
        )
        has_decodes = any(term.decode for term in codelist.terms)
        for order, term in enumerate(codelist.terms, 1):
            self._term(element, term, order, has_decodes)
        if codelist.code:
            self._add(element, _odm("Alias"), Name=codelist.code, Context="nci:ExtCodeID")

    def _term(self, parent: etree._Element, term: TermDefinition, order: int, has_decode: bool) -> None:
        name = "CodeListItem" if has_decode else "EnumeratedItem"
        element = self._add(parent, _odm(name), CodedValue=term.value, OrderNumber=str(order))
        self._set_def(element, ExtendedValue="Yes" if term.is_extended else "")
        if has_decode:
            self._translated(self._add(element, _odm("Decode")), term.decode)
        if term.code:
            self._add(element, _odm("Alias"), Name=term.code, Context="nci:ExtCodeID")

    def _method(self, parent: etree._Element, method: Method) -> None:
        element = self._add(parent, _odm("MethodDef"), OID=method.oid, Name=method.name, Type=method.type)
        self._described(element, method.text)
        if method.expression:
            self._text(element, _odm("FormalExpression"), method.expression, Context="SQL")
        self._document(element, method.document, method.pages)

    def _comment(self, parent: etree._Element, comment: Comment) -> None:
        element = self._add(parent, _def("CommentDef"), OID=comment.oid)
        self._described(element, comment.text)
        self._document(element, comment.document, comment.pages)

    def _document(self, parent: etree._Element, leaf: str, pages: str) -> None:
        if leaf:
            element = self._add(parent, _def("DocumentRef"), leafID=leaf)
            if pages:
                kind = "PhysicalRef" if re.fullmatch("[0-9 ]+", pages) else "NamedDestination"
                self._add(element, _def("PDFPageRef"), PageRefs=pages, Type=kind)

    def _leaf(self, parent: etree._Element, leaf: Leaf) -> None:
        element = self._add(parent, _def("leaf"), ID=leaf.id)
        element.set(f"{{{XLINK}}}href", self._checked(leaf.href))
        self._text(element, _def("title"), leaf.title)

    # --- texts -----------------------------------------------------------------------------------------

    def _described(self, parent: etree._Element, text: str) -> None:
        if text:
            self._translated(self._add(parent, _odm("Description")), text)

    def _translated(self, parent: etree._Element, text: str) -> None:
        element = self._add(parent, _odm("TranslatedText"))
        element.set(LANGUAGE, "en")
        element.text = self._checked(text)

    def _add(self, parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
        element = etree.SubElement(parent, tag)
        self._set(element, **attributes)
        return element

    def _text(self, parent: etree._Element, tag: str, text: str, **attributes: str) -> None:
        self._add(parent, tag, **attributes).text = self._checked(text)

    def _set(self, element: etree._Element, **attributes: str) -> None:
        for name, text in attributes.items():
            if text:
                element.set(name, self._checked(text))

    def _set_def(self, element: etree._Element, **attributes: str) -> None:
        for name, text in attributes.items():
            if text:
                element.set(_def(name), self._checked(text))

    def _checked(self, text: str) -> str:
        unfit = _UNFIT.search(text)
        if unfit is None:
            return text
        shown = ascii(text if len(text) <= 60 else f"{text[:57]}...")
        problem = Problem(
            "define-characters",
            Location(file="define.xml"),
            f"the text {shown} with U+{ord(unfit[0]):04X}",
            "text without control characters, which XML cannot hold",
            "correct it in the study's spec",
        )
        if problem not in self.problems:
            self.problems.append(problem)
        return _UNFIT.sub("", text)


def _yes(value: bool) -> str:
    return "Yes" if value else "No"
