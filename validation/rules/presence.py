"""Variables that go together: where the first is there, the second must be."""

from __future__ import annotations

import pandas as pd

from validation.defects import Defect
from validation.rules.registry import Rule, register, rule, sources_of

_NOT_PRESPECIFIED = ("AE", "DS", "DV", "EX")

# id, there, not there, published rules
TOGETHER = (
    ("time-point-without-number", "--TPT", "--TPTNUM", "CORE-000026, CG0468"),
    ("time-point-without-name", "--TPTNUM", "--TPT", "CORE-000029, CG0661, CORE-000166, CG0091"),
    ("elapsed-time-without-reference", "--ELTM", "--TPTREF", "CORE-000167, CG0092"),
    ("reference-time-without-reference", "--RFTDTC", "--TPTREF", "CORE-000165, CG0090, FB3701"),
    ("laterality-without-location", "--LAT", "--LOC", "CORE-000079, CG0095"),
    ("direction-without-location", "--DIR", "--LOC", "CORE-000098, CG0116"),
    ("portion-without-location", "--PORTOT", "--LOC", "CORE-000096, CG0115"),
    ("subcategory-variable-without-category", "--SCAT", "--CAT", "CORE-000104, CG0430"),
    ("toxicity-without-grade", "--TOX", "--TOXGR", "CORE-000023, CG0084"),
    ("end-reference-without-time-point", "--ENRTPT", "--ENTPT", "CORE-000171, CG0058"),
    ("end-time-point-without-relation", "--ENTPT", "--ENRTPT", "CORE-000084, CG0057"),
    ("start-reference-without-time-point", "--STRTPT", "--STTPT", "CORE-000258, CG0062"),
    ("start-time-point-without-relation", "--STTPT", "--STRTPT", "CORE-000261, CG0060"),
    ("milestone-date-without-milestone", "MIDSDTC", "MIDS", "CORE-000193, CG0503"),
    ("day-variable-without-date", "--DY", "--DTC", "CORE-000700, FB3204"),
    ("start-day-variable-without-date", "--STDY", "--STDTC", "CORE-000862, FB3205"),
    ("end-day-variable-without-date", "--ENDY", "--ENDTC", "CORE-000864, FB3206"),
    ("date-without-day-variable", "--DTC", "--DY", "CORE-000321, FB3201, CORE-000793, FB1601"),
    ("start-date-without-day-variable", "--STDTC", "--STDY", "CORE-000328, FB3202"),
    ("end-date-without-day-variable", "--ENDTC", "--ENDY", "CORE-000776, FB3203"),
)
# The same, but not in AE, DS, DV and EX, whose records are never asked for one by one.
TOGETHER_IF_ASKED_FOR = (
    ("occurrence-without-prespecified", "--OCCUR", "--PRESP", "CORE-000015, CG0088"),
    ("status-without-prespecified", "--STAT", "--PRESP", "CORE-000081, CG0056"),
    ("reason-without-prespecified", "--REASND", "--PRESP", "CORE-000030, CG0053"),
)
# A study day of collection is asked of domains with subjects that have a date of their own.
_WITHOUT_DAYS = ("SV", "SE", "CO", "TS", "TA", "TE", "TI", "TV", "TD", "TM")


def _always(dataset: pd.DataFrame, variable: str) -> bool:
    return True


def _register(
    id: str,
    there: str,
    not_there: str,
    source: str,
    classes: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    datasets: tuple[str, ...] = (),
) -> None:
    register(
        Rule(
            defect=Defect(
                id=id,
                severity="warning",
                message=f"{there} is there and {not_there} is not",
                expected=f"{there} together with {not_there}",
                do=f"add {not_there}, or leave {there} out",
                why="one of the two cannot be understood without the other",
                sources=sources_of(source),
                sensitivity="dataset",
            ),
            function=_always,
            on=(there,),
            lacks=not_there,
            classes=classes,
            without=without,
            datasets=datasets,
        )
    )


for _id, _there, _not_there, _source in TOGETHER:
    _register(_id, _there, _not_there, _source, without=_WITHOUT_DAYS if _there.endswith("DTC") else ())
for _id, _there, _not_there, _source in TOGETHER_IF_ASKED_FOR:
    _register(
        _id, _there, _not_there, _source, classes=("Events", "Interventions"), without=_NOT_PRESPECIFIED
    )

# Criteria have the variables of IE, also in TI.
_register(
    "criterion-subcategory-without-variable", "IESCAT", "IECAT", "CORE-000786, CG0430", datasets=("TI",)
)


@rule(
    "location-with-measurement",
    on=("--LOC", "--LAT", "--DIR", "--PORTOT"),
    datasets="TR",
    severity="error",
    source="CORE-000003, CG0299, CORE-000076, CG0302, CORE-000077, CG0301, CORE-000078, CG0300",
)
def location_with_measurement(dataset: pd.DataFrame, variable: str) -> bool:
    """The place of a lesion stands beside its measurements.

    Expected: the place once, in TU, where the lesion is identified.
    Why: TR finds it by TRLNKID; two places of one lesion could contradict each other.
    Do:  move the variable to TU.
    """
    return True
