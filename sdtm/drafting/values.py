"""Evidence from values: texts that are terms of the codelist of a variable, numbers where it is numeric."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from sdtm.drafting.evidence import Reason
from sdtm.drafting.material import RawColumn
from specs.standards import Codelist, Terminology, VariableDefinition

YES_NO = "C66742"
# Grades of CTCAE, which SDTMIG gives no codelist.
GRADES = frozenset("12345")
# How exports write a box that is ticked or not, where the variable is Y or N.
BOX = {"0": "N", "1": "Y"}
CONSTANT = 5  # rows; more with one text are no coincidence
COUNTRY = re.compile(r"[A-Z]{3}")
MOST = 500  # distinct texts; a column with more holds no codes
SPECIFIC, COMMON = 0.4, 0.15  # what a match with a codelist weighs; Y and N are everywhere


@dataclass(frozen=True, slots=True)
class Match:
    """The texts of a column against the codelists of a variable.

    ``terms``: raw text -> submission value, where they differ; ``unknown``: text -> rows that no term fits.
    """

    codelists: tuple[Codelist, ...]
    terms: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)
    texts: int = 0
    is_box: bool = False
    decoded: bool = False

    @property
    def share(self) -> float:
        return 1 - len(self.unknown) / self.texts if self.texts else 0.0

    @property
    def text(self) -> str:
        if self.is_box:
            return "0 and 1 are how exports write a box that is Y when it is ticked"
        known = self.texts - len(self.unknown)
        kind = "" if not self.terms else ", some in another case or as a synonym"
        if self.decoded:
            kind = ", by what the code-book says that they mean"
        return f"{known} of {self.texts} texts are terms of {self.name}{kind}"

    @property
    def name(self) -> str:
        """How a question names the codelists: ``codelist NY (C66742)``."""
        named = ", ".join(f"{codelist.name} ({codelist.code})" for codelist in self.codelists)
        return f"codelist{'s' if len(self.codelists) > 1 else ''} {named}"


def best_match(column: RawColumn, definition: VariableDefinition, words: Terminology) -> Match | None:
    """The texts against the codelists of a variable; None where it has none, or there is no text."""
    if not column.texts or len(column.texts) > MOST:
        return None
    codelists = codelists_of(definition, words)
    if not codelists:
        return None
    if column.decodes:
        return _decoded(column, match_codelists(dict.fromkeys(column.decodes.values(), 1), codelists))
    if [codelist.code for codelist in codelists] == [YES_NO] and set(column.texts) <= set(BOX):
        return Match(
            tuple(codelists), {text: BOX[text] for text in column.texts}, {}, len(column.texts), True
        )
    return match_codelists(column.texts, codelists)


def codelists_of(definition: VariableDefinition, words: Terminology) -> list[Codelist]:
    return [codelist for code in definition.codelists if (codelist := words.codelist(code)) is not None]


def _decoded(column: RawColumn, match: Match) -> Match:
    """A match of what the code-book says, under the codes that stand in the column."""
    terms, unknown = {}, {}
    for code, decode in column.decodes.items():
        if decode in match.unknown:
            unknown[code] = column.texts[code]
        else:
            terms[code] = match.terms.get(decode, decode)
    return Match(match.codelists, terms, unknown, len(column.texts), decoded=True)


def match_codelists(texts: Mapping[str, int], codelists: Sequence[Codelist]) -> Match:
    """Each text as a submission value: as it is, without outer blanks, in another case, or as a synonym."""
    terms: dict[str, str] = {}
    unknown: dict[str, int] = {}
    folded = {codelist.code: fold(codelist) for codelist in codelists}
    for text, rows in texts.items():
        bare = text.strip()
        ways = (
            *(text if text in codelist.terms else "" for codelist in codelists),
            *(folded[codelist.code].get(bare.casefold(), "") for codelist in codelists),
            *(codelist.match_synonym(bare) or "" for codelist in codelists),
        )
        value = next((way for way in ways if way), "")
        if not value:
            unknown[text] = rows
        elif value != text:
            terms[text] = value
    return Match(tuple(codelists), terms, unknown, len(texts))


@cache
def fold(codelist: Codelist) -> dict[str, str]:
    """Submission value in small letters -> submission value, where that is one only."""
    found: dict[str, str] = {}
    for value in codelist.terms:
        key = value.casefold()
        found[key] = "" if key in found else value
    return found


def by_values(
    column: RawColumn, definition: VariableDefinition, words: Terminology
) -> tuple[list[Reason], str]:
    """What the values say for a column as this variable, and what they say against it (empty: nothing)."""
    if not column.texts:
        return [], ""
    if definition.name == "COUNTRY" and not all(COUNTRY.fullmatch(text) for text in column.texts):
        return [], "its texts are not the three letters of ISO 3166"
    if definition.type == "Num" and column.decodes:
        return [], f"{definition.name} is numeric, and the values are codes with a meaning in the code-book"
    if definition.type == "Num" and column.type not in ("integer", "number"):
        return [], f"{definition.name} is numeric, and the values are {column.type}"
    if definition.name.endswith("DOSTXT") and column.type in ("integer", "number"):
        return [], "its values are numbers, and a dose in numbers is --DOSE"
    if definition.name.endswith("TERM") and column.constant and column.filled > CONSTANT:
        return [], f"{column.constant!r} in every row is no term of an event"
    if definition.name.endswith("TOXGR"):
        graded = set(column.texts) <= GRADES
        return [Reason(0.2, "its values are grades from 1 to 5")] if graded else [], ""
    if definition.type == "Num":
        return [Reason(0.2, "its values are numbers")], ""
    match = best_match(column, definition, words)
    if match is None:
        return [], ""
    closed = not any(codelist.extensible for codelist in match.codelists)
    if not match.share and (closed or is_coded(column)):
        shown = ", ".join(list(column.texts)[:6])
        return [], f"none of its texts ({shown}) is a term of {match.name}"
    weight = COMMON if match.codelists[0].code == YES_NO else SPECIFIC
    return ([Reason(weight * match.share, match.text)] if match.share >= 0.5 else []), ""


def is_coded(column: RawColumn) -> bool:
    """Whether a column holds numbers that stand for something."""
    return column.type == "integer" and not column.decodes
