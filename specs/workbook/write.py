"""``Study`` -> an .xlsx workbook that ``read_workbook`` reads back as an equal study."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from specs.location import Location
from specs.model import Sheet, Study
from specs.problems import Problem, ProblemsFound, suggest
from specs.workbook.cell_text import YES_NO
from specs.workbook.define_facts import Made
from specs.workbook.define_out import DefineSheetOut, dataset_texts, define_out
from specs.workbook.define_sheets import (
    BY_NAME,
    CHOICES,
    G1,
    G3,
    GENERATIONS,
    METHOD_TYPES,
    ORIGINS,
    WHERE_CLAUSES,
)
from specs.workbook.layout import DATASET_FIELDS, columns, settings, tables
from specs.workbook.look import sheets
from specs.workbook.package import workbook_bytes, write_whole
from specs.workbook.page import DEFINE, HELP, KEPT, SPEC, Page
from specs.workbook.read import ALGORITHMS, FILLED, FIRST_CELL
from specs.workbook.read_me import read_me
from specs.workbook.rows_in import SETTINGS_NOTES
from specs.workbook.rows_out import SpecRow, spec_rows
from specs.workbook.table import (
    ALGORITHM,
    MAPPING_KEYS,
    MORE,
    RULE,
    SETTINGS,
    TEXTS,
    TRY,
    Choice,
    Column,
    Table,
    row_key,
    same,
)

Filled = dict[tuple[str, str], dict[str, str]]
# Column -> the sheet (and column) that has the names it may hold.
NAMES_OF = {
    "Dataset": ("Datasets", "Dataset"),
    "From domain": ("Datasets", "Dataset"),
    "From": ("Raw", "Raw"),
    "With": ("Raw", "Raw"),
    "Raw": ("Raw", "Raw"),
    "List": ("Term lists", "List"),
    "Arm": ("Arms", "ARMCD"),
    "ETCD": ("Elements", "ETCD"),
}
_BAD_NAME = re.compile(r"[\[\]:*?/\\]|^'|'$")


def export_workbook(study: Study, path: str | Path, generation: str = G3, made: Made | None = None) -> Path:
    """Write a study spec as a workbook; an existing file is replaced.

    ``generation``: whose headers the define sheets have (G1, G2, G3). ``made``: what the floors above know of
    the study, for the columns that tell how values are made; nothing is lost without it. Raises
    ``ProblemsFound`` for what a workbook cannot hold; then nothing is written.
    """
    place, wanted = Path(path), generation.upper()
    if wanted not in GENERATIONS:
        found, expected = f"generation {generation!r}", f"one of {', '.join(GENERATIONS)}"
        raise ProblemsFound(Problem("unknown-generation", Location(), found, expected))
    pages = _Export(study, wanted, made or Made()).pages()
    write_whole(workbook_bytes(sheets(pages, place.name), f"Study spec {study.study}"), place)
    return place


class _Export:
    def __init__(self, study: Study, generation: str, made: Made) -> None:
        self.study, self.generation, self.made = study, generation, made
        self.filled: Filled = {}
        self.problems: list[Problem] = []

    def pages(self) -> list[Page]:
        define = define_out(self.study, self.generation, self.made)
        self.filled |= define.filled
        held = {
            name: {key for key, title in DATASET_FIELDS.items() if title in texts}
            for name, texts in dataset_texts(self.study).items()
        }
        rows = spec_rows(self.study, held)
        shown = [self._settings(rows[SETTINGS])]
        shown += [self._table(table, rows[table.sheet]) for table in tables()]
        shown += [self._define(sheet) for sheet in define.sheets]
        self._refuse_notes(rows)
        kept = [self._kept(name, rows) for name, rows in self.study.workbook.sheets.items()]
        self._refuse_names(kept, shown)
        if self.problems:
            raise ProblemsFound(self.problems)
        _link(shown)
        taken = {same(page.name) for page in kept}
        helpers = [read_me([*shown, *kept]), *self._algorithms(), self._filled_in()]
        for page in helpers:
            page.name = page.name if same(page.name) not in taken else f"{page.name} (sdtm)"
        return [helpers[0], *shown, *helpers[1:-1], *kept, helpers[-1]]

    # --- the toolkit's sheets ---------------------------------------------------------------------------

    def _settings(self, rows: list[SpecRow]) -> Page:
        known = {column.header: column for column in settings()}
        own = self._own(SETTINGS)
        headers = ["Key", "Value", *SETTINGS_NOTES, *own]
        page = Page(SETTINGS, SPEC, headers, [], frozen=1)
        for row in rows:
            key = row.keys["Key"]
            column = known.get(key)
            texts = {**row.keys, **row.cells, **self._notes(SETTINGS, key)}
            texts |= {
                "Default": _default(column),
                "Meaning": _MEANING.get(key) or (column.about if column else ""),
            }
            page.rows.append([texts.get(header, "") for header in headers])
            page.filled |= {(len(page.rows) - 1, headers.index(name)) for name in ("Key", *SETTINGS_NOTES)}
        return page

    def _table(self, table: Table, rows: list[SpecRow]) -> Page:
        steps = table.headers()
        if table.holds == RULE:
            headers = [*steps, *([] if table.sheet == "Supp" else [TRY]), ALGORITHM, *_keys(table, rows)]
        elif table.holds == TEXTS:
            headers = [*steps, table.value]
        else:
            used = any(MORE in row.cells for row in rows)
            headers = [*steps, *(column.header for column in columns(table)), *([MORE] if used else [])]
        headers += self._own(table.sheet)
        page = Page(table.sheet, SPEC, headers, [], choices=_choices(table), frozen=min(len(steps), 4) or 1)
        for row in rows:
            key = row_key(table, row.path, row.keys)
            texts = {**row.keys, **row.cells, **self._notes(table.sheet, key)}
            name = self.made.algorithms.get(row.path, "")
            if table.holds == RULE and name and "algorithm" not in texts:
                texts[ALGORITHM] = name
                self.filled[table.sheet, key] = {ALGORITHM: name}
                page.filled.add((len(page.rows), headers.index(ALGORITHM)))
            if "algorithm" in texts:
                texts[ALGORITHM] = texts.pop("algorithm")
            page.rows.append([texts.get(header, "") for header in headers])
        return page

    def _own(self, sheet: str) -> list[str]:
        return list(self.study.workbook.notes.get(sheet, Sheet()).columns)

    def _notes(self, sheet: str, key: str) -> Mapping[str, str]:
        return self.study.workbook.notes.get(sheet, Sheet()).rows.get(key, {})

    def _refuse_notes(self, rows: Mapping[str, list[SpecRow]]) -> None:
        """Notes on rows that the spec no longer has would get lost."""
        by_name = {table.sheet: table for table in tables()}
        for name, sheet in self.study.workbook.notes.items():
            where = self.study.where("workbook", "notes", name)
            if name not in rows:
                expected = f"one of {', '.join(rows)}"
                self.problems.append(
                    Problem("unknown-sheet", where, f"{name!r}", expected, suggest(name, rows))
                )
                continue
            keys = {row.keys["Key"] for row in rows[name]} if name == SETTINGS else set()
            keys |= {row_key(by_name[name], row.path, row.keys) for row in rows[name] if name in by_name}
            for key, texts in sheet.rows.items():
                place = self.study.where("workbook", "notes", name, "rows", key)
                if key not in keys:
                    do = suggest(key, keys) or "take the notes out, or give them the name of their row"
                    self.problems.append(
                        Problem("note-without-row", place, f"{key!r}", f"a row of sheet {name}", do)
                    )
                for column in texts:
                    if column not in sheet.columns:
                        do = f"name it under columns: of {name}"
                        self.problems.append(
                            Problem("unknown-column", place, f"{column!r}", "a column of yours", do)
                        )

    # --- the others -------------------------------------------------------------------------------------

    def _define(self, sheet: DefineSheetOut) -> Page:
        page = Page(sheet.name, DEFINE, sheet.headers, [], frozen=_frozen(sheet))
        for number, (texts, filled) in enumerate(zip(sheet.rows, sheet.filled, strict=True)):
            page.rows.append([texts.get(header, "") for header in sheet.headers])
            page.filled |= {(number, i) for i, header in enumerate(sheet.headers) if header in filled}
        page.choices = {header: CHOICES[header] for header in sheet.headers if header in CHOICES}
        page.choices["Origin"] = ORIGINS[G3 if self.generation == G3 else G1]
        if sheet.name == "Methods":
            page.choices["Type"] = METHOD_TYPES
        if sheet.name in ("Variables", "ValueLevel", WHERE_CLAUSES):
            page.choices["Dataset"] = "Datasets"
        if sheet.table is BY_NAME["Define"]:
            page.rows += [
                ["", ""],
                ["Legend", "Grey cells are filled in from the spec and the standards on each export."],
                ["Legend", "What you write over a grey cell, or into an empty one, is kept and goes first."],
            ]
        return page

    def _kept(self, name: str, rows: tuple[tuple[str, ...], ...]) -> Page:
        if not name or len(name) > 31 or _BAD_NAME.search(name):
            where = self.study.where("workbook", "sheets", name)
            expected = "1 to 31 characters without [ ] : * ? / \\ and without ' at the ends"
            self.problems.append(Problem("bad-name", where, f"a sheet called {name!r}", expected))
        return Page(name, KEPT, [], [list(row) for row in rows])

    def _refuse_names(self, kept: list[Page], shown: list[Page]) -> None:
        taken = {same(page.name): page.name for page in shown} | {same("Study"): "Study"}
        for page in kept:
            if same(page.name) in taken:
                where = self.study.where("workbook", "sheets", page.name)
                found, expected = f"a sheet called {page.name!r}", "another name than the toolkit's sheets"
                self.problems.append(Problem("bad-name", where, found, expected, "rename it"))
            taken[same(page.name)] = page.name

    def _algorithms(self) -> list[Page]:
        if not self.made.catalogue:
            return []
        headers = [FIRST_CELL[ALGORITHMS], "Main key", "Keys", "What it does", "Example"]
        page = Page(ALGORITHMS, HELP, headers, [], frozen=1)
        for name, algorithm in self.made.catalogue.items():
            about = " ".join(algorithm.doc.split("\n\n")[0].split())
            example = re.search(r"Example:\s*(.*)", algorithm.doc, re.DOTALL)
            keys = "; ".join(algorithm.params.model_fields)
            shown = " ".join(example[1].split()) if example else ""
            for full in (f"{name}_ct", f"{name}_no_ct") if name in ("assign", "hardcode") else (name,):
                page.rows.append([full, algorithm.key, keys, about, shown])
        return [page]

    def _filled_in(self) -> Page:
        rows = [
            [sheet, row, json.dumps(cells, ensure_ascii=False, sort_keys=True)]
            for (sheet, row), cells in self.filled.items()
        ]
        return Page(FILLED, HELP, [FIRST_CELL[FILLED], "Row", "Cells"], rows, is_hidden=True)


def _keys(table: Table, rows: list[SpecRow]) -> list[str]:
    """The keys that have columns: those that most specs need, then those that this one uses."""
    first = ["label", "evaluator", "idvar"] if table.sheet == "Supp" else []
    used = dict.fromkeys(key for row in rows for key in row.cells if key not in ("algorithm", MORE))
    return [*dict.fromkeys([*first, *MAPPING_KEYS, *used]), MORE]


def _choices(table: Table) -> dict[str, tuple[str, ...] | str]:
    found: dict[str, tuple[str, ...] | str] = {}
    for place in table.places:
        for step in place:
            if isinstance(step, Choice):
                found[step.header] = tuple(words for words, _ in step.words)
            elif (
                not isinstance(step, str)
                and step.header in NAMES_OF
                and table.sheet != NAMES_OF[step.header][0]
            ):
                found[step.header] = NAMES_OF[step.header][0]
    if table.holds == RULE:
        found[ALGORITHM] = ALGORITHMS
    for column in columns(table) if not isinstance(table.holds, str) else ():
        if column.choices:
            found[column.header] = column.choices
        elif column.form == YES_NO:
            found[column.header] = ("Yes", "No")
        elif column.header in NAMES_OF and table.sheet != NAMES_OF[column.header][0]:
            found[column.header] = NAMES_OF[column.header][0]
    return found


def _link(pages: list[Page]) -> None:
    """Dropdowns with the names of another sheet: the cells that hold them."""
    by_name = {page.name: page for page in pages}
    for page in pages:
        for header, words in list(page.choices.items()):
            if not isinstance(words, str):
                continue
            if words == ALGORITHMS:
                page.choices[header] = f"='{ALGORITHMS}'!$A$2:$A$60"
                continue
            target = by_name[words]
            title = next((name for sheet, name in NAMES_OF.values() if sheet == words), target.headers[0])
            letter = chr(ord("A") + target.headers.index(title))
            page.choices[header] = f"='{words}'!${letter}$2:${letter}$500"


def _frozen(sheet: DefineSheetOut) -> int:
    if sheet.table is None:
        return 1
    last = [sheet.headers.index(key) for key in sheet.table.keys if key in sheet.headers]
    return min(max(last, default=0) + 1, 4)


def _default(column: Column | None) -> str:
    """The value that holds where the cell is empty."""
    if column is None or column.required:
        return ""
    value: object = Study(study="")
    for step in column.path:
        value = getattr(value, step, None)
    if isinstance(value, tuple):
        return json.dumps(list(value)) if value else ""
    return "" if value is None else str(value)


# What the model does not say of the keys of sheet Settings.
_MEANING = {
    "study": "STUDYID",
    "title": "the study in one line",
    "standards.sdtmig": "version of the SDTM Implementation Guide",
    "standards.adamig": "version of the ADaM Implementation Guide",
    "standards.ct": "version of the controlled terminology",
    "standards.meddra": "version of MedDRA",
    "standards.whodrug": "version of WHODrug",
    "raw.folder": "folder of the raw files, seen from the folder of this workbook",
    "raw.missing": "exact texts that count as missing, in all files",
    "raw.encoding": "encoding of the raw files, if not UTF-8",
    "unscheduled.raw": "regular expression: which collected visits are unscheduled",
    "unscheduled.VISIT": "the name of an unscheduled visit",
}
