"""What ``sdtm init --raw`` prints: what was drafted from which file, and the questions."""

from __future__ import annotations

from specs.draft_model import Question
from specs.drafts import drafts
from specs.model import Study


def summary_text(study: Study) -> str:
    """One line for each raw dataset, then the questions with their candidates."""
    sources: dict[str, list[str]] = {}
    for name, domain in study.sdtm.items():
        for source in domain.sources:
            sources.setdefault(source.from_, []).append(
                f"{name} ({len(source.map)} variables{f', {len(source.findings)} tests' if source.findings else ''})"
            )
    width = max((len(name) for name in study.raw.datasets), default=0)
    lines = [f"{study.study}: {len(drafts(study))} drafts, {len(study.questions)} questions"]
    for name, dataset in study.raw.datasets.items():
        what = " and ".join(sources.get(name, ["no domain drafted"]))
        lines.append(f"  {name.ljust(width)}  {dataset.file} -> {what}")
    return "\n".join([*lines, *questions_text(study.questions)])


def questions_text(questions: tuple[Question, ...]) -> list[str]:
    lines = (
        ["", "Questions (under questions: in study.yaml; delete each one that is answered):"]
        if questions
        else []
    )
    for question in questions:
        lines.append(f"  {question.id}: {question.ask}")
        lines += [f"      {answer}: {why}" for answer, why in list(question.candidates.items())[:4]]
        if len(question.candidates) > 4:
            lines.append(f"      and {len(question.candidates) - 4} more")
    return lines
