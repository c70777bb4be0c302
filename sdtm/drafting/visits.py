"""The column with the collected visit, and the schedule as far as the data tell it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sdtm.combinations import combinations
from sdtm.drafting.context import Context, drafted
from sdtm.drafting.dates import date_formats, looks_like_date
from sdtm.drafting.domains import TITLES
from sdtm.drafting.identity import Identity
from sdtm.drafting.material import Material, RawColumn, RawTableRead
from sdtm.drafting.words import words
from sdtm.mapping.dates import AssignDatetime, assign_datetime

NAMES = re.compile(
    r"(?:REDCAP_)?(VISIT|FOLDER|INSTANCE|EVENT|STUDYEVENT|STUDY_EVENT|STUDYEVENTOID)_?(NAME|NM|MNEMONIC|LABEL|CD|CODE|OID|ID|TXT)?"
)
NUMBERS = re.compile(r"(VISIT|FOLDER|EVENT|INSTANCE)_?(NUM|NUMBER|NO|SEQ|SEQUENCE|ORDER|ORDINAL)")
LIKE = re.compile(
    r"screen|baseline|week|\bday\b|cycle|visit|month|follow|end of|unsch|unplan|treatment|\beot\b|\beos\b|\bscr|"
    r"^c\d+d\d+|^v\d+|^[dwm]\d+|early term|random|retriev|withdraw",
    re.IGNORECASE,
)
UNSCHEDULED = re.compile(r"unsch|unplan|ad[ -]?hoc|^uns(?![a-z])", re.IGNORECASE)
SCREENING = re.compile(r"screen|^scr|pre-?treatment", re.IGNORECASE)
NO_VISIT = re.compile(r"\b(log|logs|log forms|running|common forms?)\b", re.IGNORECASE)
REDCAP = re.compile(r"([a-z0-9_]+)_arm_\d+")  # the unique name of an event: its label, then the arm
_LOGS = frozenset(frozenset(words(title)) for domain in ("AE", "CM", "DV", "MH") for title in TITLES[domain])
MOST = 200  # different texts; more are no visits


@dataclass(frozen=True, slots=True)
class Visits:
    """``columns``: table -> column with its visit. ``schedule``, ``unscheduled``: as the spec has them."""

    column: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    schedule: tuple[dict[str, Any], ...] = ()
    unscheduled: dict[str, Any] | None = None
    no_visit: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()


def find_visits(context: Context, material: Material, identity: Identity) -> Visits:
    """Visit columns by name and by what their texts look like; the planned visits in the order of the data."""
    columns = _visit_columns(material, identity.subjects)
    if not columns:
        return Visits()
    texts: Counter[str] = Counter()
    for name, column in columns.items():
        texts.update(material.tables[name].columns[column].texts)
    main = Counter(columns.values()).most_common(1)[0][0]
    odd = [text for text in texts if UNSCHEDULED.search(text)]
    logs = [text for text in texts if NO_VISIT.search(text) or is_log(text)]
    planned = [text for text in texts if text not in odd and text not in logs]
    numbers, number_column = _collected_numbers(material, columns, planned)
    if numbers:
        why = f"{number_column} has this number with it in every row"
    else:
        numbers, why = _by_days(material, columns, identity, planned)
    schedule = tuple(
        drafted({"VISITNUM": number, "VISIT": visit_of(text), "raw": [text]}, f"{texts[text]:,} rows; {why}")
        if text != visit_of(text)
        else drafted({"VISITNUM": number, "VISIT": text}, f"{texts[text]:,} rows; {why}")
        for text, number in numbers.items()
    )
    upper = Counter(visit_of(text) for text in numbers)
    schedule = (
        _told_once(context, numbers, upper, texts, why) if max(upper.values(), default=0) > 1 else schedule
    )
    if schedule:
        context.ask(
            "visits",
            f"Are these the visits of the protocol, with its numbers? VISITNUM is drafted from the data: {why}.",
            sorted({f"{name}.{column}" for name, column in columns.items()}),
            {
                "VISITNUM, VISIT, VISITDY, day": "the schedule of the protocol; days and windows are not drafted"
            },
        )
    _ask_repeats(context, material, columns)
    return Visits(
        main,
        columns,
        schedule,
        _unscheduled(odd, texts),
        tuple(logs),
        frozenset({number_column} if number_column else ()),
    )


def visit_of(text: str) -> str:
    """VISIT of a collected text: in capitals; of the unique name of a REDCap event its words.

    Example: ``Cycle 1 Day 1`` -> CYCLE 1 DAY 1; ``week_4_arm_1`` -> WEEK 4.
    """
    event = REDCAP.fullmatch(text)
    return (event[1].replace("_", " ") if event else text).upper()


def is_log(text: str) -> bool:
    """Whether a text is the title of a form that is filled in at any time, which some systems call an event."""
    return frozenset(words(visit_of(text))) in _LOGS


def _ask_repeats(context: Context, material: Material, columns: Mapping[str, str]) -> None:
    """Study events of an ODM file that a subject has several times: are they one visit or several?"""
    keys: dict[str, set[str]] = {}
    for name, column in columns.items():
        table = material.tables[name]
        if column == "StudyEventOID" and table.system_columns:
            pair = [table.columns[column].values, table.columns["StudyEventRepeatKey"].values]
            for event, key in {(one, two) for one, two in zip(*pair, strict=True) if isinstance(two, str)}:
                keys.setdefault(str(event), set()).add(key)
    repeated = {event: sorted(found) for event, found in sorted(keys.items()) if len(found) > 1}
    if repeated:
        told = "; ".join(
            f"{event} has the repeat keys {', '.join(found)}" for event, found in repeated.items()
        )
        context.ask(
            "visits-repeated",
            f"Is each repeat of a study event a visit of its own? {told}.",
            sorted(
                f"{name}.StudyEventRepeatKey"
                for name, column in columns.items()
                if not repeated.keys().isdisjoint(material.tables[name].columns[column].texts)
            ),
            {
                "derive: {EVENT: \"concat_ws('-', StudyEventOID, StudyEventRepeatKey)\"} and visit: EVENT": "several",
                "as drafted": "one visit",
            },
        )


def _told_once(
    context: Context, numbers: Mapping[str, str], upper: Counter[str], texts: Counter[str], why: str
) -> tuple[dict[str, Any], ...]:
    """Visits whose texts differ in case only are one visit."""
    merged: dict[str, tuple[str, list[str]]] = {}
    for text, number in numbers.items():
        merged.setdefault(visit_of(text), (number, []))[1].append(text)
    return tuple(
        drafted(
            {"VISITNUM": number, "VISIT": name, "raw": raw}, f"{sum(texts[t] for t in raw):,} rows; {why}"
        )
        for name, (number, raw) in merged.items()
    )


def _visit_columns(material: Material, subjects: Mapping[str, str]) -> dict[str, str]:
    by_name: dict[str, list[tuple[str, RawColumn]]] = {}
    for name in subjects:
        for column in material.tables[name].columns.values():
            stem = re.sub(r"([a-z])([A-Z])", r"\1_\2", column.name.rpartition(".")[2]).upper()
            if NAMES.fullmatch(stem) or column.label.strip().casefold() in ("visit", "visit name"):
                by_name.setdefault(column.name, []).append((name, column))
    good: dict[str, float] = {}
    for column_name, places in by_name.items():
        texts = {text for _, column in places for text in column.texts}
        like = sum(LIKE.search(text) is not None for text in texts) / len(texts) if texts else 0
        # In an ODM file the study event is the visit, whatever the sites call it.
        if column_name == "StudyEventOID" and any(material.tables[name].system_columns for name, _ in places):
            like = 1.0
        if 2 <= len(texts) <= MOST and like >= 0.5:
            good[column_name] = like + len(places) / 1000
    chosen = {}
    for name in subjects:
        here = [column for column in material.tables[name].columns if column in good]
        if here:
            chosen[name] = max(here, key=lambda column: good[column])
    return chosen


def _collected_numbers(
    material: Material, columns: Mapping[str, str], planned: list[str]
) -> tuple[dict[str, str], str]:
    """Visit -> number, where one column has the number beside the visit, the same everywhere."""
    candidates = Counter(
        column.name
        for name in columns
        for column in material.tables[name].columns.values()
        if NUMBERS.fullmatch(column.name.upper()) and column.type in ("integer", "number")
    )
    for number_column, _ in candidates.most_common():
        found: dict[str, set[str]] = {}
        for name, column in columns.items():
            table = material.tables[name]
            if number_column not in table.columns:
                continue
            one, two = table.columns[column].values, table.columns[number_column].values
            _, first = combinations([one, two])
            for text, number in zip(one.iloc[first], two.iloc[first], strict=True):
                if isinstance(text, str) and isinstance(number, str):
                    found.setdefault(text, set()).add(number)
        numbers = {text: next(iter(found[text])) for text in planned if len(found.get(text, ())) == 1}
        if len(numbers) == len(planned) and len(set(numbers.values())) == len(planned):
            return dict(sorted(numbers.items(), key=lambda pair: float(pair[1]))), number_column
    return {}, ""


def _by_days(
    material: Material, columns: Mapping[str, str], identity: Identity, planned: list[str]
) -> tuple[dict[str, str], str]:
    """Visits numbered in the order of their median day in the subjects' data; case makes no other visit."""
    frames = [
        frame for name, column in columns.items() for frame in _dated(material.tables[name], identity, column)
    ]
    placed: dict[str, float] = {}
    if frames:
        whole = pd.concat(frames, ignore_index=True)
        first = whole.groupby("subject")["date"].transform("min")
        days = (whole["date"] - first).dt.days.groupby(whole["visit"].str.upper()).median()
        placed = {str(text): float(day) for text, day in days.items()}
    last = max(placed.values(), default=0.0) + 1
    # A visit without a date in the data: a screening comes first, anything else last.
    unplaced = {text: -1.0 if SCREENING.search(text) else last for text in map(str.upper, planned)}
    ordered = sorted(unplaced, key=lambda text: placed.get(text, unplaced[text]))
    numbers = {text: str(number) for number, text in enumerate(ordered, 1)}
    why = "numbered in the order of their days in the data"
    return {
        text: numbers[text.upper()] for text in sorted(planned, key=lambda t: int(numbers[t.upper()]))
    }, why


def _dated(table: RawTableRead, identity: Identity, visit: str) -> list[pd.DataFrame]:
    """Subject, visit and date of each row, by the date columns of a table whose format is known."""
    found = []
    people, first = combinations(identity.person(table))
    named = [np.asarray(column, dtype=object)[first].astype(str) for column in identity.person(table)]
    names = np.array(["/".join(parts) for parts in zip(*named, strict=True)], dtype=object)
    for column in table.columns.values():
        if not looks_like_date(column):
            continue
        told = date_formats(column)
        if not told.formats or told.has_time:
            continue
        params = AssignDatetime(date=column.name, format=told.formats, century=None)
        made = assign_datetime(pd.DataFrame({column.name: column.values}, copy=False), params)
        dates = pd.to_datetime(pd.Series(np.asarray(made, dtype=object)), format="%Y-%m-%d", errors="coerce")
        frame = pd.DataFrame(
            {
                "subject": names[people],
                "visit": np.asarray(table.columns[visit].values, dtype=object),
                "date": dates,
            }
        ).dropna()
        pairs = frame.drop_duplicates(["subject", "visit"])
        # The date of a visit is one date for each visit of a subject; other dates (of birth, of onset) are not.
        one_date = len(frame.drop_duplicates()) <= 1.1 * len(pairs)
        repeated = pairs["visit"].nunique() > 2 and len(pairs) > 1.5 * pairs["subject"].nunique()
        if 2 * len(frame) > table.rows and one_date and repeated:
            found.append(frame)
    return found


def _unscheduled(odd: list[str], texts: Counter[str]) -> dict[str, Any] | None:
    """The pattern of unscheduled visits; a number with a point in the text is the number of the visit."""
    if not odd:
        return None
    beginnings = {re.match(r"\D*", text)[0] for text in odd}  # type: ignore[index]
    numbers = [re.fullmatch(r"\D*(\d+\.\d+)", text) for text in odd]
    rows = sum(texts[text] for text in odd)
    why = f"{rows:,} rows with texts such as {odd[0]!r}"
    if len(beginnings) == 1 and all(numbers):
        return drafted({"raw": re.escape(beginnings.pop()).replace(r"\ ", " ") + r"([0-9]+\.[0-9]+)"}, why)
    escaped = sorted({re.escape(beginning).replace(r"\ ", " ") for beginning in beginnings})
    pattern = escaped[0] if len(escaped) == 1 else f"(?:{'|'.join(escaped)})"
    tail = "" if odd == [odd[0]] and odd[0] in beginnings else r"[0-9.]*"
    return drafted({"raw": pattern + tail}, why)
