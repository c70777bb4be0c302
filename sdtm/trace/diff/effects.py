"""What the differences do to the analysis: populations, treatment-emergent events, best responses, deaths, ends.

From analysis datasets where both deliveries have them, else from the tabulations.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from sdtm.trace.diff.aligned import Part, Stacked
from sdtm.trace.diff.datasets import DatasetDiff
from sdtm.trace.diff.shown import ABSENT, MISSING, record_texts, texts_at, value_text

POPULATION, TREATMENT, EMERGENT, RESPONSE, DEATH, END = (
    "population",
    "treatment",
    "treatment-emergent event",
    "best response",
    "death",
    "discontinuation",
)
_SUBJECT = "USUBJID"
_TREATMENTS = re.compile(r"TRT[0-9]{2}[PA]|TRTSEQ[PA]|ACTARM|ARM", re.ASCII)
_DEATHS = ("DTHFL", "DTHDT", "DTHDTC")
_ENDS = re.compile(r"(EOS|EOT|EOT[0-9]{2}|EOP[0-9]{2})STT|DC[ST]REAS|DC[TP][0-9]{2}RS", re.ASCII)
_BEST = re.compile(r"best (overall )?response", re.IGNORECASE)
Units = Mapping[str, Mapping[str, str]]  # dataset -> variable -> what its number counts, if a date


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One subject (or record of one) that differs; ``old`` and ``new`` as people read them."""

    subject: str
    record: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Effect:
    """``place``: dataset and variable. ``counts``: value -> how many have it, old and new. ``unit``: of what."""

    effect: str
    place: str
    unit: str
    counts: Mapping[str, tuple[int, int]]
    rows: tuple[EffectRow, ...]


def effects(diffs: Mapping[str, DatasetDiff], units: Units) -> list[Effect]:
    """Effects in which some subject or record differs. ``diffs``: the datasets that both have, by name."""
    found = [
        *_subject_level(diffs, units),
        *_emergent(diffs, units),
        *_responses(diffs, units),
        *_ends(diffs, units),
    ]
    return [effect for effect in found if effect.rows]


def _subject_level(diffs: Mapping[str, DatasetDiff], units: Units) -> Iterator[Effect]:
    name = "ADSL" if "ADSL" in diffs else "DM"
    if name not in diffs:
        return
    table = diffs[name].table
    for variable in table.parts:
        if variable in _DEATHS:
            effect = DEATH
        elif _TREATMENTS.fullmatch(variable):
            effect = TREATMENT
        elif _ENDS.fullmatch(variable):
            effect = END
        elif variable.endswith("FL") and name == "ADSL":
            effect = POPULATION
        elif variable == "RFXSTDTC" and name == "DM":
            yield _by_subject(POPULATION, table, variable, units, shown=lambda _: "treated")
            continue
        else:
            continue
        yield _by_subject(effect, table, variable, units)


def _responses(diffs: Mapping[str, DatasetDiff], units: Units) -> Iterator[Effect]:
    if "ADRS" in diffs:
        table = diffs["ADRS"].table
        value = next((name for name in ("AVALC", "AVAL") if name in table.parts), "")
        if value and "PARAMCD" in table.parts:
            by_code = _texts(table.parts["PARAMCD"])
            named = _texts(table.parts["PARAM"]) if "PARAM" in table.parts else by_code
            best = np.array([*map(_is_best, named, by_code)], dtype=bool)
            for code in sorted(set(by_code[best])):
                rows = best & (by_code == code)
                yield _by_subject(RESPONSE, table, value, units, rows, f"ADRS.{value} of {code}")
    elif "RS" in diffs:
        table = diffs["RS"].table
        if {"RSTESTCD", "RSSTRESC"} <= table.parts.keys():
            rows = _texts(table.parts["RSTESTCD"]) == "BESTRESP"
            yield _by_subject(RESPONSE, table, "RSSTRESC", units, rows, "RS.RSSTRESC of BESTRESP")


def _is_best(name: str, code: str) -> bool:
    return "BOR" in code or _BEST.search(name) is not None


def _ends(diffs: Mapping[str, DatasetDiff], units: Units) -> Iterator[Effect]:
    """How subjects ended, from DS, unless ADSL says it."""
    if "ADSL" in diffs and any(_ENDS.fullmatch(name) for name in diffs["ADSL"].table.parts):
        return
    if "DS" not in diffs or not {"DSCAT", "DSDECOD"} <= diffs["DS"].table.parts.keys():
        return
    table = diffs["DS"].table
    rows = _texts(table.parts["DSCAT"]) == "DISPOSITION EVENT"
    kinds = _texts(table.parts["DSSCAT"]) if "DSSCAT" in table.parts else np.full(len(rows), "", dtype=object)
    for kind in sorted(set(kinds[rows])):
        place = f"DS.DSDECOD of {kind}" if kind else "DS.DSDECOD"
        yield _by_subject(END, table, "DSDECOD", units, rows & (kinds == kind), place)


def _emergent(diffs: Mapping[str, DatasetDiff], units: Units) -> Iterator[Effect]:
    if "ADAE" in diffs and "TRTEMFL" in diffs["ADAE"].table.parts:
        diff = diffs["ADAE"]
        yield _by_record(EMERGENT, diff, "TRTEMFL", "ADAE.TRTEMFL", units.get("ADAE", {}))
    elif "SUPPAE" in diffs and {"QNAM", "QVAL"} <= diffs["SUPPAE"].table.parts.keys():
        diff = diffs["SUPPAE"]
        rows = _texts(diff.table.parts["QNAM"]) == "AETRTEM"
        yield _by_record(EMERGENT, diff, "QVAL", "SUPPAE.QVAL of AETRTEM", {}, rows)


def _by_record(
    effect: str,
    diff: DatasetDiff,
    variable: str,
    place: str,
    units: Mapping[str, str],
    wanted: np.ndarray | None = None,
) -> Effect:
    """A flag record by record: of matched ones that differ in it, and of added and removed ones that have it."""
    table, matches = diff.table, diff.matches
    values = _texts(table.parts[variable])
    wanted = np.ones(len(values), dtype=bool) if wanted is None else wanted
    old, new = matches.old, matches.new + table.old
    both = np.flatnonzero((values[old] != values[new]) & (wanted[old] | wanted[new]))
    gone = matches.removed[(values[matches.removed] != "") & wanted[matches.removed]]
    come = matches.added + table.old
    come = come[(values[come] != "") & wanted[come]]
    names = [name for name in diff.key.variables if name not in ("STUDYID", _SUBJECT)]
    told = np.concatenate([new[both], gone, come]).astype(np.int64)
    subject = _texts(table.parts[_SUBJECT])[told] if _SUBJECT in table.parts else np.full(len(told), "")
    sides = [
        [*(value_text(value or None) for value in values[old[both]]), *values[gone], *[ABSENT] * len(come)],
        [*(value_text(value or None) for value in values[new[both]]), *[ABSENT] * len(gone), *values[come]],
    ]
    records = record_texts(table, names, told, units)
    rows = [EffectRow(*row) for row in zip(subject.tolist(), records, *sides, strict=True)]
    shown = np.flatnonzero(wanted & (values != ""))
    counts = _counts(values[shown[shown < table.old]], values[shown[shown >= table.old]], rows)
    return Effect(effect, place, "records", counts, tuple(sorted(rows, key=_order)))


def _by_subject(
    effect: str,
    table: Stacked,
    variable: str,
    units: Units,
    rows: np.ndarray | None = None,
    place: str = "",
    shown: Callable[[str], str] = str,
) -> Effect:
    """The values of each subject on either side; several ones of a subject are told together, in order."""
    place = place or f"{table.name}.{variable}"
    if _SUBJECT not in table.parts:
        return Effect(effect, place, "subjects", {}, ())
    chosen = np.arange(table.old + table.new) if rows is None else np.flatnonzero(rows)
    subjects = _texts(table.parts[_SUBJECT])[chosen].tolist()
    values = _texts(table.parts[variable], units.get(table.name, {}).get(variable, ""))[chosen].tolist()
    found: tuple[dict[str, set[str]], dict[str, set[str]]] = ({}, {})
    for subject, value, is_new in set(zip(subjects, values, (chosen >= table.old).tolist(), strict=True)):
        found[is_new].setdefault(subject, set()).add(shown(value) if value else MISSING)
    old, new = ({who: "; ".join(sorted(texts)) for who, texts in side.items()} for side in found)
    differing = [
        EffectRow(subject, "", old.get(subject, ABSENT), new.get(subject, ABSENT))
        for subject in sorted(old.keys() | new.keys())
        if old.get(subject, ABSENT) != new.get(subject, ABSENT)
    ]
    return Effect(effect, place, "subjects", _counts(old.values(), new.values(), differing), tuple(differing))


def _counts(old: object, new: object, rows: list[EffectRow]) -> dict[str, tuple[int, int]]:
    """How many have each value that somebody lost or gained."""
    before, after = Counter(old), Counter(new)  # type: ignore[call-overload]
    values = {value for row in rows for value in (row.old, row.new)} - {ABSENT}
    return {
        value: (before[value], after[value]) for value in sorted(values) if value in before or value in after
    }


def _texts(part: Part, unit: str = "") -> np.ndarray:
    """All values as texts for people; empty where missing."""
    return texts_at(part, np.arange(len(part)), unit, missing="")


def _order(row: EffectRow) -> tuple[str, str, str, str]:
    return row.subject, row.record, row.old, row.new
