"""Finished datasets and what is known of them -> the content of a define.xml."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd

from sdtm.columns import codes_of
from sdtm.stages import Dataset, Variable
from sdtm.submission.define_clauses import selected
from sdtm.submission.define_codelists import Codelists
from sdtm.submission.define_facts import Note, StudyFacts, ValueFacts, VariableFacts
from sdtm.submission.define_measure import Measure, measure, used_codes
from sdtm.submission.define_model import (
    Check,
    Comment,
    Define,
    Group,
    Item,
    Leaf,
    Method,
    Origin,
    Reference,
    ValueList,
    Where,
)
from sdtm.submission.xpt_text import transliteration
from specs.model import Study

NO_DATA = "No record of this study has a value."
NO_RECORD = "The study has no such record; the dataset is empty."
# Origin of a variable that no mapping makes and that has no value.
NOT_AVAILABLE = Origin("Not Available")


def build_define(
    study: Study, datasets: Iterable[Dataset], facts: StudyFacts, codelists: Codelists, toolkit: str
) -> Define:
    """Describe datasets, in the order given.

    ``codelists``: where the codelists of the variables are collected; ``toolkit``: its version.
    """
    build = _Build(study, facts, codelists, transliteration(study.transliterate))
    groups = tuple(build.group(dataset) for dataset in datasets)
    documents = dict(facts.documents())
    return Define(
        study.study,
        study.title,
        facts.kind,
        study.created,
        toolkit,
        tuple(facts.standards()),
        groups,
        tuple(build.items.values()),
        tuple(build.value_lists),
        tuple(build.wheres.values()),
        tuple(codelists.made.values()),
        tuple(build.methods.values()),
        tuple(build.comments.values()),
        tuple(dict.fromkeys(documents.values())),
        documents["acrf"].id if "acrf" in documents else "",
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """The values of a variable under conditions. ``rows``: gives the mask of their records."""

    name: str
    where: str
    checks: tuple[Check, ...]
    own: VariableFacts
    found: Measure
    rows: Callable[[], np.ndarray]


@dataclass(slots=True)
class _Build:
    study: Study
    facts: StudyFacts
    codelists: Codelists
    replacements: Mapping[int, str]
    items: dict[str, Item] = field(default_factory=dict)
    value_lists: list[ValueList] = field(default_factory=list)
    wheres: dict[str, Where] = field(default_factory=dict)
    methods: dict[str, Method] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)

    def group(self, dataset: Dataset) -> Group:
        known = self.facts.dataset(dataset)
        values = self.facts.values(dataset)
        references = tuple(
            self._variable(dataset, variable, order, values)
            for order, variable in enumerate(dataset.variables, 1)
        )
        name = dataset.name
        return Group(
            f"IG.{name}",
            name,
            dataset.label,
            known.domain,
            known.structure,
            known.class_name,
            Leaf(f"LF.{name}", f"{name.lower()}.xpt", f"{name.lower()}.xpt"),
            references,
            known.is_repeating,
            known.is_reference,
            self.facts.purpose,
            known.subclass,
            self._standard() if known.is_standard else "",
            self._comment(f"COM.{name}", known.comment or (None if len(dataset.frame) else Note(NO_RECORD))),
            not len(dataset.frame),
        )

    def _standard(self) -> str:
        return next(standard.oid for standard in self.facts.standards() if standard.type == "IG")

    def _variable(
        self, dataset: Dataset, variable: Variable, order: int, values: ValueFacts | None
    ) -> Reference:
        column = dataset.frame[variable.name]
        is_empty = not len(used_codes(column)) if variable.type == "Char" else bool(column.isna().all())
        known = self.facts.variable(dataset, variable, is_empty)
        groups = _groups(dataset, variable, values, known)
        found = measure(column, known.kind, self.replacements, groups)
        terms, by_value = known.codelists, found.by_code
        if terms and variable.type == "Char" and any(each.has_numbers for each in by_value.values()):
            known = replace(known, codelists=())  # stands with the values that are terms
        elif values is not None and variable.name in values.terms:
            terms, by_value = (), {}
        oid = f"IT.{dataset.name}.{variable.name}"
        value_list, origin = "", known.origin
        method = self._method(f"{dataset.name}.{variable.name}", known)
        parts = self._by_clause(dataset, variable, known)
        if values is not None and by_value:
            own_terms = terms if not known.codelists else ()
            parts = [*self._by_code(dataset, variable, values, by_value, parts, own_terms), *parts]
        if parts:
            value_list, origin = self._values(dataset, variable, parts, known, method)
        if known.comment is None and is_empty:
            known = replace(known, comment=Note(NO_DATA))
        self.items[oid] = Item(
            oid,
            variable.name,
            variable.label,
            found.whole.data_type,
            found.whole.length,
            found.whole.digits,
            variable.format,
            self._codelist(dataset, variable, known, column),
            origin if origin is not None or value_list else NOT_AVAILABLE,
            value_list,
            self._shared_comment(oid, known.comment),
        )
        return Reference(
            oid,
            order,
            known.is_mandatory,
            _key(dataset, variable),
            method,
            known.role,
            has_no_data=is_empty,
        )

    def _by_code(
        self,
        dataset: Dataset,
        variable: Variable,
        values: ValueFacts,
        found: Mapping[int, Measure],
        others: list[_Part],
        terms: tuple[str, ...],
    ) -> list[_Part]:
        """A part of the values for each code that has a value, but for those that people describe otherwise.

        ``terms``: codelists of the values that are no numbers, where people name none.
        """
        by = dataset.frame[values.by]
        item = f"IT.{dataset.name}.{values.by}"
        taken = {
            text
            for part in others
            for check in part.checks
            if check.item == item and check.comparator in ("EQ", "IN")
            for text in check.values
        }
        texts = {str(by.cat.categories[code]): code for code in found}
        parts = []
        for text in sorted(texts):
            if text in taken:
                continue
            own, measured = self.facts.value(dataset, variable, text), found[texts[text]]
            if not own.codelists and not measured.has_numbers:
                own = replace(own, codelists=terms)
            parts.append(
                _Part(
                    text,
                    f"WC.{dataset.name}.{values.by}.{text}",
                    (Check(item, "EQ", (text,)),),
                    own,
                    measured,
                    partial(np.equal, codes_of(by), texts[text]),
                )
            )
        return parts

    def _by_clause(self, dataset: Dataset, variable: Variable, known: VariableFacts) -> list[_Part]:
        """A part for each condition that people wrote themselves, if the dataset has what it asks for."""
        parts = []
        column = dataset.frame[variable.name]
        for number, (conditions, own) in enumerate(self.facts.clauses(dataset, variable), 1):
            rows = selected(dataset, conditions)
            if rows is None:
                continue
            found = measure(column, known.kind, self.replacements, np.where(rows, 0, -1))
            parts.append(
                _Part(
                    f"WHERE{number}",
                    f"WC.{dataset.name}.{variable.name}.WHERE{number}",
                    tuple(
                        Check(f"IT.{dataset.name}.{each.variable}", each.comparator, each.values)
                        for each in conditions
                    ),
                    own,
                    found.by_code.get(0, found.whole),
                    partial(np.asarray, rows),
                )
            )
        return parts

    def _values(
        self,
        dataset: Dataset,
        variable: Variable,
        parts: list[_Part],
        known: VariableFacts,
        method: str,
    ) -> tuple[str, Origin | None]:
        """The value list of a variable, and the origin that all its values have in common, if they do."""
        references = tuple(
            self._value(dataset, variable, order, part, known, method) for order, part in enumerate(parts, 1)
        )
        oid = f"VL.{dataset.name}.{variable.name}"
        self.value_lists.append(ValueList(oid, references))
        origins = {self.items[reference.item].origin for reference in references}
        return oid, origins.pop() if len(origins) == 1 else None

    def _value(
        self,
        dataset: Dataset,
        variable: Variable,
        order: int,
        part: _Part,
        known: VariableFacts,
        method: str,
    ) -> Reference:
        place = f"{dataset.name}.{variable.name}.{part.name}"
        self.wheres.setdefault(part.where, Where(part.where, part.checks))
        own, codelist = part.own, ""
        if own.codelists:
            column = dataset.frame[variable.name][part.rows()]
            codelist = self._codelist(dataset, variable, own, column, part.name)
        origin = own.origin or known.origin or NOT_AVAILABLE
        self.items[f"IT.{place}"] = Item(
            f"IT.{place}",
            variable.name,
            own.label,
            part.found.data_type,
            part.found.length,
            part.found.digits,
            variable.format,
            codelist,
            origin,
            comment=self._shared_comment(f"IT.{place}", own.comment),
        )
        inherited = method if origin.type == "Derived" else ""
        return Reference(
            f"IT.{place}",
            order,
            method=self._method(place, own) if own.method else inherited,
            where=part.where,
        )

    def _codelist(
        self, dataset: Dataset, variable: Variable, known: VariableFacts, column: pd.Series, code: str = ""
    ) -> str:
        if not known.codelists or variable.type != "Char":
            return ""
        used = column.cat.categories.take(used_codes(column)).tolist()
        named = f"{variable.name}.{code}" if code else variable.name
        return self.codelists.add(
            known.codelists, dataset.name, named, sorted(used), known.named, _decodes(dataset, variable)
        )

    def _method(self, place: str, known: VariableFacts) -> str:
        if known.method is None:
            return ""
        oid = f"MT.{place}"
        note = known.method
        self.methods[oid] = Method(
            oid,
            f"Algorithm for {place}",
            note.text,
            known.method_type,
            known.expression,
            self._leaf(note),
            note.pages,
        )
        return oid

    def _shared_comment(self, oid: str, note: Note | None) -> str:
        if note == Note(NO_DATA):
            return self._comment("COM.NODATA", note)
        return self._comment(f"COM.{oid.removeprefix('IT.')}", note)

    def _comment(self, oid: str, note: Note | None) -> str:
        if note is None:
            return ""
        self.comments[oid] = Comment(oid, note.text, self._leaf(note), note.pages)
        return oid

    def _leaf(self, note: Note) -> str:
        found = self.facts.documents().get(note.document)
        return found.id if found is not None else ""


def _groups(
    dataset: Dataset, variable: Variable, values: ValueFacts | None, known: VariableFacts
) -> np.ndarray | None:
    """The codes by which the values of a variable are described, if they are."""
    if values is None or values.by not in dataset.frame:
        return None
    if variable.name in values.names or (variable.name in values.terms and known.codelists):
        return codes_of(dataset.frame[values.by])
    return None


def _key(dataset: Dataset, variable: Variable) -> int | None:
    """The place of a variable among the keys that the dataset has."""
    keys = [name for name in dataset.keys if name in dataset.frame]
    return keys.index(variable.name) + 1 if variable.name in keys else None


def _decodes(dataset: Dataset, variable: Variable) -> dict[str, str]:
    """What the data say that each PARAMCD means, where each means one thing."""
    if variable.name != "PARAMCD" or "PARAM" not in dataset.frame:
        return {}
    pairs = dataset.frame[["PARAMCD", "PARAM"]].drop_duplicates().astype("str")
    once = pairs[~pairs["PARAMCD"].duplicated(keep=False)]
    return dict(zip(once["PARAMCD"], once["PARAM"], strict=True))
