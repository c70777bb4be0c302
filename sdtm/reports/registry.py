"""Where kinds of rows and figures are registered. One kind = one function in a file listed here.

A kind of rows is ``function(block, params) -> Section``; a kind of figure is ``function(block, params) -> str``
(an SVG document). Both see their data through ``sdtm.reports.block.Block`` alone and know no study.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from specs.catalogue import Params

ROW_FILES: tuple[str, ...] = (
    "summary",
    "counts",
    "event_overview",
    "events_by_term",
    "dose_limiting",
    "response",
    "subgroups",
    "time_to_event",
    "pk_parameters",
    "concentrations",
    "contingency",
    "shift",
    "listing",
)
FIGURE_FILES: tuple[str, ...] = (
    "kaplan_meier",
    "waterfall",
    "spider",
    "swimmer",
    "concentration_time",
    "concentration_profiles",
    "event_butterfly",
    "event_heat_map",
    "flow",
)


class BlockParams(Params):
    """What every block may say."""

    id: str = Field(default="", description="name of the rows in results.csv; figures need none")
    label: str = Field(default="", description="what is printed before or above the rows")
    from_: str = Field(default="", alias="from", description="dataset read; default: that of the population")
    where: str = Field(default="", description="SQL over that dataset: the records read")
    unit: str = Field(default="", description="unit of the values, as printed")


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind of rows or figure."""

    name: str
    params: type[BlockParams]
    function: Callable[..., Any]
    doc: str


_rows: dict[str, Kind] = {}
_figures: dict[str, Kind] = {}
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def rows(name: str, params: type[BlockParams]) -> Decorator:
    """Register a kind of rows under the name that specs use."""
    return _register(_rows, name, params)


def figure(name: str, params: type[BlockParams]) -> Decorator:
    """Register a kind of figure under the name that specs use."""
    return _register(_figures, name, params)


def _register(into: dict[str, Kind], name: str, params: type[BlockParams]) -> Decorator:
    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        into[name] = Kind(name, params, function, inspect.getdoc(function) or "")
        return function

    return register


@functools.cache
def row_kinds() -> Mapping[str, Kind]:
    """All kinds of rows by name."""
    for file in ROW_FILES:
        importlib.import_module(f"sdtm.reports.rows.{file}")
    return dict(_rows)


@functools.cache
def figure_kinds() -> Mapping[str, Kind]:
    """All kinds of figures by name."""
    for file in FIGURE_FILES:
        importlib.import_module(f"sdtm.reports.figures.{file}")
    return dict(_figures)
