"""1,000 random cells of the demo study: every explained step, run once more on nothing but what the explanation says,
gives the value that the transport file holds. The raw texts are compared with the files as Python's csv reads them.
"""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from specs import load_study

CELLS = 1000
SEED = 20250328
# Read by the csv module alone: their delimiter is a comma and their encoding UTF-8.
PLAIN = ".csv"


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sdtm.run_study import run

    out = tmp_path_factory.mktemp("explain") / "out"
    run("lxi15029", out, judged=False, to="sdtm")
    return out


class RawFiles:
    """Raw cells of plain CSV files; row 1 is the header."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rows: dict[str, list[list[str]]] = {}

    def cell(self, file: str, row: int, column: str) -> str:
        if file not in self._rows:
            with (self.folder / file).open(encoding="utf-8-sig", newline="") as handle:
                self._rows[file] = list(csv.reader(handle))
        rows = self._rows[file]
        return rows[row - 1][rows[0].index(column)]


@pytest.mark.xdist_group("explain-demo")
def test_a_thousand_random_cells_follow_from_what_their_explanations_say(output: Path) -> None:
    from sdtm.trace.explain import open_output

    study = load_study("lxi15029")
    explainer = open_output(output, study, whole=True)
    raw = RawFiles(study.folder / study.raw.folder)
    chance = random.Random(SEED)
    names = sorted(path.stem.upper() for path in (output / "sdtm").glob("*.xpt"))
    rules: Counter[str] = Counter()
    done: set[str] = set()
    compared = 0
    for _ in range(CELLS):
        dataset = chance.choice(names)
        frame = explainer.dataset(dataset)
        variable, row = chance.choice(list(frame.columns)), chance.randrange(len(frame))
        told = explainer.cell(dataset, variable, row)
        cell = f"{dataset}.{variable} of record {row + 1}: {told.text()}"
        for step in told.steps:
            rules[step.rule] += 1
            said = json.dumps(step.as_json())
            if said in done:  # word for word a step of another cell, such as RFSTDTC of the same subject
                continue
            done.add(said)
            assert step.again is not None, cell
            assert step.again(step) == (step.gave, step.value), cell
            compared += _compare_with_file(step, raw, cell)
        last = told.steps[-1].value if told.steps else None
        assert (last or "") == told.value, cell
    # The cells were of all kinds, so that the above says something.
    assert compared > CELLS / 2
    wanted = {"assign_ct", "assign_no_ct", "assign_datetime", "hardcode_ct", "study_day", "epoch", "sequence"}
    wanted |= {"assign_visit", "standard_results", "last_observation_before_exposure", "transpose_findings"}
    assert wanted <= set(rules)
    assert len(rules) > 20, rules


def _compare_with_file(step: Any, raw: RawFiles, cell: str) -> int:
    """How many raw texts of a step were found in their files."""
    found = 0
    for read in (*step.reads, *step.conditioned):
        if read.file.endswith(PLAIN) and read.column and read.row is not None:
            assert raw.cell(read.file, read.row, read.column) == (read.value or ""), cell
            found += 1
    return found


@pytest.mark.xdist_group("explain-demo")
def test_one_subject_alone_is_told_as_all_of_them_are(output: Path) -> None:
    from sdtm.trace.explain import open_output

    study = load_study("lxi15029")
    whole, alone = open_output(output, study, whole=True), open_output(output, study)
    for dataset, variable, row in (
        ("AE", "AESTDY", 5),
        ("VS", "VISITNUM", 40),
        ("LB", "LBSEQ", 30),
        ("SV", "SVENDY", 9),
    ):
        told = [explainer.cell(dataset, variable, row).as_json() for explainer in (whole, alone)]
        assert told[0] == told[1]
