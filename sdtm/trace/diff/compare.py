"""`sdtm diff`: two deliveries compared, from their files to what they say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sdtm.trace.diff.datasets import DatasetDiff, diff_dataset
from sdtm.trace.diff.definitions import DefinitionChange, definition_changes
from sdtm.trace.diff.deliveries import ADAM, Delivery, read_delivery
from sdtm.trace.diff.effects import Effect, effects
from sdtm.trace.diff.facts import FactChange, fact_changes
from sdtm.trace.diff.finding_changes import OPEN, FindingChange, finding_changes
from sdtm.trace.diff.keys import NUMBER
from sdtm.trace.diff.numbering import Numbered
from sdtm.trace.diff.settings import Settings
from sdtm.trace.diff.shown import date_units
from specs.model import Study
from specs.problems import ProblemsFound

# Compared last, because their records point at those of other datasets.
_POINTING = ("CO", "RELREC")


@dataclass(frozen=True)
class DeliveryDiff:
    """All differences of two deliveries. ``datasets``: those that both have, by name; ``definitions``: of define.xml.

    ``findings``: None where one of them has no findings.json. ``units``: numeric dates, see ``date_units``.
    """

    old: Delivery
    new: Delivery
    datasets: Mapping[str, DatasetDiff]
    removed: tuple[str, ...]
    added: tuple[str, ...]
    effects: tuple[Effect, ...]
    facts: tuple[FactChange, ...]
    findings: tuple[FindingChange, ...] | None
    units: Mapping[str, Mapping[str, str]]
    definitions: tuple[DefinitionChange, ...] = ()

    @property
    def is_equal(self) -> bool:
        """No difference but within the tolerance, and but for how the deliveries were made."""
        return not (
            self.removed
            or self.added
            or any(diff.has_differences for diff in self.datasets.values())
            or any(not fact.explains for fact in self.facts)
            or self.definitions
            or any(finding.status != OPEN or finding.old != finding.new for finding in self.findings or ())
        )


def diff(
    old: str | Path | Delivery,
    new: str | Path | Delivery,
    study: Study | None = None,
    settings: Settings | None = None,
) -> DeliveryDiff:
    """Compare two deliveries: output folders, m5 packages, or folders of XPT, Parquet or CSV datasets.

    Args:
        study: whose keys identify records; else those of define.xml, of the standard, or guessed ones count.
        settings: tolerances, ignored variables, wanted datasets, keys.

    Raises:
        ProblemsFound: a delivery that cannot be read, or settings that name what neither has.
    """
    wanted = settings or Settings()
    deliveries = _both(old, new, study)
    names = [delivery.datasets.keys() for delivery in deliveries]
    wanted.check(
        {
            name: {
                str(variable)
                for delivery in deliveries
                if name in delivery.datasets
                for variable in delivery.datasets[name].frame.columns
            }
            for name in names[0] | names[1]
        }
    )
    shared = [name for name in sorted(names[0] & names[1]) if not wanted.only or name in wanted.only]
    known: dict[str, Numbered] = {}
    needed = {
        *shared,
        *(other for name in shared for other in _behind(name, deliveries) if other in names[1]),
    }
    compared = {
        name: diff_dataset(name, deliveries, wanted, study, known)
        for name in sorted(needed, key=lambda name: _turn(name, deliveries[0]))
    }
    datasets = {name: compared[name] for name in shared}
    units = {name: date_units(name, deliveries) for name in shared}
    said = [delivery.facts.definitions for delivery in deliveries]
    findings = finding_changes(deliveries[0].facts.findings, deliveries[1].facts.findings, wanted.only)
    return DeliveryDiff(
        *deliveries,
        datasets,
        tuple(name for name in sorted(names[0] - names[1]) if not wanted.only or name in wanted.only),
        tuple(name for name in sorted(names[1] - names[0]) if not wanted.only or name in wanted.only),
        tuple(effects(datasets, units)),
        () if wanted.only else tuple(fact_changes(deliveries[0].facts, deliveries[1].facts)),
        None if findings is None else tuple(findings),
        units,
        () if wanted.only else tuple(definition_changes(*said)),
    )


def _both(
    old: str | Path | Delivery, new: str | Path | Delivery, study: Study | None
) -> tuple[Delivery, Delivery]:
    """Both deliveries; what is wrong with either is told at once."""
    read: list[Delivery] = []
    problems = []
    for source in (old, new):
        try:
            read.append(source if isinstance(source, Delivery) else read_delivery(source, study))
        except ProblemsFound as refused:
            problems += refused.problems
    if problems:
        raise ProblemsFound(problems)
    return read[0], read[1]


def _behind(name: str, deliveries: tuple[Delivery, Delivery]) -> set[str]:
    """The datasets of the old delivery that records of this one may point at."""
    found: set[str] = set()
    for delivery in deliveries:
        frame = delivery.datasets[name].frame
        if "RDOMAIN" in frame.columns:
            found |= {str(domain) for domain in frame["RDOMAIN"].dropna().unique()}
        elif delivery.kinds[name] == ADAM:
            found |= {str(column)[:2] for column in frame.columns if NUMBER.fullmatch(str(column))}
    return found & deliveries[0].datasets.keys()


def _turn(name: str, delivery: Delivery) -> tuple[int, str]:
    """A dataset is compared after those that its records point at."""
    if delivery.kinds[name] == ADAM:
        return 2, name
    return (1 if name in _POINTING or name.startswith("SUPP") else 0), name
