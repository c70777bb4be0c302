"""How rules are run: where they apply, what they are given, and what it means that one could not run."""

from __future__ import annotations

import pandas as pd
import pytest

from specs.standards import implementation_guide
from validation.defects import Defect
from validation.rules.engine import NotRun, Ran, run_rules, variables_judged
from validation.rules.registry import Rule
from validation.tables import table_of

GUIDE = implementation_guide()
DEFECT = Defect("test-rule", "error", "wrong", "right", "put it right")


def _table(name: str, **columns: list[object]):
    return table_of(name, pd.DataFrame(columns), GUIDE)


def _never(dataset: pd.DataFrame, *others: object) -> pd.Series:
    return pd.Series(False, index=dataset.index)


def test_a_pattern_means_the_variable_of_the_domain() -> None:
    rule = Rule(DEFECT, _never, on=("--DTC", "--STDTC", "VISITNUM"))
    table = _table("AE", AEDTC=["2024"], AESTDTC=["2024"], CMSTDTC=["2024"], VISITNUM=[1.0])
    assert variables_judged(rule, table) == ["AEDTC", "AESTDTC", "VISITNUM"]
    assert variables_judged(rule, _table("QSCG", QSDTC=["2024"])) == ["QSDTC"]
    assert variables_judged(rule, _table("SUPPAE", QNAM=["Q"])) == []


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({"datasets": ("AE",)}, ["AE"]),
        ({"datasets": ("SUPP--",)}, ["SUPPAE"]),
        ({"classes": ("Findings",)}, ["FA", "LBCH"]),
        ({"datasets": ("LB",)}, ["LBCH"]),
        ({"without": ("AE", "SUPP--", "FA")}, ["LBCH"]),
    ],
)
def test_the_scope_of_a_rule(scope: dict[str, tuple[str, ...]], expected: list[str]) -> None:
    tables = {name: _table(name, USUBJID=["S1"]) for name in ("AE", "FA", "LBCH", "SUPPAE")}
    outcome = run_rules([Rule(DEFECT, _never, on=("USUBJID",), **scope)], tables)
    assert [ran.dataset for ran in outcome.ran] == expected


def test_a_rule_gets_what_it_declares_and_nothing_else() -> None:
    given: list[object] = []

    def look(dataset: pd.DataFrame, variable: str, partner: str, subjects: pd.DataFrame) -> pd.Series:
        given.extend([list(dataset.columns), variable, partner, list(subjects.columns)])
        assert dataset["AEOUT"].isna().all()
        return dataset[variable].eq("2024")

    rule = Rule(
        DEFECT,
        look,
        on=("--ENDTC",),
        partners={"--ENDTC": "--STDTC"},
        needs=(("AESER", "AESDTH"), "DM.RFSTDTC"),
        optional=("--OUT",),
    )
    tables = {
        "AE": _table("AE", AEENDTC=["2024", "2025"], AESTDTC=["", ""], AESER=["Y", "N"], AETERM=["a", "b"]),
        "DM": _table("DM", USUBJID=["S1"], RFSTDTC=["2024"]),
    }
    outcome = run_rules([rule], tables, declared_only=True)
    assert given == [["AEENDTC", "AESTDTC", "AESER", "AESDTH", "AEOUT"], "AEENDTC", "AESTDTC", ["RFSTDTC"]]
    (failure,) = outcome.failures
    assert failure.positions is not None
    assert failure.positions.tolist() == [0]
    assert failure.shows == ("AEENDTC", "AESTDTC", "AESER", "DM.RFSTDTC")
    assert outcome.ran == [Ran("test-rule", "AE", 1)]


@pytest.mark.parametrize(
    ("needs", "reason"),
    [
        (("AESER",), "AE has no AESER"),
        ((("AESER", "AESDTH"),), "AE has no AESER or AESDTH"),
        (("EX.EXSTDTC",), "there is no dataset EX"),
        (("DM.RFSTDTC", "DM.DTHDTC"), "DM has no RFSTDTC and no DTHDTC"),
        (("AESEQ",), "AE.AESEQ does not hold numbers"),
        (("AEREL",), "AE.AEREL does not hold text"),
    ],
)
def test_a_rule_that_lacks_something_has_not_run(needs: tuple[object, ...], reason: str) -> None:
    tables = {
        "AE": _table("AE", AETERM=["a"], AESEQ=["one"], AEREL=[1.0]),
        "DM": _table("DM", USUBJID=["S1"]),
    }
    outcome = run_rules([Rule(DEFECT, _never, on=("AETERM",), needs=needs)], tables)
    assert outcome.ran == []
    assert outcome.not_run == [NotRun("test-rule", "AE", reason)]


def test_a_rule_on_a_pair_applies_where_both_are() -> None:
    rule = Rule(DEFECT, _never, on=("--ENDTC",), partners={"--ENDTC": "--STDTC"})
    assert variables_judged(rule, _table("AE", AEENDTC=["2024"])) == []


def test_an_optional_dataset_that_is_not_there_is_empty() -> None:
    def look(dataset: pd.DataFrame, variable: str, visits: pd.DataFrame) -> bool:
        assert list(visits.columns) == ["VISITNUM"]
        assert len(visits) == 0
        return False

    rule = Rule(DEFECT, look, on=("VISITNUM",), optional=("TV.VISITNUM",))
    assert run_rules([rule], {"VS": _table("VS", VISITNUM=[1.0])}).ran == [Ran("test-rule", "VS", 0)]


def test_a_rule_that_answers_with_something_else_is_a_bug() -> None:
    rule = Rule(DEFECT, lambda dataset, variable: dataset[variable], on=("AETERM",))
    with pytest.raises(TypeError, match="test-rule did not return one truth value for each record of AE"):
        run_rules([rule], {"AE": _table("AE", AETERM=["a"])})
