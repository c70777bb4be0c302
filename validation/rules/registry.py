"""Where a rule is registered. One rule = one function, one test; a new topic = a line in ``RULE_FILES``.

A rule is named after the defect. Its docstring is what people are told::

    @rule("study-day-zero", on="--DY", severity="error", source="CORE-000354, SDTMIG 3.4, 4.4.4")
    def study_day_zero(dataset: pd.DataFrame, variable: str) -> Mask:
        \"\"\"A study day is 0.

        Expected: 1 on the reference date, -1 on the day before it.
        Why: day 0 does not exist in SDTM; one 0 moves every window after it by a day.
        Do:  check the reference date of the subject, then the algorithm of the variable.
        \"\"\"
        return dataset[variable].eq(0)                       # True = fails

It may count on the columns it declares and on no others, with text as ``category`` and numbers as float64
(``validation.values``), and returns one truth value for each record, or one for the whole dataset.
``--`` stands for the domain's prefix, in variables and in the words. A rule that compares the values of one record
can be data instead of a function: ``validation.rules.conditions``.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from validation.defects import Defect

RULE_FILES = (
    "datasets",
    "presence",
    "keys",
    "relationships",
    "texts",
    "dates",
    "study_days",
    "visits",
    "reference_dates",
    "baseline",
    "code_names",
    "results",
    "adverse_events",
    "death",
    "arms",
    "demographics",
    "exposure",
    "tumour",
    "responses",
    "misplaced",
    "study_datasets",
    "eligibility",
    "elements",
    "trial_summary",
    "planned_visits",
    "epochs",
    "time_points",
    "occurrence",
    "categories",
    "disposition",
    "survival",
    "history",
    "comments",
    "result_details",
    "pharmacokinetics",
    "findings_about",
    "adam_datasets",
    "adam_flags",
    "adam_pairs",
    "adam_dates",
    "adam_parameters",
    "adam_baseline",
    "adam_time_to_event",
    "adam_subjects",
    "adam_occurrences",
    "adam_sources",
)

ALL_DATASETS = "*"  # as a need: the rule gets every dataset, by name
EVERY_VARIABLE = "*"  # as what a rule is on
# Among what a rule shows: the variable that it is called for, and the one that this is compared with.
THE_JUDGED, PARTNER = "it", "partner"
SDTM, ADAM, BOTH = "SDTM", "ADaM", "SDTM and ADaM"  # the model whose datasets a rule judges
_PUBLISHED_ID = re.compile(r"\b(?:CORE-|CG|FB|TRC|AD(?=\d{4}))\w+\b")
_LABEL = re.compile(r"^(Expected|Why|Do):\s*", re.MULTILINE)

Need = str | tuple[str, ...]  # one variable, or several of which one is enough


@dataclass(frozen=True, slots=True)
class Rule:
    """A registered rule: where it applies, what it needs, and the function that judges.

    ``on``: variables (``AESER``), patterns (``--DY``) or ``*`` for every variable; the function is called
    for each that is there. Without it, once for each dataset. ``partners``: for each of them the variable
    it is compared with, whose name is one more argument; the rule applies where both are there.

    ``model``: whose datasets are judged. ``datasets``, ``without`` and ``classes`` narrow that down; ``SUPP--``
    is any SUPP dataset. ``lacks``: applies only where this variable is not there.

    ``needs``: further variables; a dotted one is of another dataset (``DM.RFSTDTC``) and arrives in one
    more argument for each such dataset; in a tuple one is enough, the others arrive as missing; ``*`` asks
    for all datasets. ``--.USUBJID`` is of the dataset that ``--`` stands for (AE for ADAE). ``optional`` ones
    arrive as missing when they are not there. ``shows``: variables whose values are told; default: all of these.
    ``whole``: the function gets the dataset itself (``validation.tables.Table``) and gives ``Fault`` after
    ``Fault``, or None where it does not apply; for names that are known only when they are seen (--FL, --N).
    """

    defect: Defect
    function: Callable[..., Any]
    on: tuple[str, ...] = ()
    partners: Mapping[str, str] = field(default_factory=dict)
    datasets: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    optional: tuple[str, ...] = ()
    lacks: str = ""
    shows: tuple[str, ...] | None = None
    study_wide: bool = False
    whole: bool = False
    model: str = SDTM

    @property
    def id(self) -> str:
        return self.defect.id


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule on a whole dataset found: the records (None: the variable as such) and what to show."""

    variable: str = ""
    records: np.ndarray | None = None
    shows: tuple[str, ...] = ()
    found: str = ""


_registered: dict[str, Rule] = {}


def register(new: Rule) -> None:
    """Add a rule; an id stands for one rule only."""
    if new.id in _registered:
        raise ValueError(f"rule {new.id} is registered twice")
    _registered[new.id] = new


def rule(
    id: str,
    *,
    severity: str,
    source: str = "",
    on: str | tuple[str, ...] | Mapping[str, str] = (),
    datasets: str | tuple[str, ...] = (),
    without: str | tuple[str, ...] = (),
    classes: str | tuple[str, ...] = (),
    needs: str | tuple[Need, ...] = (),
    optional: str | tuple[str, ...] = (),
    shows: str | tuple[str, ...] | None = None,
    by_value: bool = False,
    model: str = SDTM,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function that marks the records of a dataset that are wrong; see ``Rule``.

    ``on`` may pair variables with their partners: ``on={"--ENDTC": "--STDTC"}``.
    """

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        new = Rule(
            defect=defect_of(function, id, severity, source, by_value),
            function=function,
            on=_words(on),
            partners=on if isinstance(on, Mapping) else {},
            datasets=_words(datasets),
            without=_words(without),
            classes=_words(classes),
            needs=(needs,) if isinstance(needs, str) else needs,
            optional=_words(optional),
            shows=None if shows is None else _words(shows),
            model=model,
        )
        register(new)
        return function

    return add


def dataset_rule(
    id: str,
    *,
    severity: str,
    source: str = "",
    classes: str | tuple[str, ...] = (),
    datasets: str | tuple[str, ...] = (),
    without: str | tuple[str, ...] = (),
    needs: str | tuple[Need, ...] = (),
    by_value: bool = False,
    model: str = ADAM,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function that gets one whole dataset and tells its faults; see ``Rule.whole``.

    ``needs``: variables of other datasets only, one more argument for each such dataset.
    """

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        register(
            Rule(
                defect_of(function, id, severity, source, by_value),
                function,
                datasets=_words(datasets),
                without=_words(without),
                classes=_words(classes),
                needs=(needs,) if isinstance(needs, str) else needs,
                whole=True,
                model=model,
            )
        )
        return function

    return add


def study_rule(
    id: str, *, severity: str, source: str = "", model: str = SDTM
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function that gets all datasets of its model and names those that are wrong, or that are not there.

    It returns dataset -> what was found; an empty text stands for the first line of the docstring.
    """

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        defect = replace(defect_of(function, id, severity, source), sensitivity="study")
        register(Rule(defect, function, study_wide=True, model=model))
        return function

    return add


def defect_of(
    function: Callable[..., Any], id: str, severity: str, source: str, by_value: bool = False
) -> Defect:
    """The words of a rule from its docstring: first line, ``Expected:``, ``Why:``, ``Do:``."""
    first, *rest = _LABEL.split(inspect.getdoc(function) or "")
    told = dict(zip(rest[::2], (_one_line(text) for text in rest[1::2]), strict=True))
    if not first.strip() or set(told) != {"Expected", "Why", "Do"}:
        raise ValueError(f"rule {id}: its docstring needs a first line, Expected:, Why: and Do:")
    return Defect(
        id=id,
        severity=severity,
        message=_one_line(first).removesuffix("."),
        expected=told["Expected"].removesuffix("."),
        do=told["Do"].removesuffix("."),
        why=told["Why"],
        sources=sources_of(source),
        by_value=by_value,
        # One truth value is about the dataset, one for each record about records.
        sensitivity="dataset" if function.__annotations__.get("return") in ("bool", bool) else "record",
    )


def sources_of(source: str) -> tuple[str, ...]:
    """``CORE-000354, CG0007, SDTMIG 3.4, 4.4.4`` -> the published ids one by one, and the section."""
    section = _PUBLISHED_ID.sub("", source).strip(" ,")
    return tuple(part for part in (*_PUBLISHED_ID.findall(source), section) if part)


@functools.cache
def rules() -> tuple[Rule, ...]:
    """All rules of this toolkit, by id."""
    for file in RULE_FILES:
        importlib.import_module(f"validation.rules.{file}")
    return tuple(_registered[id] for id in sorted(_registered))


def sibling(variable: str, suffix: str) -> str:
    """The variable of the same domain with another ending: AEENDTC, STDTC -> AESTDTC."""
    return variable[:2] + suffix


def _words(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _one_line(text: str) -> str:
    return " ".join(text.split())
