"""Rules on findings about events and interventions (FA): that they name what they are about."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from validation.rules.registry import ALL_DATASETS, rule
from validation.tables import Table
from validation.values import Mask, is_number, is_text

_POINTERS = ("USUBJID", "RDOMAIN", "IDVAR", "IDVARVAL", "RELID")
_TOPICS = ("TERM", "TRT")


@rule(
    "object-differs-from-parent",
    on="FAOBJ",
    datasets="FA",
    needs=("USUBJID", ALL_DATASETS),
    optional=("FASEQ", "FALNKID", "FALNKGRP", "FAGRPID"),
    severity="error",
    source="CORE-000744, CG0174, CORE-000757, CG0602, CORE-000766, CG0601, CORE-000767, CG0603",
)
def object_differs_from_parent(dataset: pd.DataFrame, variable: str, tables: Mapping[str, Table]) -> Mask:
    """A finding is about something else than the record that RELREC relates it to.

    Expected: FAOBJ = --DECOD of the related record, or its --TERM or --TRT where it was not coded.
    Why: the finding is read as one of another event or treatment.
    Do:  map FAOBJ from the related record, or correct the relation.
    """
    wrong = np.zeros(len(dataset), dtype=bool)
    relations = tables.get("RELREC")
    if relations is None or not set(_POINTERS) <= set(relations.frame.columns):
        return wrong
    related = _related(dataset, relations.frame, tables)
    if related.empty:
        return wrong
    given = dataset[variable].astype(object).to_numpy()[related["row"].to_numpy()]
    fits = _folded(pd.Series(given)).to_numpy() == _folded(related["topic"]).to_numpy()
    by_row = pd.Series(fits | pd.isna(given)).groupby(related["row"].to_numpy()).any()
    wrong[by_row.index[~by_row.to_numpy()]] = True
    return wrong


def _related(dataset: pd.DataFrame, relations: pd.DataFrame, tables: Mapping[str, Table]) -> pd.DataFrame:
    """``row`` of the findings and ``topic`` of each record that RELREC relates them to, record by record."""
    pointers = relations.loc[relations["USUBJID"].notna() & relations["RELID"].notna(), list(_POINTERS)]
    pointers = pointers.astype(object)
    ours = pointers.loc[pointers["RDOMAIN"] == "FA"]
    pairs = ours.merge(
        pointers.loc[pointers["RDOMAIN"] != "FA"], on=["USUBJID", "RELID"], suffixes=("", "_of")
    )
    found = [pd.DataFrame({"row": [], "topic": []}, dtype=object)]
    for (own, domain, name), some in pairs.groupby(["IDVAR", "RDOMAIN_of", "IDVAR_of"]):
        if own not in dataset.columns:
            continue
        rows = _keyed(dataset, own).assign(row=np.arange(len(dataset)))
        for table in tables.values():
            is_parent = table.domain == domain and {"USUBJID", name} <= set(table.frame.columns)
            topics = _topics(table) if is_parent else None
            if topics is not None:
                parents = _keyed(table.frame, name).assign(topic=topics)
                keys = some.assign(key=_as(dataset[own], some["IDVARVAL"]))
                keys["key_of"] = _as(table.frame[name], some["IDVARVAL_of"])
                met = keys.merge(rows, on=["USUBJID", "key"])
                met = met.merge(parents.rename(columns={"key": "key_of"}), on=["USUBJID", "key_of"])
                found.append(met.loc[met["topic"].notna(), ["row", "topic"]])
    whole = pd.concat(found, ignore_index=True)
    return whole.astype({"row": int})


def _topics(table: Table) -> pd.Series | None:
    """The dictionary term of each record, or else the topic as told."""
    named = [table.variable_named(f"--{ending}") for ending in ("DECOD", *_TOPICS)]
    there = [
        table.frame[name].astype(object)
        for name in named
        if name in table.frame.columns and is_text(table.frame[name])
    ]
    if not there:
        return None
    topics = there[0]
    for other in there[1:]:
        topics = topics.where(topics.notna(), other)
    return topics


def _keyed(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    return pd.DataFrame({"USUBJID": frame["USUBJID"].astype(object), "key": frame[name].astype(object)})


def _as(column: pd.Series, values: pd.Series) -> pd.Series:
    """IDVARVAL in the type of the variable that it is a value of."""
    return pd.to_numeric(values, errors="coerce").astype(object) if is_number(column) else values


def _folded(texts: pd.Series) -> pd.Series:
    return texts.astype("str").str.strip().str.casefold()
