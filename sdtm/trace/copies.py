"""A value of a domain that holds the records of another one in other units (`copy_of:`)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import constant
from sdtm.convert_shard import FinishedDomain
from sdtm.copied_domains import copied_domains, renamed
from sdtm.trace.explained import ExplainedStep, Read, kind_of, text_at
from sdtm.trace.finished.small_states import columns_of

if TYPE_CHECKING:
    from sdtm.trace.teller import Record, Teller


def copied_step(teller: Teller, record: Record, place: int, name: str, variable: str) -> ExplainedStep:
    """How a variable of the copy ``name`` follows from the record that is copied; ``place``: its finished row."""
    old, plan = record.domain, teller.plan
    frame = teller.told.result.domains[old].frame
    reads = tuple(
        Read(each, text, kind_of(frame[each]), of=f"{old} record of {teller.label(record)}")
        for each in frame
        if (text := text_at(frame[each], place)) is not None
    )
    made = teller.told.result.domains[name].frame
    value = text_at(made[variable], place) if variable in made else None

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        columns = columns_of(told.reads)
        index = pd.RangeIndex(1)
        missing = {each: frame[each].iloc[:0].reindex(index) for each in frame if each not in columns}
        source = pd.DataFrame(
            {"table": constant(None, index), "position": np.full(1, -1), "column": constant(None, index)}
        )
        own = FinishedDomain(old, pd.DataFrame({**missing, **columns})[list(frame)], source)
        two = replace(plan, domains={each: plan.domains[each] for each in (old, name)})
        copies, _ = copied_domains(two, {old: own})
        found = text_at(copies[name].frame[variable], 0) if variable in copies[name].frame else None
        return found, found

    own = next((each for each in frame if renamed(each, old, name) == variable), variable)
    return ExplainedStep(
        f"{name}.{variable}",
        "copy_of",
        f"{own} of the {old} record, in the units of {name}",
        str(plan.study.where("sdtm", name, "copy_of")),
        reads,
        gave=value,
        value=value,
        again=again,
    )
