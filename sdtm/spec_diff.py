"""`sdtm spec diff`: what a study (or a library above another) says otherwise than the libraries it extends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from specs.location import Location
from specs.model import Override, Study
from specs.yaml_out import flow
from specs.yaml_text import dotted


def spec_diff_text(study: Study) -> str:
    """One entry for each value that is replaced or taken away, with both places; lists by their items."""
    libraries, overrides = _libraries(study), _ordered(study)
    if not libraries:
        return f"{study.study} extends no library"
    lines = [f"{study.study} extends {', '.join(libraries)}: {_count(overrides)}"]
    for override in overrides:
        lines += ["", dotted(override.path), *_change(override)]
        now = "taken away" if override.becomes is None else "now"
        lines += [f"  was         {_place(override.was_at)}", f"  {now:<11} {_place(override.becomes_at)}"]
    return "\n".join(lines)


def spec_diff_json(study: Study) -> str:
    """The same as JSON; values as the files have them."""
    content = {
        "study": study.study,
        "libraries": _libraries(study),
        "overrides": [
            {
                "key": dotted(override.path),
                "path": list(override.path),
                "library": _side(override.was, override.was_at),
                "study": _side(override.becomes, override.becomes_at),
            }
            for override in _ordered(study)
        ],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _ordered(study: Study) -> list[Override]:
    """By key; what several layers say of one key from the lowest up. The same value once more is no difference."""
    different = (override for override in study.overrides() if override.was != override.becomes)
    return sorted(different, key=lambda override: [str(part) for part in override.path])


def _libraries(study: Study) -> list[str]:
    """The folders beside the study's own that its spec was read from, as seen from it."""
    found = []
    for name, _ in study.sources():
        folder = PurePosixPath(name).parent
        folder = folder.parent if folder.name in ("sdtm", "adam") else folder
        found.append(str(folder))
    return sorted(set(found) - {"."})


def _count(overrides: list[Override]) -> str:
    gone = sum(override.becomes is None for override in overrides)
    parts = [f"{len(overrides) - gone} replaced"] if len(overrides) > gone or not gone else []
    parts += [f"{gone} taken away"] if gone else []
    return ", ".join(parts)


def _change(override: Override) -> Iterator[str]:
    was, now = override.was, override.becomes
    if isinstance(was, list) and isinstance(now, list):
        yield from (f"  - {flow(item)}" for item in was if item not in now)
        yield from (f"  + {flow(item)}" for item in now if item not in was)
        if [item for item in was if item in now] != [item for item in now if item in was]:
            yield "  in another order"
        return
    yield f"  - {flow(was)}"
    if now is not None:
        yield f"  + {flow(now)}"


def _side(value: Any, where: Location) -> dict[str, Any]:
    return {"value": value, "file": where.file, "line": where.line}


def _place(where: Location) -> str:
    return f"{where.file}:{where.line}" if where.line else where.file
