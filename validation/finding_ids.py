"""Names of findings that stay: the same defect of the same record has the same id in every run.

An id is made of what the defect is (rule, dataset, variable, what was found) and of what tells the record
apart: subject, natural keys and value, or the raw table and its key. Row numbers, --SEQ, counts, severities
and the words of the advice are not in it, so that it stays when rows move, datasets are sorted or numbered
anew, a line of the spec moves, or the spec accepts the finding. What is equal in all of that gets -2, -3 and
so on. A value is in it on purpose: an explanation of one value says nothing about another.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from validation.findings import Finding, Place

FINDING, ISSUE, QUERY = "F", "I", "Q"
# Without I, L, O and U, which people misread.
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]
# Six pairs of 10 bits: of a million ids two are equal in one of two million studies.
_SHIFTS = (50, 40, 30, 20, 10, 0)

_COUNTS = re.compile(
    r"\b\d[\d,]*(?= (?:other )?(?:rows?|records?|values|drafts|others|subjects|files|columns|lines)\b)"
)
_OTHER_VALUES = re.compile(r"[\d,]+ other values, such as ")  # as validation.judge tells them
_EXAMPLES = re.compile(r", such as .*", re.DOTALL)
_NUMBERED = re.compile(r"\b(?:[A-Z][A-Z0-9]{0,4}SEQ|IDVARVAL)=\S*")


@dataclass(frozen=True, slots=True)
class Issue:
    """One record of a finding, or what is not told record by record.

    ``place`` is None where the finding is about a dataset or variable as a whole, and for the ``unlisted``
    records that it counts and does not name.
    """

    id: str
    finding: Finding
    place: Place | None
    unlisted: int = 0

    @property
    def subject(self) -> str:
        return "" if self.place is None else subject_of(self.place)


def name_of(kind: str, *parts: object) -> str:
    """A short name made of texts, alone or in tuples; equal ones give equal names."""
    return _name(kind, hashlib.sha256(_bytes(parts)))


def _name(kind: str, told: hashlib._Hash) -> str:
    number = int.from_bytes(told.digest()[:8], "big") >> 4
    pairs = [_PAIRS[number >> shift & 1023] for shift in _SHIFTS]
    return f"{kind}-{''.join(pairs)}"


def _bytes(parts: tuple[object, ...]) -> bytes:
    # Unlike the usual form of a text, this one does not depend on what a Python knows of Unicode.
    return ascii(parts).encode("ascii")


def finding_ids(findings: Sequence[Finding]) -> list[str]:
    """The id of each finding, in their order. Findings are expected as ``fold`` leaves them."""
    return list(_apart(name_of(FINDING, *_defect(finding)) for finding in findings))


def issues(findings: Sequence[Finding], ids: Sequence[str] | None = None) -> list[list[Issue]]:
    """For each finding one issue for each record that it names, and one for those that it does not name.

    The latter has the id of the finding. ``ids``: those of ``finding_ids``, where they are known.
    """
    own = finding_ids(findings) if ids is None else ids
    named = _apart(name for finding in findings for name in _names_of_records(finding))
    out = []
    for finding, id in zip(findings, own, strict=True):
        told = [Issue(next(named), finding, place) for place in finding.places]
        unlisted = max(finding.count - len(finding.places), 0) if finding.places else 0
        if unlisted or not finding.places:
            told.append(Issue(id, finding, None, unlisted))
        out.append(told)
    return out


def _names_of_records(finding: Finding) -> Iterator[str]:
    """A value that is what was found is told once, so that a record is the same whether its value is told alone or
    among others."""
    *rule, found = _defect(finding)
    of_finding, of_value = (hashlib.sha256(_bytes((*rule, text))) for text in (found, ""))
    is_of_others = _OTHER_VALUES.match(finding.found) is not None
    for place in finding.places:
        is_value = is_of_others or finding.found in (place.value, f'"{place.value}"')
        told = (of_value if is_value else of_finding).copy()
        told.update(_bytes(_record(finding, place)))
        yield _name(ISSUE, told)


def subject_of(place: Place) -> str:
    """USUBJID of a place; empty where it is of no subject, or of one that is not known."""
    return dict(place.keys).get("USUBJID", "") or (place.origin.subject if place.origin else "")


def is_listed(finding: Finding) -> bool:
    """Whether a finding names every record that it counts, and stands for no other finding."""
    return finding.stands_for == 1 and (not finding.places or len(finding.places) >= finding.count)


def _defect(finding: Finding) -> tuple[str, str, str, str]:
    if finding.stands_for > 1:
        return finding.rule, finding.dataset, finding.variable, "others"
    found = _COUNTS.sub("#", _EXAMPLES.sub("", _without_numbers(finding.found, finding.variable)))
    return finding.rule, finding.dataset, finding.variable, found


def _record(finding: Finding, place: Place) -> tuple[object, ...]:
    keys = tuple([pair for pair in place.keys if not is_number_of_record(pair[0])])
    value = _without_numbers(place.value, finding.variable)
    if place.identity:
        return keys, place.identity, value
    origin = place.origin
    if origin is not None and origin.record:
        return keys, origin.form, origin.record, place.column, value
    if origin is not None and origin.form:
        texts = tuple([(column, text) for column, _, text in origin.entered])
        return keys, origin.form, origin.subject, texts, place.column, value
    return keys, place.file, place.column, value


def _without_numbers(text: str, variable: str) -> str:
    """A text without --SEQ, which is given anew in every run."""
    if is_number_of_record(variable):
        return ""
    return _NUMBERED.sub("#", text) if "=" in text else text


@cache
def is_number_of_record(variable: str) -> bool:
    """Whether a variable only numbers records: --SEQ, or IDVARVAL, which points at one."""
    return variable == "IDVARVAL" or (variable.endswith("SEQ") and 4 <= len(variable) <= 8)


def _apart(names: Iterable[str]) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name}-{seen[name]}"
