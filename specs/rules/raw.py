"""Rules on what a spec says about its raw files, and on reasons that it has to give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from specs.model import Path
from specs.problems import Problem
from specs.rules.spec import Spec


def unused_datasets(spec: Spec) -> Iterator[Problem]:
    """Every raw dataset is read by a source, a join or a lookup, or it is said why it is not."""
    used: set[str] = set()
    for _, _, _, source in spec.sources():
        used |= {source.from_, *(join.table for join in source.join)}
        used |= set(_looked_up(source.model_dump(by_alias=True)))
    cut = spec.study.data_cut
    if cut is not None and cut.subjects is not None:
        used.add(cut.subjects.from_)
        used |= set(_looked_up(cut.subjects.date))
    for name, raw in spec.study.raw.datasets.items():
        if name not in used and not raw.rows_not_submitted:
            yield Problem(
                "unused-dataset",
                spec.where("raw", "datasets", name),
                f"raw dataset {name}, which no source, join or lookup reads",
                "a use for every raw dataset, or the reason why it has none",
                "map it, or write rows_not_submitted: the reason",
                "warning",
            )


def _looked_up(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (value[key] for key in ("lookup", "range") if isinstance(value.get(key), str))
        for inner in value.values():
            yield from _looked_up(inner)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _looked_up(item)


def reasons(spec: Spec) -> Iterator[Problem]:
    """Who leaves something out, or accepts a finding, says why."""
    study = spec.study
    given: list[tuple[Path, Mapping[str, str]]] = [(("raw", "not_submitted"), study.raw.not_submitted)]
    given += [
        (("raw", "datasets", n, "not_submitted"), raw.not_submitted) for n, raw in study.raw.datasets.items()
    ]
    given += [(("sdtm", d, "sources", i, "not_submitted"), s.not_submitted) for d, i, _, s in spec.sources()]
    given.append((("accept",), study.accept))
    for path, texts in given:
        for name, reason in texts.items():
            if not reason.strip():
                where = spec.where(*path, name)
                yield Problem("missing-reason", where, f"{name!r} without a reason", "why, in a few words")


def transliteration(spec: Spec) -> Iterator[Problem]:
    """One character that transport files cannot hold (a line break, too) becomes text that they can."""
    for character, text in spec.study.transliterate.items():
        if len(character) != 1 or _is_plain(character) or not _is_plain(text):
            yield Problem(
                "bad-value",
                spec.where("transliterate", character),
                f"{character!r}: {text!r}",
                "one character that is not printable ASCII: printable ASCII text",
            )


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()
