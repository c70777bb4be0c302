"""When each variable of a source can be made: at once, after reference dates, or after study days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sdtm.plan_parts import VariablePlan
from specs.problems import Problem

# Made by the finishing steps, not by a mapping, unless the spec maps them.
AFTER_DATES = ("VISIT", "VISITNUM", "VISITDY", "--STRESC", "--STRESN", "--STRESU")
AFTER_DAYS = ("EPOCH", "--DY", "--STDY", "--ENDY", "--LOBXFL", "--STNRLO", "--STNRHI", "--NRIND")
REFERENCE_DATES = (
    "RFSTDTC",
    "RFENDTC",
    "RFXSTDTC",
    "RFXENDTC",
    "RFICDTC",
    "RFPENDTC",
    "DTHDTC",
    "RFCSTDTC",
    "RFCENDTC",
)


def staged(
    variables: Sequence[VariablePlan], domain: str, wide: bool, problems: list[Problem]
) -> list[VariablePlan]:
    """Give each variable its stage and level from what it reads."""
    by_name = {variable.name: variable for variable in variables}
    after_dates = {pattern.replace("--", domain) for pattern in AFTER_DATES} | (
        set(REFERENCE_DATES) if domain == "DM" else set()
    )
    after_days = {pattern.replace("--", domain) for pattern in AFTER_DAYS}
    known: dict[str, tuple[int, bool]] = {}

    def visit(name: str, path: tuple[str, ...]) -> tuple[int, bool]:
        if name in known:
            return known[name]
        if name in path:
            problems.append(
                Problem(
                    "mapping-cycle",
                    by_name[name].location,
                    " -> ".join([*path[path.index(name) :], name]),
                    "variables that do not wait for each other",
                    "make one of them from raw columns",
                )
            )
            return (0, True)
        stage, row_level = 0, True
        for step in by_name[name].steps:
            for reference in step.references.values():
                if reference.kind == "raw":
                    continue
                if reference.kind == "subject":
                    stage = max(stage, 1)
                elif reference.name in by_name:
                    inner, level = visit(reference.name, (*path, name))
                    stage, row_level = max(stage, inner), row_level and level
                elif reference.name in after_days:
                    stage, row_level = 2, False
                elif reference.name in after_dates:
                    stage, row_level = max(stage, 1), False
                elif reference.name not in ("STUDYID", "DOMAIN", "USUBJID", "SITEID", "SUBJID"):
                    row_level = False
        known[name] = (stage, row_level or not wide)
        return known[name]

    out = []
    for variable in variables:
        stage, row_level = visit(variable.name, ())
        out.append(replace(variable, stage=stage, row_level=row_level))
    return out
