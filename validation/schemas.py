"""pandera schemas of SDTM datasets, made from the standards and, if there is one, the study spec.

A schema is an ordinary ``pandera.DataFrameSchema`` for anybody's pipeline::

    schema_for("AE").validate(ae, lazy=True)

It takes text as ``str`` or as ``category``; a blank text counts as missing. Checks of severity error raise,
warnings become ``SchemaWarning``. ``failures`` runs the same checks for the judge and keeps row positions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
from validation.dataset_forms import (
    absent,
    differently_named,
    infinite,
    invalid_names,
    not_whole,
    out_of_order,
    repeated_keys,
    unknown,
)
from validation.defects import Defect, Failure
from validation.tables import class_of
from validation.values import is_number, is_text, missing, rows_where

_CASES_SHOWN = 5  # by pandera's own messages, which would print whole records


@dataclass(frozen=True, slots=True)
class Told:
    """What a check tells when it fails, beside its defect; rides on ``Check.statistics``.

    ``at_fault``: for a check of the dataset as a whole, the variables at fault and what was found.
    """

    defect: Defect
    variable: str = ""
    expected: str = ""
    do: str = ""
    shows: tuple[str, ...] = ()
    hint: Callable[[str], str] | None = None
    at_fault: Callable[[pd.DataFrame], Mapping[str, str]] | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Told:
        return self  # frozen; pandera copies every column when it makes a schema


def schema_for(
    dataset: str,
    study: Study | None = None,
    *,
    variables: Sequence[str] = (),
    guide: ImplementationGuide | None = None,
    terms: Terminology | None = None,
) -> pandera.DataFrameSchema:
    """The schema of one dataset: AE, SUPPAE, QSCG, or a domain of the sponsor's own.

    ``variables``: names in the data; those that the model allows beside the guide's own get checks too,
    and they tell the class of a domain that neither the standard nor the study knows. Standards default to
    the versions of the study, else to the bundled ones; ``ProblemsFound`` if a version is not known.
    """
    guide = guide or implementation_guide(study.standards.sdtmig if study else "3.4")
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
    checks = [_of_names(defects.INVALID_VARIABLE_NAME, invalid_names)]
    if definition is not None:
        expected = [name for name, variable in listed.items() if variable.core == "Exp"]
        known = (dataset, guide, class_name)
        checks += [
            _of_names(defects.EXPECTED_VARIABLE_ABSENT, lambda frame: absent(frame, expected)),
            _of_names(defects.UNKNOWN_VARIABLE, lambda frame: unknown(frame, *known)),
            _of_names(defects.VARIABLE_ORDER, lambda frame: out_of_order(frame, *known)),
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


def failures(schema: pandera.DataFrameSchema, frame: pd.DataFrame, dataset: str) -> Iterator[Failure]:
    """Run every check of a schema and tell what fails, with the positions of the rows.

    The checks are called one by one: ``DataFrameSchema.validate`` would build a table of all failure cases,
    which has no bounds.
    """
    for name, column in schema.columns.items():
        if name in frame.columns:
            for check in column.checks:
                yield from _failures_of(check, frame[name], dataset)
        elif column.required:
            yield Failure(defects.REQUIRED_VARIABLE_ABSENT, dataset, name)
    for check in schema.checks:
        yield from _failures_of(check, frame, dataset)


def _failures_of(check: Any, data: Any, dataset: str) -> Iterator[Failure]:
    told: Told = check.statistics["told"]
    if told.at_fault is not None:
        for variable, found in told.at_fault(data).items():
            yield Failure(told.defect, dataset, variable, found=found, expected=told.expected, do=told.do)
        return
    output = check(data).check_output
    if isinstance(output, pd.Series):
        positions = np.flatnonzero(~output.to_numpy(dtype=bool))
        if not len(positions):
            return
    elif output:
        return
    else:
        positions = None
    yield Failure(
        told.defect,
        dataset,
        told.variable,
        positions,
        told.shows or ((told.variable,) if told.variable else ()),
        expected=told.expected,
        do=told.do,
        hint=told.hint,
    )


# One check out of a function -----------------------------------------------------------------------------


def _check(told: Told, passes: Callable[[Any], Any], of_dataset: bool = False) -> pandera.Check:
    defect = told.defect
    return pandera.Check(
        passes,
        name=defect.id,
        error=f"{defect.message}; expected {told.expected or defect.expected}",
        description=defect.why or None,
        ignore_na=False,
        raise_warning=defect.severity != "error",
        n_failure_cases=_CASES_SHOWN if of_dataset else None,
        statistics={"told": told},
    )


def _of_texts(told: Told, is_wrong: Callable[[str], bool]) -> pandera.Check:
    """A check of the distinct texts of a variable; a column without text passes (its type is told)."""

    def passes(column: pd.Series) -> pd.Series | bool:
        if not is_text(column):
            return True
        return _verdict(rows_where(column, lambda texts: map(_or_blank(is_wrong), texts)), column)

    return _check(told, passes)


def _of_rows(told: Told, find_wrong: Callable[[Any], np.ndarray], of_dataset: bool = False) -> pandera.Check:
    """A check of the rows of a variable or of the whole dataset."""
    return _check(told, lambda data: _verdict(find_wrong(data), data), of_dataset)


def _of_names(defect: Defect, at_fault: Callable[[pd.DataFrame], Mapping[str, str]]) -> pandera.Check:
    """A check of the names of a dataset."""
    return _check(Told(defect, at_fault=at_fault), lambda frame: not at_fault(frame))


def _or_blank(is_wrong: Callable[[str], bool]) -> Callable[[str], bool]:
    """A blank text is a missing value and never wrong by its form."""
    return lambda text: bool(text.strip()) and is_wrong(text)


def _verdict(wrong: np.ndarray, data: Any) -> pd.Series | bool:
    return pd.Series(~wrong, index=data.index) if wrong.any() else True


# The checks of one variable ------------------------------------------------------------------------------


def _variable_checks(
    variable: VariableDefinition,
    study: Study | None,
    terms: Terminology,
    listed: Mapping[str, VariableDefinition],
) -> list[pandera.Check]:
    name = variable.name

    def texts(defect: Defect, is_wrong: Callable[[str], bool], **more: Any) -> pandera.Check:
        return _of_texts(Told(defect, name, **more), is_wrong)

    def rows(defect: Defect, find_wrong: Callable[[pd.Series], np.ndarray]) -> pandera.Check:
        return _of_rows(Told(defect, name), find_wrong)

    checks = [_type_check(variable)]
    if variable.core == "Req":
        checks.append(rows(defects.REQUIRED_VALUE_MISSING, missing))
    if variable.type == "Num":
        checks.append(texts(defects.NOT_A_NUMBER, _is_not(text_forms.is_number_text)))
        checks.append(rows(defects.NUMBER_NOT_FINITE, infinite))
        if name.endswith("SEQ"):
            checks.append(rows(defects.SEQUENCE_NOT_WHOLE, not_whole))
        return checks
    checks.append(texts(defects.TEXT_TOO_LONG, text_forms.is_too_long))
    only = variable.value_list
    if only:
        checks.append(texts(defects.WRONG_CONSTANT, lambda text: text != only, expected=f'"{only}"'))
    form = _ISO_8601.get(variable.value_domain)
    if form is not None:
        checks.append(texts(form[0], _is_not(form[1])))
    if name == "QNAM" or name.endswith("TESTCD"):
        is_form = text_forms.is_qualifier_name if name == "QNAM" else text_forms.is_short_name
        checks.append(texts(defects.INVALID_SHORT_NAME, _is_not(is_form)))
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
    "ISO 8601 duration or interval": (defects.NOT_A_DURATION, text_forms.is_duration_or_interval),
}


def _never(text: str) -> bool:
    return False


def _is_not(is_form: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: not is_form(text)


def _type_check(variable: VariableDefinition) -> pandera.Check:
    """Text for Char, numbers for Num; a column without any value is both.

    Text where a number belongs is told value by value (``not-a-number``), unless all of it is numbers.
    """

    def passes(column: pd.Series) -> bool:
        if variable.type == "Char":
            return is_text(column) or bool(column.isna().all())
        if is_text(column):
            return bool(
                rows_where(column, lambda texts: [not text_forms.is_number_text(t) for t in texts]).any()
            )
        return is_number(column)

    word = "text (Char)" if variable.type == "Char" else "numbers (Num)"
    return _check(Told(defects.WRONG_TYPE, variable.name, expected=word), passes)


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

        checks.append(_of_rows(Told(defects.NAME_DIFFERS, name, shows=(code, name)), find_wrong, True))
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
        checks.append(_of_rows(told, _repeated([owner, sequence], needed=[owner, sequence]), True))
    if declared:
        told = Told(
            defects.DUPLICATE_KEYS, shows=declared, expected=f"one record for each {_listing(declared)}"
        )
        checks.append(_of_names(defects.KEY_VARIABLE_ABSENT, lambda frame: absent(frame, declared)))
        checks.append(_of_rows(told, _repeated(declared), True))
    elif dataset == "DM":
        checks.append(
            _of_rows(
                Told(defects.DUPLICATE_SUBJECT, "USUBJID", shows=("USUBJID",)), _repeated(["USUBJID"]), True
            )
        )
    elif natural:
        told = Told(defects.DUPLICATE_NATURAL_KEYS, shows=tuple(natural))
        checks.append(_of_rows(told, _repeated(natural), True))
    return checks


def _repeated(keys: Sequence[str], needed: Sequence[str] = ()) -> Callable[[pd.DataFrame], np.ndarray]:
    return lambda frame: repeated_keys(frame, keys, needed)


def _listing(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
