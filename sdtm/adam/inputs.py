"""SDTM as derivations see it: plain columns, supplemental qualifiers beside their records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from sdtm.derivations.registry import with_plain_types
from specs.model import Study


@dataclass(frozen=True, slots=True)
class Inputs:
    """SDTM for derivations. ``labels``: of each dataset, variables and qualifiers whose label the data state;
    ``qualifiers``: of each dataset, the columns that its SUPP-- holds."""

    frames: dict[str, pd.DataFrame]
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    qualifiers: dict[str, frozenset[str]] = field(default_factory=dict)


def sdtm_inputs(
    frames: Mapping[str, pd.DataFrame], labels: Mapping[str, Mapping[str, str]] | None = None
) -> Inputs:
    """All datasets but SUPP--, each with its qualifiers as columns and rows numbered from 0.

    A qualifier whose name is taken by a variable of its parent is left out: the parent's value stays.
    """
    plain = {name: with_plain_types(frame).reset_index(drop=True) for name, frame in frames.items()}
    joined, known, qualifiers = {}, {}, {}
    for name, frame in plain.items():
        if name.startswith("SUPP"):
            continue
        supplemental = plain.get(f"SUPP{name}")
        joined[name] = with_supplemental(frame, supplemental)
        qualifiers[name] = frozenset(joined[name].columns.difference(frame.columns))
        known[name] = dict((labels or {}).get(name, {}))
        if supplemental is not None and len(supplemental):
            named = supplemental[["QNAM", "QLABEL"]].dropna().drop_duplicates("QNAM")
            known[name] |= dict(zip(named["QNAM"], named["QLABEL"], strict=True))
    return Inputs(joined, known, qualifiers)


def read_sdtm(folder: Path, study: Study) -> Inputs:
    """The datasets of a folder of SDTM, made by anybody (``validation.folder``)."""
    from validation.folder import read_folder

    read = read_folder(folder, study).datasets
    labels = {name: loaded.metadata.labels for name, loaded in read.items()}
    return sdtm_inputs({name: loaded.frame for name, loaded in read.items()}, labels)


def without_made(inputs: Inputs, study: Study) -> Inputs:
    """SDTM without what the study's own analyses made of it in an earlier run: PP, and its relations in RELREC."""
    made = {name for name, spec in study.adam.items() if spec.class_ == "SDTM" and spec.from_ != name}
    frames = {name: frame for name, frame in inputs.frames.items() if name not in made}
    if "RELREC" in study.adam and "RELREC" in frames:
        relations = frames["RELREC"]
        keys = [relations["USUBJID"].fillna(""), relations["RELID"].fillna("")]
        of_made = relations["RDOMAIN"].isin(made).groupby(keys).transform("any").to_numpy(dtype=bool)
        frames["RELREC"] = relations[~of_made].reset_index(drop=True)
    return replace(inputs, frames=frames)


def with_supplemental(records: pd.DataFrame, supplemental: pd.DataFrame | None) -> pd.DataFrame:
    """Records with a column for each QNAM of their SUPP-- dataset.

    IDVAR names the variable that IDVARVAL is a value of (SDTMIG 3.4, 8.4); without one a qualifier is of
    the subject.
    """
    if supplemental is None or not len(supplemental):
        return records
    made: dict[str, pd.Series] = {}
    parts = []
    for variable, rows in supplemental.groupby(supplemental["IDVAR"].fillna(""), sort=True):
        keys = records[["USUBJID"]].copy()
        if variable:
            if variable not in records:
                continue
            keys["IDVARVAL"] = _key_text(records[str(variable)])
        else:
            keys["IDVARVAL"] = ""
        wanted = rows[["USUBJID", "QNAM", "QVAL"]].assign(IDVARVAL=rows["IDVARVAL"].fillna("").str.strip())
        parts.append((keys, wanted))
    for keys, wanted in parts:
        wide = wanted.drop_duplicates(["USUBJID", "IDVARVAL", "QNAM"]).pivot(
            index=["USUBJID", "IDVARVAL"], columns="QNAM", values="QVAL"
        )
        places = wide.index.get_indexer(pd.MultiIndex.from_frame(keys))
        for name in wide:
            if name in records:
                continue
            values = wide[name].astype("str").take(np.maximum(places, 0)) if len(wide) else None
            if values is None:
                continue
            column = pd.Series(values.to_numpy(), index=records.index, dtype="str").mask(places < 0)
            made[name] = made[name].where(made[name].notna(), column) if name in made else column
    return records.assign(**made)


def _key_text(values: pd.Series) -> pd.Series:
    """Values as IDVARVAL writes them: a whole number without a point."""
    if pd.api.types.is_numeric_dtype(values):
        from sdtm.numbers import shortest

        unique = {number: shortest(number) for number in values.dropna().unique()}
        return values.map(unique).astype("str")
    return values.str.strip()
