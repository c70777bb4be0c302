"""Which reader a file gets."""

from __future__ import annotations

import pytest

from sdtm.extract.registry import ENDINGS, READERS, format_of, reader_for
from specs.problems import ProblemsFound


@pytest.mark.parametrize(
    ("name", "declared", "expected"),
    [
        ("AE.CSV", "", "csv"),
        ("a.tsv", "", "csv"),
        ("a.csv.gz", "", "csv"),
        ("a.xlsm", "", "xlsx"),
        ("a.xml", "", "odm"),
        ("a.dat", "csv", "csv"),
        ("a.csv", "ODM", "odm"),
        ("a.xpt5", "", None),
    ],
)
def test_format(name: str, declared: str, expected: str | None) -> None:
    assert format_of(name, declared) == expected


@pytest.mark.parametrize("name", READERS)
def test_every_reader_reads_and_lists_its_parts(name: str) -> None:
    reader = reader_for("a", name)
    assert callable(reader.read)
    assert callable(reader.parts)
    assert set(ENDINGS.values()) == set(READERS)


def test_unknown_formats_are_refused() -> None:
    with pytest.raises(ProblemsFound) as caught:
        reader_for("a.csv", "cvs")
    assert (caught.value.problems[0].id, caught.value.problems[0].do) == (
        "unknown-format",
        "did you mean csv?",
    )
    with pytest.raises(ProblemsFound) as caught:
        reader_for("a.docx")
    assert caught.value.problems[0].where.file == "a.docx"
