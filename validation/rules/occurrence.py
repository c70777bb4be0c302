"""Rules on what was asked for one by one (--PRESP, --OCCUR, --STAT), and on doses as collected (EC)."""

from __future__ import annotations

from validation.rules.conditions import condition

NEVER_ASKED = ("AE", "DS", "DV", "EX")
_ASKED = ("Events", "Interventions")

condition(
    "prespecified-not-y",
    on="--PRESP",
    without=("DS", "DV", "EX"),
    when="it filled and it is not Y",
    by_value=True,
    severity="error",
    source="CORE-000260, CG0085, CORE-000037, CG0653",
    message="--PRESP has another value than Y",
    expected="Y for what was asked for, else nothing",
    do="empty --PRESP where nothing was asked for",
    why="programs select by any value or by Y, and then differ",
)
condition(
    "occurrence-not-prespecified",
    on="--OCCUR",
    without=NEVER_ASKED,
    when="it filled and --PRESP is not Y",
    severity="error",
    source="CORE-000014, CG0087, CORE-000016, CG0089, CORE-000038, CG0654",
    message="It is said whether something occurred that was not asked for",
    expected="--PRESP = Y wherever --OCCUR is filled",
    do="set --PRESP for the questions of the form, or leave --OCCUR out",
    why="what was only told freely has occurred, or there would be no record",
)
condition(
    "prespecified-without-answer",
    on="--PRESP",
    without=(*NEVER_ASKED, "SV"),
    classes=_ASKED,
    when="it is Y and --OCCUR empty and --STAT is not NOT DONE",
    severity="error",
    source="CORE-000018, CG0086, CORE-000117, CG0081, CORE-000118, CG0404",
    message="It was asked for, and nothing says whether it occurred",
    expected="--OCCUR, or --STAT = NOT DONE where the question was not answered",
    do="map the answer of the form; query the site if there is none",
    why="no and not asked cannot be told apart",
)
condition(
    "dose-of-nothing-given",
    on="ECDOSE",
    datasets="EC",
    when="it filled and ECOCCUR is N",
    severity="error",
    source="CORE-000004, CG0101",
    message="A dose was not given, and has an amount",
    expected="ECDOSE empty where ECOCCUR is N; a planned amount is a record with ECMOOD = SCHEDULED",
    do="empty ECDOSE, or correct ECOCCUR",
    why="the amount is added to what the subject received",
)
condition(
    "given-dose-not-positive",
    on="ECDOSE",
    datasets="EC",
    when="it filled and it not above 0 and ECOCCUR is not N and ECSTAT empty and ECDOSTXT empty",
    severity="error",
    source="CORE-000137, CG0100",
    message="A dose was given, and its amount is 0 or less",
    expected="an amount above 0, or ECOCCUR = N for a dose that was not given",
    do="say ECOCCUR = N where nothing was given, or query the amount",
    why="the dose is counted as given, and adds nothing",
)
condition(
    "given-dose-without-amount",
    on="ECDOSE",
    datasets="EC",
    when="it empty and ECOCCUR is not N and ECSTAT empty and ECDOSTXT empty",
    severity="error",
    source="CORE-000217, CG0462",
    message="A dose was given, and its amount is not told",
    expected="ECDOSE or ECDOSTXT, unless ECOCCUR is N or ECSTAT says that it was not done",
    do="query the amount, or say that the dose was not given",
    why="the exposure of the subject cannot be worked out",
)
condition(
    "vehicle-amount-without-vehicle",
    on=("--VAMT", "--VAMTU"),
    classes="Interventions",
    when="it filled and --TRTV empty",
    severity="error",
    source="CORE-000089, CG0106, CORE-000091, CG0108, CORE-000100, CG0423",
    message="There is an amount of a vehicle that is not named",
    expected="--TRTV wherever --VAMT or --VAMTU is filled",
    do="name the vehicle, or leave its amount out",
    why="the concentration of what was given cannot be told",
)
condition(
    "negative-duration",
    on=("--DUR", "--PDUR"),
    when=r"it matches .*-.*",
    by_value=True,
    severity="error",
    source="CORE-000305, FB4005, CORE-000880, FB4006",
    message="A duration is negative",
    expected="a duration of 0 or more, such as P2D",
    do="query start and end",
    why="durations that are added up would shrink",
)
