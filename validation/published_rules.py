"""Published conformance rules for SDTMIG 3.4 by their ids, and what the toolkit says of each.

The table holds ids and words of our own, no text of the rules. Which of our checks covers a rule is not written there:
each check names the ids that it covers (``validation.rule_coverage``).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "rules" / "published.csv"
# Why a rule is not covered by a check of datasets.
NOT_COVERED = {
    "not applicable": "cannot occur in the package of a clinical study of this kind",
    "needs define.xml": "is about define.xml, not about datasets",
    "elsewhere": "is looked at by another part of the toolkit",
    "on purpose": "would tell things that are no fault",
    "not yet": "could be checked and is not",
}


@dataclass(frozen=True, slots=True)
class PublishedRule:
    """``rule``: its id in CDISC CORE. ``cdisc`` and ``others``: ids of CDISC, and of agencies, for the same thing.

    ``sensitivity``: record, dataset or group, as published. ``not_covered``: one of ``NOT_COVERED``, or empty.
    ``remark``: why it is not covered, or what our check does otherwise.
    """

    rule: str
    cdisc: tuple[str, ...]
    others: tuple[str, ...]
    sensitivity: str
    not_covered: str
    remark: str


@cache
def published_rules() -> Sequence[PublishedRule]:
    """All rules of the table, in its order."""
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            PublishedRule(
                row["rule"],
                tuple(row["cdisc_rules"].split()),
                tuple(row["other_rules"].split()),
                row["sensitivity"],
                row["not_covered"],
                row["remark"],
            )
            for row in csv.DictReader(lines)
        )
