"""Finished datasets and what is known of them -> the content of a define.xml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from sdtm.columns import codes_of
from sdtm.stages import Dataset, Variable
from sdtm.submission.define_codelists import Codelists
from sdtm.submission.define_facts import Note, StudyFacts, ValueFacts, VariableFacts
from sdtm.submission.define_measure import Measure, Measures, measure
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
            self._comment(f"COM.{name}", known.comment),
            not len(dataset.frame),
        )

    def _standard(self) -> str:
        return next(standard.oid for standard in self.facts.standards() if standard.type == "IG")

    def _variable(
        self, dataset: Dataset, variable: Variable, order: int, values: ValueFacts | None
    ) -> Reference:
        column = dataset.frame[variable.name]
        described = values is not None and variable.name in values.names and values.by in dataset.frame
        groups = codes_of(dataset.frame[values.by]) if values is not None and described else None
        is_empty = bool(column.isna().all())
        known = self.facts.variable(dataset, variable, is_empty)
        found = measure(column, known.kind, self.replacements, groups)
        oid = f"IT.{dataset.name}.{variable.name}"
        value_list, origin = "", known.origin
        method = self._method(f"{dataset.name}.{variable.name}", known)
        if values is not None and found.by_code:
            value_list, origin = self._values(dataset, variable, values, known, method, found)
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
            dataset.keys.index(variable.name) + 1 if variable.name in dataset.keys else None,
            method,
            known.role,
            has_no_data=is_empty,
        )

    def _values(
        self,
        dataset: Dataset,
        variable: Variable,
        values: ValueFacts,
        known: VariableFacts,
        method: str,
        found: Measures,
    ) -> tuple[str, Origin | None]:
        """The value list of a variable, and the origin that all its values have in common, if they do."""
        by = dataset.frame[values.by]
        texts = by.cat.categories
        codes = sorted(found.by_code, key=lambda code: str(texts[code]))
        references, origins = [], []
        for order, code in enumerate(codes, 1):
            text = str(texts[code])
            own = self.facts.value(dataset, variable, text)
            references.append(
                self._value(
                    dataset, variable, values.by, text, order, own, known, method, found.by_code[code]
                )
            )
            origins.append(self.items[references[-1].item].origin)
        oid = f"VL.{dataset.name}.{variable.name}"
        self.value_lists.append(ValueList(oid, tuple(references)))
        same = origins[0] if len(set(origins)) == 1 else None
        return oid, same

    def _value(
        self,
        dataset: Dataset,
        variable: Variable,
        by: str,
        code: str,
        order: int,
        own: VariableFacts,
        known: VariableFacts,
        method: str,
        found: Measure,
    ) -> Reference:
        place = f"{dataset.name}.{variable.name}.{code}"
        where = Where(f"WC.{dataset.name}.{by}.{code}", (Check(f"IT.{dataset.name}.{by}", "EQ", (code,)),))
        self.wheres.setdefault(where.oid, where)
        codelist = ""
        if own.codelists:
            rows = dataset.frame[by] == code
            codelist = self._codelist(dataset, variable, own, dataset.frame[variable.name][rows], code)
        self.items[f"IT.{place}"] = Item(
            f"IT.{place}",
            variable.name,
            own.label,
            found.data_type,
            found.length,
            found.digits,
            variable.format,
            codelist,
            own.origin or known.origin or NOT_AVAILABLE,
            comment=self._shared_comment(f"IT.{place}", own.comment),
        )
        origin = self.items[f"IT.{place}"].origin
        inherited = method if origin is not None and origin.type == "Derived" else ""
        return Reference(
            f"IT.{place}",
            order,
            method=self._method(place, own) if own.method else inherited,
            where=where.oid,
        )

    def _codelist(
        self, dataset: Dataset, variable: Variable, known: VariableFacts, column: pd.Series, code: str = ""
    ) -> str:
        if not known.codelists or variable.type != "Char":
            return ""
        codes = codes_of(column)
        used = column.cat.categories.take(np.unique(codes[codes >= 0])).tolist()
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


def _decodes(dataset: Dataset, variable: Variable) -> dict[str, str]:
    """What the data say that each PARAMCD means, where each means one thing."""
    if variable.name != "PARAMCD" or "PARAM" not in dataset.frame:
        return {}
    pairs = dataset.frame[["PARAMCD", "PARAM"]].drop_duplicates().astype("str")
    once = pairs[~pairs["PARAMCD"].duplicated(keep=False)]
    return dict(zip(once["PARAMCD"], once["PARAM"], strict=True))
