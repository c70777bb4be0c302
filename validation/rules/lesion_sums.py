"""Sums of diameters of target lesions by assessment, and the response that they show (RECIST 1.1).

No rules here; ``responses`` uses it. An assessment is what one evaluator says of one subject on one day or at one
visit. It is judged only where every target lesion of the baseline was measured with a number and one diameter, so
that nothing has to be assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from validation.dates import moments
from validation.values import filled, group_numbers, is_any, looked_up, missing, rows_where, shared_codes

GROWTH, GROWTH_MM, SHRINKAGE, NODE_MM = 1.2, 5.0, 0.7, 10.0  # RECIST 1.1, 4.3.1
_CLOSE = 1e-9
_DIAMETERS = ("LDIAM", "LPERP", "DIAMETER")
OWNER = ("USUBJID", "EVAL", "EVALID")


@dataclass(frozen=True, slots=True)
class Assessments:
    """One row for each complete assessment after the baseline.

    ``owner``: (subject, evaluator, reader); ``visit``: VISITNUM, NaN if there is none; ``day``: day number, NaN if
    it is not known; ``response``: CR, PR, SD or PD.
    """

    owner: pd.MultiIndex
    visit: np.ndarray
    day: np.ndarray
    response: np.ndarray


def assessments(measured: pd.DataFrame, lesions: pd.DataFrame, subjects: pd.DataFrame) -> Assessments:
    """The responses that the measurements of target lesions show.

    ``measured``: TR, ``lesions``: TU, ``subjects``: DM, with the columns that ``responses`` declares.
    """
    chosen = _one_diameter(measured, lesions)
    if not len(chosen):
        return _none()
    exposed = looked_up(chosen["USUBJID"], subjects["USUBJID"], subjects["RFXSTDTC"])
    first_dose = np.floor(moments(exposed).latest / 86_400)
    frame = pd.DataFrame(
        {
            "owner": group_numbers(chosen, ["USUBJID", "TREVAL", "TREVALID"]),
            "lesion": group_numbers(chosen, ["TRLNKID"]),
            "visit": chosen["VISITNUM"].to_numpy(),
            "day": moments(chosen["TRDTC"]).day,
            "size": chosen["TRSTRESN"].to_numpy(),
            "node": is_any(chosen["TRTESTCD"], "LPERP"),
            "dose": first_dose,
            "row": np.arange(len(chosen)),
        }
    ).dropna(subset=["day"])
    # A lesion that one evaluator measured twice in one assessment says nothing certain (lesion-measured-twice).
    when = ["owner", "visit", "day"] if frame["visit"].notna().all() else ["owner", "day"]
    frame["set"] = frame.groupby(when, dropna=False, sort=False).ngroup()
    twice = frame.duplicated(["set", "lesion"], keep=False)
    broken = frame["size"].isna() | twice
    sets = (
        frame.assign(broken=broken, rest=frame["size"].where(~frame["node"], 0.0))
        .groupby("set")
        .agg(
            owner=("owner", "first"),
            visit=("visit", "first"),
            day=("day", "min"),
            dose=("dose", "first"),
            broken=("broken", "any"),
            sum=("size", "sum"),
            count=("lesion", "nunique"),
            rest=("rest", "sum"),
            row=("row", "first"),
        )
    )
    nodes = frame["size"].where(frame["node"], 0.0).groupby(frame["set"]).max()
    sets["gone"] = (sets["rest"] == 0) & (nodes < NODE_MM)
    return _judged(sets.sort_values(["owner", "day"], kind="stable"), chosen)


def _judged(sets: pd.DataFrame, chosen: pd.DataFrame) -> Assessments:
    """Responses against the baseline and the smallest complete sum before."""
    before = sets["day"] <= sets["dose"]
    # The last set before the first dose; without one, or without a first dose, the first of all.
    number = sets.groupby("owner").cumcount()
    baseline = number.where(before).groupby(sets["owner"]).transform("max").fillna(0)
    is_base = number == baseline
    base = sets.loc[is_base].set_index("owner")
    later = sets.loc[number >= baseline].copy()
    count = later["owner"].map(base["count"])
    complete = ~later["broken"] & (later["count"] == count) & ~later["owner"].map(base["broken"])
    smallest = later["sum"].where(complete).groupby(later["owner"]).cummin()
    nadir = smallest.groupby(later["owner"]).ffill().groupby(later["owner"]).shift()
    gone = (later["gone"] & complete).astype(int).groupby(later["owner"]).cummax()
    was_gone = gone.groupby(later["owner"]).shift(fill_value=0)
    base_sum = later["owner"].map(base["sum"])
    grown = (later["sum"] - nadir >= GROWTH_MM - _CLOSE) & (later["sum"] >= GROWTH * nadir - _CLOSE)
    back = was_gone.astype(bool) & (later["rest"] > 0)
    response = np.select(
        [grown | back, later["gone"], later["sum"] <= SHRINKAGE * base_sum + _CLOSE], ["PD", "CR", "PR"], "SD"
    )
    kept = (complete & nadir.notna()).to_numpy()
    rows = later["row"].to_numpy()[kept]
    return Assessments(
        owners(chosen.iloc[rows], "TR"),
        later["visit"].to_numpy()[kept],
        later["day"].to_numpy()[kept],
        response[kept],
    )


def _one_diameter(measured: pd.DataFrame, lesions: pd.DataFrame) -> pd.DataFrame:
    """The measurements of target lesions, with the one diameter of each that counts."""
    target = rows_where(
        measured["TRGRPID"], lambda texts: [text.strip().upper() == "TARGET" for text in texts]
    )
    judged = target & is_any(measured["TRTESTCD"], *_DIAMETERS) & filled(measured["TRLNKID"])
    some = measured.loc[judged]
    lesion = group_numbers(some, ["USUBJID", "TREVAL", "TREVALID", "TRLNKID"])
    tests = pd.DataFrame({"lesion": lesion, "test": group_numbers(some, ["TRTESTCD"])})
    kinds = tests.groupby("lesion")["test"].transform("nunique").to_numpy()
    if (kinds == 1).all():
        return some
    # Several tests of one lesion: DIAMETER is the one that counts; else the short axis of a node, and the longest
    # diameter of everything else.
    named = is_any(some["TRTESTCD"], "DIAMETER")
    has_named = np.isin(lesion, lesion[named])
    ours, theirs = shared_codes([some["USUBJID"], lesions["USUBJID"]])
    here, there = shared_codes([some["TRLNKID"], lesions["TULNKID"]])
    nodes = rows_where(lesions["TULOC"], lambda texts: ["LYMPH" in text.upper() for text in texts])
    placed = filled(lesions["TULOC"])
    is_node = pd.MultiIndex.from_arrays([ours, here]).isin(
        pd.MultiIndex.from_arrays([theirs[nodes], there[nodes]])
    )
    known = pd.MultiIndex.from_arrays([ours, here]).isin(
        pd.MultiIndex.from_arrays([theirs[placed], there[placed]])
    )
    counts = np.where(is_node, is_any(some["TRTESTCD"], "LPERP"), is_any(some["TRTESTCD"], "LDIAM"))
    return some.loc[np.where(has_named, named, (kinds == 1) | (counts & known))]


def owners(frame: pd.DataFrame, prefix: str) -> pd.MultiIndex:
    """(subject, evaluator, reader) of each row; a missing one is an empty text."""
    names = ("USUBJID", f"{prefix}EVAL", f"{prefix}EVALID")
    return pd.MultiIndex.from_arrays(
        [frame[name].astype(object).where(~missing(frame[name]), "") for name in names]
    )


def _none() -> Assessments:
    empty = np.empty(0)
    return Assessments(pd.MultiIndex.from_arrays([[], [], []]), empty, empty, empty.astype(object))
