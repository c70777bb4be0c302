"""Every option of the command line, declared once, with its help."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class FailOn(StrEnum):
    error = "error"
    warning = "warning"
    note = "note"


class Stage(StrEnum):
    sdtm = "sdtm"
    adam = "adam"


class Generation(StrEnum):
    g1 = "g1"
    g2 = "g2"
    g3 = "g3"


class DatasetJson(StrEnum):
    json = "json"
    ndjson = "ndjson"


class Format(StrEnum):
    table = "table"
    json = "json"


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
StrictOption = Annotated[bool, typer.Option("--strict", help="Rows and columns unaccounted for are errors.")]
DraftsOption = Annotated[
    bool, typer.Option("--drafts", help="Run a spec with drafts that nobody has reviewed.")
]
VerifyOption = Annotated[
    bool, typer.Option("--verify", help="Read every transport file back with pyreadstat and pandas.")
]
FailOnOption = Annotated[FailOn, typer.Option(help="Exit 1 for findings of at least this severity.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print findings counts and problems only.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
MarkOption = Annotated[
    Path | None, typer.Option(help="For a workbook: write a copy with the problems as comments on the cells.")
]
CtFolderOption = Annotated[
    Path | None, typer.Option(help="Folder of added terminology versions (or SDTM_CT_FOLDER).")
]
