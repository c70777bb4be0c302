"""Columns of SAS files as text: numbers by their format, and the decodes of a format catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sdtm.extract.decodes import DECODE, decode_label, decoded, without_decode
from sdtm.extract.numbers import distinct, number_text
from sdtm.extract.sas_values import TEXTS, kind_of_format, shows_less
from sdtm.extract.table import places, refuse
from validation.findings import Finding


@dataclass
class SASColumns:
    """The columns of one SAS file, made one by one. ``rows``: number of each row."""

    shown: str
    rows: np.ndarray
    columns: dict[str, pd.Series] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    decodes: dict[str, str] = field(default_factory=dict)

    def add_text(self, name: str, texts: Sequence[str | None], codes: np.ndarray) -> None:
        """A character column, as codes over distinct texts."""
        self.columns[name] = distinct(texts, codes)

    def add_numbers(
        self, name: str, values: Sequence[float | str | None], codes: np.ndarray, form: str
    ) -> None:
        """A numeric column, as codes over distinct values: a number, a special missing (``.A``) or ``None``.

        Findings: date-out-of-range (the number is kept), date-with-fraction (the day is kept).
        """
        kind = kind_of_format(form)
        texts: list[str | None] = []
        outside, cut = [], []
        for position, value in enumerate(values):
            if value is None or isinstance(value, str):
                texts.append(value)
                continue
            text = TEXTS[kind](value)
            if text is None:
                outside.append(position)
                text = number_text(value)
            elif kind == "date" and value % 1:
                cut.append(position)
            texts.append(text)
        self.columns[name] = distinct(texts, codes)
        self.odd_dates("date-out-of-range", name, form, codes, outside, texts)
        self.odd_dates("date-with-fraction", name, form, codes, cut, texts)
        if kind != "number" and shows_less(form):
            self.notes.append(f"{name} is shown as {form} in SAS; the whole stored {kind} is read")

    def odd_dates(
        self,
        rule: str,
        name: str,
        form: str,
        codes: np.ndarray,
        which: list[int],
        texts: Sequence[str | None],
    ) -> None:
        if not which:
            return
        rows = self.rows[np.isin(codes, which)]
        outside = rule == "date-out-of-range"
        self.findings.append(
            Finding(
                rule,
                "error" if outside else "warning",
                f"{name} has format {form} and a number that is "
                + ("no date of the years 1 to 9999; the number is kept" if outside else "not a whole day"),
                "a whole number of days since 1960-01-01" if not outside else "a date",
                "correct the value or the format in the SAS dataset",
                places=places(self.shown, rows, name, texts[which[0]] or ""),
                count=len(rows),
            )
        )

    def add_decode(self, name: str, decodes: Mapping[str, str], form: str) -> None:
        """The formatted values of a column, in a column of their own; a value without label is itself."""
        target = name + DECODE
        if target in self.columns:
            raise refuse(
                "duplicated-column",
                self.shown,
                f"the file has a column {target}, which is the name for the decodes of {name}",
                "no column of that name when formats is given",
                "rename the column, or leave formats out",
            )
        column = self.columns[name]
        self.columns[target] = decoded(column, decodes)
        self.labels[target] = decode_label(self.labels.get(name, name))
        self.decodes[target] = name
        do = "use the catalogue that belongs to this extract"
        self.findings += without_decode(column, name, decodes, f"format {form}", do, self.rows, self.shown)
