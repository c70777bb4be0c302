"""Raw text to submission value: published value, then the spec's terms, then (if asked) a synonym.

Never by similarity. What no term fits is missing and reported where the codelist is closed; where it is
extensible, the text stays and is reported until the spec declares it (DESIGN §2.5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sdtm.columns import from_codes, take, unique_texts


@dataclass(frozen=True, slots=True)
class TermMap:
    """What one variable accepts.

    ``title`` names it in messages. ``terms``: raw text -> value. ``values``: values that may stand in
    the dataset; ``None`` = no codelist, only ``terms``. ``others``: ``keep`` lets a text that is in
    none of them through, without a word, for variables that have no codelist.
    """

    title: str
    terms: Mapping[str, str] = field(default_factory=dict)
    values: frozenset[str] | None = None
    extensible: bool = False
    synonym: Callable[[str], str | None] | None = None
    ignore_case: bool = False
    others: str = ""

    def allowed(self, most: int = 12) -> str:
        """The raw texts and values that would be understood, for a message."""
        known = sorted(set(self.terms) | (self.values or frozenset()))
        shown = ", ".join(known[:most])
        more = f" … ({len(known)} in all)" if len(known) > most else ""
        return f"a value that {self.title} maps or holds: {shown}{more}"

    def look_up(self, text: str) -> tuple[str | None, str]:
        """Value and verdict of one text: ``known``, ``added`` (undeclared extension) or ``lost``."""
        if self.values is not None and text in self.values and text not in self.terms:
            return text, "known"
        if text in self.terms:
            return self.terms[text], "known"
        if self.ignore_case:
            folded = text.casefold()
            hits = {value for raw, value in self.terms.items() if raw.casefold() == folded}
            hits |= {value for value in self.values or () if value.casefold() == folded}
            if len(hits) == 1:
                return hits.pop(), "known"
        if self.synonym is not None and (value := self.synonym(text)) is not None:
            return value, "known"
        if self.others == "keep" and (self.values is None or self.extensible):
            return text, "known"
        if self.values is not None and self.extensible:
            return text, "added"
        return None, "lost"


def map_terms(column: pd.Series, terms: TermMap) -> tuple[pd.Series, np.ndarray, np.ndarray]:
    """A text column through its terms; also which rows were lost, and which hold undeclared values.

    Shape: n texts in; n texts and two n boolean arrays out. Works on distinct texts.
    Source: SDTMIG 3.4, 4.3.
    """
    texts = unique_texts(column)
    looked_up = [terms.look_up(text) for text in texts]
    new = np.array([value for value, _ in looked_up] or [None], dtype=object)[: len(texts)]
    codes, unique = pd.factorize(new)
    result = from_codes(take(codes, column), list(unique), column.index)
    verdicts = np.array([verdict for _, verdict in looked_up], dtype=object)
    lost = take(verdicts == "lost", column, missing=False).astype(bool)
    added = take(verdicts == "added", column, missing=False).astype(bool)
    return result, lost, added
