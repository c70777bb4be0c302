"""TAETORD and EPOCH of the elements that subjects passed: the place that TA gives an element in an arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sdtm.columns import codes_of, from_codes, unique_texts


class PlannedPlaces(NamedTuple):
    """``order``: TAETORD of each record; ``epoch``: its EPOCH; ``foreign``: the arm has no such element."""

    order: np.ndarray
    epoch: pd.Series
    foreign: np.ndarray


def planned_places(
    elements: pd.Series, arms: pd.Series, design: Mapping[str, Sequence[tuple[str, str]]]
) -> PlannedPlaces:
    """Where the arm of a subject has an element: its order in the arm, and its epoch there.

    ``design``: ARMCD -> ETCD and EPOCH of its elements, in order. An element that stands in an arm several times
    has the first place. A subject without an arm (a screen failure) has the order of the arms if they all agree.

    Shape:   n ETCD and n ARMCD in; n numbers, n texts, n booleans out.
    Missing: the order, where the arm has no such element, or where there is no arm and the arms differ; the epoch,
             where no arm has the element.
    Errors:  an arm that is not in the design counts as none; the checks on DM tell it.
    Source:  SDTMIG 3.4, 5.3 (SE): TAETORD is the planned order of the element within the subject's assigned arm.
    Example: A: SCRN, TRTA, FU; B: SCRN, FU. FU in A -> 3, in B -> 2; SCRN without an arm -> 1, FU -> missing.
    """
    places = {
        arm: {code: (float(order), epoch) for order, (code, epoch) in reversed([*enumerate(steps, 1)])}
        for arm, steps in design.items()
    }
    common: dict[str, tuple[float, str]] = {}
    for code in {code for own in places.values() for code in own}:
        found = [own[code] for own in places.values() if code in own]
        orders, epochs = {order for order, _ in found}, {epoch for _, epoch in found}
        common[code] = (
            orders.pop() if len(orders) == 1 else float("nan"),
            epochs.pop() if len(epochs) == 1 else "",
        )
    codes, names = unique_texts(elements), unique_texts(arms)
    known = [places.get(name, common) for name in names] + [common]  # the last for subjects without an arm
    table = [[own.get(code, (float("nan"), "")) for code in codes] for own in known]
    shape = len(known), len(codes)
    order = np.array([[place[0] for place in row] for row in table], dtype=float).reshape(shape)
    texts = sorted({place[1] for row in table for place in row} - {""})
    epoch = np.array(
        [[texts.index(place[1]) if place[1] else -1 for place in row] for row in table], dtype=np.int64
    ).reshape(shape)
    foreign = np.array(
        [[name in places and code not in places[name] for code in codes] for name in names]
        + [[False] * len(codes)],
        dtype=bool,
    ).reshape(shape)
    rows, columns = codes_of(arms).astype(np.int64), codes_of(elements).astype(np.int64)
    return PlannedPlaces(
        order[rows, columns], from_codes(epoch[rows, columns], texts, elements.index), foreign[rows, columns]
    )
