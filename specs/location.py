"""Where something stands: a key of a YAML file, a cell of a workbook, a row of an extract."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """A place a person can go to.

    ``file`` is written as the user gave it, or relative to the study folder; ``line`` counts from 1;
    ``key`` is the dotted path of a YAML key; ``row`` counts as the file's own program shows it.
    """

    file: str = ""
    line: int | None = None
    key: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        parts = [self.file] if self.file else []
        if self.sheet:
            parts.append(f"sheet {self.sheet}")
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        if self.key:
            parts.append(f"key {self.key}")
        return ", ".join(parts)


NOWHERE = Location()  # of what has no place, such as an argument on the command line
