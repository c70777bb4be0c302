"""What commands print."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sdtm.trace.ledger import books_text
from validation.findings import SEVERITIES, Finding
from validation.report import finding_texts, findings_table

if TYPE_CHECKING:
    from sdtm.run import Run
    from specs.catalogue import Catalogue

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


def run_text(done: Run, quiet: bool = False) -> str:
    """Datasets, books and findings of a run."""
    datasets = done.conversion.datasets
    lines = [
        (name, str(len(dataset.frame)), str(len(dataset.variables)), dataset.label)
        for name, dataset in datasets.items()
    ]
    total = Counter(f.severity for f in done.findings)
    summary = ", ".join(f"{total[s]} {s}s" for s in SEVERITIES)
    closing = f"findings: {summary} (all in {done.out}/reports/findings.json)"
    if quiet:
        return closing
    seconds = "  ".join(f"{stage} {spent:.1f} s" for stage, spent in done.conversion.seconds.items())
    return "\n\n".join(
        [
            f"{done.conversion.study.study}: {len(datasets)} datasets in {done.out}/sdtm",
            table(("dataset", "records", "variables", "label"), lines),
            books_text(done.conversion.books),
            findings_text(done.findings),
            closing,
            f"time: {seconds}",
        ]
    )


def run_json(done: Run) -> str:
    """The same as JSON."""
    return json.dumps(
        {
            "study": done.conversion.study.study,
            "out": str(done.out),
            "datasets": {name: len(d.frame) for name, d in done.conversion.datasets.items()},
            "ledger": {book.name: book.as_json()["rows"] for book in done.conversion.books},
            "findings": dict(Counter(f.severity for f in done.findings)),
        },
        indent=2,
    )


def demo_text(done: Run, name: str) -> str:
    """A run of a bundled study, and what to look at next."""
    return "\n\n".join(
        [
            "SYNTHETIC DATA: invented so that tables equal published ones; no real patient is described.",
            run_text(done),
            f"Look at {done.out}/reports/findings.json and ledger.json, or try:\n"
            f"  sdtm spec show {name} AE\n  sdtm validate {done.out}",
        ]
    )


def algorithms_text(catalogue: Catalogue) -> str:
    """Every algorithm with its key, parameters and documentation."""
    parts = []
    for name, algorithm in catalogue.items():
        fields = ", ".join(algorithm.params.model_fields)
        doc = "\n".join(f"  {line}" if line else "" for line in algorithm.doc.splitlines())
        parts.append(f"{name} (key {algorithm.key}; parameters {fields})\n{doc}")
    return "\n\n".join(parts)
