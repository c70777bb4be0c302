"""Lets the tests of the documents import ``doc_blocks``, and gives them the tutorial's study to work on."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from doc_blocks import Reader

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="session")
def study_and_output(tmp_path_factory: pytest.TempPathFactory, sdtm: Callable[..., Any]) -> Path:
    """A folder with ``extracts``, ``mystudy`` (the finished spec of the tutorial) and ``out`` (its run)."""
    folder = tmp_path_factory.mktemp("documents")
    shutil.copytree(DOCS / "tutorial" / "extracts", folder / "extracts")
    shutil.copytree(DOCS / "tutorial" / "mystudy", folder / "mystudy")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert Reader(folder, sdtm).type("sdtm run mystudy --out out").is_told_plainly
    return folder


@pytest.fixture
def registries_as_before() -> Iterator[None]:
    """What a document registers as an example is forgotten afterwards."""
    from sdtm.derivations import registry as derivations
    from sdtm.mapping import registry as algorithms

    derivations.derivations(), algorithms.catalogue()
    before = [(kept, dict(kept)) for kept in (derivations._registered, algorithms._registered)]
    modules = set(sys.modules)
    yield
    for kept, old in before:
        kept.clear()
        kept.update(old)
    for name in set(sys.modules) - modules:
        file = getattr(sys.modules[name], "__file__", None)
        if name.startswith("sdtm.") and file and not Path(file).is_relative_to(DOCS.parent / "sdtm"):
            del sys.modules[name]


@pytest.fixture
def desk(study_and_output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, which is the working folder."""
    shutil.copytree(study_and_output, tmp_path / "desk")
    monkeypatch.chdir(tmp_path / "desk")
    return tmp_path / "desk"


@pytest.fixture
def empty_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, but for the raw extracts of the tutorial."""
    shutil.copytree(DOCS / "tutorial" / "extracts", tmp_path / "desk" / "extracts")
    monkeypatch.chdir(tmp_path / "desk")
    return tmp_path / "desk"
