"""What codes stand for, in a column beside the coded one: formats of SAS, codelists of ODM."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from sdtm import columns
from sdtm.extract.table import FileTable, places
from validation.findings import Finding

DECODE = "_DECODE"  # ending of the column that holds what another one stands for


def decoded(column: pd.Series, decodes: Mapping[str, str]) -> pd.Series:
    """What the texts of a column stand for; a text that nothing is said of is itself, as SAS shows it."""
    return columns.map_unique(column, lambda texts: [decodes.get(text, text) for text in texts])


def decode_label(label: str) -> str:
    return f"{label} (decode)"


def without_decode(
    column: pd.Series,
    name: str,
    decodes: Collection[str],
    said_by: str,
    do: str,
    rows: np.ndarray,
    shown: str,
) -> list[Finding]:
    """The warning for texts of a coded column that its format or codelist (``said_by``) says nothing of."""
    unknown = [t for t in columns.unique_texts(column) if t.strip() and t not in decodes]
    if not unknown:
        return []
    found = rows[np.isin(column.astype(object).to_numpy(), unknown)]
    return [
        Finding(
            "value-without-format-label",
            "warning",
            f"{name} has values that {said_by} has no label for: {', '.join(unknown[:5])}",
            "a label for every value; these stand undecoded in the decode column, as SAS shows them",
            do,
            places=places(shown, found, name, unknown[0]),
            count=len(found),
        )
    ]


def in_all_files(tables: Sequence[FileTable]) -> dict[str, str]:
    """Decode column -> coded column, of what every file of a raw table decodes."""
    first, *others = tables
    return {
        name: coded
        for name, coded in first.decodes.items()
        if all(table.decodes.get(name) == coded for table in others)
    }
