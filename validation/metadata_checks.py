"""Checks of what a file says about its dataset: names, labels and lengths."""

from __future__ import annotations

from collections.abc import Iterator

from validation.defects import Defect, Failure
from validation.tables import Table
from validation.text_forms import TEXT_BYTES

LABEL_BYTES = 40

LABEL_TOO_LONG = Defect(
    id="label-too-long",
    severity="error",
    message="a label of more than 40 bytes",
    expected="at most 40 bytes",
    do="shorten the label",
    why="a transport file cuts the rest",
    sources=("CORE-000019", "CG0311"),
    sensitivity="dataset",
)
LABEL_DIFFERS = Defect(
    id="label-differs",
    severity="warning",
    message="another label than the standard's",
    expected="the label of the standard",
    do="write the label of the standard",
    why="labels of standard variables are part of the standard",
    sources=("CORE-000594", "CG0359"),
    sensitivity="dataset",
)
LABEL_MISSING = Defect(
    id="label-missing",
    severity="warning",
    message="no label",
    expected="a label of 1 to 40 characters",
    do="write a label",
    sensitivity="dataset",
)
LENGTH_TOO_LONG = Defect(
    id="length-too-long",
    severity="error",
    message="a text variable of more than 200 bytes",
    expected="a length of at most 200",
    do="set the length to the longest text, and split longer texts into SUPP--",
    sources=("SDTMIG 3.4, 4.5.3",),
    sensitivity="dataset",
)
REPEATED_VARIABLE = Defect(
    id="repeated-variable",
    severity="error",
    message="several columns of one name",
    expected="a name of its own for each variable",
    do="rename or remove one of them; only the first was judged",
    sensitivity="dataset",
)
METADATA_DEFECTS = (LABEL_TOO_LONG, LABEL_DIFFERS, LABEL_MISSING, LENGTH_TOO_LONG, REPEATED_VARIABLE)


def metadata_failures(table: Table) -> Iterator[Failure]:
    """What is wrong with the names, labels and lengths of one dataset, as far as its file has any."""
    for variable in table.repeated_names:
        yield Failure(REPEATED_VARIABLE, table.name, variable)
    metadata = table.metadata
    if metadata.label:
        # The label of a split or supplemental dataset names its part, so that only its length counts.
        standard = table.definition.label if table.definition and table.standard == table.domain else ""
        if table.is_supplemental:
            standard = ""
        yield from _label(table.name, "", metadata.label, standard)
    for variable, label in metadata.labels.items():
        definition = table.define(variable)
        if label:
            yield from _label(table.name, variable, label, definition.label if definition else "")
        elif any(metadata.labels.values()):
            yield Failure(LABEL_MISSING, table.name, variable)
    for variable, length in metadata.lengths.items():
        if length > TEXT_BYTES:
            yield Failure(LENGTH_TOO_LONG, table.name, variable, found=f"a length of {length}")


def _label(dataset: str, variable: str, label: str, standard: str) -> Iterator[Failure]:
    if len(label.encode("utf-8")) > LABEL_BYTES:
        yield Failure(LABEL_TOO_LONG, dataset, variable, found=f'"{label}"')
    elif standard and label != standard:
        yield Failure(LABEL_DIFFERS, dataset, variable, found=f'"{label}"', expected=f'"{standard}"')
