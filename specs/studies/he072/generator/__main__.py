"""``python -m specs.studies.he072.generator OUT`` writes the raw extracts into the folder OUT."""

from __future__ import annotations

import sys
from pathlib import Path

from specs.studies.he072.generator.build import build


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: python -m specs.studies.he072.generator OUT", file=sys.stderr)
        return 2
    for path in build(Path(arguments[0])):
        print(path)
    return 0


sys.exit(main(sys.argv[1:]))
