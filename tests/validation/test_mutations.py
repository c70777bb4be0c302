"""Errors seeded one at a time into clean datasets: each is found by the right rule, and clean data have no finding.

The clean datasets are those of the bundled study LXI-15029 (synthetic), without the records that its README
lists as wrong on purpose, and with a small RELREC that is made here. What has to be found is stated by hand in
``mutations/``. The share that was found is told at the end of the tests.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from specs import load_study
from validation.judge import judge
from validation.rules.registry import ALL_DATASETS, rules
from validation.schema_defects import SCHEMA_DEFECTS
from validation.tables import Metadata

pytestmark = pytest.mark.xdist_group("mutations")

LISTS = Path(__file__).resolve().parent / "mutations"


BEFORE: dict[frozenset[str], set[tuple[str, str]]] = {}  # what the clean datasets of these names tell


def _module(name: str, path: Path) -> Any:
    found = importlib.util.spec_from_file_location(name, path)
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    found.loader.exec_module(module)
    return module


changes = _module("mutation_changes", LISTS / "changes.py")
MUTATIONS = [
    mutation
    for path in sorted(LISTS.glob("*.py"))
    if path.stem != "changes"
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
    frames["RELREC"] = pd.DataFrame(
        {
            "STUDYID": ["LXI15029"] * 2,
            "RDOMAIN": ["AE", "CM"],
            "USUBJID": ["LXI15029-01-001"] * 2,
            "IDVAR": ["AESEQ", "CMSEQ"],
            "IDVARVAL": ["1", "1"],
            "RELTYPE": [None, None],
            "RELID": ["R1", "R1"],
        }
    )
    labels = {name: {v.name: v.label for v in d.variables} | {"": d.label} for name, d in datasets.items()}
    return study, changes.Data(frames, labels)


def _findings(study: Any, data: Any, names: Iterable[str]) -> list[Any]:
    frames = {name: data.frames[name] for name in names if name in data.frames}
    metadata = {
        name: Metadata(
            label=data.labels[name].get("", ""),
            labels={variable: text for variable, text in data.labels[name].items() if variable in frame},
            lengths=data.lengths.get(name, {}),
        )
        for name, frame in frames.items()
        if name in data.labels
    }
    return list(judge(frames, study, metadata=metadata).findings)


def _told(study: Any, data: Any, names: Iterable[str]) -> set[tuple[str, str]]:
    return {(f.rule, f"{f.dataset}.{f.variable}".rstrip(".")) for f in _findings(study, data, names)}


def _needed(mutation: Any) -> frozenset[str]:
    """The datasets that show the error: those that it is in and what they point at, and what the rule reads.

    The others would only take time; that all of them together have no finding is tested by itself.
    """
    found = {"DM", mutation.at.partition(".")[0]} | {name for c in mutation.changes for name in c.touches}
    for rule in rules():
        if rule.id == mutation.rule:
            needs = [name for need in rule.needs for name in ([need] if isinstance(need, str) else need)]
            found |= {name.partition(".")[0] for name in (*needs, *rule.optional) if "." in name}
            found |= {"DS", "EX", "SUPPDM"} if rule.study_wide or ALL_DATASETS in rule.needs else set()
    found |= {name.removeprefix("SUPP") for name in found if name.startswith("SUPP")}
    return frozenset(found | ({"AE", "CM"} if "RELREC" in found else set()))


def test_clean_data_have_no_finding(clean) -> None:
    study, data = clean
    assert [str(finding) for finding in _findings(study, data, data.frames)] == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
def test_a_seeded_error_is_found_by_the_right_rule(mutation, clean, record_property) -> None:
    study, data = clean
    record_property("seeded error", mutation.rule)  # counted at the end, see tests/conftest.py
    changed = changes.Data(dict(data.frames), dict(data.labels), dict(data.lengths))
    for change in mutation.changes:
        change.apply(changed)
    names = _needed(mutation)
    # Here it is the change that is found, and not that the other datasets are left out.
    if names not in BEFORE:
        BEFORE[names] = _told(study, data, names)
    assert (mutation.rule, mutation.at) not in BEFORE[names]
    told = _told(study, changed, names | (changed.frames.keys() - data.frames))
    assert (mutation.rule, mutation.at) in told


def test_each_mutation_is_told_apart() -> None:
    twice = [text for text, count in Counter(map(str, MUTATIONS)).items() if count > 1]
    assert twice == []
    assert len(MUTATIONS) >= 60


# Rules without a seeded error so far; each has a test of its own beside its module.
NOT_SEEDED = {
    "repeated-variable",  # cannot be seeded by changing a frame, which has each column once
    "arm-not-planned",
    "lesion-changes-kind",
    "lesion-group-changes",
    "lesion-measured-twice",
    "number-misspelt",
    "reason-contradicts-arms",
    "response-without-date",
    "unplanned-treatment-undescribed",
    "unscheduled-visit-without-record",
}


def test_every_rule_has_a_seeded_error() -> None:
    from validation.metadata_checks import METADATA_DEFECTS

    known = {rule.id for rule in rules()} | {d.id for d in (*SCHEMA_DEFECTS, *METADATA_DEFECTS)}
    seeded = {mutation.rule for mutation in MUTATIONS}
    assert seeded <= known
    assert known - seeded == NOT_SEEDED
