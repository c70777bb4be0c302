"""Every kind of rows, with values worked out by hand on the invented study of conftest.py."""

from __future__ import annotations

import math
from typing import Any

import pytest

from specs.problems import ProblemsFound


def test_summary_leaves_missing_values_out(rows: Any) -> None:
    """A: 30, 40, 50, 60: mean 45, SD sqrt(500/3); B: 31, 41, 51 and one missing."""
    cells = rows("- summary: {id: age, value: AGE}")
    assert [cells("age", "A", name) for name in ("n", "mean", "median", "minimum", "maximum")] == [
        4,
        45,
        45,
        30,
        60,
    ]
    assert cells("age", "A", "sd") == pytest.approx(math.sqrt(500 / 3))
    assert [cells("age", "B", name) for name in ("n", "mean", "minimum")] == [3, 41, 31]
    assert cells("age", "total", "median") == 41


def test_summary_counts_records_of_a_subject(rows: Any) -> None:
    """Events per subject with any: S1 3, S2 1, S3 1 in A; S5 and S6 1 each in B."""
    cells = rows("- summary: {id: number, from: ADAE, per_subject: records}")
    assert [cells("number", "A", name) for name in ("n", "median", "maximum")] == [3, 1, 3]
    assert cells("number", "B", "maximum") == 1


def test_summary_of_the_highest_value_of_a_subject(rows: Any) -> None:
    cells = rows("- summary: {id: grade, from: ADAE, value: ATOXGRN, per_subject: highest}")
    assert [cells("grade", "A", name) for name in ("n", "minimum", "maximum")] == [3, 1, 3]  # 3, 2, 1


def test_a_subject_never_counts_twice_by_accident(rows: Any) -> None:
    with pytest.raises(ProblemsFound) as error:
        rows("- summary: {id: grade, from: ADAE, value: ATOXGRN}")
    assert {problem.id for problem in error.value.problems} == {"repeated-subject"}


def test_counts_of_categories_and_of_subjects_without_one(rows: Any) -> None:
    cells = rows("- counts: {id: sex, variable: SEX, values: {F: Female, M: Male}, missing: Missing}")
    assert [cells.share(f"sex.{name}", "A") for name in ("F", "M", "missing")] == [(2, 4), (1, 4), (1, 4)]
    assert cells.share("sex.F", "total") == (6, 8)
    assert cells("sex.F", "total", "percent") == 75


def test_counts_refuse_a_value_without_a_row(rows: Any) -> None:
    with pytest.raises(ProblemsFound) as error:
        rows("- counts: {id: sex, variable: SEX, values: {F: Female}}")
    assert [(p.id, p.found) for p in error.value.problems] == [("value-without-row", "SEX: 'M'")]


def test_counts_of_conditions_in_a_narrower_denominator(rows: Any) -> None:
    """Of A three are evaluable, of whom two are younger than 45."""
    cells = rows("""
        - counts: {id: young, among: "DLTEVLFL = 'Y'", conditions: {young: AGE < 45}}
        - counts: {id: serious, from: ADAE, records: true, conditions: {serious: "AESER = 'Y'"}}
    """)
    assert cells.share("young", "A") == (2, 3)
    assert cells("young", "A", "percent") == pytest.approx(200 / 3)
    assert [cells("serious", column) for column in ("A", "B", "total")] == [1, 1, 2]


def test_overview_of_events(rows: Any) -> None:
    """S9 was not treated and counts nowhere."""
    cells = rows("- event_overview: {id: ae}")
    assert [cells.share(f"ae.{row}", "A") for row in ("any", "severe", "serious")] == [(3, 4), (1, 4), (1, 4)]
    assert [cells(f"ae.{row}", "total") for row in ("any", "discontinued", "fatal")] == [5, 1, 0]
    assert [cells(f"ae.related_{row}", "A") for row in ("any", "serious")] == [2, 0]
    assert cells("ae.any", "A", "events") == 5


def test_events_by_class_and_term_with_the_highest_grade(rows: Any) -> None:
    cells = rows("- events_by_term: {id: ae, grade: ATOXGRN, any_grades: [3]}")
    assert cells.share("ae.any", "total") == (5, 8)
    assert [cells.share("ae.GI.Nausea", column) for column in ("A", "B", "total")] == [(2, 4), (1, 4), (3, 8)]
    # S1 had nausea twice and counts at grade 3 alone.
    assert [cells(f"ae.GI.Nausea.grade{grade}", "A") for grade in (2, 3, 4)] == [1, 1, 0]
    assert cells("ae.any.grade3", "total") == 1
    assert cells("ae.Not coded.Rash", "B") == 1  # an event that nobody coded is not dropped
    order = [line.row for line in cells.report.tables[0].sections[0].lines]
    assert order.index("ae.GI") < order.index("ae.SKIN") < order.index("ae.Not coded")


def test_events_keep_the_frequent_terms_in_order(rows: Any) -> None:
    """Nausea 3 of 8 = 37.5%, rash 3 of 8 (S1, S3, S6); equal, so by the alphabet; 40% leaves none."""
    cells = rows("- events_by_term: {id: ae, terms: AEDECOD, threshold: 37.5}")
    rows_shown = [line.row for line in cells.report.tables[0].sections[0].lines]
    assert rows_shown == ["ae.any", "ae.Nausea", "ae.Rash"]
    cells = rows("- events_by_term: {id: ae, terms: AEDECOD, threshold: 40}")
    assert [line.row for line in cells.report.tables[0].sections[0].lines] == ["ae.any"]
    cells = rows("- events_by_term: {id: ae, terms: AEDECOD, threshold: 30, in: B}")
    assert [line.row for line in cells.report.tables[0].sections[0].lines] == ["ae.any"]  # each 1 of 4


def test_dose_limiting_toxicity_among_the_evaluable(rows: Any) -> None:
    cells = rows("- dose_limiting: {id: dlt}")
    assert [cells(f"dlt.{row}", "A") for row in ("treated", "evaluable", "dlt")] == [4, 3, 1]
    assert cells.share("dlt.dlt", "A") == (1, 3)


def test_best_response_with_exact_limits(rows: Any) -> None:
    """B: 2 of 4 respond; Clopper-Pearson 6.76 to 93.24% (tables of Clopper and Pearson 1934, n = 4)."""
    cells = rows("- response: {id: bor, absent: NE}")
    assert [cells(f"bor.{name}", "B") for name in ("CR", "PR", "SD", "PD", "NE")] == [1, 1, 1, 0, 1]
    assert cells.share("bor.ORR", "B") == (2, 4)
    assert cells("bor.ORR", "B", "lower") == pytest.approx(6.7586, abs=1e-4)
    assert cells("bor.ORR", "B", "upper") == pytest.approx(93.2414, abs=1e-4)
    assert cells.share("bor.DCR", "total") == (5, 8)


def test_response_method_and_level_are_parameters(rows: Any) -> None:
    """Wilson of 2/4 at 95%: 0.15 to 0.85; all respond never goes beyond 100."""
    cells = rows("- response: {id: bor, absent: NE, method: wilson}")
    assert cells("bor.ORR", "B", "lower") == pytest.approx(15.0036, abs=1e-3)
    narrow = rows("- response: {id: bor, absent: NE, method: wilson, levels: {ORR: 0.8}}")
    assert narrow("bor.ORR", "B", "lower") > cells("bor.ORR", "B", "lower")


def test_response_refuses_a_value_it_does_not_know(rows: Any) -> None:
    with pytest.raises(ProblemsFound) as error:
        rows("- response: {id: bor, categories: {PR: Partial, SD: Stable, CR: Complete}}")
    assert [p.found for p in error.value.problems] == ["AVALC: 'PD'"]


def test_subgroups_count_subjects_without_an_assessment(rows: Any) -> None:
    cells = rows("- subgroup_response: {id: orr, subgroups: {women: SEX = 'F', men: SEX = 'M'}}")
    assert cells.share("orr.women", "total") == (3, 6)  # S1, S5, S6 of S1 S2 S5 S6 S7 S8
    assert cells.share("orr.men", "total") == (0, 1)
    assert cells("orr.men", "total", "upper") == pytest.approx(97.5)


def test_times_to_events(rows: Any) -> None:
    """A: 2, 4, 6+, 8: S 0.75, 0.5, 0; the median lies between 4 and 8. B: 1, 3+, 5, 7+: S 0.75, 0.375."""
    cells = rows("""
        - time_to_event: {id: pfs, where: "PARAMCD = 'PFS'", landmarks: [5], follow_up: true, observed: true}
    """)
    assert cells.share("pfs.events", "A") == (3, 4)
    assert [cells("pfs.median", column, "value") for column in ("A", "B")] == [6, 5]
    assert cells("pfs.rate5", "A", "value") == 50
    assert cells("pfs.rate5", "B", "value") == pytest.approx(37.5)
    assert cells("pfs.follow_up", "B", "value") == 7  # reversed: 3 of 4 left at 3, then 7 of one
    assert cells("pfs.observed", "A", "value") == 5
    assert cells("pfs.median", "A", "lower") == 2 and math.isnan(cells("pfs.median", "A", "upper"))


def test_a_time_may_change_its_unit(rows: Any) -> None:
    cells = rows("""- time_to_event: {id: pfs, where: "PARAMCD = 'PFS'", value: AVAL * 30.4375}""")
    assert cells("pfs.median", "B", "value") == pytest.approx(5 * 30.4375)


def test_pharmacokinetic_parameters(rows: Any) -> None:
    """10, 20, 40: geometric mean 20, CV 78.5% (sqrt(exp(ln(2)^2) - 1)); with a 0 there is none."""
    cells = rows("""
        - pk_parameters: {id: pk, parameters: {CMAX: {show: geometric}, late: {code: TMAX, show: median}}}
    """)
    assert cells("pk.CMAX", "A", "geometric_mean") == pytest.approx(20)
    assert cells("pk.CMAX", "A", "geometric_cv") == pytest.approx(
        100 * math.sqrt(math.expm1(math.log(2) ** 2))
    )
    assert math.isnan(cells("pk.CMAX", "B", "geometric_mean"))
    assert cells("pk.CMAX", "B", "mean") == 4
    assert [cells("pk.late", "A", name) for name in ("median", "minimum", "maximum")] == [2, 1, 4]


@pytest.mark.parametrize(("rule", "n", "mean"), [("zero", 4, 0.5), ("half", 4, 0.875), ("missing", 1, 2.0)])
def test_concentrations_below_the_limit(rows: Any, rule: str, n: int, mean: float) -> None:
    """Before the dose: three below a limit of 1, and one of 2."""
    cells = rows(f"- concentrations: {{id: c, rule: {rule}, limit: LLOQ}}")
    assert [cells("c.0", "A", "n"), cells("c.0", "A", "mean"), cells("c.0", "A", "below")] == [n, mean, 3]
    assert [cells("c.1", "A", "n"), cells("c.1", "A", "mean")] == [3, 20]  # one sample has no result


def test_concentrations_with_too_few_above_the_limit_have_no_mean(rows: Any) -> None:
    cells = rows("- concentrations: {id: c, quantifiable: 50}")
    assert math.isnan(cells("c.0", "A", "mean")) and cells("c.0", "A", "median") == 0
    assert cells("c.1", "A", "mean") == 20


def test_contingency_with_fishers_exact_test(rows: Any) -> None:
    """3 of 4 in A and 2 of 4 in B: p = 1; by hand: C(8,5) = 56, tables 3/2 with 24, 2/3 with 24, 4/1 and 1/4."""
    cells = rows("""
        - contingency:
            id: any
            from: ADAE
            split: {a: ARM = 'A', b: ARM = 'B'}
            outcome: ATOXGRN >= 1
            compare: [[a, b]]
        - contingency:
            id: severe
            from: ADAE
            where: AEDECOD = 'Nausea'
            split: {a: ARM = 'A', b: ARM = 'B'}
            outcome: ATOXGRN >= 3
            among: ATOXGRN >= 1
    """)
    assert [cells.share(f"any.{name}", "total") for name in "ab"] == [(3, 4), (2, 4)]
    assert cells("any.a-b", "total", "p") == pytest.approx(1.0)
    assert [cells.share(f"severe.{name}", "total") for name in "ab"] == [(1, 2), (1, 1)]


def test_shift_from_baseline(rows: Any) -> None:
    cells = rows(
        "- shift: {id: s, from: ADLB, baseline: BASEGR, after: WORSTGR, categories: {0: '0', 1: '1', 2: '2'}}"
    )
    assert [cells(f"s.{pair}", "A") for pair in ("0.0", "0.2", "1.2", "0.missing", "1.1")] == [1, 1, 1, 1, 0]


def test_a_listing_keeps_order_and_population(rows: Any) -> None:
    cells = rows("""
        - listing: {id: l, from: ADAE, where: AESER = 'Y', columns: {USUBJID: Subject, ATOXGRN: Grade}}
    """)
    assert [cells(f"l.{n}", "USUBJID", "text") for n in (1, 2)] == ["S2", "S5"]
    assert cells("l.2", "ATOXGRN", "text") == "4"
    assert ("l.3", "USUBJID", "text") not in cells.by_name  # S9 is not of the population


def test_results_say_where_they_come_from(rows: Any) -> None:
    cells = rows("- events_by_term: {id: ae, terms: AEDECOD}")
    found = cells.by_name["ae.Nausea", "A", "count"]
    assert (found.source, found.n, found.N) == ("ADAE", 2, 4)
    assert found.condition == "(TRTEMFL = 'Y') AND (AEDECOD = 'Nausea')"
