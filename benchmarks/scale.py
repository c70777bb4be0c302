"""How time and memory grow with the subjects: the bundled study HE072, its subjects 1, 10 and 50 times.

    python benchmarks/scale.py [--times 1,10,50] [--to sdtm|adam] [--workers 1]

Every subject of the raw extracts (synthetic) is repeated under numbers of its own, in all files and in the codes
of its samples; the laboratory's workbook of concentrations is written as CSV, so that no sheet's end is reached.
Each size is a process of its own: raw files to SDTM, with ``--to adam`` also analyses, tables and figures, checks,
and all outputs. What a subject costs is told as a ratio to the smallest size of the same run, by processor time,
which a busy machine disturbs less than the clock. Nothing here is a test: it prints and always succeeds.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
STUDY = HERE.parent / "specs" / "studies" / "he072"
SUBJECT = re.compile(
    r"(?<![\w-])(\d\d)(-?)(\d{3})(?![\w-])"
)  # 01-001, and 01001 in the files of one laboratory
SAMPLE = re.compile(r"\bPK(\d{3})-")
LOOKUPS = {"LAB_RANGES.csv"}  # not of subjects


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", default="1,10,50", help="how often the subjects are repeated")
    parser.add_argument("--to", choices=("sdtm", "adam"), default="adam", help="the last stage")
    parser.add_argument("--workers", type=int, default=1, help="processes that share the subjects")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, options.to, options.workers)))
        return
    print(
        f"{'times':>5}{'subjects':>10}{'raw MB':>8}{'records':>12}{'clock s':>9}{'processor s':>13}", end=""
    )
    print(f"{'peak MB':>9}{'ms/subject':>12}{'ratio':>7}  seconds of each stage", flush=True)
    first = 0.0
    for times in map(int, options.times.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            study = write_study(Path(folder) / "study", times)
            size = sum(path.stat().st_size for path in (study / "raw").iterdir()) / 1e6
            done = _apart(study, options.to, options.workers)
        each = 1000 * done["processor"] / done["subjects"]
        first = first or each
        print(
            f"{times:>5}{done['subjects']:>10,}{size:>8.1f}{done['records']:>12,}{done['clock']:>9.1f}"
            f"{done['processor']:>13.1f}{done['peak']:>9,.0f}{each:>12.1f}{each / first:>7.2f}  "
            + ", ".join(f"{name} {seconds:.1f}" for name, seconds in done["stages"].items()),
            flush=True,
        )


def write_study(folder: Path, times: int) -> Path:
    """The study with its subjects so many times."""
    shutil.copytree(STUDY, folder, ignore=shutil.ignore_patterns("raw", "generator", "__pycache__"))
    (folder / "raw").mkdir()
    spec = folder / "study.yaml"
    text = spec.read_text(encoding="utf-8")
    sheet = re.compile(r"file: PK_RESULTS\.xlsx\n\s+sheet: Results\n\s+header_row: 4\n")
    text, found = sheet.subn("file: PK_RESULTS.csv\n", text)
    if found != 1:
        raise SystemExit(
            "study.yaml names the workbook of concentrations otherwise than this benchmark expects"
        )
    spec.write_text(text, encoding="utf-8")
    for path in sorted((STUDY / "raw").iterdir()):
        target = folder / "raw" / path.name
        if path.suffix == ".xlsx":
            target = target.with_suffix(".csv")
            content = _sheet(path)
        else:
            content = path.read_bytes().decode("utf-8")
        if path.name in LOOKUPS or path.name.startswith("SYNTHETIC"):
            target.write_bytes(content.encode())
            continue
        header, _, body = content.partition("\n")
        with target.open("w", encoding="utf-8", newline="") as file:
            file.write(header + "\n")
            for copy in range(times):
                file.write(_renumbered(body, copy))
    return folder


def _sheet(path: Path) -> str:
    """The table of a workbook below its three lines of heading, as CSV."""
    import openpyxl

    rows = openpyxl.load_workbook(path, read_only=True)["Results"].iter_rows(min_row=4, values_only=True)
    text = io.StringIO()
    table = [list(row) for row in rows]
    wide = len(table[0])
    csv.writer(text, lineterminator="\n").writerows(row + [None] * (wide - len(row)) for row in table)
    return text.getvalue()


def _renumbered(body: str, copy: int) -> str:
    if not copy:
        return body
    body = SUBJECT.sub(lambda found: f"{found[1]}{found[2]}{copy}{found[3]}", body)
    return SAMPLE.sub(lambda found: f"PK{copy}{found[1]}-", body)


def _apart(study: Path, to: str, workers: int) -> dict:
    command = [sys.executable, __file__, "--measure", str(study), "--to", to, "--workers", str(workers)]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def measure(study: Path, to: str, workers: int) -> dict:
    """One run of the study in this process."""
    from convert import peak_memory

    from sdtm import run

    started = time.perf_counter(), sum(os.times()[:4])
    done = run(study, study.parent / "out", to=to, workers=workers)
    datasets = done.conversion.datasets
    return {
        "clock": time.perf_counter() - started[0],
        "processor": sum(os.times()[:4]) - started[1],
        "peak": peak_memory() / 1e6,
        "subjects": len(datasets["DM"].frame),
        "records": sum(len(dataset.frame) for dataset in datasets.values()),
        "stages": done.conversion.seconds,
    }


if __name__ == "__main__":
    main()
