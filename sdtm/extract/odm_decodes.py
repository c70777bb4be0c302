"""The codelists of an ODM file: what the coded values of its items stand for.

Source: ODM 1.3.2, CodeList: a CodeListItem has a Decode, an EnumeratedItem none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sdtm.extract.decodes import DECODE, decode_label, decoded, without_decode
from sdtm.extract.table import places
from validation.findings import Finding

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def translated(element: Any, path: str) -> str:
    """The text of an element, in English if it has one in several languages."""
    texts = {t.get(XML_LANG, ""): t.text or "" for t in element.iterfind(f"{path}/{{*}}TranslatedText")}
    return " ".join((texts.get("en") or next(iter(texts.values()), "")).split())


@dataclass
class Codelists:
    """``texts``: codelist -> coded value -> its decodes, several where versions of the metadata differ.

    ``of_items``: item -> its codelists.
    """

    texts: dict[str, dict[str, dict[str, None]]] = field(default_factory=dict)
    of_items: dict[str, dict[str, None]] = field(default_factory=dict)

    def read_codelist(self, element: Any) -> None:
        """A CodeList element."""
        known = self.texts.setdefault(element.get("OID", ""), {})
        for item in element.iterfind("{*}CodeListItem"):
            if text := translated(item, "{*}Decode"):
                known.setdefault(item.get("CodedValue", ""), {})[text] = None

    def read_item(self, element: Any) -> None:
        """An ItemDef element."""
        for reference in element.iterfind("{*}CodeListRef"):
            names = self.of_items.setdefault(element.get("OID", ""), {})
            names[reference.get("CodeListOID", "")] = None

    def decodes(self, item: str) -> dict[str, dict[str, None]]:
        """Coded value -> what it stands for; empty where that is nowhere anything but the value itself."""
        found: dict[str, dict[str, None]] = {}
        for name in self.of_items.get(item, ()):
            for value, texts in self.texts.get(name, {}).items():
                found.setdefault(value, {}).update(texts)
        return found if any(list(texts) != [value] for value, texts in found.items()) else {}


@dataclass
class DecodeColumns:
    """The decode columns of one item group: added to ``columns``; ``of``: decode column -> coded column."""

    codelists: Codelists
    rows: np.ndarray
    shown: str
    of: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def beside(
        self, columns: Mapping[str, pd.Series], labels: Mapping[str, str]
    ) -> Iterator[tuple[str, pd.Series]]:
        """Each column, behind a coded one what its values stand for."""
        for name, column in columns.items():
            yield name, column
            said = self.codelists.decodes(name)
            target = name + DECODE
            if not said:
                continue
            if target in columns:
                self.notes.append(f"{target} is an item of the file; the decodes of {name} are not added")
                continue
            one = {value: next(iter(texts)) for value, texts in said.items() if len(texts) == 1}
            yield target, decoded(column, one)
            self.of[target] = name
            self.labels[target] = decode_label(labels.get(name) or name)
            several = {value: texts for value, texts in said.items() if len(texts) > 1}
            self.findings += self._ambiguous(name, column, several)
            by = f"codelist {', '.join(self.codelists.of_items[name])}"
            do = "ask for an export with the codelist of this data"
            self.findings += without_decode(column, name, said, by, do, self.rows, self.shown)

    def _ambiguous(
        self, name: str, column: pd.Series, several: Mapping[str, Mapping[str, None]]
    ) -> Iterator[Finding]:
        """Codes that stand for several texts, by the versions of the metadata; they are not decoded."""
        texts = column.astype(object).to_numpy()
        for value, meant in several.items():
            found = self.rows[texts == value]
            if len(found):
                yield Finding(
                    "ambiguous-decode",
                    "warning",
                    f"{value!r} of {name} stands for {' or '.join(map(repr, meant))}",
                    "one meaning of a code; it stands undecoded in the decode column",
                    "ask for an export with one version of the metadata, or map the code",
                    places=places(self.shown, found, name, value),
                    count=len(found),
                )
