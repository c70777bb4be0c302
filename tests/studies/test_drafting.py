"""Specs drafted from raw files alone, compared with the reviewed specs of the same files.

Run with ``-rP`` to see the shares per domain. The floors stand slightly below what is reached; a draft that is wrong is
worse than a question, so little may be wrong. ``benchmarks/drafting.py`` prints the same with each mapping.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sdtm.drafting.draft import draft_study
from sdtm.lint_study import lint_study
from sdtm.pipeline import convert
from specs import load_study
from specs.model import Study

pytestmark = pytest.mark.xdist_group("drafting")

HERE = Path(__file__).parent
BENCHMARKS = HERE.parents[1] / "benchmarks"

# At least so much of the reviewed mappings drafted, at least so much of the drafts right, at most so much wrong.
FLOORS = {
    "pharmaverseraw": {"drafted": 0.70, "right": 0.85, "wrong": 0.03},
    "def01": {"drafted": 0.64, "right": 0.92, "wrong": 0.0},
    "lxi15029": {"drafted": 0.31, "right": 0.97, "wrong": 0.01},
}


@pytest.fixture(scope="module")
def score() -> Any:
    if not (BENCHMARKS / "draft_score.py").is_file():
        pytest.skip("benchmarks/ is not beside the tests")
    found = importlib.util.spec_from_file_location("draft_score", BENCHMARKS / "draft_score.py")
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules["draft_score"] = module
    found.loader.exec_module(module)
    return module


def reviewed_study(name: str, request: pytest.FixtureRequest) -> Study:
    if (HERE / name).is_dir():
        request.getfixturevalue("shared")
        return load_study(HERE / name)
    return load_study(name)


def shares(verdicts: list[Any]) -> tuple[Counter[str], float, float, float]:
    counts = Counter(verdict.verdict for verdict in verdicts)
    drafted = counts["right"] + counts["near"] + counts["wrong"]
    return counts, drafted / len(verdicts), counts["right"] / drafted, counts["wrong"] / drafted


@pytest.mark.parametrize("name", FLOORS)
def test_a_drafted_spec_beside_the_reviewed_one(
    name: str, score: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    reviewed = reviewed_study(name, request)
    draft = score.draft_like(reviewed, tmp_path)
    verdicts, extra = score.compare(score.compile_study(reviewed), score.compile_study(draft))
    for domain, told in score.table_of(verdicts):
        print(domain, dict(told))
    counts, drafted, right, wrong = shares(verdicts)
    print(
        f"{name}: drafted {drafted:.1%}, of these right {right:.1%}, wrong {wrong:.1%}; {len(extra)} more drafts"
    )
    floors = FLOORS[name]
    assert drafted >= floors["drafted"]
    assert right >= floors["right"]
    assert wrong <= floors["wrong"]
    # What is not drafted is asked, for the most part.
    assert counts["question"] > counts["silent"]
    assert not [problem for problem in lint_study(draft) if problem.severity == "error"]


def test_a_drafted_spec_runs_with_drafts(tmp_path: Path, score: Any, request: pytest.FixtureRequest) -> None:
    """What it drafted of def01 comes out as the reviewed spec has it: subjects, events, first doses."""
    reviewed = reviewed_study("def01", request)
    made = convert(score.draft_like(reviewed, tmp_path), drafts=True).datasets
    wanted = convert(reviewed).datasets
    for name, variables in {
        "DM": ["USUBJID", "RFXSTDTC", "RFXENDTC", "BRTHDTC", "RFICDTC", "RACE", "ARM"],
        "EX": ["USUBJID", "EXTRT", "EXDOSE", "EXSTDTC", "EXENDTC"],
        "AE": ["USUBJID", "AETERM", "AESEV", "AESER", "AESTDTC", "AEENDTC"],
    }.items():
        one, two = (
            sorted(map(tuple, each[name].frame[variables].astype(object).fillna("").astype(str).to_numpy()))
            for each in (made, wanted)
        )
        assert one == two, name


def test_the_order_of_files_and_rows_says_nothing(
    tmp_path: Path, score: Any, request: pytest.FixtureRequest
) -> None:
    """Rows turned round give the same mappings (evidence may show other examples)."""
    reviewed = reviewed_study("def01", request)
    first = score.draft_like(reviewed, tmp_path)
    for path in tmp_path.glob("*.csv"):
        head, *rows = path.read_text("utf-8").splitlines()
        path.write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    second = draft_study(tmp_path, str(tmp_path))

    def mappings(study: Study) -> dict[str, Any]:
        return {
            f"{name}.{variable}": {k: v for k, v in rule.items() if k not in ("evidence", "terms", "format")}
            for name, domain in study.sdtm.items()
            for source in domain.sources
            for variable, rule in source.map.items()
        }

    assert mappings(first) == mappings(second)
    assert {q.id for q in first.questions} == {q.id for q in second.questions}
