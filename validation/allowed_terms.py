"""The values that a variable may have: the terms of its codelists and what the study adds to them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from specs.model import Study
from specs.standards import Codelist, Terminology, VariableDefinition

# Values that the guide itself gives beside the codelist: several races are MULTIPLE (SDTMIG 3.4, 5.2).
_BESIDE = {"RACE": {"MULTIPLE"}}
# Tests of instruments (questionnaires, scales, classifications) have a codelist for each instrument, whose
# short name ends in TC; the guide names none of them, and for RS only that of tumour response.
_INSTRUMENTS = ("QS", "FT", "RS")
_LISTED_IN_WORDS = 8  # longer codelists are named, not listed


@dataclass(frozen=True, slots=True)
class AllowedTerms:
    """``values``: every allowed one. ``extensible``: others may be declared. ``words``: for a message."""

    values: frozenset[str]
    extensible: bool
    words: str
    hint: Callable[[str], str]


def allowed_terms(
    variable: VariableDefinition,
    listed: Mapping[str, VariableDefinition],
    study: Study | None,
    terms: Terminology,
) -> AllowedTerms | None:
    """What a variable may hold, or None where no codelist says it.

    None, too, where the package has not (or no longer) one of the codelists that the guide names: what
    cannot be known is not judged. The names of tests follow their codes: a declared extension of the
    --TESTCD codelist allows its decode in --TEST.
    """
    codelists = [terms.codelist(code) for code in variable.codelists]
    known = [codelist for codelist in codelists if codelist is not None]
    if not known or len(known) < len(codelists):
        return None
    values = {value for codelist in known for value in codelist.terms}
    values |= _BESIDE.get(variable.name, set())
    for codelist in known:
        values |= set(extension(codelist, study))
    if has_instruments(variable.name):
        tests = instrument_tests(terms)
        values |= set(tests if variable.name.endswith("CD") else tests.values())
    short_name = listed.get(variable.name + "CD")
    for code in short_name.codelists if short_name else ():
        codes = terms.codelist(code)
        values |= set(extension(codes, study).values()) if codes else set()
    return AllowedTerms(
        values=frozenset(values),
        extensible=any(codelist.extensible for codelist in known),
        words=_in_words(known, terms),
        hint=lambda text: _hint(text, known, values),
    )


def has_instruments(variable: str) -> bool:
    """Whether a variable holds codes or names of tests of instruments: RSTESTCD, QSTEST."""
    return variable[:2] in _INSTRUMENTS and variable[2:] in ("TESTCD", "TEST")


@functools.lru_cache(maxsize=4)
def instrument_tests(terms: Terminology) -> dict[str, str]:
    """--TESTCD -> --TEST of every published instrument: ECOG101 -> ECOG1-Performance Status."""
    tests: dict[str, str] = {}
    for entry in terms.codelists:
        codes = terms.codelist(entry.code) if entry.name.endswith("TC") else None
        names = terms.paired_codelist(entry.code) if codes else None
        for code, term in codes.terms.items() if codes and names else ():
            name = names.by_code(term.code) if names else None
            if name:
                tests[code] = name
    return tests


def published_name(variable: VariableDefinition, code: str, terms: Terminology) -> str | None:
    """The name that terminology publishes with a code: --TEST of a --TESTCD; None if it knows neither."""
    for codelist in variable.codelists:
        name = terms.paired_test_name(codelist, code)
        if name is not None:
            return name
    return instrument_tests(terms).get(code) if has_instruments(variable.name) else None


def extension(codelist: Codelist, study: Study | None) -> dict[str, str]:
    """What the study adds to a published codelist: submission value -> decode."""
    added: dict[str, str] = {}
    for own in study.codelists.values() if study else ():
        if own.codelist in (codelist.code, codelist.name):
            added |= own.extend
    return added


def _in_words(codelists: list[Codelist], terms: Terminology) -> str:
    names = " or ".join(f"{codelist.code} ({codelist.name})" for codelist in codelists)
    count = sum(len(codelist.terms) for codelist in codelists)
    if count <= _LISTED_IN_WORDS:
        return f"a term of {names}: {', '.join(t for codelist in codelists for t in codelist.terms)}"
    return f"a term of {names}, {terms.package.upper()} CT {terms.version}"


def _hint(text: str, codelists: list[Codelist], values: set[str]) -> str:
    """What is written nearly like this, or means the same; a person decides."""
    folded = text.strip().casefold()
    same = sorted(value for value in values if value.casefold() == folded)
    if not same:
        same = sorted({found for codelist in codelists if (found := codelist.match_synonym(text.strip()))})
    return f'the published term is "{same[0]}"; map the value to it' if same else ""
