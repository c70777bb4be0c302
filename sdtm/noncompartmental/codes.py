"""Which parameters a profile has by route and dosing, their CDISC codes, names and kinds of unit."""

from __future__ import annotations

from typing import Literal, NamedTuple

from sdtm.noncompartmental.starting_point import BOLUS, EXTRAVASCULAR, INFUSION

UnitKind = Literal[
    "concentration", "time", "area", "moment", "rate", "clearance", "volume", "percent", "number"
]
CODELIST_CODES = "C85839"  # PKPARMCD


class Code(NamedTuple):
    """``calculated``: name among the calculated parameters. ``routes``: where this code is the right one.

    ``dosing``: a parameter of a single dose, of steady state, or of both. ``slope``: built on the terminal
    phase, so that its acceptance is judged.
    """

    code: str
    calculated: str
    unit: UnitKind
    routes: tuple[int, ...]
    dosing: Literal["single", "steady", "both"] = "both"
    slope: bool = False
    interval: bool = False  # needs the dosing interval, and is left out where there is none


_ALL = (EXTRAVASCULAR, INFUSION, BOLUS)
_IV = (INFUSION, BOLUS)


def _same(code: str, unit: UnitKind, dosing: Literal["single", "steady", "both"] = "both") -> Code:
    return Code(code, code, unit, _ALL, dosing)


def _by_route(extravascular: str, intravenous: str, calculated: str, unit: UnitKind) -> tuple[Code, Code]:
    return (
        Code(extravascular, calculated, unit, (EXTRAVASCULAR,), "single", True),
        Code(intravenous, calculated, unit, _IV, "single", True),
    )


def _residence(ending: str, calculated: str, slope: bool) -> tuple[Code, Code, Code]:
    return (
        Code(f"MRTEV{ending}", calculated, "time", (EXTRAVASCULAR,), "single", slope),
        Code(f"MRTIC{ending}", calculated, "time", (INFUSION,), "single", slope),
        Code(f"MRTIB{ending}", calculated, "time", (BOLUS,), "single", slope),
    )


def _slope(code: str, unit: UnitKind, dosing: Literal["single", "steady", "both"] = "both") -> Code:
    return Code(code, code, unit, _ALL, dosing, True)


def _interval(code: str, unit: UnitKind, dosing: Literal["single", "steady", "both"] = "both") -> Code:
    return Code(code, code, unit, _ALL, dosing, interval=True)


CODES: tuple[Code, ...] = (
    _same("CMAX", "concentration"),
    _same("TMAX", "time"),
    _same("CLST", "concentration"),
    _same("TLST", "time"),
    Code("TLAG", "TLAG", "time", (EXTRAVASCULAR,), "single"),
    Code("C0", "C0", "concentration", (BOLUS,), "single"),
    _same("AUCLST", "area"),
    _slope("LAMZ", "rate"),
    _slope("LAMZHL", "time"),
    _slope("LAMZNPT", "number"),
    _slope("LAMZLL", "time"),
    _slope("LAMZUL", "time"),
    _slope("LAMZSPN", "number"),
    _slope("R2", "number"),
    _slope("R2ADJ", "number"),
    _slope("CORRXY", "number"),
    _slope("AUCIFO", "area", "single"),
    _slope("AUCIFP", "area", "single"),
    _slope("AUCPEO", "percent", "single"),
    _slope("AUCPEP", "percent", "single"),
    Code("AUCPBEO", "AUCPBEO", "percent", (BOLUS,), "single", True),
    _same("AUMCLST", "moment", "single"),
    _slope("AUMCIFO", "moment", "single"),
    _slope("AUMCIFP", "moment", "single"),
    _slope("AUMCPEO", "percent", "single"),
    _slope("AUMCPEP", "percent", "single"),
    *_by_route("CLFO", "CLO", "CLO", "clearance"),
    *_by_route("CLFP", "CLP", "CLP", "clearance"),
    *_by_route("VZFO", "VZO", "VZO", "volume"),
    *_by_route("VZFP", "VZP", "VZP", "volume"),
    *_residence("LST", "MRTLST", False),
    *_residence("IFO", "MRTO", True),
    *_residence("IFP", "MRTP", True),
    Code("VSSO", "VSSO", "volume", _IV, "single", True),
    Code("VSSP", "VSSP", "volume", _IV, "single", True),
    _interval("TAU", "time"),
    _interval("AUCTAU", "area"),
    _interval("AUMCTAU", "moment", "steady"),
    _interval("CAVG", "concentration"),
    _interval("CMIN", "concentration", "steady"),
    _interval("TMIN", "time", "steady"),
    _same("CTROUGH", "concentration", "steady"),
    _interval("FLUCP", "percent", "steady"),
    _interval("SWING", "number", "steady"),
    Code("CLFTAU", "CLTAU", "clearance", (EXTRAVASCULAR,), "steady", interval=True),
    Code("CLTAU", "CLTAU", "clearance", _IV, "steady", interval=True),
    Code("VZFTAU", "VZTAU", "volume", (EXTRAVASCULAR,), "steady", True, True),
    Code("VZTAU", "VZTAU", "volume", _IV, "steady", True, True),
)


def parameter_name(code: str, version: str = "") -> str:
    """The name (PPTEST) that controlled terminology gives a code: ``AUCLST`` -> AUC to Last Nonzero Conc.

    ``version``: of SDTM terminology; the bundled one if empty. Raises ``KeyError`` for a code that it lacks.
    """
    from specs.standards.terminology import terminology

    words = terminology(version) if version else terminology()
    name = words.paired_test_name(CODELIST_CODES, code)
    if name is None:
        raise KeyError(f"{code} is no term of {CODELIST_CODES} (PKPARMCD) in {words!r}")
    return name
