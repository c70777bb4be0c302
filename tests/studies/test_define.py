"""define.xml and package of the bundled studies."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyreadstat
import pytest
from lxml import etree

from sdtm.submission.package import package

ODM, DEF = "http://www.cdisc.org/ns/odm/v1.3", "http://www.cdisc.org/ns/def/v2.1"
NAMES = {"o": ODM, "d": DEF, "x": "http://www.w3.org/1999/xlink"}
STUDIES = [
    pytest.param("lxi_run", marks=pytest.mark.xdist_group("lxi15029")),
    pytest.param("he072_run", marks=pytest.mark.xdist_group("he072")),
]
FOLDERS = ("sdtm", "adam")


@pytest.fixture(params=STUDIES)
def out(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(request.param).out


@pytest.fixture(scope="module")
def schema() -> Any:
    odmlib = pytest.importorskip("odmlib", reason="odmlib (extra `test`) is not installed")
    folder = Path(odmlib.__file__).parent / "schemas" / "define" / "2.1"
    return etree.XMLSchema(etree.parse(folder / "define2-1-0.xsd"))


def test_the_schema_of_cdisc_accepts_both(out: Path, schema: etree.XMLSchema) -> None:
    for folder in FOLDERS:
        schema.assertValid(etree.parse(out / folder / "define.xml"))


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
