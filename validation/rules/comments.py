"""Rules on what comments (CO), relations (RELREC, RELSUB) and supplemental qualifiers say of other records."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from validation.rules.conditions import condition
from validation.rules.registry import rule
from validation.values import Mask, filled, is_any, looked_up, rows_where

_POPULATION_FLAGS = (
    *("ENRFL", "ENRLFL", "RANDFL", "SAFFL", "EFFFL", "ITTFL", "MITTFL", "FASFL", "PPROTFL", "COMPLFL"),
    *("FULLSET", "ITT", "PPROT", "SAFETY", "EFFICACY"),
)

condition(
    "comment-key-without-domain",
    on=("IDVAR", "IDVARVAL"),
    datasets="CO",
    when="it filled and RDOMAIN empty",
    severity="error",
    source="CORE-000090, CG0164, CORE-000017, CG0166",
    message="A comment names a record, and not its domain",
    expected="RDOMAIN wherever IDVAR or IDVARVAL is filled",
    do="write the domain of the record in RDOMAIN",
    why="the record that was commented on cannot be found",
)
condition(
    "comment-on-no-record",
    on="RDOMAIN",
    datasets="CO",
    when="it filled and it is not DM and IDVAR empty",
    severity="note",
    source="CORE-000158, CG0163",
    message="A comment names a domain, and none of its records",
    expected="IDVAR and IDVARVAL of the record, unless the comment is on the domain of the subject as a whole",
    do="name the record where the form tells which one it is",
    why="a reviewer cannot tell which of the subject's records is meant",
)
condition(
    "comment-with-date-of-its-record",
    on="CODTC",
    datasets="CO",
    when="it filled and IDVAR filled",
    severity="warning",
    source="CORE-000187, CG0168",
    message="A comment on a record has a date of its own",
    expected="CODTC only for comments that belong to no record",
    do="leave CODTC out; the date is that of the record",
    why="two dates of one thing may differ",
)
condition(
    "relation-of-numbers",
    on={"IDVAR": "IDVARVAL"},
    datasets="RELREC",
    when="it matches .*SEQ and RELTYPE filled or it matches .*SEQ and partner empty and USUBJID empty",
    severity="error",
    source="CORE-000136, CG0201, CORE-000202, CG0419",
    message="Whole datasets are related by a sequence number",
    expected="single records where IDVAR is --SEQ (USUBJID and IDVARVAL filled, RELTYPE empty), and for datasets a "
    "variable such as --LNKID",
    do="relate the records one by one, or choose a variable that both datasets share",
    why="sequence numbers of two datasets have nothing to do with each other",
)
condition(
    "subject-and-pool",
    on={"USUBJID": "POOLID"},
    datasets="RELSUB",
    when="it filled and partner filled or it empty and partner empty",
    severity="error",
    source="CORE-000229, CG0361, CORE-000230, CG0362",
    message="A relation is of a subject and a pool, or of neither",
    expected="one of USUBJID and POOLID",
    do="keep the one that is meant",
    why="nobody knows who is related",
)
condition(
    "related-to-itself",
    on="RSUBJID",
    datasets="RELSUB",
    when="it same as USUBJID or it same as POOLID",
    severity="error",
    source="CORE-000231, CG0363, CORE-000232, CG0364",
    message="A subject or pool is related to itself",
    expected="two different subjects or pools",
    do="correct RSUBJID",
    why="the relation says nothing",
)


@rule(
    "population-flag-as-qualifier",
    on="QNAM",
    datasets="SUPP--",
    needs="RDOMAIN",
    by_value=True,
    severity="error",
    source="CORE-000211, CG0528",
)
def population_flag_as_qualifier(dataset: pd.DataFrame, variable: str) -> Mask:
    """A population flag is a supplemental qualifier of DM.

    Expected: population flags in ADSL only.
    Why: populations are decided in the analysis; two sources of them may differ.
    Do:  leave the flag out here, and derive it in ADSL.
    """
    completed = rows_where(dataset[variable], lambda names: [name.startswith("COMPLT") for name in names])
    return is_any(dataset["RDOMAIN"], "DM") & (is_any(dataset[variable], *_POPULATION_FLAGS) | completed)


@rule(
    "races-of-one-race",
    on="QNAM",
    datasets="SUPPDM",
    needs=("USUBJID", "DM.USUBJID", "DM.RACE"),
    severity="error",
    source="CORE-000337, CG0140",
)
def races_of_one_race(dataset: pd.DataFrame, variable: str, subjects: pd.DataFrame) -> Mask:
    """The races of a subject are listed, and RACE is not MULTIPLE.

    Expected: RACE1, RACE2 … in SUPPDM only where DM.RACE is MULTIPLE.
    Why: tables by race count the subject under one of the races.
    Do:  set RACE to MULTIPLE, or leave the list out.
    """
    race = looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects["RACE"])
    listed = rows_where(dataset[variable], lambda names: [bool(re.fullmatch(r"RACE[0-9]", n)) for n in names])
    return listed & filled(race) & ~is_any(race, "MULTIPLE")


@rule(
    "other-serious-without-criterion",
    on="QNAM",
    datasets="SUPPAE",
    needs=("USUBJID", "IDVAR", "IDVARVAL", "AE.USUBJID", "AE.AESEQ"),
    optional="AE.AESMIE",
    shows="QNAM",
    severity="warning",
    source="CORE-000597, CG0043",
)
def other_serious_without_criterion(dataset: pd.DataFrame, variable: str, events: pd.DataFrame) -> Mask:
    """It is told in which other way an event was serious, and AESMIE is not Y.

    Expected: AESMIE = Y in an event with the qualifier AESOSP.
    Why: the event is missing from the table of events that were medically important.
    Do:  query the site for the criterion.
    """
    told = is_any(dataset[variable], "AESOSP") & is_any(dataset["IDVAR"], "AESEQ")
    wrong = np.zeros(len(dataset), dtype=bool)
    if not told.any():
        return wrong
    some = dataset.loc[told]
    important = events.loc[is_any(events["AESMIE"], "Y")]
    numbers = important["AESEQ"].map("{:g}".format) if len(important) else important["AESEQ"].astype(object)
    held = set(zip(important["USUBJID"].astype(object), numbers.astype(object), strict=True))
    wrong[told] = [
        pair not in held
        for pair in zip(some["USUBJID"].astype(object), some["IDVARVAL"].astype(object), strict=True)
    ]
    return wrong


# What was collected -> (variable of DM, the value that it belongs to), 21 CFR and FDA guidance on race and ethnicity.
_BELONGS_TO = {
    ("CETHNIC", "SPANISH ORIGIN"): ("ETHNIC", "HISPANIC OR LATINO"),
    ("CETHNIC", "HISPANIC"): ("ETHNIC", "HISPANIC OR LATINO"),
    ("CETHNIC", "LATINO"): ("ETHNIC", "HISPANIC OR LATINO"),
    ("CRACE", "HAITIAN"): ("RACE", "BLACK OR AFRICAN AMERICAN"),
    ("CRACE", "NEGRO"): ("RACE", "BLACK OR AFRICAN AMERICAN"),
}


@rule(
    "collected-race-differs",
    on="QVAL",
    datasets="SUPPDM",
    needs=("USUBJID", "QNAM", "DM.USUBJID"),
    optional=("DM.RACE", "DM.ETHNIC"),
    shows=("QNAM", "QVAL"),
    severity="error",
    source="CORE-000746, FB5801, CORE-000747, FB6001",
)
def collected_race_differs(dataset: pd.DataFrame, value: str, subjects: pd.DataFrame) -> Mask:
    """Race or ethnicity as collected belongs to another category than DM has.

    Expected: Spanish origin as HISPANIC OR LATINO; Haitian and Negro as BLACK OR AFRICAN AMERICAN.
    Why: the categories are laid down by the agency.
    Do:  correct the mapping of RACE or ETHNIC.
    """
    wrong = np.zeros(len(dataset), dtype=bool)
    for (name, collected), (variable, category) in _BELONGS_TO.items():
        given = looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects[variable])
        wrong |= (
            is_any(dataset["QNAM"], name)
            & _reads(dataset[value], collected)
            & filled(given)
            & ~is_any(given, category)
        )
    return wrong


def _reads(column: pd.Series, word: str) -> Mask:
    return rows_where(column, lambda texts: [text.upper() == word for text in texts])
