"""What other engines say of a folder of datasets: CORE is run on it, a report of Pinnacle 21 is read."""

from __future__ import annotations

from pathlib import Path

from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound
from validation.folder import dataset_folders, is_dataset, refuse_no_folder
from validation.outside.core import run_core
from validation.outside.issues import OutsideReport
from validation.outside.pinnacle21 import read_pinnacle21

_ANALYSES = "ad"  # how the names of all analysis datasets begin, and of none of SDTM


def outside_reports(
    folder: str | Path,
    study: Study | None = None,
    *,
    core: Path | None = None,
    pinnacle21: Path | None = None,
) -> list[OutsideReport]:
    """The reports asked for. CORE gets the first folder of datasets, which in an output is that of SDTM.

    Raises ``ProblemsFound`` for a program that cannot be run and for a report that cannot be read.
    """
    reports = []
    if core is not None:
        guide = study.standards.sdtmig if study else "3.4"
        terminology = study.standards.ct if study else ""
        reports.append(run_core(core, _tabulations(Path(folder)), guide, terminology))
    if pinnacle21 is not None:
        reports.append(read_pinnacle21(pinnacle21))
    return reports


def _tabulations(folder: Path) -> Path:
    """The folder for CORE, which is asked to judge by the SDTMIG: analysis datasets alone are refused."""
    refuse_no_folder(folder)
    place = dataset_folders(folder)[0]
    names = [file.name.lower() for file in place.iterdir() if file.is_file() and is_dataset(file)]
    if names and all(name.startswith(_ANALYSES) for name in names):
        raise ProblemsFound(
            Problem(
                "core-not-run",
                Location(str(folder), key="--core"),
                "analysis datasets alone",
                "SDTM datasets, which CORE is asked to judge by the SDTMIG",
                "name the folder of the SDTM, or leave --core out",
            )
        )
    return place
