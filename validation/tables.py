"""A dataset as it is judged: the data, and what the standard and the study call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from specs.model import Study
from specs.standards.ig import (
    EVENTS,
    FINDINGS,
    INTERVENTIONS,
    OBSERVATION_CLASSES,
    DatasetDefinition,
    ImplementationGuide,
    VariableDefinition,
)
from validation.values import is_number, is_text, prepared

_WITHOUT_PREFIX = ("Relationship",)
_CLASS_BY_TOPIC = {"TESTCD": FINDINGS, "TRT": INTERVENTIONS, "TERM": EVENTS}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says about a dataset beside its data; empty where it says nothing.

    ``first_row``: number of the first record as the file's own program shows it (2 below a CSV header).
    ``formats``: display formats of variables, such as DATE9; only a transport file knows them.
    """

    label: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    first_row: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """One dataset, its frame in the form that rules expect (``validation.values.prepared``).

    ``standard``: the name under which the standard knows it, which is not always ``name``
    (``standard_name``). ``domain``: the domain that a split dataset belongs to (LB for LBCH), else the
    same. ``prefix``: what ``--`` stands for; empty for SUPP-- and relationship datasets. ``definition``:
    ``None`` when neither the standard nor the study knows the dataset. ``keys``: what identifies a record;
    ``keys_declared``: by the study, not by the standard. ``repeated_names``: of columns that occur more
    than once, of which ``frame`` has the first. ``mistyped``: variables without the type of the standard,
    and what they do not hold.
    """

    name: str
    standard: str
    frame: pd.DataFrame
    guide: ImplementationGuide
    definition: DatasetDefinition | None
    domain: str
    prefix: str
    class_name: str = ""
    keys: tuple[str, ...] = ()
    keys_declared: bool = False
    repeated_names: tuple[str, ...] = ()
    mistyped: Mapping[str, str] = field(default_factory=dict)
    metadata: Metadata = Metadata()

    @property
    def model(self) -> str:
        """Which rules judge it, see ``validation.rules.registry``."""
        return "SDTM"

    @property
    def is_supplemental(self) -> bool:
        return self.standard.startswith("SUPP") and len(self.standard) > 4

    @property
    def is_observation(self) -> bool:
        return self.class_name in OBSERVATION_CLASSES

    def variable_named(self, pattern: str) -> str:
        """The variable that a pattern means here: ``--DTC`` -> AEDTC; empty if ``--`` means nothing."""
        if not pattern.startswith("--"):
            return pattern
        return self.prefix + pattern[2:] if self.prefix else ""

    def define(self, variable: str) -> VariableDefinition | None:
        """What the standard says of a variable here, or None."""
        return self.guide.variable(self.standard, variable, self.class_name)

    def type_of(self, variable: str) -> str:
        """Char or Num by the standard, also of a variable that strayed here; empty if it knows none."""
        definition = self.define(variable)
        return definition.type if definition else _type_elsewhere(self.guide, variable)


def table_of(
    name: str,
    frame: pd.DataFrame,
    guide: ImplementationGuide,
    study: Study | None = None,
    metadata: Metadata | None = None,
) -> Table:
    """A dataset ready to be judged.

    The class of a domain that the standard does not list is the study's word, else it follows from the
    topic variable: --TESTCD, --TRT or --TERM.
    """
    standard = standard_name(name, frame, guide)
    class_name = class_of(standard, [str(column) for column in frame.columns], guide, study)
    definition = guide.dataset(standard, class_name)
    own_class = definition.class_name if definition else ""
    types = {}
    for column in map(str, frame.columns):
        known = guide.variable(standard, column, own_class)
        types[column] = known.type if known else _type_elsewhere(guide, column)
    judged = prepared(frame, types)
    declared = study.sdtm[name].keys if study and name in study.sdtm else ()
    is_part = definition is not None and standard not in guide.datasets and standard[:2] in guide.datasets
    return Table(
        name=name,
        standard=standard,
        frame=judged,
        guide=guide,
        definition=definition,
        domain=standard[:2] if is_part and not standard.startswith("SUPP") else standard,
        prefix="" if own_class in _WITHOUT_PREFIX else standard[:2],
        class_name=own_class,
        keys=declared or (definition.keys if definition else ()),
        keys_declared=bool(declared),
        repeated_names=tuple(sorted({str(c) for c in frame.columns[frame.columns.duplicated()]})),
        mistyped=_mistyped(judged, types),
        metadata=metadata or Metadata(),
    )


def _mistyped(frame: pd.DataFrame, types: Mapping[str, str]) -> dict[str, str]:
    wrong = {}
    for name in frame.columns:
        if types[name] == "Num" and not is_number(frame[name]):
            wrong[name] = "numbers"
        elif types[name] == "Char" and not is_text(frame[name]):
            wrong[name] = "text"
    return wrong


def _type_elsewhere(guide: ImplementationGuide, variable: str) -> str:
    """The type that a variable has in the domain of its prefix, or in any domain."""
    for dataset in (variable[:2], "SUPPAE", "RELREC", "DM"):
        for class_name in (FINDINGS, EVENTS, INTERVENTIONS):
            definition = guide.variable(dataset, variable, class_name)
            if definition is not None:
                return definition.type
    return ""


def standard_name(name: str, frame: pd.DataFrame, guide: ImplementationGuide) -> str:
    """The dataset of the standard that a dataset is, by its name, else by the domain of all its records.

    TU_ONCO with DOMAIN = TU in every record is TU; SUPPTR_ONCO with RDOMAIN = TR is SUPPTR. Only a name
    that begins like the dataset counts.
    """
    if guide.dataset(name) is not None:
        return name
    for variable, start in (("DOMAIN", ""), ("RDOMAIN", "SUPP")):
        if variable in frame.columns:
            domains = frame[variable].dropna().unique()
            if len(domains) == 1 and isinstance(domains[0], str):
                standard = start + domains[0]
                if name.startswith(standard) and guide.dataset(standard) is not None:
                    return standard
    return name


def class_of(name: str, variables: list[str], guide: ImplementationGuide, study: Study | None) -> str:
    """The class of a dataset that the standard does not name; empty for one that it does, or if unknown."""
    if guide.dataset(name) is not None:
        return ""
    if study and name in study.sdtm and study.sdtm[name].class_:
        return study.sdtm[name].class_
    # A name of two letters is a domain, of three or four a part of one; anything else is no SDTM name.
    if not 2 <= len(name) <= 4:
        return ""
    by_topic = [known for ending, known in _CLASS_BY_TOPIC.items() if name[:2] + ending in variables]
    return by_topic[0] if by_topic else ""
