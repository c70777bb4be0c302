"""Small invented tables for the tests of drafting. All data in them are synthetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from sdtm.columns import text
from sdtm.drafting.context import Context
from sdtm.drafting.material import Material, RawColumn, RawTableRead, read_material
from sdtm.extract.profile_types import type_of
from sdtm.extract.profile_values import counted_texts
from sdtm.extract.value_kinds import kinds_of


def make_column(name: str, values: Sequence[str | None], label: str = "") -> RawColumn:
    column = text(list(values))
    texts = counted_texts(column)
    kinds = kinds_of(list(texts), list(texts.values()))
    return RawColumn(name, label, texts, kinds, type_of(kinds), column)


def make_table(name: str, columns: Mapping[str, Sequence[str | None]], **labels: str) -> RawTableRead:
    made = {n: make_column(n, values, labels.get(n, "")) for n, values in columns.items()}
    return RawTableRead(name, f"{name}.csv", "", {}, made, len(next(iter(columns.values()))))


@pytest.fixture
def context() -> Context:
    return Context()


@pytest.fixture
def column() -> Callable[..., RawColumn]:
    return make_column


@pytest.fixture
def table() -> Callable[..., RawTableRead]:
    return make_table


@pytest.fixture
def material(tmp_path: Path) -> Callable[..., Material]:
    """``material(name=csv text, ...)``: the tables of a folder with these files."""

    def read(**files: str) -> Material:
        for name, content in files.items():
            (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
        return read_material(tmp_path)

    return read
