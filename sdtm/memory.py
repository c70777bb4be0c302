"""Memory given back to the system, so that a conversion holds little more than its columns."""

from __future__ import annotations

import ctypes
import functools
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pyarrow as pa


@contextmanager
def no_collecting() -> Iterator[None]:
    """Python's search for cyclic garbage rests meanwhile.

    It goes through all objects of the process, most of them the libraries' own, and columns stand in no cycles.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def give_back() -> None:
    """Return what has been freed. Changes no value.

    Arrow and the C library keep freed memory for the next large step; between the files, and between the
    domains, hundreds of megabytes would wait for nothing. Elsewhere than with glibc only Arrow is asked.
    """
    pa.default_memory_pool().release_unused()
    trim = _trim()
    if trim is not None:
        trim(0)


@functools.cache
def _trim() -> Callable[[int], int] | None:
    """``malloc_trim`` of glibc, if that is the C library of this process."""
    if not sys.platform.startswith("linux"):
        return None
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
