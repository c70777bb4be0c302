"""What the spec and the SDTMIG know of the SDTM datasets of a study.

Origins, methods, comments, documents and codelist names are those of the define sheets of the study's workbook
(``specs.workbook``): what people wrote there goes before what the toolkit works out. Here stand only the
datasets that those sheets do not show: trial design, relationships, supplemental qualifiers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from sdtm.plan import Plan
from sdtm.spec_workbook import made_of_plan
from sdtm.stages import Dataset, Variable
from sdtm.submission.define_build import NOT_AVAILABLE
from sdtm.submission.define_facts import (
    Conditions,
    DatasetFacts,
    Note,
    StudyFacts,
    ValueFacts,
    VariableFacts,
    text_beside,
)
from sdtm.submission.define_model import Leaf, Origin, Standard
from sdtm.submission.define_sheets import DefineSheets
from specs.standards import VariableDefinition
from specs.standards.ig import CONTINUED, SUPPLEMENTAL
from specs.workbook.define_rows import data_type
from specs.workbook.define_sheets import CLASSES

SDTM_CT = "ST.CT.SDTM"
PROTOCOL = Origin("Protocol", "Sponsor")
ASSIGNED = Origin("Assigned", "Sponsor")
DERIVED = Origin("Derived", "Sponsor")
_SOURCES = {"Collected": "Investigator", "Predecessor": "", "Not Available": ""}
# Of SUPP--, beside QVAL: SDTMIG 3.4, 8.4.
_PARENT_KEY = "The value of the record of the parent domain that the qualifier belongs to."
# RELREC and its like hold what the sponsor says of records, with their own keys.
_RELATIONSHIP_KEYS = ("USUBJID", "IDVARVAL", "RSUBJID")
# Findings variables whose values are described test by test, where the dataset has them.
_BY_TEST = ("ORRES", "STRESN")
# Pointers at keys of the spec, as `spec show` prints them; nobody outside knows those keys.
_SPEC_KEYS = re.compile(r" \((?:[a-z_]+:)+\)$")


class SdtmFacts(StudyFacts):
    """Answers for SDTM.

    ``listing``: the document that lists CRF fields, where people name none of theirs ``acrf``. ``others``
    answers for datasets that analyses make (PP); whoever makes them adds to it.
    """

    kind = "SDTM"
    purpose = "Tabulation"

    def __init__(self, plan: Plan, listing: Leaf | None = None) -> None:
        self.plan, self.study, self.guide = plan, plan.study, plan.guide
        self.sheets = DefineSheets(plan.study, made_of_plan(plan))
        self.others: dict[str, StudyFacts] = {}
        self._documents = {**({"acrf": listing} if listing is not None else {}), **self.sheets.documents}
        self._labels: dict[str, dict[str, str]] = {}

    def standards(self) -> list[Standard]:
        return [
            Standard("ST.SDTMIG", "SDTMIG", "IG", self.guide.version),
            Standard(SDTM_CT, "CDISC/NCI", "CT", self.plan.terminology.version, "SDTM"),
        ]

    def documents(self) -> Mapping[str, Leaf]:
        return self._documents

    def dataset(self, dataset: Dataset) -> DatasetFacts:
        name = dataset.name
        row = self.sheets.dataset(name)
        definition = self.guide.dataset(name, self._class(name))
        class_name = self.class_of(name)
        is_reference = class_name == "TRIAL DESIGN"
        return DatasetFacts(
            row.get("Structure") or (definition.structure if definition else "") or _one_record(dataset),
            class_name if class_name in CLASSES else "",
            name.removeprefix("SUPP")[:2] if name.startswith("SUPP") else self._domain(name),
            row.get("SubClass", ""),
            row["Repeating"] == "Yes" if row.get("Repeating") else name != "DM",
            row["Reference Data"] == "Yes" if row.get("Reference Data") else is_reference,
            self._is_standard(name),
            self.sheets.comment(row.get("Comment", "")),
        )

    def variable(self, dataset: Dataset, variable: Variable, is_empty: bool) -> VariableFacts:
        name = dataset.name
        definition = self.guide.variable(name, variable.name, self._class(name))
        row = self.sheets.variable(name, variable.name)
        if not row.get("Origin") and variable.name.startswith(CONTINUED.get(name, "-")):
            row = {**row, **_how(self.sheets.variable(name, CONTINUED[name]))}
        known = VariableFacts(
            codelists=self._codelists(row, definition),
            comment=self.sheets.comment(row.get("Comment", "")),
            kind=_kind(definition),
            role=row.get("Role") or (definition.role if definition else ""),
            is_mandatory=row["Mandatory"] == "Yes"
            if row.get("Mandatory")
            else definition is not None and definition.core == "Req",
        )
        if name in self.others:
            made = self.others[name].variable(dataset, variable, is_empty)
            return replace(known, origin=made.origin, method=made.method, expression=made.expression)
        origin, method, kind = self._origin(dataset, variable, row, is_empty)
        if origin is not None and origin.type == "Collected":
            known = replace(known, named=self._named(known.codelists))
        return replace(known, origin=origin, method=method, method_type=kind)

    def values(self, dataset: Dataset) -> ValueFacts | None:
        name = dataset.name
        if SUPPLEMENTAL.fullmatch(name):
            return ValueFacts("QNAM", ("QVAL",))
        domain = self._domain(name)
        if f"{domain}TESTCD" in dataset.frame:
            named = tuple(f"{domain}{suffix}" for suffix in _BY_TEST)
            return ValueFacts(f"{domain}TESTCD", named, (f"{domain}STRESC",))
        return None

    def clauses(self, dataset: Dataset, variable: Variable) -> list[tuple[Conditions, VariableFacts]]:
        return [
            (conditions, self._said(row, row.get("Label", "")))
            for conditions, row in self.sheets.clauses(dataset.name, variable.name)
        ]

    def value(self, dataset: Dataset, variable: Variable, code: str) -> VariableFacts:
        row = self.sheets.value(dataset.name, variable.name, code)
        if variable.name == "QVAL" and not row.get("Origin"):
            row = self._first_part(dataset.name, code) or row
        codelist = row.get("Codelist", "")
        if variable.name == "QVAL" and not codelist:
            codelist = self._qualifier_codelist(dataset.name, code)
        label = row.get("Label") or self._label(dataset, variable.name, code)
        return self._said({**row, "Codelist": codelist}, label)

    def _said(self, row: Mapping[str, str], label: str) -> VariableFacts:
        origin = _origin_of(row)
        codelist = row.get("Codelist", "")
        return VariableFacts(
            label,
            origin,
            self._method(row, origin),
            comment=self.sheets.comment(row.get("Comment", "")),
            codelists=(codelist,) if codelist else (),
        )

    # --- where values come from ------------------------------------------------------------------------

    def _origin(
        self, dataset: Dataset, variable: Variable, row: Mapping[str, str], is_empty: bool
    ) -> tuple[Origin | None, Note | None, str]:
        origin = _origin_of(row)
        if origin is not None:
            method = self._method(row, origin)
            text = str(row.get("Predecessor", ""))
            if origin.type == "Predecessor" and text:
                origin = replace(origin, text=text)
            return origin, method, self.sheets.method_type(row.get("Method", ""))
        origin, text = self._implied(dataset, variable, is_empty)
        note = Note(text) if text and origin is not None and origin.type == "Derived" else None
        return origin, note, "Computation"

    def _implied(self, dataset: Dataset, variable: Variable, is_empty: bool) -> tuple[Origin | None, str]:
        """Of variables that no sheet shows: by dataset, then by what the subject's rules make."""
        name, own = dataset.name, variable.name
        if own in ("STUDYID", "DOMAIN", "RDOMAIN"):
            return (PROTOCOL if own == "STUDYID" else ASSIGNED), ""
        if SUPPLEMENTAL.fullmatch(name):
            if own == "QVAL":
                return None, ""
            return (DERIVED, _PARENT_KEY) if own in _RELATIONSHIP_KEYS else (ASSIGNED, "")
        class_name = self.dataset(dataset).class_name
        if class_name == "TRIAL DESIGN":
            return PROTOCOL, ""
        if own == "USUBJID" or (class_name == "RELATIONSHIP" and own in _RELATIONSHIP_KEYS):
            return DERIVED, self._subject_words() if own == "USUBJID" else _PARENT_KEY
        if class_name == "RELATIONSHIP":
            return ASSIGNED, ""
        if own in ("SUBJID", "SITEID"):
            return Origin("Collected", "Investigator"), ""
        if own.endswith("SEQ"):
            return DERIVED, "Number of the record within the subject, in the order of the dataset's keys."
        return (NOT_AVAILABLE if is_empty else None), ""

    def _method(self, row: Mapping[str, str], origin: Origin | None) -> Note | None:
        if origin is None or origin.type != "Derived":
            return None
        note = self.sheets.method(row.get("Method", ""))
        if note is None:
            return None
        return replace(note, text=self._words(note.text))

    def _words(self, text: str) -> str:
        if text == "the rule under subject:":
            return self._subject_words()
        said = _SPEC_KEYS.sub("", text).strip()
        return said[:1].upper() + said[1:] + ("" if said.endswith((".", ":")) else ".")

    def _subject_words(self) -> str:
        rule = self.study.subject.get("USUBJID", "")
        if not isinstance(rule, str):
            return "The identifiers of study, site and subject, joined."
        return f"Identifiers joined as {rule}." if "{" in rule else f"As collected in {rule}."

    def _first_part(self, dataset: str, code: str) -> Mapping[str, str]:
        """What is known of the text that a qualifier continues: AETERM of AETERM1 (SDTMIG 3.4, 4.5.3.2)."""
        base = code.rstrip("0123456789")
        if base == code:
            return {}
        found = self.sheets.value(dataset, "QVAL", base) or self.sheets.variable(dataset[4:], base)
        return _how(found)

    # --- codelists -------------------------------------------------------------------------------------

    def _codelists(self, row: Mapping[str, str], definition: VariableDefinition | None) -> tuple[str, ...]:
        if row.get("Codelist"):
            more = definition.codelists[1:] if definition is not None else ()
            return (row["Codelist"], *more)
        return definition.codelists if definition is not None and not row else ()

    def _named(self, codelists: tuple[str, ...]) -> tuple[str, ...]:
        own = self.study.codelists.get(codelists[0]) if codelists else None
        return tuple(dict.fromkeys([*own.terms.values(), *own.extend])) if own is not None else ()

    def _qualifier_codelist(self, dataset: str, code: str) -> str:
        parent = self.study.sdtm.get(self._domain(dataset.removeprefix("SUPP")))
        for source in parent.sources if parent is not None else ():
            named = source.supp.get(code, {}).get("codelist")
            if isinstance(named, str) and named != "none":
                return named
        return ""

    def _label(self, dataset: Dataset, variable: str, code: str) -> str:
        """The test or the label of the qualifier that the data have beside a code."""
        if dataset.name not in self._labels:
            domain = self._domain(dataset.name)
            named = ("QNAM", "QLABEL") if variable == "QVAL" else (f"{domain}TESTCD", f"{domain}TEST")
            self._labels[dataset.name] = text_beside(dataset, *named)
        return self._labels[dataset.name].get(code, "")

    # --- names -----------------------------------------------------------------------------------------

    def _domain(self, name: str) -> str:
        return name if name in self.study.sdtm or name in self.guide.datasets else name[:2]

    def class_of(self, name: str) -> str:
        """The class of a dataset in the words of Define-XML."""
        definition = self.guide.dataset(name, self._class(name))
        known = (definition.class_name if definition else self._class(name)).replace("-", " ").upper()
        return self.sheets.dataset(name).get("Class") or known

    def _class(self, name: str) -> str:
        planned = self.plan.domains.get(name)
        return planned.class_name if planned is not None else ""

    def _is_standard(self, name: str) -> bool:
        known = self._domain(name.removeprefix("SUPP") if name.startswith("SUPP") else name)
        return known in self.guide.datasets


def _origin_of(row: Mapping[str, str]) -> Origin | None:
    kind = row.get("Origin", "")
    if not kind:
        return None
    source = row.get("Source") or _SOURCES.get(kind, "Sponsor")
    return Origin(kind, source, pages=row.get("Pages", ""))


def _how(row: Mapping[str, str]) -> dict[str, str]:
    """What a row says of where values come from."""
    return {key: text for key, text in row.items() if key in ("Origin", "Source", "Pages", "Method")}


def _kind(definition: VariableDefinition | None) -> str:
    found = data_type(definition) if definition is not None else "text"
    return (
        found
        if found in ("datetime", "durationDatetime") and definition and definition.type == "Char"
        else ""
    )


def _one_record(dataset: Dataset) -> str:
    return f"One record per {', '.join(dataset.keys)}" if dataset.keys else "One record per observation"
