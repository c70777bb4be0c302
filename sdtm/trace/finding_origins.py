"""The raw records behind findings: form, key, what was entered, whose it is.

Only places that are told are looked up, at most ``validation.findings.PLACES_SHOWN`` of each finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd

from sdtm.pipeline import Conversion
from sdtm.stages import Dataset, RawTable
from sdtm.trace.provenance import provenance_of
from validation.finding_ids import is_number_of_record
from validation.findings import Finding, Origin, Place
from validation.values import texts_of

_VARIABLES = re.compile(r"(?:^|(?<=\s))([A-Z][A-Z0-9]{1,7})(?==| empty\b)")


def with_origins(findings: Iterable[Finding], conversion: Conversion) -> list[Finding]:
    """Findings whose places know the raw record they come from; nothing else of them changes."""
    return _Origins(conversion).completed(list(findings))


class _Origins:
    def __init__(self, conversion: Conversion) -> None:
        self.conversion = conversion
        self.tables = conversion.tables
        self._sorted: dict[tuple[str, int], tuple[np.ndarray, np.ndarray]] = {}
        self._columns: dict[tuple[str, str, str], tuple[str, ...]] = {}
        self._made: dict[tuple[str, str], bool] = {}

    def completed(self, findings: list[Finding]) -> list[Finding]:
        findings = self._with_raw_places(findings)
        found = [[self._raw_row(place, finding.dataset) for place in finding.places] for finding in findings]
        rows: dict[str, set[int]] = {}
        nameless: dict[str, set[int]] = {}
        for finding, group in zip(findings, found, strict=True):
            for place, at in zip(finding.places, group, strict=True):
                if at is not None:
                    rows.setdefault(at[0], set()).add(at[1])
                    if "USUBJID" not in dict(place.keys):
                        nameless.setdefault(at[0], set()).add(at[1])
        records = {name: self._records(name, sorted(wanted)) for name, wanted in rows.items()}
        subjects = self._subjects(nameless)
        out = []
        for finding, group in zip(findings, found, strict=True):
            entered = self._entered(finding, group)
            places = []
            for number, (place, at) in enumerate(zip(finding.places, group, strict=True)):
                if at is None:
                    places.append(place)
                    continue
                subject = dict(place.keys).get("USUBJID") or subjects.get(at, "")
                origin = Origin(at[0], records[at[0]][at[1]], entered.get(number, ()), subject)
                places.append(replace(place, origin=origin))
            out.append(replace(finding, places=tuple(places)) if places else finding)
        return out

    # --- the raw row of a place ---------------------------------------------------------------------------

    @cached_property
    def _by_file(self) -> dict[str, list[tuple[str, int]]]:
        """Path of a file -> (raw table, position among the files of the table)."""
        found: dict[str, list[tuple[str, int]]] = {}
        for name, table in self.tables.items():
            for number, file in enumerate(table.files):
                found.setdefault(file.path, []).append((name, number))
        return found

    def _raw_row(self, place: Place, dataset: str) -> tuple[str, int] | None:
        """Raw table and position of a place; of a file that is read as several tables the one that fits best."""
        if place.row is None or place.file not in self._by_file:
            return None
        read_as = self._by_file[place.file]
        if len(read_as) == 1:
            name, number = read_as[0]
            position = self._position(name, number, place.row)
            return None if position is None else (name, position)
        columns = place.column.split(", ") if place.column else []
        candidates = []
        for name, number in read_as:
            position = self._position(name, number, place.row)
            if position is not None:
                fits = all(column in self.tables[name].frame for column in columns)
                candidates.append((not fits, not self._makes(name, dataset), name, position))
        return min(candidates)[2:] if candidates else None

    def _makes(self, name: str, dataset: str) -> bool:
        """Whether a dataset has something from a raw table."""
        key = (name, dataset)
        if key not in self._made:
            start = f"{dataset}."
            self._made[key] = any(use.startswith(start) for uses in self._uses(name).values() for use in uses)
        return self._made[key]

    def _position(self, name: str, number: int, row: int) -> int | None:
        if (name, number) not in self._sorted:
            table = self.tables[name]
            positions = np.flatnonzero(np.asarray(table.file_of) == number)
            rows = np.asarray(table.rows)[positions]
            order = np.argsort(rows, kind="stable")
            self._sorted[name, number] = rows[order], positions[order]
        rows, positions = self._sorted[name, number]
        at = int(np.searchsorted(rows, row))
        return int(positions[at]) if at < len(rows) and rows[at] == row else None

    def _uses(self, name: str) -> Mapping[str, tuple[str, ...]]:
        return self._books.get(name, {})

    @cached_property
    def _books(self) -> dict[str, Mapping[str, tuple[str, ...]]]:
        return {book.name: book.columns for book in self.conversion.books}

    # --- what stands in it --------------------------------------------------------------------------------

    def _records(self, name: str, positions: Sequence[int]) -> dict[int, tuple[tuple[str, str], ...]]:
        """The declared key of some rows, with its values."""
        table = self.tables[name]
        key = self.conversion.study.raw.datasets[name].key
        columns = [_texts(table, column, positions) for column in key]
        return {
            position: tuple(zip(key, (texts[number] for texts in columns), strict=True))
            for number, position in enumerate(positions)
        }

    def _entered(
        self, finding: Finding, group: Sequence[tuple[str, int] | None]
    ) -> dict[int, tuple[tuple[str, str, str], ...]]:
        """Number of the place -> columns that the finding is about, with their labels and texts."""
        wanted: dict[tuple[str, tuple[str, ...]], list[int]] = {}
        for number, (place, at) in enumerate(zip(finding.places, group, strict=True)):
            if at is not None and (columns := self._columns_of(finding, place, at[0])):
                wanted.setdefault((at[0], columns), []).append(number)
        found = {}
        for (name, columns), numbers in wanted.items():
            table = self.tables[name]
            positions = [at[1] for number in numbers if (at := group[number]) is not None]
            texts = [_texts(table, column, positions) for column in columns]
            labels = [table.labels.get(column, "") for column in columns]
            for index, number in enumerate(numbers):
                found[number] = tuple(
                    (column, label, text[index])
                    for column, label, text in zip(columns, labels, texts, strict=True)
                )
        return found

    def _columns_of(self, finding: Finding, place: Place, name: str) -> tuple[str, ...]:
        key = self.conversion.study.raw.datasets[name].key
        if place.column:
            named = [column for column in place.column.split(", ") if column in self.tables[name].frame]
            return tuple(column for column in named if column not in key)
        dataset = finding.dataset.removeprefix("SUPP")
        told = [finding.variable, *_VARIABLES.findall(place.value)]
        if finding.dataset != dataset:
            told = [dict(place.keys).get("QNAM", "")]
        return tuple(
            dict.fromkeys(column for variable in told for column in self._sources(name, dataset, variable))
        )

    def _sources(self, name: str, dataset: str, variable: str) -> tuple[str, ...]:
        """Columns of a raw table that a variable is made of."""
        key = (name, dataset, variable)
        if key not in self._columns:
            use = f"{dataset}.{variable}"
            self._columns[key] = tuple(column for column, uses in self._uses(name).items() if use in uses)
        return self._columns[key]

    # --- whose it is --------------------------------------------------------------------------------------

    def _subjects(self, wanted: Mapping[str, set[int]]) -> dict[tuple[str, int], str]:
        """USUBJID of the records that were made of some raw rows."""
        found: dict[tuple[str, int], str] = {}
        for dataset in self.conversion.datasets.values() if wanted else ():
            if "USUBJID" not in dataset.frame or not len(dataset.source):
                continue
            of = dataset.source["table"]
            for name, rows in wanted.items():
                positions = dataset.source["position"].to_numpy()
                at = np.flatnonzero((of == name).to_numpy() & np.isin(positions, list(rows)))
                for row, subject in zip(
                    positions[at].tolist(), texts_of(dataset.frame["USUBJID"].iloc[at]).tolist(), strict=True
                ):
                    if subject:
                        found.setdefault((name, int(row)), subject)
        for name, rows in wanted.items():
            self._by_number(name, sorted(row for row in rows if (name, row) not in found), found)
        return found

    def _by_number(self, name: str, rows: Sequence[int], found: dict[tuple[str, int], str]) -> None:
        """USUBJID of rows that made no record, by the column that is the SUBJID of DM."""
        study, table = self.conversion.study, self.tables[name]
        rule = study.raw.datasets[name].subject.get("SUBJID", study.subject.get("SUBJID"))
        if isinstance(rule, str) and rule in table.frame and rows:
            for row, number in zip(rows, _texts(table, rule, rows), strict=True):
                if number in self._numbers:
                    found[name, row] = self._numbers[number]

    @cached_property
    def _numbers(self) -> dict[str, str]:
        """SUBJID -> USUBJID, of the numbers that one subject has."""
        subjects = self.conversion.datasets.get("DM")
        if subjects is None or not {"SUBJID", "USUBJID"} <= set(subjects.frame.columns):
            return {}
        frame = subjects.frame.drop_duplicates("SUBJID", keep=False)
        told = zip(texts_of(frame["SUBJID"]), texts_of(frame["USUBJID"]), strict=True)
        return {number: subject for number, subject in told if number and subject}

    # --- places that only name a record -------------------------------------------------------------------

    def _with_raw_places(self, findings: list[Finding]) -> list[Finding]:
        """Places that name a record of SDTM by subject and --SEQ, with its raw cell and natural keys."""
        wanted: dict[str, dict[tuple[str, str], int]] = {}
        for finding in findings:
            for place in finding.places:
                if (pointer := self._pointer(place)) is not None:
                    wanted.setdefault(pointer[0], {})[pointer[1:]] = -1
        if not wanted:
            return findings
        sources = provenance_of(self.conversion.datasets, self.tables)
        natural = {}
        for name, records in wanted.items():
            dataset = self.conversion.datasets[name]
            _find(dataset, records)
            natural[name] = _natural(dataset, [position for position in records.values() if position >= 0])
        out = []
        for finding in findings:
            places = []
            for place in finding.places:
                pointer = self._pointer(place)
                position = wanted[pointer[0]][pointer[1:]] if pointer is not None else -1
                if pointer is not None and position >= 0:
                    file, row, column = sources.place(pointer[0], position, finding.variable)
                    identity = place.identity or natural[pointer[0]][position]
                    place = replace(place, file=file, row=row, column=column, identity=identity)
                places.append(place)
            out.append(replace(finding, places=tuple(places)) if places else finding)
        return out

    def _pointer(self, place: Place) -> tuple[str, str, str] | None:
        """Domain, subject and number of a record of SDTM that a place names and that no raw place is known of."""
        if place.file:
            return None
        keys = dict(place.keys)
        for name, value in keys.items():
            domain = name.removesuffix("SEQ")
            if name != domain and domain in self.conversion.datasets and "USUBJID" in keys:
                return domain, keys["USUBJID"], value
        return None


def _find(dataset: Dataset, records: dict[tuple[str, str], int]) -> None:
    """Fill in the positions of records by subject and --SEQ."""
    number = f"{dataset.name}SEQ"
    if not {"USUBJID", number} <= set(dataset.frame.columns):
        return
    subjects = {subject for subject, _ in records}
    rows = np.flatnonzero(dataset.frame["USUBJID"].isin(subjects).to_numpy())
    frame = dataset.frame.iloc[rows]
    for row, subject, value in zip(
        rows.tolist(), texts_of(frame["USUBJID"]), texts_of(frame[number]), strict=True
    ):
        if (subject, value) in records:
            records[subject, value] = row


def _natural(dataset: Dataset, positions: Sequence[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    frame: pd.DataFrame = dataset.frame.iloc[list(positions)]
    keys = [key for key in dataset.keys if key in frame and key != "STUDYID" and not is_number_of_record(key)]
    columns = [texts_of(frame[key]).tolist() for key in keys]
    return {
        position: tuple(
            (f"{dataset.name}.{key}", texts[number])
            for key, texts in zip(keys, columns, strict=True)
            if texts[number]
        )
        for number, position in enumerate(positions)
    }


def _texts(table: RawTable, column: str, positions: Sequence[int]) -> list[str]:
    """Cells of a raw table; missing ones are empty."""
    return texts_of(table.frame[column].iloc[list(positions)]).tolist()
