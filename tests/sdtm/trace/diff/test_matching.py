"""Which record is which: by key, in heaps of equal keys, with a corrected key, by number as a last resort.

All data are invented; expected pairs are worked out by hand from the three rules of the module.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sdtm.trace.diff.compare import diff
from sdtm.trace.diff.facts import Facts
from sdtm.trace.diff.settings import settings_of

AE = "USUBJID AESEQ# AETERM AEDECOD AESTDTC AESEV"
SUPP = "RDOMAIN USUBJID IDVAR IDVARVAL QNAM QVAL"
KEYS = Facts(keys={"AE": ("USUBJID", "AEDECOD", "AESTDTC"), "LB": ("USUBJID", "LBTESTCD", "VISITNUM")})


@pytest.fixture
def compare(deliver):  # type: ignore[no-untyped-def]
    def run(name: str, old: pd.DataFrame, new: pd.DataFrame, facts: Facts = KEYS):  # type: ignore[no-untyped-def]
        found = diff(deliver(facts=facts, **{name: old}), deliver(**{name: new}))
        return found.datasets[name]

    return run


def pairs(one) -> set[tuple[int, int]]:  # type: ignore[no-untyped-def]
    return set(zip(one.matches.old.tolist(), one.matches.new.tolist(), strict=True))


def counts(one) -> tuple[int, int, int, int]:  # type: ignore[no-untyped-def]
    """Removed, added, changed, renumbered."""
    return len(one.matches.removed), len(one.matches.added), len(one.changed), len(one.moved)


def test_records_are_matched_by_key_and_numbers_are_told_apart(compare, make_frame) -> None:
    old = make_frame(
        AE,
        "S1 1 Headache HEADACHE 2024-01-02 MILD",
        "S1 2 Nausea NAUSEA 2024-01-03 MILD",
        "S2 1 Rash RASH 2024-02-01 MILD",
    )
    new = make_frame(
        AE,
        "S1 1 Cough COUGH 2024-01-01 MILD",
        "S1 2 Headache HEADACHE 2024-01-02 MODERATE",
        "S1 3 Nausea NAUSEA 2024-01-03 MILD",
    )
    one = compare("AE", old, new)
    assert pairs(one) == {(0, 1), (1, 2)}
    assert counts(one) == (1, 1, 1, 2)
    assert [d.variable for d in one.values] == ["AESEV"]
    assert [d.variable for d in one.renumbered] == ["AESEQ"]


def test_repeated_keys_are_a_heap_of_which_equal_records_go_first(compare, make_frame) -> None:
    # Three on the same day; one is MILD in both, one SEVERE became MODERATE, one MILD more is gone.
    row = "S1 {} Rash RASH 2024-01-02 {}"
    old = make_frame(AE, row.format(1, "MILD"), row.format(2, "MILD"), row.format(3, "SEVERE"))
    new = make_frame(AE, row.format(1, "MODERATE"), row.format(2, "MILD"))
    one = compare("AE", old, new)
    assert one.matches.repeated == (1, 3, 2)
    # (1, 1) are equal throughout; of 0 and 2 the one with the same number 1 goes with the new 1.
    assert pairs(one) == {(1, 1), (0, 0)}
    assert counts(one) == (1, 0, 1, 0)


def test_copies_that_are_gone_are_counted_as_in_a_multiset(compare, make_frame) -> None:
    row = "S1 {} Rash RASH 2024-01-02 MILD"
    old, new = (make_frame(AE, *(row.format(n) for n in range(1, count + 1))) for count in (5, 2))
    assert counts(compare("AE", old, new)) == (3, 0, 0, 0)
    assert counts(compare("AE", new, old)) == (0, 3, 0, 0)


def test_a_corrected_date_is_a_change_and_another_event_is_not(compare, make_frame) -> None:
    old = make_frame(AE, "S1 1 Rash RASH 2024-01-02 MILD", "S2 1 Cough COUGH 2024-01-02 MILD")
    new = make_frame(AE, "S1 1 Rash RASH 2024-01-05 MILD", "S2 1 Ache HEADACHE 2024-01-02 MILD")
    one = compare("AE", old, new)
    assert pairs(one) == {(0, 0)}
    assert one.key.variables[one.matches.corrected[0]] == "AESTDTC"
    assert counts(one) == (1, 1, 1, 0)


def test_a_recoded_term_is_a_change_where_the_reported_one_is_the_same(compare, make_frame) -> None:
    old = make_frame(AE, "S1 1 Rash RASH 2024-01-02 MILD")
    new = make_frame(AE, "S1 1 Rash DERMATITIS 2024-01-02 MILD")
    assert counts(compare("AE", old, new)) == (0, 0, 1, 0)


def test_another_test_of_the_same_visit_is_another_record(compare, make_frame) -> None:
    head = "USUBJID LBSEQ# LBTESTCD LBCAT LBSPEC VISITNUM# LBDTC"
    old = make_frame(head, "S1 1 ALT CHEMISTRY SERUM 1 2024-01-01")
    new = make_frame(head, "S1 1 AST CHEMISTRY SERUM 1 2024-01-01")
    assert counts(compare("LB", old, new)) == (1, 1, 0, 0)


def test_two_candidates_for_a_corrected_key_are_left_apart(compare, make_frame) -> None:
    old = make_frame(AE, "S1 3 Rash RASH 2024-01-02 MILD")
    new = make_frame(AE, "S1 1 Rash RASH 2024-01-05 MILD", "S1 2 Rash RASH 2024-01-06 MILD")
    assert counts(compare("AE", old, new)) == (1, 2, 0, 0)


def test_a_reference_to_a_renumbered_record_is_no_change(deliver, make_frame) -> None:
    old = deliver(
        facts=KEYS,
        AE=make_frame(AE, "S1 1 Nausea NAUSEA 2024-01-03 MILD", "S1 2 Rash RASH 2024-01-04 MILD"),
        SUPPAE=make_frame(SUPP, "AE S1 AESEQ 1 AETRTEM Y", "AE S1 AESEQ 2 AETRTEM Y"),
        ADAE=make_frame("USUBJID AESEQ# TRTEMFL", "S1 1 Y", "S1 2 Y"),
    )
    new = deliver(
        AE=make_frame(
            AE,
            "S1 1 Cough COUGH 2024-01-01 MILD",
            "S1 2 Nausea NAUSEA 2024-01-03 MILD",
            "S1 3 Rash RASH 2024-01-04 MILD",
        ),
        SUPPAE=make_frame(
            SUPP, "AE S1 AESEQ 1 AETRTEM Y", "AE S1 AESEQ 2 AETRTEM N", "AE S1 AESEQ 3 AETRTEM Y"
        ),
        ADAE=make_frame("USUBJID AESEQ# TRTEMFL", "S1 1 Y", "S1 2 N", "S1 3 Y"),
    )
    found = diff(old, new)
    for name in ("SUPPAE", "ADAE"):
        one = found.datasets[name]
        assert pairs(one) == {(0, 1), (1, 2)}, name
        assert counts(one) == (0, 1, 1, 2), name


LOST = (
    "S1 1 Nausea NAUSEA 2024-01-03 MILD",
    "S1 2 Rash RASH 2024-01-04 MILD",
    "S1 3 Cough COUGH 2024-01-05 MILD",
)
MOVED_UP = (LOST[0], LOST[2].replace(" 3 ", " 2 "))
OF_ALL = ("AE S1 AESEQ 1 AETRTEM Y", "AE S1 AESEQ 2 AETRTEM N", "AE S1 AESEQ 3 AETRTEM Y")


@pytest.mark.parametrize(
    ("events", "qualifiers", "expected", "of"),
    [
        # The event and its qualifier are gone, the others have moved up or not.
        (MOVED_UP, (OF_ALL[0], "AE S1 AESEQ 2 AETRTEM Y"), (1, 0, 0, 1), {(0, 0), (2, 1)}),
        ((LOST[0], LOST[2]), (OF_ALL[0], OF_ALL[2]), (1, 0, 0, 0), {(0, 0), (2, 1)}),
        # The event alone is gone: the file of qualifiers is the same, and nothing of it was removed or added.
        ((LOST[0], LOST[2]), OF_ALL, (0, 0, 0, 0), {(0, 0), (1, 1), (2, 2)}),
        # The number of the lost event is that of another one now: the row is a qualifier of that one.
        (MOVED_UP, OF_ALL[:2], (1, 0, 1, 1), {(0, 0), (2, 1)}),
    ],
)  # fmt: skip
def test_the_qualifiers_of_a_lost_event(
    deliver: Any, make_frame: Any, events: Any, qualifiers: Any, expected: Any, of: Any
) -> None:
    old = deliver(facts=KEYS, AE=make_frame(AE, *LOST), SUPPAE=make_frame(SUPP, *OF_ALL))
    new = deliver(AE=make_frame(AE, *events), SUPPAE=make_frame(SUPP, *qualifiers))
    one = diff(old, new).datasets["SUPPAE"]
    assert (counts(one), pairs(one)) == (expected, of)
    removed, added, changed, moved = expected
    back = diff(new, old).datasets["SUPPAE"]
    assert counts(back) == (added, removed, changed, moved)


def test_a_reference_to_another_record_is_a_change(deliver, make_frame) -> None:
    ae = make_frame(AE, "S1 1 Nausea NAUSEA 2024-01-03 MILD", "S1 2 Rash RASH 2024-01-04 MILD")
    facts = Facts(keys={**KEYS.keys, "ADAE": ("USUBJID", "ADT")})
    old = deliver(facts=facts, AE=ae, ADAE=make_frame("USUBJID ADT# AESEQ#", "S1 5 1", "S1 6 9"))
    new = deliver(facts=facts, AE=ae, ADAE=make_frame("USUBJID ADT# AESEQ#", "S1 5 2", "S1 6 9"))
    assert counts(diff(old, new).datasets["ADAE"]) == (0, 0, 1, 0)


def test_the_number_is_the_last_resort(compare, make_frame) -> None:
    head = "USUBJID XXSEQ# XXVAL"
    old = make_frame(head, "S1 1 a", "S1 2 b", "S1 3 c")
    new = make_frame(head, "S1 1 b", "S1 2 x", "S1 3 c")
    one = compare("XX", old, new)
    assert one.key.by_number and "last resort" in one.key.source
    # b and c are equal but for the number; what is left, a and x, has no number in common.
    assert pairs(one) == {(1, 0), (2, 2)}
    assert counts(one) == (1, 1, 0, 1)


def test_without_any_key_whole_records_are_compared(compare, make_frame) -> None:
    old = make_frame("A B#", "x 1", "x 1", "y 2")
    new = make_frame("A B#", "x 1", "y 3")
    one = compare("ZZZZZ", old, new)
    assert one.key.variables == () and one.key.source.startswith("none")
    assert counts(one) == (2, 1, 0, 0)


def test_a_heap_of_one_key_is_not_matched_in_quadratic_time(compare) -> None:
    # 200,000 records with one key: 4 * 10**10 pairs would not end.
    size = 200_000
    rng = np.random.default_rng(0)
    old = pd.DataFrame(
        {"USUBJID": pd.array(["S1"] * size, dtype="str"), "VSTESTCD": "PULSE", "VSORRES": rng.random(size)}
    )
    new = old.sample(frac=1, random_state=1).assign(VSORRES=lambda data: data["VSORRES"].round(3))
    one = compare("VS", old, new, Facts(keys={"VS": ("USUBJID", "VSTESTCD")}))
    assert len(one.matches.old) == size and one.matches.repeated == (1, size, size)


def test_one_dataset_alone_is_compared_as_it_is_among_the_others(deliver, make_frame) -> None:
    old = deliver(
        facts=KEYS,
        AE=make_frame(AE, "S1 1 Nausea NAUSEA 2024-01-03 MILD"),
        SUPPAE=make_frame(SUPP, "AE S1 AESEQ 1 AETRTEM Y"),
    )
    new = deliver(
        AE=make_frame(AE, "S1 1 Cough COUGH 2024-01-01 MILD", "S1 2 Nausea NAUSEA 2024-01-03 MILD"),
        SUPPAE=make_frame(SUPP, "AE S1 AESEQ 2 AETRTEM Y"),
    )
    found = diff(old, new, settings=settings_of(only=["SUPPAE"]))
    assert list(found.datasets) == ["SUPPAE"]
    assert counts(found.datasets["SUPPAE"]) == (0, 0, 0, 1)


def test_of_several_candidates_for_a_corrected_key_the_one_with_the_same_number_counts(
    compare, make_frame
) -> None:
    old = make_frame(AE, "S1 1 Rash RASH 2024-01-02 MILD", "S1 2 Rash RASH 2024-01-03 MILD")
    new = make_frame(AE, "S1 1 Rash RASH 2024-01-05 MILD", "S1 2 Rash RASH 2024-01-06 MILD")
    one = compare("AE", old, new)
    assert pairs(one) == {(0, 0), (1, 1)}
    assert counts(one) == (0, 0, 2, 0)


def test_a_key_is_not_taken_for_corrected_where_no_other_value_speaks_for_it(compare, make_frame) -> None:
    facts = Facts(keys={"SV": ("USUBJID", "VISITNUM")})
    one = compare(
        "SV", make_frame("USUBJID VISITNUM#", "S1 3"), make_frame("USUBJID VISITNUM#", "S1 5"), facts
    )
    assert counts(one) == (1, 1, 0, 0)
