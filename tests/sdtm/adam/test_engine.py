"""Analysis datasets of a small invented study: records, merges, steps, keys, dates, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pandas as pd
import pyreadstat
import pytest

from sdtm.adam.engine import Analyses, derive_analyses
from sdtm.adam.inputs import sdtm_inputs
from sdtm.derive_study import derive
from specs import load_study
from specs.problems import ProblemsFound

DM = pd.DataFrame(
    {
        "STUDYID": ["ST"] * 3,
        "DOMAIN": ["DM"] * 3,
        "USUBJID": ["S3", "S1", "S2"],
        "AGE": [71.0, 45.0, None],
        "ARM": ["10 mg", "20 mg", "10 mg"],
    }
)
EX = pd.DataFrame(
    {
        "STUDYID": ["ST"] * 3,
        "USUBJID": ["S1", "S1", "S3"],
        "EXSEQ": [1.0, 2.0, 1.0],
        "EXTRT": ["DRUG"] * 3,
        "EXDOSE": [20.0, 20.0, 10.0],
        "EXSTDTC": ["2022-01-10T09:00", "2022-01-17", "2022-02-01"],
        "EXENDTC": ["2022-01-10", "2022-01-17", "2022-02-07"],
    }
)
VS = pd.DataFrame(
    {
        "STUDYID": ["ST"] * 4,
        "USUBJID": ["S1", "S1", "S1", "S3"],
        "VSSEQ": [1.0, 2.0, 3.0, 1.0],
        "VSTESTCD": ["SYSBP", "WEIGHT", "SYSBP", "PULSE"],
        "VSSTRESN": [120.0, 70.5, 130.0, 66.0],
        "VSDTC": ["2022-01-09", "2022-01-09", "2022-01-17T10:30", "2022-02-01"],
    }
)
AE = pd.DataFrame(
    {
        "STUDYID": ["ST"] * 2,
        "USUBJID": ["S1", "S3"],
        "AESEQ": [1.0, 1.0],
        "AETERM": ["HEADACHE", "=RASH"],
        "AESTDTC": ["2022-01", "2022-02-05"],
    }
)
SUPPAE = pd.DataFrame(
    {
        "STUDYID": ["ST"],
        "RDOMAIN": ["AE"],
        "USUBJID": ["S3"],
        "IDVAR": ["AESEQ"],
        "IDVARVAL": ["1"],
        "QNAM": ["AEDLT"],
        "QLABEL": ["Dose-Limiting Toxicity"],
        "QVAL": ["Y"],
    }
)
SDTM = {"DM": DM, "EX": EX, "VS": VS, "AE": AE, "SUPPAE": SUPPAE}

ADSL = """
    dataset: ADSL
    class: ADSL
    from: DM
    derive:
      - treatment_dates: {missing_end: open}
      - expr: {TRT01P: ARM, SAFFL: "CASE WHEN TRTSDT IS NULL THEN 'N' ELSE 'Y' END"}
    drop: [DOMAIN]
"""
ADVS = """
    dataset: ADVS
    class: BDS
    from: VS
    set: {AVAL: VSSTRESN}
    merge: [{from: ADSL, by: USUBJID, take: [TRTSDT, SAFFL], expect: one}]
    parameters:
      - {PARAMCD: SYSBP, PARAM: Systolic Blood Pressure (mmHg), PARAMN: 1, where: VSTESTCD = 'SYSBP'}
      - {PARAMCD: WTLB, PARAM: Weight (lb), PARAMN: 2, where: VSTESTCD = 'WEIGHT', set: {AVAL: VSSTRESN * 2}}
    derive:
      - impute_date: {from: VSDTC, to: ADT}
      - study_day: {date: ADT, to: ADY}
    keep: [STUDYID, USUBJID, VSSEQ, PARAMCD, PARAM, PARAMN, AVAL, ADT, ADY, TRTSDT, SAFFL]
"""
ADAE = """
    dataset: ADAE
    class: OCCDS
    from: AE
    merge: [{from: ADSL, by: USUBJID, take: [TRTSDT]}]
    derive:
      - impute_date: {from: AESTDTC, to: ASTDT, flag: ASTDTF, highest: month, not_before: TRTSDT}
      - expr: {ANL01FL: "'Y'", where: AEDLT = 'Y'}
"""
Make = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def study(tmp_path: Path) -> Make:
    def make(files: Mapping[str, str]) -> Path:
        folder = tmp_path / "study"
        (folder / "adam").mkdir(parents=True)
        (folder / "study.yaml").write_text("study: ST\n", encoding="utf-8")
        for name, text in files.items():
            (folder / "adam" / f"{name}.yaml").write_text(dedent(text), encoding="utf-8")
        return folder

    return make


def analyses(folder: Path) -> Analyses:
    return derive_analyses(load_study(folder), sdtm_inputs(SDTM))


def problems(folder: Path) -> list[tuple[str, str, int | None]]:
    with pytest.raises(ProblemsFound) as error:
        analyses(folder)
    return [(p.id, p.where.file, p.where.line) for p in error.value.problems]


def test_a_subject_level_dataset(study: Make) -> None:
    made = analyses(study({"adsl": ADSL})).frames["ADSL"]
    assert made["USUBJID"].tolist() == ["S1", "S2", "S3"]
    assert made["SAFFL"].tolist() == ["Y", "N", "Y"]
    assert made["TRT01P"].tolist() == ["20 mg", "10 mg", "10 mg"]
    assert [str(value) for value in made["TRTSDTM"]] == ["2022-01-10 09:00:00", "NaT", "2022-02-01 00:00:00"]
    assert "DOMAIN" not in made


def test_parameters_choose_records_and_say_what_they_are(study: Make) -> None:
    result = analyses(study({"adsl": ADSL, "advs": ADVS}))
    made = result.frames["ADVS"]
    assert made[["USUBJID", "PARAMCD", "PARAMN", "AVAL", "ADY", "VSSEQ"]].values.tolist() == [
        ["S1", "SYSBP", 1, 120, -1, 1],
        ["S1", "SYSBP", 1, 130, 8, 3],
        ["S1", "WTLB", 2, 141, -1, 2],
    ]
    source = result.datasets["ADVS"].source
    assert source["position"].tolist() == [0, 2, 1] and set(source["table"]) == {"VS"}


def test_qualifiers_stand_beside_their_records(study: Make) -> None:
    result = analyses(study({"adsl": ADSL, "adae": ADAE}))
    made, dataset = result.frames["ADAE"], result.datasets["ADAE"]
    assert made[["USUBJID", "AEDLT", "ANL01FL"]].fillna("").values.tolist() == [
        ["S1", "", ""],
        ["S3", "Y", "Y"],
    ]
    assert [str(value.date()) for value in made["ASTDT"]] == ["2022-01-10", "2022-02-05"]
    labels = {variable.name: variable.label for variable in dataset.variables}
    assert labels["AEDLT"] == "Dose-Limiting Toxicity"
    assert labels["AETERM"] == "Reported Term for the Adverse Event"  # of SDTM, since it is copied
    assert labels["ASTDT"] == "Analysis Start Date"


def test_what_is_written_is_read_by_a_reader_that_is_not_ours(study: Make, tmp_path: Path) -> None:
    done = derive(study({"adsl": ADSL, "adae": ADAE}), SDTM, tmp_path / "out", verify=True)
    frame, meta = pyreadstat.read_xport(tmp_path / "out" / "adam" / "adae.xpt")
    assert [str(value) for value in frame["ASTDT"]] == ["2022-01-10", "2022-02-05"]  # by its format DATE9.
    assert frame["AETERM"].tolist() == ["HEADACHE", "=RASH"]
    assert meta.column_names_to_labels["TRTSDT"] == "Date of First Exposure to Treatment"
    written = {file.path for file in done.written}
    assert {path for path in written if path.endswith(".xpt")} == {"adam/adsl.xpt", "adam/adae.xpt"}
    assert {"adam/define.xml", "adam/define.html"} <= written
    assert (tmp_path / "out" / "manifest.json").is_file()


def test_what_is_written_is_described(study: Make, tmp_path: Path) -> None:
    """Origins lead to the SDTM that was read, also to qualifiers; the guide of the analyses is there to be made."""
    from lxml import etree

    from sdtm.submission.guides.files import read_guides

    derive(study({"adsl": ADSL, "adae": ADAE}), SDTM, tmp_path / "out")
    names = {"o": "http://www.cdisc.org/ns/odm/v1.3", "d": "http://www.cdisc.org/ns/def/v2.1"}
    tree = etree.parse(tmp_path / "out" / "adam" / "define.xml")
    assert tree.xpath("//o:ItemGroupDef/@Name", namespaces=names) == ["ADSL", "ADAE"]
    assert tree.xpath("//o:ItemGroupDef[@Name='ADAE']//d:SubClass/@Name", namespaces=names) == [
        "ADVERSE EVENT"
    ]
    path = "//o:ItemDef[@OID='IT.ADAE.{}']/d:Origin[@Type='Predecessor']//o:TranslatedText/text()"
    told = {name: tree.xpath(path.format(name), namespaces=names) for name in ("AETERM", "AEDLT")}
    assert told == {"AETERM": ["AE.AETERM"], "AEDLT": ["SUPPAE.AEDLT"]}
    assert [guide.name for guide in read_guides(tmp_path / "out")] == ["adrg"]


def test_two_runs_give_the_same_bytes(study: Make, tmp_path: Path) -> None:
    folder = study({"adsl": ADSL, "adae": ADAE, "advs": ADVS})
    backwards = {name: frame.iloc[::-1].reset_index(drop=True) for name, frame in SDTM.items()}
    derive(folder, SDTM, tmp_path / "one")
    derive(folder, backwards, tmp_path / "two")
    for name in ("adsl", "adae", "advs"):
        file = f"adam/{name}.xpt"
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("treatment_dates", "treatment_date"), ("unknown-derivation", 6)),
        (("missing_end: open", "missing_ends: open"), ("unknown-key", 6)),
        (("missing_end: open", "missing_end: never"), ("bad-value", 6)),
        (("TRT01P: ARM", "TRT01P: ARMM"), ("unknown-column", 7)),
        (("TRT01P: ARM", "TRT01P: read_csv('x')"), ("sql-error", 7)),
        (("TRT01P: ARM", "MYVAR: ARM"), ("no-label", 2)),
        (("from: DM", "from: DN"), ("unknown-dataset", 2)),
        (("drop: [DOMAIN]", "drop: [DOMIAN]"), ("unknown-column", 2)),
    ],
)
def test_a_wrong_spec_is_refused_with_its_place(
    study: Make, change: tuple[str, str], expected: tuple[str, int]
) -> None:
    told = problems(study({"adsl": ADSL.replace(*change)}))
    assert (expected[0], "adam/adsl.yaml", expected[1]) in told


def test_all_problems_are_told_at_once(study: Make) -> None:
    wrong = {"adsl": ADSL.replace("TRT01P: ARM", "TRT01P: ARMM"), "adae": ADAE.replace("[TRTSDT]", "[TRTSD]")}
    assert [(file, id) for id, file, _ in problems(study(wrong))] == [
        ("adam/adae.yaml", "unknown-column"),
        ("adam/adae.yaml", "unknown-column"),
        ("adam/adsl.yaml", "unknown-column"),
    ]


def test_a_circle_is_shown_as_its_path(study: Make) -> None:
    one = "dataset: ADA\nclass: OTHER\nfrom: ADB\n"
    other = "dataset: ADB\nclass: OTHER\nfrom: ADA\n"
    with pytest.raises(ProblemsFound, match="ADA -> ADB -> ADA"):
        analyses(study({"ada": one, "adb": other}))


def test_a_merge_that_would_multiply_is_refused_with_its_keys(study: Make) -> None:
    wrong = ADSL.replace("- expr:", "- merge: {from: EX, by: USUBJID, take: [EXDOSE]}\n      - expr:")
    with pytest.raises(ProblemsFound, match="USUBJID=S1") as error:
        analyses(study({"adsl": wrong}))
    assert [p.id for p in error.value.problems] == ["merge-multiplies"]


def test_a_merge_takes_the_row_that_is_chosen(study: Make) -> None:
    chosen = "- merge: {from: EX, by: USUBJID, take: {DOSE01A: EXDOSE}, order: [-EXSEQ], choose: first}"
    made = analyses(study({"adsl": ADSL.replace("- expr:", f"{chosen}\n      - expr:")})).frames["ADSL"]
    assert made["DOSE01A"].fillna(-1).tolist() == [20, -1, 10]


def test_a_merge_that_must_find_a_row_is_refused_without_one(study: Make) -> None:
    wrong = ADSL.replace(
        "- expr:", "- merge: {from: AE, by: USUBJID, take: [AETERM], expect: one}\n      - expr:"
    )
    with pytest.raises(ProblemsFound, match="USUBJID=S2") as error:
        analyses(study({"adsl": wrong}))
    assert [p.id for p in error.value.problems] == ["merge-without-row"]


def test_records_with_the_same_keys_are_a_finding(study: Make) -> None:
    keyed = ADVS.replace("derive:", "keys: [USUBJID, PARAMCD]\n    derive:")
    (finding,) = analyses(study({"adsl": ADSL, "advs": keyed})).findings
    assert (finding.rule, finding.dataset, finding.count) == ("duplicate-keys", "ADVS", 2)
    assert finding.places[0].keys == (("USUBJID", "S1"), ("PARAMCD", "SYSBP"))


def test_a_dataset_without_records_is_a_finding(study: Make) -> None:
    (finding,) = analyses(
        study({"adsl": ADSL.replace("from: DM", "from: DM\n    where: AGE > 200")})
    ).findings
    assert (finding.rule, finding.dataset) == ("empty-dataset", "ADSL")


def test_what_a_derivation_notes_is_a_finding_with_the_keys_of_its_record(study: Make) -> None:
    bad = {**SDTM, "AE": AE.assign(AESTDTC=["2022-13", "2022-02-05"])}
    folder = study({"adsl": ADSL, "adae": ADAE})
    (finding,) = derive_analyses(load_study(folder), sdtm_inputs(bad)).findings
    assert (finding.rule, finding.dataset, finding.variable) == ("date-not-read", "ADAE", "AESTDTC")
    assert finding.places[0].keys == (("USUBJID", "S1"), ("AESEQ", "1"))
    assert finding.places[0].value == "2022-13"


def test_a_spec_without_analyses_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text("study: ST\n", encoding="utf-8")
    with pytest.raises(ProblemsFound, match=r"adam/adsl\.yaml"):
        derive(tmp_path, SDTM)


def test_a_column_that_a_derivation_misses_elsewhere_is_told_with_its_step(study: Make) -> None:
    """``response_flags`` reads NACTDT of ADSL, which its spec does not name; lint cannot see that."""
    adrs = dedent(
        """\
        dataset: ADRS
        class: BDS
        from: AE
        set: {AVALC: "'PD'", PARAMCD: "'OVR'", PARAM: "'Response'", RSSEQ: AESEQ}
        derive:
          - impute_date: {from: AESTDTC, to: ADT, highest: month}
          - response_flags: {}
        keys: [USUBJID, PARAMCD, ADT]
        """
    )
    with pytest.raises(ProblemsFound) as found:
        analyses(study({"adsl": ADSL, "adrs": adrs}))
    [problem] = found.value.problems
    assert (problem.where.file, problem.where.line) == ("adam/adrs.yaml", 7)
    assert problem.found == "ADSL has no NACTDT"
    assert problem.do == "make it there, or name another column with new_therapy: in this step"
