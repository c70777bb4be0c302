"""A dataset in the making -> the finished analysis dataset: variables, labels, order, keys, SAS dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sdtm.adam.plan import DatasetPlan, DerivationStep
from sdtm.adam.steps import State
from sdtm.columns import text
from sdtm.stages import Dataset, Variable
from specs.adam_model import AnalysisVariable
from specs.model import Study
from specs.problems import Problem, ProblemsFound
from specs.standards import implementation_guide
from specs.standards.adam_ig import analysis_guide
from validation.findings import PLACES_SHOWN, Finding, Place

Labels = Mapping[str, Mapping[str, str]]  # dataset -> variable -> label

SAS_EPOCH = np.datetime64("1960-01-01", "s")
DAY = 86_400
SEQUENCE, NUMBERED = "ASEQ", ("BDS", "TTE")  # what other datasets point at by SRCSEQ
FORMATS = {"DTM": "DATETIME20.", "DT": "DATE9.", "TM": "TIME8."}
KEYS = {
    "ADSL": ("USUBJID",),
    "OCCDS": ("USUBJID", "ASTDT", "--SEQ"),
    "BDS": ("USUBJID", "PARAMCD", "ADT", "AVISITN", "--SEQ"),
    "TTE": ("USUBJID", "PARAMCD"),
    "OTHER": ("USUBJID",),
    "SDTM": ("USUBJID", "--SEQ"),
}


@dataclass(frozen=True, slots=True)
class Finished:
    """The dataset as it is written, and its values as derivations keep them (for datasets that read it)."""

    dataset: Dataset
    frame: pd.DataFrame
    origin: pd.DataFrame


def finish(plan: DatasetPlan, study: Study, state: State, labels: Labels) -> tuple[Finished, list[Finding]]:
    """Choose, order, label and sort. ``ProblemsFound`` for a variable that nobody labels or that has no form."""
    spec = plan.spec
    guide = analysis_guide(study.standards.adamig)
    frame, findings = state.frame, []
    keys = _keys(plan, frame)
    order = _sorted(frame, keys)
    frame = frame.iloc[order].reset_index(drop=True)
    numbered = spec.class_ in NUMBERED and SEQUENCE not in frame and "USUBJID" in frame
    if numbered:
        frame = frame.assign(**{SEQUENCE: frame.groupby("USUBJID").cumcount() + 1.0})
    wanted = [*spec.keep, *([SEQUENCE] if numbered else [])] if spec.keep else list(frame.columns)
    names = [name for name in wanted if name not in spec.drop]
    if spec.class_ == "SDTM":
        names = implementation_guide(study.standards.sdtmig).order(plan.name, names)
    else:
        names = guide.order(names, spec.class_, plan.domain)
    if keys and (twice := frame.duplicated(list(keys), keep=False)).any():
        findings.append(_duplicates(plan.name, frame, twice, keys))
    if not len(frame) and not spec.empty:
        findings.append(
            Finding(
                "empty-dataset",
                "warning",
                "no record",
                "at least one record",
                "look at `from`, `where` and the steps; or write `empty: true`",
                dataset=plan.name,
            )
        )
    problems: list[Problem] = []
    variables, columns = [], {}
    for name in names:
        values = frame[name]
        variable = _variable(plan, study, name, values, labels, problems)
        variables.append(variable)
        columns[name] = _written(values)
    if problems:
        raise ProblemsFound(problems)
    label = spec.label or _label(plan, study)
    origin = state.origin.iloc[order].reset_index(drop=True)
    named = origin["dataset"].astype(object).where(origin["dataset"].notna(), None)
    source = pd.DataFrame(
        {"table": text(named), "column": text([None] * len(frame)), "position": origin["row"]}
    )
    dataset = Dataset(
        plan.name, label, tuple(variables), pd.DataFrame(columns, index=frame.index), source, tuple(keys)
    )
    return Finished(dataset, frame[names], origin), findings


def _keys(plan: DatasetPlan, frame: pd.DataFrame) -> list[str]:
    if plan.spec.keys:
        return list(plan.spec.keys)
    names = [name.replace("--", plan.domain) for name in KEYS[plan.spec.class_]]
    return [name for name in names if name in frame]


def _sorted(frame: pd.DataFrame, keys: list[str]) -> np.ndarray:
    """Positions of the records by their keys, missing first; equal keys by all other values."""
    if not keys:
        return np.arange(len(frame))
    others = [name for name in frame if name not in keys]
    ranked = frame[[*keys, *others]].reset_index(drop=True)
    return ranked.sort_values([*keys, *others], na_position="first", kind="stable").index.to_numpy()


def _variable(
    plan: DatasetPlan, study: Study, name: str, values: pd.Series, labels: Labels, problems: list[Problem]
) -> Variable:
    said = plan.spec.variables.get(name, AnalysisVariable())
    is_text = pd.api.types.is_string_dtype(values.dtype)
    label, kind = said.label or _label_of(plan, study, name, labels), "Char" if is_text else "Num"
    if not label:
        problems.append(
            Problem(
                "no-label",
                plan.where,
                f"{plan.name}.{name}, which ADaM and SDTM do not know",
                "a label",
                f"write `variables: {{{name}: {{label: …}}}}`",
            )
        )
    if said.type and said.type != kind:
        problems.append(
            Problem(
                "wrong-type",
                plan.where,
                f"{plan.name}.{name}, which is {kind}",
                f"type {said.type}, as the spec says",
                "correct the type, or the step that makes it",
            )
        )
    return Variable(
        name, label, kind, _length(values) if is_text else 8, said.format or _format(name, values)
    )


def _label_of(plan: DatasetPlan, study: Study, name: str, labels: Labels) -> str:
    """The label that a variable has where it was copied from, else that of ADaM, else of SDTM."""
    sdtm = implementation_guide(study.standards.sdtmig)
    is_sdtm = plan.spec.class_ == "SDTM"
    start = plan.name if is_sdtm else plan.spec.from_
    if start and (is_sdtm or start not in study.adam) and (known := sdtm.variable(start, name)):
        return known.label
    if found := analysis_guide(study.standards.adamig).variable(name, plan.spec.class_, plan.domain):
        return found.label
    for dataset in plan.reads:
        if label := labels.get(dataset, {}).get(name):
            return label
    for dataset in dict.fromkeys([*plan.reads, name[:2], "DM"]):
        if dataset in sdtm.datasets and (known := sdtm.variable(dataset, name)):
            return known.label
    for step in plan.steps:
        if isinstance(step, DerivationStep) and name in step.derivation.labels:
            return step.derivation.labels[name]
    return ""


def _format(name: str, values: pd.Series) -> str:
    if pd.api.types.is_datetime64_dtype(values.dtype):
        return FORMATS["DTM"] if name.endswith("DTM") else FORMATS["DT"]
    if name.endswith("TM") and pd.api.types.is_numeric_dtype(values.dtype) and not name.endswith("DTM"):
        return FORMATS["TM"]
    return ""


def _length(values: pd.Series) -> int:
    unique = values.dropna().unique()
    return max((len(str(value).encode("utf-8")) for value in unique), default=1)


def _written(values: pd.Series) -> pd.Series:
    """Values as transport files hold them: texts, numbers, SAS days or seconds."""
    if pd.api.types.is_string_dtype(values.dtype):
        return text(values.astype(object).where(values.notna(), None))
    if pd.api.types.is_datetime64_dtype(values.dtype):
        seconds = (values.to_numpy() - SAS_EPOCH) / np.timedelta64(1, "s")
        if not str(values.name).endswith("DTM"):
            seconds = np.floor(seconds / DAY)
        return pd.Series(np.where(values.isna(), np.nan, seconds), index=values.index)
    return values.astype("float64")


def _label(plan: DatasetPlan, study: Study) -> str:
    if plan.spec.class_ == "SDTM":
        definition = implementation_guide(study.standards.sdtmig).dataset(plan.name)
        return definition.label if definition else plan.name
    known = {
        "ADSL": "Subject-Level Analysis Dataset",
        "ADAE": "Adverse Events Analysis Dataset",
        "ADCM": "Concomitant Medications Analysis Dataset",
        "ADEX": "Exposure Analysis Dataset",
        "ADTR": "Tumor Results Analysis Dataset",
        "ADRS": "Disease Response Analysis Dataset",
        "ADTTE": "Time-to-Event Analysis Dataset",
        "ADPC": "Pharmacokinetic Concentrations Analysis",
        "ADPP": "Pharmacokinetic Parameters Analysis",
        "ADLB": "Laboratory Results Analysis Dataset",
        "ADVS": "Vital Signs Analysis Dataset",
        "ADEG": "ECG Analysis Dataset",
    }
    return known.get(plan.name, f"{plan.name} Analysis Dataset")


def _duplicates(name: str, frame: pd.DataFrame, twice: pd.Series, keys: list[str]) -> Finding:
    from sdtm.adam.notes import value_text

    shown = frame.loc[twice, keys].head(PLACES_SHOWN)
    places = tuple(
        Place(keys=tuple((key, value_text(value)) for key, value in zip(keys, row, strict=True)))
        for row in shown.itertuples(index=False, name=None)
    )
    return Finding(
        "duplicate-keys",
        "error",
        "records with the same keys",
        f"one record for each {', '.join(keys)}",
        "name the keys that tell them apart (`keys:`), or look why there are several",
        dataset=name,
        places=places,
        count=int(twice.sum()),
    )
