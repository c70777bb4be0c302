"""Rules on EPOCH and the elements of a subject (SE)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from specs.iso8601 import DAY_SECONDS
from validation.dates import moments
from validation.rules.registry import rule
from validation.values import Mask, filled, group_numbers, missing, shared_codes


@rule(
    "epoch-not-of-date",
    on="EPOCH",
    without=("SE", "TA"),
    needs=("USUBJID", ("--STDTC", "--DTC"), "SE.USUBJID", "SE.EPOCH", "SE.SESTDTC", "SE.SEENDTC"),
    shows=("EPOCH", "--STDTC", "--DTC"),
    severity="warning",
    source="CORE-000097, CG0218",
)
def epoch_not_of_date(dataset: pd.DataFrame, epoch: str, elements: pd.DataFrame) -> Mask:
    """The EPOCH is none of those that the date may lie in.

    Expected: the EPOCH of the element of the subject in which --STDTC, or else --DTC, lies; on the day of a change
              either of the two.
    Why: the record is analysed in a period in which it did not happen.
    Do:  derive EPOCH from SE by the date.
    """
    return _outside(dataset, epoch, elements)


@rule(
    "element-order-not-of-date",
    on="TAETORD",
    without=("SE", "TA"),
    needs=(
        "USUBJID",
        ("--STDTC", "--DTC"),
        "SE.USUBJID",
        "SE.EPOCH",
        "SE.TAETORD",
        "SE.SESTDTC",
        "SE.SEENDTC",
    ),
    shows=("TAETORD", "--STDTC", "--DTC"),
    severity="warning",
    source="CORE-000784, CG0217",
)
def element_order_not_of_date(dataset: pd.DataFrame, order: str, elements: pd.DataFrame) -> Mask:
    """TAETORD is none of the elements that the date may lie in.

    Expected: the TAETORD of the element of the subject in which --STDTC, or else --DTC, lies.
    Why: the record is analysed in an element in which it did not happen.
    Do:  derive TAETORD from SE by the date.
    """
    return _outside(dataset, order, elements)


@rule(
    "epoch-missing",
    on=("--STDTC", "--DTC"),
    classes=("Events", "Interventions", "Findings"),
    without=("DD", "MH", "PP"),
    needs=("USUBJID", "SE.USUBJID", "SE.EPOCH", "SE.SESTDTC", "SE.SEENDTC"),
    optional=("EPOCH", "--STDTC"),
    severity="warning",
    source="CORE-000701, FB2201",
)
def epoch_missing(dataset: pd.DataFrame, date: str, elements: pd.DataFrame) -> Mask:
    """The record lies in one epoch of the subject for certain, and has no EPOCH.

    Expected: EPOCH wherever the date lies in elements of one epoch; it may stay empty on the day of a change.
    Why: the record drops out of every analysis by period.
    Do:  derive EPOCH from SE by the date.
    """
    start = date[:2] + "STDTC"
    if date != start and filled(dataset[start]).any():
        return np.zeros(len(dataset), dtype=bool)  # the start counts
    judged = missing(dataset["EPOCH"]) & filled(dataset[date])
    return _Pairs(dataset, judged, date, "", elements).certain() if judged.any() else judged


def _outside(dataset: pd.DataFrame, variable: str, elements: pd.DataFrame) -> Mask:
    """Records whose date lies in some element of the subject, and in none that has their value."""
    names = [name for name in dataset.columns if name[2:] in ("STDTC", "DTC") and filled(dataset[name]).any()]
    date = next((name for name in sorted(names, key=lambda name: name[2:] != "STDTC")), "")
    if not date:
        return np.zeros(len(dataset), dtype=bool)
    pairs = _Pairs(dataset, filled(dataset[variable]) & filled(dataset[date]), date, variable, elements)
    return pairs.possible() & ~pairs.fitting()


class _Pairs:
    """Records and the elements of the subject that their date may lie in, once for each date and value."""

    def __init__(
        self, dataset: pd.DataFrame, judged: Mask, date: str, variable: str, elements: pd.DataFrame
    ) -> None:
        self.size, self.rows = len(dataset), np.flatnonzero(judged)
        keys = ["USUBJID", date, *([variable] if variable else [])]
        groups = group_numbers(dataset.iloc[self.rows], keys)
        _, first, self.same = np.unique(groups, return_index=True, return_inverse=True)
        some = dataset.iloc[self.rows[first]]
        self.count = len(some)
        when = moments(some[date])
        ours, theirs = shared_codes([some["USUBJID"], elements["USUBJID"]])
        starts, ends = moments(elements["SESTDTC"]), moments(elements["SEENDTC"])
        value, held = np.zeros(len(some)), group_numbers(elements, ["EPOCH"])
        if variable == "EPOCH":
            value, held = shared_codes([some[variable], elements[variable]])
        elif variable:
            value, held = some[variable].to_numpy(), elements[variable].to_numpy()
        left = pd.DataFrame({"subject": ours, "low": when.earliest, "high": when.latest, "value": value})
        right = pd.DataFrame(
            {
                "subject": theirs,
                # Whole days, so that on the day of a change both elements hold.
                "start": np.floor(starts.earliest / DAY_SECONDS) * DAY_SECONDS,
                "end": np.ceil((ends.latest + 1) / DAY_SECONDS) * DAY_SECONDS,
                "began": starts.latest,
                "ended": ends.earliest,
                "held": held,
            }
        )
        both = left.reset_index().merge(right, on="subject")
        # An element without an end goes on.
        self.pairs = both.loc[(both["high"] >= both["start"]) & ~(both["low"] >= both["end"])]

    def possible(self) -> Mask:
        """Records that may lie in some element."""
        return self._records(self.pairs["index"])

    def fitting(self) -> Mask:
        """Records that may lie in an element with their value."""
        return self._records(self.pairs.loc[self.pairs["value"] == self.pairs["held"], "index"])

    def certain(self) -> Mask:
        """Records that lie in elements of one epoch, whatever their date means."""
        within = (self.pairs["low"] >= self.pairs["began"]) & ~(self.pairs["high"] >= self.pairs["ended"])
        epochs = self.pairs.groupby("index")["held"].nunique()
        return self._records(self.pairs.loc[within, "index"]) & self._records(epochs.index[epochs == 1])

    def _records(self, positions: pd.Series | pd.Index) -> Mask:
        chosen = np.zeros(self.count, dtype=bool)
        chosen[np.asarray(positions, dtype=int)] = True
        mask = np.zeros(self.size, dtype=bool)
        mask[self.rows] = chosen[self.same]
        return mask
