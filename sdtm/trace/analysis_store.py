"""The trace of analysis datasets on disk: for each record the dataset and record it comes from, and its step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sdtm.adam.engine import Analyses


def write_analysis_trace(folder: Path, analyses: Analyses) -> None:
    """``folder``/ADAE.parquet and so on, in record order.

    ``dataset``: SDTM or analysis dataset, missing where a derivation made the record of many; ``record``: position
    there, from 0 (-1: none); ``step``: the step of the dataset's `derive:` that made the record, from 0 (-1: it was
    there from the start).
    """
    import pyarrow as pa
    import pyarrow.parquet as parquet

    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(analyses.origins):
        origin = analyses.origins[name]
        dataset = pa.array(
            origin["dataset"].astype(object).where(origin["dataset"].notna(), None), pa.string()
        )
        table = pa.table(
            {
                "dataset": dataset.dictionary_encode(),
                "record": origin["row"].to_numpy(dtype=np.int64),
                "step": origin["step"].to_numpy(dtype=np.int64),
            }
        )
        parquet.write_table(table, folder / f"{name}.parquet", compression="zstd", version="2.6")
