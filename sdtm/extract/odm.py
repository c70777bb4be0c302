"""Reader of ODM-XML 1.3 ClinicalData: one table for each item group.

Columns: StudyOID, SubjectKey, LocationOID (the site), StudyEventOID, StudyEventRepeatKey, FormOID,
FormRepeatKey, ItemGroupOID, ItemGroupRepeatKey; then one for each item, named by its ItemOID, first in the
order of the metadata, then as they appear; the question or name of the item is its label. A unit that
stands with a value (MeasurementUnitRef) is in ``<ItemOID>_UNIT``. Coded values stay as they are; what they
stand for by the codelist of the item (Decode) is beside them in ``<ItemOID>_DECODE``. A row is numbered by
the first appearance of its record. Snapshots are read as they are, transactional files are played in
document order (``odm_records``). Audit records, signatures and annotations are only counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sdtm.extract.hashed_file import hash_file
from sdtm.extract.numbers import text_column_of
from sdtm.extract.odm_decodes import Codelists, DecodeColumns, translated
from sdtm.extract.odm_records import ItemValue, Key, Record, Records
from sdtm.extract.table import FileTable, Options, check_cells, check_names, listed, no_rows, refuse
from sdtm.extract.xml_files import XMLStream, elements, forget, local
from specs.problems import nearest

NAMESPACE = "http://www.cdisc.org/ns/odm/v1"
LEVELS = ("SubjectData", "StudyEventData", "FormData")
KEYS = {
    "SubjectData": ("SubjectKey",),
    "StudyEventData": ("StudyEventOID", "StudyEventRepeatKey"),
    "FormData": ("FormOID", "FormRepeatKey"),
    "ItemGroupData": ("ItemGroupOID", "ItemGroupRepeatKey"),
}
COLUMNS = (
    *("StudyOID", "SubjectKey", "LocationOID", "StudyEventOID", "StudyEventRepeatKey"),
    *("FormOID", "FormRepeatKey", "ItemGroupOID", "ItemGroupRepeatKey"),
)
COUNTED = {"AuditRecord": "audit records", "Annotation": "annotations", "Signature": "signatures"}
TAGS = (
    *LEVELS,
    *COUNTED,
    "ODM",
    "ClinicalData",
    "ReferenceData",
    "SiteRef",
    "ItemGroupData",
    "ItemDef",
    "ItemGroupDef",
    "CodeList",
)


def parts(path: Path, options: Options) -> list[Options]:
    """One table for each item group that has data."""
    check_root(path, options.shown)
    return [
        Options(options.shown, item_group=group)
        for group in dict.fromkeys(
            element.get("ItemGroupOID", "") for element in walk(path, options.shown, "ItemGroupData")
        )
    ]


def read(path: Path, options: Options) -> FileTable:
    """One item group of an ODM file, every value as text.

    Raises ``ProblemsFound``: empty-file, damaged-file, external-entity, file-too-large, not-odm,
    several-item-groups, unknown-item-group, cell-too-large. Findings: no-rows, repeated-record,
    repeated-item, transaction-without-record, ambiguous-transaction, value-without-format-label, ambiguous-decode.
    """
    sha256, size = hash_file(path)
    if not size:
        raise refuse(
            "empty-file", options.shown, "a file of 0 bytes", "an ODM-XML file", "export the file again"
        )
    check_root(path, options.shown)
    group = options.item_group or only_group(path, options)
    document = Document(options.shown, group)
    document.read(path)
    document.check_group()
    records = sorted(document.records.rows.values(), key=lambda record: record.number)
    items = list(dict.fromkeys([*document.items, *(name for r in records for name in r.values)]))
    rows = np.array([record.number for record in records], dtype=np.int32)
    columns = {}
    findings = check_names([*COLUMNS, *items], options.shown)
    for name, values in (*document.key_columns(records), *item_columns(items, records)):
        columns[name] = text_column_of(values)
        check_cells(columns[name], name, rows, options.shown)
    made = DecodeColumns(document.codelists, rows, options.shown)
    columns = dict(made.beside(columns, document.labels))
    if not len(rows):
        findings.append(no_rows(options.shown, "record"))
    return FileTable(
        columns,
        rows,
        sha256,
        size,
        notes=(*document.notes(), *made.notes),
        labels={name: label for name, label in (document.labels | made.labels).items() if name in columns},
        findings=(*findings, *document.records.findings(), *made.findings),
        decodes=made.of,
    )


def item_columns(items: list[str], records: list[Record]) -> Iterator[tuple[str, list[str | None]]]:
    for name in items:
        yield name, [record.values.get(name) for record in records]


def walk(path: Path, shown: str, *tags: str) -> Iterator[Any]:
    """Elements of some names as they end, forgotten afterwards."""
    with path.open("rb") as file:
        for _, element in elements(XMLStream(file, shown), *(f"{{*}}{tag}" for tag in tags)):
            yield element
            forget(element)


def check_root(path: Path, shown: str) -> None:
    """Refuse XML that is not ODM 1.3 by its first element."""
    with path.open("rb") as file:
        _, root = next(elements(XMLStream(file, shown), starts=True))
        if local(root) != "ODM" or not root.tag.startswith("{" + NAMESPACE):
            raise refuse(
                "not-odm",
                shown,
                f"XML that begins with {root.tag}",
                f"an element ODM in the namespace {NAMESPACE}.3",
                "export as ODM-XML 1.3, or set format if the file is something else",
            )


def only_group(path: Path, options: Options) -> str:
    """The item group of a file that has data of just one."""
    groups = [part.item_group for part in parts(path, options)]
    if len(groups) == 1:
        return groups[0]
    if not groups:
        raise refuse(
            "empty-file",
            options.shown,
            "no ItemGroupData",
            "an ODM file with ClinicalData",
            "export the file with its data",
        )
    raise refuse(
        "several-item-groups",
        options.shown,
        f"{len(groups)} item groups: {listed(groups, 20)}, and none is declared",
        "one item group, or the ItemGroupOID of the one to read",
        "set item_group for this dataset",
    )


@dataclass
class Document:
    """An ODM file while it is read for one item group."""

    shown: str
    group: str
    items: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    codelists: Codelists = field(default_factory=Codelists)
    groups: dict[str, None] = field(default_factory=dict)  # in the metadata or the data
    counts: Counter[str] = field(default_factory=Counter)
    foreign: dict[str, None] = field(default_factory=dict)
    study: str | None = None
    path: dict[str, Any] = field(default_factory=dict)  # the open elements of LEVELS
    sites: dict[str | None, str] = field(default_factory=dict)
    studies: dict[int, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.records = Records(self.shown, False)

    def read(self, path: Path) -> None:
        """Go through the file once."""
        with path.open("rb") as file:
            tags = [f"{{*}}{tag}" for tag in TAGS]
            for event, element in elements(XMLStream(file, self.shown), *tags, starts=True):
                name = local(element)
                if event == "start":
                    self.begin(name, element)
                else:
                    self.end(name, element)

    def begin(self, name: str, element: Any) -> None:
        if name == "ODM":
            self.records.transactional = element.get("FileType") == "Transactional"
        elif name in ("ClinicalData", "ReferenceData"):
            self.study = element.get("StudyOID")
        elif name in LEVELS:
            self.path[name] = element
            self.note_foreign(element)
            if element.get("TransactionType") == "Remove":
                self.records.remove_below(self.key_so_far(name))

    def end(self, name: str, element: Any) -> None:
        if name == "ItemGroupData":
            self.item_group(element)
            forget(element)
        elif name in LEVELS:
            del self.path[name]
            forget(element)
        elif name == "SiteRef" and "SubjectData" in self.path:
            self.sites[self.path["SubjectData"].get("SubjectKey")] = element.get("LocationOID", "")
        elif name == "ItemDef":
            self.labels[element.get("OID", "")] = label_of(element)
            self.codelists.read_item(element)
        elif name == "CodeList":
            self.codelists.read_codelist(element)
        elif name == "ItemGroupDef":
            self.groups[element.get("OID", "")] = None
            if element.get("OID") == self.group:
                self.items += [ref.get("ItemOID", "") for ref in element.iterchildren("{*}ItemRef")]
        elif name in COUNTED:
            self.counts[name] += 1

    def item_group(self, element: Any) -> None:
        """One ItemGroupData element, if it is of the group that is read."""
        group = element.get("ItemGroupOID", "")
        self.groups[group] = None
        if group != self.group:
            return
        self.note_foreign(element)
        above = self.transaction()
        if above == "Remove":
            return  # the records below were taken away when that element began
        kind = element.get("TransactionType") or above
        key = (*self.key_so_far("FormData"), *(element.get(name) for name in KEYS["ItemGroupData"]))
        items = [value for child in element for value in item_value(child, kind)]
        subject = self.path.get("SubjectData")
        site = self.sites.get(subject.get("SubjectKey")) if subject is not None else None
        before = self.records.made
        self.records.apply(key, kind, site, items)
        if self.records.made > before:
            self.studies[self.records.made] = self.study

    def transaction(self) -> str:
        """The TransactionType of the elements around; a snapshot only inserts."""
        if not self.records.transactional:
            return "Insert"
        kinds = [self.path[level].get("TransactionType") for level in LEVELS if level in self.path]
        return next((kind for kind in reversed(kinds) if kind), "Upsert")

    def key_so_far(self, level: str) -> Key:
        """The parts of a record's key down to a level."""
        parts: list[str | None] = []
        for name in LEVELS[: LEVELS.index(level) + 1]:
            element = self.path.get(name)
            parts += [element.get(part) if element is not None else None for part in KEYS[name]]
        return tuple(parts)

    def key_columns(self, records: list[Record]) -> Iterator[tuple[str, list[str | None]]]:
        yield "StudyOID", [self.studies[record.number] for record in records]
        names = [name for names in KEYS.values() for name in names]
        for name in COLUMNS[1:]:
            if name == "LocationOID":
                yield name, [record.site or self.sites.get(record.key[0]) for record in records]
            else:
                position = names.index(name)
                yield name, [record.key[position] for record in records]

    def check_group(self) -> None:
        if self.group not in self.groups:
            near = nearest(self.group, self.groups)
            raise refuse(
                "unknown-item-group",
                self.shown,
                f"no item group {self.group!r}; there are {listed(list(self.groups), 20)}",
                "the ItemGroupOID of an item group",
                f"did you mean {' or '.join(near)}?" if near else "correct item_group of this dataset",
            )

    def notes(self) -> list[str]:
        notes = []
        if self.records.transactional:
            notes.append("a transactional file; its transactions were played in document order")
        if self.records.removed:
            notes.append(f"records removed by transactions: {self.records.removed}")
        notes += [f"{what} not read: {self.counts[n]}" for n, what in COUNTED.items() if self.counts[n]]
        if self.foreign:
            notes.append(f"attributes of other namespaces were not read: {listed(list(self.foreign), 20)}")
        return notes

    def note_foreign(self, element: Any) -> None:
        for name in element.attrib:
            if name.startswith("{"):
                self.foreign.setdefault(f"{local(element)}/{name.rpartition('}')[2]}")


def item_value(element: Any, above: str) -> Iterator[ItemValue]:
    """The value of an ItemData element, or of a typed one such as ItemDataString."""
    name = local(element)
    if not name.startswith("ItemData"):
        return
    unit = element.find("{*}MeasurementUnitRef")
    if element.get("IsNull") == "Yes":
        value = None
    else:
        value = element.get("Value") if name == "ItemData" else element.text or ""
    yield ItemValue(
        element.get("ItemOID", ""),
        value,
        element.get("TransactionType") or above,
        unit.get("MeasurementUnitOID") if unit is not None else None,
    )


def label_of(element: Any) -> str:
    """The question of an item, in English if it has one in several languages, else its name."""
    return translated(element, "{*}Question") or element.get("Name", "")
