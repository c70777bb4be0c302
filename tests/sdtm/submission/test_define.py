"""define.xml of a small invented study: schema, references, lengths, conditions, codelists, methods, texts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from sdtm.submission.define import make_defines, write_define
from sdtm.submission.define_model import Define, Item, Reference
from sdtm.submission.define_xml import DEF, ODM, define_xml
from specs.problems import ProblemsFound

NAMES = {"o": ODM, "d": DEF}


@pytest.fixture(params=["sdtm", "adam"])
def define(request: pytest.FixtureRequest, described: Any) -> Define:
    return getattr(described.defines, request.param)


@pytest.fixture
def tree(define: Define) -> etree._Element:
    return etree.fromstring(define_xml(define))


def test_the_schema_of_cdisc_accepts_it(tree: etree._Element, define_schema: etree.XMLSchema) -> None:
    # Schema of Define-XML 2.1 by CDISC, as odmlib carries it.
    define_schema.assertValid(tree)


def test_odmlib_reads_the_same_datasets(tmp_path: Path, define: Define) -> None:
    loader = pytest.importorskip("odmlib.define_loader", reason="odmlib (extra `test`) is not installed")
    odm = pytest.importorskip("odmlib.loader", reason="odmlib (extra `test`) is not installed")
    path = tmp_path / "define.xml"
    path.write_bytes(define_xml(define))
    read = odm.ODMLoader(
        loader.XMLDefineLoader(
            model_package="define_2_1", ns_uri="http://www.cdisc.org/ns/def/v2.1", local_model=False
        )
    )
    read.open_odm_document(str(path))
    version = read.MetaDataVersion()
    assert [group.Name for group in version.ItemGroupDef] == [group.name for group in define.groups]
    assert len(version.ItemDef) == len(define.items)


def test_every_reference_points_at_something(tree: etree._Element) -> None:
    defined = set(tree.xpath("//@OID")) | set(tree.xpath("//@ID"))
    pointing = [
        *("ItemOID", "MethodOID", "CodeListOID", "ValueListOID", "WhereClauseOID", "leafID"),
        *(f"d:{name}" for name in ("ItemOID", "CommentOID", "StandardOID", "ArchiveLocationID")),
    ]
    used = {text for name in pointing for text in tree.xpath(f"//@{name}", namespaces=NAMES)}
    assert used and used <= defined
    # What is defined is used, but for the roots and the terminology package of the other standard.
    roots = ("ST.", "MDV.", "STDY.", "IG.", "RD.", "AR.")
    unused = {each for each in defined - used if not each.startswith(roots)}
    assert not unused


def test_every_variable_has_an_origin_and_every_derivation_a_method(define: Define) -> None:
    items = {item.oid: item for item in define.items}
    lists = {each.oid: each for each in define.value_lists}

    def check(reference: Reference) -> None:
        item = items[reference.item]
        if item.value_list and item.origin is None:
            for value in lists[item.value_list].references:
                check(value)
            return
        assert item.origin is not None, item.oid
        if item.origin.type == "Derived":
            assert reference.method, item.oid
        if item.origin.type == "Predecessor":
            assert item.origin.text, item.oid
        elif item.origin.type != "Not Available":
            assert item.origin.source, item.oid
        if item.origin.type == "Not Available":
            assert reference.has_no_data, item.oid

    for group in define.groups:
        for reference in group.references:
            check(reference)


def test_variables_stand_as_in_the_datasets(described: Any) -> None:
    datasets = {**described.conversion.datasets, **described.analyses.datasets}
    for define in (described.defines.sdtm, described.defines.adam):
        items = {item.oid: item for item in define.items}
        for group in define.groups:
            dataset = datasets[group.name]
            found = [items[reference.item] for reference in group.references]
            assert [item.name for item in found] == [v.name for v in dataset.variables]
            assert [item.label for item in found] == [v.label for v in dataset.variables]
            keys = sorted((r.key, items[r.item].name) for r in group.references if r.key)
            assert [name for _, name in keys] == [name for name in dataset.keys if name in dataset.frame]
            assert [number for number, _ in keys] == list(range(1, len(keys) + 1))


def item_of(define: Define, oid: str) -> Item:
    return next(item for item in define.items if item.oid == oid)


@pytest.mark.parametrize(
    ("oid", "type", "length", "digits"),
    [
        ("IT.DM.AGE", "integer", 3, None),  # 45 and 101
        ("IT.AE.AETERM", "text", 8, None),  # HEADACHE
        ("IT.AE.AESTDTC", "partialDate", None, None),  # 2024-01-05 and 2024-02
        ("IT.DM.RFICDTC", "date", None, None),
        ("IT.VS.VSSTRESN", "float", 5, 2),  # 120 and 36.55: three digits before, two behind the point
        ("IT.VS.VSORRES.SYSBP", "integer", 3, None),  # 120, 98
        ("IT.VS.VSORRES.TEMP", "float", 4, 2),  # 36.55, 37
        ("IT.VS.VSSTRESN.HEIGHT", "integer", 2, None),  # 2, 10
        ("IT.SUPPAE.QVAL.AEDLT", "text", 1, None),
    ],
)
def test_types_and_lengths_are_those_of_the_data(
    described: Any, oid: str, type: str, length: int | None, digits: int | None
) -> None:
    item = item_of(described.defines.sdtm, oid)
    assert (item.data_type, item.length, item.digits) == (type, length, digits)


def test_lengths_are_those_of_the_transport_file(described: Any, tmp_path: Path) -> None:
    import pyreadstat

    from sdtm.submission.xpt import write_xpt

    for name, dataset in described.conversion.datasets.items():
        write_xpt(dataset, tmp_path / "one.xpt", "2024-05-06T07:08:09")
        _, about = pyreadstat.read_xport(tmp_path / "one.xpt", metadataonly=True)
        lengths = about.variable_storage_width
        for variable in dataset.variables:
            item = item_of(described.defines.sdtm, f"IT.{name}.{variable.name}")
            if variable.type == "Char" and item.length is not None:
                assert item.length == lengths[variable.name], item.oid


def test_conditions_select_the_records_of_the_data(described: Any) -> None:
    datasets = {**described.conversion.datasets, **described.analyses.datasets}
    for define in (described.defines.sdtm, described.defines.adam):
        items = {item.oid: item for item in define.items}
        wheres = {where.oid: where for where in define.wheres}
        assert define.value_lists
        for value_list in define.value_lists:
            _, dataset_name, variable = value_list.oid.split(".")
            frame = datasets[dataset_name].frame
            selected = 0
            for reference in value_list.references:
                (check,) = wheres[reference.where].checks
                rows = frame[items[check.item].name].isin(check.values)
                assert rows.any() and frame.loc[rows, variable].notna().any()
                selected += int(frame.loc[rows, variable].notna().sum())
            assert selected == int(frame[variable].notna().sum()), "every value is described, and once"


def test_codelists_hold_the_terms_in_use_and_mark_those_of_the_study(described: Any) -> None:
    lists = {each.oid: each for each in described.defines.sdtm.codelists}
    severity = lists[item_of(described.defines.sdtm, "IT.AE.AESEV").codelist]
    # MILD, SEVERE are in the data, MODERATE is named by the spec; codes of NCI codelist C66769.
    assert [(term.value, term.code) for term in severity.terms] == [
        ("MILD", "C41338"),
        ("MODERATE", "C41339"),
        ("SEVERE", "C41340"),
    ]
    units = lists[item_of(described.defines.sdtm, "IT.VS.VSORRESU").codelist]
    assert units.code == "C66770"  # units of vital signs
    assert {term.value: term.is_extended for term in units.terms} == {
        "C": False,
        "mmHg": False,
        "furlong": True,
    }
    tests = lists[item_of(described.defines.sdtm, "IT.VS.VSTESTCD").codelist]
    assert ("SYSBP", "Systolic Blood Pressure") in [(term.value, term.decode) for term in tests.terms]
    limiting = lists[item_of(described.defines.sdtm, "IT.SUPPAE.QVAL.AEDLT").codelist]
    assert [term.value for term in limiting.terms] == ["N", "Y"]


def test_a_variable_without_values_says_so(described: Any) -> None:
    reference = next(
        reference
        for group in described.defines.sdtm.groups
        for reference in group.references
        if reference.item == "IT.AE.AELLT"
    )
    item = item_of(described.defines.sdtm, "IT.AE.AELLT")
    assert reference.has_no_data
    assert item.origin is not None and item.origin.type == "Not Available"
    assert item.comment == "COM.NODATA"


def test_origins_of_analyses_lead_back(described: Any) -> None:
    adam = described.defines.adam
    assert item_of(adam, "IT.ADVS.AGE").origin.text == "ADSL.AGE"
    assert item_of(adam, "IT.ADVS.AVAL").origin.text == "VS.VSSTRESN"
    assert item_of(adam, "IT.ADSL.TRT01P").origin.text == "DM.ARM"
    methods = {method.oid: method for method in adam.methods}
    assert methods["MT.ADSL.TRTSDT"].text == "The day of consent."  # what people wrote goes first
    assert methods["MT.ADSL.OLD"].expression == "CASE WHEN AGE >= 65 THEN 'Y' ELSE 'N' END"
    assert "ADT" in methods["MT.ADVS.ADY"].text and "TRTSDT" in methods["MT.ADVS.ADY"].text


def test_classes_and_standards(described: Any) -> None:
    sdtm = {group.name: group for group in described.defines.sdtm.groups}
    assert (sdtm["DM"].class_name, sdtm["DM"].is_repeating) == ("SPECIAL PURPOSE", False)
    assert (sdtm["VS"].class_name, sdtm["SUPPAE"].class_name) == ("FINDINGS", "RELATIONSHIP")
    assert sdtm["SUPPAE"].domain == "AE"
    adam = {group.name: group for group in described.defines.adam.groups}
    assert adam["ADSL"].class_name == "SUBJECT LEVEL ANALYSIS DATASET"
    assert adam["ADVS"].class_name == "BASIC DATA STRUCTURE"
    standards = [(s.name, s.type, s.version) for s in described.defines.sdtm.standards]
    assert standards == [("SDTMIG", "IG", "3.4"), ("CDISC/NCI", "CT", "2025-03-28")]


def test_creation_time_is_of_the_spec_and_bytes_repeat(described: Any) -> None:
    first = define_xml(described.defines.sdtm)
    again = make_defines(described.conversion.plan, described.conversion.datasets, described.analyses)
    assert define_xml(again.sdtm) == first
    assert b'CreationDateTime="2024-05-06T07:08:09"' in first


def test_bytes_do_not_depend_on_the_order_of_hashes(described: Any, tmp_path: Path) -> None:
    code = (
        "import hashlib, sys; from sdtm.run_study import run; from pathlib import Path\n"
        "run(sys.argv[1], sys.argv[2])\n"
        "names = ['sdtm/define.xml', 'adam/define.xml', 'sdtm/define.html', 'adam/define.html']\n"
        "print([hashlib.sha256((Path(sys.argv[2]) / n).read_bytes()).hexdigest() for n in names])"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code, str(described.folder), str(tmp_path / seed)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1] and told[0].count("'") == 8


def test_hostile_texts_stay_texts(described: Any, tmp_path: Path) -> None:
    write_define(described.defines.sdtm, tmp_path)
    tree = etree.parse(tmp_path / "define.xml")
    assert tree.findtext(".//o:StudyDescription", namespaces=NAMES) == "A small invented study <b>& more</b>"
    comment = tree.xpath("//d:CommentDef[@OID='COM.DM.AGE']//o:TranslatedText/text()", namespaces=NAMES)
    assert comment == ["Age at consent, as <the site> & subject say"]
    page = (tmp_path / "define.html").read_text(encoding="utf-8")
    assert "<b>&amp; more" not in page and "&lt;b&gt;&amp; more&lt;/b&gt;" in page
    assert "<the site>" not in page and "&lt;the site&gt; &amp; subject" in page


def test_what_xml_cannot_hold_is_refused(described: Any) -> None:
    from dataclasses import replace

    bad = replace(described.defines.sdtm, title="bell \x07")
    with pytest.raises(ProblemsFound) as found:
        define_xml(bad)
    (problem,) = found.value.problems
    assert problem.id == "define-characters" and "U+0007" in problem.found


def test_the_page_needs_nothing_else(described: Any, tmp_path: Path) -> None:
    write_define(described.defines.sdtm, tmp_path)
    page = etree.HTML((tmp_path / "define.html").read_bytes())
    assert not page.xpath("//script | //link | //img | //iframe | //@onclick")
    targets = {each[1:] for each in page.xpath("//a/@href") if each.startswith("#")}
    assert targets and targets <= set(page.xpath("//@id"))
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'")
    others = {each for each in page.xpath("//a/@href") if not each.startswith("#")}
    assert others == {f"{group.name.lower()}.xpt" for group in described.defines.sdtm.groups}


def with_codelist_of_results(described: Any, results: list[str]) -> Define:
    """The define.xml of a study whose VS.VSSTRESC has the codelist NORMABNM (Normal Abnormal Response)."""
    from dataclasses import replace

    from sdtm import columns
    from specs.model import Sheet, Workbook

    sheets = {"Variables": Sheet(rows={"VS / VSSTRESC": {"Codelist": "NORMABNM"}})}
    study = described.conversion.study.model_copy(update={"workbook": Workbook(define=sheets)})
    vs = described.conversion.datasets["VS"]
    frame = vs.frame.assign(VSSTRESC=columns.text(results))
    datasets = {**described.conversion.datasets, "VS": replace(vs, frame=frame)}
    return make_defines(replace(described.conversion.plan, study=study), datasets).sdtm


def test_numbers_are_no_terms_of_a_codelist_of_results(described: Any) -> None:
    tests = described.conversion.datasets["VS"].frame["VSTESTCD"].astype(str).tolist()
    results = ["NORMAL" if test == "TEMP" else "12" for test in tests]
    define = with_codelist_of_results(described, results)
    assert item_of(define, "IT.VS.VSSTRESC").codelist == ""
    codelist = item_of(define, "IT.VS.VSSTRESC.TEMP").codelist
    (found,) = [each for each in define.codelists if each.oid == codelist]
    assert [(term.value, term.is_extended) for term in found.terms] == [("NORMAL", False)]
    numbers = item_of(define, "IT.VS.VSSTRESC.SYSBP")
    assert (numbers.codelist, numbers.data_type, numbers.length) == ("", "integer", 2)


def test_results_that_are_all_terms_keep_their_codelist(described: Any) -> None:
    define = with_codelist_of_results(described, ["NORMAL", "ABNORMAL"] * 3)
    item = item_of(define, "IT.VS.VSSTRESC")
    (found,) = [each for each in define.codelists if each.oid == item.codelist]
    assert {term.value for term in found.terms} == {"NORMAL", "ABNORMAL"}
    assert item.value_list == ""


def test_an_extension_is_marked_in_an_extensible_codelist_only(described: Any) -> None:
    from sdtm.submission.define_codelists import Codelists
    from sdtm.submission.define_sdtm import SDTM_CT

    words = described.conversion.plan.terminology
    codelists = Codelists(described.conversion.study, {SDTM_CT: words})
    # C71620 (UNIT) may be extended, C66742 (NY) may not (SDTM CT 2025-03-28).
    for name, expected in (("UNIT", True), ("NY", False)):
        oid = codelists.add([name], "AE", "X", ["no such term"])
        assert [term.is_extended for term in codelists.made[oid].terms] == [expected]


def test_an_empty_dataset_says_so(described: Any) -> None:
    from dataclasses import replace

    vs = described.conversion.datasets["VS"]
    empty = replace(vs, frame=vs.frame.iloc[:0], source=vs.source.iloc[:0])
    define = make_defines(described.conversion.plan, {**described.conversion.datasets, "VS": empty}).sdtm
    (group,) = [each for each in define.groups if each.name == "VS"]
    assert group.has_no_data and group.comment
    # What has no value has no digits either; 8 bytes is what a transport file keeps for a number.
    item = item_of(define, "IT.VS.VSSTRESN")
    assert (item.data_type, item.length, item.digits) == ("integer", 8, None)


def test_collected_values_point_at_the_annotated_crf(described: Any) -> None:
    plan, datasets = described.conversion.plan, described.conversion.datasets
    tree = etree.fromstring(define_xml(make_defines(plan, datasets, has_listing=True).sdtm))
    (origin,) = tree.xpath("//o:ItemDef[@OID='IT.AE.AETERM']/d:Origin", namespaces=NAMES)
    assert [each.get("leafID") for each in origin.findall("d:DocumentRef", NAMES)] == ["LF.acrf"]
    (paged,) = tree.xpath("//o:ItemDef[@OID='IT.AE.AESEV']/d:Origin//d:PDFPageRef", namespaces=NAMES)
    assert paged.get("PageRefs") == "12 13"
