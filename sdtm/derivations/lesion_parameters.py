"""Parameters of single target lesions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from specs.catalogue import Column, Columns, Made, Params


class LesionParameter(Params):
    subject: Column = "USUBJID"
    by: Columns = ()
    lesion: Column = "TRLNKID"
    node: Column = "NODEFL"
    code: Made = "PARAMCD"
    text: Made = "PARAM"
    diameter: str = "LDIAM"
    short_axis: str = "NLDIAM"


@derivation("lesion_parameter", LesionParameter)
def lesion_parameter(records: pd.DataFrame, params: LesionParameter, notes: Notes) -> pd.DataFrame:
    """The analysis parameter of each target lesion: LDIAM1, LDIAM2, … or NLDIAM1, … for lymph nodes.

    The lesions of a subject (and of an evaluator, ``by``) are counted through in the order of their names.

    Shape:   n sizes of target lesions in; parameter code and text out, same index.
    Unit:    none.
    Missing: where the lesion has no name.
    Errors:  none on data.
    Source:  admiralonco, "Creating ADTR": one parameter for each lesion.
    Example: T01 in the liver, T02 a lymph node -> LDIAM1, NLDIAM2.
    """
    by = [params.subject, *params.by]
    named = records[params.lesion].notna()
    rank = records[[*by, params.lesion]].groupby(by, dropna=False)[params.lesion].rank(method="dense")
    number = pd.Series(np.where(named, rank, 0), index=records.index).astype("int64").astype("str")
    is_node = records[params.node].eq("Y").to_numpy(dtype=bool)
    code = pd.Series(np.where(is_node, params.short_axis, params.diameter), index=records.index, dtype="str")
    measure = pd.Series(np.where(is_node, "Short Axis", "Longest Diameter"), index=records.index, dtype="str")
    text = "Target Lesion " + number + " " + measure + " (mm)"
    return pd.DataFrame({params.code: (code + number).where(named), params.text: text.where(named)})
