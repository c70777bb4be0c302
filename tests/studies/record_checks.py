"""Numbers counted again from the files of a run: results.csv, records.json and transport files, by other code.

Nothing of the toolkit is used: pandas reads the tables, pyreadstat the transport files, DuckDB the conditions.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyreadstat

SEED, MANY = 15029, 150
# What is said of a count beyond SQL.
NOT_SQL = re.compile(r"highest \w+ =|no value|^$")


class Delivery:
    """The files of a run."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.results = pd.read_csv(out / "reports" / "results.csv", dtype=str, keep_default_na=False)
        self.content: dict[str, Any] = json.loads((out / "reports" / "records.json").read_text("utf-8"))
        self._read: dict[str, pd.DataFrame] = {}

    def dataset(self, name: str) -> pd.DataFrame:
        """A dataset as its transport file has it, rows from 1; an empty text is missing."""
        if name not in self._read:
            frame = pyreadstat.read_xport(str(self.out / self.content["datasets"][name]["file"]))[0]
            texts = frame.select_dtypes(exclude="number").columns
            frame[texts] = frame[texts].astype(object).replace("", None)
            self._read[name] = frame.set_axis(range(1, len(frame) + 1))
        return self._read[name]

    def rows(self, number: str) -> dict[str, list[int]]:
        """The rows of a set by dataset."""
        found = {}
        for name, text in self.content["sets"].get(number, {}).items():
            pairs = [part.partition("-") for part in text.split()]
            found[name] = [
                row for first, _, last in pairs for row in range(int(first), int(last or first) + 1)
            ]
        return found

    def subjects(self, number: str) -> set[str]:
        return {
            subject
            for name, rows in self.rows(number).items()
            for subject in self.dataset(name).loc[rows, "USUBJID"]
        }

    def sample(self, chosen: pd.Series) -> list[tuple[Any, dict[str, str]]]:
        """Some results and their sets, the same in every run."""
        places = sorted(self.results.index[chosen])
        picked = random.Random(SEED).sample(places, min(MANY, len(places)))
        return [
            (result, self.content["results"][result.id])
            for result in self.results.loc[picked].itertuples(index=False)
        ]


def every_number_has_its_records(found: Delivery) -> None:
    """A result without rows is one of nobody, and every row that is named is in its dataset, with its keys."""
    assert set(found.results["id"]) == set(found.content["results"])
    assert found.results["id"].is_unique
    empty = [number for number, sets in found.content["results"].items() if not sets["records"]]
    assert set(found.results.loc[found.results["id"].isin(empty), "n"]) <= {"0"}
    for name, said in found.content["datasets"].items():
        frame = found.dataset(name)
        keys = frame.loc[list(map(int, said["records"])), "USUBJID"]
        assert list(keys) == [texts[said["keys"].index("USUBJID")] for texts in said["records"].values()]


def counts_recount(found: Delivery) -> int:
    """Counts, percents and denominators of a sample are those of the linked records."""
    results = found.results
    counted = found.sample(results["statistic"].isin(["count", "percent", "events", "total"]))
    for result, sets in counted:
        subjects = found.subjects(sets["records"])
        if result.unit in ("records", "events"):
            assert sum(map(len, found.rows(sets["records"]).values())) == int(result.value), result
        elif result.statistic == "percent":
            among = found.subjects(sets["among"])
            share = 100 * len(subjects) / len(among) if among else float("nan")
            assert len(among) == int(result.N) and subjects <= among, result
            assert f"{share:.9g}" == f"{float(result.value):.9g}" or result.value == "NE", result
        else:
            assert len(subjects) == int(result.value), result
    return len(counted)


def conditions_select_the_records(found: Delivery) -> int:
    """The records of a count are those of the denominator's subjects that its stated condition selects."""
    results = found.results
    plain = results["statistic"].eq("count") & ~results["condition"].str.contains(NOT_SQL)
    checked = 0
    for result, sets in found.sample(plain):
        rows = found.rows(sets["records"])
        frame = found.content["datasets"].get(result.source) and found.dataset(result.source)
        if frame is None or set(rows) - {result.source}:
            continue
        frame = frame[frame["USUBJID"].isin(found.subjects(sets["among"]))].assign(
            row_=lambda part: part.index
        )
        try:
            chosen = duckdb.sql(f"SELECT row_ FROM frame WHERE {result.condition}").fetchall()
        except duckdb.Error:
            continue  # a qualifier of SUPP--, or a choice of records that is no plain condition
        assert sorted(row for (row,) in chosen) == rows.get(result.source, []), result
        checked += 1
    return checked


def means_recompute(found: Delivery, tables: list[str], value: str) -> int:
    """Arithmetic means are those of a variable of the linked records."""
    results = found.results
    wanted = results["statistic"].eq("mean") & results["table"].isin(tables) & results["value"].ne("NE")
    checked = 0
    for result, sets in found.sample(wanted):
        ((name, rows),) = found.rows(sets["records"]).items()
        mean = found.dataset(name).loc[rows, value].mean()
        assert f"{mean:.8g}" == f"{float(result.value):.8g}", result
        assert len(rows) == int(result.n)
        checked += 1
    return checked
