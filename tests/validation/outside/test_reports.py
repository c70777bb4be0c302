"""Which folder CORE is run on."""

import pytest

from specs.problems import ProblemsFound
from validation.outside import reports
from validation.outside.issues import OutsideReport


@pytest.fixture
def asked(monkeypatch):
    """The folders that CORE was started for."""
    folders = []

    def run_core(core, folder, *standards):
        folders.append((folder, standards))
        return OutsideReport("CDISC CORE")

    monkeypatch.setattr(reports, "run_core", run_core)
    return folders


def refused(folder, core):
    with pytest.raises(ProblemsFound) as caught:
        reports.outside_reports(folder, core=core)
    (problem,) = caught.value.problems
    return str(problem)


def test_core_gets_the_folder_of_the_sdtm(tmp_path, asked):
    for name in ("out 1/sdtm/ae.xpt", "out 1/adam/adae.xpt"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    reports.outside_reports(tmp_path / "out 1", core=tmp_path)
    assert asked == [(tmp_path / "out 1" / "sdtm", ("3.4", ""))]


def test_analysis_datasets_alone_are_not_judged_by_the_sdtmig(tmp_path, asked):
    (tmp_path / "ADSL.xpt").touch()
    (tmp_path / "define.xml").touch()
    assert "analysis datasets alone" in refused(tmp_path, tmp_path)
    assert asked == []


def test_no_folder_is_told_before_core_is_started(tmp_path, asked):
    assert "error[folder-missing]" in refused(tmp_path / "gone", tmp_path)
    (tmp_path / "ae.xpt").touch()
    assert "a file" in refused(tmp_path / "ae.xpt", tmp_path)
    assert asked == []
