"""The synthetic concentrations of LXI-15029 give every printed cell of Tables 3 and 4 of the article.

A plain non-compartmental analysis, written apart from the toolkit: linear-up log-down trapezoids on actual
times, the terminal slope by adjusted r2. Expected values are the printed ones (published.yaml).
"""

from __future__ import annotations

import csv
import io
import math
import statistics
from collections import defaultdict
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from ruamel.yaml import YAML

RAW = Path(str(files("specs.studies.lxi15029"))) / "raw"
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


def form(name: str) -> list[dict[str, str]]:
    text = (RAW / f"{name}.csv").read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def moment_of(day: str, time: str) -> datetime:
    number, month, year = day.split()
    hour, minute = time.split(":")
    return datetime(int(year), MONTHS.index(month) + 1, int(number), int(hour), int(minute))


def printed(value: float, digits: int) -> Decimal:
    """Rounded half up as in a table; the last bit of a binary fraction must not decide."""
    return Decimal(f"{value:.10f}").quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


@pytest.fixture(scope="module")
def published(shared: Path) -> dict[str, dict]:
    entries = YAML(typ="safe").load((shared / "studies/lxi15029/published.yaml").read_text("utf-8"))[
        "entries"
    ]
    return {entry["key"]: entry for entry in entries}


def piece(t1: float, c1: float, t2: float, c2: float) -> float:
    if 0 < c2 < c1:
        return (t2 - t1) * (c1 - c2) / math.log(c1 / c2)
    return (t2 - t1) * (c1 + c2) / 2


def slope(points: list[tuple[float, float]], tmax: float) -> float:
    """Terminal rate constant: largest k whose adjusted r2 is within 1e-4 of the best."""
    tail = [(t, math.log(c)) for t, c in points if t > tmax and c > 0]
    fits = []
    for k in range(3, len(tail) + 1):
        line = statistics.linear_regression(*zip(*tail[-k:], strict=True))
        r2 = statistics.correlation(*zip(*tail[-k:], strict=True)) ** 2
        fits.append((1 - (1 - r2) * (k - 1) / (k - 2), k, line.slope))
    best = max(fit[0] for fit in fits)
    return -max((k, s) for r2, k, s in fits if r2 > best - 1e-4 and s < 0)[1]


def parameters(points: list[tuple[float, float]], tau: float = 12.0) -> dict[str, float]:
    cmax = max(c for _, c in points)
    tmax = next(t for t, c in points if c == cmax)
    rate = slope(points, tmax)
    last_time, last = points[-1]
    whole = inside = 0.0
    for (t1, c1), (t2, c2) in pairwise(points):
        whole += piece(t1, c1, t2, c2)
        if t2 <= tau:
            inside += piece(t1, c1, t2, c2)
        elif t1 < tau:
            assert 0 < c2 < c1
            inside += piece(t1, c1, tau, c1 * (c2 / c1) ** ((tau - t1) / (t2 - t1)))
    if last_time < tau:
        inside += piece(last_time, last, tau, last * math.exp(-rate * (tau - last_time)))
    return {"cmax": cmax, "tmax": tmax, "last": whole, "tau": inside, "inf": whole + last / rate,
            "half": math.log(2) / rate, "trough": points[0][1]}  # fmt: skip


def profiles() -> dict[tuple[str, str], list[tuple[float, float]]]:
    """Quantifiable points per subject and visit; hours from the reference dose by the site's clock."""
    sheet = openpyxl.load_workbook(RAW / "PK_CONC.xlsx", data_only=True)["Results"]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    result = {}
    for values in rows[1:]:
        row = dict(zip(rows[0], values, strict=True))
        result[row["SUBJECT"].removeprefix("LXI-01-"), f"C1D{row['DAY']}", row["TPT"]] = row["CONC"]
    out: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for row in form("PC"):
        if row["FOLDERNAME"] not in ("C1D1", "C1D28") or row["PCYN_STD"] == "N":
            continue
        text = str(result[row["SUBJECT"], row["FOLDERNAME"], row["PCTPT"]])
        time = moment_of(row["PCDAT_RAW"], row["PCTIM_RAW"]) - moment_of(
            row["PCRFDAT_RAW"], row["PCRFTIM_RAW"]
        )
        hours = 0.0 if row["PCTPT"] == "Predose" else time.total_seconds() / 3600
        points = out[row["SUBJECT"], row["FOLDERNAME"]]
        if text == "NR" or (text == "BLQ" and points and points[-1][1] > 0):
            continue
        points.append((hours, 0.0 if text == "BLQ" else float(text)))
    return out


def geometric(values: list[float]) -> tuple[float, float]:
    logs = [math.log(v) for v in values]
    return math.exp(statistics.mean(logs)), 100 * math.sqrt(math.exp(statistics.variance(logs)) - 1)


def test_concentrations_give_every_printed_cell_of_tables_3_and_4(published):
    dose = {r["SUBJECT"]: int(r["DOSELVL_STD"]) for r in form("DM") if r["DOSELVL_STD"]}
    found = {key: parameters(points) for key, points in profiles().items()}
    cells, wrong = 0, []
    for level in (10, 20, 40, 60, 80, 110, 150):
        group = sorted(s for s, d in dose.items() if d == level)
        single = [found[s, "C1D1"] for s in group]
        steady = [(found[s, "C1D28"], found[s, "C1D1"]) for s in group if (s, "C1D28") in found]
        clearance = [1000 * level / p["inf"] for p in single]
        values = {
            "d1.Cmax": [p["cmax"] for p in single], "d1.AUC0-t": [p["last"] for p in single],
            "d1.AUC0-T": [p["tau"] for p in single], "d1.AUC0-inf": [p["inf"] for p in single],
            "d1.Tmax": [p["tmax"] for p in single], "d1.t1/2": [p["half"] for p in single],
            "d1.CL/F": clearance,
            "d1.V/F": [c * p["half"] / math.log(2) for c, p in zip(clearance, single, strict=True)],
            "d28.Cmax,ss": [p["cmax"] for p, _ in steady], "d28.Cmin,ss": [p["trough"] for p, _ in steady],
            "d28.Cav,ss": [p["tau"] / 12 for p, _ in steady], "d28.AUCss": [p["tau"] for p, _ in steady],
            "d28.Tmax,ss": [p["tmax"] for p, _ in steady], "d28.t1/2,ss": [p["half"] for p, _ in steady],
            "d28.Rac_Cmax": [p["cmax"] / q["cmax"] for p, q in steady],
            "d28.Rac_AUC": [p["tau"] / q["tau"] for p, q in steady],
        }  # fmt: skip
        for name, numbers in values.items():
            day, parameter = name.split(".", 1)
            entry = published[f"pk.{day}.d{level}.{parameter}"]
            if entry["value"] is None:  # printed as a dash: nothing above the limit
                assert set(numbers) == {0.0}
                continue
            if entry["stat"] == "geometric mean":
                mean, cv = geometric(numbers)
                pairs = [(mean, entry["value"], 2), (cv, entry["gcv_pct"], 2)]
            elif entry["stat"] == "mean":
                spread = statistics.stdev(numbers)
                pairs = [(statistics.mean(numbers), entry["value"], 2), (spread, entry["sd"], 3)]
            else:
                pairs = [(statistics.median(numbers), entry["value"], 2),
                    (min(numbers), entry["range"][0], 1),
                         (max(numbers), entry["range"][1], 1)]  # fmt: skip
            for got, expected, digits in pairs:
                cells += 1
                if printed(got, digits) != Decimal(str(expected)).quantize(Decimal(1).scaleb(-digits)):
                    wrong.append((level, name, got, expected))
    assert wrong == []
    assert cells == 236


def test_quantified_results_are_not_below_their_limit():
    sheet = openpyxl.load_workbook(RAW / "PK_CONC.xlsx", data_only=True)["Results"]
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    assert len(rows) > 550
    assert [r for r in rows if r[7] not in ("BLQ", "NR") and float(r[7]) < float(r[8])] == []
    assert all(isinstance(r[6], datetime) for r in rows)


def test_the_workbook_and_the_site_agree_but_for_the_listed_rows():
    """README: row 39 has no result; row 256 has a collection time three minutes after that of the site."""
    sheet = openpyxl.load_workbook(RAW / "PK_CONC.xlsx", data_only=True)["Results"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[3][:5] == ("SUBJECT", "ANALYTE", "CYCLE", "DAY", "TPT")
    site = {
        (r["SUBJECT"], r["FOLDERNAME"], r["PCTPT"]): moment_of(r["PCDAT_RAW"], r["PCTIM_RAW"])
        for r in form("PC")
        if r["PCYN_STD"] == "Y"
    }
    labels = {(r[0].removeprefix("LXI-01-"), f"C1D{r[3]}", r[4]): r[6] for r in rows[4:]}
    assert set(labels) == set(site) and len(site) == 579
    assert {key for key in site if site[key] != labels[key]} == {("013", "C1D28", "1 h")}
    assert (rows[38][0], rows[38][4], rows[38][7]) == ("LXI-01-002", "8 h", "NR")
    assert (rows[255][0], rows[255][3], rows[255][4]) == ("LXI-01-013", 28, "1 h")
    texts = {type(r[7]) for r in rows[4:] if r[0] in ("LXI-01-005", "LXI-01-006", "LXI-01-007")}
    assert texts == {str}
