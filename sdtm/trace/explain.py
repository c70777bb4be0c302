"""Where a value comes from: the raw cell, each step with its place in the spec, and the value after it.

Nothing is stored per cell. The record's raw row is in the trace; the subject is converted again by the same plan
and the same functions, and what they read and gave is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sdtm.copied_domains import renamed
from sdtm.finishing.long_text import LIMIT
from sdtm.mapping.registry import catalogue
from sdtm.pipeline import read_tables
from sdtm.plan import Plan, make_plan
from sdtm.stages import RawTable
from sdtm.submission.manifest import read_manifest
from sdtm.trace.afterwards import cut_value, finish_value, part_of_text
from sdtm.trace.copies import copied_step
from sdtm.trace.design import DESIGN, design_step
from sdtm.trace.explained import ExplainedStep, Explanation, Read
from sdtm.trace.finished import finished_step
from sdtm.trace.record_keys import damaged, find_record, read_dataset, shown
from sdtm.trace.relations import RELATIONS, relation_step
from sdtm.trace.retelling import Retelling, retell
from sdtm.trace.supplemental import tell_supplemental
from sdtm.trace.teller import Record, Teller
from specs.fingerprint import spec_hash
from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound


def explain(out: Path, dataset: str, variable: str, keys: Mapping[str, str], study: Study) -> Explanation:
    """Explain one value of a dataset in an output folder.

    ``study`` must be the spec that made it. Raises ``ProblemsFound`` when the spec or a raw file has
    changed, or when the key does not name exactly one record.
    """
    explainer = open_output(out, study)
    frame = explainer.dataset(dataset)
    row = find_record(frame, dataset, variable, keys)
    explanation = explainer.cell(dataset, variable, row)
    explanation.keys = {name: shown(frame[name].iloc[row]) for name in keys}
    return explanation


def open_output(out: Path, study: Study, whole: bool = False) -> Explainer:
    """An output folder whose cells can be explained; ``whole``: many of them, so all subjects are told at once.

    Raises ``ProblemsFound`` when the spec or a raw file has changed since.
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
    tables, _ = read_tables(study)
    _refuse_changed(manifest, tables)
    plan = make_plan(study, catalogue(), {name: list(table.frame) for name, table in tables.items()})
    return Explainer(out, plan, tables, whole)


def _refuse_changed(manifest: Any, tables: Mapping[str, RawTable]) -> None:
    known = {file.path: file.sha256 for file in manifest.inputs}
    changed = [
        file for table in tables.values() for file in table.files if known.get(file.path) != file.sha256
    ]
    problems = [
        Problem(
            "raw-changed",
            Location(file=file.path),
            f"a file with SHA-256 {file.sha256[:12]}…, not {known.get(file.path, 'that of the run')[:12]}…",
            "the raw file of the run, as the manifest has it",
            "run again, or put the file of that run back",
        )
        for file in {file.path: file for file in changed}.values()
    ]
    if problems:
        raise ProblemsFound(problems)


@dataclass(slots=True)
class Explainer:
    """An output folder with the plan and the raw tables that made it."""

    out: Path
    plan: Plan
    tables: Mapping[str, RawTable]
    whole: bool = False
    _datasets: dict[str, pd.DataFrame] = field(default_factory=dict)
    _traces: dict[str, pd.DataFrame] = field(default_factory=dict)
    _told: dict[str, Retelling] = field(default_factory=dict)

    def dataset(self, name: str) -> pd.DataFrame:
        if name not in self._datasets:
            self._datasets[name] = read_dataset(self.out, name)
        return self._datasets[name]

    def cell(self, dataset: str, variable: str, row: int) -> Explanation:
        """The way of one value; ``row``: of the dataset, from 0."""
        frame = self.dataset(dataset)
        value = shown(frame[variable].iloc[row])
        explanation = Explanation(dataset, variable, {}, value)
        said = "made of other datasets by what the spec declares"
        otherwise = ExplainedStep(f"{dataset}.{variable}", said, gave=value or None, value=value or None)
        domain = dataset.removeprefix("SUPP") if dataset.startswith("SUPP") else dataset
        if domain in self.plan.domains and "USUBJID" in frame:
            parent = row if domain == dataset else self._parent(domain, frame.iloc[row])
            self._tell(explanation, domain, parent, frame.iloc[row])
        elif dataset in DESIGN:
            texts = {name: shown(frame[name].iloc[row]) for name in frame}
            explanation.steps = [design_step(self.plan, dataset, variable, texts, row)]
        elif dataset in RELATIONS:
            texts = {name: shown(frame[name].iloc[row]) for name in frame}
            step = relation_step(self.plan, dataset, variable, texts, self.dataset)
            explanation.steps = [step or otherwise]
        else:
            explanation.steps = [otherwise]
        return explanation

    def _tell(self, explanation: Explanation, domain: str, row: int, cells: pd.Series) -> None:
        """The steps of a cell of a record of a domain, or of its SUPP--."""
        variable, value = explanation.variable, explanation.value or None
        own = self.plan.domains[domain].definition.copy_of or domain
        teller, record, place = self._teller(own, row)
        if own != domain and not explanation.dataset.startswith("SUPP"):
            teller.steps.append(copied_step(teller, record, place, domain, variable))
        elif explanation.dataset.startswith("SUPP"):
            qnam = shown(cells["QNAM"])
            tell_supplemental(teller, record, renamed(qnam, domain, own), variable, value)
        else:
            _tell(teller, record, variable, value)
        explanation.steps = teller.steps
        self._raw_place(explanation, own, row)
        here = (explanation.raw_file, explanation.raw_row)
        rows = [teller.place(each) for each in teller.contributors(record)]
        explanation.more_rows = tuple(place for place in rows if place != here and place[0])

    def _teller(self, domain: str, row: int) -> tuple[Teller, Record, int]:
        """Who tells of a record of a dataset, the record, and its place among the finished ones."""
        frame = self.dataset(domain)
        subject = str(frame["USUBJID"].iloc[row])
        key = "" if self.whole else subject
        if key not in self._told:
            self._told[key] = retell(self.plan, self.tables, None if self.whole else subject)
        told = self._told[key]
        finished = told.result.domains[domain]
        rows = np.flatnonzero((finished.frame["USUBJID"] == subject).to_numpy())
        place = int((frame["USUBJID"].iloc[:row] == subject).sum())
        at = self._same_origin(domain, row, told, rows, place)
        return Teller(self.plan, told, finished_step), Record(domain, int(told.orders[domain][at])), at

    def _same_origin(self, domain: str, row: int, told: Retelling, rows: np.ndarray, place: int) -> int:
        """The finished record that is the one of the dataset: the n-th of its subject, or, where an earlier
        output gave the numbers, the one from the same raw cell."""
        trace = self._trace(domain)
        source = told.result.domains[domain].source

        def origin(at: int) -> tuple[Any, ...]:
            table, column = source["table"].iloc[at], source["column"].iloc[at]
            position = int(source["position"].iloc[at])
            whole = told.whole_position(table, position) if isinstance(table, str) else position
            return (
                table if isinstance(table, str) else None,
                whole,
                column if isinstance(column, str) else None,
            )

        known = trace.iloc[row]
        stored = (known["table"], int(known["position"]), known["column"])
        wanted = tuple(part if isinstance(part, (str, int)) else None for part in stored)
        if place < len(rows) and origin(int(rows[place])) == wanted:
            return int(rows[place])
        same = [int(at) for at in rows if origin(int(at)) == wanted]
        if not same:
            raise damaged(self.out / "trace" / f"{domain}.parquet", ValueError("it is of another run"))
        return same[0]

    def _trace(self, domain: str) -> pd.DataFrame:
        import pyarrow as pa
        import pyarrow.parquet as parquet

        if domain not in self._traces:
            path = self.out / "trace" / f"{domain}.parquet"
            try:
                trace = parquet.read_table(path).to_pandas()
            except (pa.ArrowException, OSError) as error:
                raise damaged(path, error) from None
            if len(trace) != len(self.dataset(domain)):
                raise damaged(path, ValueError("it has another number of records than the dataset"))
            self._traces[domain] = trace
        return self._traces[domain]

    def _raw_place(self, explanation: Explanation, domain: str, row: int) -> None:
        known = self._trace(domain).iloc[row]
        if int(known["position"]) >= 0 and isinstance(known["file"], str):
            explanation.raw_file, explanation.raw_row = known["file"], int(known["row"])
            explanation.raw_column = known["column"] if isinstance(known["column"], str) else ""

    def _parent(self, domain: str, record: pd.Series) -> int:
        """The row of the record that a record of SUPP-- belongs to."""
        parent = self.dataset(domain)
        mask = parent["USUBJID"].eq(record["USUBJID"])
        if record["IDVAR"]:
            mask &= np.array([shown(v) == record["IDVARVAL"] for v in parent[record["IDVAR"]]])
        return int(np.flatnonzero(mask.to_numpy())[0])


def _tell(teller: Teller, record: Record, variable: str, value: str | None) -> None:
    """All steps of one variable of a record, to the value that the dataset holds."""
    makes = f"{record.domain}.{variable}"
    whole = variable.rstrip("0123456789")
    text = (
        teller.value(record, whole) if whole != variable and teller.value(record, variable) is None else None
    )
    if value is not None and text is not None and len(text.encode()) > LIMIT:  # COVAL1, COVAL2 …
        teller.tell(record, whole)
        teller.steps.append(part_of_text(makes, text, int(variable.removeprefix(whole))))
        return
    teller.tell(record, variable)
    made = teller.value(record, variable) if variable != f"{record.domain}SEQ" else value
    if _last(teller, makes) != made:  # by the cut, or by finishing, such as a limit with an operator
        changed = cut_value(teller, record, variable) or finished_step(teller, record, variable)
        teller.steps += [changed] if changed is not None else []
    if _last(teller, makes) == made and made is not None:
        finish_value(teller, makes)
    if _last(teller, makes) != value and variable == f"{record.domain}SEQ":
        said = "the number that the record had in the earlier output (--previous)"
        teller.steps[-1:] = [ExplainedStep(makes, "kept_number", said, gave=value, value=value)]
    elif _last(teller, makes) != value:
        was = _last(teller, makes)
        reads = (Read(variable, was),) if teller.steps else ()
        teller.steps.append(
            ExplainedStep(makes, "changed by finishing", reads=reads, gave=value, value=value)
        )


def _last(teller: Teller, makes: str) -> str | None:
    """The value after the last step that made this variable."""
    steps = [step for step in teller.steps if step.makes == makes]
    return steps[-1].value if steps else None
