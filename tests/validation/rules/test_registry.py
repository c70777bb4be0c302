"""The registry: words of each rule, published ids, and that each has its test."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from validation.metadata_checks import METADATA_DEFECTS
from validation.rules.registry import defect_of, register, rules, sources_of
from validation.schema_defects import SCHEMA_DEFECTS

HERE = Path(__file__).parent
DEFECTS = [*(rule.defect for rule in rules()), *SCHEMA_DEFECTS, *METADATA_DEFECTS]


def test_an_id_names_one_defect() -> None:
    ids = [defect.id for defect in DEFECTS]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", id) for id in ids)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.id)
def test_each_defect_tells_what_is_there_what_should_be_and_what_helps(defect) -> None:
    assert defect.message and defect.expected and defect.do
    assert not defect.message.endswith(".")


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_each_rule_has_a_test(rule) -> None:
    texts = [file.read_text(encoding="utf-8") for file in sorted(HERE.glob("test_*.py"))]
    if rule.function.__module__.endswith("presence") and rule.lacks:
        return  # test_presence goes through the tables themselves
    assert any(f'"{rule.id}"' in text for text in texts)


def test_published_ids_are_in_the_reference_and_belong_together(shared) -> None:
    path = shared / "reference" / "standards" / "core-rules-sdtmig34.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        published = {
            row["rule"]: {*row["cdisc_rules"].split(), *row["fda_rules"].split()}
            for row in csv.DictReader(lines)
        }
    for defect in DEFECTS:
        core = {source for source in defect.sources if source.startswith("CORE-")}
        others = {source for source in defect.sources if re.match(r"(CG|FB|TRC)\d", source)} - {"CG0001"}
        assert core <= published.keys(), defect.id
        assert others == set().union(*(published[id] for id in core)) - {"CG0001"}, defect.id


def test_sources_are_ids_and_a_section() -> None:
    assert sources_of("CORE-000354, CG0007, SDTMIG 3.4, 4.4.4") == (
        "CORE-000354",
        "CG0007",
        "SDTMIG 3.4, 4.4.4",
    )
    assert sources_of("") == ()


def test_a_rule_without_its_words_is_refused() -> None:
    def silent(dataset):
        """Something is wrong.

        Why: nobody says what to do.
        """

    with pytest.raises(ValueError, match="Expected:, Why: and Do:"):
        defect_of(silent, "silent-rule", "error", "")


def test_an_id_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        register(rules()[0])
