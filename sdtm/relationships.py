"""RELREC and RELSPEC, made of finished datasets by the links and specimens that the study declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sdtm.columns import constant, text
from sdtm.finishing.links import dataset_relation, linked_groups, unmatched
from sdtm.finishing.sequence import sort_order
from sdtm.finishing.specimens import specimen_levels
from sdtm.numbers import shortest
from sdtm.plan import Plan
from sdtm.stages import Dataset, RawTable, Variable
from specs.links import Link
from specs.problems import Problem, ProblemsFound, suggest
from validation.findings import PLACES_SHOWN, Finding, Place

Row = dict[str, str | None]


def relationships(
    plan: Plan, datasets: Mapping[str, Dataset], tables: Mapping[str, RawTable]
) -> tuple[dict[str, Dataset], list[Finding]]:
    """The datasets of relationships, and what does not fit together.

    A dataset of a link that has no records takes no part. Source: SDTMIG 3.4, 8.2, 8.3 (RELREC), 8.8 (RELSPEC).
    Raises ``ProblemsFound`` for a variable that a dataset does not have.
    """
    findings: list[Finding] = []
    made: dict[str, Dataset] = {}
    rows: list[Row] = []
    for number, link in enumerate(plan.study.links):
        found, told = _related(plan, datasets, tables, link, number)
        rows += found
        findings += told
    if rows:
        made["RELREC"] = _dataset(plan, "RELREC", rows)
    specimens, told = _specimens(plan, datasets)
    findings += told
    if specimens:
        made["RELSPEC"] = _dataset(plan, "RELSPEC", specimens)
    return made, findings


def _related(
    plan: Plan,
    datasets: Mapping[str, Dataset],
    tables: Mapping[str, RawTable],
    link: Link,
    number: int,
) -> tuple[list[Row], list[Finding]]:
    there = {name: variable for name, variable in link.records.items() if name in datasets}
    _refuse_unknown(plan, datasets, there, ("links", number, "records"))
    if len(there) < 2:
        return [], []
    values = {name: _values(datasets[name], variable, link.separator) for name, variable in there.items()}
    findings = []
    for name, lonely in unmatched(values).items():
        if name not in link.alone:
            findings += _lonely(datasets[name], tables, there[name], lonely, [n for n in there if n != name])
    relation = link.RELID or "".join(there)
    if link.level == "dataset":
        types = {name: link.RELTYPE.get(name, kind) for name, kind in dataset_relation(values).items()}
        study = plan.study.study
        return [
            {"STUDYID": study, "RDOMAIN": name, "IDVAR": variable, "RELTYPE": types[name], "RELID": relation}
            for name, variable in there.items()
        ], findings
    rows: list[Row] = []
    for subject, order, group in linked_groups(values):
        for name, records in group.items():
            variable = there[name] if link.idvar == "link" else f"{name}SEQ"
            column = datasets[name].frame[variable].iloc[records]
            ids = dict.fromkeys(v if isinstance(v, str) else shortest(v) for v in column.tolist())
            rows += [
                {
                    "STUDYID": plan.study.study,
                    "RDOMAIN": name,
                    "USUBJID": subject,
                    "IDVAR": variable,
                    "IDVARVAL": value,
                    "RELID": f"{relation}{order}",
                }
                for value in ids
            ]
    return rows, findings


def _refuse_unknown(
    plan: Plan, datasets: Mapping[str, Dataset], variables: Mapping[str, str], path: tuple[str | int, ...]
) -> None:
    problems = [
        Problem(
            "unknown-variable",
            plan.study.where(*path, name),
            f"{variable!r} in {name}",
            f"a variable that {name} has: {', '.join(datasets[name].frame)}",
            suggest(variable, datasets[name].frame),
        )
        for name, variable in variables.items()
        if variable not in datasets[name].frame
    ]
    if problems:
        raise ProblemsFound(problems)


def _values(dataset: Dataset, variable: str, separator: str) -> pd.DataFrame:
    """Subject, linking value and row of the records that have one; several of a text become several rows."""
    frame = dataset.frame
    filled = np.flatnonzero(frame[variable].notna().to_numpy() & frame["USUBJID"].notna().to_numpy())
    values = frame[variable].iloc[filled].tolist()
    texts = [value if isinstance(value, str) else shortest(value) for value in values]
    table = pd.DataFrame(
        {"subject": frame["USUBJID"].iloc[filled].astype(object).to_numpy(), "value": texts, "row": filled}
    )
    if separator:
        table["value"] = [[part.strip() for part in each.split(separator)] for each in texts]
        table = table.explode("value", ignore_index=True)
    return table.loc[table["value"].ne("")]


def _lonely(
    dataset: Dataset,
    tables: Mapping[str, RawTable],
    variable: str,
    lonely: pd.DataFrame,
    others: Sequence[str],
) -> list[Finding]:
    rows = lonely["row"].drop_duplicates().to_numpy()
    if not len(rows):
        return []
    keys = [name for name in ("USUBJID", f"{dataset.name}SEQ") if name in dataset.frame]
    places = []
    for row in rows[:PLACES_SHOWN].tolist():
        told = ((key, dataset.frame[key].iloc[row]) for key in keys)
        named = tuple((key, value if isinstance(value, str) else shortest(value)) for key, value in told)
        table, position = dataset.source["table"].iloc[row], int(dataset.source["position"].iloc[row])
        file, line = tables[table].place(position) if position >= 0 and table in tables else ("", None)
        places.append(Place(named, str(dataset.frame[variable].iloc[row]), file, line))
    return [
        Finding(
            "link-without-partner",
            "error",
            f"values of {variable} that no record of {' or '.join(others)} of the subject has",
            f"for each value of {variable} a record it is linked with",
            f"query the site; or write alone: [{dataset.name}] in the link, if its values may stand alone",
            dataset.name,
            variable,
            tuple(places),
            len(rows),
        )
    ]


def _specimens(plan: Plan, datasets: Mapping[str, Dataset]) -> tuple[list[Row], list[Finding]]:
    parts = []
    for name, specimen in plan.study.specimens.items():
        if name not in datasets:
            continue
        chosen = {"REFID": specimen.id or f"{name}REFID", "PARENT": specimen.parent}
        named = {name: chosen["REFID"]}
        _refuse_unknown(plan, datasets, named, ("specimens",))
        if specimen.parent:
            _refuse_unknown(plan, datasets, {name: specimen.parent}, ("specimens",))
        frame = datasets[name].frame
        nothing = constant(None, frame.index)
        part = {
            "subject": frame["USUBJID"],
            "id": frame[chosen["REFID"]],
            "kind": frame.get(f"{name}SPEC", nothing),
            "parent": frame[specimen.parent] if specimen.parent else nothing,
        }
        parts.append(pd.DataFrame({key: column.astype(object) for key, column in part.items()}))
    if not parts:
        return [], []
    made = specimen_levels(pd.concat(parts, ignore_index=True))
    kinds = "one kind and one parent for each specimen"
    parents = "a parent that is a specimen of the subject"
    do = "query the laboratory; the specimen is left out of RELSPEC"
    findings = [
        Finding("specimen-conflict", "error", found, kinds, do, "RELSPEC", "REFID", _one(subject, value))
        for subject, value, found in made.conflicts
    ]
    findings += [
        Finding(
            "specimen-without-parent", "error", found, parents, do, "RELSPEC", "PARENT", _one(subject, value)
        )
        for subject, value, found in made.orphans
    ]
    rows: list[Row] = [
        {
            "STUDYID": plan.study.study,
            "USUBJID": row.subject,
            "REFID": row.id,
            "SPEC": row.kind,
            "PARENT": row.parent,
            "LEVEL": str(row.level),
        }
        for row in made.specimens
    ]
    return rows, findings


def _one(subject: str, value: str) -> tuple[Place, ...]:
    return (Place((("USUBJID", subject),), value),)


def _dataset(plan: Plan, name: str, rows: Sequence[Row]) -> Dataset:
    """Rows of texts as a sorted dataset of the standard's variables, made from no raw row."""
    index = pd.RangeIndex(len(rows))
    columns: dict[str, pd.Series] = {}
    variables = []
    for variable in plan.guide.variables(name):
        column = text([row.get(variable.name) for row in rows], index)
        if variable.core == "Perm" and not column.notna().any():
            continue
        numeric = variable.type == "Num"
        columns[variable.name] = column.astype(object).astype("float64") if numeric else column
        variables.append(Variable(variable.name, variable.label, variable.type))
    frame = pd.DataFrame(columns, index=index, copy=False)
    keys = tuple(key for key in plan.guide.datasets[name].keys if key in frame)
    order = sort_order(frame, [*keys, *(v for v in frame if v not in keys)])
    frame = frame.iloc[order].reset_index(drop=True)
    nothing = constant(None, index)
    source = pd.DataFrame(
        {
            "table": nothing,
            "position": np.full(len(rows), -1, dtype=np.int64),
            "column": nothing,
            "identity": np.zeros(len(rows), dtype=np.uint64),
        }
    )
    return Dataset(name, plan.guide.datasets[name].label, tuple(variables), frame, source, keys)
