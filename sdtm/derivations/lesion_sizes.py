"""What one measurement of a lesion counts for, in mm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from sdtm.derivations.flags import capitals
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.derivations.subject_table import require
from specs.catalogue import Column, Made, Params, Table, Texts

_MM = {"MM": 1.0, "CM": 10.0}


class LesionValue(Params):
    identified: Table = "TU"
    by: dict[str, Column] = Field(
        default={"USUBJID": "USUBJID", "TULNKID": "TRLNKID"}  # column of `identified`: ours
    )
    location: str = "TULOC"
    role: str = "TUSTRESC"
    test: Column = "TRTESTCD"
    text: Column = "TRSTRESC"
    number: Column = "TRSTRESN"
    unit: Column = "TRSTRESU"
    status: Column = "TRSTAT"
    method: Column = ""
    longest_diameter: Texts = ("LDIAM",)
    short_axis: Texts = ("LPERP",)
    nodes: Texts = ("LYMPH NODE",)
    too_small: Texts = ("TOO SMALL TO MEASURE",)
    too_small_value: float | Literal["reported"] = 5.0
    absent: Texts = ("ABSENT",)
    not_evaluable: Texts = ("NOT EVALUABLE", "NOT ASSESSABLE", "NE", "INDETERMINATE")
    value: Made = "AVAL"
    node: Made = "NODEFL"
    reason: Made = "VALREAS"


@derivation(
    "lesion_value",
    LesionValue,
    labels={"NODEFL": "Lymph Node Flag", "VALREAS": "Reason Analysis Value is Missing"},
)
def lesion_value(
    records: pd.DataFrame, params: LesionValue, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The size of a lesion in mm, as it enters the sum of diameters.

    The longest diameter, or the short axis of a lymph node (by ``location`` of the lesion in ``identified``;
    for one that is not there, by the test). Too small to measure is 5 mm (``too_small_value``), absent is 0.

    Shape:   n measurements in; value, node flag and reason out, same index.
    Unit:    mm; cm times 10.
    Missing: not done, not evaluable, the other axis, an unknown unit, no number; ``reason`` says which.
    Errors:  no or other unit, negative or no number, a lesion with two units, methods or locations, more
             than 5 target lesions or 2 of an organ, a node without short axis: notes.
    Source:  RECIST 1.1 (Eisenhauer 2009), 3.1, 3.2, 4.2.1 and 4.3.1.
    Example: LDIAM 2.1 cm -> 21; TOO SMALL TO MEASURE -> 5; LPERP of a node 12 mm -> 12; NOT DONE -> missing.
    """
    lesion, node, known = _lesions(records, params, tables[params.identified], notes)
    text = capitals(records[params.text])
    number = pd.to_numeric(records[params.number], errors="coerce")
    number = number.fillna(pd.to_numeric(records[params.text], errors="coerce"))
    unit = capitals(records[params.unit])
    factor = unit.map(_MM).where(number != 0, 1.0)  # nothing is 0 in every unit
    test = records[params.test]
    is_short, is_long = test.isin(params.short_axis), test.isin(params.longest_diameter)
    is_node = pd.Series(np.where(known, node, is_short), index=records.index)
    measured = is_short | is_long
    own_axis = (is_short & is_node) | (is_long & ~is_node)
    not_done = records[params.status].notna()
    too_small, gone = text.isin(params.too_small), text.isin(params.absent)
    size = number * factor
    chosen = [
        (~measured, np.nan, "OTHER TEST"),
        (not_done, np.nan, "NOT DONE"),
        (~own_axis, np.nan, "OTHER AXIS"),
        (gone, 0.0, "ABSENT"),
        (too_small, size if params.too_small_value == "reported" else params.too_small_value, "TOO SMALL"),
        (text.isin(params.not_evaluable) | (text.isna() & number.isna()), np.nan, "NOT EVALUABLE"),
        (number.isna(), np.nan, "NOT A NUMBER"),
        (factor.isna(), np.nan, "UNIT"),
        (size < 0, np.nan, "NEGATIVE"),
    ]
    conditions = [condition.to_numpy(dtype=bool) for condition, _, _ in chosen]
    value = np.select(
        conditions, [np.broadcast_to(np.asarray(v, dtype=float), len(records)) for _, v, _ in chosen], size
    )
    reason = pd.Series(np.select(conditions, [why for *_, why in chosen], ""), index=records.index).astype(
        "str"
    )
    _note_values(records, params, reason, notes)
    _note_axes(records, params, lesion, is_node, own_axis & ~not_done, measured & ~not_done, notes)
    for column, rule in ((params.unit, "lesion-with-two-units"), (params.method, "lesion-with-two-methods")):
        if column:
            _note_several(records, lesion, column, own_axis & ~not_done, rule, notes)
    return pd.DataFrame(
        {
            params.value: value.astype(np.float64),
            params.node: pd.Series(np.where(is_node, "Y", "N"), index=records.index, dtype="str"),
            params.reason: reason.mask(reason == ""),
        },
        index=records.index,
    )  # fmt: skip


def _lesions(
    records: pd.DataFrame, params: LesionValue, identified: pd.DataFrame, notes: Notes
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The number of the lesion of each record, whether it is a node, and whether it was identified at all."""
    require(identified, params.identified, [*params.by, params.location, params.role])
    keys = list(params.by)
    both = pd.concat(
        [records[list(params.by.values())].set_axis(keys, axis="columns"), identified[keys]],
        ignore_index=True,
    )
    number = both.groupby(keys, dropna=False, sort=False).ngroup().to_numpy()
    lesion, of_identified = number[: len(records)], number[len(records) :]
    count = int(number.max(initial=-1)) + 1
    place = capitals(identified[params.location])
    is_node = np.zeros(len(identified), dtype=bool)
    for name in params.nodes:
        is_node |= place.str.contains(name.upper(), regex=False).fillna(False).to_numpy(dtype=bool)
    located = place.notna().to_numpy()
    node, known = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    known[of_identified[located]] = True
    node[of_identified[is_node]] = True
    named = np.zeros(count, dtype=bool)
    named[of_identified] = True
    lacks = ~named[lesion] & records[params.by[keys[-1]]].notna().to_numpy()
    notes.add(
        "lesion-not-identified",
        records.index[lacks],
        found=f"a measurement of a lesion that {params.identified} does not have",
        expected=f"a record of {params.identified} with the same {', '.join(keys)}",
        variable=params.by[keys[-1]],
    )
    places = pd.Series(place.to_numpy()[located]).groupby(of_identified[located]).nunique()
    notes.add(
        "lesion-with-two-locations",
        identified.index[np.isin(of_identified, places.index[places > 1])],
        found="one lesion in two locations",
        expected=f"one {params.location} for each lesion",
        table=params.identified,
        variable=params.location,
    )
    _note_counts(identified, params, of_identified, place, notes)
    return lesion, node[lesion], known[lesion]


def _note_counts(
    identified: pd.DataFrame, params: LesionValue, lesion: np.ndarray, place: pd.Series, notes: Notes
) -> None:
    """More target lesions than RECIST 1.1 has: 5 in all, 2 of an organ."""
    is_target = capitals(identified[params.role]).eq("TARGET").to_numpy(dtype=bool)
    once = is_target & ~pd.Series(lesion).where(is_target).duplicated().to_numpy()
    group = list(params.by)[:-1]
    targets = identified.loc[once, group].assign(place=place[once])
    for columns, most, of in ((group, 5, ""), ([*group, "place"], 2, " of one organ")):
        size = targets.groupby(columns)[group[0]].transform("size")
        notes.add(
            "too-many-target-lesions",
            size.index[size > most],
            found=f"more than {most} target lesions{of}",
            expected=f"at most {most}{of} (RECIST 1.1); all of them are counted",
            table=params.identified,
            variable=params.role,
            severity="note",
        )


def _note_values(records: pd.DataFrame, params: LesionValue, reason: pd.Series, notes: Notes) -> None:
    for why, rule, column, expected in (
        ("UNIT", "lesion-unit-unknown", params.unit, "mm or cm"),
        ("NOT A NUMBER", "lesion-value-not-a-number", params.text, "a number, or a text that the spec explains"),
        ("NEGATIVE", "negative-lesion-value", params.number, "0 or more"),
    ):  # fmt: skip
        rows = records.index[reason == why]
        shown = ", ".join(sorted({repr(text) for text in records.loc[rows, column].astype("str")})[:5])
        notes.add(rule, rows, found=shown, expected=expected, do="query the measurement; it stays missing",
                  variable=column)  # fmt: skip


def _note_axes(
    records: pd.DataFrame, params: LesionValue, lesion: np.ndarray, is_node: pd.Series, own: pd.Series,
    measured: pd.Series, notes: Notes,
) -> None:  # fmt: skip
    """Lesions of which only the axis that does not count was ever measured."""
    has_own = own.groupby(lesion).transform("any")
    for which, rule, axis in (
        (is_node, "node-without-short-axis", params.short_axis),
        (~is_node, "lesion-without-longest-diameter", params.longest_diameter),
    ):
        notes.add(
            rule,
            records.index[measured & ~has_own & which],
            found="only the other axis of a lesion",
            expected=" or ".join(axis),
            do="check the location of the lesion and what was measured; its size stays missing",
            variable=params.test,
        )


def _note_several(
    records: pd.DataFrame, lesion: np.ndarray, column: str, used: pd.Series, rule: str, notes: Notes
) -> None:
    values = records[column].where(used)
    several = values.groupby(lesion).transform("nunique") > 1
    rows = several & values.notna()
    shown = ", ".join(sorted(map(str, values[rows].unique()))[:5])
    notes.add(rule, records.index[rows], found=shown, expected=f"one {column} for one lesion throughout",
              do="check the measurements; units are converted, methods are not", variable=column)  # fmt: skip
