"""The sum of diameters of each assessment, beside its baseline and nadir."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sdtm.derivations.lesion_assessments import AssessmentParams, Assessments, gather, joined
from sdtm.derivations.notes import Notes
from specs.catalogue import Column

NODE_LIMIT = 10.0  # mm: a node with a smaller short axis is normal


class SumParams(AssessmentParams):
    """How target lesions enter the sum."""

    value: Column = "AVAL"
    node: Column = "NODEFL"
    split: str = "."  # T01.1 and T01.2 are what became of T01
    merged: str = "/"  # T01/T02 is what became of both


@dataclass(frozen=True, slots=True)
class Sums:
    """Arrays by assessment; NaN where there is none. ``nadir_at``: assessment of the nadir, or -1."""

    assessments: Assessments
    total: np.ndarray
    complete: np.ndarray
    is_baseline: np.ndarray
    base: np.ndarray
    nadir: np.ndarray
    nadir_at: np.ndarray
    largest_growth: np.ndarray  # of one lesion since the nadir
    largest_other: np.ndarray  # size of the largest lesion that is no node
    largest_node: np.ndarray
    expected: pd.Series
    assessed: pd.Series

    @property
    def after_baseline(self) -> np.ndarray:
        """Assessments that have a change from baseline, or would have if there were one."""
        return self.assessments.after_reference


def add_up(records: pd.DataFrame, params: SumParams, notes: Notes, given: Assessments | None = None) -> Sums:
    """The sums of target lesions; ``given``: assessments gathered from these and other records."""
    measured = records[params.value].notna().to_numpy(dtype=bool)
    assessments = given if given is not None else gather(records, measured, params, notes)
    count = len(assessments)
    sizes, lesions = _sizes(records, params, assessments, notes)
    parts, names = _parts(sizes, lesions, params)
    parent = parts.groupby(["group", "parent"], dropna=False).ngroup().to_numpy()
    known = ~np.isnan(parts["size"].to_numpy())
    early = assessments.until_reference[parts["assessment"].to_numpy()]
    is_expected = np.zeros(int(parent.max(initial=-1)) + 1, dtype=bool)
    is_expected[parent[known & early]] = True
    _note_late(records, parts, known & ~is_expected[parent], notes)
    used = parts.assign(number=parent)[is_expected[parent]]
    by_parent = used.groupby(["assessment", "number"])["size"]
    whole = (by_parent.count() == by_parent.size()).reset_index(name="whole")
    whole = whole[whole["whole"]]
    of_group = parts.assign(number=parent).drop_duplicates("number").sort_values("number")
    of_group = of_group[is_expected[of_group["number"]]]
    per_group = np.bincount(of_group["group"], minlength=int(assessments.group.max(initial=-1)) + 1)
    has_size = np.bincount(whole["assessment"], minlength=count)
    wanted = per_group[assessments.group] if count else has_size
    complete = (has_size == wanted) & (wanted > 0)
    values = used.drop_duplicates(["assessment", "lesion"]).dropna(subset="size")
    total = values.groupby("assessment")["size"].sum().reindex(range(count)).to_numpy(dtype=float)
    is_baseline, base = _baseline(assessments, complete, total)
    nadir_at = _nadir(assessments, complete, total, is_baseline, base)
    nadir = np.where(nadir_at >= 0, total[nadir_at], np.nan) if count else total
    lists = joined(of_group["group"].to_numpy(), of_group["parent"].to_numpy(), names, len(per_group))
    expected = lists.reindex(assessments.group).reset_index(drop=True)
    name_of = np.zeros(len(is_expected), dtype=np.int64)
    name_of[of_group["number"]] = of_group["parent"]
    assessed = joined(whole["assessment"].to_numpy(), name_of[whole["number"]], names, count)
    nodes = values["node"].to_numpy(dtype=bool)
    sums = Sums(
        assessments, total, complete, is_baseline, base, nadir, nadir_at,
        _growth(used, nadir_at, count),
        _largest(values[~nodes], count), _largest(values[nodes], count), expected, assessed,
    )  # fmt: skip
    has_targets = np.isin(np.arange(count), sizes["assessment"])
    _note_baseline(records, params, sums, values, has_targets, notes)
    return sums


def _sizes(
    records: pd.DataFrame, params: SumParams, assessments: Assessments, notes: Notes
) -> tuple[pd.DataFrame, list[str]]:
    """One size of each lesion at each assessment: the largest, if it was measured more than once.

    Lesions are numbered; their names come back in the order of the numbers.
    """
    number, lesions = pd.factorize(records[params.lesion])
    frame = pd.DataFrame(
        {
            "assessment": assessments.of,
            "lesion": number,
            "size": records[params.value].to_numpy(dtype=float),
            "node": records[params.node].eq("Y").to_numpy(dtype=bool),
            "row": np.arange(len(records)),
        }
    )
    frame = frame[(frame["assessment"] >= 0) & (frame["lesion"] >= 0)]
    measured = frame.dropna(subset="size")
    sizes = measured.groupby(["assessment", "lesion"])["size"]
    for differs, rule, severity in (
        (sizes.transform("nunique") > 1, "lesion-measured-twice", "warning"),
        ((sizes.transform("size") > 1) & (sizes.transform("nunique") == 1), "duplicate-measurement", "note"),
    ):
        notes.add(
            rule,
            records.index[measured.loc[differs, "row"]],
            found="several sizes of a lesion at one assessment" if severity == "warning" else "a size twice",
            expected="one size of each lesion at each assessment; the largest counts",
            do="check the visit of the scan, and the evaluator",
            variable=params.value,
            severity=severity,
        )
    one = frame.groupby(["assessment", "lesion"], as_index=False).agg(
        size=("size", "max"), node=("node", "max"), row=("row", "min")
    )
    group = assessments.group[one["assessment"].to_numpy(dtype=np.int64)]
    return one.assign(group=group), [str(name) for name in lesions]


def _parts(sizes: pd.DataFrame, lesions: list[str], params: SumParams) -> tuple[pd.DataFrame, list[str]]:
    """The sizes, each beside the lesion of the baseline that it comes from; a merged one beside several.

    Where parts of a lesion are measured, the lesion itself is left out at that assessment. Parents are
    numbered in the order of their names, which come back, too.
    """
    pairs = sorted(
        {
            (number, parent.split(params.split)[0].strip() if params.split else parent.strip())
            for number, name in enumerate(lesions)
            for parent in (name.split(params.merged) if params.merged else [name])
        }
    )
    names = sorted({parent for _, parent in pairs})
    place = {name: number for number, name in enumerate(names)}
    family = pd.DataFrame(
        {
            "lesion": np.array([number for number, _ in pairs], dtype=np.int64),
            "parent": np.array([place[parent] for _, parent in pairs], dtype=np.int64),
            "itself": np.array([lesions[number] == parent for number, parent in pairs], dtype=bool),
        }
    )
    parts = sizes.merge(family, on="lesion", how="left")
    itself = parts["itself"].to_numpy(dtype=bool)
    if not itself.all():
        has_part = pd.Series(~itself & parts["size"].notna().to_numpy()).groupby(
            [parts["assessment"].to_numpy(), parts["parent"].to_numpy()]
        )
        parts = parts[~(itself & has_part.transform("any").to_numpy())]
    return parts.reset_index(drop=True), names


def _baseline(
    assessments: Assessments, complete: np.ndarray, total: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The last complete assessment until the reference date, and its sum for all of its group."""
    count = len(assessments)
    at = np.flatnonzero(complete & assessments.until_reference)
    last = np.full(int(assessments.group.max(initial=-1)) + 1, -1, dtype=np.int64)
    last[assessments.group[at]] = at
    is_baseline = np.zeros(count, dtype=bool)
    is_baseline[last[last >= 0]] = True
    mine = last[assessments.group] if count else last
    return is_baseline, np.where(mine >= 0, total[mine], np.nan) if count else total


def _nadir(
    assessments: Assessments, complete: np.ndarray, total: np.ndarray, is_baseline: np.ndarray, base: np.ndarray
) -> np.ndarray:  # fmt: skip
    """The assessment with the smallest complete sum on an earlier day, the baseline included; -1 for none."""
    counts = complete & (is_baseline | (assessments.after_reference & ~np.isnan(base)))
    series = pd.Series(np.where(counts, total, np.nan))
    smallest = series.groupby(assessments.group).cummin()
    falls = counts & (total <= smallest.to_numpy())
    return assessments.before(np.where(falls, np.arange(len(total)), -1))


def _growth(used: pd.DataFrame, nadir_at: np.ndarray, count: int) -> np.ndarray:
    """The largest growth of one lesion since the assessment of the nadir."""
    sizes = used.groupby(["assessment", "number"])["size"].sum(min_count=1).reset_index()
    then = sizes.rename(columns={"assessment": "nadir", "size": "before"})
    both = sizes.assign(nadir=nadir_at[sizes["assessment"]]).merge(then, on=["nadir", "number"])
    growth = (both["size"] - both["before"]).groupby(both["assessment"]).max()
    return growth.reindex(range(count)).to_numpy(dtype=float)


def _largest(values: pd.DataFrame, count: int) -> np.ndarray:
    return values.groupby("assessment")["size"].max().reindex(range(count)).to_numpy(dtype=float)


def _note_late(records: pd.DataFrame, parts: pd.DataFrame, late: np.ndarray, notes: Notes) -> None:
    notes.add(
        "target-lesion-after-baseline",
        sorted(records.index[parts.loc[late, "row"]].unique()),
        found="a target lesion without a size on or before the reference date",
        expected="the target lesions of the baseline; the sum leaves it out",
        do="check whether it is a new lesion, or its baseline is missing",
    )


def _note_baseline(
    records: pd.DataFrame,
    params: SumParams,
    sums: Sums,
    values: pd.DataFrame,
    has_targets: np.ndarray,
    notes: Notes,
) -> None:
    lacking = sums.after_baseline & np.isnan(sums.base) & has_targets
    notes.add(
        "no-complete-baseline",
        records.index[sums.assessments.first_row[lacking]],
        found="an assessment without a complete baseline",
        expected=f"all target lesions measured at one assessment on or before {params.reference}",
        do="query the baseline; change and response of the subject stay unknown",
        variable=params.value,
    )
    at_base = values[sums.is_baseline[values["assessment"].to_numpy(dtype=np.int64)]]
    small = at_base["size"] < np.where(at_base["node"], 15.0, 10.0)
    notes.add(
        "small-target-lesion",
        sorted(records.index[at_base.loc[small, "row"]]),
        found="a target lesion smaller than 10 mm, or a node smaller than 15 mm, at baseline",
        expected="measurable lesions (RECIST 1.1, 3.1.1); it is counted all the same",
        do="check the size",
        variable=params.value,
        severity="note",
    )
