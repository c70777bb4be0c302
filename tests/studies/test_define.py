"""define.xml and package of the bundled studies."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pyreadstat
import pytest
from define_checks import ARM, defects
from lxml import etree

from sdtm.submission.guides.files import read_guides
from sdtm.submission.manifest import read_manifest
from sdtm.submission.package import package

ODM, DEF = "http://www.cdisc.org/ns/odm/v1.3", "http://www.cdisc.org/ns/def/v2.1"
NAMES = {"o": ODM, "d": DEF, "x": "http://www.w3.org/1999/xlink"}
STUDIES = [
    pytest.param("lxi_run", marks=pytest.mark.xdist_group("lxi15029")),
    pytest.param("he072_run", marks=pytest.mark.xdist_group("he072")),
]
FOLDERS = ("sdtm", "adam")


@pytest.fixture(params=STUDIES)
def done(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


@pytest.fixture
def out(done: Any) -> Path:
    return done.out


@pytest.fixture(scope="module")
def schema() -> Any:
    odmlib = pytest.importorskip("odmlib", reason="odmlib (extra `test`) is not installed")
    folder = Path(odmlib.__file__).parent / "schemas" / "arm" / "1.0-define2.1"
    return etree.XMLSchema(etree.parse(folder / "arm1-0-0.xsd"))


def test_the_schema_of_cdisc_accepts_both(out: Path, schema: etree.XMLSchema) -> None:
    for folder in FOLDERS:
        schema.assertValid(etree.parse(out / folder / "define.xml"))


def test_it_has_none_of_the_usual_defects(out: Path) -> None:
    assert [found for folder in FOLDERS for found in defects(out / folder / "define.xml")] == []


def test_codelists_hold_terms_and_not_the_numbers_of_a_test(out: Path) -> None:
    for folder in FOLDERS:
        tree = etree.parse(out / folder / "define.xml")
        extended = tree.xpath("//@CodedValue[../@d:ExtendedValue]", namespaces=NAMES)
        assert [term for term in extended if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", term)] == []


def test_every_table_and_figure_is_a_display(done: Any) -> None:
    tree = etree.parse(done.out / "adam" / "define.xml")
    names = tree.xpath("//a:ResultDisplay/@Name", namespaces={"a": ARM})
    study = done.conversion.study
    assert names == [*study.tables, *(f"{name} (figure)" for name in study.figures)] and len(names) > 15


def test_the_guides_tell_the_records_of_the_transport_files_and_every_rule(out: Path) -> None:
    written = {
        file.path: file.rows for file in read_manifest(out).outputs
    }  # as they are read back in a package
    for guide in read_guides(out):
        folder = {"csdrg": "sdtm", "adrg": "adam"}[guide.name]
        told = {
            row[0]: int(row[head.index("Records")].replace(",", ""))
            for each in guide.sections
            for block in each.blocks
            for head in [block.head]
            if head[:2] == ("Dataset", "Description") and "Records" in head
            for row in block.rows
        }
        for name, records in told.items():
            assert written[f"{folder}/{name.lower()}.xpt"] == records, name
        files = {path.stem.upper() for path in (out / folder).glob("*.xpt")}
        assert set(told) == {name for name in files if not name.startswith("SUPP")}
        assert any("SYNTHETIC" in block.text for each in guide.sections for block in each.blocks)
    findings = json.loads((out / "reports" / "findings.json").read_text(encoding="utf-8"))["findings"]
    issues = {
        row[0]
        for guide in read_guides(out)
        for each in guide.sections
        if each.title == "Issues"
        for block in each.blocks
        for row in block.rows
    }
    assert issues == {finding["rule"] for finding in findings}


def test_it_describes_what_the_transport_files_hold(out: Path) -> None:
    for folder in FOLDERS:
        tree = etree.parse(out / folder / "define.xml")
        items = {item.get("OID"): item for item in tree.iterfind(".//o:ItemDef", NAMES)}
        groups = tree.findall(".//o:ItemGroupDef", NAMES)
        files = {path.name for path in (out / folder).glob("*.xpt")}
        assert {group.find("d:leaf", NAMES).get(f"{{{NAMES['x']}}}href") for group in groups} == files
        for group in groups:
            name = group.get("Name")
            _, meta = pyreadstat.read_xport(str(out / folder / f"{name.lower()}.xpt"), metadataonly=True)
            found = [items[r.get("ItemOID")] for r in group.iterfind("o:ItemRef", NAMES)]
            assert [item.get("Name") for item in found] == meta.column_names, name
            labels = [item.findtext("o:Description/o:TranslatedText", namespaces=NAMES) for item in found]
            assert labels == meta.column_labels, name
            for item in found:
                if item.get("DataType") == "text":
                    width = meta.variable_storage_width[item.get("Name")]
                    assert int(item.get("Length")) == width, item.get("OID")


def test_values_have_an_origin_and_derived_ones_a_method(out: Path) -> None:
    for folder in FOLDERS:
        tree = etree.parse(out / folder / "define.xml")
        items = {item.get("OID"): item for item in tree.iterfind(".//o:ItemDef", NAMES)}
        lacking = []
        for reference in tree.iterfind(".//o:ItemRef", NAMES):
            item = items[reference.get("ItemOID")]
            origin = item.find("d:Origin", NAMES)
            kind = origin.get("Type") if origin is not None else ""
            is_by_value = item.find("d:ValueListRef", NAMES) is not None
            no_data = reference.get(f"{{{DEF}}}HasNoData") == "Yes"
            if (
                (not kind and not is_by_value)
                or (kind == "Not Available" and not no_data)
                or (kind == "Derived" and not reference.get("MethodOID"))
            ):
                lacking.append(item.get("OID"))
        assert lacking == []


def test_the_package_repeats(out: Path, tmp_path: Path) -> None:
    def packed(place: Path) -> dict[str, str]:
        package(out, place, with_findings="Test: the studies hold planted errors")
        return {
            path.relative_to(place).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in place.rglob("*")
            if path.is_file()
        }

    first = packed(tmp_path / "a")
    assert first == packed(tmp_path / "b")
    assert sum(path.endswith("define.xml") for path in first) == 2
    assert sum(path.endswith(("csdrg.docx", "adrg.docx")) for path in first) == 2
