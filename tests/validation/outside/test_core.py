"""CORE as a program of its own, and its report. The program here is a stand-in that writes a report of CORE's form.

Source of options and keys: cdisc-rules-engine, ``core.py validate``, ``services/reporting/base_report.py``.
"""

import json
import stat
import sys

import pytest

from specs.problems import ProblemsFound
from validation.outside.core import read_core_report, run_core

REPORT = {
    "Conformance_Details": {"CORE_Engine_Version": "0.17.1", "Standard": "SDTMIG"},
    "Issue_Details": [
        {
            "core_id": "CORE-000718",
            "message": "End before start",
            "executability": "fully executable",
            "dataset": "ae.xpt",
            "USUBJID": "S-01",
            "row": 2,
            "SEQ": "2",
            "variables": ["AESTDTC", "AEENDTC"],
            "values": ["2024-02-01", "null"],
        }
    ],
    "Rules_Report": [
        {"core_id": "CORE-000718", "cdisc_rule_id": "", "fda_rule_id": "FB3209", "status": "SUCCESS"},
        {"core_id": "CORE-000001", "cdisc_rule_id": "CG0176", "fda_rule_id": "", "status": "SKIPPED"},
    ],
}

PROGRAM = """#!{python}
import json, pathlib, sys
words = sys.argv[1:]
(pathlib.Path(__file__).parent / "called.json").write_text(json.dumps(words))
out = words[words.index("-o") + 1]
pathlib.Path(out + ".json").write_text({report!r})
"""


@pytest.fixture
def program(tmp_path):
    """A stand-in for the executable of CORE."""

    def write(text, name="core"):
        path = tmp_path / "installed" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return write


def refused(work):
    with pytest.raises(ProblemsFound) as caught:
        work()
    (problem,) = caught.value.problems
    return str(problem)


def test_a_report_is_read_with_what_was_not_run():
    report = read_core_report(json.dumps(REPORT).encode(), "report.json")
    (issue,) = report.issues
    assert (issue.rule, issue.dataset, issue.record, issue.subject, issue.sequence) == (
        "CORE-000718",
        "AE",
        2,
        "S-01",
        "2",
    )
    assert issue.variables == ("AESTDTC", "AEENDTC") and issue.values == ("2024-02-01", "")
    assert issue.also == ("FB3209",)
    assert report.version == "0.17.1"
    assert report.ran == {"CORE-000718": ("FB3209",)}
    assert report.not_run == (("CORE-000001", "skipped by CORE"),)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"results_data": []}', b"\xff"])
def test_what_is_no_report_is_refused(content):
    assert "error[core-report] report.json" in refused(lambda: read_core_report(content, "report.json"))


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is started by its first line")
def test_the_program_is_run_on_the_folder(program, tmp_path):
    core = program(PROGRAM.format(python=sys.executable, report=json.dumps(REPORT)))
    data = tmp_path / "data; rm -rf x"  # no shell reads it
    data.mkdir()
    (data / "define.xml").write_text("<ODM/>", encoding="utf-8")
    report = run_core(core.parent, data, "3.4", "2025-03-28")
    assert [issue.rule for issue in report.issues] == ["CORE-000718"]
    words = json.loads((core.parent / "called.json").read_text())
    assert words[0] == "validate"
    options = dict(zip(words[1::2], words[2::2], strict=True))
    assert options["-s"] == "sdtmig" and options["-v"] == "3-4" and options["-of"] == "JSON"
    assert options["-ct"] == "sdtmct-2025-03-28" and options["-d"] == str(data)
    assert options["-dxp"] == str(data / "define.xml")


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is started by its first line")
def test_a_program_that_fails_is_told_with_its_last_words(program, tmp_path):
    core = program(
        f"#!{sys.executable}\nimport sys\nsys.stderr.write('no rules in the cache')\nsys.exit(1)\n"
    )
    told = refused(lambda: run_core(core, tmp_path))
    assert "error[core-not-run]" in told and "ended with code 1: no rules in the cache" in told


def test_a_program_that_is_not_there(tmp_path):
    assert "nothing of that name" in refused(lambda: run_core(tmp_path / "core", tmp_path))
    assert "none of core, core.exe, core.py" in refused(lambda: run_core(tmp_path, tmp_path))


def test_core_as_python_needs_its_python(program, tmp_path, monkeypatch):
    core = program("", "core.py")
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert "no python3.12 on this machine" in refused(lambda: run_core(core, tmp_path))


@pytest.mark.parametrize(
    ("row", "record"), [(7, 7), (7.0, 7), ("7.0", 7), ("", None), (0, None), (None, None), (-1, None)]
)
def test_the_row_of_a_record(row, record):
    told = {**REPORT, "Issue_Details": [{**REPORT["Issue_Details"][0], "row": row}]}
    (issue,) = read_core_report(json.dumps(told).encode(), "report.json").issues
    assert issue.record == record


@pytest.mark.parametrize(
    ("told", "datasets"),
    [
        ("ae.xpt", ["AE"]),
        ("C:\\data\\ae.xpt", ["AE"]),
        ("/data/suppae.xpt", ["SUPPAE"]),
        ("lbch.xpt, lbhe.xpt", ["LBCH", "LBHE"]),
        ("", [""]),
    ],
)
def test_a_dataset_by_its_file(told, datasets):
    content = {**REPORT, "Issue_Details": [{**REPORT["Issue_Details"][0], "dataset": told}]}
    found = read_core_report(json.dumps(content).encode(), "report.json").issues
    assert [issue.dataset for issue in found] == datasets


@pytest.mark.parametrize("state", ["SKIPPED", "EXECUTION ERROR"])
def test_a_rule_that_could_not_be_run_is_not_called_passed(state):
    content = {**REPORT, "Rules_Report": [{**REPORT["Rules_Report"][0], "status": state}]}
    report = read_core_report(json.dumps(content).encode(), "report.json")
    assert not report.ran and report.not_run == (("CORE-000718", f"{state.lower()} by CORE"),)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_report_in_another_encoding_of_unicode(encoding):
    assert len(read_core_report(json.dumps(REPORT).encode(encoding), "report.json").issues) == 1


@pytest.mark.parametrize(
    "content", [json.dumps({**REPORT, "Conformance_Details": []}).encode(), b"[" * 200_000]
)
def test_a_damaged_report_is_refused(content):
    assert "error[core-report]" in refused(lambda: read_core_report(content, "report.json"))
