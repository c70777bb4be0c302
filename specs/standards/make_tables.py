"""Makes the bundled tables from the reference tables; run by hand when those change.

    python -m specs.standards.make_tables ../shared/reference/standards

The same input gives the same bytes. What the reference tables lack and SDTM 2.0 says (where a variable of a
class must not be used) is written below.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from specs.standards.package_file import CodelistEntry, Term, write_package
from specs.standards.tables import FOLDER, write_table

Row = dict[str, str]

OBSERVATION_CLASSES = ("Interventions", "Events", "Findings")
SHARED_CLASSES = ("Identifier", "Timing")

TERMINOLOGY = (
    ("sdtm", "2025-03-28"),
    ("adam", "2025-03-28"),
    ("define-xml", "2025-03-28"),
    ("protocol", "2025-03-28"),
)

ADAM = (
    ("ADSL", "adamig-1-3-adsl-variables.csv"),
    ("BDS", "adamig-1-3-bds-variables.csv"),
    ("TTE", "adamig-1-3-tte-variables.csv"),
    ("OCCDS", "occds-variables.csv"),
)

# SDTM 2.0, sections 3.1.1 to 3.1.5: usage restrictions. (class or "", restriction) -> variables.
# `nonclinical` = not in human clinical trials; `only` and `not` name domains or a class.
RESTRICTIONS: dict[tuple[str, str], str] = {
    (
        "",
        "nonclinical",
    ): "FETUSID RPHASE RPPLDY RPPLSTDY RPPLENDY --NOMDY --NOMLBL --RPDY --RPSTDY --RPENDY --DETECT "
    "--USCHFL --RSTIND --RSTMOD --IMPLBL --RESLOC --DTHREL --EXCLFL --REASEX",
    # In nonclinical EX only; Findings have their own --METHOD.
    ("Interventions", "nonclinical"): "--METHOD",
    ("Events", "only MH"): "--EVDTYP",
    ("Events", "only AE"): "--SINTV --UNANT --RLPRT --RLPRC",
    ("Events", "not AE"): "--OCCUR --REASOC --STAT --REASND",
    ("Findings", "only CP"): "--SBMRKS --CELSTA --CSMRKS --ABCLID --MRKSTR --GATE --GATDEF --SPTSTD --TSTPNL",
    ("Findings", "only CP IS LB"): "--TSTCND --CNDAGT --BDAGNT",
    ("Findings", "only IS"): "--MSCBCE",
    ("Findings", "only MS"): "--AGENT --CONC --CONCU",
    (
        "Findings",
        "only GF",
    ): "--INHERT --GENREF --CHROM --SYM --SYMTYP --GENLOC --GENSR --SEQID --PVRID --COPYID",
    ("Findings", "not QS FT"): "--EVAL --EVALID",
    ("Identifier", "only EG"): "--BEATNO",
    ("Timing", "not Findings"): "--STDTC --STDY --XSTDY --CHSTDY",
    ("Timing", "only BS CP GF IS LB MB MI MS PC PP"): "--PTFL --PDUR",
}


def make_tables(reference: Path, folder: Path = FOLDER) -> list[Path]:
    """Write every table and terminology package below ``folder``; the files written."""
    (folder / "ct").mkdir(parents=True, exist_ok=True)
    listed = list(_rows(reference / "sdtmig-3-4-variables.csv"))
    return [
        write_table(
            "sdtmig-3.4-datasets",
            ("dataset", "label", "class", "structure", "keys"),
            _rows(reference / "sdtmig-3-4-datasets.csv"),
            folder,
        ),
        write_table(
            "sdtmig-3.4-variables",
            (
                "dataset",
                "variable",
                "label",
                "type",
                "role",
                "core",
                "codelists",
                "value_domain",
                "value_list",
            ),
            ({**row, "codelists": row["codelists"].replace(";", " ")} for row in listed),
            folder,
        ),
        write_table(
            "sdtm-2.0-classes",
            ("class", "variable", "label", "type", "role", "codelists", "value_domain", "restriction"),
            (_class_row(row, listed) for row in _rows(reference / "sdtm-2-0-class-variables.csv")),
            folder,
        ),
        write_table(
            "sdtm-2.0-datasets",
            ("dataset", "class", "dataset_label", "variable", "label", "type", "role"),
            _rows(reference / "sdtm-2-0-other-datasets.csv"),
            folder,
        ),
        write_table(
            "adamig-1.3-variables",
            (
                "structure",
                "set",
                "variable",
                "label",
                "type",
                "core",
                "codelists",
                "value_domain",
                "value_list",
            ),
            _adam_rows(reference),
            folder,
        ),
        *(_terminology(reference, folder / "ct", package, version) for package, version in TERMINOLOGY),
    ]


def _class_row(row: Row, listed: list[Row]) -> Row:
    """A variable of a class, with the codelist and the value domain that the guide gives it everywhere.

    Taken over only where at least two datasets of the guide have the variable and all say the same: --LOC is
    LOC in each, but --CAT has a codelist in a few only, and none is invented for the others.
    """
    used = [other for other in listed if _is_same_variable(row, other)]
    same = {(other["codelists"], other["value_domain"]) for other in used}
    codelists, value_domain = same.pop() if len(used) > 1 and len(same) == 1 else ("", "")
    return {
        **row,
        "codelists": codelists.replace(";", " "),
        "value_domain": value_domain,
        "restriction": _restriction(row),
    }


def _is_same_variable(row: Row, other: Row) -> bool:
    observation_class = "Findings" if other["class"] == "Findings About" else other["class"]
    if observation_class not in OBSERVATION_CLASSES or row["class"] not in (
        *SHARED_CLASSES,
        other["class"],
        observation_class,
    ):
        return False
    return row["variable"] in (other["variable"], _root(other["dataset"], other["variable"]))


def _root(dataset: str, variable: str) -> str:
    return "--" + variable.removeprefix(dataset) if variable.startswith(dataset) else variable


def _restriction(row: Row) -> str:
    return next(
        (
            restriction
            for (class_name, restriction), variables in RESTRICTIONS.items()
            if class_name in ("", row["class"]) and row["variable"] in variables.split()
        ),
        "",
    )


def _adam_rows(reference: Path) -> Iterator[Row]:
    for structure, name in ADAM:
        for row in _rows(reference / name):
            codelists = row["codelists"].replace(";", " ")
            # OCCDS has examples where the other tables have value domain and value list.
            yield {
                "value_domain": "",
                "value_list": "",
                **row,
                "structure": structure,
                "set": row["variable_set"],
                "codelists": codelists,
            }


def _terminology(reference: Path, folder: Path, package: str, version: str) -> Path:
    rows = _rows(reference / f"ct-{package}-{version}.csv.gz")
    return write_package(
        folder, package, version, map(_codelist, groupby(rows, key=lambda row: row["codelist_code"]))
    )


def _codelist(group: tuple[str, Iterable[Row]]) -> tuple[CodelistEntry, dict[str, Term]]:
    code, rows = group
    terms: dict[str, Term] = {}
    for row in rows:
        synonyms = tuple(text.strip() for text in row["synonyms"].split(";") if text.strip())
        terms[row["submission_value"]] = Term(row["term_code"], row["preferred_term"], synonyms)
    extensible = row["extensible"] == "Yes"
    return CodelistEntry(code, row["codelist_submission_value"], row["codelist_name"], extensible), terms


def _rows(path: Path) -> Iterator[Row]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the bundled tables of specs.standards.")
    parser.add_argument("reference", type=Path, help="folder of the reference tables")
    parser.add_argument(
        "--out", type=Path, default=FOLDER, help="folder to write (default: the bundled tables)"
    )
    arguments = parser.parse_args()
    for path in make_tables(arguments.reference, arguments.out):
        print(f"{path.stat().st_size:>9,} {path}")


if __name__ == "__main__":
    main()
