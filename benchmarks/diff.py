"""How fast two deliveries are compared: a million laboratory records against a million, beside a bare merge.

    python -m benchmarks.diff [--records 1000000]

The records are invented. The new delivery has them in another order, with one of a thousand removed, one added,
one with another result; a tenth of the subjects is numbered anew. What is measured is the comparison of data
frames in memory; the yardstick is `pandas.merge` of the same two frames by the same key, which says only what
belongs together. Both in one run, so that the ratio says something on any machine.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from sdtm.trace.diff.compare import diff
from sdtm.trace.diff.deliveries import Delivery
from sdtm.trace.diff.facts import Facts
from validation.folder_files import LoadedDataset
from validation.tables import Metadata

TESTS, VISITS = 40, 25
KEY = ["USUBJID", "LBTESTCD", "VISITNUM"]


def laboratory(records: int) -> pd.DataFrame:
    """Invented results: 40 tests at 25 visits of as many subjects as it takes, in the columns of LB."""
    row = np.arange(records)
    subject, visit, test = row // (TESTS * VISITS), row // TESTS % VISITS, row % TESTS
    value = np.round(np.random.default_rng(0).normal(50, 10, records), 2)
    text = {
        "STUDYID": np.full(records, "SYNTH"),
        "DOMAIN": np.full(records, "LB"),
        "USUBJID": np.char.add("SYNTH-", np.char.zfill(subject.astype(str), 5)),
        "LBTESTCD": np.char.add("TEST", test.astype(str)),
        "LBTEST": np.char.add("Invented test ", test.astype(str)),
        "LBCAT": np.full(records, "CHEMISTRY"),
        "LBORRES": value.astype(str),
        "LBORRESU": np.full(records, "U/L"),
        "LBSTRESC": value.astype(str),
        "LBSTRESU": np.full(records, "U/L"),
        "VISIT": np.char.add("VISIT ", visit.astype(str)),
        "LBDTC": np.char.add("2024-01-", np.char.zfill((visit + 1).astype(str), 2)),
    }
    frame = pd.DataFrame({name: pd.array(values, dtype="str") for name, values in text.items()})
    frame["LBSEQ"] = (row % (TESTS * VISITS) + 1).astype(float)
    frame["LBSTRESN"] = value
    frame["LBDY"] = (visit * 7 + 1).astype(float)
    frame["VISITNUM"] = visit.astype(float)
    return frame


def altered(frame: pd.DataFrame) -> pd.DataFrame:
    """The same in another order, with records removed, added and changed, and some numbered anew."""
    new = frame.iloc[np.random.default_rng(1).permutation(len(frame))].reset_index(drop=True)
    new.loc[::1000, "LBSTRESN"] += 1
    renumbered = new["USUBJID"].str.endswith("7")
    new.loc[renumbered, "LBSEQ"] += 1
    added = new.iloc[1::1000].assign(VISITNUM=99.0)
    return pd.concat([new.drop(new.index[2::1000]), added], ignore_index=True)


def delivery(frame: pd.DataFrame) -> Delivery:
    return Delivery(
        "", {"LB": LoadedDataset("LB", frame, Metadata())}, {"LB": "sdtm"}, Facts(keys={"LB": tuple(KEY)})
    )


def measured(work: Callable[[], object]) -> tuple[float, object]:
    started = time.process_time()
    done = work()
    return time.process_time() - started, done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    records = parser.parse_args().records
    small = laboratory(10_000)
    diff(delivery(small), delivery(altered(small)))  # everything imported
    old = laboratory(records)
    new = altered(old)
    seconds, found = measured(lambda: diff(delivery(old), delivery(new)))
    yardstick, _ = measured(
        lambda: old.merge(new, on=KEY, how="outer", suffixes=("_OLD", "_NEW"), indicator=True)
    )
    one = found.datasets["LB"]  # type: ignore[attr-defined]
    print(f"records              {len(old):,} and {len(new):,}, {len(old.columns)} variables")
    print(
        f"found                {len(one.matches.removed):,} removed, {len(one.matches.added):,} added, "
        f"{len(one.changed):,} changed, {len(one.moved):,} renumbered"
    )
    print(f"bare pandas merge    {yardstick:.2f} s")
    print(f"sdtm diff            {seconds:.2f} s, {seconds / yardstick:.2f} of the merge")
    print(f"peak memory          {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
