"""Rules on flags: variables that end in FL, and their numeric twins in FN (ADaMIG 1.3, 3.1.2 and 3.2.3)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from validation.analysis_columns import named, numbers, texts
from validation.analysis_tables import PARAMETERS, SUBJECT_LEVEL
from validation.rules.registry import Fault, dataset_rule
from validation.tables import Table
from validation.values import filled, is_any, missing

POPULATIONS = ("FASFL", "SAFFL", "ITTFL", "PPROTFL", "COMPLFL", "RANDFL", "ENRLFL")
# Flags of a record or parameter, and of one record among several: set or not set.
_ONLY_Y = r"ABLFL|ANL[0-9]{2}FL|[A-Z0-9]+[RP]FL|LVOTFL|AOCC[A-Z0-9]*FL"
# Names that end like a flag of a record (PFL, RFL) by chance: populations and flags of the subject.
_ENDS_BY_CHANCE = ("PREFL", "CURFL", "INTERFL")


@dataset_rule("flag-value-unknown", severity="error", source="AD0005, ADaMIG 1.3, 3.1.2", by_value=True)
def flag_value_unknown(table: Table) -> Iterator[Fault]:
    """The flag has another value than Y or N.

    Expected: Y, N, or nothing.
    Why: programs select by Y; 1, YES or a blank with a sign would be left out.
    Do:  write Y or N.
    """
    for name in named(table, r"[A-Z0-9]+FL"):
        flag = texts(table, name)
        if flag is not None:
            yield Fault(name, filled(flag) & ~is_any(flag, "Y", "N"))


@dataset_rule("record-flag-not-y", severity="error", source="AD0033, ADaMIG 1.3, 3.3.8", by_value=True)
def record_flag_not_y(table: Table) -> Iterator[Fault]:
    """The flag chooses records and has the value N.

    Expected: Y on the chosen records, nothing on the others.
    Why: baseline, analysis, record-level and parameter-level flags are Y or null by their definition.
    Do:  leave the flag empty where it is not set.
    """
    of_subjects = table.class_name == SUBJECT_LEVEL
    for name in named(table, _ONLY_Y):
        flag = texts(table, name)
        if flag is None or name in POPULATIONS or of_subjects or name in _ENDS_BY_CHANCE:
            continue
        if name.endswith(("RFL", "PFL")) and table.define(name) is None:
            continue
        yield Fault(name, is_any(flag, "N"))


@dataset_rule(
    "population-flag-missing", severity="error", source="AD0019, ADaMIG 1.3, 3.2.3", datasets=SUBJECT_LEVEL
)
def population_flag_missing(table: Table) -> Iterator[Fault]:
    """The population flag has no value.

    Expected: Y or N for each subject.
    Why: a subject that is neither in nor out of a population is counted in neither.
    Do:  set N where the conditions of the population do not hold.
    """
    for name in named(table, "|".join(POPULATIONS)):
        flag = texts(table, name)
        if flag is not None:
            yield Fault(name, missing(flag))


@dataset_rule(
    "population-flag-absent", severity="error", source="AD0005, ADaMIG 1.3, 3.2.3", datasets=SUBJECT_LEVEL
)
def population_flag_absent(table: Table) -> Iterator[Fault]:
    """ADSL has no population flag.

    Expected: at least one of FASFL, SAFFL, ITTFL, PPROTFL, COMPLFL, RANDFL and ENRLFL.
    Why: every analysis starts from a population.
    Do:  add the flags of the populations that the statistical analysis plan defines.
    """
    if not set(POPULATIONS) & set(table.frame.columns):
        yield Fault()


@dataset_rule("numeric-flag-alone", severity="error", source="AD0007, ADaMIG 1.3, 3.1.2")
def numeric_flag_alone(table: Table) -> Iterator[Fault]:
    """There is a numeric flag without its text flag.

    Expected: the flag in FL wherever there is one in FN.
    Why: the text flag is the one that everybody reads; the numeric one is its copy.
    Do:  add the text flag.
    """
    for name in named(table, r"[A-Z0-9]+FN"):
        if numbers(table, name) is not None and f"{name[:-1]}L" not in table.frame.columns:
            yield Fault(name)


@dataset_rule("numeric-flag-differs", severity="error", source="AD0010, AD0011, AD0012, ADaMIG 1.3, 3.1.2")
def numeric_flag_differs(table: Table) -> Iterator[Fault]:
    """The numeric flag does not say what the text flag says.

    Expected: 1 for Y, 0 for N, nothing for nothing.
    Why: two programs that select by one or the other would count different records.
    Do:  derive the numeric flag from the text flag.
    """
    for name in named(table, r"[A-Z0-9]+FN"):
        number, flag = numbers(table, name), texts(table, f"{name[:-1]}L")
        if number is None or flag is None:
            continue
        expected = np.select([is_any(flag, "Y"), is_any(flag, "N")], [1.0, 0.0], np.nan)
        same = (number == expected) | (np.isnan(number) & np.isnan(expected))
        yield Fault(name, ~same, (f"{name[:-1]}L",))


@dataset_rule("criterion-flag-alone", severity="error", source="ADaMIG 1.3, 3.3.5", classes=PARAMETERS)
def criterion_flag_alone(table: Table) -> Iterator[Fault]:
    """A criterion is evaluated and not said.

    Expected: CRITy wherever CRITyFL has a value, with the words of the criterion.
    Why: nobody can tell what the flag is the answer to.
    Do:  write the criterion on each record on which it is evaluated.
    """
    for name in named(table, r"CRIT[1-9][0-9]?FL"):
        flag, words = texts(table, name), texts(table, name[:-2])
        if flag is None:
            continue
        if name[:-2] not in table.frame.columns:
            yield Fault(name)
        elif words is not None:
            yield Fault(name, filled(flag) & missing(words), (name[:-2],))
