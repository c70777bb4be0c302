"""VISITNUM, VISIT and VISITDY from the visit schedule of the study."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sdtm import columns
from sdtm.finishing.unscheduled import NO_DATE, NO_ROOM, number_unscheduled
from sdtm.numbers import number_text, shortest
from specs.location import Location
from specs.model import Unscheduled, Visit
from specs.problems import Problem, ProblemsFound

_NOT_PLANNED = "no visit of the schedule has this text"
_NO_NUMBER = "the text has no visit number where the declared pattern expects one"
_PLANNED_NUMBER = "the number in the text is that of a planned visit"
_REASONS = (_NOT_PLANNED, _NO_NUMBER, _PLANNED_NUMBER, NO_DATE, NO_ROOM)


class AssignedVisits(NamedTuple):
    """``frame``: VISITNUM, VISITDY (float64), VISIT (text). ``unmatched``: why a text has no visit."""

    frame: pd.DataFrame
    unmatched: pd.Series


class _Planned(NamedTuple):
    number: float
    name: str
    day: str


def assign_visits(
    collected: pd.Series,
    subject: pd.Series,
    dates: pd.Series,
    visits: Sequence[Visit],
    unscheduled: Unscheduled | None,
) -> AssignedVisits:
    """Planned visits by their texts, unscheduled ones by pattern.

    A collected text that is the VISIT or one of the ``raw`` texts of a planned visit is that visit. One that
    the pattern of ``unscheduled`` matches as a whole is unscheduled; its number is the group of the pattern,
    or, without a group, follows from the dates (``unscheduled.number_unscheduled``). As numbers depend on
    all visits of a subject, give all rows of the study at once.

    Shape:   n collected texts, subjects and ISO 8601 texts in, n rows out, same index; any order of rows
             gives the same numbers.
    Missing: all three where nothing was collected; all three, with a reason in ``unmatched``, where a text
             is not planned or an unscheduled visit cannot be numbered. VISITDY of unscheduled visits.
    Errors:  ``ProblemsFound`` for two visits with the same text, a number or pattern that is none.
    Source:  SDTMIG 3.4, 4.4.5.
    Example: WEEK 2 (number 4), then Unscheduled, Unscheduled -> 4, 4.1, 4.2.
    """
    planned = _by_text(visits)
    pattern = _pattern(unscheduled)
    texts = columns.unique_texts(collected)
    of_text = [planned.get(text) for text in texts]
    is_planned = _taken([each is not None for each in of_text], collected, False)
    number = _taken([each.number if each else np.nan for each in of_text], collected, np.nan)
    day = _taken([_float(each.day) if each else np.nan for each in of_text], collected, np.nan)
    name = columns.map_unique(collected, lambda _: [each.name if each else None for each in of_text])
    reasons = np.full(len(collected), -1, dtype=np.int8)  # positions in _REASONS
    reasons[collected.notna().to_numpy() & ~is_planned] = _REASONS.index(_NOT_PLANNED)

    if pattern is not None and unscheduled is not None:
        schedule = [each.number for each in planned.values()]
        matches = [None if text in planned else pattern.fullmatch(text) for text in texts]
        rows = np.flatnonzero(_taken([match is not None for match in matches], collected, False))
        if pattern.groups:
            number[rows] = _taken([_number_in(match) for match in matches], collected, np.nan)[rows]
            wrong = _wrong_numbers(number[rows], schedule)
            number[rows[wrong != None]] = np.nan  # noqa: E711 (element by element)
        else:
            number[rows], wrong = number_unscheduled(
                rows, collected, subject, dates, number, schedule, unscheduled.one_visit == "text"
            )
        reasons[rows] = pd.Index(_REASONS, dtype=object).get_indexer(pd.Index(wrong, dtype=object))
        others = _named(np.where(is_planned, np.nan, number), unscheduled.VISIT, collected.index)
        name = columns.choose(is_planned, name, others)
    index = collected.index
    frame = pd.DataFrame(
        {"VISITNUM": pd.Series(number, index), "VISIT": name, "VISITDY": pd.Series(day, index)}
    )
    return AssignedVisits(frame, columns.from_codes(reasons, _REASONS, index))


def _taken(per_text: list[Any], column: pd.Series, missing: object) -> np.ndarray:
    return columns.take(np.array(per_text, dtype=type(missing)), column, missing).copy()


def _by_text(visits: Sequence[Visit]) -> dict[str, _Planned]:
    """Planned visit of each text that names one."""
    found: dict[str, _Planned] = {}
    problems = []
    for position, visit in enumerate(visits):
        where = Location(key=f"visits.{position}")
        number = _float(visit.VISITNUM)
        if np.isnan(number) or (visit.VISITDY and np.isnan(_float(visit.VISITDY))):
            problems.append(
                Problem(
                    "bad-value",
                    where,
                    f"{visit.VISITNUM!r}, {visit.VISITDY!r}",
                    "VISITNUM and VISITDY as numbers",
                )
            )
        planned = _Planned(number, visit.VISIT, visit.VISITDY)
        for text in (visit.VISIT, *visit.raw):
            other = found.setdefault(text, planned)
            if other != planned and not np.isnan(number):
                problems.append(
                    Problem(
                        "ambiguous-visit",
                        where,
                        f"{text!r} also names visit {shortest(other.number)} {other.name}",
                        "a text that names one visit, with one VISITNUM and one VISITDY",
                        "take the text from one of the two, or make them equal",
                    )
                )
    if problems:
        raise ProblemsFound(problems)
    return found


def _pattern(unscheduled: Unscheduled | None) -> re.Pattern[str] | None:
    if unscheduled is None:
        return None
    try:
        return re.compile(unscheduled.raw)
    except re.error as error:
        problem = Problem(
            "bad-pattern",
            Location(key="unscheduled.raw"),
            f"{unscheduled.raw!r}: {error}",
            r"a regular expression such as Unscheduled.* or Unscheduled ([0-9]+\.[0-9])",
        )
        raise ProblemsFound(problem) from None


def _float(text: str) -> float:
    number = number_text(text)
    return np.nan if number is None else float(number)


def _number_in(match: re.Match[str] | None) -> float:
    return np.nan if match is None or match[1] is None else _float(match[1])


def _wrong_numbers(numbers: np.ndarray, planned: list[float]) -> np.ndarray:
    """Reasons; one VISITNUM is one VISIT, so a planned number cannot be that of an unscheduled visit."""
    reasons = np.full(len(numbers), None, dtype=object)
    reasons[np.isnan(numbers)] = _NO_NUMBER
    reasons[np.isin(numbers, planned)] = _PLANNED_NUMBER
    return reasons


def _named(number: np.ndarray, template: str, index: pd.Index) -> pd.Series:
    codes, unique = pd.factorize(number)
    texts = [template.replace("{VISITNUM}", shortest(value)) for value in unique]
    visits = columns.from_codes(codes, [str(position) for position in range(len(texts))], index)
    return columns.map_unique(visits, lambda _: texts)
