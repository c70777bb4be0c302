"""Rules on what a drafted spec leaves to a person: drafts to review, questions to answer."""

from __future__ import annotations

from collections.abc import Iterator

from specs.draft_model import DRAFT
from specs.drafts import drafts_by_file, marked
from specs.problems import Problem
from specs.rules.spec import Spec


def drafts(spec: Spec) -> Iterator[Problem]:
    """What nobody has reviewed is told once for each file; it does not run without --drafts."""
    for name, parts in drafts_by_file(spec.study).items():
        count = len(parts)
        yield Problem(
            "drafts",
            parts[0].where,
            f"{count} draft{'s' if count > 1 else ''} in {name}, this one the first",
            "mappings that a person has reviewed; drafts run with --drafts only",
            "review each one and delete its status",
            "warning",
        )


def statuses(spec: Spec) -> Iterator[Problem]:
    """A status is ``draft``; any other would count as reviewed without a word."""
    for part in marked(spec.study):
        if part.status != DRAFT:
            yield Problem(
                "bad-value",
                part.where,
                f"status {part.status!r}",
                "status: draft, or no status, which means reviewed",
                "write draft, or take the status out",
            )


def open_questions(spec: Spec) -> Iterator[Problem]:
    """A question stays until a person has answered it."""
    seen: set[str] = set()
    for i, question in enumerate(spec.study.questions):
        where = spec.where("questions", i)
        if question.id in seen:
            yield Problem("duplicate-question", where, f"{question.id!r} a second time", "an id for each one")
        seen.add(question.id)
        answers = "; ".join(f"{answer}: {why}" for answer, why in question.candidates.items())
        about = f" ({', '.join(question.columns)})" if question.columns else ""
        yield Problem(
            "open-question",
            where,
            f"{question.id}: {question.ask}{about}",
            f"an answer, such as {answers}" if answers else "an answer in the spec",
            "write the answer where it belongs, and delete the question",
            "warning",
        )
