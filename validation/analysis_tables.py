"""An analysis dataset as it is judged: which kind it is, and what the guides say of its variables.

A dataset is recognised by its structure and variables, so that those that others made are judged as ours.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from specs.model import Study
from specs.standards.adam_ig import IDENTIFIERS, AnalysisDefinition, AnalysisGuide
from specs.standards.ig import ImplementationGuide, VariableDefinition
from validation.tables import Metadata, Table
from validation.values import is_number, is_text, prepared

SUBJECT_LEVEL, OCCURRENCES, BASIC, TIME_TO_EVENT, OTHER = "ADSL", "OCCDS", "BDS", "TTE", "OTHER"
PARAMETERS = (BASIC, TIME_TO_EVENT)
_TOPICS = ("TERM", "TRT", "DECOD")
_OF_SUBJECTS = ("TRT01P", "TRTSDT", "TRTSDTM", "TRT01A")
# Endings that say the type of a variable that no guide lists (ADaMIG 1.3, 3.1.3); the longer ones first.
_NUMBERS = re.compile(r"[A-Z0-9]+(DTM|DT|TM|ADY|SDY|EDY|FN)")
_TEXTS = re.compile(r"[A-Z0-9]+(DTF|TMF|FL)")


@dataclass(frozen=True, slots=True)
class AnalysisTable(Table):
    """One analysis dataset. ``class_name`` is ADSL, OCCDS, BDS, TTE or OTHER; ``prefix`` the two letters of
    the domain it is made of, where its variables show that. ``may_be_empty``: the study says so.
    """

    analysis_guide: AnalysisGuide = None  # type: ignore[assignment]
    may_be_empty: bool = False

    @property
    def model(self) -> str:
        return "ADaM"

    def define(self, variable: str) -> VariableDefinition | None:
        """What ADaM says of a variable here, else SDTM of the variable that it is a copy of."""
        return definition_of(variable, self.class_name, self.prefix, self.analysis_guide, self.guide)

    def type_of(self, variable: str) -> str:
        """Char or Num by the guides, or by the ending of the name; empty if nothing says it."""
        found = self.define(variable)
        return found.type if found else type_by_name(variable)


def is_analysis(
    name: str, variables: Collection[str], guide: ImplementationGuide, study: Study | None = None
) -> bool:
    """Whether a dataset is one of ADaM, made by anybody.

    The spec knows its own. Otherwise it is one that SDTM does not name, without DOMAIN, and either its name
    starts with AD, or it has PARAMCD with an analysis value, or a treatment or its start for each record.
    """
    if study is not None and name in study.adam:
        return study.adam[name].class_ != "SDTM"
    names = set(variables)
    if guide.dataset(name) is not None or (study is not None and name in study.sdtm):
        return False
    if names & {"DOMAIN", "RDOMAIN"} or name.startswith("SUPP"):
        return False
    has_values = "PARAMCD" in names and bool(names & {"AVAL", "AVALC"})
    return (name.startswith("AD") and len(name) > 2) or has_values or bool(names & set(_OF_SUBJECTS))


def analysis_class(name: str, variables: Collection[str], study: Study | None = None) -> str:
    """ADSL, BDS, TTE (a BDS with CNSR), OCCDS (records of one domain, no parameter) or OTHER."""
    if study is not None and name in study.adam:
        return study.adam[name].class_
    names = set(variables)
    if name == SUBJECT_LEVEL:
        return SUBJECT_LEVEL
    if "PARAMCD" in names:
        return TIME_TO_EVENT if "CNSR" in names else BASIC
    domain = domain_of(name, variables)
    has_topic = domain and any(domain + topic in names for topic in _TOPICS)
    return OCCURRENCES if has_topic and "USUBJID" in names else OTHER


def domain_of(name: str, variables: Collection[str]) -> str:
    """The two letters of the domain that the records come from: AE for ADAE, EX for a dataset with EXSEQ."""
    names = set(variables)
    if name[:2] == "AD" and any(name[2:4] + end in names for end in ("SEQ", *_TOPICS)):
        return name[2:4]
    numbered = [v[:2] for v in variables if len(v) == 5 and v.endswith("SEQ") and v[:2].isalpha()]
    return numbered[0] if len(numbered) == 1 else ""


def definition_of(
    variable: str, class_name: str, domain: str, guide: AnalysisGuide, sdtm: ImplementationGuide
) -> VariableDefinition | None:
    """What ADaM says of a variable in a dataset of a class, else SDTM of the one it is a copy of."""
    found = guide.variable(variable, class_name, domain)
    # The guide's own words for --TERM are those of any domain; a copy keeps the label of its domain.
    is_copy = bool(domain) and variable.startswith(domain) and sdtm.variable(domain, variable) is not None
    if found is not None and not is_copy:
        return _as_variable(found)
    for dataset in (domain, "DM"):
        if dataset and (known := sdtm.variable(dataset, variable)) is not None:
            # A copy need not be there, and its terms are judged where it was copied from.
            return VariableDefinition(known.name, known.label, known.type, known.role, "")
    return None


def type_by_name(variable: str) -> str:
    """Char or Num as the ending of a name promises it; empty if it promises nothing."""
    if _TEXTS.fullmatch(variable):
        return "Char"
    return "Num" if _NUMBERS.fullmatch(variable) else ""


def analysis_table(
    name: str,
    frame: pd.DataFrame,
    guide: AnalysisGuide,
    sdtm: ImplementationGuide,
    study: Study | None = None,
    metadata: Metadata | None = None,
) -> AnalysisTable:
    """An analysis dataset ready to be judged."""
    variables = [str(column) for column in frame.columns]
    class_name = analysis_class(name, variables, study)
    domain = domain_of(name, variables)
    types = {}
    for variable in variables:
        known = definition_of(variable, class_name, domain, guide, sdtm)
        types[variable] = known.type if known else type_by_name(variable)
    judged = prepared(frame, types)
    spec = study.adam.get(name) if study is not None else None
    wrong = {
        variable: "numbers" if types[variable] == "Num" else "text"
        for variable in judged.columns
        if (types[variable] == "Num" and not is_number(judged[variable]))
        or (types[variable] == "Char" and not is_text(judged[variable]))
    }
    return AnalysisTable(
        name=name,
        standard=name,
        frame=judged,
        guide=sdtm,
        definition=None,
        domain=name,
        prefix=domain,
        class_name=class_name,
        keys=tuple(spec.keys) if spec else (),
        keys_declared=bool(spec and spec.keys),
        repeated_names=tuple(sorted({str(c) for c in frame.columns[frame.columns.duplicated()]})),
        mistyped=wrong,
        metadata=metadata or Metadata(),
        analysis_guide=guide,
        may_be_empty=bool(spec and spec.empty),
    )


def _as_variable(found: AnalysisDefinition) -> VariableDefinition:
    role = "Identifier" if found.name in IDENTIFIERS else ""
    # A label with dots is a pattern that people complete: "1st Occurrence of ...".
    label = "" if "..." in found.label else found.label
    return VariableDefinition(found.name, label, found.type, role, found.core, found.codelists)
