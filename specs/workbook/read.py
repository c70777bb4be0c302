"""An .xlsx workbook -> ``Study``: the toolkit's sheets, the define sheets of any generation, and all others kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from specs.location import Location
from specs.model import Study, Workbook
from specs.model_errors import build, describe
from specs.problems import Problem, ProblemsFound, suggest
from specs.values import DOMAIN_CODE
from specs.workbook.define_codelists import StudyCodelists
from specs.workbook.define_facts import Made
from specs.workbook.define_in import DefineIn, DefineRow, FilledIn, define_places, kept, read_define
from specs.workbook.define_out import key_list
from specs.workbook.define_rows import define_rows, standards_of
from specs.workbook.define_sheets import BY_NAME, WHERE_CLAUSES
from specs.workbook.grid import Grid, read_grids, rows_of_text
from specs.workbook.layout import DATASET_FIELDS, tables
from specs.workbook.rows_in import read_spec_sheets
from specs.workbook.spec_in import SpecIn, renamed
from specs.workbook.table import DOMAINS, SETTINGS, same
from specs.workbook.tree import Tree
from specs.yaml_text import Branch, locations

# Sheets that the toolkit writes for people, or to know its own text again: name -> what stands in A1.
FILLED, ALGORITHMS, WORDS, README, PROBLEMS = (
    "Filled in",
    "Algorithms",
    "Allowed values",
    "Read me",
    "Problems",
)
FIRST_CELL = {
    FILLED: "Sheet filled in by the toolkit",
    ALGORITHMS: "Algorithm (for reference)",
    WORDS: "Allowed values of the dropdowns",
    README: "How to use this workbook",
    PROBLEMS: "Problem found by sdtm lint",
}
# Classes of datasets that are no domains of SDTM, or that are made from others.
_NO_DOMAINS = (
    "RELATIONSHIP",
    "SUBJECT LEVEL ANALYSIS DATASET",
    "BASIC DATA STRUCTURE",
    "OCCURRENCE DATA STRUCTURE",
)


def read_workbook(place: str | Path) -> Study:
    """Read a study spec from a workbook.

    The study's folder is the workbook's. Raises ``ProblemsFound`` with everything that is wrong, each problem
    with its sheet, column and row.
    """
    file = Path(place)
    grids = read_grids(file)
    book = _Book(file.name, grids)
    study = book.study()
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return study.with_origin(file.absolute().parent, [(file.name, digest)])


class _Book:
    """The sheets of one workbook, sorted by what they are."""

    def __init__(self, file: str, grids: Mapping[str, Grid]) -> None:
        self.file = file
        own = {same(name): name for name in (SETTINGS, *(table.sheet for table in tables()))}
        define = {same(name): name for name in (*BY_NAME, WHERE_CLAUSES)} | {"study": "Define"}
        self.problems: list[Problem] = []
        self.own: dict[str, Grid] = {}
        self.define: dict[str, Grid] = {}
        self.others: dict[str, Grid] = {}
        self.filled: FilledIn = {}
        for name, grid in grids.items():
            if any(same(name).startswith(same(helper)) for helper in FIRST_CELL) and self._is_helper(grid):
                continue
            if same(name) in own and own[same(name)] in self.own:
                first = self.own[own[same(name)]].name
                found = f"the sheet {describe(name)} beside {describe(first)}"
                do = "move the rows of one to the other, and delete it"
                self.problems.append(Problem("duplicate-sheet", grid.at(), found, "each sheet once", do))
            elif same(name) in own:
                self.own[own[same(name)]] = grid
            elif same(name) in define and define[same(name)] not in self.define:
                self.define[define[same(name)]] = grid
            else:
                self.others[name] = grid
        self.is_foreign = not self.filled
        missing = [
            name for name in (*own.values(), *BY_NAME) if name not in self.own and name not in self.define
        ]
        for name, grid in self.others.items():
            meant = renamed(name, missing)
            if meant:
                do = f"rename it to {meant}; a sheet of your own needs a name that is not like it"
                found = f"a sheet called {name}"
                self.problems.append(
                    Problem("renamed-sheet", grid.at(), found, f"{meant}, which is missing", do)
                )

    def _is_helper(self, grid: Grid) -> bool:
        first = grid.header.get(1, "")
        if first == FIRST_CELL[FILLED]:
            self.filled = _filled(grid, self.problems)
        return first in FIRST_CELL.values()

    def study(self) -> Study:
        define = read_define(self.define)
        tree = Tree(self.file)
        spec = SpecIn(tree, self.filled)
        read_spec_sheets(spec, self.own)
        self.problems += [*spec.problems, *define.problems]
        self._identify(tree, define)
        self._domains(tree, spec, define)
        if self.is_foreign and "Term lists" not in self.own:
            self._codelists(tree, define)
        problems = list(self.problems)
        study, found = build(Study, tree.branch())
        # What could not be read makes things look missing.
        problems += [p for p in found if not problems or p.id != "missing-key"]
        if problems or study is None:
            raise ProblemsFound(problems)
        would_fill = define_rows(study, Made()) if self.is_foreign else {}
        # A list that people have described themselves stays whole, so that it is known to have their terms only.
        would_fill.pop("Codelists", None)
        beyond = Workbook(
            define=kept(define, self.filled, would_fill),
            notes=spec.notes,
            sheets={name: rows_of_text(grid) for name, grid in self.others.items()},
        )
        places = locations(tree.branch()) | define_places(define)
        return study.model_copy(update={"workbook": beyond}).with_locations(places)

    # --- what the define sheets say of the study --------------------------------------------------------

    def _identify(self, tree: Tree, define: DefineIn) -> None:
        """STUDYID, title and version of a workbook without the toolkit's sheet Settings."""
        attributes = define.rows.get("Define", {})
        paths: dict[str, tuple[str, ...]] = {"StudyName": ("study",), "StudyDescription": ("title",)}
        if attributes.get("StandardName", _NOWHERE).texts.get("Value", "").startswith("SDTM"):
            paths["StandardVersion"] = ("standards", "sdtmig")
        for attribute, path in paths.items():
            row = attributes.get(attribute)
            if row is not None and row.texts.get("Value") and not tree.has(path) and SETTINGS not in self.own:
                where = row.cells.get("Value", row.where)
                tree.put(path, Branch(row.texts["Value"].strip(), self.file, cell=where), where)
        if not tree.has(("study",)) and not any(p.where.sheet in (SETTINGS, "Define") for p in self.problems):
            where = next(
                (self.own[SETTINGS].at() for _ in (1,) if SETTINGS in self.own),
                self.define["Define"].at() if "Define" in self.define else Location(self.file),
            )
            sheets = ", ".join([*self.own, *self.define, *self.others])
            self.problems.append(
                Problem(
                    "no-study",
                    where,
                    f"no name of the study; the sheets are {sheets}",
                    f"the key study on sheet {SETTINGS}, or the attribute StudyName on sheet Define (Study)",
                    "write it there; `sdtm spec export` writes a whole workbook to begin with",
                )
            )

    def _domains(self, tree: Tree, spec: SpecIn, define: DefineIn) -> None:
        """Every domain with its code, and with what sheet Datasets says of it."""
        rows = define.rows.get("Datasets", {})
        wanted: dict[str, Location] = dict(spec.datasets)
        if self.is_foreign or DOMAINS not in self.own:
            wanted |= {
                name: row.where for name, row in rows.items() if name not in wanted and _is_domain(name, row)
            }
        for name, where in wanted.items():
            path = ("sdtm", name)
            row = rows.get(name)
            if row is None and "Datasets" in self.define and not tree.has((*path, "domain")):
                self.problems.append(
                    Problem(
                        "unknown-dataset",
                        where,
                        describe(name),
                        f"a dataset of sheet Datasets: {', '.join(rows) or 'it has none'}",
                        suggest(name, rows) or f"add a row for {name} to sheet Datasets",
                    )
                )
                continue
            if not tree.has((*path, "domain")):
                tree.put((*path, "domain"), Branch(name, self.file, cell=where), where)
            if row is not None:
                self._dataset(tree, name, row)

    def _dataset(self, tree: Tree, name: str, row: DefineRow) -> None:
        written = self.filled.get(("Datasets", name), {})
        standard = self._standard(tree, name) if self.is_foreign else {}
        for key, header in DATASET_FIELDS.items():
            text = row.texts.pop(header, "")
            where = row.cells.get(header, row.where)
            if not text or written.get(header) == text or tree.has(("sdtm", name, key)):
                continue
            if key == "keys":
                if key_list(text) != key_list(standard.get(key, "")):
                    items = [Branch(word, self.file, cell=where) for word in key_list(text)]
                    tree.put(("sdtm", name, key), Branch(items, self.file, cell=where), where)
            elif self.is_foreign and key == "class" and _letters(text) == _letters(standard.get(key, "")):
                continue
            elif text != standard.get(key):
                text = _class_of_guide(text) if self.is_foreign and key == "class" else text
                tree.put(("sdtm", name, key), Branch(text, self.file, cell=where), where)
        for header in DATASET_FIELDS.values():
            # An emptied cell is the standard's again, and nothing to keep.
            if header in written and header not in row.texts:
                row.texts[header] = written[header]

    def _standard(self, tree: Tree, name: str) -> dict[str, str]:
        """Label, class, structure and keys as the guide of the study has them."""
        study, _ = build(Study, _only(tree.branch(), ("study", "standards")))
        guide = standards_of(study)[0] if study is not None else None
        found = guide.datasets.get(name) if guide is not None else None
        if found is None:
            return {}
        keys = ", ".join(found.keys)
        return {"label": found.label, "class": found.class_name, "structure": found.structure, "keys": keys}

    def _codelists(self, tree: Tree, define: DefineIn) -> None:
        """Codelists of a workbook that knows nothing of the toolkit: their codes, and the terms they add."""
        study, _ = build(Study, _only(tree.branch(), ("study", "standards")))
        published = StudyCodelists(study, standards_of(study)[1]) if study is not None else None
        for row in define.rows.get("Codelists", {}).values():
            texts, path = row.texts, ("codelists", row.texts["ID"])
            code, term = texts.get("NCI Codelist Code", ""), texts.get("Term", "")
            where = row.cells.get("ID", row.where)
            if not tree.has(path):
                tree.open(path, where)
                if code:
                    place = row.cells["NCI Codelist Code"]
                    tree.put((*path, "codelist"), Branch(code, self.file, cell=place), place)
            known = published.published(code) if published is not None and code else None
            if term and not texts.get("NCI Term Code") and (known is None or term not in known.terms):
                place = row.cells["Term"]
                tree.put(
                    (*path, "extend", term),
                    Branch(texts.get("Decoded Value", ""), self.file, cell=place),
                    place,
                )


_NOWHERE = DefineRow({}, {}, Location())


def _only(branch: Branch, keys: Iterable[str]) -> Branch:
    value = branch.value if isinstance(branch.value, dict) else {}
    return Branch({key: value[key] for key in keys if key in value}, branch.file, cell=branch.cell)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _class_of_guide(text: str) -> str:
    from specs.standards.ig import CLASSES

    return next((name for name in CLASSES if _letters(name) == _letters(text)), text)


def _is_domain(name: str, row: DefineRow) -> bool:
    class_name = row.texts.get("Class", "").upper()
    is_adam = row.texts.get("Standard", "").upper().startswith("ADAM") or class_name.startswith("ADAM")
    return (
        DOMAIN_CODE.fullmatch(name) is not None
        and not name.startswith(("SUPP", "REL"))
        and not is_adam
        and class_name not in _NO_DOMAINS
    )


def _filled(grid: Grid, problems: list[Problem]) -> dict[tuple[str, str], dict[str, str]]:
    """What the toolkit filled in when it wrote the workbook."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for number, cells in grid.rows.items():
        sheet, row, text = (cells[i].text if i in cells else "" for i in (1, 2, 3))
        try:
            values = json.loads(text)
            found[sheet, row] = {str(key): str(value) for key, value in values.items()}
        except (ValueError, AttributeError):
            do = "delete the sheet; everything then counts as written by people"
            problems.append(
                Problem("bad-cell", grid.at(number, 3), describe(text), "what the toolkit wrote", do)
            )
    return found
