"""Every command block of the documents is run, and every YAML block is read as a spec would be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from doc_blocks import Block, Reader, blocks_of, missing_line

from specs.model import Study
from specs.yaml_text import parse, plain

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial"
# tests/test_new_study_guide.py walks through that one.
ELSEWHERE = ("docs/new-study.md",)
MOST_NOT_RUN = 12

DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if "extracts" not in path.parts
}
BLOCKS = {name: blocks_of(path, name) for name, path in DOCUMENTS.items()}
WALKED = [
    name
    for name, blocks in BLOCKS.items()
    if name not in ELSEWHERE and name != "docs/tutorial.md"
    if any(block.is_command or block.kind == "python" for block in blocks)
]
pytestmark = pytest.mark.xdist_group("documents")  # they share a run of the study


@pytest.mark.parametrize("document", WALKED)
@pytest.mark.usefixtures("registries_as_before")
def test_what_a_document_says_is_so(document: str, desk: Path, sdtm: Callable[..., Any]) -> None:
    reader = Reader(desk, sdtm)
    for block in BLOCKS[document]:
        if "not-run" not in block.said:
            reader.follow(block)


def test_the_tutorial_leads_from_extracts_to_a_package(empty_desk: Path, sdtm: Callable[..., Any]) -> None:
    """It starts with an empty folder and ends with the study that is kept beside it, in the same bytes."""
    reader = Reader(empty_desk, sdtm)
    for block in BLOCKS["docs/tutorial.md"]:
        if "not-run" not in block.said:
            reader.follow(block)
    kept = TUTORIAL / "mystudy"
    names = sorted(path.relative_to(kept) for path in kept.rglob("*.yaml"))
    written = {path.relative_to(empty_desk / "mystudy") for path in (empty_desk / "mystudy").rglob("*.yaml")}
    assert set(names) == written
    for name in names:
        assert (empty_desk / "mystudy" / name).read_text("utf-8") == (kept / name).read_text("utf-8"), name
    figure = empty_desk / "out" / "reports" / "figures" / "pfs.svg"
    same = figure.read_bytes() == (TUTORIAL / "pfs.svg").read_bytes()
    assert same, (
        "sdtm run docs/tutorial/mystudy --out OUT, look at OUT/reports/figures/pfs.svg, and keep it as pfs.svg"
    )


def test_the_raw_files_of_the_tutorial_are_what_their_generator_makes(tmp_path: Path) -> None:
    import subprocess
    import sys

    subprocess.run([sys.executable, TUTORIAL / "make_raw.py", tmp_path], check=True, capture_output=True)
    kept = {path.name: path.read_bytes() for path in (TUTORIAL / "extracts").iterdir()}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == kept
    assert b"SYNTHETIC DATA" in kept["snapshot.xml"] and b"SYNTHETIC DATA" in kept["SYNTHETIC-DATA.md"]


def test_blocks_that_are_not_run_are_few_and_say_why() -> None:
    left = [b for blocks in BLOCKS.values() for b in blocks if b.is_command and "not-run" in b.said]
    assert all(len(block.said["not-run"]) > 10 for block in left), [block.place for block in left]
    assert len(left) <= MOST_NOT_RUN, [block.place for block in left]
    run = [b for blocks in BLOCKS.values() for b in blocks if b.is_command and "not-run" not in b.said]
    assert len(run) > 3 * len(left)


def yaml_blocks() -> list[Block]:
    return [block for blocks in BLOCKS.values() for block in blocks if block.kind == "yaml"]


@pytest.mark.parametrize("block", yaml_blocks(), ids=lambda block: block.place)
def test_yaml_is_what_a_spec_may_say(block: Block) -> None:
    """A block that is a study, a domain or an analysis dataset (or keys of a study) fits the model."""
    tree: Any = plain(parse(block.text, block.place))
    if "after" in block.said:
        assert tree  # lines of a file, read as a whole when the document is followed
        return
    assert isinstance(tree, dict)
    if "domain" in tree:
        Study.model_validate({"study": "X", "sdtm": {tree["domain"]: tree}})
    elif "dataset" in tree:
        Study.model_validate({"study": "X", "adam": {tree["dataset"]: tree}})
    elif tree.keys() <= Study.model_fields.keys():
        Study.model_validate({"study": "X", **tree})
    else:
        assert not tree.keys() & Study.model_fields.keys(), f"unknown keys beside known ones: {sorted(tree)}"


def test_every_link_leads_somewhere() -> None:
    """Links between the documents, and their headings."""
    import re

    wrong = []
    for name, path in DOCUMENTS.items():
        for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
            if target.startswith(("http://", "https://")):
                continue
            file, _, heading = target.partition("#")
            place = (path.parent / file).resolve() if file else path
            if not place.exists() or (heading and heading not in _headings(place)):
                wrong.append((name, target))
    assert not wrong


def _headings(path: Path) -> set[str]:
    import re

    lines = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    plain_lines = [re.sub(r"[^\w\- ]", "", line.lower()) for line in lines]
    return {line.strip().replace(" ", "-") for line in plain_lines}


def test_the_index_names_every_document() -> None:
    listed = DOCUMENTS["docs/index.md"].read_text("utf-8")
    missing = [
        name
        for name in DOCUMENTS
        if name.startswith("docs/") and name not in ("docs/index.md", "docs/tutorial/README.md")
        if f"({name.removeprefix('docs/')}" not in listed
    ]
    assert not missing


def test_a_line_that_is_not_printed_is_noticed() -> None:
    """The comparison itself: order, what is left out, and blanks."""
    printed = "one  two\n\nthree 3\nfour\n"
    assert missing_line(["one two", "...", "four"], printed) == ""
    assert missing_line(["one ...", "three 3"], printed) == ""
    assert missing_line(["one two", "four"], printed) == "one two"
    assert missing_line(["four", "...", "three 3"], printed) == "three 3"
    assert missing_line(["five"], printed) == "five"


def test_the_same_command_in_the_same_state_is_run_once(desk: Path, sdtm: Callable[..., Any]) -> None:
    """A command that was run in the same state before leaves the same files and prints the same."""
    reader = Reader(desk, sdtm)
    first = reader.type("sdtm spec export mystudy spec.xlsx")
    made = (desk / "spec.xlsx").read_bytes()
    (desk / "spec.xlsx").unlink()
    assert reader.type("sdtm spec export mystudy spec.xlsx") == first
    assert (desk / "spec.xlsx").read_bytes() == made
