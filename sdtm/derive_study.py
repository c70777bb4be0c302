"""SDTM of any origin to analysis datasets; what ``sdtm derive`` and the Python API share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sdtm.adam.engine import Analyses, derive_analyses
from sdtm.adam.inputs import Inputs, read_sdtm, sdtm_inputs, without_made
from sdtm.adam.sdtm_columns import with_planned_columns
from sdtm.mapping.registry import catalogue
from sdtm.plan import Plan, make_plan
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
    plan = make_plan(spec, catalogue())
    if spec.sdtm:
        inputs = without_made(inputs, spec)
    analyses = derive_analyses(spec, with_planned_columns(inputs, plan))
    if out is None:
        return Derived(analyses, [], None)
    source = None if isinstance(sdtm, dict) else Path(sdtm)
    written = _write(plan, inputs, analyses, source, Path(out), verify=verify)
    return Derived(analyses, written, Path(out))


def _write(
    plan: Plan, inputs: Inputs, analyses: Analyses, source: Path | None, out: Path, *, verify: bool
) -> list[WrittenFile]:
    from sdtm.reports.findings_files import write_findings_files
    from sdtm.review_input import read_review_input, refuse_edited_since
    from sdtm.submission.define import make_analysis_defines, write_define
    from sdtm.submission.guides.analyses import analysis_guide
    from sdtm.submission.guides.files import CONTENT as GUIDES
    from sdtm.submission.guides.files import guides_json
    from sdtm.submission.manifest import written_file
    from sdtm.submission.output import OutputFolder, refuse_overlap
    from sdtm.trace.write_lineage import write_lineage
    from sdtm.write_output import close_output, write_datasets
    from validation.review import review

    study = plan.study
    refuse_overlap(out, [study.folder, *([source] if source else [])])
    read = (
        [written_file(file, source) for file in sorted(source.rglob("*.*")) if file.is_file()]
        if source
        else []
    )
    remarks = read_review_input(out, study.study)
    reviewed = review(
        analyses.findings,
        remarks.previous,
        remarks.written,
        was_judged=lambda rule, dataset: dataset in study.adam,
    )
    with OutputFolder(out) as folder:
        refuse_edited_since(remarks, out)
        written = write_datasets(study, analyses.datasets, folder, "adam", verify=verify)
        if analyses.tabulations:
            written += write_datasets(study, analyses.tabulations, folder, "sdtm", verify=verify)
        defines = make_analysis_defines(plan, analyses, inputs)
        if analyses.tabulations:
            written += write_define(defines.sdtm, folder / "sdtm", folder)
        if defines.adam is not None:
            written += write_define(defines.adam, folder / "adam", folder)
        (folder / "reports").mkdir()
        if defines.adam is not None:
            guides = guides_json([analysis_guide(defines.adam, analyses.plan, analyses.datasets, {})])
            (folder / GUIDES).write_text(guides, encoding="utf-8", newline="\n")
        write_findings_files(folder / "reports", reviewed, study, inputs.frames.get("DM"))
        write_lineage(folder / "trace", None, analyses)
        versions = {"adamig": study.standards.adamig, "ct": study.standards.ct}
        close_output(folder, study, read, written, versions, remarks)
    return written
