"""Which variables identify a record of a dataset: declared ones first, --SEQ only where there is nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pandas as pd

from sdtm.trace.diff.deliveries import ADAM, Delivery
from sdtm.trace.diff.settings import Settings
from specs.model import Study
from specs.standards import implementation_guide
from validation.tables import class_of, standard_name

IDENTIFIERS = ("STUDYID", "DOMAIN", "RDOMAIN", "USUBJID", "SUBJID", "POOLID", "SPDEVID", "APID")
# What a record is about: two records that differ here are not one and the same, corrected.
TOPICS = re.compile(
    r"PARAMCD|PARAM|QNAM|ETCD|ARMCD|IETESTCD|TSPARMCD|[A-Z][A-Z0-9](TESTCD|TEST|TRT|TERM|OBJ)", re.ASCII
)
NUMBER = re.compile(r"[A-Z][A-Z0-9]SEQ|ASEQ|SRCSEQ", re.ASCII)
# Endings of variables that tell records with the same key apart, where a dataset has them.
_TELLING = (
    *(
        "TESTCD",
        "TRT",
        "TERM",
        "DECOD",
        "OBJ",
        "CAT",
        "SCAT",
        "SPEC",
        "LOC",
        "LAT",
        "METHOD",
        "EVAL",
        "EVALID",
    ),
    *("SPID", "REFID", "LNKID", "LNKGRP", "GRPID", "REPNUM", "TPTNUM", "TPT", "DTC", "STDTC"),
)
_ANALYSIS = (
    *(
        "PARAMCD",
        "PARAM",
        "BASETYPE",
        "DTYPE",
        "AVISITN",
        "AVISIT",
        "VISITNUM",
        "ADTM",
        "ADT",
        "ASTDTM",
        "ASTDT",
    ),
    *("ATPTN", "ATPT", "PROFILE", "TRLNKID", "CRIT1FL"),
)
_GUESSED = "guessed"


@dataclass(frozen=True, slots=True)
class Key:
    """``variables`` identify a record; none: whole records are compared. ``source``: who says so, for people.

    ``by_number``: nothing but --SEQ tells the records of a subject apart. ``telling``: further variables that
    tell records with the same key apart.
    """

    variables: tuple[str, ...]
    source: str
    by_number: bool = False
    telling: tuple[str, ...] = ()


def key_of(
    dataset: str,
    deliveries: tuple[Delivery, Delivery],
    shared: Collection[str],
    numbers: Collection[str],
    settings: Settings,
    study: Study | None,
) -> Key:
    """The key of one dataset.

    ``shared``: the variables that both deliveries have. ``numbers``: those of them that only number records,
    such as --SEQ; they are taken out of any key that says more than that.
    """
    telling = _telling(dataset, shared)
    if dataset in settings.keys:
        chosen = tuple(name for name in settings.keys[dataset] if name in shared)
        return Key(chosen, "--key", telling=telling)
    for source, variables in _sources(dataset, deliveries, shared, numbers, study):
        natural = tuple(name for name in variables if name in shared and name not in numbers)
        if any(name not in IDENTIFIERS for name in natural) or _is_one_per_subject(
            natural, deliveries, dataset
        ):
            return Key(natural, source, telling=telling)
    by_number = tuple(name for name in (*IDENTIFIERS, *sorted(numbers)) if name in shared)
    if set(by_number) & set(numbers):
        return Key(by_number, "last resort: the record number", by_number=True, telling=telling)
    return Key((), "none: whole records are compared")


def _sources(
    dataset: str,
    deliveries: tuple[Delivery, Delivery],
    shared: Collection[str],
    numbers: Collection[str],
    study: Study | None,
) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Who says what identifies a record, best first; nothing here tells the old delivery from the new one."""
    if study is not None:
        if dataset in study.sdtm:
            yield "spec", study.sdtm[dataset].keys
        if dataset in study.adam:
            yield "spec", study.adam[dataset].keys
    declared = [delivery.facts.keys.get(dataset, ()) for delivery in deliveries]
    if all(declared):
        yield "define.xml", tuple(name for name in declared[0] if name in declared[1])
    else:
        yield "define.xml", declared[0] or declared[1]
    if deliveries[0].kinds[dataset] == ADAM:
        yield _GUESSED, _analysis_key(dataset, shared, numbers)
        return
    guide = implementation_guide(study.standards.sdtmig if study else "3.4")
    names = sorted(shared)
    frame = deliveries[0].datasets[dataset].frame
    standard = standard_name(dataset, frame, guide)
    definition = guide.dataset(standard, class_of(standard, names, guide, study))
    if definition is not None and definition.keys:
        yield "standard", definition.keys
    yield _GUESSED, _observation_key(dataset, shared)


def _analysis_key(dataset: str, shared: Collection[str], numbers: Collection[str]) -> tuple[str, ...]:
    """What identifies a record of the structures of ADaM: subject; parameter and time; event or treatment."""
    subject = tuple(name for name in ("STUDYID", "USUBJID") if name in shared)
    if dataset == "ADSL":
        return subject
    if "PARAMCD" in shared:
        return (*subject, *(name for name in _ANALYSIS if name in shared))
    source = f"{dataset[2:4]}SEQ"  # of the record that an event of an occurrence dataset comes from
    if source in shared and source not in numbers:
        return (*subject, source)
    return (*subject, *_telling(dataset, shared))


def _observation_key(dataset: str, shared: Collection[str]) -> tuple[str, ...]:
    topics = ("TESTCD", "TRT", "TERM")
    topic = next((dataset[:2] + end for end in topics if dataset[:2] + end in shared), "")
    if not topic:
        return ()
    times = [name for name in ("VISITNUM", dataset[:2] + "STDTC", dataset[:2] + "DTC") if name in shared]
    return (*(name for name in ("STUDYID", "USUBJID") if name in shared), topic, *times)


def _telling(dataset: str, shared: Collection[str]) -> tuple[str, ...]:
    endings = [name for end in _TELLING for name in sorted(shared) if name[2:] == end]
    return tuple(dict.fromkeys([*endings, *(name for name in _ANALYSIS if name in shared)]))


def _is_one_per_subject(key: tuple[str, ...], deliveries: tuple[Delivery, Delivery], dataset: str) -> bool:
    """A key of identifiers alone is one where both deliveries have each of them once (DM, ADSL)."""
    if "USUBJID" not in key:
        return False
    frames: list[pd.DataFrame] = [delivery.datasets[dataset].frame for delivery in deliveries]
    return dataset in ("DM", "ADSL") or not any(frame["USUBJID"].duplicated().any() for frame in frames)
