"""Which parts of a spec are drafts: ``status: draft`` on a mapping, a source, a raw dataset, a visit …

A draft does not run unless it is asked for (``refuse_drafts``). A person who has reviewed one deletes its
``status``; ``evidence`` may stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from specs.draft_model import DRAFT
from specs.location import Location
from specs.model import Path, Source, Study
from specs.problems import Problem, ProblemsFound


@dataclass(frozen=True, slots=True)
class Marked:
    """A part of a spec with a ``status``: which, where, and what it says."""

    path: Path
    where: Location
    status: str


def marked(study: Study) -> list[Marked]:
    """All parts of a study that have a status, in the order of the spec."""
    return [
        Marked(path, study.where(*path), status)
        for path, part in (*_nodes(study), *_rules(study))
        for status in _statuses(part)
    ]


def drafts(study: Study) -> list[Marked]:
    """The parts of a study that no person has reviewed yet."""
    return [part for part in marked(study) if part.status == DRAFT]


def drafts_by_file(study: Study) -> dict[str, list[Marked]]:
    """The drafts of each file (each sheet of a workbook), in the order of the spec."""
    found: dict[str, list[Marked]] = {}
    for part in drafts(study):
        name = f"sheet {part.where.sheet}" if part.where.sheet else part.where.file
        found.setdefault(name or "the spec", []).append(part)
    return found


def refuse_drafts(study: Study) -> None:
    """``ProblemsFound`` with one problem for a spec that has drafts, saying how many in which files."""
    by_file = drafts_by_file(study)
    if not by_file:
        return
    counts = ", ".join(f"{len(parts)} in {name}" for name, parts in by_file.items())
    total = sum(map(len, by_file.values()))
    raise ProblemsFound(
        Problem(
            "drafts",
            next(iter(by_file.values()))[0].where,
            f"{total} draft{'s' if total > 1 else ''} that nobody has reviewed: {counts}",
            "a spec without `status: draft`",
            "review each one and delete its status, or add --drafts to run the spec as it is",
        )
    )


def _nodes(study: Study) -> Iterator[tuple[Path, Any]]:
    """The classes of the model that have a status."""
    for name, dataset in study.raw.datasets.items():
        yield ("raw", "datasets", name), dataset
    for i, visit in enumerate(study.visits):
        yield ("visits", i), visit
    if study.unscheduled is not None:
        yield ("unscheduled",), study.unscheduled
    for i, element in enumerate(study.elements):
        for key, date in (("start", element.start), ("end", element.end)):
            if date is not None:
                yield ("elements", i, key), date
    for name, domain in study.sdtm.items():
        for variable, date in domain.reference_dates.items():
            yield ("sdtm", name, "reference_dates", variable), date
        for i, source in enumerate(domain.sources):
            path = ("sdtm", name, "sources", i)
            yield path, source
            if isinstance(source.not_done, tuple):
                for j, item in enumerate(source.not_done):
                    yield (*path, "not_done", j), item
            elif source.not_done is not None:
                yield (*path, "not_done"), source.not_done


def _rules(study: Study) -> Iterator[tuple[Path, Any]]:
    """The mappings, which are kept as they stand."""
    for variable, rule in study.subject.items():
        yield ("subject", variable), rule
    for name, dataset in study.raw.datasets.items():
        for variable, rule in dataset.subject.items():
            yield ("raw", "datasets", name, "subject", variable), rule
    for name, domain in study.sdtm.items():
        for i, source in enumerate(domain.sources):
            yield from _source_rules(("sdtm", name, "sources", i), source)


def _source_rules(path: Path, source: Source) -> Iterator[tuple[Path, Any]]:
    if source.visit is not None:
        yield (*path, "visit"), source.visit
    for variable, rule in source.map.items():
        yield (*path, "map", variable), rule
    for qualifier, rule in source.supp.items():
        yield (*path, "supp", qualifier), rule
    for code, test in source.findings.items():
        # Not the test itself: its `status` makes --STAT.
        for key in ("result", "unit", "status", "reason"):
            yield (*path, "findings", code, key), getattr(test, key)
        for variable, rule in test.map.items():
            yield (*path, "findings", code, "map", variable), rule


def _statuses(part: Any) -> Iterator[str]:
    if isinstance(part, (list, tuple)):
        for item in part:
            yield from _statuses(item)
    elif isinstance(part, dict):
        if part.get("status") is not None:
            yield str(part["status"])
    elif getattr(part, "status", ""):
        yield part.status
