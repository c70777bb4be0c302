"""Raw tables to finished domains: stages, books, and what may not change the result."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

STUDY = """
    study: X1
    raw:
      visit: FOLDER
      missing: ["", "."]
      datasets:
        dm: {file: dm.csv, key: [PT]}
        ex: {file: ex.csv, key: [PT, D]}
        ae: {file: ae.csv, key: [PT, TERM, D]}
        vs: {file: vs.csv, key: [PT, FOLDER, D]}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    codelists:
      SEX: {codelist: SEX, terms: {"1": M, "2": F}}
      NY: {codelist: NY, terms: {"Yes": Y, "No": N}}
    visits:
      - {VISITNUM: 1, VISIT: SCREENING, VISITDY: -1, raw: [SCR]}
      - {VISITNUM: 2, VISIT: DAY 1, VISITDY: 1, raw: [D1]}
    unscheduled: {raw: "UNS.*"}
    standard_units: {WEIGHT: kg}
    units: [{test: WEIGHT, unit: LB, to: kg, factor: 0.45359237, digits: 1}]
    elements:
      - {ETCD: SCRN, ELEMENT: Screening, EPOCH: SCREENING, start: {earliest: DM.RFICDTC}}
      - {ETCD: TRT, ELEMENT: Treatment, EPOCH: TREATMENT, start: {earliest: EX.EXSTDTC}, end: {latest: EX.EXENDTC}}
"""
DATE = "format: dd MMM yyyy"
DOMAINS = {
    "dm": f"""
        domain: DM
        sources:
          - from: dm
            map:
              SEX: SEX
              RFICDTC: {{date: CONSENT, {DATE}}}
              BRTHDTC: {{date: BIRTH, format: yyyy}}
              ARM: {{value: Drug A, where: DM.RFXSTDTC IS NOT NULL}}
        reference_dates:
          RFSTDTC: {{earliest: EX.EXSTDTC, where: EXDOSE > 0}}
          RFENDTC: {{latest: EX.EXENDTC, where: EXDOSE > 0}}
          RFXSTDTC: {{earliest: EX.EXSTDTC, where: EXDOSE > 0}}
    """,
    "ex": f"""
        domain: EX
        sources:
          - from: ex
            map:
              EXTRT: {{value: DRUG A}}
              EXDOSE: DOSE
              EXDOSU: {{value: mg}}
              EXSTDTC: {{date: D, {DATE}}}
              EXENDTC: {{date: D, {DATE}}}
    """,
    "ae": f"""
        domain: AE
        sources:
          - from: ae
            where: TERM IS NOT NULL
            because: no event on the form
            map:
              AETERM: TERM
              AESER: SER
              AESTDTC: {{date: D, {DATE}}}
            supp:
              AETRTEM:
                label: Treatment Emergent Flag
                expr: CASE WHEN AE.AESTDTC >= DM.RFSTDTC THEN 'Y' ELSE 'N' END
              AEEARLY: {{label: Within the First Day, value: Y, where: AE.AESTDY <= 2}}
    """,
    "vs": f"""
        domain: VS
        sources:
          - from: vs
            findings:
              SYSBP: {{result: SYS, unit: mmHg}}
              WEIGHT: {{result: WT, unit: LB}}
            not_done: {{where: DONE = 'N', reason: WHY}}
            map: {{VSDTC: {{date: D, {DATE}}}}}
    """,
    "se": "domain: SE\nelements: true\n",
}
RAW = {
    "dm.csv": ["PT,SEX,CONSENT,BIRTH", "001,1,01 FEB 2024,1960", "002,2,02 FEB 2024,UNK", "003,9,03 FEB 2024,1970"],
    "ex.csv": ["PT,D,DOSE", "001,05 FEB 2024,10", "001,06 FEB 2024,10", "002,07 FEB 2024,0", "002,08 FEB 2024,5"],
    "ae.csv": [
        "PT,TERM,SER,D", "001,Rash,Yes,04 FEB 2024", "001,Itch,No,05 FEB 2024", "001,Pain,No,UN FEB 2024",
        "002,Rash,Maybe,10 FEB 2024", "002,,,", "009,Cough,No,11 FEB 2024", "001,Rash,No,07 FEB 2024",
    ],
    "vs.csv": [
        "PT,FOLDER,SYS,WT,DONE,WHY,D", "001,SCR,120,150,Y,,04 FEB 2024", "001,D1,121,,Y,,05 FEB 2024",
        "001,UNS,122,,Y,,06 FEB 2024", "002,SCR,,,N,refused,04 FEB 2024", "002,D2,130,,Y,,08 FEB 2024",
    ],
}  # fmt: skip

Tables = dict[str, list[str]]


def text_of(raw: Tables) -> dict[str, str]:
    return {name: "\n".join(lines) + "\n" for name, lines in raw.items()}


@pytest.fixture
def made(convert_study: Callable[..., Any]) -> Any:
    return convert_study(STUDY, DOMAINS, text_of(RAW))


def rows(made: Any, dataset: str, *names: str) -> list[tuple[Any, ...]]:
    frame = made.datasets[dataset].frame
    columns = [[v if v == v else None for v in frame[name].astype(object)] for name in names]
    return list(zip(*columns, strict=True))


def test_demographics(made):
    assert rows(made, "DM", "USUBJID", "SEX", "RFSTDTC", "RFENDTC", "BRTHDTC", "ARM") == [
        ("X1-001", "M", "2024-02-05", "2024-02-06", "1960", "Drug A"),
        ("X1-002", "F", "2024-02-08", "2024-02-08", None, "Drug A"),
        ("X1-003", None, None, None, "1970", None),
    ]


def test_study_days_have_no_day_zero_and_partial_dates_have_none(made):
    assert rows(made, "AE", "USUBJID", "AETERM", "AESTDTC", "AESTDY", "EPOCH") == [
        ("X1-001", "Pain", "2024-02", None, None),
        ("X1-001", "Rash", "2024-02-04", -1.0, "SCREENING"),
        ("X1-001", "Itch", "2024-02-05", 1.0, "TREATMENT"),
        ("X1-001", "Rash", "2024-02-07", 3.0, None),
        ("X1-002", "Rash", "2024-02-10", 3.0, None),
        ("X1-009", "Cough", "2024-02-11", None, None),
    ]


def test_late_qualifiers_read_study_days_and_reference_dates(made):
    supp = rows(made, "SUPPAE", "USUBJID", "IDVARVAL", "QNAM", "QVAL")
    assert [row for row in supp if row[2] == "AEEARLY"] == [
        ("X1-001", "2", "AEEARLY", "Y"), ("X1-001", "3", "AEEARLY", "Y"),
    ]  # fmt: skip
    assert [row for row in supp if row[2] == "AETRTEM"] == [
        ("X1-001", "1", "AETRTEM", "N"), ("X1-001", "2", "AETRTEM", "N"), ("X1-001", "3", "AETRTEM", "Y"),
        ("X1-001", "4", "AETRTEM", "Y"), ("X1-002", "1", "AETRTEM", "Y"), ("X1-009", "1", "AETRTEM", "N"),
    ]  # fmt: skip


def test_visits_units_and_the_last_value_before_exposure(made):
    assert rows(
        made, "VS", "USUBJID", "VSTESTCD", "VISITNUM", "VISIT", "VSSTRESC", "VSSTRESU", "VSLOBXFL", "VSSTAT"
    ) == [
        ("X1-001", "SYSBP", 1.0, "SCREENING", "120", "mmHg", None, None),
        ("X1-001", "SYSBP", 2.0, "DAY 1", "121", "mmHg", "Y", None),
        ("X1-001", "SYSBP", 2.1, "UNSCHEDULED 2.1", "122", "mmHg", None, None),
        ("X1-001", "WEIGHT", 1.0, "SCREENING", "68", "kg", "Y", None),
        ("X1-002", "SYSBP", None, None, "130", "mmHg", "Y", None),
        ("X1-002", "SYSBP", 1.0, "SCREENING", None, None, None, "NOT DONE"),
        ("X1-002", "WEIGHT", 1.0, "SCREENING", None, None, None, "NOT DONE"),
    ]


def test_elements(made):
    assert rows(made, "SE", "USUBJID", "ETCD", "SESTDTC", "SEENDTC", "EPOCH") == [
        ("X1-001", "SCRN", "2024-02-01", "2024-02-05", "SCREENING"),
        ("X1-001", "TRT", "2024-02-05", "2024-02-06", "TREATMENT"),
        ("X1-002", "SCRN", "2024-02-02", "2024-02-07", "SCREENING"),
        ("X1-002", "TRT", "2024-02-07", "2024-02-08", "TREATMENT"),
        ("X1-003", "SCRN", "2024-02-03", None, "SCREENING"),
    ]


def test_what_was_lost_is_told(made):
    told = {
        (f.rule, f.dataset, f.variable, f.found.split(" (")[0])
        for f in made.findings
        if f.severity == "error"
    }
    assert told >= {
        ("unmapped-term", "DM", "SEX", '"9"'),
        ("unmapped-term", "AE", "AESER", '"Maybe"'),
        ("date-not-read", "DM", "BRTHDTC", '"UNK"'),
        ("visit-not-planned", "VS", "VISIT", '"D2"'),
    }


def test_each_record_knows_its_raw_row(made):
    source = made.datasets["AE"].source
    assert source["table"].unique().tolist() == ["ae"]
    assert source["position"].tolist() == [2, 0, 1, 6, 3, 5]


def test_the_books(made):
    counts = {book.name: (book.read, book.made, book.excluded, book.unaccounted) for book in made.books}
    assert counts == {
        "dm": (3, 3, {}, 0),
        "ex": (4, 4, {}, 0),
        "ae": (7, 6, {"AE: not no event on the form": 1}, 0),
        "vs": (5, 5, {}, 0),
    }
    assert all(not book.unaccounted_columns for book in made.books)


# --- what may not change the result ------------------------------------------------------------------------


def contents(made: Any) -> dict[str, pd.DataFrame]:
    return {
        name: dataset.frame.astype({c: object for c in dataset.frame})
        for name, dataset in made.datasets.items()
    }


def same(first: Any, second: Any) -> bool:
    left, right = contents(first), contents(second)
    return list(left) == list(right) and all(left[name].equals(right[name]) for name in left)


def told(made: Any) -> list[tuple[str, str, str, str, int]]:
    return [(f.rule, f.dataset, f.variable, f.found, f.count) for f in made.findings]


SLOW = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@SLOW
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_raw_rows_does_not_matter(convert_study, made, seed):
    shuffler = random.Random(seed)
    raw = {name: [lines[0], *shuffler.sample(lines[1:], len(lines) - 1)] for name, lines in RAW.items()}
    again = convert_study(STUDY, DOMAINS, text_of(raw))
    assert same(made, again) and told(made) == told(again)


@SLOW
@given(
    name=st.sampled_from(sorted(RAW)),
    values=st.lists(st.sampled_from(["", "x", "AE", "1"]), min_size=7, max_size=7),
)
def test_an_unrelated_column_changes_nothing_but_the_books(convert_study, made, name, values):
    lines = [f"{line},{value}" for line, value in zip(RAW[name][1:], values, strict=False)]
    again = convert_study(STUDY, DOMAINS, text_of({**RAW, name: [RAW[name][0] + ",SPARE", *lines]}))
    assert same(made, again)
    new = set(told(again)) - set(told(made))
    assert {row[0] for row in new} == {"column-unaccounted"} and set(told(made)) <= set(told(again))
    assert [book.unaccounted_columns for book in again.books if book.name == name[:-4]] == [["SPARE"]]


@pytest.mark.parametrize("workers", [2, 5])
def test_the_number_of_shards_does_not_matter(made, workers):
    """Shards are converted here one after the other, without processes."""
    from sdtm.assemble import assemble
    from sdtm.convert_shard import convert_shard
    from sdtm.shards import merge, split_tables
    from sdtm.trace.ledger import keep_books
    from validation.findings import fold

    shards = split_tables(made.plan, made.tables, workers)
    assert len(shards) > 1
    results = [convert_shard(made.plan, shard.tables) for shard in shards]
    result = merge(made.plan, made.tables, shards, results)
    datasets = assemble(made.plan, result.domains)
    assert list(datasets) == list(made.datasets)
    for name, dataset in datasets.items():
        whole = made.datasets[name]
        assert dataset.frame.astype(object).equals(whole.frame.astype(object)), name
        assert dataset.source["position"].tolist() == whole.source["position"].tolist()
    books, leftovers = keep_books(made.plan, made.tables, result.accounts)
    assert books == made.books
    of_conversion = [f for f in fold([*result.findings, *leftovers])]
    assert of_conversion == [f for f in made.findings if f in of_conversion] and len(of_conversion) >= 4


CELL = st.sampled_from(
    ["", "1", "Y", "N", "Rash", "05 FEB 2024", "UN FEB 2024", "30 FEB 2024", ".", "é", "001"]
)


@SLOW
@given(st.lists(st.tuples(st.sampled_from(["001", "002", "", "X"]), CELL, CELL, CELL), max_size=12))
def test_the_books_always_balance(convert_study, lines):
    """Whatever stands in the cells: no traceback, and every row is somewhere."""
    raw = {**RAW, "ae.csv": [RAW["ae.csv"][0], *(",".join(cells) for cells in lines)]}
    made = convert_study(STUDY, DOMAINS, text_of(raw))
    for book in made.books:
        assert book.read == book.made + book.joined + sum(book.excluded.values()) + book.unaccounted
    (ledger,) = [book for book in made.books if book.name == "ae"]
    written = sum(any(cells) for cells in lines)
    assert ledger.read in (written, len(lines)) and ledger.unaccounted == 0
    assert len(made.datasets["AE"].frame) == ledger.made
    losses = [f for f in made.findings if f.dataset == "AE" and f.variable in ("AESER", "AESTDTC")]
    for finding in losses:
        assert finding.places[0].file == "ae.csv" and finding.places[0].row
