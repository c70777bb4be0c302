"""IBM doubles. Expected bytes are worked out by hand: sign, exponent + 64, fraction."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sdtm.submission.ibm import (
    LARGEST,
    SMALLEST,
    OutsideRange,
    ibm_from_ieee,
    ieee_from_ibm,
    outside_ibm_range,
)

in_range = st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda x: x == 0 or SMALLEST <= abs(x) <= LARGEST
)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0.0, "0000000000000000"),
        (-0.0, "0000000000000000"),  # an IBM negative zero would be read as a missing value
        (1.0, "4110000000000000"),  # 1/16 * 16**1
        (-1.0, "c110000000000000"),
        (2.0, "4120000000000000"),
        (16.0, "4210000000000000"),
        (0.5, "4080000000000000"),  # 8/16 * 16**0
        (-118.625, "c276a00000000000"),  # 0x76.a = 118.625
        (0.1, "401999999999999a"),
        (1 / 3, "4055555555555554"),
        (1e75, None),
        (SMALLEST, "0010000000000000"),
        (LARGEST, "7ffffffffffffff8"),
        (float("nan"), "2e00000000000000"),
    ],
)
def test_a_number_has_the_bytes_of_the_definition(number: float, expected: str | None) -> None:
    written = ibm_from_ieee(np.array([number])).tobytes()
    if expected is not None:
        assert written.hex() == expected
    if number == number:
        assert ieee_from_ibm(np.frombuffer(written, ">u8"))[0] == number


@given(in_range)
@example(SMALLEST)
@example(-LARGEST)
@example(np.nextafter(1.0, 2.0))
def test_every_double_in_range_is_held_exactly(number: float) -> None:
    bits = int(ibm_from_ieee(np.array([number]))[0])
    fraction, exponent = bits & ((1 << 56) - 1), bits >> 56 & 0x7F
    value = Fraction(fraction, 16**14) * Fraction(16) ** (exponent - 64)
    assert (-value if bits >> 63 else value) == Fraction(number)
    assert fraction == 0 or fraction >> 52, "the first hexadecimal digit of the fraction is not 0"


@given(st.lists(in_range | st.just(float("nan")), max_size=50))
def test_a_column_comes_back_as_it_was(numbers: list[float]) -> None:
    column = np.array(numbers, dtype=np.float64)
    np.testing.assert_array_equal(ieee_from_ibm(ibm_from_ieee(column)), column)


def test_numbers_outside_the_range_are_refused_with_their_positions() -> None:
    column = np.array([1.0, np.nextafter(LARGEST, np.inf), 0.0, np.inf, -5e-324, np.nan, -1e76])
    assert outside_ibm_range(column).tolist() == [False, True, False, True, True, False, True]
    with pytest.raises(OutsideRange) as refused:
        ibm_from_ieee(column)
    assert refused.value.positions.tolist() == [1, 3, 4, 6]


def test_the_next_double_below_the_smallest_is_outside() -> None:
    assert outside_ibm_range(np.array([np.nextafter(SMALLEST, 0), SMALLEST])).tolist() == [True, False]


@pytest.mark.parametrize("code", [b".", b"_", b"A", b"Z"])
def test_each_missing_value_of_sas_is_read_as_missing(code: bytes) -> None:
    assert np.isnan(ieee_from_ibm(np.frombuffer(code + b"\0" * 7, ">u8"))[0])


def test_a_number_that_begins_like_a_missing_value_is_a_number() -> None:
    # 0x41 is the letter A and the exponent of 1 to 15
    assert ieee_from_ibm(np.frombuffer(bytes.fromhex("4110000000000000"), ">u8"))[0] == 1.0


def test_a_fraction_of_56_bits_is_rounded_to_the_nearest_double() -> None:
    # 0x10000000000001 / 16**14 * 16 = 1 + 2**-52, exact; the greatest fraction rounds up to 16**63
    bits = np.frombuffer(bytes.fromhex("41100000000000017fffffffffffffff"), ">u8")
    assert ieee_from_ibm(bits).tolist() == [1.0 + 2.0**-52, 2.0**252]
