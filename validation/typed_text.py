"""Numbers and dates out of files that have no SAS types: CSV, which is all text, and Parquet with its own dates."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from specs.iso8601 import read_moment
from specs.model import Study
from specs.standards import ImplementationGuide
from specs.standards.adam_ig import analysis_guide
from validation.analysis_tables import analysis_class, definition_of, domain_of, type_by_name
from validation.text_forms import is_number_text
from validation.values import is_text, rows_where, unique_texts

_DATE, _DATETIME = re.compile(r"[A-Z0-9]*DT"), re.compile(r"[A-Z0-9]*DTM")
_SAS_EPOCH = pd.Timestamp("1960-01-01")
_DAY = 86_400
_SAS_DAYS = 3653  # from 1960-01-01 to 1970-01-01


def number_column(column: pd.Series) -> pd.Series:
    """A column of texts that are all numbers, as numbers; any other column as it is."""
    if not is_text(column) or rows_where(column, lambda texts: [_is_no_number(t) for t in texts]).any():
        return column
    numbers = {text: float(text) for text in unique_texts(_coded(column)) if text.strip()}
    return column.astype(object).map(numbers).astype("float64")


def typed_analysis(
    name: str, frame: pd.DataFrame, sdtm: ImplementationGuide, study: Study | None = None
) -> pd.DataFrame:
    """An analysis dataset with numbers where ADaM has them, and dates as SAS days or seconds.

    A date is read where all values of the column are complete ISO 8601 dates, or the file itself has dates.
    """
    guide = analysis_guide(study.standards.adamig if study else "1.3")
    variables = [str(column) for column in frame.columns]
    class_name, domain = analysis_class(name, variables, study), domain_of(name, variables)
    columns = {}
    for variable in variables:
        column = frame[variable]
        known = definition_of(variable, class_name, domain, guide, sdtm)
        kind = known.type if known else type_by_name(variable)
        columns[variable] = _typed(column, variable) if kind == "Num" else column
    return pd.DataFrame(columns, index=frame.index)


def _typed(column: pd.Series, name: str) -> pd.Series:
    is_date = bool(_DATE.fullmatch(name) or _DATETIME.fullmatch(name))
    if is_date and _holds_dates(column):
        moments = pd.to_datetime(column.astype(object), errors="coerce")
        seconds = (moments - _SAS_EPOCH).dt.total_seconds()
        return seconds if _DATETIME.fullmatch(name) else np.floor(seconds / _DAY)
    if not is_text(column):
        return column
    if not is_date or not rows_where(column, lambda texts: [_is_no_number(t) for t in texts]).any():
        return number_column(column)
    read = {text: _sas_number(text, name) for text in unique_texts(_coded(column)) if text.strip()}
    if any(number is None for number in read.values()):
        return column
    return column.astype(object).map(read).astype("float64")


def _holds_dates(column: pd.Series) -> bool:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return True
    return column.dtype == object and pd.api.types.infer_dtype(column, skipna=True) in ("date", "datetime")


def _sas_number(text: str, name: str) -> float | None:
    """SAS days of a complete date, or SAS seconds of a date-time without a zone; None if it is no such text."""
    moment = read_moment(text.strip())
    if moment is None or moment.offset is not None:
        return None
    day, bounds = moment.day_number(), moment.bounds()
    if day is None or bounds is None:
        return None
    if _DATE.fullmatch(name):
        return float(day + _SAS_DAYS)
    return bounds[0] + _SAS_DAYS * _DAY if not moment.is_partial else None


def _is_no_number(text: str) -> bool:
    return bool(text.strip()) and not is_number_text(text.strip())


def _coded(column: pd.Series) -> pd.Series:
    return column if isinstance(column.dtype, pd.CategoricalDtype) else column.astype("category")
