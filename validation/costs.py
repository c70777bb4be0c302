"""What the checks cost: seconds and records of each rule and dataset, for people who wait for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from validation.rules.engine import Cost

SHOWN = 15  # rules, in a table


def costs_text(costs: Sequence[Cost], shown: int = SHOWN) -> str:
    """Seconds by dataset and by rule, the most expensive first; seconds are of the processor."""
    total = sum(cost.seconds for cost in costs)
    datasets = _summed(costs, lambda cost: cost.dataset or "(across datasets)")
    rules = _summed(costs, lambda cost: cost.rule)
    lines = [f"Checks took {total:.2f} s of processor time.", "", *_table("dataset", datasets, total)]
    lines += ["", *_table("rule", rules[:shown], total)]
    if len(rules) > shown:
        rest = sum(seconds for _, seconds, _ in rules[shown:])
        lines.append(f"... and {len(rules) - shown} more rules in {rest:.2f} s")
    return "\n".join(lines)


def costs_dicts(costs: Iterable[Cost]) -> list[dict[str, object]]:
    """The costs as plain values, the most expensive first."""
    return [
        {"rule": c.rule, "dataset": c.dataset, "records": c.records, "seconds": round(c.seconds, 6)}
        for c in sorted(costs, key=lambda cost: (-cost.seconds, cost.rule, cost.dataset))
    ]


def _summed(costs: Iterable[Cost], key: Callable[[Cost], str]) -> list[tuple[str, float, int]]:
    """(name, seconds, records that were looked at) by falling seconds."""
    sums: dict[str, list[float]] = {}
    for cost in costs:
        entry = sums.setdefault(key(cost), [0.0, 0.0])
        entry[0] += cost.seconds
        entry[1] += cost.records
    ordered = sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))
    return [(name, seconds, int(records)) for name, (seconds, records) in ordered]


def _table(name: str, rows: Sequence[tuple[str, float, int]], total: float) -> list[str]:
    width = max([len(name), *(len(row[0]) for row in rows)])
    lines = [f"{name.ljust(width)}  seconds  share  records judged"]
    for text, seconds, records in rows:
        share = f"{seconds / total:.0%}" if total else "-"
        lines.append(f"{text.ljust(width)}  {seconds:7.2f}  {share:>5}  {records:>14,}")
    return lines
