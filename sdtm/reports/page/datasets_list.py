"""The datasets of the run with what define.xml says of them and of their variables."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from sdtm.reports.page.data_definitions import DatasetDefinition, VariableDefinition
from sdtm.reports.page.output_files import KINDS, DatasetFile, OutputFiles
from sdtm.reports.page.parts import count, data, hash_link, link, more, table, text
from specs.words import counted

_HEAD = ("Dataset", "Label", "Class", "Structure", "Keys", "Variables", "Records", "")
_VARIABLES = (
    "Variable",
    "Label",
    "Type",
    "Length",
    "Key",
    "Codelist or format",
    "Origin",
    "Method or comment",
)


def datasets_list(output: OutputFiles) -> str:
    """SDTM, then ADaM: a table of datasets, then the variables of each."""
    return "".join(_kind(output, kind) for kind in KINDS) or "<p>No dataset was made.</p>\n"


def _kind(output: OutputFiles, kind: str) -> str:
    files = [file for file in output.datasets if file.kind == kind]
    if not files:
        return ""
    name = KINDS[kind]
    listed = table(_HEAD, [_line(file) for file in files], f"{name} datasets", numbers=(5, 6))
    return f"<h3>{text(name)}</h3>\n{listed}{''.join(_details(file, kind) for file in files)}"


def _line(file: DatasetFile) -> list[str]:
    said = file.definition
    return [
        link(f"#meta-{file.name}", file.name),
        data(said.label) if said is not None else "",
        text(said.class_name) if said is not None else "",
        data(said.structure) if said is not None else "",
        text(", ".join(said.keys)) if said is not None else "",
        count(len(said.variables)) if said is not None else "",
        count(file.records),
        link(hash_link("dataset", file.name), "browse") if file.is_shown else "too large for this page",
    ]


def _details(file: DatasetFile, kind: str) -> str:
    said = file.definition
    label = f" {data(said.label)}" if said is not None else ""
    title = f"<strong>{text(file.name)}</strong>{label} <small>{counted(file.records, 'record')}</small>"
    parts = []
    if said is None:
        parts.append("<p>No define.xml describes it.</p>\n")
    else:
        parts.append("".join(f"<p>{line}</p>\n" for line in _about(said, kind)))
        rows = [_variable(each, kind) for each in said.variables]
        parts.append(table(_VARIABLES, rows, f"Variables of {file.name}", numbers=(3, 4)))
    if file.is_shown:
        parts.append(f"<p>{link(hash_link('dataset', file.name), f'Records of {file.name}')}</p>\n")
    else:
        parts.append(
            f"<p>Its {counted(file.records, 'record')} are left out of this page, which would grow too large: read "
            f"<code>{text(file.path)}</code>, and <code>sdtm explain</code> tells where a value comes from.</p>\n"
        )
    return more(title, "".join(parts), f"meta-{file.name}")


def _about(said: DatasetDefinition, kind: str) -> Iterator[str]:
    told = [said.class_name, said.structure, f"keys {', '.join(said.keys)}" if said.keys else ""]
    yield "; ".join(text(part) for part in told if part)
    if said.comment:
        yield data(said.comment)
    yield link(f"../{kind}/define.html#{quote(said.anchor)}", "in define.html, with values and codelists")


def _variable(each: VariableDefinition, kind: str) -> list[str]:
    name, anchor = each.codelist
    listed = [link(f"../{kind}/define.html#{quote(anchor)}", name)] if name else []
    listed += [text(each.format)] if each.format else []
    return [
        f"<code>{text(each.name)}</code>",
        data(each.label),
        text(each.type),
        text(each.length),
        str(each.key or ""),
        "<br>".join(listed),
        data(each.origin),
        "<br>".join(data(said) for said in (each.method, each.comment) if said),
    ]
