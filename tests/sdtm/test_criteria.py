"""IETEST and IECAT by the criteria of the study (TI). Invented data; expected values read off the texts below."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from specs import load_study

STUDY = """\
study: X1
raw:
  datasets:
    dm: {file: dm.csv}
    ie: {file: ie.csv}
    old: {file: old.csv}
subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
criteria:
  - {IETESTCD: IN01, IETEST: Adult, IECAT: INCLUSION}
  - {IETESTCD: EX01, IETEST: Pregnant, IECAT: EXCLUSION}
  - {IETESTCD: IN02, IETEST: ECOG 0, IECAT: INCLUSION, TIVERS: "1"}
  - {IETESTCD: IN02, IETEST: ECOG 0 or 1, IECAT: INCLUSION, TIVERS: "2"}
"""
DM = "domain: DM\nsources: [{from: dm, map: {SEX: SEX}}]\n"
IE = """\
domain: IE
sources:
  - from: ie
    map: {IETESTCD: CODE, IEORRES: ANSWER, IESTRESC: ANSWER}
  - from: old
    map: {IETESTCD: CODE, IETEST: TEXT, IECAT: {column: CAT, terms: {inc: INCLUSION}}, IEORRES: {value: N}}
"""
RAW = {
    "dm.csv": "PT,SEX\n1,F\n2,F\n",
    "ie.csv": "PT,CODE,ANSWER\n1,IN01,N\n1,EX01,Y\n1,IN02,N\n1,IN99,N\n",
    "old.csv": "PT,CODE,TEXT,CAT\n2,EX01,Gravid,inc\n2,IN01,Adult,?\n",
}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sdtm.run_study import run

    folder = tmp_path_factory.mktemp("criteria") / "study"
    files = {"study.yaml": STUDY, "sdtm/dm.yaml": DM, "sdtm/ie.yaml": IE}
    for name, text in (files | {f"raw/{name}": text for name, text in RAW.items()}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    run(folder, folder.parent / "out", judged=False, to="sdtm")
    return folder.parent / "out"


@pytest.fixture(scope="module")
def explainer(out: Path) -> Any:
    from sdtm.trace.explain import open_output

    return open_output(out, load_study(out.parent / "study"), whole=True)


def test_text_and_category_are_those_of_the_protocol_where_the_source_does_not_map_them(
    explainer: Any,
) -> None:
    frame = explainer.dataset("IE")
    rows = frame[["USUBJID", "IETESTCD", "IETEST", "IECAT"]].astype(object).fillna("").to_numpy().tolist()
    assert rows == [
        ["X1-1", "EX01", "Pregnant", "EXCLUSION"],
        ["X1-1", "IN01", "Adult", "INCLUSION"],
        ["X1-1", "IN02", "", "INCLUSION"],  # two texts, by version: no record says which
        ["X1-1", "IN99", "", ""],  # not of the protocol
        ["X1-2", "EX01", "Gravid", "INCLUSION"],  # mapped, although TI says otherwise
        ["X1-2", "IN01", "Adult", ""],  # mapped, and the text is in no terms
    ]


def test_each_value_is_explained_by_the_line_of_the_criterion(explainer: Any) -> None:
    frame = explainer.dataset("IE")
    for variable in ("IETEST", "IECAT"):
        for row in range(len(frame)):
            found = explainer.cell("IE", variable, row)
            assert all(
                step.again is not None and step.again(step) == (step.gave, step.value) for step in found.steps
            )
            assert ((found.steps[-1].value if found.steps else "") or "") == found.value, found.text()
    text, category = (explainer.cell("IE", variable, 0).steps[-1] for variable in ("IETEST", "IECAT"))
    assert (text.rule, category.rule) == ("test_name", "criterion")
    assert "study.yaml, line 10" in text.where and "study.yaml, line 10" in category.where
    assert [(read.name, read.value) for read in category.reads] == [("IETESTCD", "EX01")]


def test_define_calls_them_assigned_where_nothing_maps_them(tmp_path: Path) -> None:
    from sdtm.mapping.registry import catalogue
    from sdtm.plan import make_plan
    from sdtm.spec_workbook import made_of_plan

    for name, text in {
        "study.yaml": STUDY,
        "sdtm/dm.yaml": DM,
        "sdtm/ie.yaml": IE.split("  - from: old")[0],
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    made = made_of_plan(make_plan(load_study(tmp_path), catalogue())).variables
    assert (made["IE", "IETEST"].origin, made["IE", "IECAT"].origin) == ("Assigned", "Assigned")


def test_define_xml_has_the_origin_of_the_source_that_maps_them(out: Path) -> None:
    define = etree.parse(str(out / "sdtm" / "define.xml"))
    items = {item.get("OID"): item for item in define.iter("{*}ItemDef")}
    for name in ("IT.IE.IETEST", "IT.IE.IECAT"):
        (origin,) = items[name].iter("{*}Origin")
        assert origin.get("Type") == "Collected"  # the source that maps them


def test_tests_of_a_wide_form_may_be_criteria(convert_study: Any) -> None:
    wide = "domain: IE\nsources:\n  - from: ie\n    findings: {IN01: {result: A}, EX01: {result: B}}\n"
    study = STUDY.replace("    old: {file: old.csv}\n", "")
    raw = {"dm.csv": RAW["dm.csv"], "ie.csv": "PT,A,B\n1,N,\n2,,Y\n"}
    frame = convert_study(study, {"dm": DM, "ie": wide}, raw).datasets["IE"].frame
    assert frame[["IETESTCD", "IETEST", "IECAT"]].to_numpy().tolist() == [
        ["IN01", "Adult", "INCLUSION"],
        ["EX01", "Pregnant", "EXCLUSION"],
    ]
