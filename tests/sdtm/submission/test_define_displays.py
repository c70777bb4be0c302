"""Analysis results metadata of a small invented study: displays, data, conditions, words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from sdtm.submission.define import make_defines
from sdtm.submission.define_arm import ARM
from sdtm.submission.define_html import define_html
from sdtm.submission.define_model import AnalysisResult, Define, ResultDisplay
from sdtm.submission.define_xml import define_xml
from specs.model import Sheet, Workbook

NAMES = {"arm": ARM, "o": "http://www.cdisc.org/ns/odm/v1.3"}


@pytest.fixture
def adam(described: Any) -> Define:
    return described.defines.adam


def result_of(define: Define, name: str) -> AnalysisResult:
    return next(each for each in define.displays[0].results if each.oid.endswith(f".{name}"))


def remade(described: Any, **changes: Any) -> Define:
    """The ADaM define.xml of the study with another spec."""
    study = described.conversion.study.model_copy(update=changes)
    plan = replace(described.conversion.plan, study=study)
    found = make_defines(plan, described.conversion.datasets, described.analyses).adam
    assert found is not None
    return found


def test_a_table_is_a_display_and_its_blocks_are_results(adam: Define) -> None:
    (display,) = adam.displays
    assert (display.name, display.title) == ("age", "Age <i>& more</i>")
    assert [each.oid for each in display.results] == [
        f"AR.TABLE.age.{name}" for name in ("age", "sex", "pressure", "high", "events")
    ]
    assert {(each.reason, each.purpose) for each in display.results} == {
        ("SPECIFIED IN SAP", "PRIMARY OUTCOME MEASURE")
    }


def test_data_of_a_result_are_its_records_and_the_population(adam: Define) -> None:
    wheres = {each.oid: each.checks for each in adam.wheres}
    source, population = result_of(adam, "pressure").data
    assert (source.group, source.items) == ("IG.ADVS", ("IT.ADVS.AVAL",))
    (check,) = wheres[source.where]
    assert (check.item, check.comparator, check.values) == ("IT.ADVS.PARAMCD", "EQ", ("SYSBP",))
    assert (population.group, population.items) == ("IG.ADSL", ("IT.ADSL.OLD",))  # the columns of the table
    assert [(check.item, check.comparator, check.values) for check in wheres[population.where]] == [
        ("IT.ADSL.SEX", "IN", ("F", "M")),
        ("IT.ADSL.AGE", "GE", ("18",)),
    ]
    assert result_of(adam, "pressure").parameter == "IT.ADVS.PARAMCD"
    (own,) = result_of(adam, "age").data
    assert (own.group, own.items, own.where) == ("IG.ADSL", ("IT.ADSL.AGE", "IT.ADSL.OLD"), population.where)
    assert result_of(adam, "age").parameter == ""


def test_what_a_clause_cannot_say_is_told_in_words(adam: Define) -> None:
    result = result_of(adam, "high")
    assert result.data[0].group == "IG.ADVS" and result.data[0].where == ""
    assert "Of ADVS: the records where AVAL > 1 OR ADY < 0." in result.documentation
    assert set(result.data[0].items) == {"IT.ADVS.AVAL", "IT.ADVS.ADY"}


def test_a_dataset_of_sdtm_is_told_in_words(adam: Define) -> None:
    result = result_of(adam, "events")
    (population,) = result.data
    assert (population.group, population.items) == ("IG.ADSL", ("IT.ADSL.OLD",))  # AESEV is of AE
    assert "Reads AE of SDTM." in result.documentation and "Of all subjects." in result.documentation


def test_what_the_spec_does_not_say_is_not_guessed(described: Any) -> None:
    table = described.conversion.study.tables["age"].model_copy(update={"reason": "", "purpose": ""})
    define = remade(described, tables={"age": table})
    assert {(each.reason, each.purpose) for each in define.displays[0].results} == {
        ("NOT STATED", "NOT STATED")
    }


def test_what_people_wrote_on_the_define_sheets_goes_first(described: Any) -> None:
    sheets = {
        "Analysis Displays": Sheet(rows={"age": {"Title": "Age of all"}}),
        "Analysis Results": Sheet(
            rows={
                "age / sex": {"Reason": "SENSITIVITY", "Purpose": "SAFETY", "Description": "Sex of subjects"}
            }
        ),
    }
    define = remade(described, workbook=Workbook(define=sheets))
    result = result_of(define, "sex")
    assert define.displays[0].title == "Age of all"
    assert (result.text, result.reason, result.purpose) == ("Sex of subjects", "SENSITIVITY", "SAFETY")
    assert result_of(define, "age").reason == "SPECIFIED IN SAP"


def test_displays_of_the_sheets_alone_are_written_too(described: Any, define_schema: etree.XMLSchema) -> None:
    sheets = {
        "Analysis Displays": Sheet(rows={"T9": {"Title": "Table 9"}}),
        "Analysis Results": Sheet(
            rows={
                "T9 / R1": {
                    "Variables": "ADVS.AVAL, ADVS.CHG, XX.Y",
                    "Selection Criteria": "ADVS.PARAMCD EQ TEMP",
                    "Reason": "DATA DRIVEN",
                    "Documentation": "By hand.",
                },
                "T9 / R2": {"Variables": "ADSL.AGE", "Selection Criteria": "those who are old"},
                "T9 / R3": {"Variables": "of no dataset"},
                "T9 / R4": {
                    "Variables": "ADVS.AVAL",
                    "Selection Criteria": "ADSL.OLD EQ N AND PARAMCD EQ TEMP",
                },
                "T9 / R5": {"Variables": "ADVS.AVAL", "Selection Criteria": "AE.AESEV EQ MILD"},
            }
        ),
    }
    define = remade(described, workbook=Workbook(define=sheets))
    define_schema.assertValid(etree.fromstring(define_xml(define)))
    wheres = {each.oid: each.checks for each in define.wheres}
    shown = define.displays[-1]
    assert (shown.oid, shown.title, len(define.displays)) == ("RD.SHEET.T9", "Table 9", 2)
    first, second, fourth, fifth = shown.results
    (data,) = first.data
    assert (data.group, data.items, first.parameter) == ("IG.ADVS", ("IT.ADVS.AVAL",), "IT.ADVS.PARAMCD")
    assert [(each.item, each.values) for each in wheres[data.where]] == [("IT.ADVS.PARAMCD", ("TEMP",))]
    assert (first.reason, first.purpose) == ("DATA DRIVEN", "NOT STATED")
    assert first.documentation == "By hand. Reads ADVS.CHG, XX.Y, which this define.xml does not describe."
    assert second.data[0].where == "" and second.documentation == "Selection: those who are old."
    assert [(each.group, [check.item for check in wheres[each.where]]) for each in fourth.data] == [
        ("IG.ADVS", ["IT.ADVS.PARAMCD"]),
        ("IG.ADSL", ["IT.ADSL.OLD"]),
    ]
    assert fifth.data[0].where == "" and fifth.documentation == "Selection: AE.AESEV EQ MILD."


def test_without_tables_there_is_no_arm(described: Any) -> None:
    define = remade(described, tables={})
    assert define.displays == () and b"arm:" not in define_xml(define)
    assert b'id="displays"' not in define_html(define)


def test_defineutils_accepts_it(adam: Define, tmp_path: Path) -> None:
    validate = pytest.importorskip(
        "defineutils.validate.validate", reason="defineutils (extra `test`) is not installed"
    )
    path = tmp_path / "define.xml"
    path.write_bytes(define_xml(adam))
    schema = Path(validate.__file__).parent / "schema" / "cdisc-arm-1.0" / "arm1-0-0.xsd"
    assert validate.DefineSchemaValidator(path, schema).validate_define_file().endswith("is valid")
    path.write_bytes(define_xml(adam).replace(b" AnalysisReason=", b" Reason=", 1))
    with pytest.raises(validate.DefineSchemaValidationError, match="AnalysisReason"):
        validate.DefineSchemaValidator(path, schema).validate_define_file()


def test_the_stylesheet_of_others_shows_it(adam: Define, tmp_path: Path) -> None:
    html = pytest.importorskip(
        "defineutils.definehtml.definehtml", reason="defineutils (extra `test`) is not installed"
    )
    path = tmp_path / "define.xml"
    path.write_bytes(define_xml(adam))
    page = html.DefineHtml(path).transform_to_html_string()
    assert b"Age &lt;i&gt;&amp; more&lt;/i&gt;" in page


def test_the_page_shows_displays_and_escapes_their_texts(adam: Define) -> None:
    page = define_html(adam).decode()
    assert "Age &lt;i&gt;&amp; more&lt;/i&gt;" in page and "<i>" not in page
    tree = etree.HTML(page)
    (row,) = tree.xpath("//tr[@id='AR.TABLE.age.pressure']")
    told = " ".join("".join(row.itertext()).split())
    assert "SPECIFIED IN SAPPRIMARY OUTCOME MEASURE" in told and "where PARAMCD = SYSBP" in told
    targets = {each[1:] for each in tree.xpath("//a/@href") if each.startswith("#")}
    assert targets <= set(tree.xpath("//@id"))


def test_names_in_other_scripts_stay_what_they_are(described: Any) -> None:
    table = described.conversion.study.tables["age"]
    define = remade(described, tables={"年龄": table.model_copy(update={"title": "年龄 α"})})
    display = etree.fromstring(define_xml(define)).find(".//arm:ResultDisplay", NAMES)
    assert display.get("Name") == "年龄"
    assert display.findtext("o:Description/o:TranslatedText", namespaces=NAMES) == "年龄 α"


def test_a_table_that_nothing_knows_is_told(described: Any) -> None:
    from specs.problems import ProblemsFound

    table = described.conversion.study.tables["age"].model_copy(update={"rows": ({"sumary": {"id": "x"}},)})
    with pytest.raises(ProblemsFound) as found:
        remade(described, tables={"age": table})
    assert [problem.id for problem in found.value.problems] == ["unknown-kind"]


def test_a_reason_outside_the_list_is_told_with_the_list(tmp_path: Path) -> None:
    from specs import load_study
    from specs.problems import ProblemsFound

    (tmp_path / "study.yaml").write_text("study: X1\n", encoding="utf-8")
    (tmp_path / "tables.yaml").write_text("tables: {t: {title: T, reason: BECAUSE}}\n", encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        load_study(tmp_path)
    (problem,) = found.value.problems
    assert "BECAUSE" in problem.found and "SPECIFIED IN SAP" in problem.expected
    assert problem.where.line == 1


def test_displays_are_values(adam: Define) -> None:
    assert isinstance(adam.displays[0], ResultDisplay) and hash(adam.displays[0])
