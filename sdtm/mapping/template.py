"""template: a text with columns in braces, such as ``{STUDYID}-{SITEID}-{SUBJID}``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import field_validator

from sdtm.columns import coded, gather
from sdtm.combinations import combinations, texts_at
from sdtm.mapping.registry import algorithm
from specs.catalogue import Params, Template, placeholders


class Filled(Params):
    template: Template

    @field_validator("template")
    @classmethod
    def _has_columns(cls, text: str) -> str:
        names = placeholders(text)
        if not names:
            raise ValueError("a text with columns in braces, such as {SITEID}-{SUBJID}")
        rest = text
        for name in names:
            rest = rest.replace("{" + name + "}", "", 1)
        if "{" in rest or "}" in rest:
            raise ValueError(
                "a closing brace for each opening one; there are no braces that stand for themselves"
            )
        return text


def _any_collected(columns: Mapping[str, pd.Series], params: Filled) -> np.ndarray:
    """STUDYID is there on every record and asks for no value."""
    parts = [
        column.notna().to_numpy() for name, column in columns.items() if name not in ("STUDYID", "DOMAIN")
    ]
    return np.logical_or.reduce(parts or [np.zeros(len(column), dtype=bool) for column in columns.values()])


@algorithm("template", Filled, key="template", collected=_any_collected)
def template(block: pd.DataFrame, params: Filled) -> pd.Series:
    """The template with each ``{COLUMN}`` replaced by the column's text; nothing else is interpreted.

    Shape:   n rows of texts in, n texts out, same index.
    Unit:    none.
    Missing: where any of the columns is missing (reported when another one is filled).
    Errors:  none.
    Source:  SDTMIG 3.4, 4.1.2 (USUBJID).
    Example: "{SITE}-{SUBJ}" on 01, 007 -> 01-007.
    """
    names = placeholders(params.template)
    numbers, first = combinations([block[name] for name in names])
    pieces: list[pa.Array | pa.Scalar] = []
    rest = params.template
    for name in names:
        before, _, rest = rest.partition("{" + name + "}")
        pieces += [_text(before), texts_at(block[name], first)]
    filled = pc.binary_join_element_wise(*pieces, _text(rest), _text("")).dictionary_encode()
    codes = filled.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    unique = pd.Index(pd.array(filled.dictionary, dtype="str"))
    return coded(gather(codes, numbers), unique, block.index)


def _text(text: str) -> pa.Scalar:
    return pa.scalar(text, pa.large_string())
