"""Reviewed findings as ``findings.json``, and what the next run needs to know of it.

Shape: ``study``, ``review`` (counts of new, open and fixed issues; warnings), ``findings``, ``fixed`` since the run
before, ``kept`` (remarks that belong to no issue of this run, and why). Each finding has ``id``, ``status``,
``comment`` and ``since``; each of its places ``id`` and ``since``, and ``status`` and ``comment`` where somebody
wrote one; ``unlisted``: how many further records the finding counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from specs.location import Location
from specs.problems import Problem, ProblemsFound
from validation.judge import Judgement
from validation.report import finding_dict, judgement_dict
from validation.review import (
    OPEN,
    STATUSES,
    UNCHECKED,
    UNLISTED,
    Known,
    Previous,
    Remark,
    Review,
    ReviewedFinding,
)

LARGEST = 1 << 30  # bytes of a findings.json that is read


def review_dict(review: Review, study: str = "") -> dict[str, Any]:
    """A review as plain values."""
    return {
        "study": study,
        "review": {
            **review.counts(),
            "compared": review.compared,
            "warnings": [str(warning) for warning in review.warnings],
        },
        "findings": [reviewed_dict(finding) for finding in review.findings],
        "fixed": [_known_dict(known) for known in review.fixed],
        "kept": [_known_dict(known) for known in review.kept],
    }


def review_json(review: Review, study: str = "") -> str:
    """A review as JSON, a line for each finding and place; the same review gives the same text."""
    return _lines(review_dict(review, study))


def judgement_review_json(judgement: Judgement, review: Review, study: str = "") -> str:
    """A judgement as JSON, its findings with their ids and remarks, and which rules ran or could not."""
    return _lines({**judgement_dict(judgement), **review_dict(review, study)})


def _lines(content: Mapping[str, Any]) -> str:
    """JSON with the entries of lists on lines of their own; indenting all of it would take three times as long."""
    return "{\n" + ",\n".join(f"{_text(key)}: {_value(value)}" for key, value in content.items()) + "\n}\n"


def _value(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return _text(value)
    return "[\n" + ",\n".join(f" {_entry(entry)}" for entry in value) + "\n]"


def _entry(entry: Any) -> str:
    places = entry.get("places") if isinstance(entry, dict) else None
    if not places:
        return _text(entry)
    head = _text({key: value for key, value in entry.items() if key != "places"})
    return f'{head[:-1]}, "places": [\n' + ",\n".join(f"  {_text(place)}" for place in places) + "\n ]}"


_text = json.JSONEncoder(ensure_ascii=False).encode


def reviewed_dict(reviewed: ReviewedFinding) -> dict[str, Any]:
    """One finding with its id, its remark and those of its places."""
    told = finding_dict(reviewed.finding)
    places = told.pop("places")
    named = [issue for issue in reviewed.issues if issue.issue.place is not None]
    for place, issue in zip(places, named, strict=True):
        place["id"], place["since"] = issue.id, issue.since
        if issue.remark.is_made:
            place["status"], place["comment"] = issue.remark.status, issue.remark.comment
        origin = issue.issue.place.origin if issue.issue.place else None
        if origin is not None:
            place["form"], place["record"] = origin.form, dict(origin.record)
            place["entered"] = {column: text for column, _, text in origin.entered}
            if origin.subject:
                place["subject"] = origin.subject
    rest = [issue for issue in reviewed.issues if issue.issue.place is None]
    if rest and places:
        told["unlisted"] = {"count": rest[0].issue.unlisted, **_remark_dict(rest[0].remark)}
    return {
        "id": reviewed.id,
        "status": reviewed.remark.status,
        "comment": reviewed.remark.comment,
        "since": reviewed.since,
        **told,
        "places": places,
    }


def read_previous(path: Path, name: str = "") -> Previous | None:
    """What an earlier ``findings.json`` knows; None for one that was written before findings had ids.

    ``ProblemsFound`` where the file is damaged, since remarks would be lost. ``name``: how it is told of.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"more than {LARGEST:,} bytes")
        content = json.loads(path.read_text(encoding="utf-8"))
        return _previous(content)
    except OSError as error:
        found = f"it cannot be read: {error.strerror}"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        found = f"damaged: {type(error).__name__} {str(error)[:80]}"
    raise ProblemsFound(
        Problem(
            "review-refused",
            Location(name or path.name),
            found,
            "the findings.json that a run wrote",
            "restore it; or start without earlier comments: --review none",
        )
    )


def _previous(content: Mapping[str, Any]) -> Previous | None:
    issues: dict[str, Known] = {}
    findings, partial = set(), set()
    for finding in content["findings"]:
        if "id" not in finding:
            return None
        findings.add(_id(finding["id"]))
        places = finding["places"]
        for place in places:
            known = _known({**finding, "keys": {}, **place}, place)
            issues[known.id] = known
        if finding["stands_for"] > 1 or (places and finding["count"] > len(places)):
            partial.add((finding["rule"], finding["dataset"], finding["variable"]))
        remark = finding if not places else finding.get("unlisted")
        if remark is not None:
            issues[finding["id"]] = _known({**finding, "keys": {}}, remark)
    kept = {}
    for entry in (*content["fixed"], *content["kept"]):
        known = _known(entry, entry)
        if known.why in (UNCHECKED, UNLISTED):
            issues.setdefault(known.id, known)
        elif known.remark.is_made:
            kept[known.id] = known
    return Previous(issues, kept, frozenset(findings), frozenset(partial))


def _known(texts: Mapping[str, Any], remark: Mapping[str, Any]) -> Known:
    status = remark.get("status", OPEN)
    if status not in STATUSES:
        raise ValueError(f"status {status!r}")
    row = texts.get("row")
    return Known(
        id=_id(texts["id"]),
        rule=str(texts.get("rule", "")),
        severity=str(texts.get("severity", "")),
        dataset=str(texts.get("dataset", "")),
        variable=str(texts.get("variable", "")),
        found=str(texts.get("found", "")),
        keys=tuple((str(name), str(value)) for name, value in texts["keys"].items()),
        value=str(texts.get("value", "")),
        file=str(texts.get("file", "")),
        row=row if isinstance(row, int) else None,
        column=str(texts.get("column", "")),
        remark=Remark(status, str(remark.get("comment", ""))),
        why=str(texts.get("why", "")),
    )


def _id(text: Any) -> str:
    """An id of ours, or one that somebody typed into a workbook and that is kept as it was."""
    if not isinstance(text, str) or not text:
        raise ValueError(f"id {text!r}")
    return text


def _known_dict(known: Known) -> dict[str, Any]:
    told = {
        "id": known.id,
        "rule": known.rule,
        "severity": known.severity,
        "dataset": known.dataset,
        "variable": known.variable,
        "found": known.found,
        "file": known.file,
        "row": known.row,
        "column": known.column,
        "keys": dict(known.keys),
        "value": known.value,
        **_remark_dict(known.remark),
    }
    return told | ({"why": known.why} if known.why else {})


def _remark_dict(remark: Remark) -> dict[str, str]:
    return {"status": remark.status, "comment": remark.comment}
