"""The page in a headless browser: deep links open records, values and numbers; nothing of the data runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from sdtm.reports.page.write_page import FILE
from sdtm.trace.explain import explain
from specs import load_study

Browser = Callable[[Path, str], str]


def opened(browser: Browser, out: Path, place: str) -> Any:
    document = lxml.html.document_fromstring(browser(out / FILE, place))
    assert document.get("data-ready") == "yes", "the script of the page stopped"
    assert document.xpath("string(//title)") == "PAGE1: report of the run", "a text of the data was run"
    return document


def lineage_of(document: Any) -> str:
    return " ".join(document.xpath("//aside[@class='lineage']")[0].text_content().split())


@pytest.fixture(scope="module")
def hostile_value(browser: Browser, hostile_run: Path) -> Any:
    """The term of the record with the script in it: the first of ae.csv, so row 2."""
    return opened(browser, hostile_run, "record=AE/1/AETERM")


def test_a_value_leads_to_its_mapping_and_its_raw_cell(
    hostile_value: Any, hostile_run: Path, hostile_study: Path
) -> None:
    """As ``sdtm explain`` tells it, which converts the subject again."""
    keys = {"USUBJID": "PAGE1-1", "AESEQ": "1"}
    told = explain(hostile_run, "AE", "AETERM", keys, load_study(hostile_study))
    way = lineage_of(hostile_value)
    assert f"{told.raw_file}, row {told.raw_row}" in way and told.steps[-1].where in way
    raw = told.steps[-1].reads[0]
    assert raw.value is not None and f"{raw.name} = {raw.value}" in way
    assert hostile_value.xpath("//aside//a[@href='#raw=ae/2']")


def test_the_command_that_tells_more_is_ready_to_copy(hostile_value: Any, hostile_run: Path) -> None:
    (command,) = hostile_value.xpath("//aside//pre/text()")
    assert command == f'sdtm explain {hostile_run} AE AETERM --key "USUBJID=PAGE1-1 AESEQ=1"'


def test_texts_that_look_like_html_are_shown_as_texts(hostile_value: Any) -> None:
    terms = hostile_value.xpath("//tr[@data-variable='AETERM']//a//text()")
    assert terms == ['</script><script>document.title="taken over"</script>']
    assert not hostile_value.xpath("//img")


def test_only_the_chosen_part_is_shown(hostile_value: Any) -> None:
    shown = hostile_value.xpath("//main/section[not(@hidden)]/@id")
    assert shown == ["records"]
    assert hostile_value.xpath("//nav//a[@aria-current]/@href") == ["#records"]
    assert hostile_value.xpath("//tr[contains(@class, 'chosen')]/@data-variable") == ["AETERM"]


def test_a_value_of_an_analysis_leads_through_sdtm_to_the_raw_cell(
    browser: Browser, hostile_run: Path
) -> None:
    document = opened(browser, hostile_run, "record=ADAE/8/AESER")
    way = lineage_of(document)
    assert "copied from AE.AESER" in way and "more.csv, row 3" in way
    assert (
        "sources[3].map.AESER" in way and "sources[1]" not in way
    )  # the third source made it, not the first


def test_a_finding_s_raw_row_opens_with_what_was_made_of_it(browser: Browser, hostile_run: Path) -> None:
    document = opened(browser, hostile_run, "rawfile=ae.csv/6")
    assert "ae.csv, row 6" in document.xpath("string(//section[@id='records']//h3)")
    assert document.xpath("//bdi[text()='שלום עולם']")
    assert "AE record 5" in lineage_of(document)


def test_without_an_address_the_summary_is_shown(browser: Browser, hostile_run: Path) -> None:
    document = opened(browser, hostile_run, "")
    assert document.xpath("//main/section[not(@hidden)]/@id") == ["summary"]
