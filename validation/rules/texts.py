"""Rules on any text, whatever it means."""

from __future__ import annotations

import pandas as pd

from validation.rules.registry import BOTH, rule
from validation.values import Mask, is_text, rows_where


@rule("leading-blank", on="*", severity="warning", source="CORE-000867, FB1501", model=BOTH)
def leading_blank(dataset: pd.DataFrame, variable: str) -> Mask | bool:
    """The text starts with a blank.

    Expected: text without blanks around it.
    Why: a text with a blank before it is not equal to the same text without.
    Do:  trim the text in the mapping.
    """
    column = dataset[variable]
    if not is_text(column):
        return False
    return rows_where(column, lambda texts: [text[:1].isspace() and bool(text.strip()) for text in texts])


@rule("dot-for-missing", on="*", severity="warning", source="CORE-000890, FB1502", model=BOTH)
def dot_for_missing(dataset: pd.DataFrame, variable: str) -> Mask | bool:
    """The text is a single dot.

    Expected: an empty value where nothing is known.
    Why: a dot is how SAS prints a missing number; as text it counts as a value.
    Do:  declare "." as missing for the raw dataset.
    """
    column = dataset[variable]
    return rows_where(column, lambda texts: [text == "." for text in texts]) if is_text(column) else False


@rule("not-printable-ascii", on="*", severity="warning", model=BOTH)
def not_printable_ascii(dataset: pd.DataFrame, variable: str) -> Mask | bool:
    """The text has characters that are not printable ASCII.

    Expected: letters, digits and signs of ASCII (codes 32 to 126).
    Why: a transport file has no encoding of its own; other characters are read wrongly elsewhere.
    Do:  translate or transliterate the text (transliterate in the spec), remove line breaks and tabs.
    """
    column = dataset[variable]
    if not is_text(column):
        return False
    return rows_where(column, lambda texts: [not (t.isascii() and t.isprintable()) for t in texts])
