"""Where two responses to the same assessment differ, such as the investigator's and the recomputed one."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sdtm.derivations.flags import flags
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.derivations.subject_table import require
from specs.catalogue import CarriedColumns, Column, Made, Params, Table
from specs.values import Truth


class ResponseDifferences(Params):
    other: Table
    by: CarriedColumns = ("USUBJID", "VISITNUM")
    response: Column = "AVALC"
    date: Column = "ADT"
    other_response: str = "AVALC"
    other_where: str = ""  # SQL over `other`
    collected: Made = "COLLRESP"
    derived: Made = "DERIRESP"
    differs: Made = "DIFFFL"
    only_differences: Truth = True


@derivation(
    "response_differences",
    ResponseDifferences,
    makes="records",
    labels={
        "COLLRESP": "Collected Response",
        "DERIRESP": "Derived Response",
        "DIFFFL": "Responses Differ Flag",
    },
)
def response_differences(
    records: pd.DataFrame, params: ResponseDifferences, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """List the assessments whose response in the records and in another table differ.

    Assessments are the same where ``by`` is equal. One that only one side has differs too.

    Shape:   n responses in, m in ``other``; one record per assessment that differs out.
    Unit:    none.
    Missing: ``collected`` or ``derived`` where that side has no response.
    Errors:  several responses of one assessment: a note, and its first by date is compared.
    Source:  responses as in RECIST 1.1; which one counts is the decision of the study.
    Example: visit 2: SD and SD, visit 3: SD and PD -> one record, visit 3, SD, PD.
    """
    from sdtm.derivations.condition import is_true

    other = tables[params.other]
    require(other, params.other, [*params.by, params.other_response])
    other = other[is_true(other, params.other_where)]
    one = _one_each(records, params, params.response, params.collected, notes, "")
    two = _one_each(other, params, params.other_response, params.derived, notes, params.other)
    both = one.merge(two, on=list(params.by), how="outer", suffixes=("", "_other"))
    if f"{params.date}_other" in both:
        both[params.date] = both[params.date].fillna(both.pop(f"{params.date}_other"))
    differs = both[params.collected].fillna("") != both[params.derived].fillna("")
    both[params.differs] = flags(differs)
    listed = both[differs] if params.only_differences else both
    return listed.sort_values(list(params.by)).reset_index(drop=True)


def _one_each(
    table: pd.DataFrame, params: ResponseDifferences, response: str, name: str, notes: Notes, of: str
) -> pd.DataFrame:
    by = list(params.by)
    dated = [params.date] if params.date in table else []
    used = table[[*by, *dated, response]].sort_values([*dated, response], kind="stable")
    twice = used.duplicated(by, keep=False)
    notes.add(
        "several-responses-per-assessment",
        sorted(used.index[twice]),
        found=f"several values of {response} with equal {', '.join(by)}",
        expected="one response per assessment",
        do="choose one evaluator and one category of response by a condition",
        table=of,
        variable=response,
    )
    return used.drop_duplicates(by).rename(columns={response: name})
