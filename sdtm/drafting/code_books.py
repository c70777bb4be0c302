"""Code-books among the raw files: what columns are called in words, and what their codes mean.

A code-book is a table of which one column names columns of the other tables: a REDCap data dictionary (choices in one
text: ``1, Mild | 2, Severe``), or a list with a row for each code. Nothing else is read out of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sdtm.drafting.material import RawColumn, RawTableRead

VARIABLE = re.compile(r"(VARIABLE|FIELD|ITEM|COLUMN|QUESTION)(_?FIELD)?_?(NAME|ID|OID|CODE)?|NAME|CRF_?ITEM")
LABEL = re.compile(
    r"((VARIABLE|FIELD|ITEM|COLUMN|QUESTION)_?)?(LABEL|PROMPT|QUESTION_?TEXT|TEXT|DESCRIPTION|QUESTION)"
)
CODE = re.compile(r"(CODED?|OPTION|CHOICE|RAW|DATA|STORED)?_?(CODE|VALUE|CD)|CODED|OPTION")
DECODE = re.compile(
    r"(DECODED?|CODE|VALUE|OPTION|CHOICE|USER_?DATA|DISPLAY)?_?(DECODE|LABEL|TEXT|MEANING|STRING|NAME|DISPLAY)|DECODED"
)
FORM = re.compile(
    r"(CRF|FORM|FILE|DATASET|TABLE|INSTRUMENT|DOMAIN)_?(NAME|ID|OID|LABEL)?|(DATASET|FILE|TABLE)"
)
# 1, Mild | 2, Severe (REDCap); 1=Mild; 2=Severe; 1 = Mild, 2 = Severe
CHOICE = re.compile(r"\s*([A-Za-z0-9_.-]{1,20})\s*(?:,|=|:)\s*(\S.*?)\s*")
SEPARATORS = (r"\|", r"[\r\n]+", ";", r",(?=\s*[A-Za-z0-9_.-]{1,20}\s*=)")
KNOWN = 0.3  # share of the texts that are names of columns, at least
FEWEST = 3  # columns that a code-book names
Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class CodeBook:
    """What code-books say: (table or empty, column) in small letters -> label; and -> code -> decode."""

    tables: tuple[str, ...] = ()
    labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    decodes: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)


def with_code_books(tables: Mapping[str, RawTableRead]) -> tuple[dict[str, RawTableRead], tuple[str, ...]]:
    """The tables whose columns have the labels and decodes of the code-books, and the names of these."""
    books = {name: book for name, table in tables.items() if (book := read_book(name, table, tables))}
    made = {}
    for name, table in tables.items():
        columns = dict(table.columns)
        for book in books.values() if name not in books else ():
            columns = {key: _told(column, table, book) for key, column in columns.items()}
        made[name] = replace(table, columns=columns)
    return made, tuple(books)


def read_book(name: str, table: RawTableRead, tables: Mapping[str, RawTableRead]) -> CodeBook | None:
    """A table as a code-book; None where it is none."""
    others = {column.casefold() for key, other in tables.items() if key != name for column in other.columns}
    stems = {column: re.sub(r"[^A-Z0-9]+", "_", column.upper()).strip("_") for column in table.columns}
    variable = next((c for c in table.columns if _names_columns(table.columns[c], stems[c], others)), "")
    if not variable:
        return None
    left = [column for column in table.columns if column != variable and table.columns[column].texts]
    form = next((c for c in left if FORM.fullmatch(stems[c])), "")
    choices = next((c for c in left if _holds_choices(table.columns[c])), "")
    label = next((c for c in left if LABEL.fullmatch(stems[c]) and c != choices), "")
    code = next((c for c in left if CODE.fullmatch(stems[c]) and c not in (choices, label, form)), "")
    worded = [c for c in left if DECODE.fullmatch(stems[c]) and c not in (choices, code, form)]
    decode = next((c for c in worded if c != label), worded[0] if worded else "")
    if choices or not (code and decode):
        code = decode = ""
    elif decode == label:
        label = ""
    labels: dict[tuple[str, str], str] = {}
    decodes: dict[tuple[str, str], dict[str, str]] = {}
    used = [column for column in (variable, form, label, choices, code, decode) if column]
    for row in zip(*(table.columns[column].values for column in used), strict=True):
        told = {c: text for c, text in zip(used, row, strict=True) if isinstance(text, str)}
        if variable not in told:
            continue
        key = (told.get(form, "").casefold(), told[variable].strip().casefold())
        if label in told:
            labels.setdefault(key, plain(told[label]))
        if choices in told:
            decodes[key] = choices_of(told[choices])
        elif code in told and decode in told:
            decodes.setdefault(key, {})[told[code].strip()] = told[decode].strip()
    return CodeBook((name,), labels, {key: found for key, found in decodes.items() if found})


def _names_columns(column: RawColumn, stem: str, others: set[str]) -> bool:
    known = sum(text.strip().casefold() in others for text in column.texts)
    named = VARIABLE.fullmatch(stem) is not None
    return known >= FEWEST and known >= (KNOWN if named else 0.8) * len(column.texts)


def _holds_choices(column: RawColumn) -> bool:
    read = sum(len(choices_of(text)) >= 2 for text in column.texts)
    return bool(read) and 2 * read > len(column.texts)


def choices_of(text: str) -> dict[str, str]:
    """Code -> decode of a list of choices in one text; empty where the text is no such list.

    Example: ``1, Mild | 2, Severe`` -> {"1": "Mild", "2": "Severe"}; ``Y=Yes; N=No`` -> {"Y": "Yes", "N": "No"}.
    """
    for separator in SEPARATORS:
        parts = [part for part in re.split(separator, text) if part.strip()]
        found = [CHOICE.fullmatch(part) for part in parts]
        if len(parts) > 1 and all(found):
            made = {match[1]: plain(match[2]) for match in found if match}
            return made if len(made) == len(parts) else {}
    return {}


def plain(text: str) -> str:
    """A label without the mark-up that REDCap allows in it."""
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def _told(column: RawColumn, table: RawTableRead, book: CodeBook) -> RawColumn:
    """A column with what a code-book says about it: of its own form first, then of no or any one form."""
    name = column.name.casefold()
    label = _entry(book.labels, name, table)
    decodes = _entry(book.decodes, name, table)
    if label and not column.label:
        column = replace(column, label=label)
    if decodes and column.texts and all(text.strip() in decodes for text in column.texts):
        column = replace(column, decodes={text: decodes[text.strip()] for text in column.texts})
    return column


def _entry(told: Mapping[tuple[str, str], Entry], name: str, table: RawTableRead) -> Entry | None:
    """What is said of a column of this table; of a name that several forms have with other meanings nothing."""
    forms = {form: entry for (form, column), entry in told.items() if column == name}
    for form, entry in forms.items():
        if form and form in (table.name.casefold(), table.file.casefold().rpartition("/")[2].split(".")[0]):
            return entry
    entries = list(forms.values())
    return entries[0] if entries and all(entry == entries[0] for entry in entries) else None
