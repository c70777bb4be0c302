"""What the generations of define.xml workbooks write differently: origins, and conditions of value level rows.

Rows are held as Define-XML 2.1 workbooks (G3) write them. Source: reference/spec-formats.md, 1.1 to 1.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from specs.workbook.define_sheets import BY_NAME, COMPARATORS, G1, G2, G3

# Define-XML 2.0 origin -> 2.1 origin and the source that it implies.
FROM_2_0 = {
    "CRF": ("Collected", "Investigator"),
    "eDT": ("Collected", "Vendor"),
    "Derived": ("Derived", "Sponsor"),
    "Assigned": ("Assigned", "Sponsor"),
}
_ONLY_2_0 = ("CRF", "eDT")


def detect(headers: Mapping[str, Iterable[str]]) -> str:
    """The generation of a workbook by its sheets and headers, never by its name; empty if it has none of them."""
    found = {sheet: set(titles) for sheet, titles in headers.items()}
    datasets, variables = found.get("Datasets", set()), found.get("Variables", set())
    if not {"Datasets", "Variables", "Codelists", "Define"} & set(found):
        return ""
    if "WhereClauses" in found or "Description" in datasets or ("Study" in found and "Label" not in datasets):
        return G1
    newest = set(BY_NAME["Datasets"].headers[G3]) - set(BY_NAME["Datasets"].headers[G2])
    if newest <= datasets or "Source" in variables or "Terminology" in found.get("Codelists", set()):
        return G3
    return G2


def origin_in(origin: str, source: str | None) -> tuple[str, str]:
    """Origin and source in the words of 2.1; ``source`` is None where the sheet has no such column."""
    if origin in FROM_2_0 and (source is None or origin in _ONLY_2_0):
        meant, implied = FROM_2_0[origin]
        return meant, source or implied
    return origin, source or ""


def origin_out(origin: str, source: str) -> tuple[str, bool]:
    """Origin in the words of 2.0, and whether it says the source as well."""
    for word, meant in FROM_2_0.items():
        if meant == (origin, source):
            return word, True
    return origin, not source and origin not in FROM_2_0


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a where clause: ``VSTESTCD EQ SYSBP``."""

    variable: str
    comparator: str
    values: tuple[str, ...]
    dataset: str = ""


_CONDITION = re.compile(rf"(?:(\w+)\.)?(\w+) ({'|'.join(COMPARATORS)}) (.+)", re.DOTALL)
_VALUE = r'"(?:[^"]|"")*"|[^",()]+'
_LIST = re.compile(rf"\(\s*(?:{_VALUE})(?:\s*,\s*(?:{_VALUE}))*\s*\)")


def conditions_of(text: str) -> list[Condition] | None:
    """The conditions of a where clause written in one line, or None if it is not written in the usual way."""
    found = []
    for part in re.split(r' AND (?=(?:[^"]*"[^"]*")*[^"]*$)', text.strip()):
        match = _CONDITION.fullmatch(part.strip())
        if match is None:
            return None
        dataset, variable, comparator, value = match.groups()
        if comparator in ("IN", "NOTIN"):
            if not _LIST.fullmatch(value.strip()):
                return None
            values = tuple(_unquoted(item.strip()) for item in re.findall(_VALUE, value.strip()[1:-1]))
        else:
            values = (_unquoted(value.strip()),)
        found.append(Condition(variable, comparator, values, dataset or ""))
    return found


def clause_text(conditions: Iterable[Condition]) -> str:
    """Conditions in one line: ``PARAMCD EQ X AND AVISIT IN (A, B)``."""
    parts = []
    for each in conditions:
        name = f"{each.dataset}.{each.variable}" if each.dataset else each.variable
        values = ", ".join(map(_quoted, each.values))
        parts.append(
            f"{name} {each.comparator} " + (f"({values})" if each.comparator in ("IN", "NOTIN") else values)
        )
    return " AND ".join(parts)


def _quoted(value: str) -> str:
    plain = value and value == value.strip() and not re.search(r'[",()]', value) and " AND " not in value
    return value if plain else '"' + value.replace('"', '""') + '"'


def _unquoted(text: str) -> str:
    return text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text


def clause_rows(identity: str, dataset: str, text: str) -> list[dict[str, str]] | None:
    """The rows of the G1 sheet WhereClauses for a condition; None where they would not say the same."""
    conditions = conditions_of(text)
    if conditions is None or clause_text(conditions) != text:
        return None
    if any(value != value.strip() for each in conditions for value in each.values):
        return None
    rows = [
        {
            "ID": identity,
            "Dataset": each.dataset or dataset,
            "Variable": each.variable,
            "Comparator": each.comparator,
            "Value": ", ".join(each.values),
        }
        for each in conditions
    ]
    return rows if clause_of(rows, dataset) == text else None


def clause_of(rows: Iterable[Mapping[str, str]], dataset: str) -> str:
    """The condition that rows of WhereClauses with one ID say together."""
    found = []
    for row in rows:
        comparator, value = row.get("Comparator", ""), row.get("Value", "")
        several = comparator in ("IN", "NOTIN")
        values = tuple(part.strip() for part in value.split(",")) if several else (value,)
        other = row.get("Dataset", "")
        found.append(
            Condition(row.get("Variable", ""), comparator, values, "" if other == dataset else other)
        )
    return clause_text(found)
