"""Rules on how subjects get their arms."""

from __future__ import annotations

from collections.abc import Iterator

from specs.problems import Problem
from specs.rules.spec import Spec


def assigned_arms(spec: Spec) -> Iterator[Problem]:
    """Arms are assigned in DM, to subjects of whom it is known whether they were treated."""
    for name, domain in spec.study.sdtm.items():
        if not domain.assign_arms:
            continue
        where = spec.where("sdtm", name, "assign_arms")
        if name != "DM":
            found, do = f"assign_arms in {name}", "write it in sdtm/dm.yaml"
            yield Problem("bad-value", where, found, "arms in DM, where subjects have them", do)
            continue
        mapped = {variable for source in domain.sources for variable in source.map}
        if "RFXSTDTC" not in mapped | set(domain.reference_dates):
            yield Problem(
                "missing-key",
                where,
                "assign_arms without RFXSTDTC",
                "the date of the first dose, which says who was treated",
                "add reference_dates: {RFXSTDTC: {earliest: EX.EXSTDTC}}",
            )
        if "ARMCD" not in mapped:
            yield Problem(
                "missing-key",
                where,
                "assign_arms without ARMCD",
                "the planned arm of each subject",
                "map ARMCD",
            )
