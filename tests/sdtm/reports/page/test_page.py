"""The page of a run as a file: nothing from outside, nothing that acts but its own script, always the same bytes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lxml.html
import pyreadstat
import pytest

from sdtm.reports.page import output_files
from sdtm.reports.page.packing import unpack
from sdtm.reports.page.write_page import FILE, write_page
from sdtm.submission.manifest import check_manifest, read_manifest
from specs.problems import ProblemsFound


@pytest.fixture(scope="module")
def text(hostile_run: Path) -> str:
    return (hostile_run / FILE).read_bytes().decode("utf-8")


@pytest.fixture(scope="module")
def document(text: str) -> Any:
    return lxml.html.document_fromstring(text)


@pytest.fixture
def copy(hostile_run: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(hostile_run, tmp_path / "out"))


def island(document: Any, name: str) -> Any:
    (element,) = document.xpath(f"//script[@id='{name}']")
    return json.loads(element.text)


def test_the_policy_lets_only_the_page_s_own_script_and_style_run(document: Any, text: str) -> None:
    (policy,) = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    for name, content in (("script-src", script), ("style-src", style)):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy and "unsafe" not in policy
    others = document.xpath("//script[not(@type='application/json')]")
    assert len(others) == 1 and len(document.xpath("//style")) == 1


def test_nothing_is_asked_for_from_elsewhere(document: Any) -> None:
    assert not document.xpath("//@src | //link | //iframe | //object | //embed | //form | //base | //@style")
    targets = set(document.xpath("//@href"))
    assert not [target for target in targets if re.match(r"[a-z]+:|//", target, re.IGNORECASE)]
    beside = {target.partition("#")[0] for target in targets if not target.startswith("#")}
    assert beside >= {"findings.json", "../manifest.json", "../sdtm/define.html", "../adam/define.html"}


def test_links_beside_the_page_lead_to_files_of_the_run(document: Any, hostile_run: Path) -> None:
    for target in document.xpath("//a/@href"):
        if not target.startswith("#"):
            assert (hostile_run / "reports" / target.partition("#")[0]).is_file(), target


def test_anchors_of_the_page_exist(document: Any) -> None:
    anchors = set(document.xpath("//@id"))
    for target in document.xpath("//a/@href"):
        if target.startswith("#") and "=" not in target:
            assert target[1:] in anchors, target


def test_texts_of_data_stay_texts(document: Any, hostile_run: Path) -> None:
    """As pyreadstat reads them from the transport file."""
    frame, _ = pyreadstat.read_xport(str(hostile_run / "sdtm" / "ae.xpt"))
    columns = unpack(island(document, "data:AE"))
    assert columns["AETERM"] == frame["AETERM"].tolist()
    assert '</script><script>document.title="taken over"</script>' in columns["AETERM"]
    assert [float(number) for number in columns["AESEQ"]] == frame["AESEQ"].tolist()
    assert not document.xpath("//img") and document.xpath("string(//title)") == "PAGE1: report of the run"
    assert "(SYNTHETIC DATA)" in document.xpath("string(//header)") and not document.xpath("//header//b")


def test_dates_of_analysis_datasets_are_shown_as_dates(document: Any) -> None:
    assert unpack(island(document, "data:ADAE"))["ASTDT"][0] == "2024-05-01"


def test_synthetic_data_are_labelled(document: Any) -> None:
    assert document.xpath("string(//header//*[@class='synthetic']/strong)") == "SYNTHETIC DATA"


def test_raw_cells_are_there_but_not_those_that_are_not_submitted(document: Any, text: str) -> None:
    raw = unpack(island(document, "raw:dm"))
    assert raw["#file"] == ["dm.csv", "dm.csv"] and raw["#row"] == [2, 3] and raw["PT"] == ["1", "2"]
    assert "INITIALS" not in raw and "SECRET" not in text
    assert unpack(island(document, "raw:ae"))["SERIOUS"][4] == "שלום עולם"


def test_each_record_knows_its_raw_row_and_its_source(document: Any) -> None:
    """Row numbers counted by hand in the files of the study: the header is row 1."""
    terms, trace = unpack(island(document, "data:AE"))["AETERM"], unpack(island(document, "trace:AE"))
    found = {
        term: (file, row, source)
        for term, file, row, source in zip(terms, trace["file"], trace["row"], trace["source"], strict=True)
    }
    assert found["Headache"] == ("ae.csv", 5, 0) and found["Fever"] == ("ae.csv", 7, 0)
    assert found["Cough"] == ("more.csv", 2, 1) and found["Fall"] == ("more.csv", 3, 2)


def test_books_say_what_became_of_every_row_and_column(document: Any) -> None:
    books = document.xpath("//details[@id='book-ae']")[0].text_content()
    assert "no event was written down" in books
    (row,) = [
        row
        for row in document.xpath("//section[@id='books']//table[1]/tbody/tr")
        if row.xpath("string(th)") == "ae"
    ]
    assert [cell.text for cell in row.xpath("td")][1:5] == [
        "7",
        "6",
        "0",
        "1",
    ]  # read, made, joined, excluded
    assert "tells who a person is" in document.xpath("//details[@id='book-dm']")[0].text_content()


def test_findings_lead_to_records_and_raw_rows(document: Any) -> None:
    rows = document.xpath("//table[@id='findings-table']/tbody/tr")
    (row,) = [row for row in rows if row.get("data-rule") == "unmapped-term"]
    assert row.get("data-severity") == "error" and "שלום עולם" in row.text_content()
    assert "#rawfile=ae.csv/6" in row.xpath(".//a/@href")


def test_datasets_are_described_by_their_define_xml(document: Any) -> None:
    about = document.xpath("//details[@id='meta-AE']")[0]
    cells = {
        row.xpath("string(th)"): [cell.text_content() for cell in row.xpath("td")]
        for row in about.xpath(".//tbody/tr")
    }
    assert cells["AETERM"][0] == "Reported Term for the Adverse Event" and cells["AETERM"][1] == "text"
    assert cells["AESER"][4].startswith("No Yes Response")


def test_it_is_written_again_with_the_same_bytes(sdtm: Callable[..., Any], copy: Path) -> None:
    before, manifest = (copy / FILE).read_bytes(), (copy / "manifest.json").read_bytes()
    (copy / FILE).unlink()
    told = sdtm("report", copy)
    assert told.code == 0 and "index.html" in told.out
    assert (copy / FILE).read_bytes() == before and (copy / "manifest.json").read_bytes() == manifest


def test_the_manifest_knows_it(hostile_run: Path) -> None:
    assert FILE in {file.path for file in read_manifest(hostile_run).outputs}
    assert check_manifest(hostile_run) == []


def test_an_older_run_gets_what_it_has(copy: Path) -> None:
    """Without lineage, raw cells and analysis trace, as earlier versions wrote it; and without define.xml."""
    shutil.rmtree(copy / "trace" / "raw")
    shutil.rmtree(copy / "trace" / "adam")
    for name in ("trace/lineage.json", "sdtm/define.xml", "adam/define.xml", "reports/ledger.json", FILE):
        (copy / name).unlink()
    write_page(copy)
    document = lxml.html.document_fromstring((copy / FILE).read_bytes().decode("utf-8"))
    assert unpack(island(document, "data:AE"))["AESEQ"] and not document.xpath(
        "//script[starts-with(@id, 'raw:')]"
    )
    assert "No define.xml describes it" in document.text_content()


def test_a_large_dataset_is_left_out_and_the_page_says_so(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output_files, "MOST_CELLS_OF_ONE", 50)
    write_page(copy)
    document = lxml.html.document_fromstring((copy / FILE).read_bytes().decode("utf-8"))
    assert not document.xpath("//script[@id='data:AE']") and document.xpath("//script[@id='data:ADSL']")
    assert "left out of this page" in document.xpath("//details[@id='meta-AE']")[0].text_content()


@pytest.mark.parametrize(
    "name",
    ["sdtm/ae.xpt", "sdtm/define.xml", "reports/findings.json", "trace/AE.parquet", "trace/lineage.json"],
)
def test_a_damaged_file_is_told_by_name(sdtm: Callable[..., Any], copy: Path, name: str) -> None:
    before = (copy / FILE).read_bytes()
    (copy / name).write_bytes(b"\xff not what it was")
    told = sdtm("report", copy)
    assert told.code == 2 and told.is_told_plainly and Path(name).name in told.err
    assert (copy / FILE).read_bytes() == before


def test_what_is_no_output_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="manifest"):
        write_page(tmp_path)


def test_findings_above_the_limit_are_counted(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sdtm.reports.page.findings_list.MOST_SHOWN", 2)
    write_page(copy)
    document = lxml.html.document_fromstring((copy / FILE).read_bytes().decode("utf-8"))
    found = json.loads((copy / "reports" / "findings.json").read_text(encoding="utf-8"))["findings"]
    assert len(document.xpath("//table[@id='findings-table']/tbody/tr")) == 2
    assert f"the first 2 of {len(found)} findings" in document.xpath("string(//section[@id='findings'])")


def test_derived_analyses_have_a_page_too(hostile_study: Path, hostile_run: Path, tmp_path: Path) -> None:
    from sdtm.derive_study import derive

    derive(hostile_study, hostile_run / "sdtm", tmp_path / "analyses")
    page = (tmp_path / "analyses" / FILE).read_bytes().decode("utf-8")
    document = lxml.html.document_fromstring(page)
    assert unpack(island(document, "data:ADAE"))["ASTDT"][0] == "2024-05-01"
    assert island(document, "lineage")["datasets"]["ADAE"]["from"] == "AE"


def test_every_script_file_is_part_of_the_page_and_of_the_package(text: str) -> None:
    import tomllib

    folder = Path(output_files.__file__).parent
    for path in folder.glob("script/*.js"):
        assert path.read_text(encoding="utf-8").replace("\r\n", "\n") in text, path.name
    project = Path(__file__).parents[4] / "pyproject.toml"
    listed = tomllib.loads(project.read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]["sdtm"]
    packaged = {path for pattern in listed for path in folder.parents[1].glob(pattern)}
    assert {*folder.glob("*.css"), *folder.rglob("*.js")} <= packaged


def test_fields_and_tables_are_named_for_those_who_do_not_see_them(document: Any) -> None:
    assert document.get("lang") == "en"
    assert document.xpath("//body/*[1]/@href") == ["#main"] and document.xpath("//main/@id") == ["main"]
    for table in document.xpath("//main//table"):
        assert table.xpath("caption") and table.xpath(".//thead//th[@scope='col']")
    for section in document.xpath("//main/section"):
        assert document.get_element_by_id(section.get("aria-labelledby")).text_content()
