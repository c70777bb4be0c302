"""Rules on which analysis datasets and groups of variables there are (ADaMIG 1.3, 2 and 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from validation.analysis_tables import OCCURRENCES, OTHER, PARAMETERS, SUBJECT_LEVEL, AnalysisTable
from validation.rules.registry import ADAM, Fault, dataset_rule, study_rule
from validation.tables import Table
from validation.values import filled, is_text, looked_up

_TREATMENT = re.compile(r"TRT[0-9]{2}[PA]|TRT[PA]|TRTSEQ[PA]|TRT[0-9]{2}[PA]N|DOSE[0-9]{2}[PA]|DOSE[PA]")


@study_rule("adsl-absent", severity="error", source="AD0001, ADaMIG 1.3, 2.3.1", model=ADAM)
def adsl_absent(tables: Mapping[str, Table]) -> dict[str, str]:
    """There is no dataset ADSL.

    Expected: ADSL beside all other analysis datasets.
    Why: populations and treatments are taken from ADSL; without it no other dataset can be traced.
    Do:  add ADSL to the folder.
    """
    return {} if SUBJECT_LEVEL in tables else {SUBJECT_LEVEL: ""}


@study_rule("analysis-dataset-empty", severity="warning", model=ADAM)
def analysis_dataset_empty(tables: Mapping[str, Table]) -> dict[str, str]:
    """The analysis dataset has no records.

    Expected: at least one record, or `empty: true` in the spec of a dataset that may have none.
    Why: a table made of it is empty, and nobody can tell whether that is right.
    Do:  look at what the dataset is made from, or leave it out.
    """
    return {
        name: ""
        for name, table in tables.items()
        if not len(table.frame) and not (isinstance(table, AnalysisTable) and table.may_be_empty)
    }


@study_rule("analysis-name-without-ad", severity="warning", source="ADaMIG 1.3, 3.1.1", model=ADAM)
def analysis_name_without_ad(tables: Mapping[str, Table]) -> dict[str, str]:
    """The name of the analysis dataset does not start with AD.

    Expected: AD and up to six more letters or digits.
    Why: analysis datasets are told from those of SDTM by their names.
    Do:  rename the dataset.
    """
    return {name: f'"{name}"' for name in tables if not name.startswith("AD")}


@dataset_rule(
    "analysis-study-differs",
    severity="error",
    source="ADaMIG 1.3, 3.2.1",
    without=SUBJECT_LEVEL,
    needs=("ADSL.STUDYID",),
)
def analysis_study_differs(table: Table, subjects: pd.DataFrame) -> Iterator[Fault] | None:
    """STUDYID is not the one of ADSL.

    Expected: the STUDYID that ADSL has.
    Why: records of another study have come into this one, or one of the two is misspelt.
    Do:  look at the source of the records.
    """
    if "STUDYID" not in table.frame.columns or not is_text(table.frame["STUDYID"]):
        return None
    own = table.frame["STUDYID"]
    known = looked_up(own, subjects["STUDYID"], pd.Series(np.ones(len(subjects))))
    return iter([Fault("STUDYID", filled(own) & known.isna().to_numpy())])


@dataset_rule(
    "analysis-value-absent", severity="error", source="AD0198, ADaMIG 1.3, 3.3.4", classes=PARAMETERS
)
def analysis_value_absent(table: Table) -> Iterator[Fault]:
    """The dataset has parameters and neither AVAL nor AVALC.

    Expected: AVAL, AVALC or both.
    Why: a parameter without its value says nothing.
    Do:  add the analysis value.
    """
    if not {"AVAL", "AVALC"} & set(table.frame.columns):
        yield Fault()


@dataset_rule("analysis-value-missing", severity="warning", source="ADaMIG 1.3, 3.3.4", classes=PARAMETERS)
def analysis_value_missing(table: Table) -> Iterator[Fault] | None:
    """The parameter has no analysis value in any of its records.

    Expected: a value of AVAL or AVALC in some record of each parameter.
    Why: a parameter that is always empty is a mapping that does not work.
    Do:  look at the source of the parameter, or leave it out.
    """
    frame = table.frame
    values = [name for name in ("AVAL", "AVALC") if name in frame.columns]
    if not values or "PARAMCD" not in frame.columns or not is_text(frame["PARAMCD"]):
        return None
    has_value = np.logical_or.reduce([filled(frame[name]) for name in values])
    some = pd.Series(has_value).groupby(frame["PARAMCD"].astype(object), dropna=False).transform("any")
    return iter([Fault("PARAMCD", filled(frame["PARAMCD"]) & ~some.to_numpy(dtype=bool))])


@dataset_rule(
    "treatment-absent",
    severity="warning",
    source="ADaMIG 1.3, 3.2.4 and 3.3.2",
    classes=(*PARAMETERS, OCCURRENCES),
)
def treatment_absent(table: Table) -> Iterator[Fault]:
    """The dataset has no treatment variable.

    Expected: at least one of TRTP, TRTA, TRTxxP, TRTxxA, DOSEP or DOSEA.
    Why: records cannot be analysed by treatment without going back to ADSL.
    Do:  merge the treatment from ADSL.
    """
    if not any(_TREATMENT.fullmatch(name) for name in table.frame.columns):
        yield Fault()


@dataset_rule("dataset-of-no-structure", severity="note", source="ADaMIG 1.3, 2.2", classes=OTHER)
def dataset_of_no_structure(table: Table) -> Iterator[Fault] | None:
    """The dataset is neither ADSL, BDS nor OCCDS.

    Expected: one of the three structures, or a class in the spec.
    Why: the rules of a structure were not run on it, so that little of it was checked.
    Do:  nothing, if the dataset is meant to have a structure of its own; describe it in the reviewer's guide.
    """
    return iter([Fault()]) if not table.keys_declared else None
