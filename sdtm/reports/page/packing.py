"""Tables in few bytes for the page: each distinct text once, and a code of fixed width for each record.

A code is written with digits of base 91, the printable ASCII characters without the three that JSON or HTML
would have to escape. The same bytes come out on every machine, which no compression library promises.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from sdtm.reports.page.coded_columns import Coded, Columns

DIGITS = "".join(chr(code) for code in range(33, 127) if chr(code) not in '"\\<')
BASE = len(DIGITS)
_BYTES = np.frombuffer(DIGITS.encode("ascii"), dtype=np.uint8)


def pack(columns: Columns, records: int) -> dict[str, Any]:
    """A table as plain values. Text columns become ``values`` and ``codes``, whole numbers ``from`` (the lowest) and
    ``codes``; without ``codes`` all records have the one value. Missing is ``null``; numbers have none."""
    return {
        "records": records,
        "columns": [{"name": name, **_packed(column)} for name, column in columns.items()],
    }


def _packed(column: Coded | np.ndarray) -> dict[str, Any]:
    if isinstance(column, Coded):
        return {"values": list(column.texts), **_codes(column.codes, len(column.texts))}
    lowest = int(column.min()) if len(column) else 0
    highest = int(column.max()) if len(column) else 0
    return {"from": lowest, **_codes(column - lowest, highest - lowest + 1)}


def _codes(codes: np.ndarray, different: int) -> dict[str, Any]:
    """Codes below ``different`` as text; nothing where there is one only."""
    if different <= 1:
        return {}
    width, most = 1, BASE
    while most < different:
        width, most = width + 1, most * BASE
    rest = codes.astype(np.int64)
    digits = np.empty((len(codes), width), dtype=np.uint8)
    for place in range(width - 1, -1, -1):
        digits[:, place] = _BYTES[rest % BASE]
        rest //= BASE
    return {"width": width, "codes": digits.tobytes().decode("ascii")}


def unpack(packed: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The columns of a packed table as lists; what the page does in the browser."""
    out: dict[str, list[Any]] = {}
    for column in packed["columns"]:
        numbers = [0] * packed["records"]
        if "codes" in column:
            width, text = column["width"], column["codes"]
            for record in range(packed["records"]):
                code = 0
                for digit in text[record * width : (record + 1) * width]:
                    code = code * BASE + DIGITS.index(digit)
                numbers[record] = code
        if "from" in column:
            out[column["name"]] = [column["from"] + number for number in numbers]
        else:
            out[column["name"]] = [column["values"][number] for number in numbers]
    return out


def json_text(value: Any) -> str:
    """JSON that may stand inside a ``<script>`` element: no ``<``, and no line that JavaScript would not take."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
