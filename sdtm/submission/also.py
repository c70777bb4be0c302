"""The same datasets in other forms beside the transport files: Dataset-JSON 1.1 and Parquet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sdtm.stages import Dataset, WrittenFile
from sdtm.submission.define import Defines, tabulations_of
from sdtm.submission.define_model import Define
from sdtm.submission.forms import Form, checked_forms

if TYPE_CHECKING:
    from sdtm.adam.engine import Analyses
    from sdtm.pipeline import Conversion

_FOLDERS = {Form.json: "json", Form.ndjson: "json", Form.parquet: "parquet"}


def write_also(
    forms: Sequence[str],
    conversion: Conversion,
    analyses: Analyses | None,
    defines: Defines,
    folder: Path,
    places: Mapping[str, str],
) -> list[WrittenFile]:
    """``folder``/json/KIND/*.json (or .ndjson) and ``folder``/parquet/KIND/*.parquet, of SDTM and of ADaM.

    ``forms``: of ``sdtm.submission.forms.Form``. ``places``: kind -> folder of its define.xml, as seen from
    ``folder``. Raises ``ProblemsFound`` for a form that there is not.
    """
    wanted = checked_forms(forms)
    groups = [("sdtm", tabulations_of(conversion, analyses), defines.sdtm)]
    if analyses is not None and defines.adam is not None:
        groups.append(("adam", analyses.datasets, defines.adam))
    return [
        _write(
            form, dataset, folder / _FOLDERS[form] / kind, define, f"../../{places[kind]}/define.xml", folder
        )
        for kind, datasets, define in groups
        for form in wanted
        for dataset in datasets.values()
    ]


def _write(
    form: Form, dataset: Dataset, place: Path, define: Define, define_place: str, folder: Path
) -> WrittenFile:
    path = place / f"{dataset.name.lower()}.{form.value}"
    if form is Form.parquet:
        from sdtm.submission.parquet import write_parquet

        return write_parquet(dataset, path, folder)
    from sdtm.submission.dataset_json import write_dataset_json

    return write_dataset_json(dataset, path, define, form=form.value, metadata=define_place, folder=folder)
