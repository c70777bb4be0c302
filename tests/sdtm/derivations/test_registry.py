"""Every registered derivation: its documentation, its name, and how it is called."""

from __future__ import annotations

import importlib

import pandas as pd
import pytest
from typer.testing import CliRunner

import sdtm.derivations
from sdtm.cli import app
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import DERIVATION_FILES, derivations, with_plain_types

LABELS = ("Shape:", "Unit:", "Missing:", "Errors:", "Source:", "Example:")


@pytest.mark.parametrize("name", sorted(derivations()))
def test_the_documentation_says_all_that_a_reader_needs(name: str) -> None:
    doc = derivations()[name].doc
    assert [label for label in LABELS if label not in doc] == []
    assert not doc.startswith("Shape:")  # a sentence first


@pytest.mark.parametrize("name", sorted(derivations()))
def test_it_is_importable_by_its_name(name: str) -> None:
    """``from sdtm.derivations import NAME`` gives the function, never a module of that name."""
    assert name not in DERIVATION_FILES
    assert callable(getattr(sdtm.derivations, name))


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no_such_derivation"):
        getattr(sdtm.derivations, "no_such_derivation")  # noqa: B009


@pytest.mark.parametrize("file", DERIVATION_FILES)
def test_every_listed_file_registers_something(file: str) -> None:
    module = f"sdtm.derivations.{file}"
    importlib.import_module(module)
    assert any(derivation.function.__module__ == module for derivation in derivations().values())


def test_the_command_lists_them_with_parameters() -> None:
    runner = CliRunner()
    listed = runner.invoke(app, ["derivations"])
    assert listed.exit_code == 0
    assert all(f"{name} (makes " in listed.output for name in derivations())
    one = runner.invoke(app, ["derivations", "study_day"])
    assert "reference = 'TRTSDT'" in one.output and "best_overall_response" not in one.output


def test_a_derivation_sees_only_what_it_declares_and_changes_nothing() -> None:
    records = pd.DataFrame(
        {"ADT": pd.to_datetime(["2024-03-02"]), "TRTSDT": pd.to_datetime(["2024-03-01"]), "X": ["kept"]}
    )
    before = records.copy(deep=True)
    made = sdtm.derivations.study_day(records, date="ADT", to="ADY", notes=Notes())
    assert list(made) == ["ADY"] and made["ADY"].tolist() == [2]
    pd.testing.assert_frame_equal(records, before)


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match=r"study_day: no column ADT in the records, which have X"):
        sdtm.derivations.study_day(pd.DataFrame({"X": [1]}), date="ADT", to="ADY", reference="X")


def test_a_table_that_is_not_given_is_named() -> None:
    with pytest.raises(KeyError, match="it reads PC"):
        sdtm.derivations.any_record(pd.DataFrame({"USUBJID": ["S1"]}), **{"to": "PKFL", "from": "PC"})


def test_values_of_any_kind_become_plain() -> None:
    records = pd.DataFrame(
        {
            "A": pd.Categorical(["x", "", None]),
            "B": ["", "y", None],
            "C": pd.to_datetime(["2024-01-01", None, "2024-01-02"]).astype("datetime64[ns]"),
            "D": pd.array([1, None, 3], dtype="Int64"),
        }
    )
    plain = with_plain_types(records)
    assert plain["A"].isna().tolist() == [False, True, True]
    assert plain["B"].isna().tolist() == [True, False, True]
    assert str(plain["C"].dtype) == "datetime64[s]"
    assert str(plain["D"].dtype) == "float64" and plain["D"].isna().tolist() == [False, True, False]
