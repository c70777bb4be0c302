"""SE: the elements that each subject really passed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from sdtm import columns, iso8601


class SubjectElements(NamedTuple):
    """``frame``: USUBJID, ETCD, TAETORD, SESTDTC, SEENDTC. ``disorder``: subject, and what is wrong."""

    frame: pd.DataFrame
    disorder: list[tuple[str, str]]


def subject_elements(
    subjects: pd.Series, starts: Mapping[str, pd.Series], ends: Mapping[str, pd.Series]
) -> SubjectElements:
    """Each element ends where the next entered one starts, the last at its declared end.

    ``starts``: ETCD -> start for each subject, in the order of the elements; a missing start means that the
    subject did not enter the element. ``ends``: ETCD -> end, for those that have one. TAETORD is the place of
    the element in that order, from 1.

    Shape:   n subjects (each once) and k columns of n ISO 8601 texts in; one row for each element entered
             out, by subject (in the order given) and element.
    Missing: SEENDTC of a last element without an end.
    Errors:  an element that for certain ends before it starts is kept and told in ``disorder``.
    Source:  SDTMIG 3.4, 5.3 (SE).
    Example: SCRN 2024-01-05, TRT 2024-01-20 (end 2024-03-01) -> SCRN to 2024-01-20, TRT to 2024-03-01.
    """
    codes = list(starts)
    nothing = columns.constant(None, subjects.index)
    stacked = columns.stack([starts[code] for code in codes] + [ends.get(code, nothing) for code in codes])
    texts = columns.unique_texts(stacked)
    both = stacked.cat.codes.to_numpy().astype(np.int64).reshape(2, len(codes), len(subjects))
    begin, declared = both
    finish = np.full_like(begin, -1)
    following = np.full(len(subjects), -1, dtype=np.int64)
    for number in range(len(codes) - 1, -1, -1):
        finish[number] = np.where(following >= 0, following, declared[number])
        following = np.where(begin[number] >= 0, begin[number], following)

    who, which = np.nonzero(begin.T >= 0)
    index = pd.RangeIndex(len(who))
    frame = pd.DataFrame(
        {
            "USUBJID": columns.from_codes(
                subjects.cat.codes.to_numpy()[who], columns.unique_texts(subjects), index
            ),
            "ETCD": columns.from_codes(which, codes, index),
            "TAETORD": which + 1.0,
            "SESTDTC": columns.from_codes(begin[which, who], texts, index),
            "SEENDTC": columns.from_codes(finish[which, who], texts, index),
        }
    )
    return SubjectElements(frame, _disorder(frame))


def _disorder(frame: pd.DataFrame) -> list[tuple[str, str]]:
    start, _ = iso8601.bounds(frame["SESTDTC"])
    _, end = iso8601.bounds(frame["SEENDTC"])
    wrong = frame[end < start].astype({name: object for name in ("USUBJID", "ETCD", "SESTDTC", "SEENDTC")})
    return [
        (subject, f"{code} starts {start} and ends {end}")
        for subject, code, start, end in zip(
            wrong["USUBJID"], wrong["ETCD"], wrong["SESTDTC"], wrong["SEENDTC"], strict=True
        )
    ]
