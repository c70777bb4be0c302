"""Variables that do not belong into a dataset although the model knows them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from validation.rules.registry import ALL_DATASETS, rule, sibling
from validation.tables import Table
from validation.values import filled

# Ending -> the one domain that has the variable.
_AT_HOME = {"BEATNO": "EG", "AGENT": "MS", "CONC": "MS", "CONCU": "MS", "EVDTYP": "MH"}
_NONCLINICAL = (
    *("--USCHFL", "--RSTIND", "--RSTMOD", "--IMPLBL", "--DTHREL", "--EXCLFL", "--REASEX", "--DETECT"),
    *("--RPDY", "--RPSTDY", "--RPENDY", "--NOMDY", "--NOMLBL", "--RESLOC"),
    *("FETUSID", "RPATHCD", "RPHASE", "RPPLDY", "RPPLSTDY", "RPPLENDY"),
    *("AGETXT", "SPECIES", "STRAIN", "SBSTRAIN"),
)


@rule(
    "nonclinical-variable",
    on=_NONCLINICAL,
    severity="error",
    source="CORE-000049, CG0507, CG0622, CORE-000050, CG0623, CORE-000051, CG0624, CORE-000052, CG0625, "
    "CORE-000054, CG0627, CORE-000055, CG0628, CORE-000056, CG0629, CORE-000057, CG0509, CG0630, "
    "CORE-000058, CG0631, CORE-000059, CG0632, CORE-000060, CG0633, CORE-000061, CG0634, CORE-000064, CG0637, "
    "CORE-000065, CG0638, CORE-000066, CG0639, CORE-000067, CG0640, CORE-000068, CG0641, CORE-000069, CG0642, "
    "CORE-000070, CG0643, CORE-000071, CG0644, CORE-000073, CG0533, CORE-000074, CG0508, CORE-000174, CG0356, "
    "CORE-000175, CG0357, CORE-000176, CG0358, CORE-000226, CG0352, CORE-000242, CG0353, CORE-000243, CG0354, "
    "CORE-000244, CG0355, CORE-000245, CG0510, CG0635, CORE-000246, CG0511, CG0636, CORE-000247, CG0552, CG0626",
)
def nonclinical_variable(dataset: pd.DataFrame, variable: str) -> bool:
    """The variable is one of nonclinical studies.

    Expected: variables that the SDTMIG has for studies with people.
    Why: SDTM knows the variable, the SDTMIG leaves it out on purpose.
    Do:  move the value to SUPP--, or choose the variable that the SDTMIG has for it.
    """
    return True


@rule(
    "variable-of-another-domain",
    on=tuple(f"--{ending}" for ending in _AT_HOME),
    severity="error",
    source="CORE-000072, CG0542, CORE-000111, CG0564, CORE-000112, CG0565, CORE-000113, CG0566, CORE-000114, CG0567",
)
def variable_of_another_domain(dataset: pd.DataFrame, variable: str) -> bool:
    """The variable belongs to one other domain.

    Expected: --BEATNO in EG, --AGENT, --CONC and --CONCU in MS, --EVDTYP in MH, and nowhere else.
    Why: the SDTMIG gives these variables to one domain only.
    Do:  move the value to SUPP--, or the records to that domain.
    """
    return variable[:2] != _AT_HOME[variable[2:]]


@rule(
    "method-of-treatment",
    on="--METHOD",
    classes="Interventions",
    severity="error",
    source="CORE-000048, CG0621",
)
def method_of_treatment(dataset: pd.DataFrame, variable: str) -> bool:
    """A treatment has a method.

    Expected: no --METHOD in Interventions; how something is given is --ROUTE and --DOSFRM.
    Why: the SDTMIG leaves the variable out in this class.
    Do:  move the value to SUPP--.
    """
    return True


@rule(
    "adverse-event-asked-for",
    on=("AEOCCUR", "AESTAT", "AEREASND"),
    datasets="AE",
    severity="error",
    source="CORE-000012, CG0040, CORE-000013, CG0044, CORE-000075, CG0304",
)
def adverse_event_asked_for(dataset: pd.DataFrame, variable: str) -> bool:
    """AE says whether events occurred or were asked for.

    Expected: only events that occurred, without AEOCCUR, AESTAT and AEREASND.
    Why: every record of AE is counted as an event.
    Do:  move the answers to FA or CE, and leave out what did not occur.
    """
    return True


@rule(
    "evaluator-of-instrument",
    on=("QSEVAL", "QSEVALID", "FTEVAL", "FTEVALID"),
    severity="error",
    source="CORE-000031, CG0659, CORE-000032, CG0660",
)
def evaluator_of_instrument(dataset: pd.DataFrame, variable: str) -> bool:
    """A questionnaire or test has an evaluator.

    Expected: no --EVAL and --EVALID in QS and FT, since SDTMIG 3.4.
    Why: who answers is fixed by the instrument.
    Do:  leave the variable out, or move it to SUPP-- where it was collected.
    """
    return True


@rule(
    "start-date-of-finding",
    on="--STDTC",
    classes="Findings",
    without="FA",
    severity="error",
    source="CORE-000207, CG0467",
)
def start_date_of_finding(dataset: pd.DataFrame, variable: str) -> bool:
    """A finding has --STDTC.

    Expected: --DTC for the date of a finding, and for the start of its collection.
    Why: programs look for the date of findings in --DTC.
    Do:  map the date to --DTC.
    """
    return True


@rule(
    "vehicle-amount-beside-collected",
    on=("EXVAMT", "EXVAMTU"),
    datasets="EX",
    needs=ALL_DATASETS,
    severity="error",
    source="CORE-000291, CG0105, CORE-000292, CG0107",
)
def vehicle_amount_beside_collected(
    dataset: pd.DataFrame, variable: str, tables: Mapping[str, Table]
) -> bool:
    """EX has the amount of a vehicle, although there is EC.

    Expected: amounts as collected in EC; EX tells the exposure that the protocol means.
    Why: the same amount in two datasets may differ.
    Do:  move the variable to EC.
    """
    return "EC" in tables


@rule(
    "milestone-without-definition",
    on=("MIDS", "RELMIDS"),
    needs=ALL_DATASETS,
    severity="error",
    source="CORE-000297, CG0501, CORE-000777, CG0502",
)
def milestone_without_definition(dataset: pd.DataFrame, variable: str, tables: Mapping[str, Table]) -> bool:
    """Records refer to milestones, and there is no TM.

    Expected: TM with each kind of milestone.
    Why: nobody says what the milestone is.
    Do:  add TM and SM.
    """
    return "TM" not in tables


@rule(
    "reference-point-unused",
    on="--TPTREF",
    optional=("--TPT", "--TPTNUM", "--ELTM", "--STINT", "--ENINT", "--RFTDTC"),
    severity="error",
    source="CORE-000080, CG0093",
)
def reference_point_unused(dataset: pd.DataFrame, variable: str) -> bool:
    """A reference time point is named, and nothing refers to it.

    Expected: --TPT, --TPTNUM, --ELTM or an interval beside --TPTREF.
    Why: the reference of nothing tells nothing.
    Do:  add the time point, or leave --TPTREF out.
    """
    endings = ("TPT", "TPTNUM", "ELTM", "STINT", "ENINT", "RFTDTC")
    relative = [dataset[sibling(variable, ending)] for ending in endings]
    return bool(filled(dataset[variable]).any()) and not any(filled(column).any() for column in relative)
