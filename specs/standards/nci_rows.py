"""NCI's row layout of a terminology package: codelist rows and term rows, checked and gathered.

A row without a ``Codelist Code`` is a codelist: its ``Code`` is the codelist's, its ``CDISC Submission
Value`` the short name. A row with one is a term of that codelist. The workbook, the text file and (turned
into rows) the ODM-XML file of a package all pass through ``gather``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from specs.location import Location
from specs.problems import Problem, ProblemsFound, suggest
from specs.standards.package_file import CodelistEntry, Term

CODE, CODELIST_CODE = "Code", "Codelist Code"
EXTENSIBLE = "Codelist Extensible (Yes/No)"
CODELIST_NAME = "Codelist Name"
SUBMISSION_VALUE = "CDISC Submission Value"
SYNONYMS = "CDISC Synonym(s)"
PREFERRED_TERM = "NCI Preferred Term"
STANDARD_AND_DATE = "Standard and Date"
NEEDED = (CODE, CODELIST_CODE, EXTENSIBLE, CODELIST_NAME, SUBMISSION_VALUE, SYNONYMS, PREFERRED_TERM)
# The definition is published too; nothing here needs it, and it is half of the file.
KNOWN = (*NEEDED, STANDARD_AND_DATE)

C_CODE = re.compile(r"C\d+")

Contents = list[tuple[CodelistEntry, dict[str, Term]]]


@dataclass(frozen=True, slots=True)
class NciRow:
    """One row: where it stands (without a column), and its cells by published header."""

    where: Location
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def problem(self, column: str, found: str, expected: str, do: str = "") -> Problem:
        where = replace(self.where, column=column)
        return Problem(
            "ct-file-row", where, found, expected, do or "compare the file with NCI's, cell by cell"
        )


def header_columns(cells: Sequence[str]) -> dict[str, int] | None:
    """Position of each known column, when these cells are the header line; else None."""
    positions: dict[str, int] = {}
    by_letters = {_letters(name): name for name in KNOWN}
    for position, cell in enumerate(cells):
        name = by_letters.get(_letters(cell))
        if name and name not in positions:
            positions[name] = position
    return positions if {CODE, CODELIST_CODE, SUBMISSION_VALUE} <= positions.keys() else None


def header_problems(cells: Sequence[str], where: Location) -> list[Problem]:
    """What is wrong with a header line: a needed column is missing or stands twice."""
    given = [_letters(cell) for cell in cells]
    problems = []
    for name in KNOWN:
        count = given.count(_letters(name))
        if count > 1:
            found = f'the column "{name}" {count} times'
            problems.append(Problem("ct-file-header", where, found, "each column once", "remove the other"))
        elif not count and name in NEEDED:
            near = suggest(name, [cell for cell in cells if cell])
            expected = f'a column "{name}"'
            problems.append(Problem("ct-file-header", where, "no such column", expected, near))
    return problems


def gather(rows: Iterable[NciRow]) -> Contents:
    """Codelists with their terms, in published order; ``ProblemsFound`` with every faulty row."""
    codelists: dict[str, tuple[CodelistEntry, dict[str, Term]]] = {}
    problems: list[Problem] = []
    terms: list[NciRow] = []
    for row in rows:
        problems += _value_problems(row)
        if row[CODELIST_CODE]:
            terms.append(row)
        elif row[CODE] in codelists:
            problems.append(row.problem(CODE, f'"{row[CODE]}" for a second time', "each codelist once"))
        else:
            problems += _codelist_problems(row)
            is_extensible = row[EXTENSIBLE].casefold() == "yes"
            entry = CodelistEntry(row[CODE], row[SUBMISSION_VALUE], row[CODELIST_NAME], is_extensible)
            codelists[row[CODE]] = (entry, {})
    for row in terms:
        if row[CODELIST_CODE] not in codelists:
            expected = "the code of a codelist that has a row of its own in this file"
            problems.append(row.problem(CODELIST_CODE, f'"{row[CODELIST_CODE]}"', expected))
        elif row[SUBMISSION_VALUE] in (values := codelists[row[CODELIST_CODE]][1]):
            found = f'"{row[SUBMISSION_VALUE]}" for a second time in {row[CODELIST_CODE]}'
            problems.append(row.problem(SUBMISSION_VALUE, found, "each value once in a codelist"))
        else:
            synonyms = tuple(text.strip() for text in row[SYNONYMS].split(";") if text.strip())
            values[row[SUBMISSION_VALUE]] = Term(row[CODE], row[PREFERRED_TERM], synonyms)
    if problems:
        raise ProblemsFound(problems)
    return list(codelists.values())


def _value_problems(row: NciRow) -> list[Problem]:
    problems = []
    for column in (CODE, CODELIST_CODE):
        if not C_CODE.fullmatch(row[column]) and (row[column] or column == CODE):
            problems.append(row.problem(column, f'"{row[column]}"', "an NCI c-code such as C66742"))
    if not row[SUBMISSION_VALUE]:
        problems.append(row.problem(SUBMISSION_VALUE, "an empty cell", "the text that is submitted"))
    return problems


def _codelist_problems(row: NciRow) -> list[Problem]:
    problems = []
    if row[EXTENSIBLE].casefold() not in ("yes", "no"):
        problems.append(row.problem(EXTENSIBLE, f'"{row[EXTENSIBLE]}"', "Yes or No"))
    if not row[CODELIST_NAME]:
        problems.append(row.problem(CODELIST_NAME, "an empty cell", "the name of the codelist"))
    return problems


def _letters(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()
