"""What a spec says about a data cut: which records and values lie after the cut-off, and what becomes of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from specs.node import Node
from specs.values import Rule, Words

BY_SUBJECT, NOT_CUT = "subject", "none"
CUT_OFF = "{CUTOFF}"  # within a value of `set:`, the subject's cut-off date


class SubjectCutOff(Node):
    """Where the cut-off date of each subject stands: in a raw dataset, or in a variable of DM."""

    from_: str = Field(default="", alias="from", description="raw dataset; without it a variable of DM")
    where: str = Field(default="", description="SQL over the columns of that dataset")
    date: Rule = Field(description="a mapping that gives the ISO 8601 date, or DM.VARIABLE")


class LaterDate(Node):
    """What happens to a record that stays, where one of its other dates is after the cut-off."""

    clear: Words = Field(default=(), description="variables without a value then; default: that date")
    set: dict[str, str] = Field(
        default={}, description="variable -> value; {CUTOFF} in it is the cut-off date"
    )


def _as_domain_cut(value: Any) -> Any:
    return {"by": value} if isinstance(value, str) else value


class DomainCut(Node):
    """How one domain is cut. ``by``: a date variable, ``subject`` or ``none``; default: --STDTC, else --DTC."""

    by: str = ""
    partial: Literal["", "keep", "remove"] = Field(default="", description="if not as the study")
    undated: Literal["", "keep", "remove"] = Field(default="", description="if not as the study")
    later: dict[str, LaterDate] = Field(default={}, description="date variable -> what happens then")


class DataCut(Node):
    """A cut-off date, of all subjects or of each, and the rule of each domain."""

    date: str = Field(default="", description="ISO 8601 date, or date and time, of all subjects")
    subjects: SubjectCutOff | None = Field(default=None, description="a date of each subject, before `date`")
    entered: str = Field(
        default="", description="date of DM; subjects who entered after their cut-off are left out"
    )
    partial: Literal["keep", "remove"] = Field(
        default="keep",
        description="keep where the earliest possible date is on or before the cut-off, or remove where the "
        "latest is after it",
    )
    undated: Literal["keep", "remove"] = "keep"
    domains: dict[str, Annotated[DomainCut, BeforeValidator(_as_domain_cut)]] = {}


# A death after the cut-off has not happened yet.
DEMOGRAPHICS = DomainCut(
    by=BY_SUBJECT, later={"DTHDTC": LaterDate(clear=("DTHDTC", "DTHFL"))}
)  # what datacutr's special cut of DM does


def domain_cut(cut: DataCut, domain: str) -> DomainCut:
    """The rule of one domain; a domain that is not named has the usual one."""
    usual = DEMOGRAPHICS if domain == "DM" else DomainCut()
    said = cut.domains.get(domain)
    if said is None:
        return usual
    return said.model_copy(update={"by": said.by or usual.by, "later": {**usual.later, **said.later}})
