"""Memory given back to the system."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import numpy as np
import pytest

from sdtm import memory

SIZE = 64 << 20


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_no_value_changes() -> None:
    values = np.arange(1000)
    memory.give_back()
    assert values.tolist() == list(range(1000))


def test_what_was_freed_in_small_pieces_goes_back_to_the_system() -> None:
    if memory._trim() is None:
        pytest.skip("only glibc gives freed memory back when it is asked to")
    # Pieces too small to be mapped on their own, the last of which keeps the heap from shrinking by itself.
    pieces = [np.ones(8192, dtype=np.uint8) for _ in range(SIZE // 8192)]
    last = pieces[-1]
    full = resident()
    del pieces
    memory.give_back()
    assert full - resident() > SIZE // 2
    assert last.all()


def test_elsewhere_than_on_linux_only_arrow_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    memory._trim.cache_clear()
    monkeypatch.setattr(sys, "platform", "darwin")
    try:
        assert memory._trim() is None
        memory.give_back()
    finally:
        memory._trim.cache_clear()


def test_a_library_without_the_call_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    memory._trim.cache_clear()
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: object())
    try:
        assert memory._trim() is None
        memory.give_back()
    finally:
        memory._trim.cache_clear()


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_rests_and_is_then_as_it_was(was_on: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if was_on else gc.disable)()
        with pytest.raises(ValueError, match="stop"), memory.no_collecting():
            assert not gc.isenabled()
            raise ValueError("stop")
        assert gc.isenabled() is was_on
    finally:
        (gc.enable if before else gc.disable)()
