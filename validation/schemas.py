"""pandera schemas of datasets (here those of SDTM), made from the standards and, if there is one, the study spec.

A schema is an ordinary ``pandera.DataFrameSchema`` for anybody's pipeline::

    schema_for("AE").validate(ae, lazy=True)

It takes text as ``str`` or as ``category``; a blank text counts as missing. Checks of severity error raise,
warnings become ``SchemaWarning``. ``failures`` runs the same checks for the judge and keeps row positions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pandera.pandas as pandera

from specs.model import Study
from specs.standards import (
    ImplementationGuide,
    Terminology,
    VariableDefinition,
    ct_folder,
    implementation_guide,
    terminology,
)
from validation import schema_defects as defects
from validation import text_forms
from validation.allowed_terms import allowed_terms, has_instruments, published_name
from validation.analysis_schemas import analysis_schema_for
from validation.analysis_tables import is_analysis
from validation.dataset_forms import (
    absent,
    differently_named,
    infinite,
    invalid_names,
    not_whole,
    out_of_order,
    unknown,
)
from validation.schema_checks import (
    Told,
    checks_of,
    is_not,
    listing,
    of_names,
    of_rows,
    repeats,
    type_check,
)
from validation.tables import class_of
from validation.values import missing


def schema_for(
    dataset: str,
    study: Study | None = None,
    *,
    variables: Sequence[str] = (),
    guide: ImplementationGuide | None = None,
    terms: Terminology | None = None,
) -> pandera.DataFrameSchema:
    """The schema of one dataset: AE, SUPPAE, QSCG, a domain of the sponsor's own, or ADSL, ADAE, ADLB.

    ``variables``: names in the data; those that the model allows beside the guide's own get checks too,
    and they tell the class of a domain that neither the standard nor the study knows. Standards default to
    the versions of the study, else to the bundled ones; ``ProblemsFound`` if a version is not known.
    """
    guide = guide or implementation_guide(study.standards.sdtmig if study else "3.4")
    if is_analysis(dataset, variables, guide, study):
        return analysis_schema_for(dataset, study, variables=variables, sdtm=guide)
    terms = terms or terminology(study.standards.ct if study else "2025-03-28", folder=ct_folder())
    class_name = class_of(dataset, list(variables), guide, study)
    definition = guide.dataset(dataset, class_name)
    listed = {variable.name: variable for variable in guide.variables(dataset, class_name)}
    for name in variables:
        allowed = guide.variable(dataset, name, class_name)
        if allowed is not None:
            listed.setdefault(name, allowed)
    columns = {
        name: pandera.Column(
            checks=_variable_checks(variable, study, terms, listed),
            nullable=True,  # a check tells of missing values, because an empty text is missing too
            required=variable.core == "Req",
            title=variable.label or None,
            metadata={"type": variable.type, "core": variable.core, "role": variable.role},
        )
        for name, variable in listed.items()
    }
    checks = [of_names(defects.INVALID_VARIABLE_NAME, invalid_names)]
    if definition is not None:
        expected = [name for name, variable in listed.items() if variable.core == "Exp"]
        known = (dataset, guide, class_name)
        checks += [
            of_names(defects.EXPECTED_VARIABLE_ABSENT, lambda frame: absent(frame, expected)),
            of_names(defects.UNKNOWN_VARIABLE, lambda frame: unknown(frame, *known)),
            of_names(defects.VARIABLE_ORDER, lambda frame: out_of_order(frame, *known)),
        ]
    checks += _name_checks(listed, terms)
    checks += _key_checks(dataset, study, definition.keys if definition else ())
    return pandera.DataFrameSchema(
        columns,
        checks=checks,
        unique_column_names=True,
        name=dataset,
        title=definition.label if definition else None,
    )


# The checks of one variable ------------------------------------------------------------------------------


def _variable_checks(
    variable: VariableDefinition,
    study: Study | None,
    terms: Terminology,
    listed: Mapping[str, VariableDefinition],
) -> list[pandera.Check]:
    name = variable.name

    texts, rows = checks_of(name)
    checks = [type_check(variable)]
    if variable.core == "Req":
        checks.append(rows(defects.REQUIRED_VALUE_MISSING, missing))
    if variable.type == "Num":
        checks.append(texts(defects.NOT_A_NUMBER, is_not(text_forms.is_number_text)))
        checks.append(rows(defects.NUMBER_NOT_FINITE, infinite))
        if name.endswith("SEQ"):
            checks.append(rows(defects.SEQUENCE_NOT_WHOLE, not_whole))
        return checks
    checks.append(texts(defects.TEXT_TOO_LONG, text_forms.is_too_long))
    only = variable.value_list
    if only:
        checks.append(texts(defects.WRONG_CONSTANT, lambda text: text != only, expected=f'"{only}"'))
    form = _ISO_8601.get("offset" if name == "TDSTOFF" else variable.value_domain)
    if form is not None:
        checks.append(texts(form[0], is_not(form[1])))
    if name == "QNAM" or name.endswith("TESTCD"):
        is_form = text_forms.is_qualifier_name if name == "QNAM" else text_forms.is_short_name
        checks.append(texts(defects.INVALID_SHORT_NAME, is_not(is_form)))
    longest = text_forms.name_length(name)
    if longest is not None:
        words = f"at most {longest} characters"
        checks.append(texts(defects.NAME_TOO_LONG, lambda text: len(text) > longest, expected=words))
    allowed = None if only else allowed_terms(variable, listed, study, terms)
    if allowed is not None:
        defect = defects.TERM_NOT_DECLARED if allowed.extensible else defects.TERM_NOT_IN_CODELIST
        # The codelist of a result is of its words; most results of these variables are measured.
        free = text_forms.is_measured if name.endswith(("STRESC", "ORRES")) else _never

        def is_wrong(text: str) -> bool:
            return text not in allowed.values and not free(text)

        checks.append(texts(defect, is_wrong, expected=allowed.words, hint=allowed.hint))
    return checks


_ISO_8601 = {
    "ISO 8601 datetime or interval": (defects.NOT_A_DATE, text_forms.is_date_or_interval),
    "ISO 8601 duration": (defects.NOT_A_DURATION, text_forms.is_duration),
    "offset": (defects.NOT_A_DURATION, text_forms.is_offset),
    "ISO 8601 duration or interval": (defects.NOT_A_DURATION, text_forms.is_duration_or_interval),
}


def _never(text: str) -> bool:
    return False


def _name_checks(listed: Mapping[str, VariableDefinition], terms: Terminology) -> list[pandera.Check]:
    """Codes and names that terminology publishes in pairs: --TESTCD with --TEST, TSPARMCD with TSPARM."""
    checks = []
    for code, variable in listed.items():
        name = code.removesuffix("CD")
        has_pairs = any(terms.paired_codelist(codelist) for codelist in variable.codelists)
        if name == code or name not in listed or not (has_pairs or has_instruments(code)):
            continue

        def find_wrong(
            frame: pd.DataFrame, variable: VariableDefinition = variable, name: str = name
        ) -> np.ndarray:
            return differently_named(
                frame, variable.name, name, lambda text: published_name(variable, text, terms)
            )

        checks.append(of_rows(Told(defects.NAME_DIFFERS, name, shows=(code, name)), find_wrong, True))
    return checks


# The keys of a dataset -----------------------------------------------------------------------------------


def _key_checks(dataset: str, study: Study | None, natural: Sequence[str]) -> list[pandera.Check]:
    domain = study.sdtm.get(dataset) if study else None
    declared = tuple(domain.keys) if domain else ()
    sequence = f"{dataset[:2]}SEQ"
    checks = []
    # Sequence numbers count within a subject, a pool or an associated person; in TS within a parameter.
    for owner in ("TSPARMCD",) if dataset == "TS" else ("USUBJID", "POOLID", "APID"):
        told = Told(defects.DUPLICATE_SEQUENCE, sequence, shows=(owner, sequence))
        checks.append(of_rows(told, repeats([owner, sequence], needed=[owner, sequence]), True))
    if declared:
        told = Told(
            defects.DUPLICATE_KEYS, shows=declared, expected=f"one record for each {listing(declared)}"
        )
        checks.append(of_names(defects.KEY_VARIABLE_ABSENT, lambda frame: absent(frame, declared)))
        checks.append(of_rows(told, repeats(declared), True))
    elif dataset == "DM":
        checks.append(
            of_rows(
                Told(defects.DUPLICATE_SUBJECT, "USUBJID", shows=("USUBJID",)), repeats(["USUBJID"]), True
            )
        )
    elif natural:
        told = Told(defects.DUPLICATE_NATURAL_KEYS, shows=tuple(natural))
        checks.append(of_rows(told, repeats(natural), True))
    return checks
