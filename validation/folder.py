"""A folder of datasets of SDTM or ADaM, made by anybody: XPT (version 5 or 8), Parquet or CSV; read and judged."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound
from specs.standards import implementation_guide
from specs.yaml_files import load_study
from validation.analysis_tables import is_analysis
from validation.define_defects import UNREADABLE
from validation.define_reader import NAME as DEFINE
from validation.define_reader import DefineFile, read_define
from validation.findings import Finding, Place
from validation.folder_files import LoadedDataset, read_csv, read_parquet, read_xpt
from validation.judge import Judgement, judge
from validation.outside.issues import OutsideReport
from validation.tables import class_of, standard_name
from validation.typed_text import number_column, typed_analysis

READERS: Mapping[str, Callable[[Path, str], LoadedDataset]] = {
    ".xpt": read_xpt,
    ".parquet": read_parquet,
    ".csv": read_csv,
    ".csv.gz": read_csv,
}
# Stand beside datasets in a submission and are no datasets.
_COMPANIONS = (
    *("define.xml", "define.html", "define2-1.xsl", "define2-0-0.xsl", "manifest.json"),
    *("acrf.html", "acrf.pdf", "csdrg.pdf", "csdrg.docx", "csdrg.html", "adrg.pdf", "adrg.docx", "adrg.html"),
)
SPLIT = (
    "split"  # where the parts of datasets above the size that a regulator takes stand (sdtm.submission.split)
)
_PART = re.compile(r"[A-Za-z][A-Za-z0-9_]*[0-9]{2}")
# Where an output folder of this toolkit, and a submission, have their datasets.
_PLACES = (
    ("sdtm", "adam"),
    ("tabulations/sdtm", "analysis/adam/datasets"),
    ("m5/datasets/*/tabulations/sdtm", "m5/datasets/*/analysis/adam/datasets"),
)


@dataclass(frozen=True, slots=True)
class Folder:
    """The datasets of a folder by name, and findings about the folder itself (files that are no datasets)."""

    datasets: Mapping[str, LoadedDataset]
    findings: tuple[Finding, ...]
    defines: tuple[DefineFile, ...] = ()


def read_folder(path: str | Path, study: Study | None = None) -> Folder:
    """Read every dataset of a folder and of the folders in it, one level deep.

    A dataset has the name that its transport file says, else that of the file in capitals. In an output
    folder of this toolkit (with ``sdtm`` or ``adam`` in it), and in a submission (``m5/datasets``), their
    folders are read and nothing else; parts in the folder ``split`` are read only where the whole dataset is
    not beside it. Numbers of CSV files are text that the standard calls Num; a column with
    anything else in it stays text, which is then found. A define.xml is read with the datasets beside it.

    ``ProblemsFound`` when the folder is not there or holds no dataset, when a file cannot be read, is cut
    off or holds several datasets, and when two files hold the same dataset; all of them at once.
    """
    folder = Path(path)
    refuse_no_folder(folder)
    datasets: dict[str, LoadedDataset] = {}
    problems: list[Problem] = []
    foreign: list[str] = []
    defines: list[DefineFile] = []
    findings: list[Finding] = []
    for file in _files(folder):
        name = file.relative_to(folder).as_posix()
        if file.name.lower() == DEFINE:
            try:
                defines.append(read_define(file, name))
            except ProblemsFound as error:
                findings += [_unreadable(problem) for problem in error.problems]
        reader = READERS.get(_ending(file))
        if reader is None:
            foreign.append(name)
            continue
        try:
            loaded = reader(file, name)
        except ProblemsFound as error:
            problems += error.problems
            continue
        if loaded.name in datasets:
            problems.append(_same_dataset(loaded, datasets[loaded.name]))
            continue
        datasets[loaded.name] = _typed(loaded, study)
    if not datasets and not problems:
        problems.append(_nothing_found(str(path), foreign))
    if problems:
        raise ProblemsFound(problems)
    findings += _told_foreign(foreign)
    return Folder({name: datasets[name] for name in sorted(datasets)}, tuple(findings), tuple(defines))


def refuse_no_folder(folder: Path) -> None:
    """``ProblemsFound`` where there is no folder of that name."""
    if not folder.is_dir():
        found = "a file" if folder.exists() else "nothing of that name"
        raise ProblemsFound(
            Problem(
                "folder-missing",
                Location(str(folder)),
                found,
                "a folder with datasets (.xpt, .parquet, .csv, .csv.gz)",
                "name the folder that holds the datasets",
            )
        )


def validate(
    data: str | Path | Mapping[str, pd.DataFrame],
    study: str | Path | Study | None = None,
    *,
    sdtm: str | Path | None = None,
    outside: Sequence[OutsideReport] = (),
) -> Judgement:
    """Judge a folder of datasets, or data frames by dataset name, by the standards and a study spec.

    ``study``: a spec, or the place of one. ``sdtm``: the folder of the SDTM that analysis datasets were made
    of, where it is not read as well and does not lie beside; it is looked up in and not judged. ``outside``:
    reports of other engines on the same datasets. Frames may hold text as ``str`` or as categories; an empty
    text counts as missing. ``ProblemsFound`` for a folder or spec that cannot be read.
    """
    spec = study if isinstance(study, Study) or study is None else load_study(study)
    if isinstance(data, Mapping):
        return judge(data, spec, outside=outside)
    folder = read_folder(data, spec)
    beside = Path(sdtm) if sdtm is not None else _sdtm_beside(Path(data), folder)
    references = read_folder(beside, spec).datasets if beside is not None else {}
    return judge(
        {name: loaded.frame for name, loaded in folder.datasets.items()},
        spec,
        metadata={name: loaded.metadata for name, loaded in folder.datasets.items()},
        findings=folder.findings,
        references={name: loaded.frame for name, loaded in references.items()},
        defines=folder.defines,
        outside=outside,
    )


def _sdtm_beside(path: Path, folder: Folder) -> Path | None:
    """The SDTM folder beside a folder of analysis datasets alone: out/sdtm for out/adam, and as in a submission."""
    guide = implementation_guide()
    if not all(is_analysis(n, list(loaded.frame.columns), guide) for n, loaded in folder.datasets.items()):
        return None
    place = path.resolve()
    if place.name == "adam" and (place.parent / "sdtm").is_dir():
        return place.parent / "sdtm"
    if place.parts[-3:] == ("analysis", "adam", "datasets"):
        found = place.parents[2] / "tabulations" / "sdtm"
        return found if found.is_dir() else None
    return None


def dataset_folders(folder: Path) -> list[Path]:
    """The folders that hold the datasets: the places of an output or a submission, else the folder itself."""
    if not any(_ending(file) for file in folder.iterdir() if file.is_file()):
        for places in _PLACES:
            found = [sub for place in places for sub in sorted(folder.glob(place)) if sub.is_dir()]
            if found:
                return found
    return [folder]


def _files(folder: Path) -> list[Path]:
    """Files of the folder and of its folders, in the order of their names; hidden ones are left out."""
    roots = dataset_folders(folder)
    if roots != [folder]:
        found = [file for root in roots for file in root.iterdir()]
    else:
        subs = (file for sub in folder.iterdir() if sub.is_dir() for file in sub.iterdir())
        found = [*folder.iterdir(), *subs]
    shown = [file for file in found if not any(p.startswith(".") for p in file.relative_to(folder).parts)]
    return sorted(file for file in shown if file.is_file() and not _is_part(file))


def _is_part(file: Path) -> bool:
    """Whether a file in the folder ``split`` of a submission is a part of a dataset that lies whole beside it."""
    stem, ending = file.name[: -len(_ending(file)) or None], _ending(file)
    if file.parent.name != SPLIT or not ending or not _PART.fullmatch(stem):
        return False
    return (file.parent.parent / f"{stem[:-2]}{ending}").is_file()


def is_dataset(file: Path) -> bool:
    """Whether a file is one by its name."""
    return bool(_ending(file))


def _ending(file: Path) -> str:
    name = file.name.lower()
    return next((ending for ending in sorted(READERS, key=len, reverse=True) if name.endswith(ending)), "")


def _typed(loaded: LoadedDataset, study: Study | None) -> LoadedDataset:
    """A dataset of texts with numbers where the standard has them; one that knows its numbers stays as it is.

    Dates of analysis datasets become SAS dates, as a transport file would have them.
    """
    guide = implementation_guide(study.standards.sdtmig if study else "3.4")
    frame = loaded.frame
    variables = [str(name) for name in frame.columns]
    if is_analysis(loaded.name, variables, guide, study):
        return replace(loaded, frame=typed_analysis(loaded.name, frame, guide, study))
    if loaded.is_typed:
        return loaded
    standard = standard_name(loaded.name, frame, guide)
    class_name = class_of(standard, variables, guide, study)
    columns = {}
    for variable in variables:
        definition = guide.variable(standard, variable, class_name)
        column = frame[variable]
        columns[variable] = number_column(column) if definition and definition.type == "Num" else column
    return replace(loaded, frame=pd.DataFrame(columns, index=frame.index))


def _same_dataset(one: LoadedDataset, other: LoadedDataset) -> Problem:
    return Problem(
        "dataset-twice",
        Location(one.metadata.file),
        f"dataset {one.name}, which {other.metadata.file} holds as well",
        "one file for each dataset",
        "leave only one of the two in the folder",
    )


def _nothing_found(path: str, foreign: list[str]) -> Problem:
    return Problem(
        "no-datasets",
        Location(path),
        f"{len(foreign)} other files, such as {foreign[0]}" if foreign else "an empty folder",
        f"at least one dataset ({', '.join(READERS)})",
        "name the folder that holds the datasets; folders in it are looked into one level deep",
    )


def _unreadable(problem: Problem) -> Finding:
    return Finding(
        rule=UNREADABLE.id,
        severity=UNREADABLE.severity,
        found=problem.found,
        expected=problem.expected,
        do=UNREADABLE.do,
        places=(Place(file=problem.where.file),),
    )


def _told_foreign(files: list[str]) -> list[Finding]:
    unknown = [file for file in files if Path(file).name.lower() not in _COMPANIONS]
    if not unknown:
        return []
    return [
        Finding(
            rule="file-not-read",
            severity="note",
            found="a file that is no dataset",
            expected=f"datasets ({', '.join(READERS)}) and the define.xml that belongs to them",
            do="nothing, if the file belongs there; it was not judged",
            places=tuple(Place(file=file) for file in unknown),
            count=len(unknown),
        )
    ]
