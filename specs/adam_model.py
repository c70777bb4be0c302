"""What a spec says of one analysis dataset (adam/*.yaml).

As with mappings, a derivation is kept as its name and its values; which exist and what they make is known
upstairs and handed to ``sdtm.adam.plan``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator

from specs.node import Node
from specs.values import DomainCode, Truth, Words, refused


def _step(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1 and isinstance(next(iter(value.values())), dict):
        return value
    raise refused("one derivation with its values, such as `- study_day: {to: ADY, date: ADT}`")


# {name of the derivation: its values, and perhaps `where` and `from`}
DerivationStep = Annotated[dict[str, dict[str, Any]], PlainValidator(_step)]


def _named(value: Any) -> Any:
    """One name for both sides: ``by: USUBJID`` is ``by: {USUBJID: USUBJID}``."""
    if isinstance(value, str):
        return {value: value}
    if isinstance(value, list | tuple):
        return {name: name for name in value}
    return value


Names = Annotated[dict[str, str], BeforeValidator(_named)]


class Merge(Node):
    """Columns of another dataset, SDTM or ADaM, beside the records; it never makes or drops a record."""

    from_: str = Field(alias="from", description="dataset, such as ADSL or DM")
    by: Names = Field(min_length=1, description="column of that dataset: column of ours; or just names")
    take: Names = Field(min_length=1, description="columns, or new name: column")
    where: str = Field(default="", description="SQL over the columns of that dataset")
    expect: Literal["one", "optional"] = Field(
        default="optional", description="whether every record must find its row"
    )
    order: Words = Field(default=(), description="columns that sort several rows of one key; `-X` descending")
    choose: Literal["", "first", "last"] = Field(
        default="", description="which of several rows counts; without it, several are an error"
    )


class AnalysisParameter(Node):
    """One parameter of a BDS dataset: which records it is, and what its rows say."""

    PARAMCD: str
    PARAM: str = ""
    PARAMN: str = ""
    PARCAT1: str = ""
    PARCAT2: str = ""
    PARCAT3: str = ""
    where: str = Field(default="", description="SQL over the records of `from`; empty: made by derivations")
    set: dict[str, str] = Field(default={}, description="variable -> SQL, for this parameter alone")


class AnalysisVariable(Node):
    """What the standard does not say of a variable, or the study says otherwise."""

    label: str = ""
    type: Literal["", "Char", "Num"] = ""
    format: str = Field(default="", description="display format, such as DATE9.")
    codelist: str = ""
    origin: str = ""
    method: str = Field(default="", description="how it is derived, in words for define.xml")


class AnalysisDataset(Node):
    """One analysis dataset: what it starts from, and the ordered steps that make the rest."""

    dataset: DomainCode
    class_: Literal["ADSL", "OCCDS", "BDS", "TTE", "OTHER", "SDTM"] = Field(
        alias="class", description="SDTM: a dataset of SDTM that is made of analyses, such as PP"
    )
    label: str = ""
    structure: str = ""
    from_: str = Field(
        default="", alias="from", description="dataset whose records these are; none: derivations make them"
    )
    where: str = Field(default="", description="SQL over the columns of `from`")
    set: dict[str, str] = Field(default={}, description="variable -> SQL, before anything else")
    parameters: tuple[AnalysisParameter, ...] = ()
    merge: tuple[Merge, ...] = Field(default=(), description="for every record, whenever it is made")
    derive: tuple[DerivationStep, ...] = ()
    keys: Words = Field(default=(), description="variables that identify and sort the records")
    keep: Words = Field(default=(), description="variables in the dataset; default: all but `drop`")
    drop: Words = ()
    variables: dict[str, AnalysisVariable] = {}
    empty: Truth = Field(default=False, description="whether the dataset may have no record")
