"""The other forms in which all datasets can be had, by the words that a user writes: ``--also json``."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Form(StrEnum):
    json = "json"
    ndjson = "ndjson"
    parquet = "parquet"


def checked_forms(forms: Iterable[str]) -> tuple[Form, ...]:
    """Forms named by their words, each once, in the order in which they are named.

    Raises:
        ProblemsFound: words that name no form, each with the nearest one; a text where a list is wanted.
    """
    # Imported late: `sdtm --help` needs the words, and no problems.
    from specs.location import Location
    from specs.problems import Problem, ProblemsFound, suggest

    known = [form.value for form in Form]
    expected = f"one or more of {', '.join(known)}, in a list"
    if isinstance(forms, str):
        do = f"write also=[{str(forms)!r}]" if forms in known else suggest(forms, known)
        raise ProblemsFound(Problem("unknown-form", Location(key="also"), repr(str(forms)), expected, do))
    given = list(dict.fromkeys(forms))
    unknown = [form for form in given if form not in known]
    if unknown:
        raise ProblemsFound(
            [
                Problem("unknown-form", Location(key="also"), repr(form), expected, suggest(str(form), known))
                for form in unknown
            ]
        )
    return tuple(Form(form) for form in given)
