"""How the variables of a domain are called in words: labels of the standard, and how forms ask for them.

The wordings beside the labels are those of CDASH prompts and of common forms, by the part of the name that
follows the domain code.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sdtm.drafting.words import words
from specs.standards import ImplementationGuide, VariableDefinition

WORDINGS: dict[str, tuple[str, ...]] = {
    "TERM": (
        "adverse event term",
        "event term",
        "event name",
        "diagnosis",
        "verbatim term",
        "reported term",
        "verbatim",
        "condition",
        "medical condition",
        "diagnosis or condition",
        "disease",
    ),
    "DECOD": ("preferred term",),
    "LLT": ("lowest level term",),
    "STDTC": ("start date", "onset date", "date of onset"),
    "ENDTC": ("end date", "stop date", "resolution date", "end date of event"),
    "DTC": ("date of assessment", "date performed", "collection date", "sample date", "sampling date"),
    "SEV": ("severity", "intensity"),
    "SDTH": ("death", "results in death", "fatal"),
    "SLIFE": ("life threatening",),
    "SHOSP": ("hospitalization", "initial or prolonged hospitalization"),
    "SDISAB": ("disability", "disability or incapacity"),
    "SCONG": ("congenital anomaly", "congenital anomaly or birth defect"),
    "SMIE": ("medically important", "other medically important", "other medically important serious event"),
    "SER": ("serious", "serious adverse event"),
    "REL": ("relationship to study treatment", "related to study treatment", "causality", "relationship"),
    "ACN": ("action taken", "action taken with study treatment"),
    "OUT": ("outcome",),
    "TOXGR": ("toxicity grade", "ctcae grade", "grade"),
    "CONTRT": ("concomitant treatment given", "other treatment given"),
    "TRT": ("medication name", "treatment name", "drug name", "medication or therapy", "name of medication"),
    "INDC": ("indication", "reason for use"),
    "DOSE": ("dose", "dose administered", "dose per administration"),
    "DOSU": ("dose unit",),
    "DOSFRM": ("dose form", "dosage form", "formulation"),
    "DOSFRQ": ("frequency", "dose frequency", "dosing frequency"),
    "ROUTE": ("route", "route of administration"),
    "LOT": ("lot number", "batch number"),
    "SPID": ("line number", "log line number"),
    "ORRES": ("result", "original result", "result value"),
    "ORRESU": ("result unit", "original unit"),
    "ORNRLO": (
        "normal range low",
        "lower limit of normal",
        "reference range low",
        "range low",
        "lower limit",
    ),
    "ORNRHI": (
        "normal range high",
        "upper limit of normal",
        "reference range high",
        "range high",
        "upper limit",
    ),
    "TESTCD": ("test code", "test short name"),
    "TEST": ("test name", "analyte name", "parameter name"),
    "SPEC": ("specimen", "specimen type", "sample type", "matrix"),
    "POS": ("position", "body position"),
    "LOC": ("location", "anatomical location", "body site"),
    "METHOD": ("method", "method of assessment"),
    "EVAL": ("evaluator",),
    "NAM": ("laboratory name", "lab name", "vendor"),
    "LOINC": ("loinc code", "loinc"),
    "REFID": ("accession", "accession number", "sample id", "specimen id", "sample identifier"),
    "TPT": ("time point", "planned time point", "nominal time point"),
    "REASND": ("reason not done", "reason not performed"),
    "CLSIG": ("clinically significant",),
    "SEX": ("sex", "gender"),
    "BRTHDTC": ("birth date", "date of birth"),
    "RACE": ("race",),
    "ETHNIC": ("ethnicity", "ethnic group"),
    "AGE": ("age", "age at screening", "age at consent"),
    "COUNTRY": ("country",),
    "RFICDTC": ("informed consent date", "date of informed consent"),
    "DTHDTC": ("death date", "date of death"),
    "ARM": ("planned arm", "treatment arm"),
    "ACTARM": ("actual arm",),
}
# Of one domain only.
OF_DOMAIN = {
    "AETERM": ("adverse event", "description", "event description"),
    "AESPID": ("ae number", "adverse event number"),
    "DSDECOD": ("reason", "reason for discontinuation", "completion status", "subject status", "disposition"),
    "DVTERM": ("deviation", "deviation description"),
    "IETEST": ("criterion", "inclusion exclusion criterion"),
    "PRTRT": ("procedure", "procedure name"),
}
_EMPTY = frozenset({"description", "text"})
# Words that say which domain, so nothing about which variable of it.
_OF_CLASS = frozenset({"adverse", "event", "study"})


@cache
def phrases(guide: ImplementationGuide, domain: str) -> dict[str, tuple[frozenset[str], ...]]:
    """Variable -> sets of words, each of which means it: of its label, and of how forms ask for it."""
    definition = guide.dataset(domain)
    about = set(words(definition.label)) if definition else set()
    found = {}
    for variable in guide.variables(domain):
        asked = (*WORDINGS.get(stem(variable, domain), ()), *OF_DOMAIN.get(variable.name, ()))
        sets = [telling(words(text), about) for text in asked]
        sets.append(label_words(variable, about))
        found[variable.name] = tuple(dict.fromkeys(s for s in sets if s))
    if allowed := guide.variable(domain, f"{domain}DTC"):
        found.setdefault(allowed.name, (label_words(allowed, about),))
    return found


def label_words(variable: VariableDefinition, about: set[str]) -> frozenset[str]:
    """The words of a label that tell the variable from others of its domain."""
    found = [word for word in words(variable.label) if word not in _EMPTY]
    return telling(found, about)


def telling(found: Sequence[str], about: set[str]) -> frozenset[str]:
    """Words without those that only name the form, where others are left."""
    left = [word for word in found if word not in about and word not in _OF_CLASS]
    return frozenset(left or found)


def stem(variable: VariableDefinition, domain: str) -> str:
    """The name without the code of its domain: AETERM -> TERM; SEX stays."""
    name = variable.name
    return name.removeprefix(domain) if len(name) > len(domain) else name
