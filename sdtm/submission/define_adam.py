"""What the spec and the ADaMIG know of the analysis datasets of a study."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from sdtm.adam.plan import AnalysisPlan, DatasetPlan
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
from sdtm.submission.define_ways import Columns, Way, Ways, ways_of
from specs.adam_model import AnalysisVariable
from specs.standards import implementation_guide
from specs.standards.adam_ig import IDENTIFIERS, analysis_guide
from specs.workbook.generations import origin_in

ADAM_CT = "ST.CT.ADAM"
DERIVED = Origin("Derived", "Sponsor")
ASSIGNED = Origin("Assigned", "Sponsor")
# Class in a spec -> class and subclass in Define-XML 2.1 (NCI codelists C103329 and C165635).
CLASSES = {
    "ADSL": ("SUBJECT LEVEL ANALYSIS DATASET", ""),
    "OCCDS": ("OCCURRENCE DATA STRUCTURE", ""),
    "BDS": ("BASIC DATA STRUCTURE", ""),
    "TTE": ("BASIC DATA STRUCTURE", "TIME-TO-EVENT"),
    "OTHER": ("ADAM OTHER", ""),
    "SDTM": ("", ""),
}
STRUCTURES = {
    "ADSL": "One record per subject",
    "OCCDS": "One record per subject per event",
    "BDS": "One record per subject per parameter per analysis timepoint",
    "TTE": "One record per subject per parameter",
}
_BY_PARAMETER = ("AVAL", "AVALC")
_SUBJECT_KEYS = ("STUDYID", "USUBJID", "SUBJID", "SITEID")
_SEQUENCE = "Number of the record within the subject, in the order of the dataset's keys."
_DETAILS = " With the parameters that the method of the analysis value gives."
_SEVERAL = "As the steps below say, each for the records that it is about."
_NUMBERED = re.compile(r"A?SEQ")


class AdamFacts(StudyFacts):
    """Answers for ADaM.

    ``columns``: of all datasets, SDTM and ADaM. ``versions``: OID of a terminology package -> its version.
    """

    kind = "ADaM"
    purpose = "Analysis"

    def __init__(
        self,
        plan: AnalysisPlan,
        columns: Columns,
        sheets: DefineSheets,
        versions: Mapping[str, str],
    ) -> None:
        self.study, self.sheets, self._versions = plan.study, sheets, dict(versions)
        self.guide = analysis_guide(plan.study.standards.adamig)
        self.sdtm = implementation_guide(plan.study.standards.sdtmig)
        self.plans: dict[str, DatasetPlan] = {each.name: each for each in plan.datasets}
        self.columns = columns
        self._labels: dict[str, dict[str, str]] = {}
        self._ways: dict[str, Ways] = {}

    def standards(self) -> list[Standard]:
        found = [Standard("ST.ADAMIG", "ADaMIG", "IG", self.guide.version)]
        sets = {ADAM_CT: "ADaM", "ST.CT.SDTM": "SDTM"}
        for oid, version in self._versions.items():
            found.append(Standard(oid, "CDISC/NCI", "CT", version, sets[oid]))
        return found

    def documents(self) -> Mapping[str, Leaf]:
        return self.sheets.documents

    def dataset(self, dataset: Dataset) -> DatasetFacts:
        spec = self.plans[dataset.name].spec
        row = self.sheets.dataset(dataset.name)
        class_name, subclass = CLASSES[spec.class_]
        if spec.class_ == "OCCDS" and spec.from_ == "AE":
            subclass = "ADVERSE EVENT"
        keys = f"One record per {', '.join(dataset.keys)}" if dataset.keys else "One record per observation"
        return DatasetFacts(
            spec.structure or row.get("Structure") or STRUCTURES.get(spec.class_, keys),
            class_name,
            dataset.name,
            row.get("SubClass") or subclass,
            spec.class_ != "ADSL",
            comment=self.sheets.comment(row.get("Comment", "")),
        )

    def variable(self, dataset: Dataset, variable: Variable, is_empty: bool) -> VariableFacts:
        plan, name = self.plans[dataset.name], variable.name
        said = plan.spec.variables.get(name, AnalysisVariable())
        row = self.sheets.variable(dataset.name, name)
        ways = self._ways_of(plan)
        found = ways.variables.get(name) or self._implied(plan, ways, name)
        if name in _SUBJECT_KEYS and set(found) <= set(ways.records):
            found = self._implied(plan, ways, name)
        known = self._told(found, name)
        if said.origin or row.get("Origin"):
            kind, source = origin_in(said.origin or row["Origin"], row.get("Source"))
            known = replace(known, origin=Origin(kind, source or _source(kind), row.get("Predecessor", "")))
        method = Note(said.method) if said.method else self.sheets.method(row.get("Method", ""))
        if method is not None:
            known = replace(known, method=method, expression="", origin=known.origin or DERIVED)
        if known.origin is None:
            known = replace(known, origin=NOT_AVAILABLE)
        definition = self.guide.variable(name, plan.spec.class_, plan.domain)
        codelists: tuple[str, ...] = tuple(filter(None, (said.codelist or row.get("Codelist", ""),)))
        if not codelists and name == "PARAMCD":
            codelists = (f"PARAMCD.{dataset.name}",)
        elif not codelists:
            codelists = definition.codelists if definition is not None else ()
        copied = self._copied(known.origin)
        is_date = variable.type == "Char" and name.endswith("DTC")
        return replace(
            known,
            codelists=codelists or copied,
            comment=self.sheets.comment(row.get("Comment", "")),
            kind="datetime" if is_date else "",
            # Required is that the variable is there (ADaMIG 1.3, 3.1.4): a screen failure has no TRT01P.
            is_mandatory=definition is not None
            and definition.core == "Req"
            and (name in IDENTIFIERS or bool(dataset.frame[name].notna().all())),
        )

    def values(self, dataset: Dataset) -> ValueFacts | None:
        if "PARAMCD" not in dataset.frame:
            return None
        results = tuple(name for name in dataset.frame if name.endswith("STRESC"))
        return ValueFacts("PARAMCD", _BY_PARAMETER, results)

    def clauses(self, dataset: Dataset, variable: Variable) -> list[tuple[Conditions, VariableFacts]]:
        return [
            (conditions, self._said(VariableFacts(), row, row.get("Label", "")))
            for conditions, row in self.sheets.clauses(dataset.name, variable.name)
        ]

    def value(self, dataset: Dataset, variable: Variable, code: str) -> VariableFacts:
        row = self.sheets.value(dataset.name, variable.name, code)
        ways = self._ways_of(self.plans[dataset.name])
        own = ways.parameters.get(code, {}).get(variable.name, [])
        known = self._told(own, variable.name) if own else VariableFacts()
        return self._said(known, row, row.get("Label") or self._parameter(dataset, code))

    def _said(self, known: VariableFacts, row: Mapping[str, str], label: str) -> VariableFacts:
        """What people wrote goes before what the steps say."""
        if row.get("Origin"):
            kind, source = origin_in(row["Origin"], row.get("Source"))
            known = replace(known, origin=Origin(kind, source or _source(kind), row.get("Predecessor", "")))
        method = self.sheets.method(row.get("Method", ""))
        if method is not None:
            known = replace(known, method=method, expression="")
        codelist = row.get("Codelist", "")
        return replace(
            known,
            label=label,
            comment=self.sheets.comment(row.get("Comment", "")),
            codelists=(codelist,) if codelist else (),
        )

    # --- where values come from ------------------------------------------------------------------------

    def _ways_of(self, plan: DatasetPlan) -> Ways:
        if plan.name not in self._ways:
            self._ways[plan.name] = ways_of(plan, self.columns)
        return self._ways[plan.name]

    def _told(self, ways: list[Way], name: str) -> VariableFacts:
        """One way as it is; several as one method with its steps.

        Steps that make whole records are told with their parameters at the analysis value, elsewhere in brief.
        """
        kinds = {way.kind for way in ways}
        if not ways:
            return VariableFacts()
        if kinds == {"Predecessor"} and len(ways) == 1:
            return VariableFacts(origin=self._predecessor(ways[0].text))
        if kinds == {"Assigned"}:
            return VariableFacts(origin=ASSIGNED)
        if len(ways) == 1:
            return VariableFacts(
                origin=DERIVED,
                method=Note(ways[0].text),
                expression=ways[0].expression,
                method_type=_type(ways),
            )
        in_brief = name not in _BY_PARAMETER and any(way.brief for way in ways)
        steps = dict.fromkeys(self._step(way, in_brief) for way in ways)
        text = f"{_SEVERAL} " + " ".join(f"({number}) {step}" for number, step in enumerate(steps, 1))
        text += _DETAILS if in_brief else ""
        return VariableFacts(origin=DERIVED, method=Note(text), method_type=_type(ways))

    def _step(self, way: Way, in_brief: bool) -> str:
        if in_brief and way.brief:
            return way.brief
        if way.kind == "Predecessor":
            return f"Copied from {way.text}."
        return way.text or "Set by the spec."

    def _implied(self, plan: DatasetPlan, ways: Ways, name: str) -> list[Way]:
        """Of what no step names: numbers of records, identifiers, and what made records bring along."""
        if _NUMBERED.fullmatch(name):
            return [Way("Derived", _SEQUENCE)]
        if name in _SUBJECT_KEYS and plan.name != "ADSL" and name in self.columns.get("ADSL", ()):
            return [Way("Predecessor", f"ADSL.{name}")]
        return list(ways.records)

    def _predecessor(self, text: str) -> Origin:
        return Origin("Predecessor", text=text)

    def _copied(self, origin: Origin | None) -> tuple[str, ...]:
        """The codelist of the SDTM variable that this one is copied from."""
        if origin is None or origin.type != "Predecessor":
            return ()
        dataset, _, name = origin.text.partition(".")
        if dataset in self.plans:
            ways = self._ways_of(self.plans[dataset]).variables.get(name, [])
            if (
                len(ways) == 1
                and ways[0].kind == "Predecessor"
                and not ways[0].text.startswith(f"{dataset}.")
            ):
                return self._copied(self._predecessor(ways[0].text))
            return ()
        row = self.sheets.variable(dataset, name)
        definition = self.sdtm.variable(dataset, name)
        return tuple(filter(None, (row.get("Codelist", ""), *(definition.codelists if definition else ()))))

    def _parameter(self, dataset: Dataset, code: str) -> str:
        if dataset.name not in self._labels:
            self._labels[dataset.name] = text_beside(dataset, "PARAMCD", "PARAM")
        return self._labels[dataset.name].get(code, "")


def _type(ways: list[Way]) -> str:
    return "Imputation" if all("completed by rule" in way.text for way in ways) else "Computation"


def _source(kind: str) -> str:
    return "" if kind in ("Predecessor", "Not Available") else "Sponsor"
