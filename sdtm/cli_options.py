"""What all commands share: every option, declared once with its help, the loading of a study, the exit codes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sdtm.submission.forms import Form

if TYPE_CHECKING:
    from specs.model import Study

CLEAN, FOUND, BAD_INPUT, INTERNAL = 0, 1, 2, 3


class FailOn(StrEnum):
    error = "error"
    warning = "warning"
    note = "note"


class Stage(StrEnum):
    sdtm = "sdtm"
    adam = "adam"
    package = "package"


class Generation(StrEnum):
    g1 = "g1"
    g2 = "g2"
    g3 = "g3"


class Format(StrEnum):
    table = "table"
    json = "json"
    xlsx = "xlsx"
    html = "html"


StudyArgument = Annotated[
    str, typer.Argument(help="Study folder, its study.yaml, a workbook, or a bundled study (lxi15029).")
]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="Output folder; replaced as a whole.")]
WorkersOption = Annotated[
    int, typer.Option(min=1, help="Processes that share the subjects; the output is the same.")
]
ClusterOption = Annotated[str, typer.Option(help="Address of a Dask scheduler instead of local processes.")]
PreviousOption = Annotated[
    Path | None, typer.Option(help="Earlier output: records that were in it keep their --SEQ.")
]
ReviewOption = Annotated[
    str,
    typer.Option(
        metavar="FILE",
        help="Edited findings.xlsx whose statuses and comments are kept; 'none': start without earlier ones.",
    ),
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Rows and columns unaccounted for are errors.")]
DraftsOption = Annotated[
    bool, typer.Option("--drafts", help="Run a spec with drafts that nobody has reviewed.")
]
VerifyOption = Annotated[
    bool, typer.Option("--verify", help="Read every transport file back with pyreadstat and pandas.")
]
WithFindingsOption = Annotated[
    str, typer.Option(help="WHO:WHY, to package in spite of open errors; recorded in the manifest.")
]
AlsoOption = Annotated[
    list[Form] | None,
    typer.Option(help="Also all datasets as Dataset-JSON 1.1 (json, ndjson) or Parquet. May be repeated."),
]
FailOnOption = Annotated[FailOn, typer.Option(help="Exit 1 for findings of at least this severity.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print findings counts and problems only.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
MarkOption = Annotated[
    Path | None, typer.Option(help="For a workbook: write a copy with the problems as comments on the cells.")
]
TextEncodingOption = Annotated[
    str, typer.Option("--encoding", help="How text files are written that are not UTF-8, such as cp1252.")
]
CtFolderOption = Annotated[
    Path | None, typer.Option(help="Folder of added terminology versions (or SDTM_CT_FOLDER).")
]


def load(study: str) -> Study:
    """The spec that a user named; the import is late, since not every command needs it."""
    from specs import load_study

    return load_study(study)


def exit_with(findings: Any, fail_on: FailOn) -> None:
    """Exit 1 where a finding is at or above ``fail_on``."""
    from validation.report import is_at_least, worst

    if is_at_least(worst(findings), fail_on.value):
        raise typer.Exit(FOUND)
