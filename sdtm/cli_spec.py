"""The commands of specs (``sdtm spec …``) and of terminology (``sdtm ct …``)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from sdtm.cli_options import Generation, JsonOption, StudyArgument, load

spec_app = typer.Typer(
    help="The compiled plan of a spec, and specs as workbooks.", no_args_is_help=True, rich_markup_mode=None
)
ct_app = typer.Typer(help="Controlled terminology versions.", no_args_is_help=True, rich_markup_mode=None)


@spec_app.command("show", epilog="Example: sdtm spec show lxi15029 AE")
def spec_show(
    study: StudyArgument,
    domain: Annotated[str, typer.Argument(help="One domain; default: all.")] = "",
    json: JsonOption = False,
) -> None:
    """Print the compiled plan: each variable with algorithm, columns, codelist, type, origin, label."""
    from sdtm.mapping.registry import catalogue
    from sdtm.plan import make_plan
    from sdtm.plan_text import plan_json, plan_text

    plan = make_plan(load(study), catalogue())
    typer.echo(plan_json(plan, domain.upper()) if json else plan_text(plan, domain.upper()))


@spec_app.command("diff", epilog="Example: sdtm spec diff mystudy")
def spec_diff(study: StudyArgument, json: JsonOption = False) -> None:
    """What a study says otherwise than the libraries that it extends, with file and line of both."""
    from sdtm.spec_diff import spec_diff_json, spec_diff_text

    spec = load(study)
    typer.echo(spec_diff_json(spec) if json else spec_diff_text(spec))


@spec_app.command("export", epilog="Example: sdtm spec export mystudy mystudy.xlsx")
def spec_export(
    study: StudyArgument,
    file: Annotated[Path, typer.Argument(help="The workbook to write (.xlsx).")],
    generation: Annotated[
        Generation, typer.Option(help="Headers of the define sheets: Define-XML 2.0 (g1, g2) or 2.1 (g3).")
    ] = Generation.g3,
) -> None:
    """Write a spec as a workbook: all that its YAML says, and sheets for define.xml."""
    from sdtm.spec_workbook import export_spec

    typer.echo(export_spec(study, file, generation.value))


@spec_app.command("import", epilog="Example: sdtm spec import mystudy.xlsx mystudy")
def spec_import(
    file: Annotated[
        str, typer.Argument(help="A workbook with a spec (.xlsx), also one made for define.xml.")
    ],
    folder: Annotated[Path, typer.Argument(help="Folder for the YAML; may not hold a spec yet.")],
) -> None:
    """Write the spec of a workbook as a study folder of YAML."""
    from sdtm.spec_workbook import import_spec

    typer.echo(import_spec(file, folder))


@ct_app.command("add", epilog='Example: sdtm --ct-folder ct ct add "SDTM Terminology 2025-09-26.txt"')
def ct_add(
    file: Annotated[Path, typer.Argument(help="Excel, text or ODM-XML file that NCI publishes.")],
    version: Annotated[str, typer.Option(help="Date of the package, if the file does not say it.")] = "",
    package: Annotated[str, typer.Option(help="sdtm, adam, define-xml, protocol …, likewise.")] = "",
) -> None:
    """Add a terminology version to the folder named by --ct-folder or SDTM_CT_FOLDER."""
    from specs.location import Location
    from specs.problems import Problem, ProblemsFound
    from specs.standards import add_terminology

    named = os.environ.get("SDTM_CT_FOLDER", "")
    if not named:
        raise ProblemsFound(
            Problem(
                "no-ct-folder",
                Location(),
                "no folder for added terminology",
                "--ct-folder FOLDER, or the variable SDTM_CT_FOLDER",
                "write sdtm --ct-folder FOLDER ct add FILE",
            )
        )
    added = add_terminology(file, Path(named), version, package)
    typer.echo(
        f"added {added.package} CT {added.version}: {added.codelists} codelists, {added.terms} terms -> {added.path}"
    )


@ct_app.command("list", epilog="Example: sdtm ct list")
def ct_list() -> None:
    """The terminology versions that a spec can name."""
    from specs.standards import ct_folder, known_versions

    for package in ("sdtm", "adam", "define-xml", "protocol"):
        typer.echo(f"{package}: {', '.join(known_versions(package, ct_folder())) or 'none'}")
