"""A spec is the same after its way through a workbook, and through a folder of YAML."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specs import load_study
from specs.model import Study
from specs.workbook import export_workbook
from specs.workbook.define_sheets import GENERATIONS
from specs.yaml_write import write_study

TESTS = Path(__file__).resolve().parents[2]
_found = importlib.util.spec_from_file_location("strategies", TESTS / "strategies.py")
assert _found is not None and _found.loader is not None
strategies = importlib.util.module_from_spec(_found)
_found.loader.exec_module(strategies)

SLOW = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(derandomize=True, max_examples=12, **SLOW)
@given(strategies.studies(), st.sampled_from(GENERATIONS))
def test_a_workbook_of_any_generation_keeps_the_whole_study(study: Study, generation: str) -> None:
    with TemporaryDirectory() as folder:
        file = export_workbook(study, Path(folder, "study.xlsx"), generation)
        assert load_study(file) == study


@settings(derandomize=True, max_examples=12, **SLOW)
@given(strategies.studies())
def test_a_folder_of_yaml_keeps_the_whole_study(study: Study) -> None:
    with TemporaryDirectory() as folder:
        write_study(study, Path(folder, "study"))
        assert load_study(Path(folder, "study")) == study


def test_units_of_a_specimen_keep_their_keys(tmp_path: Path) -> None:
    units = {"GLUC": "mmol/L", "GLUC/URINE": "g/L", "GLUC/BLOOD/SERUM": "mmol/L"}
    row = {"test": "GLUC", "specimen": "URINE", "unit": "mg/dL", "to": "g/L", "factor": "0.01"}
    study = Study.model_validate(
        {
            "study": "X1",
            "standard_units": units,
            "conventional_units": {"GLUC/URINE": "mg/dL"},
            "units": [row],
        }
    )
    file = export_workbook(study, tmp_path / "study.xlsx")
    assert load_study(file) == study and load_study(file).units[0].specimen == "URINE"
    write_study(study, tmp_path / "folder")
    assert load_study(tmp_path / "folder") == study
