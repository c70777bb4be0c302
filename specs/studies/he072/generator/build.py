"""Writes all raw extracts of the study into one folder."""

from __future__ import annotations

from pathlib import Path

from specs.studies.he072.generator import (
    adverse_events,
    biomarkers,
    cns,
    demography,
    disposition,
    exposure,
    history,
    laboratory,
    medication,
    pharmacokinetics,
    signs,
    tumour,
    visits,
)

FORM_MODULES = (
    demography, history, exposure, adverse_events, medication, tumour, cns, disposition, pharmacokinetics,
    signs, visits,
)  # fmt: skip
NOTICE = """SYNTHETIC DATA

Every value in this folder is invented. No real patient is described. The files are made by
python -m specs.studies.he072.generator so that summary tables made from them equal numbers
published for NCT04728035; see README.md in the folder above.
"""


def build(folder: Path) -> list[Path]:
    """Makes ``folder`` if need be and writes every raw file; returns their paths in order of name."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [form.write(folder) for module in FORM_MODULES for form in module.forms()]
    written += [*laboratory.write(folder), *biomarkers.write(folder), pharmacokinetics.write(folder)]
    notice = folder / "SYNTHETIC-DATA.txt"
    notice.write_bytes(NOTICE.encode("ascii"))
    return sorted([*written, notice])
