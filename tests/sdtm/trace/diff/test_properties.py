"""What holds for any two deliveries: order does not matter, nothing differs from itself, and the mirror image."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdtm.trace.diff.compare import DeliveryDiff, diff
from sdtm.trace.diff.facts import Facts
from sdtm.trace.diff.listing import value_rows
from sdtm.trace.diff.settings import settings_of
from sdtm.trace.diff.tables import tables

# Few values, so that keys repeat, references dangle and records are equal by chance.
SUBJECT = st.sampled_from(["S1", "S2"])
NUMBER = st.sampled_from([1.0, 2.0, 3.0, float("nan")])
TEXT = st.sampled_from(["a", "b", "", "  ", None])
ROWS = {
    "AE": (("USUBJID", SUBJECT), ("AESEQ", NUMBER), ("AETERM", TEXT), ("AEDECOD", TEXT), ("AESTDY", NUMBER)),
    "SUPPAE": (
        *(
            ("RDOMAIN", st.just("AE")),
            ("USUBJID", SUBJECT),
            ("IDVAR", st.sampled_from(["AESEQ", "AESPID", None])),
        ),
        *(("IDVARVAL", st.sampled_from(["1", "2", "x", None])), ("QNAM", st.just("AETRTEM")), ("QVAL", TEXT)),
    ),
    "ADAE": (
        ("USUBJID", SUBJECT),
        ("AESEQ", NUMBER),
        ("TRTEMFL", st.sampled_from(["Y", None])),
        ("AVAL", NUMBER),
    ),
    "ADRS": (
        ("USUBJID", SUBJECT),
        ("PARAMCD", st.sampled_from(["BOR", "OVR"])),
        ("AVALC", TEXT),
        ("ASEQ", NUMBER),
    ),
    "ADSL": (("USUBJID", SUBJECT), ("SAFFL", st.sampled_from(["Y", "N"])), ("DTHDT", NUMBER)),
    "XX": (("A", TEXT), ("B", NUMBER)),
}
FACTS = Facts(keys={"AE": ("USUBJID", "AEDECOD", "AESTDY"), "ADRS": ("USUBJID", "PARAMCD")})


@st.composite
def datasets(draw: Any) -> dict[str, pd.DataFrame]:
    made = {}
    for name, columns in ROWS.items():
        rows = draw(st.lists(st.tuples(*(values for _, values in columns)), max_size=6))
        data = {}
        for place, (column, _) in enumerate(columns):
            cells = [row[place] for row in rows]
            is_number = column in ("AESEQ", "AESTDY", "AVAL", "ASEQ", "DTHDT", "B")
            data[column] = np.array(cells, dtype=float) if is_number else pd.array(cells, dtype="str")
        made[name] = pd.DataFrame(data)
    return made


def told(found: DeliveryDiff) -> list[Any]:
    return [(table.name, table.rows, table.total) for table in tables(found)]


@given(datasets(), datasets(), st.randoms(use_true_random=False))
@settings(max_examples=12)
def test_order_identity_mirror_and_balance(deliver, old, new, random) -> None:
    there = diff(deliver(facts=FACTS, **old), deliver(**new))
    check_balance(there, old, new)
    turned = diff(deliver(facts=FACTS, **shuffled(old, random)), deliver(**shuffled(new, random)))
    assert told(there) == told(turned)
    check_mirrored(there, diff(deliver(**new), deliver(facts=FACTS, **old)))
    same = diff(deliver(facts=FACTS, **old), deliver(facts=FACTS, **shuffled(old, random)))
    assert same.is_equal and not same.effects
    assert all(not table.rows for table in tables(same) if table.name in ("Variables", "Records", "Values"))


def shuffled(side: dict[str, pd.DataFrame], random: Any) -> dict[str, pd.DataFrame]:
    """Datasets and records in another order."""
    names = random.sample(list(side), len(side))
    return {name: side[name].iloc[random.sample(range(len(side[name])), len(side[name]))] for name in names}


def check_balance(found: DeliveryDiff, old: dict[str, pd.DataFrame], new: dict[str, pd.DataFrame]) -> None:
    """Every record is matched once, removed or added."""
    for name, one in found.datasets.items():
        matches = one.matches
        assert sorted([*matches.old, *matches.removed]) == list(range(len(old[name])))
        assert sorted([*matches.new, *matches.added]) == list(range(len(new[name])))


def check_mirrored(there: DeliveryDiff, back: DeliveryDiff) -> None:
    assert there.is_equal == back.is_equal
    for name, one in there.datasets.items():
        other = back.datasets[name]
        assert len(one.matches.removed) == len(other.matches.added)
        assert len(one.matches.added) == len(other.matches.removed)
        assert (len(one.changed), len(one.moved)) == (len(other.changed), len(other.moved))
    forth = Counter((v.dataset, v.variable, v.subject, v.old_text, v.new_text) for v in value_rows(there))
    assert forth == Counter(
        (v.dataset, v.variable, v.subject, v.new_text, v.old_text) for v in value_rows(back)
    )
    effects = [
        {(e.place, r.subject, r.old, r.new) for e in found.effects for r in e.rows} for found in (there, back)
    ]
    assert effects[0] == {(place, subject, old, new) for place, subject, new, old in effects[1]}


def test_another_order_of_variables_is_told_once_and_is_all_that_is_told(deliver, make_frame) -> None:
    ae = make_frame("USUBJID AESEQ# AETERM AESEV AEOUT", "S1 1 Rash MILD .", "S2 1 Ache . RECOVERED")
    found = diff(deliver(AE=ae), deliver(AE=ae[["USUBJID", "AETERM", "AESEQ", "AESEV", "AEOUT"]]))
    assert [row for t in tables(found) if t.name == "Variables" for row in t.rows] == [
        ("AE", "", "order", "AESEQ, AETERM", "AETERM, AESEQ", "")
    ]
    assert not found.datasets["AE"].values and not found.is_equal


@pytest.mark.parametrize("old, new", [(0.0, None), ("", "  "), (None, "  "), (0.0, 1e-12)])
def test_missing_zero_and_blank_are_never_equal(deliver, old: Any, new: Any) -> None:
    def one(value: Any, other: Any) -> Any:
        is_number = isinstance(value, float) or isinstance(other, float)
        cells = (
            np.array([np.nan if value is None else value]) if is_number else pd.array([value], dtype="str")
        )
        return deliver(ADXX=pd.DataFrame({"USUBJID": pd.array(["S1"], dtype="str"), "AVALX": cells}))

    wanted = settings_of(["1e-13", "AVALX=rel:1e-13"], key=["ADXX=USUBJID"])
    found = diff(one(old, new), one(new, old), settings=wanted)
    assert [len(d.pairs) for d in found.datasets["ADXX"].values] == [1]


def test_an_empty_text_is_missing_since_no_file_tells_them_apart(deliver, make_frame) -> None:
    sides = [pd.DataFrame({"A": pd.array([value], dtype="str")}) for value in ("", None)]
    assert diff(*(deliver(XX=side) for side in sides)).is_equal
