"""What the checks cost is told by dataset and by rule."""

from __future__ import annotations

from validation.costs import costs_dicts, costs_text
from validation.judge import SCHEMA, judge
from validation.rules.engine import Cost

COSTS = [Cost("a", "AE", 10, 1.5), Cost("a", "LB", 20, 0.5), Cost("b", "LB", 20, 2.0), Cost("c", "", 0, 0.0)]


def test_datasets_and_rules_stand_by_what_they_cost() -> None:
    lines = [line.split() for line in costs_text(COSTS, shown=2).splitlines()]
    assert lines[0][2] == "4.00"
    assert lines[3] == ["LB", "2.50", "62%", "40"]
    assert lines[4] == ["AE", "1.50", "38%", "10"]
    assert [line[:2] for line in lines[8:10]] == [["a", "2.00"], ["b", "2.00"]]
    assert lines[10][:5] == ["...", "and", "1", "more", "rules"]


def test_costs_as_plain_values() -> None:
    assert costs_dicts(COSTS)[0] == {"rule": "b", "dataset": "LB", "records": 20, "seconds": 2.0}


def test_a_judgement_knows_what_each_dataset_and_rule_cost(frames) -> None:
    judgement = judge(frames(DM="STUDYID|DOMAIN|USUBJID|SUBJID\nX1|DM|S1|1"))
    of_schema = [cost for cost in judgement.costs if cost.rule == SCHEMA]
    assert [(cost.dataset, cost.records) for cost in of_schema] == [("DM", 1)]
    assert {ran.rule for ran in judgement.ran} <= {cost.rule for cost in judgement.costs}
    assert min(cost.seconds for cost in judgement.costs) >= 0


def test_the_command_prints_costs_beside_the_report(sdtm, tmp_path) -> None:
    (tmp_path / "dm.csv").write_text("STUDYID,DOMAIN,USUBJID,SUBJID\nX1,DM,S1,1\n", encoding="utf-8")
    plain = sdtm("validate", str(tmp_path), "--costs")
    assert "Checks took" in plain.out
    as_json = sdtm("validate", str(tmp_path), "--costs", "--format", "json")
    assert "Checks took" in as_json.err and "Checks took" not in as_json.out
