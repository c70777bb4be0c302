"""Rules on responses (RS) against their parts and against the lesions that they were made from (TR, TU)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.dates import moments
from validation.rules.lesion_sums import Assessments, assessments, owners
from validation.rules.registry import rule
from validation.values import Mask, filled, group_numbers, is_any, looked_up, missing, rows_where

_RESPONSES = ("CR", "PR", "SD", "PD", "NE", "NON-CR/NON-PD")
_EVALUABLE = ("CR", "PR", "SD", "PD", "NON-CR/NON-PD")
_PARTS = {"TRGRESP": "target", "NTRGRESP": "other", "NEWLIND": "new", "NEWLPROG": "new"}
_ASSESSMENT = ("USUBJID", "RSCAT", "RSEVAL", "RSEVALID", "VISITNUM", "RSDTC")
_RS = ("RSCAT", "RSEVAL", "RSEVALID", "VISITNUM", "RSDTC")
_TR = (
    *("TR.USUBJID", "TR.TRTESTCD", "TR.TRLNKID", "TR.TRGRPID", "TR.TRSTRESC", "TR.TRSTRESN"),
    *("TR.TRDTC", "TR.TREVAL", "TR.TREVALID", "TR.TRSTAT", "TR.VISITNUM"),
)
_TU = (
    "TU.USUBJID",
    "TU.TULNKID",
    "TU.TULOC",
    "TU.TUORRES",
    "TU.TUEVAL",
    "TU.TUEVALID",
    "TU.TUDTC",
    "TU.VISITNUM",
)


def _is_recist(dataset: pd.DataFrame) -> Mask:
    """Records by RECIST; a dataset without RSCAT knows no other criteria."""
    by_name = rows_where(
        dataset["RSCAT"],
        lambda texts: ["RECIST" in text.upper() and "IRECIST" not in text.upper() for text in texts],
    )
    return by_name | missing(dataset["RSCAT"])


def _is_of_lesions(dataset: pd.DataFrame) -> Mask:
    """Records by criteria that measure lesions; those of blood and marrow do not."""
    names = ("RECIST", "RANO")
    by_name = rows_where(dataset["RSCAT"], lambda texts: [any(n in t.upper() for n in names) for t in texts])
    return by_name | missing(dataset["RSCAT"])


def _part(dataset: pd.DataFrame, groups: np.ndarray, rows: Mask) -> pd.Series:
    """The result of each group in ``rows``; groups with several different ones are left out."""
    some = pd.DataFrame(
        {"group": groups[rows], "result": dataset["RSSTRESC"].astype(object).to_numpy()[rows]}
    )
    some = some.dropna().drop_duplicates()
    return some.drop_duplicates("group", keep=False).set_index("group")["result"]


@rule(
    "overall-response-differs",
    on="RSSTRESC",
    datasets="RS",
    needs=("USUBJID", "RSTESTCD"),
    optional=(*_RS, "RSSTAT"),
    shows=("RSTESTCD", "RSSTRESC", "RSDTC"),
    severity="warning",
    source="RECIST 1.1, 4.4.1, table 1",
)
def overall_response_differs(dataset: pd.DataFrame, result: str) -> Mask:
    """The overall response is not the one that its parts give.

    Expected: the overall response of RECIST 1.1, table 1, for the target response, the non-target response and new
              lesions of the same assessment.
    Why: best response and time to progression are read from the overall response.
    Do:  query which of the responses of the assessment is wrong.
    """
    done = filled(dataset[result]) & _is_recist(dataset) & ~is_any(dataset["RSSTAT"], "NOT DONE")
    groups = group_numbers(dataset, list(_ASSESSMENT))
    overall = done & is_any(dataset["RSTESTCD"], "OVRLRESP") & is_any(dataset[result], *_RESPONSES)
    at = groups[overall]
    parts = {
        test: pd.Series(at)
        .map(_part(dataset, groups, done & is_any(dataset["RSTESTCD"], test)))
        .to_numpy(dtype=object)
        for test in _PARTS
    }
    given = dataset[result].astype(object).to_numpy()[overall]
    expected = _overall(parts["TRGRESP"], parts["NTRGRESP"], _is_new(parts), _new_is_known(parts))
    wrong = np.zeros(len(dataset), dtype=bool)
    wrong[overall] = (expected != "") & (given != expected) & ~((given == "PD") & ~_new_is_known(parts))
    return wrong


def _is_new(parts: dict[str, np.ndarray]) -> np.ndarray:
    return np.isin(parts["NEWLIND"].astype(str), ("Y",)) | np.isin(
        parts["NEWLPROG"].astype(str), ("Y", "UNEQUIVOCAL")
    )


def _new_is_known(parts: dict[str, np.ndarray]) -> np.ndarray:
    return ~(pd.isna(parts["NEWLIND"]) & pd.isna(parts["NEWLPROG"]))


def _overall(target: np.ndarray, other: np.ndarray, new: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The overall response; empty where the parts do not settle it."""
    target, other = target.astype(str), other.astype(str)
    any_progress = (target == "PD") | (other == "PD") | new
    with_target = np.isin(target, ("CR", "PR", "SD", "NE"))
    only_other = np.isin(target, ("nan", "None", "NOT APPLICABLE", "NA"))
    nothing_else = np.isin(other, ("CR", "NOT APPLICABLE", "NA"))
    left = np.isin(other, ("NON-CR/NON-PD", "NE"))
    return np.select(
        [
            any_progress,
            with_target & (target == "CR") & nothing_else,
            with_target & (target == "CR") & left,
            with_target & (target != "CR") & (nothing_else | left),
            only_other & np.isin(other, ("CR", "NON-CR/NON-PD", "NE")),
        ],
        ["PD", "CR", "PR", target, other],
        "",
    )


@rule(
    "target-response-differs",
    on="RSSTRESC",
    datasets="RS",
    needs=("USUBJID", "RSTESTCD"),
    optional=(*_RS, *_TR, *_TU, "DM.USUBJID", "DM.RFXSTDTC"),
    shows=("RSTESTCD", "RSSTRESC", "RSDTC"),
    severity="warning",
    source="RECIST 1.1, 4.3.1",
)
def target_response_differs(
    dataset: pd.DataFrame, result: str, measured: pd.DataFrame, lesions: pd.DataFrame, subjects: pd.DataFrame
) -> Mask:
    """The target response is not the one that the measured lesions show.

    Expected: PD for a sum of diameters 20 % and 5 mm above the smallest before, CR where all are gone, PR 30 % below
              the baseline, else SD; judged only where every target lesion was measured.
    Why: progression without growth, and response without shrinkage, change every result of the study.
    Do:  query the measurements and the response.
    """
    wrong = np.zeros(len(dataset), dtype=bool)
    claimed = is_any(dataset["RSTESTCD"], "TRGRESP") & is_any(dataset[result], "CR", "PR", "SD", "PD")
    claimed &= _is_recist(dataset)
    if claimed.any():
        some = dataset.loc[claimed]
        shown = _shown_by(some, assessments(measured, lesions, subjects))
        wrong[claimed] = (shown != "") & (shown != some[result].astype(object).to_numpy())
    return wrong


def _shown_by(responses: pd.DataFrame, found: Assessments) -> np.ndarray:
    """The response that the measurements of the same assessment show; empty where they show none for certain."""
    by = responses["VISITNUM"].notna().all() and not np.isnan(found.visit).any()
    when = responses["VISITNUM"].to_numpy() if by else moments(responses["RSDTC"]).day
    at = found.visit if by else found.day
    theirs = pd.MultiIndex.from_arrays([*(found.owner.get_level_values(level) for level in range(3)), at])
    mine = owners(responses, "RS")
    keys = pd.MultiIndex.from_arrays([*(mine.get_level_values(level) for level in range(3)), when])
    table = pd.DataFrame({"response": found.response}, index=theirs)
    table = table[~table.index.duplicated(keep=False)]
    position = table.index.get_indexer(keys)
    return np.append(table["response"].to_numpy(dtype=object), "")[position]


@rule(
    "progression-without-evidence",
    on="RSSTRESC",
    datasets="RS",
    needs=("USUBJID", "RSTESTCD"),
    optional=(*_RS, *_TR, *_TU, "DM.USUBJID", "DM.RFXSTDTC"),
    shows=("RSTESTCD", "RSSTRESC", "RSDTC"),
    severity="warning",
    source="RECIST 1.1, 4.3",
)
def progression_without_evidence(
    dataset: pd.DataFrame, result: str, measured: pd.DataFrame, lesions: pd.DataFrame, subjects: pd.DataFrame
) -> Mask:
    """The overall response is PD, and no lesion has grown, got worse or is new.

    Expected: growth of the target lesions, progression of another lesion, or a new lesion up to this assessment.
    Why: progression ends treatment and decides time to progression; a clinical one is no RECIST response.
    Do:  query what the progression was seen by.
    """
    wrong = np.zeros(len(dataset), dtype=bool)
    done = _is_recist(dataset)
    claimed = done & is_any(dataset["RSTESTCD"], "OVRLRESP") & is_any(dataset[result], "PD")
    if not claimed.any() or not len(measured):
        return wrong
    some = dataset.loc[claimed]
    grown = _shown_by(some, assessments(measured, lesions, subjects))
    groups = group_numbers(dataset, list(_ASSESSMENT))
    progress = done & is_any(dataset["RSTESTCD"], "NTRGRESP", "TRGRESP") & is_any(dataset[result], "PD")
    progress |= is_any(dataset["RSTESTCD"], "NEWLIND", "NEWLPROG") & is_any(
        dataset[result], "Y", "UNEQUIVOCAL", "EQUIVOCAL"
    )
    in_parts = np.isin(groups[claimed], groups[progress])
    worse = _subjects_with(measured, "TR", "TRSTRESC", "PROGRESS", "WORSE", "INCREAS", "NEW", "UNEQUIVOCAL")
    worse |= _subjects_with(measured, "TR", "TRGRPID", "NEW")
    worse |= _subjects_with(lesions, "TU", "TUORRES", "NEW")
    seen = np.array([owner in worse for owner in owners(some, "RS")], dtype=bool)
    wrong[claimed] = np.isin(grown, ("CR", "PR", "SD")) & ~in_parts & ~seen
    return wrong


def _subjects_with(frame: pd.DataFrame, prefix: str, variable: str, *words: str) -> set[tuple[str, str, str]]:
    """(subject, evaluator, reader) of whom some record has one of the words in a variable."""
    has = rows_where(
        frame[variable], lambda texts: [any(word in text.upper() for word in words) for text in texts]
    )
    return set(owners(frame.loc[has], prefix))


@rule(
    "response-without-assessment",
    on="RSSTRESC",
    datasets="RS",
    needs=("USUBJID", "RSTESTCD"),
    optional=(*_RS, *_TR, *_TU, "RSSTAT"),
    shows=("RSTESTCD", "RSSTRESC", "RSDTC"),
    severity="warning",
)
def response_without_assessment(
    dataset: pd.DataFrame, result: str, measured: pd.DataFrame, lesions: pd.DataFrame
) -> Mask:
    """There is a response, and no lesion was looked at.

    Expected: a record in TR or TU of the subject, at the visit or on the day of the response.
    Why: a response comes from images; without them nobody can follow it.
    Do:  query the site for the measurements.
    """
    wrong = np.zeros(len(dataset), dtype=bool)
    tests = is_any(dataset["RSTESTCD"], "OVRLRESP", "TRGRESP", "NTRGRESP")
    claimed = tests & is_any(dataset[result], *_EVALUABLE) & _is_of_lesions(dataset)
    if not claimed.any() or not len(measured):
        return wrong
    some = dataset.loc[claimed]
    looked = measured.loc[~is_any(measured["TRSTAT"], "NOT DONE")]
    seen = np.zeros(len(some), dtype=bool)
    for frame, prefix in ((looked, "TR"), (lesions, "TU")):
        seen |= _meets(some, "VISITNUM", frame, "VISITNUM")
        seen |= _meets(some, "RSDTC", frame, f"{prefix}DTC")
    wrong[claimed] = ~seen & (filled(some["VISITNUM"]) | filled(some["RSDTC"]))
    return wrong


def _meets(ours: pd.DataFrame, own: str, theirs: pd.DataFrame, other: str) -> Mask:
    """Rows whose subject has a row at the same visit, or on a day that may be the same."""
    if own == "VISITNUM":
        held = pd.MultiIndex.from_arrays([theirs["USUBJID"].astype(object), theirs[other]])
        return pd.MultiIndex.from_arrays([ours["USUBJID"].astype(object), ours[own]]).isin(
            held.drop_duplicates()
        ) & filled(ours[own])
    mine, them = moments(ours[own]), moments(theirs[other])
    left = pd.DataFrame(
        {"subject": ours["USUBJID"].astype(object).array, "low": mine.earliest, "high": mine.latest}
    )
    right = pd.DataFrame(
        {"subject": theirs["USUBJID"].astype(object).array, "from": them.earliest, "to": them.latest}
    )
    pairs = left.reset_index().merge(right.dropna().drop_duplicates(), on="subject")
    met = pairs.loc[(pairs["low"] <= pairs["to"]) & (pairs["high"] >= pairs["from"]), "index"]
    found = np.zeros(len(ours), dtype=bool)
    found[met.to_numpy()] = True
    return found


@rule(
    "lesion-not-identified",
    on="TRLNKID",
    datasets="TR",
    needs=("USUBJID",),
    optional=("TU.USUBJID", "TU.TULNKID"),
    shows="TRLNKID",
    severity="error",
    source="SDTMIG 3.4, 6.3.5.12 (TR)",
)
def lesion_not_identified(dataset: pd.DataFrame, lesion: str, lesions: pd.DataFrame) -> Mask:
    """A lesion was measured that TU does not identify.

    Expected: a record in TU with TULNKID = TRLNKID of the subject.
    Why: where the lesion is, and of which kind, cannot be told.
    Do:  complete TU, or correct the number of the lesion.
    """
    if not filled(lesions["TULNKID"]).any():
        return np.zeros(len(dataset), dtype=bool)
    held = pd.MultiIndex.from_arrays([lesions["USUBJID"].astype(object), lesions["TULNKID"].astype(object)])
    mine = pd.MultiIndex.from_arrays([dataset["USUBJID"].astype(object), dataset[lesion].astype(object)])
    return filled(dataset[lesion]) & ~mine.isin(held.drop_duplicates())


@rule(
    "new-lesion-at-baseline",
    on={"TUORRES": "TUDTC"},
    datasets="TU",
    needs=("USUBJID", "DM.USUBJID", "DM.RFXSTDTC"),
    severity="error",
    source="RECIST 1.1, 4.3.5",
)
def new_lesion_at_baseline(dataset: pd.DataFrame, result: str, date: str, subjects: pd.DataFrame) -> Mask:
    """A lesion is called new before the first dose.

    Expected: lesions found before treatment as target or non-target.
    Why: a new lesion is progression.
    Do:  query the kind of the lesion or the date.
    """
    dose = looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects["RFXSTDTC"])
    return is_any(dataset[result], "NEW") & moments(dataset[date]).day_before(moments(dose))


@rule(
    "too-many-target-lesions",
    on="TUORRES",
    datasets="TU",
    needs=("USUBJID", "TULNKID"),
    optional=("TUEVAL", "TUEVALID", "TUGRPID"),
    shows=("TULNKID", "TUORRES"),
    severity="warning",
    source="RECIST 1.1, 3.1",
)
def too_many_target_lesions(dataset: pd.DataFrame, result: str) -> Mask:
    """A subject has more than five target lesions.

    Expected: at most five by one assessor and one set of criteria (TUGRPID, where there is one).
    Why: the sum of diameters of more lesions is not that of RECIST 1.1.
    Do:  query which lesions are target.
    """
    target = is_any(dataset[result], "TARGET") & filled(dataset["TULNKID"])
    some = dataset.loc[target]
    subject = group_numbers(some, ["USUBJID", "TUEVAL", "TUEVALID", "TUGRPID"])
    pairs = pd.DataFrame({"subject": subject, "lesion": group_numbers(some, ["TULNKID"])})
    wrong = np.zeros(len(dataset), dtype=bool)
    wrong[target] = pairs.groupby("subject")["lesion"].transform("nunique").gt(5).to_numpy()
    return wrong
