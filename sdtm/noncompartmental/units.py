"""Units of parameters out of those of time, concentration and dose, with exact factors.

A dose of 10 mg over an area in h*ng/mL gives a clearance in mg / (h*ng/mL) = 1000 L/h: the factor is a power
of ten, worked out as a fraction.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sdtm.noncompartmental.codes import UnitKind

_PREFIXES = {"k": 3, "": 0, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15}
_VOLUMES = {"L": 0, "dL": -1, "mL": -3, "uL": -6}
_TIMES = ("h", "day", "min")
_SIZES = ("kg", "m2")


@dataclass(frozen=True, slots=True)
class Amount:
    """``mg/m2``: a power of ten of ``g`` or ``mol``, per nothing, kg or m2."""

    base: str
    power: int
    per: str


def read_amount(text: str) -> Amount | None:
    """An amount of substance, or None for a text that is none: ``mg``, ``umol``, ``mg/kg``, ``mg/m2``."""
    unit, slash, per = text.partition("/")
    if slash and per not in _SIZES:
        return None
    for base in ("mol", "g"):
        prefix = unit.removesuffix(base)
        if unit.endswith(base) and prefix in _PREFIXES:
            return Amount(base, _PREFIXES[prefix], per)
    return None


def read_concentration(text: str) -> tuple[Amount, int] | None:
    """Amount and power of ten of the volume: ``ng/mL`` -> (ng, -3); None for a text that is none."""
    unit, _, volume = text.partition("/")
    amount = read_amount(unit)
    if amount is None or amount.per or volume not in _VOLUMES:
        return None
    return amount, _VOLUMES[volume]


def clearance_factor(dose: str, concentration: str) -> float | None:
    """What dose / AUC is multiplied with to come out in L per time (per kg or m2 for such doses).

    Shape:   two units in, one number out.
    Unit:    L / time / (dose unit / (time x concentration unit)).
    Missing: None where a unit is not understood, or one counts mass and the other moles.
    Errors:  none.
    Source:  SI prefixes.
    Example: mg and ng/mL -> 1000; mg and ug/mL -> 1; umol and ng/mL -> None.
    """
    given, measured = read_amount(dose), read_concentration(concentration)
    if given is None or measured is None or given.base != measured[0].base:
        return None
    return float(Fraction(10) ** (given.power - measured[0].power + measured[1]))


def unit_of(kind: UnitKind, time: str, concentration: str, dose: str) -> str:
    """The unit of a kind of parameter in CDISC's spelling; empty for numbers.

    Shape:   texts in, one text out.
    Unit:    codelist PKUNIT (C85494): ``h*ng/mL``, ``h2*ng/mL``, ``/h``, ``L/h``, ``(L/h)/m2``.
    Missing: empty text for a parameter without unit, and for one whose unit is not known.
    Errors:  ``ValueError`` for a unit of time that is not h, day or min.
    Source:  SDTM controlled terminology.
    Example: area, h, ng/mL, mg -> h*ng/mL; clearance, h, ng/mL, mg/m2 -> (L/h)/m2.
    """
    if time not in _TIMES:
        raise ValueError(f"a unit of time of {', '.join(_TIMES)}, not {time!r}")
    amount = read_amount(dose)
    per = amount.per if amount else ""
    known = clearance_factor(dose, concentration) is not None
    units: dict[UnitKind, str] = {
        "concentration": concentration,
        "time": time,
        "area": f"{time}*{concentration}" if concentration else "",
        "moment": f"{time}2*{concentration}" if concentration else "",
        "rate": f"/{time}",
        "clearance": (f"(L/{time})/{per}" if per else f"L/{time}") if known else "",
        "volume": (f"L/{per}" if per else "L") if known else "",
        "percent": "%",
        "number": "",
    }
    return units[kind]
