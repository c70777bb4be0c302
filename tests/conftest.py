"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import importlib.util
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

HERE = Path(__file__).resolve().parent
# How long one example takes says something about the machine, not about the code.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")

SHARED = HERE.parents[1] / "shared"


def _beside(name: str) -> Any:
    """A module of this folder, which is on no import path (pytest's importlib mode)."""
    found = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module  # dataclasses look their module up
    found.loader.exec_module(module)
    return module


make_study = _beside("study_builder").make_study
command_line = _beside("command_line")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public data and reference facts that stands beside the checkout, where there is one."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared (public raw extracts, reference tables) is not beside the checkout")
    return SHARED


@pytest.fixture
def build_study(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """``build_study(study_yaml, domains, raw)``: a small invented study in a new folder; gives the folder."""

    def build(study_yaml: str, domains: Mapping[str, str], raw: Mapping[str, str | bytes]) -> Path:
        return make_study(tmp_path_factory.mktemp("spec"), study_yaml, domains, raw)

    return build


@pytest.fixture
def convert_study(build_study: Callable[..., Path]) -> Callable[..., Any]:
    """``convert_study(study_yaml, domains, raw, **options)``: the ``Conversion`` of such a study."""

    def run(
        study_yaml: str, domains: Mapping[str, str], raw: Mapping[str, str | bytes], **options: Any
    ) -> Any:
        from sdtm.pipeline import convert
        from specs import load_study

        return convert(load_study(build_study(study_yaml, domains, raw)), **options)

    return run


@pytest.fixture(scope="session")
def sdtm() -> Callable[..., Any]:
    """``sdtm("run", folder)``: the command line in this process; gives ``code``, ``out`` and ``err``."""
    return command_line.call


def pytest_collection_finish() -> None:
    """Thousands of collected tests live to the end; the garbage collector need not look at them again and again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The share of seeded errors that were found by the right rule (tests/validation/test_mutations.py)."""
    found = {True: 0, False: 0}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            if any(name == "seeded error" for name, _ in getattr(report, "user_properties", ())):
                found[outcome == "passed"] += 1
    total = sum(found.values())
    if total:
        share = f"{found[True]} of {total} ({found[True] / total:.1%})"
        terminalreporter.write_line(f"seeded errors found by the right rule: {share}")
    if terminalreporter.config.get_verbosity() > 0:
        _raw_edits(terminalreporter)


def _raw_edits(terminalreporter: Any) -> None:
    """The table of raw edits and what they move (tests/studies/test_*_tables.py), with ``-v``."""
    for report in terminalreporter.stats.get("passed", []):
        for name, row in getattr(report, "user_properties", ()):
            if name == "raw edit":
                study, cell, edit, before, after = row
                terminalreporter.write_line(f"{study} | {cell} | {edit} | {before} -> {after}")
