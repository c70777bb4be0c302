"""The reviewer's guides of a small invented study: their sections, facts, issues, places to write, files."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from lxml import etree

from sdtm.submission.define import make_defines
from sdtm.submission.guides.files import read_guides, write_guides
from sdtm.submission.guides.html import guide_html
from sdtm.submission.guides.issues import LAST, completed, to_write_count
from sdtm.submission.guides.model import (
    Block,
    Guide,
    as_json,
    from_json,
    numbered,
    section,
    table,
    text,
    to_write,
)
from sdtm.submission.guides.study import study_guides
from sdtm.submission.guides.word import guide_docx
from specs.problems import ProblemsFound

FINDINGS = [
    {
        "rule": "end-before-start",
        "severity": "error",
        "dataset": "AE",
        "variable": "AEENDTC",
        "found": "<b>x</b>",
        "count": 2,
    },
    {
        "rule": "duplicate-record",
        "severity": "warning",
        "dataset": "AE",
        "variable": "",
        "found": "twice",
        "count": 3,
        "comment": "Confirmed by the site.",
        "status": "accepted",
    },
    {
        "rule": "duplicate-row",
        "severity": "error",
        "dataset": "",
        "variable": "",
        "found": "2 rows",
        "count": 2,
    },
    {
        "rule": "aval-missing",
        "severity": "error",
        "dataset": "ADVS",
        "variable": "AVAL",
        "found": "no value",
        "count": 1,
    },
    {
        "rule": "long-text-split",
        "severity": "note",
        "dataset": "AE",
        "variable": "AETERM",
        "found": "long",
        "count": 1,
    },
]


@pytest.fixture(scope="module")
def guides(described: Any) -> dict[str, Guide]:
    made = study_guides(described.defines, described.conversion, described.analyses)
    return {guide.name: guide for guide in made}


def rows_of(guide: Guide, title: str, caption: str = "") -> list[tuple[str, ...]]:
    """The rows of the table with a caption in the section of a title."""
    (found,) = [each for each in guide.sections if each.title == title]
    return [
        row for block in found.blocks if block.kind == "table" and block.text == caption for row in block.rows
    ]


def texts_of(guide: Guide) -> list[str]:
    return [block.text for each in guide.sections for block in each.blocks if block.kind != "table"]


def test_chapters_are_those_of_the_templates(guides: dict[str, Guide]) -> None:
    # The main chapters of the PHUSE templates (cSDRG, ADRG), in our own words.
    def chapters(name: str) -> list[str]:
        return [each.title for each in guides[name].sections if each.level == 1]

    assert chapters("csdrg") == [
        "Introduction",
        "Protocol description",
        "Subject data description",
        "Data conformance summary",
        "Appendix",
    ]
    assert chapters("adrg") == [
        "Introduction",
        "Protocol description",
        "Considerations for several analysis datasets",
        "Creation of the datasets",
        "Analysis datasets",
        "Data conformance summary",
        "Programs",
    ]
    assert [number for number, _ in numbered(guides["csdrg"].sections)][:5] == ["1", "1.1", "1.2", "1.3", "2"]


def test_datasets_stand_with_what_spec_and_data_say(described: Any, guides: dict[str, Guide]) -> None:
    rows = {row[0]: row for row in rows_of(guides["csdrg"], "Subject datasets")}
    assert set(rows) == {"DM", "AE", "VS"}
    # Name, class, records, SUPP, split; the raw data have 3 events, of 2 subjects.
    name, _, kind, _, keys, records, supplemental, split, _ = rows["AE"]
    assert (name, kind, records, supplemental, split) == ("AE", "EVENTS", "3", "SUPPAE", "no")
    assert keys == ", ".join(described.conversion.datasets["AE"].keys)
    assert rows["DM"][5] == "2"
    assert ("SUPPAE", "AEWHY", "Why it happened", "Collected") in rows_of(
        guides["csdrg"], "Supplemental qualifiers"
    )
    empty = dict(rows_of(guides["csdrg"], "Variables without data"))
    assert empty["SUPPAE"] == "QEVAL" and "AELLT" in empty["AE"] and "AESEV" not in empty["AE"].split(", ")


def test_the_books_of_the_raw_tables_stand_in_it(described: Any, guides: dict[str, Guide]) -> None:
    # Rows read, made records, excluded, unaccounted for, of the raw files as they are written in the test.
    assert rows_of(guides["csdrg"], "Traceability") == [
        ("dm", "dm.csv", "2", "2", "0", "0", "DM"),
        ("ae", "ae.csv", "3", "3", "0", "0", "AE"),
        ("vs", "vs.csv", "2", "2", "0", "0", "VS"),
    ]
    conversion = described.conversion
    listed = make_defines(conversion.plan, conversion.datasets, has_listing=True)
    (guide,) = study_guides(listed, conversion)
    assert rows_of(guide, "Annotated CRF", "Fields that are not submitted") == [("of no interest", "1")]
    assert any(each.startswith("acrf.html shows every field") for each in texts_of(guide))


def test_the_analyses_tell_dependencies_populations_and_rules(guides: dict[str, Guide]) -> None:
    adrg = guides["adrg"]
    dependencies = rows_of(adrg, "Data dependencies", "Datasets in the order in which they are made")
    assert dependencies == [("1", "ADSL", "DM", ""), ("2", "ADVS", "VS", "ADSL")]
    imputed = rows_of(adrg, "Imputation")
    assert [(row[0], row[1]) for row in imputed] == [("ADVS", "ADT")]  # the other takes whole dates only
    core = rows_of(adrg, "Core variables")
    assert {row[0]: row[2] for row in core} == {
        name: "all" for name in ("STUDYID", "USUBJID", "AGE", "TRTSDT")
    }
    assert [row[0] for row in rows_of(adrg, "Treatment variables")] == ["TRT01P"]
    assert (
        "age",
        "Age <i>& more</i>",
        "ADSL, ADVS",
        "SPECIFIED IN SAP",
        "PRIMARY OUTCOME MEASURE",
    ) in rows_of(adrg, "Overview", "Tables and figures, and what they read")
    overview = {row[0]: row[5] for row in rows_of(adrg, "Overview")}
    assert overview == {"ADSL": "2", "ADVS": "6"}  # 2 subjects; 2 visits of 3 tests


def test_what_nobody_said_is_asked_for(guides: dict[str, Guide]) -> None:
    asked = [
        block.text for each in guides["csdrg"].sections for block in each.blocks if block.kind == "to_write"
    ]
    assert any("sponsor" in each for each in asked)
    assert any("no TA, TE, TV, TI, TS" in each for each in asked)
    done = completed(guides["csdrg"], [])
    (last,) = [each for each in done.sections if each.title == "Places"]
    assert len(last.blocks[1].rows) == len(asked) == to_write_count(done)
    assert f"{len(asked)} places" in last.blocks[0].text


def test_synthetic_studies_say_so(described: Any) -> None:
    study = described.conversion.study.model_copy(update={"title": "Study (Synthetic data)"})
    conversion = replace(described.conversion, study=study)
    for guide in study_guides(described.defines, conversion):
        assert any("SYNTHETIC" in each for each in texts_of(guide))
    for guide in study_guides(described.defines, described.conversion):
        assert not any("SYNTHETIC" in each for each in texts_of(guide))


# --- issues ------------------------------------------------------------------------------------------


def issues(guide: Guide) -> list[tuple[str, ...]]:
    return [row for row in rows_of(guide, "Issues")]


def test_findings_stand_in_the_guide_of_their_datasets(guides: dict[str, Guide]) -> None:
    analyses = frozenset(guides["adrg"].datasets)
    csdrg = completed(guides["csdrg"], FINDINGS, analyses)
    assert [(row[0], row[1], row[4]) for row in issues(csdrg)] == [
        ("duplicate-row", "error", "2"),
        ("end-before-start", "error", "2"),
        ("duplicate-record", "warning", "3"),
        ("long-text-split", "note", "1"),
    ]
    assert [row[0] for row in issues(completed(guides["adrg"], FINDINGS, analyses))] == ["aval-missing"]


def test_comments_explain_and_their_absence_is_asked_for(guides: dict[str, Guide]) -> None:
    csdrg = completed(guides["csdrg"], FINDINGS, frozenset(guides["adrg"].datasets))
    explained = {row[0]: (row[5], row[7]) for row in issues(csdrg)}
    assert explained["duplicate-record"] == ("accepted", "Confirmed by the site.")
    assert explained["end-before-start"] == ("", "To be written")
    assert explained["long-text-split"] == ("", "")  # a note needs no explanation
    asked = [text for text in texts_of(csdrg) if text.startswith("the explanation of")]
    assert len(asked) == 2 and "end-before-start (error, AE.AEENDTC)" in asked[1]
    assert to_write_count(csdrg) == to_write_count(guides["csdrg"]) + 2


def test_findings_of_one_kind_are_one_line(guides: dict[str, Guide]) -> None:
    many = [
        {**FINDINGS[0], "found": f"case {number}", "comment": "" if number else "Known."}
        for number in range(500)
    ]
    (row,) = issues(completed(guides["csdrg"], many))
    assert row[4] == "1,000" and row[6] == "case 0 (and 499 other forms)"
    assert row[7] == "Known.; to be written for the others"


def test_one_explanation_is_asked_for_each_rule(guides: dict[str, Guide]) -> None:
    several = [{**FINDINGS[0], "variable": name} for name in ("AESTDTC", "AEENDTC")]
    asked = [text for text in texts_of(completed(guides["csdrg"], several)) if "explanation" in text]
    assert len(asked) == 1 and "(error, AE.AEENDTC, AE.AESTDTC)" in asked[0]


def test_parts_of_a_split_dataset_are_told_where_it_stands(guides: dict[str, Guide]) -> None:
    split = {"VS": ["vs01.xpt", "vs02.xpt"]}
    csdrg, adrg = (completed(guides[name], [], split=split) for name in ("csdrg", "adrg"))
    assert ("VS", "vs01.xpt, vs02.xpt") in rows_of(csdrg, "Subject datasets")
    assert "No dataset is split for its size." in texts_of(adrg)


def test_no_findings_is_said(guides: dict[str, Guide]) -> None:
    assert "The checks of the run found nothing in these datasets." in texts_of(completed(guides["adrg"], []))


# --- documents ---------------------------------------------------------------------------------------


@pytest.fixture(params=["csdrg", "adrg"])
def done(request: pytest.FixtureRequest, guides: dict[str, Guide]) -> Guide:
    return completed(guides[request.param], FINDINGS, frozenset(guides["adrg"].datasets))


def words_of_docx(content: bytes) -> list[str]:
    document = Document(io.BytesIO(content))
    found = []
    for element in document.element.body.iter("{*}p"):
        words = "".join(node.text or "" for node in element.iter("{*}t"))
        if words:
            found.append(words)
    return found


def words_of_html(content: bytes) -> list[str]:
    page = etree.HTML(content)
    nodes = page.xpath(
        "//main//*[self::h1 or self::h2 or self::h3 or self::p or self::th or self::td or self::caption]"
    )
    return [words for words in ("".join(node.itertext()) for node in nodes) if words]


def test_both_documents_say_the_same(done: Guide) -> None:
    assert words_of_docx(guide_docx(done)) == words_of_html(guide_html(done))


def test_what_is_to_be_written_is_marked(done: Guide) -> None:
    document = Document(io.BytesIO(guide_docx(done)))
    marked = [
        run.text for each in document.paragraphs for run in each.runs if run.font.highlight_color is not None
    ]
    page = etree.HTML(guide_html(done))
    assert len(marked) == len(page.xpath("//p[@class='todo']")) == to_write_count(done) > 5
    assert all(words.startswith("To be written: ") for words in marked)
    assert any(each.title == LAST for each in done.sections)


def test_documents_repeat_and_hold_no_clock(done: Guide) -> None:
    first = guide_docx(done)
    assert guide_docx(done) == first and guide_html(done) == guide_html(done)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2024-05-06T07:08:09Z") == 2 and "python-docx" not in core


def test_a_document_has_headings_and_tables(done: Guide) -> None:
    document = Document(io.BytesIO(guide_docx(done)))
    headings = [each.text for each in document.paragraphs if each.style.name.startswith("Heading")]
    assert headings == [f"{number} {each.title}" for number, each in numbered(done.sections)]
    made = [block for each in done.sections for block in each.blocks if block.kind == "table"]
    assert len(document.tables) == len(made)
    for shown, block in zip(document.tables, made, strict=True):
        assert [cell.text for cell in shown.rows[0].cells] == list(block.head)
        assert len(shown.rows) == len(block.rows) + 1


def test_hostile_texts_stay_texts() -> None:
    hostile = ["<script>alert(1)</script>", "=1+1", "a\x07b", "\ud800", "受试者", "]]>&amp;"]
    blocks = [text(each) for each in hostile] + [
        to_write(hostile[0]),
        table("<b>", ["<i>"], [[each] for each in hostile]),
    ]
    guide = Guide("csdrg", "T <u>", "S", "2024-01-01T00:00:00", (), (section("A <b>", *blocks, level=1),))
    done = completed(guide, [{"rule": "<r>", "found": "\x00", "severity": "error", "count": 1}])
    page = guide_html(done).decode()
    assert "<script" not in page and "&lt;script&gt;" in page and "受试者" in page and "a\\u0007b" in page
    assert words_of_docx(guide_docx(done)) == words_of_html(guide_html(done))
    policy = etree.HTML(page).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'")


def test_content_is_written_and_read_as_it_is(guides: dict[str, Guide]) -> None:
    for guide in guides.values():
        assert from_json(json.loads(json.dumps(as_json(guide)))) == guide
    with pytest.raises(ValueError):
        from_json(
            {**as_json(guides["adrg"]), "sections": [{"title": "", "level": 1, "blocks": [{"kind": "x"}]}]}
        )
    assert Block("text").rows == ()


def test_a_study_without_records_has_guides_too(described: Any) -> None:
    empty = {
        name: replace(dataset, frame=dataset.frame.iloc[:0], source=dataset.source.iloc[:0])
        for name, dataset in described.conversion.datasets.items()
    }
    conversion = replace(described.conversion, datasets=empty, books=[])
    (guide,) = study_guides(described.defines, conversion)
    assert {row[5] for row in rows_of(guide, "Subject datasets")} == {"0"}
    assert words_of_docx(guide_docx(completed(guide, [])))


# --- files -------------------------------------------------------------------------------------------


@pytest.fixture
def out(guides: dict[str, Guide], tmp_path: Path) -> Path:
    """The two files of an output folder that the guides are made of."""
    from sdtm.submission.guides.files import guides_json

    folder = tmp_path / "out" / "reports"
    folder.mkdir(parents=True)
    (folder / "guides.json").write_text(guides_json(list(guides.values())), encoding="utf-8")
    (folder / "findings.json").write_text(json.dumps({"findings": FINDINGS}), encoding="utf-8")
    return folder.parent


def test_drafts_are_written_once_and_never_over_a_persons_work(out: Path, tmp_path: Path) -> None:
    written = write_guides(out, tmp_path / "guides")
    names = ["adrg.docx", "adrg.html", "csdrg.docx", "csdrg.html"]
    assert sorted(path.name for path in (tmp_path / "guides").iterdir()) == names
    assert [each.name for each in written] == ["csdrg", "adrg"]
    assert write_guides(out, tmp_path / "guides") == written  # the same drafts again
    (tmp_path / "guides" / "adrg.docx").write_bytes(b"hours of work")
    with pytest.raises(ProblemsFound) as found:
        write_guides(out, tmp_path / "guides")
    (problem,) = found.value.problems
    assert problem.id == "guide-exists" and problem.where.file.endswith("adrg.docx")
    assert (tmp_path / "guides" / "adrg.docx").read_bytes() == b"hours of work"


@pytest.mark.parametrize("name", ["guides", "findings"])
@pytest.mark.parametrize(
    "content",
    [None, b"{", b"[]", b"\xff", b'{"guides": 1, "findings": 1}', b'{"guides": [1], "findings": [1]}'],
)
def test_files_that_are_not_ours_are_told(out: Path, name: str, content: bytes | None) -> None:
    path = out / "reports" / f"{name}.json"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(ProblemsFound) as found:
        read_guides(out)
    (problem,) = found.value.problems
    assert problem.id == "no-guides" and problem.where.file.endswith(f"{name}.json")


def test_the_command_writes_them(out: Path, tmp_path: Path, sdtm: Any) -> None:
    done = sdtm("guides", str(out), "--out", str(tmp_path / "g"))
    assert done.code == 0, done.err
    assert "csdrg.docx" in done.out and "places to write" in done.out
    shutil.rmtree(out / "reports")
    assert sdtm("guides", str(out), "--out", str(tmp_path / "g")).code == 2
