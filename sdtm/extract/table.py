"""What a reader is told and what it gives back: one file as columns of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from sdtm.columns import byte_lengths, encoded
from specs.location import Location
from specs.problems import Problem, ProblemsFound
from validation.findings import PLACES_SHOWN, Finding, Place

CELL_LIMIT = 1 << 20  # characters of one cell; a longer one is a damaged file, not a clinical value


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be read. ``shown`` is its name in messages: the path below the raw folder.

    ``encoding`` is declared for this dataset, ``study_encoding`` for all text files of the study.
    ``spec_text`` is all that the spec says (``needed.spec_text``), if a spec is what the file is read for.
    """

    shown: str
    sheet: str = ""
    header_row: int = 1
    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    formats: Path | None = None
    item_group: str = ""
    study_encoding: str = ""
    spec_text: str | None = None

    @property
    def text_encoding(self) -> str:
        """The declared encoding of a file that does not tell its own."""
        return self.encoding or self.study_encoding


@dataclass(frozen=True, slots=True)
class FileTable:
    """One file as it was read.

    ``columns``: text columns (``sdtm.columns``) of one length, RangeIndex; a missing cell is one in which
    the file holds nothing at all (a null of Parquet, a system missing of SAS, an absent ODM item). Texts
    that are only *declared* to be missing are still in place. ``rows``: as in ``stages.RawTable``.
    ``decodes``: column that the reader made of another one's codes -> the coded column (``extract.decodes``).
    A column of texts that hardly repeat and that nothing needs may be plain texts (``str``), see there.
    """

    columns: Mapping[str, pd.Series]
    rows: np.ndarray
    sha256: str
    size: int
    encoding: str = ""
    notes: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    decodes: Mapping[str, str] = field(default_factory=dict)
    title: str = ""  # what the file says that the table is: the label of a SAS dataset


def refuse(
    rule: str, where: Location | str, found: str, expected: str, do: str = "", *, row: int | None = None
) -> ProblemsFound:
    """The exception for a file that cannot be read; ``where`` may be just the file."""
    place = Location(where, row=row) if isinstance(where, str) else where
    return ProblemsFound(Problem(rule, place, found, expected, do))


def check_names(
    names: Sequence[str],
    shown: str,
    row: int | None = None,
    sheet: str = "",
    positions: Sequence[int] = (),
) -> list[Finding]:
    """Refuse duplicated and empty column names; warn of names that differ in case only.

    ``row`` is where the names stand in the file, if they stand in a row; ``positions`` the numbers of the
    columns, if not all columns have one.
    """
    if not names:
        raise refuse(
            "no-columns", shown, "no columns at all", "a table with columns", "export the file again"
        )
    problems = []
    for name, count in Counter(names).items():
        numbers = [
            n for n, other in zip(positions or range(1, len(names) + 1), names, strict=True) if other == name
        ]
        where = f"column{'s' * (count > 1)} {listed([letters(n) if sheet else n for n in numbers])}"
        if not name.strip():
            problems.append(
                Problem(
                    "empty-column-name",
                    Location(shown, sheet=sheet, row=row, column=letters(numbers[0])),
                    f"no name above {where}",
                    "a name above every column",
                    "name the column in the file, or set header_row to the row of the names",
                )
            )
        elif count > 1:
            problems.append(
                Problem(
                    "duplicated-column",
                    Location(shown, sheet=sheet, row=row, column=name),
                    f"{name!r} names {where}",
                    "a different name for every column",
                    "rename or remove one of them in the file",
                )
            )
    if problems:
        raise ProblemsFound(problems)
    folded = Counter(name.casefold() for name in names)
    alike = [name for name in names if folded[name.casefold()] > 1]
    if not alike:
        return []
    return [
        Finding(
            "column-names-differ-in-case",
            "warning",
            f"columns {', '.join(alike)}",
            "names that differ in more than case, because conditions (SQL) cannot tell these apart",
            "rename one of them in the file",
            places=tuple(Place(file=shown, row=row, column=name) for name in alike),
            count=len(alike),
        )
    ]


def check_cells(column: pd.Series, name: str, rows: np.ndarray, shown: str, sheet: str = "") -> None:
    """Refuse a cell above ``CELL_LIMIT`` and a NUL character, naming row and column."""
    check_lengths(column, name, rows, shown, sheet)
    with_nul = np.asarray(column.cat.categories.str.contains("\0", regex=False), dtype=bool)
    if with_nul.any():
        row = first_row(column, int(with_nul.argmax()), rows)
        raise nul_character(Location(shown, sheet=sheet, row=row, column=name))


def check_lengths(column: pd.Series, name: str, rows: np.ndarray, shown: str, sheet: str = "") -> None:
    """Refuse a cell above ``CELL_LIMIT``, naming row and column."""
    longest = np.asarray(byte_lengths(column)).max(initial=0)
    if longest <= CELL_LIMIT:  # a character has a byte at least
        return
    column = encoded(column)
    lengths = np.asarray(column.cat.categories.str.len())
    if lengths.max() > CELL_LIMIT:
        code = int(lengths.argmax())
        raise refuse(
            "cell-too-large",
            Location(shown, sheet=sheet, row=first_row(column, code, rows), column=name),
            f"a cell of {int(lengths[code]):,} characters",
            f"at most {CELL_LIMIT:,} characters in a cell",
            "look for a quote that is never closed, or for a pasted document, and correct the file",
        )


def first_row(column: pd.Series, code: int, rows: np.ndarray) -> int:
    """Number of the first row that has one of the distinct texts of a column."""
    return int(rows[int(np.argmax(column.cat.codes.to_numpy() == code))])


def nul_character(where: Location, more: str = "") -> ProblemsFound:
    return refuse(
        "nul-character",
        where,
        "a NUL character (byte 00)",
        "text without NUL characters",
        more or "export the file again; NULs stand for damaged or binary content",
    )


def no_rows(shown: str, kind: str) -> Finding:
    """The warning for a file with columns and nothing in them."""
    return Finding(
        "no-rows",
        "warning",
        f"column names and no {kind}",
        f"at least one {kind}",
        "check whether the export is complete",
        places=(Place(file=shown),),
    )


def places(
    shown: str, rows: Sequence[int] | np.ndarray, column: str = "", value: str = ""
) -> tuple[Place, ...]:
    """Places in one file, as many as a finding shows."""
    return tuple(
        Place(file=shown, row=int(row), column=column, value=value) for row in list(rows[:PLACES_SHOWN])
    )


def listed(items: Sequence[object], most: int = 5) -> str:
    """``1, 2, 3, 4, 5 and 7 more``."""
    shown = ", ".join(str(item) for item in items[:most])
    return f"{shown} and {len(items) - most} more" if len(items) > most else shown


def letters(number: int) -> str:
    """The name a spreadsheet gives to a column; 1 is A, 27 is AA."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
