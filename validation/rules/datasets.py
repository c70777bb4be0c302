"""Rules on which datasets there are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from validation.rules.registry import BOTH, rule, study_rule
from validation.tables import Table
from validation.text_forms import is_variable_name
from validation.values import Mask, filled, looked_up


@study_rule("demographics-absent", severity="error", source="CORE-000581, CG0368, TRC1736a")
def demographics_absent(tables: Mapping[str, Table]) -> dict[str, str]:
    """There is no dataset DM.

    Expected: DM in every submission of a study with subjects.
    Why: everything about a subject is found through DM; no rule across datasets can run without it.
    Do:  add DM to the folder.
    """
    return {} if "DM" in tables else {"DM": ""}


@study_rule("exposure-absent", severity="warning", source="CORE-000739, CG0407")
def exposure_absent(tables: Mapping[str, Table]) -> dict[str, str]:
    """There is no dataset EX.

    Expected: EX in every study that gives a treatment.
    Why: who was treated, and from when to when, is judged by EX.
    Do:  add EX, or accept this for a study without treatment.
    """
    return {} if "EX" in tables else {"EX": ""}


@study_rule("empty-dataset", severity="error", source="CORE-000579, CG0408")
def empty_dataset(tables: Mapping[str, Table]) -> dict[str, str]:
    """The dataset has no records.

    Expected: at least one record; a dataset for which nothing was collected is left out.
    Why: an empty dataset is refused.
    Do:  leave the dataset out, or look why its source made no records.
    """
    return {name: "" for name, table in tables.items() if not len(table.frame)}


@study_rule("dataset-name-differs", severity="error", source="CORE-000539, CG0332, CORE-000510, CG0017")
def dataset_name_differs(tables: Mapping[str, Table]) -> dict[str, str]:
    """The dataset holds one domain, and has not its name.

    Expected: the name of the domain, or for a part of it the domain and one or two more letters or digits.
    Why: programs and define.xml find a dataset by its name.
    Do:  rename the dataset.
    """
    return {
        name: f'"{name}" for records of {table.standard}'
        for name, table in tables.items()
        if table.standard != name
    }


@study_rule("unknown-dataset", severity="warning")
def unknown_dataset(tables: Mapping[str, Table]) -> dict[str, str]:
    """Neither the standard nor the spec knows this dataset.

    Expected: a dataset of the SDTMIG, or a domain of the sponsor's own with its class in the spec.
    Why: its variables cannot be judged while nobody says what they are.
    Do:  correct the name of the file, or add the domain with its class to the spec.
    """
    return {name: f'"{name}"' for name, table in tables.items() if table.definition is None}


@study_rule(
    "invalid-dataset-name", severity="error", source="CORE-000293, CG0205, CORE-000357, CG0018", model=BOTH
)
def invalid_dataset_name(tables: Mapping[str, Table]) -> dict[str, str]:
    """The name of the dataset is one that a transport file cannot hold.

    Expected: 1 to 8 characters A-Z and 0-9, a letter first.
    Why: SAS transport files, version 5, have no room for anything else.
    Do:  rename the dataset.
    """
    return {name: f'"{name}"' for name in tables if not is_variable_name(name)}


@rule(
    "study-differs",
    on="STUDYID",
    without="DM",
    needs="DM.STUDYID",
    severity="error",
    source="CORE-000172, CG0409",
)
def study_differs(dataset: pd.DataFrame, variable: str, subjects: pd.DataFrame) -> Mask:
    """STUDYID is not the one of DM.

    Expected: the STUDYID that DM has.
    Why: records of another study have come into this one, or one of the two is misspelt.
    Do:  look at the source of the records.
    """
    known = looked_up(dataset[variable], subjects["STUDYID"], pd.Series(np.ones(len(subjects))))
    return filled(dataset[variable]) & known.isna().to_numpy()
