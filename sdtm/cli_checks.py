"""The commands that look at what was delivered: validate, explain, diff, report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from sdtm.cli_options import (
    FOUND,
    FailOn,
    FailOnOption,
    Format,
    JsonOption,
    ReviewOption,
    exit_with,
    load,
)

checks_app = typer.Typer()


@checks_app.command(epilog="Example: sdtm validate out --format xlsx --out findings.xlsx")
def validate(
    folder: Annotated[Path | None, typer.Argument(help="Folder of XPT, Parquet or CSV datasets.")] = None,
    spec: Annotated[str, typer.Option(help="Study spec: its keys, codelists and visits count.")] = "",
    format: Annotated[Format, typer.Option(help="How to tell it.")] = Format.table,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write instead of printing; needed for xlsx.")
    ] = None,
    review: ReviewOption = "",
    sdtm: Annotated[
        Path | None, typer.Option(help="Folder of the SDTM that analysis datasets alone were made of.")
    ] = None,
    core: Annotated[
        Path | None, typer.Option(help="An installed CDISC CORE: run it too, and say where it disagrees.")
    ] = None,
    pinnacle21: Annotated[
        Path | None, typer.Option(help="A Pinnacle 21 report (.xlsx) on the same datasets, likewise.")
    ] = None,
    costs: Annotated[bool, typer.Option("--costs", help="Print what each rule and dataset cost.")] = False,
    rules: Annotated[
        bool, typer.Option("--rules", help="Print our checks and the published rules they cover, and stop.")
    ] = False,
    fail_on: FailOnOption = FailOn.error,
) -> None:
    """Check any folder of SDTM and ADaM datasets and its define.xml, also one that others made."""
    from sdtm.validation_report import check_report_file, judged_text, review_judgement, rules_told
    from validation import validate as validate_folder
    from validation.outside.reports import outside_reports

    if rules or folder is None:
        typer.echo(rules_told(format.value, rules))
        return
    check_report_file(format.value, out, review)
    study = load(spec) if spec else None
    outside = outside_reports(folder, study, core=core, pinnacle21=pinnacle21)
    judgement = validate_folder(folder, study, sdtm=sdtm, outside=outside)
    reviewed = review_judgement(judgement, study, review)
    typer.echo(judged_text(judgement, reviewed, study, format.value, out))
    if costs:
        from validation.costs import costs_text

        typer.echo(costs_text(judgement.costs), err=format is not Format.table)
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


@checks_app.command(epilog="Example: sdtm diff out_may out_june --out changes.xlsx --tolerance AVAL=1e-9")
def diff(
    old: Annotated[Path, typer.Argument(help="Output folder, m5 package, or folder of datasets.")],
    new: Annotated[Path, typer.Argument(help="The one to compare with it; may be made by others.")],
    spec: Annotated[str, typer.Option(help="Study spec, whose keys identify records.")] = "",
    tolerance: Annotated[
        list[str] | None,
        typer.Option(help="Numbers may differ by: 1e-9, AVAL=1e-6, ADLB.AVAL=rel:1e-9. May be repeated."),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(help="VARIABLE or DATASET.VARIABLE that does not count. May be repeated."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Compare this dataset alone. May be repeated.")
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(help="What identifies records: DATASET=VARIABLE,VARIABLE. May be repeated."),
    ] = None,
    out: Annotated[
        list[Path] | None, typer.Option("--out", "-o", help="File to write: .xlsx or .html. May be repeated.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """What changed between two deliveries, record by record. Exit 1 where they differ."""
    from sdtm.cli_text import progress_of
    from sdtm.trace.diff.compare import diff as compare
    from sdtm.trace.diff.files import check_output, diff_json, write_diff
    from sdtm.trace.diff.settings import settings_of
    from sdtm.trace.diff.text import diff_text

    for file in out or ():
        check_output(file)
    settings = settings_of(tolerance or (), ignore or (), only or (), key or ())
    with progress_of(json) as say:
        say("comparing")
        found = compare(old, new, load(spec) if spec else None, settings)
    for file in out or ():
        write_diff(found, file)
    typer.echo(diff_json(found) if json else diff_text(found))
    if not found.is_equal:
        raise typer.Exit(FOUND)


@checks_app.command(epilog="Example: sdtm guides out --out guides")
def guides(
    run: Annotated[Path, typer.Argument(help="Output folder of a run.", metavar="OUT")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the drafts.")] = Path("guides"),
) -> None:
    """Draft the reviewer's guides (cSDRG, ADRG) of a run as .docx and HTML, for people to finish."""
    from sdtm.cli_text import guides_text
    from sdtm.submission.guides.files import write_guides

    typer.echo(guides_text(write_guides(run, out)))


@checks_app.command(epilog="Example: sdtm report out")
def report(
    out: Annotated[Path, typer.Argument(help="Output folder of a run, also of an older one.", metavar="OUT")],
) -> None:
    """Write reports/index.html of a run again: books, findings, datasets, tables, records and their lineage."""
    from sdtm.cli_text import page_text
    from sdtm.reports.page.write_page import write_page

    typer.echo(page_text(out, write_page(out)))
