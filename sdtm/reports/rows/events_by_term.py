"""Adverse events by system organ class and preferred term, with the maximum grade of each subject."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from pydantic import Field, model_validator

from sdtm.reports.block import SUBJECT, Block, Group, equals, heading, quoted
from sdtm.reports.registry import BlockParams, rows
from sdtm.reports.results import Line, Section
from sdtm.reports.rows.counts import COUNT
from specs.catalogue import Column, Columns

UNCODED = "Not coded"
GRADE = "ATOXGRN"


class EventsByTerm(BlockParams):
    from_: str = Field(default="ADAE", alias="from")
    where: str = "TRTEMFL = 'Y'"
    terms: Columns = Field(default=("AEBODSYS", "AEDECOD"), description="from the outer level to the inner")
    grade: Column = Field(default="", description="numeric grade; adds a row for each maximum grade")
    grades: tuple[int, ...] = Field(default=(1, 2, 3, 4, 5), description="grades shown where there is one")
    any_grades: tuple[int, ...] = Field(default=(), description="grades shown below the row of any event")
    any: str = Field(default="Any event", description="label of the first row; empty: no such row")
    threshold: float = Field(default=0, ge=0, le=100, description="least percent of the `in` column")
    in_: str = Field(
        default="", alias="in", description="column that threshold and order look at; default: last"
    )
    order: tuple[str, ...] = Field(
        default=(), description="terms in this order instead of the most frequent first"
    )
    labels: dict[str, str] = Field(default={}, description="term -> what is printed")

    @model_validator(mode="after")
    def _levels(self) -> EventsByTerm:
        if not 1 <= len(self.terms) <= 2:
            raise ValueError("one or two variables under `terms`")
        return self


@rows("events_by_term", EventsByTerm)
def events_by_term(block: Block, params: EventsByTerm) -> Section:
    """Subjects with an event of each term, once each, the most frequent first; by maximum grade if asked for.

    A subject with several events of a term counts once, at the highest grade. ``threshold`` keeps terms of
    at least so many percent in the column ``in``; ties of the order go by the alphabet. Rows:
    ``ID.any``, ``ID.TERM``, ``ID.TERM.gradeN``.
    """
    for name in (*params.terms, *([params.grade or GRADE] if params.grade or params.any_grades else [])):
        block.column(block.records, name, "terms")
    block = _coded(block, params)
    section = Section()
    level = heading(section, block.id, params.label)
    chief = _chief(block, params)
    if params.any:
        _line(block, section, params, f"{block.id}.any", params.any, level, "", None)
        for grade in params.any_grades:
            _grade_line(block, section, params, f"{block.id}.any", level + 1, "", None, grade)
    outer = params.terms[0]
    for term in _ordered(chief, chief.records, outer, params):
        row = f"{block.id}.{term}"
        _term(block, section, params, row, level, outer, term, chief)
        if len(params.terms) == 2:
            inside = chief.records[chief.records[outer].eq(term)]
            for inner in _ordered(chief, inside, params.terms[1], params):
                _term(block, section, params, f"{row}.{inner}", level + 1, params.terms[1], inner, chief)
    return section


def _coded(block: Block, params: EventsByTerm) -> Block:
    """The same block with a term for every event: one that nobody coded is a row of its own."""
    graded = [params.grade or GRADE] if params.grade or params.any_grades else []
    columns = [SUBJECT, *params.terms, *graded]
    coded = dict.fromkeys(params.terms, UNCODED)
    groups = tuple(replace(group, records=group.records[columns].fillna(coded)) for group in block.groups)
    return replace(block, groups=groups)


def _chief(block: Block, params: EventsByTerm) -> Group:
    by_name = {group.id: group for group in block.groups}
    if params.in_ and params.in_ not in by_name:
        from specs.problems import Problem, ProblemsFound, suggest

        raise ProblemsFound(
            Problem(
                "unknown-column",
                block.where("in"),
                repr(params.in_),
                f"a column of the table: {', '.join(by_name)}",
                suggest(params.in_, by_name),
            )
        )
    return by_name[params.in_] if params.in_ else block.groups[-1]


def _ordered(group: Group, records: pd.DataFrame, variable: str, params: EventsByTerm) -> list[str]:
    subjects = records.groupby(variable)[SUBJECT].nunique()
    kept = subjects[100 * subjects >= params.threshold * group.N]
    place = {term: index for index, term in enumerate(params.order)}
    return sorted(map(str, kept.index), key=lambda term: (place.get(term, len(place)), -kept[term], term))


def _term(
    block: Block,
    section: Section,
    params: EventsByTerm,
    row: str,
    level: int,
    variable: str,
    term: str,
    chief: Group,
) -> None:
    _line(block, section, params, row, params.labels.get(term, term), level, variable, term)
    if params.grade:
        met = _worst(chief.records[chief.records[variable].eq(term)], params.grade)
        for grade in params.grades:
            if met.eq(grade).any():
                _grade_line(block, section, params, row, level + 1, variable, term, grade)


def _line(
    block: Block,
    section: Section,
    params: EventsByTerm,
    row: str,
    label: str,
    level: int,
    variable: str,
    term: str | None,
) -> None:
    section.lines.append(Line(row, label, COUNT, level))
    for group in block.groups:
        chosen = group.records if term is None else group.records[group.records[variable].eq(term)]
        said = "" if term is None else _is_term(variable, term)
        block.count(section, group, row, block.read(chosen), block.people(group.subjects), said)


def _grade_line(
    block: Block,
    section: Section,
    params: EventsByTerm,
    row: str,
    level: int,
    variable: str,
    term: str | None,
    grade: int,
) -> None:
    section.lines.append(Line(f"{row}.grade{grade}", f"Grade {grade}", COUNT, level))
    for group in block.groups:
        chosen = group.records if term is None else group.records[group.records[variable].eq(term)]
        grades = chosen[params.grade or GRADE]
        # The records that make it the highest grade of their subjects.
        worst = chosen[grades.eq(grade) & grades.groupby(chosen[SUBJECT]).transform("max").eq(grade)]
        said = f"highest {params.grade or GRADE} = {grade}"
        said = said if term is None else f"{_is_term(variable, term)} AND {said}"
        among = block.people(group.subjects)
        block.count(section, group, f"{row}.grade{grade}", block.read(worst), among, said)


def _is_term(variable: str, term: str) -> str:
    """The condition of a term; an event that nobody coded has none."""
    return equals(f"coalesce({variable}, {quoted(UNCODED)})" if term == UNCODED else variable, term)


def _worst(records: pd.DataFrame, grade: str) -> pd.Series:
    """The highest grade of each subject."""
    return records.groupby(SUBJECT)[grade].max()
