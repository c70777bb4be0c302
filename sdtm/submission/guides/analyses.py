"""The content of the ADRG: what the spec's steps, the data and define.xml say of the analysis datasets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from sdtm.adam.plan import AnalysisPlan, DatasetPlan, DerivationStep, ExpressionStep, MergeStep, Step
from sdtm.columns import codes_of
from sdtm.stages import Dataset
from sdtm.submission.define_model import Define, Group
from sdtm.submission.define_words import step_words
from sdtm.submission.guides.model import Block, Guide, Section, section, table, text, to_write
from sdtm.submission.guides.shared import (
    arms,
    conformance,
    introduction,
    protocol_title,
    trial_parameters,
)
from sdtm.submission.guides.tabulations import keys_of
from specs.fingerprint import spec_hash
from specs.words import counted

NAME, TITLE = "adrg", "Analysis Data Reviewer's Guide"
_PURPOSE = (
    "This guide stands beside define.xml of the analysis datasets. It tells a reviewer how they were made of the "
    "tabulations, which conventions hold for all of them, and which deviations from the standards are known."
)
_TREATMENT = re.compile(r"TRT(\d\d)?(SEQ)?(P|A)(N|G\d(N)?)?|DOSE(\d\d)?(P|A|U)?")
_POPULATION = re.compile(r"[A-Z]{2,6}FL")
_SELECTION = re.compile(r"ANL\d\dFL|ABLFL|AOCC\w*FL|CRIT\dFL|.*LOBXFL")


def analysis_guide(
    define: Define, plan: AnalysisPlan, datasets: Mapping[str, Dataset], tabulations: Mapping[str, Dataset]
) -> Guide:
    """The draft. ``define``: of ADaM; ``datasets``: ADaM by name; ``tabulations``: SDTM, as far as it is at hand."""
    content = _Content(define, plan, datasets, tabulations)
    study = plan.study
    names = tuple(group.name for group in define.groups)
    return Guide(NAME, TITLE, study.study, study.created, names, tuple(content.sections()))


@dataclass(frozen=True, slots=True)
class _Content:
    define: Define
    plan: AnalysisPlan
    datasets: Mapping[str, Dataset]
    tabulations: Mapping[str, Dataset]

    def sections(self) -> Iterator[Section]:
        study, parameters = self.plan.study, trial_parameters(self.tabulations)
        yield from introduction(self.define, study, _PURPOSE)
        yield section("Source data", *self._sources())
        yield section("Protocol description", level=1)
        yield protocol_title(study, parameters)
        yield section("Protocol design and ADaM concepts", arms(study), to_write(_CONCEPTS))
        yield section("Considerations for several analysis datasets", level=1)
        yield section("Populations", *self._populations())
        yield section("Core variables", *self._core())
        yield section("Treatment variables", *self._variables(_TREATMENT, "treatment variable"))
        yield section("Subjects with rules of their own", to_write(_SUBJECTS))
        yield section("Visit windows, unscheduled visits, selection of records", *self._windows())
        yield section("Imputation", *self._imputations())
        yield section("Creation of the datasets", level=1)
        yield section("Split datasets", Block("split"))
        yield section("Data dependencies", self._dependencies())
        yield section("Intermediate datasets", *self._intermediate())
        yield section("Conventions", *_conventions())
        yield section("Analysis datasets", level=1)
        yield section("Overview", self._overview(), *self._uses())
        for each in self.plan.datasets:
            if each.name in self.datasets:
                yield section(f"{each.name}: {self._groups()[each.name].label}", *self._dataset(each))
        yield from conformance(study, "the analysis datasets")
        yield section("Programs", level=1)
        yield section("Programs of datasets and results", *self._programs())

    # --- across datasets -------------------------------------------------------------------------------

    def _sources(self) -> Iterator[Block]:
        made = set(self.datasets)
        read = sorted({name for each in self.plan.datasets for name in each.reads} - made)
        versions = self.plan.study.standards
        yield text(
            f"The analysis datasets were made of the tabulations (SDTMIG {versions.sdtmig}): {', '.join(read)}."
        )

    def _populations(self) -> Iterator[Block]:
        adsl = self.datasets.get("ADSL")
        if adsl is None:
            yield to_write("the populations; there is no ADSL")
            return
        total = len(adsl.frame)
        tabulated = self.tabulations.get("DM")
        if tabulated is not None:
            yield text(
                f"DM has {counted(len(tabulated.frame), 'subject')}, ADSL {counted(total, 'subject')}."
            )
        methods = self._methods("ADSL")
        rows = []
        for variable in adsl.variables:
            if _POPULATION.fullmatch(variable.name) and not _SELECTION.fullmatch(variable.name):
                count = int(adsl.frame[variable.name].eq("Y").sum())
                rows.append(
                    (variable.name, variable.label, f"{count:,} of {total:,}", methods.get(variable.name, ""))
                )
        if rows:
            yield table("Flags of ADSL", ("Variable", "Label", "Subjects with Y", "Method"), rows)
        yield to_write("which flag is which analysis set of the protocol, and who is left out of it and why")

    def _core(self) -> Iterator[Block]:
        adsl = self.datasets.get("ADSL")
        others = {
            name: each for name, each in self.datasets.items() if name != "ADSL" and "USUBJID" in each.frame
        }
        if adsl is None or not others:
            yield text("There is no dataset beside ADSL that could share its variables.")
            return
        rows = []
        for variable in adsl.variables:
            having = [name for name, each in others.items() if variable.name in each.frame]
            if len(having) == len(others):
                rows.append((variable.name, variable.label, "all"))
            elif len(having) > 1:
                rows.append((variable.name, variable.label, ", ".join(having)))
        yield text("These variables of ADSL stand in other analysis datasets, too.")
        yield table("", ("Variable", "Label", "Datasets"), rows)

    def _variables(self, pattern: re.Pattern[str], what: str) -> Iterator[Block]:
        found: dict[tuple[str, str], list[str]] = {}
        for name, dataset in self.datasets.items():
            for variable in dataset.variables:
                if pattern.fullmatch(variable.name):
                    found.setdefault((variable.name, variable.label), []).append(name)
        if not found:
            yield to_write(f"why there is no {what}")
            return
        rows = [(*key, ", ".join(names)) for key, names in sorted(found.items())]
        yield table("", ("Variable", "Label", "Datasets"), rows)
        yield to_write(
            "which of these each analysis uses, and how subjects without the planned treatment count"
        )

    def _windows(self) -> Iterator[Block]:
        study = self.plan.study
        unscheduled = study.unscheduled
        if unscheduled is not None:
            yield text(f"Unscheduled visits of SDTM are called {unscheduled.VISIT}.")
        steps = [
            (each.name, step_words(step))
            for each in self.plan.datasets
            for step in each.steps
            if isinstance(step, DerivationStep)
            and step.derivation.name in ("analysis_visit", "window_record", "baseline_flag", "worst_record")
        ]
        if steps:
            yield table("Rules of the spec", ("Dataset", "Rule"), steps)
        else:
            yield text("No analysis dataset assigns visits by windows of its own.")
        yield from self._flags()

    def _flags(self) -> Iterator[Block]:
        rows = []
        for name, dataset in self.datasets.items():
            methods = self._methods(name)
            rows += [
                (name, variable.name, variable.label, methods.get(variable.name, ""))
                for variable in dataset.variables
                if name != "ADSL" and _SELECTION.fullmatch(variable.name)
            ]
        if rows:
            yield table("Flags that select records", ("Dataset", "Variable", "Label", "Method"), rows)

    def _imputations(self) -> Iterator[Block]:
        rows = [
            (each.name, ", ".join(step.made), step_words(step))
            for each in self.plan.datasets
            for step in each.steps
            if isinstance(step, DerivationStep) and _imputes(step)
        ]
        if not rows:
            yield text("No date is imputed.")
            return
        yield text(
            "Dates are imputed in the analysis datasets alone, by these rules; tabulations keep partial dates."
        )
        yield table("", ("Dataset", "Variables", "Rule"), rows)

    # --- creation --------------------------------------------------------------------------------------

    def _dependencies(self) -> Block:
        rows = []
        for order, each in enumerate(self.plan.datasets, 1):
            analyses = [name for name in each.reads if name in self.plan.study.adam]
            others = [name for name in each.reads if name not in self.plan.study.adam]
            rows.append((order, each.name, ", ".join(others), ", ".join(analyses)))
        return table(
            "Datasets in the order in which they are made", ("Order", "Dataset", "Reads SDTM", "Reads"), rows
        )

    def _intermediate(self) -> Iterator[Block]:
        made = [each for each in self.plan.datasets if each.name not in self.datasets]
        if not made:
            yield text("There is none: every dataset that a step reads is submitted.")
            return
        labels = {name: dataset.label for name, dataset in self.tabulations.items()}
        rows = [(each.name, each.spec.label or labels.get(each.name), ", ".join(each.reads)) for each in made]
        yield text("These datasets of SDTM are made of analyses and stand with the tabulations.")
        yield table("", ("Dataset", "Description", "Reads"), rows)

    # --- datasets --------------------------------------------------------------------------------------

    def _overview(self) -> Block:
        rows = [
            (
                name,
                group.label,
                " / ".join(filter(None, (group.class_name, group.subclass))),
                group.structure,
                ", ".join(keys_of(group, self.define)),
                f"{len(self.datasets[name].frame):,}",
            )
            for name, group in self._groups().items()
        ]
        return table("", ("Dataset", "Description", "Class", "Structure", "Keys", "Records"), rows)

    def _uses(self) -> Iterator[Block]:
        names = {group.oid: group.name for group in self.define.groups}
        rows = []
        for display in self.define.displays:
            used = dict.fromkeys(names[data.group] for result in display.results for data in result.data)
            first = display.results[0]
            rows.append((display.name, display.title, ", ".join(used), first.reason, first.purpose))
        if rows:
            yield table(
                "Tables and figures, and what they read",
                ("Name", "Title", "Datasets", "Reason", "Purpose"),
                rows,
            )
        if any(row[3] == "NOT STATED" or row[4] == "NOT STATED" for row in rows):
            yield to_write(
                "reason and purpose of the analyses marked NOT STATED: `reason`, `purpose` in tables.yaml"
            )

    def _dataset(self, plan: DatasetPlan) -> Iterator[Block]:
        yield text(_records(plan))
        dataset = self.datasets[plan.name]
        if not len(dataset.frame):
            yield text("The study has no such record; the dataset is empty.")
        yield from _parameters(dataset)
        steps = [*plan.merges, *plan.steps]
        if steps:
            rows = [(number, _told(step)) for number, step in enumerate(steps, 1)]
            yield table("Steps in their order", ("Step", "What it does"), rows)

    def _methods(self, name: str) -> dict[str, str]:
        """Variable of a dataset -> its method in words."""
        texts = {method.oid: method.text for method in self.define.methods}
        items = {item.oid: item.name for item in self.define.items}
        references = self._groups()[name].references
        return {items[each.item]: texts[each.method] for each in references if each.method}

    def _groups(self) -> dict[str, Group]:
        return {group.name: group for group in self.define.groups}

    def _programs(self) -> Iterator[Block]:
        study = self.plan.study
        yield text(
            "No programs were written for the datasets. They are made by the sdtm-toolkit from the study's spec; the "
            f"spec with the SHA-256 {spec_hash(study)} gives these datasets again, byte by byte."
        )
        rows = [(f"adam/{name.lower()}.yaml", f"{name.lower()}.xpt") for name in self._groups()]
        if study.tables or study.figures:
            rows.append(("tables.yaml", "tables and figures"))
        yield table("Parts of the spec", ("Part", "Makes"), rows)
        yield to_write("whether the spec is part of the submission, and where it stands")


_CONCEPTS = "how treatments, periods and phases of the protocol stand in the analysis datasets"
_SUBJECTS = "subjects that an analysis treats in another way than the rest, and why"


def _conventions() -> Iterator[Block]:
    yield text("Numeric dates count days from 1 January 1960, date-times seconds from its midnight (SAS).")
    yield to_write(
        "conventions of names and values that hold for all datasets and are not those of the ADaMIG"
    )


def _imputes(step: DerivationStep) -> bool:
    """Whether a step completes partial dates; without a highest part it takes whole dates only."""
    return step.derivation.name.startswith("impute") and getattr(step.params, "highest", "none") != "none"


def _parameters(dataset: Dataset) -> Iterator[Block]:
    frame = dataset.frame
    if "PARAMCD" not in frame or "PARAM" not in frame or not len(frame):
        return
    counts = np.bincount(codes_of(frame["PARAMCD"]).astype(np.intp) + 1)[1:]
    named = frame[["PARAMCD", "PARAM"]].drop_duplicates("PARAMCD").astype("object")
    texts = dict(zip(named["PARAMCD"], named["PARAM"], strict=True))
    categories = frame["PARAMCD"].cat.categories
    rows = sorted(
        (str(categories[code]), texts.get(categories[code], ""), int(counts[code]))
        for code in np.flatnonzero(counts).tolist()
    )
    yield table("Parameters", ("PARAMCD", "PARAM", "Records"), [(a, b, f"{c:,}") for a, b, c in rows])


def _records(plan: DatasetPlan) -> str:
    source = plan.spec.from_
    if not source:
        return "Its records are made by the steps below."
    where = f", those where {' '.join(plan.spec.where.split())}" if plan.spec.where.strip() else ""
    return f"Its records are those of {source}{where}."


def _told(step: Step) -> str:
    if isinstance(step, DerivationStep):
        return step_words(step)
    if isinstance(step, MergeStep):
        merge = step.merge
        taken = ", ".join(
            name if name == column else f"{column} as {name}" for name, column in merge.take.items()
        )
        where = f", of the records where {' '.join(merge.where.split())}" if merge.where else ""
        chosen = f", the {merge.choose} by {', '.join(merge.order)}" if merge.choose else ""
        return f"Takes {taken} from {merge.from_} by {', '.join(merge.by)}{where}{chosen}."
    assert isinstance(step, ExpressionStep)
    condition = f" where {' '.join(step.condition.text.split())}" if step.condition is not None else ""
    return f"Sets {', '.join(step.made)}{condition}; define.xml has the expressions."
