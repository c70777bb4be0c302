"""Evidence from names: SDTM and CDASH names, suffixes of EDC exports, words within a name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sdtm.drafting.evidence import Candidate, Reason
from sdtm.drafting.phrases import phrases, telling
from sdtm.drafting.words import IDLE, SAME, stands_for, words
from specs.standards import ImplementationGuide
from specs.standards.ig import EVENTS

EXACT, CONVENTION, WITHOUT_PREFIX, IN_WORDS = 0.95, 0.9, 0.8, 0.75
# What an EDC export adds to the name of a field: text as entered, coded text, code, copies by the system.
SUFFIXES = ("RAW", "STD", "INT", "YYYY", "YY", "MM", "DD", "C", "CODE", "DECODE")
SYSTEM_COPIES = (
    "INT",
    "YYYY",
    "YY",
    "MM",
    "DD",
)  # completed or cut by the system; the text as entered counts
DATE = re.compile(r"(.*?)_?(DATETIME|DTTM|DTM|DTC|DATE|DAT|DT)")
YEAR = re.compile(r"(BRTH|BIRTH|ST|START|ONSET|EN|END|STOP)?_?(YEAR|YR)")
TIME = re.compile(r"(.*?)_?(TIME|TIM|TM)")
STARTS = {
    "ST": "ST", "START": "ST", "STRT": "ST", "BEG": "ST", "BEGIN": "ST", "ONSET": "ST",
    "EN": "EN", "END": "EN", "STOP": "EN", "STP": "EN", "RESOLVED": "EN", "RESOLUTION": "EN",
}  # fmt: skip
# Names of CDASH and of common forms that differ from the variable that they become.
RENAMED = {
    "FREQ": "DOSFRQ", "DOSFREQ": "DOSFRQ", "DOSEU": "DOSU", "DOSEUNIT": "DOSU", "DOSEUN": "DOSU", "DSTXT": "DOSE",
    "DOSTXT": "DOSTXT", "DOSFORM": "DOSFRM", "FORM": "DOSFRM", "PT": "DECOD", "PTTERM": "DECOD", "RES": "ORRES",
    "RESU": "ORRESU", "UNIT": "ORRESU", "GR": "TOXGR", "GRADE": "TOXGR", "TXGR": "TOXGR", "REASON": "REASND",
    "REFLO": "ORNRLO", "REFHI": "ORNRHI", "LLN": "ORNRLO", "ULN": "ORNRHI", "NRLO": "ORNRLO", "NRHI": "ORNRHI",
    "IND": "INDC", "RT": "ROUTE", "VALUE": "ORRES", "VAL": "ORRES", "RESULT": "ORRES", "RESULTS": "ORRES",
    "UNITS": "ORRESU", "LOWERLIMIT": "ORNRLO", "UPPERLIMIT": "ORNRHI",
}  # fmt: skip
BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")  # a unit or a remark behind a label
SHORTEST = 2  # letters of a piece of a name


@dataclass(frozen=True, slots=True)
class Name:
    """A column name taken apart: ``stem`` in capitals without suffix, ``suffix`` of an EDC export."""

    column: str
    stem: str
    suffix: str = ""

    @property
    def letters(self) -> str:
        return re.sub(r"[^A-Z0-9]", "", self.stem)


def parse_names(columns: Collection[str]) -> dict[str, Name]:
    """The names of one table. A suffix counts where it can only be one: not every `_C` is a code.

    What stands before the last point is the name of an item group: ``IT.AETERM`` -> AETERM.
    """
    stems = {column: _stem(column) for column in columns}
    known = {re.sub(r"_(RAW|STD|INT)$", "", stem) for stem in stems.values()}
    found = {}
    for column, stem in stems.items():
        head, _, tail = stem.rpartition("_")
        sure = tail in ("RAW", "STD", "INT")
        if head and tail in SUFFIXES and (sure or head in known):
            found[column] = Name(column, head, tail)
        else:
            found[column] = Name(column, stem)
    return found


def _stem(column: str) -> str:
    last = column.rpartition(".")[2] or column
    last = BRACKETS.sub("", last) or last  # Weight (kg)
    parted = re.sub(r"([a-z])([A-Z])", r"\1_\2", last)
    return re.sub(r"[^A-Z0-9]+", "_", parted.upper()).strip("_")


def form_prefix(names: Iterable[Name], form: str = "") -> str:
    """The letters that the columns of a form begin with (EOT of EOTDAT, EOTREAS); empty if there are none.

    Either most columns begin so, or several do and the name of the form does as well.
    """
    stems = [name.letters for name in names]
    letters = re.sub(r"[^A-Z0-9]", "", form.upper())
    for length in (4, 3, 2):
        prefix = letters[:length]
        if len(prefix) == length and len({s for s in stems if s.startswith(prefix) and s != prefix}) >= 2:
            return prefix
    for length in (4, 3, 2):
        counts: dict[str, int] = {}
        for stem in set(stems):
            if len(stem) > length:
                counts[stem[:length]] = counts.get(stem[:length], 0) + 1
        best = max(counts, key=lambda prefix: (counts[prefix], prefix), default="")
        if best and counts[best] >= 3 and 2 * counts[best] > len(set(stems)):
            return best
    return ""


def by_name(
    name: Name, guide: ImplementationGuide, domain: str, prefixes: Collection[str] = ()
) -> list[Candidate]:
    """The variables of a domain that a column may be by its name, with the evidence."""
    found = list(_by_convention(name, guide, domain, [domain, *prefixes]))
    found += _by_words(name, guide, domain, [domain, *prefixes])
    best: dict[tuple[str, str], Candidate] = {}
    for candidate in found:
        key = (candidate.variable, candidate.part)
        if key not in best or candidate.score > best[key].score:
            best[key] = candidate
    return list(best.values())


def _by_convention(
    name: Name, guide: ImplementationGuide, domain: str, prefixes: list[str]
) -> Iterator[Candidate]:
    letters = name.letters
    rests = {letters: (WITHOUT_PREFIX, domain)}
    begins = [prefix for prefix in prefixes if letters.startswith(prefix) and letters != prefix]
    rests |= {letters.removeprefix(prefix): (CONVENTION, prefix) for prefix in reversed(begins)}
    if guide.variable(domain, letters):
        yield _candidate(name, letters, EXACT, f"the name {name.column} is that of the variable")
    for rest, (weight, prefix) in rests.items():
        for suffix in (rest, RENAMED.get(rest, "")):
            if suffix and letters != f"{domain}{suffix}" and guide.variable(domain, f"{domain}{suffix}"):
                yield _candidate(name, f"{domain}{suffix}", weight, _means(name, f"{domain}{suffix}"))
        if (
            rest in STARTS and len(rest) > SHORTEST
        ):  # the values tell whether it is a date: AE_START, ae.onset
            yield from _dates(name, guide, domain, rest, weight, "", prefix)
        if (match := YEAR.fullmatch(rest)) and match[1]:  # likewise: BRTHYR, onset_year
            yield from _dates(name, guide, domain, match[1], weight, "", prefix)
        for pattern, part in ((DATE, ""), (TIME, "time")):
            if match := pattern.fullmatch(rest):
                yield from _dates(name, guide, domain, match[1], weight, part, prefix)


def _dates(
    name: Name, guide: ImplementationGuide, domain: str, base: str, weight: float, part: str, prefix: str
) -> Iterator[Candidate]:
    """--DTC, --STDTC, --ENDTC and dates with a name of their own (BRTHDTC), for a name such as AESTDAT.

    The date that a form of events calls by its own name (EOTDAT of the form EOT) is that of the event.
    """
    if base == domain:
        return  # told with the prefix taken off
    if base == "BIRTH":
        base = "BRTH"
    if base in STARTS:
        variables = [f"{domain}{STARTS[base]}DTC"]
    elif base:
        variables = [f"{base}DTC", f"{domain}{base}DTC"]
    else:
        variables = [f"{domain}DTC"]
    events = not guide.variables(domain) or guide.variable(domain, f"{domain}STDTC") is not None
    for variable in dict.fromkeys(variables):
        if guide.variable(domain, variable) is None:
            continue
        definition = guide.dataset(domain)
        if not base and events and prefix != domain and definition and definition.class_name == EVENTS:
            start = f"{domain}STDTC"
            yield _candidate(name, start, IN_WORDS, f"{name.column} is the date of the event {prefix}", part)
        elif not base and events and domain != "DM":
            # --DAT of an event or intervention: when it was collected, or when it was? Forms use both.
            doubt = _means(name, variable, "may mean")
            yield _candidate(name, variable, 0.5, doubt, part)
            start = f"{domain}STDTC"
            yield _candidate(name, start, 0.5, _means(name, start, "may mean"), part)
        else:
            yield _candidate(name, variable, weight, _means(name, variable), part)


def _means(name: Name, variable: str, verb: str = "is a usual name of") -> str:
    return f"the name {name.column} {verb} {variable}"


def _by_words(
    name: Name, guide: ImplementationGuide, domain: str, prefixes: list[str]
) -> Iterator[Candidate]:
    """By the words that the pieces of a name stand for: DOS FM is a dose form."""
    sets = phrases(guide, domain)
    vocabulary = sorted({word for each in sets.values() for phrase in each for word in phrase} | IDLE)
    for pieces in _pieces(name, prefixes, vocabulary):
        part = ""
        if "time" in pieces and "date" not in pieces:
            pieces, part = ["date" if piece == "time" else piece for piece in pieces], "time"
        telling = [piece for piece in pieces if piece not in IDLE]
        for variable, alternatives in sets.items():
            weight = max(_fit(telling, phrase) for phrase in alternatives) if telling else 0
            if weight:
                told = " ".join(telling)
                yield _candidate(
                    name, variable, IN_WORDS * weight, f"{name.column} can be read as {told!r}", part
                )


def _fit(pieces: list[str], phrase: frozenset[str]) -> float:
    """1 if every piece stands for a word and every word is there; less the more is left over."""
    met = {word for word in phrase if any(stands_for(piece, word) for piece in pieces)}
    used = [piece for piece in pieces if any(stands_for(piece, word) for word in phrase)]
    if not met:
        return 0.0
    return len(used) / len(pieces) * (0.4 + 0.6 * len(met) / len(phrase))


def _pieces(name: Name, prefixes: list[str], vocabulary: list[str]) -> Iterator[list[str]]:
    """How a name can be cut into words, with and without the prefix of its form."""
    stems = {name.stem} | {name.stem.removeprefix(p).lstrip("_") for p in prefixes if name.stem != p}
    for stem in sorted(stems):
        found: list[str] = []
        for chunk in stem.lower().split("_"):
            if not chunk:
                continue
            cut = (
                [SAME.get(chunk, chunk)] if chunk in SAME or chunk in vocabulary else _cut(chunk, vocabulary)
            )
            found += [word for piece in (cut or [chunk]) for word in (SAME.get(piece, piece).split())]
        if found:
            yield found


def _cut(chunk: str, vocabulary: list[str]) -> list[str]:
    """A chunk of letters cut into known pieces, longest first; nothing if that does not come out even."""
    if not chunk:
        return []
    for length in range(len(chunk), SHORTEST - 1, -1):
        piece = chunk[:length]
        known = piece in SAME or (length >= 3 and any(word.startswith(piece) for word in vocabulary))
        if known:
            rest = _cut(chunk[length:], vocabulary)
            if rest or length == len(chunk):
                return [piece, *rest]
    return []


def _candidate(name: Name, variable: str, weight: float, text: str, part: str = "") -> Candidate:
    return Candidate(name.column, variable, (Reason(round(weight, 4), text),), part)


def by_label(column: str, label: str, guide: ImplementationGuide, domain: str) -> list[Candidate]:
    """The variables of a domain that the label or question of a column speaks of."""
    told = telling_words(label, guide, domain)
    found = []
    for variable, alternatives in phrases(guide, domain).items():
        weight = max((len(told & phrase) / len(told | phrase) for phrase in alternatives), default=0.0)
        if told and weight >= 0.5:
            text = f"the label {label!r} says it"
            found.append(Candidate(column, variable, (Reason(round(0.8 * weight, 4), text),)))
    return found


def telling_words(label: str, guide: ImplementationGuide, domain: str) -> frozenset[str]:
    """The words of a label or question without those that only name its form: adverse, event."""
    definition = guide.dataset(domain)
    about = set(words(definition.label)) if definition else set()
    return telling(words(BRACKETS.sub("", label)), about)


def same_field(names: Mapping[str, Name], column: str) -> list[str]:
    """The columns that an EDC export makes of one field: AESER, AESER_STD."""
    return [other for other, name in names.items() if name.stem == names[column].stem]
