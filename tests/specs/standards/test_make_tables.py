from __future__ import annotations

import pytest

from specs.standards.make_tables import TERMINOLOGY, make_tables
from specs.standards.package_file import read_package
from specs.standards.tables import FOLDER, read_table


@pytest.fixture(scope="module")
def made(shared, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    paths = make_tables(shared / "reference" / "standards", folder)
    return folder, {path.relative_to(folder) for path in paths}


def content(path):
    """What a file holds, unpacked: other builds of zlib may pack the same content into other bytes."""
    if path.suffix == ".ct":
        package = read_package(path)
        return [
            (packed.entry, list(package.terms(code).items())) for code, packed in package.codelists.items()
        ]
    return read_table(path.name.removesuffix(".csv.gz"), path.parent)


def test_the_bundled_tables_are_what_the_script_makes(made):
    folder, names = made
    bundled = {path.relative_to(FOLDER) for path in FOLDER.rglob("*") if path.is_file()}
    assert names == bundled
    assert len(names) == 5 + len(TERMINOLOGY)
    for name in names:
        assert content(folder / name) == content(FOLDER / name), name


def test_the_same_reference_tables_give_the_same_bytes(made, shared, tmp_path):
    folder, _ = made
    again = make_tables(shared / "reference" / "standards", tmp_path)
    for path in again:
        assert path.read_bytes() == (folder / path.relative_to(tmp_path)).read_bytes(), path.name


def test_the_tables_are_small():
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 2_000_000


def test_the_adam_tables_are_there():
    rows = read_table("adamig-1.3-variables")
    counts = {structure: 0 for structure in ("ADSL", "BDS", "TTE", "OCCDS")}
    for row in rows:
        counts[row["structure"]] += 1
    assert counts == {"ADSL": 141, "BDS": 195, "TTE": 21, "OCCDS": 113}
    trtsdt = next(row for row in rows if (row["structure"], row["variable"]) == ("ADSL", "TRTSDT"))
    assert (trtsdt["label"], trtsdt["type"]) == ("Date of First Exposure to Treatment", "Num")
