"""Numbers to records: for every result the rows that it was computed from, as data.

Rows are numbered from 1, as the observations of a transport file are. Equal sets of rows are kept once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sdtm.adam.notes import value_text
from sdtm.reports.block import SUBJECT
from sdtm.reports.compute import Report
from sdtm.reports.results import Result
from sdtm.reports.row_sets import RowSet
from sdtm.stages import Dataset
from specs.model import Study

FORMAT = 1
MOST_ROWS = 50_000  # of a dataset whose keys are written out; of more the numbers of the rows say enough
POINTERS = ("PARAMCD", "ASEQ", "SRCDOM", "SRCVAR", "SRCSEQ")


@dataclass(slots=True)
class RowSets:
    """Sets of rows by number, each once, numbered as they are first met."""

    numbers: dict[tuple[tuple[str, str], ...], str] = field(default_factory=dict)
    used: dict[str, list[np.ndarray]] = field(default_factory=dict)

    def number(self, rows: RowSet) -> str:
        """The number of a set; an empty text for no rows."""
        texts = tuple(rows.texts().items())
        if not texts:
            return ""
        if texts not in self.numbers:
            self.numbers[texts] = str(len(self.numbers) + 1)
            for dataset, positions in rows.rows.items():
                self.used.setdefault(dataset, []).append(positions)
        return self.numbers[texts]

    def content(self) -> dict[str, dict[str, str]]:
        return {number: dict(texts) for texts, number in self.numbers.items()}

    def positions(self) -> dict[str, np.ndarray]:
        """The rows of each dataset that any set has."""
        return {name: np.unique(np.concatenate(parts)) for name, parts in sorted(self.used.items())}


@dataclass(frozen=True, slots=True)
class RecordTexts:
    """Columns of a dataset as people read them, for the rows that numbers come from."""

    columns: tuple[str, ...]
    rows: dict[str, list[str]]


def records_json(report: Report, study: Study, datasets: Mapping[str, Dataset]) -> str:
    """records.json: the sets of rows, and for each result and figure which it comes from. One item a line."""
    sets = RowSets()
    results = {result.id: _said(result, sets.number) for result in report.results}
    figures = {
        figure.plan.id: {group: sets.number(rows) for group, rows in figure.drawn.items()}
        for figure in report.figures
    }
    used = {}
    for name, positions in sets.positions().items():
        columns = key_columns(name, report.frames[name], datasets)
        texts = record_texts(report.frames[name], positions, columns)
        used[name] = {"file": file_of(name, study), "keys": list(columns), "records": texts.rows}
    head = {"format": FORMAT, "study": study.study}
    parts = [f"{_json(key)}: {_json(value)}" for key, value in head.items()]
    for key, items in (
        ("datasets", used),
        ("sets", sets.content()),
        ("results", results),
        ("figures", figures),
    ):
        lines = ",\n".join(f"{_json(name)}: {_json(item)}" for name, item in items.items())
        parts.append(f"{_json(key)}: {{\n{lines}\n}}")
    return "{" + ",\n".join(parts) + "}\n"


def _said(result: Result, number: Callable[[RowSet], str]) -> dict[str, str]:
    said = {"records": number(result.records)}
    among = number(result.among)
    return said | ({"among": among} if among else {})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def file_of(dataset: str, study: Study) -> str:
    """Where a run writes a dataset. Example: ADSL -> adam/adsl.xpt."""
    is_analysis = dataset in study.adam and study.adam[dataset].class_ != "SDTM"
    return f"{'adam' if is_analysis else 'sdtm'}/{dataset.lower()}.xpt"


def key_columns(name: str, frame: pd.DataFrame, datasets: Mapping[str, Dataset]) -> tuple[str, ...]:
    """The keys of a dataset, its sequence numbers, and what points at the record that it was made from."""
    keys = datasets[name].keys if name in datasets else ()
    wanted = (SUBJECT, *keys, f"{name[:2]}SEQ", f"{name[2:4]}SEQ", *POINTERS)
    return tuple(column for column in dict.fromkeys(wanted) if column in frame)


def record_texts(frame: pd.DataFrame, positions: np.ndarray, columns: Iterable[str]) -> RecordTexts:
    """Row number from 1 -> the texts of some columns. Dates as ISO 8601, a missing value as an empty text.

    None where there are more rows than ``MOST_ROWS``, which nobody reads and no browser holds.
    """
    shown = tuple(columns)
    if len(positions) > MOST_ROWS:
        return RecordTexts(shown, {})
    part = frame.loc[positions, list(shown)]
    texts = [_texts(part[name]) for name in shown]
    numbers = (str(position + 1) for position in positions.tolist())
    return RecordTexts(
        shown, {row: list(cells) for row, cells in zip(numbers, zip(*texts, strict=True), strict=True)}
    )


def _texts(values: pd.Series) -> list[str]:
    codes, unique = pd.factorize(values)
    said = np.array([*map(value_text, unique), ""], dtype=object)
    found: list[str] = said[codes].tolist()
    return found
