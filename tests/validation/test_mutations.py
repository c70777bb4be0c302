"""Errors seeded one at a time into clean datasets: each is found by the right rule, and clean data have no finding.

The clean datasets are those of the bundled study LXI-15029 (synthetic), without the records that its README
lists as wrong on purpose, and with a few small datasets that it does not have (``mutations/additions.py``). What
has to be found is stated by hand in ``mutations/``. The share that was found is told at the end of the tests.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from specs import load_study
from specs.standards import implementation_guide
from validation.judge import judge
from validation.metadata_checks import METADATA_DEFECTS, metadata_failures
from validation.rules.engine import run_rules
from validation.rules.registry import ADAM, rules
from validation.schema_checks import failures
from validation.schema_defects import SCHEMA_DEFECTS
from validation.schemas import schema_for
from validation.tables import Metadata, Table, table_of

pytestmark = pytest.mark.xdist_group("mutations")

LISTS = Path(__file__).resolve().parent / "mutations"


def _module(name: str, path: Path) -> Any:
    found = importlib.util.spec_from_file_location(name, path)
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    found.loader.exec_module(module)
    return module


changes = _module("mutation_changes", LISTS / "changes.py")
additions = _module("mutation_additions", LISTS / "additions.py")
MUTATIONS = [
    mutation
    for path in sorted(LISTS.glob("*.py"))
    if path.stem not in ("changes", "additions")
    for mutation in _module(f"mutations_{path.stem}", path).MUTATIONS
]


@pytest.fixture(scope="module")
def clean() -> Any:
    """The datasets without a fault; what a test changes is a copy."""
    from sdtm.pipeline import convert

    study = load_study("lxi15029")
    datasets = convert(study).datasets
    frames = {name: dataset.frame for name, dataset in datasets.items()}
    ae = frames["AE"]
    twice = (ae["USUBJID"] == "LXI15029-01-019") & (ae["AESEQ"] == 1)  # entered twice, AE.csv rows 48 and 49
    frames["AE"] = ae[~twice]
    supp = frames["SUPPAE"]
    frames["SUPPAE"] = supp[~((supp["USUBJID"] == "LXI15029-01-019") & (supp["IDVARVAL"] == "1"))]
    frames["LB"] = frames["LB"][frames["LB"]["USUBJID"].isin(frames["DM"]["USUBJID"])]  # 036 is not in DM
    frames = {name: frame.reset_index(drop=True) for name, frame in frames.items()}
    frames |= additions.additions(frames)
    labels = {name: {v.name: v.label for v in d.variables} | {"": d.label} for name, d in datasets.items()}
    return study, changes.Data(frames, labels)


def _metadata(data: Any, name: str, frame: pd.DataFrame) -> Metadata:
    labels = data.labels.get(name, {})
    return Metadata(
        label=labels.get("", ""),
        labels={variable: text for variable, text in labels.items() if variable in frame},
        lengths=data.lengths.get(name, {}),
    )


def _findings(study: Any, data: Any) -> list[Any]:
    metadata = {
        name: _metadata(data, name, frame) for name, frame in data.frames.items() if name in data.labels
    }
    return list(judge(data.frames, study, metadata=metadata).findings)


BEFORE: dict[
    tuple[str, str], set[tuple[str, str]]
] = {}  # what a rule, or a schema, tells of the clean datasets
TABLES: dict[tuple[str, int], tuple[Any, Table]] = {}  # of data frames as they are, which a change makes anew


def _table(study: Any, data: Any, name: str) -> Table:
    frame = data.frames[name]
    metadata = _metadata(data, name, frame)
    key = (name, id(frame))
    if key not in TABLES or TABLES[key][1].metadata != metadata:
        TABLES[key] = (frame, table_of(name, frame, implementation_guide(), study, metadata))
    return TABLES[key][1]


def _told(study: Any, data: Any, rule_id: str, where: str) -> set[tuple[str, str]]:
    """What a rule tells of all datasets; for what is no rule, the schema and the labels of one dataset."""
    chosen = [rule for rule in rules() if rule.id == rule_id]
    if chosen:
        failed = run_rules(chosen, {name: _table(study, data, name) for name in sorted(data.frames)}).failures
    else:
        table = _table(study, data, where)
        variables = [str(column) for column in data.frames[where].columns]
        schema = schema_for(table.standard, study, variables=variables)
        failed = [*failures(schema, table.frame, where), *metadata_failures(table)]
    return {(f.defect.id, f"{f.dataset}.{f.variable}".rstrip(".")) for f in failed}


def test_clean_data_have_no_finding(clean) -> None:
    study, data = clean
    assert [str(finding) for finding in _findings(study, data)] == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
def test_a_seeded_error_is_found_by_the_right_rule(mutation, clean, record_property) -> None:
    study, data = clean
    record_property("seeded error", mutation.rule)  # counted at the end, see tests/conftest.py
    changed = changes.Data(dict(data.frames), dict(data.labels), dict(data.lengths))
    for change in mutation.changes:
        change.apply(changed)
    where = mutation.at.partition(".")[0]
    before = (mutation.rule, where)
    if before not in BEFORE:
        BEFORE[before] = _told(study, data, mutation.rule, where) if where in data.frames else set()
    # It is the change that is found, and by the rule that is meant.
    assert (mutation.rule, mutation.at) not in BEFORE[before]
    assert (mutation.rule, mutation.at) in _told(study, changed, mutation.rule, where)


def test_each_mutation_is_told_apart() -> None:
    twice = [text for text, count in Counter(map(str, MUTATIONS)).items() if count > 1]
    assert twice == []
    assert len(MUTATIONS) >= 330


def test_every_rule_has_a_seeded_error() -> None:
    known = {rule.id for rule in rules() if rule.model != ADAM}
    known |= {defect.id for defect in (*SCHEMA_DEFECTS, *METADATA_DEFECTS)}
    assert known == {mutation.rule for mutation in MUTATIONS}
