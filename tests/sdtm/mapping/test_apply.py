"""Steps of one variable on one block: the first that gives a value wins, and every loss is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sdtm.columns import constant, text
from sdtm.compile_rule import Reference, Step
from sdtm.mapping import sql
from sdtm.mapping.apply import condition_masks, make
from sdtm.mapping.registry import catalogue
from sdtm.mapping.scope import BlockScope, Origin
from sdtm.mapping.terminology import TermMap
from sdtm.stages import RawFile, RawTable
from specs.catalogue import Algorithm, Column, Params
from specs.location import Location
from specs.problems import Problem, ProblemsFound

SEVERITY = TermMap("codelist AESEV", {"1": "MILD"}, frozenset({"MILD", "SEVERE"}))
HERE = Location("sdtm/ae.yaml", 9)


def scope_of(**columns: list[str | None]) -> BlockScope:
    frame = pd.DataFrame({name: text(values) for name, values in columns.items()})
    size = len(frame)
    file = RawFile("ae.csv", "", 0, size)
    table = RawTable("ae", frame, (file,), np.arange(2, size + 2), np.zeros(size, dtype=np.int64))
    index = pd.RangeIndex(size)
    origin = Origin(constant("ae", index), np.arange(size), constant(None, index))
    return BlockScope({name: frame[name] for name in frame}, None, index, origin, {"ae": table})


def step(rule: dict[str, Any], where: str = "", terms: TermMap | None = None, algorithm: str = "") -> Step:
    found = (
        catalogue()[algorithm]
        if algorithm
        else next(catalogue().by_key[k] for k in rule if k in catalogue().by_key)
    )
    params = found.params.model_validate(rule)
    condition = sql.parse(where) if where else None
    names = [
        *params.columns(),
        *(name for each in params.marked(sql_marker()) for name in sql.parse(each).columns),
    ]
    names += condition.columns if condition else ()
    references = {name: Reference("raw", name) for name in names}
    return Step("AEX", found, params, references, condition, terms, "", "", HERE)


def sql_marker() -> Any:
    from specs.catalogue import SQL

    return SQL


def made(scope: BlockScope, *steps: Step, kind: str = "Char") -> tuple[list[Any], list[Any]]:
    result = make("AEX", kind, steps, scope, {}, "AE")
    assert result.column.index.equals(scope.index)
    return [None if pd.isna(v) else v for v in result.column.astype(object)], result.findings


def test_the_first_step_that_gives_a_value_wins():
    scope = scope_of(A=["1", None, None], B=["x", "y", None])
    assert made(scope, step({"column": "A"}), step({"column": "B"}), step({"value": "else"}))[0] == [
        "1",
        "y",
        "else",
    ]
    assert made(scope, step({"value": "else"}), step({"column": "A"}))[0] == ["else"] * 3


def test_where_is_true_false_or_unknown_and_only_true_gives_a_value():
    scope = scope_of(A=["a", "b", "c"], F=["Y", "N", None])
    assert made(scope, step({"column": "A"}, "F = 'Y'"))[0] == ["a", None, None]
    assert made(scope, step({"column": "A"}, "F = 'Y'"), step({"value": "other"}, "F = 'N'"))[0] == [
        "a",
        "other",
        None,
    ]
    true, unknown = condition_masks(sql.parse("F = 'Y'"), {"F": Reference("raw", "F")}, scope)
    assert true.tolist() == [True, False, False] and unknown.tolist() == [False, False, True]


def test_a_value_outside_the_condition_is_not_lost():
    scope = scope_of(A=["Moderat", "1"], F=["N", "Y"])
    values, findings = made(scope, step({"column": "A"}, "F = 'Y'", SEVERITY))
    assert values == [None, "MILD"] and findings == []


def test_a_loss_that_a_later_step_makes_good_is_no_loss():
    scope = scope_of(A=["Moderat", "Worse"], B=["SEVERE", None])
    values, findings = made(scope, step({"column": "A"}, "", SEVERITY), step({"column": "B"}, "", SEVERITY))
    assert values == ["SEVERE", None]
    assert [(f.rule, f.found, f.count, f.places[0].row) for f in findings] == [
        ("unmapped-term", '"Worse"', 1, 3)
    ]


def test_equal_losses_are_one_finding_with_all_places():
    scope = scope_of(A=["x", "1", "y", "x"])
    _, findings = made(scope, step({"column": "A"}, "", SEVERITY))
    assert [(f.found, f.count, [p.row for p in f.places]) for f in findings] == [
        ('"x"', 2, [2, 5]),
        ('"y"', 1, [4]),
    ]
    assert findings[0].places[0].file == "ae.csv" and findings[0].places[0].column == "A"
    assert "sdtm/ae.yaml, line 9" in findings[0].do


def test_a_date_that_cannot_be_read_is_told_with_its_reason():
    """Traps 14, 20: 30 February is no date; nothing is rolled over, the text is kept for the query."""
    scope = scope_of(D=["30 FEB 2024", "29 FEB 2024", None])
    values, (finding,) = made(scope, step({"date": "D", "format": "dd MMM yyyy"}))
    assert values == [None, "2024-02-29", None]
    assert (finding.rule, finding.severity, finding.count, finding.places[0].row) == (
        "date-not-read",
        "error",
        1,
        2,
    )
    assert '"30 FEB 2024"' in finding.found and "dd MMM yyyy" in finding.expected


def test_numbers_in_numeric_variables_and_numbers_as_text():
    scope = scope_of(A=["10", "9.50", "ten", None])
    values, (finding,) = made(scope, step({"column": "A"}), kind="Num")
    assert values == [10.0, 9.5, None, None] and finding.rule == "not-a-number"
    values, findings = made(scope, step({"expr": "TRY_CAST(A AS DOUBLE)"}))
    assert values == ["10", "9.5", None, None] and findings == []  # the shortest text of the number


def test_a_huge_number_is_written_without_an_exponent():
    scope = scope_of(A=["1e22", "0.00001"])
    assert made(scope, step({"expr": "TRY_CAST(A AS DOUBLE)"}))[0] == ["10000000000000000000000", "0.00001"]


def test_an_undeclared_value_is_told_even_if_another_step_gave_the_value():
    terms = TermMap("codelist UNIT", {}, frozenset({"mg"}), extensible=True)
    values, findings = made(scope_of(A=["mg", "furlong"]), step({"column": "A"}, "", terms))
    assert values == ["mg", "furlong"] and [(f.rule, f.severity) for f in findings] == [
        ("undeclared-term", "warning")
    ]


def test_a_watcher_sees_what_each_step_read_and_gave():
    seen: list[tuple[Any, ...]] = []

    class Watch:
        def step(self, dataset, each, scope, inputs, raw, value, needs):
            seen.append((dataset, each.name, list(inputs), raw.tolist(), value.tolist()))

    make("AEX", "Char", [step({"column": "A"}, "", SEVERITY)], scope_of(A=["1"]), {}, "AE", Watch())
    assert seen == [("AE", "assign_ct", ["A"], ["1"], ["MILD"])]


class Broken(Params):
    broken: Column


def with_function(function: Any, params: Params) -> Step:
    algorithm = Algorithm("broken", type(params), function, "broken", "doc")
    return Step("AEX", algorithm, params, {"A": Reference("raw", "A")}, None, None, "", "", HERE)


def test_an_algorithm_that_breaks_its_promise_is_our_defect():
    scope = scope_of(A=["1", "2"])
    with pytest.raises(RuntimeError, match="changed the index"):
        made(scope, with_function(lambda block, params: block["A"].iloc[:1], Broken(broken="A")))


def test_an_algorithm_sees_only_the_columns_it_declares():
    seen: list[list[str]] = []

    def peek(block: pd.DataFrame, params: Broken) -> pd.Series:
        seen.append(list(block.columns))
        return block["A"]

    made(scope_of(A=["1"], B=["2"]), with_function(peek, Broken(broken="A")))
    assert seen == [["A"]]


def test_a_problem_of_an_algorithm_gets_the_place_of_the_mapping():
    def refuse(block: pd.DataFrame, params: Broken) -> pd.Series:
        raise ProblemsFound(Problem("sql-error", Location(), "this", "that"))

    with pytest.raises(ProblemsFound) as caught:
        made(scope_of(A=["1"]), with_function(refuse, Broken(broken="A")))
    assert caught.value.problems[0].where == HERE


def test_a_domain_without_rows():
    values, findings = made(scope_of(A=[]), step({"column": "A"}, "A = 'x'", SEVERITY), step({"value": "y"}))
    assert values == [] and findings == []
