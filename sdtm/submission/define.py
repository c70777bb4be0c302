"""define.xml 2.1 of SDTM and of ADaM, from the finished datasets, the spec, its plan and the standards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from sdtm.submission.define_sheets import DefineSheets
from sdtm.submission.define_ways import Columns, columns_of, columns_of_inputs
from sdtm.submission.define_xml import define_xml
from sdtm.submission.storage import written_file
from specs.model import Study
from specs.problems import ProblemsFound
from specs.standards import Terminology, ct_folder, terminology
from specs.workbook.define_sheets import CLASSES

if TYPE_CHECKING:
    from sdtm.adam.engine import Analyses
    from sdtm.adam.inputs import Inputs
    from sdtm.pipeline import Conversion

XML, HTML = "define.xml", "define.html"


@dataclass(frozen=True, slots=True)
class Defines:
    """The content of both define.xml of a study; ``adam`` is None without analysis datasets."""

    sdtm: Define
    adam: Define | None


def tabulations_of(conversion: Conversion, analyses: Analyses | None) -> dict[str, Dataset]:
    """The datasets of SDTM, with those that are made of analyses (PP)."""
    return {**conversion.datasets, **(analyses.tabulations if analyses is not None else {})}


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
    facts = SdtmFacts(plan, Leaf("LF.acrf", FILE, TITLE) if has_listing else None)
    tabulations = dict(datasets)
    adam = None
    if analyses is not None:
        tabulations |= analyses.tabulations
        adam = _adam(facts, analyses, columns_of({**tabulations, **analyses.datasets}))
    return Defines(_sdtm(facts, tabulations), adam)


def make_analysis_defines(plan: Plan, analyses: Analyses, inputs: Inputs) -> Defines:
    """Describe what analyses made of SDTM that stands elsewhere (``inputs``): ADaM, and tabulations such as PP."""
    facts = SdtmFacts(plan)
    made = {**analyses.tabulations, **analyses.datasets}
    adam = _adam(facts, analyses, {**columns_of_inputs(inputs), **columns_of(made)})
    return Defines(_sdtm(facts, analyses.tabulations), adam)


def _sdtm(facts: SdtmFacts, tabulations: Mapping[str, Dataset]) -> Define:
    ordered = sorted(tabulations.values(), key=lambda dataset: _place(facts, dataset))
    codelists = Codelists(facts.study, {SDTM_CT: facts.plan.terminology})
    return build_define(facts.study, ordered, facts, codelists, __version__)


def _adam(facts: SdtmFacts, analyses: Analyses, columns: Columns) -> Define:
    study = facts.study
    words = _adam_terminology(study)
    packages = {**({ADAM_CT: words} if words is not None else {}), SDTM_CT: facts.plan.terminology}
    versions = {oid: each.version for oid, each in packages.items()}
    of_analyses = AdamFacts(analyses.plan, columns, facts.sheets, versions)
    facts.others.update(dict.fromkeys(analyses.tabulations, of_analyses))
    codelists = Codelists(study, packages)
    adam = build_define(study, analyses.datasets.values(), of_analyses, codelists, __version__)
    return _with_displays(adam, study, facts.sheets, of_analyses.documents())


def _with_displays(adam: Define, study: Study, sheets: DefineSheets, documents: Mapping[str, Leaf]) -> Define:
    """The same with the tables and figures of the study as analysis results metadata.

    Raises ``ProblemsFound`` for a tables.yaml that says what nothing knows.
    """
    if not (study.tables or study.figures or sheets.results):
        return adam
    from sdtm.reports.plan import plan_reports
    from sdtm.submission.define_displays import Displays

    groups = {group.name: group for group in adam.groups}
    displays = Displays(sheets, groups, {item.oid: item for item in adam.items}, documents, __version__)
    made = displays.all(plan_reports(study))
    return replace(adam, displays=made, wheres=(*adam.wheres, *displays.wheres.values()))


def write_defines(defines: Defines, conversion: Conversion, root: Path) -> list[WrittenFile]:
    """Describe a run in ``root``: sdtm/define.xml, adam/define.xml, each as .html too, and sdtm/acrf.html."""
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
