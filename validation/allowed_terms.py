"""The values that a variable may have: the terms of its codelists and what the study adds to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from specs.model import Study
from specs.standards import Codelist, Terminology, VariableDefinition

# Values that the guide itself gives beside the codelist: several races are MULTIPLE (SDTMIG 3.4, 5.2).
_BESIDE = {"RACE": {"MULTIPLE"}}
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
