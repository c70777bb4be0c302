"""Draft a study folder: the spec out of the raw files, written beside them."""

from __future__ import annotations

import os
from pathlib import Path

from sdtm.drafting.draft import draft_study
from sdtm.extract.table import refuse
from sdtm.skeleton import not_writable, refuse_existing, study_name
from specs.model import Study
from specs.yaml_write import write_study


def write_draft(folder: Path, raw: Path, study: str = "", encoding: str = "") -> tuple[Study, list[Path]]:
    """Draft a spec for the files below ``raw`` into ``folder``; the drafted study and the files written.

    ``study``: the STUDYID; else what the files say, else the folder's name in capitals. ``encoding``: of text
    files that are not UTF-8. Raises ``ProblemsFound`` for a folder that has a study already, and where there
    is nothing to draft from; then nothing is written.
    """
    fallback = study_name(folder, study)
    refuse_existing(folder, ("study.yaml", "sdtm"))
    if not raw.is_dir():
        raise refuse(
            "missing-folder", str(raw), "no such folder", "the folder of the raw files", "correct --raw"
        )
    drafted = draft_study(raw, _relative(raw, folder), study, fallback, encoding)
    try:
        return drafted, write_study(drafted, folder)
    except OSError as error:
        raise not_writable(folder, error) from None


def _relative(raw: Path, folder: Path) -> str:
    """The raw folder as the spec names it: relative to the study folder, where that is possible."""
    try:
        return Path(os.path.relpath(raw.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return raw.resolve().as_posix()
