"""The record that a key names: read from an output folder, with what is near where there is none."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from sdtm.numbers import shortest
from specs.location import Location
from specs.problems import Problem, ProblemsFound, suggest

_MOST_SHOWN = 5


def read_dataset(out: Path, dataset: str) -> pd.DataFrame:
    """One dataset of an output folder, read by pyreadstat; ``ProblemsFound`` if it is not there or damaged."""
    import pyreadstat

    path = out / "sdtm" / f"{dataset.lower()}.xpt"
    if not path.is_file():
        known = sorted(file.stem.upper() for file in (out / "sdtm").glob("*.xpt"))
        where = Location(file=str(out))
        expected = f"one of {', '.join(known)}"
        raise ProblemsFound(
            Problem("unknown-dataset", where, f"{dataset!r}", expected, suggest(dataset, known))
        )
    try:
        return pyreadstat.read_xport(str(path))[0]
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError, OSError) as error:
        raise damaged(path, error) from None


def damaged(path: Path, error: Exception) -> ProblemsFound:
    """A file of the output that cannot be read."""
    where, found = Location(file=str(path)), f"it cannot be read: {str(error).splitlines()[0]}"
    return ProblemsFound(Problem("damaged-file", where, found, "the file that the run wrote", "run again"))


def find_record(frame: pd.DataFrame, dataset: str, variable: str, keys: Mapping[str, str]) -> int:
    """The row of the one record with these values; ``ProblemsFound`` with near ones where it is not one."""
    where = Location(key=f"{dataset}.{variable}")
    for name in (variable, *keys):
        if name not in frame:
            raise ProblemsFound(
                Problem(
                    "unknown-variable",
                    where,
                    f"{name!r}",
                    f"a variable of {dataset}: {', '.join(frame.columns)}",
                    suggest(name, frame.columns),
                )
            )
    masks = {name: np.array([shown(cell) == value for cell in frame[name]]) for name, value in keys.items()}
    found = np.flatnonzero(np.logical_and.reduce(list(masks.values())))
    if len(found) == 1:
        return int(found[0])
    given = " ".join(f"{name}={value}" for name, value in keys.items())
    do = near_records(frame, dataset, keys, masks) if not len(found) else tell_apart(frame, dataset, found)
    raise ProblemsFound(
        Problem("key-not-unique", where, f"{len(found)} records with {given}", "exactly one record", do)
    )


def near_records(
    frame: pd.DataFrame,
    dataset: str,
    keys: Mapping[str, str],
    masks: Mapping[str, np.ndarray],
    text: Callable[[object], str] | None = None,
) -> str:
    """Values that there are, of the first key that no record has, or beside the others."""
    unknown = [name for name in keys if not masks[name].any()]
    for name in unknown or reversed(list(keys)):
        others = [mask for other, mask in masks.items() if other != name and not unknown]
        rows = np.logical_and.reduce(others) if others else np.ones(len(frame), dtype=bool)
        known = list(dict.fromkeys((text or shown)(cell) for cell in frame[name][rows]))
        if known:
            near = difflib.get_close_matches(keys[name], known, _MOST_SHOWN, 0.6) or known[:_MOST_SHOWN]
            more = f" … ({len(known)} in all)" if len(known) > len(near) else ""
            beside = "" if unknown else " of these records"
            return f"no record has {name}={keys[name]}; {name}{beside} is {', '.join(near)}{more}"
    return f'name it like --key "{_example(dataset, frame)}"'


def tell_apart(
    frame: pd.DataFrame, dataset: str, rows: np.ndarray, text: Callable[[object], str] | None = None
) -> str:
    """The variable that tells several records apart, with their values."""
    for name in (f"{dataset}SEQ", "IDVARVAL", "QNAM", "PARAMCD", *frame.columns):
        if name in frame and frame[name].iloc[rows].nunique(dropna=False) == len(rows):
            values = [f"{name}={(text or shown)(cell)}" for cell in frame[name].iloc[rows[:_MOST_SHOWN]]]
            return f"add one of {', '.join(values)}{' …' if len(rows) > _MOST_SHOWN else ''}"
    return f'name it like --key "{_example(dataset, frame)}"'


def _example(dataset: str, frame: pd.DataFrame) -> str:
    """A key that tells the records of a dataset apart, without its values."""
    named = ("USUBJID", f"{dataset}SEQ", "IDVARVAL", "QNAM")
    names = [name for name in named if name in frame] or list(frame.columns[2:4])
    return " ".join(f"{name}=…" for name in names)


def shown(value: object) -> str:
    """A cell of a dataset as its text; an empty one where it is missing."""
    if isinstance(value, str):
        return value
    return "" if pd.isna(value) else shortest(float(value))  # type: ignore[call-overload, arg-type]
