"""A study or an output folder laid out for submission: m5/datasets/STUDY/…, every transport file read back.

Layout and names: FDA Study Data Technical Conformance Guide, 7.1 and 7.2 (folders of eCTD module 5).
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdtm.stages import WrittenFile
from sdtm.submission.forms import checked_forms
from sdtm.submission.manifest import (
    NAME,
    Manifest,
    check_manifest,
    files_below,
    read_manifest,
    write_manifest,
)
from sdtm.submission.output import OutputFolder, refuse_overlap, refuse_unwritable
from sdtm.submission.package_documents import PackagedGuide, add_documents
from sdtm.submission.storage import written_file
from specs.location import Location
from specs.problems import Problem, ProblemsFound

if TYPE_CHECKING:
    from sdtm.run_study import Run

TABULATIONS, ANALYSES = "tabulations/sdtm", "analysis/adam/datasets"
PLACES = {"sdtm": TABULATIONS, "adam": ANALYSES}
FINDINGS = "reports/findings.json"
# Statuses in findings.xlsx after which an error is no longer open, if a comment says why.
SETTLED = ("explained", "will not fix")
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
    guides: dict[str, PackagedGuide] = field(default_factory=dict)


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


def check_package(out: Path, with_findings: str = "") -> None:
    """Refuse, before the study is run, what could not be packaged in the end: a folder that is not ours, half a
    decision. Raises ``ProblemsFound``."""
    decision_of(with_findings)
    refuse_unwritable(out)


def package(
    source: str | Path,
    out: str | Path,
    *,
    with_findings: str = "",
    also: Sequence[str] = (),
    documents: str | Path = "",
    workers: int = 1,
    progress: Callable[[str], None] | None = None,
) -> Packaged:
    """Lay out a study, which is run first, or an output folder of a run, for submission.

    Args:
        source: a study (folder, workbook, bundled name), or the output folder of a run.
        with_findings: ``WHO:WHY``, which allows open errors; recorded in the manifest.
        also: forms of ``sdtm.submission.forms.Form`` (``json``, ``ndjson``, ``parquet``): all datasets in that form
            too, below ``json/`` and ``parquet/``. Of a study only.
        documents: folder of documents that people made: finished reviewer's guides, an annotated CRF.

    Raises:
        ProblemsFound: open errors without a decision, files changed since the run, a form that there is not, or an
            output folder that is not ours.
    """
    decision = decision_of(with_findings)
    also = checked_forms(also)
    target, given = Path(out), Path(documents) if documents else None
    refuse_unwritable(target)
    if (Path(source) / NAME).is_file():
        if also:
            raise ProblemsFound(_no_datasets(str(source)))
        return pack(Path(source), target, decision, documents=given)
    from sdtm.run_study import run
    from sdtm.write_output import check_output
    from specs import load_study

    study = load_study(source)
    check_output(study, target)
    _folder_name(study.study)
    with tempfile.TemporaryDirectory(prefix="sdtm-package-") as place:
        work = Path(place) / "out"
        done = run(study, work, workers=workers, verify=True, progress=progress)
        return pack(work, target, decision, done if also else None, also, verified=True, documents=given)


def pack(
    source: Path,
    out: Path,
    decision: Decision | None = None,
    done: Run | None = None,
    also: Sequence[str] = (),
    *,
    verified: bool = False,
    documents: Path | None = None,
) -> Packaged:
    """Lay out the output folder of a run. ``verified``: its transport files have been read back already."""
    refuse_overlap(out, [source, *([documents] if documents is not None else [])])
    manifest = read_manifest(source)
    _refuse_changed(source)
    errors, settled = _errors(source, manifest)
    if errors and decision is None:
        raise ProblemsFound(list(_refusals(source, errors)))
    root = f"m5/datasets/{_folder_name(manifest.study)}"
    chosen = {
        f"{root}/{PLACES[kind]}/{name}": file
        for file in manifest.outputs
        for kind, _, name in (file.path.partition("/"),)
        if kind in PLACES and "/" not in name
    }
    with OutputFolder(out) as folder:
        written = [_copied(source, folder, path, file) for path, file in sorted(chosen.items())]
        if not verified:
            _read_back(folder, written)
        parts = _split(folder, written)
        split = {
            Path(whole).stem.upper(): [Path(part.path).name for part in each] for whole, each in parts.items()
        }
        guides = add_documents(source, folder / root, PLACES, documents, split)
        written = _with_added(folder, [*written, *(part for each in parts.values() for part in each)])
        if done is not None:
            written += _also(done, folder, root, also)
        write_manifest(
            folder,
            study=manifest.study,
            toolkit=manifest.toolkit,
            spec_sha256=manifest.spec_sha256,
            inputs=manifest.inputs,
            outputs=written,
            versions=manifest.versions,
            created=manifest.created,
            package=_record(errors, settled, decision, guides, parts),
        )
    return Packaged(manifest.study, out, written, len(errors), decision if errors else None, guides)


def _with_added(folder: Path, written: list[WrittenFile]) -> list[WrittenFile]:
    """The files of a folder after documents were added and linked; those of datasets are as they were."""
    known = {file.path: file for file in written if file.path.endswith(".xpt")}
    return [
        known[path] if path in known else written_file(folder / path, folder)
        for path in sorted(files_below(folder))
    ]


def _record(
    errors: list[dict[str, Any]],
    settled: list[dict[str, Any]],
    decision: Decision | None,
    guides: dict[str, PackagedGuide],
    parts: dict[str, list[WrittenFile]],
) -> dict[str, object]:
    record: dict[str, object] = {"read_back": ["pyreadstat", "pandas"], "open_errors": len(errors)}
    if guides:
        record["guides"] = {name: asdict(guide) for name, guide in guides.items()}
    if parts:
        record["split"] = {name: [part.path for part in each] for name, each in parts.items()}
    if settled:
        record["explained_errors"] = [
            {key: error[key] for key in ("id", "rule", "dataset", "variable", "found", "count", "comment")}
            for error in settled
        ]
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


def _errors(source: Path, manifest: Manifest) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The open errors of a run, and those that somebody has explained or decided not to fix, with a comment."""
    path = source / FINDINGS
    if FINDINGS not in {file.path for file in manifest.outputs}:
        expected, do = "the findings of the run", "run the study again, with its checks"
        raise ProblemsFound(Problem("no-findings", Location(file=str(path)), "no such file", expected, do))
    content = json.loads(path.read_text(encoding="utf-8"))
    errors = [finding for finding in content["findings"] if finding["severity"] == "error"]
    return [each for each in errors if not _is_settled(each)], [each for each in errors if _is_settled(each)]


def _is_settled(error: dict[str, Any]) -> bool:
    """Every record of it; one called resolved has been found again, so it is open."""
    unlisted = error.get("unlisted")
    each = [*(error.get("places") or [error]), *([unlisted] if unlisted else [])]
    return all(one.get("status") in SETTLED and bool(one.get("comment")) for one in each)


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
                'solve it, explain it in findings.xlsx and run again, or decide: --with-findings "WHO:WHY"',
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


def _no_datasets(source: str) -> Problem:
    found, expected = "--also with an output folder", "--also with a study"
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


def _split(folder: Path, written: list[WrittenFile]) -> dict[str, list[WrittenFile]]:
    """The parts of every dataset that is larger than a regulator takes, beside it; read back like the others."""
    from sdtm.submission.split import split_xpt

    parts = {
        file.path: split_xpt(folder / file.path, file.rows or 0, folder, LARGEST)
        for file in written
        if file.path.endswith(".xpt") and file.size > LARGEST
    }
    _read_back(folder, [part for each in parts.values() for part in each])
    return parts


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


def _also(done: Run, folder: Path, root: str, forms: Sequence[str]) -> list[WrittenFile]:
    from sdtm.submission.also import write_also
    from sdtm.submission.define import make_defines

    conversion, analyses = done.conversion, done.analyses
    defines = make_defines(conversion.plan, conversion.datasets, analyses)
    places = {kind: f"{root}/{place}" for kind, place in PLACES.items()}
    return write_also(forms, conversion, analyses, defines, folder, places)
