"""The command line answers `--help` at once only while the standards bring no heavy library with them."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
import specs.standards as standards
standards.implementation_guide().variables("AE")
standards.terminology().codelist("NY").match_synonym("Yes")
heavy = {"pandas", "numpy", "openpyxl", "lxml", "pydantic", "duckdb"} & set(sys.modules)
print(sorted(heavy))
"""


def test_the_standards_are_read_without_any_heavy_library():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
