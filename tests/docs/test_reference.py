"""The reference is what docs/make_reference.py makes of the registries today."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "docs" / "make_reference.py"


@pytest.fixture(scope="module")
def made() -> dict[Path, str]:
    found = importlib.util.spec_from_file_location("make_reference", SCRIPT)
    assert found is not None and found.loader is not None
    module: Any = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    pages: dict[Path, str] = module.pages()
    return pages


def test_the_committed_reference_is_what_is_made(made: dict[Path, str]) -> None:
    """If this fails: run `python docs/make_reference.py` and commit what it writes."""
    folder = SCRIPT.parent / "reference"
    assert {path.name for path in made} == {path.name for path in folder.glob("*.md")}
    for path, text in made.items():
        assert path.read_text("utf-8") == text, f"{path.name}: run python docs/make_reference.py"


def test_everything_that_is_registered_has_its_heading(made: dict[Path, str]) -> None:
    from sdtm.derivations.registry import derivations
    from sdtm.mapping.registry import catalogue
    from sdtm.reports.registry import figure_kinds, row_kinds
    from validation.rules.registry import rules

    pages = {path.stem: text.splitlines() for path, text in made.items()}
    assert not [name for name in catalogue() if f"## {name}" not in pages["algorithms"]]
    assert not [name for name in derivations() if f"## {name}" not in pages["derivations"]]
    assert not [rule.id for rule in rules() if f"### {rule.id}" not in pages["rules"]]
    kinds = {**row_kinds(), **figure_kinds()}
    assert not [name for name in kinds if f"### {name}" not in pages["rows-and-figures"]]


def test_every_command_and_its_options_are_there(made: dict[Path, str], sdtm: Any) -> None:
    """The words of `sdtm run --help` (made by typer) and the page (made of the functions) name the same options."""
    import re

    page = next(text for path, text in made.items() if path.stem == "commands")
    run = page.split("## sdtm run\n")[1].split("\n## ")[0]
    shown = set(re.findall(r"--[a-z][a-z-]+", sdtm("run", "--help").out)) - {"--help"}
    assert {word for word in shown if f"`{word}" in run or f", {word}" in run} == shown
    commands = re.findall(r"^ +([a-z]+)  ", sdtm("--help").out, re.MULTILINE)
    assert len(commands) > 10
    assert not [name for name in commands if f"## sdtm {name}" not in page]
