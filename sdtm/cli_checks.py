"""The commands that look at what was delivered: validate, explain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from sdtm.cli_options import FailOn, FailOnOption, Format, JsonOption, exit_with, load

checks_app = typer.Typer()


@checks_app.command(epilog="Example: sdtm validate out/sdtm --format json")
def validate(
    folder: Annotated[Path, typer.Argument(help="Folder of XPT, Parquet or CSV datasets.")],
    spec: Annotated[str, typer.Option(help="Study spec: its keys, codelists and visits count.")] = "",
    format: Annotated[Format, typer.Option(help="How to print.")] = Format.table,
    fail_on: FailOnOption = FailOn.error,
) -> None:
    """Check any folder of SDTM datasets, also one that this toolkit did not make."""
    from validation import validate as validate_folder
    from validation.report import console_text, judgement_json

    judgement = validate_folder(folder, load(spec) if spec else None)
    typer.echo(judgement_json(judgement) if format is Format.json else console_text(judgement))
    exit_with(judgement.findings, fail_on)


@checks_app.command(epilog='Example: sdtm explain out AE AESTDTC --key "USUBJID=LXI-001 AESEQ=3"')
def explain(
    out: Annotated[Path, typer.Argument(help="Output folder of a run.")],
    dataset: Annotated[str, typer.Argument(help="Dataset, such as AE or SUPPAE.")],
    variable: Annotated[str, typer.Argument(help="Variable of it.")],
    key: Annotated[str, typer.Option(help="Record: VARIABLE=value, separated by blanks.")],
    study: Annotated[str, typer.Option(help="The spec of the run, where it is not found beside OUT.")] = "",
    json: JsonOption = False,
) -> None:
    """Where a value comes from, back to the raw cell."""
    from sdtm.trace.explain import explain as explain_value
    from sdtm.trace.find_study import find_study, parse_key

    spec = load(study) if study else find_study(out)
    found: Any
    if dataset.upper() in spec.adam:
        from sdtm.adam.explain import explain_analysis

        found = explain_analysis(out, dataset.upper(), variable.upper(), parse_key(key), spec)
    else:
        found = explain_value(out, dataset.upper(), variable.upper(), parse_key(key), spec)
    if json:
        import json as json_module

        typer.echo(json_module.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        typer.echo(found.text())
