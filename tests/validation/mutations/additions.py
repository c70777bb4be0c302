"""Small datasets that the bundled study does not have, without a fault; all of it is invented (synthetic).

Each is a few records on subjects of LXI-15029, so that errors can be seeded into every kind of dataset.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

STUDY = "LXI15029"
SUBJECT, DEAD = "LXI15029-01-001", "LXI15029-01-009"  # 009 died on 2018-08-31

# TSPARMCD, TSPARM, TSVAL, TSVALNF; where a fourth text is given, TSVAL is empty.
PARAMETERS = [
    ("ACTSUB", "Actual Number of Subjects", "35", ""),
    ("ADAPT", "Adaptive Design", "N", ""),
    ("ADDON", "Added on to Existing Treatments", "N", ""),
    ("AGEMAX", "Planned Maximum Age of Subjects", "P65Y", ""),
    ("AGEMIN", "Planned Minimum Age of Subjects", "P18Y", ""),
    ("DCUTDESC", "Data Cutoff Description", "END OF STUDY", ""),
    ("DCUTDTC", "Data Cutoff Date", "2022-04-29", ""),
    ("HLTSUBJI", "Healthy Subject Indicator", "N", ""),
    ("INDIC", "Trial Disease/Condition Indication", "SOLID TUMOR", ""),
    ("INTMODEL", "Intervention Model", "SINGLE GROUP", ""),
    ("INTTYPE", "Intervention Type", "DRUG", ""),
    ("LENGTH", "Trial Length", "P5Y", ""),
    ("NARMS", "Planned Number of Arms", "7", ""),
    ("OBJPRIM", "Trial Primary Objective", "To find the dose for phase II", ""),
    ("OUTMSPRI", "Primary Outcome Measure", "Dose-limiting toxicity", ""),
    ("PCLAS", "Pharmacologic Class", "", "NA"),
    ("PLANSUB", "Planned Number of Subjects", "36", ""),
    ("RANDOM", "Trial is Randomized", "N", ""),
    ("SENDTC", "Study End Date", "2022-04-29", ""),
    ("SEXPOP", "Sex of Participants", "BOTH", ""),
    ("SPONSOR", "Clinical Study Sponsor", "Sponsor (invented)", ""),
    ("SSTDTC", "Study Start Date", "2017-06-13", ""),
    ("STOPRULE", "Study Stop Rules", "", "NA"),
    ("STYPE", "Study Type", "INTERVENTIONAL", ""),
    ("TBLIND", "Trial Blinding Schema", "OPEN LABEL", ""),
    ("TCNTRL", "Control Type", "NONE", ""),
    ("TINDTP", "Trial Intent Type", "TREATMENT", ""),
    ("TITLE", "Trial Title", "A dose escalation study (invented)", ""),
    ("TPHASE", "Trial Phase Classification", "PHASE I TRIAL", ""),
    ("TRT", "Investigational Therapy or Treatment", "LXI-15029", ""),
    ("TTYPE", "Trial Type", "SAFETY", ""),
]
CODES = {"SEXPOP": ("C49636", "CDISC CT", "2025-03-28")}


def _frame(dataset: str, rows: list[dict[str, Any]], numbers: tuple[str, ...] = ()) -> pd.DataFrame:
    """Rows with STUDYID, and DOMAIN where the dataset has one; ``numbers``: columns that hold numbers."""
    relation = dataset in ("RELSUB",)
    frame = pd.DataFrame(
        [{"STUDYID": STUDY} | ({} if relation else {"DOMAIN": dataset}) | row for row in rows]
    )
    return frame.astype({name: "float64" if name in numbers else object for name in frame})


def additions(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """RELREC, TI, TS, CO, TM, SM, RELSUB, DD, CE, FA and PP beside the datasets of the study."""
    criteria = frames["IE"][["IETESTCD", "IETEST", "IECAT"]].drop_duplicates().sort_values("IETESTCD")
    concentration = frames["PC"].loc[frames["PC"]["USUBJID"] == SUBJECT].iloc[0]
    consent = frames["DM"].set_index("USUBJID")["RFICDTC"]
    relation = {"STUDYID": STUDY, "USUBJID": SUBJECT, "IDVARVAL": "1", "RELTYPE": None, "RELID": "R1"}
    finding = relation | {"RELID": "R2"}  # about the nausea that is event 1
    relrec = pd.DataFrame(
        [
            relation | {"RDOMAIN": "AE", "IDVAR": "AESEQ"},
            relation | {"RDOMAIN": "CM", "IDVAR": "CMSEQ"},
            finding | {"RDOMAIN": "AE", "IDVAR": "AESEQ"},
            finding | {"RDOMAIN": "FA", "IDVAR": "FASEQ"},
        ]
    )
    return {
        "RELREC": relrec[["STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELTYPE", "RELID"]],
        "TI": _frame("TI", criteria.astype(object).to_dict("records")),
        "TS": _frame(
            "TS",
            [
                {
                    "TSSEQ": 1.0,
                    "TSPARMCD": code,
                    "TSPARM": name,
                    "TSVAL": value or None,
                    "TSVALNF": null or None,
                }
                | dict(zip(("TSVALCD", "TSVCDREF", "TSVCDVER"), CODES.get(code, (None,) * 3), strict=True))
                for code, name, value, null in PARAMETERS
            ],
            ("TSSEQ",),
        ),
        "CO": _frame(
            "CO",
            [
                {
                    "RDOMAIN": "AE",
                    "USUBJID": SUBJECT,
                    "COSEQ": 1.0,
                    "IDVAR": "AESEQ",
                    "IDVARVAL": "1",
                    "COVAL": "Mild",
                },
                {
                    "RDOMAIN": None,
                    "USUBJID": SUBJECT,
                    "COSEQ": 2.0,
                    "IDVAR": None,
                    "IDVARVAL": None,
                    "COVAL": "Moved",
                },
            ],
            ("COSEQ",),
        ),
        "TM": _frame("TM", [{"MIDSTYPE": "CONSENT", "TMDEF": "The informed consent", "TMRPT": "N"}]),
        "SM": _frame(
            "SM",
            [
                {
                    "USUBJID": subject,
                    "SMSEQ": 1.0,
                    "MIDS": "CONSENT",
                    "MIDSTYPE": "CONSENT",
                    "SMSTDTC": consent[subject],
                    "SMENDTC": consent[subject],
                    "SMSTDY": day,
                    "SMENDY": day,
                }
                for subject, day in ((SUBJECT, -8.0), ("LXI15029-01-002", -11.0))
            ],
            ("SMSEQ", "SMSTDY", "SMENDY"),
        ),
        "RELSUB": _frame(
            "RELSUB",
            [
                {"USUBJID": SUBJECT, "POOLID": None, "RSUBJID": DEAD, "SREL": "SIBLING, FULL"},
                {"USUBJID": DEAD, "POOLID": None, "RSUBJID": SUBJECT, "SREL": "SIBLING, FULL"},
            ],
        ),
        "DD": _frame(
            "DD",
            [
                {
                    "USUBJID": DEAD,
                    "DDSEQ": 1.0,
                    "DDTESTCD": "PRCDTH",
                    "DDTEST": "Primary Cause of Death",
                    "DDORRES": "Adverse event",
                    "DDSTRESC": "ADVERSE EVENT",
                    "DDDTC": "2018-08-31",
                    "DDDY": _day(frames, DEAD, "2018-08-31"),
                }
            ],
            ("DDSEQ", "DDDY"),
        ),
        "CE": _frame(
            "CE",
            [
                {
                    "USUBJID": SUBJECT,
                    "CESEQ": 1.0,
                    "CETERM": "Fall",
                    "CEDECOD": "FALL",
                    "EPOCH": "TREATMENT",
                    "CESTDTC": "2017-07-01",
                    "CESTDY": 11.0,
                }
            ],
            ("CESEQ", "CESTDY"),
        ),
        "FA": _frame(
            "FA",
            [
                {
                    "USUBJID": SUBJECT,
                    "FASEQ": 1.0,
                    "FATESTCD": "OCCUR",
                    "FATEST": "Occurrence Indicator",
                    "FAOBJ": "Nausea",
                    "FAORRES": "Y",
                    "FASTRESC": "Y",
                    "VISITNUM": 2.0,
                    "VISIT": "CYCLE 1 DAY 1",
                    "EPOCH": "TREATMENT",
                    "FADTC": "2017-06-23",
                    "FADY": 3.0,
                }
            ],
            ("FASEQ", "VISITNUM", "FADY"),
        ),
        "PP": _frame(
            "PP",
            [
                {
                    "USUBJID": SUBJECT,
                    "PPSEQ": 1.0,
                    "PPTESTCD": "CMAX",
                    "PPTEST": "Max Conc",
                    "PPCAT": concentration["PCTEST"],
                    "PPORRES": "46.3",
                    "PPORRESU": "ng/mL",
                    "PPSTRESC": "46.3",
                    "PPSTRESN": 46.3,
                    "PPSTRESU": "ng/mL",
                    "PPSPEC": "PLASMA",
                    "PPTPTREF": concentration["PCTPTREF"],
                    "PPRFTDTC": concentration["PCRFTDTC"],
                }
            ],
            ("PPSEQ", "PPSTRESN"),
        ),
    }


def _day(frames: dict[str, pd.DataFrame], subject: str, date: str) -> float:
    start = frames["DM"].set_index("USUBJID")["RFSTDTC"].astype(object)[subject]
    return float((pd.Timestamp(date) - pd.Timestamp(str(start)[:10])).days + 1)
