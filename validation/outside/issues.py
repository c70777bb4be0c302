"""An issue that another engine reports, and its report."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OutsideIssue:
    """One record, or one dataset as a whole, that a rule of another engine speaks of.

    ``rule``: the engine's own id. ``also``: the ids under which CDISC or an agency publishes the same rule.
    ``record``: row of the dataset from 1; None for the dataset as a whole. ``subject`` and ``sequence`` find the
    record where the row is not told. ``count``: records that this one line stands for.
    """

    rule: str
    dataset: str
    message: str
    severity: str = "warning"
    also: tuple[str, ...] = ()
    record: int | None = None
    subject: str = ""
    sequence: str = ""
    variables: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    count: int = 1


@dataclass(frozen=True, slots=True)
class OutsideReport:
    """``ran``: rules that were applied, with the published ids of each; empty where the report does not say.
    ``not_run``: rule and why. ``version``: of the engine, as it calls itself."""

    engine: str
    version: str = ""
    issues: tuple[OutsideIssue, ...] = ()
    ran: dict[str, tuple[str, ...]] = field(default_factory=dict)
    not_run: tuple[tuple[str, str], ...] = ()
