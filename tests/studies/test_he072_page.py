"""The page of the larger bundled study stays within its size, with every record in it."""

from __future__ import annotations

import json
import re

import pytest

from sdtm.reports.page.packing import unpack
from sdtm.reports.page.write_page import FILE
from sdtm.run_study import Run

pytestmark = pytest.mark.xdist_group("he072")


def test_it_holds_every_record_and_the_source_of_each(he072_run: Run) -> None:
    """FA has eight sources, seven of which read the table dxh: only the stored number tells which made a record."""
    text = (he072_run.out / FILE).read_text(encoding="utf-8")
    assert len(text.encode()) < 15_000_000
    found = dict(re.findall(r'<script type="application/json" id="([^"]*)">(.*?)</script>', text, re.DOTALL))
    assert all(dataset["shown"] for dataset in json.loads(found["contents"])["datasets"])
    trace, data = unpack(json.loads(found["trace:FA"])), unpack(json.loads(found["data:FA"]))
    sources = json.loads(found["lineage"])["datasets"]["FA"]["sources"]
    for table, source, test in zip(trace["table"], trace["source"], data["FATESTCD"], strict=True):
        assert sources[source]["table"] == table
        assert test in sources[source].get("tests", {test: {}})
