"""What a transport file cannot hold, told before a byte is written.

The format would cut names, labels and text, drop trailing blanks and the last record when it is all
blank, and write wrong numbers; each of these is a problem here, with the record and a way out.

Source: DESIGN 2.10; SAS Technical Support note TS-140; FDA Study Data Technical Conformance Guide, 3.3
(transport version 5, ASCII, text of at most 200 bytes).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

import numpy as np

from sdtm.stages import Dataset, Variable
from sdtm.submission.ibm import LARGEST, SMALLEST, outside_ibm_range
from sdtm.submission.xpt_layout import LONGEST_LABEL, LONGEST_NAME, LONGEST_TEXT, MOST_VARIABLES
from sdtm.submission.xpt_text import UNFIT, FixedText, UnfitTexts, chunks
from specs.location import Location
from specs.problems import Problem

TRIAL_DESIGN = ("TA", "TE", "TI", "TS", "TV")  # no subjects, so no SUPP--
_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,7}")
_SHOWN = 5  # records of one problem
_TEXT_SHOWN = 40
_CHARACTERS_SHOWN = 10


def structure_problems(dataset: Dataset) -> Iterator[Problem]:
    """Names and labels that do not fit."""
    name = Location(file=dataset.name)
    rule = f"at most {LONGEST_NAME} of A-Z, 0-9 and _, not a digit first"
    if not _NAME.fullmatch(dataset.name):
        yield Problem(
            "xpt-dataset-name", name, f'the dataset name "{dataset.name}"', rule, "rename the dataset"
        )
    yield from _label_problems(dataset.label, name)
    if not dataset.variables:
        yield Problem(
            "xpt-no-variables", name, "no variables", "at least one variable", "map one, or leave it out"
        )
    if len(dataset.variables) > MOST_VARIABLES:
        found = f"{len(dataset.variables)} variables"
        yield Problem("xpt-too-many-variables", name, found, f"at most {MOST_VARIABLES}", "split the dataset")
    for variable, count in Counter(v.name for v in dataset.variables).items():
        where = Location(file=dataset.name, column=variable)
        if not _NAME.fullmatch(variable):
            yield Problem("xpt-variable-name", where, f'the name "{variable}"', rule, "rename the variable")
        if count > 1:
            yield Problem("xpt-variable-name", where, f"{count} variables of that name", "one", "rename one")
    for described in dataset.variables:
        yield from _label_problems(described.label, Location(file=dataset.name, column=described.name))


def text_problems(
    dataset: Dataset, variable: Variable, text: FixedText, unfit: UnfitTexts
) -> Iterator[Problem]:
    """Texts of one variable that would be cut or changed; one problem for each reason."""
    if unfit.characters.any():
        first, where, records = _records_with(dataset, variable, text.codes, unfit.characters)
        odd = UNFIT.findall("".join(text.texts.filter(unfit.characters).to_pylist()))
        characters = sorted(set(odd))
        names = ", ".join(_character(c) for c in characters[:_CHARACTERS_SHOWN])
        if len(characters) > _CHARACTERS_SHOWN:
            names += f" and {len(characters) - _CHARACTERS_SHOWN} other characters"
        yield Problem(
            "xpt-characters",
            where,
            f"{_shown(text, first)} with {names}; {records}",
            "printable ASCII",
            f"map an ASCII text, or declare the replacement in the study's spec, "
            f"as transliterate: {{{', '.join(map(_suggestion, characters[:_CHARACTERS_SHOWN]))}}}",
        )
    if unfit.too_long.any():
        first, where, records = _records_with(dataset, variable, text.codes, unfit.too_long)
        size = len(text.texts[first].as_py())
        yield Problem(
            "xpt-text-too-long",
            where,
            f"{_shown(text, first)} with {size} characters; {records}",
            f"at most {LONGEST_TEXT} bytes",
            _way_out_of_long_text(dataset, variable),
        )
    if unfit.blanks.any():
        first, where, records = _records_with(dataset, variable, text.codes, unfit.blanks)
        all_blank = not text.texts[first].as_py().strip(" ")
        yield Problem(
            "xpt-trailing-blanks",
            where,
            f"{_shown(text, first)}, {'nothing but blanks' if all_blank else 'blanks at the end'}; {records}",
            "text without blanks at its end, which the format cannot keep",
            f'remove them in the mapping, as {variable.name}: {{expr: "rtrim(…)"}}, '
            "or declare the value as missing",
        )


def number_problems(dataset: Dataset, variable: Variable, numbers: np.ndarray) -> Iterator[Problem]:
    """Numbers of one variable that no IBM double holds."""
    positions = np.concatenate(
        [np.empty(0, dtype=np.intp)]
        + [
            start + np.flatnonzero(outside_ibm_range(numbers[start:stop]))
            for start, stop in chunks(len(numbers))
        ]
    )
    if len(positions):
        where, records = _records_at(dataset, variable, positions)
        yield Problem(
            "xpt-number",
            where,
            f"{float(numbers[positions[0]])!r}; {records}",
            f"0, or a size from {SMALLEST:.3g} to {LARGEST:.4g}",
            "query the value, or give it in another unit",
        )


def blank_end_problem(dataset: Dataset) -> Problem:
    """The last record is all blank: readers take it for the padding of the file and drop it."""
    rows = len(dataset.frame)
    return Problem(
        "xpt-empty-record",
        Location(file=dataset.name, row=rows),
        f"record {rows}, the last one, has no value at all",
        "a value in the last record: a blank one looks like the padding at the end of the file",
        "leave the record out, or map the identifiers of the dataset",
    )


def key_values(dataset: Dataset, position: int) -> tuple[tuple[str, str], ...]:
    """The keys of one record with their values, as people write them."""
    keys = [key for key in dataset.keys if key in dataset.frame]
    return tuple((key, _key_text(dataset.frame[key].iloc[position])) for key in keys)


def _key_text(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else repr(float(value)).removesuffix(".0")
    return value if isinstance(value, str) else ""


def _label_problems(label: str, where: Location) -> Iterator[Problem]:
    size = len(label.encode("utf-8"))
    found = f'the label "{label}"'
    if size > LONGEST_LABEL:
        yield Problem(
            "xpt-label",
            where,
            f"{found} ({size} bytes)",
            f"at most {LONGEST_LABEL} bytes",
            "write a shorter label in the spec",
        )
    odd = sorted(set(UNFIT.findall(label)))
    if odd:
        names = ", ".join(_character(c) for c in odd)
        yield Problem(
            "xpt-label", where, f"{found} with {names}", "printable ASCII", "write the label in ASCII"
        )
    if label.endswith(" "):
        yield Problem("xpt-label", where, f"{found}, blanks at the end", "none there", "remove the blanks")


def _records_with(
    dataset: Dataset, variable: Variable, codes: np.ndarray, unfit: np.ndarray
) -> tuple[int, Location, str]:
    """The first unfit text, its place, and a few words on all records that hold one."""
    of_code = np.append(unfit, False)  # the last is for the -1 of missing
    positions = np.concatenate(
        [start + np.flatnonzero(of_code[codes[start:stop]]) for start, stop in chunks(len(codes))]
    )
    where, records = _records_at(dataset, variable, positions)
    return int(codes[positions[0]]), where, records


def _records_at(dataset: Dataset, variable: Variable, positions: np.ndarray) -> tuple[Location, str]:
    first = int(positions[0])
    keys = " ".join(f"{key}={_short(value)}" for key, value in key_values(dataset, first))
    words = f"record {first + 1}" + (f" ({keys})" if keys else "")
    if len(positions) > 1:
        others = ", ".join(str(position + 1) for position in positions[1:_SHOWN])
        words += f", also {others}" + (
            f"; {len(positions)} records in all" if len(positions) > _SHOWN else ""
        )
    return Location(file=dataset.name, row=first + 1, column=variable.name), words


def _shown(text: FixedText, code: int) -> str:
    return f'"{_short(text.texts[code].as_py())}"'


def _short(value: str) -> str:
    short = value if len(value) <= _TEXT_SHOWN else value[: _TEXT_SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else _escaped(c) for c in short)


def _escaped(character: str) -> str:
    """A character that cannot be seen, as YAML writes it in double quotes."""
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _character(character: str) -> str:
    name = unicodedata.name(character, "a control character")
    shown = f"{character} " if character.isprintable() else ""
    return f"{shown}(U+{ord(character):04X}, {name})"


def _suggestion(character: str) -> str:
    """A replacement to think about, as YAML; it is never applied."""
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    if not plain or UNFIT.search(plain):
        plain = " " if unicodedata.category(character) in ("Cc", "Zs") else "ASCII text"
    key = character if character.isprintable() else _escaped(character)
    return f'"{key}": "{plain}"'


def _way_out_of_long_text(dataset: Dataset, variable: Variable) -> str:
    if dataset.name in TRIAL_DESIGN:
        return "write a shorter text in study.yaml, and the whole one in the protocol"
    if dataset.name.startswith("SUPP"):
        return "split the text over several QNAM, or map a shorter one"
    return (
        f"split it into SUPP{dataset.name} with long_text: {{{variable.name}: supp}} in the spec of "
        f"{dataset.name}, or map a shorter text"
    )
