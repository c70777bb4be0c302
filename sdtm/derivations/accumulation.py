"""accumulation_ratios: parameters of a later profile over those of the first one."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import Field

from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.noncompartmental.codes import parameter_name
from specs.catalogue import Column, Columns, Params

NO_REFERENCE = "no value in the reference profile"
REFERENCE_ZERO = "value of the reference profile not above zero"
NO_VALUE = "no value in this profile"


class AccumulationRatios(Params):
    copies_records: ClassVar[bool] = True
    by: Columns
    profile: Column
    reference: str
    ratios: dict[str, str] = Field(default={"ARAUC": "AUCTAU", "ARCMAX": "CMAX"})
    code: Column = "PARAMCD"
    value: Column = "AVAL"
    ct: str = ""


@derivation("accumulation_ratios", AccumulationRatios, makes="records")
def accumulation_ratios(records: pd.DataFrame, params: AccumulationRatios, notes: Notes) -> pd.DataFrame:
    """Ratios of a parameter between a later profile and the reference profile of the same subject.

    Shape:   records of ``nca`` in; one new record for each ratio and each profile but the reference, with
             the columns of the records it was made from. ``by``: what makes profiles comparable (subject,
             analyte, specimen); ``profile`` tells them apart, ``reference`` is its value in the first one.
    Unit:    none (a ratio).
    Missing: without a value in either profile, or with a reference that is not above 0; PPREASND says why.
    Errors:  two records of one parameter and profile are noted and give no ratio.
    Source:  CDISC PKPARMCD: ARAUC = AUCTAU (last) / AUCTAU (first), ARCMAX = CMAX / CMAX.
    Example: AUCTAU 100 on day 1 and 180 on day 28 -> ARAUC 1.8.
    """
    keys = [*params.by, params.profile]
    twice = records.duplicated([*keys, params.code], keep=False)
    used = twice & records[params.code].isin(list(params.ratios.values()))
    notes.add(
        "parameter-twice",
        records.index[used],
        found="two records of one parameter in one profile",
        expected="one record",
        do="name more variables in by or profile; no ratio is made",
        variable=params.value,
    )
    single = records[~twice]
    parts = [_ratio(single, params, code, parameter) for code, parameter in params.ratios.items()]
    parts = [part for part in parts if len(part)]
    if not parts:
        return records.iloc[:0]
    made = pd.concat(parts)
    return made.sort_values(keys, kind="stable", ignore_index=True)


def _ratio(records: pd.DataFrame, params: AccumulationRatios, code: str, parameter: str) -> pd.DataFrame:
    of_parameter = records[records[params.code] == parameter]
    is_reference = of_parameter[params.profile].astype("str") == params.reference
    later = of_parameter[~is_reference].reset_index(drop=True)
    by = list(params.by)
    first = of_parameter[is_reference][[*by, params.value]].rename(columns={params.value: "_first"})
    value = later[params.value].to_numpy(dtype=float)
    base = later[by].merge(first, on=by, how="left", validate="m:1")["_first"].to_numpy(dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(base > 0, value / base, np.nan)
    reason = np.select(
        [np.isnan(value), np.isnan(base), base <= 0], [NO_VALUE, NO_REFERENCE, REFERENCE_ZERO], ""
    ).astype(object)
    changed = {
        params.code: code,
        "PARAM": parameter_name(code, params.ct),
        params.value: ratio,
        "AVALU": None,
        "PPREASND": pd.Series(reason, dtype="str").where(reason != ""),
        "NCAACCFL": None,
        "NCAACCRS": None,
    }
    made = later.assign(**changed)
    texts = {name: "str" for name in ("AVALU", "PPREASND", "NCAACCFL", "NCAACCRS")}
    return made.astype(texts)
