"""Small studies for tests: a folder with a spec and raw files, written from texts that stand in the test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent


def make_study(
    folder: Path, study_yaml: str, domains: Mapping[str, str], raw: Mapping[str, str | bytes]
) -> Path:
    """Write ``study.yaml``, ``sdtm/NAME.yaml`` and ``raw/FILE`` below ``folder``; gives the study's folder.

    Texts may be indented as a whole. All data in them are invented.
    """
    study = folder / "study"
    (study / "sdtm").mkdir(parents=True)
    (study / "raw").mkdir()
    (study / "study.yaml").write_text(dedent(study_yaml), encoding="utf-8")
    for name, text in domains.items():
        (study / "sdtm" / f"{name.lower()}.yaml").write_text(dedent(text), encoding="utf-8")
    for name, content in raw.items():
        data = content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode("utf-8")
        path = study / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return study
