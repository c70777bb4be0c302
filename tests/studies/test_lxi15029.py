"""The bundled study from raw files to SDTM: counts that the design states, declared messes, equal bytes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sdtm.run_study import Run
from sdtm.shards import split_tables
from sdtm.submission.read_back import verify_xpt

pytestmark = pytest.mark.xdist_group("lxi15029")


@pytest.fixture(scope="module")
def done(lxi_run: Run) -> Run:
    return lxi_run


def frame_of(done: Run, name: str):
    return done.conversion.datasets[name].frame


def test_35_screened_24_treated_11_screen_failures(done: Run) -> None:
    """studies/lxi15029/design.md: screened 35, failures 11, enrolled 24 in groups of 3, 3, 3, 4, 4, 3, 4."""
    dm = frame_of(done, "DM")
    assert len(dm) == 35
    assert dm["RFXSTDTC"].notna().sum() == 24
    assert Counter(dm["ARMNRS"].dropna()) == {"SCREEN FAILURE": 11}
    assert Counter(dm["ARMCD"].dropna()) == {
        "D010": 3, "D020": 3, "D040": 3, "D060": 4, "D080": 4, "D110": 3, "D150": 4,
    }  # fmt: skip


def test_leading_zeros_of_subjects_are_kept(done: Run) -> None:
    dm = frame_of(done, "DM")
    assert dm["USUBJID"].iloc[0] == "LXI15029-01-001"
    assert dm["SUBJID"].iloc[0] == "001"
    assert dm["SITEID"].iloc[0] == "01"


def test_two_boxes_of_race_are_multiple_and_each_is_kept(done: Run) -> None:
    dm, supp = frame_of(done, "DM"), frame_of(done, "SUPPDM")
    subject = dm.loc[dm["RACE"].eq("MULTIPLE"), "USUBJID"].tolist()
    assert subject == ["LXI15029-01-027"]
    races = supp.loc[supp["USUBJID"].eq(subject[0]) & supp["QNAM"].str.startswith("RACE"), "QVAL"]
    assert sorted(races) == ["ASIAN", "WHITE"]


def test_the_first_of_several_consents_counts(done: Run) -> None:
    ds, dm = frame_of(done, "DS"), frame_of(done, "DM")
    consents = ds.loc[ds["DSDECOD"].eq("INFORMED CONSENT OBTAINED")].astype(str)
    first = consents.groupby("USUBJID")["DSSTDTC"].min()
    assert len(consents) > 35  # some consented again on an amendment
    assert (dm.set_index("USUBJID")["RFICDTC"].astype(str).str[:10] == first.str[:10]).all()


def test_below_quantification_has_no_number(done: Run) -> None:
    pc = frame_of(done, "PC")
    blq = pc.loc[pc["PCSTRESC"].eq("BLQ")]
    assert len(blq) > 0
    assert blq["PCSTRESN"].isna().all()
    assert pc.loc[pc["PCSTAT"].eq("NOT DONE"), "PCREASND"].tolist() == ["Vein access failed"]


def test_partial_dates_stay_partial_and_have_no_day(done: Run) -> None:
    ae = frame_of(done, "AE")
    partial = ae.loc[ae["AESTDTC"].str.len().between(4, 7)]
    assert len(partial) > 0
    assert partial["AESTDY"].isna().all()


def test_an_event_after_treatment_is_in_follow_up(done: Run) -> None:
    """Trap 8: epochs follow the subject's own dates."""
    ae, se = frame_of(done, "AE"), frame_of(done, "SE")
    follow_up = se.loc[se["ETCD"].eq("FU")].set_index("USUBJID")["SESTDTC"].astype(str)
    late = ae.loc[ae["AESTDTC"].astype(str).str[:10] >= ae["USUBJID"].astype(str).map(follow_up)]
    late = late.loc[late["AESTDTC"].str.len().ge(10)]
    assert len(late) > 0
    assert set(late["EPOCH"].dropna()) == {"FOLLOW-UP"}


def test_long_text_goes_on_in_supp(done: Run) -> None:
    supp = frame_of(done, "SUPPAE")
    assert {"AETERM1", "AECOM", "AECOM1"} <= set(supp["QNAM"])
    assert supp["QVAL"].str.len().max() <= 200
    terms = frame_of(done, "AE")["AETERM"]
    assert terms.str.len().max() <= 200


def test_not_done_records_are_kept(done: Run) -> None:
    """Trap 2: two forms not done (six planned tests each) and one test."""
    vs = frame_of(done, "VS")
    not_done = vs.loc[vs["VSSTAT"].eq("NOT DONE")]
    assert len(not_done) == 2 * 6 + 1
    assert not_done["VSREASND"].notna().all()
    assert not_done["VSORRES"].isna().all()
    assert not_done["VSLOBXFL"].isna().all()


def test_the_declared_messes_are_found_and_nothing_else(done: Run) -> None:
    """specs/studies/lxi15029/README.md lists each of them."""
    found = Counter((f.dataset, f.rule) for f in done.findings if f.severity != "note")
    assert found == {
        ("", "duplicate-row"): 1,
        ("AE", "unmapped-term"): 1,
        ("AE", "duplicate-record"): 1,
        ("LB", "orphan-subject"): 1,
        ("ADLB", "subject-not-in-adsl"): 1,  # the same result, in the dataset that is made of LB
        ("DM", "reference-date-uncertain"): 1,
    }
    term = next(f for f in done.findings if f.rule == "unmapped-term")
    assert (term.places[0].file, term.places[0].row, term.found) == ("AE.csv", 57, '"9"')


def test_the_books_balance_with_nothing_left_over(done: Run) -> None:
    for book in done.conversion.books:
        assert book.read == book.made + book.joined + sum(book.excluded.values())
        assert book.unaccounted == 0
        assert book.unaccounted_columns == []


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, sdtm: Callable[..., Any]) -> tuple[Path, Any]:
    """``sdtm demo`` with two workers in a folder of its own: that folder, and what was printed."""
    folder = tmp_path_factory.mktemp("elsewhere")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return folder, sdtm("demo", "--out", "demo", "--workers", 2)


def test_demo_works_from_another_folder(demo: tuple[Path, Any]) -> None:
    folder, outcome = demo
    assert outcome.code == 0, outcome
    assert outcome.out.startswith("SYNTHETIC DATA")
    assert (folder / "demo" / "sdtm" / "dm.xpt").is_file()
    assert (folder / "demo" / "manifest.json").is_file()
    assert "error: " not in outcome.err
    # It ends with the published numbers beside ours.
    assert outcome.out.rstrip().endswith("all of them in demo/reports/comparison.csv")
    # From raw files to the package in one command; the declared errors of the demo are decided about, and told.
    manifest = json.loads((folder / "demo-package" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["package"]["with_findings"]["who"] == "sdtm demo"
    data = folder / "demo-package" / "m5" / "datasets" / "LXI15029"
    for file in ("tabulations/sdtm/dm.xpt", "analysis/adam/datasets/adsl.xpt", "tabulations/sdtm/csdrg.docx"):
        assert (data / file).is_file()


def test_two_workers_in_another_folder_give_the_same_bytes(done: Run, demo: tuple[Path, Any]) -> None:
    assert len(split_tables(done.conversion.plan, done.conversion.tables, 2)) == 2
    again = demo[0] / "demo"
    first = {p.relative_to(done.out): p.read_bytes() for p in done.out.rglob("*") if p.is_file()}
    second = {p.relative_to(again): p.read_bytes() for p in again.rglob("*") if p.is_file()}
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_every_transport_file_reads_back_equal(done: Run) -> None:
    assert done.analyses is not None
    tabulations = done.conversion.datasets | done.analyses.tabulations
    for folder, datasets in (("sdtm", tabulations), ("adam", done.analyses.datasets)):
        for name, dataset in datasets.items():
            assert verify_xpt(done.out / folder / f"{name.lower()}.xpt", dataset) == [], name


def test_the_manifest_names_every_file(done: Run) -> None:
    manifest = json.loads((done.out / "manifest.json").read_text(encoding="utf-8"))
    listed = {entry["path"] for entry in manifest["outputs"]}
    there = {p.relative_to(done.out).as_posix() for p in done.out.rglob("*") if p.is_file()}
    assert listed == there - {"manifest.json"}
