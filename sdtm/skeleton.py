"""The skeleton of a study folder, for ``sdtm init``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from specs.location import Location
from specs.problems import Problem, ProblemsFound

STUDY = """\
# What is the same for the whole study. Everything that the standards say is not written here.
study: {study}
standards: {{sdtmig: "3.4", ct: "2025-03-28"}}
raw:
  folder: raw
  missing: [""]
  datasets:
    # one for each raw table: file (or glob), and the columns that identify a row
    dm: {{file: DM.csv, key: [SUBJECT]}}
subject:
  SITEID: SITE
  SUBJID: SUBJECT
  USUBJID: "{{STUDYID}}-{{SITEID}}-{{SUBJID}}"
"""

DEMOGRAPHICS = """\
# sdtm profile raw shows the columns; sdtm spec show . DM shows what this compiles to.
domain: DM
sources:
  - from: dm
    map:
      SEX: SEX
      COUNTRY: COUNTRY
"""


def make_skeleton(folder: Path, study: str = "") -> list[Path]:
    """Write study.yaml, sdtm/dm.yaml and an empty raw/; refuses a folder that has a study already."""
    quoted = study_name(folder, study).replace("'", "''")
    files = {"study.yaml": STUDY.format(study=f"'{quoted}'"), "sdtm/dm.yaml": DEMOGRAPHICS}
    refuse_existing(folder, tuple(files))
    try:
        (folder / "raw").mkdir(parents=True, exist_ok=True)
        (folder / "sdtm").mkdir(exist_ok=True)
        for path, content in files.items():
            (folder / path).write_text(content, encoding="utf-8", newline="\n")
    except OSError as error:
        raise not_writable(folder, error) from None
    return [folder / path for path in files]


def study_name(folder: Path, study: str = "") -> str:
    """The STUDYID: as said, else the folder's name in capitals; ``ProblemsFound`` if it is none."""
    name = study or folder.resolve().name.upper()
    if not name.strip() or not name.isprintable():
        where, do = Location(key="--study"), "write it with --study"
        raise ProblemsFound(Problem("bad-value", where, repr(name), "a STUDYID in one line", do))
    return name


def refuse_existing(folder: Path, names: Sequence[str]) -> None:
    """``ProblemsFound`` for a folder that has one of some files already; nobody's spec is written over."""
    if there := [name for name in names if (folder / name).exists()]:
        raise ProblemsFound(
            Problem(
                "study-exists",
                Location(file=str(folder / there[0])),
                "a study is already there",
                "a new or empty folder",
                "choose another folder",
            )
        )


def not_writable(folder: Path, error: OSError) -> ProblemsFound:
    """The exception for a folder that cannot be written."""
    return ProblemsFound(
        Problem(
            "not-writable",
            Location(file=str(folder)),
            error.strerror or "cannot be written",
            "a folder that can be written",
            "choose another folder",
        )
    )
