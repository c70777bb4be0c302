"""The first part of the page: what was run on what, how far, and how it came out."""

from __future__ import annotations

from collections.abc import Iterator

from sdtm.reports.page.output_files import KINDS, OutputFiles
from sdtm.reports.page.parts import count, data, described, link, table, text
from specs.words import counted
from validation.findings import SEVERITIES


def summary(output: OutputFiles) -> str:
    """Cards, the way from raw files to tables, versions, inputs with their checksums."""
    cards = "".join(_cards(output))
    return f'<ul class="cards">{cards}</ul>\n{_stations(output)}{_versions(output)}{_inputs(output)}'


def severities(output: OutputFiles) -> dict[str, int]:
    """Number of different findings of each severity, worst first."""
    counts = dict.fromkeys(SEVERITIES, 0)
    for finding in output.findings:
        severity = str(finding.get("severity", ""))
        counts[severity] = counts.get(severity, 0) + int(finding.get("stands_for", 1))
    return counts


def verdicts(output: OutputFiles) -> dict[str, int]:
    """How often each verdict was given on a published number."""
    counts: dict[str, int] = {}
    for row in output.comparison:
        counts[row.get("verdict", "")] = counts.get(row.get("verdict", ""), 0) + 1
    return counts


def _cards(output: OutputFiles) -> Iterator[str]:
    books = output.ledger.get("raw", {}).values()
    if books:
        rows = sum(book["rows"]["read"] for book in books)
        left = sum(book["rows"]["unaccounted"] for book in books)
        columns = sum(len(book["unaccounted_columns"]) for book in books)
        said = (
            "every row and column accounted for"
            if not left and not columns
            else (f"{counted(left, 'row')} and {counted(columns, 'column')} unaccounted for")
        )
        yield _card("books", count(rows), "raw rows read", said, "bad" if left or columns else "good")
    for kind, name in KINDS.items():
        files = [file for file in output.datasets if file.kind == kind]
        if files:
            total = sum(file.records for file in files)
            yield _card("datasets", count(len(files)), f"{name} datasets", counted(total, "record"))
    found = severities(output)
    told = ", ".join(counted(number, severity) for severity, number in found.items())
    look = "bad" if found["error"] else "fair" if found["warning"] else "good"
    yield _card("findings", count(sum(found.values())), "findings", told, look)
    if output.results:
        tables = len({row["table"] for row in output.results})
        yield _card("tables", count(len(output.results)), "numbers", f"in {counted(tables, 'table')}")
    judged = verdicts(output)
    if judged:
        equal, total = judged.get("equal", 0), sum(judged.values())
        yield _card(
            "comparison", f"{count(equal)} of {count(total)}", "published numbers equal", _others(judged)
        )


def _others(judged: dict[str, int]) -> str:
    return ", ".join(f"{count(number)} {name}" for name, number in judged.items() if name != "equal")


def _card(target: str, number: str, name: str, said: str, look: str = "") -> str:
    return (
        f'<li class="{look}"><a href="#{target}"><strong>{text(number)}</strong> <span>{text(name)}</span>'
        f"<small>{text(said)}</small></a></li>"
    )


def _stations(output: OutputFiles) -> str:
    """The stations of the run, with what each has given."""
    rows: list[list[str]] = []
    books = output.ledger.get("raw", {})
    if books:
        read = sum(book["rows"]["read"] for book in books.values())
        made = sum(book["rows"]["made_records"] for book in books.values())
        files = len({file["path"] for book in books.values() for file in book["files"]})
        rows.append(
            ["Read", f"{counted(files, 'raw file')} as {counted(len(books), 'table')}", counted(read, "row")]
        )
        rows.append(["Map", "rows that made records", counted(made, "row")])
    for kind, name in KINDS.items():
        files_of = [file for file in output.datasets if file.kind == kind]
        if files_of:
            total = counted(sum(file.records for file in files_of), "record")
            made_by = "Finish" if kind == "sdtm" else "Derive"
            rows.append([made_by, f"{counted(len(files_of), 'dataset')} of {name}", total])
    if output.results:
        tables = len({row["table"] for row in output.results})
        rows.append(["Report", counted(tables, "table"), counted(len(output.results), "number")])
    found = severities(output)
    places = sum(int(finding.get("count", 1)) for finding in output.findings)
    rows.append(["Check", counted(sum(found.values()), "finding"), counted(places, "place")])
    return table(("Station", "What", "How much"), [[text(cell) for cell in row] for row in rows], "The run")


def _versions(output: OutputFiles) -> str:
    manifest = output.manifest
    standards = list(dict.fromkeys(name for each in output.definitions.values() for name in each.standards))
    pairs = {
        "Study": data(manifest.study),
        "Title": data(output.title),
        "Standards": ", ".join(text(name) for name in standards),
        "Versions": ", ".join(
            f"{text(name)} {text(version)}" for name, version in sorted(manifest.versions.items())
        ),
        "Toolkit": text(f"sdtm-toolkit {manifest.toolkit}"),
        "Spec (SHA-256)": f"<code>{text(manifest.spec_sha256)}</code>",
        "Date of the data": text(manifest.created),
        "Files": ", ".join(link(path, shown) for path, shown in _files(output)),
    }
    return "<h3>Versions</h3>\n" + described(pairs)


def _files(output: OutputFiles) -> Iterator[tuple[str, str]]:
    """What stands beside the page, from the page."""
    known = (
        ("../manifest.json", "manifest with all checksums"),
        ("findings.html", "findings.html"),
        ("findings.xlsx", "findings.xlsx"),
        ("queries.xlsx", "queries.xlsx"),
        ("findings.json", "findings.json"),
        ("ledger.json", "ledger.json"),
        ("results.csv", "results.csv"),
        ("comparison.csv", "comparison.csv"),
        ("tables.html", "tables.html"),
        ("tables.docx", "tables.docx"),
        ("tables.rtf", "tables.rtf"),
        ("../sdtm/define.html", "SDTM define"),
        ("../sdtm/define.xml", "SDTM define.xml"),
        ("../sdtm/acrf.html", "CRF listing"),
        ("../adam/define.html", "ADaM define"),
        ("../adam/define.xml", "ADaM define.xml"),
    )
    reports = output.folder / "reports"
    for path, shown in known:
        if path == "../manifest.json" or (reports / path).is_file():
            yield path, shown


def _inputs(output: OutputFiles) -> str:
    if not output.manifest.inputs:
        return ""
    rows = [
        [
            data(file.path),
            count(file.rows) if file.rows is not None else "",
            count(file.size),
            f"<code>{text(file.sha256)}</code>",
        ]
        for file in output.manifest.inputs
    ]
    head = ("File", "Rows", "Bytes", "SHA-256")
    return table(head, rows, "Raw files that were read", numbers=(1, 2))
