"""SDTM of any origin to analysis datasets; what ``sdtm derive`` and the Python API share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sdtm.adam.engine import Analyses, derive_analyses
from sdtm.adam.inputs import read_sdtm, sdtm_inputs, without_made
from sdtm.adam.sdtm_columns import with_planned_columns
from sdtm.mapping.registry import catalogue
from sdtm.plan import make_plan
from sdtm.stages import WrittenFile
from specs import load_study
from specs.model import Study
from specs.problems import Problem, ProblemsFound


@dataclass(frozen=True, slots=True)
class Derived:
    """The analysis datasets of a study, and the files they were written to."""

    analyses: Analyses
    written: list[WrittenFile]
    out: Path | None


def derive(
    study: str | Path | Study,
    sdtm: str | Path | dict[str, pd.DataFrame],
    out: str | Path | None = None,
    *,
    verify: bool = False,
) -> Derived:
    """Make the analysis datasets of a spec (adam/*.yaml) from SDTM.

    ``sdtm``: a folder of datasets made by anybody, or data frames by dataset name. With ``out`` they are
    written to ``out``/adam, whole or not at all. Raises ``ProblemsFound`` for bad input or spec.
    """
    spec = study if isinstance(study, Study) else load_study(study)
    if not spec.adam:
        where, do = spec.where("study"), "write adam/adsl.yaml; docs/adam.md shows how"
        found, expected = "a spec without analysis datasets", "at least one file in adam/"
        raise ProblemsFound(Problem("nothing-to-make", where, found, expected, do))
    inputs = sdtm_inputs(sdtm) if isinstance(sdtm, dict) else read_sdtm(Path(sdtm), spec)
    if spec.sdtm:
        inputs = with_planned_columns(without_made(inputs, spec), make_plan(spec, catalogue()))
    analyses = derive_analyses(spec, inputs)
    if out is None:
        return Derived(analyses, [], None)
    source = None if isinstance(sdtm, dict) else Path(sdtm)
    return Derived(analyses, _write(spec, analyses, source, Path(out), verify=verify), Path(out))


def _write(
    study: Study, analyses: Analyses, source: Path | None, out: Path, *, verify: bool
) -> list[WrittenFile]:
    from sdtm import __version__
    from sdtm.submission.manifest import write_manifest, written_file
    from sdtm.submission.output import OutputFolder, refuse_overlap
    from sdtm.write_output import write_datasets
    from specs.fingerprint import spec_hash
    from validation.report import findings_json

    refuse_overlap(out, [study.folder, *([source] if source else [])])
    inputs = (
        [written_file(file, source) for file in sorted(source.rglob("*.*")) if file.is_file()]
        if source
        else []
    )
    with OutputFolder(out) as folder:
        written = write_datasets(study, analyses.datasets, folder, "adam", verify=verify)
        if analyses.tabulations:
            written += write_datasets(study, analyses.tabulations, folder, "sdtm", verify=verify)
        (folder / "reports").mkdir()
        report = findings_json(analyses.findings)
        (folder / "reports" / "findings.json").write_text(report, encoding="utf-8", newline="\n")
        write_manifest(
            folder,
            study=study.study,
            toolkit=__version__,
            spec_sha256=spec_hash(study),
            inputs=inputs,
            outputs=written,
            versions={"adamig": study.standards.adamig, "ct": study.standards.ct},
            created=study.created,
        )
    return written
