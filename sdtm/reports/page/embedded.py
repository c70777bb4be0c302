"""The data that the page holds for its record browser: datasets, their trace, raw cells, results, lineage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sdtm.reports.page.coded_columns import coded_texts, read_parquet, read_transport
from sdtm.reports.page.output_files import DatasetFile, OutputFiles
from sdtm.reports.page.packing import json_text, pack
from sdtm.trace.raw_store import MOST_CELLS as MOST_RAW_CELLS

_OF_SDTM = ("table", "file", "row", "position", "column", "source")
_OF_MORE = ("record", "file", "row")


def data_elements(output: OutputFiles) -> Iterator[tuple[str, str]]:
    """Name and JSON of every part; the first, ``contents``, lists the others."""
    raw = dict(_raw_tables(output))
    yield "contents", json_text(_contents(output, raw))
    yield "lineage", json_text(output.lineage)
    if output.results:
        yield "results", json_text(_results(output))
    for name, packed in raw.items():
        yield f"raw:{name}", json_text(packed)
    for file in output.datasets:
        if file.is_shown:
            yield f"data:{file.name}", json_text(_records(output, file))
            for name, packed in _traces(output, file):
                yield name, json_text(packed)


def _contents(output: OutputFiles, raw: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "study": output.manifest.study,
        "datasets": [_described(file) for file in output.datasets],
        "raw": {
            name: {
                "files": [file["path"] for file in book["files"]],
                "rows": book["rows"]["read"],
                "shown": name in raw,
            }
            for name, book in output.ledger.get("raw", {}).items()
        },
    }


def _described(file: DatasetFile) -> dict[str, Any]:
    definition = file.definition
    variables = definition.variables if definition is not None else ()
    return {
        "name": file.name,
        "kind": file.kind,
        "label": definition.label if definition is not None else "",
        "records": file.records,
        "shown": file.is_shown,
        "keys": list(definition.keys) if definition is not None else [],
        "variables": {
            each.name: {
                key: text
                for key, text in (
                    ("label", each.label),
                    ("type", each.type),
                    ("origin", each.origin),
                    ("method", each.method),
                    ("codelist", each.codelist[0]),
                    ("anchor", each.codelist[1]),
                )
                if text
            }
            for each in variables
        },
    }


def _results(output: OutputFiles) -> dict[str, Any]:
    """Every number with the sets of records that it was computed from, where the run wrote them."""
    names = list(output.results[0])
    packed = pack(
        {name: coded_texts([row[name] or None for row in output.results]) for name in names},
        len(output.results),
    )
    found = output.records
    return {"numbers": packed, "sets": found.get("sets", {}), "records": found.get("results", {})}


def _records(output: OutputFiles, file: DatasetFile) -> dict[str, Any]:
    return pack(read_transport(output.folder / file.path, file.path), file.records)


def _raw_tables(output: OutputFiles) -> Iterator[tuple[str, Any]]:
    """The raw cells that the run kept, as many as it would keep."""
    cells = 0
    for path in sorted((output.folder / "trace" / "raw").glob("*.parquet")):
        columns, rows, name = read_parquet(path)
        cells += rows * len(columns)
        if cells > MOST_RAW_CELLS:
            return
        if name in output.ledger.get("raw", {}):
            yield name, pack(columns, rows)


def _traces(output: OutputFiles, file: DatasetFile) -> Iterator[tuple[str, Any]]:
    """Where the records of a dataset come from; an analysis dataset's own trace goes before."""
    trace = output.folder / "trace"
    analysis = trace / "adam" / f"{file.name}.parquet"
    if analysis.is_file():
        columns, rows, _ = read_parquet(analysis)
        if rows == file.records:
            yield f"origin:{file.name}", pack(columns, rows)
        return
    if file.kind != "sdtm" or not (trace / f"{file.name}.parquet").is_file():
        return
    columns, rows, _ = read_parquet(trace / f"{file.name}.parquet")
    if rows != file.records:
        return
    yield f"trace:{file.name}", pack({n: columns[n] for n in _OF_SDTM if n in columns}, rows)
    if (trace / f"{file.name}.more.parquet").is_file():
        columns, rows, _ = read_parquet(trace / f"{file.name}.more.parquet")
        yield f"more:{file.name}", pack({n: columns[n] for n in _OF_MORE if n in columns}, rows)
