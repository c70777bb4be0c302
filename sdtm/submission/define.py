"""define.xml 2.1 of SDTM and of ADaM, from the finished datasets, the spec, its plan and the standards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sdtm import __version__
from sdtm.plan import Plan
from sdtm.stages import Dataset, WrittenFile
from sdtm.submission.acrf import FILE, TITLE, acrf_html
from sdtm.submission.define_adam import ADAM_CT, AdamFacts
from sdtm.submission.define_build import build_define
from sdtm.submission.define_codelists import Codelists
from sdtm.submission.define_html import define_html
from sdtm.submission.define_model import Define, Leaf
from sdtm.submission.define_sdtm import SDTM_CT, SdtmFacts
from sdtm.submission.define_xml import define_xml
from sdtm.submission.storage import written_file
from specs.model import Study
from specs.problems import ProblemsFound
from specs.standards import Terminology, ct_folder, terminology
from specs.workbook.define_sheets import CLASSES

if TYPE_CHECKING:
    from sdtm.adam.engine import Analyses
    from sdtm.pipeline import Conversion

XML, HTML = "define.xml", "define.html"


@dataclass(frozen=True, slots=True)
class Defines:
    """The content of both define.xml of a study; ``adam`` is None without analysis datasets."""

    sdtm: Define
    adam: Define | None


def make_defines(
    plan: Plan,
    datasets: Mapping[str, Dataset],
    analyses: Analyses | None = None,
    *,
    has_listing: bool = False,
) -> Defines:
    """Describe the datasets of a run.

    Datasets of SDTM that analyses make (PP) are described with SDTM, by the steps that make them.
    ``has_listing``: the listing of CRF fields (``acrf``) will stand beside the define.xml of SDTM.
    """
    study = plan.study
    words = _adam_terminology(study)
    of_sdtm = {SDTM_CT: plan.terminology}
    of_adam = {**({ADAM_CT: words} if words is not None else {}), **of_sdtm}
    facts = SdtmFacts(plan, Leaf("LF.acrf", FILE, TITLE) if has_listing else None)
    tabulations = dict(datasets)
    adam = None
    if analyses is not None:
        tabulations |= analyses.tabulations
        versions = {oid: each.version for oid, each in of_adam.items()}
        of_analyses = AdamFacts(analyses.plan, {**tabulations, **analyses.datasets}, facts.sheets, versions)
        facts.others.update(dict.fromkeys(analyses.tabulations, of_analyses))
        adam = build_define(
            study,
            analyses.datasets.values(),
            of_analyses,
            Codelists(study, of_adam),
            __version__,
        )
    ordered = sorted(tabulations.values(), key=lambda dataset: _place(facts, dataset))
    sdtm = build_define(study, ordered, facts, Codelists(study, of_sdtm), __version__)
    return Defines(sdtm, adam)


def write_defines(conversion: Conversion, analyses: Analyses | None, root: Path) -> list[WrittenFile]:
    """Describe a run in ``root``: sdtm/define.xml, adam/define.xml, each as .html too, and sdtm/acrf.html."""
    defines = make_defines(conversion.plan, conversion.datasets, analyses, has_listing=True)
    written = write_define(defines.sdtm, root / "sdtm", root)
    listing = root / "sdtm" / FILE
    listing.write_bytes(acrf_html(conversion.study.study, conversion.books, conversion.tables, defines.sdtm))
    written.append(written_file(listing, root))
    return written + (write_define(defines.adam, root / "adam", root) if defines.adam is not None else [])


def write_define(define: Define, folder: Path, root: Path | None = None) -> list[WrittenFile]:
    """Write define.xml and, to be read in a browser, define.html into a folder.

    ``root``: what the paths of the result are relative to; default: the folder.
    """
    written = []
    for name, content in ((XML, define_xml(define)), (HTML, define_html(define))):
        path = folder / name
        path.write_bytes(content)
        written.append(written_file(path, root or folder))
    return written


def _adam_terminology(study: Study) -> Terminology | None:
    """ADaM terminology of the study's date; its versions are fewer than those of SDTM."""
    try:
        return terminology(study.standards.ct, "adam", ct_folder())
    except ProblemsFound:
        return None


def _place(facts: SdtmFacts, dataset: Dataset) -> tuple[int, str, str]:
    """By class, as define.xml lists datasets; SUPP-- after its parent."""
    name = dataset.name
    parent = name.removeprefix("SUPP") if name.startswith("SUPP") else name
    class_name = facts.class_of(parent)
    place = CLASSES.index(class_name) if class_name in CLASSES else len(CLASSES)
    return place, parent, name if name != parent else ""
