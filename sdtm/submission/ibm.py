"""IEEE 754 doubles to and from the IBM System/360 doubles of a transport file.

An IBM double is a sign bit, seven bits of exponent (a power of 16, excess 64) and 56 bits of fraction
below the point. Its fraction is three bits wider than an IEEE double's, and those three bits are what the
coarser exponent may need, so that every IEEE double within the range converts exactly, both ways.

Source: SAS Technical Support note TS-140, "Numeric data fields".
"""

from __future__ import annotations

import numpy as np

SMALLEST = 2.0**-260  # 16**-65: fraction 1/16 with the lowest exponent; about 5.398e-79
LARGEST = (1.0 - 2.0**-53) * 2.0**252  # the greatest IEEE double below 16**63; about 7.237e75

MISSING = 0x2E << 56  # the missing value ".": its ASCII code, then seven zero bytes
_MISSING_CODES = (0x2E, 0x5F, *range(0x41, 0x5B))  # ".", "._", ".A" to ".Z"

_SIGN = np.uint64(1 << 63)
_IEEE_FRACTION = np.uint64((1 << 52) - 1)
_HIDDEN_BIT = np.uint64(1 << 52)
_IBM_FRACTION = np.uint64((1 << 56) - 1)


class OutsideRange(ValueError):
    """Numbers that no IBM double holds; ``positions`` says which."""

    def __init__(self, positions: np.ndarray) -> None:
        self.positions = positions
        super().__init__(f"{len(positions)} numbers are outside the range of IBM doubles")


def outside_ibm_range(values: np.ndarray) -> np.ndarray:
    """Mask of the numbers that no IBM double holds.

    They are infinite, above ``LARGEST`` in size, or closer to 0 than ``SMALLEST``; zero and NaN (missing)
    are inside.
    """
    size = np.abs(values)
    return (size > LARGEST) | ((size < SMALLEST) & (size > 0))


def ibm_from_ieee(values: np.ndarray) -> np.ndarray:
    """float64 in; as many big-endian 8-byte IBM doubles (dtype ``>u8``) out.

    NaN becomes the missing value ".". -0.0 becomes 0: readers take an IBM negative zero for a missing value.

    Raises:
        OutsideRange: with the positions of numbers that do not fit; nothing is rounded.
    """
    values = np.ascontiguousarray(values, dtype=np.float64)
    outside = outside_ibm_range(values)
    if outside.any():
        raise OutsideRange(np.flatnonzero(outside))
    bits = values.view(np.uint64)
    power = ((bits >> np.uint64(52)) & np.uint64(0x7FF)).astype(np.int64) - 1023
    # value = fraction * 2**(power - 52); the two low bits of the power go into the fraction, the rest
    # is a power of 16.
    fraction = ((bits & _IEEE_FRACTION) | _HIDDEN_BIT) << (power & 3).astype(np.uint64)
    exponent = ((power >> 2) + 65).astype(np.uint64)
    ibm = (bits & _SIGN) | (exponent << np.uint64(56)) | fraction
    ibm[values == 0] = 0
    ibm[np.isnan(values)] = MISSING
    return ibm.astype(">u8")


def ieee_from_ibm(ibm: np.ndarray) -> np.ndarray:
    """Big-endian 8-byte IBM doubles (``>u8``) in; float64 out.

    Each of the missing values ".", "._" and ".A" to ".Z" becomes NaN. A fraction of more than 53 bits, which
    no IEEE double holds, is rounded to the nearest.
    """
    bits = np.asarray(ibm).astype(np.uint64)
    fraction = bits & _IBM_FRACTION
    power = 4 * (((bits >> np.uint64(56)) & np.uint64(0x7F)).astype(np.int32) - 64) - 56
    values = np.ldexp(fraction.astype(np.float64), power)
    values = np.where(bits & _SIGN, -values, values)
    return np.where((fraction == 0) & np.isin(bits >> np.uint64(56), _MISSING_CODES), np.nan, values)
