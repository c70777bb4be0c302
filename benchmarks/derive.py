"""How fast analysis datasets are made: ADSL, ADAE, ADRS, ADTTE, ADPP of 3,080 subjects, and how time grows.

    python -m benchmarks.derive [--subjects 3080]

The subjects are those of the bundled study LXI-15029 (synthetic), repeated under other numbers. Two sizes are
measured in one run, so that the growth per subject is told by a ratio and not by the machine.
"""

from __future__ import annotations

import argparse
import resource
import time

import pandas as pd

from sdtm.adam.engine import derive_analyses
from sdtm.adam.inputs import Inputs, sdtm_inputs
from sdtm.adam.sdtm_columns import with_planned_columns
from sdtm.pipeline import convert
from specs import load_study
from specs.model import Study

WANTED = ("ADSL", "ADAE", "ADTR", "ADRS", "ADTTE", "ADPC", "ADPP")  # with those that they are made from


def repeated(inputs: Inputs, times: int) -> Inputs:
    """The same subjects many times, each under a number of its own."""
    frames = {}
    for name, frame in inputs.frames.items():
        if "USUBJID" not in frame:
            frames[name] = frame
            continue
        copies = [frame.assign(USUBJID=frame["USUBJID"] + f"-{number:04d}") for number in range(times)]
        frames[name] = pd.concat(copies, ignore_index=True)
    return Inputs(frames, inputs.labels)


def measured(study: Study, inputs: Inputs) -> tuple[float, int]:
    """Seconds of processor time and records made."""
    started = time.process_time()
    made = derive_analyses(study, inputs)
    return time.process_time() - started, sum(len(frame) for frame in made.frames.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=3080)
    wanted = parser.parse_args().subjects
    study = load_study("lxi15029")
    conversion = convert(study)
    frames = {name: dataset.frame for name, dataset in conversion.datasets.items()}
    inputs = with_planned_columns(sdtm_inputs(frames), conversion.plan)
    kept = study.model_copy(update={"adam": {n: d for n, d in study.adam.items() if n in WANTED}})
    per_copy = len(inputs.frames["DM"])
    measured(kept, inputs)  # everything imported and compiled
    small_times, large_times = max(1, wanted // per_copy // 4), max(1, wanted // per_copy)
    small = measured(kept, repeated(inputs, small_times))
    large = measured(kept, repeated(inputs, large_times))
    growth = (large[0] / large_times) / (small[0] / small_times)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"datasets             {', '.join(WANTED)}")
    for label, (seconds, records), times in (("quarter", small, small_times), ("whole", large, large_times)):
        subjects = times * per_copy
        print(
            f"{label:<20} {subjects} subjects, {records} records: {seconds:.2f} s, {records / seconds:,.0f} records/s"
        )
    print(f"time per subject     {growth:.2f} of that at a quarter of the size (1 is linear)")
    print(f"peak memory          {memory:.0f} MB")


if __name__ == "__main__":
    main()
