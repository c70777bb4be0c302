"""One call from a study to an output folder; what ``sdtm run`` and the Python API share."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sdtm.pipeline import Conversion, Progress, convert, judge_conversion
from sdtm.review_input import read_review_input
from sdtm.stages import WrittenFile
from sdtm.submission.forms import checked_forms
from sdtm.trace.finding_origins import with_origins
from sdtm.write_output import check_output, write_output
from specs import load_study
from specs.model import Study
from specs.problems import Problem, ProblemsFound
from validation.findings import Finding, capped, fold
from validation.known_defects import is_of_checks
from validation.review import Review
from validation.review import review as make_review

if TYPE_CHECKING:
    from sdtm.adam.engine import Analyses
    from sdtm.adam.inputs import Inputs
    from sdtm.reports.compute import Report


@dataclass(frozen=True, slots=True)
class Run:
    """What a run made and found."""

    conversion: Conversion
    findings: list[Finding]
    written: list[WrittenFile]
    out: Path
    review: Review
    analyses: Analyses | None = None
    report: Report | None = None


def run(
    study: str | Path | Study,
    out: str | Path,
    *,
    workers: int = 1,
    cluster: str = "",
    previous: str | Path | None = None,
    review: str = "",
    also: Sequence[str] = (),
    verify: bool = False,
    strict: bool = False,
    judged: bool = True,
    to: str = "adam",
    drafts: bool = False,
    progress: Progress | None = None,
) -> Run:
    """Convert a study, judge it, and write ``out`` whole or not at all.

    ``to``: the last stage, ``sdtm`` or ``adam``; analysis datasets are made where the spec has them.
    ``review``: an edited ``findings.xlsx`` whose statuses and comments are kept; default: those of an earlier run
    in ``out``, else in ``previous``; ``none``: no earlier ones.
    ``also``: further forms of all datasets, of ``sdtm.submission.forms.Form``.
    ``strict`` makes what the books leave unaccounted an error; ``drafts`` runs what nobody has reviewed, too.
    Raises ``ProblemsFound`` for bad input or spec; findings are returned, and written to ``out``/reports.
    """
    say = progress or (lambda _: None)
    also = checked_forms(also)
    spec = study if isinstance(study, Study) else load_study(study)
    check_output(spec, Path(out))
    before = Path(previous) if previous is not None else None
    remarks = read_review_input(Path(out), spec.study, review, before)
    reported = to != "sdtm" and bool(spec.tables or spec.figures)
    if reported:
        from sdtm.reports.expected import read_expected
        from sdtm.reports.plan import plan_reports

        plan_reports(spec)  # what is wrong with tables.yaml is told before the long part
        read_expected(spec.folder)
    conversion = convert(
        spec,
        workers=workers,
        cluster=cluster,
        previous=before,
        drafts=drafts,
        progress=progress,
    )
    if not conversion.datasets:
        where, found = spec.where("study"), "no domain and no trial design, so no dataset"
        do = "write sdtm/DOMAIN.yaml, as sdtm/dm.yaml; `sdtm init` makes a first one"
        raise ProblemsFound(Problem("nothing-to-make", where, found, "at least one dataset", do))
    analyses, report = None, None
    inputs = _inputs(conversion) if to != "sdtm" and (spec.adam or reported) else None
    if inputs is not None and spec.adam:
        say("deriving analysis datasets")
        analyses = _analyses(conversion, inputs)
    if inputs is not None and reported:
        say("computing tables and figures")
        report = _report(conversion, inputs, analyses)
    say("checking")
    tabulations = analyses.tabulations if analyses is not None else {}
    derived = analyses.datasets if analyses is not None else {}
    findings = judge_conversion(conversion, tabulations, derived) if judged else conversion.findings
    if analyses is not None:
        findings = fold([*findings, *analyses.findings])
    if strict:
        findings = _strict(findings)
    findings = with_origins(capped(findings), conversion)
    reviewed = make_review(
        findings, remarks.previous, remarks.written, was_judged=_judged_here(conversion, judged, analyses)
    )
    say("writing")
    written = write_output(
        conversion,
        reviewed,
        Path(out),
        analyses=analyses,
        report=report,
        reviewed=remarks,
        also=also,
        verify=verify,
    )
    return Run(conversion, findings, written, Path(out), reviewed, analyses, report)


def _judged_here(
    conversion: Conversion, judged: bool, analyses: Analyses | None
) -> Callable[[str, str], bool]:
    """Whether this run could have found a defect: not without its checks, nor in datasets that it did not make, nor
    by a rule that lacked something."""
    made = set(conversion.datasets)
    if analyses is not None:
        made |= {*analyses.tabulations, *analyses.datasets}

    def was_judged(rule: str, dataset: str) -> bool:
        if dataset in conversion.study.adam and dataset not in made:
            return False
        return not is_of_checks(rule) or (judged and (rule, dataset) not in conversion.not_run)

    return was_judged


def _inputs(conversion: Conversion) -> Inputs:
    from sdtm.adam.inputs import sdtm_inputs
    from sdtm.adam.sdtm_columns import with_planned_columns

    frames = {name: dataset.frame for name, dataset in conversion.datasets.items()}
    return with_planned_columns(sdtm_inputs(frames), conversion.plan)


def _analyses(conversion: Conversion, inputs: Inputs) -> Analyses:
    from sdtm.adam.engine import derive_analyses

    started = time.perf_counter()
    analyses = derive_analyses(conversion.study, inputs)
    conversion.seconds["derive"] = time.perf_counter() - started
    return analyses


def _report(conversion: Conversion, inputs: Inputs, analyses: Analyses | None) -> Report:
    from sdtm.reports.compute import compute_reports
    from sdtm.reports.plan import plan_reports

    started = time.perf_counter()
    frames = {**inputs.frames, **(analyses.frames if analyses is not None else {})}
    report = compute_reports(plan_reports(conversion.study), conversion.study, frames)
    conversion.seconds["report"] = time.perf_counter() - started
    return report


def _strict(findings: list[Finding]) -> list[Finding]:
    from dataclasses import replace

    return fold(
        replace(f, severity="error") if f.rule in ("row-unaccounted", "column-unaccounted") else f
        for f in findings
    )
