"""Writes all raw extracts of the study into one folder."""

from __future__ import annotations

from pathlib import Path

from specs.studies.lxi15029.generator import (
    adverse_events,
    demography,
    disposition,
    exposure,
    history,
    laboratory,
    odm,
    pharmacokinetics,
    queries,
    tumour,
    visits,
    vital_signs,
)

FORM_MODULES = (
    demography, disposition, exposure, adverse_events, vital_signs, tumour, pharmacokinetics, history, visits,
)  # fmt: skip
FILE_MODULES = (laboratory, pharmacokinetics, odm, queries)
NOTICE = """SYNTHETIC DATA

Every value in this folder is invented. No real patient is described. The files are made by
python -m specs.studies.lxi15029.generator so that summary tables made from them equal numbers
published for NCT03125746; see README.md in the folder above.
"""


def build(folder: Path) -> list[Path]:
    """Makes ``folder`` if need be and writes every raw file; returns their paths in order of name."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [form.write(folder) for module in FORM_MODULES for form in module.forms()]
    written += [module.write(folder) for module in FILE_MODULES]
    notice = folder / "SYNTHETIC-DATA.txt"
    notice.write_bytes(NOTICE.encode("ascii"))
    return sorted([*written, notice])
