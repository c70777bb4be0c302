"""Judges the datasets of a study: runs schemas and rules and turns what fails into findings.

Knows no check and no rule by name.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from specs.model import Study
from specs.standards import ImplementationGuide, ct_folder, implementation_guide, terminology
from specs.standards.adam_ig import analysis_guide
from specs.words import counted
from validation.analysis_schemas import analysis_schema_for
from validation.analysis_tables import AnalysisTable, analysis_table, is_analysis
from validation.defects import Failure
from validation.define_checks import define_failures
from validation.define_reader import DefineFile
from validation.findings import Finding, Place, fold, severity_counts
from validation.metadata_checks import metadata_failures
from validation.outside.agreement import Agreement, agree
from validation.outside.issues import OutsideReport
from validation.places import Provenance, places_of, value_texts
from validation.rules.engine import Cost, NotRun, Ran, run_rules
from validation.rules.registry import rules
from validation.schema_checks import failures
from validation.schemas import schema_for
from validation.tables import Metadata, Table, table_of
from validation.values import group_numbers

VALUES_TOLD = 20  # of one check and variable get a finding of their own; the others share one
EXAMPLES = 3  # of those others
SCHEMA = "schema"  # what the checks of one dataset by its schema are called among the costs


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found, which rules ran on what, and which could not.

    ``records``: number of records of each dataset. ``costs``: what each rule,
    and the schema, took. ``agreements``: other engines beside ours. A rule in ``not_run`` is no pass; each is also a
    finding of severity note.
    """

    findings: tuple[Finding, ...]
    ran: tuple[Ran, ...]
    not_run: tuple[NotRun, ...]
    records: Mapping[str, int]
    costs: tuple[Cost, ...] = field(default=(), compare=False)
    agreements: tuple[Agreement, ...] = ()

    def counts(self) -> dict[str, int]:
        """Number of findings of each severity, worst first."""
        return severity_counts(self.findings)


def judge(
    datasets: Mapping[str, pd.DataFrame],
    study: Study | None = None,
    sources: Provenance | None = None,
    *,
    metadata: Mapping[str, Metadata] | None = None,
    findings: Iterable[Finding] = (),
    references: Mapping[str, pd.DataFrame] | None = None,
    defines: Sequence[DefineFile] = (),
    outside: Sequence[OutsideReport] = (),
) -> Judgement:
    """Judge datasets of SDTM and ADaM by the standards and, if there is one, the study spec.

    ``sources`` gives each finding its raw file and row. ``metadata``: labels and lengths, where a file has
    them. ``findings``: what is already known of the same study, such as what the conversion found; they
    are folded in, and what the spec accepts is accepted among them too. ``ProblemsFound`` if the spec
    names a version of a standard that is not known. The order of ``datasets`` changes nothing.
    ``references``: datasets that rules look up in and that are not judged, such as the SDTM beside ADaM.
    ``defines``: each is compared with the datasets of the folder that it stands in. ``outside``: reports of
    other engines; what only they found is told among the findings.
    """
    guide = implementation_guide(study.standards.sdtmig if study else "3.4")
    terms = terminology(study.standards.ct if study else "2025-03-28", folder=ct_folder())
    metadata = metadata or {}
    tables = {
        name: _table(name, datasets[name], guide, study, metadata.get(name)) for name in sorted(datasets)
    }
    beside = {
        name: _table(name, frame, guide, study, None)
        for name, frame in sorted((references or {}).items())
        if name not in tables
    }
    failed: list[Failure] = []
    costs: list[Cost] = []
    for name, table in tables.items():
        started = time.process_time()
        variables = [str(column) for column in datasets[name].columns]
        if isinstance(table, AnalysisTable):
            schema = analysis_schema_for(
                name, study, variables=variables, guide=table.analysis_guide, sdtm=guide
            )
        else:
            schema = schema_for(table.standard, study, variables=variables, guide=guide, terms=terms)
        failed += failures(schema, table.frame, name)
        failed += metadata_failures(table)
        costs.append(Cost(SCHEMA, name, len(table.frame), time.process_time() - started))
    for define in defines:
        started = time.process_time()
        described = _beside(define, tables)
        failed += define_failures(define, described)
        records = sum(len(table.frame) for table in described.values())
        costs.append(Cost(define.file, "", records, time.process_time() - started))
    outcome = run_rules(rules(), tables, references=beside)
    failed += outcome.failures
    agreements = [agree(report, failed, tables) for report in outside]
    failed += [failure for _, added in agreements for failure in added]
    found = [finding for failure in failed for finding in _findings_of(failure, tables, sources)]
    told = [*findings, *found, *_told_not_run(outcome.not_run)]
    if study is not None:
        told = accepted(told, study.accept)
    return Judgement(
        findings=tuple(fold(told)),
        ran=tuple(sorted(outcome.ran, key=lambda ran: (ran.rule, ran.dataset))),
        not_run=tuple(sorted(set(outcome.not_run), key=lambda not_run: (not_run.rule, not_run.dataset))),
        records={name: len(table.frame) for name, table in tables.items()},
        costs=(*costs, *outcome.costs),
        agreements=tuple(agreement for agreement, _ in agreements),
    )


def _beside(define: DefineFile, tables: Mapping[str, Table]) -> dict[str, Table]:
    """The datasets in the folder of a define.xml; data frames, which are in none, belong to any."""
    folder = PurePosixPath(define.file).parent
    return {
        name: table
        for name, table in tables.items()
        if not table.metadata.file or PurePosixPath(table.metadata.file).parent == folder
    }


def _table(
    name: str,
    frame: pd.DataFrame,
    guide: ImplementationGuide,
    study: Study | None,
    metadata: Metadata | None,
) -> Table:
    if is_analysis(name, [str(column) for column in frame.columns], guide, study):
        adam = analysis_guide(study.standards.adamig if study else "1.3")
        return analysis_table(name, frame, adam, guide, study, metadata)
    return table_of(name, frame, guide, study, metadata)


def _findings_of(
    failure: Failure, tables: Mapping[str, Table], sources: Provenance | None
) -> Iterator[Finding]:
    """One finding, or one for each value where the values are what is wrong."""
    table = tables.get(failure.dataset)
    prefix = table.prefix if table else failure.dataset[:2]
    defect = failure.defect

    def finding(found: str, positions: np.ndarray | None, do: str = "") -> Finding:
        places: tuple[Place, ...] = ()
        if positions is not None and table is not None:
            places = places_of(table, positions, failure.variable, failure.shows, tables, sources)
        return Finding(
            rule=defect.id,
            severity=defect.severity,
            found=_named(found, prefix),
            expected=_named(failure.expected or defect.expected, prefix),
            do=_named(do or failure.do or defect.do, prefix),
            dataset=failure.dataset,
            variable=failure.variable,
            places=places,
            count=1 if positions is None else len(positions),
        )

    words = failure.found or _as_clause(defect.message)
    if failure.positions is None or table is None or not defect.by_value:
        yield finding(words, failure.positions)
        return
    told, others = _by_value(failure, table, tables)
    for text, positions in told:
        quoted = f'"{text}"' if len(failure.shows) == 1 else text
        yield finding(quoted, positions, failure.hint(text) if failure.hint else "")
    if others is not None:
        yield finding(*others)


def _by_value(
    failure: Failure, table: Table, tables: Mapping[str, Table]
) -> tuple[list[tuple[str, np.ndarray]], tuple[str, np.ndarray] | None]:
    """(text, positions) of the most frequent values, the first in the dataset going first among equals,
    and (words, positions) of all others together."""
    positions = failure.positions
    assert positions is not None
    frame = table.frame.iloc[positions]
    own = [name for name in failure.shows if name in frame.columns]
    _, first, inverse, counts = np.unique(
        group_numbers(frame, own), return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -counts))[: VALUES_TOLD + EXAMPLES]
    texts = value_texts(frame.iloc[first[order]], failure.variable, own, tables)
    chosen = order[:VALUES_TOLD]
    told = [(text, positions[inverse == value]) for text, value in zip(texts, chosen, strict=False)]
    if len(counts) <= VALUES_TOLD:
        return told, None
    examples = ", ".join(f'"{text}"' for text in texts[VALUES_TOLD:])
    words = f"{len(counts) - VALUES_TOLD:,} other values, such as {examples}"
    return told, (words, positions[~np.isin(inverse, chosen)])


def _told_not_run(not_run: Sequence[NotRun]) -> Iterator[Finding]:
    """One note for each thing that was lacking, with the rules that needed it."""
    by_reason: dict[str, list[NotRun]] = {}
    for one in not_run:
        by_reason.setdefault(one.reason, []).append(one)
    for reason, ones in by_reason.items():
        names = sorted({one.rule for one in ones})
        datasets = sorted({one.dataset for one in ones})
        yield Finding(
            rule="rule-not-run",
            severity="note",
            found=reason,
            expected=f"what {counted(len(names), 'rule')} could not do without: {', '.join(names)}",
            do="add it, or judge these points in another way; nothing was checked here",
            dataset=datasets[0] if len(datasets) == 1 else "",
            count=len(datasets),
        )


def accepted(findings: Iterable[Finding], accept: Mapping[str, str]) -> list[Finding]:
    """Findings with those that the spec accepts turned into notes that tell why; none is dropped.

    ``accept``: ``rule``, ``rule:DATASET`` or ``rule:DATASET.VARIABLE`` -> reason. What matches nothing is
    itself a note.
    """
    used: set[str] = set()
    told = []
    for finding in findings:
        full = f"{finding.rule}:{finding.dataset}.{finding.variable}"
        key = next((k for k in (full, f"{finding.rule}:{finding.dataset}", finding.rule) if k in accept), "")
        if key:
            used.add(key)
            finding = replace(finding, severity="note", do=f"accepted in the spec: {accept[key]}")
        told.append(finding)
    for key in accept:
        if key not in used:
            told.append(
                Finding(
                    rule="accept-without-finding",
                    severity="note",
                    found=f'accept names "{key}", and nothing of that kind was found',
                    expected="a finding for every line under accept",
                    do="remove the line, or correct the name of the rule, dataset or variable",
                )
            )
    return told


def _named(words: str, prefix: str) -> str:
    """Words with the domain's own variables: --STDTC -> AESTDTC. Plain ``SUPP--`` and ``--`` stay."""
    if not prefix or "--" not in words:
        return words
    parts = words.split(" ")
    return " ".join(_own_name(part, prefix) for part in parts)


def _own_name(word: str, prefix: str) -> str:
    start = word.lstrip("(\"'")
    if start.startswith("--") and start[2:3].isupper():
        return word.replace("--", prefix, 1)
    return word


def _as_clause(message: str) -> str:
    """A sentence as what was found: small first letter, unless it starts with a name."""
    first, _, rest = message.partition(" ")
    if (first.isupper() and len(first) > 1) or "-" in first or first[:1] == "-":
        return message
    return f"{first[:1].lower()}{first[1:]} {rest}"
