"""Rules on records that belong together and on specimens."""

from __future__ import annotations

from collections.abc import Iterator

from specs.problems import Problem, suggest
from specs.rules.spec import Spec, some

_RELTYPES = ("ONE", "MANY")


def links(spec: Spec) -> Iterator[Problem]:
    """A link names datasets and variables that the study may have, and says nothing about others."""
    for number, link in enumerate(spec.study.links):
        path = ("links", number)
        for dataset, variable in link.records.items():
            where = spec.where(*path, "records", dataset)
            if dataset not in spec.study.sdtm:
                do = suggest(dataset, spec.study.sdtm)
                expected = f"a domain of this study: {some(spec.study.sdtm)}"
                yield Problem("unknown-domain", where, f"dataset {dataset!r}", expected, do)
            elif spec.knows(dataset) and spec.variable(dataset, variable) is None:
                names = spec.variable_names(dataset)
                yield Problem(
                    "unknown-variable", where, f"{variable!r} in {dataset}", f"a variable of {dataset}",
                    suggest(variable, names),
                )  # fmt: skip
        for key, named in (("alone", link.alone), ("RELTYPE", link.RELTYPE)):
            for dataset in named:
                if dataset not in link.records:
                    expected = f"a dataset of this link: {some(link.records)}"
                    do = suggest(dataset, link.records)
                    yield Problem(
                        "unknown-domain", spec.where(*path, key), f"{key} {dataset!r}", expected, do
                    )
        for dataset, kind in link.RELTYPE.items():
            if kind not in _RELTYPES:
                where = spec.where(*path, "RELTYPE", dataset)
                yield Problem(
                    "bad-value", where, f"RELTYPE {kind!r}", "ONE or MANY", suggest(kind, _RELTYPES)
                )
        if link.level == "record" and link.RELTYPE:
            found, expected = (
                "RELTYPE at record level",
                "RELTYPE where whole datasets are related (SDTMIG 3.4, 8.2)",
            )
            yield Problem("bad-value", spec.where(*path, "RELTYPE"), found, expected, "take it out")
    relations = [link.RELID or "".join(link.records) for link in spec.study.links]
    for number, relation in enumerate(relations):
        if relation in relations[:number]:
            where, found = spec.where("links", number), f"RELID {relation} a second time"
            yield Problem(
                "duplicate-relation", where, found, "one RELID for each link", "give it another RELID"
            )


def specimens(spec: Spec) -> Iterator[Problem]:
    """Specimens are of datasets and variables that the study may have."""
    for dataset, specimen in spec.study.specimens.items():
        where = spec.where("specimens", dataset)
        if dataset not in spec.study.sdtm:
            do = suggest(dataset, spec.study.sdtm)
            expected = f"a domain of this study: {some(spec.study.sdtm)}"
            yield Problem("unknown-domain", where, f"dataset {dataset!r}", expected, do)
            continue
        for variable in filter(None, (specimen.id or f"{dataset}REFID", specimen.parent)):
            if spec.knows(dataset) and spec.variable(dataset, variable) is None:
                do = suggest(variable, spec.variable_names(dataset))
                found, expected = f"{variable!r} in {dataset}", f"a variable of {dataset}"
                yield Problem("unknown-variable", where, found, expected, do)
