"""SUPP--: one record for each value of a supplemental qualifier."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from sdtm import columns
from sdtm.combinations import combinations
from sdtm.finishing.long_text import LIMIT
from sdtm.numbers import shortest

_NAME = re.compile("[A-Z_][A-Z0-9_]{0,7}")
_LABEL_LENGTH = 40
COLUMNS = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QLABEL", "QVAL", "QORIG", "QEVAL")


class Qualifier(NamedTuple):
    """What SUPP-- says about a qualifier: QLABEL, QORIG, QEVAL; and IDVAR, if not --SEQ."""

    label: str
    origin: str
    evaluator: str = ""
    idvar: str = ""


class Supplemental(NamedTuple):
    """``frame``: the text columns of SUPP-- and ``parent``, the position of the parent record."""

    frame: pd.DataFrame
    problems: list[str]


def build_supplemental(
    domain: str,
    parent: pd.DataFrame,
    qualifiers: Mapping[str, pd.Series],
    definitions: Mapping[str, Qualifier],
    idvar: str = "",
) -> Supplemental:
    """SUPP-- of a domain, in the order of the parent records and, for each, of QNAM.

    ``qualifiers``: QNAM -> text column beside ``parent``, which has STUDYID, USUBJID and the variable
    ``idvar`` (default: --SEQ; DM needs none, its subject is enough). With an IDVAR that several records of
    a subject share (--GRPID) one record stands for all of them.

    Shape:   n parent records and k columns in; one row for each value that is not missing or blank out.
    Errors:  what is wrong is told in ``problems``, and no value is cut for it: a bad QNAM, one that is a
             variable of the parent or has no definition (it makes no records), a label that is missing or
             above 40 bytes, a missing origin, a value above 200 bytes (split it first), a value without
             IDVARVAL, two values for one IDVARVAL.
    Source:  SDTMIG 3.4, 8.4; CDISC conformance rules CG0203, CG0204, CG0314, CG0411, CG0416, CG0417.
    Example: AE record 3 with AETRTEM Y -> RDOMAIN AE, IDVAR AESEQ, IDVARVAL 3, QNAM AETRTEM, QVAL Y.
    """
    idvar = idvar or ("" if domain == "DM" else f"{domain}SEQ")
    problems = [text for name in sorted(qualifiers) for text in _wrong_definition(name, definitions, parent)]
    names = [name for name in sorted(qualifiers) if name in definitions]
    filled = {name: columns.map_unique(qualifiers[name], _not_blank) for name in names}
    rows = {name: np.flatnonzero(filled[name].notna().to_numpy()) for name in names}
    which = np.repeat(np.arange(len(names)), [len(rows[name]) for name in names])
    position = np.concatenate([np.empty(0, dtype=np.int64), *(rows[name] for name in names)])
    values = columns.stack([filled[name].iloc[rows[name]] for name in names])
    identifier = _identifier(parent, idvar)
    order = np.lexsort([which, position])
    which, position, values = which[order], position[order], values.iloc[order]
    index = pd.RangeIndex(len(position))

    def defined(part: str) -> pd.Series:
        texts = [getattr(definitions[name], part) or None for name in names]
        return columns.map_unique(columns.from_codes(which, names, index), lambda _: texts)

    frame = pd.DataFrame(
        {
            "STUDYID": parent["STUDYID"].iloc[position].set_axis(index),
            "RDOMAIN": columns.constant(domain, index),
            "USUBJID": parent["USUBJID"].iloc[position].set_axis(index),
            "IDVAR": columns.constant(idvar or None, index),
            "IDVARVAL": identifier.iloc[position].set_axis(index),
            "QNAM": columns.from_codes(which, names, index),
            "QLABEL": defined("label"),
            "QVAL": values.set_axis(index),
            "QORIG": defined("origin"),
            "QEVAL": defined("evaluator"),
            "parent": position,
        }
    )
    problems += _long_values(frame)
    if idvar:
        problems += _without_identifier(frame, idvar)
    frame, contradictions = _one_for_each_identifier(frame)
    return Supplemental(frame, problems + contradictions)


def _wrong_definition(name: str, definitions: Mapping[str, Qualifier], parent: pd.DataFrame) -> list[str]:
    found = []
    if not _NAME.fullmatch(name):
        found.append(f"QNAM {name}: not 1 to 8 capital letters, digits or underscores, the first no digit")
    if name in parent:
        found.append(f"QNAM {name}: a variable of the parent dataset has this name")
    if name not in definitions:
        return [*found, f"QNAM {name}: no label and origin are declared"]
    label = definitions[name].label
    if not label.strip():
        found.append(f"QNAM {name}: QLABEL is empty")
    if len(label.encode()) > _LABEL_LENGTH:
        found.append(
            f"QNAM {name}: QLABEL has {len(label.encode())} bytes, at most {_LABEL_LENGTH} are allowed"
        )
    if not definitions[name].origin:
        found.append(f"QNAM {name}: QORIG is empty")
    return found


def _not_blank(texts: list[str]) -> list[str | None]:
    return [text if text.strip() else None for text in texts]


def _identifier(parent: pd.DataFrame, idvar: str) -> pd.Series:
    if not idvar:
        return columns.constant(None, parent.index)
    column = parent[idvar]
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column
    codes, unique = pd.factorize(column.to_numpy(dtype="float64"))
    return columns.from_codes(codes, [shortest(value) for value in unique], parent.index)


def _long_values(frame: pd.DataFrame) -> list[str]:
    long = [len(text.encode()) > LIMIT for text in columns.unique_texts(frame["QVAL"])]
    rows = columns.take(np.array(long, dtype=bool), frame["QVAL"], False)
    return [
        f"QNAM {name}: {count} values have more than {LIMIT} bytes"
        for name, count in frame.loc[rows, "QNAM"].astype(object).value_counts().sort_index().items()
    ]


def _without_identifier(frame: pd.DataFrame, idvar: str) -> list[str]:
    missing = int(frame["IDVARVAL"].isna().sum())
    return [f"{missing} values have no {idvar} to belong to"] if missing else []


def _one_for_each_identifier(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Equal values of records with one identifier become one; different values are told and kept."""
    parent = frame["parent"].to_numpy()
    starts = np.flatnonzero(np.append(True, parent[1:] != parent[:-1])[: len(parent)])
    identifiers = [columns.pick(frame[name], starts) for name in ("USUBJID", "IDVARVAL")]
    if len(combinations(identifiers)[1]) == len(starts):
        return frame, []  # each identifier is that of one record
    owner, _ = combinations([frame[name] for name in ("USUBJID", "IDVARVAL", "QNAM")])
    kept = np.sort(combinations([owner, frame["QVAL"]])[1])
    single = frame.iloc[kept].reset_index(drop=True)
    again = np.flatnonzero(pd.Series(owner[kept]).duplicated().to_numpy())
    told = single.iloc[again].astype(object)
    return single, [
        f"QNAM {name} of {subject} has two values for {idvar} {identifier}".replace(" for None None", "")
        for name, subject, idvar, identifier in zip(
            told["QNAM"], told["USUBJID"], told["IDVAR"], told["IDVARVAL"], strict=True
        )
    ]
