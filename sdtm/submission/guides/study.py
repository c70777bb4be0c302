"""The guides of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdtm.submission.define import Defines, tabulations_of
from sdtm.submission.guides.model import Guide
from sdtm.submission.guides.tabulations import tabulation_guide

if TYPE_CHECKING:
    from sdtm.adam.engine import Analyses
    from sdtm.pipeline import Conversion


def study_guides(defines: Defines, conversion: Conversion, analyses: Analyses | None = None) -> list[Guide]:
    """The cSDRG, and the ADRG where there are analysis datasets; their findings are not in place yet."""
    tabulations = tabulations_of(conversion, analyses)
    guides = [tabulation_guide(defines.sdtm, conversion.study, tabulations, conversion.books)]
    if analyses is not None and defines.adam is not None:
        from sdtm.submission.guides.analyses import analysis_guide

        guides.append(analysis_guide(defines.adam, analyses.plan, analyses.datasets, tabulations))
    return guides
