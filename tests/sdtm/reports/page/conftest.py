"""A small invented study whose texts try to be HTML, script, formulas and right-to-left writing; it runs once."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

TERMS = (
    '</script><script>document.title="taken over"</script>',
    "<img src=x onerror=\"document.title='taken over'\">",
    '=HYPERLINK("http://example.invalid/","x") & more',
    "Headache",
)
RIGHT_TO_LEFT = "שלום עולם"  # where a 0 or 1 is expected
_STUDY = """\
study: PAGE1
title: "Invented study <b>PAGE1</b> (SYNTHETIC DATA)"
created: "2024-06-30T00:00:00"
raw:
  datasets:
    dm: {file: dm.csv, key: [PT]}
    ae: {file: ae.csv, key: [PT, TERM]}
    more: {file: more.csv, key: [PT, EVENT]}
subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
"""
_DM = """\
domain: DM
sources:
  - from: dm
    map: {SEX: SEX, RFSTDTC: {date: FIRST, format: yyyy-MM-dd}}
    not_submitted: {INITIALS: "tells who a person is"}
"""
_AE = """\
domain: AE
sources:
  - from: ae
    where: TERM <> 'none'
    because: no event was written down
    map: {AETERM: TERM, AESTDTC: {date: START, format: yyyy-MM-dd}, AESER: {column: SERIOUS, terms: {"1": Y, "0": N}}}
    supp: {AEHOW: {label: How it was told, column: HOW}}
  - from: more
    where: KIND = 'A'
    map: {AETERM: EVENT, AESTDTC: {date: DAY, format: yyyy-MM-dd}}
  - from: more
    where: KIND = 'B'
    map: {AETERM: EVENT, AESTDTC: {date: DAY, format: yyyy-MM-dd}, AESER: {value: Y}}
"""
_ADSL = """\
dataset: ADSL
class: ADSL
from: DM
derive:
  - expr: {SAFFL: "'Y'"}
"""
_ADAE = """\
dataset: ADAE
class: OCCDS
from: AE
merge: [{from: ADSL, by: USUBJID, take: [SAFFL]}]
derive:
  - impute_date: {from: AESTDTC, to: ASTDT, flag: ASTDTF, highest: month}
"""


def _csv(head: str, rows: list[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([tuple(head.split(",")), *rows])
    return out.getvalue()


def write_hostile_study(make: Callable[..., Path], folder: Path) -> Path:
    """All persons and events are invented."""
    events = [("1", term, f"2024-05-{day:02d}", "0", f"told {day}") for day, term in enumerate(TERMS, 1)]
    events.append(("1", "Rash", "2024-05-05", RIGHT_TO_LEFT, ""))
    raw = {
        "dm.csv": _csv(
            "PT,SEX,FIRST,INITIALS", [("1", "F", "2024-05-02", "SECRET"), ("2", "M", "2024-05-03", "HIDDEN")]
        ),
        "ae.csv": _csv(
            "PT,TERM,START,SERIOUS,HOW",
            [*events, ("2", "Fever", "2024-13-01", "1", ""), ("2", "none", "", "", "")],
        ),
        "more.csv": _csv(
            "PT,EVENT,DAY,KIND", [("2", "Cough", "2024-05-09", "A"), ("2", "Fall", "2024-05-10", "B")]
        ),
    }
    study = make(folder, _STUDY, {"dm": _DM, "ae": _AE}, raw)
    (study / "adam").mkdir()
    (study / "adam" / "adsl.yaml").write_text(_ADSL, encoding="utf-8")
    (study / "adam" / "adae.yaml").write_text(_ADAE, encoding="utf-8")
    return study


@pytest.fixture(scope="session")
def hostile_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import sys

    make = sys.modules["study_builder"].make_study
    return write_hostile_study(make, tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="session")
def hostile_run(hostile_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a run of that study."""
    from sdtm.run_study import run

    return run(hostile_study, tmp_path_factory.mktemp("run") / "out").out


@pytest.fixture(scope="session")
def browser() -> Callable[[Path, str], str]:
    """``browser(page, hash)``: the document as Chromium has it after the page's script, as HTML."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium or Chrome is on the path; the page's script cannot be run")

    def dump(page: Path, place: str) -> str:
        command = [
            found,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--virtual-time-budget=8000",
            "--dump-dom",
        ]
        done = subprocess.run(
            [*command, f"{page.as_uri()}#{place}"],
            capture_output=True,
            timeout=120,
            check=True,
            encoding="utf-8",
        )
        return done.stdout

    return dump
