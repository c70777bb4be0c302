"""Where things stand in a SAS transport file, version 5 and version 8.

Source: SAS, "Record Layout of a SAS Version 5 or 6 Data Set in SAS Transport Format" (TS-140) and its
successor for versions 8 and 9. A file is a sequence of 80-byte records; a header record begins with
``HEADER RECORD*******``. After it come 140-byte descriptions of the variables, then the observations.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from specs.problems import ProblemsFound

RECORD = 80
MOST_TEXT = 32_767  # bytes of a character variable
MARK = b"HEADER RECORD*******"
DESCRIPTION = ">hhhh8s40s8shhh2s8shhi"  # type, hash, length, number, name, label, format, ..., position


@dataclass(frozen=True, slots=True)
class XPTVariable:
    """One variable: its bytes in an observation. ``format`` as in ``DATE9``, without a point."""

    name: bytes
    label: bytes
    format: bytes
    numeric: bool
    length: int
    position: int


@dataclass(frozen=True, slots=True)
class XPTLayout:
    """One dataset of a transport file. ``observations`` counts records; the rest is blank padding.

    ``title``: the label of the dataset.
    """

    variables: tuple[XPTVariable, ...]
    start: int
    width: int
    observations: int
    title: bytes = b""


def read_layout(data: np.ndarray, refuse: Callable[[str, str], ProblemsFound]) -> XPTLayout:
    """The layout of a transport file given as bytes (uint8).

    ``refuse(rule, found)`` makes the exception for a file that is not one, holds several datasets, or
    ends too early.
    """
    size = len(data)
    whole = data[: size - size % RECORD].reshape(-1, RECORD)
    heads = [
        int(i) for i in np.flatnonzero((whole[:, : len(MARK)] == np.frombuffer(MARK, np.uint8)).all(axis=1))
    ]
    words = [bytes(whole[i, 20:28]).strip().decode("ascii", "replace") for i in heads]
    if not words or words[0] not in ("LIBRARY", "LIBV8"):
        raise refuse("damaged-file", "the file does not begin as a SAS transport file does")
    if size % RECORD:
        raise refuse("truncated-file", f"{size:,} bytes, which is not a multiple of {RECORD}")
    members = [i for i, word in zip(heads, words, strict=True) if word in ("MEMBER", "MEMBV8")]
    if len(members) > 1:
        raise refuse("several-datasets", f"{len(members)} datasets in one transport file")
    at = dict(zip(reversed(words), reversed(heads), strict=True))
    described, observed = at.get("NAMESTR", at.get("NAMSTV8")), at.get("OBS", at.get("OBSV8"))
    if not members or described is None or observed is None:
        raise refuse("truncated-file", "the file ends before its observations")
    count = counted(whole[described, 48:58], refuse)
    step = counted(whole[members[0], 74:78], refuse) or 140
    begin = (described + 1) * RECORD
    if step not in (136, 140):  # 136 on VAX
        raise refuse("damaged-file", f"descriptions of {step} bytes")
    if begin + count * step > observed * RECORD:
        raise refuse("damaged-file", f"{count} variables are announced and not described")
    variables = tuple(
        variable(bytes(data[begin + i * step : begin + (i + 1) * step]), "NAMSTV8" in words)
        for i in range(count)
    )
    long = long_labels(whole, at, variables, refuse)
    variables = tuple(long.get(i, v) for i, v in enumerate(variables))
    width = sum(v.length for v in variables)
    for v in variables:
        shortest, longest = (2, 8) if v.numeric else (1, MOST_TEXT)
        if not shortest <= v.length <= longest or not 0 <= v.position <= width - v.length:
            raise refuse(
                "damaged-file", f"variable {v.name!r} has {v.length} bytes at {v.position} of {width}"
            )
    start = (observed + 1) * RECORD
    number = observations(data, start, width, refuse)
    if "OBSV8" in words:
        told = bytes(whole[observed, 48:63]).strip()
        if told.isdigit() and int(told) > number:
            # Blank records at the end look like padding; the count of version 8 tells them apart.
            if start + int(told) * width > size:
                raise refuse("truncated-file", f"{number:,} of {int(told):,} observations")
            number = int(told)
    described_at = at.get("DSCRPTR", at.get("DSCPTV8"))
    # Of the two records that describe the dataset the second holds its label, behind the date of change.
    title = b"" if described_at is None else bytes(whole[described_at + 2, 32:72]).rstrip(b" \0")
    return XPTLayout(variables, start, width, number, title)


def variable(raw: bytes, long_names: bool) -> XPTVariable:
    fields = struct.unpack(DESCRIPTION, raw[:88])
    kind, _, length, _, name, label, form, width, decimals = fields[:9]
    if long_names:
        name = raw[88:120]
    suffix = (b"%d" % width if width else b"") + (b".%d" % decimals if decimals else b"")
    form = form.rstrip(b" \0")
    return XPTVariable(
        name=name.rstrip(b" \0"),
        label=label.rstrip(b" \0"),
        format=form + suffix if form else b"",
        numeric=kind == 1,
        length=length,
        position=fields[14],
    )


def long_labels(
    whole: np.ndarray,
    at: dict[str, int],
    variables: tuple[XPTVariable, ...],
    refuse: Callable[[str, str], ProblemsFound],
) -> dict[int, XPTVariable]:
    """Variables whose name, label or format of version 8 stands in a record of its own."""
    head = at.get("LABELV8", at.get("LABELV9"))
    if head is None:
        return {}
    sizes = 5 if "LABELV9" in at else 3
    raw = whole[head + 1 :].tobytes()
    place, found = 0, {}
    for _ in range(counted(whole[head, 48:58], refuse)):
        if place + 2 * sizes > len(raw):
            raise refuse("truncated-file", "the file ends in its labels")
        number, *lengths = struct.unpack_from(f">{sizes}H", raw, place)
        if not 1 <= number <= len(variables):
            raise refuse("damaged-file", f"a label for variable {number} of {len(variables)}")
        place += 2 * sizes
        texts = []
        for length in lengths:
            texts.append(raw[place : place + length])
            place += length
        old = variables[number - 1]
        form = texts[2] if len(texts) > 2 and texts[2] else old.format
        found[number - 1] = XPTVariable(
            texts[0].rstrip(b" "), texts[1].rstrip(b" "), form, old.numeric, old.length, old.position
        )
    return found


def counted(raw: np.ndarray, refuse: Callable[[str, str], ProblemsFound]) -> int:
    """A number in digits, blank for 0."""
    text = bytes(raw).strip()
    if not text.isdigit():
        if text:
            raise refuse("damaged-file", f"{text!r} where the file must have a number")
        return 0
    return int(text)


def observations(
    data: np.ndarray, start: int, width: int, refuse: Callable[[str, str], ProblemsFound]
) -> int:
    """How many observations there are: all bytes but the blank padding of the last record.

    A blank record of less than 80 bytes at the end cannot be told from padding, by SAS either.
    """
    room = len(data) - start
    if not width:
        return 0
    number, rest = divmod(room, width)
    if rest >= RECORD or (data[len(data) - rest :] != ord(" ")).any():
        raise refuse("truncated-file", f"the last observation has {rest} of {width} bytes")
    first_padding = len(data) - (RECORD - 1)
    while number and start + (number - 1) * width >= first_padding:
        last = data[start + (number - 1) * width : start + number * width]
        if (last != ord(" ")).any():
            break
        number -= 1
    return number
