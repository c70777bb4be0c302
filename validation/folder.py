"""A folder of SDTM datasets, made by anybody: XPT (version 5 or 8), Parquet or CSV; read and judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound
from specs.standards import implementation_guide
from specs.yaml_files import load_study
from validation.findings import Finding, Place
from validation.folder_files import LoadedDataset, read_csv, read_parquet, read_xpt
from validation.judge import Judgement, judge
from validation.tables import class_of, standard_name
from validation.text_forms import is_number_text
from validation.values import is_text, rows_where, unique_texts

READERS: Mapping[str, Callable[[Path, str], LoadedDataset]] = {
    ".xpt": read_xpt,
    ".parquet": read_parquet,
    ".csv": read_csv,
    ".csv.gz": read_csv,
}
# Stand beside datasets in a submission and are no datasets.
_COMPANIONS = ("define.xml", "define2-1.xsl", "define2-0-0.xsl", "manifest.json")
_OURS = "sdtm"  # where an output folder of this toolkit has its SDTM


@dataclass(frozen=True, slots=True)
class Folder:
    """The datasets of a folder by name, and findings about the folder itself (files that are no datasets)."""

    datasets: Mapping[str, LoadedDataset]
    findings: tuple[Finding, ...]


def read_folder(path: str | Path, study: Study | None = None) -> Folder:
    """Read every dataset of a folder and of the folders in it, one level deep.

    A dataset has the name that its transport file says, else that of the file in capitals. In an output
    folder of this toolkit (with ``sdtm`` in it) only that is read. Numbers of CSV files are text that the
    standard calls Num; a column with anything else in it stays text, which is then found.

    ``ProblemsFound`` when the folder is not there or holds no dataset, when a file cannot be read, is cut
    off or holds several datasets, and when two files hold the same dataset; all of them at once.
    """
    folder = Path(path)
    if not folder.is_dir():
        found = "a file" if folder.exists() else "nothing of that name"
        raise ProblemsFound(
            Problem(
                "folder-missing",
                Location(str(path)),
                found,
                "a folder with SDTM datasets (.xpt, .parquet, .csv, .csv.gz)",
                "name the folder that holds the datasets",
            )
        )
    if (folder / _OURS).is_dir():
        folder = folder / _OURS
    datasets: dict[str, LoadedDataset] = {}
    problems: list[Problem] = []
    foreign: list[str] = []
    for file in _files(folder):
        name = file.relative_to(folder).as_posix()
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
        datasets[loaded.name] = loaded if loaded.is_typed else _typed(loaded, study)
    if not datasets and not problems:
        problems.append(_nothing_found(str(path), foreign))
    if problems:
        raise ProblemsFound(problems)
    return Folder({name: datasets[name] for name in sorted(datasets)}, tuple(_told_foreign(foreign)))


def validate(
    data: str | Path | Mapping[str, pd.DataFrame], study: str | Path | Study | None = None
) -> Judgement:
    """Judge a folder of SDTM datasets, or data frames by dataset name, by the standards and a study spec.

    ``study``: a spec, or the place of one. Frames may hold text as ``str`` or as categories; an empty text
    counts as missing. ``ProblemsFound`` for a folder or spec that cannot be read.
    """
    spec = study if isinstance(study, Study) or study is None else load_study(study)
    if isinstance(data, Mapping):
        return judge(data, spec)
    folder = read_folder(data, spec)
    return judge(
        {name: loaded.frame for name, loaded in folder.datasets.items()},
        spec,
        metadata={name: loaded.metadata for name, loaded in folder.datasets.items()},
        findings=folder.findings,
    )


def _files(folder: Path) -> list[Path]:
    """Files of the folder and of its folders, in the order of their names; hidden ones are left out."""
    found = [*folder.iterdir(), *(file for sub in folder.iterdir() if sub.is_dir() for file in sub.iterdir())]
    shown = [file for file in found if not any(p.startswith(".") for p in file.relative_to(folder).parts)]
    return sorted(file for file in shown if file.is_file())


def _ending(file: Path) -> str:
    name = file.name.lower()
    return next((ending for ending in sorted(READERS, key=len, reverse=True) if name.endswith(ending)), "")


def _typed(loaded: LoadedDataset, study: Study | None) -> LoadedDataset:
    """A dataset of texts with numbers where the standard has them."""
    guide = implementation_guide(study.standards.sdtmig if study else "3.4")
    frame = loaded.frame
    variables = [str(name) for name in frame.columns]
    standard = standard_name(loaded.name, frame, guide)
    class_name = class_of(standard, variables, guide, study)
    columns = {}
    for variable in variables:
        definition = guide.variable(standard, variable, class_name)
        column = frame[variable]
        columns[variable] = _number(column) if definition and definition.type == "Num" else column
    return LoadedDataset(loaded.name, pd.DataFrame(columns, index=frame.index), loaded.metadata)


def _number(column: pd.Series) -> pd.Series:
    if not is_text(column) or rows_where(column, lambda texts: [_is_no_number(t) for t in texts]).any():
        return column
    numbers = {text: float(text) for text in unique_texts(column) if text.strip()}
    return column.astype(object).map(numbers).astype("float64")


def _is_no_number(text: str) -> bool:
    return bool(text.strip()) and not is_number_text(text.strip())


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
