"""Which columns of a raw table hold units, and of which other column."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from specs.standards import Codelist, terminology

# C71620 (UNIT) holds what the codelists of single domains hold (VSRESU, PKUNIT …), with few exceptions.
CODELISTS = ("C71620", "C66770", "C85494")
NAMED = re.compile(r"(.+?)_?(?:UNITS?|ORRESU|U)", re.IGNORECASE)
MOST = 60  # distinct texts; no column of units has more


@dataclass(frozen=True, slots=True)
class Unit:
    """A column of units: its texts with their counts, and the column measured in them (may be empty)."""

    column: str
    of: str
    texts: Mapping[str, int]


def unit_columns(columns: Mapping[str, Mapping[str, int]], labels: Mapping[str, str]) -> tuple[Unit, ...]:
    """The columns in which most texts are units of controlled terminology, or synonyms of one.

    ``columns``: name -> text -> count. The name (TEMPU, DOSE_UNIT) or the label must speak of a unit, or
    the texts must look like nothing else (mg/dL), for M and F are units as well.
    """
    found = []
    for name, texts in columns.items():
        if not texts or len(texts) > MOST:
            continue
        known = [text for text in texts if is_unit(text)]
        said = bool(NAMED.fullmatch(name)) or "unit" in labels.get(name, "").casefold()
        plain = sum("/" in text or "%" in text or "^" in text for text in known)
        if known and 2 * len(known) > len(texts) and (said or 2 * plain > len(texts)):
            found.append(Unit(name, measured(name, columns), dict(texts)))
    return tuple(found)


def measured(name: str, columns: Collection[str]) -> str:
    """The column whose unit this one holds, by its name: TEMPU -> TEMP, VSORRESU -> VSORRES."""
    folded = {other.casefold(): other for other in columns if other != name}
    for stem in stems(name):
        if stem.casefold() in folded:
            return folded[stem.casefold()]
    return ""


def stems(name: str) -> Sequence[str]:
    ends = ("_UNITS", "_UNIT", "UNITS", "UNIT", "_U", "U")
    cut = [name[: -len(end)] for end in ends if name.upper().endswith(end) and len(name) > len(end)]
    return [*cut, *(f"{stem}E" for stem in cut if stem.upper().endswith("DOS"))]  # EXDOSU and EXDOSE


def is_unit(text: str) -> bool:
    """Whether a text is a unit of controlled terminology, or a synonym of one, in any case."""
    text = text.strip()
    if not text or text.replace(".", "").isdigit():
        return False
    return any(codelist.match_synonym(text) or _folded(codelist, text) for codelist in _units())


def _folded(codelist: Codelist, text: str) -> bool:
    return text.casefold() in _terms(codelist.code)


@cache
def _terms(code: str) -> frozenset[str]:
    codelist = terminology().codelist(code)
    return frozenset(term.casefold() for term in codelist.terms) if codelist else frozenset()


@cache
def _units() -> tuple[Codelist, ...]:
    return tuple(found for code in CODELISTS if (found := terminology().codelist(code)) is not None)
