"""Order and numbers of finished records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

STUDY = """
    study: X1
    raw: {datasets: {ae: {file: ae.csv}}}
    subject: {SUBJID: SUBJ, USUBJID: "{STUDYID}-{SUBJID}"}
"""
AE = """
    domain: AE
    sources:
      - from: ae
        map: {AETERM: TERM}
        supp: {AEHAND: {label: Hand, column: HAND}}
"""
ROWS = ["007,Rash,right", "007,Rash,left", "007,Itch,"]


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)])
def test_records_that_only_a_supplemental_qualifier_tells_apart_have_one_order(
    convert_study: Callable[..., Any], order: tuple[int, ...]
) -> None:
    raw = "\n".join(["SUBJ,TERM,HAND", *(ROWS[i] for i in order)]) + "\n"
    made = convert_study(STUDY, {"ae": AE}, {"ae.csv": raw})
    events, supplement = made.datasets["AE"].frame, made.datasets["SUPPAE"].frame
    assert events["AETERM"].tolist() == ["Itch", "Rash", "Rash"]
    assert events["AESEQ"].tolist() == [1.0, 2.0, 3.0]
    assert supplement["IDVARVAL"].tolist() == ["2", "3"]
    assert supplement["QVAL"].tolist() == ["left", "right"]


# --- study days, epochs, baseline flags, numbers -----------------------------------------------------------

FINDINGS = """
    study: X1
    raw: {visit: V, datasets: {dm: {file: dm.csv}, ex: {file: ex.csv}, lb: {file: lb.csv}, sv: {file: sv.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    visits: [{VISITNUM: 2, VISIT: DAY 1}, {VISITNUM: 10, VISIT: DAY 90}, {VISITNUM: 9, VISIT: DAY 80}]
"""
DM = """
    domain: DM
    sources: [{from: dm, map: {SEX: SEX}}]
    reference_dates: {RFSTDTC: {earliest: EX.EXSTDTC}, RFXSTDTC: {earliest: EX.EXSTDTC}}
"""
LB = """
    domain: LB
    EXTRA
    sources:
      - from: lb
        map:
          LBTESTCD: T
          LBSPEC: {column: SPEC, codelist: none}
          LBORRES: R
          LBSTAT: {value: NOT DONE, where: ND = 'Y'}
          LBDTC: {date: D, format: [yyyy-MM-dd, "yyyy-MM-dd'T'HH:mm", yyyy-MM]}
"""


def lab(
    convert_study: Callable[..., Any],
    rows: list[str],
    dose: str = "2024-03-01T10:00",
    extra: str = "label: Lab",
) -> Any:
    raw = {
        "dm.csv": "PT,SEX\n1,F\n",
        "ex.csv": f"PT,D\n1,{dose}\n",
        "lb.csv": "PT,T,SPEC,R,ND,D,V\n" + "".join(f"1,{row}\n" for row in rows),
        "sv.csv": "PT,D,V\n",
    }
    ex = """
        domain: EX
        sources:
          - from: ex
            map: {EXTRT: {value: A}, EXSTDTC: {date: D, format: [yyyy-MM-dd, "yyyy-MM-dd'T'HH:mm", yyyy-MM]}}
    """
    return convert_study(FINDINGS, {"dm": DM, "ex": ex, "lb": LB.replace("EXTRA", extra)}, raw)


def flagged(made: Any) -> list[tuple[str, str]]:
    frame = made.datasets["LB"].frame
    if "LBLOBXFL" not in frame:
        return []
    rows = frame.loc[frame["LBLOBXFL"].eq("Y"), ["LBTESTCD", "LBDTC"]]
    return [tuple(row) for row in rows.astype(object).to_numpy()]


def column(made: Any, name: str, dataset: str = "LB") -> list[Any]:
    return [v if v == v else None for v in made.datasets[dataset].frame[name].astype(object)]


def test_the_baseline_is_never_after_the_dose(convert_study: Callable[..., Any]) -> None:
    """Trap 1: dose 10:00, results 08:00 two days before and 12:00 on the day."""
    made = lab(convert_study, ["GLUC,,5,,2024-02-28T08:00,", "GLUC,,6,,2024-03-01T12:00,"])
    assert flagged(made) == [("GLUC", "2024-02-28T08:00")]


def test_each_specimen_has_its_baseline(convert_study: Callable[..., Any]) -> None:
    """Trap 17: glucose in serum twice on one day, and in urine."""
    rows = ["GLUC,SERUM,5,,2024-02-29,", "GLUC,SERUM,6,,2024-02-29,", "GLUC,URINE,7,,2024-02-28,"]
    made = lab(convert_study, rows)
    frame = made.datasets["LB"].frame
    found = frame.loc[frame["LBLOBXFL"].eq("Y"), "LBSPEC"].tolist()
    assert sorted(found) == ["SERUM", "URINE"]


def test_a_result_not_done_is_no_baseline(convert_study: Callable[..., Any]) -> None:
    """Trap 20."""
    made = lab(convert_study, ["GLUC,,5,,2024-02-28,", "GLUC,,,Y,2024-02-29,"])
    assert flagged(made) == [("GLUC", "2024-02-28")] and set(column(made, "LBSTAT")) == {"NOT DONE", None}


def test_the_spec_says_what_is_one_test_or_that_there_is_no_flag(convert_study: Callable[..., Any]) -> None:
    rows = ["GLUC,SERUM,5,,2024-02-28,", "GLUC,URINE,7,,2024-02-29,"]
    assert flagged(lab(convert_study, rows, extra="baseline: {by: [LBTESTCD]}")) == [("GLUC", "2024-02-29")]
    assert flagged(lab(convert_study, rows, extra="baseline: {skip: true}")) == []


def test_study_days_leave_dates_as_they_are(convert_study: Callable[..., Any]) -> None:
    """Trap 15; SDTMIG 3.4, 4.4.4: no day 0."""
    rows = ["GLUC,,1,,2024-02-29T23:59,", "HGB,,1,,2024-03-01,", "K,,1,,2024-03,", "NA,,1,,,"]
    made = lab(convert_study, rows)
    assert column(made, "LBTESTCD") == ["GLUC", "HGB", "K", "NA"]
    assert column(made, "LBDTC") == ["2024-02-29T23:59", "2024-03-01", "2024-03", None]
    assert column(made, "LBDY") == [-1.0, 1.0, None, None]


def test_a_mapped_or_dropped_study_day_is_not_made(convert_study: Callable[..., Any]) -> None:
    rows = ["GLUC,,1,,2024-03-05,"]
    assert "LBDY" not in lab(convert_study, rows, extra="drop: [LBDY]").datasets["LB"].frame


def test_numbers_sort_by_size(convert_study: Callable[..., Any]) -> None:
    """Trap 10: visits 2, 9, 10."""
    rows = ["GLUC,,1,,,DAY 90", "GLUC,,2,,,DAY 1", "GLUC,,3,,,DAY 80"]
    made = lab(convert_study, rows)
    assert column(made, "VISITNUM") == [2.0, 9.0, 10.0] and column(made, "LBSEQ") == [1.0, 2.0, 3.0]


def test_the_spec_may_number_in_the_order_of_the_raw_rows(convert_study: Callable[..., Any]) -> None:
    rows = ["NA,,1,,,", "GLUC,,2,,,", "K,,3,,,"]
    made = lab(convert_study, rows, extra="sequence: {by: [raw_order]}")
    assert column(made, "LBTESTCD") == ["GLUC", "K", "NA"] and column(made, "LBSEQ") == [2.0, 3.0, 1.0]


# --- several records to one --------------------------------------------------------------------------------

SV = """
    domain: SV
    collapse: {by: [USUBJID, VISITNUM], SVSTDTC: earliest, SVENDTC: latest}
    sources:
      - from: sv
        map:
          SVSTDTC: {date: D, format: yyyy-MM-dd}
          SVENDTC: {date: D, format: yyyy-MM-dd}
          SVPRESP: {column: P, codelist: none}
"""


def visits(convert_study: Callable[..., Any], rows: list[str], sv: str = SV) -> Any:
    raw = {
        "sv.csv": "PT,V,D,P\n" + "".join(f"{row}\n" for row in rows),
        "dm.csv": "PT\n",
        "ex.csv": "PT\n",
        "lb.csv": "PT\n",
    }
    name = sv.split("domain: ")[1][:2].lower()
    return convert_study(FINDINGS, {name: sv}, raw)


VISIT_ROWS = [
    "1,DAY 1,2024-03-02,Y",
    "1,DAY 1,2024-03-01,Y",
    "1,DAY 80,2024-05-20,",
    "2,DAY 1,2024-03-07,Y",
    "1,DAY 1,2024-03-03,Y",
]


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0)])
def test_one_record_for_each_visit(convert_study: Callable[..., Any], order: tuple[int, ...]) -> None:
    made = visits(convert_study, [VISIT_ROWS[i] for i in order])
    assert [column(made, name, "SV") for name in ("USUBJID", "VISITNUM", "SVSTDTC", "SVENDTC")] == [
        ["X1-1", "X1-1", "X1-2"], [2.0, 9.0, 2.0], ["2024-03-01", "2024-05-20", "2024-03-07"],
        ["2024-03-03", "2024-05-20", "2024-03-07"],
    ]  # fmt: skip
    (book,) = [b for b in made.books if b.name == "sv"]
    assert (book.read, book.made) == (5, 5)  # every contributing row is accounted for
    more = made.datasets["SV"].more
    assert more is not None and sorted(more["record"]) == [0, 0, 0, 1, 2]


def test_values_that_disagree_are_told_and_the_first_in_content_order_stays(
    convert_study: Callable[..., Any],
) -> None:
    made = visits(convert_study, ["1,DAY 1,2024-03-02,Y", "1,DAY 1,2024-03-01,N"])
    (finding,) = [f for f in made.findings if f.rule == "collapse-conflict"]
    assert (finding.severity, finding.variable, finding.count) == ("warning", "SVPRESP", 1)
    assert finding.places[0].file == "sv.csv"
    again = visits(convert_study, ["1,DAY 1,2024-03-01,N", "1,DAY 1,2024-03-02,Y"])
    assert column(made, "SVPRESP", "SV") == column(again, "SVPRESP", "SV")


def test_raw_order_after_a_collapse_is_the_order_of_the_first_rows(convert_study: Callable[..., Any]) -> None:
    ds = """
        domain: DS
        sequence: {by: [raw_order]}
        collapse: {by: [USUBJID, DSTERM]}
        sources: [{from: sv, map: {DSTERM: P, DSDECOD: {column: P, codelist: none}}}]
    """
    made = visits(convert_study, ["1,,,Z", "1,,,A", "1,,,Z"], ds)
    assert column(made, "DSTERM", "DS") == ["A", "Z"] and column(made, "DSSEQ", "DS") == [2.0, 1.0]
