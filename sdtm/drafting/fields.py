"""The columns that an EDC export makes of one field, and which of them is mapped: AESER, AESER_STD, AESTDAT_RAW."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sdtm.drafting.context import Context
from sdtm.drafting.evidence import Candidate, Reason
from sdtm.drafting.material import RawColumn, RawTableRead
from sdtm.drafting.names import SYSTEM_COPIES, Name
from sdtm.drafting.values import GRADES, best_match, is_coded


def is_copy(name: Name, names: Mapping[str, Name]) -> bool:
    """Whether a column is what the system made of another one that is there: AESTDAT_INT of AESTDAT_RAW."""
    return name.suffix in SYSTEM_COPIES and any(
        other.stem == name.stem and other.suffix not in SYSTEM_COPIES for other in names.values()
    )


def one_of_each_field(
    context: Context,
    table: RawTableRead,
    domain: str,
    names: Mapping[str, Name],
    found: Mapping[str, list[Candidate]],
) -> dict[str, list[Candidate]]:
    """Of the columns that an export makes of one field, the one to map; the others have no candidates then.

    Dates: the text as entered. Codelists: the column whose texts fit best. Else: not the one with numbers
    that only stand for something; between two that are equally good both stay, and are asked about.
    """
    fields: dict[str, list[str]] = {}
    for column in found:
        fields.setdefault(names[column].stem, []).append(column)
    kept = dict(found)
    for columns in fields.values():
        if len(columns) < 2:
            continue
        best = _best_of_field(context, table, domain, names, columns, found)
        if best:
            why = f"{best} goes before {', '.join(c for c in columns if c != best)} of the same field"
            kept[best] = [replace(c, reasons=(*c.reasons, Reason(0.0, why))) for c in kept[best]]
            for column in columns:
                if column != best:
                    del kept[column]
    return kept


def _best_of_field(
    context: Context,
    table: RawTableRead,
    domain: str,
    names: Mapping[str, Name],
    columns: list[str],
    found: Mapping[str, list[Candidate]],
) -> str:
    raw = [column for column in columns if names[column].suffix == "RAW"]
    if raw:
        return raw[0]
    if alike := _all_equal(table, columns):
        return alike
    top = max((c for column in columns for c in found[column]), key=lambda c: c.score)
    definition = context.guide.variable(domain, top.variable)
    if top.variable.endswith("TOXGR"):
        graded = [column for column in columns if set(table.columns[column].texts) <= GRADES]
        return graded[0] if len(graded) == 1 else ""
    shares = {}
    for column in columns:
        match = best_match(table.columns[column], definition, context.words) if definition else None
        if match is not None:
            # Terms as they stand go before those that need a list of terms, and texts before numbers.
            shares[column] = (match.share, -len(match.terms), not is_coded(table.columns[column]))
    if shares and max(shares.values())[0] >= 0.5:
        best = max(shares, key=lambda column: shares[column])
        return best if sum(value == shares[best] for value in shares.values()) == 1 else ""
    plain = [column for column in columns if not is_coded(table.columns[column])]
    if len(plain) == 1 and definition is not None and definition.type == "Char":
        coded = [column for column in columns if column not in plain]
        # Texts beside numbers: the numbers are codes, unless the texts end in the very numbers (Grade 1, 1).
        if not any(_ends_in(table.columns[plain[0]], table.columns[other]) for other in coded):
            return plain[0]
        return ""
    standard = [column for column in columns if names[column].suffix == "STD"]
    others = [column for column in columns if column not in standard]
    if len(standard) == len(others) == 1 and _same_words(
        table.columns[others[0]], table.columns[standard[0]]
    ):
        return standard[0]
    return ""


def _all_equal(table: RawTableRead, columns: list[str]) -> str:
    """The first of columns that hold the same text in every row, so that it does not matter which is mapped."""
    first = table.columns[columns[0]]
    texts = first.values.astype(object)
    same = all(
        texts.equals(table.columns[other].values.astype(object))
        for other in columns[1:]
        if table.columns[other].texts == first.texts
    )
    return columns[0] if same and all(table.columns[c].texts == first.texts for c in columns) else ""


def _same_words(collected: RawColumn, coded: RawColumn) -> bool:
    """Whether the coded texts are the collected ones in another case."""
    return {text.casefold() for text in collected.texts} == {text.casefold() for text in coded.texts}


def _ends_in(texts: RawColumn, codes: RawColumn) -> bool:
    ends = {text.strip().rpartition(" ")[2] for text in texts.texts}
    return bool(ends) and ends <= set(codes.texts)
