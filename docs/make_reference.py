"""Writes docs/reference/*.md from what the toolkit itself knows: ``python docs/make_reference.py``.

Nothing in these pages is written by hand: names, parameters and defaults come from the registries and models, words
from their docstrings and descriptions. A test says that the committed pages equal what is made here.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

FOLDER = Path(__file__).resolve().parent / "reference"
sys.path.insert(0, str(FOLDER.parents[1]))

from pydantic import BaseModel  # noqa: E402
from pydantic.fields import FieldInfo  # noqa: E402

from specs.catalogue import COLUMN, MADE, SQL, TABLE, TEMPLATE  # noqa: E402
from specs.values import Rule  # noqa: E402

MADE_HERE = "<!-- Made by docs/make_reference.py; do not edit. -->"
LABELS = ("Shape", "Unit", "Missing", "Errors", "Source", "Example", "Examples", "Expected", "Why", "Do")
_LABEL = re.compile(rf"^({'|'.join(LABELS)}):\s*", re.MULTILINE)
MARKS = {COLUMN: "column", MADE: "new variable", SQL: "SQL", TABLE: "dataset", TEMPLATE: "template"}
PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "anything"}


def main() -> int:
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(FOLDER.parents[1]))
    return 0


def pages() -> dict[Path, str]:
    """Every page of the reference by its path."""
    made = {
        "algorithms": algorithms(),
        "derivations": derivations(),
        "finishing": finishing(),
        "rules": rules(),
        "rows-and-figures": rows_and_figures(),
        "commands": commands(),
        "spec-keys": spec_keys(),
    }
    return {FOLDER / f"{name}.md": "\n\n".join([MADE_HERE, *parts]) + "\n" for name, parts in made.items()}


# Pages


def algorithms() -> Iterator[str]:
    from sdtm.mapping.registry import catalogue

    yield "# Mapping algorithms"
    yield (
        "How a variable of SDTM gets its value. The key is what a mapping says in the spec, as in "
        "`AESTDTC: {date: AESTDAT, format: dd MMM yyyy}`; see [spec.md](../spec.md#mappings)."
    )
    for name, algorithm in sorted(catalogue().items()):
        yield f"## {name}"
        yield f"Key `{algorithm.key}`. Origin in define.xml, if the spec names none: {algorithm.origin}."
        yield from parameters_and_parts(algorithm.params)
        yield from prose(algorithm.doc)


def derivations() -> Iterator[str]:
    from sdtm.derivations.registry import derivations as known

    yield "# Derivations"
    yield (
        "The steps that an analysis dataset may name under `derive`; see [adam.md](../adam.md#steps). Each is also a "
        "function of `sdtm.derivations`. `sdtm derivations NAME` prints the same."
    )
    for name, derivation in sorted(known().items()):
        yield f"## {name}"
        made = f" and {', '.join(derivation.fixed)}" if derivation.fixed else ""
        what = "new records" if derivation.makes == "records" else "variables beside the records it reads"
        yield f"Makes {what}{made and ', with' + made.removeprefix(' and')}."
        yield from parameters_and_parts(derivation.params)
        yield from prose(derivation.doc)


def finishing() -> Iterator[str]:
    import sdtm.finishing

    yield "# Finishing steps"
    yield "What is made after the mappings, in the same way for every domain, and what the spec may say of it."
    for info in sorted(pkgutil.iter_modules(sdtm.finishing.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"sdtm.finishing.{info.name}")
        yield f"## {info.name}"
        yield from prose(inspect.getdoc(module) or "")
        for function in functions_of(module):
            yield f"### {info.name}: {function.__name__}"
            yield from prose(inspect.getdoc(function) or "")


def rules() -> Iterator[str]:
    from validation.rules.registry import rules as known

    found = list(known())
    yield "# Rules"
    yield (
        f"The {len(found)} checks of datasets, made by `sdtm run` and `sdtm validate`, by topic. `--` stands for the "
        "prefix of the domain. A rule that the study accepts is named under `accept`."
    )
    topics: dict[str, list[Any]] = {}
    for rule in found:
        topics.setdefault(rule.function.__module__.rpartition(".")[2], []).append(rule)
    for topic in sorted(topics):
        yield f"## {topic.replace('_', ' ')}"
        for rule in topics[topic]:
            defect = rule.defect
            named = [
                ", ".join(rule.on),
                *(f"in {', '.join(words)}" for words in (rule.datasets, rule.classes) if words),
            ]
            where = " ".join(filter(None, named)) or (
                "the whole study" if rule.study_wide else "every dataset"
            )
            yield f"### {rule.id}"
            yield f"{escaped(defect.message)}. {defect.severity.capitalize()}; {escaped(where)}."
            told = {"Expected": defect.expected, "Why": defect.why, "Do": defect.do}
            if defect.sources:
                told["Source"] = ", ".join(defect.sources)
            yield "\n".join(f"- {label}: {escaped(text)}" for label, text in told.items() if text)


def rows_and_figures() -> Iterator[str]:
    from sdtm.reports.registry import figure_kinds, row_kinds

    yield "# Rows of tables, and figures"
    yield "What `tables.yaml` may say under `rows` and `draw`; see [tables.md](../tables.md)."
    for title, kinds in (("Kinds of rows", row_kinds()), ("Kinds of figures", figure_kinds())):
        yield f"## {title}"
        for name, kind in sorted(kinds.items()):
            yield f"### {name}"
            yield from parameters_and_parts(kind.params)
            yield from prose(kind.doc)


def commands() -> Iterator[str]:
    from sdtm.cli import app

    yield "# Commands"
    yield (
        "Exit codes of every command: 0 clean; 1 findings at or above `--fail-on`; 2 bad input or spec, and nothing "
        "was written; 3 an error of the toolkit."
    )
    yield from command_parts("sdtm", app)


def spec_keys() -> Iterator[str]:
    from specs.adam_model import AnalysisDataset
    from specs.model import Domain, Study
    from specs.tables_model import Figure, Table

    yield "# Keys of a spec"
    yield (
        "Every key of the files of a study, part by part. What they mean together: [spec.md](../spec.md), "
        "[adam.md](../adam.md), [tables.md](../tables.md)."
    )
    starts: list[tuple[str, type[BaseModel]]] = [
        ("study.yaml", Study),
        ("sdtm/DOMAIN.yaml", Domain),
        ("adam/DATASET.yaml", AnalysisDataset),
        ("a table of tables.yaml", Table),
        ("a figure of tables.yaml", Figure),
    ]
    titles = {model: title for title, model in starts}
    waiting, seen = [model for _, model in starts], set()
    while waiting:
        model = waiting.pop(0)
        if model in seen:
            continue
        seen.add(model)
        yield f"## {titles.get(model, model.__name__)}"
        yield from prose((inspect.getdoc(model) or "") if model.__doc__ else "")
        links = {part.__name__: heading_of(titles.get(part, part.__name__)) for part in models_in(model)}
        table = parameters(model)
        for name, heading in links.items():
            table = table.replace(f"[{name}]", f"[{name}](#{heading})")
        yield table
        waiting += [part for part in models_in(model) if part not in seen]


# Parts of pages


def parameters(model: type[BaseModel]) -> str:
    """A table of the fields of a model."""
    lines = ["| name | what | default | |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        kind = escaped(kind_of(field.annotation, field.metadata))
        lines.append(
            f"| `{field.alias or name}` | {kind} | {default_of(field)} | {escaped(field.description or '')} |"
        )
    return "\n".join(lines) if len(lines) > 2 else "No parameters."


def parameters_and_parts(model: type[BaseModel]) -> Iterator[str]:
    """The fields of a model, then those of the models that stand within it."""
    yield parameters(model)
    seen, waiting = {model}, models_in(model)
    while waiting:
        part = waiting.pop(0)
        if part not in seen:
            seen.add(part)
            yield f"A {part.__name__}:"
            yield parameters(part)
            waiting += models_in(part)


def heading_of(title: str) -> str:
    """The name by which a link finds a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def default_of(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value == "" or value == () or value == {} or isinstance(value, BaseModel):
        return ""
    return f"`{escaped(shown(value))}`"


def shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{shown(key)}: {shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple | list | frozenset | set):
        items = sorted(value, key=str) if isinstance(value, frozenset | set) else value
        return "[" + ", ".join(shown(item) for item in items) + "]"
    if isinstance(value, BaseModel):
        return "{" + ", ".join(f"{key}: {shown(item)}" for key, item in value if item not in ("", None)) + "}"
    return str(value)


def kind_of(annotation: Any, metadata: Iterable[Any] = ()) -> str:
    """What may stand there, in plain words."""
    if annotation == Rule:
        return "mapping"
    for mark in metadata:
        for known, word in MARKS.items():
            if mark is known:
                return word
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return kind_of(arguments[0], arguments[1:])
    if origin is Literal:
        return " or ".join(f"`{value}`" if value != "" else "nothing" for value in arguments)
    if origin in (Union, types.UnionType):
        kinds = [kind_of(option) for option in arguments if option is not type(None)]
        return " or ".join(dict.fromkeys(kinds))
    if origin in (tuple, list, frozenset, set):
        items = [option for option in arguments if option is not ...]
        return f"list of {' and '.join(dict.fromkeys(kind_of(option) for option in items))}"
    if origin is dict or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return f"{kind_of(arguments[0])}: {kind_of(arguments[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}]"
    return PLAIN.get(annotation, getattr(annotation, "__name__", str(annotation)))


def models_in(model: type[BaseModel]) -> list[type[BaseModel]]:
    """The models that stand within the fields of a model, in order."""
    found: list[type[BaseModel]] = []

    def look(annotation: Any) -> None:
        if (
            isinstance(annotation, type)
            and get_origin(annotation) is None
            and issubclass(annotation, BaseModel)
        ):
            found.append(annotation)
        for argument in get_args(annotation):
            look(argument)

    for field in model.model_fields.values():
        look(field.annotation)
    return list(dict.fromkeys(found))


def prose(doc: str) -> Iterator[str]:
    """A docstring: its paragraphs, and its labels as a list."""
    before, *labelled = _LABEL.split(doc)
    for paragraph in re.split(r"\n\s*\n", before.strip()):
        if paragraph.strip():
            yield escaped(" ".join(paragraph.split()))
    items = [
        f"- {label}: {escaped(' '.join(text.split()))}"
        for label, text in zip(labelled[::2], labelled[1::2], strict=True)
        if text.strip()
    ]
    if items:
        yield "\n".join(items)


def functions_of(module: Any) -> list[Any]:
    """The functions of a module that say what they take and give, in their order."""
    return [
        value
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
        if "Shape:" in (inspect.getdoc(value) or "")
    ]


def command_parts(path: str, app: Any) -> Iterator[str]:
    """Every command of a typer app, read from its functions: their names, docstrings and annotations."""
    if app.registered_callback is not None:
        yield f"## {path}"
        yield "Options before the name of a command."
        yield from options_of(app.registered_callback.callback)
    found: dict[str, Any] = {}
    for group in app.registered_groups:
        for info in group.typer_instance.registered_commands if not group.name else ():
            found[command_name(info)] = info
        if group.name:
            found[group.name] = group.typer_instance
    found |= {command_name(info): info for info in app.registered_commands}
    for name, info in sorted(found.items()):
        if hasattr(info, "registered_commands"):
            yield from command_parts(f"{path} {name}", info)
            continue
        yield f"## {path} {name}"
        yield escaped(" ".join((inspect.getdoc(info.callback) or "").split()))
        if info.epilog:
            yield f"Example: `{info.epilog.partition(':')[2].strip()}`"
        yield from options_of(info.callback)


def command_name(info: Any) -> str:
    return str(info.name or info.callback.__name__.replace("_", "-"))


def options_of(function: Any) -> Iterator[str]:
    """The arguments and options of a command as a table."""
    lines = ["| argument or option | what | default | |", "|---|---|---|---|"]
    for name, parameter in inspect.signature(function, eval_str=True).parameters.items():
        annotation, said = get_args(parameter.annotation)[:2]
        # The first name of an option stands where typer has the default of the old style.
        words = [
            w for w in (said.default, *(said.param_decls or ())) if isinstance(w, str) and w.startswith("-")
        ]
        if type(said).__name__ == "ArgumentInfo":
            shown_name = said.metavar or name.upper()
        else:
            shown_name = ", ".join(words or ["--" + name.replace("_", "-")])
        default = parameter.default
        if default is inspect.Parameter.empty:
            default = "required"
        default = "" if default is None or default is False else getattr(default, "value", default)
        cells = [
            f"`{escaped(shown_name)}`",
            option_kind(annotation),
            escaped(str(default)),
            escaped(said.help or ""),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    if len(lines) > 2:
        yield "\n".join(lines)


def option_kind(annotation: Any) -> str:
    kinds = [option for option in get_args(annotation) or (annotation,) if option is not type(None)]
    kind = kinds[0]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " or ".join(f"`{member.value}`" for member in kind)
    return {bool: "switch", Path: "path"}.get(kind, PLAIN.get(kind, "text"))


def escaped(text: str) -> str:
    """A text that Markdown shows as it is, also within a table; docstrings mark code with two backticks."""
    return text.replace("``", "`").replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    sys.exit(main())
