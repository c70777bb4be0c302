"""Which raw columns a spec can need: what it never names, no step of a run reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from specs.model import Study


def spec_text(study: Study) -> str:
    """All texts of a spec in lower case, one a line, without what is only named as not submitted.

    A column whose name stands nowhere in it is read by no mapping, condition, join or key. More than that it does
    not tell: a name found in a title says nothing, and costs only time.
    """
    return "\n".join(_texts(study.model_dump(exclude_defaults=False))).casefold()


def is_needed(name: str, text: str | None) -> bool:
    """Whether a step may read the column, by the ``spec_text`` (None: it is read for more than a run)."""
    return text is None or name.casefold() in text


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            if key != "not_submitted":
                yield str(key)
                yield from _texts(each)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            yield from _texts(each)
