"""The findings of a run in a guide: one line for each rule and variable, with what people say of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sdtm.submission.guides.model import Block, Guide, Section, numbered, section, table, text, to_write

_SEVERITIES = ("error", "warning", "note")
_HEAD = ("Rule", "Severity", "Dataset", "Variable", "Records", "Status", "What was found", "Explanation")
# What neither HTML nor a document can hold; shown by its number instead.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LAST = "Still to be written"


@dataclass(slots=True)
class _Issue:
    """All findings of one rule, severity, dataset and variable."""

    count: int = 0
    found: dict[str, None] = field(default_factory=dict)
    comments: dict[str, None] = field(default_factory=dict)
    statuses: dict[str, None] = field(default_factory=dict)
    uncommented: int = 0


def completed(
    guide: Guide,
    findings: Iterable[Mapping[str, Any]],
    others: frozenset[str] = frozenset(),
    split: Mapping[str, Sequence[str]] | None = None,
) -> Guide:
    """A guide with the findings of its datasets in place, and with the list of what is still to be written.

    ``others``: datasets that another guide tells of; findings on raw data stand in the cSDRG. ``split``: dataset ->
    files of its parts. ``findings``: as findings.json has them; without `comment` and `status` they have none.
    """
    parts = {name: files for name, files in (split or {}).items() if name in guide.datasets}
    own = [each for each in findings if _belongs(guide, str(each.get("dataset", "")), others)]
    sections = [
        replace(each, blocks=tuple(made for block in each.blocks for made in _resolved(block, own, parts)))
        for each in guide.sections
    ]
    todo = [
        (number, each.title, block.text)
        for number, each in numbered(sections)
        for block in each.blocks
        if block.kind == "to_write"
    ]
    return _plain(replace(guide, sections=(*sections, *_todo(todo))))


def to_write_count(guide: Guide) -> int:
    """How many places a person has to fill."""
    return sum(block.kind == "to_write" for each in guide.sections for block in each.blocks)


def _belongs(guide: Guide, dataset: str, others: frozenset[str]) -> bool:
    return dataset in guide.datasets or (guide.name == "csdrg" and dataset not in others)


def _todo(todo: list[tuple[str, str, str]]) -> Iterator[Section]:
    yield section(LAST, level=1)
    if not todo:
        yield section("Nothing", text("Every place of this guide is filled."))
        return
    many = "1 place" if len(todo) == 1 else f"{len(todo)} places"
    yield section(
        "Places",
        text(f"This is a draft: {many} of it wait for a person. Take this chapter out when they are filled."),
        table("", ("Section", "Title", "To be written"), todo),
    )


def _resolved(
    block: Block, findings: list[Mapping[str, Any]], parts: Mapping[str, Sequence[str]]
) -> Iterator[Block]:
    if block.kind == "split":
        if parts:
            yield text("The parts of these datasets hold whole subjects and stand in the folder split.")
            yield table("", ("Dataset", "Parts"), [(name, ", ".join(files)) for name, files in parts.items()])
        else:
            yield text("No dataset is split for its size.")
        return
    if block.kind != "issues":
        yield block
        return
    issues = _grouped(findings)
    if not issues:
        yield text("The checks of the run found nothing in these datasets.")
        return
    totals = {name: 0 for name in _SEVERITIES}
    for (_, severity, _, _), issue in issues.items():
        totals[severity] = totals.get(severity, 0) + issue.count
    yield text("Records found: " + ", ".join(f"{name} {count:,}" for name, count in totals.items()) + ".")
    yield table("", _HEAD, [_row(key, issue) for key, issue in issues.items()])
    asked: dict[tuple[str, str], list[str]] = {}
    for (rule, severity, dataset, variable), issue in issues.items():
        if issue.uncommented and severity != "note":
            name = ".".join(filter(None, (dataset, variable))) or "raw data"
            asked.setdefault((rule, severity), []).append(name)
    for (rule, severity), names in asked.items():
        told = f"{severity}, {', '.join(names)}"
        yield to_write(f"the explanation of {rule} ({told}): comments on the findings come here")


def _grouped(findings: list[Mapping[str, Any]]) -> dict[tuple[str, str, str, str], _Issue]:
    issues: dict[tuple[str, str, str, str], _Issue] = {}
    for each in findings:
        key = (
            str(each.get("rule", "")),
            str(each.get("severity", "")),
            str(each.get("dataset") or ""),
            str(each.get("variable") or ""),
        )
        issue = issues.setdefault(key, _Issue())
        issue.count += int(each.get("count") or 0)
        issue.found.setdefault(str(each.get("found") or ""))
        comment = str(each.get("comment") or "").strip()
        if comment:
            issue.comments.setdefault(comment)
        else:
            issue.uncommented += 1
        status = str(each.get("status") or "").strip()
        if status:
            issue.statuses.setdefault(status)
    rank = {name: place for place, name in enumerate(_SEVERITIES)}
    ordered = sorted(issues, key=lambda key: (rank.get(key[1], len(rank)), key[0], key[2], key[3]))
    return {key: issues[key] for key in ordered}


def _row(key: tuple[str, str, str, str], issue: _Issue) -> tuple[str, ...]:
    rule, severity, dataset, variable = key
    found = list(issue.found)
    told = found[0] if len(found) == 1 else f"{found[0]} (and {len(found) - 1:,} other forms)"
    explained = "; ".join(issue.comments)
    if issue.uncommented and severity != "note":
        explained = f"{explained}; to be written for the others" if explained else "To be written"
    return rule, severity, dataset, variable, f"{issue.count:,}", ", ".join(issue.statuses), told, explained


def _plain(guide: Guide) -> Guide:
    """The same with control characters shown by their number."""

    def shown(words: str) -> str:
        return _UNFIT.sub(lambda match: f"\\u{ord(match[0]):04x}", words)

    sections = tuple(
        Section(
            shown(each.title),
            each.level,
            tuple(
                Block(
                    block.kind,
                    shown(block.text),
                    tuple(map(shown, block.head)),
                    tuple(tuple(map(shown, row)) for row in block.rows),
                )
                for block in each.blocks
            ),
        )
        for each in guide.sections
    )
    return replace(guide, title=shown(guide.title), study=shown(guide.study), sections=sections)
