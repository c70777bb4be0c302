"""A transport file of a package as two readers see it that are not ours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

from sdtm.columns import text
from sdtm.stages import Dataset, Variable
from sdtm.submission.read_back import PANDAS, verify_xpt
from validation.findings import Finding


def reader_differences(path: Path, rows: int | None) -> list[Finding]:
    """Where pyreadstat and pandas read a file differently, or not ``rows`` records; empty when they agree."""
    dataset = read_dataset(path)
    found = verify_xpt(path, dataset, readers=(PANDAS,))  # the dataset is what pyreadstat reads
    if rows is not None and len(dataset.frame) != rows:
        expected = f"{rows} records, as the run wrote"
        do = "do not use the file; this is a defect of the toolkit, please report it"
        found.append(
            Finding(
                "xpt-read-back", "error", f"{len(dataset.frame)} records", expected, do, dataset=dataset.name
            )
        )
    return found


def read_dataset(path: Path) -> Dataset:
    """A transport file as pyreadstat reads it; an empty text is missing."""
    frame, meta = pyreadstat.read_xport(path, disable_datetime_conversion=True)
    variables, columns = [], {}
    for name, label in zip(meta.column_names, meta.column_labels, strict=True):
        is_text = meta.readstat_variable_types[name] == "string"
        variables.append(Variable(name, label or "", "Char" if is_text else "Num"))
        if is_text:
            columns[name] = text(frame[name].mask(frame[name] == ""))
        else:
            columns[name] = pd.Series(frame[name].to_numpy(dtype=np.float64))
    data = pd.DataFrame(columns, index=pd.RangeIndex(len(frame)))
    source = pd.DataFrame(index=data.index)
    return Dataset(meta.table_name or "", meta.file_label or "", tuple(variables), data, source)
