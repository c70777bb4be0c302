"""Where a value comes from: the raw cell, each step with its place in the spec, and the value after it.

Nothing is stored per cell. The record's raw row is in the trace; the subject is converted again, and the
steps are watched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sdtm.compile_rule import Step
from sdtm.convert import convert_shard
from sdtm.finished_variables import FINISHED, date_source_text
from sdtm.finishing.long_text import supplemental_names
from sdtm.mapping.apply import Scope
from sdtm.mapping.registry import catalogue
from sdtm.numbers import shortest
from sdtm.pipeline import read_tables
from sdtm.plan import Plan, make_plan
from sdtm.shards import Shard, subjects_of
from sdtm.stages import RawTable
from sdtm.submission.manifest import read_manifest
from specs.fingerprint import spec_hash
from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound, suggest

# What no mapping makes.
DESIGN = {
    "TA": "the arms of the spec (arms:)",
    "TE": "the elements of the spec (elements:)",
    "TI": "the criteria of the spec (criteria:)",
    "TS": "the trial summary of the spec (parameters:)",
    "TV": "the visit schedule (visits:)",
}
SUPPLEMENTAL = dict.fromkeys(
    ("RDOMAIN", "IDVAR", "IDVARVAL", "QNAM", "QLABEL", "QORIG", "QEVAL"),
    "what supp: says of the qualifier, and the record that it belongs to",
)
MOST_PARTS = 99  # of one long text that are looked for


@dataclass(frozen=True, slots=True)
class ExplainedStep:
    """One step on the way to a value."""

    rule: str
    where: str
    inputs: tuple[tuple[str, str], ...]
    gave: str
    value: str

    def text(self) -> str:
        read = ", ".join(f"{name} = {value!r}" for name, value in self.inputs) or "nothing"
        after = f" -> {self.value!r} by terminology" if self.gave != self.value else ""
        place = f"  ({self.where})" if self.where else ""
        return f"{self.rule}{place}\n    read   {read}\n    gave   {self.gave!r}{after}"


@dataclass(slots=True)
class Explanation:
    """The way of one value."""

    dataset: str
    variable: str
    keys: dict[str, str]
    value: str
    raw_file: str = ""
    raw_row: int | None = None
    raw_column: str = ""
    steps: list[ExplainedStep] = field(default_factory=list)

    def text(self) -> str:
        keys = " ".join(f"{name}={value}" for name, value in self.keys.items())
        lines = [f"{self.dataset}.{self.variable} = {self.value!r}", f"  record  {keys}"]
        if self.raw_file:
            column = f", column {self.raw_column}" if self.raw_column else ""
            lines.append(f"  raw     {self.raw_file}, row {self.raw_row}{column}")
        for number, step in enumerate(self.steps, 1):
            lines.append(f"  {number}. {step.text()}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        return {
            "dataset": self.dataset,
            "variable": self.variable,
            "keys": self.keys,
            "value": self.value,
            "raw": {"file": self.raw_file, "row": self.raw_row, "column": self.raw_column},
            "steps": [
                {
                    "rule": s.rule,
                    "where": s.where,
                    "inputs": dict(s.inputs),
                    "gave": s.gave,
                    "value": s.value,
                }
                for s in self.steps
            ],
        }


def explain(out: Path, dataset: str, variable: str, keys: Mapping[str, str], study: Study) -> Explanation:
    """Explain one value of a dataset in an output folder.

    ``study`` must be the spec that made it. Raises ``ProblemsFound`` when the spec or a raw file has
    changed, or when the key does not name exactly one record.
    """
    manifest = read_manifest(out)
    if manifest.spec_sha256 != spec_hash(study):
        raise ProblemsFound(
            Problem(
                "spec-changed",
                study.where("study"),
                f"a spec that is not the one that made {out}",
                "the spec of that run",
                "run again, or name the spec with --study",
            )
        )
    frame = read_dataset(out, dataset)
    row = _find(frame, dataset, variable, keys)
    value = _shown(frame[variable].iloc[row])
    identifiers = {name: _shown(frame[name].iloc[row]) for name in keys}
    explanation = Explanation(dataset, variable, identifiers, value)
    tables, _ = read_tables(study)
    _refuse_changed(manifest, tables)
    plan = make_plan(study, catalogue(), {name: list(table.frame) for name, table in tables.items()})
    domain = dataset.removeprefix("SUPP") if dataset.startswith("SUPP") else dataset
    target = variable
    trace_row = row
    if dataset.startswith("SUPP"):
        qnam = str(frame["QNAM"].iloc[row])
        target = _made_as(plan, domain, qnam) if variable == "QVAL" else variable
        trace_row = _parent_row(out, domain, frame.iloc[row])
    if "USUBJID" in frame:  # else of the trial design, which no raw row makes
        subject = str(frame["USUBJID"].iloc[row])
        _follow(explanation, plan, tables, out, domain, target, trace_row, subject)
    if not explanation.steps:
        _finished(explanation, plan, out, domain, target, trace_row)
    return explanation


def read_dataset(out: Path, dataset: str) -> pd.DataFrame:
    """One dataset of an output folder, read by pyreadstat; ``ProblemsFound`` if it is not there or damaged."""
    import pyreadstat

    path = out / "sdtm" / f"{dataset.lower()}.xpt"
    if not path.is_file():
        known = sorted(file.stem.upper() for file in (out / "sdtm").glob("*.xpt"))
        raise ProblemsFound(
            Problem(
                "unknown-dataset",
                Location(file=str(out)),
                f"{dataset!r}",
                f"one of {', '.join(known)}",
                suggest(dataset, known),
            )
        )
    try:
        return pyreadstat.read_xport(str(path))[0]
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError, OSError) as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> ProblemsFound:
    where, found = Location(file=str(path)), f"it cannot be read: {str(error).splitlines()[0]}"
    return ProblemsFound(Problem("damaged-file", where, found, "the file that the run wrote", "run again"))


def _trace_record(out: Path, domain: str, row: int) -> dict[str, Any] | None:
    """Where one record comes from, or None for a dataset without a trace."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    path = out / "trace" / f"{domain}.parquet"
    if not path.is_file():
        return None
    try:
        return parquet.read_table(path).slice(row, 1).to_pylist()[0]  # type: ignore[no-any-return]
    except (pa.ArrowException, OSError, IndexError) as error:
        raise _damaged(path, error) from None


def _made_as(plan: Plan, domain: str, qnam: str) -> str:
    """The variable or qualifier whose mapping gives a QNAM: itself, a checkbox variable, or a long text."""
    steps = [pair for source in plan.domains[domain].sources for pair in source.steps()]
    names = [name for name, step in steps if name == qnam or qnam in step.qualifiers]
    long = [
        name for name, _ in steps if name[:5] == qnam[:5] and qnam in supplemental_names(name, MOST_PARTS)
    ]
    return next(iter([*names, *long]), qnam)


def _find(frame: pd.DataFrame, dataset: str, variable: str, keys: Mapping[str, str]) -> int:
    where = Location(key=f"{dataset}.{variable}")
    for name in (variable, *keys):
        if name not in frame:
            raise ProblemsFound(
                Problem(
                    "unknown-variable",
                    where,
                    f"{name!r}",
                    f"a variable of {dataset}: {', '.join(frame.columns)}",
                    suggest(name, frame.columns),
                )
            )
    mask = np.ones(len(frame), dtype=bool)
    for name, value in keys.items():
        mask &= np.array([_shown(cell) == value for cell in frame[name]])
    found = np.flatnonzero(mask)
    if len(found) != 1:
        raise ProblemsFound(
            Problem(
                "key-not-unique",
                where,
                f"{len(found)} records with {' '.join(f'{n}={v}' for n, v in keys.items())}",
                "exactly one record",
                f'name it like --key "{_example(dataset, frame)}"',
            )
        )
    return int(found[0])


def _example(dataset: str, frame: pd.DataFrame) -> str:
    """A key that tells the records of a dataset apart, without its values."""
    named = ("USUBJID", f"{dataset}SEQ", "IDVARVAL", "QNAM")
    names = [name for name in named if name in frame] or list(frame.columns[2:4])
    return " ".join(f"{name}=…" for name in names)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if pd.isna(value) else shortest(float(value))


def _refuse_changed(manifest: Any, tables: Mapping[str, RawTable]) -> None:
    known = {file.path: file.sha256 for file in manifest.inputs}
    changed = [
        file.path for table in tables.values() for file in table.files if known.get(file.path) != file.sha256
    ]
    if changed:
        raise ProblemsFound(
            [
                Problem(
                    "raw-changed",
                    Location(file=path),
                    "a file that is not the one of that run",
                    "the raw file of the run",
                    "run again",
                )
                for path in dict.fromkeys(changed)
            ]
        )


def _parent_row(out: Path, domain: str, record: pd.Series) -> int:
    parent = read_dataset(out, domain)
    mask = parent["USUBJID"].eq(record["USUBJID"])
    if record["IDVAR"]:
        mask &= np.array([_shown(v) == record["IDVARVAL"] for v in parent[record["IDVAR"]]])
    return int(np.flatnonzero(mask.to_numpy())[0])


def _follow(
    explanation: Explanation,
    plan: Plan,
    tables: Mapping[str, RawTable],
    out: Path,
    domain: str,
    target: str,
    row: int,
    subject: str,
) -> None:
    """Convert the subject again and keep what the steps of the variable did for this record."""
    record = _trace_record(out, domain, row)
    if record is None or record["position"] < 0 or record["table"] is None:
        return
    others = _steps_of_other_tests(plan, domain, out, row)
    explanation.raw_file, explanation.raw_row = record["file"], record["row"]
    explanation.raw_column = record["column"] or ""
    shard = _one_subject(plan, tables, subject)
    positions = shard.positions.get(record["table"])
    local = record["position"]
    if positions is not None:
        local = int(np.searchsorted(positions, record["position"]))

    def watch(
        dataset: str,
        step: Step,
        scope: Scope,
        inputs: Mapping[str, pd.Series],
        gave: pd.Series,
        value: pd.Series,
    ) -> None:
        if dataset.removeprefix("SUPP") != domain or step.target != target or id(step) in others:
            return
        origin = scope.origin  # type: ignore[attr-defined]
        hit = (origin.position == local) & (origin.table == record["table"]).to_numpy()
        if record["column"] is not None and origin.column.notna().any():
            hit &= (origin.column == record["column"]).to_numpy()
        for at in np.flatnonzero(hit)[:1]:
            explanation.steps.append(
                ExplainedStep(
                    step.name,
                    str(step.location),
                    tuple((name, _shown(column.iloc[at])) for name, column in inputs.items()),
                    _shown(gave.iloc[at]),
                    _shown(value.iloc[at]),
                )
            )

    convert_shard(plan, shard.tables, None, watch)


def _steps_of_other_tests(plan: Plan, domain: str, out: Path, row: int) -> set[int]:
    """The steps of a wide form that make other tests than that of the record, by identity."""
    tests = [test for source in plan.domains[domain].sources for test in source.tests]
    if not tests:
        return set()
    code = read_dataset(out, domain)[f"{domain}TESTCD"].iloc[row]
    return {
        id(step)
        for test in tests
        if test.testcd != code
        for made in (test.result, test.unit, test.status, test.reason, *test.extra)
        if made is not None
        for step in made.steps
    }


def _one_subject(plan: Plan, tables: Mapping[str, RawTable], subject: str) -> Shard:
    from dataclasses import replace

    parts, positions = dict(tables), {}
    for domain in plan.domains.values():
        for source in domain.sources:
            if not source.table or source.table in positions:
                continue
            table = tables[source.table]
            subjects = subjects_of(source, plan.study.study, table)
            if subjects is None:
                continue
            rows = np.flatnonzero((subjects == subject).to_numpy())
            positions[source.table] = rows
            parts[source.table] = replace(
                table,
                frame=table.frame.iloc[rows].reset_index(drop=True),
                rows=table.rows[rows],
                file_of=table.file_of[rows],
            )
    return Shard(parts, positions)


def _finished(explanation: Explanation, plan: Plan, out: Path, domain: str, target: str, row: int) -> None:
    """What a finishing step made, and the values it was made from."""
    rules = {name.replace("--", domain): rule for name, rule in FINISHED.items()}
    where, reads = "", tuple[str, ...]()
    if domain == "DM" and target in plan.domains["DM"].definition.reference_dates:
        rule = plan.domains["DM"].definition.reference_dates[target]
        text = date_source_text(rule)
        where = str(plan.study.where("sdtm", "DM", "reference_dates", target))
    elif target in rules:
        text, reads = rules[target]
    else:
        text = DESIGN.get(domain) or SUPPLEMENTAL.get(target, "no rule of the spec gives this record a value")
    frame = read_dataset(out, domain)
    inputs: list[tuple[str, str]] = []
    for name in reads:
        if name.startswith("DM."):
            subjects = read_dataset(out, "DM")
            match = subjects.loc[subjects["USUBJID"].eq(frame["USUBJID"].iloc[row]), name[3:]]
            inputs.append((name, _shown(match.iloc[0]) if len(match) else ""))
        elif (own := name.replace("--", domain)) in frame:
            inputs.append((own, _shown(frame[own].iloc[row])))
    explanation.steps.append(ExplainedStep(text, where, tuple(inputs), explanation.value, explanation.value))
