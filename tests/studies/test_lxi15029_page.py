"""The page of the bundled study: within its size, every dataset in it, and values followed back in a browser."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from typing import Any

import pytest

from sdtm.reports.page.packing import unpack
from sdtm.reports.page.write_page import FILE
from sdtm.run_study import Run

pytestmark = pytest.mark.xdist_group("lxi15029")


@pytest.fixture(scope="module")
def islands(lxi_run: Run) -> dict[str, Any]:
    text = (lxi_run.out / FILE).read_text(encoding="utf-8")
    found = re.findall(r'<script type="application/json" id="([^"]*)">(.*?)</script>', text, re.DOTALL)
    return {name: json.loads(content) for name, content in found}


def test_it_is_small_and_holds_every_dataset(lxi_run: Run, islands: dict[str, Any]) -> None:
    assert (lxi_run.out / FILE).stat().st_size < 6_000_000
    assert all(dataset["shown"] for dataset in islands["contents"]["datasets"])
    assert {each["name"] for each in islands["contents"]["datasets"]} == {
        name.removeprefix("data:") for name in islands if name.startswith("data:")
    }
    assert set(islands["contents"]["raw"]) == {name[4:] for name in islands if name.startswith("raw:")}


def test_copied_cells_are_those_of_the_raw_files(islands: dict[str, Any]) -> None:
    """For a seeded sample of records: what is assigned without terms is the text of the raw cell that lineage names."""
    chosen, compared = random.Random(15029), 0
    places = {each["name"]: place for place, each in enumerate(islands["contents"]["datasets"])}
    cells = {name: unpack(packed) for name, packed in islands.items() if name.startswith("raw:")}
    for name, entry in islands["lineage"]["datasets"].items():
        if f"trace:{name}" not in islands or "sources" not in entry:
            continue
        data, trace = unpack(islands[f"data:{name}"]), unpack(islands[f"trace:{name}"])
        records = islands[f"data:{name}"]["records"]
        for record in chosen.sample(range(records), min(20, records)):
            source = entry["sources"][trace.get("source", [0] * records)[record]]
            assert source.get("table", trace["table"][record]) == trace["table"][record]
            for variable, numbers in source.get("variables", {}).items():
                (step, *others) = [islands["lineage"]["steps"][number] for number in numbers]
                column = step["rule"].removeprefix("assign_no_ct ")
                raw = cells[f"raw:{trace['table'][record]}"] if column != step["rule"] else {}
                value = raw.get(column, [None] * (trace["position"][record] + 1))[trace["position"][record]]
                if others or value is None or variable not in data or len(value) > 200:
                    continue
                compared += 1
                made = data[variable][record]
                number = islands["contents"]["datasets"][places[name]]["variables"][variable]["type"] in (
                    "integer",
                    "float",
                )
                same = float(made) == float(value) if number else made == value.rstrip(" ")
                assert same, (name, variable, record, made, value)
    assert compared > 500


def test_every_number_of_the_tables_has_an_address(lxi_run: Run, islands: dict[str, Any]) -> None:
    numbers = unpack(islands["results"]["numbers"])
    text = (lxi_run.out / FILE).read_text(encoding="utf-8")
    linked = set(re.findall(r'href="#result=(R[0-9a-f]{12})"', text))
    assert linked and linked <= set(numbers["id"])
    sets = islands["results"]["sets"]
    assert all(known.get("records", "") in {*sets, ""} for known in islands["results"]["records"].values())


def test_a_flag_of_an_analysis_is_followed_to_the_raw_row_in_a_browser(
    lxi_run: Run, islands: dict[str, Any]
) -> None:
    """The first event of the first subject is in the second line of AE.csv, as `sdtm explain` says too."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium or Chrome is on the path; the page's script cannot be run")
    adae = unpack(islands["data:ADAE"])
    keys = list(zip(adae["USUBJID"], adae["AESEQ"], strict=True))
    record = keys.index(("LXI15029-01-001", "1")) + 1
    address = f"{(lxi_run.out / FILE).as_uri()}#record=ADAE/{record}/TRTEMFL"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=8000", "--dump-dom"]
    done = subprocess.run([chromium, *options, address], capture_output=True, timeout=120, check=True)
    (way,) = re.findall(r'<aside class="lineage".*?</aside>', done.stdout.decode("utf-8"), re.DOTALL)
    assert "<code>treatment_emergent</code>" in way and "adam/adae.yaml, line" in way
    assert "AE.csv, row 2</a>" in way
