"""What a spec says about records that belong together (RELREC) and specimens that come from each other (RELSPEC)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from specs.node import Node
from specs.values import Words


class Link(Node):
    """Records of several datasets that belong together where a variable of each has the same value.

    ``dataset``: one relationship of whole datasets, told once (SDTMIG 3.4, 8.3); ``record``: one for each
    subject and value.
    """

    records: dict[str, str] = Field(min_length=2, description="dataset -> variable with the linking value")
    level: Literal["dataset", "record"] = "dataset"
    idvar: Literal["sequence", "link"] = Field(
        default="sequence", description="of record level: name records by --SEQ, or by the linking variable"
    )
    separator: str = Field(default="", description="between several linking values in one text")
    alone: Words = Field(default=(), description="datasets whose values need no partner")
    RELID: str = Field(default="", description="default: the codes of the datasets; numbered at record level")
    RELTYPE: dict[str, str] = Field(
        default={}, description="dataset -> ONE or MANY; default: as the records are"
    )


class Specimen(Node):
    """The specimens of one dataset, for RELSPEC."""

    id: str = Field(default="", description="variable with the specimen's id; default: --REFID")
    parent: str = Field(default="", description="variable with the id of the specimen it was taken from")
