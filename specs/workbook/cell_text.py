"""How values of the spec stand in the text of a cell, and are read from it.

==========  ====================================================================================
``TEXT``    the text itself; blanks at either end are refused, because nobody sees them
``EXACT``   the text itself with its blanks: raw texts of the extracts
``WORDS``   names, separated by ``;``. As in YAML where that would not do: ``["", "."]``
``YES_NO``  Yes or No
``PAIRS``   as in YAML: ``{FOLDER: FOLDER}``
``FREE``    a text, or as in YAML: a list or keys and values, with nothing left empty
``WHOLE``   digits
``CHOICE``  one of a few words
==========  ====================================================================================

A value that the cell of its column cannot hold goes to the column ``more`` of its row, as in YAML.
"""

from __future__ import annotations

import re
from typing import Any, Literal, get_args, get_origin

from specs import shape
from specs.location import Location
from specs.model_errors import describe
from specs.problems import Problem, ProblemsFound
from specs.yaml_out import flow
from specs.yaml_text import Branch, parse, plain

TEXT, EXACT, WORDS, YES_NO, PAIRS, FREE, WHOLE, CHOICE = (
    "text",
    "exact text",
    "words",
    "yes or no",
    "pairs",
    "free",
    "whole number",
    "choice",
)
SEPARATOR = ";"
# XML, or Excel's own escapes in it, would change these.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]|_x[0-9A-Fa-f]{4}_|x005F_")
LONGEST_CELL = 32_767
EDGES = " \t\u00a0"
LINE_ENDS = "\n\r"


def form_of(annotation: Any) -> str:
    """The form of a field of the spec model."""
    options = shape.options(annotation)
    kinds = [get_origin(option) or option for option in options]
    if tuple in kinds and _item(options[kinds.index(tuple)]) is str:
        return WORDS
    if kinds == [Literal]:
        return CHOICE
    return {(str,): TEXT, (bool,): YES_NO, (int,): WHOLE, (dict,): PAIRS}.get(tuple(kinds), FREE)


def _item(annotation: Any) -> Any:
    return get_args(annotation)[0]


def choices_of(annotation: Any) -> tuple[str, ...]:
    """The words that a field with a closed vocabulary takes."""
    return tuple(
        word
        for option in shape.options(annotation)
        if get_origin(option) is Literal
        for word in get_args(option)
        if word
    )


def encode(form: str, value: Any) -> str | None:
    """The text of a cell that is read back as ``value`` (a plain tree of texts), or None."""
    text = _encoded(form, value)
    if text is None or UNWRITABLE.search(text) or len(text) > LONGEST_CELL:
        return None
    try:
        branch = decode(form, text, Location())
    except ProblemsFound:
        return None
    return text if branch is not None and plain(branch) == value else None


def _encoded(form: str, value: Any) -> str | None:
    if isinstance(value, str):
        if form == YES_NO:
            return {"true": "Yes", "false": "No"}.get(value)
        return value if form in (TEXT, EXACT, FREE, WHOLE, CHOICE) else None
    if form == WORDS and isinstance(value, list) and all(isinstance(item, str) for item in value):
        joined = f"{SEPARATOR} ".join(value)
        return joined if value and _words(joined) == value and joined[:1] not in "[{" else flow(value)
    return flow(value) if form in (FREE, PAIRS, WORDS) and isinstance(value, (dict, list)) else None


def decode(form: str, text: str, cell: Location) -> Branch | None:
    """The value of a cell; None for an empty one. Raises ``ProblemsFound``."""
    if text == "" or (form != EXACT and not text.strip()):
        return None
    if form == EXACT:
        return Branch(text, cell.file, cell=cell)
    # A long text may end with a line of its own, as an expression in YAML does; a name may not.
    edges = EDGES if form == FREE else EDGES + LINE_ENDS
    if text != text.strip(edges):
        raise ProblemsFound(blanks_problem(text, cell))
    if form == YES_NO:
        return Branch(_truth(text, cell), cell.file, cell=cell)
    if form == PAIRS or (form == WORDS and text[0] == "{"):
        return _pairs(text, cell)
    if form == WORDS:
        if text[0] == "[":
            return _list(text, cell)
        return Branch([Branch(word, cell.file, cell=cell) for word in _words(text)], cell.file, cell=cell)
    if form == FREE and text[0] in "[{":
        branch = flow_branch(text, cell)
        if branch is not None and isinstance(branch.value, (dict, list)) and not _has_nothing(branch):
            return branch
    return Branch(text, cell.file, cell=cell)


def blanks_problem(text: str, cell: Location) -> Problem:
    which = "before" if text != text.lstrip() else "after"
    which = f"a line end {which}" if text.strip(EDGES) != text.strip() else f"a blank {which}"
    return Problem(
        "blank-in-cell",
        cell,
        found=f"{describe(text)}, with {which} the text",
        expected="a text without blanks at its ends",
        do=f"write {describe(text.strip())}",
    )


def flow_branch(text: str, cell: Location) -> Branch | None:
    """What is written in a cell as in YAML, every value placed in that cell; None if it is no such thing."""
    try:
        return _placed(parse(text, cell.file), cell)
    except ProblemsFound:
        return None


def pairs_branch(text: str, cell: Location) -> Branch:
    """Keys and values, as in YAML; nothing may stand for a value. Raises ``ProblemsFound``."""
    branch = flow_branch(text, cell)
    if branch is None or not isinstance(branch.value, dict):
        raise ProblemsFound(
            Problem(
                "bad-cell",
                cell,
                found=describe(text),
                expected="keys and values as in YAML, such as {FOLDER: FOLDER, VISIT: VISITNAME}",
                do="text with special signs stands in double quotes",
            )
        )
    return branch


def _pairs(text: str, cell: Location) -> Branch:
    return pairs_branch(text if text.startswith("{") else f"{{{text}}}", cell)


def _list(text: str, cell: Location) -> Branch:
    branch = flow_branch(text, cell)
    if branch is None or not isinstance(branch.value, list):
        raise ProblemsFound(
            Problem(
                "bad-cell",
                cell,
                found=describe(text),
                expected=f'names separated by `{SEPARATOR}`, or a list as in YAML, such as ["", "."]',
                do="close the bracket, or take it out",
            )
        )
    return branch


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(SEPARATOR) if word.strip()]


def _truth(text: str, cell: Location) -> str:
    word = text.casefold()
    if word in ("yes", "no", "true", "false"):
        return "true" if word in ("yes", "true") else "false"
    do = "write Yes or No, or empty the cell"
    raise ProblemsFound(Problem("bad-value", cell, describe(text), "Yes or No, or an empty cell", do))


def _placed(branch: Branch, cell: Location) -> Branch:
    value = branch.value
    if isinstance(value, dict):
        value = {key: _placed(item, cell) for key, item in value.items()}
    elif isinstance(value, list):
        value = [_placed(item, cell) for item in value]
    return Branch(value, cell.file, cell=cell)


def _has_nothing(branch: Branch) -> bool:
    below = branch.value.values() if isinstance(branch.value, dict) else branch.value
    return branch.value is None or (
        not isinstance(below, (str, type(None))) and any(map(_has_nothing, below))
    )
