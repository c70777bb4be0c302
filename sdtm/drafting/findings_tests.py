"""Tests of findings domains by name: which --TESTCD a column, a code or a test name means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from sdtm.drafting.context import Context
from sdtm.drafting.values import fold
from sdtm.drafting.words import words
from specs.standards import Codelist

SHORTEST = 3  # letters of a test code in a column name; shorter ones mean too much
# What laboratories and devices call tests beside their names and synonyms in controlled terminology. The values of
# a 12-lead ECG are those of several beats (aggregates) unless it says otherwise.
CALLED = {
    "EG": {
        "HR": "EGHRMN", "PR": "PRAG", "QRS": "QRSAG", "QT": "QTAG", "QTCB": "QTCBAG", "QTCF": "QTCFAG", "RR": "RRAG",
        "PRINTERVAL": "PRAG", "QRSDURATION": "QRSAG", "QTINTERVAL": "QTAG", "QTCFINTERVAL": "QTCFAG",
    },
    "LB": {
        "ALAT": "ALT", "ALKP": "ALP", "ALKPHOS": "ALP", "ASAT": "AST", "CREA": "CREAT", "GLU": "GLUC", "HB": "HGB",
        "LEUCOCYTES": "WBC", "PLT": "PLAT", "SGOT": "AST", "SGPT": "ALT", "TBIL": "BILI", "THROMBOCYTES": "PLAT",
    },
    "VS": {"BODYTEMPERATURE": "TEMP", "BODYWEIGHT": "WEIGHT", "BODYHEIGHT": "HEIGHT", "PULSERATE": "PULSE"},
}  # fmt: skip
BRITISH = ((r"haem", "hem"), (r"aemia", "emia"), (r"oestr", "estr"), (r"leuco", "leuko"))
BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")


@dataclass(frozen=True, slots=True)
class NamedTest:
    """A test, and why."""

    code: str
    why: str


def match_test(context: Context, domain: str, text: str) -> NamedTest | None:
    """The test that a collected text names: a code, a name, or a published synonym; exactly, in any case.

    Else by a name that laboratories use, in British spelling, or by the words of a published name.
    """
    key = (domain, text)
    if key not in context.tests_named:
        found = (_match(context, codes, text) for codes in context.test_lists.get(domain, ()))
        exact = next((match for match in found if match is not None), None)
        context.tests_named[key] = exact or _called(context, domain, text)
    named: NamedTest | None = context.tests_named[key]
    return named


def _called(context: Context, domain: str, text: str) -> NamedTest | None:
    """A test by a name that is usual and not published: of a laboratory, in British spelling, the words of a name."""
    if code := CALLED.get(domain, {}).get(re.sub(r"[^A-Z0-9]", "", text.upper()), ""):
        return NamedTest(code, f"{text!r} is a usual name of {code}")
    spelled = text.strip()
    for british, american in BRITISH:
        spelled = re.sub(british, american, spelled, flags=re.IGNORECASE)
    if spelled != text.strip():
        for codes in context.test_lists.get(domain, ()):
            if (match := _match(context, codes, spelled)) is not None:
                return NamedTest(match.code, f"{text!r} is {match.code} in British spelling")
    if code := _by_words(context, domain).get(frozenset(words(text)), ""):
        return NamedTest(code, f"the words of {text!r} are those of {code} in controlled terminology")
    return None


def _match(context: Context, codes: Codelist, text: str) -> NamedTest | None:
    bare = text.strip()
    if code := (bare if bare in codes.terms else fold(codes).get(bare.casefold(), "")):
        return NamedTest(code, f"{text!r} is the test code {code}")
    names = context.words.paired_codelist(codes.code)
    if names is not None:
        named = bare if bare in names.terms else fold(names).get(bare.casefold(), "")
        named = named or names.match_synonym(bare) or ""
        if named and (code := _code_of(codes, names, named)):
            return NamedTest(code, f"{text!r} is a name of {code} in controlled terminology")
    if code := codes.match_synonym(bare) or "":
        return NamedTest(code, f"{text!r} is a synonym of {code} in controlled terminology")
    return None


def match_test_column(context: Context, domain: str, stem: str, label: str) -> NamedTest | None:
    """The test that a column of a wide form holds, by its name in capitals or by its label."""
    codes = _codes(context, domain)
    letters = re.sub(r"[^A-Z0-9]", "", stem)
    bare = letters.removeprefix(domain) if len(letters) > len(domain) + 1 else letters
    for name in (letters, bare):
        if called := CALLED.get(domain, {}).get(name, ""):
            return NamedTest(called, f"{name} is a usual name of {called}")
        if len(name) >= SHORTEST and name in codes:
            return NamedTest(name, f"the name is the test code {name}")
    if code := _by_words(context, domain).get(name_words(stem, domain)):
        return NamedTest(code, f"the words of the name are those of {code} in controlled terminology")
    said = BRACKETS.sub("", label)
    if len(said) >= SHORTEST and (match := match_test(context, domain, said)):
        return NamedTest(match.code, f"the label {label!r} is a name of {match.code}")
    return None


def name_words(stem: str, domain: str) -> frozenset[str]:
    """The words of a column name: SYSTOLIC_BP -> systolic, blood, pressure."""
    parts = [part for part in stem.lower().split("_") if part != domain.lower()]
    return frozenset(words(" ".join(parts)))


def tests_like(context: Context, domain: str, letters: str) -> list[str]:
    """Test codes that begin with a name: candidates for a question (EGQT -> QTAG, QTCFAG …)."""
    bare = letters.removeprefix(domain)
    if len(bare) < 2:
        return []
    return [code for code in _codes(context, domain) if code.startswith((bare, letters))][:8]


def _codes(context: Context, domain: str) -> list[str]:
    return [code for codes in context.test_lists.get(domain, ()) for code in codes.terms]


def _by_words(context: Context, domain: str) -> dict[frozenset[str], str]:
    """The words of a published test name -> its code, where no other test has the same words."""
    if domain not in context.test_words:
        found: dict[frozenset[str], str] = {}
        for codes in context.test_lists.get(domain, ()):
            names = context.words.paired_codelist(codes.code)
            for name in names.terms if names is not None else ():
                key, code = frozenset(words(name)), _code_of(codes, names, name) if names else ""
                if key and code:
                    found[key] = code if found.get(key, code) == code else ""
        context.test_words[domain] = {key: code for key, code in found.items() if code}
    return context.test_words[domain]


def _code_of(codes: Codelist, names: Codelist, name: str) -> str:
    return _by_concept(codes).get(names.terms[name].code, "")


@cache
def _by_concept(codes: Codelist) -> dict[str, str]:
    """C-code of a test -> its short name."""
    return {term.code: value for value, term in codes.terms.items()}
