"""What the spec model allows at a place: the keys, the type below a key, and where a key belongs."""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from specs.model import Node


def options(annotation: Any) -> list[Any]:
    """The types that a value may have, without wrappers and without None."""
    if get_origin(annotation) is Annotated:
        return options(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [option for part in get_args(annotation) for option in options(part)]
    return [] if annotation in (None, NoneType) else [annotation]


def keys(model: type[Node]) -> dict[str, FieldInfo]:
    """The fields of a model by the key that a spec writes."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def node_in(annotation: Any) -> type[Node] | None:
    """The model with a closed set of keys that may stand here, if there is one."""
    for option in options(annotation):
        if isinstance(option, type) and issubclass(option, Node):
            return option
    return None


def below(annotation: Any, step: str | int) -> Any:
    """The type of the value under a key or at an index; None where the model knows nothing."""
    for option in options(annotation):
        inside = get_args(option)
        if isinstance(step, int):
            if get_origin(option) in (tuple, list):
                return inside[0]
        elif get_origin(option) is dict:
            return inside[1]
        elif (node := node_in(option)) and step in keys(node):
            return keys(node)[step].annotation
    return None


def merges(annotation: Any) -> bool:
    """Whether two layers of a spec mix here key by key.

    A mapping of a variable never mixes: half of one and half of another would mean something that
    nobody wrote.
    """
    allowed = options(annotation)
    return len(allowed) == 1 and (node_in(allowed[0]) is not None or get_origin(allowed[0]) is dict)


def homes(model: type[Node], key: str) -> list[tuple[str, ...]]:
    """Every place below ``model`` that has ``key``, as the keys that lead there, nearest to the top first."""
    found = {path for path, node in _nodes(model, ()) if key in keys(node)}
    return sorted(found, key=lambda path: (len(path), path))


def _nodes(annotation: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], type[Node]]]:
    for option in options(annotation):
        if (node := node_in(option)) is not None:
            yield path, node
            for key, field in keys(node).items():
                yield from _nodes(field.annotation, (*path, key))
        elif get_origin(option) is dict:
            yield from _nodes(get_args(option)[1], path)
        elif get_origin(option) in (tuple, list):
            yield from _nodes(get_args(option)[0], path)
