"""Flags as text columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray


def flags(holds: np.ndarray | pd.Series, text: str = "Y") -> ExtensionArray:
    """``text`` where something holds, else missing; as a ``str`` array. An empty text is missing too."""
    texts = np.full(len(holds), None, dtype=object)
    if text:
        texts[np.asarray(holds, dtype=bool)] = text
    return pd.array(texts, dtype="str")
