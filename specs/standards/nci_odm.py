"""The ODM-XML file that NCI EVS publishes of a terminology package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from specs.location import Location
from specs.problems import Problem, ProblemsFound
from specs.standards import nci_rows
from specs.standards.nci_rows import NciRow
from specs.standards.untrusted import document_type_refused, refuse_document_type

NCI = "{http://ncicb.nci.nih.gov/xml/odm/EVS/CDISC}"
ITEMS = ("EnumeratedItem", "CodeListItem")
# libxml2 may count no further.
LAST_LINE = 65_535


def read_odm(file: Path) -> tuple[list[NciRow], list[str]]:
    """The codelists and terms as rows, and the texts of the file that name package and version.

    Those texts are FileOID and the OID of the study (``CDISC_CT.SDTM.2025-09-26``) and the description of the
    MetaDataVersion (``CDISC SDTM Controlled Terminology, 2025-09-26``).
    """
    refuse_document_type(file)
    from lxml import etree

    rows: list[NciRow] = []
    titles: list[str] = []
    root = ""
    with file.open("rb") as source:
        # No entity is resolved, no document type loaded, nothing fetched; libxml2's own limits stay on.
        parser = etree.iterparse(
            source,
            events=("start", "end"),
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            for event, element in parser:
                name = etree.QName(element).localname
                root = root or name
                if event == "start":
                    titles += _titles(name, element)
                elif name == "CodeList":
                    rows += _codelist_rows(file, element)
                    element.clear()
        except etree.XMLSyntaxError as error:
            found = f"XML that cannot be read: {error.msg}"
            raise ProblemsFound(_no_odm(Location(str(file), line=error.lineno), found)) from None
        if parser.root is not None and parser.root.getroottree().docinfo.doctype:
            raise ProblemsFound(document_type_refused(file))
    if root != "ODM":
        raise ProblemsFound(_no_odm(Location(str(file)), f"XML of another kind ({root})"))
    return rows, [title for title in titles if title]


def _titles(name: str, element: Any) -> list[str]:
    attributes = {"ODM": ("FileOID",), "Study": ("OID",), "MetaDataVersion": ("Description",)}
    return [element.get(attribute, "") for attribute in attributes.get(name, ())]


def _codelist_rows(file: Path, element: Any) -> list[NciRow]:
    code = element.get(f"{NCI}ExtCodeID", "")
    title = element.get("Name", "")
    cells = {
        nci_rows.CODE: code,
        nci_rows.EXTENSIBLE: element.get(f"{NCI}CodeListExtensible", ""),
        nci_rows.CODELIST_NAME: title,
        nci_rows.SUBMISSION_VALUE: _text(element, "CDISCSubmissionValue"),
    }
    key = element.get("OID", title)
    rows = [NciRow(_where(file, element, key), _stripped(cells))]
    for item in element.iter(*(f"{{*}}{name}" for name in ITEMS)):
        value = item.get("CodedValue", "")
        cells = {
            nci_rows.CODE: item.get(f"{NCI}ExtCodeID", ""),
            # Of an item its codelist is never in doubt; without a code the row above is faulty already.
            nci_rows.CODELIST_CODE: code,
            nci_rows.SUBMISSION_VALUE: value,
            # NCI cut them apart at the semicolons, so none holds one.
            nci_rows.SYNONYMS: "; ".join(synonym.text or "" for synonym in item.iter(f"{NCI}CDISCSynonym")),
            nci_rows.PREFERRED_TERM: _text(item, "PreferredTerm"),
        }
        if code:
            rows.append(NciRow(_where(file, item, f"{key}, {value}"), _stripped(cells)))
    return rows


def _text(element: Any, name: str) -> str:
    return element.findtext(f"{NCI}{name}") or ""


def _stripped(cells: dict[str, str]) -> dict[str, str]:
    return {name: text.strip() for name, text in cells.items()}


def _where(file: Path, element: Any, key: str) -> Location:
    line = element.sourceline
    return Location(str(file), line=line if line and line < LAST_LINE else None, key=key)


def _no_odm(where: Location, found: str) -> Problem:
    expected = "an ODM-XML file of a terminology package, as NCI EVS publishes it"
    return Problem("ct-file-xml", where, found, expected, "download the file again from NCI EVS")
