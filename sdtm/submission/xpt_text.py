"""Text columns as a transport file holds them: ASCII, one fixed width, blanks for missing.

Everything is judged and converted once for each distinct text of a column; rows only carry codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sdtm.columns import arrow_texts
from sdtm.submission.xpt_layout import LONGEST_TEXT
from specs.location import Location
from specs.problems import Problem, ProblemsFound

ROWS_AT_ONCE = 1 << 15
_TABLE_BYTES = 1 << 25  # a wider table of distinct texts is not kept, but made for each chunk of rows

# What XPT text may not hold as it is: control characters, and all that is not ASCII.
UNFIT = re.compile(r"[^ -~]")


@dataclass(frozen=True, slots=True)
class FixedText:
    """A text column ready to be written.

    ``texts``: one ASCII text per category (large_string). ``codes``: position in it of each row, -1 for
    missing. ``width``: bytes of the longest text that a row holds, at least 1.
    """

    texts: pa.Array
    codes: np.ndarray
    width: int
    table: np.ndarray | None = None  # all texts at full width and one of blanks at the end

    def rows(self, start: int, stop: int) -> np.ndarray:
        """Fixed-width bytes (dtype ``S`` + width) of some rows; missing is blanks."""
        codes = self.codes[start:stop]
        if self.table is not None:
            return self.table.take(codes)  # -1 is the last: blanks
        present = pa.array(codes, mask=codes < 0)
        return _at_width(pc.fill_null(self.texts.take(present), ""), self.width)


@dataclass(frozen=True, slots=True)
class UnfitTexts:
    """Distinct texts of a column that cannot be written, by reason; positions in its categories."""

    characters: np.ndarray
    too_long: np.ndarray
    blanks: np.ndarray

    def any(self) -> bool:
        return bool(self.characters.any() or self.too_long.any() or self.blanks.any())


def transliteration(transliterate: Mapping[str, str]) -> dict[int, str]:
    """The declared replacements, as ``str.translate`` takes them.

    Raises:
        ProblemsFound: a key that is not one character, one that needs no replacement (it would change good
            text), or a replacement that is not printable ASCII.
    """
    problems = []
    for character, replacement in transliterate.items():
        if len(character) != 1 or not UNFIT.fullmatch(character):
            found, expected = f'the key "{character}"', "one character that is not printable ASCII"
        elif UNFIT.search(replacement):
            found, expected = f'"{replacement}" for "{character}"', "printable ASCII text"
        else:
            continue
        where = Location(key=f"transliterate.{character}")
        problems.append(
            Problem("xpt-transliterate", where, found, expected, "correct it in the study's spec")
        )
    if problems:
        raise ProblemsFound(problems)
    return {ord(character): replacement for character, replacement in transliterate.items()}


def fixed_text(column: pd.Series, replacements: Mapping[int, str]) -> tuple[FixedText, UnfitTexts]:
    """A text column as it will be written, and which of its distinct texts cannot be.

    Only categories that some row holds are judged and measured. Texts that are unfit are left in place;
    the result may be written only when there are none.
    """
    codes = column.array.codes  # a view; .cat.codes would be a copy
    texts = arrow_texts(column.cat.categories)
    used = _used(codes, len(texts))
    odd = used & _is_odd(texts)
    if odd.any() and replacements:
        texts = _translated(texts, odd, replacements)
        odd &= _is_odd(texts)
    # Characters and not bytes: of a text with unfit characters the final length is not known yet.
    lengths = np.where(used, _numpy(pc.utf8_length(texts)), 0)
    unfit = UnfitTexts(odd, lengths > LONGEST_TEXT, used & _numpy(pc.ends_with(texts, pattern=" ")))
    width = max(1, int(lengths.max(initial=0)))
    table = None
    if not unfit.any() and width * (len(texts) + 1) <= _TABLE_BYTES:
        # Unused categories may be of any kind: they are blanked, so that all fit the width.
        clean = texts if used.all() else pc.if_else(pa.array(used), texts, "")
        table = _at_width(pa.concat_arrays([clean, pa.array([""], pa.large_string())]), width)
    return FixedText(texts, codes, width, table), unfit


def chunks(rows: int, at_once: int = ROWS_AT_ONCE) -> Iterator[tuple[int, int]]:
    """Start and stop of successive runs of rows."""
    return ((start, min(start + at_once, rows)) for start in range(0, rows, at_once))


def _numpy(values: pa.Array) -> np.ndarray:
    return values.to_numpy(zero_copy_only=False)


def _used(codes: np.ndarray, count: int) -> np.ndarray:
    """Mask of the categories that some row holds."""
    used = np.zeros(count + 1, dtype=bool)  # one more, for the -1 of missing
    for start, stop in chunks(len(codes)):
        used[codes[start:stop]] = True
    return used[:count]


def _is_odd(texts: pa.Array) -> np.ndarray:
    """Mask of texts with a character that is not printable ASCII."""
    return ~_numpy(pc.string_is_ascii(texts)) | _numpy(pc.match_substring_regex(texts, r"[\x00-\x1f\x7f]"))


def _translated(texts: pa.Array, odd: np.ndarray, replacements: Mapping[int, str]) -> pa.Array:
    new = [text.translate(replacements) for text in texts.filter(pa.array(odd)).to_pylist()]
    return pc.replace_with_mask(texts, pa.array(odd), pa.array(new, pa.large_string()))


def _at_width(texts: pa.Array, width: int) -> np.ndarray:
    """ASCII texts of at most ``width`` bytes, padded with blanks, without a copy for each text."""
    padded = pc.ascii_rpad(texts, width=width, padding=" ")
    return np.frombuffer(padded.buffers()[2], dtype=f"S{width}", count=len(texts))
