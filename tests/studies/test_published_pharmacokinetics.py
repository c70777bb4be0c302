"""NCA of the bundled studies' SDTM gives the printed pharmacokinetic tables: every cell, to its last digit.

Expected values: published.yaml of both studies, read from the shared folder (LXI-15029 Tables 3 and 4, HE072 Table 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ruamel.yaml import YAML

from sdtm.columns import plain
from sdtm.derivations import accumulation_ratios, nca, pk_concentration, pk_times, predose_copies
from sdtm.derivations.notes import Notes
from sdtm.run_study import Run
from sdtm.statistics.geometric import compute_geometric
from sdtm.statistics.summary import compute_summary

LXI_DAY_1 = {"Cmax": "CMAX", "Tmax": "TMAX", "AUC0-T": "AUCTAU", "AUC0-t": "AUCLST", "AUC0-inf": "AUCIFO",
             "t1/2": "LAMZHL", "V/F": "VZFO", "CL/F": "CLFO"}  # fmt: skip
# Cmin,ss is the value before the dose of day 28 (specs/studies/lxi15029/README.md).
LXI_DAY_28 = {"Cmax,ss": "CMAX", "Cmin,ss": "CTROUGH", "Cav,ss": "CAVG", "AUCss": "AUCTAU", "Tmax,ss": "TMAX",
              "t1/2,ss": "LAMZHL", "Rac_Cmax": "ARCMAX", "Rac_AUC": "ARAUC"}  # fmt: skip
HE072 = {
    "Cmax": "CMAX",
    "Tmax": "TMAX",
    "AUC0-t": "AUCLST",
    "AUC0-inf": "AUCIFO",
    "t1/2": "LAMZHL",
    "Vd": "VZO",
    "CL": "CLO",
}
ANALYTES = {"total_irinotecan": "IRINTOT", "free_irinotecan": "IRINFREE", "sn38": "SN38"}


def analysis(done: Run, **doses: str) -> pd.DataFrame:
    """Concentrations with their times, pre-dose samples also as the start of the next interval."""
    datasets = done.conversion.datasets
    pc, table = plain(datasets["PC"].frame), plain(datasets[doses.get("doses", "EX")].frame)
    given: dict[str, Any] = {"tables": {doses.get("doses", "EX"): table}, "notes": Notes()}
    timed = pd.concat([pc, pk_times(pc, **given, **doses), pk_concentration(pc, notes=Notes())], axis=1)
    timed["DTYPE"] = pd.Series(None, index=timed.index, dtype="str")
    timed["DOSELEVEL"] = timed["USUBJID"].map(
        plain(datasets["EX"].frame).groupby("USUBJID")["EXDOSE"].first()
    )
    return pd.concat([timed, predose_copies(timed, **given, **doses)], ignore_index=True)


def printed(shared: Path, study: str, prefix: str) -> list[dict[str, Any]]:
    with (shared / "studies" / study / "published.yaml").open(encoding="utf-8") as stream:
        entries = YAML(typ="safe").load(stream)["entries"]
    return [entry for entry in entries if entry["key"].startswith(prefix) and "stat" in entry]


def agrees(value: float, cell: float) -> bool:
    decimals = len(str(cell).partition(".")[2])
    return abs(value - cell) <= 0.5 * 10**-decimals * (1 + 1e-9)


def misses(
    parameters: pd.DataFrame, entries: list[dict[str, Any]], names: Mapping[str, str]
) -> tuple[list[str], int]:
    """Cells that a table of calculated values does not give, and how many there are."""
    wrong, count = [], 0
    for entry in entries:
        _, group, level, name = entry["key"].split(".", 3)
        rows = parameters[
            (parameters["DOSELEVEL"] == float(level[1:])) & (parameters["PARAMCD"] == names[name])
        ]
        if group in ANALYTES:
            rows = rows[rows["PCTESTCD"] == ANALYTES[group]]
        # The article prints areas of free irinotecan in h*ug/mL, the laboratory measured ng/mL.
        values = rows["AVAL"].dropna() / (
            1000 if entry.get("unit") == "h*ug/mL" and group == "free_irinotecan" else 1
        )
        if "gcv_pct" in entry:
            found = compute_geometric(values)
            cells = [(found.mean, entry["value"]), (found.cv_percent, entry["gcv_pct"])]
        else:
            total = compute_summary(values)
            cells = [(total.mean, entry["value"]), (total.sd, entry["sd"])] if "sd" in entry else [
                (total.median, entry["value"]), (total.minimum, entry["range"][0]), (total.maximum, entry["range"][1])
            ]  # fmt: skip
        count += len(cells)
        wrong += [f"{entry['key']} {value} is not {cell}" for value, cell in cells if not agrees(value, cell)]
    return wrong, count


@pytest.mark.xdist_group("lxi15029")
def test_all_cells_of_tables_3_and_4_of_lxi15029(shared: Path, lxi_run: Run) -> None:
    concentrations = analysis(lxi_run)
    options: dict[str, Any] = {
        "by": ["USUBJID", "PCTESTCD"],
        "keep": "DOSELEVEL",
        "tau": 12,
        "notes": Notes(),
    }
    day_1 = nca(
        concentrations[(concentrations["VISIT"] == "CYCLE 1 DAY 1") & concentrations["DTYPE"].isna()],
        **options,
    )
    last = concentrations["VISIT"].eq("CYCLE 1 DAY 28") & (
        concentrations["DTYPE"].eq("COPY") | (concentrations["PCTPTNUM"] > 0)
    )
    day_28 = nca(concentrations[last], dosing="steady", **options)
    both = pd.concat([day_1.assign(VISIT="1"), day_28.assign(VISIT="28")], ignore_index=True)
    ratios = accumulation_ratios(
        both, by=["USUBJID", "PCTESTCD"], profile="VISIT", reference="1", notes=Notes()
    )
    first, cells_1 = misses(day_1, printed(shared, "lxi15029", "pk.d1."), LXI_DAY_1)
    second, cells_28 = misses(pd.concat([day_28, ratios]), printed(shared, "lxi15029", "pk.d28."), LXI_DAY_28)
    assert first + second == [] and cells_1 + cells_28 == 236


@pytest.mark.xdist_group("he072")
def test_all_cells_of_table_3_of_he072(shared: Path, he072_run: Run) -> None:
    concentrations = analysis(
        he072_run, doses="EC", start="ECSTDTC", end="ECENDTC", amount="ECDOSE", unit="ECDOSU", frequency="ECDOSFRQ",
        route="ECROUTE", dose_treatment="ECTRT",
    )  # fmt: skip
    first = (
        concentrations["ATPTREF"].str.startswith("DOSE OF DAY 1 ", na=False) & concentrations["DTYPE"].isna()
    )
    profiles = concentrations[first]
    # The full schedule (17 subjects); the others gave three or four samples.
    full = profiles.groupby("USUBJID")["PCTPTNUM"].transform("nunique") > 6
    found = nca(
        profiles[full], by=["USUBJID", "PCTESTCD"], keep="DOSELEVEL", route="DOSEROUT", duration="ADOSEDUR",
        method="linear", notes=Notes(),
    )  # fmt: skip
    wrong, cells = misses(found, printed(shared, "he072", "pk."), HE072)
    assert wrong == [] and cells == 84
