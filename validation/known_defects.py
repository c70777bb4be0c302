"""Every defect that checks of datasets can find, by its id."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache

from validation.defects import Defect

# Modules whose checks are no registered rules; their defects stand there as constants.
_CONSTANTS = (
    "validation.schema_defects",
    "validation.metadata_checks",
    "validation.analysis_schemas",
    "validation.define_defects",
)
RULE_NOT_RUN = "rule-not-run"  # what a check could not look at


@cache
def every_defect() -> tuple[Defect, ...]:
    """The defects of the schemas and of the registered rules; one id may stand for SDTM and for ADaM."""
    from validation.rules.registry import rules

    own = [
        value
        for module in _CONSTANTS
        for value in vars(importlib.import_module(module)).values()
        if isinstance(value, Defect)
    ]
    return tuple(dict.fromkeys((*own, *(rule.defect for rule in rules()))))


@cache
def known_defects() -> Mapping[str, Defect]:
    """Every defect by its id."""
    return {defect.id: defect for defect in every_defect()}


def is_of_checks(rule: str) -> bool:
    """Whether checks of datasets find it, and not what makes the datasets."""
    return rule == RULE_NOT_RUN or rule in known_defects()
