"""A study or an output folder laid out for submission: m5/datasets/STUDY/…, every transport file read back.

Layout and names: FDA Study Data Technical Conformance Guide, 7.1 and 7.2 (folders of eCTD module 5).
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdtm.stages import WrittenFile
from sdtm.submission.manifest import (
    NAME,
    Manifest,
    check_manifest,
    read_manifest,
    write_manifest,
)
from sdtm.submission.output import OutputFolder, refuse_overlap, refuse_unwritable
from sdtm.submission.storage import written_file
from specs.location import Location
from specs.problems import Problem, ProblemsFound

if TYPE_CHECKING:
    from sdtm.run_study import Run

TABULATIONS, ANALYSES = "tabulations/sdtm", "analysis/adam/datasets"
PLACES = {"sdtm": TABULATIONS, "adam": ANALYSES}
FINDINGS = "reports/findings.json"
# Datasets above 5 GB are to be split (Study Data Technical Conformance Guide, 3.3.2).
LARGEST = 5 * 10**9
_FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided to submit with open errors, and why."""

    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Packaged:
    """What a package holds. ``errors``: open error findings it was made with."""

    study: str
    out: Path
    files: list[WrittenFile]
    errors: int
    decision: Decision | None


def decision_of(text: str) -> Decision | None:
    """``WHO:WHY`` as a decision; None for an empty text.

    Raises:
        ProblemsFound: one of the two is missing.
    """
    if not text.strip():
        return None
    who, _, why = (part.strip() for part in text.partition(":"))
    if not who or not why:
        raise ProblemsFound(
            Problem(
                "no-decision",
                Location(key="--with-findings"),
                repr(text),
                "who decided and why, with a colon between them",
                'write, for instance, --with-findings "J. Doe:queries answered, data locked"',
            )
        )
    return Decision(who, why)


def package(
    source: str | Path,
    out: str | Path,
    *,
    with_findings: str = "",
    dataset_json: str = "",
    workers: int = 1,
    progress: Callable[[str], None] | None = None,
) -> Packaged:
    """Lay out a study, which is run first, or an output folder of a run, for submission.

    Args:
        source: a study (folder, workbook, bundled name), or the output folder of a run.
        with_findings: ``WHO:WHY``, which allows open errors; recorded in the manifest.
        dataset_json: ``json`` or ``ndjson``: also all datasets as Dataset-JSON, below ``json/``. Of a study only.

    Raises:
        ProblemsFound: open errors without a decision, files changed since the run, a dataset that is too
            large, or an output folder that is not ours.
    """
    decision = decision_of(with_findings)
    target = Path(out)
    refuse_unwritable(target)
    if (Path(source) / NAME).is_file():
        if dataset_json:
            raise ProblemsFound(_no_datasets(str(source)))
        return pack(Path(source), target, decision)
    from sdtm.run_study import run
    from sdtm.write_output import check_output
    from specs import load_study

    study = load_study(source)
    check_output(study, target)
    _folder_name(study.study)
    with tempfile.TemporaryDirectory(prefix="sdtm-package-") as place:
        work = Path(place) / "out"
        done = run(study, work, workers=workers, verify=True, progress=progress)
        return pack(work, target, decision, done if dataset_json else None, dataset_json, verified=True)


def pack(
    source: Path,
    out: Path,
    decision: Decision | None = None,
    done: Run | None = None,
    dataset_json: str = "",
    *,
    verified: bool = False,
) -> Packaged:
    """Lay out the output folder of a run. ``verified``: its transport files have been read back already."""
    refuse_overlap(out, [source])
    manifest = read_manifest(source)
    _refuse_changed(source)
    errors = _open_errors(source, manifest)
    if errors and decision is None:
        raise ProblemsFound(list(_refusals(source, errors)))
    root = f"m5/datasets/{_folder_name(manifest.study)}"
    chosen = {
        f"{root}/{PLACES[kind]}/{name}": file
        for file in manifest.outputs
        for kind, _, name in (file.path.partition("/"),)
        if kind in PLACES and "/" not in name
    }
    _refuse_large(chosen)
    with OutputFolder(out) as folder:
        written = [_copied(source, folder, path, file) for path, file in sorted(chosen.items())]
        if not verified:
            _read_back(folder, written)
        if done is not None:
            written += _dataset_json(done, folder, root, dataset_json)
        write_manifest(
            folder,
            study=manifest.study,
            toolkit=manifest.toolkit,
            spec_sha256=manifest.spec_sha256,
            inputs=manifest.inputs,
            outputs=written,
            versions=manifest.versions,
            created=manifest.created,
            package=_record(errors, decision),
        )
    return Packaged(manifest.study, out, written, len(errors), decision if errors else None)


def _record(errors: list[dict[str, Any]], decision: Decision | None) -> dict[str, object]:
    record: dict[str, object] = {"read_back": ["pyreadstat", "pandas"], "open_errors": len(errors)}
    if errors and decision is not None:
        record["with_findings"] = {
            "who": decision.who,
            "why": decision.why,
            "errors": [
                {key: error[key] for key in ("rule", "dataset", "variable", "found", "count")}
                for error in errors
            ],
        }
    return record


# --- what is refused -----------------------------------------------------------------------------------


def _refuse_changed(source: Path) -> None:
    """Files of the run that were changed or taken away since; what was added is left where it is."""
    wrong = [finding for finding in check_manifest(source) if finding.severity == "error"]
    if wrong:
        raise ProblemsFound(
            [
                Problem(finding.rule, Location(file=place.file), finding.found, finding.expected, finding.do)
                for finding in wrong
                for place in finding.places
            ]
        )


def _open_errors(source: Path, manifest: Manifest) -> list[dict[str, Any]]:
    path = source / FINDINGS
    if FINDINGS not in {file.path for file in manifest.outputs}:
        expected, do = "the findings of the run", "run the study again, with its checks"
        raise ProblemsFound(Problem("no-findings", Location(file=str(path)), "no such file", expected, do))
    content = json.loads(path.read_text(encoding="utf-8"))
    return [finding for finding in content["findings"] if finding["severity"] == "error"]


def _refusals(source: Path, errors: list[dict[str, Any]]) -> list[Problem]:
    found = []
    for error in errors[:_SHOWN]:
        name = ".".join(filter(None, (error["dataset"], error["variable"])))
        place: dict[str, Any] = error["places"][0] if error["places"] else {"file": "", "row": None}
        where = Location(file=place["file"] or str(source / FINDINGS), row=place["row"], key=name)
        found.append(
            Problem(
                "open-error",
                where,
                f"{error['rule']}: {error['found']}",
                error["expected"],
                'solve it, or decide: --with-findings "WHO:WHY"',
            )
        )
    if len(errors) > _SHOWN:
        more = f"{len(errors) - _SHOWN} more errors"
        expected, do = "no open error", f"look at {FINDINGS}"
        found.append(Problem("open-error", Location(file=str(source / FINDINGS)), more, expected, do))
    return found


def _folder_name(study: str) -> str:
    if not _FOLDER_NAME.fullmatch(study):
        raise ProblemsFound(
            Problem(
                "folder-name",
                Location(key="study"),
                f"the study {study!r}",
                "letters, digits and hyphens, at most 64, to name a folder of the submission",
                "correct study: in the study's spec",
            )
        )
    return study


def _refuse_large(chosen: dict[str, WrittenFile]) -> None:
    problems = [
        Problem(
            "file-too-large",
            Location(file=file.path),
            f"{file.size:,} bytes",
            f"at most {LARGEST:,} bytes (5 GB) for one dataset",
            "split the dataset by category, as SDTMIG 3.4, 4.1.7 says",
        )
        for file in chosen.values()
        if file.size > LARGEST
    ]
    if problems:
        raise ProblemsFound(problems)


def _no_datasets(source: str) -> Problem:
    found, expected = "--dataset-json with an output folder", "--dataset-json with a study"
    return Problem(
        "no-datasets", Location(file=source), found, expected, "name the study instead of the folder"
    )


# --- what is written -----------------------------------------------------------------------------------


def _copied(source: Path, folder: Path, path: str, file: WrittenFile) -> WrittenFile:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / file.path, target)
    copy = written_file(target, folder, file.rows)
    if copy.sha256 != file.sha256:
        raise RuntimeError(f"{file.path} changed while it was copied")
    return copy


def _read_back(folder: Path, written: list[WrittenFile]) -> None:
    """Read every transport file with two readers; they and the manifest must agree on it."""
    from sdtm.submission.package_check import reader_differences

    differences = []
    for file in written:
        if file.path.endswith(".xpt"):
            differences += reader_differences(folder / file.path, file.rows)
    if differences:
        shown = "\n".join(map(str, differences[:5]))
        raise RuntimeError(f"a transport file is read differently by two readers:\n{shown}")


def _dataset_json(done: Run, folder: Path, root: str, form: str) -> list[WrittenFile]:
    from sdtm.submission.dataset_json import write_dataset_json
    from sdtm.submission.define import make_defines

    conversion, analyses = done.conversion, done.analyses
    defines = make_defines(conversion.plan, conversion.datasets, analyses)
    tabulations = {**conversion.datasets, **(analyses.tabulations if analyses is not None else {})}
    groups = [("sdtm", TABULATIONS, tabulations, defines.sdtm)]
    if analyses is not None and defines.adam is not None:
        groups.append(("adam", ANALYSES, analyses.datasets, defines.adam))
    written = []
    for kind, place, datasets, define in groups:
        metadata = f"../../{root}/{place}/define.xml"
        for name, dataset in datasets.items():
            path = folder / "json" / kind / f"{name.lower()}.{form}"
            written.append(
                write_dataset_json(dataset, path, define, form=form, metadata=metadata, folder=folder)
            )
    return written
