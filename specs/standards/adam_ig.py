"""The ADaM Implementation Guide: what it says of a variable, by the class of its dataset.

Names of the guide hold places to fill (TRTxxP, AGEGRy, ANLzzFL, --TERM); ``AnalysisGuide.variable`` finds the
entry that a real name fills, with its label filled alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from specs.location import Location
from specs.problems import Problem, ProblemsFound, suggest
from specs.standards.tables import read_table

VERSIONS = ("1.3",)
IDENTIFIERS = ("STUDYID", "USUBJID", "SUBJID", "SITEID")
# The tables that speak of a dataset of each class, nearest first; every dataset may hold variables of ADSL.
TABLES: Mapping[str, tuple[str, ...]] = {
    "ADSL": ("ADSL",),
    "BDS": ("BDS", "ADSL"),
    "TTE": ("TTE", "BDS", "ADSL"),
    "OCCDS": ("OCCDS", "BDS", "ADSL"),
    "OTHER": ("BDS", "OCCDS", "TTE", "ADSL"),
    "SDTM": (),
}
# Of no guide before ADaMIG 1.4, and in everybody's datasets.
LATER = {"AVALU": ("Analysis Value Unit", "Char")}
# What the places of a name stand for (ADaMIG 1.3, 3.1): two digits; one or two; one.
_PLACES = {
    "xx": r"(?P<xx>[0-9]{2})",
    "zz": r"(?P<zz>[0-9]{2})",
    "y": r"(?P<y>[1-9][0-9]?)",
    "w": r"(?P<w>[1-9])",
}


@dataclass(frozen=True, slots=True)
class AnalysisDefinition:
    """A variable of an analysis dataset; ``core`` is Req, Cond or Perm; ``order`` has gaps."""

    name: str
    label: str
    type: str
    core: str = ""
    codelists: tuple[str, ...] = ()
    order: int = 0


class AnalysisGuide:
    """One version of the guide."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._exact: dict[str, dict[str, AnalysisDefinition]] = {}
        self._patterns: dict[str, list[tuple[re.Pattern[str], AnalysisDefinition]]] = {}
        for order, row in enumerate(read_table(f"adamig-{version}-variables"), 1):
            if "*" in row["variable"]:  # suffixes for names of people's own: they have no label to give
                continue
            definition = AnalysisDefinition(
                row["variable"],
                row["label"],
                row["type"],
                row["core"],
                tuple(row["codelists"].split()),
                order,
            )
            if re.search(r"[a-z]|--", row["variable"]):
                pattern = re.compile(_pattern(row["variable"]))
                self._patterns.setdefault(row["structure"], []).append((pattern, definition))
            else:
                self._exact.setdefault(row["structure"], {})[row["variable"]] = definition

    def variable(self, name: str, class_name: str, domain: str = "") -> AnalysisDefinition | None:
        """What the guide says of a variable in a dataset of a class; None where it is silent.

        ``domain``: two letters that ``--`` stands for in an OCCDS dataset (AE for ADAE).
        """
        for place, table in enumerate(TABLES[class_name]):
            found = self._exact.get(table, {}).get(name) or self._filled(table, name, domain)
            if found:
                return replace(found, order=found.order + 1000 * place)
        if name in LATER and class_name not in ("ADSL", "SDTM"):
            label, kind = LATER[name]
            return AnalysisDefinition(name, label, kind, "Perm", order=1000)
        return None

    def _filled(self, table: str, name: str, domain: str) -> AnalysisDefinition | None:
        for pattern, definition in self._patterns.get(table, ()):
            match = pattern.fullmatch(name)
            if not match:
                continue
            places = match.groupdict()
            if places.pop("DOMAIN", domain) != domain:
                continue
            return replace(definition, name=name, label=_fill(definition.label, places))
        return None

    def required(self, class_name: str) -> list[str]:
        """The variables that every dataset of the class has."""
        if not TABLES[class_name]:
            return []
        table = TABLES[class_name][0]
        return [name for name, definition in self._exact.get(table, {}).items() if definition.core == "Req"]

    def order(self, names: Iterable[str], class_name: str, domain: str = "") -> list[str]:
        """Names in the guide's order: identifiers, those of ADSL, those of the class; others last, as they come."""

        def place(name: str) -> tuple[int, int]:
            if name in IDENTIFIERS:
                return (0, IDENTIFIERS.index(name))
            found = self.variable(name, class_name, domain)
            if found is None:
                return (3, 0)
            is_of_adsl = class_name != "ADSL" and found.order >= 1000 * (len(TABLES[class_name]) - 1)
            return (1 if is_of_adsl else 2, found.order)

        return sorted(names, key=place)


def analysis_guide(version: str = "1.3") -> AnalysisGuide:
    """The guide of this version; ``ProblemsFound`` naming the known versions when there is none."""
    if version not in VERSIONS:
        expected = f"a version of the ADaMIG that is known: {', '.join(VERSIONS)}"
        where = Location(key="standards.adamig")
        raise ProblemsFound(
            Problem("unknown-adamig-version", where, f'"{version}"', expected, suggest(version, VERSIONS))
        )
    return _open(version)


@cache
def _open(version: str) -> AnalysisGuide:
    return AnalysisGuide(version)


def _pattern(name: str) -> str:
    # Small letters are places; the name of the group for `--` is in capitals so as to be none.
    text = name.replace("--", "(?P<DOMAIN>[A-Z]{2})")
    return re.sub(r"xx|zz|y|w", lambda found: _PLACES[found[0]], text)


def _fill(label: str, places: Mapping[str, str]) -> str:
    for place, digits in places.items():
        label = re.sub(rf"\b{place}\b", digits, label)
    return label
