"""What a conversion costs, beside the least it could cost, in one run.

    python benchmarks/convert.py [--extract forms|lab] [--rows 1000000] [--repeat 3] [--workers 1]

Raw extracts (synthetic) are written to a temporary folder: ``forms`` are AE and wide VS (``extracts.py``, ``spec/``),
``lab`` is a wide laboratory extract with units and ranges, ten results a row (``lab_extract.py``, ``lab_spec/``;
``--rows`` counts results). Each repetition is a process of its own that converts them and does the floor as well,
in turn before and after:

conversion  load the spec, read, plan, map and finish, assemble, write all datasets as XPT; without the checks
            (judge) and without reports and trace, which are measured apart.
floor       ``pyarrow.csv.read_csv`` of the same files, all columns as text; and ``write_xpt`` of the datasets
            that the conversion assembled, which are in memory as codes over distinct texts, so that nothing
            but the writing is in it. Reading uses all processors; the files are written one after the other by
            one thread, where the conversion writes them side by side and makes rows while others are written,
            so that the ratio by processor time stands beside that by the clock. Each is done twice, and the
            quicker one counts, so that a disturbed floor does not flatter the ratio.

Memory is the highest resident memory of a process that converts and has done no floor before, the interpreter
and all libraries in it. Times are medians; user + system time of the processors stands beside the clock's,
since a busy machine disturbs it less. Trace and judge are measured in the first repetition. Nothing here is a
test: it prints and always succeeds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
STAGES = ("read", "plan", "map and finish", "assemble", "write XPT")
MEGABYTE = 1e6


def main() -> None:
    options = _options()
    if options.measure:
        print(json.dumps(measure(options.measure, options.workers, options.floor_first, options.rest)))
        return
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "study"
        sys.path.insert(0, str(HERE))
        if options.extract == "lab":
            from lab_extract import write_lab_extract as write
        else:
            from extracts import write_extracts as write

        shutil.copytree(HERE / ("lab_spec" if options.extract == "lab" else "spec"), study)
        sizes = write(study / "raw", options.rows)
        raw_bytes = sum(path.stat().st_size for path in (study / "raw").iterdir())
        print(f"{sum(sizes.values()):,} raw rows, {raw_bytes / MEGABYTE:.1f} MB: ", end="")
        print(", ".join(f"{name} {size:,}" for name, size in sizes.items()), flush=True)
        runs = []
        for number in range(options.repeat):
            runs.append(_apart(study, options.workers, floor_first=number % 2 == 1, rest=number == 0))
            print(f"run {number + 1}: {_line(runs[-1])}", flush=True)
    report(runs, sum(sizes.values()), raw_bytes)
    print(f"sdtm --help: {help_seconds():.2f} s (target 0.30)")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--extract", choices=("forms", "lab"), default="forms", help="which extract")
    parser.add_argument(
        "--rows", type=int, default=1_000_000, help="raw rows of AE and VS together, or laboratory results"
    )
    parser.add_argument("--repeat", type=int, default=3, help="processes; medians are printed")
    parser.add_argument("--workers", type=int, default=1, help="processes that share the subjects")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--floor-first", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--rest", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _apart(study: Path, workers: int, *, floor_first: bool, rest: bool) -> dict[str, Any]:
    """One repetition in a process of its own."""
    command = [sys.executable, __file__, "--measure", str(study), "--workers", str(workers)]
    command += ["--floor-first"] * floor_first + ["--rest"] * rest
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return dict(json.loads(done.stdout.splitlines()[-1]))


class Clock:
    """Seconds by the clock and of the processors (this process and those it waited for)."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.processor: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        wall, processor = time.perf_counter(), sum(os.times()[:4])
        yield
        self.wall[name] = time.perf_counter() - wall
        self.processor[name] = sum(os.times()[:4]) - processor

    def least(self, name: str, work: Callable[[], None], times: int = 2) -> None:
        """The least that some work costs, of several times."""
        tries = []
        for _ in range(times):
            with self.stage(name):
                work()
            tries.append((self.wall[name], self.processor[name]))
        self.wall[name], self.processor[name] = (min(each) for each in zip(*tries, strict=True))


def measure(study: Path, workers: int, floor_first: bool, more: bool) -> dict[str, Any]:
    """Conversion and floor in this process; ``more``: trace and judge too."""
    from sdtm.pipeline import convert, judge_conversion
    from sdtm.write_output import write_datasets
    from specs import load_study

    clock = Clock()
    rest = Path(tempfile.mkdtemp(dir=study.parent))
    if floor_first:
        clock.least("floor: read", lambda: floor_read(study / "raw"))
    with clock.stage("conversion"):
        conversion = convert(load_study(study), workers=workers)
        with clock.stage("write XPT"):
            write_datasets(conversion.study, conversion.datasets, rest, "sdtm")
    peak = peak_memory()
    if not floor_first:
        clock.least("floor: read", lambda: floor_read(study / "raw"))
    bare = Path(tempfile.mkdtemp(dir=study.parent))
    clock.least("floor: write", lambda: floor_write(conversion.datasets, bare, conversion.study.created))
    written = sum(path.stat().st_size for path in (rest / "sdtm").iterdir())
    if more:
        with clock.stage("trace"):
            from sdtm.trace.store import write_trace

            write_trace(rest / "trace", conversion.datasets, conversion.tables)
        with clock.stage("judge"):
            judge_conversion(conversion)
    shutil.rmtree(rest)
    shutil.rmtree(bare)
    return {
        "wall": {**conversion.seconds, **clock.wall},
        "processor": clock.processor,
        "peak": 0 if floor_first else peak,
        "records": {name: len(dataset.frame) for name, dataset in conversion.datasets.items()},
        "written": written,
    }


def floor_read(folder: Path) -> None:
    import pyarrow as pa
    from pyarrow import csv

    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8") as file:
            names = file.readline().rstrip("\n").split(",")
        text = csv.ConvertOptions(column_types={name: pa.string() for name in names})
        csv.read_csv(path, convert_options=text)


def floor_write(datasets: dict[str, Any], folder: Path, created: str) -> None:
    from sdtm.submission.xpt import write_xpt

    for name, dataset in datasets.items():
        write_xpt(dataset, folder / f"{name}.xpt", created)


def peak_memory() -> int:
    """Highest resident memory of this process so far, in bytes."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def help_seconds(times: int = 5) -> float:
    command = [sys.executable, "-c", "from sdtm.cli import main; main()", "--help"]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}

    def once() -> float:
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment)
        return time.perf_counter() - started

    return statistics.median(once() for _ in range(times))


def _ratio(run: dict[str, Any], kind: str) -> float:
    seconds = run[kind]
    return float(seconds["conversion"] / (seconds["floor: read"] + seconds["floor: write"]))


def _line(run: dict[str, Any]) -> str:
    wall = run["wall"]
    memory = f", peak {run['peak'] / MEGABYTE:.0f} MB" if run["peak"] else ""
    return (
        f"conversion {wall['conversion']:.2f} s, floor {wall['floor: read']:.2f} + {wall['floor: write']:.2f} s, "
        f"ratio {_ratio(run, 'wall'):.2f} (processor time {_ratio(run, 'processor'):.2f}){memory}"
    )


def report(runs: list[dict[str, Any]], rows: int, raw_bytes: int) -> None:
    """Medians of the runs."""

    def median(value: Callable[[dict[str, Any]], float | None]) -> float:
        return statistics.median(value(run) for run in runs if value(run) is not None)

    records = sum(runs[0]["records"].values())
    print(f"{records:,} records, {runs[0]['written'] / MEGABYTE:.1f} MB of XPT: ", end="")
    print(", ".join(f"{name} {size:,}" for name, size in runs[0]["records"].items()))
    print(f"\n{'stage':<16}{'seconds':>9}{'raw rows/s':>14}")
    for stage in STAGES:
        seconds = median(lambda run, stage=stage: run["wall"][stage])  # type: ignore[misc]
        print(f"{stage:<16}{seconds:>9.2f}{rows / seconds:>14,.0f}")
    for name in ("conversion", "floor: read", "floor: write", "trace", "judge"):
        wall = median(lambda run, name=name: run["wall"].get(name))  # type: ignore[misc]
        processor = median(lambda run, name=name: run["processor"].get(name))  # type: ignore[misc]
        print(f"{name:<16}{wall:>9.2f}{rows / wall:>14,.0f}   processor time {processor:.2f} s")
    print(f"\nratio of the conversion to the floor: {median(lambda run: _ratio(run, 'wall')):.2f} ", end="")
    print(f"(by processor time {median(lambda run: _ratio(run, 'processor')):.2f}; target 2.00)")
    peak = max(run["peak"] for run in runs)
    print(f"peak memory: {peak / MEGABYTE:.0f} MB, {peak / raw_bytes:.2f} times the raw files (target 4.00)")


if __name__ == "__main__":
    main()
