"""CDISC CORE: run as the program it is, and its JSON report read.

CORE needs a Python of its own and brings its rules with its installation, so that it is never imported: ``--core``
names its executable, or its ``core.py`` beside a ``python3.12`` on the path. Source of options and of the report's
keys: cdisc-rules-engine, ``core.py validate`` and ``services/reporting``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from specs.location import Location
from specs.problems import Problem, ProblemsFound
from validation.outside.issues import OutsideIssue, OutsideReport

ENGINE = "CDISC CORE"
PYTHON = "python3.12"  # the one version that CORE supports
_NAMES = ("core", "core.exe", "core.py")
_NOTHING = ("", "null", "none", "nan")
_NOT_RUN = ("skipped", "execution error", "unknown status")  # of a rule; else success, or issue reported


def run_core(core: Path, folder: Path, version: str = "3.4", terminology: str = "") -> OutsideReport:
    """Judge a folder of SDTM transport files by an installed CORE.

    ``core``: the executable, ``core.py``, or the folder that holds one of them. ``version``: of the SDTMIG;
    ``terminology``: date of the package. CORE reads the folder and writes to a temporary one.
    Raises ``ProblemsFound``: no program there, one that ends with an error, or a report that cannot be read.
    """
    command = _program(core)
    with tempfile.TemporaryDirectory(prefix="sdtm-core-") as place:
        report = Path(place) / "report"
        command += ["validate", "-s", "sdtmig", "-v", version.replace(".", "-"), "-d", str(folder.resolve())]
        command += ["-o", str(report), "-of", "JSON", "-p", "disabled"]
        command += ["-ct", f"sdtmct-{terminology}"] * bool(terminology)
        define = folder / "define.xml"
        command += ["-dxp", str(define.resolve())] * define.is_file()
        done = _run(command, core)
        written = report.with_suffix(".json")
        if done.returncode or not written.is_file():
            said = (done.stderr or done.stdout or "nothing").strip().splitlines()
            raise _refused(
                core,
                f"CORE ended with code {done.returncode}: {' / '.join(said[-3:])[-400:]}",
                "a run that ends with a report",
                f"run it by hand to see more: {Path(command[0]).name} validate -s sdtmig -v "
                f"{version.replace('.', '-')} -d {folder}; its rules and terminology have to be installed with it",
            )
        return read_core_report(written.read_bytes(), "report of CORE")


def read_core_report(content: bytes, file: str) -> OutsideReport:
    """A JSON report of CORE. ``ProblemsFound`` for anything else."""
    try:
        told = json.loads(content)
        details, rules = told["Issue_Details"], told["Rules_Report"]
        about = told["Conformance_Details"]
        version = str(about.get("CORE_Engine_Version", ""))
        names = {str(one["core_id"]): _ids(one) for one in rules}
        issues = tuple(_issue(one, name, names) for one in details for name in _datasets(one))
        states = {str(one["core_id"]): str(one.get("status", "")).lower() for one in rules}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ProblemsFound(
            Problem(
                "core-report",
                Location(file),
                f"no report of CORE ({type(error).__name__}: {error})",
                "JSON with Conformance_Details, Issue_Details and Rules_Report",
                "let CORE write it with -of JSON, and not as a raw report",
            )
        ) from None
    return OutsideReport(
        ENGINE,
        version,
        issues,
        {rule: names[rule] for rule, state in states.items() if state not in _NOT_RUN},
        tuple((rule, f"{state} by CORE") for rule, state in states.items() if state in _NOT_RUN),
    )


def _issue(told: Mapping[str, Any], dataset: str, names: Mapping[str, tuple[str, ...]]) -> OutsideIssue:
    variables = told.get("variables") or ()
    values = told.get("values") or ()
    rule, row = str(told["core_id"]), _text(told.get("row"))
    return OutsideIssue(
        rule=rule,
        dataset=dataset,
        message=str(told.get("message", "")),
        also=names.get(rule, ()),
        record=int(row) if row.isdecimal() and int(row) > 0 else None,
        subject=_text(told.get("USUBJID", told.get("uSubjId", ""))),
        sequence=_text(told.get("SEQ", told.get("seq", ""))),
        variables=tuple(map(str, [variables] if isinstance(variables, str) else variables)),
        values=tuple(map(_text, [values] if isinstance(values, str) else values)),
    )


def _ids(rule: Mapping[str, Any]) -> tuple[str, ...]:
    """Published ids of a rule: ``CG0001, CG0002`` -> both."""
    told = (rule.get(key) for key in ("cdisc_rule_id", "fda_rule_id", "pmda_rule_id"))
    return tuple(name for text in told if text for name in str(text).replace(",", " ").split())


def _text(value: object) -> str:
    text = "" if value is None else str(value).strip()
    text = "" if text.lower() in _NOTHING else text
    return text.removesuffix(".0") if text.removesuffix(".0").isdecimal() else text


def _datasets(told: Mapping[str, Any]) -> list[str]:
    """CORE names a dataset by itself or by its file, and one in parts by the files of all parts with a comma."""
    files = str(told.get("dataset") or told.get("domain") or "").replace("\\", "/").split(",")
    return [file.strip().rpartition("/")[2].partition(".")[0].upper() for file in files]


def _program(core: Path) -> list[str]:
    if core.is_dir():
        found = [core / name for name in _NAMES if (core / name).is_file()]
        if not found:
            raise _refused(core, "none of " + ", ".join(_NAMES), "the folder of an installed CORE", _HELP)
        core = found[0]
    if not core.is_file():
        raise _refused(core, "nothing of that name", "the program of an installed CORE", _HELP)
    core = core.resolve()
    if core.suffix == ".py":
        python = shutil.which(PYTHON)
        if python is None:
            do = f"install Python 3.12 so that {PYTHON} is found, or name the executable of CORE"
            raise _refused(core, f"no {PYTHON} on this machine", "the Python that CORE needs", do)
        return [python, str(core)]
    if not os.access(core, os.X_OK):
        raise _refused(core, "a file that may not be run", "the program of an installed CORE", _HELP)
    return [str(core)]


_HELP = "name the executable of CORE (core, core.exe), its core.py, or their folder"


def _run(command: list[str], core: Path) -> subprocess.CompletedProcess[str]:
    try:
        # It looks for its rules beside itself.
        return subprocess.run(
            command,
            cwd=_home(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        found = f"it cannot be run ({error.strerror or error})"
        raise _refused(core, found, "the program of an installed CORE", _HELP) from None


def _home(command: list[str]) -> Path:
    """The folder of the program: of core.py, where Python is what is started."""
    return Path(command[1] if command[1].endswith(".py") else command[0]).parent


def _refused(core: Path, found: str, expected: str, do: str) -> ProblemsFound:
    return ProblemsFound(Problem("core-not-run", Location(str(core), key="--core"), found, expected, do))
