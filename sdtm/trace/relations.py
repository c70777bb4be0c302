"""A cell of RELREC or RELSPEC, made of finished datasets by what the spec declares (`links:`, `specimens:`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sdtm.columns import constant
from sdtm.plan import Plan
from sdtm.relationships import relationships
from sdtm.stages import Dataset, Variable
from sdtm.trace.explained import ExplainedStep, Read, ReadRecord, frame_of, text_at
from sdtm.trace.record_keys import shown

RELATIONS = ("RELREC", "RELSPEC")
Wanted = dict[str, list[str]]


def relation_step(
    plan: Plan, dataset: str, variable: str, record: Mapping[str, str], read: Callable[[str], pd.DataFrame]
) -> ExplainedStep | None:
    """How a cell follows from the records that are related. ``record``: its values; ``read``: datasets by name.

    None for a record that no `links:` of the spec made, as those of concentrations and the parameters from them.
    """
    path, own, wanted = _link(plan, record) if dataset == "RELREC" else _specimens(plan, read)
    if not wanted:
        return None
    subject = record.get("USUBJID", "")
    records = {name: _records(read(name), name, names, subject) for name, names in wanted.items()}
    value = record[variable] or None

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        datasets = {name: _dataset(name, frame_of(rows)) for name, rows in told.records.items() if rows}
        small = replace(plan, study=plan.study.model_copy(update=own))
        made = relationships(small, datasets, {})[0][dataset].frame
        others = [name for name in made if name != variable]
        found = [
            text_at(made[variable], row)
            for row in range(len(made))
            if all((text_at(made[name], row) or "") == record[name] for name in others)
        ]
        # A record that several relationships name is told apart by the value itself only.
        same = value if value in found else next(iter(found), None)
        return same, same

    said = (
        "records that have the same linking value" if dataset == "RELREC" else "specimens and their parents"
    )
    return ExplainedStep(
        f"{dataset}.{variable}",
        path[0],
        said,
        str(plan.study.where(*path)),
        records=records,
        gave=value,
        value=value,
        again=again,
    )


def _link(plan: Plan, record: Mapping[str, str]) -> tuple[tuple[Any, ...], dict[str, Any], Wanted]:
    """The link that made a record of RELREC, and the variables that it reads."""
    for number, link in enumerate(plan.study.links):
        relation = link.RELID or "".join(link.records)
        level = "record" if record.get("USUBJID") else "dataset"
        number_of = record["RELID"].removeprefix(relation)
        named = record["RELID"].startswith(relation) and (number_of.isdigit() or not number_of)
        if named and link.level == level and record["RDOMAIN"] in link.records:
            wanted = {name: [f"{name}SEQ", variable] for name, variable in link.records.items()}
            return ("links", number), {"links": (link,), "specimens": {}}, wanted
    return ("links",), {"specimens": {}}, {}


def _specimens(
    plan: Plan, read: Callable[[str], pd.DataFrame]
) -> tuple[tuple[Any, ...], dict[str, Any], Wanted]:
    wanted = {}
    for name, each in plan.study.specimens.items():
        names = [each.id or f"{name}REFID", f"{name}SPEC", each.parent]
        wanted[name] = [variable for variable in names if variable]
    return ("specimens",), {"links": ()}, wanted


def _records(frame: pd.DataFrame, dataset: str, names: list[str], subject: str) -> tuple[ReadRecord, ...]:
    """The records (of a subject) with a value in the last of the named variables, as the output holds them."""
    kept = ["USUBJID", *(name for name in dict.fromkeys(names) if name in frame)]
    rows = np.ones(len(frame), dtype=bool) if not subject else (frame["USUBJID"] == subject).to_numpy()
    found = []
    for row in np.flatnonzero(rows).tolist():
        values = [shown(frame[name].iloc[row]) or None for name in kept]
        sequence = f"{dataset}SEQ"
        label = f"{dataset} {shown(frame[sequence].iloc[row])}" if sequence in frame else dataset
        kinds = ["Num" if pd.api.types.is_numeric_dtype(frame[name].dtype) else "Char" for name in kept]
        reads = (Read(n, v, k) for n, v, k in zip(kept, values, kinds, strict=True))  # type: ignore[arg-type]
        found.append(ReadRecord(label, tuple(reads)))
    return tuple(found)


def _dataset(name: str, frame: pd.DataFrame) -> Dataset:
    nothing = constant(None, frame.index)
    source = pd.DataFrame({"table": nothing, "position": np.full(len(frame), -1), "column": nothing})
    variables = tuple(Variable(each, "", "Char") for each in frame)
    return Dataset(name, "", variables, frame, source)
