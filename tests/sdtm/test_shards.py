"""Raw tables split by subject, converted apart and put together again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sdtm.mapping.registry import catalogue
from sdtm.pipeline import convert, read_tables
from sdtm.plan import Plan, make_plan
from sdtm.shards import split_tables, subjects_of
from sdtm.stages import RawTable
from specs import load_study

STUDY = """
    study: X1
    raw: {datasets: {ae: {file: ae.csv}, dm: {file: dm.csv}, llt: {file: llt.csv, lookup: true}}}
    subject: {SITEID: SITE, SUBJID: PT, USUBJID: "{STUDYID}-{SITEID}-{SUBJID}"}
"""
AE = """
    domain: AE
    sources:
      - from: ae
        join: [{with: dm, by: BY, take: [AGE], expect: optional}]
        map: {AETERM: TERM, AESPID: AGE, AEDECOD: {lookup: llt, by: {CODE: TERM}, take: NAME}}
"""
DM = "domain: DM\nsources: [{from: dm, map: {AGE: AGE}}]\n"
RAW = {
    "ae.csv": "SITE,PT,TERM\n1,b,x\n1,a,x\n2,a,y\n,,x\n1,b,y\n1,b,x\n",
    "dm.csv": "SITE,PT,AGE\n2,a,20\n1,b,12\n1,a,11\n3,c,33\n",
    "llt.csv": "CODE,NAME\nx,Nausea\ny,Rash\n",
}
WHOLE_SUBJECT = "{SITE: SITE, PT: PT}"


def prepared(
    build_study: Callable[..., Path], by: str = WHOLE_SUBJECT, ae: str = AE
) -> tuple[Plan, dict[str, RawTable]]:
    study = load_study(build_study(STUDY, {"ae": ae.replace("BY", by), "dm": DM}, RAW))
    tables, _ = read_tables(study)
    return make_plan(study, catalogue(), {name: list(table.frame) for name, table in tables.items()}), tables


def test_the_subject_of_every_raw_row(build_study):
    plan, tables = prepared(build_study)
    subjects = subjects_of(plan.domains["AE"].sources[0], plan.study.study, tables["ae"])
    assert subjects is not None
    found = [v if isinstance(v, str) else None for v in subjects.astype(object)]
    assert found == ["X1-1-b", "X1-1-a", "X1-2-a", None, "X1-1-b", "X1-1-b"]


@pytest.mark.parametrize("count", [2, 3, 4, 100])
def test_each_row_is_in_one_shard_and_subjects_stay_together(build_study, count):
    plan, tables = prepared(build_study)
    shards = split_tables(plan, tables, count)
    assert 1 < len(shards) <= count
    for name in ("ae", "dm"):
        positions = np.concatenate([shard.positions[name] for shard in shards])
        assert sorted(positions.tolist()) == list(range(len(tables[name].frame)))
        for shard in shards:
            part = shard.tables[name]
            assert part.rows.tolist() == tables[name].rows[shard.positions[name]].tolist()
    pairs = [
        {(row.SITE, row.PT) for row in shard.tables["ae"].frame.astype(object).itertuples()}
        for shard in shards
    ]
    assert sum(map(len, pairs)) == len(set().union(*pairs))


def test_shards_hold_consecutive_subjects(build_study):
    plan, tables = prepared(build_study)
    seen = []
    for shard in split_tables(plan, tables, 3):
        subjects = subjects_of(plan.domains["DM"].sources[0], plan.study.study, shard.tables["dm"])
        assert subjects is not None
        seen += sorted(subjects.astype(object))
    assert seen == sorted(seen)


def test_a_table_of_codes_goes_to_every_shard_whole(build_study):
    plan, tables = prepared(build_study)
    for shard in split_tables(plan, tables, 3):
        assert shard.tables["llt"] is tables["llt"] and "llt" not in shard.positions


def test_one_worker_needs_no_split(build_study):
    plan, tables = prepared(build_study)
    (shard,) = split_tables(plan, tables, 1)
    assert shard.tables is tables


@pytest.mark.parametrize("by", ["{PT: PT}", "{SITE: SITE}"])
def test_a_join_that_reaches_another_subject_is_not_split(build_study, by):
    plan, tables = prepared(build_study, by, AE.replace("expect: optional", "expect: many"))
    assert len(split_tables(plan, tables, 3)) == 1


def test_a_join_by_more_than_the_subject_is_split(build_study):
    plan, tables = prepared(build_study, "{SITE: SITE, PT: PT, AGE: TERM}")
    assert len(split_tables(plan, tables, 3)) > 1


@pytest.mark.parametrize(
    ("rule", "by", "splits"),
    [
        ("SUBJ", "{SITE: SITE, PT: SUBJ}", True),  # the same rule on a column of another name
        ("SUBJ", "{SITE: SUBJ, PT: SITE}", True),  # by other columns, but no row reaches another subject
        ("{expr: 'substr(SUBJ, 2)'}", "{SITE: SITE, PT: SUBJ}", False),  # equal columns, another subject
    ],
)
def test_tables_that_name_their_subjects_in_different_ways(build_study, rule, by, splits):
    study = STUDY.replace("{file: ae.csv}", f"{{file: ae.csv, subject: {{SUBJID: {rule}}}}}")
    raw = {**RAW, "ae.csv": "SITE,SUBJ,TERM\n1,b,x\n2,a,y\n"}
    made = load_study(build_study(study, {"ae": AE.replace("BY", by), "dm": DM}, raw))
    tables, _ = read_tables(made)
    plan = make_plan(made, catalogue(), {name: list(table.frame) for name, table in tables.items()})
    assert (len(split_tables(plan, tables, 2)) > 1) == splits


def test_a_lookup_in_a_table_of_subjects_is_not_split(build_study):
    ae = "domain: AE\nsources: [{from: ae, map: {AETERM: TERM, AESPID: {lookup: dm, by: {PT: PT}, take: AGE}}}]\n"
    plan, tables = prepared(build_study, ae=ae)
    assert len(split_tables(plan, tables, 3)) == 1


SAMPLES = """
    study: X1
    raw: {datasets: {pk: {file: pk.csv}, res: {file: res.csv, subject: {SUBJID: OWNER}}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
"""
PC = """
    domain: PC
    sources:
      - from: res
        join: [{with: pk, by: {CODE: CODE}, take: {OWNER: PT}, expect: optional}]
        map: {PCTESTCD: {value: DRUG}, PCTEST: {value: Drug}, PCORRES: VALUE, PCREFID: CODE}
      - from: pk
        where: CODE IS NULL
        map: {PCTESTCD: {value: DRUG}, PCTEST: {value: Drug}, PCSTAT: {value: NOT DONE}}
"""


def test_results_that_know_only_a_code_go_to_the_subject_of_the_sample(build_study):
    raw = {
        "pk.csv": "PT,CODE\na,1\na,2\nb,3\nc,\nc,4\n",
        "res.csv": "CODE,VALUE\n4,40\n3,30\n9,90\n1,10\n2,20\n",
    }
    folder = build_study(SAMPLES, {"pc": PC}, raw)
    one, two = (convert(load_study(folder), workers=workers) for workers in (1, 2))
    assert len(split_tables(one.plan, one.tables, 2)) == 2
    assert one.datasets["PC"].frame.astype(object).equals(two.datasets["PC"].frame.astype(object))
    assert (one.books, one.findings) == (two.books, two.findings)
    (orphan,) = [finding for finding in one.findings if finding.rule == "row-without-subject"]
    assert (orphan.places[0].file, orphan.places[0].row) == ("res.csv", 4)


def test_a_code_of_two_subjects_keeps_the_study_in_one_piece(build_study):
    """The result is counted for a, but its join reaches a sample of b."""
    study = SAMPLES.replace("OWNER", "NAME")
    raw = {"pk.csv": "PT,CODE\na,1\nb,2\n", "res.csv": "NAME,CODE,VALUE\na,1,10\na,2,20\n"}
    folder = build_study(study, {"pc": PC}, raw)
    made = convert(load_study(folder))
    assert len(split_tables(made.plan, made.tables, 2)) == 1


def test_two_processes_give_what_one_gives(build_study):
    folder = build_study(STUDY, {"ae": AE.replace("BY", WHOLE_SUBJECT), "dm": DM}, RAW)
    one, two = (convert(load_study(folder), workers=workers) for workers in (1, 2))

    def told(made: Any) -> list[Any]:
        return [
            made.findings,
            made.books,
            {n: d.frame.astype(object).to_dict() for n, d in made.datasets.items()},
        ]

    assert repr(told(one)) == repr(told(two))
    assert one.datasets["AE"].frame["AESPID"].astype(object).tolist() == ["11", "12", "12", "12", "20"]
