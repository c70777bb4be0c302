"""``from sdtm import convert, derive, run`` are functions, whatever modules have been imported before."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import sdtm


@pytest.mark.parametrize("name", [name for name in sdtm.__all__ if not name.startswith("_")])
def test_a_public_name_is_a_function_and_no_module_has_it(name: str) -> None:
    modules = {module.name for module in pkgutil.iter_modules(sdtm.__path__)}
    assert name not in modules
    for _ in range(2):  # the first use imports modules; the second must find the same
        assert callable(getattr(importlib.import_module("sdtm"), name))
