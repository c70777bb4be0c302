"""Values of the analysis datasets of the bundled study are followed back to the cells of the raw files."""

from __future__ import annotations

import random

import pytest

from sdtm.adam.explain import AnalysisExplainer, explain_analysis, open_analyses
from sdtm.run_study import Run
from specs.problems import ProblemsFound

pytestmark = pytest.mark.xdist_group("lxi15029")


@pytest.fixture(scope="module")
def opened(lxi_run: Run) -> AnalysisExplainer:
    return open_analyses(lxi_run.out, lxi_run.conversion.study, whole=True)


def row_of(opened: AnalysisExplainer, dataset: str, **keys: object) -> int:
    frame = opened.analyses.frames[dataset]
    mask = True
    for name, value in keys.items():
        mask = mask & frame[name].eq(value)
    (row,) = frame.index[mask]
    return int(row)


def test_the_flag_of_an_event_reaches_the_cells_of_its_dates(opened: AnalysisExplainer) -> None:
    row = row_of(opened, "ADAE", USUBJID="LXI15029-01-001", AESEQ=1)
    told = opened.follow("ADAE", "TRTEMFL", row)
    first = told.values[0]
    assert (first.value, first.steps[0].rule) == ("Y", "treatment_emergent")
    assert "adam/adae.yaml, line" in first.steps[0].where
    raw = {v.variable: v.sdtm for v in told.values if v.sdtm is not None}
    assert raw["AESTDTC"].raw_file == "AE.csv" and raw["AESTDTC"].raw_row == 2
    exposure = next(v for v in told.values if (v.dataset, v.variable) == ("ADSL", "TRTSDT"))
    assert exposure.steps[0].records["EX"][0].startswith("EXSEQ = '1'")


def test_a_time_to_event_reaches_the_response_that_ended_it(opened: AnalysisExplainer) -> None:
    row = row_of(opened, "ADTTE", USUBJID="LXI15029-01-001", PARAMCD="PFS")
    told = opened.follow("ADTTE", "AVAL", row)
    assert told.values[0].steps[0].rule == "progression_free_survival made this record"
    ended = next(v for v in told.values if v.dataset == "ADRS")
    assert ended.value == "2017-09-13" and "PARAMCD=OVR" in ended.record
    (raw,) = [v.sdtm for v in told.values if v.sdtm is not None]
    assert raw.dataset == "RS" and raw.variable == "RSDTC" and raw.raw_file == "RSP.csv"


def test_the_last_dose_is_told_with_the_record_that_it_ends(opened: AnalysisExplainer) -> None:
    """Seven records of dosing (EXO.csv); the treatment ends with the seventh, on 26 July 2020."""
    told = opened.follow("ADSL", "TRTEDT", row_of(opened, "ADSL", USUBJID="LXI15029-01-026")).values[0]
    assert told.value == "2020-07-26"
    assert "EXENDTC = '2020-07-26'" in told.steps[0].records["EX"][-1]


def test_a_baseline_is_told_with_the_record_that_has_it(opened: AnalysisExplainer) -> None:
    """LAB_LOCAL.txt has albumin 42.8 g/L on the day of the first dose, 27 June 2020."""
    row = row_of(opened, "ADLB", USUBJID="LXI15029-01-026", PARAMCD="ALB", LBSEQ=5)
    told = opened.follow("ADLB", "BASE", row).values[0]
    flagged = [record for record in told.steps[0].records["ADLB"] if "ABLFL = 'Y'" in record]
    assert told.value == "42.8"
    assert flagged == [
        "LBSEQ = '2', ADT = '2020-06-27', ASEQ = '2', ABLFL = 'Y', AVAL = '42.8', ANRIND = 'NORMAL'"
    ]


def test_every_value_is_explained(opened: AnalysisExplainer) -> None:
    """A seeded sample over all datasets: each populated value has a step or a raw cell at its end."""
    chosen = random.Random(15029)
    cells = [
        (name, variable)
        for name, frame in opened.analyses.frames.items()
        for variable in frame
        if variable not in ("STUDYID", "USUBJID", "DOMAIN", "ASEQ") and frame[variable].notna().any()
    ]
    for name, variable in chosen.sample(cells, 150):
        frame = opened.analyses.frames[name]
        rows = frame.index[frame[variable].notna()]
        told = opened.follow(name, variable, int(chosen.choice(list(rows))))
        assert told.values[0].steps, (name, variable)
        assert all(value.steps or value.sdtm is not None for value in told.values), (name, variable)
        assert told.text() and told.as_json()["values"]


def test_a_key_that_names_no_record_or_several_is_refused(
    lxi_run: Run, opened: AnalysisExplainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = lxi_run.conversion.study
    with pytest.raises(ProblemsFound, match="0 records of ADAE"):
        explain_analysis(lxi_run.out, "ADAE", "TRTEMFL", {"USUBJID": "LXI15029-01-001", "AESEQ": "99"}, study)
    # The same output is not opened (its analyses are not made) twice more.
    monkeypatch.setattr("sdtm.adam.explain.open_analyses", lambda out, study: opened)
    with pytest.raises(ProblemsFound, match="add one of AESEQ=1, AESEQ=2"):
        explain_analysis(lxi_run.out, "ADAE", "TRTEMFL", {"USUBJID": "LXI15029-01-001"}, study)
    with pytest.raises(ProblemsFound, match="TRTEMFL"):
        explain_analysis(lxi_run.out, "ADAE", "TRTEMFLX", {"USUBJID": "LXI15029-01-001", "AESEQ": "1"}, study)
