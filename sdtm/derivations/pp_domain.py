"""pp_records: SDTM PP out of the parameters of ``nca``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtm.derivations.flags import flags
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.noncompartmental.codes import CODES
from sdtm.numbers import shortest
from sdtm.statistics.rounding import significant_text
from specs.catalogue import CarriedColumns, Column, Columns, Params

ORDER = (
    "STUDYID", "DOMAIN", "USUBJID", "PPSEQ", "PPGRPID", "PPTESTCD", "PPTEST", "PPCAT", "PPORRES", "PPORRESU",
    "PPSTRESC", "PPSTRESN", "PPSTRESU", "PPSTAT", "PPREASND", "PPSPEC",
)  # fmt: skip
LAST = ("PPTPTREF", "PPRFTDTC", "PPSTINT", "PPENINT")


class PpRecords(Params):
    study: Column = "STUDYID"
    subject: Column = "USUBJID"
    analyte: Column = "PCTEST"
    specimen: Column = ""
    reference_date: Column = "PCRFTDTM"
    reference: Column = ""
    group: Columns = ()
    keep: CarriedColumns = ()
    digits: int | None = None
    code: Column = "PARAMCD"
    name: Column = "PARAM"
    value: Column = "AVAL"
    unit: Column = "AVALU"
    reason: Column = "PPREASND"
    interval_start: Column = "PPSTINT"
    interval_end: Column = "PPENINT"


@derivation("pp_records", PpRecords, makes="records", fixed=ORDER + LAST)
def pp_records(records: pd.DataFrame, params: PpRecords, notes: Notes) -> pd.DataFrame:
    """Records of the SDTM domain PP out of calculated parameters.

    Shape:   records of ``nca`` (PARAMCD, PARAM, AVAL, AVALU, PPREASND, PPSTINT, PPENINT) in; as many PP
             records out, numbered within the subject by analyte, specimen, reference dose and the order of
             the parameters. ``keep``: columns taken over (VISITNUM, VISIT).
    Unit:    PPORRESU and PPSTRESU are the unit of the parameter.
    Missing: a parameter without a value is PPSTAT NOT DONE with its PPREASND and no result.
    Errors:  a value without a name (PPTEST) is noted.
    Source:  SDTMIG 3.4, 6.3.5.9 (PP). Results have their shortest exact text, or ``digits`` significant
             ones; PPSTRESN is the number that PPSTRESC shows. PPGRPID is the text of the ``group`` columns,
             as PCGRPID by ``pk_group``, so that RELREC can join both.
    Example: AVAL 14.30438, h -> PPORRES 14.30438, PPORRESU h; with digits 3 -> 14.3.
    """
    value = records[params.value].to_numpy(dtype=float)
    notes.add(
        "parameter-without-name",
        records.index[records[params.name].isna()],
        found="a parameter without PARAM",
        expected="the name of every parameter",
        do="add the name; PPTEST stays missing",
        variable="PPTEST",
    )
    text = result_texts(value, params.digits)
    done = text.notna().to_numpy()
    made = pd.DataFrame(index=records.index)
    made["STUDYID"] = records[params.study]
    made["DOMAIN"] = "PP"
    made["USUBJID"] = records[params.subject]
    made["PPGRPID"] = group_texts(records, params.group)
    made["PPTESTCD"], made["PPTEST"], made["PPCAT"] = (
        records[params.code],
        records[params.name],
        records[params.analyte],
    )
    made["PPORRES"] = made["PPSTRESC"] = text.to_numpy()
    made["PPORRESU"] = made["PPSTRESU"] = records[params.unit].where(done)
    made["PPSTRESN"] = text.astype(float).to_numpy()
    made["PPSTAT"] = pd.Series(flags(~done, "NOT DONE"), index=records.index)
    made["PPREASND"] = records[params.reason].where(~done)
    made["PPSPEC"] = records[params.specimen] if params.specimen else _nothing(records.index)
    made["PPTPTREF"] = records[params.reference] if params.reference else _nothing(records.index)
    made["PPRFTDTC"] = _iso_texts(records[params.reference_date])
    made["PPSTINT"], made["PPENINT"] = records[params.interval_start], records[params.interval_end]
    made = made.assign(**{name: records[name] for name in params.keep})
    place = {code.code: number for number, code in enumerate(CODES)}
    made["_place"] = made["PPTESTCD"].map(place).fillna(len(place))
    keys = ["USUBJID", "PPCAT", "PPSPEC", "PPRFTDTC", "_place", "PPTESTCD", "PPSTINT", "PPENINT"]
    made = made.sort_values(keys, kind="stable", ignore_index=True)
    made["PPSEQ"] = made.groupby("USUBJID", sort=False, dropna=False).cumcount() + 1.0
    return made[[*ORDER, *params.keep, *LAST]]


def result_texts(values: np.ndarray, digits: int | None) -> pd.Series:
    """Numbers as results, worked out once for each distinct one; a missing number has no text."""
    codes, unique = pd.factorize(values)
    texts = [shortest(each) if digits is None else significant_text(each, digits) for each in unique.tolist()]
    return pd.Series(np.array([*texts, None], dtype=object)[codes], dtype="str")


def group_texts(records: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
    """The texts of several columns joined with ``/``: one text for each group within a subject."""
    if not names:
        return _nothing(records.index)
    joined = records[names[0]].astype("str").fillna("")
    for name in names[1:]:
        joined = joined + "/" + records[name].astype("str").fillna("")
    return joined


def _nothing(index: pd.Index) -> pd.Series:
    return pd.Series(np.full(len(index), None, dtype=object), index=index, dtype="str")


def _iso_texts(dates: pd.Series) -> pd.Series:
    """Date-times as ISO 8601 to the minute, or to the second where there is one that is not 0."""
    if not pd.api.types.is_datetime64_dtype(dates.dtype):
        return dates.astype("str")
    seconds = dates.dt.second.fillna(0) > 0
    texts = dates.dt.strftime("%Y-%m-%dT%H:%M").where(~seconds, dates.dt.strftime("%Y-%m-%dT%H:%M:%S"))
    return texts.astype("str")
