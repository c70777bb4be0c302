"""Which record of a new run is which of an earlier one (``--previous``)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtm.columns import pick, text
from sdtm.finishing.identity import (
    highest_numbers,
    identities_by_raw_key,
    previous_numbers,
    text_hashes,
)
from sdtm.stages import RecordKey


def earlier(identity: list[int], number: list[float], subject: list[str] | None = None) -> pd.DataFrame:
    frame = pd.DataFrame({"identity": np.array(identity, dtype=np.uint64), "number": number})
    return frame if subject is None else frame.assign(subject=text_hashes(text(subject)))


def test_a_known_record_keeps_its_number_and_a_new_one_has_none():
    found = previous_numbers(np.array([7, 8, 9], np.uint64), np.array([0, 1, 2]), earlier([9, 7], [1.0, 2.0]))
    assert found is not None
    np.testing.assert_array_equal(found, [2.0, np.nan, 1.0])


def test_equal_identities_keep_their_numbers_in_the_order_of_numbering_not_of_the_raw_rows():
    identity = np.array([5, 5], np.uint64)
    in_order = previous_numbers(identity, np.array([0, 1]), earlier([5, 5], [3.0, 4.0]))
    swapped = previous_numbers(identity, np.array([1, 0]), earlier([5, 5], [3.0, 4.0]))
    assert in_order is not None and swapped is not None
    assert in_order.tolist() == [3.0, 4.0]
    assert swapped.tolist() == [4.0, 3.0]


def test_without_an_earlier_run_nothing_is_known():
    assert previous_numbers(np.array([5], np.uint64), np.array([0]), None) is None
    assert highest_numbers(text(["S1"]), None) is None


def test_the_highest_number_counts_records_that_are_gone():
    before = earlier([1, 2, 3], [1.0, 6.0, 2.0], ["S1", "S1", "S2"])
    found = highest_numbers(text(["S2", "S1", "S3"]), before)
    assert found is not None
    np.testing.assert_array_equal(found, [2.0, 6.0, np.nan])


def test_a_text_has_the_same_hash_whatever_stands_beside_it():
    alone, among = text_hashes(text(["b"])), text_hashes(text(["a", None, "b"]))
    assert alone[0] == among[2] and among[1] == 0


def test_identities_from_a_raw_key_do_not_depend_on_the_order_of_records() -> None:
    key = RecordKey("vs", ("SUBJECT", "DATE"), ("USUBJID", "VSTESTCD"))
    raw = pd.DataFrame({"SUBJECT": text(["1", "1", "2"]), "DATE": text(["a", "b", "a"])})
    position = np.array([0, 0, 1, 2])
    column = text(["SYSBP", "DIABP", "SYSBP", "SYSBP"])
    own = {"USUBJID": text(["S-1", "S-1", "S-1", "S-2"]), "VSTESTCD": column}
    made = identities_by_raw_key(key, raw, position, column, own)
    assert len(set(made.tolist())) == 4
    turned = {name: pick(values, np.array([3, 2, 1, 0])) for name, values in own.items()}
    back = identities_by_raw_key(key, raw, position[::-1], turned["VSTESTCD"], turned)
    assert back.tolist() == made[::-1].tolist()
    corrected = raw.assign(DATE=text(["c", "b", "a"]))
    again = identities_by_raw_key(key, corrected, position, column, own)
    assert (again == made).tolist() == [False, False, True, True]
