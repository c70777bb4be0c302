"""Where a derivation is registered. One derivation = one file here, one entry in ``DERIVATION_FILES``.

A derivation is a pure function ``function(records, params, notes)`` on an ordinary DataFrame: text columns
are ``str``, a missing text is NaN (never an empty text), numbers are ``float64``, dates and date-times are
``datetime64[s]``, ISO 8601 texts stay texts. One that reads further datasets (parameters typed ``Table``)
is ``function(records, params, notes, tables)``. It changes none of its inputs. With ``makes="variables"``
it returns a DataFrame of the columns it makes, on the index of ``records``; with ``makes="records"`` it
returns new records. Order of rows never matters. What it cannot use goes to ``notes``, by index label.

``where`` and the choice of records belong to the caller (the engine, or a person's own ``df[...]``).
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any, Literal

import pandas as pd

from sdtm.derivations.notes import Notes
from sdtm.step import columns_read
from specs.catalogue import TABLE, Derivation, Params

DERIVATION_FILES: tuple[str, ...] = (
    "imputed_dates",
    "days",
    "treatment_emergence",
    "occurrence",
    "subject_records",
    "exposure",
    "deaths",
    "dose_limiting",
    "counted_responses",
    "best_response",
    "response_parameters",
    "presence",
    "differing_responses",
    "lesion_sizes",
    "lesion_parameters",
    "diameters",
    "time_point_response",
    "recist",
    "rano_bm",
    "event_times",
    "survival_endpoints",
    "progression_endpoints",
    "sample_times",
    "predose_samples",
    "concentrations",
    "nca_records",
    "nca_samples",
    "accumulation",
    "pp_domain",
    "pk_links",
    "baselines",
    "changes",
    "reference_ranges",
    "visit_windows",
    "worst_records",
    "criteria",
    "toxicity",
)

_registered: dict[str, Derivation] = {}


def derivation(
    name: str,
    params: type[Params],
    *,
    makes: Literal["variables", "records"] = "variables",
    fixed: tuple[str, ...] = (),
    labels: Mapping[str, str] | None = None,
) -> Callable[[Callable[..., pd.DataFrame]], Callable[..., pd.DataFrame]]:
    """Register a function under the name that specs use, and make it callable on its own.

    The name in Python then takes ``(records, params=None, *, tables=None, notes=None, **values)``: parameters
    as a model or by name; without ``notes`` what is to be said comes as Python warnings.
    """

    def register(function: Callable[..., pd.DataFrame]) -> Callable[..., pd.DataFrame]:
        @functools.wraps(function)
        def call(
            records: pd.DataFrame,
            given: Params | None = None,
            /,
            *,
            tables: Mapping[str, pd.DataFrame] | None = None,
            notes: Notes | None = None,
            **values: Any,
        ) -> pd.DataFrame:
            chosen = given if given is not None else params.model_validate(values)
            said = notes if notes is not None else Notes()
            _all_present(name, records, chosen.columns())
            others = {table: with_plain_types(_table(name, tables, table)) for table in chosen.marked(TABLE)}
            read = with_plain_types(records[_columns_seen(chosen, records)])
            made = run(_registered[name], read, chosen, said, others)
            if notes is None:
                said.warn()
            return made

        doc = inspect.getdoc(function) or ""
        _registered[name] = Derivation(name, params, call, doc, makes, fixed, labels or {}, function)
        return call

    return register


def run(
    derivation: Derivation,
    records: pd.DataFrame,
    params: Params,
    notes: Notes,
    tables: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """Compute on records that are plain already, of which the derivation sees just what it declares.

    So what lint and lineage say it reads is what it reads.
    """
    read = records[_columns_seen(params, records)]
    function = derivation.compute
    made: pd.DataFrame
    if "tables" in inspect.signature(function).parameters:
        made = function(read, params, notes, {name: tables[name] for name in params.marked(TABLE)})
    else:
        made = function(read, params, notes)
    if derivation.makes == "variables" and not made.index.equals(records.index):
        raise AssertionError(f"derivation {derivation.name} changed the index of its records")
    return made


def _columns_seen(params: Params, records: pd.DataFrame) -> list[Any]:
    if params.copies_records:
        return list(records.columns)
    return [column for column in columns_read(params) if column in records]


def with_plain_types(records: pd.DataFrame) -> pd.DataFrame:
    """The same records with ``str`` texts (an empty one is missing) and ``datetime64[s]`` dates."""
    changed: dict[str, pd.Series] = {}
    for column in records:
        before = values = records[column]
        if isinstance(values.dtype, pd.CategoricalDtype):
            # The few distinct texts are looked at, not the many rows.
            texts = values.cat.categories.astype("str")
            values = values.cat.rename_categories(texts).astype("str")
            values = values.mask((values == "").to_numpy()) if "" in texts else values
        elif values.dtype == object or pd.api.types.is_string_dtype(values.dtype):
            values = values if values.dtype == "str" else values.astype("str")
            empty = (values == "").to_numpy(dtype=bool)
            values = values.mask(empty) if empty.any() else values
        elif pd.api.types.is_datetime64_dtype(values.dtype) and values.dtype != "datetime64[s]":
            values = values.astype("datetime64[s]")
        elif pd.api.types.is_extension_array_dtype(values.dtype) and pd.api.types.is_numeric_dtype(values):
            values = values.astype("float64")
        if values is not before:
            changed[column] = values
    return records.assign(**changed) if changed else records


def _all_present(name: str, records: pd.DataFrame, columns: tuple[str, ...]) -> None:
    missing = [column for column in columns if column not in records]
    if missing:
        have = ", ".join(map(str, records.columns))
        raise KeyError(f"{name}: no column {', '.join(missing)} in the records, which have {have}")


def _table(name: str, tables: Mapping[str, pd.DataFrame] | None, table: str) -> pd.DataFrame:
    if tables is None or table not in tables:
        raise KeyError(f"{name}: it reads {table}; give it as tables={{{table!r}: …}}")
    return tables[table]


@functools.cache
def derivations() -> Mapping[str, Derivation]:
    """All derivations of this toolkit by name."""
    for file in DERIVATION_FILES:
        importlib.import_module(f"sdtm.derivations.{file}")
    return dict(_registered)
