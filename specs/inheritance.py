"""``extends:`` -- a study (or a library) takes over what other folders say, and changes some of it.

``extends: ../library`` in study.yaml, or a list of folders. A library is a folder of the same shape as a
study (study.yaml, sdtm/*.yaml) and may extend others itself. Rules:

- Layers. What a folder extends lies below it; of a list, later folders lie above earlier ones. A folder
  that is reached twice counts once, at its lowest place. The study is on top, and the upper value wins.
- Keys merge key by key. A list, and the mapping of a variable, is replaced as a whole.
- Nothing (`key:` or `key: null`) takes an inherited key away.
- Everything in study.yaml is inherited except what names the study: study, title, extends, domains.
- A domain is inherited only by a study that wants it: one that has a file for it (``domain: CM`` alone
  will do; whatever else stands in it overrides), or lists it under ``domains: [CM, MH]`` in its
  study.yaml. An organisation's library describes every form it knows; no study collects them all, and a
  reader of the study must see which domains it makes. Likewise an analysis dataset: adam/*.yaml, ``analyses:``.
- Every value keeps the file and line it came from.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from specs import shape
from specs.adam_model import AnalysisDataset
from specs.location import Location
from specs.model import Domain, Override, Study
from specs.model import Path as KeyPath
from specs.model_errors import describe
from specs.node import Node
from specs.problems import Problem, suggest
from specs.yaml_text import Branch, dotted, plain

NOT_INHERITED = ("study", "title", "extends", "domains", "analyses")


@dataclass(frozen=True, slots=True)
class Layer:
    """What one folder says: its study.yaml (None if it has none, or an unreadable one) and its domains."""

    folder: Path
    name: str
    study: Branch | None = None
    domains: dict[str, Branch] = field(default_factory=dict)
    # Domain files whose `domain` is missing or wrong: told of, never inherited.
    nameless: tuple[Branch, ...] = ()
    analyses: dict[str, Branch] = field(default_factory=dict)
    nameless_analyses: tuple[Branch, ...] = ()


def layers(top: Layer, read: Callable[[Path, str], Layer], problems: list[Problem]) -> list[Layer]:
    """The study and all that it extends, lowest first.

    ``read(folder, name)`` reads a folder; ``name`` is its path relative to the study, for messages.
    Cycles, missing folders and addresses that are no local folder are added to ``problems``.
    """
    ordered: dict[Path, Layer] = {}
    _visit(top, [], ordered, top.folder, read, problems)
    return list(ordered.values())


def _visit(
    layer: Layer,
    way: list[tuple[Path, str]],
    ordered: dict[Path, Layer],
    base: Path,
    read: Callable[[Path, str], Layer],
    problems: list[Problem],
) -> None:
    here = layer.folder.resolve()
    way = [*way, (here, layer.name)]
    for text, where in _extended(layer, problems):
        folder = layer.folder / text
        if not _is_library(folder, text, where, problems):
            continue
        target = folder.resolve()
        ways = [place for place, _ in way]
        if target in ways:
            names = [name for _, name in way[ways.index(target) :]]
            problems.append(
                Problem(
                    "extends-cycle",
                    where,
                    found=" -> ".join([*names, names[0]]),
                    expected="folders that extend each other in one direction only",
                    do=f"take `{text}` out of extends, or the extends of a folder before it",
                )
            )
        elif target not in ordered:
            _visit(read(folder, _relative(target, base)), way, ordered, base, read, problems)
    ordered[here] = layer


def _extended(layer: Layer, problems: list[Problem]) -> list[tuple[str, Location]]:
    """The folders named by ``extends``, with their places; others than local ones are problems."""
    study = layer.study.value if layer.study else None
    branch = study.get("extends") if isinstance(study, dict) else None
    if branch is None or branch.value is None:
        return []
    items = branch.value if isinstance(branch.value, list) else [branch]
    found: list[tuple[str, Location]] = []
    for index, item in enumerate(items):
        key: KeyPath = ("extends", index) if items is branch.value else ("extends",)
        where = Location(item.file, item.line, dotted(key))
        if isinstance(item.value, str) and item.value.strip() and not _is_remote(item.value):
            found.append((item.value, where))
            continue
        problems.append(
            Problem(
                "bad-value",
                where,
                found=describe(plain(item)),
                expected="a local folder, such as ../library, or a list of folders",
                do="copy the library beside the study and name its folder"
                if isinstance(item.value, str)
                else "",
            )
        )
    return found


def _is_remote(text: str) -> bool:
    # One letter before the colon is a drive of Windows; two slashes begin the name of a machine.
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]+:|//|\\\\", text.strip()))


def _is_library(folder: Path, text: str, where: Location, problems: list[Problem]) -> bool:
    beside: list[str] = []
    try:
        if (folder / "study.yaml").is_file() or (folder / "sdtm").is_dir():
            return True
        if folder.is_dir():
            found = f"{text}, a folder without study.yaml and sdtm"
        else:
            found = f"{text}, which is a file" if folder.exists() else f"{text}, which does not exist"
        if folder.parent.is_dir():
            beside = sorted(
                item.name for item in folder.parent.iterdir() if item.is_dir() and item.name != folder.name
            )
    except (OSError, RuntimeError) as error:  # a name too long, no permission, a link to itself
        found = f"{text[:80]}, which cannot be opened ({getattr(error, 'strerror', None) or error})"
    problems.append(
        Problem(
            "extends-missing",
            where,
            found=found,
            expected="a folder with study.yaml or sdtm, seen from the folder of this file",
            do=suggest(folder.name, beside) or "check the path; `..` is the folder above",
        )
    )
    return False


def _relative(folder: Path, base: Path) -> str:
    try:
        return Path(os.path.relpath(folder, base.resolve())).as_posix()
    except ValueError:  # another drive of Windows
        return folder.as_posix()


def merged_study(ordered: list[Layer], overridden: list[Override]) -> Branch | None:
    """What all layers say in study.yaml; or the first of them that is no set of keys."""
    result: Branch | None = None
    for layer in ordered:
        branch = layer.study
        if branch is None or (branch.value is None and layer is not ordered[-1]):
            continue
        if not isinstance(branch.value, dict):
            return branch
        if layer is not ordered[-1]:
            kept = {key: value for key, value in branch.value.items() if key not in NOT_INHERITED}
            branch = Branch(kept, branch.file, branch.line)
        result = branch if result is None else merge(result, branch, Study, (), overridden)
    return result


def merged_domain(name: str, ordered: list[Layer], overridden: list[Override]) -> Branch | None:
    """What all layers say about a domain, or None if none has it."""
    described = [layer.domains[name] for layer in ordered if name in layer.domains]
    return _merged(described, Domain, ("sdtm", name), overridden)


def merged_analysis(name: str, ordered: list[Layer], overridden: list[Override]) -> Branch | None:
    """What all layers say about an analysis dataset, or None if none has it."""
    described = [layer.analyses[name] for layer in ordered if name in layer.analyses]
    return _merged(described, AnalysisDataset, ("adam", name), overridden)


def _merged(
    described: list[Branch], model: type[Node], path: KeyPath, overridden: list[Override]
) -> Branch | None:
    result: Branch | None = None
    for branch in described:
        result = branch if result is None else merge(result, branch, model, path, overridden)
    return result


def merge(
    below: Branch, above: Branch, annotation: object, path: KeyPath, overridden: list[Override]
) -> Branch:
    """One tree of two; ``annotation`` is the model's type here. Replaced values go to ``overridden``."""
    lower, upper = below.value, above.value
    if not (isinstance(lower, dict) and isinstance(upper, dict) and shape.merges(annotation)):
        overridden.append(_override(below, above, path))
        return above
    result = dict(lower)
    for key, value in upper.items():
        if key not in lower or lower[key].value is None:
            result[key] = value
        elif value.value is None:
            overridden.append(_override(lower[key], value, (*path, key)))
            del result[key]
        elif key not in ("domain", "dataset"):
            result[key] = merge(lower[key], value, shape.below(annotation, key), (*path, key), overridden)
    return Branch(result, above.file, above.line)


def _override(below: Branch, above: Branch, path: KeyPath) -> Override:
    key = dotted(path[2:] if path[:1] in (("sdtm",), ("adam",)) else path)
    return Override(
        path,
        plain(below),
        Location(below.file, below.line, key),
        plain(above),
        Location(above.file, above.line, key),
    )
