"""The spec that made an output folder, and the key of a record as a person writes it."""

from __future__ import annotations

import re
from pathlib import Path

from sdtm.submission.manifest import read_manifest
from specs import bundled_studies, load_study, spec_hash
from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound


def find_study(out: Path) -> Study:
    """The spec with the hash that the manifest names: in a folder above OUT or beside it, in the working folder
    or right below it, or a bundled one."""
    wanted = read_manifest(out).spec_sha256
    above, here = list(out.resolve().parents), Path.cwd()
    beside = [folder for parent in dict.fromkeys([*above[:1], here]) for folder in _folders(parent)]
    near = [folder for folder in dict.fromkeys([*above, here, *beside]) if (folder / "study.yaml").is_file()]
    places: list[str | Path] = [*near, *bundled_studies()]
    for place in places:
        try:
            study = load_study(place)
        except ProblemsFound:
            continue  # some other study, with problems of its own
        if spec_hash(study) == wanted:
            return study
    raise ProblemsFound(
        Problem(
            "spec-not-found",
            Location(file=str(out)),
            "no spec near the output folder is the one that made it",
            "the study of that run",
            "name it with --study STUDY",
        )
    )


def _folders(parent: Path) -> list[Path]:
    try:
        return sorted(path for path in parent.iterdir() if path.is_dir())
    except OSError:
        return []


def parse_key(text: str) -> dict[str, str]:
    """``USUBJID=LXI 001 AESEQ=3`` -> names and values; a value goes on to the next NAME=."""
    parts = re.split(r"(?:^|\s+)([A-Z][A-Z0-9]{0,7})=", text.strip())
    pairs = dict(zip(parts[1::2], parts[2::2], strict=True))
    if parts[0].strip() or not pairs:
        raise ProblemsFound(
            Problem(
                "bad-key",
                Location(),
                f"--key {text!r}",
                "NAME=value pairs separated by blanks",
                'write, for instance, --key "USUBJID=LXI-001 AESEQ=3"',
            )
        )
    return pairs
