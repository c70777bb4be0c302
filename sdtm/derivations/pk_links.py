"""pk_group, pk_relrec: which concentrations belong to which parameters."""

from __future__ import annotations

import pandas as pd

from sdtm.derivations.notes import Notes
from sdtm.derivations.pp_domain import group_texts
from sdtm.derivations.registry import derivation
from specs.catalogue import Column, Columns, Made, Params, Table

RELREC = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELTYPE", "RELID")


class PkGroup(Params):
    group: Columns
    to: Made = "PCGRPID"


class PkRelrec(Params):
    parameters: Table = "PP"
    study: Column = "STUDYID"
    subject: Column = "USUBJID"
    group: Column = "PCGRPID"
    parameter_group: str = "PPGRPID"


@derivation("pk_group", PkGroup)
def pk_group(records: pd.DataFrame, params: PkGroup, notes: Notes) -> pd.DataFrame:
    """The group of a concentration: the texts of columns that its profile has in common.

    Shape:   n records in, n texts out, same index.
    Unit:    none.
    Missing: never; a missing part is an empty text.
    Errors:  none.
    Source:  SDTMIG 3.4, 6.3.5.9.3 (relating PP to PC by --GRPID).
    Example: analyte and reference dose -> DRUG A/2024-03-01T08:00.
    """
    return pd.DataFrame({params.to: group_texts(records, params.group)}, index=records.index)


@derivation("pk_relrec", PkRelrec, makes="records")
def pk_relrec(
    records: pd.DataFrame, params: PkRelrec, notes: Notes, tables: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """RELREC records that join concentrations with the parameters made from them.

    Shape:   PC records with their group, and PP, in; two records (PC and PP) for each subject and group
             that both have, out. RELID counts within the subject.
    Unit:    none.
    Missing: none.
    Errors:  parameters of a group without concentrations are noted (rows of PP).
    Source:  SDTMIG 3.4, 6.3.5.9.3, method with PCGRPID and PPGRPID; many to many, so RELTYPE is empty.
    Example: one subject, two profiles -> four records, RELID 1 and 2.
    """
    names = [params.study, params.subject, "group"]
    ours = _groups(records, params, params.group)
    parameters = tables[params.parameters]
    theirs = _groups(parameters, params, params.parameter_group)
    joined = ours.merge(theirs, on=names).sort_values(names, kind="stable", ignore_index=True)
    keys = pd.MultiIndex.from_frame(
        parameters[[params.study, params.subject, params.parameter_group]].astype("str")
    )
    known = pd.MultiIndex.from_frame(ours.astype("str"))
    notes.add(
        "parameter-without-concentrations",
        parameters.index[~keys.isin(known)],
        found=f"a {params.parameter_group} that no concentration has",
        expected="the concentrations that a parameter was made from",
        do="use the same variables for both groups; the record is not related",
        table=params.parameters,
        variable=params.parameter_group,
    )
    joined["RELID"] = (joined.groupby(params.subject, sort=False).cumcount() + 1).astype("str")
    both = pd.concat(
        [joined.assign(RDOMAIN=domain, IDVAR=f"{domain}GRPID") for domain in ("PC", "PP")], ignore_index=True
    )
    both = both.rename(columns={params.study: "STUDYID", params.subject: "USUBJID", "group": "IDVARVAL"})
    both["RELTYPE"] = pd.Series(None, index=both.index, dtype="str")
    order = both.assign(number=both["RELID"].astype(int)).sort_values(
        ["STUDYID", "USUBJID", "number", "RDOMAIN"], kind="stable", ignore_index=True
    )
    return order[list(RELREC)]


def _groups(table: pd.DataFrame, params: PkRelrec, group: str) -> pd.DataFrame:
    named = table[[params.study, params.subject, group]].rename(columns={group: "group"})
    return named.dropna().drop_duplicates(ignore_index=True)
