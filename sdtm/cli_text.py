"""What commands print."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sdtm.trace.ledger import books_text
from sdtm.validation_report import review_lines
from validation.findings import SEVERITIES, Finding, severity_counts
from validation.report import finding_texts, findings_table

if TYPE_CHECKING:
    from pathlib import Path

    from sdtm.derive_study import Derived
    from sdtm.run_study import Run
    from sdtm.stages import Dataset, WrittenFile
    from sdtm.submission.guides.files import Written
    from sdtm.submission.package import Packaged
    from specs.catalogue import Catalogue, Derivation
    from specs.problems import Problem

SHOWN = 10  # findings printed in full; all are in reports/findings.json


@contextmanager
def progress_of(quiet: bool) -> Iterator[Callable[[str], None]]:
    """Says what a long run is doing, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.status import Status

    with Status("starting", console=Console(stderr=True)) as status:
        yield status.update


def table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Aligned columns; numbers to the right."""
    widths = [max([len(name), *(len(line[i]) for line in lines)]) for i, name in enumerate(header)]

    def row(cells: Sequence[str]) -> str:
        return "  ".join(
            cell.rjust(width) if cell.replace(",", "").isdigit() else cell.ljust(width)
            for cell, width in zip(cells, widths, strict=True)
        ).rstrip()

    return "\n".join([row(header), *(row(line) for line in lines)])


def findings_text(findings: Sequence[Finding], shown: int = SHOWN) -> str:
    """Counts by severity, dataset and rule, then the first findings in full."""
    texts = finding_texts(finding for finding in findings if finding.severity != "note")
    more = [f"... and {len(texts) - shown} more"] if len(texts) > shown else []
    return "\n\n".join([findings_table(findings), *texts[:shown], *more])


def problems_text(study: str, problems: Sequence[Problem]) -> str:
    """Every problem of a spec, and how many there are of each severity."""
    counted = Counter(problem.severity for problem in problems)
    said = ", ".join(
        f"{counted[severity] or 'no'} {severity}{'' if counted[severity] == 1 else 's'}"
        for severity in SEVERITIES
        if severity == "error" or counted[severity]
    )
    return "\n".join([*map(str, problems), f"{study}: {said}"])


def run_text(done: Run, quiet: bool = False) -> str:
    """Datasets, books and findings of a run."""
    datasets = dict(done.conversion.datasets)
    if done.analyses is not None:
        datasets |= done.analyses.tabulations | done.analyses.datasets
    lines = _dataset_lines(datasets)
    total = severity_counts(done.findings)
    summary = ", ".join(f"{total[s]} {s}{'' if total[s] == 1 else 's'}" for s in SEVERITIES)
    closing = f"findings: {summary} (all in {done.out}/reports/findings.json)"
    closing = "\n".join([closing, *review_lines(done.review)])
    reports = "to work in: findings.xlsx; for the sites: queries.xlsx; to read: findings.html"
    if quiet:
        return closing
    seconds = "  ".join(f"{stage} {spent:.1f} s" for stage, spent in done.conversion.seconds.items())
    return "\n\n".join(
        [
            f"{done.conversion.study.study}: {len(lines)} datasets in {_places(done)}",
            table(("dataset", "records", "variables", "label"), lines),
            books_text(done.conversion.books),
            findings_text(done.findings),
            f"{closing}\n{reports}",
            f"time: {seconds}",
        ]
    )


def _places(done: Run) -> str:
    return f"{done.out}/sdtm" + (f" and {done.out}/adam" if done.analyses is not None else "")


def _dataset_lines(datasets: Mapping[str, Dataset]) -> list[tuple[str, str, str, str]]:
    return [
        (name, str(len(dataset.frame)), str(len(dataset.variables)), dataset.label)
        for name, dataset in datasets.items()
    ]


def derived_text(done: Derived) -> str:
    """Analysis datasets and findings of `sdtm derive`."""
    analyses = done.analyses
    return "\n\n".join(
        [
            f"{analyses.plan.study.study}: {len(analyses.datasets)} analysis datasets in {done.out}/adam",
            table(
                ("dataset", "records", "variables", "label"),
                _dataset_lines(analyses.tabulations | analyses.datasets),
            ),
            findings_text(analyses.findings),
            f"all findings in {done.out}/reports/findings.json",
        ]
    )


def packaged_text(done: Packaged) -> str:
    """The folders of a package with their files and sizes."""
    folders: dict[str, list[int]] = {}
    for file in done.files:
        folders.setdefault(file.path.rpartition("/")[0], []).append(file.size)
    lines = [(folder, str(len(sizes)), f"{sum(sizes):,}") for folder, sizes in folders.items()]
    told = [
        f"{done.study}: {len(done.files)} files in {done.out}, checksums in {done.out}/manifest.json",
        table(("folder", "files", "bytes"), lines),
    ]
    if done.decision is not None:
        s = "" if done.errors == 1 else "s"
        told.append(f"with {done.errors} open error{s}, by {done.decision.who}: {done.decision.why}")
    drafts = [
        f"{each.file}: a draft, {each.to_write} places to write"
        for each in done.guides.values()
        if each.is_draft
    ]
    if drafts:
        told.append("\n".join([*drafts, "finish them, then package with --documents FOLDER"]))
    return "\n\n".join(told)


def guides_text(written: Sequence[Written]) -> str:
    """The guides that were written, and how much of them is left to people."""
    lines = [f"wrote {file}" for each in written for file in each.files]
    lines += [f"{each.name}: {each.to_write} places to write, listed in its last chapter" for each in written]
    return "\n".join(lines)


def derivations_text(known: Mapping[str, Derivation], name: str = "") -> str:
    """Derivations with their parameters, defaults and documentation."""
    if name and name not in known:
        from specs.location import Location
        from specs.problems import Problem, ProblemsFound, suggest

        expected = f"one of {', '.join(sorted(known))}"
        raise ProblemsFound(
            Problem("unknown-derivation", Location(), repr(name), expected, suggest(name, known))
        )
    parts = []
    for each in sorted([name] if name else known):
        derivation = known[each]
        fields = derivation.params.model_fields.items()
        shown = [
            f"{field.alias or key}" + ("" if field.is_required() else f" = {field.default!r}")
            for key, field in fields
        ]
        doc = "\n".join(f"  {line}" if line else "" for line in derivation.doc.splitlines())
        parts.append(f"{each} (makes {derivation.makes}; parameters {', '.join(shown)})\n{doc}")
    return "\n\n".join(parts)


def run_json(done: Run) -> str:
    """The same as JSON."""
    return json.dumps(
        {
            "study": done.conversion.study.study,
            "out": str(done.out),
            "datasets": {name: len(d.frame) for name, d in done.conversion.datasets.items()},
            "analyses": {
                name: len(d.frame) for name, d in (done.analyses.datasets if done.analyses else {}).items()
            },
            "ledger": {book.name: book.as_json()["rows"] for book in done.conversion.books},
            "findings": {severity: n for severity, n in severity_counts(done.findings).items() if n},
            "since": done.review.counts(),
        },
        indent=2,
    )


def demo_text(done: Run, name: str) -> str:
    """A run of a bundled study, and what to look at next."""
    files = "findings.json, ledger.json" + (
        ", tables.html, tables.docx and results.csv" if done.report else ""
    )
    return "\n\n".join(
        [
            "SYNTHETIC DATA: invented so that tables equal published ones; no real patient is described.",
            run_text(done),
            f"Look at {files} in {done.out}/reports, or try:\n"
            f"  sdtm spec show {name} AE\n  sdtm validate {done.out}",
        ]
    )


def published_text(done: Run) -> str:
    """The published numbers beside ours; empty for a study without them."""
    from sdtm.reports.expected import compare, comparison_text, read_expected

    numbers = read_expected(done.conversion.study.folder) if done.report is not None else ()
    if done.report is None or not numbers:
        return ""
    compared = compare(numbers, done.report.results)
    return f"{comparison_text(compared)}\n\nall of them in {done.out}/reports/comparison.csv"


def algorithms_text(catalogue: Catalogue) -> str:
    """Every algorithm with its key, parameters and documentation."""
    parts = []
    for name, algorithm in catalogue.items():
        fields = ", ".join(algorithm.params.model_fields)
        doc = "\n".join(f"  {line}" if line else "" for line in algorithm.doc.splitlines())
        parts.append(f"{name} (key {algorithm.key}; parameters {fields})\n{doc}")
    return "\n\n".join(parts)


def page_text(out: Path, file: WrittenFile) -> str:
    """Where the page of a run is, and how large."""
    return f"{out / file.path}: {file.size / 1e6:.1f} MB; open it in a browser, it needs no network"
