"""Types of single values in a spec, read strictly from the text of a YAML file or a cell.

A value that is not taken raises ``PydanticCustomError("bad_value", ...)`` with what is expected and what
to do.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator
from pydantic_core import PydanticCustomError


def refused(expected: str, do: str = "") -> PydanticCustomError:
    """What a validator raises on a value it does not take."""
    return PydanticCustomError("bad_value", "expected {expected}", {"expected": expected, "do": do})


def _as_tuple(value: Any) -> Any:
    """One text where a list is allowed is a list of one."""
    return (value,) if isinstance(value, str) else value


def _whole(value: Any) -> Any:
    """Digits only: pydantic alone would also take 1.0, 1_000 and blanks."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,9}", value):
        return int(value)
    raise refused("a whole number")


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = value.casefold() if isinstance(value, str) else ""
    if word in ("true", "false"):
        return word == "true"
    meant = {"yes": "true", "y": "true", "on": "true", "1": "true"}
    meant |= {"no": "false", "n": "false", "off": "false", "0": "false"}
    raise refused("true or false", f"write {meant[word]}" if word in meant else "")


def _braced(value: Any) -> Any:
    """``{-28..-1}`` is to YAML a key without a value; here it is a text."""
    if isinstance(value, dict) and len(value) == 1 and list(value.values()) == [None]:
        return next(iter(value))
    return value


def _rule(value: Any) -> Any:
    if isinstance(value, (str, dict, list)) and value:
        return value
    raise refused("a column name, the keys of a mapping, or a list of mappings tried in order")


# A dataset name as transport files take it.
DOMAIN_CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}")


def _domain(value: Any) -> Any:
    if isinstance(value, str) and not DOMAIN_CODE.fullmatch(value):
        upper = value.strip().upper()
        raise refused(
            "a domain code in capitals, such as AE",
            f"write {upper}" if DOMAIN_CODE.fullmatch(upper) else "",
        )
    return value


def _moment(value: Any) -> Any:
    if isinstance(value, str):
        try:
            # Digits are counted because strptime takes 2025-3-1, too.
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}", value):
                raise ValueError
            datetime.strptime(value, "%Y-%m-%dT%H:%M:%S")
        except ValueError:
            raise refused("a date and time such as 2025-03-28T00:00:00") from None
    return value


Words = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
Whole = Annotated[int, BeforeValidator(_whole)]
Truth = Annotated[bool, BeforeValidator(_truth)]

# What a mapping of one variable may be: a column name, a dict of keys, or a list tried in order.
Rule = Annotated[str | dict[str, Any] | list[Any], PlainValidator(_rule)]

# ``{-28..-1}`` is text, too.
Window = Annotated[str, BeforeValidator(_braced)]
Moment = Annotated[str, BeforeValidator(_moment)]
DomainCode = Annotated[str, BeforeValidator(_domain)]
