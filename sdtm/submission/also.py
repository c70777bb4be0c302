"""The same datasets in other forms beside the transport files: Dataset-JSON 1.1 and Parquet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sdtm.stages import Dataset, WrittenFile
from sdtm.submission.define_model import Define

JSON, NDJSON, PARQUET = "json", "ndjson", "parquet"
FORMS = (JSON, NDJSON, PARQUET)
_FOLDERS = {JSON: "json", NDJSON: "json", PARQUET: "parquet"}


def write_also(
    forms: Sequence[str],
    kind: str,
    datasets: Mapping[str, Dataset],
    define: Define,
    folder: Path,
    define_place: str,
) -> list[WrittenFile]:
    """``folder``/json/KIND/*.json (or .ndjson) and ``folder``/parquet/KIND/*.parquet.

    ``kind``: sdtm or adam. ``define_place``: the define.xml of these datasets, as seen from ``folder``.
    """
    written = []
    for form in dict.fromkeys(forms):
        for name, dataset in datasets.items():
            path = folder / _FOLDERS[form] / kind / f"{name.lower()}.{form}"
            if form == PARQUET:
                from sdtm.submission.parquet import write_parquet

                written.append(write_parquet(dataset, path, folder))
            else:
                from sdtm.submission.dataset_json import write_dataset_json

                place = f"../../{define_place}"
                written.append(
                    write_dataset_json(dataset, path, define, form=form, metadata=place, folder=folder)
                )
    return written
