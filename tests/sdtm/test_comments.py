"""CO: comments above 200 bytes, and comments on records. Source: SDTMIG 3.4, 5.1 (CO). Invented subjects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sdtm.pipeline import judge_conversion

STUDY = """
    study: X1
    raw: {datasets: {co: {file: co.csv}, ae: {file: ae.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
"""
AE = "domain: AE\nsources: [{from: ae, map: {AETERM: T, AESPID: N}}]\n"
CO = """
    domain: CO
    sources:
      - from: co
        map:
          COVAL: TEXT
          RDOMAIN: {column: FORM, where: ITEM IS NOT NULL}
          IDVAR: {template: "{FORM}SPID", where: ITEM IS NOT NULL}
          IDVARVAL: ITEM
"""
WORDS = " ".join(f"word{number:03d}" for number in range(70))  # 70 words of 7 letters: 559 bytes
RAW = {
    "ae.csv": "PT,T,N\n1,Nausea,4\n",
    "co.csv": f"PT,FORM,ITEM,TEXT\n1,AE,4,{WORDS}\n1,DM,,Short\n1,AE,9,Lost\n",
}


def test_a_long_comment_goes_on_in_numbered_variables_at_a_word(convert_study: Callable[..., Any]) -> None:
    """Of words with 7 letters and a blank, 25 make 199 bytes; 70 words are 25 + 25 + 20."""
    made = convert_study(STUDY, {"ae": AE, "co": CO}, RAW)
    frame = made.datasets["CO"].frame
    names = list(frame.columns)
    at = names.index("COVAL")
    assert names[at : at + 3] == ["COVAL", "COVAL1", "COVAL2"]
    long = frame.loc[frame["COVAL1"].notna()].iloc[0]
    parts = [long["COVAL"], long["COVAL1"], long["COVAL2"]]
    assert [len(part.split()) for part in parts] == [25, 25, 20]
    assert " ".join(parts) == WORDS
    assert [v.label for v in made.datasets["CO"].variables if v.name.startswith("COVAL")] == ["Comment"] * 3
    assert "SUPPCO" not in made.datasets


def test_a_comment_names_its_record_or_none(convert_study: Callable[..., Any]) -> None:
    made = convert_study(STUDY, {"ae": AE, "co": CO}, RAW)
    frame = made.datasets["CO"].frame[["RDOMAIN", "IDVAR", "IDVARVAL", "COVAL"]].astype(object)
    rows = {
        tuple(None if v != v else v for v in row[:3]): row[3][:5] for row in frame.itertuples(index=False)
    }
    assert rows == {
        ("AE", "AESPID", "4"): "word0",
        ("AE", "AESPID", "9"): "Lost",
        (None, None, None): "Short",
    }


def test_a_comment_on_a_record_that_is_not_there_is_told(convert_study: Callable[..., Any]) -> None:
    findings = judge_conversion(convert_study(STUDY, {"ae": AE, "co": CO}, RAW))
    (finding,) = [f for f in findings if f.rule == "parent-record-missing"]
    assert (finding.dataset, finding.count, finding.places[0].file, finding.places[0].row) == (
        "CO",
        1,
        "co.csv",
        4,
    )
