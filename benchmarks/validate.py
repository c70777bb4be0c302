"""How fast the whole rule set is: SDTM and ADaM of 3,060 subjects, per dataset and rule, and how time grows.

    python -m benchmarks.validate [--subjects 3060] [--study lxi15029] [--rules 15]

The subjects are those of a bundled study (synthetic), repeated under other numbers. Two sizes are measured in
one run, so that the growth per record is told by a ratio and not by the machine.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Mapping

import pandas as pd

from sdtm.adam.engine import derive_analyses
from sdtm.adam.inputs import sdtm_inputs
from sdtm.adam.sdtm_columns import with_planned_columns
from sdtm.pipeline import convert, metadata_of
from specs import load_study
from specs.model import Study
from validation.costs import costs_text
from validation.judge import Judgement, judge
from validation.tables import Metadata

SUBJECTS = ("USUBJID", "RSUBJID", "SUBJID")
Frames = dict[str, pd.DataFrame]


def datasets_of(study: Study) -> tuple[Frames, dict[str, Metadata]]:
    """All datasets of a study, SDTM and ADaM, and what their files would say of them."""
    conversion = convert(study)
    frames = {name: dataset.frame for name, dataset in conversion.datasets.items()}
    inputs = with_planned_columns(sdtm_inputs(frames), conversion.plan)
    analyses = derive_analyses(study, inputs)
    made = {**conversion.datasets, **analyses.tabulations, **analyses.datasets}
    return {n: d.frame for n, d in made.items()}, {n: metadata_of(d) for n, d in made.items()}


def repeated(frames: Mapping[str, pd.DataFrame], times: int) -> Frames:
    """The same subjects many times, each under a number of its own; trial design once."""
    return {name: _repeated(frame, times) for name, frame in frames.items()}


def _repeated(frame: pd.DataFrame, times: int) -> pd.DataFrame:
    names = [name for name in SUBJECTS if name in frame.columns]
    if "USUBJID" not in names or times == 1:
        return frame
    texts = {name: frame[name].astype(object) for name in names}
    copies = []
    for number in range(times):
        own = {name: text.where(text.isna(), text + f"-{number:04d}") for name, text in texts.items()}
        copies.append(frame.assign(**own))
    whole = pd.concat(copies, ignore_index=True)
    return whole.assign(**{name: whole[name].astype("category") for name in names})


def measured(study: Study, frames: Frames, metadata: Mapping[str, Metadata]) -> tuple[float, Judgement]:
    """Seconds of processor time, and what was judged."""
    started = time.process_time()
    judgement = judge(frames, study, metadata=metadata)
    return time.process_time() - started, judgement


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=3060)
    parser.add_argument("--study", default="lxi15029")
    parser.add_argument("--rules", type=int, default=15)
    options = parser.parse_args()
    study = load_study(options.study)
    frames, metadata = datasets_of(study)
    per_copy = len(frames["DM"])
    whole = max(4, -(-options.subjects // per_copy))  # at least as many subjects as were asked for
    measured(study, frames, metadata)  # everything imported, terminology unpacked
    quarter = max(1, whole // 4)
    small, _ = measured(study, repeated(frames, quarter), metadata)
    large_frames = repeated(frames, whole)
    large, judgement = measured(study, large_frames, metadata)
    records = sum(len(frame) for frame in large_frames.values())
    growth = (large / whole) / (small / quarter)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(costs_text(judgement.costs, options.rules))
    print()
    print(
        f"datasets             {len(frames)}, {len({ran.rule for ran in judgement.ran})} rules and the schemas"
    )
    print(
        f"whole                {whole * per_copy} subjects, {records:,} records: {large:.2f} s of processor time"
    )
    print(f"records per second   {records / large:,.0f}")
    print(f"time per subject     {growth:.2f} of that at a quarter of the size (1 is linear)")
    print(f"peak memory          {memory:.0f} MB")


if __name__ == "__main__":
    main()
