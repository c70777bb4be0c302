"""Lets the tests of whole studies import ``comparison``, which is on no import path in importlib mode."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture(scope="session")
def lxi_run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One whole run of LXI-15029 for all modules of the group ``lxi15029``, which share a worker."""
    from sdtm.run_study import run

    return run("lxi15029", tmp_path_factory.mktemp("lxi") / "out")


@pytest.fixture(scope="session")
def he072_run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One whole run of HE072 for all modules of the group ``he072``."""
    from sdtm.run_study import run

    return run("he072", tmp_path_factory.mktemp("he072") / "out")
