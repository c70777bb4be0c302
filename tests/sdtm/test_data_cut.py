"""The data cut on whole studies: what leaves, what changes, what follows from it, and the books. Invented data."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

STUDY = """
    study: X1
    raw:
      visit: FOLDER
      datasets:
        dm: {file: dm.csv, key: [PT]}
        ex: {file: ex.csv, key: [PT, D]}
        ae: {file: ae.csv, key: [PT, TERM]}
        ds: {file: ds.csv, key: [PT, TERM]}
        vs: {file: vs.csv, key: [PT, D]}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    visits:
      - {VISITNUM: 1, VISIT: DAY 1, raw: [D1]}
    unscheduled: {raw: "UNS"}
    elements:
      - {ETCD: TRT, ELEMENT: Treatment, EPOCH: TREATMENT, start: {earliest: EX.EXSTDTC}, end: {latest: EX.EXENDTC}}
    data_cut:
      date: "2023-06-05"
      entered: RFICDTC
      domains:
        AE: {later: {AEENDTC: {set: {AEOUT: NOT RECOVERED/NOT RESOLVED, AEENRTPT: ONGOING, AEENTPT: "{CUTOFF}"}}}}
"""
DOMAINS = {
    "dm": """
        domain: DM
        sources:
          - from: dm
            map:
              RFICDTC: {date: CONSENT, format: yyyy-MM-dd}
              DTHFL: {value: Y, where: DIED IS NOT NULL}
        reference_dates:
          RFSTDTC: {earliest: EX.EXSTDTC}
          RFXENDTC: {latest: EX.EXENDTC}
          DTHDTC: {earliest: DS.DSSTDTC, where: DSDECOD = 'DEATH'}
    """,
    "ex": """
        domain: EX
        sources:
          - from: ex
            map:
              EXTRT: {value: DRUG}
              EXSTDTC: {date: D, format: yyyy-MM-dd}
              EXENDTC: {date: E, format: yyyy-MM-dd}
    """,
    "ae": """
        domain: AE
        sources:
          - from: ae
            map:
              AETERM: TERM
              AEOUT: OUT
              AESTDTC: {date: S, format: [yyyy-MM-dd, yyyy-MM]}
              AEENDTC: {date: E, format: yyyy-MM-dd}
            supp:
              AEX: {label: Extra, column: TERM}
    """,
    "ds": """
        domain: DS
        sources:
          - from: ds
            map:
              DSTERM: TERM
              DSDECOD: TERM
              DSSTDTC: {date: D, format: yyyy-MM-dd}
    """,
    "vs": """
        domain: VS
        sources:
          - from: vs
            map: {VSDTC: {date: D, format: yyyy-MM-dd}}
            findings: {WEIGHT: {result: WT, unit: kg}}
    """,
    "se": """
        domain: SE
        elements: true
    """,
}
RAW = {
    "dm.csv": """
        PT,CONSENT,DIED
        1,2023-01-01,
        2,2023-06-06,
        3,2023-02-01,Y
        4,2023-02-01,Y
    """,
    "ex.csv": """
        PT,D,E
        1,2023-01-10,2023-01-10
        1,2023-06-05,2023-06-05
        1,2023-06-06,2023-06-06
        2,2023-06-07,2023-06-07
        3,2023-02-10,2023-02-10
        4,2023-02-10,2023-02-10
    """,
    "ae.csv": """
        PT,TERM,OUT,S,E
        1,BEFORE,RECOVERED/RESOLVED,2023-01-11,2023-01-12
        1,ACROSS,RECOVERED/RESOLVED,2023-06-01,2023-06-20
        1,LATER,RECOVERED/RESOLVED,2023-06-07,
        1,PARTIAL,RECOVERED/RESOLVED,2023-06,
        1,UNDATED,RECOVERED/RESOLVED,,
        2,NOT IN,RECOVERED/RESOLVED,2023-01-01,
    """,
    "ds.csv": """
        PT,TERM,D
        3,DEATH,2023-06-05
        4,DEATH,2023-06-06
    """,
    "vs.csv": """
        PT,FOLDER,D,WT
        1,D1,2023-01-10,70
        1,UNS,2023-02-10,71
        1,UNS,2023-06-09,72
    """,
}


def _texts(conversion: Any, dataset: str, *names: str) -> list[tuple[Any, ...]]:
    frame = conversion.datasets[dataset].frame[list(names)].astype(object)
    return [tuple(v if isinstance(v, str) or v == v else None for v in row) for row in frame.to_numpy()]


@pytest.fixture
def cut(convert_study: Callable[..., Any]) -> Any:
    return convert_study(STUDY, DOMAINS, RAW)


def test_records_after_the_cut_off_leave_and_the_others_are_numbered_without_them(cut: Any) -> None:
    assert _texts(cut, "AE", "USUBJID", "AESEQ", "AETERM") == [
        ("X1-1", 1, "UNDATED"),
        ("X1-1", 2, "BEFORE"),
        ("X1-1", 3, "PARTIAL"),
        ("X1-1", 4, "ACROSS"),
    ]
    assert _texts(cut, "SUPPAE", "IDVARVAL", "QVAL") == [
        ("1", "UNDATED"),
        ("2", "BEFORE"),
        ("3", "PARTIAL"),
        ("4", "ACROSS"),
    ]


def test_an_event_that_ends_after_the_cut_off_is_ongoing_as_declared(cut: Any) -> None:
    found = _texts(cut, "AE", "AETERM", "AEENDTC", "AEOUT", "AEENRTPT", "AEENTPT")
    assert found[3] == ("ACROSS", None, "NOT RECOVERED/NOT RESOLVED", "ONGOING", "2023-06-05")
    assert found[1] == ("BEFORE", "2023-01-12", "RECOVERED/RESOLVED", None, None)


def test_a_subject_who_entered_after_the_cut_off_is_nowhere(cut: Any) -> None:
    for name, dataset in cut.datasets.items():
        assert "X1-2" not in set(dataset.frame["USUBJID"]), name


def test_a_death_after_the_cut_off_has_not_happened(cut: Any) -> None:
    # special_dm_cut of datacutr clears DTHDTC and DTHFL of a death on the day after.
    assert _texts(cut, "DM", "USUBJID", "DTHDTC", "DTHFL") == [
        ("X1-1", None, None),
        ("X1-3", "2023-06-05", "Y"),
        ("X1-4", None, None),
    ]


def test_reference_dates_elements_and_visits_follow_from_what_stays(cut: Any) -> None:
    assert _texts(cut, "DM", "RFSTDTC", "RFXENDTC")[0] == ("2023-01-10", "2023-06-05")
    assert _texts(cut, "SE", "SESTDTC", "SEENDTC")[0] == ("2023-01-10", "2023-06-05")
    assert _texts(cut, "VS", "VISITNUM", "VSDTC") == [(1.0, "2023-01-10"), (1.1, "2023-02-10")]


def test_the_books_balance_and_name_the_cut(cut: Any) -> None:
    books = {book.name: book for book in cut.books}
    assert books["ae"].excluded == {"AE: after the data cut-off": 2}
    assert (books["ae"].read, books["ae"].made, books["ae"].unaccounted) == (6, 4, 0)
    assert books["ex"].excluded == {"EX: after the data cut-off": 2}
    assert books["vs"].excluded == {"VS: after the data cut-off": 1}
    assert books["dm"].excluded == {"DM: after the data cut-off": 1}


def test_the_read_out_lists_each_removal_and_change_with_its_reason(
    build_study: Callable[..., Path], sdtm: Callable[..., Any], tmp_path: Path
) -> None:
    study, out = build_study(STUDY, DOMAINS, RAW), tmp_path / "out"
    sdtm("run", study, "--out", out, "--quiet")
    with (out / "reports" / "datacut.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    events = [
        (r["action"], r["variable"], r["value"], r["becomes"], r["row"]) for r in rows if r["domain"] == "AE"
    ]
    assert events == [
        ("changed", "AEENDTC", "2023-06-20", "", "3"),
        ("changed", "AEENRTPT", "", "ONGOING", "3"),
        ("changed", "AEENTPT", "", "2023-06-05", "3"),
        ("changed", "AEOUT", "RECOVERED/RESOLVED", "NOT RECOVERED/NOT RESOLVED", "3"),
        ("removed", "AESTDTC", "2023-06-07", "", "4"),
        ("kept", "AESTDTC", "2023-06", "", "5"),
        ("removed", "RFICDTC", "2023-06-06", "", "7"),
    ]
    death = [r for r in rows if r["domain"] == "DM" and r["USUBJID"] == "X1-4"]
    assert [(r["action"], r["variable"], r["value"]) for r in death] == [
        ("changed", "DTHDTC", "2023-06-06"),
        ("changed", "DTHFL", "Y"),
    ]
    told = json.loads((out / "reports" / "datacut.json").read_text(encoding="utf-8"))
    assert told["domains"]["AE"] == {
        "records": 6,
        "removed": 2,
        "changed": 1,
        "perhaps_after": 1,
        "undated": 1,
    }


def test_workers_do_not_change_what_is_cut(
    build_study: Callable[..., Path], sdtm: Callable[..., Any], tmp_path: Path
) -> None:
    study = build_study(STUDY, DOMAINS, RAW)
    files = []
    for workers in (1, 3):
        sdtm("run", study, "--out", tmp_path / str(workers), "--workers", workers, "--quiet")
        files.append((tmp_path / str(workers) / "reports" / "datacut.json").read_bytes())
    assert files[0] == files[1]


def test_a_later_date_without_a_rule_stays_and_is_told(convert_study: Callable[..., Any]) -> None:
    study = STUDY[: STUDY.index("      domains:\n")]
    made = convert_study(study, DOMAINS, RAW)
    told = [f for f in made.findings if f.rule == "date-after-data-cut"]
    assert [(f.dataset, f.variable, f.count) for f in told] == [("AE", "AEENDTC", 1)]
    assert told[0].places[0].row == 3
    assert ("ACROSS", "2023-06-20") in _texts(made, "AE", "AETERM", "AEENDTC")


@pytest.mark.parametrize(
    ("domains", "terms"),
    [
        ("{AE: none}", ["ACROSS", "BEFORE", "LATER", "NOT IN", "PARTIAL", "UNDATED"]),
        ("{AE: subject}", ["ACROSS", "BEFORE", "LATER", "PARTIAL", "UNDATED"]),
        ("{AE: {partial: remove}}", ["ACROSS", "BEFORE", "UNDATED"]),
        ("{AE: {undated: remove}}", ["ACROSS", "BEFORE", "PARTIAL"]),
        ("{AE: AEENDTC}", ["BEFORE", "LATER", "PARTIAL", "UNDATED"]),
    ],
)
def test_each_domain_has_its_rule(convert_study: Callable[..., Any], domains: str, terms: list[str]) -> None:
    study = STUDY[: STUDY.index("      domains:\n")] + f"      domains: {domains}\n"
    made = convert_study(study, DOMAINS, RAW)
    assert sorted(made.datasets["AE"].frame["AETERM"].astype(str)) == terms


OFFS = {
    "cut.csv": """
        PT,CUT
        1,05JUN2023
        2,
        3,05JUN2023
        4,05JUN2023
        4,06JUN2023
    """
}


def _by_subject(rest: str = "") -> str:
    study = STUDY.replace(
        "    subject: {SUBJID", "        cut: {file: cut.csv, key: [PT, CUT]}\n    subject: {SUBJID", 1
    )
    each = "subjects: {from: cut, date: {date: CUT, format: ddMMMyyyy}}"
    return study.replace('date: "2023-06-05"', each, 1) + rest


def test_each_subject_may_have_its_own_cut_off(convert_study: Callable[..., Any]) -> None:
    made = convert_study(_by_subject(), DOMAINS, RAW | OFFS)
    assert [row[0] for row in _texts(made, "AE", "AETERM")] == [
        "UNDATED",
        "BEFORE",
        "PARTIAL",
        "ACROSS",
        "NOT IN",  # subject 2 has no cut-off, so nothing of it is cut
    ]
    told = next(f for f in made.findings if f.rule == "no-cut-off")
    assert (told.severity, [dict(p.keys)["USUBJID"] for p in told.places]) == ("error", ["X1-2", "X1-4"])
    books = {book.name: book for book in made.books}
    assert (books["cut"].joined, books["cut"].unaccounted, books["cut"].unaccounted_columns) == (5, 0, [])


def test_what_the_data_cut_names_is_checked(
    build_study: Callable[..., Path], sdtm: Callable[..., Any]
) -> None:
    wrong = (
        STUDY[: STUDY.index("    data_cut:")]
        + """
    data_cut:
      date: "2023-06"
      entered: RFICDT
      domains:
        AX: none
        VS: VSTDTC
        AE: {by: AETERM, later: {AEENDTC: {set: {AEOUT: ONGOING, AEENXX: ONGOING}}}}
"""
    )
    told = sdtm("lint", build_study(wrong, DOMAINS, RAW))
    assert told.code == 2
    for part in (
        "'2023-06'",
        "'RFICDT'",
        "'AX'",
        "'VSTDTC'",
        "'AETERM'",
        "AEOUT = 'ONGOING'",
        "'AEENXX'",
    ):
        assert part in told.err, part
    nothing = STUDY[: STUDY.index("    data_cut:")] + "    data_cut: {undated: keep}\n"
    assert "without a cut-off date" in sdtm("lint", build_study(nothing, DOMAINS, RAW)).err


def test_a_domain_cannot_be_cut_by_a_date_that_is_made_later(build_study: Callable[..., Path]) -> None:
    from sdtm.mapping.registry import catalogue
    from sdtm.plan import make_plan
    from specs import load_study
    from specs.problems import ProblemsFound

    late = DOMAINS | {"vs": DOMAINS["vs"].replace("{date: D, format: yyyy-MM-dd}", "{expr: DM.RFSTDTC}")}
    with pytest.raises(ProblemsFound) as found:
        make_plan(load_study(build_study(STUDY, late, RAW)), catalogue())
    (problem,) = found.value.problems
    assert (problem.id, problem.found) == (
        "not-made-yet",
        "VSDTC, which waits for dates of DM, visits or study days",
    )
