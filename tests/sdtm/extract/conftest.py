"""Reading small raw files that a test writes into a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sdtm.extract import RawRead, read_raw
from specs.model import Raw, RawDataset
from specs.problems import Problem, ProblemsFound


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty raw folder."""
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"


@pytest.fixture
def read(folder: Path) -> Callable[..., RawRead]:
    """``read(data, name="a.csv", missing=(), study_encoding="", **dataset)``: a file of these bytes, read.

    ``data`` is bytes, a text (UTF-8), or a dict of several files; nothing counts as missing unless said.
    """

    def run(
        data: bytes | str | dict[str, bytes | str] | None = None,
        name: str = "a.csv",
        missing: tuple[str, ...] = (),
        study_encoding: str = "",
        **dataset: Any,
    ) -> RawRead:
        files = data if isinstance(data, dict) else {} if data is None else {name: data}
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content.encode() if isinstance(content, str) else content)
        dataset.setdefault("file", name)
        return read_raw("t", RawDataset(**dataset), Raw(missing=missing, encoding=study_encoding), folder)

    return run


@pytest.fixture
def refused(read: Callable[..., RawRead]) -> Callable[..., list[Problem]]:
    """The problems for which a file is refused; fails if it is read."""

    def run(*args: Any, **options: Any) -> list[Problem]:
        with pytest.raises(ProblemsFound) as caught:
            read(*args, **options)
        return list(caught.value.problems)

    return run


@pytest.fixture
def cells() -> Callable[[RawRead], dict[str, list[str | None]]]:
    """The columns of a raw table as lists of texts, ``None`` where a cell is missing."""

    def run(found: RawRead) -> dict[str, list[str | None]]:
        frame = found.table.frame
        return {name: [v if isinstance(v, str) else None for v in frame[name]] for name in frame}

    return run
