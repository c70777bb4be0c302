"""What a define.xml says, as values: datasets, variables, conditions, codelists, methods, comments, documents.

Made from datasets and spec in ``define_build``; written as XML by ``define_xml`` and as HTML by
``define_html``. All references are OIDs, as in Define-XML 2.1 (CDISC, 2019).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Where values come from: ``type`` and ``source`` in the words of Define-XML 2.1.

    ``text``: the variable that a predecessor is copied from. ``pages``: of the annotated CRF, by blanks.
    """

    type: str
    source: str = ""
    text: str = ""
    pages: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A variable, or what holds for it under a condition."""

    oid: str
    name: str
    label: str
    data_type: str
    length: int | None = None
    digits: int | None = None  # after the decimal point
    format: str = ""
    codelist: str = ""
    origin: Origin | None = None
    value_list: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """An item in a dataset or in a value list. ``where``: OID of its condition."""

    item: str
    order: int
    is_mandatory: bool = False
    key: int | None = None
    method: str = ""
    role: str = ""
    where: str = ""
    has_no_data: bool = False


@dataclass(frozen=True, slots=True)
class Leaf:
    """A file: its XML ID, its path from the define.xml, its title."""

    id: str
    href: str
    title: str


@dataclass(frozen=True, slots=True)
class Group:
    """A dataset."""

    oid: str
    name: str
    label: str
    domain: str
    structure: str
    class_name: str
    leaf: Leaf
    references: tuple[Reference, ...]
    is_repeating: bool = True
    is_reference: bool = False
    purpose: str = "Tabulation"
    subclass: str = ""
    standard: str = ""  # empty: of no published standard
    comment: str = ""
    has_no_data: bool = False


@dataclass(frozen=True, slots=True)
class ValueList:
    oid: str
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One condition: an item, a comparator (EQ, NE, IN, NOTIN, LT, LE, GT, GE), the values."""

    item: str
    comparator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Where:
    oid: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class TermDefinition:
    """A term of a codelist; ``is_extended``: not in the published one."""

    value: str
    decode: str = ""
    code: str = ""
    is_extended: bool = False


@dataclass(frozen=True, slots=True)
class CodelistDefinition:
    """A codelist with the terms that the study uses, or an external dictionary."""

    oid: str
    name: str
    terms: tuple[TermDefinition, ...] = ()
    code: str = ""
    standard: str = ""  # empty: of the sponsor's own
    dictionary: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Method:
    oid: str
    name: str
    text: str
    type: str = "Computation"
    expression: str = ""  # SQL
    document: str = ""  # leaf
    pages: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    oid: str
    text: str
    document: str = ""  # leaf
    pages: str = ""


@dataclass(frozen=True, slots=True)
class Standard:
    """A guide (``type`` IG) or a terminology package (CT)."""

    oid: str
    name: str
    type: str
    version: str
    publishing_set: str = ""


@dataclass(frozen=True, slots=True)
class AnalysisData:
    """A dataset that a result is computed from: the records of a condition, and the variables read."""

    group: str
    items: tuple[str, ...]
    where: str = ""


@dataclass(frozen=True, slots=True)
class AnalysisResult:
    """One result of a display (Analysis Results Metadata 1.0). ``parameter``: OID of its PARAMCD, if it has one."""

    oid: str
    text: str
    reason: str
    purpose: str
    data: tuple[AnalysisData, ...]
    documentation: str = ""
    parameter: str = ""
    context: str = ""  # what runs ``code``
    code: str = ""
    document: str = ""  # leaf of the documentation
    pages: str = ""


@dataclass(frozen=True, slots=True)
class ResultDisplay:
    """A table or a figure, and the results that it shows."""

    oid: str
    name: str
    title: str
    results: tuple[AnalysisResult, ...]
    document: str = ""  # leaf
    pages: str = ""


@dataclass(frozen=True, slots=True)
class Define:
    """One define.xml."""

    study: str
    title: str
    kind: str  # SDTM or ADaM
    created: str
    toolkit: str
    standards: tuple[Standard, ...]
    groups: tuple[Group, ...]
    items: tuple[Item, ...]
    value_lists: tuple[ValueList, ...] = ()
    wheres: tuple[Where, ...] = ()
    codelists: tuple[CodelistDefinition, ...] = ()
    methods: tuple[Method, ...] = ()
    comments: tuple[Comment, ...] = ()
    documents: tuple[Leaf, ...] = ()
    annotated_crf: str = ""  # leaf
    displays: tuple[ResultDisplay, ...] = ()
