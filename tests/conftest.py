"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public data and reference facts that stands beside the checkout, where there is one."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared (public raw extracts, reference tables) is not beside the checkout")
    return SHARED
