"""Which names the mappings of a source may use: columns of its tables, and variables that it makes."""

from __future__ import annotations

from typing import Any

from sdtm.compile_names import Names
from sdtm.plan_context import Planning
from sdtm.plan_stages import AFTER_DATES, AFTER_DAYS, REFERENCE_DATES
from specs.location import Location
from specs.model import Source
from specs.problems import suggest


def source_names(planning: Planning, source: Source, path: tuple[Any, ...]) -> Names | None:
    """Names of one source; None and a problem where it has no table that is known."""
    where = planning.study.where(*path)
    if bool(source.from_) == bool(source.from_domain):
        planning.refuse(
            "source-without-table",
            where,
            "both `from` and `from_domain`" if source.from_ else "neither `from` nor `from_domain`",
            "one of them",
            "write from: and the name of a raw dataset",
        )
        return None
    own = _own(planning, source)
    if source.from_domain:
        if source.from_domain not in planning.study.sdtm:
            planning.refuse(
                "unknown-domain",
                where,
                f"from_domain {source.from_domain!r}",
                f"a domain of this study: {', '.join(planning.study.sdtm)}",
                suggest(source.from_domain, planning.study.sdtm),
            )
            return None
        made = frozenset(v.name for v in planning.guide.variables(source.from_domain))
        return Names(planning.name, raw=made, own=own, table=source.from_domain)
    before = len(planning.problems)
    raw = columns_of(planning, source.from_, where)
    if len(planning.problems) > before:
        return None
    joined: set[str] = set()
    for join in source.join:
        joined |= set(join.take)
    visit = planning.study.raw.datasets[source.from_].visit or planning.study.raw.visit
    if visit and raw is not None and visit not in raw:
        visit = ""
    return Names(
        planning.name,
        raw=None if raw is None else raw | joined,
        own=own,
        table=source.from_,
        visit=visit,
    )


def columns_of(planning: Planning, table: str, where: Location) -> frozenset[str] | None:
    """Columns of a raw dataset; None where the files are not read, or with a problem if there is none."""
    if table not in planning.study.raw.datasets:
        planning.refuse(
            "unknown-dataset",
            where,
            f"raw dataset {table!r}",
            f"one of raw.datasets: {', '.join(planning.study.raw.datasets) or 'none is declared'}",
            suggest(table, planning.study.raw.datasets),
        )
        return None
    if planning.columns is None or table not in planning.columns:
        return None
    return frozenset(planning.columns[table])


def _own(planning: Planning, source: Source) -> frozenset[str]:
    """Variables of this domain that another mapping of the source may read."""
    made = {
        "STUDYID",
        "DOMAIN",
        "USUBJID",
        "SITEID",
        "SUBJID",
        *source.map,
        *planning.definition.reference_dates,
    }
    made |= {pattern.replace("--", planning.name) for pattern in (*AFTER_DATES, *AFTER_DAYS)}
    if planning.name == "DM":
        made |= set(REFERENCE_DATES)
    if source.findings or source.not_done:
        made |= {f"{planning.name}{part}" for part in ("TESTCD", "TEST", "ORRES", "ORRESU", "STAT", "REASND")}
        for test in source.findings.values():
            made |= set(test.map)
    return frozenset(made)
