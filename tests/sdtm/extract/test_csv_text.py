"""Bytes to blocks of whole rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.extract.csv_text import Chunk, blocks, last_row_end


@pytest.mark.parametrize(
    ("data", "odd", "expected"),
    [
        (b"a\nb\nc", 0, (4, 0)),
        (b'a\n"b\nc', 0, (2, 1)),  # the second line end is inside quotes
        (b'b"\nc\n', 1, (5, 0)),  # the piece begins inside quotes
        (b'"a\nb', 0, (0, 1)),
        (b"a\rb\r", 0, (2, 0)),  # the last CR may be half of CR LF
        (b"a\r\nb\r", 0, (3, 0)),
        (b"abc", 0, (0, 0)),
    ],
)
def test_where_the_last_row_of_a_piece_ends(data: bytes, odd: int, expected: tuple[int, int]) -> None:
    assert last_row_end(data, b'"', odd) == expected


@given(
    st.lists(st.sampled_from([b"a", b"\n", b"\r", b"\r\n", b'"', b'""', b'"x\ny"', b","])), st.integers(1, 9)
)
def test_blocks_hold_all_bytes_and_no_row_is_cut(parts: list[bytes], size: int) -> None:
    data = b"".join(parts)
    pieces = [Chunk(data[i : i + size]) for i in range(0, len(data), size)]
    made = [block.data for block in blocks(iter(pieces), '"')]
    assert b"".join(made) == data
    for number, block in enumerate(made[:-1]):
        before = b"".join(made[: number + 1])
        assert block.endswith((b"\n", b"\r"))
        assert before.count(b'"') % 2 == 0
        assert not (before.endswith(b"\r") and made[number + 1].startswith(b"\n"))
