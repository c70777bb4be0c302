"""UGT1A1.txt (genetics laboratory, tab-separated) and TOPO1_IHC.csv (pathology): one result per subject."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from specs.studies.he072.generator.draws import draw, pick
from specs.studies.he072.generator.facts import Row, Subject, subjects
from specs.studies.he072.generator.forms import STUDY
from specs.studies.lxi15029.generator.rave import csv_bytes

GENES = (
    "STUDY",
    "SUBJECT",
    "SAMPLE_DATE",
    "GENE",
    "METHOD",
    "STAR6_RS4148323",
    "STAR28_TA",
    "DIPLOTYPE",
    "REPORT_DATE",
    "NOTE",
)
TISSUE = (
    "Study",
    "Subject",
    "Block",
    "Received",
    "Antibody",
    "Dilution",
    "Adequacy",
    "Positive cells (%)",
    "Reading",
    "Comment",
)
CALLS = {"*1/*1": ("G/G", "6/6"), "*1/*6": ("G/A", "6/6"), "*6/*6": ("A/A", "6/6"), "*28/*28": ("G/G", "7/7"),
         "*6/*28": ("G/A", "6/7"), "*1/*28": ("G/G", "6/7")}  # fmt: skip
COMPOUND = ("*6/*6", "*6/*28", "*28/*28", "*6/*28", "*6/*6")


def diplotype(subject: Subject) -> str:
    group = subject.row["ugt1a1"]
    if group == "HOM/COMPOUND":
        return pick(COMPOUND, subject.number, "genotype")
    if group == "OTHER/ND":
        return "*1/*28" if subject.number % 3 else ""
    return {"WT": "*1/*1", "HET": "*1/*6"}[group]


def gene_row(subject: Subject) -> Row:
    found = diplotype(subject)
    day = subject.on(-draw(1, 6, subject.number, "gene"))
    star6, star28 = CALLS.get(found, ("", ""))
    return {
        "STUDY": STUDY, "SUBJECT": subject.id, "SAMPLE_DATE": f"{day:%Y/%m/%d}", "GENE": "UGT1A1",
        "METHOD": "Sanger sequencing", "STAR6_RS4148323": star6, "STAR28_TA": star28, "DIPLOTYPE": found,
        "REPORT_DATE": f"{day + timedelta(days=9):%Y/%m/%d}",
        "NOTE": "" if found else "NOT DONE - DNA of poor quality",
    }  # fmt: skip


def tissue_row(subject: Subject) -> Row | None:
    result = subject.row["topo1"]
    if result == "NOT AVAILABLE":
        return None
    poor = result == "INAPPROPRIATE"
    percent = (
        draw(30, 80, subject.number, "topo") if result == "POSITIVE" else draw(0, 29, subject.number, "topo")
    )
    text = "<1" if result == "NEGATIVE" and percent == 0 else str(percent)
    return {
        "Study": STUDY, "Subject": subject.id, "Block": f"FFPE-{subject.number:03}",
        "Received": f"{subject.on(-draw(1, 20, subject.number, 'block')):%m/%d/%Y}", "Antibody": "SC-32736",
        "Dilution": "1:200",
        "Adequacy": "Inappropriate for assessment" if poor else "Adequate",
        "Positive cells (%)": "" if poor else text,
        "Reading": "" if poor else result, "Comment": "Too few tumor cells" if poor else "",
    }  # fmt: skip


def write(folder: Path) -> list[Path]:
    people = sorted(subjects(), key=lambda subject: subject.id)
    genes = [gene_row(subject) for subject in people]
    tissue = [row for subject in people if (row := tissue_row(subject))]
    tissue[10]["Reading"] = tissue[10]["Reading"].capitalize() + " "
    gene_path, tissue_path = folder / "UGT1A1.txt", folder / "TOPO1_IHC.csv"
    gene_path.write_bytes(csv_bytes(GENES, genes, delimiter="\t", end="\r\n"))
    tissue_path.write_bytes(csv_bytes(TISSUE, tissue, bom=True))
    return [gene_path, tissue_path]
