"""Rules on SUPP--, CO and RELREC: that what they point at is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from validation.rules.registry import ALL_DATASETS, rule
from validation.tables import Table
from validation.text_forms import is_number_text
from validation.values import (
    Mask,
    codes_of,
    filled,
    group_numbers,
    is_any,
    is_text,
    missing,
    repeated,
    shared_codes,
    unique_texts,
)

_POINTING = ("SUPP--", "CO", "RELREC")


def _parents(tables: Mapping[str, Table], domain: str) -> list[Table]:
    return [table for table in tables.values() if table.domain == domain]


def _pointers(dataset: pd.DataFrame) -> Iterator[tuple[str, str, Mask]]:
    """(RDOMAIN, IDVAR, rows) for each pair that occurs; an empty IDVAR is an empty text."""
    groups = group_numbers(dataset, ["RDOMAIN", "IDVAR"])
    first = pd.Series(groups).drop_duplicates().index
    for row in first:
        domain, name = dataset["RDOMAIN"].iloc[row], dataset["IDVAR"].iloc[row]
        if isinstance(domain, str):
            yield domain, name if isinstance(name, str) else "", groups == groups[row]


@rule(
    "parent-record-missing",
    on="IDVARVAL",
    datasets=_POINTING,
    needs=("RDOMAIN", "USUBJID", "IDVAR", ALL_DATASETS),
    shows=("RDOMAIN", "IDVAR", "IDVARVAL"),
    severity="error",
    source="CORE-000206, CG0371",
)
def parent_record_missing(dataset: pd.DataFrame, variable: str, tables: Mapping[str, Table]) -> Mask:
    """The record it belongs to is not there.

    Expected: a record of the subject in dataset RDOMAIN whose variable IDVAR has the value IDVARVAL.
    Why: a qualifier or comment without its record is lost in every merge.
    Do:  look whether the numbers of the parent were changed after this record was made.
    """
    wrong = np.zeros(len(dataset), dtype=bool)
    for domain, name, rows in _pointers(dataset):
        candidates = _parents(tables, domain)
        parents = [table for table in candidates if not name or name in table.frame.columns]
        if not parents or (not name and domain != "DM"):
            continue  # other rules tell that
        judged = rows & filled(dataset["USUBJID"]) & (filled(dataset[variable]) if name else True)
        found = np.zeros(int(judged.sum()), dtype=bool)
        for parent in parents:
            if "USUBJID" in parent.frame.columns and is_text(parent.frame["USUBJID"]):
                found = found | _is_in(dataset.loc[judged], variable, parent.frame, name)
        wrong[judged] = ~found
    return wrong


def _is_in(children: pd.DataFrame, variable: str, parents: pd.DataFrame, name: str) -> Mask:
    """Children whose subject, and value if a variable is named, some parent has."""
    child, parent = shared_codes([children["USUBJID"], parents["USUBJID"]])
    if name:
        values = parents[name]
        if is_text(values):
            child_values, parent_values = shared_codes([children[variable], values])
        else:
            numbers = pd.Index(np.unique(values.to_numpy(dtype=float)))
            child_values = numbers.get_indexer(_numbers(children[variable]))
            parent_values = numbers.get_indexer(values.to_numpy(dtype=float))
            child_values = np.where(child_values < 0, -2, child_values)
        width = int(max(child_values.max(initial=0), parent_values.max(initial=0))) + 3
        child, parent = child * width + child_values, parent * width + parent_values
    return np.isin(child, parent)


def _numbers(column: pd.Series) -> np.ndarray:
    texts = unique_texts(column)
    values = [float(text) if is_number_text(text.strip()) else np.nan for text in texts]
    return np.array([*values, np.nan])[codes_of(column)]


@rule(
    "related-domain-absent",
    on="RDOMAIN",
    datasets=_POINTING,
    needs=ALL_DATASETS,
    by_value=True,
    severity="error",
    source="CORE-000457, CG0373, CORE-000384, CG0374, CORE-000502, CG0369",
)
def related_domain_absent(dataset: pd.DataFrame, variable: str, tables: Mapping[str, Table]) -> Mask:
    """The dataset it belongs to is not there.

    Expected: a dataset of the domain RDOMAIN.
    Why: records that belong to nothing cannot be read.
    Do:  add the dataset, or leave these records out with it.
    """
    return filled(dataset[variable]) & ~is_any(dataset[variable], *{t.domain for t in tables.values()})


@rule(
    "parent-variable-unknown",
    on="IDVAR",
    datasets=_POINTING,
    needs=("RDOMAIN", ALL_DATASETS),
    severity="error",
    source="CORE-000712, CORE-000916, CORE-000953, CG0370",
)
def parent_variable_unknown(dataset: pd.DataFrame, variable: str, tables: Mapping[str, Table]) -> Mask:
    """IDVAR is not a variable of the dataset it belongs to.

    Expected: a variable of dataset RDOMAIN, such as its sequence number.
    Why: the record it belongs to cannot be found.
    Do:  correct IDVAR.
    """
    wrong = np.zeros(len(dataset), dtype=bool)
    for domain, name, rows in _pointers(dataset):
        parents = _parents(tables, domain)
        if name and parents and not any(name in table.frame.columns for table in parents):
            wrong = wrong | rows
    return wrong


@rule(
    "qualifier-without-parent-key",
    on="IDVAR",
    datasets="SUPP--",
    needs="RDOMAIN",
    severity="error",
    source="CORE-000134, CG0203",
)
def qualifier_without_parent_key(dataset: pd.DataFrame, variable: str) -> Mask:
    """IDVAR is empty, and the qualifier is not one of DM.

    Expected: a variable that tells which record of the subject is meant.
    Why: only DM has one record for each subject.
    Do:  write the sequence variable of the parent in IDVAR, and its value in IDVARVAL.
    """
    return missing(dataset[variable]) & filled(dataset["RDOMAIN"]) & ~is_any(dataset["RDOMAIN"], "DM")


@rule(
    "parent-key-without-value",
    on={"IDVARVAL": "IDVAR"},
    datasets="SUPP--",
    severity="error",
    source="CORE-000135, CG0204",
)
def parent_key_without_value(dataset: pd.DataFrame, value: str, name: str) -> Mask:
    """IDVAR has a variable and IDVARVAL no value.

    Expected: both, or neither.
    Why: the record it belongs to cannot be found.
    Do:  write the value of the variable in the parent record.
    """
    return filled(dataset[name]) & missing(dataset[value])


@rule(
    "parent-value-without-key",
    on={"IDVARVAL": "IDVAR"},
    datasets=("SUPP--", "CO"),
    severity="error",
    source="CORE-000218, CG0465",
)
def parent_value_without_key(dataset: pd.DataFrame, value: str, name: str) -> Mask:
    """IDVARVAL has a value and IDVAR no variable.

    Expected: both, or neither.
    Why: nobody knows what the value is the value of.
    Do:  write the variable of the parent in IDVAR.
    """
    return missing(dataset[name]) & filled(dataset[value])


@rule(
    "duplicate-qualifier",
    on="QNAM",
    datasets="SUPP--",
    needs=("RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL"),
    severity="error",
    source="CORE-000203, CG0411",
)
def duplicate_qualifier(dataset: pd.DataFrame, variable: str) -> Mask:
    """A record has the same qualifier twice.

    Expected: one value of each QNAM for each parent record.
    Why: qualifiers become variables, and a variable has one value in a record.
    Do:  remove one, or give the second a QNAM of its own.
    """
    keys = ["RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", variable]
    return filled(dataset[variable]) & repeated(group_numbers(dataset, keys))


@rule(
    "qualifier-is-a-variable",
    on="QNAM",
    datasets="SUPP--",
    needs=("RDOMAIN", ALL_DATASETS),
    by_value=True,
    severity="error",
    source="CORE-000783, CG0314",
)
def qualifier_is_a_variable(dataset: pd.DataFrame, variable: str, tables: Mapping[str, Table]) -> Mask:
    """The qualifier has the name of a variable that the parent dataset may hold.

    Expected: a QNAM that is no variable of the parent's class.
    Why: what has a variable of its own belongs there.
    Do:  map the value to the variable, in the dataset that may have it.
    """
    wrong = np.zeros(len(dataset), dtype=bool)
    names = unique_texts(dataset[variable])
    for domain in unique_texts(dataset["RDOMAIN"]):
        for parent in _parents(tables, domain)[:1]:
            taken = [name for name in names if parent.define(name) is not None]
            wrong = wrong | (is_any(dataset["RDOMAIN"], domain) & is_any(dataset[variable], *taken))
    return wrong


@rule(
    "relation-of-one",
    on="RELID",
    datasets="RELREC",
    optional="USUBJID",
    shows="RELID",
    severity="error",
    source="CORE-000484, CG0200",
)
def relation_of_one(dataset: pd.DataFrame, variable: str) -> Mask:
    """A relationship has one record only.

    Expected: a RELID on two records or more.
    Why: one record is related to nothing.
    Do:  add the record it is related to, or remove this one.
    """
    return filled(dataset[variable]) & ~repeated(group_numbers(dataset, ["USUBJID", variable]))
