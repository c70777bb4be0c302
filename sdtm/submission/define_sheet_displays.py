"""Displays that people describe on the sheets Analysis Displays and Analysis Results and no tables.yaml makes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from sdtm.submission.define_model import AnalysisData, AnalysisResult, Check, Group, Item, ResultDisplay
from sdtm.submission.define_sheets import DefineSheets, Row
from specs.workbook.generations import conditions_of

# What stands where nobody says it: both are required in ARM, and their codelists may be extended.
NOT_STATED = "NOT STATED"
_VARIABLE = re.compile(r"([A-Z][A-Z0-9]{0,7})\.([A-Z_][A-Z0-9_]{0,7})")


class Known(Protocol):
    """What the define.xml has (``define_displays.Displays``)."""

    sheets: DefineSheets
    groups: Mapping[str, Group]
    items: Mapping[str, Item]

    def clause(self, dataset: str, checks: Sequence[Check]) -> str | None: ...

    def leaf(self, name: str) -> str: ...


def sheet_displays(known: Known, others: set[str]) -> list[ResultDisplay]:
    """Displays of the sheets but ``others``, in the order of their results; each result names its datasets by its
    variables (``ADSL.AGE``). What the define.xml does not have stays in the documentation as text."""
    names = dict.fromkeys(display for display, _ in known.sheets.results if display not in others)
    made = []
    for name in filter(None, names):
        row = known.sheets.display(name)
        results = tuple(
            result
            for (display, identity), rows in known.sheets.results.items()
            if display == name
            for result in _result(known, name, identity, rows)
        )
        leaf = known.leaf(row.get("Document", ""))
        title = row.get("Title") or name
        made.append(ResultDisplay(f"RD.SHEET.{name}", name, title, results, leaf, row.get("Pages", "")))
    return made


def _result(known: Known, display: str, identity: str, rows: Sequence[Row]) -> Iterator[AnalysisResult]:
    row = rows[0]
    named = [pair for each in rows for pair in _VARIABLE.findall(each.get("Variables", ""))]
    datasets = [name for name in dict.fromkeys(name for name, _ in named) if name in known.groups]
    if not datasets:
        return
    told = [row.get("Documentation", ""), *(each.get("Join Comment", "") for each in rows)]
    lacking = [f"{name}.{own}" for name, own in named if f"IT.{name}.{own}" not in known.items]
    told += [f"Reads {', '.join(lacking)}, which this define.xml does not describe."] if lacking else []
    data = []
    selections = [text for each in rows if (text := each.get("Selection Criteria", "").strip())]
    checks = _checks(known, selections, datasets)
    wheres = {name: known.clause(name, each) for name, each in (checks or {}).items()}
    if checks is None or None in wheres.values():
        told.append(f"Selection: {'; '.join(selections)}.")
        wheres = {}
    for name in dict.fromkeys([*datasets, *wheres]):
        items = dict.fromkeys(f"IT.{name}.{own}" for dataset, own in named if dataset == name)
        kept = tuple(item for item in items if item in known.items)
        data.append(AnalysisData(known.groups[name].oid, kept, wheres.get(name) or ""))
    parameters = [f"IT.{name}.PARAMCD" for name in datasets if f"IT.{name}.PARAMCD" in known.items]
    refs = row.get("Documentation Refs", "")
    yield AnalysisResult(
        f"AR.SHEET.{display}.{identity}",
        row.get("Description") or identity or display,
        row.get("Reason") or NOT_STATED,
        row.get("Purpose") or NOT_STATED,
        tuple(data),
        " ".join(filter(None, told)),
        parameters[0] if parameters else "",
        row.get("Programming Context", ""),
        row.get("Programming Code", ""),
        known.leaf(refs) if any(told) else "",
        row.get("Pages", "") if refs else "",
    )


def _checks(
    known: Known, selections: Sequence[str], datasets: Sequence[str]
) -> dict[str, list[Check]] | None:
    """The conditions of each dataset; None where the words are others, or mean a dataset that is not clear."""
    found: dict[str, list[Check]] = {}
    for text in selections:
        conditions = conditions_of(text)
        if conditions is None:
            return None
        for each in conditions:
            name = each.dataset or (datasets[0] if len(datasets) == 1 else "")
            if name not in known.groups:
                return None
            found.setdefault(name, []).append(
                Check(f"IT.{name}.{each.variable}", each.comparator, each.values)
            )
    return found
