"""A folder of YAML becomes a study, or all of its problems at once."""

from __future__ import annotations

import hashlib
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specs import Problem, ProblemsFound, bundled_studies, load_study, spec_hash, yaml_files
from specs.location import Location
from specs.model import Join, Study

MESSAGES = Path(__file__).parents[1] / "messages"

# Modelled on the example of DESIGN, section 3.
STUDY = """\
study: LXI15029
standards: {sdtmig: "3.4", adamig: "1.3", ct: "2025-03-28"}
raw:
  folder: raw
  missing: ["", "."]
  datasets:
    ae: {file: AE.csv, key: [SUBJECT, RECPOS]}
    hist: {file: "lab/*.csv", encoding: gb18030, header_row: 2, lookup: true}
subject: {USUBJID: "{STUDYID}-{SITEID}-{SUBJID}"}
codelists:
  SEV: {codelist: C66769, terms: {1: MILD, NO: NONE}}
visits:
  - {VISITNUM: 1, VISIT: SCREENING, raw: SCR, day: {-28..-1}}
  - {VISITNUM: 1.10, VISIT: RETEST, day: 1}
"""
AE = """\
domain: AE
sources:
  - from: ae
    where: AEYN = 'Y'
    join: [{with: hist, by: {SUBJECT: SUBJECT}, take: [LBDAT], expect: optional}]
    map:
      AETERM: AETERM
      AESTDTC: {date: AESTDAT, time: AESTTIM, format: "dd MMM yyyy"}
      AEACN: [{value: DRUG WITHDRAWN, where: AEACN = '3'}, AEACN]
    supp:
      AETRTEM: {expr: "CASE WHEN 1 THEN 'Y' END", label: Treatment Emergent Flag}
    not_done: {where: AEYN = 'N'}
    not_submitted: {RECPOS: position on the form}
"""
DM = """\
domain: DM
reference_dates:
  RFSTDTC: {earliest: EX.EXSTDTC, where: EXDOSE > 0}
sources:
  - from: ae
    map: {AGE: {age: BRTHDAT, at: RFICDTC}}
    not_done:
      - {where: A, tests: [X]}
"""
FILES = {"study.yaml": STUDY, "sdtm/ae.yaml": AE, "sdtm/dm.yaml": DM}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files below a new folder ``study`` and return that folder."""

    def write(files: dict[str, str | bytes], folder: str = "study") -> Path:
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            file = tmp_path / folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return tmp_path / folder

    return write


def problems(folder: Path | str) -> list[Problem]:
    with pytest.raises(ProblemsFound) as caught:
        load_study(folder)
    return caught.value.problems


def told(folder: Path) -> list[tuple[str, str, int | None, str]]:
    return [(p.id, p.where.file, p.where.line, p.where.key) for p in problems(folder)]


def test_a_study_is_read_with_every_text_as_it_stands(write: Write) -> None:
    study = load_study(write(FILES))
    assert study.study == "LXI15029"
    assert study.raw.missing == ("", ".")
    assert study.raw.datasets["hist"].header_row == 2
    assert study.raw.datasets["hist"].lookup is True
    assert study.raw.datasets["ae"].key == ("SUBJECT", "RECPOS")
    assert study.codelists["SEV"].terms == {"1": "MILD", "NO": "NONE"}
    assert [visit.VISITNUM for visit in study.visits] == ["1", "1.10"]
    assert [visit.day for visit in study.visits] == ["-28..-1", "1"]
    assert study.visits[0].raw == ("SCR",)


def test_domains_are_read_with_their_rules_as_plain_values(write: Write) -> None:
    study = load_study(write(FILES))
    assert list(study.sdtm) == ["AE", "DM"]
    source = study.sdtm["AE"].sources[0]
    assert source.from_ == "ae"
    assert source.map["AEACN"] == [{"value": "DRUG WITHDRAWN", "where": "AEACN = '3'"}, "AEACN"]
    assert source.supp["AETRTEM"]["label"] == "Treatment Emergent Flag"
    assert source.join == (Join(table="hist", by={"SUBJECT": "SUBJECT"}, take=("LBDAT",), expect="optional"),)
    assert study.sdtm["DM"].reference_dates["RFSTDTC"].earliest == ("EX.EXSTDTC",)


def test_not_done_is_one_or_a_list(write: Write) -> None:
    study = load_study(write(FILES))
    one, several = study.sdtm["AE"].sources[0].not_done, study.sdtm["DM"].sources[0].not_done
    assert one is not None and not isinstance(one, tuple) and one.where == "AEYN = 'N'"
    assert isinstance(several, tuple) and several[0].tests == ("X",)


def test_values_know_their_file_line_and_key(write: Write) -> None:
    study = load_study(write(FILES))
    assert study.where("visits", 0, "day") == Location("study.yaml", 13, "visits[1].day")
    path = ("sdtm", "AE", "sources", 0, "map", "AESTDTC", "format")
    assert study.where(*path) == Location("sdtm/ae.yaml", 8, "sources[1].map.AESTDTC.format")
    # What is not written has the place of what is around it.
    assert study.where("sdtm", "AE", "sources", 0, "map", "AEDECOD").line == 6
    assert study.where("sdtm", "AE", "label") == Location("sdtm/ae.yaml", 1)


def test_a_study_is_named_by_its_folder_or_its_study_file(write: Write) -> None:
    folder = write(FILES)
    assert load_study(str(folder)) == load_study(folder / "study.yaml") == load_study(folder)
    assert load_study(folder).folder == folder.absolute()


def test_the_files_of_a_study_are_told_with_their_hashes(write: Write) -> None:
    files = {**FILES, "README.md": "x", "sdtm/notes.txt": "x", "sdtm/._ae.yaml": b"\xff", "raw/dm.yaml": "["}
    expected = sorted((name, hashlib.sha256(FILES[name].encode()).hexdigest()) for name in FILES)
    assert load_study(write(files)).sources() == expected


def test_a_bundled_study_is_found_by_name_in_any_case(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(FILES, "studies/abc123")
    write({"README.md": "no study here"}, "studies/draft")
    monkeypatch.setattr(yaml_files, "STUDIES", folder.parent)
    assert bundled_studies() == ["abc123"]
    assert load_study("ABC123").folder == folder
    (problem,) = problems("abc124")
    assert (problem.id, problem.do) == ("no-such-study", "did you mean abc123?")
    assert problem.expected.endswith("or a bundled study: abc123")


@pytest.mark.parametrize("name", ["", " ", "no/such/folder", "x" * 5000, "a\0b"])
def test_a_path_to_nothing_is_a_problem(name: str) -> None:
    (problem,) = problems(name)
    assert problem.id == "no-such-study"


def test_a_folder_without_study_yaml_names_what_it_has(write: Write) -> None:
    (problem,) = problems(write({"Study.yml": STUDY}))
    assert (problem.id, problem.found) == ("no-such-study", "a folder without study.yaml, but with Study.yml")


def test_files_of_another_kind_are_refused(write: Write) -> None:
    folder = write({**FILES, "lxi.xlsx": "PK", "data.csv": "a"})
    assert [problems(folder / name)[0].id for name in ("lxi.xlsx", "data.csv", "sdtm/ae.yaml")] == [
        "workbook-refused",  # these two bytes are no workbook
        "no-such-study",
        "no-such-study",
    ]


# One typo at each level: file, text, its replacement, line, key, suggestion.
TYPOS = [
    ("study.yaml", "visits:", "vists:", 12, "vists", "visits"),
    ("study.yaml", "sdtmig:", "sdtmgi:", 2, "standards.sdtmgi", "sdtmig"),
    ("study.yaml", "folder:", "foldr:", 4, "raw.foldr", "folder"),
    ("study.yaml", "encoding:", "encodng:", 8, "raw.datasets.hist.encodng", "encoding"),
    ("study.yaml", "terms:", "term:", 11, "codelists.SEV.term", "terms"),
    ("study.yaml", "VISIT: RETEST", "VISTI: RETEST", 14, "visits[2].VISTI", "VISIT"),
    ("sdtm/ae.yaml", "sources:", "source:", 2, "source", "sources"),
    ("sdtm/ae.yaml", "from: ae", "form: ae", 3, "sources[1].form", "from"),
    ("sdtm/ae.yaml", "    map:", "    mpa:", 6, "sources[1].mpa", "map"),
    ("sdtm/ae.yaml", "expect:", "expects:", 5, "sources[1].join[1].expects", "expect"),
    ("sdtm/ae.yaml", "{where: AEYN = 'N'}", "{wher: AEYN = 'N'}", 12, "sources[1].not_done.wher", "where"),
    ("sdtm/dm.yaml", "earliest:", "earlyest:", 3, "reference_dates.RFSTDTC.earlyest", "earliest"),
    ("sdtm/dm.yaml", "tests:", "test:", 8, "sources[1].not_done[1].test", "tests"),
]


@pytest.mark.parametrize(("file", "text", "typo", "line", "key", "meant"), TYPOS)
def test_a_typo_in_a_key_is_told_once_with_its_line_and_the_nearest_key(
    write: Write, file: str, text: str, typo: str, line: int, key: str, meant: str
) -> None:
    assert FILES[file].count(text) == 1
    (problem,) = problems(write({**FILES, file: FILES[file].replace(text, typo)}))
    assert (problem.id, problem.where) == ("unknown-key", Location(file, line, key))
    assert f"did you mean {meant}" in problem.do
    assert meant in problem.expected


def test_a_key_with_nothing_after_it_is_still_unknown(write: Write) -> None:
    assert told(write({**FILES, "study.yaml": STUDY + "titel:\n"})) == [
        ("unknown-key", "study.yaml", 15, "titel")
    ]


def test_python_names_are_no_keys(write: Write) -> None:
    folder = write({**FILES, "sdtm/ae.yaml": AE.replace("from: ae", "from_: ae").replace("with:", "table:")})
    assert [problem.where.key for problem in problems(folder)] == [
        "sources[1].from_",
        "sources[1].join[1].with",
        "sources[1].join[1].table",
    ]


def test_a_key_at_the_wrong_level_is_told_where_it_belongs(write: Write) -> None:
    (problem,) = problems(write({**FILES, "study.yaml": STUDY + "reference_dates: {}\n"}))
    assert problem.do == "`reference_dates` belongs at the top of a domain file such as sdtm/ae.yaml"
    (problem,) = problems(write({**FILES, "sdtm/ae.yaml": AE + "codelists: {}\n"}))
    assert problem.do == "`codelists` belongs at the top of study.yaml"


def test_all_problems_of_all_files_are_told_at_once(write: Write) -> None:
    folder = write(
        {
            "study.yaml": STUDY.replace("folder:", "foldr:") + "visit: x\nsdtm: {}\n",
            "sdtm/ae.yaml": AE.replace("from: ae", "form: ae") + "baseline: {skip: yes}\n",
            "sdtm/cm.yaml": "label: 'unclosed\n",
            "sdtm/dm.yaml": DM.replace("domain: DM\n", "domain: DM\ndomain: DM\n").replace(
                "age:", "!!int age:"
            ),
            "sdtm/vs.yaml": "sources: []\n",
            "sdtm/ex.yaml": b"domain: EX # f\xfcr\n",
        }
    )
    error = ProblemsFound(problems(folder))
    assert str(error) + "\n" == (MESSAGES / "specs_yaml_files.txt").read_text(encoding="utf-8")


VALUES = """\
study:
title: [a, b]
created: 2025-3-28T00:00:00
raw:
  datasets:
    ae: {file: {AE}, header_row: 0, lookup: Y}
    dm: {file: [a.csv], header_row: 1.0}
    ex: {}
    vs:
subject: {USUBJID: , SITEID: []}
codelists: [SEV]
visits: {VISITNUM: 1, VISIT: SCREENING}
units: [{unit: mg, to: g, digits: two}]
elements: [SCREENING]
"""
DOMAIN_VALUES = """\
domain: ae
sources:
  - join:
      - {with: x, by: a, take: {A: }, expect: ones}
      - {with: [x], by: {a: b}, take: 1, expect: }
    map: {AETERM: }
    supp: {AETRTEM: AETRTEM}
    not_done: AEYN
reference_dates:
  RFSTDTC: {precision: day, days_after: 0x1}
"""


def test_wrong_values_are_told_with_what_is_allowed(write: Write) -> None:
    error = ProblemsFound(problems(write({"study.yaml": VALUES, "sdtm/ae.yaml": DOMAIN_VALUES})))
    assert str(error) + "\n" == (MESSAGES / "specs_values.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("False", False), ("TRUE", True), ("'false'", False), ("~", False)]
)
def test_truth_is_true_or_false(write: Write, text: str, value: bool) -> None:
    study = load_study(write({**FILES, "study.yaml": STUDY.replace("lookup: true", f"lookup: {text}")}))
    assert study.raw.datasets["hist"].lookup is value


@pytest.mark.parametrize("text", ["yes", "no", "on", "1", "0", "Y", "''", "[true]"])
def test_other_words_are_no_truth(write: Write, text: str) -> None:
    folder = write({**FILES, "study.yaml": STUDY.replace("lookup: true", f"lookup: {text}")})
    assert told(folder) == [("bad-value", "study.yaml", 8, "raw.datasets.hist.lookup")]


@pytest.mark.parametrize(
    "text", ["1.0", "1_000", "0x1", "' 1'", "1e3", "٣", "one", "''", "99999999999999999999"]
)
def test_a_whole_number_is_written_in_digits(write: Write, text: str) -> None:
    folder = write({**FILES, "study.yaml": STUDY.replace("header_row: 2", f"header_row: {text}")})
    assert told(folder) == [("bad-value", "study.yaml", 8, "raw.datasets.hist.header_row")]


def test_an_empty_known_key_is_as_good_as_none(write: Write) -> None:
    assert load_study(write({**FILES, "study.yaml": STUDY + "title:\nunits: ~\n"})) == load_study(
        write(FILES)
    )


def test_two_files_of_one_domain_are_a_problem(write: Write) -> None:
    folder = write({**FILES, "sdtm/ae_more.yaml": "# more\ndomain: AE\n"})
    (problem,) = problems(folder)
    assert (problem.id, problem.where.file, problem.where.line) == (
        "duplicate-domain",
        "sdtm/ae_more.yaml",
        2,
    )
    assert "sdtm/ae.yaml" in problem.found


@pytest.mark.parametrize("text", ["sources: []", "domain:", "domain: ~"])
def test_a_domain_file_needs_its_domain(write: Write, text: str) -> None:
    assert told(write({**FILES, "sdtm/x.yaml": text})) == [("missing-key", "sdtm/x.yaml", 1, "domain")]


@pytest.mark.parametrize("text", ["", "- a", "text"])
def test_a_file_that_is_no_set_of_keys_is_a_problem(write: Write, text: str) -> None:
    folder = write({"study.yaml": text, "sdtm/x.yaml": text})
    assert told(folder) == [("bad-value", "sdtm/x.yaml", 1, ""), ("bad-value", "study.yaml", 1, "")]


def test_a_domain_file_with_another_ending_is_not_passed_over(write: Write) -> None:
    folder = write({**FILES, "sdtm/cm.yml": "domain: CM", "sdtm/mh.YAML": "domain: MH"})
    assert [(p.id, p.where.file, p.do) for p in problems(folder)] == [
        ("bad-file-name", "sdtm/cm.yml", "rename it to cm.yaml"),
        ("bad-file-name", "sdtm/mh.YAML", "rename it to mh.yaml"),
    ]


def test_a_folder_in_the_place_of_a_file_is_a_problem(write: Write) -> None:
    folder = write({**FILES, "sdtm/cm.yaml/x": ""})
    assert told(folder) == [("unreadable-file", "sdtm/cm.yaml", None, "")]


def test_the_hash_does_not_depend_on_place_order_comments_or_quotes(write: Write) -> None:
    first = load_study(write(FILES))
    lines = STUDY.splitlines(keepends=True)
    # subject and codelists first, in other quotes, a default stated, and the domain in another file.
    reordered = "# a comment\n" + "".join(lines[8:11] + lines[:8] + lines[11:]) + "elements: []\n"
    reordered = reordered.replace("{1: MILD, NO: NONE}", "{'NO': \"NONE\", '1': MILD}")
    second = load_study(
        write({"study.yaml": reordered, "sdtm/adverse.yaml": AE, "sdtm/dm.yaml": DM}, "other")
    )
    assert spec_hash(first) == spec_hash(second)
    assert first == second


@pytest.mark.parametrize(
    ("file", "text", "change"),
    [
        ("study.yaml", "1: MILD", "1: MODERATE"),
        ("study.yaml", "[SUBJECT, RECPOS]", "[RECPOS, SUBJECT]"),
        ("study.yaml", "day: 1}", "day: 01}"),
        ("sdtm/ae.yaml", "AETERM: AETERM", "AETERM: AETERMX"),
        ("sdtm/dm.yaml", "domain: DM", "domain: CO"),
    ],
)
def test_the_hash_depends_on_what_is_said(write: Write, file: str, text: str, change: str) -> None:
    first = spec_hash(load_study(write(FILES)))
    assert FILES[file].count(text) == 1
    assert first != spec_hash(load_study(write({**FILES, file: FILES[file].replace(text, change)})))


def test_a_study_survives_the_way_to_another_process(write: Write) -> None:
    study = load_study(write(FILES))
    copy = pickle.loads(pickle.dumps(study))
    assert copy == study
    assert (copy.folder, copy.sources(), copy.where("visits", 0)) == (
        study.folder,
        study.sources(),
        study.where("visits", 0),
    )


def test_what_the_model_says_is_a_spec_again(write: Write) -> None:
    study = load_study(write(FILES))
    assert Study.model_validate(study.model_dump(mode="json", by_alias=True)) == study


@settings(deadline=None)
@given(st.permutations(sorted(FILES)))
def test_the_order_in_which_files_were_written_means_nothing(
    tmp_path_factory: pytest.TempPathFactory, order: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("study")
    (folder / "sdtm").mkdir()
    for name in order:
        (folder / name).write_text(FILES[name], encoding="utf-8")
    study = load_study(folder)
    shutil.rmtree(folder)
    assert list(study.sdtm) == ["AE", "DM"]


@pytest.mark.parametrize(
    ("code", "heavy"),
    [("import specs", "pydantic ruamel pandas"), ("from specs import load_study, spec_hash", "pandas")],
)
def test_importing_loads_nothing_heavy(code: str, heavy: str) -> None:
    code += f"; import sys; print(sorted(set('{heavy}'.split()) & set(sys.modules)))"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"
