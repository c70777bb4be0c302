"""From raw CRF extracts to SDTM and ADaM, driven by a study spec.

>>> from sdtm import convert
>>> from specs import load_study
>>> datasets = convert(load_study("lxi15029")).datasets    # doctest: +SKIP
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "convert", "derive", "run"]


def __getattr__(name: str) -> Any:
    # Lazily, so that `sdtm --help` does not import pandas.
    if name == "convert":
        from sdtm.pipeline import convert

        return convert
    if name == "run":
        from sdtm.run_study import run

        return run
    if name == "derive":
        from sdtm.derive_study import derive

        return derive
    raise AttributeError(f"module 'sdtm' has no attribute {name!r}")
