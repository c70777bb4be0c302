"""Trial design as a spec says it: visits, elements, arms, criteria, parameters; and the dates they start from."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from specs.draft_model import DraftStatus, Evidence
from specs.node import Node
from specs.values import Whole, Window, Words


class Visit(Node):
    """One planned visit (TV) and the raw texts that name it."""

    VISITNUM: str
    VISIT: str
    VISITDY: str = ""
    raw: Words = ()
    day: Window = Field(default="", description="window of study days, such as -28..-1")
    counted_from: str = Field(
        default="", description="VISIT whose first date is day 1 of the window; default: RFSTDTC"
    )
    ARMCD: str = ""
    TVSTRL: str = ""
    TVENRL: str = ""
    status: DraftStatus = ""
    evidence: Evidence = ""


class Unscheduled(Node):
    """How an unscheduled visit is known and numbered.

    ``raw`` is a regular expression on the collected visit. With a group in it, ``VISITNUM`` is the
    group's text; without, the number of the last planned visit before the date plus 0.1, 0.2 …
    """

    raw: str
    VISIT: str = "UNSCHEDULED {VISITNUM}"
    one_visit: Literal["date", "text"] = Field(
        default="date",
        description="what makes rows of a subject one visit: collected text and date, or the text alone",
    )
    status: DraftStatus = ""
    evidence: Evidence = ""


class DateSource(Node):
    """A date out of datasets already made: the earliest or the latest of them."""

    earliest: Words = ()
    latest: Words = ()
    where: str = Field(default="", description="SQL over the columns of the named dataset")
    when: str = Field(default="", description="SQL over DM: for which subjects")
    precision: Literal["", "date"] = ""
    days_after: Whole = 0
    status: DraftStatus = ""
    evidence: Evidence = ""


class Element(Node):
    """One element: as planned (TE), and how a subject really passed it (SE). Without ``start``: only planned."""

    ETCD: str
    ELEMENT: str
    EPOCH: str
    start: DateSource | None = None
    end: DateSource | None = None
    TESTRL: str = Field(default="", description="rule for the start of the element")
    TEENRL: str = Field(default="", description="rule for its end")
    TEDUR: str = Field(default="", description="planned duration, ISO 8601")


class ArmElement(Node):
    """One element on the way of an arm; EPOCH only if it differs from the element's."""

    ETCD: str
    EPOCH: str = ""
    TABRANCH: str = ""
    TATRANS: str = ""


def _as_arm_elements(value: Any) -> Any:
    return [{"ETCD": item} if isinstance(item, str) else item for item in value] if _is_list(value) else value


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


class Arm(Node):
    """One planned arm (TA) and its elements in order."""

    ARMCD: str
    ARM: str
    elements: Annotated[tuple[ArmElement, ...], BeforeValidator(_as_arm_elements)]


class Criterion(Node):
    """One inclusion or exclusion criterion (TI)."""

    IETESTCD: str
    IETEST: str
    IECAT: Literal["INCLUSION", "EXCLUSION"]
    IESCAT: str = ""
    TIRL: str = ""
    TIVERS: str = ""


class Parameter(Node):
    """One trial summary parameter (TS): a value, or a null flavor that says why there is none."""

    TSPARMCD: str
    TSVAL: str = ""
    TSVALNF: str = ""
    TSGRPID: str = ""
    TSVALCD: str = ""
    TSVCDREF: str = ""
    TSVCDVER: str = ""
