"""Sections that both guides have: purpose, words, standards, protocol, conformance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from sdtm import __version__
from sdtm.stages import Dataset
from sdtm.submission.define_model import Define
from sdtm.submission.guides.model import Block, Section, section, table, text, to_write
from specs.fingerprint import spec_hash
from specs.model import Study

_ACRONYMS = {
    "ADaM": "Analysis Data Model",
    "ADRG": "Analysis Data Reviewer's Guide",
    "ARM": "Analysis Results Metadata",
    "CRF": "Case Report Form",
    "cSDRG": "Clinical Study Data Reviewer's Guide",
    "CT": "Controlled Terminology",
    "SDTM": "Study Data Tabulation Model",
    "SUPP--": "Supplemental Qualifiers of a domain",
    "XPT": "SAS transport file, version 5",
}
_SYNTHETIC = "synthetic"


def introduction(define: Define, study: Study, purpose: str) -> Iterator[Section]:
    """1.1 to 1.3, below a heading of their own."""
    yield section("Introduction", level=1)
    yield section("Purpose", *_synthetic(study), text(purpose))
    yield section("Acronyms", table("", ("Acronym", "Meaning"), _ACRONYMS.items()))
    rows = [
        (
            standard.name,
            " ".join(filter(None, (standard.publishing_set, standard.version))),
            "implementation guide" if standard.type == "IG" else "controlled terminology",
        )
        for standard in define.standards
    ]
    rows.append(("Define-XML", "2.1.0", "data definitions"))
    if define.displays:
        rows.append(("ARM for Define-XML", "1.0", "analysis results metadata"))
    rows += [
        (each.name, f"{each.dictionary} {each.version}", "dictionary")
        for each in define.codelists
        if each.dictionary
    ]
    rows.append(("sdtm-toolkit", __version__, "made the datasets and define.xml"))
    blocks = [table("", ("Standard or dictionary", "Version", "Used as"), rows)]
    named = {each.name for each in define.codelists if each.dictionary}
    groups = {group.name for group in define.groups}
    coded = {"AE": "MedDRA", "ADAE": "MedDRA", "CM": "WHODrug", "ADCM": "WHODrug"}
    for dictionary in sorted({coded[name] for name in groups & coded.keys()} - named):
        blocks.append(to_write(f"the version of {dictionary}, if terms are coded by it; the spec names none"))
    yield section("Standards and dictionaries", *blocks)


def _synthetic(study: Study) -> list[Block]:
    if _SYNTHETIC not in study.title.casefold():
        return []
    return [
        text("The data of this study are SYNTHETIC. They describe no real person and support no conclusion.")
    ]


def protocol_title(study: Study, parameters: pd.DataFrame | None) -> Section:
    """2.1."""
    said = {} if parameters is None else dict(zip(parameters["TSPARMCD"], parameters["TSVAL"], strict=True))
    rows = [("Protocol number", study.study), ("Title", said.get("TITLE") or study.title)]
    rows += [("Sponsor", said["SPONSOR"])] if said.get("SPONSOR") else []
    rows += [("Registry number", said["REGID"])] if said.get("REGID") else []
    blocks = [table("", ("Item", "Text"), rows)]
    if not said.get("SPONSOR"):
        blocks.append(to_write("the sponsor; Trial Summary does not name it"))
    blocks.append(to_write("versions and amendments of the protocol that applied"))
    return section("Protocol number and title", *blocks)


def trial_parameters(datasets: Mapping[str, Dataset]) -> pd.DataFrame | None:
    """TS as texts, one row a parameter; None without it."""
    if "TS" not in datasets or not len(datasets["TS"].frame):
        return None
    frame = datasets["TS"].frame
    names = [name for name in ("TSPARMCD", "TSPARM", "TSVAL", "TSVALNF") if name in frame]
    found = frame[names].astype("object")
    return found.where(found.notna(), "").reindex(
        columns=["TSPARMCD", "TSPARM", "TSVAL", "TSVALNF"], fill_value=""
    )


def arms(study: Study) -> Block:
    """The planned arms and their elements."""
    if not study.arms:
        return to_write("the arms of the study; the spec has none")
    rows = [(arm.ARMCD, arm.ARM, ", ".join(element.ETCD for element in arm.elements)) for arm in study.arms]
    return table("Planned arms", ("ARMCD", "Arm", "Elements in order"), rows)


def conformance(study: Study, what: str) -> Iterator[Section]:
    """Inputs, issues, and what the study accepts."""
    yield section("Data conformance summary", level=1)
    yield section(
        "Conformance inputs",
        table(
            "",
            ("Check", "Version"),
            [
                ("Rules of sdtm-toolkit on records, datasets and across datasets", __version__),
                ("Controlled terminology", study.standards.ct),
                ("Study spec (SHA-256)", spec_hash(study)),
            ],
        ),
        to_write(
            f"other engines that checked {what} (name, version, date), and whether their findings are below"
        ),
    )
    yield section("Issues", Block("issues"))
    accepted = [(rule, reason) for rule, reason in study.accept.items()]
    if accepted:
        yield section("Findings accepted by the spec", table("", ("Rule", "Reason"), accepted))
