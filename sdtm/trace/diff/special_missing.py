"""Special missing values of SAS (.A to .Z, ._) in transport files, which the readers of datasets take for missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sdtm.extract.xpt import not_readable
from sdtm.extract.xpt_layout import read_layout
from specs.problems import ProblemsFound

# A missing value is its letter and zeros; a number with such a first byte has other bytes behind it.
_MARKS = np.zeros(256, dtype=bool)
_MARKS[[ord("_"), *range(ord("A"), ord("Z") + 1)]] = True


def special_missings(path: Path) -> dict[str, int]:
    """How many special missing values each variable has; only variables that have some.

    A file whose layout is not understood has been read by others already, and says nothing here.
    """
    if not path.stat().st_size:
        return {}
    data = np.memmap(path, dtype=np.uint8, mode="r")
    try:
        layout = read_layout(data, lambda rule, found: not_readable(path.name, rule, found))
    except ProblemsFound:
        return {}
    end = layout.start + layout.observations * layout.width
    records = data[layout.start : end].reshape(layout.observations, layout.width)
    found = {}
    for variable in layout.variables:
        if variable.numeric:
            marked = np.flatnonzero(_MARKS[records[:, variable.position]])
            rest = records[marked, variable.position + 1 : variable.position + variable.length]
            count = int((~rest.any(axis=1)).sum())
            if count:
                found[variable.name.decode("ascii", "replace").strip().upper()] = count
    return found
