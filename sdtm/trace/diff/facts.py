"""What a delivery says of itself: the manifest of a run, the standards and keys of its define.xml, its findings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sdtm.extract.xml_files import XMLStream, elements, local
from sdtm.submission.manifest import NAME, read_manifest
from sdtm.trace.diff.definitions import definitions_of
from specs.location import Location
from specs.problems import Problem, ProblemsFound
from validation.define_reader import read_define as read_whole

DEFINE, FINDINGS = "define.xml", "reports/findings.json"
# These explain a difference and are none: they tell how the delivery was made, not what it says.
CIRCUMSTANCES = frozenset({"toolkit", "spec", "raw file", "created"})
Fact = tuple[str, str]  # kind and name
_DEF = "{http://www.cdisc.org/ns/def/v2."


@dataclass(frozen=True, slots=True)
class Facts:
    """``said``: file -> (kind, name) -> text, such as define.xml -> (CT, SDTM) -> 2025-03-28.

    ``keys``: of datasets, by define.xml. ``findings``: as findings.json has them; None where there is no such file.
    ``definitions``: what define.xml says of datasets, variables, values and codelists (``diff.definitions``).
    """

    study: str = ""
    said: Mapping[str, Mapping[Fact, str]] = field(default_factory=dict)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    findings: tuple[Mapping[str, Any], ...] | None = None
    definitions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FactChange:
    """``explains``: a circumstance, which does not count as a difference of what was delivered."""

    file: str
    kind: str
    name: str
    old: str
    new: str

    @property
    def explains(self) -> bool:
        return self.kind in CIRCUMSTANCES


def read_facts(root: Path, folders: Sequence[Path]) -> Facts:
    """The facts of a delivery; empty where it has neither manifest nor define.xml.

    ``folders``: where a define.xml may stand.

    Raises:
        ProblemsFound: a define.xml or findings.json that is damaged.
    """
    said: dict[str, dict[Fact, str]] = {}
    keys: dict[str, tuple[str, ...]] = {}
    definitions: dict[str, dict[str, str]] = {}
    study = ""
    try:
        manifest = read_manifest(root)
    except ProblemsFound:
        pass  # no run of ours made this folder
    else:
        study = manifest.study
        said[NAME] = {
            ("toolkit", "version"): manifest.toolkit,
            ("spec", "SHA-256"): manifest.spec_sha256,
            ("created", ""): manifest.created,
            **{("standard", name): version for name, version in manifest.versions.items()},
            **{("raw file", file.path): file.sha256 for file in manifest.inputs},
        }
    for folder in folders:
        if (folder / DEFINE).is_file():
            name, standards, own = read_define(folder / DEFINE)
            study = study or name
            said.setdefault(DEFINE, {}).update(standards)
            keys |= own
            model = "ADaM" if any("ADAM" in standard.upper() for _, standard in standards) else "SDTM"
            definitions |= definitions_of(read_whole(folder / DEFINE), model)
    return Facts(study, said, keys, read_findings(root / FINDINGS), definitions)


def fact_changes(old: Facts, new: Facts) -> list[FactChange]:
    """What both say, and say otherwise; a file that only one of them has is nobody's difference."""
    changes = []
    if old.study and new.study and old.study != new.study:
        changes.append(FactChange("", "study", "", old.study, new.study))
    for file in sorted(old.said.keys() & new.said.keys()):
        was, now = old.said[file], new.said[file]
        for place in sorted(was.keys() | now.keys()):
            if was.get(place, "") != now.get(place, ""):
                changes.append(FactChange(file, *place, was.get(place, ""), now.get(place, "")))
    return changes


def read_define(
    path: Path,
) -> tuple[str, dict[Fact, str], dict[str, tuple[str, ...]]]:
    """Study, standards and terminology, and the keys of each dataset in their sequence; version 2.0 or 2.1."""
    study = ""
    standards: dict[Fact, str] = {}
    names: dict[str, str] = {}
    keyed: dict[str, list[tuple[int, str]]] = {}
    with path.open("rb") as file:
        for _, element in elements(XMLStream(file, str(path)), starts=False):
            kind = local(element)
            if kind == "StudyName":
                study = (element.text or "").strip()
            elif kind == "Standard":
                is_terms = element.get("Type") == "CT"
                name = element.get("PublishingSet") if is_terms else element.get("Name")
                standards[("CT" if is_terms else "standard", name or "")] = element.get("Version", "")
            elif kind == "MetaDataVersion":
                name = next(
                    (value for key, value in element.attrib.items() if _is_def(key, "StandardName")), ""
                )
                version = next(
                    (value for key, value in element.attrib.items() if _is_def(key, "StandardVersion")), ""
                )
                if name:
                    standards[("standard", name)] = version
            elif kind == "ItemDef":
                names[element.get("OID", "")] = element.get("Name", "").upper()
            elif kind == "ItemGroupDef":
                own = keyed.setdefault(element.get("Name", "").upper(), [])
                for item in element:
                    place = item.get("KeySequence", "") if local(item) == "ItemRef" else ""
                    if place.isdigit():
                        own.append((int(place), item.get("ItemOID", "")))
    keys = {
        dataset: tuple(names[oid] for _, oid in sorted(items) if names.get(oid))
        for dataset, items in keyed.items()
        if items
    }
    return study, standards, keys


def _is_def(attribute: str, name: str) -> bool:
    return attribute.startswith(_DEF) and attribute.endswith(f"}}{name}")


def read_findings(path: Path) -> tuple[Mapping[str, Any], ...] | None:
    """The findings that a run wrote; None where it wrote none.

    Raises:
        ProblemsFound: the file is no list of findings.
    """
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_bytes().decode("utf-8"))
        found = content["findings"]
        if isinstance(found, list) and all(isinstance(finding, dict) for finding in found):
            return tuple(found)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    raise ProblemsFound(
        Problem(
            "damaged-file",
            Location(str(path)),
            "not the findings of a run",
            "a findings.json as sdtm run writes it",
            "copy the file again, or run again",
        )
    )
