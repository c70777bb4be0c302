"""nca_points: which concentrations the parameters of their profile were made from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtm.derivations.flags import flags
from sdtm.derivations.nca_input import read_profiles
from sdtm.derivations.nca_records import Nca, settings_of
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.noncompartmental.parameters import analyse

LABELS = {
    "NCAUSEFL": "Used in NCA Flag",
    "LAMZFL": "Used in Terminal Slope Flag",
    "NCAEXRS": "Reason Not Used in NCA",
}


@derivation("nca_points", Nca, fixed=tuple(LABELS), labels=LABELS)
def nca_points(records: pd.DataFrame, params: Nca, notes: Notes) -> pd.DataFrame:
    """Whether a concentration is a point of its profile, and one of the terminal slope.

    Shape:   n concentrations and the parameters of ``nca`` in; NCAUSEFL, LAMZFL (Y or missing) and NCAEXRS out.
    Unit:    none.
    Missing: NCAEXRS where the concentration is used.
    Errors:  none here: ``nca`` has noted them.
    Source:  ADNCA 1.0 (exclusion of records from the analysis, with its reason); rules as ``nca``.
    Example: BLQ, 50, BLQ, 20, BLQ at -0.25, 1, 4, 8, 24 h -> used at -0.25, 1, 8; the others "below the limit".
    """
    given = read_profiles(records, params, Notes())
    found = analyse(given.points, given.dosing, settings_of(params))
    usable = ~found.profiles.conflict[:, None] & (found.parameters["CMAX"].reason == 0)[:, None]
    used = _records(found.profiles.source, usable & found.profiles.filled, given.position)
    slope = ~np.isnan(found.terminal.slope)[:, None]
    terminal = _records(found.profiles.source, usable & slope & found.terminal.used, given.position)
    value = records[params.concentration].to_numpy(dtype=float)
    below = value == 0
    if params.below:
        below |= (records[params.below] == "Y").to_numpy(dtype=bool)
    reason = np.select(
        [
            used,
            np.isnan(records[params.time].to_numpy(dtype=float)),
            ~below & ~(value >= 0),
            _in_rows(given.points.source, ~usable[:, 0], given.position, len(records)),
            below,
        ],
        [
            "",
            "no time since the dose",
            "no usable concentration",
            "profile not calculated",
            "below the limit",
        ],
        "another sample stands for this time",
    )
    texts = pd.Series(reason, index=records.index, dtype="str")
    made = {
        "NCAUSEFL": pd.Series(flags(used), index=records.index),
        "LAMZFL": pd.Series(flags(terminal), index=records.index),
        "NCAEXRS": texts.mask(texts == ""),
    }
    return pd.DataFrame(made, index=records.index)


def _records(source: np.ndarray, cells: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Which records stand in the marked cells; points that were made are no records."""
    marked = np.zeros(len(position), dtype=bool)
    places = source[cells & ~np.isnan(source)].astype(np.int64)
    marked[position[places]] = True
    return marked


def _in_rows(source: np.ndarray, rows: np.ndarray, position: np.ndarray, count: int) -> np.ndarray:
    if not count:
        return np.zeros(0, dtype=bool)
    return _records(source, np.broadcast_to(rows[:, None], source.shape), position)
