"""Which variables the SDTM of a spec may have, whether or not the data fill them.

A permissible variable without any value is not in its dataset, and a qualifier without one has no record;
an analysis that reads them must not depend on that.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from sdtm.adam.inputs import Inputs
from sdtm.finished_variables import finished_variables, mapped_variables
from sdtm.plan_parts import Plan


def planned_columns(plan: Plan) -> dict[str, dict[str, str]]:
    """Dataset -> its variables and qualifiers -> Char or Num, as far as the spec makes them."""
    found: dict[str, dict[str, str]] = {}
    for name, domain in plan.domains.items():
        made = mapped_variables(domain) | set(finished_variables(plan.study, plan.guide, plan.domains, name))
        made |= {
            variable.name
            for variable in plan.guide.variables(name, domain.class_name)
            if variable.core == "Req"
        }
        made |= {v.name for v in plan.guide.variables(name, domain.class_name) if v.core == "Exp"}
        kinds = {}
        for variable in sorted(made - set(domain.definition.drop)):
            known = plan.guide.variable(name, variable, domain.class_name)
            kinds[variable] = known.type if known else "Char"
        qualifiers = {supp.name: "Char" for source in domain.sources for supp in source.supp}
        found[name] = qualifiers | kinds
    if plan.study.links:
        found["RELREC"] = {variable.name: variable.type for variable in plan.guide.variables("RELREC")}
    return found


def with_planned_columns(inputs: Inputs, plan: Plan) -> Inputs:
    """SDTM with an empty column for each planned variable that the data left out."""
    frames = dict(inputs.frames)
    for name, kinds in planned_columns(plan).items():
        frame = frames.get(name)
        if frame is None:
            frame = pd.DataFrame(index=pd.RangeIndex(0))
        empty = {
            variable: pd.Series(np.full(len(frame), np.nan), index=frame.index)
            if kind == "Num"
            else pd.Series([None] * len(frame), index=frame.index, dtype="str")
            for variable, kind in kinds.items()
            if variable not in frame
        }
        frames[name] = frame.assign(**empty) if empty else frame
    return replace(inputs, frames=frames)
