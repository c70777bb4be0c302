"""The ids of all findings, so that `accept:` of a spec can be checked."""

from __future__ import annotations

import importlib

from sdtm.mapping.registry import catalogue

# Findings that are told where they arise, beside those of algorithms. A test compares them with the code.
CONVERSION_RULES = frozenset(
    {
        "accept-without-finding",
        "ambiguous-decode",
        "arm-unclear",
        "blank-line",
        "collapse-conflict",
        "column-names-differ-in-case",
        "column-unaccounted",
        "drafts",
        "date-after-data-cut",
        "duplicate-key",
        "duplicate-row",
        "element-not-in-arm",
        "element-out-of-order",
        "empty-row",
        "file-not-read",
        "link-without-partner",
        "long-text-split",
        "merged-cells",
        "no-cut-off",
        "no-rows",
        "not-a-number",
        "quote-inside-field",
        "range-ambiguous",
        "range-not-found",
        "range-unit-differs",
        "range-unreadable",
        "range-without-unit",
        "reference-date-uncertain",
        "result-and-not-done",
        "row-unaccounted",
        "row-without-subject",
        "rule-not-run",
        "specimen-conflict",
        "specimen-without-parent",
        "subject-id-form",
        "supplemental-qualifier",
        "trailing-blanks-removed",
        "undeclared-term",
        "unit-assumed",
        "unit-not-converted",
        "unmapped-term",
        "value-without-format-label",
        "visit-by-window",
        "visit-not-planned",
        "visit-out-of-window",
        "visit-outside-windows",
        "xpt-read-back",
    }
)
# Modules whose checks are no registered rules; their defects stand there as constants.
_DEFECT_MODULES = ("validation.metadata_checks", "validation.schema_defects")


def finding_rules() -> frozenset[str]:
    """Every id that a finding may have: of conversion, of algorithms, of checks on datasets."""
    from validation.defects import Defect
    from validation.rules.registry import rules

    constants = {
        value.id
        for module in _DEFECT_MODULES
        for value in vars(importlib.import_module(module)).values()
        if isinstance(value, Defect)
    }
    algorithms = {algorithm.rule for algorithm in catalogue().values()}
    return CONVERSION_RULES | algorithms | constants | {rule.id for rule in rules()}
