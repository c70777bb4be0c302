"""What a spec says of its tables and figures (tables.yaml).

As with derivations, a block of rows or a figure is kept as the name of its kind and its values; which
kinds exist and what they may say is known upstairs and handed to ``sdtm.reports.plan``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator

from specs.node import Node
from specs.values import Words, refused


def _block(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1 and isinstance(next(iter(value.values())), dict):
        return value
    raise refused("one kind of rows with its values, such as `- summary: {id: age, value: AGE}`")


# Published terms of NCI codelists C117744 and C117745 (Define-XML CT).
Reason = Literal[
    "", "SPECIFIED IN PROTOCOL", "SPECIFIED IN SAP", "DATA DRIVEN", "REQUESTED BY REGULATORY AGENCY"
]
Purpose = Literal["", "PRIMARY OUTCOME MEASURE", "SECONDARY OUTCOME MEASURE", "EXPLORATORY OUTCOME MEASURE"]
_REASON = "why the analysis was done, in define.xml (ARM)"
_PURPOSE = "what the analysis is for, in define.xml (ARM)"

# {name of the kind: its values}
Block = Annotated[dict[str, dict[str, Any]], PlainValidator(_block)]


class ColumnGroup(Node):
    """One column of a table: the subjects of the population that fulfil a condition."""

    label: str = Field(default="", description="heading; default: the name of the column")
    where: str = Field(default="", description="SQL over the population; empty: all of it")


class Columns(Node):
    """The columns of a table: one for each value of a variable, or named groups, and a total."""

    by: str = Field(default="", description="variable of the population; each value is a column")
    order: Words = Field(
        default=(), description="values of `by` in their order; those not listed are an error"
    )
    labels: dict[str, str] = Field(default={}, description="value of `by` -> heading")
    groups: dict[str, ColumnGroup] = Field(
        default={}, description="column -> its condition; groups may overlap"
    )
    total: str = Field(default="", description="heading of a last column, `total`, with all subjects")


class Table(Node):
    """One table: a population, columns, and blocks of rows."""

    title: str
    number: str = Field(default="", description="number in the report, such as 14.1.1; default: counted")
    population: str = Field(
        default="", description="name of the population as printed; default: its condition"
    )
    footnotes: Words = ()
    from_: str = Field(default="ADSL", alias="from", description="dataset of the population, a row a subject")
    where: str = Field(default="", description="SQL over that dataset: the population")
    columns: Columns = Columns()
    rows: tuple[Block, ...] = Field(default=(), description="blocks of rows, in order")
    reason: Reason = Field(default="", description=_REASON)
    purpose: Purpose = Field(default="", description=_PURPOSE)


class Figure(Node):
    """One figure: a population and one kind of drawing."""

    title: str
    number: str = Field(default="", description="number in the report, such as 14.2.1; default: counted")
    population: str = Field(
        default="", description="name of the population as printed; default: its condition"
    )
    footnotes: Words = ()
    from_: str = Field(default="ADSL", alias="from", description="dataset of the population, a row a subject")
    where: str = Field(default="", description="SQL over that dataset: the population")
    groups: dict[str, ColumnGroup] = Field(
        default={}, description="line, colour or panel -> its condition over the population"
    )
    draw: Block = Field(description="one kind of figure with its values")
    reason: Reason = Field(default="", description=_REASON)
    purpose: Purpose = Field(default="", description=_PURPOSE)


class TablesFile(Node):
    """tables.yaml beside study.yaml."""

    tables: dict[str, Table] = {}
    figures: dict[str, Figure] = {}


class PublishedNumber(Node):
    """One printed number, and the result that has to equal it."""

    key: str = Field(description="name of the fact; several numbers may belong to one")
    part: str = Field(default="value", description="which number of the fact: n, pct, median, lower, …")
    printed: str = Field(description="as printed")
    place: str = Field(description="where it is printed")
    table: str = ""
    row: str = ""
    column: str = ""
    statistic: str = ""
    taken: str = Field(default="", description="what is held to be right where the print contradicts itself")
    why: str = Field(default="", description="why that is so")
    not_derived: str = Field(default="", description="why no result stands beside it")


class ExpectedFile(Node):
    """expected.yaml beside study.yaml: what a publication prints."""

    numbers: tuple[PublishedNumber, ...]
