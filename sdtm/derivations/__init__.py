"""Derivations of oncology phase I: pure functions on DataFrames, each usable on its own.

>>> from sdtm.derivations import treatment_emergent        # doctest: +SKIP
>>> flags = treatment_emergent(adae, window_days=30)       # doctest: +SKIP
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    # By the registry, so that a new derivation is one file and one entry in its list.
    from sdtm.derivations.registry import derivations

    known = derivations()
    if name in known:
        return known[name].function
    raise AttributeError(f"module 'sdtm.derivations' has no attribute {name!r}")
