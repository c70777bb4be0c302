from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.problems import ProblemsFound
from specs.standards.package_file import CodelistEntry, Term, read_package, write_package

ENTRY = CodelistEntry("C900001", "KITE", "Kite", True)
TERMS = {"BOX": Term("C900002", "Box Kite", ("Cellular; Kite", "Ä")), "DELTA": Term("C900003", "")}

texts = st.text(max_size=12)
terms = st.dictionaries(
    texts, st.builds(Term, texts, texts, st.lists(texts, max_size=3).map(tuple)), max_size=5
)


def test_the_same_content_gives_the_same_bytes(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    paths = [write_package(folder, "sdtm", "2031-01-01", [(ENTRY, TERMS)]) for folder in (first, second)]
    assert paths[0].name == "sdtm-2031-01-01.ct"
    assert paths[0].read_bytes() == paths[1].read_bytes()


@given(contents=st.lists(terms, max_size=4))
def test_what_is_written_is_read(tmp_path_factory, contents):
    folder = tmp_path_factory.mktemp("ct")
    entries = [CodelistEntry(f"C{number}", "N", "T", False) for number in range(len(contents))]
    package = read_package(write_package(folder, "x", "2031-01-01", zip(entries, contents, strict=True)))
    assert [packed.entry for packed in package.codelists.values()] == entries
    assert [list(package.terms(entry.code).items()) for entry in entries] == [
        list(t.items()) for t in contents
    ]


def test_a_write_that_fails_leaves_what_was_there(tmp_path):
    path = write_package(tmp_path, "sdtm", "2031-01-01", [(ENTRY, TERMS)])
    before = path.read_bytes()

    def breaks():
        yield ENTRY, TERMS
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_package(tmp_path, "sdtm", "2031-01-01", breaks())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("damage", ["cut", "other", "flipped", "longer", "empty"])
def test_a_damaged_file_is_a_problem(tmp_path, damage):
    path = write_package(tmp_path, "sdtm", "2031-01-01", [(ENTRY, TERMS)])
    data = path.read_bytes()
    damaged = {
        "cut": data[:-5],
        "other": b"PK\x03\x04" + data,
        "flipped": data[:-10] + bytes([data[-10] ^ 255]) + data[-9:],
        "longer": data + b"x",
        "empty": b"",
    }
    path.write_bytes(damaged[damage])
    with pytest.raises(ProblemsFound) as caught:
        read_package(path).terms("C900001")
    assert caught.value.problems[0].id == "ct-package-damaged"
    assert caught.value.problems[0].where.file == str(path)


def test_a_missing_file_is_a_problem(tmp_path):
    with pytest.raises(ProblemsFound):
        read_package(tmp_path / "nosuch.ct")
