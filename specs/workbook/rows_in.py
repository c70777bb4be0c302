"""The rows of the toolkit's sheets -> a tree for the spec model, every value with its cell.

Tables are read from the top of the model down, so that the rows of a table find what they belong to (the
sources of a dataset) by its name or number.
"""

from __future__ import annotations

from collections.abc import Mapping

from specs.location import Location
from specs.model import Sheet
from specs.model_errors import describe
from specs.problems import ProblemsFound, suggest
from specs.workbook.cell_text import decode, pairs_branch
from specs.workbook.grid import Cell, Grid
from specs.workbook.layout import settings, tables
from specs.workbook.spec_in import SheetIn, SpecIn
from specs.workbook.table import MORE, SETTINGS, Column, same
from specs.workbook.table_in import TableIn

# Of the sheet Settings, beside the key and its value.
SETTINGS_NOTES = ("Default", "Meaning")


def read_spec_sheets(spec: SpecIn, grids: Mapping[str, Grid]) -> None:
    """Read all of the toolkit's sheets; ``grids`` by the names that the toolkit gives them."""
    if SETTINGS in grids:
        _SettingsIn(spec, grids[SETTINGS]).read()
    # What stands higher in the model has the shorter places.
    for table in sorted(tables(), key=lambda table: max(map(len, table.places))):
        if table.sheet in grids:
            TableIn(spec, table, grids[table.sheet]).read()
    spec.problems += spec.tree.problems


class _SettingsIn(SheetIn):
    def read(self) -> None:
        found = self.heads(["Key", "Value", *SETTINGS_NOTES], ["Key", "Value"])
        if found is None:
            return
        own = [title for title in found.values() if title not in ("Key", "Value", *SETTINGS_NOTES)]
        if own:
            self.spec.notes[SETTINGS] = Sheet(columns=tuple(own))
        key_at, value_at = (
            next(i for i, title in found.items() if title == name) for name in ("Key", "Value")
        )
        by_name = {same(column.header): column for column in settings()}
        for number, cells in self.grid.rows.items():
            key = cells.get(key_at, Cell("")).text
            value = cells.get(value_at, Cell("")).text
            where = self.grid.at(number, key_at)
            notes = {found[i]: cell.text for i, cell in cells.items() if found.get(i) in own}
            if notes:
                self.note(key, notes)
            if key == MORE:
                self._more(value, self.grid.at(number, value_at))
            elif same(key) in by_name:
                self._value(by_name[same(key)], value, self.grid.at(number, value_at))
            elif key.strip() or value.strip():
                known = [column.header for column in settings()]
                said = describe(key) if key else "a value without a key"
                do = suggest(key, known) or "take the row out, or write one of these keys"
                self.spec.refuse("unknown-key", where, said, f"one of {', '.join(known)}", do)

    def _value(self, column: Column, text: str, where: Location) -> None:
        try:
            branch = decode(column.form, text, where)
        except ProblemsFound as found:
            self.spec.problems += found.problems
            return
        if branch is not None:
            self.spec.tree.put(column.path, branch, where)

    def _more(self, text: str, where: Location) -> None:
        try:
            self.spec.tree.put((), pairs_branch(text, where), where)
        except ProblemsFound as found:
            self.spec.problems += found.problems
