"""What all of drafting shares: the standards, and the questions that come up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from specs.draft_model import DRAFT, Question
from specs.standards import (
    Codelist,
    ImplementationGuide,
    Terminology,
    ct_folder,
    implementation_guide,
    terminology,
)

EVIDENCE_LENGTH = 400


@dataclass
class Context:
    """Standards, and a growing list of questions."""

    guide: ImplementationGuide = field(default_factory=implementation_guide)
    words: Terminology = field(default_factory=lambda: terminology(folder=ct_folder()))
    questions: list[Question] = field(default_factory=list)
    test_words: dict[str, dict[frozenset[str], str]] = field(default_factory=dict)  # filled when asked for
    tests_named: dict[tuple[str, str], Any] = field(default_factory=dict)  # likewise: (domain, text) -> test

    def ask(
        self,
        id: str,
        ask: str,
        columns: Iterable[str] = (),
        candidates: Mapping[str, str] | None = None,
    ) -> None:
        """Leave something open, under a name that no other question has."""
        name = base = re.sub(r"[^a-z0-9]+", "-", id.lower()).strip("-")
        taken = {question.id for question in self.questions}
        number = 2
        while name in taken:
            name, number = f"{base}-{number}", number + 1
        told = {_line(answer): _line(why) for answer, why in (candidates or {}).items()}
        self.questions.append(Question(id=name, ask=_line(ask), columns=tuple(columns), candidates=told))

    @cached_property
    def test_lists(self) -> dict[str, tuple[Codelist, ...]]:
        """Findings domain -> codelists of its --TESTCD (EG has two); domains without any are left out."""
        found = {}
        for name, dataset in self.guide.datasets.items():
            if not dataset.class_name.startswith("Findings") or len(name) != 2:
                continue
            definition = self.guide.variable(name, f"{name}TESTCD")
            codes = definition.codelists if definition else ()
            codelists = tuple(c for code in codes if (c := self.words.codelist(code)) is not None)
            if codelists:
                found[name] = codelists
        return found


def drafted(rule: Mapping[str, object], evidence: str | Sequence[str]) -> dict[str, object]:
    """A part of the spec marked as a draft, with its evidence."""
    text = evidence if isinstance(evidence, str) else "; ".join(evidence)
    return {**rule, "status": DRAFT, "evidence": _line(text)}


def _line(text: str) -> str:
    """A text that a cell and one line of YAML can hold, of bounded length."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= EVIDENCE_LENGTH else line[: EVIDENCE_LENGTH - 1] + "…"
