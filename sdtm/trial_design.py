"""TA, TE, TV, TI and TS, written from the spec: arms, elements, visits, criteria and parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sdtm.columns import constant, numbers, pick, text
from sdtm.finishing.long_text import LIMIT, split_text
from sdtm.finishing.sequence import sort_order
from sdtm.plan import Plan
from sdtm.stages import Dataset, Variable
from specs.location import Location
from specs.model import Parameter, Study
from specs.problems import Problem, ProblemsFound, suggest
from specs.rules.trial_summary import CODELISTS

Row = dict[str, str]


def trial_design(plan: Plan) -> dict[str, Dataset]:
    """The trial design datasets that the study declares. Source: SDTMIG 3.4, section 7.

    Raises ``ProblemsFound`` for elements, arms or parameters that do not exist.
    """
    study = plan.study
    problems: list[Problem] = []
    rows = {
        "TA": _arms(study, problems),
        "TE": _elements(study),
        "TI": [criterion.model_dump() for criterion in study.criteria],
        "TS": _parameters(plan, problems),
        "TV": _visits(study),
    }
    if problems:
        raise ProblemsFound(problems)
    return {name: _dataset(plan, name, table) for name, table in rows.items() if table}


def _arms(study: Study, problems: list[Problem]) -> list[Row]:
    elements = {element.ETCD: element for element in study.elements}
    rows = []
    for number, arm in enumerate(study.arms):
        for order, step in enumerate(arm.elements, 1):
            element = elements.get(step.ETCD)
            if element is None:
                problems.append(
                    Problem(
                        "unknown-element",
                        study.where("arms", number, "elements", order - 1),
                        f"{step.ETCD!r}",
                        f"one of elements: {', '.join(elements)}",
                        suggest(step.ETCD, elements),
                    )
                )
                continue
            rows.append(
                {
                    "ARMCD": arm.ARMCD,
                    "ARM": arm.ARM,
                    "TAETORD": str(order),
                    "ETCD": step.ETCD,
                    "ELEMENT": element.ELEMENT,
                    "TABRANCH": step.TABRANCH,
                    "TATRANS": step.TATRANS,
                    "EPOCH": step.EPOCH or element.EPOCH,
                }
            )
    return rows


def _elements(study: Study) -> list[Row]:
    if not study.arms:
        return []  # elements without arms only serve SE and EPOCH
    return [
        {
            "ETCD": element.ETCD,
            "ELEMENT": element.ELEMENT,
            "TESTRL": element.TESTRL,
            "TEENRL": element.TEENRL,
            "TEDUR": element.TEDUR,
        }
        for element in study.elements
    ]


def _visits(study: Study) -> list[Row]:
    if not study.arms:
        return []
    names = {arm.ARMCD: arm.ARM for arm in study.arms}
    return [
        {
            "VISITNUM": visit.VISITNUM,
            "VISIT": visit.VISIT,
            "VISITDY": visit.VISITDY,
            "ARMCD": visit.ARMCD,
            "ARM": names.get(visit.ARMCD, ""),
            "TVSTRL": visit.TVSTRL,
            "TVENRL": visit.TVENRL,
        }
        for visit in study.visits
    ]


def _parameters(plan: Plan, problems: list[Problem]) -> list[Row]:
    study = plan.study
    known = plan.terminology.codelist("TSPARMCD")
    counts: dict[str, int] = {}
    rows = []
    for number, parameter in enumerate(study.parameters):
        where = study.where("parameters", number)
        code = parameter.TSPARMCD
        name = plan.terminology.paired_test_name("TSPARMCD", code)
        if name is None:
            problems.append(
                Problem(
                    "unknown-parameter",
                    where,
                    f"TSPARMCD {code!r}",
                    "a parameter of codelist TSPARMCD (C66738)",
                    suggest(code, known.terms if known else ()),
                )
            )
            continue
        if bool(parameter.TSVAL) == bool(parameter.TSVALNF):
            problems.append(_value_or_null(code, where, bool(parameter.TSVAL)))
            continue
        counts[code] = counts.get(code, 0) + 1
        row = {"TSSEQ": str(counts[code]), "TSPARM": name, **parameter.model_dump()}
        if not parameter.TSVALCD:
            row |= _published_code(plan, parameter)
        parts = split_text([parameter.TSVAL], LIMIT)[0]
        row |= {f"TSVAL{i or ''}": part for i, part in enumerate(parts)}
        rows.append(row)
    return rows


def _published_code(plan: Plan, parameter: Parameter) -> Row:
    """Code, terminology and version of a value that is a CDISC term; the terminology itself says them."""
    codelist = plan.terminology.codelist(CODELISTS.get(parameter.TSPARMCD, ""))
    term = codelist.terms.get(parameter.TSVAL) if codelist else None
    if term is None or parameter.TSVCDREF:
        return {}
    return {"TSVALCD": term.code, "TSVCDREF": "CDISC CT", "TSVCDVER": plan.study.standards.ct}


def _value_or_null(code: str, where: Location, both: bool) -> Problem:
    return Problem(
        "value-or-null-flavor",
        where,
        f"{code} with {'both TSVAL and TSVALNF' if both else 'neither TSVAL nor TSVALNF'}",
        "a value, or the null flavor that says why there is none (SDTMIG 3.4, 7.4)",
        "write TSVAL, or TSVALNF: NI, NA, UNK …",
    )


def _dataset(plan: Plan, name: str, rows: Sequence[Mapping[str, str]]) -> Dataset:
    """Rows of texts to a sorted dataset of the standard's variables."""
    index = pd.RangeIndex(len(rows))
    columns: dict[str, pd.Series] = {
        "STUDYID": constant(plan.study.study, index),
        "DOMAIN": constant(name, index),
    }
    types = {variable.name: variable for variable in plan.guide.variables(name)}
    for variable in dict.fromkeys(key for row in rows for key in row):
        column = text([row.get(variable) or None for row in rows])
        definition = types.get(variable)
        columns[variable] = numbers(column) if definition and definition.type == "Num" else column
    wanted = [v.name for v in types.values() if v.core in ("Req", "Exp")]
    wanted += [v for v in columns if v not in wanted and columns[v].notna().any()]
    extra = [v for v in wanted if v not in types]  # TSVAL1, TSVAL2 … follow TSVAL
    order = plan.guide.order(name, [v for v in wanted if v in types])
    for variable in extra:
        order.insert(order.index(variable.rstrip("0123456789")) + 1 + extra.index(variable), variable)
    frame = pd.DataFrame({v: columns.get(v, constant(None, index)) for v in order}, index=index, copy=False)
    standard = plan.guide.datasets[name]
    keys = tuple(key for key in standard.keys if key in frame)
    rows_in_order = sort_order(frame, list(keys))
    frame = pd.DataFrame({v: pick(frame[v], rows_in_order) for v in order}, copy=False)
    nothing = constant(None, index)
    source = pd.DataFrame(
        {
            "table": nothing,
            "position": np.full(len(rows), -1, dtype=np.int64),
            "column": nothing,
            "identity": np.zeros(len(rows), dtype=np.uint64),
        }
    )
    variables = tuple(
        Variable(v, types[v].label if v in types else types[v.rstrip("0123456789")].label, _type(types, v))
        for v in order
    )
    return Dataset(name, standard.label, variables, frame, source, keys)


def _type(types: Mapping[str, object], name: str) -> str:
    return types[name].type if name in types else "Char"  # type: ignore[attr-defined]
