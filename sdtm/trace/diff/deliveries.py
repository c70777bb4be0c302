"""A delivery as it is compared: an output folder of a run, an m5 package, or any folder of datasets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sdtm.submission.package import PLACES
from sdtm.trace.diff.facts import Facts, read_facts
from sdtm.trace.diff.special_missing import special_missings
from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound
from specs.standards import implementation_guide
from validation.analysis_tables import is_analysis
from validation.folder import read_folder
from validation.folder_files import LoadedDataset

SDTM, ADAM = "sdtm", "adam"
# Where an output folder and the study of a package have their datasets.
_PLACES = {kind: (kind, place) for kind, place in PLACES.items()}


@dataclass(frozen=True, slots=True)
class Delivery:
    """``path``: as the user named it. ``kinds``: dataset -> sdtm or adam. ``not_read``: files that are no datasets.

    ``special``: variables (DATASET.VARIABLE) with special missing values of SAS, and how many; they are missing.
    """

    path: str
    datasets: Mapping[str, LoadedDataset]
    kinds: Mapping[str, str]
    facts: Facts
    not_read: tuple[str, ...] = ()
    special: Mapping[str, int] = field(default_factory=dict)


def read_delivery(path: str | Path, study: Study | None = None) -> Delivery:
    """Every dataset of a delivery, and what it says of itself.

    An output folder has ``sdtm`` and perhaps ``adam`` in it; a package ``m5/datasets/STUDY`` (or what is below
    it); of any other folder all datasets are read, also those one level deeper. Analysis datasets are known by
    the folder they stand in, else by their name and variables.

    Raises:
        ProblemsFound: no such folder, no dataset in it, files that cannot be read, two files of one dataset.
    """
    root = study_folder(Path(path))
    guide = implementation_guide(study.standards.sdtmig if study else "3.4")
    try:
        found = read_folder(root, study)
    except ProblemsFound as refused:
        raise ProblemsFound([_placed(problem, root) for problem in refused.problems]) from None
    problems = [
        _variable_twice(name, loaded, root)
        for name, loaded in found.datasets.items()
        if loaded.frame.columns.has_duplicates
    ]
    if problems:
        raise ProblemsFound(problems)
    kinds = {}
    for name, loaded in found.datasets.items():
        variables = [str(column) for column in loaded.frame.columns]
        known = ADAM if is_analysis(name, variables, guide, study) else SDTM
        kinds[name] = _kind_of_place(loaded.metadata.file) or known
    told = (finding for finding in found.findings if finding.rule == "file-not-read")
    not_read = sorted(place.file for finding in told for place in finding.places)
    facts = read_facts(Path(path), [root, *(root / place for places in _PLACES.values() for place in places)])
    special = {
        f"{name}.{variable}": count
        for name, loaded in found.datasets.items()
        if loaded.metadata.file.lower().endswith(".xpt")
        for variable, count in special_missings(root / loaded.metadata.file).items()
    }
    return Delivery(str(path), found.datasets, kinds, facts, tuple(not_read), special)


def study_folder(root: Path) -> Path:
    """The folder of the study in a package; any other folder itself.

    Raises:
        ProblemsFound: a package with several studies.
    """
    for pattern in ("m5/datasets/*", "datasets/*", "*"):
        studies = sorted(
            study
            for study in root.glob(pattern)
            if any((study / place).is_dir() for place in PLACES.values())
        )
        if len(studies) > 1:
            raise ProblemsFound(
                Problem(
                    "several-studies",
                    Location(str(root)),
                    f"{len(studies)} studies: {', '.join(study.name for study in studies)}",
                    "one study in a delivery",
                    f"name the folder of one, such as {studies[0]}",
                )
            )
        if studies:
            return studies[0]
    return root


def _kind_of_place(file: str) -> str:
    """SDTM or ADaM, by the folder that a file stands in; empty where that says nothing."""
    folder = file.rpartition("/")[0]
    return next((kind for kind, places in _PLACES.items() if folder in places), "")


def _placed(problem: Problem, folder: Path) -> Problem:
    """Two deliveries have files of the same names: the folder is told as well."""
    file = problem.where.file
    if file == str(folder):
        return problem
    return replace(problem, where=replace(problem.where, file=f"{folder.as_posix()}/{file}"))


def _variable_twice(name: str, loaded: LoadedDataset, folder: Path) -> Problem:
    twice = sorted({str(each) for each in loaded.frame.columns[loaded.frame.columns.duplicated()]})
    return Problem(
        "variable-twice",
        Location(f"{folder.as_posix()}/{loaded.metadata.file}"),
        f"more than one variable {', '.join(twice)} in {name}",
        "each variable once",
        "write the file again without the copies",
    )
