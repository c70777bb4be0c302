"""What pydantic has against the parameters of a mapping, a derivation or a block, as problems of the spec."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from specs.location import Location
from specs.problems import Problem, suggest

_IDS = {"extra_forbidden": "unknown-key", "missing": "missing-key"}


class Refusal(NamedTuple):
    """One thing that is wrong: ``id`` of the problem, where in the parameters, what stands there, and why not."""

    id: str
    path: tuple[int | str, ...]
    given: Any
    reason: str

    @property
    def key(self) -> str:
        return str(self.path[0]) if self.path else ""

    @property
    def dotted(self) -> str:
        return ".".join(map(str, self.path))


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys of a model as the spec writes them."""
    return [field.alias or name for name, field in model.model_fields.items()]


def refusals(error: ValidationError) -> Iterator[Refusal]:
    """Every complaint; a key that is unknown or missing further down is a bad value of the one above it."""
    for item in error.errors(include_url=False):
        path = tuple(item["loc"])
        id = _IDS.get(item["type"], "bad-value") if len(path) == 1 else "bad-value"
        yield Refusal(id, path, item.get("input"), str(item["msg"]).removeprefix("Value error, "))


def parameter_problems(
    error: ValidationError,
    what: str,
    given: Mapping[str, Any],
    allowed: Sequence[str],
    where: Callable[..., Location],
    *,
    dotted: bool = True,
) -> Iterator[Problem]:
    """The first complaint about each key of a step, and those about the step as a whole.

    ``what``: the name of the algorithm or derivation; ``given``: its parameters; ``where(*key)``: the place of one.
    ``dotted``: name the value further down that is wrong, not the key it is in.
    """
    seen: set[str | None] = set()
    for refusal in refusals(error):
        name = refusal.key
        if name in seen:
            continue
        seen.add(name)
        place = where(*refusal.path[:1])
        if refusal.id == "unknown-key":
            found, expected = f"key {name!r} of {what}", f"one of {', '.join(allowed)}"
            yield Problem(refusal.id, place, found, expected, suggest(name, allowed))
        elif refusal.id == "missing-key":
            yield Problem(refusal.id, place, f"{what} without {name!r}", f"key {name}")
        else:
            shown = refusal.dotted if dotted else name
            found = f"{shown}: {refusal.given!r}" if shown else f"{what}: {dict(given)!r}"
            yield Problem(refusal.id, place, found, refusal.reason)
