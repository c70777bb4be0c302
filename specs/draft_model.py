"""What a drafted spec says beside a reviewed one: status and evidence of its parts, and open questions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from specs.node import Node
from specs.values import Words

DRAFT = "draft"

# What a machine wrote is a draft until a person has reviewed it and taken the key away (``specs.drafts``).
DraftStatus = Annotated[
    Literal["", "draft"], Field(description="draft: not reviewed yet; runs with --drafts only")
]
Evidence = Annotated[str, Field(description="what a draft rests on")]


class Question(Node):
    """Something that a draft leaves open, for a person to decide."""

    id: str
    ask: str
    columns: Words = Field(default=(), description="raw columns that it is about: ae.AESTDAT")
    candidates: dict[str, str] = Field(default={}, description="possible answer -> what speaks for it")
