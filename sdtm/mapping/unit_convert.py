"""unit_convert: a number in another unit, by the conversions the study declares."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sdtm.combinations import map_rows
from sdtm.mapping.registry import algorithm
from sdtm.mapping.units import convert
from specs.catalogue import Column, Params
from specs.model import UnitConversion


class UnitConvert(Params):
    unit_convert: Column
    unit: Column
    to: str
    test: str = ""


@algorithm("unit_convert", UnitConvert, key="unit_convert", needs=("units",), rule="unit-not-converted",
           expected=lambda p: f"a number in {p.to}, or in a unit with a conversion to it under units:",
           collected=lambda columns, p: columns[p.unit_convert].notna())  # fmt: skip
def unit_convert(block: pd.DataFrame, params: UnitConvert, units: Sequence[UnitConversion]) -> pd.Series:
    """The value in unit ``to``; what is in that unit already stays as it is.

    Shape:   n texts and n units in, n texts out, same index.
    Unit:    ``to``; exact decimal arithmetic (``sdtm.mapping.units.convert``).
    Missing: where value or unit is missing, or no conversion from that unit is declared (reported).
    Errors:  a factor that is no number stops the run.
    Source:  DESIGN §3; SDTMIG 3.4, 4.5.1.
    Example: units {unit: g, to: mg, factor: 1000}: 0.25 g -> 250.
    """
    # What this is measured in is not known here, so that conversions of one specimen do not count.
    fitting = [c for c in units if c.to == params.to and not c.specimen]
    declared = {c.unit: c for c in fitting if not c.test}
    declared |= {c.unit: c for c in fitting if c.test and c.test == params.test}

    def converted(rows: list[tuple[str | None, ...]]) -> list[str | None]:
        return [_one(value, unit, params.to, declared) for value, unit in rows]

    return map_rows([block[params.unit_convert], block[params.unit]], converted)


def _one(value: str | None, unit: str | None, to: str, declared: dict[str, UnitConversion]) -> str | None:
    if value is None or unit is None:
        return None
    if unit == to:
        return value
    return convert([value], declared[unit])[0] if unit in declared else None
