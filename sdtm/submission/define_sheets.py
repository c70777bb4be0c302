"""The define sheets of a study, asked for one row at a time: what people wrote over what the toolkit knows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sdtm.submission.define_facts import Conditions, Note
from sdtm.submission.define_model import Leaf
from specs.model import Study
from specs.workbook.define_facts import Made
from specs.workbook.define_out import define_out
from specs.workbook.define_sheets import G3
from specs.workbook.generations import conditions_of

Row = Mapping[str, str]
_NOTHING: Row = {}


class DefineSheets:
    """Rows by their keys; a row that is not there is empty."""

    def __init__(self, study: Study, made: Made) -> None:
        rows: dict[str, list[dict[str, str]]] = {
            sheet.name: sheet.rows for sheet in define_out(study, G3, made).sheets
        }
        self._datasets = {row["Dataset"]: row for row in rows["Datasets"] if row.get("Dataset")}
        self._variables = {
            (row["Dataset"], row["Variable"]): row
            for row in rows["Variables"]
            if row.get("Dataset") and row.get("Variable")
        }
        self._values: dict[tuple[str, str, str], Row] = {}
        self._clauses: dict[tuple[str, str], list[tuple[Conditions, Row]]] = {}
        for row in rows["ValueLevel"]:
            if not (row.get("Dataset") and row.get("Variable")):
                continue
            conditions = tuple(conditions_of(row.get("Where Clause", "")) or ())
            if _is_by_code(conditions):
                self._values[row["Dataset"], row["Variable"], conditions[0].values[0]] = row
            elif conditions:
                place = (row["Dataset"], row["Variable"])
                self._clauses.setdefault(place, []).append((conditions, row))
        self._displays = {row["ID"]: row for row in rows["Analysis Displays"] if row.get("ID")}
        self.results: dict[tuple[str, str], list[Row]] = {}  # (display, result) -> its rows
        for row in rows["Analysis Results"]:
            self.results.setdefault((row.get("Display", ""), row.get("ID", "")), []).append(row)
        self._methods = {row["ID"]: row for row in rows["Methods"] if row.get("ID")}
        self._comments = {row["ID"]: row for row in rows["Comments"] if row.get("ID")}
        self.documents = {
            row["ID"]: Leaf(_xml_id(row["ID"]), row["Href"], row.get("Title") or row["Href"])
            for row in rows["Documents"]
            if row.get("ID") and row.get("Href")
        }

    def dataset(self, name: str) -> Row:
        return self._datasets.get(name, _NOTHING)

    def variable(self, dataset: str, variable: str) -> Row:
        return self._variables.get((dataset, variable), _NOTHING)

    def value(self, dataset: str, variable: str, code: str) -> Row:
        """The row whose condition asks for one value of one variable."""
        return self._values.get((dataset, variable, code), _NOTHING)

    def clauses(self, dataset: str, variable: str) -> Sequence[tuple[Conditions, Row]]:
        """The other rows of a variable, with their conditions; a condition in words of their own is none."""
        return self._clauses.get((dataset, variable), ())

    def display(self, identity: str) -> Row:
        """What people say of a table or figure."""
        return self._displays.get(identity, _NOTHING)

    def result(self, display: str, identity: str) -> Row:
        """What people say of one of its results: the first row of several."""
        return self.results.get((display, identity), [_NOTHING])[0]

    def comment(self, identity: str) -> Note | None:
        return _note(self._comments.get(identity))

    def method(self, identity: str) -> Note | None:
        return _note(self._methods.get(identity))

    def method_type(self, identity: str) -> str:
        return self._methods.get(identity, _NOTHING).get("Type") or "Computation"


def _note(row: Row | None) -> Note | None:
    if row is None or not row.get("Description"):
        return None
    return Note(row["Description"], row.get("Document", ""), row.get("Pages", ""))


def _is_by_code(conditions: Conditions) -> bool:
    """One condition on a test code, a parameter or a qualifier, as the toolkit describes values itself."""
    if len(conditions) != 1 or conditions[0].comparator != "EQ":
        return False
    return conditions[0].variable in ("PARAMCD", "QNAM") or conditions[0].variable.endswith("TESTCD")


def _xml_id(text: str) -> str:
    """A name that XML takes as an ID (NCName)."""
    return "LF." + re.sub(r"[^A-Za-z0-9._-]", "_", text)
