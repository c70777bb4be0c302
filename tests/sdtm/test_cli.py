"""The command line: help, exit codes, what is printed, and the commands that show and explain."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from sdtm import __version__, cli
from specs.location import Location
from specs.problems import Problem, ProblemsFound

pytestmark = pytest.mark.xdist_group("cli")

STUDY = """\
study: CLI
raw:
  datasets:
    dm: {file: dm.csv, key: [SUBJ]}
    ex: {file: ex.csv, key: [SUBJ]}
    ae: {file: ae.csv}
    vs: {file: vs.csv, key: [SUBJ]}
subject: {SITEID: {value: "01"}, SUBJID: SUBJ, USUBJID: "{STUDYID}-{SUBJID}"}
visits:
  - {VISITNUM: 1, VISIT: SCREENING, TVSTRL: Start}
arms:
  - {ARMCD: A, ARM: A, elements: [T]}
elements:
  - {ETCD: T, ELEMENT: Treatment, EPOCH: TREATMENT, TESTRL: First dose, TEENRL: Last, start: {earliest: EX.EXSTDTC}}
"""
DOMAINS = {
    "dm": """\
domain: DM
sources:
  - from: dm
    map:
      SEX: SEX
      COUNTRY: {value: CHN}
      RACE: {choices: {R1: ASIAN, R2: WHITE}}
reference_dates: {RFSTDTC: {earliest: EX.EXSTDTC}}
""",
    "ex": """\
domain: EX
sources:
  - from: ex
    map: {EXTRT: {value: DRUG}, EXDOSE: DOSE, EXDOSU: {value: mg}, EXSTDTC: {date: START, format: yyyy-MM-dd}}
""",
    "ae": """\
domain: AE
sources:
  - from: ae
    map:
      AETERM: TERM
      AEDECOD: {value: Coded}
      AESEV: {column: SEV, terms: {"1": MILD, "2": MODERATE}}
      AESTDTC: {date: START, format: dd-MMM-yyyy}
    supp:
      AECOM: {label: Comment, column: COM}
""",
    "vs": """\
domain: VS
sources:
  - from: vs
    map: {VSDTC: {date: DAY, format: yyyy-MM-dd}}
    findings:
      SYSBP: {result: SYS, unit: mmHg}
      PULSE: {result: PUL, unit: beats/min}
    not_done: {where: PERF = 'N', reason: WHY}
""",
}
LONG = " ".join(["word"] * 50)  # 249 characters
RAW = {
    "dm.csv": "SUBJ,SEX,R1,R2\n001,F,1,1\n002,M,1,0\n",
    "ex.csv": "SUBJ,DOSE,START\n001,10,2024-01-10\n002,20,2024-01-11\n",
    "ae.csv": f"SUBJ,TERM,SEV,START,COM\n001,{LONG},2,12-JAN-2024,\n002,Fall,1,UN-FEB-2024,from a chair\n",
    "vs.csv": "SUBJ,DAY,PERF,WHY,SYS,PUL\n001,2024-01-10,Y,,120,70\n002,2024-01-11,N,Refused,,\n",
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "study"
    for name, text in {
        "study.yaml": STUDY,
        **{f"sdtm/{name}.yaml": text for name, text in DOMAINS.items()},
        **{f"raw/{name}": text for name, text in RAW.items()},
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def out(study: Path, sdtm: Callable[..., Any]) -> Path:
    """The output of a run, beside the study's folder."""
    outcome = sdtm("convert", study, "--out", study.parent / "out", "--fail-on", "warning")
    assert outcome.code == 0, outcome
    return study.parent / "out"


# --- help ------------------------------------------------------------------------------------------------


def commands() -> Iterator[list[str]]:
    def below(command: Any, path: list[str]) -> Iterator[list[str]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield path
            return
        for name, each in inner.items():
            yield from below(each, [*path, name])

    return below(typer.main.get_command(cli.app), [])


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_every_command_has_help_with_an_example_of_itself(sdtm, path):
    outcome = sdtm(*path, "--help")
    assert outcome.code == 0 and outcome.err == ""
    example = outcome.out.split("Example: ")[1]
    assert example.startswith("sdtm ") and " ".join(path) in example
    description = outcome.out.split("\n\n")[1] if "\n\n" in outcome.out else outcome.out
    assert len(description.strip()) > 20


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_every_option_and_argument_has_help(path):
    command: Any = typer.main.get_command(cli.app)
    for name in path:
        command = command.commands[name]
    silent = [p.name for p in command.params if not getattr(p, "help", "") and p.name != "help"]
    assert silent == []


def test_help_is_quick_because_it_imports_nothing_heavy():
    heavy = "pandas, duckdb, pydantic, pyarrow, numpy, pandera, pyreadstat, openpyxl, ruamel, lxml"
    code = (
        "import sys\nfrom sdtm import cli\nsys.argv = ['sdtm', '--help']\n"
        "try:\n    cli.main()\nexcept SystemExit as leaving:\n    assert not leaving.code\n"
        f"print('HEAVY', sorted(set('{heavy}'.split(', ')) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "HEAVY []" in done.stdout and "Commands" in done.stdout


def test_version(sdtm):
    outcome = sdtm("--version")
    assert (outcome.code, outcome.out) == (0, f"sdtm-toolkit {__version__}\n")


# --- exit codes ------------------------------------------------------------------------------------------


def test_exit_0_is_clean_and_1_says_that_there_are_findings(sdtm, study, tmp_path):
    """The study has no error; its notes (a long text was split) count from --fail-on note."""
    run = ["convert", study, "--out", tmp_path / "out", "--fail-on"]
    assert [sdtm(*run, level).code for level in ("error", "warning", "note")] == [0, 0, 1]


def test_exit_1_of_a_strict_run(sdtm, study, tmp_path):
    """A raw column that nothing uses is a warning, and an error with --strict; both are written."""
    raw = study / "raw" / "ex.csv"
    text = raw.read_text(encoding="utf-8")
    raw.write_text("\n".join(line + ",x" for line in text.splitlines()) + "\n", encoding="utf-8")
    try:
        plain = sdtm("run", study, "--out", tmp_path / "plain", "--json")
        strict = sdtm("run", study, "--out", tmp_path / "strict", "--strict", "--json")
    finally:
        raw.write_text(text, encoding="utf-8")

    def severities(folder: str) -> set[str]:
        found = json.loads((tmp_path / folder / "reports" / "findings.json").read_text(encoding="utf-8"))
        return {f["severity"] for f in found["findings"] if f["rule"] == "column-unaccounted"}

    assert severities("plain") == {"warning"} and severities("strict") == {"error"}
    more = json.loads(strict.out)["findings"]["error"] - json.loads(plain.out)["findings"].get("error", 0)
    assert strict.code == 1 and more == 1


def test_exit_2_lists_all_problems_and_counts_errors(sdtm, monkeypatch):
    problems = [
        Problem("b-problem", Location("b.yaml", line=2), "found b", "expected b", "do b"),
        Problem("a-note", Location("a.yaml", line=1), "found a", "expected a", severity="note"),
    ]
    monkeypatch.setattr("specs.load_study", _raising(ProblemsFound(problems)))
    outcome = sdtm("spec", "show", "any")
    assert outcome.code == 2 and outcome.out == ""
    assert outcome.err.index("note[a-note] a.yaml, line 1") < outcome.err.index(
        "error[b-problem] b.yaml, line 2"
    )
    assert outcome.err.endswith("1 problem; nothing was written\n")


@pytest.mark.parametrize(
    "arguments", [["run"], ["nonsense"], ["run", "x", "--workers", "0"], ["validate", "x", "--format", "y"]]
)
def test_exit_2_for_a_wrong_command(sdtm, arguments):
    outcome = sdtm(*arguments)
    assert outcome.code == 2 and "Usage: sdtm" in outcome.err


def _raising(error: BaseException) -> Callable[..., Any]:
    def fail(*args: Any, **options: Any) -> Any:
        raise error

    return fail


def test_exit_3_says_that_the_toolkit_is_to_blame(sdtm, monkeypatch):
    monkeypatch.delenv("SDTM_DEBUG", raising=False)
    monkeypatch.setattr("specs.load_study", _raising(KeyError("AETERM")))
    outcome = sdtm("lint", "any")
    assert outcome.code == 3 and "Traceback" not in outcome.err
    assert "internal error: KeyError: 'AETERM'" in outcome.err
    assert "This is a defect of the toolkit, not of your data. Set SDTM_DEBUG=1 to see where" in outcome.err


def test_sdtm_debug_shows_the_traceback(sdtm, monkeypatch):
    monkeypatch.setenv("SDTM_DEBUG", "1")
    monkeypatch.setattr("specs.load_study", _raising(KeyError("AETERM")))
    with pytest.raises(KeyError, match="AETERM"):
        sdtm("lint", "any")


def test_a_stop_from_the_keyboard_is_no_defect(sdtm, monkeypatch):
    monkeypatch.setattr("specs.load_study", _raising(KeyboardInterrupt()))
    outcome = sdtm("lint", "any")
    assert outcome.code == 130 and outcome.is_told_plainly


# --- run and demo ----------------------------------------------------------------------------------------


def test_a_run_prints_datasets_books_findings_and_where_they_are(sdtm, study, tmp_path):
    outcome = sdtm("run", study, "--out", tmp_path / "out")
    assert all(word in outcome.out for word in ("Adverse Events", "raw table", "unaccounted", "severity"))
    assert f"{tmp_path / 'out'}/reports/findings.json" in outcome.out
    assert outcome.err == ""  # no progress where nobody looks


def test_quiet_prints_one_line(sdtm, study, tmp_path):
    outcome = sdtm("convert", study, "--out", tmp_path / "out", "--quiet")
    assert outcome.out.startswith("findings: 0 errors") and outcome.out.count("\n") == 1


def test_json_is_json_and_nothing_else(sdtm, study, tmp_path):
    outcome = sdtm("convert", study, "--out", tmp_path / "out", "--json")
    told = json.loads(outcome.out)
    assert told["study"] == "CLI" and told["datasets"]["AE"] == 2
    assert told["ledger"]["ae"] == {
        "read": 2, "made_records": 2, "used_by_joins": 0, "excluded": {}, "unaccounted": 0,
    }  # fmt: skip


def test_a_run_to_the_package_is_refused_with_open_errors_and_keeps_the_run(sdtm, study, tmp_path):
    out = tmp_path / "out"
    outcome = sdtm("run", study, "--to", "package", "--out", out)
    assert outcome.code == 2
    assert "error[open-error]" in outcome.err and f"no package was made; the run is in {out}" in outcome.err
    assert (out / "manifest.json").is_file() and not (tmp_path / "out-package").exists()


def test_a_run_to_the_package_with_a_decision(sdtm, study, tmp_path):
    decided = ("--with-findings", "J. Doe:queries are open")
    outcome = sdtm("run", study, "--to", "package", "--out", tmp_path / "out", *decided)
    assert outcome.code == 1  # as the run itself: it has errors
    assert "by J. Doe: queries are open" in outcome.out
    assert (tmp_path / "out-package" / "m5/datasets/CLI/tabulations/sdtm/ae.xpt").is_file()


def test_a_package_that_could_not_be_written_is_refused_before_the_run(sdtm, study, tmp_path):
    (tmp_path / "out-package").mkdir()
    (tmp_path / "out-package" / "mine.txt").write_text("mine", encoding="utf-8")
    outcome = sdtm("run", study, "--to", "package", "--out", tmp_path / "out")
    assert outcome.code == 2 and "error[output-not-ours]" in outcome.err
    assert not (tmp_path / "out").exists()
    outcome = sdtm("run", study, "--to", "package", "--out", tmp_path / "o", "--with-findings", "J. Doe")
    assert outcome.code == 2 and "error[no-decision]" in outcome.err and not (tmp_path / "o").exists()


def test_a_bundled_study_that_is_none(sdtm):
    outcome = sdtm("demo", "lxi15028")
    assert outcome.code == 2 and "did you mean lxi15029?" in outcome.err


# --- init, profile, lint, spec show ----------------------------------------------------------------------


def test_init_makes_a_study_that_lints_and_refuses_to_write_over_one(sdtm, tmp_path):
    made = sdtm("init", tmp_path / "new", "--study", "it's: N")
    assert made.code == 0 and (tmp_path / "new" / "raw").is_dir()
    assert sdtm("lint", tmp_path / "new").code == 0
    before = (tmp_path / "new" / "study.yaml").read_bytes()
    again = sdtm("init", tmp_path / "new")
    assert again.code == 2 and "error[study-exists]" in again.err
    assert (tmp_path / "new" / "study.yaml").read_bytes() == before


def test_init_does_not_write_over_a_domain_either(sdtm, tmp_path):
    (tmp_path / "sdtm").mkdir()
    (tmp_path / "sdtm" / "dm.yaml").write_text("mine", encoding="utf-8")
    assert sdtm("init", tmp_path).code == 2
    assert (tmp_path / "sdtm" / "dm.yaml").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "study.yaml").exists()


def test_init_in_a_place_that_is_none(sdtm, tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    outcome = sdtm("init", tmp_path / "file" / "new")
    assert outcome.code == 2 and "error[not-writable]" in outcome.err
    assert sdtm("init", tmp_path / "new", "--study", "a\nb").code == 2


def test_profile_of_a_folder_of_a_file_and_of_nothing(sdtm, study, tmp_path):
    assert "vs.csv (csv, utf-8" in sdtm("profile", study / "raw").out
    (only,) = json.loads(sdtm("profile", study / "raw" / "ae.csv", "--json").out)
    assert only["file"] == "ae.csv" and only["rows"] == 2
    assert sdtm("profile", tmp_path / "nothing").code == 2


def test_profile_tells_what_cannot_be_read_and_goes_on(sdtm, tmp_path):
    (tmp_path / "a.csv").write_bytes(b"X\n\x00\n")
    (tmp_path / "b.csv").write_text("X\n1\n", encoding="utf-8")
    (tmp_path / "c.sas7bdat").write_bytes(b"no")
    outcome = sdtm("profile", tmp_path)
    assert outcome.code == 0
    assert (
        "a.csv: not read" in outcome.out
        and "b.csv (csv" in outcome.out
        and "c.sas7bdat: not read" in outcome.out
    )


def test_lint_without_and_with_raw_files(sdtm, study):
    assert sdtm("lint", study).code == 0
    told = json.loads(sdtm("lint", study, "--raw", "--json").out)
    assert {problem["severity"] for problem in told} <= {"warning", "note"}


def test_lint_counts_each_severity_by_its_name(sdtm, monkeypatch):
    told = [
        Problem("a-problem", Location("a.yaml", line=1), "found", "expected", severity=severity)
        for severity in ("warning", "note", "note")
    ]
    monkeypatch.setattr("sdtm.lint_study.lint_study", lambda study, raw: told)
    outcome = sdtm("lint", "lxi15029")
    assert outcome.code == 0 and outcome.out.endswith("lxi15029: no errors, 1 warning, 2 notes\n")
    told.append(Problem("b-problem", Location("b.yaml", line=1), "found", "expected"))
    outcome = sdtm("lint", "lxi15029")
    assert outcome.code == 2 and outcome.out == ""
    assert outcome.err.endswith("lxi15029: 1 error, 1 warning, 2 notes\n")  # and no word of what was written


def test_lint_as_json_also_tells_errors(sdtm, study, tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "sdtm").mkdir()
    (tmp_path / "sdtm" / "ae.yaml").write_text("domain: AE\nsources:\n  - from: aee\n", encoding="utf-8")
    outcome = sdtm("lint", tmp_path, "--json")
    assert outcome.code == 2
    assert "unknown-dataset" in {problem["id"] for problem in json.loads(outcome.out)}


def test_spec_show_prints_what_a_run_walks(sdtm, study):
    text = sdtm("spec", "show", study, "ae").out
    assert "assign_ct SEV" in text and "Severity/Intensity" in text and "sdtm/ae.yaml:" in text
    assert "SEX" not in text  # one domain only
    plan = json.loads(sdtm("spec", "show", study, "--json").out)
    assert [domain["domain"] for domain in plan["domains"]] == ["AE", "DM", "EX", "VS"]


def test_spec_show_of_a_domain_that_is_not_there(sdtm, study):
    outcome = sdtm("spec", "show", study, "LB")
    assert outcome.code == 2 and "AE, DM, EX, VS" in outcome.err


# --- validate --------------------------------------------------------------------------------------------


def test_validate_an_output_folder(sdtm, out, study):
    outcome = sdtm("validate", out, "--spec", study, "--format", "json")
    told = json.loads(outcome.out)
    assert told["records"]["VS"] == 4 and outcome.code in (0, 1)
    assert not {f["rule"] for f in told["findings"]} & {"dataset-name-differs", "unreadable-dataset"}


def test_validate_datasets_made_elsewhere(sdtm, shared):
    outcome = sdtm("validate", shared / "data" / "onco_sdtm")
    assert outcome.code == 1 and outcome.is_told_plainly
    assert outcome.out.startswith("Judged 13 datasets (records): AE 39")


def test_validate_what_is_no_folder_of_datasets(sdtm, tmp_path):
    assert "error[no-datasets]" in sdtm("validate", tmp_path).err
    assert "error[folder-missing]" in sdtm("validate", tmp_path / "nothing").err
    (tmp_path / "ae.xpt").write_bytes(b"junk")
    (tmp_path / "dm.parquet").write_bytes(b"junk")
    outcome = sdtm("validate", tmp_path)
    assert outcome.code == 2 and outcome.err.count("error[dataset-unreadable]") == 2


# --- explain ---------------------------------------------------------------------------------------------


def explained(sdtm, out, dataset: str, variable: str, key: str) -> dict[str, Any]:
    outcome = sdtm("explain", out, dataset, variable, "--key", key, "--json")
    assert outcome.code == 0, outcome
    return json.loads(outcome.out)


def test_explain_a_mapped_value_back_to_its_cell(sdtm, out):
    told = explained(sdtm, out, "ae", "aesev", "USUBJID=CLI-001 AESEQ=1")
    assert told["value"] == "MODERATE" and told["raw"] == {"file": "ae.csv", "row": 2, "column": ""}
    (step,) = told["steps"]
    assert step["rule"] == "assign_ct" and step["inputs"] == {"SEV": "2"}
    assert (step["gave"], step["value"]) == ("2", "MODERATE") and "sdtm/ae.yaml, line 7" in step["where"]


def test_explain_a_derived_value(sdtm, out):
    told = explained(sdtm, out, "AE", "AESTDY", "USUBJID=CLI-001 AESEQ=1")
    *before, step = told["steps"]
    assert [each["makes"] for each in before] == ["AE.AESTDTC", "EX.EXSTDTC", "DM.RFSTDTC"]
    assert told["value"] == "3"
    assert step["inputs"] == {"USUBJID": "CLI-001", "AESTDTC": "2024-01-12", "DM.RFSTDTC": "2024-01-10"}
    date = explained(sdtm, out, "DM", "RFSTDTC", "USUBJID=CLI-001")["steps"][-1]
    assert "earliest of EX.EXSTDTC" in date["rule"] and "sdtm/dm.yaml" in date["where"]


def test_explain_supplemental_values(sdtm, out):
    """A mapped one, the rest of a long text, and one of several checked boxes."""
    mapped = explained(sdtm, out, "SUPPAE", "QVAL", "USUBJID=CLI-002 QNAM=AECOM")
    assert mapped["steps"][0]["inputs"] == {"COM": "from a chair"} and mapped["raw"]["row"] == 3
    rest = explained(sdtm, out, "SUPPAE", "QVAL", "USUBJID=CLI-001 QNAM=AETERM1")
    assert rest["steps"][0]["inputs"] == {"TERM": LONG} and rest["value"] == LONG[200:]
    box = explained(sdtm, out, "SUPPDM", "QVAL", "USUBJID=CLI-001 QNAM=RACE2")
    assert box["steps"][0]["rule"] == "split_checkbox" and box["steps"][0]["inputs"] == {"R1": "1", "R2": "1"}
    assert (
        "supp:" in explained(sdtm, out, "SUPPAE", "QLABEL", "USUBJID=CLI-002 QNAM=AECOM")["steps"][0]["rule"]
    )


def test_explain_a_value_of_a_wide_row_by_its_own_test(sdtm, out):
    told = explained(sdtm, out, "VS", "VSORRES", "USUBJID=CLI-001 VSTESTCD=PULSE")
    assert told["raw"] == {"file": "vs.csv", "row": 2, "column": "PUL"}
    assert [step["inputs"] for step in told["steps"]] == [{"PUL": "70"}]
    unit = explained(sdtm, out, "VS", "VSORRESU", "USUBJID=CLI-001 VSTESTCD=SYSBP")
    assert [step["value"] for step in unit["steps"]] == ["mmHg"]
    reason = explained(sdtm, out, "VS", "VSREASND", "USUBJID=CLI-002 VSTESTCD=PULSE")
    assert reason["steps"][0]["inputs"] == {"WHY": "Refused"}


def test_explain_the_trial_design(sdtm, out):
    assert "(arms:)" in explained(sdtm, out, "TA", "ARM", "ARMCD=A")["steps"][0]["rule"]
    assert "(visits:)" in explained(sdtm, out, "TV", "VISIT", "VISITNUM=1")["steps"][0]["rule"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["ZZ", "AETERM", "--key", "USUBJID=CLI-001"], "unknown-dataset"),
        (["AE", "AETREM", "--key", "USUBJID=CLI-001"], "unknown-variable"),
        (["AE", "AETERM", "--key", "SUBJECT=CLI-001"], "unknown-variable"),
        (["AE", "AETERM", "--key", "USUBJID=CLI-009"], "key-not-unique"),
        (["VS", "VSORRES", "--key", "USUBJID=CLI-001"], "key-not-unique"),
        (["AE", "AETERM", "--key", "CLI-001"], "bad-key"),
        (["AE", "AETERM", "--key", ""], "bad-key"),
    ],
)
def test_explain_what_is_not_there(sdtm, out, arguments, problem):
    outcome = sdtm("explain", out, *arguments)
    assert outcome.code == 2 and f"error[{problem}]" in outcome.err


def test_explain_refuses_changed_raw_files_and_damaged_outputs(sdtm, out, study):
    raw = study / "raw" / "ae.csv"
    text = raw.read_text(encoding="utf-8")
    raw.write_text(text.replace("Fall", "Fell"), encoding="utf-8")
    arguments = ["explain", out, "AE", "AETERM", "--key", "USUBJID=CLI-002", "--study", study]
    try:
        assert "error[raw-changed] ae.csv" in sdtm(*arguments).err
    finally:
        raw.write_text(text, encoding="utf-8")
    for path in (out / "trace" / "AE.parquet", out / "sdtm" / "ae.xpt", out / "manifest.json"):
        whole = path.read_bytes()
        path.write_bytes(whole[:50])
        try:
            outcome = sdtm(*arguments)
        finally:
            path.write_bytes(whole)
        assert outcome.code == 2 and path.name in outcome.err and outcome.is_told_plainly
    assert sdtm(*arguments).code == 0


# --- terminology -----------------------------------------------------------------------------------------

TERMS = "\t".join
SCALE, DATED = "Severity/Intensity Scale for Adverse Events", "SDTM CT 2026-01-30"
CT_LINES = [
    ["Code", "Codelist Code", "Codelist Extensible (Yes/No)", "Codelist Name", "CDISC Submission Value",
     "CDISC Synonym(s)", "CDISC Definition", "NCI Preferred Term", "Standard and Date"],
    ["C66769", "", "No", SCALE, "AESEV", "", "Scale.", "Scale", DATED],
    ["C41338", "C66769", "", SCALE, "MILD", "", "Mild.", "Mild", DATED],
    ["C99999", "C66769", "", SCALE, "BARELY", "", "Less.", "Barely", DATED],
]  # fmt: skip


@pytest.fixture
def no_ct_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The option sets the variable for what the command calls; it must not stay."""
    monkeypatch.setenv("SDTM_CT_FOLDER", "")


def test_a_terminology_version_is_added_and_named_by_a_spec(sdtm, tmp_path, no_ct_folder):
    file = tmp_path / "SDTM Terminology 2026-01-30.txt"
    file.write_text("\n".join(map(TERMS, CT_LINES)) + "\n", encoding="utf-8")
    added = sdtm("--ct-folder", tmp_path / "ct", "ct", "add", file)
    assert added.code == 0 and "added sdtm CT 2026-01-30: 1 codelists, 2 terms" in added.out
    assert "sdtm: 2025-03-28, 2026-01-30" in sdtm("--ct-folder", tmp_path / "ct", "ct", "list").out
    (tmp_path / "s" / "sdtm").mkdir(parents=True)
    (tmp_path / "s" / "raw").mkdir()
    (tmp_path / "s" / "study.yaml").write_text(
        'study: CT\nstandards: {ct: "2026-01-30"}\nraw: {datasets: {ae: {file: ae.csv}}}\n'
        'subject: {USUBJID: SUBJ}\n', encoding="utf-8",
    )  # fmt: skip
    (tmp_path / "s" / "sdtm" / "ae.yaml").write_text(
        "domain: AE\nsources:\n  - from: ae\n    map: {AETERM: TERM, AESEV: SEV}\n", encoding="utf-8"
    )
    (tmp_path / "s" / "raw" / "ae.csv").write_text(
        "SUBJ,TERM,SEV\n1,Rash,BARELY\n2,Rash,SEVERE\n", encoding="utf-8"
    )
    ran = sdtm("--ct-folder", tmp_path / "ct", "convert", tmp_path / "s", "--out", tmp_path / "out")
    assert (
        ran.code == 1 and '"SEVERE"' in ran.out and '"BARELY"' not in ran.out
    )  # SEVERE is not in this version
    (tmp_path / "other").mkdir()
    without = sdtm("--ct-folder", tmp_path / "other", "convert", tmp_path / "s", "--out", tmp_path / "out")
    assert without.code == 2 and "error[unknown-ct-version] study.yaml, line 2" in without.err


def test_a_terminology_file_that_is_none(sdtm, tmp_path, no_ct_folder):
    (tmp_path / "x.txt").write_text("x\n", encoding="utf-8")
    told = sdtm("--ct-folder", tmp_path / "ct", "ct", "add", tmp_path / "x.txt")
    assert told.code == 2 and "error[ct-file-header]" in told.err
    assert sdtm("--ct-folder", tmp_path / "ct", "ct", "add", tmp_path / "nothing.txt").code == 2


def test_a_terminology_file_without_a_folder_for_it(sdtm, tmp_path, no_ct_folder):
    told = sdtm("ct", "add", tmp_path / "x.txt")
    assert told.code == 2 and "sdtm --ct-folder FOLDER ct add FILE" in told.err


def test_algorithms_are_listed_with_what_they_lose(sdtm):
    told = sdtm("algorithms").out
    assert "assign_datetime (key date;" in told and told.count("Missing:") == told.count("Example:") >= 10
