"""The command line: arguments, one library call, printing, exit code.

Exit codes: 0 clean, 1 findings at or above --fail-on, 2 bad input or spec, 3 an error of the toolkit.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sdtm.cli_checks import checks_app
from sdtm.cli_options import (
    BAD_INPUT,
    CLEAN,
    INTERNAL,
    AlsoOption,
    ClusterOption,
    CtFolderOption,
    DraftsOption,
    FailOn,
    FailOnOption,
    JsonOption,
    MarkOption,
    OutOption,
    PreviousOption,
    QuietOption,
    ReviewOption,
    Stage,
    StrictOption,
    StudyArgument,
    TextEncodingOption,
    VerifyOption,
    WithFindingsOption,
    WorkersOption,
    exit_with,
    load,
)
from sdtm.cli_spec import ct_app, spec_app

if TYPE_CHECKING:
    from sdtm.run_study import Run
    from specs.model import Study

app = typer.Typer(
    name="sdtm",
    help="From raw CRF extracts to submission-ready CDISC data, driven by a study spec.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(checks_app)
app.add_typer(spec_app, name="spec")
app.add_typer(ct_app, name="ct")


# The bundled studies have errors on purpose, so that there is something to see.
DEMO_DECISION = "sdtm demo:the errors are in the synthetic raw data on purpose, see README.md of the study"


def _version(wanted: bool) -> None:
    if wanted:
        from sdtm import __version__

        typer.echo(f"sdtm-toolkit {__version__}")
        raise typer.Exit()


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    ct_folder: CtFolderOption = None,
) -> None:
    if ct_folder is not None:
        os.environ["SDTM_CT_FOLDER"] = str(ct_folder)


@app.command(epilog="Example: sdtm demo --out demo")
def demo(
    study: Annotated[str, typer.Argument(help="A bundled study.")] = "lxi15029",
    out: OutOption = Path("sdtm-demo"),
    workers: WorkersOption = 1,
    quiet: QuietOption = False,
    verify: VerifyOption = False,
) -> None:
    """Run a bundled study (synthetic data) from raw files to SDTM, ADaM, its published tables and a package."""
    from sdtm.cli_text import demo_text, published_text
    from sdtm.submission.package import check_package
    from specs import bundled_studies, load_study
    from specs.location import Location
    from specs.problems import Problem, ProblemsFound, suggest

    known = bundled_studies()
    name = study.lower().replace("-", "")
    if name not in known:
        raise ProblemsFound(
            Problem(
                "no-such-study", Location(), f"{study!r}", f"one of {', '.join(known)}", suggest(study, known)
            )
        )
    check_package(_beside(out), DEMO_DECISION)
    done = _run(load_study(name), out, workers, quiet=quiet, verify=verify)
    typer.echo(demo_text(done, name))
    typer.echo("\n" + _package(out, DEMO_DECISION, verify) + "\n")
    typer.echo(published_text(done))


@app.command(epilog="Example: sdtm run mystudy --to sdtm --out out --workers 2")
def run(
    study: StudyArgument,
    out: OutOption = Path("out"),
    to: Annotated[Stage, typer.Option(help="How far to go.")] = Stage.adam,
    workers: WorkersOption = 1,
    cluster: ClusterOption = "",
    previous: PreviousOption = None,
    review: ReviewOption = "",
    also: AlsoOption = None,
    with_findings: WithFindingsOption = "",
    strict: StrictOption = False,
    drafts: DraftsOption = False,
    verify: VerifyOption = False,
    fail_on: FailOnOption = FailOn.error,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Convert a study, check the result, and write the output folder whole or not at all.

    With --to package a submission package is laid out too, in a folder beside it: OUT-package.
    """
    if to is Stage.package:
        from sdtm.submission.package import check_package

        check_package(_beside(out), with_findings)
    done = _run(
        load(study),
        out,
        workers,
        cluster=cluster,
        previous=previous,
        review=review,
        also=also or (),
        strict=strict,
        drafts=drafts,
        verify=verify,
        to=Stage.adam.value if to is Stage.package else to.value,
        quiet=quiet or json,
    )
    if to is Stage.package:
        packaged = _package(out, with_findings, verify)
        typer.echo(packaged + "\n", err=json)
    _report(done, fail_on, quiet, json)


@app.command(epilog="Example: sdtm convert mystudy --out out")
def convert(
    study: StudyArgument,
    out: OutOption = Path("out"),
    workers: WorkersOption = 1,
    previous: PreviousOption = None,
    drafts: DraftsOption = False,
    fail_on: FailOnOption = FailOn.error,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Convert raw extracts to SDTM only, without the checks on the datasets."""
    done = _run(
        load(study),
        out,
        workers,
        previous=previous,
        drafts=drafts,
        judged=False,
        to="sdtm",
        quiet=quiet or json,
    )
    _report(done, fail_on, quiet, json)


@app.command(epilog="Example: sdtm derive mystudy --sdtm out/sdtm --out analyses")
def derive(
    study: StudyArgument,
    sdtm: Annotated[Path, typer.Option(help="Folder of SDTM datasets, made by anybody.")],
    out: OutOption = Path("out"),
    verify: VerifyOption = False,
    fail_on: FailOnOption = FailOn.error,
) -> None:
    """Make the analysis datasets (ADaM) of a spec from SDTM."""
    from sdtm.cli_text import derived_text
    from sdtm.derive_study import derive as derive_study

    done = derive_study(load(study), sdtm, out, verify=verify)
    typer.echo(derived_text(done))
    exit_with(done.analyses.findings, fail_on)


@app.command(epilog="Example: sdtm package mystudy --out package")
def package(
    source: Annotated[
        str,
        typer.Argument(
            help="A study, which is run first, or the output folder of a run.", metavar="STUDY|OUT"
        ),
    ],
    out: OutOption = Path("package"),
    with_findings: WithFindingsOption = "",
    also: AlsoOption = None,
    documents: Annotated[
        str, typer.Option(help="Folder of finished guides (csdrg.pdf, adrg.pdf) and other linked documents.")
    ] = "",
    workers: WorkersOption = 1,
    quiet: QuietOption = False,
) -> None:
    """Lay out datasets, define.xml, guides and CRF listing as m5/datasets/STUDY/…, with every file read back."""
    from sdtm.cli_text import packaged_text, progress_of
    from sdtm.submission.package import package as package_study

    with progress_of(quiet) as progress:
        done = package_study(
            source,
            out,
            with_findings=with_findings,
            also=also or (),
            documents=documents,
            workers=workers,
            progress=progress,
        )
    typer.echo(packaged_text(done))


@app.command(epilog="Example: sdtm derivations")
def derivations(
    name: Annotated[str, typer.Argument(help="One derivation; default: all.")] = "",
) -> None:
    """The derivations of ADaM, with what each takes, makes and where its rule comes from."""
    from sdtm.cli_text import derivations_text
    from sdtm.derivations.registry import derivations as known

    typer.echo(derivations_text(known(), name))


@app.command(epilog="Example: sdtm init mystudy --raw extracts")
def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the new study.")],
    raw: Annotated[
        Path | None, typer.Option(help="Folder of raw files: draft a spec for them, with evidence.")
    ] = None,
    study: Annotated[
        str, typer.Option(help="STUDYID; default: what the files say, or the folder's name in capitals.")
    ] = "",
    encoding: TextEncodingOption = "",
) -> None:
    """Make a study folder: with --raw a drafted spec and its open questions, else a skeleton."""
    if raw is not None:
        from sdtm.drafting.summary import summary_text
        from sdtm.drafting.write import write_draft

        drafted, written = write_draft(folder, raw, study, encoding)
        typer.echo(summary_text(drafted))
        typer.echo(f"\nwrote {len(written)} files; read them, then: sdtm lint {folder} --raw")
        return
    from sdtm.skeleton import make_skeleton

    for path in make_skeleton(folder, study):
        typer.echo(f"wrote {path}")


@app.command(epilog="Example: sdtm profile raw")
def profile(
    folder: Annotated[Path, typer.Argument(help="Folder of raw files, or one file.")],
    encoding: TextEncodingOption = "",
    json: JsonOption = False,
) -> None:
    """What is in these files: rows, columns, kinds of values, formats of dates, candidate keys."""
    from sdtm.extract.profile import profile as profile_folder
    from sdtm.extract.profile import profile_json
    from sdtm.extract.profile_text import profile_text

    found = profile_folder(folder, encoding)
    typer.echo(profile_json(found) if json else profile_text(found))


@app.command(epilog="Example: sdtm lint mystudy --raw")
def lint(
    study: StudyArgument,
    raw: Annotated[bool, typer.Option("--raw", help="Also check against the raw files.")] = False,
    mark: MarkOption = None,
    json: JsonOption = False,
) -> None:
    """Check a spec; with --raw also against the columns and texts of the raw files."""
    from sdtm.cli_text import problems_text
    from sdtm.lint_study import lint_study
    from specs.problems import ProblemsFound, problems_json

    try:
        problems = lint_study(load(study), raw=raw)
    except ProblemsFound as found:
        problems = found.problems
    if mark is not None:
        from sdtm.spec_workbook import mark_workbook

        typer.echo(mark_workbook(study, problems, mark), err=json)
    bad = any(problem.severity == "error" for problem in problems)
    if json:
        typer.echo(problems_json(problems))
    else:
        typer.echo(problems_text(study, problems), err=bad)
    raise typer.Exit(BAD_INPUT if bad else CLEAN)


@app.command(epilog="Example: sdtm algorithms")
def algorithms() -> None:
    """The mapping algorithms, with what each takes, gives and loses."""
    from sdtm.cli_text import algorithms_text
    from sdtm.mapping.registry import catalogue

    typer.echo(algorithms_text(catalogue()))


def _run(study: Study, out: Path, workers: int, *, quiet: bool = False, **options: Any) -> Run:
    from sdtm.cli_text import progress_of
    from sdtm.run_study import run as run_study

    with progress_of(quiet) as progress:
        return run_study(study, out, workers=workers, progress=progress, **options)


def _beside(out: Path) -> Path:
    """The folder of the package of a run."""
    plain = out if out.name not in ("", "..") else out.resolve()
    return plain.with_name(f"{plain.name}-package")


def _package(out: Path, with_findings: str, verified: bool) -> str:
    """Lay out the package of a run that is already written; a refusal does not undo the run."""
    from sdtm.cli_text import packaged_text
    from sdtm.submission.package import decision_of, pack
    from specs.problems import ProblemsFound

    try:
        return packaged_text(pack(out, _beside(out), decision_of(with_findings), verified=verified))
    except ProblemsFound as found:
        for problem in found.problems:
            typer.echo(str(problem), err=True)
        typer.echo(f"no package was made; the run is in {out}", err=True)
        raise typer.Exit(BAD_INPUT) from None


def _report(done: Run, fail_on: FailOn, quiet: bool, json: bool) -> None:
    from sdtm.cli_text import run_json, run_text

    typer.echo(run_json(done) if json else run_text(done, quiet))
    exit_with(done.findings, fail_on)


def main() -> None:
    """Entry point: turns problems into messages and exit codes; no traceback for bad input."""
    from specs.problems import ProblemsFound

    try:
        app(prog_name="sdtm")
    except ProblemsFound as found:
        for problem in found.problems:
            typer.echo(str(problem), err=True)
        count = sum(problem.severity == "error" for problem in found.problems)
        typer.echo(f"{count} problem{'s' if count != 1 else ''}; nothing was written", err=True)
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        typer.echo("stopped; the previous output is as it was", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(CLEAN)
    except Exception as error:
        if os.environ.get("SDTM_DEBUG"):
            raise
        if isinstance(error, OSError):
            from specs.storage import storage_problem

            refusal = storage_problem(error, "output")
            if refusal is not None:
                typer.echo(str(refusal), err=True)
                sys.exit(BAD_INPUT)
        typer.echo(
            f"internal error: {type(error).__name__}: {error}\n"
            "This is a defect of the toolkit, not of your data. Set SDTM_DEBUG=1 to see where, and report it.",
            err=True,
        )
        sys.exit(INTERNAL)


if __name__ == "__main__":
    main()
