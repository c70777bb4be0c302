"""The sheets of define.xml workbooks as the field passes them on, in three generations.

Source: reference/spec-formats.md, 1.1 to 1.4 (headers checked there against workbooks of each generation):
G1 = Define-XML 2.0, Community style; G2 = Define-XML 2.0, Enterprise style; G3 = Define-XML 2.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

G1, G2, G3 = "G1", "G2", "G3"
GENERATIONS = (G1, G2, G3)

YES_NO = ("Yes", "No")
DATA_TYPES = (
    "text",
    "integer",
    "float",
    "date",
    "datetime",
    "time",
    "partialDate",
    "partialTime",
    "partialDatetime",
    "incompleteDatetime",
    "durationDatetime",
)
ORIGINS = {
    G1: ("CRF", "Derived", "Assigned", "Protocol", "eDT", "Predecessor"),
    G3: ("Collected", "Derived", "Assigned", "Protocol", "Predecessor", "Not Available"),
}
SOURCES = ("Investigator", "Subject", "Vendor", "Sponsor")
METHOD_TYPES = ("Computation", "Imputation")
COMPARATORS = ("EQ", "NE", "LT", "LE", "GT", "GE", "IN", "NOTIN")
CLASSES = (
    "TRIAL DESIGN",
    "SPECIAL PURPOSE",
    "INTERVENTIONS",
    "EVENTS",
    "FINDINGS",
    "FINDINGS ABOUT",
    "STUDY REFERENCE",
    "RELATIONSHIP",
)
CHOICES: dict[str, tuple[str, ...]] = {
    "Mandatory": YES_NO,
    "Repeating": YES_NO,
    "Reference Data": YES_NO,
    "Common": YES_NO,
    "Has No Data": YES_NO,
    "Data Type": DATA_TYPES,
    "Source": SOURCES,
    "Comparator": COMPARATORS,
    "Class": CLASSES,
}
DEVELOPER_NOTES = "Developer Notes"
WHERE_CLAUSES = "WhereClauses"


@dataclass(frozen=True, slots=True)
class DefineTable:
    """One sheet. ``keys`` identify a row; ``repeats`` are the columns whose empty cells mean the cell above.

    ``headers`` by generation; ``alias``: what a generation calls a column of G3. ``free``: columns of prose, in
    which blanks at the ends do no harm.
    """

    name: str
    about: str
    keys: tuple[str, ...]
    headers: dict[str, tuple[str, ...]]
    repeats: tuple[str, ...] = ()
    alias: dict[str, str] = field(default_factory=dict)
    free: tuple[str, ...] = (DEVELOPER_NOTES,)
    several: bool = False  # rows of one key may repeat

    def header(self, canonical: str, generation: str) -> str:
        """What a generation calls a column, or an empty text if it has none."""
        name = self.alias.get(canonical, canonical) if generation == G1 else canonical
        return name if name in self.headers[generation] else ""


def _split(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


_ATTRIBUTES = _split("Attribute, Value")
_DICTIONARIES = _split("ID, Name, Data Type, Dictionary, Version")
_METHODS = _split("ID, Name, Type, Description, Expression Context, Expression Code, Document, Pages")
_COMMENTS = _split("ID, Description, Document, Pages")
_DOCUMENTS = _split("ID, Title, Href")
_DISPLAYS = _split("ID, Title, Document, Pages")
_RESULTS = _split(
    "Display, ID, Description, Variables, Reason, Purpose, Selection Criteria, Join Comment, Documentation, "
    "Documentation Refs, Programming Context, Programming Code, Programming Document, Pages"
)


def _all(headers: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {generation: headers for generation in GENERATIONS}


DEFINE_TABLES: tuple[DefineTable, ...] = (
    DefineTable(
        "Define",
        "the study and the standard, as attributes",
        ("Attribute",),
        _all(_ATTRIBUTES),
        free=("Value",),
    ),
    DefineTable(
        "Datasets",
        "the datasets: label, class, structure and keys",
        ("Dataset",),
        {
            G1: _split(
                "Dataset, Description, Class, Structure, Purpose, Key Variables, Repeating, Reference Data, Comment"
            ),
            G2: _split(
                "Dataset, Label, Class, Structure, Key Variables, Repeating, Reference Data, Comment, Developer Notes"
            ),
            G3: _split(
                "Dataset, Label, Class, SubClass, Structure, Key Variables, Standard, Has No Data, Repeating, "
                "Reference Data, Comment, Developer Notes"
            ),
        },
        alias={"Label": "Description"},
    ),
    DefineTable(
        "Variables",
        "the variables of each dataset",
        ("Dataset", "Variable"),
        {
            G1: _split(
                "Order, Dataset, Variable, Label, Data Type, Length, Significant Digits, Format, Mandatory, Codelist, "
                "Origin, Pages, Method, Predecessor, Role, Comment"
            ),
            G2: _split(
                "Order, Dataset, Variable, Label, Data Type, Length, Significant Digits, Format, Mandatory, "
                "Assigned Value, Codelist, Common, Origin, Pages, Method, Predecessor, Role, Comment, Developer Notes"
            ),
            G3: _split(
                "Order, Dataset, Variable, Label, Data Type, Length, Significant Digits, Format, Mandatory, "
                "Assigned Value, Codelist, Common, Origin, Source, Pages, Method, Predecessor, Role, Has No Data, "
                "Comment, Developer Notes"
            ),
        },
        repeats=("Dataset",),
    ),
    DefineTable(
        "ValueLevel",
        "what holds for a variable under a condition, such as one test",
        ("Dataset", "Variable", "Where Clause"),
        {
            G1: _split(
                "Order, Dataset, Variable, Where Clause, Description, Data Type, Length, Significant Digits, Format, "
                "Mandatory, Codelist, Origin, Pages, Method, Predecessor, Comment"
            ),
            G2: _split(
                "Order, Dataset, Variable, Where Clause, Label, Data Type, Length, Significant Digits, Format, "
                "Mandatory, Assigned Value, Codelist, Origin, Pages, Method, Predecessor, Comment, Developer Notes"
            ),
            G3: _split(
                "Order, Dataset, Variable, Where Clause, Label, Data Type, Length, Significant Digits, Format, "
                "Mandatory, Assigned Value, Codelist, Origin, Source, Pages, Method, Predecessor, Comment, "
                "Developer Notes"
            ),
        },
        repeats=("Dataset", "Variable"),
        alias={"Label": "Description"},
    ),
    DefineTable(
        "Codelists",
        "the terms that each codelist allows",
        ("ID", "Term"),
        {
            G1: _split("ID, Name, NCI Codelist Code, Data Type, Order, Term, NCI Term Code, Decoded Value"),
            G2: _split("ID, Name, NCI Codelist Code, Data Type, Order, Term, NCI Term Code, Decoded Value"),
            G3: _split(
                "ID, Name, NCI Codelist Code, Data Type, Terminology, Comment, Order, Term, NCI Term Code, "
                "Decoded Value"
            ),
        },
        repeats=("ID", "Name", "NCI Codelist Code", "Data Type", "Terminology", "Comment"),
        free=("Comment", "Decoded Value", DEVELOPER_NOTES),
    ),
    DefineTable("Dictionaries", "external dictionaries, such as MedDRA", ("ID",), _all(_DICTIONARIES)),
    DefineTable(
        "Methods",
        "how derived variables are made",
        ("ID",),
        _all(_METHODS),
        free=("Description", "Expression Code", DEVELOPER_NOTES),
    ),
    DefineTable(
        "Comments",
        "comments that other sheets point at",
        ("ID",),
        _all(_COMMENTS),
        free=("Description", DEVELOPER_NOTES),
    ),
    DefineTable("Documents", "documents that other sheets point at", ("ID",), _all(_DOCUMENTS)),
    DefineTable(
        "Analysis Displays", "tables and figures (analysis results metadata)", ("ID",), _all(_DISPLAYS)
    ),
    DefineTable(
        "Analysis Results",
        "results in the displays",
        ("Display", "ID"),
        _all(_RESULTS),
        repeats=("Display", "ID"),
        free=_RESULTS[2:],
        several=True,
    ),
)
BY_NAME = {table.name: table for table in DEFINE_TABLES}
# Sheets of G1 that later generations hold otherwise.
WHERE_HEADERS = ("ID", "Dataset", "Variable", "Comparator", "Value")
NOT_IN_G1 = ("Analysis Displays", "Analysis Results")

JOINED = " / "


def row_name(table: DefineTable, texts: Mapping[str, str], count: int = 1) -> str:
    """How the row is named in ``Study.workbook``: its keys, such as ``AE / AETERM``; ``count`` if it repeats."""
    parts = [texts.get(key, "") for key in table.keys]
    while len(parts) > 1 and not parts[-1] and count == 1:
        parts.pop()
    return JOINED.join(parts if count == 1 else [*parts, str(count)])


def row_keys(table: DefineTable, name: str) -> dict[str, str]:
    """The keys of a row from its name."""
    parts = name.split(JOINED, len(table.keys) if table.several else len(table.keys) - 1)
    return {key: part for key, part in zip(table.keys, parts, strict=False) if part}
