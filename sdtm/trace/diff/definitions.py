"""What two define.xml say of the same datasets, variables, values and codelists, and say otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from validation.define_reader import Condition, DefinedItem, DefineFile

DEFINED = "defined"  # of what only one of them has
Definitions = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class DefinitionChange:
    """``subject``: AE, AE.AESEV, ``VS.VSORRES where VSTESTCD EQ TEMP``, or a codelist by its name.

    ``what``: label, type, length, digits, format, role, mandatory, origin, method, comment, codelist, class,
    structure, keys, dictionary; ``term X`` of a codelist; ``defined`` where only one of them has the subject.
    """

    subject: str
    what: str
    old: str
    new: str


def definitions_of(define: DefineFile, model: str) -> dict[str, dict[str, str]]:
    """Subject -> what -> text; what is not said is left out. ``model``: SDTM or ADaM, whose codelists these are."""
    found: dict[str, dict[str, str]] = {}
    names = _names(define, model)
    for dataset in define.datasets.values():
        keyed = sorted(
            (item for item in dataset.items if item.key is not None), key=lambda item: item.key or 0
        )
        said = {
            "label": dataset.label,
            "class": dataset.class_name,
            "structure": dataset.structure,
            "keys": ", ".join(item.name for item in keyed),
            "comment": dataset.comment,
        }
        found[dataset.name] = _said(said)
        for item in dataset.items:
            subject = f"{dataset.name}.{item.name}"
            found[subject] = _item(item, names)
            for value in item.values:
                where = " or ".join(_condition(each) for each in value.where) or value.name
                found[f"{subject} where {where}"] = _item(value, names)
    for oid, codelist in define.codelists.items():
        # A term without a decode is listed all the same.
        terms = {f"term {term}": text or term for term, text in codelist.decodes.items()}
        found[names[oid]] = terms | _said({"dictionary": codelist.dictionary})
    return found


def definition_changes(old: Definitions, new: Definitions) -> list[DefinitionChange]:
    """What both define, and define otherwise; nothing where one of them has no define.xml."""
    return list(_changes(old, new)) if old and new else []


def _changes(old: Definitions, new: Definitions) -> Iterator[DefinitionChange]:
    for subject in sorted(old.keys() | new.keys()):
        if subject not in old or subject not in new:
            yield DefinitionChange(
                subject, DEFINED, *("yes" if subject in side else "" for side in (old, new))
            )
            continue
        was, now = old[subject], new[subject]
        for what in sorted(was.keys() | now.keys()):
            if was.get(what, "") != now.get(what, ""):
                yield DefinitionChange(subject, what, was.get(what, ""), now.get(what, ""))


def _names(define: DefineFile, model: str) -> dict[str, str]:
    """OID of a codelist -> how it is called: OIDs are each tool's own. Of two with one name the OID tells."""
    times = Counter(codelist.name for codelist in define.codelists.values())
    return {
        oid: f"{model} codelist {codelist.name}" + (f" ({oid})" if times[codelist.name] > 1 else "")
        for oid, codelist in define.codelists.items()
    }


def _item(item: DefinedItem, codelists: Mapping[str, str]) -> dict[str, str]:
    return _said(
        {
            "label": item.label,
            "type": item.type,
            "length": str(item.length or ""),
            "digits": "" if item.digits is None else str(item.digits),
            "format": item.format,
            "role": item.role,
            "mandatory": "Yes" if item.mandatory else "No",
            "origin": item.origin,
            "method": item.method,
            "comment": item.comment,
            "codelist": codelists.get(item.codelist, item.codelist).partition(" codelist ")[2],
        }
    )


def _said(texts: Mapping[str, str]) -> dict[str, str]:
    return {what: text for what, text in texts.items() if text}


def _condition(parts: tuple[Condition, ...]) -> str:
    return " and ".join(f"{part.variable} {part.comparator} {', '.join(part.values)}" for part in parts)
