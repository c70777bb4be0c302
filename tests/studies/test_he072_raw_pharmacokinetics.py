"""The synthetic concentrations of HE072 give every printed cell of Table 3 of the article.

A plain non-compartmental analysis, apart from the toolkit: linear trapezoids on actual times, the terminal
slope by adjusted R2. Expected values are the printed ones (published.yaml).
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from he072_raw import (
    DOSES,
    RAW,
    day_of,
    dose_level,
    form,
    half_up,
    read_published,
)


@pytest.fixture(scope="module")
def published(shared: Path) -> dict[str, dict[str, object]]:
    return read_published(shared)


@cache
def concentrations() -> dict[tuple[str, str], list[tuple[float, float | None]]]:
    """(subject, analyte) -> (hours from the start of the infusion, concentration or None below the limit)."""
    starts = {row["SUBJECTNUMBERSTR"]: row for row in DOSES if row["VISITMNEMONIC"] == "C1D1"}
    samples = {row["PKID"]: row for row in form("PK") if row["PKID"] and row["PKSCHED_C"] == "1"}
    book = openpyxl.load_workbook(RAW / "PK_RESULTS.xlsx", read_only=True)
    found: dict[tuple[str, str], list[tuple[float, float | None]]] = defaultdict(list)
    for _, code, analyte, result, *_ in book["Results"].iter_rows(min_row=5, values_only=True):
        if code not in samples or result == "NR":
            continue
        row = samples[code]
        start = starts[row["SUBJECTNUMBERSTR"]]
        began = datetime.fromisoformat(f"{day_of(start['EXDT'])}T{start['EXSTTM']}")
        taken = datetime.fromisoformat(f"{day_of(row['PKDT'])}T{row['PKTM']}")
        value = float(result) if isinstance(result, (int, float)) else None
        found[row["SUBJECTNUMBERSTR"], analyte].append(((taken - began).total_seconds() / 3600, value))
    book.close()
    return found


def terminal_slope(points: list[tuple[float, float]], peak: float) -> float | None:
    """Best adjusted R2 over the last three or more points after the peak; the most points within 1e-4."""
    after = [(t, math.log(c)) for t, c in points if t > peak]
    fits = []
    for count in range(3, len(after) + 1):
        used = after[-count:]
        mean_t, mean_y = statistics.mean(t for t, _ in used), statistics.mean(y for _, y in used)
        sxx = sum((t - mean_t) ** 2 for t, _ in used)
        sxy = sum((t - mean_t) * (y - mean_y) for t, y in used)
        syy = sum((y - mean_y) ** 2 for _, y in used)
        fits.append((1 - (1 - sxy**2 / (sxx * syy)) * (count - 1) / (count - 2), count, sxy / sxx))
    best = max((fit[0] for fit in fits), default=0)
    kept = [fit for fit in fits if fit[0] > best - 1e-4 and fit[2] < 0]
    return -max(kept, key=lambda fit: fit[1])[2] if kept else None


def parameters(points: list[tuple[float, float | None]], dose: float) -> dict[str, float]:
    """Noncompartmental parameters, linear trapezoids; a sample before the dose counts as 0 at time 0."""
    quantified = [(0.0, 0.0), *sorted((t, c) for t, c in points if c is not None and t > 0)]
    early = [t for t, c in points if c is None and 0 < t < quantified[1][0]]
    assert not early
    top = max(c for _, c in quantified)
    peak = next(t for t, c in quantified if c == top)
    area = sum((t2 - t1) * (c1 + c2) / 2 for (t1, c1), (t2, c2) in pairwise(quantified))
    found = {"Cmax": top, "Tmax": peak, "AUC0-t": area}
    slope = terminal_slope(quantified[1:], peak)
    if slope:
        whole = area + quantified[-1][1] / slope
        clearance = dose / whole
        found |= {"AUC0-inf": whole, "t1/2": math.log(2) / slope, "CL": clearance, "Vd": clearance / slope}
    return found


@pytest.mark.parametrize("level", ["50", "70"])
@pytest.mark.parametrize("analyte", ["Total irinotecan", "Free irinotecan", "SN-38"])
def test_concentrations_give_the_published_parameters(
    level: str, analyte: str, published: dict[str, dict[str, object]]
) -> None:
    doses = {row["SUBJECTNUMBERSTR"]: float(row["EXMG"]) for row in DOSES if row["VISITMNEMONIC"] == "C1D1"}
    found = [
        # mg over (h ng/mL) gives 1000 L/h; the total is in ug/mL.
        parameters(points, doses[subject] * (1 if analyte.startswith("Total") else 1000))
        for (subject, name), points in concentrations().items()
        if name == analyte and dose_level(subject) == level
    ]
    assert len(found) == (8 if level == "50" else 9)
    short = {"Total irinotecan": "total_irinotecan", "Free irinotecan": "free_irinotecan", "SN-38": "sn38"}[
        analyte
    ]
    misses = []
    for name in ("Cmax", "Tmax", "AUC0-t", "AUC0-inf", "t1/2", "Vd", "CL"):
        entry = published[f"pk.{short}.d{level}.{name}"]
        values = [each[name] for each in found if name in each]
        if name.startswith("AUC") and short == "free_irinotecan":
            values = [value / 1000 for value in values]
        digits = 3 if (name, short) == ("CL", "total_irinotecan") else 1
        pair = (half_up(statistics.mean(values), digits), half_up(statistics.stdev(values), digits))
        if pair != (entry["value"], entry["sd"]):
            misses.append((name, pair, (entry["value"], entry["sd"])))
    assert misses == []
