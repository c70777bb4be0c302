"""Forms that texts of an SDTM dataset must have; each function judges one text."""

from __future__ import annotations

import re

from specs.iso8601 import is_datetime, is_duration, is_interval
from specs.rules.spec import is_short_name as is_short_name

TEXT_BYTES = 200  # SAS transport files, version 5

# Longest texts of names and codes, by variable or by its ending after the domain prefix.
NAME_LENGTHS = {
    "--TEST": 40,
    "QLABEL": 40,
    "TSPARM": 40,
    "TSPARMCD": 8,
    "ETCD": 8,
    "SETCD": 8,
    "ARMCD": 20,
    "ACTARMCD": 20,
}
NOT_LIMITED = ("IETEST",)  # the text of a criterion may have 200 characters

_VARIABLE_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,7}", re.ASCII)
_QUALIFIER_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,7}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([Ee][+-]?\d+)?", re.ASCII)
_MEASURED = re.compile(r"\s*([<>]=?|=)?\s*[+-]?(\d+(\.\d*)?|\.\d+)([Ee][+-]?\d+)?\s*", re.ASCII)
_PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)


def is_variable_name(text: str) -> bool:
    """Whether a text can name a variable of a transport file, version 5."""
    return _VARIABLE_NAME.fullmatch(text) is not None


def is_qualifier_name(text: str) -> bool:
    """Whether a text can be a QNAM."""
    return _QUALIFIER_NAME.fullmatch(text) is not None


def is_number_text(text: str) -> bool:
    """Whether a text reads as a decimal number."""
    return _NUMBER.fullmatch(text) is not None


def is_plain_number(text: str) -> bool:
    """Whether a text is a number as a standardised result writes it: no plus, no exponent, no 07."""
    return _PLAIN_NUMBER.fullmatch(text) is not None


def is_measured(text: str) -> bool:
    """Whether a text is a measured result: a number, or a limit such as <0.5 or >= 100."""
    return _MEASURED.fullmatch(text) is not None


def is_too_long(text: str) -> bool:
    """Whether a text needs more bytes than a transport file has for one."""
    return len(text) > TEXT_BYTES or (not text.isascii() and len(text.encode("utf-8")) > TEXT_BYTES)


def is_date_or_interval(text: str) -> bool:
    """Whether a text is an ISO 8601 date, date-time or interval."""
    return is_datetime(text) or is_interval(text)


def is_offset(text: str) -> bool:
    """Whether a text is an ISO 8601 duration, or 0 for no offset (TDSTOFF)."""
    return text == "0" or is_duration(text)


def is_duration_or_interval(text: str) -> bool:
    """Whether a text is an ISO 8601 duration, or an interval as in --EVLINT."""
    return is_duration(text) or is_interval(text)


def name_length(variable: str) -> int | None:
    """The most characters that a name or code variable may hold; None if no rule says so."""
    if variable in NOT_LIMITED:
        return None
    return NAME_LENGTHS.get(variable) or NAME_LENGTHS.get("--" + variable[2:])
