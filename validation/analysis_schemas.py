"""pandera schemas of analysis datasets, made from the ADaMIG, SDTM for copied variables, and the study spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandera.pandas as pandera

from specs.model import Study
from specs.standards import (
    ImplementationGuide,
    Terminology,
    VariableDefinition,
    ct_folder,
    implementation_guide,
    known_versions,
    terminology,
)
from specs.standards.adam_ig import AnalysisGuide, analysis_guide
from validation import schema_defects as defects
from validation import text_forms
from validation.allowed_terms import allowed_terms
from validation.analysis_tables import (
    OCCURRENCES,
    OTHER,
    SUBJECT_LEVEL,
    analysis_class,
    definition_of,
    domain_of,
    type_by_name,
)
from validation.dataset_forms import absent, infinite, invalid_names
from validation.defects import Defect
from validation.schema_checks import Told, checks_of, is_not, listing, of_names, of_rows, repeats, type_check
from validation.values import missing

_GUIDE = "ADaMIG 1.3"
REQUIRED_VALUE_MISSING = replace(defects.REQUIRED_VALUE_MISSING, sources=(f"{_GUIDE}, 3.1.1",))
DUPLICATE_SUBJECT = replace(defects.DUPLICATE_SUBJECT, sources=(f"{_GUIDE}, 2.3.1",))
# Without a value a record belongs to nobody, or to no parameter.
_FILLED = ("STUDYID", "USUBJID", "PARAM", "PARAMCD")
_FILLED_IN_ADSL = ("STUDYID", "USUBJID", "SUBJID", "SITEID")
DECLARED_ABSENT = Defect(
    id="declared-variable-absent",
    severity="error",
    message="the spec has this variable and the dataset has not",
    expected="every variable under `variables` and `keys` of the dataset's spec",
    do="add a step that makes it, or take it out of the spec",
    why="define.xml would tell of a variable that nobody can look at",
)


def analysis_schema_for(
    dataset: str,
    study: Study | None = None,
    *,
    variables: Sequence[str] = (),
    guide: AnalysisGuide | None = None,
    sdtm: ImplementationGuide | None = None,
    terms: Sequence[Terminology] = (),
) -> pandera.DataFrameSchema:
    """The schema of one analysis dataset, by its structure and the names of its variables.

    Variables that no guide lists are allowed, as ADaM has it; the ending of their name still says their type.
    ``terms``: ADaM terminology first, then that of SDTM; default: those of the study's version.
    """
    guide = guide or analysis_guide(study.standards.adamig if study else "1.3")
    sdtm = sdtm or implementation_guide(study.standards.sdtmig if study else "3.4")
    terms = terms or analysis_terms(study)
    class_name, domain = analysis_class(dataset, variables, study), domain_of(dataset, variables)
    required = required_variables(class_name, domain, variables, guide)
    listed: dict[str, VariableDefinition] = {}
    for name in dict.fromkeys([*required, *variables]):
        found = definition_of(name, class_name, domain, guide, sdtm)
        listed[name] = found or VariableDefinition(name, "", type_by_name(name), "", "")
    columns = {
        name: pandera.Column(
            checks=_variable_checks(variable, class_name, study, terms, listed),
            nullable=True,
            required=name in required,
            title=variable.label or None,
            metadata={"type": variable.type, "core": variable.core},
        )
        for name, variable in listed.items()
    }
    checks = [of_names(defects.INVALID_VARIABLE_NAME, invalid_names)]
    spec = study.adam.get(dataset) if study else None
    if spec is not None:
        wanted = [name for name in (*spec.variables, *spec.keys) if name not in spec.drop]
        checks.append(of_names(DECLARED_ABSENT, lambda frame: absent(frame, wanted)))
    checks += _key_checks(class_name, spec.keys if spec else ())
    return pandera.DataFrameSchema(columns, checks=checks, unique_column_names=True, name=dataset)


def analysis_terms(study: Study | None = None) -> tuple[Terminology, Terminology]:
    """The terminology of ADaM and of SDTM, in the version of the study where there is one.

    A package that has not the study's version of ADaM terminology is not refused here: the bundled one counts.
    """
    version = study.standards.ct if study else "2025-03-28"
    folder = ct_folder()
    sdtm = terminology(version, folder=folder)
    own = version if version in known_versions("adam", folder) else "2025-03-28"
    return terminology(own, package="adam", folder=folder), sdtm


def required_variables(
    class_name: str, domain: str, variables: Sequence[str], guide: AnalysisGuide
) -> list[str]:
    """What every dataset of the class has: core Req, CNSR of time-to-event, --SEQ and the topic of OCCDS."""
    if class_name == OTHER:
        return []
    names = list(guide.required(class_name))
    if class_name == SUBJECT_LEVEL:
        names.append("TRT01P")
    elif class_name == OCCURRENCES:
        names.append(f"{domain}SEQ")
    return [name for name in names if name]


def _variable_checks(
    variable: VariableDefinition,
    class_name: str,
    study: Study | None,
    terms: Sequence[Terminology],
    listed: Mapping[str, VariableDefinition],
) -> list[pandera.Check]:
    name = variable.name

    texts, rows = checks_of(name)
    checks = [type_check(variable)] if variable.type else []
    if name in (_FILLED_IN_ADSL if class_name == SUBJECT_LEVEL else _FILLED) and class_name != OTHER:
        checks.append(rows(REQUIRED_VALUE_MISSING, missing))
    if variable.type == "Num":
        checks.append(texts(defects.NOT_A_NUMBER, is_not(text_forms.is_number_text)))
        checks.append(rows(defects.NUMBER_NOT_FINITE, infinite))
        return checks
    checks.append(texts(defects.TEXT_TOO_LONG, text_forms.is_too_long))
    for package in terms:
        allowed = allowed_terms(variable, listed, study, package) if variable.codelists else None
        if allowed is not None:
            defect = defects.TERM_NOT_DECLARED if allowed.extensible else defects.TERM_NOT_IN_CODELIST
            checks.append(
                texts(
                    defect,
                    lambda text, known=allowed.values: text not in known,  # type: ignore[misc]
                    expected=allowed.words,
                    hint=allowed.hint,
                )
            )
            break
    return checks


def _key_checks(class_name: str, declared: Sequence[str]) -> list[pandera.Check]:
    checks = []
    if class_name == SUBJECT_LEVEL:
        told = Told(DUPLICATE_SUBJECT, "USUBJID", shows=("USUBJID",))
        checks.append(of_rows(told, repeats(["USUBJID"], needed=["USUBJID"]), True))
    elif declared:
        told = Told(
            defects.DUPLICATE_KEYS,
            shows=tuple(declared),
            expected=f"one record for each {listing(declared)}",
        )
        checks.append(of_rows(told, repeats(declared), True))
    sequence = Told(defects.DUPLICATE_SEQUENCE, "ASEQ", shows=("USUBJID", "ASEQ"))
    checks.append(of_rows(sequence, repeats(["USUBJID", "ASEQ"], needed=["USUBJID", "ASEQ"]), True))
    return checks
