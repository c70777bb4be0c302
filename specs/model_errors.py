"""Errors of the spec model, in the user's words: which key, what was found, what is allowed there.

Whatever face a spec has, its values come as a tree of ``Branch``; ``build`` makes the model of it or
tells every problem that it has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from specs import shape
from specs.adam_model import AnalysisDataset
from specs.location import Location
from specs.model import FORMS, Node, Path, Study
from specs.problems import Problem, nearest, suggest
from specs.yaml_text import Branch, dotted, plain

Model = TypeVar("Model", bound=Node)


def build(
    model: type[Model],
    tree: Branch,
    *,
    loader_keys: Iterable[str] = (),
    foreign_keys: Iterable[str] = (),
) -> tuple[Model | None, list[Problem]]:
    """The model of a tree, or None and every problem in the way.

    ``loader_keys``: keys that the loader has taken out of the tree, named among the allowed ones.
    ``foreign_keys``: keys of the model that this file may not have, because another file holds them.
    """
    value = plain(tree)
    here = {key: field for key, field in shape.keys(model).items() if key not in foreign_keys}
    allowed = [*here, *loader_keys]
    if not isinstance(value, dict):
        what = f"keys and values, such as {', '.join(allowed[:3])}"
        return None, [Problem("bad-value", _place(tree, ()), describe(value), what)]
    problems = [_unknown_key(tree, (key,), allowed, model) for key in value if key in foreign_keys]
    value = {key: item for key, item in value.items() if key not in foreign_keys}
    try:
        built = model.model_validate(value, by_alias=True, by_name=False)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            problem = _problem(details, model, tree, allowed)
            problems += [problem] if problem else []
        return None, problems
    return (None if problems else built), problems


def describe(value: Any) -> str:
    """A value as a person would name it in a sentence."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        names = [str(key) for key in value]
        return (
            "keys and values: " + ", ".join(names[:5]) + (", …" if len(names) > 5 else "") if names else "{}"
        )
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}" if value else "an empty list"
    text = json.dumps(str(value), ensure_ascii=False)
    return text if len(text) <= 82 else f'{text[:80]}…"'


def _at(tree: Branch, path: Path) -> Branch | None:
    branch: Branch | None = tree
    for step in path:
        inside = branch.value if branch else None
        if isinstance(inside, dict) and isinstance(step, str):
            branch = inside.get(step)
        elif isinstance(inside, list) and isinstance(step, int):
            branch = inside[step]
        else:
            return None
    return branch


def _path(steps: Path, tree: Branch) -> Path:
    """Pydantic's path without the marks of the form that was meant."""
    path: Path = ()
    for step in steps:
        branch = _at(tree, path)
        is_key = branch is not None and isinstance(branch.value, dict) and step in branch.value
        if is_key or step not in FORMS:
            path = (*path, step)
    return path


def _place(tree: Branch, path: Path) -> Location:
    """The place of a value; of what is missing, the place of the nearest thing around it."""
    for end in range(len(path), -1, -1):
        branch = _at(tree, path[:end])
        if branch is not None:
            return branch.at(path)
    return Location(key=dotted(path))


def _problem(details: ErrorDetails, model: type[Node], tree: Branch, allowed: list[str]) -> Problem | None:
    path = _path(details["loc"], tree)
    if details["type"] == "extra_forbidden":
        node = shape.node_in(_annotation(model, path[:-1]))
        return _unknown_key(tree, path, list(shape.keys(node)) if node and len(path) > 1 else allowed, model)
    if details["type"] == "missing":
        return _missing_key(tree, path, model)
    return _bad_value(details, tree, path, _annotation(model, path))


def _annotation(model: type[Node], path: Path) -> Any:
    annotation: Any = model
    for step in path:
        annotation = shape.below(annotation, step)
    return annotation


def _description(model: type[Node], path: Path) -> str:
    node = shape.node_in(_annotation(model, path[:-1])) if path else None
    field = shape.keys(node).get(str(path[-1])) if node else None
    return (field.description or "") if field else ""


def _unknown_key(tree: Branch, path: Path, allowed: list[str], model: type[Node]) -> Problem:
    key = str(path[-1])
    hint = "; ".join(text for text in (suggest(key, allowed), _belongs(model, key)) if text)
    return Problem(
        "unknown-key",
        _place(tree, path),
        found=f"the key `{key}`",
        expected=f"one of {', '.join(sorted(allowed))}",
        do=hint or "take it out, or use one of those",
    )


def _belongs(model: type[Node], key: str) -> str:
    """Where a key that is wrong here would be right."""
    if key == "sdtm":
        return "each domain has a file of its own, such as sdtm/ae.yaml"
    if key == "adam":
        return "each analysis dataset has a file of its own, such as adam/adae.yaml"
    homes = shape.homes(Study, key)
    by_file = {
        "study.yaml": [path for path in homes if path[:1] not in (("sdtm",), ("adam",))],
        "a domain file such as sdtm/ae.yaml": [path[1:] for path in homes if path[:1] == ("sdtm",)],
        "an analysis file such as adam/adae.yaml": [path[1:] for path in homes if path[:1] == ("adam",)],
    }
    own = {Study: 0, AnalysisDataset: 2}.get(model, 1)  # the file that the key stands in comes first
    ordered = sorted(enumerate(by_file.items()), key=lambda item: item[0] != own)
    paths, file = next(((paths, file) for _, (file, paths) in ordered if paths), ([], ""))
    if not paths:
        return ""
    places = [".".join(path) or "the top" for path in paths[:3]]
    return f"`{key}` belongs under {' or '.join(places)} of {file}".replace("under the top", "at the top")


def _missing_key(tree: Branch, path: Path, model: type[Node]) -> Problem | None:
    """None where the key is there with a typo: the unknown key is told of, with this one as its remedy."""
    key = str(path[-1])
    empty = _at(tree, path) is not None
    around = _at(tree, path[:-1])
    present = list(around.value) if around is not None and isinstance(around.value, dict) else []
    node = shape.node_in(_annotation(model, path[:-1]))
    allowed = list(shape.keys(node)) if node else []
    if any(key in nearest(name, allowed) for name in present if name not in allowed):
        return None
    description = _description(model, path) or _one_of(_literals(_annotation(model, path)))
    return Problem(
        "missing-key",
        _place(tree, path),
        found=f"nothing after `{key}:`" if empty else f"no key `{key}`",
        expected=f"the key `{key}`" + (f": {description}" if description else ""),
        do=f"write `{key}: …`" + ("" if empty else " here"),
    )


def _bad_value(details: ErrorDetails, tree: Branch, path: Path, annotation: Any) -> Problem:
    branch = _at(tree, path)
    value = plain(branch) if branch is not None else None
    context = details.get("ctx", {})
    expected, do = _expected(details, annotation), str(context.get("do", ""))
    if value is None:
        do = "write a value, or take the line out (nothing is inherited here that it could take away)"
    elif details["type"] == "string_type" and isinstance(value, dict) and list(value.values()) == [None]:
        do = f'text in braces stands in quotes: "{{{next(iter(value))}}}"'
    elif details["type"] == "tuple_type" and isinstance(value, dict):
        do = "begin each item of the list with `- `"
    elif details["type"] == "literal_error" and isinstance(value, str):
        do = suggest(value, _literals(annotation))
    return Problem("bad-value", _place(tree, path), describe(value), expected, do)


def _literals(annotation: Any) -> list[str]:
    return [
        word
        for option in shape.options(annotation)
        if get_origin(option) is Literal
        for word in get_args(option)
        if word
    ]


def _one_of(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _expected(details: ErrorDetails, annotation: Any) -> str:
    context = details.get("ctx", {})
    kind = details["type"]
    if kind == "bad_value":
        return str(context["expected"])
    if kind == "literal_error":
        return _one_of(_literals(annotation))
    if kind == "greater_than_equal":
        return f"{context['ge']} or more"
    if kind == "too_short":
        return "at least one"
    if kind == "string_type":
        return "one text"
    node = shape.node_in(annotation)
    if kind == "tuple_type":
        return "keys and values, or a list of such" if node else "a list"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return (
            f"keys and values, such as {', '.join(list(shape.keys(node))[:3])}" if node else "keys and values"
        )
    return details["msg"]
