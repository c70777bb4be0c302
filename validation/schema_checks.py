"""How a function becomes a check of a pandera schema, and how a failed check becomes a ``Failure``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pandera

from specs.standards import VariableDefinition
from validation import schema_defects as defects
from validation import text_forms
from validation.dataset_forms import repeated_keys
from validation.defects import Defect, Failure
from validation.values import is_number, is_text, rows_where

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


class OurCheck(pandera.Check):
    """A check that nobody changes, so that the copies pandera makes of every column can share it."""

    def __deepcopy__(self, memo: dict[int, Any]) -> OurCheck:
        return self

    @classmethod
    def get_backend(cls, check_obj: Any) -> Any:
        return pandera.Check.get_backend(check_obj)  # registered for that class alone


# One check out of a function -----------------------------------------------------------------------------


def check_of(told: Told, passes: Callable[[Any], Any], of_dataset: bool = False) -> pandera.Check:
    defect = told.defect
    return OurCheck(
        passes,
        name=defect.id,
        error=f"{defect.message}; expected {told.expected or defect.expected}",
        description=defect.why or None,
        ignore_na=False,
        raise_warning=defect.severity != "error",
        n_failure_cases=_CASES_SHOWN if of_dataset else None,
        statistics={"told": told},
    )


def of_texts(told: Told, is_wrong: Callable[[str], bool]) -> pandera.Check:
    """A check of the distinct texts of a variable; a column without text passes (its type is told)."""

    def passes(column: pd.Series) -> pd.Series | bool:
        if not is_text(column):
            return True
        return _verdict(rows_where(column, lambda texts: map(_or_blank(is_wrong), texts)), column)

    return check_of(told, passes)


def of_rows(told: Told, find_wrong: Callable[[Any], np.ndarray], of_dataset: bool = False) -> pandera.Check:
    """A check of the rows of a variable or of the whole dataset."""
    return check_of(told, lambda data: _verdict(find_wrong(data), data), of_dataset)


def checks_of(variable: str) -> tuple[Callable[..., pandera.Check], Callable[..., pandera.Check]]:
    """How checks of one variable are made: ``texts(defect, is_wrong, **more)`` of its distinct texts, where ``more`` is
    further what is told, and ``rows(defect, find_wrong)`` of its rows."""

    def texts(defect: Defect, is_wrong: Callable[[str], bool], **more: Any) -> pandera.Check:
        return of_texts(Told(defect, variable, **more), is_wrong)

    def rows(defect: Defect, find_wrong: Callable[[pd.Series], np.ndarray]) -> pandera.Check:
        return of_rows(Told(defect, variable), find_wrong)

    return texts, rows


def of_names(defect: Defect, at_fault: Callable[[pd.DataFrame], Mapping[str, str]]) -> pandera.Check:
    """A check of the names of a dataset."""
    return check_of(Told(defect, at_fault=at_fault), lambda frame: not at_fault(frame))


def _or_blank(is_wrong: Callable[[str], bool]) -> Callable[[str], bool]:
    """A blank text is a missing value and never wrong by its form."""
    return lambda text: bool(text.strip()) and is_wrong(text)


def _verdict(wrong: np.ndarray, data: Any) -> pd.Series | bool:
    return pd.Series(~wrong, index=data.index) if wrong.any() else True


# Parts of checks -------------------------------------------------------------------------------------------


def is_not(is_form: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: not is_form(text)


def type_check(variable: VariableDefinition) -> pandera.Check:
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
    return check_of(Told(defects.WRONG_TYPE, variable.name, expected=word), passes)


def repeats(keys: Sequence[str], needed: Sequence[str] = ()) -> Callable[[pd.DataFrame], np.ndarray]:
    return lambda frame: repeated_keys(frame, keys, needed)


def listing(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
