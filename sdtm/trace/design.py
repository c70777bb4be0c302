"""A cell of the trial design, which the spec says and no raw row makes."""

from __future__ import annotations

from collections.abc import Mapping

from sdtm.plan import Plan
from sdtm.trace.explained import ExplainedStep, text_at
from sdtm.trial_design import trial_design
from specs.location import Location
from specs.model import Study

DESIGN = {
    "TA": ("arms", "the arms of the spec (arms:)"),
    "TE": ("elements", "the elements of the spec (elements:)"),
    "TI": ("criteria", "the criteria of the spec (criteria:)"),
    "TS": ("parameters", "the trial summary of the spec (parameters:)"),
    "TV": ("visits", "the visit schedule (visits:)"),
}
_NAMED = {"TA": "ARMCD", "TE": "ETCD", "TI": "IETESTCD", "TS": "TSPARMCD", "TV": "VISITNUM"}


def design_step(
    plan: Plan, dataset: str, variable: str, record: Mapping[str, str], row: int
) -> ExplainedStep:
    """How a cell of TA, TE, TI, TS or TV follows from the spec. ``record``: its values as texts."""
    key, said = DESIGN[dataset]
    where = _place(plan.study, dataset, key, variable, record)
    value = record[variable] or None

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        found = text_at(trial_design(plan)[dataset].frame[variable], row)
        return found, found

    return ExplainedStep(f"{dataset}.{variable}", said, "", str(where), gave=value, value=value, again=again)


def _place(study: Study, dataset: str, key: str, variable: str, record: Mapping[str, str]) -> Location:
    """The item of the spec, and the value in it if it stands there itself."""
    name = _NAMED[dataset]
    items = getattr(study, key)
    number = [i for i, item in enumerate(items) if getattr(item, name) == record[name]]
    if not number:
        return study.where(key)
    at = number[0]
    if dataset == "TS":  # several values of one parameter, in the order of TSSEQ
        at = number[min(int(record["TSSEQ"] or "1"), len(number)) - 1]
    if dataset == "TA" and variable != "ARM":
        return study.where(key, at, "elements", int(record["TAETORD"] or "1") - 1)
    return study.where(key, at, variable)
