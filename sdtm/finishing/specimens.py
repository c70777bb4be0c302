"""Which specimen was taken from which: the levels of RELSPEC."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd


class Specimen(NamedTuple):
    subject: str
    id: str
    kind: str | None
    parent: str | None
    level: int


class SpecimenLevels(NamedTuple):
    """``conflicts``, ``orphans``: subject, specimen, and what is wrong with it."""

    specimens: list[Specimen]
    conflicts: list[tuple[str, str, str]]
    orphans: list[tuple[str, str, str]]


def specimen_levels(records: pd.DataFrame) -> SpecimenLevels:
    """Each specimen of a subject once, with its level: 1 if it was collected, one more than its parent's else.

    ``records``: columns ``subject``, ``id``, ``kind`` and ``parent``, texts or None.

    Missing: records without an id make no specimen.
    Errors:  two kinds or parents of one specimen, a parent that is no specimen of the subject, specimens that come
             from each other: told, and left out.
    Source:  SDTMIG 3.4, 8.8 (RELSPEC).
    Example: BLD1 without a parent, PLS1 from BLD1 -> levels 1, 2.
    """
    known = records.loc[records["id"].notna() & records["subject"].notna()]
    known = known.astype(object).where(known.notna(), None)
    distinct = sorted(
        set(known[["subject", "id", "kind", "parent"]].itertuples(index=False, name=None)), key=_text
    )
    conflicts, orphans = [], []
    found: dict[tuple[str, str], tuple[str | None, str | None]] = {}
    for subject, name, kind, parent in distinct:
        before = found.setdefault((subject, name), (kind, parent))
        if before != (kind, parent):
            shown = " and ".join(
                sorted(", ".join(p or "nothing" for p in pair) for pair in (before, (kind, parent)))
            )
            conflicts.append((subject, name, f"specimen {name} with {shown}"))
    for subject, name, _ in conflicts:
        found.pop((subject, name), None)
    specimens = []
    for (subject, name), (kind, parent) in found.items():
        level, seen, above = 1, {name}, parent
        while above is not None and above not in seen and (subject, above) in found:
            seen.add(above)
            level += 1
            above = found[subject, above][1]
        if above is None:
            specimens.append(Specimen(subject, name, kind, parent, level))
        else:
            text = f"specimen {name}, which comes from {parent}"
            text += ": a circle" if above in seen else f": {above} is no specimen of the subject"
            orphans.append((subject, name, text))
    return SpecimenLevels(specimens, conflicts, orphans)


def _text(row: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(value or "" for value in row)
