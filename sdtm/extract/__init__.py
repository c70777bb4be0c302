"""Readers of raw extracts: files in, one ``RawTable`` of text out (``read_raw``)."""

from sdtm.extract.read import RawRead, read_raw

__all__ = ["RawRead", "read_raw"]
