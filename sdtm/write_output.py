"""A conversion to an output folder: transport files, findings, books, trace, manifest; whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from sdtm import __version__
from sdtm.data_cut_report import data_cut_files
from sdtm.memory import give_back
from sdtm.pipeline import Conversion
from sdtm.reports.findings_files import write_findings_files
from sdtm.reports.page.write_page import write_page
from sdtm.review_input import ReviewInput, refuse_edited_since
from sdtm.stages import Dataset, WrittenFile
from sdtm.submission.also import write_also
from sdtm.submission.define import make_defines, tabulations_of, write_defines
from sdtm.submission.guides.files import CONTENT as GUIDES
from sdtm.submission.guides.files import guides_json
from sdtm.submission.guides.study import study_guides
from sdtm.submission.manifest import write_manifest
from sdtm.submission.output import OutputFolder, refuse_overlap, refuse_unwritable
from sdtm.submission.xpt import write_xpt
from sdtm.trace.store import write_trace
from sdtm.trace.write_lineage import write_lineage
from specs.fingerprint import spec_hash
from specs.model import Study
from specs.problems import Problem, ProblemsFound
from specs.storage import REFUSED
from validation.review import Review

if TYPE_CHECKING:
    from sdtm.adam.engine import Analyses
    from sdtm.reports.compute import Report
    from sdtm.submission.manifest import HashedFile

_WRITERS = 4  # files written side by side; more would only hold more memory


def check_output(study: Study, out: Path) -> None:
    """Refuse an output folder that could not be written in the end, before any work is done.

    Raises ``ProblemsFound``: it holds inputs or foreign files, it is a file, or it may not be written.
    """
    refuse_overlap(out, [study.folder, study.folder / study.raw.folder])
    refuse_unwritable(out)


def write_output(
    conversion: Conversion,
    review: Review,
    out: Path,
    *,
    analyses: Analyses | None = None,
    report: Report | None = None,
    reviewed: ReviewInput | None = None,
    also: Sequence[str] = (),
    verify: bool = False,
) -> list[WrittenFile]:
    """Write ``out``/sdtm/*.xpt, adam/*.xpt where there are analyses, a define.xml for each, reports, tables,
    trace, manifest, and the page that shows all of it.

    All datasets are checked before any problem is raised, so that one run tells what no transport file can
    hold. ``reviewed``: what ``review`` was made with; workbooks that were edited since are not overwritten.
    ``verify`` reads every file back with two readers that are not ours.
    """
    study = conversion.study
    check_output(study, out)
    earlier = reviewed or ReviewInput()
    refuse_edited_since(earlier, out)
    written: list[WrittenFile] = []
    with OutputFolder(out) as folder:
        tabulations = tabulations_of(conversion, analyses)
        written += write_datasets(study, tabulations, folder, "sdtm", verify=verify)
        if analyses is not None:
            written += write_datasets(study, analyses.datasets, folder, "adam", verify=verify)
        defines = make_defines(conversion.plan, conversion.datasets, analyses, has_listing=True)
        written += write_defines(defines, conversion, folder)
        if also:
            write_also(also, conversion, analyses, defines, folder, {"sdtm": "sdtm", "adam": "adam"})
        reports = folder / "reports"
        reports.mkdir()
        subjects = conversion.datasets["DM"].frame if "DM" in conversion.datasets else None
        write_findings_files(reports, review, study, subjects)
        guides = guides_json(study_guides(defines, conversion, analyses))
        (folder / GUIDES).write_text(guides, encoding="utf-8", newline="\n")
        (reports / "ledger.json").write_text(ledger_json(conversion), encoding="utf-8", newline="\n")
        if conversion.cut is not None:
            for name, text in data_cut_files(conversion).items():
                (reports / name).write_text(text, encoding="utf-8", newline="")
        if report is not None:
            from sdtm.reports.files import report_files

            made = {**tabulations, **(analyses.datasets if analyses is not None else {})}
            for name, content in report_files(report, study, made).items():
                (reports / name).parent.mkdir(exist_ok=True)
                (reports / name).write_bytes(content)
        write_trace(folder / "trace", conversion.datasets, conversion.tables)
        write_lineage(folder / "trace", conversion, analyses)
        inputs = [file for table in conversion.tables.values() for file in table.files]
        versions = {"sdtmig": study.standards.sdtmig, "ct": study.standards.ct}
        close_output(folder, study, inputs, written, versions, earlier)
        refuse_edited_since(earlier, out)
    return written


def close_output(
    folder: Path,
    study: Study,
    inputs: Sequence[HashedFile],
    written: list[WrittenFile],
    versions: Mapping[str, str],
    review: ReviewInput,
) -> None:
    """What comes last in every output folder, since it is made of all the rest: the manifest, and the page."""
    write_manifest(
        folder,
        study=study.study,
        toolkit=__version__,
        spec_sha256=spec_hash(study),
        inputs=inputs,
        outputs=written,
        versions=versions,
        created=study.created,
        review=review.files,
    )
    written.append(write_page(folder))


def write_datasets(
    study: Study, datasets: Mapping[str, Dataset], folder: Path, kind: str, *, verify: bool = False
) -> list[WrittenFile]:
    """``folder``/``kind``/*.xpt of all datasets; problems of all of them are raised together."""
    (folder / kind).mkdir()

    def write(name: str) -> WrittenFile | ProblemsFound:
        path = folder / kind / f"{name.lower()}.xpt"
        try:
            file = write_xpt(
                datasets[name], path, study.created, study.transliterate, folder=folder, pool=makers
            )
        except ProblemsFound as found:
            return found
        give_back()
        return file

    # Copying, hashing and the disk leave Python's lock alone. The longest first, so that it is not left to the end.
    longest = sorted(datasets, key=lambda name: -len(datasets[name].frame))
    # Makers are threads of their own, so that one long file keeps more than one processor busy.
    threads = min(_WRITERS, os.cpu_count() or 1)
    with ThreadPoolExecutor(threads) as makers, ThreadPoolExecutor(threads) as writers:
        done = dict(zip(longest, writers.map(write, longest), strict=True))
    problems: list[Problem] = []
    written = []
    for name in datasets:
        result = done[name]
        if isinstance(result, WrittenFile):
            written.append(result)
            continue
        if any(problem.id in REFUSED for problem in result.problems):
            raise result  # the disk refuses all other files alike
        problems += result.problems
    if problems:
        raise ProblemsFound(problems)
    if verify:
        for file in written:
            _verify(folder / file.path, datasets[Path(file.path).stem.upper()], study)
    return written


def _verify(path: Path, dataset: Dataset, study: Study) -> None:
    from sdtm.submission.read_back import verify_xpt

    differences = verify_xpt(path, dataset, study.transliterate)
    if differences:
        raise RuntimeError(
            "a transport file reads back differently:\n" + "\n".join(map(str, differences[:5]))
        )


def ledger_json(conversion: Conversion) -> str:
    """The books as JSON, in a fixed order."""
    content = {
        "study": conversion.study.study,
        "raw": {book.name: book.as_json() for book in conversion.books},
        "records": {name: len(dataset.frame) for name, dataset in conversion.datasets.items()},
    }
    return json.dumps(content, indent=2, ensure_ascii=False, sort_keys=False) + "\n"
