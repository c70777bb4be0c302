"""The line of a spec that a finding is about, as people look it up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from specs.model import Path, Study

SpecPlace = Callable[[str, str, str], str]  # (dataset, variable, raw table) -> where


def spec_places(study: Study | None) -> SpecPlace:
    """A function that gives the place of a variable in the spec; empty without a spec or a place in it.

    Of several sources of a domain the one that reads the raw table counts, else the first with the variable.
    """

    @cache
    def place(dataset: str, variable: str, form: str) -> str:
        path = _path(study, dataset, variable, form) if study is not None else ()
        if study is None or not path:
            return ""
        found = study.where(*path)
        return str(replace(found, key="")) if found.file or found.sheet else ""

    return place


def _path(study: Study, dataset: str, variable: str, form: str) -> Path:
    if dataset in study.adam:
        return "adam", dataset
    name = dataset if dataset in study.sdtm else dataset.removeprefix("SUPP")
    if name not in study.sdtm:
        return ("raw", "datasets", form) if form in study.raw.datasets else ()
    sources = study.sdtm[name].sources
    order = sorted(range(len(sources)), key=lambda number: (sources[number].from_ != form, number))
    for number in order:
        source, start = sources[number], ("sdtm", name, "sources", number)
        if variable in source.map:
            return (*start, "map", variable)
        if variable in source.supp:
            return (*start, "supp", variable)
    reads = [number for number in order if form and sources[number].from_ == form]
    return ("sdtm", name, "sources", reads[0]) if reads else ("sdtm", name)
