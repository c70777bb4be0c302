"""Where an algorithm is registered. One algorithm = one file here, one line in ``ALGORITHM_FILES``."""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from specs.catalogue import Algorithm, Catalogue, Params

if TYPE_CHECKING:
    import pandas as pd

ALGORITHM_FILES = (
    "assign",
    "hardcode",
    "dates",
    "expression",
    "concat",
    "template",
    "lookup",
    "choices",
    "age",
    "unit_convert",
    "range_lookup",
    "range_text",
)


class Loss(NamedTuple):
    """What an algorithm itself says of rows that got no value. ``reasons``: a text beside each such row."""

    rule: str
    severity: str
    reasons: pd.Series
    expected: str
    do: str


_registered: dict[str, Algorithm] = {}


def algorithm(
    name: str,
    params: type[Params],
    *,
    key: str,
    loss: Literal["reported", "allowed"] = "reported",
    needs: tuple[str, ...] = (),
    expected: Callable[[Any], str] | None = None,
    explain: Callable[[Any, Any], list[str]] | None = None,
    rule: str = "value-lost",
    origin: str = "Derived",
    collected: Callable[[Any, Any], Any] | None = None,
    losses: Callable[..., list[Loss]] | None = None,
    numbers: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register ``function(block, params)`` under the name the field knows.

    ``block`` holds just the columns that ``params`` declares, as text columns (``sdtm.columns``), or as
    numbers where the algorithm takes ``numbers``; the result has the same index. See
    ``specs.catalogue.Algorithm`` for the other arguments.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _registered[name] = Algorithm(
            name,
            params,
            function,
            key,
            inspect.getdoc(function) or "",
            loss,
            needs,
            expected,
            explain,
            rule,
            origin,
            collected,
            losses,
            numbers,
        )
        return function

    return register


@functools.cache
def catalogue() -> Catalogue:
    """All algorithms of this toolkit."""
    for file in ALGORITHM_FILES:
        importlib.import_module(f"sdtm.mapping.{file}")
    return Catalogue(_registered.values())
