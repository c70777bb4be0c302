"""The SDTM Implementation Guide and its model: datasets, variables, and the order they stand in.

The guide lists variables for each of its datasets. A dataset of a general observation class may also hold the
other variables that the model (SDTM 2.0, sections 3.1.1 to 3.1.5) has for its class, so the model answers
where the guide is silent, and wholly for a domain of the sponsor's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType

from specs.location import Location
from specs.problems import Problem, ProblemsFound, suggest
from specs.standards.tables import read_table

# Version of the guide -> version of the model it rests on.
MODELS = {"3.4": "2.0"}

INTERVENTIONS, EVENTS, FINDINGS, FINDINGS_ABOUT = "Interventions", "Events", "Findings", "Findings About"
OBSERVATION_CLASSES = (INTERVENTIONS, EVENTS, FINDINGS, FINDINGS_ABOUT)
CLASSES = (*OBSERVATION_CLASSES, "Special-Purpose", "Trial Design", "Study Reference", "Relationship")

# What every record of a general observation class has (SDTM 2.0, section 3.1.4), beside its topic.
REQUIRED = ("STUDYID", "DOMAIN", "USUBJID", "--SEQ")

SUPPLEMENTAL = re.compile(r"SUPP([A-Z][A-Z0-9])[A-Z0-9]{0,2}")
# A domain split over several datasets (SDTMIG 3.4, 4.1.7): QSCG and QSMM hold records of QS.
SPLIT = re.compile(r"(?!SUPP)([A-Z]{2})[A-Z0-9]{1,2}")

# Texts above 200 bytes go on in numbered variables (SDTMIG 3.4, 5.1 and 7.4): TSVAL1, COVAL1, COVAL2 …
CONTINUED = {"TS": "TSVAL", "CO": "COVAL"}

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class DatasetDefinition:
    """A dataset: name, label, class, structure (one record per ...) and natural keys without --SEQ."""

    name: str
    label: str
    class_name: str
    structure: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VariableDefinition:
    """A variable of one dataset.

    ``type`` is Char or Num; ``core`` is Req, Exp, Perm, or empty where no guide says it; ``codelists`` are
    c-codes; ``value_domain`` is such as ``ISO 8601 duration``; ``value_list`` is the one value allowed;
    ``order`` sorts the variables of a dataset and has gaps.
    """

    name: str
    label: str
    type: str
    role: str
    core: str
    codelists: tuple[str, ...] = ()
    value_domain: str = ""
    value_list: str = ""
    order: int = 0


@dataclass(frozen=True, slots=True)
class DatasetVariables:
    """All that is known of one dataset: what the guide lists, what the model allows beside, the order."""

    definition: DatasetDefinition | None = None
    listed: Mapping[str, VariableDefinition] = field(default_factory=dict)
    allowed: Mapping[str, VariableDefinition] = field(default_factory=dict)
    order: Mapping[str, int] = field(default_factory=dict)


class ImplementationGuide:
    """One version of the guide. ``datasets`` are those that the guide or its model names.

    Every method takes a dataset name as it is written (AE, SUPPAE, QSCG) and a class, which counts only for
    a dataset that the standard does not name. Of a dataset that is unknown and has no class nothing is known:
    no variables, no topic.
    """

    def __init__(self, version: str) -> None:
        self.version = version
        self.model = MODELS[version]
        self._class_rows = read_table(f"sdtm-{self.model}-classes")
        self._rows: dict[str, list[Row]] = {}
        datasets: dict[str, DatasetDefinition] = {}
        for row in read_table(f"sdtmig-{version}-datasets"):
            datasets[row["dataset"]] = DatasetDefinition(
                row["dataset"], row["label"], row["class"], row["structure"], tuple(row["keys"].split())
            )
        for row in read_table(f"sdtmig-{version}-variables"):
            self._rows.setdefault(row["dataset"], []).append(row)
        for row in read_table(f"sdtm-{self.model}-datasets"):
            name = row["dataset"]
            datasets.setdefault(name, DatasetDefinition(name, row["dataset_label"], row["class"]))
            # The model says nothing about what is required there, and has no codelists.
            unsaid = {"core": "", "codelists": "", "value_domain": ""}
            value = name if row["variable"] == "DOMAIN" else ""
            self._rows.setdefault(name, []).append({**row, **unsaid, "value_list": value})
        self.datasets: Mapping[str, DatasetDefinition] = MappingProxyType(datasets)
        self._known: dict[tuple[str, str], DatasetVariables] = {}

    def __repr__(self) -> str:
        return f"ImplementationGuide({self.version})"

    def dataset(self, dataset: str, class_name: str = "") -> DatasetDefinition | None:
        """The definition of a dataset, also of SUPP--, a split domain, or a domain of the sponsor's own."""
        return self._dataset(dataset, class_name).definition

    def variables(self, dataset: str, class_name: str = "") -> tuple[VariableDefinition, ...]:
        """What the guide lists for a dataset, in its order; for a domain of the sponsor's own, the model's.

        Variables that are not used in human clinical trials are left out, and those kept for other domains.
        """
        return tuple(self._dataset(dataset, class_name).listed.values())

    def variable(self, dataset: str, name: str, class_name: str = "") -> VariableDefinition | None:
        """One variable: as the guide lists it, or as the model allows it there (VISITDY in DS), or None.

        COVAL1, TSVAL1 and so on are as COVAL and TSVAL.
        """
        known = self._dataset(dataset, class_name)
        if _continued(dataset, name) is not None:
            return replace(known.listed[CONTINUED[dataset]], name=name, core="Perm")
        return known.listed.get(name) or known.allowed.get(name)

    def topic(self, dataset: str, class_name: str = "") -> str:
        """The topic variable; empty where there is none (RELREC, TD)."""
        listed = self.variables(dataset, class_name)
        return next((variable.name for variable in listed if variable.role == "Topic"), "")

    def order(self, dataset: str, names: Iterable[str], class_name: str = "") -> list[str]:
        """Names in the standard's order: identifiers, topic, qualifiers, timing; unknown ones last, by name.

        Where the guide does not list a variable, its place is that of the model's class table.
        """
        place = self._dataset(dataset, class_name).order

        def key(name: str) -> tuple[int, int, str]:
            number = _continued(dataset, name)
            base = name if number is None else CONTINUED[dataset]
            return place.get(base, len(place) + 1), number or 0, name

        return sorted(names, key=key)

    def _dataset(self, dataset: str, class_name: str) -> DatasetVariables:
        key = (dataset, _class(class_name))
        if key not in self._known:
            self._known[key] = self._find(*key)
        return self._known[key]

    def _find(self, dataset: str, class_name: str) -> DatasetVariables:
        if dataset in self.datasets:
            return self._listed(self.datasets[dataset], self._rows[dataset], dataset)
        if supplemental := SUPPLEMENTAL.fullmatch(dataset):
            return self._supplemental(dataset, supplemental[1])
        split = SPLIT.fullmatch(dataset)
        parent = self.datasets.get(split[1]) if split else None
        if parent and parent.class_name in OBSERVATION_CLASSES:
            return self._listed(replace(parent, name=dataset), self._rows[parent.name], parent.name)
        if class_name in OBSERVATION_CLASSES:
            return self._custom(DatasetDefinition(dataset, "", class_name))
        if class_name:
            return DatasetVariables(DatasetDefinition(dataset, "", class_name))
        # Identifiers and timing variables mean the same everywhere.
        model = self._model(dataset[:2], "")
        return DatasetVariables(order={name: place for place, (name, _) in enumerate(model, 1)})

    def _listed(self, definition: DatasetDefinition, rows: list[Row], domain: str) -> DatasetVariables:
        model = self._model(domain, definition.class_name)
        names = [name for name, _ in model] or [row["variable"] for row in rows]
        order = {name: place for place, name in enumerate(names, 1)}
        listed = {row["variable"]: _variable(row["variable"], row, row["core"], order) for row in rows}
        allowed = {
            name: _variable(name, row, "Perm", order)
            for name, row in model
            if name not in listed and _is_allowed(row["restriction"], domain, definition.class_name)
        }
        return DatasetVariables(definition, listed, allowed, order)

    def _supplemental(self, dataset: str, domain: str) -> DatasetVariables:
        definition = replace(self.datasets["SUPPQUAL"], name=dataset)
        definition = replace(definition, label=f"Supplemental Qualifiers for {dataset.removeprefix('SUPP')}")
        known = self._listed(definition, self._rows["SUPPQUAL"], "SUPPQUAL")
        listed = {**known.listed, "RDOMAIN": replace(known.listed["RDOMAIN"], value_list=domain)}
        return replace(known, listed=listed)

    def _custom(self, definition: DatasetDefinition) -> DatasetVariables:
        domain = definition.name[:2]
        model = self._model(domain, definition.class_name)
        order = {name: place for place, (name, _) in enumerate(model, 1)}
        listed = {}
        for name, row in model:
            if _is_allowed(row["restriction"], domain, definition.class_name):
                is_required = row["variable"] in REQUIRED or row["role"] == "Topic"
                listed[name] = _variable(name, row, "Req" if is_required else "Perm", order)
        listed["DOMAIN"] = replace(listed["DOMAIN"], value_list=domain)
        return DatasetVariables(definition, listed, {}, order)

    def _model(self, domain: str, class_name: str) -> list[tuple[str, Row]]:
        """(name, row) of all variables of a class for one domain, in the model's order.

        Empty for a class that the model specifies dataset by dataset, without shared variables.
        """
        if class_name and class_name not in OBSERVATION_CLASSES:
            return []
        own = (FINDINGS, FINDINGS_ABOUT) if class_name == FINDINGS_ABOUT else (class_name,)
        return [
            (row["variable"].replace("--", domain), row)
            for classes in (("Identifier",), own, ("Timing",))
            for row in self._class_rows
            if row["class"] in classes
        ]


def implementation_guide(version: str = "3.4") -> ImplementationGuide:
    """The guide of this version; ``ProblemsFound`` naming the known versions when there is none."""
    if version not in MODELS:
        expected = f"a version of the SDTMIG that is known: {', '.join(MODELS)}"
        where = Location(key="standards.sdtmig")
        raise ProblemsFound(
            Problem("unknown-sdtmig-version", where, f'"{version}"', expected, suggest(version, MODELS))
        )
    return _open(version)


@cache
def _open(version: str) -> ImplementationGuide:
    return ImplementationGuide(version)


def _variable(name: str, row: Row, core: str, order: Mapping[str, int]) -> VariableDefinition:
    return VariableDefinition(
        name=name,
        label=row["label"],
        type=row["type"],
        role=row["role"],
        core=core,
        codelists=tuple(row["codelists"].split()),
        value_domain=row["value_domain"],
        value_list=row.get("value_list", ""),
        order=order[name],
    )


def _continued(dataset: str, name: str) -> int | None:
    """The number of a variable that a long text goes on in; None for any other variable."""
    base = CONTINUED.get(dataset)
    number = name.removeprefix(base) if base and name.startswith(base) else ""
    return int(number) if number.isdigit() and not number.startswith("0") else None


def _is_allowed(restriction: str, domain: str, class_name: str) -> bool:
    """Whether a usage restriction of the model (``nonclinical``, ``only EG``, ``not AE``) lets it in."""
    if restriction in ("", "nonclinical"):
        return not restriction
    kind, *places = restriction.split()
    named = domain in places or ("Findings" in places and class_name in (FINDINGS, FINDINGS_ABOUT))
    return named if kind == "only" else not named


def _class(name: str) -> str:
    """The class as the guide writes it, from any capitals, hyphens and blanks: SPECIAL PURPOSE."""
    if not name:
        return ""
    known = _by_letters().get(_letters(name))
    if known is None:
        problem = Problem(
            "unknown-class",
            Location(key="class"),
            f'"{name}"',
            f"a class of SDTM: {', '.join(CLASSES)}",
            suggest(name, CLASSES),
        )
        raise ProblemsFound(problem)
    return known


@cache
def _by_letters() -> dict[str, str]:
    return {_letters(known): known for known in CLASSES}


def _letters(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()
