"""The package of a small invented study: layout, refusals, decisions, checks, repeatable bytes."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
from lxml import etree

from sdtm.run_study import run
from sdtm.submission import package as module
from sdtm.submission.define_documents import xml_with
from sdtm.submission.define_model import Leaf
from sdtm.submission.define_xml import DEF
from sdtm.submission.manifest import check_manifest, read_manifest
from sdtm.submission.package import Decision, decision_of, package
from specs.problems import ProblemsFound

WHO = "J. Doe: queries of site 1 are open"
ROOT = "m5/datasets/ST1"


@pytest.fixture(scope="module")
def out(described: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a run of the study."""
    folder = tmp_path_factory.mktemp("run") / "out"
    run(described.folder, folder)
    return folder


@pytest.fixture
def copy(out: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(out, tmp_path / "copy"))


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_layout_is_that_of_module_5(out: Path, tmp_path: Path) -> None:
    done = package(out, tmp_path / "p", with_findings=WHO)
    found = set(hashes(tmp_path / "p"))
    tabulations = ("dm", "ae", "vs", "suppae")
    assert {f"{ROOT}/tabulations/sdtm/{name}.xpt" for name in tabulations} <= found
    assert {f"{ROOT}/analysis/adam/datasets/{name}.xpt" for name in ("adsl", "advs")} <= found
    for place in ("tabulations/sdtm", "analysis/adam/datasets"):
        assert {f"{ROOT}/{place}/define.xml", f"{ROOT}/{place}/define.html"} <= found
    assert f"{ROOT}/tabulations/sdtm/acrf.html" in found
    assert all(path.startswith(ROOT) or path == "manifest.json" for path in found)
    assert {file.path for file in done.files} | {"manifest.json"} == found


def test_what_define_links_to_is_there(out: Path, tmp_path: Path) -> None:
    package(out, tmp_path / "p", with_findings=WHO)
    for path in (tmp_path / "p").rglob("define.xml"):
        hrefs = etree.parse(path).xpath("//@x:href", namespaces={"x": "http://www.w3.org/1999/xlink"})
        assert hrefs
        assert [href for href in hrefs if not (path.parent / href).is_file()] == []


def test_the_files_are_those_of_the_run_and_the_manifest_holds_their_sums(out: Path, tmp_path: Path) -> None:
    package(out, tmp_path / "p", with_findings=WHO)
    made, packed = hashes(out), hashes(tmp_path / "p")
    assert packed[f"{ROOT}/tabulations/sdtm/ae.xpt"] == made["sdtm/ae.xpt"]
    manifest = read_manifest(tmp_path / "p")
    listed = {file.path: file.sha256 for file in manifest.outputs}
    assert listed == {path: sha for path, sha in packed.items() if path != "manifest.json"}
    assert all(file.size == (tmp_path / "p" / file.path).stat().st_size for file in manifest.outputs)
    assert manifest.inputs == read_manifest(out).inputs
    assert check_manifest(tmp_path / "p") == []


def test_open_errors_are_refused(out: Path, tmp_path: Path) -> None:
    # Such as trial design datasets that the study does not have.
    findings = json.loads((out / "reports" / "findings.json").read_text())["findings"]
    errors = [finding for finding in findings if finding["severity"] == "error"]
    assert errors
    with pytest.raises(ProblemsFound) as found:
        package(out, tmp_path / "p")
    assert {problem.id for problem in found.value.problems} == {"open-error"}
    assert errors[0]["rule"] in found.value.problems[0].found
    assert not (tmp_path / "p").exists()


def test_who_decided_and_why_stands_in_the_manifest(out: Path, tmp_path: Path) -> None:
    done = package(out, tmp_path / "p", with_findings=WHO)
    record = json.loads((tmp_path / "p" / "manifest.json").read_text())["package"]
    assert done.decision == Decision("J. Doe", "queries of site 1 are open")
    assert record["with_findings"]["who"] == "J. Doe"
    assert record["with_findings"]["why"] == "queries of site 1 are open"
    assert record["open_errors"] == len(record["with_findings"]["errors"]) == done.errors > 0
    assert record["read_back"] == ["pyreadstat", "pandas"]


def test_without_open_errors_nobody_decides(copy: Path, tmp_path: Path) -> None:
    _without_errors(copy)
    done = package(copy, tmp_path / "p")
    record = json.loads((tmp_path / "p" / "manifest.json").read_text())["package"]
    assert (done.errors, done.decision) == (0, None)
    assert set(record) == {"open_errors", "read_back", "guides"}
    assert (record["open_errors"], record["read_back"]) == (0, ["pyreadstat", "pandas"])


def test_errors_that_are_explained_are_no_longer_open(described: Any, out: Path, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(out / "reports" / "findings.xlsx")
    sheet = book["Issues"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, columns["Status"]).value = "explained"
        sheet.cell(row, columns["Comment"]).value = "as agreed with the site"
    book.save(tmp_path / "edited.xlsx")
    run(described.folder, tmp_path / "again", review=str(tmp_path / "edited.xlsx"))
    done = package(tmp_path / "again", tmp_path / "p")
    record = json.loads((tmp_path / "p" / "manifest.json").read_text())["package"]
    assert (done.errors, done.decision, record["open_errors"]) == (0, None, 0)
    assert {error["comment"] for error in record["explained_errors"]} == {"as agreed with the site"}
    # One record without a word, or one called resolved that is found again, is open as before.
    for status, comment in (("explained", None), ("resolved", "corrected"), ("query sent", "asked")):
        sheet.cell(2, columns["Status"]).value = status
        sheet.cell(2, columns["Comment"]).value = comment
        book.save(tmp_path / "edited.xlsx")
        run(described.folder, tmp_path / "again", review=str(tmp_path / "edited.xlsx"))
        findings = json.loads((tmp_path / "again" / "reports" / "findings.json").read_text())["findings"]
        first = sheet.cell(2, columns["Issue"]).value
        (of_it,) = [f for f in findings if first in (f["id"], *(place["id"] for place in f["places"]))]
        assert of_it["severity"] == "error"
        with pytest.raises(ProblemsFound) as found:
            package(tmp_path / "again", tmp_path / "q")
        assert [problem.id for problem in found.value.problems] == ["open-error"]


def _without_errors(copy: Path) -> None:
    """Empty the findings of a run, with its manifest as if the run had made none."""
    path = copy / "reports" / "findings.json"
    path.write_text('{"findings": []}\n')
    manifest = json.loads((copy / "manifest.json").read_text())
    for file in manifest["outputs"]:
        if file["path"] == "reports/findings.json":
            file["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
            file["size"] = path.stat().st_size
    (copy / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("text", ["J. Doe", "J. Doe:", ": because", " : "])
def test_a_decision_needs_a_name_and_a_reason(text: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        decision_of(text)
    assert found.value.problems[0].id == "no-decision"


def test_a_reason_may_hold_colons() -> None:
    assert decision_of("QA: see memo 12:30") == Decision("QA", "see memo 12:30")


def test_a_package_made_twice_is_the_same(described: Any, out: Path, tmp_path: Path) -> None:
    package(out, tmp_path / "a", with_findings=WHO)
    package(out, tmp_path / "b", with_findings=WHO)
    package(described.folder, tmp_path / "c", with_findings=WHO)  # the study is run first
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b") == hashes(tmp_path / "c")


@pytest.mark.parametrize("change", ["changed", "missing"])
def test_what_changed_since_the_run_is_refused(copy: Path, tmp_path: Path, change: str) -> None:
    path = copy / "sdtm" / "ae.xpt"
    if change == "changed":
        path.write_bytes(path.read_bytes().replace(b"HEADACHE", b"HEADACHF"))
    else:
        path.unlink()
    with pytest.raises(ProblemsFound) as found:
        package(copy, tmp_path / "p", with_findings=WHO)
    (problem,) = found.value.problems
    assert (problem.id, problem.where.file) == (f"output-{change}", "sdtm/ae.xpt")
    assert not (tmp_path / "p").exists()


def test_a_foreign_file_is_not_taken_along(copy: Path, tmp_path: Path) -> None:
    (copy / "sdtm" / "notes.xpt").write_bytes(b"not of the run")
    done = package(copy, tmp_path / "p", with_findings=WHO)
    assert not any("notes" in file.path for file in done.files)


def test_a_file_that_two_readers_read_differently_is_never_packed(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = pyreadstat.read_xport

    def other(path: Any, **options: Any) -> Any:
        frame, meta = read(path, **options)
        if "AETERM" in frame:
            frame.loc[0, "AETERM"] = "OTHER"
        return frame, meta

    monkeypatch.setattr("sdtm.submission.package_check.pyreadstat.read_xport", other)
    with pytest.raises(RuntimeError, match="read differently"):
        package(out, tmp_path / "p", with_findings=WHO)
    assert not (tmp_path / "p").exists()


def test_a_dataset_above_the_limit_is_split_at_subjects(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 5 GB: FDA Study Data Technical Conformance Guide, 3.3.2.
    assert module.LARGEST == 5_000_000_000
    sizes = {file.path: file.size for file in read_manifest(out).outputs if file.path.endswith(".xpt")}
    monkeypatch.setattr(module, "LARGEST", max(sizes.values()) - 1)
    done = package(out, tmp_path / "p", with_findings=WHO)
    split = json.loads((tmp_path / "p" / "manifest.json").read_text())["package"]["split"]
    assert len(split) == 1
    for whole, parts in split.items():
        frames = [pyreadstat.read_xport(tmp_path / "p" / part)[0] for part in parts]
        assert all(Path(part).parent == Path(whole).parent / "split" for part in parts)
        together, _ = pyreadstat.read_xport(tmp_path / "p" / whole)
        pd.testing.assert_frame_equal(pd.concat(frames, ignore_index=True), together)
    listed = {file.path for file in done.files}
    assert {part for parts in split.values() for part in parts} <= listed


@pytest.mark.parametrize("name", ["../up", "A B", "", "x" * 65, "C:"])
def test_a_study_that_names_no_folder_is_refused(copy: Path, tmp_path: Path, name: str) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps({**manifest, "study": name}))
    with pytest.raises(ProblemsFound) as found:
        package(copy, tmp_path / "p", with_findings=WHO)
    assert found.value.problems[0].id == "folder-name"


def test_a_run_that_was_not_judged_is_refused(copy: Path, tmp_path: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["outputs"] = [f for f in manifest["outputs"] if f["path"] != "reports/findings.json"]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ProblemsFound) as found:
        package(copy, tmp_path / "p", with_findings=WHO)
    assert found.value.problems[0].id == "no-findings"


def test_the_package_never_replaces_its_source_or_foreign_files(out: Path, tmp_path: Path) -> None:
    before = hashes(out)
    with pytest.raises(ProblemsFound) as found:
        package(out, out, with_findings=WHO)
    assert found.value.problems[0].id == "output-overlaps-input"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(ProblemsFound) as found:
        package(out, tmp_path / "mine", with_findings=WHO)
    assert found.value.problems[0].id == "output-not-ours"
    assert hashes(out) == before and (tmp_path / "mine" / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_dataset_json_comes_along_on_request(described: Any, tmp_path: Path, form: str) -> None:
    done = package(described.folder, tmp_path / "p", with_findings=WHO, also=[form])
    path = tmp_path / "p" / "json" / "sdtm" / f"ae.{form}"
    head = json.loads(path.read_text().splitlines()[0] if form == "ndjson" else path.read_text())
    assert (head["name"], head["records"]) == ("AE", 3)
    assert (path.parent / head["metaDataRef"]).resolve().is_file()
    of_xpt = {Path(f.path).stem for f in done.files if f.path.endswith(".xpt")}
    assert {Path(f.path).stem for f in done.files if f.path.endswith(f".{form}")} == of_xpt


def test_dataset_json_of_an_output_folder_is_refused(out: Path, tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as found:
        package(out, tmp_path / "p", with_findings=WHO, also=["json"])
    assert found.value.problems[0].id == "no-datasets"


def test_every_raw_column_stands_in_the_listing(described: Any, out: Path) -> None:
    page = etree.HTML((out / "sdtm" / "acrf.html").read_bytes())
    rows = {
        (table.xpath("string(preceding::h2[1])"), row.xpath("string(td[1])")): row
        for table in page.xpath("//table")
        for row in table.xpath(".//tbody/tr")
    }
    raw = {(name, column) for name, t in described.conversion.tables.items() for column in t.frame}
    assert set(rows) == raw
    assert rows["ae", "TERM"].xpath("string(td[3])") == "AE.AETERMAE.AEDECOD"
    assert rows["ae", "DLT"].xpath("string(td[3])") == "AE.AEDLT in SUPPAE"
    assert rows["dm", "UNUSED"].xpath("string(td[3])") == "[NOT SUBMITTED] of no interest"
    assert rows["vs", "SITE"].xpath("string(td[3])")
    define = etree.HTML((out / "sdtm" / "define.html").read_bytes())
    targets = {href.partition("#")[2] for href in page.xpath("//td//a/@href")}
    assert targets and targets <= set(define.xpath("//@id"))


def test_the_command_says_what_it_made(out: Path, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from sdtm.cli import app

    told = CliRunner().invoke(
        app, ["package", str(out), "--out", str(tmp_path / "p"), "--with-findings", WHO, "--quiet"]
    )
    assert told.exit_code == 0, told.output
    assert f"{ROOT}/tabulations/sdtm" in told.output and "by J. Doe: queries of site 1" in told.output


def documents_of(path: Path) -> dict[str, str]:
    """File -> title of the documents that a define.xml links to, without its datasets."""
    leaves = etree.parse(path).iterfind(".//d:leaf", {"d": DEF})
    links = {
        leaf.get("{http://www.w3.org/1999/xlink}href"): leaf.findtext(f"{{{DEF}}}title") for leaf in leaves
    }
    return {link: title for link, title in links.items() if not link.endswith(".xpt")}


def test_drafts_of_the_guides_come_along_and_are_linked(
    out: Path, tmp_path: Path, define_schema: etree.XMLSchema
) -> None:
    done = package(out, tmp_path / "p", with_findings=WHO)
    root = tmp_path / "p" / ROOT
    for place, name, title in (
        ("tabulations/sdtm", "csdrg", "Clinical Study Data Reviewer's Guide (draft)"),
        ("analysis/adam/datasets", "adrg", "Analysis Data Reviewer's Guide (draft)"),
    ):
        assert (root / place / f"{name}.docx").is_file() and (root / place / f"{name}.html").is_file()
        assert documents_of(root / place / "define.xml")[f"{name}.docx"] == title
        define_schema.assertValid(etree.parse(root / place / "define.xml"))
        assert f'<a href="{name}.docx">' in (root / place / "define.html").read_text()
        assert done.guides[name].is_draft and (done.guides[name].to_write or 0) > 5
    record = json.loads((tmp_path / "p" / "manifest.json").read_text())["package"]["guides"]
    assert record["adrg"] == {
        "file": "adrg.docx",
        "is_draft": True,
        "to_write": done.guides["adrg"].to_write,
    }


def test_a_finished_guide_takes_the_place_of_its_draft(out: Path, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "csdrg.pdf").write_bytes(b"%PDF-1.7 of people")
    (given / "adrg.docx").write_bytes(b"a document of people")
    (given / ".DS_Store").write_bytes(b"")
    done = package(out, tmp_path / "p", with_findings=WHO, documents=given)
    place = tmp_path / "p" / ROOT / "tabulations" / "sdtm"
    assert (place / "csdrg.pdf").read_bytes() == b"%PDF-1.7 of people"
    assert not (place / "csdrg.docx").exists() and not (place / "csdrg.html").exists()
    assert documents_of(place / "define.xml") == {
        "acrf.html": "CRF fields and the variables they go to",
        "csdrg.pdf": "Clinical Study Data Reviewer's Guide",
    }
    assert (place.parents[1] / "analysis/adam/datasets/adrg.docx").read_bytes() == b"a document of people"
    assert [(each.file, each.is_draft) for each in done.guides.values()] == [
        ("csdrg.pdf", False),
        ("adrg.docx", False),
    ]
    assert check_manifest(tmp_path / "p") == []


def test_a_document_that_nothing_links_to_is_told(out: Path, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    for name in ("csdrg.pdf", "csdrg.docx", "letter.txt"):
        (given / name).write_bytes(b"x")
    with pytest.raises(ProblemsFound) as found:
        package(out, tmp_path / "p", with_findings=WHO, documents=given)
    assert [(problem.id, Path(problem.where.file).name) for problem in found.value.problems] == [
        ("document-unused", "csdrg.docx"),
        ("document-unused", "letter.txt"),
    ]
    assert not (tmp_path / "p").exists()


def test_a_folder_of_documents_that_is_none_is_told(out: Path, tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as found:
        package(out, tmp_path / "p", with_findings=WHO, documents=tmp_path / "nowhere")
    assert [problem.id for problem in found.value.problems] == ["no-documents"]


def linked(copy: Path, href: str) -> None:
    """Let the define.xml of a run link to one more file, as sheet Documents makes it do."""
    path = copy / "sdtm" / "define.xml"
    path.write_bytes(xml_with(path.read_bytes(), [Leaf("LF.more", href, "More")]))
    manifest = json.loads((copy / "manifest.json").read_text())
    for file in manifest["outputs"]:
        if file["path"] == "sdtm/define.xml":
            file["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
            file["size"] = path.stat().st_size
    (copy / "manifest.json").write_text(json.dumps(manifest))


def test_a_linked_document_must_be_given(copy: Path, tmp_path: Path) -> None:
    linked(copy, "blankcrf.pdf")
    with pytest.raises(ProblemsFound) as found:
        package(copy, tmp_path / "p", with_findings=WHO)
    (problem,) = found.value.problems
    assert (problem.id, problem.where.key) == ("document-missing", "blankcrf.pdf")
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "blankcrf.pdf").write_bytes(b"%PDF")
    package(copy, tmp_path / "p", with_findings=WHO, documents=tmp_path / "given")
    assert (tmp_path / "p" / ROOT / "tabulations" / "sdtm" / "blankcrf.pdf").read_bytes() == b"%PDF"


def test_a_guide_that_the_spec_names_is_not_linked_twice(copy: Path, tmp_path: Path) -> None:
    linked(copy, "cSDRG.pdf")
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "cSDRG.pdf").write_bytes(b"%PDF")
    done = package(copy, tmp_path / "p", with_findings=WHO, documents=tmp_path / "given")
    place = tmp_path / "p" / ROOT / "tabulations" / "sdtm"
    assert set(documents_of(place / "define.xml")) == {"acrf.html", "cSDRG.pdf"}
    assert not done.guides["csdrg"].is_draft and not (place / "csdrg.docx").exists()


@pytest.mark.parametrize("href", ["../../../manifest.json", "/etc/passwd", "C:\\x.pdf", "file:///x"])
def test_no_link_leaves_the_package(copy: Path, tmp_path: Path, href: str) -> None:
    linked(copy, href)
    with pytest.raises(ProblemsFound) as found:
        package(copy, tmp_path / "p", with_findings=WHO)
    assert [problem.id for problem in found.value.problems] == ["document-path"]


def test_an_address_of_the_web_is_a_link_to_no_file(copy: Path, tmp_path: Path) -> None:
    linked(copy, "https://example.org/plan.pdf")
    assert package(copy, tmp_path / "p", with_findings=WHO).guides


def test_a_study_without_any_record_is_packaged_too(
    described: Any, tmp_path: Path, define_schema: etree.XMLSchema
) -> None:
    study = Path(shutil.copytree(described.folder, tmp_path / "study"))
    for raw in (study / "raw").glob("*.csv"):
        raw.write_text(raw.read_text().splitlines()[0] + "\n")
    done = package(study, tmp_path / "p", with_findings=WHO)
    for path in (tmp_path / "p").rglob("define.xml"):
        tree = etree.parse(path)
        define_schema.assertValid(tree)
        groups = tree.findall(".//{*}ItemGroupDef")
        assert groups and all(group.get(f"{{{DEF}}}HasNoData") == "Yes" for group in groups)
    assert set(done.guides) == {"csdrg", "adrg"}
