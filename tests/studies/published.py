"""Published numbers, and how ours are compared with them: at the precision that was printed."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from ruamel.yaml import YAML


@cache
def published(shared: Path, study: str) -> dict[str, dict[str, Any]]:
    """Key -> entry of the published numbers of a study; read once, as that takes half a second."""
    yaml = YAML(typ="safe", pure=True)
    entries = yaml.load((shared / "studies" / study / "published.yaml").read_text(encoding="utf-8"))[
        "entries"
    ]
    return {entry["key"]: entry for entry in entries}


def is_as_printed(ours: float, printed: float, *, digits: int | None = None) -> bool:
    """Whether a value, rounded half up to the digits of a printed one, is that one."""
    exponent = -Decimal(str(printed)).as_tuple().exponent if digits is None else digits
    return bool(abs(ours - printed) <= 0.5 * 10.0**-exponent + 1e-9)


def geometric(values: pd.Series) -> tuple[float, float]:
    """Geometric mean and geometric CV in percent."""
    logs = np.log(values.to_numpy(dtype=float))
    return float(np.exp(logs.mean())), float(100 * np.sqrt(np.expm1(logs.var(ddof=1))))
