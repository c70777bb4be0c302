"""What leads from a value of an output folder back to the raw cell, written beside the trace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sdtm.trace.analysis_store import write_analysis_trace
from sdtm.trace.lineage import lineage_json
from sdtm.trace.raw_store import write_raw_cells

if TYPE_CHECKING:
    from sdtm.adam.engine import Analyses
    from sdtm.pipeline import Conversion

LINEAGE = "lineage.json"


def write_lineage(folder: Path, conversion: Conversion | None, analyses: Analyses | None) -> None:
    """``folder``/lineage.json: how variables are made; raw/*.parquet: the raw cells that the spec uses, of small
    studies; adam/*.parquet: where each analysis record comes from."""
    folder.mkdir(parents=True, exist_ok=True)
    plan, datasets = (None, []) if conversion is None else (conversion.plan, list(conversion.datasets))
    text = lineage_json(plan, datasets, analyses)
    (folder / LINEAGE).write_text(text, encoding="utf-8", newline="\n")
    if conversion is not None:
        write_raw_cells(folder / "raw", conversion.tables, conversion.books)
    if analyses is not None:
        write_analysis_trace(folder / "adam", analyses)
