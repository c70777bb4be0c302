"""What a standard and a study say. Reads specs; touches no data.

``load_study``, ``bundled_studies`` and ``spec_hash`` are loaded on first use, so that importing this
package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from specs.fingerprint import spec_hash as spec_hash
    from specs.model import Study as Study
    from specs.problems import Problem as Problem
    from specs.problems import ProblemsFound as ProblemsFound
    from specs.yaml_files import bundled_studies as bundled_studies
    from specs.yaml_files import load_study as load_study

_HOMES = {
    "Problem": "specs.problems",
    "ProblemsFound": "specs.problems",
    "Study": "specs.model",
    "bundled_studies": "specs.yaml_files",
    "load_study": "specs.yaml_files",
    "spec_hash": "specs.fingerprint",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'specs' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
