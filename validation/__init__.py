"""Judges SDTM datasets against the standards and the study spec. Changes no data.

``schema_for(dataset, study)`` gives a pandera schema for anybody's own pipeline; ``validate(folder or
frames, study)`` judges a whole study. Both are imported when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from validation.folder import validate
    from validation.schemas import schema_for

__all__ = ["schema_for", "validate"]


def __getattr__(name: str) -> Any:
    if name == "schema_for":
        from validation.schemas import schema_for

        return schema_for
    if name == "validate":
        from validation.folder import validate

        return validate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
