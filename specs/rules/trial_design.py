"""Rules on what the spec writes into TA, TE, TV and TI: what the checks of a run would find there.

They have the ids and severities of those findings, and ``accept:`` makes notes of them in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from specs.drafts import drafts
from specs.iso8601 import is_duration
from specs.model import Path
from specs.problems import Problem
from specs.rules.spec import Spec, is_short_name, some
from specs.words import counted

_LONGEST_ARM = 20  # characters of ARMCD (SDTMIG 3.4, 7.2.1, assumptions on TA)
_WRITE = {
    "TVSTRL": "write TVSTRL: the rule for the start of the visit, such as Start of visit CYCLE 1 DAY 1",
    "TESTRL": "write TESTRL: the rule for the start of the element, such as First dose of study drug",
}


class _Text(NamedTuple):
    """A text of a trial design dataset: where the spec says it, and of which arm, element, visit or criterion."""

    dataset: str
    variable: str
    path: Path
    text: str
    of: str


def _texts(spec: Spec) -> Iterator[_Text]:
    """The texts that the datasets of trial design get. Without arms only TI is written."""
    study = spec.study
    for i, criterion in enumerate(study.criteria):
        for name in ("IETESTCD", "IETEST"):
            yield _Text("TI", name, ("criteria", i, name), getattr(criterion, name), criterion.IETESTCD)
    if not study.arms:
        return
    epochs = {element.ETCD: element.EPOCH for element in study.elements}
    for i, arm in enumerate(study.arms):
        for name in ("ARMCD", "ARM"):
            yield _Text("TA", name, ("arms", i, name), getattr(arm, name), arm.ARMCD)
        for j, step in enumerate(arm.elements):
            epoch = step.EPOCH or epochs.get(step.ETCD, "of an element that there is not")
            yield _Text("TA", "EPOCH", ("arms", i, "elements", j), epoch, f"{arm.ARMCD} {step.ETCD}")
    for i, element in enumerate(study.elements):
        for name in ("ETCD", "ELEMENT", "TESTRL"):
            yield _Text("TE", name, ("elements", i, name), getattr(element, name), element.ETCD)
    for i, visit in enumerate(study.visits):
        for name in ("VISIT", "TVSTRL"):
            yield _Text("TV", name, ("visits", i, name), getattr(visit, name), visit.VISIT or visit.VISITNUM)


def required_texts(spec: Spec) -> Iterator[Problem]:
    """Required variables of trial design have a value in each record (CORE-000356)."""
    lacking: dict[tuple[str, str], list[_Text]] = {}
    for each in _texts(spec):
        definition = spec.variable(each.dataset, each.variable)
        if not each.text.strip() and definition is not None and definition.core == "Req":
            lacking.setdefault((each.dataset, each.variable), []).append(each)
    for (dataset, variable), texts in lacking.items():
        yield Problem(
            "required-value-missing",
            spec.where(*texts[0].path),
            f"no {variable} in {counted(len(texts), 'record')} of {dataset}: {_of(texts)}",
            "a value in each record, as the variable is required (core Req)",
            _WRITE.get(variable, f"write {variable}"),
            _severity(spec, "required-value-missing", dataset, variable, unfinished=True),
        )


def _of(texts: Iterable[_Text]) -> str:
    names = [text.of for text in texts if text.of]
    return some(dict.fromkeys(names), 5) or "without a name"


def ends_of_elements(spec: Spec) -> Iterator[Problem]:
    """An element has a planned duration, a rule for its end, or both (CORE-000027)."""
    for i, element in enumerate(spec.study.elements if spec.study.arms else ()):
        if not element.TEENRL.strip() and not element.TEDUR.strip():
            yield Problem(
                "element-without-end-rule",
                spec.where("elements", i),
                f"element {element.ETCD} with neither TEENRL nor TEDUR",
                "TEDUR, TEENRL, or both",
                "write TEENRL: what ends the element, or TEDUR: its planned duration",
                _severity(spec, "element-without-end-rule", "TE", "ETCD", unfinished=True),
            )


def element_durations(spec: Spec) -> Iterator[Problem]:
    """TEDUR is an ISO 8601 duration (CORE-000779)."""
    for i, element in enumerate(spec.study.elements if spec.study.arms else ()):
        if element.TEDUR and not is_duration(element.TEDUR):
            yield Problem(
                "not-iso8601-duration",
                spec.where("elements", i, "TEDUR"),
                f"TEDUR {element.TEDUR!r}",
                "an ISO 8601 duration, such as P28D or P4W",
                "write the duration in ISO 8601; an element that lasts as long as it lasts has TEENRL only",
                _severity(spec, "not-iso8601-duration", "TE", "TEDUR"),
            )


def arm_codes(spec: Spec) -> Iterator[Problem]:
    """ARMCD has at most 20 characters."""
    for each in _texts(spec):
        if each.variable == "ARMCD" and len(each.text) > _LONGEST_ARM:
            yield Problem(
                "name-too-long",
                spec.where(*each.path),
                f"ARMCD {each.text!r}, {len(each.text)} characters",
                f"at most {_LONGEST_ARM} characters",
                "shorten the code, here and where subjects and visits have it; ARM says the whole name",
                _severity(spec, "name-too-long", "TA", "ARMCD"),
            )


def criterion_codes(spec: Spec) -> Iterator[Problem]:
    """IETESTCD can name a variable, and stands once in a version of the protocol (CORE-000145, CORE-000220)."""
    seen: set[tuple[str, str]] = set()
    for i, criterion in enumerate(spec.study.criteria):
        code, where = criterion.IETESTCD, spec.where("criteria", i, "IETESTCD")
        if code and not is_short_name(code):
            yield Problem(
                "invalid-short-name",
                where,
                f"IETESTCD {code!r}",
                "1 to 8 letters, digits or _, not a digit first",
                "choose a code such as INCL01 or EXCL01, here and in the mapping of IE",
                _severity(spec, "invalid-short-name", "TI", "IETESTCD"),
            )
        if (criterion.TIVERS, code) in seen:
            of = f" of version {criterion.TIVERS}" if criterion.TIVERS else ""
            yield Problem(
                "criterion-repeated",
                where,
                f"IETESTCD {code!r}{of} again",
                "each IETESTCD once for each TIVERS",
                "give the second one a code of its own, or the version it belongs to",
                _severity(spec, "criterion-repeated", "TI", "IETESTCD"),
            )
        seen.add((criterion.TIVERS, code))


def _severity(spec: Spec, rule: str, dataset: str, variable: str, unfinished: bool = False) -> str:
    """That of the finding. ``unfinished``: what a draft may still lack; it does not run as it is."""
    if {rule, f"{rule}:{dataset}", f"{rule}:{dataset}.{variable}"} & set(spec.study.accept):
        return "note"
    return "warning" if unfinished and drafts(spec.study) else "error"
