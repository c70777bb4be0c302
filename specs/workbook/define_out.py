"""The define sheets of a study in the headers of one generation: what the toolkit fills in, under what people wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from specs.model import Sheet, Study
from specs.problems import Problem, ProblemsFound, suggest
from specs.workbook.cell_text import TEXT, encode
from specs.workbook.define_facts import Made
from specs.workbook.define_in import EMPTY, STANDARD_NAMES
from specs.workbook.define_rows import Rows, define_rows
from specs.workbook.define_sheets import (
    BY_NAME,
    DEFINE_TABLES,
    G1,
    G3,
    NOT_IN_G1,
    WHERE_CLAUSES,
    WHERE_HEADERS,
    DefineTable,
    row_keys,
)
from specs.workbook.generations import clause_rows, origin_out
from specs.workbook.layout import DATASET_FIELDS

_ORIGIN, _SOURCE, _CLAUSE = "Origin", "Source", "Where Clause"


@dataclass(slots=True)
class DefineSheetOut:
    """A sheet as it is written: headers, rows of texts by header, and which cells the toolkit filled in."""

    name: str
    table: DefineTable | None
    headers: list[str]
    rows: list[dict[str, str]] = field(default_factory=list)
    filled: list[frozenset[str]] = field(default_factory=list)


@dataclass(slots=True)
class DefineOut:
    """All define sheets; ``filled``: (sheet, row) -> what the toolkit filled in, to know it again when read."""

    sheets: list[DefineSheetOut]
    filled: dict[tuple[str, str], dict[str, str]]


@dataclass(slots=True)
class _Merged:
    """One row: ``said`` by people (also what they emptied), ``computed`` by the toolkit."""

    name: str
    is_mine: bool = False  # the toolkit writes such a row, even if it knows nothing to write into it
    computed: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    def texts(self) -> dict[str, str]:
        return {key: text for key, text in {**self.computed, **self.said}.items() if text}


def dataset_texts(study: Study) -> dict[str, dict[str, str]]:
    """Domain -> what it says itself in the columns of sheet Datasets, where cells can hold it."""
    found: dict[str, dict[str, str]] = {}
    for name, domain in study.sdtm.items():
        given = {"label": domain.label, "class": domain.class_, "structure": domain.structure}
        texts = {
            DATASET_FIELDS[key]: text
            for key, text in given.items()
            if text and encode(TEXT, text) is not None
        }
        keys = ", ".join(domain.keys)
        if domain.keys and key_list(keys) == list(domain.keys) and encode(TEXT, keys) is not None:
            texts[DATASET_FIELDS["keys"]] = keys
        found[name] = texts
    return found


def key_list(text: str) -> list[str]:
    """Key variables with or without a blank after the comma."""
    return [name.strip() for name in text.split(",") if name.strip()]


def define_out(study: Study, generation: str, made: Made) -> DefineOut:
    """The define sheets. Raises ``ProblemsFound`` for what ``study.workbook`` cannot mean."""
    computed = define_rows(study, made)
    own = dataset_texts(study)
    problems = list(_misplaced(study, own))
    if problems:
        raise ProblemsFound(problems)
    done = DefineOut([], {})
    datasets: dict[str, int] = {}
    for table in DEFINE_TABLES:
        sheet = study.workbook.define.get(table.name, Sheet())
        rows = _merged(table, computed, sheet, own if table.name == "Datasets" else {})
        if table.name == "Datasets":
            datasets = {row.name: place for place, row in enumerate(rows)}
        if generation == G1 and table.name in NOT_IN_G1 and not rows and not sheet.columns:
            continue
        done.sheets += _sheets(table, _ordered(table, rows, datasets), sheet, generation, done.filled)
    return done


def _misplaced(study: Study, own: Mapping[str, Mapping[str, str]]) -> Iterator[Problem]:
    for name, sheet in study.workbook.define.items():
        table = BY_NAME.get(name)
        where = study.where("workbook", "define", name)
        if table is None:
            yield Problem(
                "unknown-sheet", where, f"{name!r}", f"one of {', '.join(BY_NAME)}", suggest(name, BY_NAME)
            )
            continue
        known = {header for headers in table.headers.values() for header in headers} | set(sheet.columns)
        for row, texts in sheet.rows.items():
            place = study.where("workbook", "define", name, "rows", row)
            for header in texts:
                if header not in known or header in table.keys:
                    do = suggest(header, known) or f"name it under columns: of {name}, if it is your own"
                    yield Problem("unknown-column", place, f"{header!r}", "a column of the sheet", do)
                elif name == "Datasets" and row in own and header in DATASET_FIELDS.values():
                    key = next(key for key, title in DATASET_FIELDS.items() if title == header)
                    do = f"write {key}: in sdtm/{row.lower()}.yaml instead"
                    yield Problem(
                        "misplaced-key", place, f"{header} of {row}", "what its domain file does not say", do
                    )


def _merged(
    table: DefineTable, computed: Rows, sheet: Sheet, own: Mapping[str, Mapping[str, str]]
) -> list[_Merged]:
    mine = (
        _without_own_lists(computed[table.name], sheet) if table.name == "Codelists" else computed[table.name]
    )
    rows = {
        name: _Merged(name, True, {key: text for key, text in texts.items() if key not in table.keys})
        for name, texts in mine.items()
    }
    for name, texts in own.items():
        rows.setdefault(name, _Merged(name)).said |= texts
    for name, texts in sheet.rows.items():
        rows.setdefault(name, _Merged(name)).said |= texts
    return list(rows.values())


def _without_own_lists(computed: Mapping[str, dict[str, str]], sheet: Sheet) -> dict[str, dict[str, str]]:
    """A list that people have described themselves has the terms that they chose."""
    table = BY_NAME["Codelists"]
    described = {
        row_keys(table, name)["ID"]
        for name, texts in sheet.rows.items()
        if texts.get("Name") and texts.get("Data Type")
    }
    return {
        name: texts
        for name, texts in computed.items()
        if name in sheet.rows or texts.get("ID") not in described
    }


def _ordered(table: DefineTable, rows: list[_Merged], datasets: Mapping[str, int]) -> list[_Merged]:
    """Rows of a dataset or list together, in their order; what has none comes last."""
    if "Order" not in table.headers[G3]:
        return rows
    groups = dict(datasets)

    def key(row: _Merged) -> tuple[int, str, float]:
        keys = row_keys(table, row.name)
        group = groups.setdefault(keys.get(table.keys[0], ""), len(groups))
        variable = keys.get("Variable", "") if table.name == "ValueLevel" else ""
        order = row.texts().get("Order", "")
        return (group, variable, float(order) if order.replace(".", "", 1).isdecimal() else float("inf"))

    return sorted(rows, key=key)


def _sheets(
    table: DefineTable,
    rows: list[_Merged],
    sheet: Sheet,
    generation: str,
    filled: dict[tuple[str, str], dict[str, str]],
) -> Iterator[DefineSheetOut]:
    shown = _columns(table, rows, generation)
    with_source = _SOURCE in shown
    has_origin = _ORIGIN in shown and generation != G3
    if has_origin and not with_source and not all(_says_source(row) for row in rows):
        shown[_SOURCE] = _SOURCE
        with_source = True
    headers = [*shown.values(), *(column for column in sheet.columns if column not in shown)]
    out = DefineSheetOut(
        "Study" if generation == G1 and table.name == "Define" else table.name, table, headers
    )
    clauses = DefineSheetOut(WHERE_CLAUSES, None, list(WHERE_HEADERS))
    for row in rows:
        texts, keys = row.texts(), row_keys(table, row.name)
        cells = {title: texts[name] for name, title in shown.items() if texts.get(name)}
        cells |= {column: texts[column] for column in sheet.columns if texts.get(column)}
        cells |= {shown[key]: text for key, text in keys.items() if key in shown}
        if has_origin and texts.get(_ORIGIN):
            word, whole = origin_out(texts[_ORIGIN], texts.get(_SOURCE, ""))
            # With a column for the source, only the words that 2.1 no longer has say anything about it.
            if not with_source or (whole and word in ("CRF", "eDT")):
                cells[shown[_ORIGIN]] = word
                if with_source:
                    cells.pop(shown[_SOURCE], None)
        if generation == G1 and row.name == "StandardName":
            cells["Value"] = {new: old for old, new in STANDARD_NAMES.items()}.get(
                texts.get("Value", ""), cells["Value"]
            )
        if generation == G1 and keys.get(_CLAUSE):
            identity = f"{keys['Dataset']}.{keys['Variable']}.{len(out.rows) + 1}"
            conditions = clause_rows(identity, keys["Dataset"], keys[_CLAUSE])
            if conditions:
                cells[shown[_CLAUSE]] = identity
                clauses.rows += conditions
        out.rows.append(cells)
        out.filled.append(
            frozenset(shown[name] for name in row.computed if name not in row.said and name in shown)
        )
        written = _written(table, row, shown, has_origin)
        if written or row.is_mine:
            filled[table.name, row.name] = written
    yield out
    if table.name == "ValueLevel" and generation == G1:
        clauses.filled = [frozenset()] * len(clauses.rows)
        yield clauses


def _columns(table: DefineTable, rows: list[_Merged], generation: str) -> dict[str, str]:
    """Canonical header -> header of the generation; those of other generations where people used them."""
    everywhere = dict.fromkeys([*table.headers[G3], *table.headers[generation], *table.headers[G1]])
    canonical = [name for name in everywhere if name not in table.alias.values()]
    by_title = {table.header(name, generation): name for name in canonical}
    shown = {by_title[title]: title for title in table.headers[generation]}
    used = {name for row in rows for name in row.said} - {_SOURCE}  # older words for the origin imply it
    return shown | {name: name for name in canonical if name in used and name not in shown}


def _says_source(row: _Merged) -> bool:
    texts = row.texts()
    if row.said.get(_SOURCE) == "":
        return False
    return origin_out(texts.get(_ORIGIN, ""), texts.get(_SOURCE, ""))[1] or not (
        texts.get(_ORIGIN) or texts.get(_SOURCE)
    )


def _written(table: DefineTable, row: _Merged, shown: Mapping[str, str], has_origin: bool) -> dict[str, str]:
    """What the toolkit filled into a row; under a cell that people emptied, what would stand there."""
    names = set(shown) | ({_SOURCE} if has_origin else set())
    written = {
        name: text for name, text in row.computed.items() if name in names and text and name not in row.said
    }
    return written | {name: row.computed.get(name) or EMPTY for name, text in row.said.items() if not text}
