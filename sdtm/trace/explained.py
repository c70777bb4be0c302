"""An explanation: the record, the raw cell, and each step on the way to a value, as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from sdtm.columns import codes_of
from sdtm.columns import text as text_column
from sdtm.numbers import number_text, shortest

Kind = Literal["Char", "Num"]
RECORDS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Read:
    """One value that a step read, and where it stands.

    ``name`` as the spec writes it. ``file``, ``row`` and ``column``: the raw cell; ``of``: what else it is, such as
    the record of DM or the join that brought it. ``value`` is None where it is missing.
    """

    name: str
    value: str | None
    kind: Kind = "Char"
    file: str = ""
    row: int | None = None
    column: str = ""
    of: str = ""

    def text(self) -> str:
        place = f"{self.file}, row {self.row}, column {self.column}" if self.row is not None else self.file
        told = "; ".join(part for part in (self.of, place) if part)
        return f"{self.name} = {shown(self.value)}" + (f"  [{told}]" if told else "")

    def as_json(self) -> dict[str, Any]:
        place = {"file": self.file, "row": self.row, "column": self.column} if self.file else {}
        return {"name": self.name, "value": self.value, **place, **({"of": self.of} if self.of else {})}


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record that a step over several records read. ``this``: the value is that of this record."""

    label: str
    reads: tuple[Read, ...]
    this: bool = False

    def text(self) -> str:
        values = ", ".join(f"{read.name} = {shown(read.value)}" for read in self.reads)
        return f"{'> ' if self.this else '  '}{self.label}: {values}"

    def as_json(self) -> dict[str, Any]:
        return {
            "record": self.label,
            "this": self.this,
            "values": {read.name: read.value for read in self.reads},
        }


@dataclass(frozen=True, slots=True)
class ExplainedStep:
    """One step on the way to a value.

    ``reads``: what it read of this record; ``condition`` and ``conditioned``: its ``where`` and what that read;
    ``records``: the records of a step over several, by dataset. ``gave`` is the value before terminology.
    ``again`` runs the step once more on nothing but what stands here, and gives both values.
    """

    makes: str
    rule: str
    said: str = ""
    where: str = ""
    reads: tuple[Read, ...] = ()
    condition: str = ""
    conditioned: tuple[Read, ...] = ()
    records: Mapping[str, tuple[ReadRecord, ...]] = field(default_factory=dict)
    gave: str | None = None
    value: str | None = None
    terms: str = ""
    again: Callable[[ExplainedStep], tuple[str | None, str | None]] | None = None

    def text(self) -> str:
        place = f"  ({self.where})" if self.where else ""
        lines = [f"{self.makes}: {self.rule}{place}"]
        lines += [f"    rule   {self.said}"] if self.said else []
        lines += [f"    read   {read.text()}" for read in self.reads]
        if self.condition:
            lines.append(f"    where  {self.condition}")
            lines += [f"           {read.text()}" for read in self.conditioned]
        for dataset, records in self.records.items():
            lines += [f"    {dataset:<6} {record.text()}" for record in _some(records)]
            hidden = len(records) - len(_some(records))
            lines += [f"           … and {hidden} more records"] if hidden else []
        after = f" -> {shown(self.value)} {self._why_other()}" if self.gave != self.value else ""
        return "\n".join([*lines, f"    gave   {shown(self.gave)}{after}"])

    def _why_other(self) -> str:
        """Why the value is not the text that the step gave: terminology, or the type of the variable."""
        number = None if self.gave is None else number_text(self.gave)
        if self.terms or number is None or number != number_text(self.value or ""):
            return f"by {self.terms or 'terminology'}"
        return "as a number"

    def as_json(self) -> dict[str, Any]:
        optional = {
            "said": self.said,
            "condition": self.condition,
            "condition_inputs": {read.name: read.value for read in self.conditioned},
            "condition_read": [read.as_json() for read in self.conditioned],
            "records": {name: [r.as_json() for r in records] for name, records in self.records.items()},
            "terms": self.terms,
        }
        return {
            "makes": self.makes,
            "rule": self.rule,
            "where": self.where,
            "inputs": {read.name: read.value for read in self.reads},
            "read": [read.as_json() for read in self.reads],
            **{name: value for name, value in optional.items() if value},
            "gave": self.gave,
            "value": self.value,
        }


def _some(records: tuple[ReadRecord, ...]) -> tuple[ReadRecord, ...]:
    """The first records, and the one that the value is of."""
    first = records[:RECORDS_SHOWN]
    return (*first, *(record for record in records[RECORDS_SHOWN:] if record.this))


@dataclass(slots=True)
class Explanation:
    """The way of one value. ``more_rows``: the other raw rows of a record that `collapse:` made of several."""

    dataset: str
    variable: str
    keys: dict[str, str]
    value: str
    raw_file: str = ""
    raw_row: int | None = None
    raw_column: str = ""
    more_rows: tuple[tuple[str, int], ...] = ()
    steps: list[ExplainedStep] = field(default_factory=list)

    def text(self) -> str:
        keys = " ".join(f"{name}={value}" for name, value in self.keys.items())
        lines = [f"{self.dataset}.{self.variable} = {shown(self.value or None)}", f"  record  {keys}"]
        if self.raw_file:
            column = f", column {self.raw_column}" if self.raw_column else ""
            lines.append(f"  raw     {self.raw_file}, row {self.raw_row}{column}")
        lines += [f"  raw     {file}, row {row}" for file, row in self.more_rows[:RECORDS_SHOWN]]
        for number, step in enumerate(self.steps, 1):
            lines.append(f"  {number}. {step.text()}")
        if not self.steps:
            lines.append("  nothing in the spec gives this record a value")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        raw: dict[str, Any] = {"file": self.raw_file, "row": self.raw_row, "column": self.raw_column}
        if self.more_rows:
            raw["more"] = [{"file": file, "row": row} for file, row in self.more_rows]
        return {
            "dataset": self.dataset,
            "variable": self.variable,
            "keys": self.keys,
            "value": self.value,
            "raw": raw,
            "steps": [step.as_json() for step in self.steps],
        }


def shown(value: str | None) -> str:
    return "missing" if value is None else repr(value)


def text_at(column: pd.Series, row: int) -> str | None:
    """The value of a row as text, None where it is missing."""
    if kind_of(column) == "Char":  # codes are read much faster than values
        code = int(codes_of(column)[row])
        return None if code < 0 else str(column.array.categories[code])  # type: ignore[attr-defined]
    value = float(column.to_numpy()[row])
    return None if np.isnan(value) else shortest(value)


def kind_of(column: pd.Series) -> Kind:
    return "Char" if isinstance(column.dtype, pd.CategoricalDtype) else "Num"


def column_of(values: list[str | None], kind: Kind) -> pd.Series:
    """Texts of an explanation as the column that a step reads."""
    if kind == "Char":
        return text_column(values)
    numbers = [float("nan") if value is None else float(value) for value in values]
    return pd.Series(numbers, dtype="float64")


def frame_of(records: tuple[ReadRecord, ...]) -> pd.DataFrame:
    """The values of several records as a table."""
    first = records[0].reads if records else ()
    return pd.DataFrame(
        {
            read.name: column_of([record.reads[i].value for record in records], read.kind)
            for i, read in enumerate(first)
        }
    )
